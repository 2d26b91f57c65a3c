import { useRef, useState } from "preact/hooks";

import { ApiError } from "../api/client";
import { useLoad } from "./use-load";

export interface Page<Row> {
  rows: Row[];
  next: string | null;
}

export interface Pages<Row> {
  /** The newest page alone; null until it is there. */
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

/** A list by pages, the newest first. What is asked for twice, or comes when another list is shown, is dropped. */
export function usePages<Row>(
  key: string,
  load: (cursor: string | undefined, signal?: AbortSignal) => Promise<Page<Row>>,
): Pages<Row> {
  const { data, ...first } = useLoad(key, (signal) => load(undefined, signal));
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
      setLater({ after: data, rows: [...shown.rows, ...page.rows], next: page.next, error: null });
    } catch (caught) {
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

/** The pages after the first, which they belong to. */
interface Later<Row> extends Page<Row> {
  after: Page<Row> | null;
  error: ApiError | null;
}
