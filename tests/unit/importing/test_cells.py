"""Every column's own rules, each with what breaks them."""

from collections.abc import Iterator
from datetime import date

import pytest

from chalicelib.importing.domain.formats import CHARGES, CLIENTS, FORMATS, PAYMENTS, Format
from chalicelib.importing.domain.problems import Problem, shown
from chalicelib.importing.domain.reading import Reading, row_of
from chalicelib.importing.domain.rows import ChargeRow, ClientRow, PaymentRow, Row
from chalicelib.importing.domain.values import Terms

TERMS = Terms("USD", date(2026, 11, 21))
CHARGE = {
    "charge_id": "A1", "client_id": "C1", "date": "2026-10-01", "service": "Talk", "clinician_id": "dr-a",
    "fee": "150.00",
}  # fmt: skip
GOOD = {
    "clients": {"client_id": "C1", "name": "Ana"},
    "opening_balances": {"client_id": "C1", "date": "2026-10-01", "amount": "5"},
    "charges": CHARGE,
    "insurance_payments": {
        "insurance_payment_id": "I1", "charge_id": "A1", "date": "2026-10-01", "paid": "5",
    },
    "payments": {
        "payment_id": "P1", "client_id": "C1", "date": "2026-10-01", "amount": "5", "method": "cash",
    },
    "adjustments": {
        "adjustment_id": "J1", "charge_id": "A1", "date": "2026-10-01", "amount": "5", "kind": "adjustment",
    },
    "refunds": {"refund_id": "R1", "payment_id": "P1", "date": "2026-10-01", "amount": "5"},
}  # fmt: skip


def _codes(reading: Reading) -> list[tuple[int, str, str]]:
    return [(p.row, p.column, p.code) for p in reading.problems]


def _one(format_: Format, cells: dict[str, str], terms: Terms = TERMS) -> Reading:
    columns = tuple(column for column in map(format_.column, cells) if column)
    found = list(row_of("f.csv", 2, format_, columns, frozenset(cells), tuple(cells.values()), terms))
    rows = tuple(one for one in found if isinstance(one, Row))
    return Reading(rows, tuple(one for one in found if isinstance(one, Problem)))


# --- the cells ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("currency", "text", "minor"),
    [
        ("USD", "120", 12000), ("USD", "120.00", 12000), ("USD", "12,50", 1250), ("USD", "0.01", 1),
        ("USD", " 5 ", 500), ("USD", "999999.99", 99999999), ("JPY", "120", 120), ("KWD", "1.250", 1250),
        ("KWD", "1", 1000), ("USD", "0012", 1200),
    ],
)  # fmt: skip
def test_amounts_are_exact(currency: str, text: str, minor: int) -> None:
    (row,) = _one(PAYMENTS, {**GOOD["payments"], "amount": text}, Terms(currency, TERMS.latest)).rows
    assert isinstance(row, PaymentRow)
    assert row.amount_minor == minor


@pytest.mark.parametrize(
    ("currency", "text", "code"),
    [
        ("USD", "1,250", "amount_ambiguous"), ("USD", "1.250", "amount_ambiguous"),
        ("USD", "1,250.00", "amount_ambiguous"), ("USD", "1.250,00", "amount_ambiguous"),
        ("USD", "1 250", "amount_ambiguous"), ("USD", "1'250.00", "amount_ambiguous"),
        ("USD", "12.5", "amount_decimals"), ("USD", "12.", "amount_decimals"),
        ("USD", "12.3456", "amount_decimals"), ("JPY", "12.50", "amount_decimals"),
        ("JPY", "1,250", "amount_ambiguous"), ("KWD", "1,250", "amount_ambiguous"),
        ("KWD", "1.25", "amount_decimals"), ("USD", "$12.00", "amount_format"),
        ("USD", "12 USD", "amount_format"), ("USD", "1e3", "amount_format"),
        ("USD", "(12.00)", "amount_format"),
        ("USD", "+12.00", "amount_format"), ("USD", "١٢", "amount_format"), ("USD", "NaN", "amount_format"),
        ("USD", "12.00-", "amount_format"), ("USD", ".50", "amount_format"), ("USD", "=12", "amount_format"),
        ("USD", "1000000.00", "amount_too_large"), ("USD", "9" * 5000, "amount_format"),
        ("USD", "0", "amount_not_positive"), ("USD", "-5", "amount_not_positive"),
    ],
)  # fmt: skip
def test_other_amounts_are_refused(currency: str, text: str, code: str) -> None:
    reading = _one(PAYMENTS, {**GOOD["payments"], "amount": text}, Terms(currency, TERMS.latest))
    assert _codes(reading) == [(2, "amount", code)]


def _bad_cells() -> Iterator[tuple[str, str, str, str]]:
    for kind, good in GOOD.items():
        for column in good:
            if column != "paid":
                yield kind, column, "", "cell_empty"
            if column.endswith("_id"):
                yield kind, column, "two words", "id_format"
                yield kind, column, "#1", "id_format"
                yield kind, column, "a" * 65, "id_format"
        if "date" in good:
            yield kind, "date", "10/01/2026", "date_format"
            yield kind, "date", "2026-10-1", "date_format"
            yield kind, "date", "2026-02-29", "date_absent"
            yield kind, "date", "2026-11-22", "date_future"
            yield kind, "date", "1899-12-31", "date_too_early"
    yield "clients", "name", "a" * 121, "text_too_long"
    yield "clients", "name", "An\x07a", "control_character"
    yield "clients", "name", "two\nlines", "control_character"
    yield "clients", "name", "left\u202eright", "control_character"
    yield "clients", "email", "ana@", "email_format"
    yield "clients", "email", "ana@example.test\nbcc: x@example.test", "email_format"
    yield "clients", "email", "anna@großmann.test", "email_letters"
    yield "clients", "guarantor_email", "mi\u017fha@example.test", "email_letters"
    yield "clients", "language", "fr", "choice_unknown"
    yield "clients", "superbills", "maybe", "choice_unknown"
    yield "insurance_payments", "above_expected", "maybe", "choice_unknown"
    yield "clients", "guarantor_email", "pat", "email_format"
    yield "clients", "guarantor_name", "Pat", "guarantor_email_missing"
    yield "clients", "guarantor_superbills", "2", "choice_unknown"
    yield "clients", "address", "a" * 301, "text_too_long"
    yield "clients", "birth_date", "2026-11-30", "date_future"
    yield "clients", "legal_name", "a" * 121, "text_too_long"
    yield "clients", "preferred_name", "Bo\x07", "control_character"
    yield "clients", "member_id", "W" * 41, "text_too_long"
    yield "clients", "insured", "Pat Vale", "relation_missing"
    yield "clients", "relation_to_insured", "cousin", "choice_unknown"
    yield "clients", "relation_to_insured", "child", "insured_missing"
    yield "clients", "coverage", "medicare", "choice_unknown"
    yield "clients", "paper", "perhaps", "choice_unknown"
    yield "charges", "status", "cancelled", "choice_unknown"
    yield "charges", "cpt", "90834-95-95", "modifier_repeated"
    yield "charges", "place_of_service", "30", "place_format"
    yield "opening_balances", "amount", "12.5", "amount_decimals"
    yield "charges", "service", "a" * 121, "text_too_long"
    yield "charges", "fee", "-1.00", "fee_negative"
    yield "charges", "insurance_expected", "-1", "amount_negative"
    yield "charges", "insurance_expected", "150.01", "insurance_above_fee"
    yield "charges", "cpt", "1234", "cpt_format"
    yield "charges", "diagnoses", "hello", "diagnoses_format"
    yield "charges", "diagnoses", " ".join(f"A0{n}" for n in range(10)) + " B01 B02 B03", "diagnoses_format"
    yield "charges", "place_of_service", "office", "place_format"
    yield "charges", "units", "0", "units_format"
    yield "charges", "units", "1.5", "units_format"
    yield "insurance_payments", "paid", "0", "insurance_payment_empty"
    yield "insurance_payments", "paid", "-5", "amount_negative"
    yield "insurance_payments", "contractual_adjustment", "x", "amount_format"
    yield "insurance_payments", "patient_responsibility", "-1", "amount_negative"
    yield "payments", "amount", "0", "amount_not_positive"
    yield "charges", "diagnoses", "\u017f41.1", "diagnoses_format"  # a long s, whose upper case is S
    yield "payments", "method", "paypal", "choice_unknown"
    yield "payments", "method", "chec\u212a", "choice_unknown"  # the Kelvin sign, whose lower case is k
    yield "payments", "charge_ids", "A1,A2", "id_format"
    yield "payments", "notes", "a" * 501, "text_too_long"
    yield "adjustments", "amount", "0", "amount_zero"
    yield "adjustments", "kind", "gift", "choice_unknown"
    yield "adjustments", "reason", "a" * 201, "text_too_long"
    yield "refunds", "amount", "-5", "amount_not_positive"


@pytest.mark.parametrize(("kind", "column", "text", "code"), list(_bad_cells()))
def test_a_bad_cell_is_refused_with_its_code(kind: str, column: str, text: str, code: str) -> None:
    format_ = next(f for f in FORMATS if f.kind == kind)
    found = _codes(_one(format_, {**GOOD[kind], column: text}))
    places = {
        "guarantor_email_missing": "guarantor_email", "insurance_payment_empty": "paid",
        "relation_missing": "relation_to_insured", "insured_missing": "insured",
    }  # fmt: skip
    assert found == [(2, places.get(code, column), code)]


def test_every_column_has_a_bad_cell_here() -> None:
    tried = {(kind, column) for kind, column, _, _ in _bad_cells()}
    assert {(f.kind, c.name) for f in FORMATS for c in f.columns} == tried


@pytest.mark.parametrize("kind", list(GOOD))
def test_the_shortest_good_row_of_each_kind_is_read(kind: str) -> None:
    format_ = next(f for f in FORMATS if f.kind == kind)
    assert _one(format_, GOOD[kind]).problems == ()


def test_the_latest_day_is_not_the_future() -> None:
    assert _one(CHARGES, {**CHARGE, "date": "2026-11-21"}).problems == ()


def test_optional_cells_have_their_defaults() -> None:
    (row,) = _one(CHARGES, {**CHARGE, "units": "", "diagnoses": "f41.1  F32.9 F41.1"}).rows
    assert isinstance(row, ChargeRow)
    assert (row.units, row.insurance_minor, row.diagnoses) == (1, 0, ("F41.1", "F32.9"))


def test_an_address_has_one_spelling() -> None:
    (row,) = _one(CLIENTS, {**GOOD["clients"], "email": "Ana@Example.TEST"}).rows
    assert isinstance(row, ClientRow)
    assert row.email == "ana@example.test"


@pytest.mark.parametrize("text", ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\x1b[2Jboo", "a\r\nb", "\u202ex"])
def test_what_is_echoed_is_inert(text: str) -> None:
    echoed = shown(text)
    assert echoed[0] == "“"
    assert echoed.isprintable()
