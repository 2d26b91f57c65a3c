"""The one table of HTTP statuses by error code, and problem bodies (RFC 9457)."""

from collections.abc import Mapping

from chalicelib.entrypoints.http.schemas import Problem
from chalicelib.kernel.errors import BillfoldError, Invalid, NotFound, Stale
from chalicelib.kernel.formatting import money_text
from chalicelib.kernel.money import Money
from chalicelib.words.errors import WORDS

# Codes that are neither 422 (Invalid), 404 (NotFound), 409 (Stale) nor 403 (Refused).
STATUSES = {
    "body_invalid": 400,
    "webhook_invalid": 400,
    "idempotency_key_missing": 400,
    "question_key_missing": 400,
    "session_required": 401,
    "code_wrong": 401,
    "code_expired": 401,
    "key_invalid": 401,
    "link_invalid": 401,
    "link_over": 401,
    "route_not_found": 404,
    "method_not_allowed": 405,
    "body_too_large": 413,
    "item_in_flight": 409,
    "invoice_void": 409,
    "refund_unknown": 409,
    "payment_state": 409,
    "question_ended": 409,
    "receipt_not_ready": 409,
    "document_missing": 409,
    "account_updating": 409,
    "media_type": 415,
    "codes_paused": 429,
    "guest_cards_paused": 429,
    "too_many_payments": 429,
    "too_many_requests": 429,
    "too_many_questions": 429,
    "too_many_summaries": 429,
    "too_many_open_questions": 409,
    "too_many_set_ups": 429,
    "too_many_methods": 409,
    "method_not_ready": 409,
    "method_expired": 409,
    "method_refused": 402,
    "deposit_over": 409,
    "internal_error": 500,
    "table_outdated": 500,
    "processor_refused": 502,
    "processor_unavailable": 502,
    "store_busy": 503,
}
_BY_CLASS = ((Invalid, 422), (NotFound, 404), (Stale, 409))


_NOT_FOUND = ("_not_found", "charge_not_payable")
_REFUSED = frozenset({
    "payments_disabled", "clinician_payments_disabled", "nothing_to_pay", "other_browser",
    "guest_work_required", "link_locked", "link_refused",
    "request_header_missing", "origin_foreign", "saving_disabled", "staff_required", "superbills_hidden",
})  # fmt: skip


def status_of_code(code: str) -> int:
    """The status a code is answered with, for the API's description; tests hold it to `status_of`."""
    if code in STATUSES:
        return STATUSES[code]
    if code.endswith(_NOT_FOUND):
        return 404
    return 409 if code.endswith("_stale") else 403 if code in _REFUSED else 422


def status_of(error: BillfoldError) -> int:
    by_class = next((status for cls, status in _BY_CLASS if isinstance(error, cls)), 403)
    return STATUSES.get(error.code, by_class)


def problem(code: str, status: int, locale: str, field: str | None = None, **more: object) -> Problem:
    """`more` fills the words' places, amounts as people write them; `quote` goes into the body."""
    words = WORDS[code][1 if locale == "es" else 0]
    quote = more.pop("quote", None)
    title = words.format_map(_Gaps(more | _amounts(more, locale)))
    return Problem(f"urn:billfold:problem:{code}", title, status, code, field=field, quote=quote)  # type: ignore[arg-type]


def _amounts(details: Mapping[str, object], locale: str) -> dict[str, str]:
    """`most_minor=3000` beside a currency fills the place `{most}` with "$30.00"."""
    currency = details.get("currency")
    if not isinstance(currency, str):
        return {}
    return {
        name.removesuffix("_minor"): money_text(Money(value, currency), locale)
        for name, value in details.items()
        if name.endswith("_minor") and isinstance(value, int)
    }


class _Gaps(dict[str, object]):
    def __missing__(self, key: str) -> str:
        return ""
