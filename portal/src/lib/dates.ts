/** Practice-local dates (`YYYY-MM-DD`): shown as they are, never shifted by the reader's time zone. */
import type { Locale } from "../api/schema";

const TAGS: Record<Locale, string> = { en: "en-US", es: "es-US" };

/** "2026-11-03" -> "Nov 3, 2026" / "3 nov 2026". */
export function formatDate(date: string, locale: Locale): string {
  return format(date, locale, { day: "numeric", month: "short", year: "numeric" });
}

/** "2026-11-03" -> "Tuesday, November 3, 2026", for readers that hear it. */
export function formatDateLong(date: string, locale: Locale): string {
  return format(date, locale, { weekday: "long", day: "numeric", month: "long", year: "numeric" });
}

/** "October 2026" / "octubre de 2026" where the dates are that month's first and last, else null. */
export function wholeMonth(first: string, last: string, locale: Locale): string | null {
  const end = new Date(Date.UTC(Number(first.slice(0, 4)), Number(first.slice(5, 7)), 0));
  if (!first.endsWith("-01") || end.toISOString().slice(0, 10) !== last) return null;
  return capital(format(first, locale, { month: "long", year: "numeric" }));
}

/** The day of an instant where the practice is: its documents and its clocks go by that, wherever its reader is. */
export function dayAt(timezone: string, instant: Date = new Date()): string {
  return new Intl.DateTimeFormat("sv-SE", { timeZone: timezone }).format(instant);
}

const capital = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1);

function format(date: string, locale: Locale, options: Intl.DateTimeFormatOptions): string {
  const instant = new Date(`${date}T00:00:00Z`);
  if (Number.isNaN(instant.getTime())) return date;
  return new Intl.DateTimeFormat(TAGS[locale], { ...options, timeZone: "UTC" }).format(instant);
}
