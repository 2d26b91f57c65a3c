"""Routes of the Billing page: overview, history, past payments."""

import datetime as dt

from chalice.app import Blueprint

from chalicelib.domain.accounts import Account
from chalicelib.domain.closing import Closing
from chalicelib.domain.effects import effect_minor
from chalicelib.domain.entries import INSURER, Draft, Entry, EntryKind
from chalicelib.domain.errors import Invalid, NotFound, Refused
from chalicelib.domain.payments import Payment, State
from chalicelib.domain.practices import Practice
from chalicelib.domain.quotes import offered, payables
from chalicelib.entrypoints.http import schemas, views
from chalicelib.entrypoints.http.next_steps import next_step
from chalicelib.entrypoints.http.runtime import Context, Policy, Query, endpoint

routes = Blueprint(__name__)
PAGE = 25
RECENT = 5
DATE = {"type": "string", "format": "date"}
CURSOR = Query("cursor", {"type": "string"}, "Where the page before ended; from `next_cursor`.")
_KINDS = {
    EntryKind.PAYMENT: schemas.HistoryKind.PAYMENT,
    EntryKind.INSURANCE_PAYMENT: schemas.HistoryKind.INSURANCE_PAYMENT,
    EntryKind.CONTRACTUAL_ADJUSTMENT: schemas.HistoryKind.INSURANCE_ADJUSTMENT,
    EntryKind.ADJUSTMENT: schemas.HistoryKind.ADJUSTMENT,
    EntryKind.WRITE_OFF: schemas.HistoryKind.WRITE_OFF,
    EntryKind.RESPONSIBILITY_TRANSFER: schemas.HistoryKind.RESPONSIBILITY_TRANSFER,
    EntryKind.CHARGE: schemas.HistoryKind.SERVICE,
    EntryKind.OPENING_BALANCE: schemas.HistoryKind.OPENING_BALANCE,
    EntryKind.REFUND: schemas.HistoryKind.REFUND,
    EntryKind.REFUND_FAILURE: schemas.HistoryKind.REFUND,
    EntryKind.DISPUTE_WITHDRAWN: schemas.HistoryKind.DISPUTE,
    EntryKind.DISPUTE_REINSTATED: schemas.HistoryKind.DISPUTE,
    EntryKind.DISPUTE_DECIDED: schemas.HistoryKind.DISPUTE,
    EntryKind.CREDIT_TRANSFER: schemas.HistoryKind.CREDIT_TRANSFER,
    EntryKind.REVERSAL: schemas.HistoryKind.CORRECTION,
}

_CLOSED = {
    Closing.NONE: schemas.HistoryStatus.PAID,
    Closing.REVERSED: schemas.HistoryStatus.REVERSED,
    Closing.WRITTEN_OFF: schemas.HistoryStatus.WRITTEN_OFF,
}


@endpoint(
    routes, "GET", "/accounts/{account_id}/billing", policy=Policy.CLIENT, returns=schemas.Billing,
    errors=("account_not_found", "account_updating", "payments_disabled"),
)  # fmt: skip
def billing(context: Context[None], account_id: str) -> schemas.Billing:
    """The Billing page in one call: balance, open services, what is left out and why, the latest payments."""
    grant = context.principal.grant(account_id)
    practice, account = of_account(context, account_id)
    rows = payables(practice, account)
    payable_minor, left_out = offered(rows, account.ledger.currency)
    recent = list(context.app.ledgers.payments(practice.id, account_id, cursor=None, limit=RECENT).rows)
    attempt, processing = _unfinished(context, practice, account)
    step = next_step(context, practice, attempt) if attempt else None
    names = views.Names(context.app, practice, account_id, context.locale)
    shown = [*recent, *processing, *([attempt] if attempt else [])]
    names.learn(set(account.ledger.open) | views.shares_of(shown))
    return schemas.Billing(
        account_id=account_id,
        name=grant.name,
        currency=account.ledger.currency,
        balance=views.balance(account, payable_minor),
        items=[views.item(row, account, names) for row in rows],
        left_out=views.left_out(left_out),
        payments=views.payment_settings(practice),
        attempt=views.payment(attempt, account, names, step) if attempt else None,
        processing=[views.payment(paid, account, names, None) for paid in processing],
        recent_payments=[views.payment(paid, account, names, None) for paid in recent],
    )


@endpoint(
    routes, "GET", "/accounts/{account_id}/history", policy=Policy.CLIENT, returns=schemas.History,
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
    names.learn({p.book.charge_id for entry in rows for p in entry.draft.postings if p.book.charge_id})
    return schemas.History([_row(entry, account, names) for entry in rows], page.next_cursor)


@endpoint(
    routes, "GET", "/accounts/{account_id}/payments", policy=Policy.CLIENT, returns=schemas.Payments,
    errors=("account_not_found", "account_updating", "cursor_invalid"), query=(CURSOR,),
)  # fmt: skip
def payments(context: Context[None], account_id: str) -> schemas.Payments:
    """Payment History: every payment, the newest first."""
    context.principal.grant(account_id)
    practice, account = of_account(context, account_id)
    page = context.app.ledgers.payments(practice.id, account_id, cursor=context.query("cursor"), limit=PAGE)
    names = views.Names(context.app, practice, account_id, context.locale)
    names.learn(views.shares_of(list(page.rows)))
    rows = [views.payment(paid, account, names, None) for paid in page.rows]
    return schemas.Payments(rows, page.next_cursor)


def of_account(context: Context[object], account_id: str) -> tuple[Practice, Account]:
    """The practice and account of a person's own grant. Errors: account_not_found, account_updating."""
    context.principal.grant(account_id)
    practice = context.app.practices.practice(context.principal.practice)
    account = context.app.ledgers.account(context.principal.practice, account_id)
    if practice is None or account is None:
        raise NotFound("account_not_found")
    if account.hold:
        raise Refused("account_updating")
    return practice, account


def _unfinished(
    context: Context[object], practice: Practice, account: Account
) -> tuple[Payment | None, list[Payment]]:
    """The latest payment that its payer or the processor has yet to finish, and those with a bank."""
    found = (context.app.ledgers.payment(practice.id, account.id, id_) for id_ in account.reserved)
    live = sorted((p for p in found if p and p.live), key=lambda p: p.created_at, reverse=True)
    attempts = [p for p in live if p.state is not State.PROCESSING]
    return (attempts[0] if attempts else None), [p for p in live if p.state is State.PROCESSING]


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


def _row(entry: Entry, account: Account, names: views.Names) -> schemas.HistoryRow:
    draft = entry.draft
    charge_id = _charge_id(draft)
    opened = draft.kind in (EntryKind.CHARGE, EntryKind.OPENING_BALANCE)
    return schemas.HistoryRow(
        id=str(entry.seq),
        date=views.date(draft.occurred_on),
        kind=_KINDS[draft.kind],
        status=_status(account, charge_id, names) if opened and charge_id else schemas.HistoryStatus.POSTED,
        description=names.service(charge_id) if charge_id else "",
        amount_minor=effect_minor(entry),
        insurer_minor=insurer_minor(entry),
        charge_id=charge_id,
        payment_id=draft.payment_id or None,
    )


def _charge_id(draft: Draft) -> str | None:
    """The charge that an entry is about. Money that came, or was taken as never come, may touch many."""
    undone = draft.kind is EntryKind.REVERSAL and draft.payment_id
    if undone or draft.kind in (EntryKind.PAYMENT, EntryKind.CREDIT_TRANSFER):
        return None
    return next((p.book.charge_id for p in draft.postings if p.book.charge_id), None)


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
