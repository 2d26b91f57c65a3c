import type { Method, Methods } from "../../api/schema";
import { useApi } from "../../app/api";
import { useLoad } from "../../lib/use-load";
import type { Way } from "../../lib/ways";
import { useSaving } from "./use-saving";

export interface Saved {
  /** Default first. Those that cannot pay now are among them. */
  methods: Method[];
  /** Set where a saved card's security code is asked with each payment. */
  cvc: Methods["cvc"];
  loading: boolean;
}

/** What the reader has saved, as far as these ways take it. None where that cannot be told: a new one always pays. */
export function useMethods(ways: readonly Way[], wanted: boolean): Saved {
  const saving = useSaving();
  const api = useApi();
  const asks = wanted && saving !== null;
  const { data, loading } = useLoad(asks ? "methods" : null, (signal) => api.getMethods(signal));
  const methods = (data?.methods ?? []).filter(({ kind }) => ways.includes(kind));
  return { methods, cvc: data?.cvc ?? null, loading: asks && loading };
}
