"""Account History: what happened on an account, as its client reads it."""

import datetime as dt
from collections.abc import Mapping

from chalice.app import Blueprint

from chalicelib.documents.domain.receipts import method_text
from chalicelib.entrypoints.http import schemas
from chalicelib.entrypoints.http.context import Context
from chalicelib.entrypoints.http.ledger import views
from chalicelib.entrypoints.http.ledger.billing import CURSOR, PAGE, of_account
from chalicelib.entrypoints.http.policies import Client
from chalicelib.entrypoints.http.runtime import Query, endpoint
from chalicelib.kernel.errors import Invalid
from chalicelib.ledger.domain.accounts import Account
from chalicelib.ledger.domain.closing import Closing
from chalicelib.ledger.domain.effects import about, by_charge, credit_effect_minor, effect_minor
from chalicelib.ledger.domain.entries import INSURER, Entry, EntryKind
from chalicelib.ledger.domain.payments import Payment

routes = Blueprint(__name__)
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
    EntryKind.DISPUTE_WITHDRAWN: schemas.HistoryKind.DISPUTE,
    EntryKind.DISPUTE_REINSTATED: schemas.HistoryKind.DISPUTE,
    EntryKind.DISPUTE_DECIDED: schemas.HistoryKind.DISPUTE,
    EntryKind.CREDIT_TRANSFER: schemas.HistoryKind.CREDIT_TRANSFER,
    EntryKind.REVERSAL: schemas.HistoryKind.CORRECTION,
}

_CLOSED = {
    Closing.NONE: schemas.HistoryStatus.PAID,
    Closing.NO_FEE: schemas.HistoryStatus.NO_FEE,
    Closing.REVERSED: schemas.HistoryStatus.REVERSED,
    Closing.WRITTEN_OFF: schemas.HistoryStatus.WRITTEN_OFF,
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
def history(context: Context[None], account_id: str) -> schemas.History:
    """Account History: the newest first; `from` and `to` are practice-local dates, both included."""
    context.principal.grant(account_id)
    practice, account = of_account(context, account_id)
    since, until = _range(context)
    page = context.app.ledgers.history(
        practice.id, account_id, since=since, until=until, cursor=context.query("cursor"), limit=PAGE
    )
    # What was posted since the account was read is on the next page load: here its charge would look paid.
    rows = [entry for entry in page.rows if entry.seq <= account.ledger.seq]
    names = views.Names(context.app, practice, account_id, context.locale)
    paid_for = {p.book.charge_id for entry in rows for p in entry.draft.postings}
    names.learn((paid_for | {about(entry.draft) for entry in rows}) - {""})
    paid = context.app.ledgers.payments_by_id(
        practice.id, account_id, {entry.draft.payment_id for entry in rows} - {""}
    )
    return schemas.History([_row(entry, account, names, paid) for entry in rows], page.next_cursor)


def _range(context: Context[object]) -> tuple[str, str]:
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


def _row(
    entry: Entry, account: Account, names: views.Names, payments: Mapping[str, Payment]
) -> schemas.HistoryRow:
    draft = entry.draft
    charge_id = about(draft) or None
    opened = draft.kind in (EntryKind.CHARGE, EntryKind.SERVICE, EntryKind.OPENING_BALANCE)
    lines = [] if charge_id else _lines(entry, names)
    return schemas.HistoryRow(
        id=str(entry.seq),
        date=views.date(draft.occurred_on),
        kind=_KINDS[draft.kind],
        status=_status(account, charge_id, names) if opened and charge_id else None,
        service=names.service(charge_id) if charge_id else "",
        service_locale=names.service_locale(charge_id or ""),
        service_date=names.day(charge_id, draft.occurred_on) if charge_id else None,
        amount_minor=effect_minor(entry),
        insurer_minor=insurer_minor(entry),
        charge_id=charge_id,
        payment=_payment(payments.get(draft.payment_id), names),
        lines=lines,
        credit_minor=0 if charge_id else credit_effect_minor(entry),
    )


def _payment(paid: Payment | None, names: views.Names) -> schemas.HistoryPayment | None:
    if paid is None:
        return None
    return schemas.HistoryPayment(
        id=paid.id,
        date=views.date(paid.date),
        method=method_text(paid.method, names.locale) if paid.method else "",
        reference=paid.reference,
        receipt_available=bool(paid.receipt_key),
    )


def _lines(entry: Entry, names: views.Names) -> list[schemas.PaymentLine]:
    """What money that came, went back or moved did to each service: paid is negative, owed again positive."""
    return [
        schemas.PaymentLine(
            charge_id=charge_id,
            date=names.day(charge_id, entry.draft.occurred_on),
            service=names.service(charge_id),
            service_locale=names.service_locale(charge_id),
            amount_minor=amount_minor,
        )
        for charge_id, amount_minor in by_charge([entry]).items()
        if amount_minor
    ]


def insurer_minor(entry: Entry) -> int:
    """What an insurer settled with the entry, by paying or by contract; 0 for every other kind."""
    if entry.draft.kind not in (EntryKind.INSURANCE_PAYMENT, EntryKind.CONTRACTUAL_ADJUSTMENT):
        return 0
    return -sum(p.debit_minor for p in entry.draft.postings if p.book.name == INSURER)


def _status(account: Account, charge_id: str, names: views.Names) -> schemas.HistoryStatus:
    item = account.ledger.open.get(charge_id)
    if item is None:
        charge = names.charge(charge_id)
        return _CLOSED[charge.closing if charge else Closing.NONE]
    if account.in_flight_minor(charge_id):
        return schemas.HistoryStatus.IN_FLIGHT
    return schemas.HistoryStatus.PARTLY_PAID if item.paid_minor else schemas.HistoryStatus.OPEN
