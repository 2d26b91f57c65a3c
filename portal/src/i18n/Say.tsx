import type { ComponentChildren } from "preact";

import { CATALOGS, useWords, type Key } from ".";

interface Props {
  /** Its places are filled with elements, by their names. */
  sentence: Key;
  parts: Record<string, ComponentChildren>;
}

/** A sentence with elements in its places: names in `<bdi>`, dates in `<time>`. */
export function Say({ sentence, parts }: Props) {
  const { locale } = useWords();
  const pieces = CATALOGS[locale][sentence].split(/\{(\w+)\}/);
  return <>{pieces.map((piece, at) => (at % 2 ? parts[piece] : piece))}</>;
}
