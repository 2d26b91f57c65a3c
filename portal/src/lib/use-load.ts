import { useCallback, useEffect, useRef, useState } from "preact/hooks";

import { ApiError, isAbort } from "../api/client";
import { useWords } from "../i18n";

export interface Loaded<T> {
  data: T | null;
  error: ApiError | null;
  loading: boolean;
  /** Asks again and keeps the data that is shown until the answer is there; where there is none, it is waited for. */
  reload: () => void;
}

/** Loads when `key` or the reader's language changes; an answer that comes too late for its key is dropped. */
export function useLoad<T>(key: string | null, load: (signal: AbortSignal) => Promise<T>): Loaded<T> {
  const [state, setState] = useState<{ key: string | null; data: T | null; error: ApiError | null }>(EMPTY);
  const [turn, setTurn] = useState(0);
  const { locale } = useWords();
  const latest = useRef(load);
  latest.current = load;
  useEffect(() => {
    if (key === null) return;
    const controller = new AbortController();
    latest.current(controller.signal).then(
      (data) => !controller.signal.aborted && setState({ key, data, error: null }),
      (error: unknown) => {
        if (isAbort(error) || controller.signal.aborted) return;
        if (!(error instanceof ApiError)) throw error;
        setState((last) => ({ key, data: last.key === key ? last.data : null, error }));
      },
    );
    return () => controller.abort();
  }, [key, turn, locale]);
  const reload = useCallback(() => {
    setState((last) => (last.data ? last : EMPTY));
    setTurn((n) => n + 1);
  }, []);
  const current = state.key === key ? state : EMPTY;
  return { data: current.data, error: current.error, loading: !current.data && !current.error, reload };
}

const EMPTY = { key: null, data: null, error: null };
