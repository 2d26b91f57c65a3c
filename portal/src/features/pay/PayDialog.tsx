import { useEffect, useRef, useState } from "preact/hooks";

import type { Billing, Quote } from "../../api/schema";
import type { AccountTools } from "../../app/practice";
import { useWords, type Words } from "../../i18n";
import { exponentOf, toDecimal } from "../../lib/money";
import { attemptOf, calledIn, choicesOf, waysOf } from "../../lib/ways";
import { Button } from "../../ui/Button";
import { Dialog } from "../../ui/Dialog";
import { Link } from "../../ui/Link";
import { Notice } from "../../ui/Notice";
import { ProblemNotice } from "../../ui/ProblemNotice";
import { AmountField, FixedAmount } from "./AmountField";
import { isEditable, type Choice, type Draft } from "./choice";
import { isUnread, noticeFor, noticeOf } from "./card-notice";
import { ChoiceWords } from "./ChoiceWords";
import { ANEW, type How } from "./intent";
import { isOfAmount } from "./machine/choosing";
import type { Choosing, Event } from "./machine/state";
import { usePaying, type Dispatch } from "./machine/use-paying";
import { ForWhom } from "./ForWhom";
import { MethodChoice } from "./MethodChoice";
import { NoticeBox } from "./NoticeBox";
import { NotesField } from "./NotesField";
import { PayTotal } from "./PayTotal";
import { presetOf } from "./preset";
import { owedWords, QuoteSlip, slipOfQuote } from "./QuoteSlip";
import { keptTyped, type Typed } from "./typed";
import { amountProblem, isToBeSaid, useAmount } from "./use-amount";
import { useMethods, type Saved } from "./use-methods";
import { useSaid } from "./use-said";
import { cliniciansWithout } from "./WhyLeftOut";

/** Of what is paid as it is, there is no less to ask for here. */
const ABOVE_LIMIT = "amount_above_limit";

interface Props {
  billing: Billing;
  draft: Draft;
  account: AccountTools;
  onClose: () => void;
}

/** T9: amount and notes. It takes no card: that happens on the next page, outside any modal window. */
export function PayDialog({ billing, draft, account, onClose }: Props) {
  const { state, dispatch } = usePaying(() => begin(billing, draft), { account, close: onClose });
  if (state.at !== "choosing") return null;
  return <AmountAndNotes billing={billing} account={account} state={state} dispatch={dispatch} />;
}

function begin(billing: Billing, draft: Draft): Event {
  const { currency } = billing;
  const kept = keptTyped(draft);
  const text = firstAmount(billing, draft.choice, kept);
  return { type: "chosen", draft, currency, text, notes: kept?.notes ?? "", how: firstHow(billing, kept) };
}

/** What was chosen before, as long as it is offered; else the practice's first way. No way where there is no choice. */
function firstHow({ payments, card_notice }: Billing, kept: Typed | null): How {
  const ways = waysOf(choicesOf(payments));
  const how = kept?.how ?? ANEW;
  const notice = noticeOf(card_notice ?? null, how.notice ?? null);
  return { ...how, notice, way: ways.find((way) => way === how.way) ?? ways[0] ?? null };
}

/** In two steps the second window asks what it is paid with (T14); where its ways lead to different places, this one does. */
function asksHow({ payments }: Billing): boolean {
  return choicesOf(payments).length > 0 || attemptOf(payments, undefined)[0]?.flow === "inline";
}

interface FormProps {
  billing: Billing;
  account: AccountTools;
  state: Choosing;
  dispatch: Dispatch;
}

function AmountAndNotes({ billing, account, state, dispatch }: FormProps) {
  const words = useWords();
  const { t, money } = words;
  const { currency, scope, quote, error, shown, pointed } = state;
  const { choice } = state.draft;
  const { how } = state;
  const offers = attemptOf(billing.payments, how.way ?? undefined);
  const inline = offers[0]?.flow === "inline";
  const saved = useMethods(waysOf(billing.payments.ways), asksHow(billing));
  const editable = isEditable(choice);
  const most = mostOf(choice, billing);
  const entry = useAmount(state.text, (text) => dispatch({ type: "typed", text }), currency, most);
  const trouble = useRef<HTMLDivElement>(null);

  const { parsed } = entry;
  const refused = isOfAmount(state) ? error : null;
  const wrong = editable ? amountProblem(words, entry, currency, money(most, currency), refused) : undefined;
  const wrongNow = wrong && isToBeSaid(entry) ? wrong : undefined;
  const tooMuch = !editable && error?.code === ABOVE_LIMIT;
  const settled = entry.touched && entry.settled !== "typing";
  const said = useSaid(wrong ? "" : settled && quote ? quoteWords(words, quote) : null);

  useEffect(() => {
    if (pointed === 0) return;
    if (wrong) entry.insist();
    else trouble.current?.focus();
  }, [pointed]);
  const close = (): void => dispatch({ type: "closed" });
  const noticeOn = (how: How) => (asksHow(billing) ? noticeFor(how, saved.methods, waysOf(offers)) : null);
  const notice = noticeOn(how);
  const [unread, setUnread] = useState(0);
  const goOn = (how: How): void => {
    if (isUnread(noticeOn(how))) setUnread((n) => n + 1);
    else dispatch({ type: "next" });
  };
  const early = usePreset(saved, how, dispatch, goOn);
  const submit = (event: globalThis.Event): void => {
    event.preventDefault();
    early.ask();
  };

  return (
    <Dialog title={t("pay.title")} describedBy="pay-what" steady onClose={close}>
      <form class="dialog__form" noValidate onSubmit={submit}>
        <div class="dialog__scroll">
          <p class="pay-what" id="pay-what">
            <ChoiceWords choice={choice} billing={billing} />
          </p>
          <ForWhom account={account} />
          {editable ? (
            <AmountField
              currency={currency}
              text={entry.text}
              hint={hintFor(words, choice, billing)}
              error={wrongNow}
              input={entry.input}
              readings={wrongNow && parsed.kind === "ambiguous" ? parsed.readings : []}
              onText={entry.type}
              onLeave={entry.leave}
            />
          ) : (
            <FixedAmount
              value={shown ? money(shown.amount_minor, currency) : error ? "–" : "…"}
              hint={tooMuch ? "" : t("pay.amountFixed")}
            />
          )}
          {asksHow(billing) && (
            <MethodChoice
              methods={saved.methods}
              offers={choicesOf(billing.payments)}
              ways={waysOf(offers)}
              how={how}
              inline={inline}
              choose={(how) => dispatch({ type: "picked", how })}
            />
          )}
          <NoticeBox
            notice={notice}
            asked={unread}
            setRead={(read) => dispatch({ type: "picked", how: { ...how, notice: notice && { ...notice, read } } })}
          />
          <NotesField notes={state.notes} setNotes={(notes) => dispatch({ type: "noted", notes })} />
          <div ref={trouble} tabIndex={-1}>
            {error && !refused && !tooMuch && <ProblemNotice error={error} />}
            {tooMuch && (
              <Notice tone="warn" title={t("pay.tooMuch", { amount: money(billing.payments.limit_minor, currency) })} urgent>
                <p>
                  <Link href={account.path("billing")}>{t("pay.oneByItself")}</Link>
                </p>
              </Notice>
            )}
          </div>
          {scope && shown && <QuoteSlip {...slipOfQuote(shown)} without={cliniciansWithout(billing.items)} stale={!quote} open />}
          <p class="visually-hidden" role="status">
            {said || null}
          </p>
        </div>
        <div class="dialog__foot">
          <PayTotal quote={scope && shown} stale={!quote} waits={Boolean(scope) && !error} />
          <div class="actions actions--end">
            <Button kind="quiet" onClick={close}>
              {t("pay.cancel")}
            </Button>
            {!tooMuch && (
              <Button type="submit" busy={state.asked || early.asked}>
                {t(inline && how.method === null ? calledIn(waysOf(offers)).next : "pay.next")}
              </Button>
            )}
          </div>
          <p class="dialog__small">{t("pay.nothingYet")}</p>
        </div>
      </form>
    </Dialog>
  );
}

/** Chooses for the payer once it is known what they have saved; a press before that waits for it. */
function usePreset(saved: Saved, how: How, dispatch: Dispatch, goOn: (how: How) => void): { asked: boolean; ask: () => void } {
  const [asked, setAsked] = useState(false);
  const { methods, loading } = saved;
  useEffect(() => {
    if (loading) return;
    const preset = presetOf(methods, how);
    if (preset) dispatch({ type: "picked", how: preset });
    if (asked) goOn(preset ?? how);
    setAsked(false);
  }, [loading]);
  return { asked, ask: () => (loading ? setAsked(true) : goOn(how)) };
}

function quoteWords(words: Words, quote: Quote): string {
  const { amount_minor, owed_after_minor, currency } = quote;
  const after = owedWords(words, owed_after_minor, currency, "After");
  return words.t("quote.said", { amount: words.money(amount_minor, currency), after });
}

function firstAmount(billing: Billing, choice: Choice, kept: Typed | null): string {
  const exponent = exponentOf(billing.currency);
  if (kept?.text !== undefined) return kept.text;
  if (kept?.amountMinor !== undefined) return toDecimal(kept.amountMinor, exponent);
  const item = choice.kind === "service" && billing.items.find((it) => it.charge_id === choice.chargeId);
  return item ? toDecimal(mostOf(choice, billing), exponent) : "";
}

/** Rounded down to what the processor takes in this currency. */
function stepped(minor: number, { payments }: Billing): number {
  return minor - (minor % payments.step_minor);
}

/** The most that may be typed here; more than is owed only where nothing owed is left out of it. */
function mostOf(choice: Choice, billing: Billing): number {
  const { items, balance, payments, left_out } = billing;
  const item = choice.kind === "service" && items.find((it) => it.charge_id === choice.chargeId);
  if (item) return Math.min(stepped(item.payable_minor, billing), payments.limit_minor);
  return left_out.length > 0 ? Math.min(balance.payable_minor, payments.limit_minor) : payments.limit_minor;
}

function hintFor({ t, money }: Words, choice: Choice, billing: Billing): string {
  const amount = money(mostOf(choice, billing), billing.currency);
  if (choice.kind === "service") return t("pay.amountUpTo", { amount });
  return t(billing.left_out.length > 0 ? "pay.amountOldest" : "pay.amountOther", { amount });
}
