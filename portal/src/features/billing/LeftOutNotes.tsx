import type { LeftOut } from "../../api/schema";
import { usePractice } from "../../app/practice";
import { useWords } from "../../i18n";
import { Notice } from "../../ui/Notice";

/** S10: what cannot be paid here, how much of it, and why, in words. */
export function LeftOutNotes({ leftOut, currency }: { leftOut: LeftOut[]; currency: string }) {
  const { t, money } = useWords();
  const { phone } = usePractice();
  if (leftOut.length === 0) return null;
  return (
    <div class="balance__left-out">
      {leftOut.map((part) => (
        <Notice key={part.reason} tone={part.reason === "in_flight" ? "wait" : "info"}>
          <p>{t(`leftOut.${part.reason}`, { amount: money(part.amount_minor, currency) })}</p>
          {part.reason !== "in_flight" && part.reason !== "rounding" && phone && <p>{t("leftOut.contact", { phone })}</p>}
        </Notice>
      ))}
    </div>
  );
}
