import { OFFLINE, SERVER_TROUBLE } from "../api/client";
import type { Key } from "../i18n";

/**
 * What the reader can do besides reading the API's sentence, which says what happened. Codes whose
 * sentence already says it all are listed with null, so that a test can see that none was forgotten.
 */
export const WAYS_ON: Record<string, Key | null> = {
  [OFFLINE]: "way.retry",
  [SERVER_TROUBLE]: "way.retry",
  // the request
  body_invalid: null,
  body_too_large: null,
  code_format: null,
  code_or_token_required: null,
  cursor_invalid: null,
  date_invalid: null,
  date_range_reversed: null,
  email_invalid: null,
  field_invalid: null,
  field_missing: null,
  field_unknown: null,
  internal_error: "way.retry",
  media_type: "way.contact",
  origin_foreign: null,
  request_header_missing: null,
  store_busy: null,
  too_many_requests: null,
  // who asks
  account_not_found: "way.contact",
  code_expired: null,
  code_wrong: null,
  codes_paused: null,
  link_invalid: null,
  other_browser: null,
  document_missing: null,
  document_not_found: "way.contact",
  document_not_ready: null,
  practice_not_found: "way.address",
  session_required: null,
  // paying
  account_updating: null,
  amount_above_limit: null,
  amount_above_owed: null,
  amount_above_payable: null,
  amount_below_minimum: null,
  amount_invalid: null,
  amount_not_editable: null,
  amount_step: null,
  charge_not_payable: "way.notCharged",
  clinician_payments_disabled: "way.contact",
  idempotency_key_missing: null,
  idempotency_key_reused: null,
  item_in_flight: "way.watch",
  nothing_to_pay: "way.notCharged",
  payment_not_found: "way.contact",
  payments_disabled: "way.contact",
  processor_refused: "way.contact",
  processor_unavailable: "way.watch",
  quote_stale: "way.notCharged",
  receipt_not_ready: null,
  too_many_payments: null,
  way_unavailable: null,
};
