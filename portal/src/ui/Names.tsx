import { useWords } from "../i18n";
import { Name } from "./Name";

/** Names, joined as the language does: "A, B and C". */
export function Names({ children }: { children: string[] }) {
  const { locale } = useWords();
  const parts = new Intl.ListFormat(locale).formatToParts(children);
  return <>{parts.map(({ type, value }, at) => (type === "element" ? <Name key={at}>{value}</Name> : value))}</>;
}
