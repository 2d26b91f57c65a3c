/** What people paste, as plain characters: digits of other scripts become ours, invisible marks go. */

/** The zeros of the digits that keyboards and e-mails for readers of Arabic and Persian write. */
const ZEROS = [0x0660, 0x06f0];
const OTHER_DIGITS = /[\u0660-\u0669\u06f0-\u06f9]/g;

export function plainText(typed: string): string {
  return typed
    .normalize("NFKC") // full-width forms, and spaces that do not break
    .replace(/\p{Cf}/gu, "")
    .replace(OTHER_DIGITS, (digit) => String(ZEROS.map((zero) => digit.charCodeAt(0) - zero).find((n) => n >= 0 && n < 10)))
    .replaceAll("\u066b", ".")
    .replaceAll("\u066c", ",");
}
