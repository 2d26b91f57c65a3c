"""What is posted (issue 14): the address is in the envelope's window, and nothing else may be read there."""

from dataclasses import replace

import pytest

from chalicelib.documents.domain.statements import StatementData
from chalicelib.documents.pdf.statement import TypstStatementRenderer
from tests.support.pdf import pages_of
from tests.unit.statements.test_renderer import CASES, HEAD, USUAL, having

INCH = 72
# A sheet folded in three slides in a #10 envelope by 0.46 inches in height and up to 1 in width.
SEEN_ANYHOW = ((1.0, 4.375), (2.5, 3.17))
SEEN_SOMEHOW = ((0, 5.375), (2.04, 3.625))
PAY_AT = "https://bills.example/willow/billing"


def spots(data: StatementData) -> list[tuple[float, float, str]]:
    return spots_of(TypstStatementRenderer().statement(data))


def spots_of(pdf: bytes) -> list[tuple[float, float, str]]:
    """Inches from the left and the top at which each run of the first page begins."""
    page, found = pages_of(pdf)[0], list[tuple[float, float, str]]()
    height = float(page.mediabox.height)

    def visit(text: str, placed: list[float], at: list[float], _font: object, _size: float) -> None:
        if text.strip():
            x = placed[4] + placed[0] * at[4]
            y = placed[5] + placed[3] * at[5]
            found.append((x / INCH, (height - y) / INCH, text.strip()))

    page.extract_text(visitor_text=visit)
    return found


def paid_at(data: StatementData) -> StatementData:
    return replace(data, statement=replace(data.statement, pay_at=PAY_AT))


def within(spot: tuple[float, float, str], area: tuple[tuple[float, float], tuple[float, float]]) -> bool:
    (left, right), (top, bottom) = area
    return left <= spot[0] < right and top <= spot[1] < bottom


@pytest.mark.parametrize("name", ["english", "spanish", "credit", "bare"])
def test_the_address_is_in_the_window_however_the_sheet_lies(name: str) -> None:
    head = CASES[name].statement.letterhead
    address = [head.client_name, *head.client_address.splitlines()]
    found = spots(CASES[name])
    for area in (SEEN_ANYHOW, SEEN_SOMEHOW):
        assert [spot[2] for spot in found if within(spot, area)] == address


def test_a_long_letterhead_moves_the_address_down_and_covers_nothing() -> None:
    address = next(y for _, y, text in spots(CASES["long-letterhead"]) if text == HEAD.client_name)
    contact = max(y for _, y, text in spots(CASES["long-letterhead"]) if "x.test" in text)
    assert contact < address < 4


def test_it_says_how_to_pay_what_is_owed_and_nothing_of_paying_where_nothing_is() -> None:
    def said(data: StatementData) -> str:
        return " ".join(text for *_, text in spots(data))

    assert f"To pay, sign in at {PAY_AT}." in said(paid_at(USUAL))
    assert "To pay, ask the practice" in said(USUAL)
    spanish = having(replace(HEAD, locale="es"))
    assert f"Para pagar, inicie sesión en {PAY_AT}." in said(paid_at(spanish))
    for nothing in ("credit", "settled"):
        assert "To pay" not in said(paid_at(CASES[nothing]))
