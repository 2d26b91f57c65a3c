import { useEffect, useRef, useState } from "preact/hooks";

import { getHistory } from "../../api/calls";
import type { HistoryRow } from "../../api/schema";
import { useWords } from "../../i18n";
import { usePages } from "../../lib/use-pages";
import { useAnnounce } from "../../ui/Announcer";
import { ProblemNotice } from "../../ui/ProblemNotice";
import { ShowMore } from "../../ui/ShowMore";
import { Skeleton } from "../../ui/Skeleton";
import { HistoryTable } from "./HistoryTable";
import { RangePicker, type Range } from "./RangePicker";

interface Props {
  account: string;
  currency: string;
  /** Grows when the account may have changed: the rows are then asked for again. */
  version: number;
}

/** S4, S5, S14: sessions and payments, newest first, at the very bottom; by date range; statuses follow the truth. */
export function AccountHistory({ account, currency, version }: Props) {
  const { t } = useWords();
  const [range, setRange] = useState<Range>({ from: "", to: "" });
  const pages = usePages(`history ${account} ${range.from} ${range.to}`, async (cursor, signal) => {
    const page = await getHistory(account, { ...range, ...(cursor && { cursor }) }, signal);
    return { rows: page.rows, next: page.next_cursor };
  });
  const { first, rows, error, loading, reload } = pages;
  useEffect(() => {
    if (version > 1) reload();
  }, [version]);
  useAnnouncedChanges(first);

  return (
    <section class="history" aria-labelledby="history-title">
      <div class="section-head">
        <h2 id="history-title">{t("history.title")}</h2>
        <RangePicker range={range} apply={setRange} problem={error?.problem ?? null} />
      </div>
      {loading && <Skeleton shapes={["row", "row", "row", "row"]} />}
      {error && !error.problem.field && <ProblemNotice error={error} action={{ label: t("tryAgain"), run: reload }} />}
      {first?.length === 0 && <p class="empty">{t(range.from || range.to ? "history.noneInRange" : "history.none")}</p>}
      {rows.length > 0 && <HistoryTable rows={rows} currency={currency} />}
      <ShowMore pages={pages} />
    </section>
  );
}

/** S14: a status that changes while somebody is on the page is said aloud. */
function useAnnouncedChanges(rows: HistoryRow[] | null): void {
  const { t, date } = useWords();
  const announce = useAnnounce();
  const last = useRef<Map<string, string> | null>(null);
  useEffect(() => {
    if (!rows) return;
    const changed = rows.filter((row) => last.current?.has(row.id) && last.current.get(row.id) !== row.status);
    const lines = changed.map((row) =>
      t("history.changed", { date: date(row.date), what: row.description, status: t(`status.${row.status}`) }),
    );
    if (lines.length > 0) announce(lines.join(" "));
    last.current = new Map(rows.map((row) => [row.id, row.status]));
  }, [rows]);
}
