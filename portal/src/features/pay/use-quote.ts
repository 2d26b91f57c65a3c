import { useEffect, useState } from "preact/hooks";

import { ApiError, isAbort } from "../../api/client";
import type { Quote, Scope } from "../../api/schema";
import { useApi } from "../../app/api";

const CHOOSING_PAUSE_MS = 250;

interface Answer {
  key: string;
  turn: number;
  quote: Quote | null;
  error: ApiError | null;
}

interface Quoted extends Pick<Answer, "quote" | "error"> {
  /** Asks the same once more; what is known stays until the answer is there. */
  again: () => void;
  busy: boolean;
}

/** What would be charged for `scope`; null while that is on its way. Waits for a pause; aborts the request it replaces. */
export function useQuote(account: string, scope: Scope | null): Quoted {
  const api = useApi();
  const key = scope ? JSON.stringify(scope) : null;
  const [answer, setAnswer] = useState<Answer | null>(null);
  const [turn, setTurn] = useState(0);
  useEffect(() => {
    if (!scope || !key) return;
    const controller = new AbortController();
    const ask = async (): Promise<void> => {
      try {
        setAnswer({ key, turn, quote: await api.getQuote(account, scope, controller.signal), error: null });
      } catch (error) {
        if (isAbort(error) || controller.signal.aborted) return;
        if (!(error instanceof ApiError)) throw error;
        setAnswer({ key, turn, quote: null, error });
      }
    };
    const timer = window.setTimeout(() => void ask(), answer ? CHOOSING_PAUSE_MS : 0);
    return () => {
      window.clearTimeout(timer);
      controller.abort();
    };
  }, [account, key, turn]);
  const { quote, error } = answer?.key === key ? answer : NONE;
  return { quote, error, again: () => setTurn((n) => n + 1), busy: answer?.turn !== turn };
}

const NONE = { quote: null, error: null };
