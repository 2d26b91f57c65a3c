/** Paying's way, for a guest: the same states, with a key in the place of an account. */
import type { Api } from "../../api/calls";
import type { GuestPayment, Locale, Payment } from "../../api/schema";
import type { CardFields } from "../pay/card-fields";
import { ANEW, type Intent } from "../pay/intent";
import { answer, fieldDoings } from "../pay/machine/doings";
import type { Doings } from "../pay/machine/paying";

export interface GuestPorts {
  api: Api;
  locale: Locale;
  fields: CardFields;
  practice: string;
  paymentKey: string;
  /** The last answer, with what only a guest's payment has. */
  seen: (payment: GuestPayment) => void;
  /** It is over; null where nobody has told how. */
  forget: (payment: GuestPayment | null) => void;
  /** `canceled`: its payer has let it go. */
  toForm: (canceled: boolean) => void;
  toFields: () => void;
  toResult: () => void;
}

/** What was sent under that key; the API knows the rest. */
export function intentOf(key: string): Intent {
  const body = { scope: { type: "amount", amount_minor: 0 }, quote: "", amount_minor: 0, notes: "" } as const;
  return { account: "", key, body, how: ANEW, submitted: true, paymentId: key };
}

export function guestDoings(ports: () => GuestPorts): Doings {
  let last: GuestPayment | null = null;
  const asked = (work: Promise<GuestPayment>, key: string): Promise<Payment> =>
    work.then((payment) => {
      ports().seen((last = payment));
      return asPayment(key, payment);
    });
  const found = { good: "found", bad: "notFound" } as const;
  return {
    look: ({ id }, tell) =>
      answer(asked(ports().api.lookAtGuest(ports().practice, id), id), (payment) => tell({ type: found.good, payment }), (error) => tell({ type: found.bad, error })),
    check: ({ id, approved }, tell) =>
      answer(asked(ports().api.checkGuest(ports().practice, id, approved), id), (payment) => tell({ type: found.good, payment }), (error) => tell({ type: found.bad, error })),
    cancel: ({ id }, tell) =>
      answer(asked(ports().api.cancelGuest(ports().practice, id), id), (payment) => tell({ type: "stopped", payment }), (error) => tell({ type: "notStopped", error })),
    forget: () => ports().forget(last),
    choose: () => ports().toForm(false),
    toBilling: ({ payment }) => ports().toForm(payment?.state === "canceled"),
    toResult: () => ports().toResult(),
    goOn: ({ payment }) => (payment.next?.type === "redirect" ? location.assign(payment.next.url) : ports().toFields()),
    ...fieldDoings(ports),
    confirm: ({ email, holder }, tell) =>
      void ports().fields.confirm(email, holder, (event) => {
        tell(event);
        if (event.type === "declined" && !event.declined.byBank) void leaveEnded(ports());
      }),
    ...NOT_A_GUESTS,
  };
}

/** After a few declines the attempt is ended at the processor, whose fields then take no card: its result leads back to the form. */
async function leaveEnded({ api, practice, paymentKey, toResult }: GuestPorts): Promise<void> {
  const payment = await api.lookAtGuest(practice, paymentKey).catch(() => null);
  if (payment?.finished) toResult();
}

/** What is quoted, sent and kept before there is a key is the form's. */
const NOT_A_GUESTS = {
  quote: () => {},
  dropQuote: () => {},
  start: () => {},
  keepTyped: () => {},
  forgetTyped: () => {},
  keep: () => {},
  keepForTab: () => {},
  close: () => {},
  begin: () => {},
} satisfies Partial<Doings>;

/** As the way knows payments: a guest has no account, no services and no balance. */
function asPayment(key: string, guest: GuestPayment): Payment {
  const { state, finished, amount_minor, refunded_minor, currency, date, method, reference, receipt_pending, receipt_sent_to, next } = guest;
  return {
    id: key, account_id: "", state, finished, amount_minor, refunded_minor, currency, date, method, reference, receipt_pending, receipt_sent_to, next,
    ways: [guest.way], lines: [], notes: "", disputed_minor: 0, lost_minor: 0, kept_minor: amount_minor, credit_minor: 0, receipt_available: false,
    owed_after_minor: null, owed_now_minor: 0, return_reason: null, question: null, saved: null, saves: false,
  };
}
