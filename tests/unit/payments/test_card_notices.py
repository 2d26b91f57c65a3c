"""Who is asked to say that they have read what stands beside card forms (issue 15)."""

from dataclasses import replace

import pytest

from chalicelib.kernel.errors import Invalid
from chalicelib.payments.services.methods.card_notices import CardNotices
from chalicelib.words.notices import CARD_NOTICE_VERSION
from tests.support.clock import FakeClock
from tests.support.payers import MemoryPayers
from tests.support.practice import PRACTICE

NEW_YORK = replace(PRACTICE, notices={"card_risks_ny": True})
EACH_TIME = replace(NEW_YORK, card_notice_each_time=True)


@pytest.fixture
def notices() -> CardNotices:
    return CardNotices(MemoryPayers(), FakeClock())


@pytest.mark.parametrize("way", ["bank", "paypal"])
def test_other_ways_than_cards_ask_for_none_and_keep_none(notices: CardNotices, way: str) -> None:
    assert not notices.checked(NEW_YORK, "ana", way, "")
    assert not notices.checked(NEW_YORK, "ana", way, CARD_NOTICE_VERSION)


@pytest.mark.parametrize("way", ["", "card"])
@pytest.mark.parametrize("version", ["", "2001-01-01"])
def test_what_may_be_a_card_asks_for_the_text_in_force(notices: CardNotices, way: str, version: str) -> None:
    with pytest.raises(Invalid, match="notice_unacknowledged"):
        notices.checked(NEW_YORK, "ana", way, version)
    assert notices.checked(NEW_YORK, "ana", way, CARD_NOTICE_VERSION)


def test_it_is_one_persons_at_one_practice(notices: CardNotices) -> None:
    notices.keep(NEW_YORK, "ana", "payment", "es")
    for practice, person, given in (
        (NEW_YORK, "ana", True), (NEW_YORK, "ana.7", False), (replace(NEW_YORK, id="oak"), "ana", False),
        (EACH_TIME, "ana", False),
    ):  # fmt: skip
        asked = notices.asked(practice, person)
        assert asked is not None
        assert asked.given is given
    assert not notices.checked(NEW_YORK, "ana", "card", "")
    with pytest.raises(Invalid, match="notice_unacknowledged"):
        notices.checked(EACH_TIME, "ana", "card", "")
