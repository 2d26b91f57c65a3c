"""Issue 14, superbills: modifiers and places that insurers may not take are told, and never refused."""

import pytest

from chalicelib.practice.domain.diagnosis_codes import CodeTable, DiagnosisCodes, Listed, table_text
from chalicelib.practice.domain.procedure_codes import (
    MODIFIERS,
    PLACES,
    PROCEDURE,
    Doubt,
    diagnosis_doubts,
    modifiers,
    procedure_doubts,
)
from chalicelib.words.codes import CODES


@pytest.mark.parametrize("code", ["90837", "90837-95", "0591T", "1234F-AH", "H0004", "H0004-HO-U1-UD-95"])
def test_cpt_and_hcpcs_have_their_shapes(code: str) -> None:
    assert PROCEDURE.fullmatch(code)


@pytest.mark.parametrize("code", ["", "9083", "908371", "ABCDE", "90837-9", "HH004", "90837-95-GT-93-FQ-25"])
def test_other_texts_are_no_procedure(code: str) -> None:
    assert not PROCEDURE.fullmatch(code)


def test_the_modifiers_of_behavioral_health_are_known() -> None:
    listed = "95 GT 93 FQ HO HN HP AH AJ HE HF U1 U2 U3 U4 U5 U6 U7 U8 U9 UA UB UC UD 25 59 XE XS XU 76 KX"
    assert set(listed.split()) <= MODIFIERS
    assert "95" not in PLACES
    assert {"02", "10", "11", "12", "53", "99"} <= PLACES


@pytest.mark.parametrize(
    ("procedure", "place", "found"),
    [
        ("90837", "11", []),
        ("90837-95", "10", []),
        ("90837-GT", "02", []),
        ("90837-FQ", "10", []),  # by sound alone: a modifier of its own
        ("", "10", []),  # nothing to bill yet
        ("90837-95", "11", [("place_of_service", "telehealth_place", "95")]),
        ("90837-93", "", [("place_of_service", "telehealth_place", "93")]),
        ("90837", "02", [("cpt", "telehealth_modifier", "02")]),
        ("90837-HO", "10", [("cpt", "telehealth_modifier", "10")]),
        ("90837-ZZ", "11", [("cpt", "modifier_unknown", "ZZ")]),
        (
            "90837-ZZ-95",
            "12",
            [("cpt", "modifier_unknown", "ZZ"), ("place_of_service", "telehealth_place", "95")],
        ),
    ],
)
def test_what_payers_may_not_take_is_told(
    procedure: str, place: str, found: list[tuple[str, str, str]]
) -> None:
    """Facts: "95/GT/93 without 02/10, 02/10 without any (payers differ: warn, not refuse)"."""
    assert list(procedure_doubts(procedure, place)) == [Doubt(*told) for told in found]
    assert all(code in CODES for _, code, _ in found)


def test_a_diagnosis_is_told_by_the_services_day() -> None:
    table = table_text({"2024-04-01": {"F50": Listed(False, "Eating"), "F502": Listed(True, "Bulimia")}})
    codes = DiagnosisCodes((CodeTable(table),))
    found = list(diagnosis_doubts(codes, ("F50.2", "F50", "F99"), "2024-05-01"))
    assert found == [
        Doubt("diagnoses", "diagnosis_category", "F50"), Doubt("diagnoses", "diagnosis_unknown", "F99"),
    ]  # fmt: skip
    assert all(doubt.code in CODES for doubt in found)


def test_modifiers_stand_after_the_code() -> None:
    assert modifiers("90837") == ()
    assert modifiers("90837-95-HO") == ("95", "HO")
