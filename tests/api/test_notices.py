"""What anyone is told that law wants said on pages, and what is printed (issue 14)."""

from dataclasses import replace

from chalicelib.practice.domain.notices import NOTICE_IDS
from chalicelib.words.notices import NOTICE_TEXTS
from tests.api.test_itemised_receipts import maya, path, queue
from tests.api.test_missing_files import PAGE
from tests.api.test_statements import pdf_at
from tests.support.api import World
from tests.support.pdf import text_of
from tests.support.practice import PRACTICE

__all__ = ["maya", "queue"]  # the fixtures


def profile(world: World) -> list[tuple[str, str]]:
    found = world.call("GET", "/practices/fern").body["notices"]
    for notice in found:
        assert notice["text"] == dict(zip(("en", "es"), NOTICE_TEXTS[notice["id"]], strict=True))
    return [(notice["place"], notice["id"]) for notice in found]


def test_14_the_profile_has_what_pages_show_and_no_more(world: World) -> None:
    assert profile(world) == [("sign_in", "estimate_right"), ("public_page", "estimate_right")]
    world.practice(replace(PRACTICE, notices=dict.fromkeys(NOTICE_IDS, True)))
    assert profile(world) == [
        ("sign_in", "language_help"), ("sign_in", "estimate_right"), ("sign_in", "open_payments_ca"),
        ("card_form", "card_risks_ny"), ("public_page", "language_help"),
        ("public_page", "nondiscrimination"), ("public_page", "estimate_right"),
        ("public_page", "open_payments_ca"),
    ]  # fmt: skip
    world.practice(replace(PRACTICE, notices=dict.fromkeys(NOTICE_IDS, False)))
    assert profile(world) == []


def test_14_an_itemised_receipt_prints_those_of_its_kind(world: World, maya: str) -> None:
    practice = world.app.practices.practice("fern")
    assert practice is not None
    for on in (False, True):
        world.practice(replace(practice, notices=dict.fromkeys(NOTICE_IDS, on)))
        answer = world.call("GET", path(world), cookie=maya, headers=PAGE)
        text = " ".join(text_of(pdf_at(world, answer.headers["Location"])).split())
        assert (NOTICE_TEXTS["part_2"][0] in text) is on
        assert NOTICE_TEXTS["language_help"][0] not in text
