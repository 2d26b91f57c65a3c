import { useEffect, useState } from "preact/hooks";

import type { ApiError } from "../../api/client";
import type { GuestQuote } from "../../api/schema";
import { usePractice } from "../../app/practice";
import { pathTo } from "../../app/router";
import { useWords } from "../../i18n";
import { calledOfGuest } from "../../lib/ways";
import { Button } from "../../ui/Button";
import { Icon } from "../../ui/Icon";
import { Link } from "../../ui/Link";
import { Notice } from "../../ui/Notice";
import { PageTitle } from "../../ui/PageTitle";
import { ProblemNotice } from "../../ui/ProblemNotice";
import { isUnread, type Noticed } from "../pay/card-notice";
import { NoticeBox } from "../pay/NoticeBox";
import { GuestSlip } from "./GuestSlip";

interface Props {
  quote: GuestQuote;
  /** It is not what was agreed to. */
  changed: boolean;
  notice: Noticed | null;
  setNotice: (notice: Noticed) => void;
  busy: "asking" | "working" | null;
  error: ApiError | null;
  pay: () => void;
  change: () => void;
}

/** G16: all that was typed, and exactly what will be charged, before anything is. The button names where it leads: there the payer agrees to pay. */
export function GuestReview({ quote, changed, notice, setNotice, busy, error, pay, change }: Props) {
  const { t, money } = useWords();
  const [unread, setUnread] = useState(0);
  const amount = money(quote.amount_minor, quote.currency);
  const called = calledOfGuest(usePractice().guests, quote.way);
  const inline = quote.flow === "inline";
  const lines = (["name", "email", "phone", "number"] as const).map((field) => ({ label: t(`guest.said.${field}`), text: quote[field] }));
  const press = (): void => (isUnread(notice) ? setUnread((n) => n + 1) : pay());
  return (
    <div class="page page--narrow">
      <p class="step">{t("guest.step2")}</p>
      <PageTitle tab={t("pay.tab")}>{t("pay.reviewTitle")}</PageTitle>
      {changed && (
        <Notice tone="warn" title={t("review.changed")} urgent>
          <p>{t("guest.changed", { amount })}</p>
        </Notice>
      )}
      {error && <ProblemNotice error={error} />}
      {error?.code === "guest_cards_paused" && <OtherWay />}
      <GuestSlip sum={quote} whose={quote} lines={lines} />
      <NoticeBox notice={notice} asked={unread} setRead={(read) => notice && setNotice({ ...notice, read })} />
      {!inline && <p>{t(called.review)}</p>}
      <p role="status" class="guest-review__working">{busy === "working" ? <Working /> : null}</p>
      <div class="actions">
        <Button busy={busy !== null} onClick={press}>
          {t(inline ? called.next : called.leave)}
        </Button>
        <Button kind="quiet" onClick={change}>
          {t("guest.change")}
        </Button>
      </div>
      <p class="card-form__safe">
        <Icon name="lock" /> {t(called.safe)}
      </p>
    </div>
  );
}

/** Slow telephones work longer: whoever waits hears that it goes on. */
const LONG_MS = 8_000;

function Working() {
  const { t } = useWords();
  const [long, setLong] = useState(false);
  useEffect(() => {
    const timer = setTimeout(() => setLong(true), LONG_MS);
    return () => clearTimeout(timer);
  }, []);
  return <>{t(long ? "guest.workingLong" : "guest.working")}</>;
}

/** Cards wait; what was typed is kept for the other form. */
function OtherWay() {
  const { t } = useWords();
  const { id, guests } = usePractice();
  if (!guests.ways.some(({ way }) => way === "paypal")) return null;
  return (
    <p>
      <Link href={pathTo(id, "guest", { way: "paypal" })} class="button button--secondary">
        {t("guest.title.paypal")}
      </Link>
    </p>
  );
}
