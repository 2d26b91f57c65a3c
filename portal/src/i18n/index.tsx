/** Words in the reader's language, with plurals, money and dates formatted alike. */
import { createContext, type ComponentChildren } from "preact";
import { useContext, useEffect, useMemo, useState } from "preact/hooks";

import type { Locale } from "../api/schema";
import { formatDate, formatDateLong } from "../lib/dates";
import { formatMoney } from "../lib/money";
import { readStored, store } from "../lib/storage";
import { en } from "./en";
import type { enPages } from "./en-pages";
import type { enPublic } from "./en-public";
import { es } from "./es";

export type Key = keyof typeof en | keyof typeof enPages | keyof typeof enPublic;
export type Params = Record<string, string | number>;

/** Those of pages that are fetched come with them (pages.ts, public.ts): a test sees to it that nobody says them before. */
export const CATALOGS = { en: { ...en }, es: { ...es } } as Record<Locale, Record<Key, string>>;

/** Fills `{name}` places. A key with `.one`/`.other` forms is asked for by `count`. */
export function translate(locale: Locale, key: Key, params: Params = {}): string {
  return CATALOGS[locale][key].replace(/\{(\w+)\}/g, (_, name: string) => String(params[name] ?? ""));
}

type Stem<K> = K extends `${infer S}.one` ? S : never;
export type PluralKey = Stem<Key>;

export function pluralKey(locale: Locale, stem: PluralKey, count: number): Key {
  const form = new Intl.PluralRules(locale).select(count) === "one" ? "one" : "other";
  return `${stem}.${form}` as Key;
}

export interface Words {
  locale: Locale;
  setLocale: (locale: Locale) => void;
  /** The practice's language, for a browser that speaks neither of ours. */
  offerLocale: (locale: Locale) => void;
  t: (key: Key, params?: Params) => string;
  plural: (stem: PluralKey, count: number) => string;
  money: (amountMinor: number, currency: string) => string;
  date: (date: string) => string;
  dateLong: (date: string) => string;
}

const STORED = "billfold.locale";
const WordsContext = createContext<Words | null>(null);

export function useWords(): Words {
  const words = useContext(WordsContext);
  if (!words) throw new Error("useWords outside WordsProvider");
  return words;
}

function storedLocale(): Locale | null {
  const stored = readStored("localStorage", STORED);
  return stored === "en" || stored === "es" ? stored : null;
}

function browserLocale(): Locale | null {
  const spoken = navigator.languages.map((tag) => tag.slice(0, 2).toLowerCase());
  const first = spoken.find((language) => language === "en" || language === "es");
  return (first as Locale | undefined) ?? null;
}

export function WordsProvider({ children }: { children: ComponentChildren }) {
  const [chosen, setChosen] = useState<Locale | null>(storedLocale);
  const [offered, offerLocale] = useState<Locale>("en");
  const locale = chosen ?? browserLocale() ?? offered;
  useEffect(() => {
    document.documentElement.lang = locale;
  }, [locale]);
  const words = useMemo<Words>(
    () => ({
      locale,
      setLocale: (next) => {
        store("localStorage", STORED, next);
        setChosen(next);
      },
      offerLocale,
      t: (key, params) => translate(locale, key, params),
      plural: (stem, count) => translate(locale, pluralKey(locale, stem, count), { count }),
      money: (amountMinor, currency) => formatMoney(amountMinor, currency, locale),
      date: (date) => formatDate(date, locale),
      dateLong: (date) => formatDateLong(date, locale),
    }),
    [locale],
  );
  return <WordsContext.Provider value={words}>{children}</WordsContext.Provider>;
}
