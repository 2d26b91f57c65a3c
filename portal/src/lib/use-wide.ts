import { useEffect, useState } from "preact/hooks";

/** As rows.css has it: from here on a list of rows is a table. */
const WIDE = "(min-width: 46rem)";

/** Whether rows stand as a table; they are a card each on a phone. */
export function useWide(): boolean {
  const [wide, setWide] = useState(() => matchMedia(WIDE).matches);
  useEffect(() => {
    const query = matchMedia(WIDE);
    const changed = (): void => setWide(query.matches);
    query.addEventListener("change", changed);
    return () => query.removeEventListener("change", changed);
  }, []);
  return wide;
}
