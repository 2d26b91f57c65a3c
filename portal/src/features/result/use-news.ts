import { useEffect } from "preact/hooks";

import type { Payment } from "../../api/schema";
import { useWords } from "../../i18n";
import { usePoll } from "../../lib/use-poll";
import { useAnnounce } from "../../ui/Announcer";
import { titleKey } from "./title";

/** Looks again until the payment is final, and says what has become of it. */
export function useNews(payment: Pick<Payment, "state" | "ways" | "receipt_pending"> | null, look: () => void): void {
  const { t } = useWords();
  const announce = useAnnounce();
  useEffect(() => {
    if (payment) announce(t(titleKey(payment)));
  }, [payment?.state]);
  usePoll(payment?.state === "checking", look);
  usePoll(payment?.state === "processing" || (payment?.state === "paid" && payment.receipt_pending), look);
}
