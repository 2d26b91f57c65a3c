"""A row as a command to the ledger: what it posts, and the order in which an account's rows are posted."""

from collections.abc import Mapping
from dataclasses import dataclass

from chalicelib.importing.domain.formats import FORMATS
from chalicelib.importing.domain.problems import Problem
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
from chalicelib.importing.services.naming import as_given
from chalicelib.kernel.account_refs import AccountRef
from chalicelib.kernel.errors import BillfoldError
from chalicelib.ledger.domain.charges import ChargeStatus
from chalicelib.ledger.services.correcting import Correcting
from chalicelib.ledger.services.facts import CorrectingFacts, FactChanges
from chalicelib.ledger.services.posting import ChargeFacts, Posting

# On one day: what is owed comes before what lowers it, money comes before money given back.
_RANKS: tuple[type[Row], ...] = (
    OpeningBalanceRow, ChargeRow, InsurancePaymentRow, AdjustmentRow, PaymentRow, RefundRow,
)  # fmt: skip
_AMOUNT_COLUMNS: Mapping[type[Row], str] = {ChargeRow: "fee", InsurancePaymentRow: "patient_responsibility"}
Order = tuple[str, int, str, int]


@dataclass(frozen=True, slots=True)
class Step:
    """A row to post; there are as many of them as rows. `on`: the day by which it has its turn."""

    row: Row
    on: str

    @property
    def column(self) -> str:
        """To blame when the amount does not fit."""
        return _AMOUNT_COLUMNS.get(type(self.row), "amount")

    @property
    def order(self) -> Order:
        return self.on, _RANKS.index(type(self.row)), self.row.file, self.row.number

    def run(self, posting: Posting, ref: AccountRef) -> object:
        """Posts it to an account, which is known for certain only once there is one; once, however often it
        is called."""
        return _posted(self.row, posting, ref)

    def problem(self, error: BillfoldError) -> Problem:
        """The ledger's refusal, at the cell that is to blame for it."""
        key = next(format_.key for format_ in FORMATS if format_.row is type(self.row))
        columns = {"charge_id": "charge_id", "payment_id": "payment_id", "external_id": key}
        column = columns.get(error.field or "", self.column)
        return self.row.problem(column, error.code, **error.details)


@dataclass(frozen=True, slots=True)
class CorrectionStep(Step):
    """The adjustment that makes a posted amount what the row says now."""

    external_id: str
    charge_id: str
    lower_by_minor: int

    @property
    def order(self) -> Order:
        return self.on, len(_RANKS), self.row.file, self.row.number

    def run(self, posting: Posting, ref: AccountRef) -> object:
        return posting.adjustment(
            ref,
            self.external_id,
            charge_external_id=self.charge_id,
            amount_minor=self.lower_by_minor,
            on=self.on,
        )


@dataclass(frozen=True, slots=True)
class FactsStep(Step):
    """The new version of a charge's facts that says what the row says now, or as which files know it."""

    external_id: str
    charge_id: str
    facts: FactChanges

    @property
    def order(self) -> Order:
        return self.on, len(_RANKS) + 1, self.row.file, self.row.number

    def run(self, posting: Posting, ref: AccountRef) -> object:
        return CorrectingFacts(posting.ledgers, posting.clock, posting.actor).correct(
            ref, self.external_id, charge_external_id=self.charge_id, facts=self.facts, on=self.on,
            unchanged=not self.facts.given,
        )  # fmt: skip


@dataclass(frozen=True, slots=True)
class ReversalStep:
    """An entry to undo. `reason`: for which line of an insurer's file; "" of an import's undoing."""

    seq: int
    on: str
    reason: str = ""

    def run(self, posting: Posting, ref: AccountRef) -> object:
        correcting = Correcting(posting.ledgers, posting.clock, posting.actor)
        return correcting.reverse(ref, self.seq, on=self.on, reason=self.reason)

    def problem(self, error: BillfoldError) -> Problem:
        return Problem("", self.seq, "entry", error.code, dict(error.details))


def step_of(row: Row, charged_on: Mapping[str, str]) -> Step:
    """`charged_on` dates the charges: a payment in advance is posted after the charges it names."""
    return Step(row, _effective(row, charged_on))


def opening_id(client_id: str) -> str:
    return OPENING_PREFIX + client_id


def _effective(row: Row, charged_on: Mapping[str, str]) -> str:
    date: str = getattr(row, "date")  # noqa: B009 - every posted row has one, the base class has not
    if isinstance(row, PaymentRow):
        return max([date, *(charged_on.get(as_given(id_), "") for id_ in row.charge_ids)])
    return date


def _posted(row: Row, post: Posting, ref: AccountRef) -> object:
    match row:
        case OpeningBalanceRow():
            return post.opening_balance(ref, opening_id(row.client_id), row.amount_minor, on=row.date)
        case ChargeRow():
            return post.charge(ref, facts(row))
        case PaymentRow():
            return post.external_payment(
                ref, row.payment_id, row.amount_minor, method=row.method, on=row.date,
                charge_external_ids=row.charge_ids, notes=row.notes,
            )  # fmt: skip
        case RefundRow():
            return post.external_refund(
                ref, row.refund_id, payment_external_id=row.payment_id,
                amount_minor=row.amount_minor, on=row.date,
            )  # fmt: skip
        case AdjustmentRow():
            return (post.write_off if row.kind == "write_off" else post.adjustment)(
                ref, row.adjustment_id, charge_external_id=row.charge_id,
                amount_minor=row.amount_minor, on=row.date, reason=row.reason,
            )  # fmt: skip
        case InsurancePaymentRow():
            return post.insurance_payment(
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
