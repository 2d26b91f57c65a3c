/** Month, day and year as they are typed, each in a field of its own: no two countries write a date alike. */
export interface TypedDate {
  month: string;
  day: string;
  year: string;
}

/** YYYY-MM-DD; null where that is no day. */
export function dayOf({ month, day, year }: TypedDate): string | null {
  const [y, m, d] = [year, month, day].map((text) => text.trim());
  if (!/^\d{4}$/.test(y!) || !/^\d{1,2}$/.test(m!) || !/^\d{1,2}$/.test(d!)) return null;
  const text = `${y}-${m!.padStart(2, "0")}-${d!.padStart(2, "0")}`;
  const at = new Date(`${text}T00:00:00Z`);
  return Number.isNaN(at.getTime()) || at.toISOString().slice(0, 10) !== text ? null : text;
}
