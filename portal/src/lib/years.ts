/** Rows in their order, those of one year together: `[["2026", […]], ["2025", […]]]` for a list by date. */
export function byYear<Row>(rows: Row[], dateOf: (row: Row) => string): [string, Row[]][] {
  const years: [string, Row[]][] = [];
  for (const row of rows) {
    const year = dateOf(row).slice(0, 4);
    const last = years.at(-1);
    if (last?.[0] === year) last[1].push(row);
    else years.push([year, [row]]);
  }
  return years;
}
