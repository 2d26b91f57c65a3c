"""From domain objects to what the API gives. No rule lives here."""

import datetime as dt
from collections.abc import Sequence

from chalicelib.bootstrap import App
from chalicelib.documents.domain.receipts import method_text
from chalicelib.entrypoints.http import schemas
from chalicelib.ledger.domain.accounts import Account
from chalicelib.ledger.domain.charges import Charge
from chalicelib.ledger.domain.payments import Payment, State
from chalicelib.payments.domain import quotes
from chalicelib.payments.domain.abilities import Bounds
from chalicelib.payments.domain.ways import Offer
from chalicelib.practice.domain.practices import Practice

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
_OPENING_WORDS = {"en": "Opening balance", "es": "Saldo inicial"}


def date(text: str) -> dt.date:
    return dt.date.fromisoformat(text)


def profile(
    practice: Practice, bounds: Bounds, ways: Sequence[Offer], *, sandbox: bool
) -> schemas.PracticeProfile:
    return schemas.PracticeProfile(
        id=practice.id,
        name=practice.name,
        about=practice.about,
        about_in={_locale(language): text for language, text in practice.about_in.items()},
        timezone=practice.timezone,
        currency=practice.currency,
        locale=_locale(practice.locale),
        phone=practice.phone,
        email=practice.email,
        website=practice.website,
        locations=[schemas.Location(place.id, place.name, place.address) for place in practice.locations],
        clinicians=[
            schemas.Clinician(c.id, c.name, c.credentials, c.payments_enabled) for c in practice.clinicians
        ],
        payments=payment_settings(practice, bounds, ways),
        sandbox=sandbox,
    )


def _locale(text: str) -> schemas.Locale:
    return "es" if text == "es" else "en"


def payment_settings(practice: Practice, bounds: Bounds, ways: Sequence[Offer]) -> schemas.PaymentSettings:
    return schemas.PaymentSettings(
        enabled=practice.payments_enabled and bounds.taken,
        flow=schemas.Flow(practice.flow),
        minimum_minor=bounds.least_minor,
        step_minor=bounds.step_minor,
        limit_minor=practice.limit_minor,
        ways=[schemas.Way(schemas.WayName(o.way), o.processor, schemas.Flow(o.flow)) for o in ways],
    )


class Names:
    """Looks up what charges and clinicians are called, once per request."""

    def __init__(self, app: App, practice: Practice, account_id: str, locale: str) -> None:
        self._app, self._practice, self._account_id, self.locale = app, practice, account_id, locale
        self._charges: dict[str, Charge] = {}

    def learn(self, charge_ids: set[str]) -> None:
        missing = charge_ids - self._charges.keys()
        if missing:
            self._charges.update(self._app.ledgers.charges(self._practice.id, self._account_id, missing))

    def charge(self, charge_id: str) -> Charge | None:
        return self._charges.get(charge_id)

    def service(self, charge_id: str) -> str:
        return self._named(charge_id)[0]

    def service_locale(self, charge_id: str) -> schemas.Locale:
        """The language that `service` is in."""
        return _locale(self._named(charge_id)[1])

    def _named(self, charge_id: str) -> tuple[str, str]:
        charge = self._charges.get(charge_id)
        if not charge or not charge.service:
            return _OPENING_WORDS[self.locale], self.locale
        return self._practice.service_in(charge.service, self.locale)

    def day(self, charge_id: str, otherwise: str) -> dt.date:
        charge = self._charges.get(charge_id)
        return date(charge.date if charge else otherwise)

    def clinician(self, clinician_id: str) -> str:
        clinician = self._practice.clinician(clinician_id)
        return clinician.name if clinician else ""


def item(row: quotes.Payable, account: Account, names: Names) -> schemas.Item:
    owed = row.item
    in_flight = account.in_flight_minor(owed.charge_id)
    partly = owed.paid_minor > 0
    return schemas.Item(
        charge_id=owed.charge_id,
        date=names.day(owed.charge_id, owed.since),
        service=names.service(owed.charge_id),
        service_locale=names.service_locale(owed.charge_id),
        clinician=names.clinician(owed.clinician_id),
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
    )


def balance(account: Account, payable_minor: int) -> schemas.Balance:
    return schemas.Balance(
        owed_minor=account.ledger.balance_minor,
        open_minor=account.ledger.open_minor,
        credit_minor=account.ledger.credit_minor,
        in_flight_minor=sum(account.in_flight_minor(id_) for id_ in account.ledger.open),
        payable_minor=payable_minor,
    )


def left_out(rows: list[quotes.Payable]) -> list[schemas.LeftOut]:
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


def quote(offered: quotes.Quote, names: Names) -> schemas.Quote:
    lines = [
        schemas.QuoteLine(
            charge_id=line.charge_id,
            date=names.day(line.charge_id, line.since),
            service=names.service(line.charge_id),
            service_locale=names.service_locale(line.charge_id),
            amount_minor=line.amount_minor,
            left_minor=line.left_minor,
        )
        for line in offered.lines
    ]
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
    names: Names,
    next_step: schemas.Redirect | schemas.Inline | None,
    receipt_sent_to: str | None = None,
) -> schemas.Payment:
    return schemas.Payment(
        id=paid.id,
        account_id=paid.account_id,
        state=_state(paid),
        finished=not paid.live,
        amount_minor=paid.amount_minor,
        refunded_minor=paid.refunded_minor,
        disputed_minor=paid.disputed_minor,
        lost_minor=paid.lost_minor,
        kept_minor=paid.kept_minor if paid.state is State.SUCCEEDED else 0,
        currency=paid.currency,
        date=date(paid.date),
        method=method_text(paid.method, names.locale) if paid.method else "",
        reference=paid.reference,
        notes=paid.notes,
        lines=[
            schemas.PaymentLine(
                charge_id=share.charge_id,
                date=names.day(share.charge_id, paid.date),
                service=names.service(share.charge_id),
                service_locale=names.service_locale(share.charge_id),
                amount_minor=share.amount_minor,
            )
            for share in paid.allocation.shares
        ],
        credit_minor=paid.allocation.credit_minor,
        receipt_available=bool(paid.receipt_key),
        receipt_pending=paid.receipt_pending,
        receipt_sent_to=receipt_sent_to,
        owed_after_minor=paid.owed_after_minor,
        owed_now_minor=account.ledger.balance_minor,
        next=next_step,
        return_reason=_return_reason(paid),
    )


def _return_reason(paid: Payment) -> schemas.ReturnReason | None:
    if not paid.returned:
        return None
    known = paid.failure in set(schemas.ReturnReason)
    return schemas.ReturnReason(paid.failure) if known else schemas.ReturnReason.OTHER


def _state(paid: Payment) -> schemas.PaymentState:
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


def shares_of(payments: list[Payment]) -> set[str]:
    return {share.charge_id for paid in payments for share in paid.allocation.shares}
