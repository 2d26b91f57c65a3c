import { useEffect, useRef, useState } from "preact/hooks";

import { useWords } from "../i18n";
import type { Pages } from "../lib/use-pages";
import { useAnnounce } from "./Announcer";
import { Button } from "./Button";
import { ProblemNotice } from "./ProblemNotice";

interface Props<Row> {
  pages: Pages<Row>;
  /** How many entries rows are to the reader, where it is not one each. */
  count?: (rows: Row[]) => number;
}

/** Under a list by pages: the button for the next one, and what went wrong with it. What came is said, and where the
 * list ends, the words that say so take the focus from the button that is gone. */
export function ShowMore<Row>({ pages, count = (rows) => rows.length }: Props<Row>) {
  const { t, plural } = useWords();
  const announce = useAnnounce();
  const [asked, setAsked] = useState(false);
  const end = useRef<HTMLParagraphElement>(null);
  const shown = count(pages.rows);
  const before = useRef(shown);
  useEffect(() => {
    if (asked && shown > before.current && pages.hasMore) announce(plural("more.shown", shown));
    if (asked && !pages.hasMore && !pages.loading) end.current?.focus();
    before.current = shown;
  }, [shown, pages.hasMore]);

  const show = (): void => {
    setAsked(true);
    void pages.showMore();
  };
  return (
    <>
      {pages.moreError && <ProblemNotice error={pages.moreError} />}
      {pages.hasMore && (
        <Button kind="secondary" busy={pages.busy} onClick={show}>
          {t("history.more")}
        </Button>
      )}
      {asked && !pages.hasMore && !pages.loading && (
        <p class="list-end" tabIndex={-1} ref={end}>
          {plural("more.all", shown)}
        </p>
      )}
    </>
  );
}
