import { usePractice } from "../../app/practice";
import { useWords } from "../../i18n";
import { LawNotices } from "../shell/LawNotices";

/** What law wants said where anyone finds it, and where the practice has published more of it. */
export function Notices() {
  const { t } = useWords();
  const { notices, notice_pages: pages } = usePractice();
  if (pages.length === 0 && !notices.some(({ place }) => place === "public_page")) return null;
  return (
    <section class="public__notices" aria-labelledby="notices-title">
      <h2 id="notices-title">{t("public.notices")}</h2>
      <LawNotices place="public_page" />
      {pages.length > 0 && (
        <ul class="plain-list" role="list">
          {pages.map(({ kind, url }) => (
            <li key={kind}>
              <a href={url}>{t(`public.notice.${kind}`)}</a>
            </li>
          ))}
        </ul>
      )}
    </section>
  );
}
