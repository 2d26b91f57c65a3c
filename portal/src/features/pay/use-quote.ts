import { useEffect, useState } from "preact/hooks";

import { ApiError, isAbort } from "../../api/client";
import type { Quote, Scope } from "../../api/schema";
import { useApi } from "../../app/api";

const CHOOSING_PAUSE_MS = 250;

interface Answer {
  key: string;
  quote: Quote | null;
  error: ApiError | null;
}

/** What would be charged for `scope`; null while that is on its way. Waits for a pause; aborts the request it replaces. */
export function useQuote(account: string, scope: Scope | null): Omit<Answer, "key"> {
  const api = useApi();
  const key = scope ? JSON.stringify(scope) : null;
  const [answer, setAnswer] = useState<Answer | null>(null);
  useEffect(() => {
    if (!scope || !key) return;
    const controller = new AbortController();
    const ask = async (): Promise<void> => {
      try {
        setAnswer({ key, quote: await api.getQuote(account, scope, controller.signal), error: null });
      } catch (error) {
        if (isAbort(error) || controller.signal.aborted) return;
        if (!(error instanceof ApiError)) throw error;
        setAnswer({ key, quote: null, error });
      }
    };
    const timer = window.setTimeout(() => void ask(), answer ? CHOOSING_PAUSE_MS : 0);
    return () => {
      window.clearTimeout(timer);
      controller.abort();
    };
  }, [account, key]);
  return answer && answer.key === key ? answer : NONE;
}

const NONE = { quote: null, error: null };
