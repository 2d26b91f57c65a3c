"""Account History: what happened on an account, as its client reads it."""

import datetime as dt
from collections.abc import Mapping

from chalice.app import Blueprint

from chalicelib.documents.domain.invoices import InvoiceStanding
from chalicelib.documents.domain.receipts import method_text
from chalicelib.entrypoints.http import schemas
from chalicelib.entrypoints.http.context import Context
from chalicelib.entrypoints.http.ledger import views
from chalicelib.entrypoints.http.policies import Client
from chalicelib.entrypoints.http.runtime import Query, endpoint
from chalicelib.kernel.account_refs import AccountRef
from chalicelib.kernel.document_ids import invoice_id
from chalicelib.kernel.errors import Invalid
from chalicelib.ledger.domain import disputes
from chalicelib.ledger.domain.entries import EntryKind
from chalicelib.ledger.domain.history import PaidBy
from chalicelib.ledger.services.history import Happened

routes = Blueprint(__name__)
PAGE = 25
CURSOR = Query("cursor", {"type": "string"}, "Where the page before ended; from `next_cursor`.")
DATE = {"type": "string", "format": "date"}
_KINDS = {
    EntryKind.PAYMENT: schemas.HistoryKind.PAYMENT,
    EntryKind.INSURANCE_PAYMENT: schemas.HistoryKind.INSURANCE_PAYMENT,
    EntryKind.CONTRACTUAL_ADJUSTMENT: schemas.HistoryKind.INSURANCE_ADJUSTMENT,
    EntryKind.ADJUSTMENT: schemas.HistoryKind.ADJUSTMENT,
    EntryKind.WRITE_OFF: schemas.HistoryKind.WRITE_OFF,
    EntryKind.RESPONSIBILITY_TRANSFER: schemas.HistoryKind.RESPONSIBILITY_TRANSFER,
    EntryKind.CHARGE: schemas.HistoryKind.SERVICE,
    EntryKind.SERVICE: schemas.HistoryKind.SERVICE,
    EntryKind.OPENING_BALANCE: schemas.HistoryKind.OPENING_BALANCE,
    EntryKind.REFUND: schemas.HistoryKind.REFUND,
    EntryKind.REFUND_FAILURE: schemas.HistoryKind.REFUND_FAILURE,
    EntryKind.CREDIT_TRANSFER: schemas.HistoryKind.CREDIT_TRANSFER,
    EntryKind.GUEST_PAYMENT: schemas.HistoryKind.GUEST_PAYMENT,
    EntryKind.GUEST_PAYMENT_BACK: schemas.HistoryKind.GUEST_PAYMENT_BACK,
    EntryKind.REVERSAL: schemas.HistoryKind.CORRECTION,
}


@endpoint(
    routes, "GET", "/accounts/{account_id}/history", policy=Client(), returns=schemas.History,
    errors=("account_not_found", "account_updating", "date_invalid", "date_range_reversed", "cursor_invalid"),
    query=(
        Query("from", DATE, "First practice-local date, included."),
        Query("to", DATE, "Last practice-local date, included."),
        CURSOR,
    ),
)  # fmt: skip
def history(context: Context[None], ref: AccountRef) -> schemas.History:
    """Account History, and invoices among it: the newest first; `from` and `to` are practice-local dates,
    both included."""
    since, until = date_range(context)
    page = context.app.account_history.page(
        ref,
        since=since, until=until, cursor=context.query("cursor"), limit=PAGE,
    )  # fmt: skip
    words = views.Words(page.practice, context.locale)
    return schemas.History([_any_row(row, page.invoiced, words) for row in page.rows], page.next_cursor)


def date_range(context: Context[object]) -> tuple[str, str]:
    since = _date(context, "from", dt.date.min)
    until = _date(context, "to", dt.date.max)
    if since > until:
        raise Invalid("date_range_reversed", "from")
    return since.isoformat(), until.isoformat()


def _date(context: Context[object], name: str, otherwise: dt.date) -> dt.date:
    text = context.query(name)
    if text is None:
        return otherwise
    try:
        found = dt.date.fromisoformat(text)
    except ValueError as error:
        raise Invalid("date_invalid", name) from error
    if found.isoformat() != text:  # 20260101 and week dates are ISO, too, but not ours
        raise Invalid("date_invalid", name)
    return found


def _any_row(
    row: Happened | InvoiceStanding, invoiced: Mapping[str, int], words: views.Words
) -> schemas.HistoryRow:
    if isinstance(row, InvoiceStanding):
        return _invoice(row, words)
    posted = row.charge_id if row.status else ""  # what else concerns the service is not on the invoice
    return _row(row, [_document(invoiced[posted])] if posted in invoiced else [], words)


def _document(number: int) -> schemas.HistoryDocument:
    return schemas.HistoryDocument(schemas.HistoryDocumentKind.INVOICE, invoice_id(number), number)


def _invoice(row: InvoiceStanding, words: views.Words) -> schemas.HistoryRow:
    invoice = row.invoice
    return schemas.HistoryRow(
        id=invoice.id,
        date=views.date(invoice.issued_on),
        kind=schemas.HistoryKind.INVOICE,
        status=schemas.HistoryStatus(row.status.value),
        service="",
        service_locale=words.own_locale,
        service_date=None,
        amount_minor=0,
        insurer_minor=0,
        charge_id=None,
        payment=None,
        lines=[],
        credit_minor=0,
        disputed_minor=0,
        invoice_minor=invoice.sums.owed_minor,
        documents=[_document(invoice.number)],
        question=row.mark,
    )


def _row(
    happened: Happened, documents: list[schemas.HistoryDocument], words: views.Words
) -> schemas.HistoryRow:
    service = happened.service
    name, locale = words.service(service) if service else ("", words.own_locale)
    return schemas.HistoryRow(
        id=str(happened.seq),
        date=views.date(happened.on),
        kind=_kind(happened),
        status=schemas.HistoryStatus(happened.status.value) if happened.status else None,
        service=name,
        service_locale=locale,
        service_date=views.date(service.on) if service else None,
        amount_minor=happened.amount_minor,
        insurer_minor=happened.insurer_minor,
        charge_id=happened.charge_id or None,
        payment=_payment(happened.payment, words) if happened.payment else None,
        lines=[
            views.line(touched.charge_id, touched.service, touched.amount_minor, words)
            for touched in happened.touched
        ],
        credit_minor=happened.credit_minor,
        disputed_minor=happened.disputed_minor,
        invoice_minor=0,
        documents=documents,
        question=happened.mark,
    )


def _kind(happened: Happened) -> schemas.HistoryKind:
    told = happened.back or disputes.turn(happened.kind, happened.amount_minor)
    return schemas.HistoryKind(told.value) if told else _KINDS[happened.kind]


def _payment(paid: PaidBy, words: views.Words) -> schemas.HistoryPayment:
    return schemas.HistoryPayment(
        id=paid.id,
        date=views.date(paid.date),
        method=method_text(paid.method, words.locale) if paid.method else "",
        reference=paid.reference,
        receipt_available=paid.receipt,
    )
