/**
 * Reads an amount as a person typed or pasted it, by one strict rule in every language:
 * `12.50` and `12,50` mean the same. `1,250` is how the pages write thousands, in English and in Spanish, and is
 * never 1.25; `1.250` may be meant as either, so it is given back with its readings to be confirmed, never guessed.
 * In a currency of three decimals it is the other way round: `1.250` is as it stands, and `1,250` is asked about.
 * A space is only ever one between thousands: `1 250,50`; it says nothing in `12 50`.
 * The currency's own sign or code may stand beside the figure, and a separator may end it: that is
 * how 30.50 looks before it is finished.
 */
import { plainText, withoutEdges } from "./typed-text";

export type TypedAmount =
  | { kind: "amount"; amountMinor: number }
  | { kind: "ambiguous"; readings: number[] }
  | { kind: "invalid"; why: "empty" | "not_a_number" | "too_precise" | "too_large" };

/** The API takes eight digits of minor units. */
const MOST_MINOR = 99_999_999;
const SPACED = /^[1-9]\d{0,2}(?: \d{3})+(?:[.,]\d*)?$/;
const GROUPED = /^\d{1,3}(?:([.,])\d{3})(?:\1\d{3})*$/;

/**
 * `exponent` is the currency's number of decimals (USD 2, JPY 0, KWD 3). Nobody is asked which amount is meant
 * where each that may be is above `mostMinor`.
 */
export function parseAmount(typed: string, exponent: number, currency = "USD", mostMinor = MOST_MINOR): TypedAmount {
  const figure = figureIn(plainText(typed), currency);
  if (figure === "") return { kind: "invalid", why: "empty" };
  const text = SPACED.test(figure) ? figure.replace(/ /g, "") : figure;
  if (text !== figure) return decimal(...halves(text), exponent);
  if (!/^(?=.*\d)\d*(?:[.,]\d+)*[.,]?$/.test(text)) return { kind: "invalid", why: "not_a_number" };
  const separators = text.replace(/\d/g, "");
  if (separators === "") return decimal(text, "", exponent);
  if (separators.length === 1) return oneSeparator(text, separators, exponent, mostMinor);
  return manySeparators(text, separators, exponent);
}

/** Nobody is offered a reading that cannot be paid; the one that is left is asked about all the same. */
export function offered(typed: TypedAmount, leastMinor: number, mostMinor: number): TypedAmount {
  if (typed.kind !== "ambiguous") return typed;
  const readings = typed.readings.filter((minor) => minor >= leastMinor && minor <= mostMinor);
  return readings.length > 0 ? { kind: "ambiguous", readings } : typed;
}

/** The text without one sign or code of the currency, before it or after it, and without a plus. */
function figureIn(text: string, currency: string): string {
  const marks = [currency, ...(currency === "USD" ? ["US$", "$"] : symbolsOf(currency))];
  const bare = withoutPlus(text);
  const mark = marks.find((it) => startsWith(bare, it)) ?? marks.find((it) => endsWith(bare, it)) ?? "";
  const figure = startsWith(bare, mark) ? bare.slice(mark.length) : bare.slice(0, bare.length - mark.length);
  return bare === text ? withoutPlus(withoutEdges(figure)) : withoutEdges(figure);
}

const withoutPlus = (text: string): string => withoutEdges(text.replace(/^\+/, ""));
const startsWith = (text: string, mark: string): boolean => text.toUpperCase().startsWith(mark.toUpperCase());
const endsWith = (text: string, mark: string): boolean => text.toUpperCase().endsWith(mark.toUpperCase());

function symbolsOf(currency: string): string[] {
  return (["symbol", "narrowSymbol"] as const).map((currencyDisplay) => {
    const parts = new Intl.NumberFormat("en-US", { style: "currency", currency, currencyDisplay }).formatToParts(0);
    return plainText(parts.find((part) => part.type === "currency")?.value ?? currency);
  });
}

function oneSeparator(text: string, separator: string, exponent: number, mostMinor: number): TypedAmount {
  const [whole, rest] = halves(text);
  const looksGrouped = rest.length === 3 && /^[1-9]\d{0,2}$/.test(whole);
  // Of dinars, 1.250 is how the page itself writes the amount.
  const asWeWriteIt = separator === "." && rest.length === exponent;
  if (!looksGrouped || asWeWriteIt) return decimal(whole, rest, exponent);
  if (separator === "," && rest.length !== exponent) return decimal(whole + rest, "", exponent);
  const found = [trimmed(whole, rest, exponent), decimal(whole + rest, "", exponent)];
  const readings = found.flatMap((r) => (r.kind === "amount" ? [r.amountMinor] : []));
  if (readings.some((minor) => minor <= mostMinor)) return { kind: "ambiguous", readings };
  // The point is how the page writes decimals: of 70.005 it can only be they that are too many.
  return { kind: "invalid", why: separator === "." && readings.length === 1 ? "too_precise" : "too_large" };
}

/** What stands before the one separator, and after it. */
function halves(text: string): [string, string] {
  const [whole = "", rest = ""] = text.split(/[.,]/);
  return [whole, rest];
}

/** "1.250" read as a decimal: with cents, only when its third digit is a zero. */
function trimmed(whole: string, rest: string, exponent: number): TypedAmount {
  const kept = rest.slice(0, exponent);
  const dropped = rest.slice(exponent);
  return /^0*$/.test(dropped) ? decimal(whole, kept, exponent) : { kind: "invalid", why: "too_precise" };
}

/** "1,234.50", "1.234,50", "1,234,567": grouped thousands, then at most one other separator. */
function manySeparators(text: string, separators: string, exponent: number): TypedAmount {
  const last = separators[separators.length - 1]!;
  const allAlike = [...separators].every((s) => s === last);
  const cut = allAlike ? text.length : text.lastIndexOf(last);
  const whole = text.slice(0, cut);
  if (!GROUPED.test(whole)) return { kind: "invalid", why: "not_a_number" };
  return decimal(whole.replace(/[.,]/g, ""), text.slice(cut + 1), exponent);
}

function decimal(whole: string, fraction: string, exponent: number): TypedAmount {
  if (fraction.length > exponent) return { kind: "invalid", why: "too_precise" };
  const amountMinor = Number(whole + fraction.padEnd(exponent, "0"));
  return amountMinor > MOST_MINOR ? { kind: "invalid", why: "too_large" } : { kind: "amount", amountMinor };
}
