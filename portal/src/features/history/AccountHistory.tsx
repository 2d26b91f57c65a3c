import { useEffect, useRef, useState } from "preact/hooks";

import type { HistoryRow } from "../../api/schema";
import { useApi } from "../../app/api";
import { useWords } from "../../i18n";
import { usePages, type Pages } from "../../lib/use-pages";
import { useAnnounce } from "../../ui/Announcer";
import { ProblemNotice } from "../../ui/ProblemNotice";
import { ShowMore } from "../../ui/ShowMore";
import { Skeleton } from "../../ui/Skeleton";
import { grouped, statusKey } from "./grouping";
import { HistoryTable } from "./HistoryTable";
import { RangePicker } from "./RangePicker";
import { ALL, countKey, goTo, noneKey, useRange, type Range } from "./use-range";

interface Props {
  account: string;
  currency: string;
  /** Grows when the account may have changed: the rows are then asked for again. */
  version: number;
  /** T2: where a service's invoice is. */
  invoicePage: (id: string) => string;
}

/** S4, S5, S14: sessions and payments, newest first, at the very bottom; by date range; statuses follow the truth. */
export function AccountHistory({ account, currency, version, invoicePage }: Props) {
  const { t } = useWords();
  const api = useApi();
  const range = useRange();
  const pages = usePages(`history ${account} ${range.from} ${range.to}`, async (cursor, signal) => {
    const page = await api.getHistory(account, { ...range, ...(cursor && { cursor }) }, signal);
    return { rows: page.rows, next: page.next_cursor };
  });
  const { first, rows, error, loading, reload } = pages;
  useEffect(() => {
    if (version > 1) reload();
  }, [version]);
  useAnnouncedChanges(first);
  const countAloud = useCountAloud(pages, range);
  const refused = Boolean(error?.problem.field); // an address that somebody wrote: such a range is not in force
  const choose = (next: typeof range): void => {
    goTo(next);
    countAloud();
  };

  return (
    <section class="history" aria-labelledby="history-title">
      <div class="section-head">
        <h2 id="history-title">{t("history.title")}</h2>
        <RangePicker range={refused ? ALL : range} apply={choose} />
      </div>
      {loading && <Skeleton shapes={["row", "row", "row", "row"]} />}
      {error && (
        <ProblemNotice
          error={error}
          action={refused ? { label: t("range.clear"), run: () => choose(ALL) } : { label: t("tryAgain"), run: reload }}
        />
      )}
      {first?.length === 0 && <p class="empty">{t(noneKey(range))}</p>}
      {rows.length > 0 && <HistoryTable entries={grouped(rows)} account={account} currency={currency} invoicePage={invoicePage} />}
      {/* Of other dates nothing more was asked for: the end of their list takes no focus. */}
      <ShowMore key={`${range.from} ${range.to}`} pages={pages} count={(shown) => grouped(shown).length} />
    </section>
  );
}

/** S5: after dates were chosen, or all again, how many entries they show is said once they are there. */
function useCountAloud({ first, hasMore }: Pages<HistoryRow>, range: Range): () => void {
  const { t, plural } = useWords();
  const announce = useAnnounce();
  const [asked, setAsked] = useState(0);
  const answered = useRef(0);
  useEffect(() => {
    if (!first || answered.current === asked) return;
    answered.current = asked;
    const count = grouped(first).length;
    if (count === 0) announce(t(noneKey(range)));
    else announce(plural(countKey(range, hasMore), count));
  }, [first, asked]);
  return () => setAsked((n) => n + 1);
}

/** S14: a status that changes while somebody is on the page is said aloud. */
function useAnnouncedChanges(rows: HistoryRow[] | null): void {
  const { t, date } = useWords();
  const announce = useAnnounce();
  const last = useRef<Map<string, string | null> | null>(null);
  useEffect(() => {
    if (!rows) return;
    const changed = rows.filter((row) => row.status && last.current?.has(row.id) && last.current.get(row.id) !== row.status);
    const lines = changed.map((row) =>
      t("history.changed", { date: date(row.date), what: whatOf(row, t), status: t(statusKey(row)!) }),
    );
    if (lines.length > 0) announce(lines.join(" "));
    last.current = new Map(rows.map((row) => [row.id, row.status]));
  }, [rows]);
}

const whatOf = (row: HistoryRow, t: ReturnType<typeof useWords>["t"]): string =>
  row.kind === "invoice" ? t("invoice.title", { number: String(row.documents[0]?.number) }) : row.service;
