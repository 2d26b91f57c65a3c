"""A row as a command to the ledger: what it posts, and the order in which an account's rows are posted."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from chalicelib.importing.domain.rows import (
    AdjustmentRow,
    ChargeRow,
    InsurancePaymentRow,
    OpeningBalanceRow,
    PaymentRow,
    RefundRow,
    Row,
)
from chalicelib.importing.domain.values import OPENING_PREFIX
from chalicelib.kernel.account_refs import AccountRef
from chalicelib.ledger.domain.charges import ChargeStatus
from chalicelib.ledger.services.posting import ChargeFacts, Posting

# On one day: what is owed comes before what lowers it, money comes before money given back.
_RANKS: tuple[type[Row], ...] = (
    OpeningBalanceRow, ChargeRow, InsurancePaymentRow, AdjustmentRow, PaymentRow, RefundRow,
)  # fmt: skip
_AMOUNT_COLUMNS: Mapping[type[Row], str] = {ChargeRow: "fee", InsurancePaymentRow: "patient_responsibility"}
Order = tuple[str, int, str, int]
Run = Callable[[Posting, AccountRef], object]
"""With the account, which is known for certain only once there is one."""


@dataclass(frozen=True, slots=True)
class Step:
    """`run` posts it to an account, once however often it is called; `column` is to blame when the amount
    does not fit."""

    row: Row
    column: str
    order: Order
    run: Run


def step_of(row: Row, charged_on: Mapping[str, str]) -> Step:
    """`charged_on` dates the charges: a payment in advance is posted after the charges it names."""
    date = _effective(row, charged_on)
    order = (date, _RANKS.index(type(row)), row.file, row.number)
    return Step(row, _AMOUNT_COLUMNS.get(type(row), "amount"), order, _run(row))


def correction_of(
    row: Row,
    external_id: str,
    charge_id: str,
    lower_by_minor: int,
    *,
    on: str,
) -> Step:
    """The adjustment that makes a posted amount what the row says now."""

    def run(posting: Posting, ref: AccountRef) -> object:
        return posting.adjustment(
            ref,
            external_id,
            charge_external_id=charge_id,
            amount_minor=lower_by_minor,
            on=on,
        )

    order = (on, len(_RANKS), row.file, row.number)
    return Step(row, _AMOUNT_COLUMNS.get(type(row), "amount"), order, run)


def opening_id(client_id: str) -> str:
    return OPENING_PREFIX + client_id


def _effective(row: Row, charged_on: Mapping[str, str]) -> str:
    date: str = getattr(row, "date")  # noqa: B009 - every posted row has one, the base class has not
    if isinstance(row, PaymentRow):
        return max([date, *(charged_on.get(id_, "") for id_ in row.charge_ids)])
    return date


def _run(row: Row) -> Run:
    match row:
        case OpeningBalanceRow():
            return lambda p, ref: p.opening_balance(
                ref, opening_id(row.client_id), row.amount_minor, on=row.date
            )
        case ChargeRow():
            return lambda p, ref: p.charge(ref, facts(row))
        case PaymentRow():
            return lambda p, ref: p.external_payment(
                ref, row.payment_id, row.amount_minor, method=row.method, on=row.date,
                charge_external_ids=row.charge_ids, notes=row.notes,
            )  # fmt: skip
        case RefundRow():
            return lambda p, ref: p.external_refund(
                ref, row.refund_id, payment_external_id=row.payment_id,
                amount_minor=row.amount_minor, on=row.date,
            )  # fmt: skip
        case AdjustmentRow():
            return lambda p, ref: (p.write_off if row.kind == "write_off" else p.adjustment)(
                ref, row.adjustment_id, charge_external_id=row.charge_id,
                amount_minor=row.amount_minor, on=row.date, reason=row.reason,
            )  # fmt: skip
        case InsurancePaymentRow():
            return lambda p, ref: p.insurance_payment(
                ref, row.insurance_payment_id, charge_external_id=row.charge_id,
                paid_minor=row.paid_minor, contractual_minor=row.contractual_minor,
                to_client_minor=row.patient_minor, on=row.date, above_expected=row.above_expected,
            )  # fmt: skip
    raise TypeError(type(row))


def facts(row: ChargeRow) -> ChargeFacts:
    return ChargeFacts(
        row.charge_id, row.date, row.service, row.clinician_id, row.fee_minor - row.insurance_minor,
        row.insurance_minor, row.cpt, row.diagnoses, row.place_of_service, row.units,
        ChargeStatus(row.status),
    )  # fmt: skip
