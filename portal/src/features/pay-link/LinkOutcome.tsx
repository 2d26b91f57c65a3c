import type { LinkResult } from "../../api/schema";
import { usePractice } from "../../app/practice";
import { pathTo } from "../../app/router";
import { useWords, type Key } from "../../i18n";
import { calledIn, waysOf } from "../../lib/ways";
import { Button } from "../../ui/Button";
import { Link } from "../../ui/Link";
import { Notice } from "../../ui/Notice";
import { PageTitle } from "../../ui/PageTitle";
import { owedWords } from "../pay/QuoteSlip";
import { PaidLead, ReferenceNote } from "../result/PaidParts";
import { titleKey } from "../result/title";

interface Props {
  paid: Pick<LinkResult, "state" | "amount_minor" | "currency" | "method" | "reference">;
  /** What is still owed of the bill; null where that is not known here. */
  owedMinor: number | null;
  ofBill?: boolean;
  /** Then no bank is spoken of. */
  atPayPal: boolean;
  /** To the bill; null where its link has to be scanned again. */
  back: (() => void) | null;
  /** There, the bill asks once more who opens it. */
  asksAgain?: boolean;
}

const WITH_BANK = { title: "result.processingTitle", text: "result.processingText" } as const;
const AT_PAYPAL = { title: "result.processingTitlePayPal", text: "result.processingTextPayPal" } as const;
const CHECKING = { title: "result.waitTitle", text: "result.checkingText" } as const;
const WAITING: ReadonlySet<LinkResult["state"]> = new Set(["checking", "processing"]);
const NOT_CHARGED: ReadonlySet<LinkResult["state"]> = new Set(["started", "failed", "canceled", "expired", "returned"]);

function notChargedKey(back: boolean, asksAgain = false): Key {
  if (!back) return "payLink.scanAgain";
  return asksAgain ? "payLink.sameLink" : "result.notCharged";
}

/** What became of a payment by a link. It names no service, and leads to nothing else of the account. */
export function LinkOutcome({ paid, owedMinor, ofBill, atPayPal, back, asksAgain }: Props) {
  const words = useWords();
  const { t, money } = words;
  const practice = usePractice();
  const amount = money(paid.amount_minor, paid.currency);
  const waits = paid.state === "processing" ? (atPayPal ? AT_PAYPAL : WITH_BANK) : CHECKING;
  const charged = !WAITING.has(paid.state) && !NOT_CHARGED.has(paid.state);
  return (
    <div class="page page--narrow">
      <PageTitle tab={t("result.tab")}>{t(titleKey({ state: paid.state, ways: atPayPal ? ["paypal"] : [] }))}</PageTitle>
      {WAITING.has(paid.state) && (
        <Notice tone="wait" title={t(waits.title, { amount })}>
          <p>{t(waits.text)}</p>
        </Notice>
      )}
      {NOT_CHARGED.has(paid.state) && <p class="lead">{t(notChargedKey(back !== null, asksAgain))}</p>}
      {charged && (
        <>
          {paid.state === "paid" && <PaidLead amountMinor={paid.amount_minor} currency={paid.currency} />}
          <div class="slip">
            <dl class="ledger">
              <div class="ledger__line ledger__line--total">
                <dt>{t("quote.paid")}</dt>
                <dd>{amount}</dd>
              </div>
            </dl>
            {paid.method && <p class="slip__note">{paid.method}</p>}
            <ReferenceNote reference={paid.reference} />
            {owedMinor !== null && <p class="slip__note">{owedWords(words, owedMinor, paid.currency, "Now", ofBill)}</p>}
            <p class="slip__note">{t("payLink.receipt")}</p>
            <p class="slip__note">{t(calledIn(waysOf(practice.payments.ways)).noMore)}</p>
          </div>
        </>
      )}
      <p class="actions">
        {back && NOT_CHARGED.has(paid.state) && <Button onClick={back}>{t("payLink.back")}</Button>}
        <Link href={pathTo(practice.id, "billing")} class="button button--quiet">
          {t(charged ? "receipt.toBilling" : "payLink.signIn")}
        </Link>
      </p>
    </div>
  );
}
