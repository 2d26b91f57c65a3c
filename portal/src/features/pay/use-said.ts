import { useEffect, useState } from "preact/hooks";

/** What a polite live region holds: it changes with a new sentence, and stays as it is (null) until there is one. */
export function useSaid(sentence: string | null): string {
  const [said, setSaid] = useState("");
  useEffect(() => {
    if (sentence !== null) setSaid(sentence);
  }, [sentence]);
  return said;
}
