import { useRef, useState } from "preact/hooks";

import { ApiError, isAbort } from "../api/client";
import { useLoad } from "./use-load";

export interface Page<Row> {
  rows: Row[];
  next: string | null;
}

export interface Pages<Row> {
  /** What the last load of the list gave: its newest page, and those that had been asked for by then; null before. */
  first: Row[] | null;
  /** All that was asked for so far. */
  rows: Row[];
  error: ApiError | null;
  loading: boolean;
  reload: () => void;
  hasMore: boolean;
  /** The next page has been asked for and is not there yet. */
  busy: boolean;
  showMore: () => Promise<void>;
  moreError: ApiError | null;
}

/**
 * A list by pages, the newest first. What is asked for twice, or comes when another list is shown, is dropped. A list
 * that is loaded again keeps its length: a page looks for news every few seconds while a payment is under way.
 */
export function usePages<Row>(
  key: string,
  load: (cursor: string | undefined, signal?: AbortSignal) => Promise<Page<Row>>,
): Pages<Row> {
  const length = useRef({ key, pages: 1 });
  if (length.current.key !== key) length.current = { key, pages: 1 };
  const { data, ...first } = useLoad(key, (signal) => firstPages(length.current.pages, (cursor) => load(cursor, signal)));
  const now = useRef(data);
  now.current = data;
  const [later, setLater] = useState<Later<Row> | null>(null);
  const asking = useRef(false);
  const [busy, setBusy] = useState(false);
  const shown = later?.after === data ? later : { after: data, rows: [], next: data?.next ?? null, error: null };

  const showMore = async (): Promise<void> => {
    if (!shown.next || asking.current) return;
    asking.current = true;
    setBusy(true);
    try {
      const page = await load(shown.next);
      if (length.current.key !== key) return;
      length.current.pages++;
      // Loaded again meanwhile, the list was one page shorter than it is to be now.
      if (now.current !== data) first.reload();
      else setLater({ after: data, rows: [...shown.rows, ...page.rows], next: page.next, error: null });
    } catch (caught) {
      if (isAbort(caught)) return;
      if (!(caught instanceof ApiError)) throw caught;
      setLater({ ...shown, error: caught });
    } finally {
      asking.current = false;
      setBusy(false);
    }
  };

  const rows = [...(data?.rows ?? []), ...shown.rows];
  return { ...first, first: data?.rows ?? null, rows, hasMore: shown.next !== null, busy, showMore, moreError: shown.error };
}

/** The first so many pages as one. */
export async function firstPages<Row>(count: number, load: (cursor?: string) => Promise<Page<Row>>): Promise<Page<Row>> {
  let all = await load();
  for (let page = 1; page < count && all.next; page++) {
    const more = await load(all.next);
    all = { rows: [...all.rows, ...more.rows], next: more.next };
  }
  return all;
}

/** The pages after the first, which they belong to. */
interface Later<Row> extends Page<Row> {
  after: Page<Row> | null;
  error: ApiError | null;
}
