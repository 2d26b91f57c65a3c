import type { Locale } from "../../api/schema";
import { useWords } from "../../i18n";

const LANGUAGES: { locale: Locale; name: string; short: string }[] = [
  { locale: "en", name: "English", short: "EN" },
  { locale: "es", name: "Español", short: "ES" },
];

export function LanguageSwitch() {
  const { locale, setLocale, t } = useWords();
  return (
    <div class="languages" role="group" aria-label={t("language.label")}>
      {LANGUAGES.map((language) => (
        <button
          key={language.locale}
          type="button"
          lang={language.locale}
          aria-pressed={language.locale === locale}
          onClick={() => setLocale(language.locale)}
        >
          <span aria-hidden="true">{language.short}</span>
          <span class="visually-hidden">{language.name}</span>
        </button>
      ))}
    </div>
  );
}
