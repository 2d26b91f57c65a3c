"""Rows as read, a class for each kind of file: amounts in minor units, dates YYYY-MM-DD, the practice's ids.

`faults` gives what only the whole row can show, each as a column and the code of what is wrong with it.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from chalicelib.importing.domain.problems import Problem
from chalicelib.ledger.domain.charges import ChargeStatus

Fault = tuple[str, str]
OWN_HEADERS: Mapping[str, str] = {}
PLACE = frozenset({"file", "number", "given", "headers"})
"""Where a row stands, and not what it says."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """`number` counts as a spreadsheet does: the header is row 1. `given` are the columns the file has;
    `headers` names those that the file calls otherwise, by our names. `source`: of the map that made it, ""
    of a file of the practice's own.
    """

    file: str
    number: int
    given: frozenset[str] = frozenset()
    headers: Mapping[str, str] = field(default_factory=lambda: OWN_HEADERS, compare=False)
    source: str = field(default="", compare=False)

    def faults(self) -> Iterator[Fault]:
        return iter(())

    def header(self, column: str) -> str:
        """A column of ours as the file calls it."""
        return self.headers.get(column, column)

    def problem(self, column: str, code: str, /, **details: object) -> Problem:
        """At the row's cell in that column."""
        return Problem(self.file, self.number, self.header(column), code, details)


@dataclass(frozen=True, slots=True, kw_only=True)
class ClientRow(Row):
    """`language` "" leaves it to the practice; e-mail "" means paper only."""

    client_id: str
    name: str
    email: str
    language: str
    superbills: bool
    guarantor_email: str
    guarantor_name: str
    guarantor_superbills: bool
    address: str
    birth_date: str
    legal_name: str = ""
    preferred_name: str = ""
    member_id: str = ""
    insured: str = ""
    relation_to_insured: str = ""
    coverage: str = ""
    paper: bool = False

    def faults(self) -> Iterator[Fault]:
        if self.guarantor_name and not self.guarantor_email:
            yield "guarantor_email", "guarantor_email_missing"
        if self.guarantor_email and not self.guarantor_name:
            yield "guarantor_name", "guarantor_name_missing"
        if self.guarantor_email and self.guarantor_email == self.email:
            yield "guarantor_email", "guarantor_is_client"
        if self.insured and not self.relation_to_insured:
            yield "relation_to_insured", "relation_missing"
        if self.relation_to_insured and not self.insured:
            yield "insured", "insured_missing"


@dataclass(frozen=True, slots=True, kw_only=True)
class ChargeRow(Row):
    """`insurance_minor` is the part of the fee an insurer is expected to pay. `renumbered`: the id that the
    file gives, where a person has said that it is the charge `charge_id` of the books."""

    charge_id: str
    client_id: str
    date: str
    service: str
    clinician_id: str
    fee_minor: int
    insurance_minor: int
    cpt: str
    diagnoses: tuple[str, ...]
    place_of_service: str
    units: int
    status: str = ChargeStatus.HELD
    renumbered: str = field(default="", compare=False)

    def faults(self) -> Iterator[Fault]:
        if self.insurance_minor > self.fee_minor:
            yield "insurance_expected", "insurance_above_fee"


@dataclass(frozen=True, slots=True, kw_only=True)
class PaymentRow(Row):
    """Money the practice took outside Billfold."""

    payment_id: str
    client_id: str
    date: str
    amount_minor: int
    method: str
    charge_ids: tuple[str, ...]
    notes: str


@dataclass(frozen=True, slots=True, kw_only=True)
class RefundRow(Row):
    refund_id: str
    payment_id: str
    date: str
    amount_minor: int


@dataclass(frozen=True, slots=True, kw_only=True)
class AdjustmentRow(Row):
    """A positive amount lowers what the client owes; an adjustment's may be negative."""

    adjustment_id: str
    charge_id: str
    date: str
    amount_minor: int
    kind: str
    reason: str

    def faults(self) -> Iterator[Fault]:
        if self.kind == "write_off" and self.amount_minor < 0:
            yield "amount", "write_off_negative"


@dataclass(frozen=True, slots=True, kw_only=True)
class InsurancePaymentRow(Row):
    """How an insurer settled its part: paid, not collectable by contract, and left to the client.

    `above_expected`: that it settled more than was expected of it is no mistake.
    """

    insurance_payment_id: str
    charge_id: str
    date: str
    paid_minor: int
    contractual_minor: int
    patient_minor: int
    above_expected: bool

    def faults(self) -> Iterator[Fault]:
        if not self.paid_minor + self.contractual_minor + self.patient_minor:
            yield "paid", "insurance_payment_empty"


@dataclass(frozen=True, slots=True, kw_only=True)
class OpeningBalanceRow(Row):
    """What a client owed (negative: was owed) on moving to Billfold."""

    client_id: str
    date: str
    amount_minor: int
