import type { Methods } from "../../api/schema";
import { useWords } from "../../i18n";
import { Notice } from "../../ui/Notice";

/** What vanished without the payer's doing. */
export function EndedNotices({ ended }: Pick<Methods, "ended">) {
  const { t, date } = useWords();
  return (
    <>
      {ended.map(({ name, why, at, was_default: wasDefault }) => (
        <Notice key={`${name} ${at}`} tone="info" title={t(`methods.ended.${why}`, { name, date: date(at.slice(0, 10)) })}>
          {wasDefault && <p>{t("methods.ended.wasDefault")}</p>}
        </Notice>
      ))}
    </>
  );
}
