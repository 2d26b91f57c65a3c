import type { Locale } from "../../api/schema";
import { translate, useWords } from "../../i18n";
import { useAnnounce } from "../../ui/Announcer";

const LANGUAGES: { locale: Locale; name: string }[] = [
  { locale: "en", name: "English" },
  { locale: "es", name: "Español" },
];

/** Changes the language, and says so in the new one. */
function useSwitch(): (locale: Locale) => void {
  const { setLocale } = useWords();
  const announce = useAnnounce();
  return (locale) => {
    setLocale(locale);
    announce(translate(locale, "language.now"));
  };
}

export function LanguageSwitch() {
  const { locale, t } = useWords();
  const choose = useSwitch();
  return (
    <div class="languages" role="group" aria-label={t("language.label")}>
      {LANGUAGES.map((language) => (
        <button
          key={language.locale}
          type="button"
          lang={language.locale}
          aria-pressed={language.locale === locale}
          onClick={() => choose(language.locale)}
        >
          {language.name}
        </button>
      ))}
    </div>
  );
}

/** On a phone, where the menu has both by name: one press to the other language. */
export function OtherLanguage() {
  const { locale } = useWords();
  const choose = useSwitch();
  const other = LANGUAGES.find((language) => language.locale !== locale)!;
  return (
    <button type="button" class="other-language" lang={other.locale} onClick={() => choose(other.locale)}>
      <span aria-hidden="true">{other.locale.toUpperCase()}</span>
      <span class="visually-hidden">{other.name}</span>
    </button>
  );
}
