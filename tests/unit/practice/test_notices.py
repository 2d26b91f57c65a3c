"""What law wants said, as data (issue 14): one mechanism, a switch a practice, and a page that lists them."""

import hashlib
import re
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from chalicelib.documents.domain.invoices import InvoiceLetterhead
from chalicelib.documents.domain.letterheads import Letterhead, PostedLetterhead
from chalicelib.practice.domain.notices import NOTICE_IDS, NOTICES, Place, notices_at, texts_at
from chalicelib.practice.domain.practices import Client
from chalicelib.words.notices import CARD_NOTICE_VERSION, NOTICE_TEXTS
from tests.support.practice import PRACTICE

PAGE = Path(__file__).parents[3] / "docs/notices.md"
ALL_ON = replace(PRACTICE, notices=dict.fromkeys(NOTICE_IDS, True))


def test_the_page_lists_each_with_its_law_the_day_it_was_checked_where_it_is_and_whether_it_is_on() -> None:
    rows = re.findall(r"^\| `(\w+)` \| (.+) \| (.+) \| (.+) \| (on|off) \|$", PAGE.read_text(), re.MULTILINE)
    assert rows == [
        (
            notice.id, notice.source, notice.checked, ", ".join(notice.places),
            "on" if notice.default else "off",
        )
        for notice in NOTICES
    ]  # fmt: skip
    for notice in NOTICES:
        assert f"* `{notice.id}`" in PAGE.read_text() or f", `{notice.id}`" in PAGE.read_text()
        date.fromisoformat(notice.checked)


def test_another_text_beside_card_forms_is_another_version() -> None:
    """Issue 15: what is kept of who has read it names the text. Of another text: another version, and its
    hash here."""
    text = hashlib.sha256("|".join(NOTICE_TEXTS["card_risks_ny"]).encode()).hexdigest()[:8]
    assert (CARD_NOTICE_VERSION, text) == ("2026-11-30", "e94f4048")


def test_each_is_said_in_both_languages_and_somewhere() -> None:
    assert set(NOTICE_TEXTS) == NOTICE_IDS
    assert len(NOTICES) == len(NOTICE_IDS)
    assert all(notice.places and notice.source for notice in NOTICES)
    for english, spanish in NOTICE_TEXTS.values():
        assert english != spanish
        assert "{" not in english + spanish


@pytest.mark.parametrize("place", list(Place))
def test_a_switch_has_the_last_word(place: Place) -> None:
    everywhere = {notice.id for notice in NOTICES if place in notice.places}
    assert {notice.id for notice in notices_at(ALL_ON, place)} == everywhere
    off = replace(PRACTICE, notices=dict.fromkeys(NOTICE_IDS, False))
    assert notices_at(off, place) == ()


def test_without_a_switch_only_what_is_law_everywhere_in_the_country_is_said() -> None:
    """Its law is not that of a practice which bills in another currency."""
    said = {place: [notice.id for notice in notices_at(PRACTICE, place)] for place in Place}
    assert {place: ids for place, ids in said.items() if ids} == {
        Place.SIGN_IN: ["estimate_right"], Place.ESTIMATE: ["estimate_terms"],
        Place.OVER_ESTIMATE: ["estimate_dispute"], Place.PUBLIC_PAGE: ["estimate_right"],
    }  # fmt: skip
    assert not any(notices_at(replace(PRACTICE, currency="MXN"), place) for place in Place)


def test_documents_carry_those_of_their_kind_in_their_readers_language() -> None:
    client = Client("maya", "ext", "Maya Lind", "maya@example.test", "es")
    spanish = {name: texts[1] for name, texts in NOTICE_TEXTS.items()}
    both = (spanish["part_2"], spanish["language_help"], spanish["medical_debt_ca"])
    assert PostedLetterhead.to(ALL_ON, client).notices == both
    assert InvoiceLetterhead.about(ALL_ON, client, pay_at="").notices == both
    assert Letterhead.of(ALL_ON, Place.SUPERBILL, "en").notices == (NOTICE_TEXTS["part_2"][0],)
    assert texts_at(ALL_ON, Place.ESTIMATE, "en") == (
        NOTICE_TEXTS["language_help"][0], NOTICE_TEXTS["estimate_terms"][0],
        NOTICE_TEXTS["medical_debt_ca"][0],
    )  # fmt: skip


def test_the_receipt_that_is_mailed_says_nothing_of_care() -> None:
    assert Letterhead.of(ALL_ON, None, "en").notices == ()
