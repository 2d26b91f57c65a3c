"""NPI, EIN, taxonomy and state, as superbills name them (issue 14)."""

import pytest

from chalicelib.practice.domain.identifiers import npi_fault, state_fault, tax_id_fault, taxonomy_fault


@pytest.mark.parametrize("npi", ["1234567893", "1245319599", "1679576722"])
def test_an_npi_whose_check_digit_fits_is_one(npi: str) -> None:
    assert npi_fault(npi) is None
    others = {npi[:-1] + digit for digit in "0123456789"} - {npi}
    assert all(npi_fault(other) for other in others)


@pytest.mark.parametrize(
    "npi", ["", "123456789", "12345678930", "0234567893", "123456789x", "１２３４５６７８９３"]
)
def test_other_texts_are_no_npi(npi: str) -> None:
    assert npi_fault(npi)


def test_neighbours_that_changed_places_are_found_but_for_nine_and_nought() -> None:
    assert npi_fault("1234567983")
    assert npi_fault("1243567893")


@pytest.mark.parametrize("ein", ["12-3456789", "98-7654321", "01-0000001"])
def test_an_ein_has_its_dash_after_two_digits(ein: str) -> None:
    assert tax_id_fault(ein) is None


@pytest.mark.parametrize(
    "text", ["123456789", "12-345678", "00-3456789", "12-0000000", "ab-cdefghi", "12–3456789"]
)
def test_other_texts_are_no_ein(text: str) -> None:
    assert tax_id_fault(text)


@pytest.mark.parametrize("ssn", ["078-05-1120", "078 05 1120", "078051120"])
def test_a_social_security_number_is_told_where_an_ein_comes_from(ssn: str) -> None:
    said = tax_id_fault(ssn)
    assert said
    assert "free from the IRS" in said
    assert ssn not in said


def test_taxonomies_and_states() -> None:
    assert [taxonomy_fault(code) for code in ("101YM0800X", "1041C0700X")] == [None, None]
    assert all(map(taxonomy_fault, ("", "101YM0800", "101ym0800X", "101YM08000", "101YM0800XX")))
    assert [state_fault(code) for code in ("NY", "DC", "PR")] == [None] * 3
    assert all(map(state_fault, ("", "ny", "XX", "New York")))
