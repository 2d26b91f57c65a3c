/** What law wants read before a card is entered, and whether the payer says that they have. */
import type { CardNotice, Method } from "../../api/schema";
import type { Way } from "../../lib/ways";

export interface Noticed extends Pick<CardNotice, "version" | "text"> {
  /** The payer has ticked its box. */
  read: boolean;
}

/** What is asked of this payer, unticked until they tick it; null where nothing is, or they have said it before. */
export function noticeOf(asked: CardNotice | null, kept: Noticed | null): Noticed | null {
  if (!asked || asked.given) return null;
  const { version, text } = asked;
  return { version, text, read: kept?.version === version && kept.read };
}

/** How it is paid, as far as the notice asks. */
interface Paid {
  method: string | null;
  notice: Noticed | null;
}

/** What of it stands beside this choice: only cards have one, and where all is chosen at the processor a card may be. */
export function noticeFor(how: Paid, methods: readonly Method[], ways: readonly Way[]): Noticed | null {
  const byCard = how.method === null ? ways.includes("card") : methods.find(({ id }) => id === how.method)?.kind === "card";
  return byCard ? (how.notice ?? null) : null;
}

/** Whether the button has to point at the box. */
export function isUnread(notice: Noticed | null): boolean {
  return notice !== null && !notice.read;
}
