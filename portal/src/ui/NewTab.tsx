import { useWords } from "../i18n";

/** At the end of a link's words: that it opens beside this page, for those who cannot see it happen. */
export function NewTab() {
  const { t } = useWords();
  return <span class="visually-hidden"> ({t("newTab")})</span>;
}
