import { useEffect, useState } from "preact/hooks";

import { ApiError, isAbort } from "../../api/client";
import type { Quote, Scope } from "../../api/schema";
import { useApi } from "../../app/api";

const TYPING_PAUSE_MS = 250;

export interface Quoted {
  /** The answer to exactly this scope; null while it is on its way. */
  quote: Quote | null;
  error: ApiError | null;
  /** The last answer, to keep on the screen while the next one is on its way. */
  shown: Quote | null;
  /** Asks once more, after an answer that did not come. */
  again: () => void;
}

/** What would be charged for `scope`. Waits for a pause in typing; aborts the request it replaces. */
export function useQuote(account: string, scope: Scope | null): Quoted {
  const api = useApi();
  const key = scope ? JSON.stringify(scope) : null;
  const [answer, setAnswer] = useState<{ key: string | null; quote: Quote | null; error: ApiError | null }>(NONE);
  const [shown, setShown] = useState<Quote | null>(null);
  const [turn, setTurn] = useState(0);
  useEffect(() => {
    if (!scope) return;
    const controller = new AbortController();
    const ask = async (): Promise<void> => {
      try {
        const quote = await api.getQuote(account, scope, controller.signal);
        setAnswer({ key, quote, error: null });
        setShown(quote);
      } catch (error) {
        if (isAbort(error) || controller.signal.aborted) return;
        if (!(error instanceof ApiError)) throw error;
        setAnswer({ key, quote: null, error });
        setShown(null);
      }
    };
    const timer = window.setTimeout(() => void ask(), shown || answer.error ? TYPING_PAUSE_MS : 0);
    return () => {
      window.clearTimeout(timer);
      controller.abort();
    };
  }, [account, key, turn]);
  const again = (): void => {
    setAnswer(NONE);
    setTurn((n) => n + 1);
  };
  const fits = answer.key === key && key !== null;
  return { quote: fits ? answer.quote : null, error: fits ? answer.error : null, shown, again };
}

const NONE = { key: null, quote: null, error: null };
