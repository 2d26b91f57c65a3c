/** Money as people write and read it. Amounts are integer minor units; nothing here adds or subtracts. */
import type { Locale } from "../api/schema";

const TAGS: Record<Locale, string> = { en: "en-US", es: "es-US" };

/** Digits after the point by ISO 4217, as the browser knows them: USD 2, JPY 0, KWD 3. */
export function exponentOf(currency: string): number {
  const options = new Intl.NumberFormat("en-US", { style: "currency", currency }).resolvedOptions();
  return options.maximumFractionDigits ?? 2;
}

/** "$1,234.50" in both languages (en-US, es-US); a minus is U+2212, which readers say and a hyphen is not. */
export function formatMoney(amountMinor: number, currency: string, locale: Locale): string {
  const format = new Intl.NumberFormat(TAGS[locale], { style: "currency", currency });
  return format.format(toDecimal(amountMinor, exponentOf(currency)) as unknown as number).replace("-", "\u2212");
}

/** What an amount looks like with that many decimals: "12.50", "1250", "12.500". */
export function amountLike(exponent: number): string {
  return toDecimal(exponent > 2 ? 12_500 : 1250, exponent);
}

/** How the currency is written beside a figure, and said: "$" and "US dollars", "KWD" and "dinares kuwaitíes". */
export function currencyMark(currency: string, locale: Locale): { sign: string; name: string } {
  const shown = (currencyDisplay: "symbol" | "name"): string =>
    new Intl.NumberFormat(TAGS[locale], { style: "currency", currency, currencyDisplay })
      .formatToParts(0)
      .find((part) => part.type === "currency")?.value ?? currency;
  return { sign: shown("symbol"), name: shown("name") };
}

/** 1250, 2 -> "12.50": what an amount field shows. */
export function toDecimal(amountMinor: number, exponent: number): string {
  const digits = String(Math.abs(amountMinor)).padStart(exponent + 1, "0");
  const cut = digits.length - exponent;
  const text = exponent === 0 ? digits : `${digits.slice(0, cut)}.${digits.slice(cut)}`;
  return amountMinor < 0 ? `-${text}` : text;
}
