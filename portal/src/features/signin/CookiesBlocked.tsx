import { useWords } from "../../i18n";
import { Notice } from "../../ui/Notice";

/** Signing in needs one first-party cookie. */
export function CookiesBlocked() {
  const { t } = useWords();
  return (
    <Notice tone="warn" title={t("signIn.cookiesTitle")} urgent>
      <p>{t("signIn.cookiesText")}</p>
    </Notice>
  );
}
