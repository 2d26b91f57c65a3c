import type { Locale } from "../api/schema";
import { useWords } from "../i18n";

interface Props {
  children: string;
  /** The language it is in, where that is known. */
  lang?: Locale;
}

/** A name that somebody gave: set apart from the words around it, and marked where it is in another language. */
export function Name({ children, lang }: Props) {
  const { locale } = useWords();
  return <bdi lang={lang === locale ? undefined : lang}>{children}</bdi>;
}
