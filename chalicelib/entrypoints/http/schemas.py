"""What the API takes and gives, as msgspec structs; docs/openapi.json is generated from these.

Amounts are integer minor units of the practice's currency (`amount_minor`: 1250 is $12.50). Dates
are practice-local `YYYY-MM-DD`; instants are UTC, RFC 3339. Requests refuse unknown fields.
"""

from chalicelib.entrypoints.http.common_schema import Id, Locale, Notes, Positive, Request
from chalicelib.entrypoints.http.documents.schemas import Document, Documents, DocumentType
from chalicelib.entrypoints.http.identity.schemas import (
    Grant,
    Session,
    SignInCodeRequest,
    SignInCodeSent,
    SignInRequest,
)
from chalicelib.entrypoints.http.ledger.schemas import (
    History,
    HistoryKind,
    HistoryPayment,
    HistoryRow,
    HistoryStatus,
    PaymentLine,
)
from chalicelib.entrypoints.http.payments.billing_schemas import Balance, Billing, Explanation, Item
from chalicelib.entrypoints.http.payments.schemas import (
    AmountScope,
    BalanceScope,
    Inline,
    LeftOut,
    Payment,
    PaymentRequest,
    Payments,
    PaymentState,
    Quote,
    QuoteLine,
    QuoteRequest,
    Reason,
    ReceiptOpened,
    ReceiptOpenRequest,
    Redirect,
    Scope,
    ServiceScope,
    ServicesScope,
)
from chalicelib.entrypoints.http.practice.schemas import (
    Clinician,
    DefaultPractice,
    Flow,
    Location,
    PaymentSettings,
    PracticeProfile,
    Way,
    WayName,
)
from chalicelib.entrypoints.http.problem_schema import Problem
from chalicelib.payments.domain.return_reasons import ReturnReason

__all__ = [
    "AmountScope",
    "Balance",
    "BalanceScope",
    "Billing",
    "Clinician",
    "DefaultPractice",
    "Document",
    "DocumentType",
    "Documents",
    "Explanation",
    "Flow",
    "Grant",
    "History",
    "HistoryKind",
    "HistoryPayment",
    "HistoryRow",
    "HistoryStatus",
    "Id",
    "Inline",
    "Item",
    "LeftOut",
    "Locale",
    "Location",
    "Notes",
    "Payment",
    "PaymentLine",
    "PaymentRequest",
    "PaymentSettings",
    "PaymentState",
    "Payments",
    "Positive",
    "PracticeProfile",
    "Problem",
    "Quote",
    "QuoteLine",
    "QuoteRequest",
    "Reason",
    "ReceiptOpenRequest",
    "ReceiptOpened",
    "Redirect",
    "Request",
    "ReturnReason",
    "Scope",
    "ServiceScope",
    "ServicesScope",
    "Session",
    "SignInCodeRequest",
    "SignInCodeSent",
    "SignInRequest",
    "Way",
    "WayName",
]
