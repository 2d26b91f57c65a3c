"""Every refusal of the stand-in, by name.

Each name is raised at exactly one place in the code, and each has a test that looks for it; so taking
a refusal out fails that test: `tests/contract/paypal/test_refusals.py`.
"""

from dataclasses import dataclass


@dataclass(frozen=True)
class Refusal:
    """The HTTP status, the issues that name it (the first that PayPal publishes for the operation is told),
    and words for where PayPal publishes none."""

    status: int
    issues: tuple[str, ...]
    words: str
    name: str = ""  # PayPal's name of the error where it is not the status's


REFUSALS: dict[str, Refusal] = {
    # --- who asks
    "client_unknown": Refusal(401, (), "Client Authentication failed", "invalid_client"),
    "grant_unsupported": Refusal(400, (), "Grant Type is NULL or unsupported", "unsupported_grant_type"),
    "token_missing": Refusal(401, (), "No access token came with the request."),
    "token_unknown": Refusal(401, (), "The access token is not known, or is over."),
    "permission_missing": Refusal(403, ("PERMISSION_DENIED",), "The app lacks that permission."),
    # --- the shape of a request
    "url_unknown": Refusal(404, ("INVALID_RESOURCE_ID",), "Nothing answers {method} {path}."),
    "content_type_unsupported": Refusal(415, (), "The body is {content_type}, and has to be JSON."),
    "body_not_json": Refusal(400, ("MALFORMED_REQUEST_JSON",), "The request JSON is not well formed."),
    "field_missing": Refusal(400, ("MISSING_REQUIRED_PARAMETER",), "A required field is missing."),
    "field_length": Refusal(400, ("INVALID_STRING_LENGTH",), "A field is too short or too long."),
    "array_short": Refusal(400, ("INVALID_ARRAY_MIN_ITEMS", "INVALID_PARAMETER_SYNTAX"), "Too few items."),
    "array_long": Refusal(400, ("INVALID_ARRAY_MAX_ITEMS", "INVALID_PARAMETER_SYNTAX"), "Too many items."),
    "field_syntax": Refusal(400, ("INVALID_PARAMETER_SYNTAX",), "A field is not of the expected form."),
    "field_value": Refusal(
        400, ("INVALID_PARAMETER_VALUE", "INVALID_PARAMETER_SYNTAX"), "A value is not valid."
    ),
    "field_unknown": Refusal(
        400, ("NOT_SUPPORTED", "INVALID_PARAMETER_VALUE", "INVALID_PARAMETER_SYNTAX"), "No such field."
    ),
    "beyond_stand_in": Refusal(
        400,
        ("NOT_SUPPORTED", "INVALID_PARAMETER_VALUE", "INVALID_PARAMETER_SYNTAX"),
        "PayPal knows that field; the stand-in would ignore it.",
    ),
    "instant_impossible": Refusal(400, ("INVALID_PARAMETER_VALUE",), "There is no such instant."),
    "page_token_unknown": Refusal(400, ("INVALID_PARAMETER_VALUE",), "No page has that token."),
    "mock_unknown": Refusal(
        400, ("INVALID_PARAMETER_VALUE", "INVALID_PARAMETER_SYNTAX"), "No such mock answer here."
    ),
    # --- PayPal-Request-Id
    "request_id_required": Refusal(400, ("PAYPAL_REQUEST_ID_REQUIRED",), "A PayPal-Request-Id is required."),
    "request_in_progress": Refusal(409, ("PREVIOUS_REQUEST_IN_PROGRESS",), "One with that id is under way."),
    # --- money
    "currency_unknown": Refusal(422, ("INVALID_CURRENCY_CODE",), "PayPal has no such currency."),
    "decimals_wrong": Refusal(422, ("DECIMAL_PRECISION",), "Two decimals, neither more nor fewer."),
    "decimals_unsupported": Refusal(
        422, ("DECIMALS_NOT_SUPPORTED", "DECIMAL_PRECISION"), "The currency has no decimals."
    ),
    "amount_not_positive": Refusal(422, ("CANNOT_BE_ZERO_OR_NEGATIVE",), "Must be greater than zero."),
    "amount_too_large": Refusal(422, ("MAX_VALUE_EXCEEDED", "REFUND_AMOUNT_EXCEEDED"), "Too much."),
    # --- orders
    "resource_missing": Refusal(404, ("INVALID_RESOURCE_ID",), "There is no such {thing}."),
    "order_not_approved": Refusal(422, ("ORDER_NOT_APPROVED",), "The payer has not approved it."),
    "order_captured": Refusal(422, ("ORDER_ALREADY_CAPTURED",), "Order already captured."),
    "order_in_progress": Refusal(422, ("ORDER_COMPLETION_IN_PROGRESS",), "It is being captured."),
    "invoice_id_used": Refusal(422, ("DUPLICATE_INVOICE_ID",), "That invoice id was paid."),
    "attempts_too_many": Refusal(422, ("MAX_NUMBER_OF_PAYMENT_ATTEMPTS_EXCEEDED",), "Too many attempts."),
    # --- refunds
    "refund_before_money": Refusal(422, ("PENDING_CAPTURE",), "The capture is pending."),
    "refund_without_money": Refusal(422, ("REFUND_NOT_ALLOWED",), "The capture cannot be refunded."),
    "refund_after_all": Refusal(422, ("CAPTURE_FULLY_REFUNDED",), "Already refunded."),
    "refund_too_late": Refusal(422, ("REFUND_TIME_LIMIT_EXCEEDED",), "180 days are over."),
    "refund_too_much": Refusal(422, ("REFUND_AMOUNT_EXCEEDED",), "More than is left."),
    "refund_currency": Refusal(422, ("REFUND_CAPTURE_CURRENCY_MISMATCH",), "Not the capture's currency."),
    "refund_in_dispute": Refusal(422, ("TRANSACTION_DISPUTED",), "There is an open case."),
    "refund_charged_back": Refusal(422, ("REFUND_NOT_PERMITTED_DUE_TO_CHARGEBACK",), "Charged back."),
    "refund_invoice_id_used": Refusal(422, ("DUPLICATE_INVOICE_ID",), "That invoice id was refunded."),
    # --- transaction search
    "range_too_long": Refusal(400, ("INVALID_PARAMETER_VALUE",), "Date range is greater than 31 days"),
    "range_backwards": Refusal(400, ("INVALID_PARAMETER_VALUE",), "The end is before the start."),
    # --- webhooks
    "webhook_url": Refusal(400, ("INVALID_PARAMETER_VALUE",), "Not a valid webhook URL", "VALIDATION_ERROR"),
    "webhook_event_unknown": Refusal(
        400, ("INVALID_PARAMETER_VALUE",), "Not a valid webhook event name", "VALIDATION_ERROR"
    ),
    "webhook_url_used": Refusal(400, (), "Webhook URL already exists", "WEBHOOK_URL_ALREADY_EXISTS"),
    "webhooks_too_many": Refusal(
        400, (), "Webhook number limit has reached", "WEBHOOK_NUMBER_LIMIT_EXCEEDED"
    ),
    # --- the page
    "page_card_not_offered": Refusal(422, (), "Payment by card without an account is not offered here."),
    "page_card_invalid": Refusal(422, (), "That card number, date or code is not right."),
    "page_not_immediate": Refusal(422, (), "This seller takes no payment that arrives later."),
    "page_email_missing": Refusal(422, (), "An e-mail address is needed."),
    "page_order_over": Refusal(410, (), "This payment is over."),
}
