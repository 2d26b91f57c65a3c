/** What went wrong, in words, and always a way on. */
import { OFFLINE, SERVER_TROUBLE, type ApiError } from "../api/client";
import { useWords, type Key } from "../i18n";
import { Button } from "./Button";
import { Notice } from "./Notice";

export type WayOn = "retry" | "wait" | "start_over" | "change_amount" | "contact" | "sign_in";

/** Every code the API documents, and what the reader can do about it. */
export const WAYS_ON: Record<string, WayOn> = {
  offline: "retry",
  server_trouble: "retry",
  practice_not_found: "contact",
  not_found: "start_over",
  too_many_requests: "wait",
  code_wrong: "retry",
  code_expired: "start_over",
  other_browser: "start_over",
  session_required: "sign_in",
  date_range_reversed: "retry",
  date_invalid: "retry",
  amount_not_editable: "start_over",
  amount_below_minimum: "change_amount",
  amount_above_limit: "change_amount",
  amount_above_owed: "change_amount",
  amount_invalid: "change_amount",
  nothing_to_pay: "start_over",
  charge_not_payable: "start_over",
  payments_disabled: "contact",
  clinician_payments_disabled: "contact",
  item_in_flight: "wait",
  quote_stale: "start_over",
  payment_unknown: "wait",
  idempotency_key_reused: "start_over",
  processor_unavailable: "retry",
  processor_refused: "contact",
  receipt_not_ready: "wait",
};

const OWN_WORDS: Record<string, Key> = { [OFFLINE]: "problem.offline", [SERVER_TROUBLE]: "problem.server" };

export function wayOnKey(code: string): Key {
  return `way.${WAYS_ON[code] ?? "contact"}` as Key;
}

interface Props {
  error: ApiError;
  action?: { label: string; run: () => void };
}

export function ProblemNotice({ error, action }: Props) {
  const { t } = useWords();
  const own = OWN_WORDS[error.code];
  const title = own ? t(own) : error.problem.title;
  return (
    <Notice tone="warn" title={title} urgent>
      {error.problem.detail && error.problem.detail !== title && <p>{error.problem.detail}</p>}
      <p>{t(wayOnKey(error.code))}</p>
      {action && (
        <Button kind="secondary" onClick={action.run}>
          {action.label}
        </Button>
      )}
    </Notice>
  );
}
