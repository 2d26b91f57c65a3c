/** The human check of a deployment that is being tried with stolen cards: work for the browser, none for the reader. */
import type { GuestWork, GuestWorkDone } from "../../api/schema";

const AT_ONCE = 256;

/** The least number whose hash beside puzzle and key begins with as many zeros. The page stays usable meanwhile. */
export async function solve({ puzzle, bits }: Pick<GuestWork, "puzzle" | "bits">, key: string): Promise<GuestWorkDone> {
  const text = new TextEncoder();
  for (let from = 0; ; from += AT_ONCE) {
    const tried = Array.from({ length: AT_ONCE }, (_, at) => crypto.subtle.digest("SHA-256", text.encode(`${puzzle}.${key}.${from + at}`)));
    const found = (await Promise.all(tried)).findIndex((hash) => leadingZeros(new Uint8Array(hash)) >= bits);
    if (found >= 0) return { puzzle, answer: String(from + found) };
  }
}

function leadingZeros(bytes: Uint8Array): number {
  const first = bytes.findIndex((byte) => byte !== 0);
  return first < 0 ? bytes.length * 8 : first * 8 + Math.clz32(bytes[first]!) - 24;
}
