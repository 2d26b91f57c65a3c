/** An amount on its way from the keyboard to a quote: what it says, and when something about it is said. */
import type { RefObject } from "preact";
import { useEffect, useRef, useState } from "preact/hooks";

import type { Words } from "../../i18n";
import type { ApiError } from "../../api/client";
import { amountLike, exponentOf } from "../../lib/money";
import { offered, parseAmount, type TypedAmount } from "../../lib/typed-amount";

/** Nobody is told of a mistake while they are typing, nor moved from under the button they are pressing. */
const TYPING_PAUSE_MS = 1000;
const LEAVING_PAUSE_MS = 250;

export interface AmountEntry {
  text: string;
  /** Somebody has typed here. */
  touched: boolean;
  parsed: TypedAmount;
  input: RefObject<HTMLInputElement | null>;
  /** What is wrong may be said: the reader has paused, has left the field, or has asked to go on. */
  settled: "typing" | "paused" | "left";
  /** Somebody has typed this. */
  type: (text: string) => void;
  leave: () => void;
  /** Says what is wrong now, at the field. */
  insist: () => void;
}

/** `mostMinor` is the most that the page offers, `leastMinor` the least that it takes, where it tells. */
export function useAmount(text: string, onText: (text: string) => void, currency: string, mostMinor: number, leastMinor?: number): AmountEntry {
  const [touched, setTouched] = useState(false);
  const [settled, setSettled] = useState<AmountEntry["settled"]>("typing");
  const input = useRef<HTMLInputElement>(null);
  const leaving = useRef(0);
  useEffect(() => {
    const timer = window.setTimeout(() => setSettled((last) => (last === "typing" ? "paused" : last)), TYPING_PAUSE_MS);
    return () => window.clearTimeout(timer);
  }, [text]);
  useEffect(() => () => window.clearTimeout(leaving.current), []);

  const type = (next: string): void => {
    window.clearTimeout(leaving.current);
    setTouched(true);
    setSettled("typing");
    onText(next);
  };
  const leave = (): void => {
    leaving.current = window.setTimeout(() => setSettled("left"), LEAVING_PAUSE_MS);
  };
  // The field's description is read with the focus, and what comes into it afterwards by itself: said once.
  const insist = (): void => {
    input.current?.focus();
    leave();
  };
  const read = parseAmount(text, exponentOf(currency), currency, mostMinor);
  const parsed = leastMinor === undefined ? read : offered(read, leastMinor, mostMinor);
  return { text, touched, parsed, input, settled, type, leave, insist };
}

/** What is wrong with the amount, whether or not it is to be said yet. `most` is what the page has offered. */
export function amountProblem(words: Words, entry: AmountEntry, currency: string, most: string, refused: ApiError | null): string | undefined {
  const { t, money } = words;
  const { parsed, text } = entry;
  if (parsed.kind === "invalid") return invalidWords(words, parsed.why, currency, most);
  if (parsed.kind === "ambiguous") {
    const [only, other] = parsed.readings;
    return other === undefined && only !== undefined
      ? t("pay.isIt", { amount: money(only, currency) })
      : t("pay.which", { typed: text.trim() });
  }
  if (parsed.amountMinor === 0) return t("amount.zero");
  return refused ? refused.problem.detail || refused.problem.title : undefined;
}

function invalidWords({ t, plural }: Words, why: "empty" | "not_a_number" | "too_precise" | "too_large", currency: string, most: string): string {
  if (why === "too_large") return t("amount.atMost", { amount: most });
  const decimals = exponentOf(currency);
  if (why !== "too_precise") return t(`amount.${why}`, { like: amountLike(decimals) });
  return decimals === 0 ? t("amount.whole") : plural("amount.decimals", decimals);
}

/** An empty field, and a zero that may become 0.50, are no mistakes before the reader has gone on. */
export function isToBeSaid({ parsed, settled }: AmountEntry): boolean {
  if (settled === "typing") return false;
  const unfinished = parsed.kind === "amount" ? parsed.amountMinor === 0 : parsed.kind === "invalid" && parsed.why === "empty";
  return settled === "left" || !unfinished;
}
