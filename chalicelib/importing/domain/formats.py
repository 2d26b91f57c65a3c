"""The columns of each kind of file, as data. docs/import.md describes them; a test holds the two together."""

from collections.abc import Callable
from dataclasses import dataclass

from chalicelib.importing.domain import values as v
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


@dataclass(frozen=True, slots=True)
class Column:
    """`field` is the row's attribute. An optional one may be absent or its cells empty: then `default`."""

    name: str
    parse: v.Parser
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


def _optional(name: str, parse: v.Parser, default: object = "", *, field: str = "") -> Column:
    return Column(name, parse, field, required=False, default=default)


CLIENTS = Format(
    "clients", ClientRow, "client_id",
    (
        Column("client_id", v.identifier),
        Column("name", v.line(120)),
        _optional("email", v.email),
        _optional("language", v.one_of("en", "es")),
        _optional("superbills", v.yes_no, True),
        _optional("guarantor_email", v.email),
        _optional("guarantor_name", v.line(120)),
        _optional("guarantor_superbills", v.yes_no, False),
        _optional("address", v.lines(300)),
        _optional("birth_date", v.any_date),
        _optional("legal_name", v.line(120)),
        _optional("preferred_name", v.line(120)),
        _optional("member_id", v.line(40)),
        _optional("insured", v.line(120)),
        _optional("relation_to_insured", v.one_of(*filter(None, RelationToInsured))),
        _optional("coverage", v.one_of(*filter(None, Coverage))),
        _optional("paper", v.yes_no, False),
    ),
)  # fmt: skip
CHARGES = Format(
    "charges", ChargeRow, "charge_id",
    (
        Column("charge_id", v.identifier),
        Column("client_id", v.identifier),
        Column("date", v.any_date),
        Column("service", v.line(80)),
        Column("clinician_id", v.identifier),
        Column("fee", v.amount_from_zero, "fee_minor"),
        _optional("insurance_expected", v.amount_from_zero, 0, field="insurance_minor"),
        _optional("cpt", v.cpt),
        _optional("diagnoses", v.diagnoses, ()),
        _optional("place_of_service", v.place_of_service),
        _optional("units", v.units, 1),
        _optional("status", v.one_of(*ChargeStatus), ChargeStatus.HELD),
    ),
)  # fmt: skip
PAYMENTS = Format(
    "payments", PaymentRow, "payment_id",
    (
        Column("payment_id", v.identifier),
        Column("client_id", v.identifier),
        Column("date", v.any_date),
        Column("amount", v.positive_amount, "amount_minor"),
        Column("method", v.one_of(*EXTERNAL_METHODS)),
        _optional("charge_ids", v.identifiers, ()),
        _optional("notes", v.lines(500)),
    ),
)  # fmt: skip
REFUNDS = Format(
    "refunds", RefundRow, "refund_id",
    (
        Column("refund_id", v.identifier),
        Column("payment_id", v.identifier),
        Column("date", v.any_date),
        Column("amount", v.positive_amount, "amount_minor"),
    ),
)  # fmt: skip
ADJUSTMENTS = Format(
    "adjustments", AdjustmentRow, "adjustment_id",
    (
        Column("adjustment_id", v.identifier),
        Column("charge_id", v.charge_reference),
        Column("date", v.any_date),
        Column("amount", v.amount_not_zero, "amount_minor"),
        Column("kind", v.one_of(*v.ADJUSTMENT_KINDS)),
        _optional("reason", v.line(200)),
    ),
)  # fmt: skip
INSURANCE_PAYMENTS = Format(
    "insurance_payments", InsurancePaymentRow, "insurance_payment_id",
    (
        Column("insurance_payment_id", v.identifier),
        Column("charge_id", v.identifier),
        Column("date", v.any_date),
        _optional("paid", v.amount_from_zero, 0, field="paid_minor"),
        _optional("contractual_adjustment", v.amount_from_zero, 0, field="contractual_minor"),
        _optional("patient_responsibility", v.amount_from_zero, 0, field="patient_minor"),
        _optional("above_expected", v.yes_no, False),
    ),
)  # fmt: skip
OPENING_BALANCES = Format(
    "opening_balances", OpeningBalanceRow, "client_id",
    (
        Column("client_id", v.identifier),
        Column("date", v.any_date),
        Column("amount", v.amount, "amount_minor"),
    ),
)  # fmt: skip

FORMATS = (CLIENTS, OPENING_BALANCES, CHARGES, INSURANCE_PAYMENTS, PAYMENTS, ADJUSTMENTS, REFUNDS)


def format_of(file_name: str) -> Format | None:
    """By the file's name: `charges.csv`, or `charges-2026.csv` and the like."""
    name = file_name.lower()
    if not name.endswith(".csv"):
        return None
    stem = name.removesuffix(".csv")
    return next((f for f in FORMATS if stem == f.kind or stem.startswith(f.kind + "-")), None)
