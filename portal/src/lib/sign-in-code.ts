/**
 * Codes to type over: eight of Crockford's base 32, shown as XXXX-XXXX. Whatever was typed or pasted, this finds
 * the code in it: in any case, spaced as it may be, O for 0, I or L for 1, with words around it.
 */
const GAPS = /[\s\u2010-\u2015\u2212-]+/g;
const CODE = /^[0-9A-HJKMNP-TV-Z]{8}$/;
/** Inside other text; the surer first. Looked ahead for, because two may overlap: "Code ABCD 2345". */
const INSIDE = [
  { pattern: /\b(?=([0-9A-Za-z]{4}[\u2010-\u2015\u2212-][0-9A-Za-z]{4})\b)/g, needsDigit: false },
  { pattern: /\b(?=([0-9A-Za-z]{8})\b)/g, needsDigit: true },
  { pattern: /\b(?=([0-9A-Za-z]{4}\s[0-9A-Za-z]{4})\b)/g, needsDigit: true },
];

export function codeIn(typed: string): string | null {
  const text = typed.replace(/\p{Cf}/gu, ""); // marks of direction come along when a mail is copied
  return asCode(text) ?? insideOf(text);
}

function asCode(text: string): string | null {
  const plain = text.replace(GAPS, "");
  // Upper case makes an S of "ſ": only plain letters are taken for others.
  if (!/^[0-9A-Za-z]*$/.test(plain)) return null;
  const meant = plain.toUpperCase().replace(/O/g, "0").replace(/[IL]/g, "1");
  return CODE.test(meant) ? `${meant.slice(0, 4)}-${meant.slice(4)}` : null;
}

function insideOf(text: string): string | null {
  for (const { pattern, needsDigit } of INSIDE) {
    const found = [...text.matchAll(pattern)].map(([, part = ""]) => part);
    const code = found.filter((part) => !needsDigit || /\d/.test(part)).map(asCode).filter(Boolean).pop();
    if (code) return code;
  }
  return null;
}
