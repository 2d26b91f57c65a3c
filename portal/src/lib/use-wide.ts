import { useMedia } from "./use-media";

/** As rows.css has it: from here on a list of rows is a table. */
const WIDE = "(min-width: 46rem)";

/** Whether rows stand as a table; they are a card each on a phone. */
export const useWide = (): boolean => useMedia(WIDE);
