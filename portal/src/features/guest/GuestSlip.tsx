import type { ComponentChildren } from "preact";

import type { GuestPayment, GuestQuote } from "../../api/schema";
import { usePractice } from "../../app/practice";
import { useWords } from "../../i18n";
import type { Whose } from "./kept";

interface Props {
  sum: Pick<GuestPayment | GuestQuote, "amount_minor" | "fee_minor" | "currency">;
  whose: Whose;
  /** It has been paid. */
  done?: boolean;
  /** Between whom it is for and the sum. */
  lines?: { label: string; text: string }[];
  children?: ComponentChildren;
}

/** G8, G16: what is charged, for whom, and that the practice pays the fee. All figures are the API's. */
export function GuestSlip({ sum, whose, done, lines = [], children }: Props) {
  const { t, money } = useWords();
  const clinician = usePractice().clinicians.find(({ id }) => id === whose.clinician)?.name ?? "";
  const said = [{ label: t("guest.clinician"), text: clinician }, { label: t("guest.client"), text: whose.client }, ...lines];
  return (
    <div class="slip">
      <dl class="ledger ledger--words">
        {said.filter(({ text }) => text !== "").map(({ label, text }) => (
          <div class="ledger__line" key={label}>
            <dt>{label}</dt>
            <dd>
              <bdi>{text}</bdi>
            </dd>
          </div>
        ))}
        <div class="ledger__line">
          <dt>
            {t("quote.fee")}
            <small>{t("quote.feeNote")}</small>
          </dt>
          <dd>{money(sum.fee_minor, sum.currency)}</dd>
        </div>
        <div class="ledger__line ledger__line--total">
          <dt>{t(done ? "quote.paid" : "quote.total")}</dt>
          <dd>{money(sum.amount_minor, sum.currency)}</dd>
        </div>
      </dl>
      {children}
    </div>
  );
}
