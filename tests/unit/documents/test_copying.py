"""What is copied out of a document is what was put in: no invisible characters, e-mail addresses whole, names
of any script in their own order, and still nothing over the margin."""

from dataclasses import replace
from typing import Any

import pytest
from pypdf import PageObject

from chalicelib.documents.pdf.receipt import TypstRenderer
from chalicelib.documents.pdf.statement import TypstStatementRenderer
from tests.support.pdf import pages_of, places, text_of
from tests.unit.documents.test_renderer import CASES as RECEIPTS
from tests.unit.documents.test_renderer import RECEIPT, headed
from tests.unit.statements.test_renderer import CASES as STATEMENTS
from tests.unit.statements.test_renderer import HEAD, LINES, having

SIDE = 26 * 72 / 25.4  # the pages' margin in points
A_SPACE = 3  # the one at which a line is broken hangs over it, unseen
UNSEEN = "\u200b\u00ad\u2060\ufeff\u2068\u2069"
EMAIL = "bartholomew.montgomery-fitzgerald.reimbursements@northern-willow-creek-counseling.example"
LONGEST = f"{'bartholomew-' * 5}m@{'northern-willow-creek.' * 8}example"
HEBREW, ARABIC, MIXED = "שרה כהן", "المشورة", "שרה כהן (Cohen) 24"


def receipt(reference: str = RECEIPT.reference, **changes: Any) -> bytes:
    return TypstRenderer().receipt(replace(headed(**changes), reference=reference))


def statement(service: str = "", **changes: Any) -> bytes:
    lines = tuple(replace(line, service=service or line.service) for line in LINES)
    return TypstStatementRenderer().statement(having(replace(HEAD, **changes), lines))


@pytest.fixture(scope="module")
def documents() -> dict[str, bytes]:
    made = {f"receipt {name}": TypstRenderer().receipt(data) for name, data in RECEIPTS.items()}
    for name, data in STATEMENTS.items():
        made[f"statement {name}"] = TypstStatementRenderer().statement(data)
    for name in (EMAIL, LONGEST, HEBREW, ARABIC, MIXED, "W" * 200):
        who = {"practice_name": name, "practice_email": name, "practice_address": f"{name}\n{name}"}
        made[f"receipt {name}"] = receipt(**who, reference=name)
        made[f"statement {name}"] = statement(name, **who, client_name=name, client_address=name)
    return made


def test_12_no_document_holds_a_character_that_nobody_sees(documents: dict[str, bytes]) -> None:
    """Seen: a U+200B in every e-mail address and name of 24 letters, which were copied along."""
    for name, pdf in documents.items():
        assert not set(text_of(pdf)) & set(UNSEEN), name


def test_nothing_reaches_over_the_margin(documents: dict[str, bytes]) -> None:
    for name, pdf in documents.items():
        for page in pages_of(pdf):
            over = max(end for _, end in places(page)) - (float(page.mediabox.width) - SIDE)
            assert over <= A_SPACE, name


@pytest.mark.parametrize("email", ["billing@willow.example", EMAIL])
def test_12_an_email_address_that_has_room_stands_on_one_line(email: str) -> None:
    """Beside the telephone there is none for the long one; its hyphens are no places to break it."""
    for pdf in (receipt(practice_email=email), statement(practice_email=email)):
        assert any(email in line.split() for line in text_of(pdf).splitlines())


def test_12_an_email_address_wider_than_the_page_is_broken_at_its_sign_first_and_loses_nothing() -> None:
    for pdf in (receipt(practice_email=LONGEST), statement(practice_email=LONGEST)):
        lines = text_of(pdf).splitlines()
        assert LONGEST in "".join(line.strip() for line in lines)
        assert any(line.startswith("@northern") for line in lines)


def test_marks_of_where_a_line_may_break_are_taken_out_of_what_was_pasted() -> None:
    name = "Wil\u00adlow\u200bCreek\u2060Coun\ufeffseling"
    assert "WillowCreekCounseling" in text_of(receipt(practice_name=name))
    assert "WillowCreekCounseling" in text_of(statement(client_name=name))


@pytest.mark.parametrize("name", [HEBREW, ARABIC, MIXED])
def test_no_letter_of_a_name_that_runs_from_right_to_left_is_lost(name: str) -> None:
    text = text_of(statement(client_name=name))
    assert {letter for letter in name if not letter.isspace()} <= set(text)
    assert "□" not in text


@pytest.mark.parametrize("name", ["שרה (Cohen)", "شيماء (Cohen)"])
def test_a_name_is_ordered_by_its_own_direction_and_not_by_the_sentence_round_it(name: str) -> None:
    """As `<bdi>` does it: what follows its first letters stands to their left, on an English page, too."""
    (page,) = pages_of(statement(client_name=name))
    assert _left_of("Cohen", page) < _left_of(name[0], page)
    (page,) = pages_of(statement(client_name=f"Cohen {name[:3]}"))
    assert _left_of("Cohen", page) < _left_of(name[0], page)


def _left_of(words: str, page: PageObject) -> float:
    found = list[float]()

    def visit(text: str, placed: list[float], at: list[float], _font: object, _size: float) -> None:
        if words in text:
            found.append(placed[4] + placed[0] * at[4])

    page.extract_text(visitor_text=visit)
    return min(found)
