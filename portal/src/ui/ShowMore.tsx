import { useWords } from "../i18n";
import type { Pages } from "../lib/use-pages";
import { Button } from "./Button";
import { ProblemNotice } from "./ProblemNotice";

/** Under a list by pages: the button for the next one, and what went wrong with it. */
export function ShowMore({ pages }: { pages: Pages<unknown> }) {
  const { t } = useWords();
  return (
    <>
      {pages.moreError && <ProblemNotice error={pages.moreError} />}
      {pages.hasMore && (
        <Button kind="secondary" onClick={() => void pages.showMore()}>
          {t("history.more")}
        </Button>
      )}
    </>
  );
}
