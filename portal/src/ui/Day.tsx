import { useWords } from "../i18n";

/** A practice-local date, as people write it. */
export function Day({ date }: { date: string }) {
  const { date: written } = useWords();
  return <time dateTime={date}>{written(date)}</time>;
}
