"""From payments, quotes and open services to what the API gives. No rule lives here."""

from collections.abc import Sequence

from chalicelib.documents.domain.receipts import method_text
from chalicelib.entrypoints.http import schemas
from chalicelib.entrypoints.http.ledger.views import Words, date, line
from chalicelib.identity.services.sessions import Principal
from chalicelib.ledger.domain.accounts import Account
from chalicelib.ledger.domain.asked import ItemKind
from chalicelib.ledger.domain.entries import Service
from chalicelib.ledger.domain.payments import Payment, State
from chalicelib.payments.domain import quotes

_STATES = {
    State.CREATED: schemas.PaymentState.CHECKING,
    State.AWAITING: schemas.PaymentState.STARTED,
    State.CAPTURING: schemas.PaymentState.CHECKING,
    State.UNKNOWN: schemas.PaymentState.CHECKING,
    State.PROCESSING: schemas.PaymentState.PROCESSING,
    State.SUCCEEDED: schemas.PaymentState.PAID,
    State.FAILED: schemas.PaymentState.FAILED,
    State.CANCELED: schemas.PaymentState.CANCELED,
    State.EXPIRED: schemas.PaymentState.EXPIRED,
}


def item(row: quotes.Payable, account: Account, words: Words) -> schemas.Item:
    owed = row.item
    service, locale = words.service(owed.called)
    in_flight = account.in_flight_minor(owed.charge_id)
    partly = owed.paid_minor > 0
    return schemas.Item(
        charge_id=owed.charge_id,
        date=date(owed.called.on),
        service=service,
        service_locale=locale,
        clinician=words.clinician(owed.clinician_id),
        status="in_flight" if in_flight else "partly_paid" if partly else "open",
        explanation=schemas.Explanation(
            fee_minor=owed.fee_minor,
            insurance_minor=owed.insurance_minor,
            adjustments_minor=owed.adjustments_minor,
            paid_minor=owed.paid_minor,
            owed_minor=owed.owed_minor,
        ),
        in_flight_minor=in_flight,
        payable_minor=row.payable_minor,
        reason=schemas.Reason(row.reason.value) if row.reason else None,
        question=account.mark(ItemKind.SERVICE, owed.charge_id),
    )


def balance(account: Account, payable_minor: int) -> schemas.Balance:
    return schemas.Balance(
        owed_minor=account.ledger.balance_minor,
        open_minor=account.ledger.open_minor,
        credit_minor=account.ledger.credit_minor,
        in_flight_minor=sum(account.in_flight_minor(id_) for id_ in account.ledger.open),
        payable_minor=payable_minor,
    )


def left_out(rows: Sequence[quotes.Payable]) -> list[schemas.LeftOut]:
    """What is owed but not payable now, together by reason."""
    by_reason: dict[quotes.Reason, list[quotes.Payable]] = {}
    for row in rows:
        if row.reason:
            by_reason.setdefault(row.reason, []).append(row)
    return [
        schemas.LeftOut(
            reason=schemas.Reason(reason.value),
            amount_minor=sum(row.item.owed_minor - row.payable_minor for row in group),
            charge_ids=[row.item.charge_id for row in group],
        )
        for reason, group in by_reason.items()
    ]


def quote(offered: quotes.Quote, words: Words) -> schemas.Quote:
    lines = []
    for paid in offered.lines:
        name, locale = words.service(paid.service)
        lines.append(
            schemas.QuoteLine(
                paid.charge_id, date(paid.service.on), name, locale, paid.amount_minor, paid.left_minor
            )
        )
    return schemas.Quote(
        quote=offered.key,
        amount_minor=offered.amount_minor,
        currency=offered.currency,
        fee_minor=0,
        lines=lines,
        credit_minor=offered.allocation.credit_minor,
        left_out=left_out(list(offered.left_out)),
        owed_after_minor=offered.owed_after_minor,
    )


def payment(
    paid: Payment,
    account: Account,
    words: Words,
    next_step: schemas.Redirect | schemas.Inline | None,
    *,
    reader: Principal | None,
) -> schemas.Payment:
    """What only the payer is told is kept from who else sees the account. `reader`: None of who pays by a
    link."""
    mine = reader is not None and reader.did(paid.person_id, paid.created_at)
    return schemas.Payment(
        id=paid.id,
        account_id=paid.account_id,
        state=state_of(paid),
        finished=not paid.live,
        amount_minor=paid.amount_minor,
        refunded_minor=paid.refunded_minor,
        disputed_minor=paid.disputed_minor,
        lost_minor=paid.lost_minor,
        kept_minor=paid.kept_minor if paid.state is State.SUCCEEDED else 0,
        currency=paid.currency,
        date=date(paid.date),
        ways=[schemas.WayName(way) for way in paid.ways],
        method=method_text(paid.method, words.locale) if paid.method else "",
        reference=paid.reference,
        notes=paid.notes if mine else "",
        lines=[
            line(share.charge_id, _service(paid, share.charge_id), share.amount_minor, words)
            for share in paid.allocation.shares
        ],
        credit_minor=paid.allocation.credit_minor,
        receipt_available=bool(paid.receipt_key),
        receipt_pending=paid.receipt_pending,
        receipt_sent_to=paid.receipt_mailed_to or None if mine else None,
        owed_after_minor=paid.owed_after_minor,
        owed_now_minor=account.ledger.balance_minor,
        next=next_step,
        return_reason=_return_reason(paid),
        question=account.mark(ItemKind.PAYMENT, paid.id),
        saved=(paid.saved_id or None) if mine else None,
        saves=mine and bool(paid.payer) and not paid.charged,
    )


def _service(paid: Payment, charge_id: str) -> Service:
    return paid.services.get(charge_id, Service("", paid.date))


def _return_reason(paid: Payment) -> schemas.ReturnReason | None:
    if not paid.returned:
        return None
    known = paid.failure in set(schemas.ReturnReason)
    return schemas.ReturnReason(paid.failure) if known else schemas.ReturnReason.OTHER


def state_of(paid: Payment) -> schemas.PaymentState:
    if paid.returned:
        return schemas.PaymentState.RETURNED
    if paid.state is not State.SUCCEEDED:
        return _STATES[paid.state]
    if paid.disputed_minor:
        return schemas.PaymentState.DISPUTED
    if paid.lost_minor:
        return schemas.PaymentState.CHARGED_BACK
    if not paid.refunded_minor:
        return schemas.PaymentState.PAID
    whole = paid.refunded_minor >= paid.amount_minor
    return schemas.PaymentState.REFUNDED if whole else schemas.PaymentState.PARTLY_REFUNDED
