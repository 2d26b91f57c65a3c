import { Fragment, type ComponentChildren } from "preact";

import { useWords } from "../i18n";

/** Elements, joined as the language joins words: "A, B and C". */
export function Listed({ children }: { children: ComponentChildren[] }) {
  const { locale } = useWords();
  const parts = new Intl.ListFormat(locale).formatToParts(children.map((_, at) => String(at)));
  return <>{parts.map(({ type, value }, at) => (type === "element" ? <Fragment key={at}>{children[Number(value)]}</Fragment> : value))}</>;
}
