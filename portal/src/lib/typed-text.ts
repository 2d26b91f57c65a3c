/** What people paste, as plain characters: digits of other scripts become ours, what stands around it unseen goes. */

/** The zeros of the digits that keyboards and e-mails for readers of Arabic and Persian write. */
const ZEROS = [0x0660, 0x06f0];
const OTHER_DIGITS = /[\u0660-\u0669\u06f0-\u06f9]/g;
/** They neither show nor move anything, wherever they are. */
const ZERO_WIDTH = /[\u200b-\u200d\u2060\ufeff]/g;
/** U+202E is no mark to be ignored: it shows 503 as 305. */
const AROUND = /^(?:(?!\u202e)[\s\p{Cf}])+|(?:(?!\u202e)[\s\p{Cf}])+$/gu;

export function plainText(typed: string): string {
  const plain = [...typed.replace(ZERO_WIDTH, "")]
    .map(plainCharacter)
    .join("")
    .replace(OTHER_DIGITS, (digit) => String(ZEROS.map((zero) => digit.charCodeAt(0) - zero).find((n) => n >= 0 && n < 10)))
    .replaceAll("\u066b", ".")
    .replaceAll("\u066c", ",");
  return withoutEdges(plain);
}

/** Without the spaces and the marks of direction that stand around it. */
export function withoutEdges(text: string): string {
  return text.replace(AROUND, "");
}

/** Full-width forms, and spaces that do not break. A raised or circled digit is not the digit: 12⁵⁰ is not 1250. */
function plainCharacter(character: string): string {
  const plain = character.normalize("NFKC");
  return /\d/.test(plain) && !/[\d\uff10-\uff19]/.test(character) ? character : plain;
}
