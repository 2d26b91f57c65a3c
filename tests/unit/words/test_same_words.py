"""One thing has one name, on pages, in mails and on paper; and two things have two (issue 10)."""

import re
from pathlib import Path

import pytest

from chalicelib.words.documents import DOCUMENTS
from chalicelib.words.errors import WORDS
from chalicelib.words.mails import MAILS

I18N = Path(__file__).parents[3] / "portal/src/i18n"
PAGES = {
    language: dict(
        pair
        for path in sorted(I18N.glob(f"{language}*.ts"))
        for pair in re.findall(r'^  "([\w.]+)":\s+"(.*)",$', path.read_text(), re.MULTILINE)
    )
    for language in ("en", "es")
}
ROWS = {
    "service": "line_service", "payment": "line_payment", "insurance_payment": "line_insurance",
    "insurance_adjustment": "line_contractual", "adjustment": "line_adjustment",
    "write_off": "line_write_off", "responsibility_transfer": "line_transfer", "refund": "line_refund",
    "refund_failure": "line_refund_failure", "dispute": "line_dispute", "dispute_won": "line_dispute_won",
    "dispute_lost": "line_dispute_lost", "credit_transfer": "line_credit_transfer",
    "guest_payment": "line_guest_payment", "guest_payment_back": "line_guest_payment_back",
    "guest_payment_refunded": "line_guest_payment_refunded",
    "guest_payment_moved": "line_guest_payment_moved",
    "opening_balance": "line_opening", "correction": "line_correction", "invoice": "invoice",
}  # fmt: skip


@pytest.mark.parametrize(("number", "language"), [(0, "en"), (1, "es")])
def test_what_happened_is_called_the_same_on_the_page_and_on_the_statement(
    number: int, language: str
) -> None:
    kinds = {key.removeprefix("kind.") for key in PAGES[language] if key.startswith("kind.")}
    assert kinds == ROWS.keys()
    for kind, line in ROWS.items():
        assert PAGES[language][f"kind.{kind}"] == DOCUMENTS[line][number]
    assert PAGES[language]["status.written_off"] == DOCUMENTS["line_write_off"][number]


@pytest.mark.parametrize("language", PAGES)
def test_two_states_of_a_service_or_a_payment_never_share_a_name(language: str) -> None:
    """A charge that was a mistake, and money that a bank took: both were taken back."""
    words = PAGES[language]
    of_banks, of_practices = words["state.charged_back"], words["status.reversed"]
    assert of_practices not in of_banks
    same = {"paid", "disputed"}
    states = [words[key] for key in words if key.startswith("state.")]
    statuses = [words[key] for key in words if re.fullmatch(r"status\.(?!paid|disputed)\w+", key)]
    assert len(set(states + statuses)) == len(states + statuses)
    for name in same:
        assert words[f"state.{name}"] == words[f"status.{name}"]


def test_money_that_the_practice_keeps_for_a_client_is_no_credit_in_spanish() -> None:
    """It was a "crédito" on the page, which is also a kind of card, and a "saldo a favor" on paper."""
    spoken = [*PAGES["es"].items(), *((key, words[1]) for key, words in (DOCUMENTS | MAILS | WORDS).items())]
    named = [key for key, text in spoken if re.search("(?<!tarjeta de )crédito", text, re.IGNORECASE)]
    assert named == ["ways.cardAbout"]


def test_signing_in_is_one_thing_in_spanish() -> None:
    spoken = {**MAILS, **WORDS}
    assert [
        key for key, (_, text) in spoken.items() if re.search(r"\bentre (en su cuenta|con)", text.lower())
    ] == []
