/** Browser storage that may be missing, full or forbidden: then it simply forgets. */
type Kind = "localStorage" | "sessionStorage";

export function readStored(kind: Kind, key: string): string | null {
  try {
    return window[kind].getItem(key);
  } catch {
    return null;
  }
}

export function store(kind: Kind, key: string, value: string | null): void {
  try {
    if (value === null) window[kind].removeItem(key);
    else window[kind].setItem(key, value);
  } catch {
    // Blocked or full: the page goes on with what it has in memory.
  }
}
