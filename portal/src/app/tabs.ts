/**
 * What the tabs of this browser tell each other. Open tabs hear it over a channel, which works where storage is blocked;
 * a browser that has no channels hears it from the storage, where a page that loads later finds it, too.
 */
import { readStored, store } from "../lib/storage";

/** The API has answered somebody; who is signed in may have changed; somebody has signed out. */
const NEWS = ["seen", "changed", "signed-out"] as const;
export type News = (typeof NEWS)[number];

const keyOf = (news: News): string => `billfold.${news}`;

const channel = openChannel();

function openChannel(): BroadcastChannel | null {
  try {
    return new window.BroadcastChannel("billfold");
  } catch {
    return null;
  }
}

export function tell(news: News): void {
  const at = Date.now();
  store("localStorage", keyOf(news), String(at));
  channel?.postMessage({ news, at });
  if (news === "changed") forgetTold(news);
}

/** When it was last told, as it was written; null where it was not, or where the browser keeps nothing. */
export const lastTold = (news: News): string | null => readStored("localStorage", keyOf(news));

export const forgetTold = (news: News): void => store("localStorage", keyOf(news), null);

/** `at`: milliseconds, by the clock of the tab that told it. Returns how to stop hearing. */
export function hear(listener: (news: News, at: number) => void): () => void {
  const onMessage = ({ data }: MessageEvent<{ news: News; at: number }>): void => listener(data.news, data.at);
  const onStorage = ({ key, newValue }: StorageEvent): void => {
    const news = NEWS.find((one) => keyOf(one) === key);
    if (news && newValue) listener(news, Number(newValue));
  };
  // By one way only: what came twice could come after newer news.
  if (channel) channel.addEventListener("message", onMessage);
  else window.addEventListener("storage", onStorage);
  return () => {
    channel?.removeEventListener("message", onMessage);
    window.removeEventListener("storage", onStorage);
  };
}
