"""The columns of each kind of file, as data. docs/import.md describes them; a test holds the two together."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from chalicelib.importing.domain import values as v
from chalicelib.importing.domain.meanings import Meaning
from chalicelib.importing.domain.rows import (
    AdjustmentRow,
    ChargeRow,
    ClientRow,
    InsurancePaymentRow,
    OpeningBalanceRow,
    PaymentRow,
    RefundRow,
    Row,
)
from chalicelib.ledger.domain.charges import ChargeStatus
from chalicelib.ledger.domain.payments import EXTERNAL_METHODS
from chalicelib.practice.domain.practices import Coverage, RelationToInsured

TEXT = Meaning.TEXT


@dataclass(frozen=True, slots=True)
class Column:
    """`field` is the row's attribute. An optional one may be absent or its cells empty: then `default`.

    `meaning`: how its cells are read where they are not as `parse` takes them.
    """

    name: str
    parse: v.Parser
    meaning: Meaning = Meaning.TEXT
    field: str = ""
    required: bool = True
    default: object = ""

    @property
    def attribute(self) -> str:
        return self.field or self.name


@dataclass(frozen=True, slots=True)
class Format:
    """One kind of file. `key` is the column that names a row."""

    kind: str
    row: Callable[..., Row]
    key: str
    columns: tuple[Column, ...]

    def column(self, name: str) -> Column | None:
        return next((c for c in self.columns if c.name == name), None)


def _optional(
    name: str, parse: v.Parser, default: object = "", *, field: str = "", meaning: Meaning = TEXT
) -> Column:
    return Column(name, parse, meaning, field, required=False, default=default)


def _id(name: str) -> Column:
    return Column(name, v.identifier, Meaning.ID)


def _date() -> Column:
    return Column("date", v.any_date, Meaning.DATE)


def _amount(name: str, parse: v.Parser) -> Column:
    return Column(name, parse, Meaning.AMOUNT, f"{name}_minor")


def _from_zero(name: str, field: str) -> Column:
    return _optional(name, v.amount_from_zero, 0, field=field, meaning=Meaning.AMOUNT)


def _yes_no(name: str, *, default: bool) -> Column:
    return _optional(name, v.yes_no, default, meaning=Meaning.YES_NO)


CLIENTS = Format(
    "clients", ClientRow, "client_id",
    (
        _id("client_id"),
        Column("name", v.line(120)),
        _optional("email", v.email),
        _optional("language", v.one_of("en", "es")),
        _yes_no("superbills", default=True),
        _optional("guarantor_email", v.email),
        _optional("guarantor_name", v.line(120)),
        _yes_no("guarantor_superbills", default=False),
        _optional("address", v.lines(300)),
        _optional("birth_date", v.any_date, meaning=Meaning.BIRTH_DATE),
        _optional("legal_name", v.line(120)),
        _optional("preferred_name", v.line(120)),
        _optional("member_id", v.line(40)),
        _optional("insured", v.line(120)),
        _optional("relation_to_insured", v.one_of(*filter(None, RelationToInsured))),
        _optional("coverage", v.one_of(*filter(None, Coverage))),
        _yes_no("paper", default=False),
    ),
)  # fmt: skip
CHARGES = Format(
    "charges", ChargeRow, "charge_id",
    (
        _id("charge_id"),
        _id("client_id"),
        _date(),
        Column("service", v.line(80)),
        _id("clinician_id"),
        _amount("fee", v.fee),
        _from_zero("insurance_expected", "insurance_minor"),
        _optional("cpt", v.cpt, meaning=Meaning.PROCEDURE),
        _optional("diagnoses", v.diagnoses, (), meaning=Meaning.DIAGNOSES),
        _optional("place_of_service", v.place_of_service, meaning=Meaning.PLACE),
        _optional("units", v.units, 1, meaning=Meaning.UNITS),
        _optional("status", v.one_of(*ChargeStatus), ChargeStatus.HELD),
    ),
)  # fmt: skip
PAYMENTS = Format(
    "payments", PaymentRow, "payment_id",
    (
        _id("payment_id"),
        _id("client_id"),
        _date(),
        _amount("amount", v.positive_amount),
        Column("method", v.one_of(*EXTERNAL_METHODS), Meaning.METHOD),
        _optional("charge_ids", v.identifiers, (), meaning=Meaning.ID),
        _optional("notes", v.lines(500)),
    ),
)  # fmt: skip
REFUNDS = Format(
    "refunds", RefundRow, "refund_id",
    (
        _id("refund_id"),
        _id("payment_id"),
        _date(),
        _amount("amount", v.positive_amount),
    ),
)  # fmt: skip
ADJUSTMENTS = Format(
    "adjustments", AdjustmentRow, "adjustment_id",
    (
        _id("adjustment_id"),
        Column("charge_id", v.charge_reference, Meaning.ID),
        _date(),
        _amount("amount", v.amount_not_zero),
        Column("kind", v.one_of(*v.ADJUSTMENT_KINDS)),
        _optional("reason", v.line(200)),
    ),
)  # fmt: skip
INSURANCE_PAYMENTS = Format(
    "insurance_payments", InsurancePaymentRow, "insurance_payment_id",
    (
        _id("insurance_payment_id"),
        _id("charge_id"),
        _date(),
        _from_zero("paid", "paid_minor"),
        _from_zero("contractual_adjustment", "contractual_minor"),
        _from_zero("patient_responsibility", "patient_minor"),
        _yes_no("above_expected", default=False),
    ),
)  # fmt: skip
OPENING_BALANCES = Format(
    "opening_balances", OpeningBalanceRow, "client_id",
    (
        _id("client_id"),
        _date(),
        _amount("amount", v.amount),
    ),
)  # fmt: skip

FORMATS = (CLIENTS, OPENING_BALANCES, CHARGES, INSURANCE_PAYMENTS, PAYMENTS, ADJUSTMENTS, REFUNDS)
OF_KIND: Mapping[str, Format] = {format_.kind: format_ for format_ in FORMATS}
_OF_ROW: Mapping[object, Format] = {format_.row: format_ for format_ in FORMATS}


def of_row(row: Row) -> Format:
    return _OF_ROW[type(row)]


def format_of(file_name: str) -> Format | None:
    """By the file's name: `charges.csv`, or `charges-2026.csv` and the like."""
    name = file_name.lower()
    if not name.endswith(".csv"):
        return None
    stem = name.removesuffix(".csv")
    return next((f for f in FORMATS if stem == f.kind or stem.startswith(f.kind + "-")), None)
