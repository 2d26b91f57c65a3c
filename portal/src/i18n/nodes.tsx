/** Sentences with elements in them: names, which may run in another direction than the words around them. */
import type { ComponentChildren } from "preact";

import { CATALOGS, useWords, type Key } from ".";

interface Nodes {
  /** As `t`, with elements in the places. */
  sentence: (key: Key, places: Record<string, ComponentChildren>) => ComponentChildren;
  /** Names, joined as the language does: "A, B and C". */
  list: (names: string[]) => ComponentChildren;
}

export function useNodes(): Nodes {
  const { locale } = useWords();
  return {
    sentence: (key, places) =>
      CATALOGS[locale][key].split(/\{(\w+)\}/).map((part, index) => (index % 2 === 0 ? part : places[part])),
    list: (names) =>
      new Intl.ListFormat(locale)
        .formatToParts(names)
        .map(({ type, value }, index) => (type === "element" ? <bdi key={index}>{value}</bdi> : value)),
  };
}
