import { useEffect, useState } from "preact/hooks";
import type { ComponentChildren } from "preact";

import type { ApiError } from "../../api/client";
import type { Guests, GuestWayName } from "../../api/schema";
import { usePractice } from "../../app/practice";
import { pathTo } from "../../app/router";
import { useWords, type Words } from "../../i18n";
import { Button } from "../../ui/Button";
import { EmailField } from "../../ui/EmailField";
import { ErrorSummary } from "../../ui/ErrorSummary";
import { Link } from "../../ui/Link";
import { Notice } from "../../ui/Notice";
import { PageTitle } from "../../ui/PageTitle";
import { ProblemNotice } from "../../ui/ProblemNotice";
import { AmountField } from "../pay/AmountField";
import { amountProblem, isToBeSaid, useAmount, type AmountEntry } from "../pay/use-amount";
import { ClinicianField } from "./ClinicianField";
import { TextField } from "./TextField";
import { FIELDS, missingIn, type FieldName, type Typed } from "./typed";

/** What the API would not take of a field. */
export interface Refused {
  field: string;
  text: string;
}

interface Props {
  way: GuestWayName;
  guests: Guests;
  typed: Typed;
  setTyped: (typed: Typed) => void;
  busy: boolean;
  refused: Refused | null;
  error: ApiError | null;
  /** A payment was let go a moment ago. */
  canceled: boolean;
  next: (amountMinor: number) => void;
}

/** G15: what is asked before the card, or before PayPal. The button always answers: with the review, or with what is in the way. */
export function GuestForm({ way, guests, typed, setTyped, busy, refused, error, canceled, next }: Props) {
  const words = useWords();
  const { t, money } = words;
  const practice = usePractice();
  const { currency } = practice;
  const [asked, setAsked] = useState(0);
  const [faults, setFaults] = useState<Partial<Record<FieldName, string>>>({});
  const change = (field: FieldName) => (text: string) => {
    setFaults(({ [field]: _, ...others }) => others);
    setTyped({ ...typed, [field]: text });
  };
  const entry = useAmount(typed.amount, change("amount"), currency, guests.limit_minor, guests.minimum_minor);
  const wrong = amountWrong(words, entry, currency, guests);
  useEffect(() => {
    if (!refused) return;
    setFaults({ [refused.field]: refused.text });
    setAsked((n) => n + 1);
  }, [refused]);

  const submit = (event: Event): void => {
    event.preventDefault();
    if (busy) return;
    const found: Partial<Record<FieldName, string>> = {};
    for (const field of missingIn(typed, way)) found[field] = t(`guest.missing.${field}`);
    if (wrong) found.amount = wrong;
    const paidElsewhere = practice.clinicians.find(({ id }) => id === typed.clinician)?.payments_enabled === false;
    if (paidElsewhere) found.clinician = t("guest.clinicianOffAsk");
    setFaults(found);
    setAsked((n) => n + 1);
    if (Object.keys(found).length === 0 && entry.parsed.kind === "amount") next(entry.parsed.amountMinor);
  };
  const wrongNow = faults.amount ?? (wrong && isToBeSaid(entry) ? wrong : undefined);
  const text = { typed, faults, change };
  const amount = (
    <AmountField
      currency={currency}
      text={typed.amount}
      hint={t("guest.limits", { least: money(guests.minimum_minor, currency), most: money(guests.limit_minor, currency) })}
      error={wrongNow}
      input={entry.input}
      readings={wrongNow && entry.parsed.kind === "ambiguous" ? entry.parsed.readings : []}
      onText={entry.type}
      onLeave={entry.leave}
      autofocus={false}
    />
  );
  const email = <EmailField id="email" hint={t("guest.emailHint")} email={typed.email} setEmail={change("email")} wrong={Boolean(faults.email)} />;
  const whose = (
    <>
      <ClinicianField clinicians={practice.clinicians} clinician={typed.clinician} choose={change("clinician")} fault={faults.clinician} />
      <TextField {...text} field="client" hint={t("guest.clientHint")} autocomplete="off" maxLength={80} />
      <TextField {...text} field="number" hint={t("guest.numberHint")} autocomplete="off" maxLength={40} optional />
    </>
  );
  return (
    <div class="page page--narrow">
      <p class="step">{t("guest.step1")}</p>
      <PageTitle tab={t("pay.tab")}>{t(`guest.title.${way}`)}</PageTitle>
      <p class="lead">{t("public.fees")}</p>
      <form class="guest-form" noValidate onSubmit={submit}>
        <ErrorSummary errors={FIELDS[way].flatMap((field) => (faults[field] ? [{ field, text: faults[field] }] : []))} asked={asked} />
        {canceled && (
          <Notice tone="good" title={t("result.canceled")} urgent>
            <p>{t("guest.notCharged")}</p>
          </Notice>
        )}
        {error && <ProblemNotice error={error} />}
        {way === "card" ? (
          <>
            <Part title={t("guest.you")}>
              <TextField {...text} field="name" hint={t("guest.nameHint")} autocomplete="name" maxLength={80} />
              {email}
              <TextField {...text} field="phone" autocomplete="tel" maxLength={40} />
            </Part>
            <Part title={t("guest.howMuch")}>{amount}</Part>
            <Part title={t("guest.whose")}>{whose}</Part>
          </>
        ) : (
          <>
            <Part title={t("guest.howMuch")}>{amount}</Part>
            <Part title={t("guest.whose")}>{whose}</Part>
            <Part title={t("guest.receipt")}>{email}</Part>
          </>
        )}
        <p class="field__hint">{t("guest.nothingYet")}</p>
        <div class="actions">
          <Button type="submit" busy={busy}>
            {t("guest.review")}
          </Button>
          <Link href={pathTo(practice.id, "pay-online")} class="button button--quiet">
            {t("guest.back")}
          </Link>
        </div>
      </form>
    </div>
  );
}

function Part({ title, children }: { title: string; children: ComponentChildren }) {
  return (
    <fieldset class="card guest-form__part">
      <legend class="guest-form__title">{title}</legend>
      {children}
    </fieldset>
  );
}

/** G4: from the practice's least to its most. */
function amountWrong(words: Words, entry: AmountEntry, currency: string, { minimum_minor: least, limit_minor: most }: Guests): string | undefined {
  const { t, money } = words;
  const { parsed } = entry;
  const wrong = amountProblem(words, entry, currency, money(most, currency), null);
  if (wrong || parsed.kind !== "amount") return wrong;
  if (parsed.amountMinor < least) return t("guest.atLeast", { amount: money(least, currency) });
  return parsed.amountMinor > most ? t("amount.atMost", { amount: money(most, currency) }) : undefined;
}
