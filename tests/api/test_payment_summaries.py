"""What was paid between two days, as a PDF (issue 14): drawn when it is opened, of what is posted by then."""

from urllib.parse import parse_qs, urlsplit

import pytest

from tests.api.test_itemised_receipts import OWN, maya, queue
from tests.api.test_missing_files import PAGE
from tests.api.test_statements import pdf_at
from tests.support.api import World
from tests.support.pdf import text_of
from tests.support.practice import MAYA
from tests.support.queue import FakeQueue

__all__ = ["maya", "queue"]  # the fixtures
PATH = "/accounts/maya/payment-summary"


@pytest.fixture(autouse=True)
def the_year_after(world: World) -> None:
    world.clock.at = world.clock.at.fromisoformat("2027-01-15T18:00:00+00:00")


def printed(world: World, cookie: str, query: str) -> str:
    answer = world.call("GET", f"{PATH}?{query}", cookie=cookie, headers=PAGE)
    assert answer.status == 303
    return " ".join(text_of(pdf_at(world, answer.headers["Location"])).split())


def test_a_year_is_added_up_by_what_it_was_paid_for(world: World, maya: str) -> None:
    world.post.external_refund(MAYA, "r1", payment_external_id="p1", amount_minor=500, on="2027-01-08")
    text = printed(world, maya, "from=2026-01-01&to=2026-12-31")
    for part in (
        "Summary of payments Paid from January 1, 2026 to December 31, 2026 $135.00",
        "Client Maya Ann Ortiz",
        "EIN 12-3456789", "Care by Ada Moss, LCSW Mar 1, 2026 $60.00",
        "other fees (not eligible) $75.00", "Total $135.00",
        "Apr 2, 2026 Cash", "$140.00 −$5.00 $135.00", "Insurers paid $90.00 in these days",
    ):  # fmt: skip
        assert part in text
    assert "For no service" not in text, "the five dollars of credit were given back"


def test_days_without_payments_say_so(world: World, maya: str) -> None:
    text = printed(world, maya, "from=2020-01-01&to=2020-12-31")
    assert "$0.00" in text
    assert "No payment was made in these days." in text
    assert "Insurers" not in text


def test_a_year_that_is_not_over_is_summed_up_to_today_and_none_is_to_come(world: World, maya: str) -> None:
    text = printed(world, maya, "from=2026-12-01&to=2027-12-31")
    assert "Paid from December 1, 2026 to January 15, 2027" in text
    told = world.call("GET", f"{PATH}?from=2027-02-01&to=2027-03-01", cookie=maya)
    assert (told.status, told.code) == (422, "date_range_reversed")


def test_it_is_made_once_a_day_for_what_is_posted(world: World, maya: str, queue: FakeQueue) -> None:
    query = "from=2026-01-01&to=2026-12-31"
    assert printed(world, maya, query) == printed(world, maya, query)
    assert [task["form"] for task in queue.sent] == ["summary"]
    world.post.external_payment(MAYA, "p2", 1_000, method="check", on="2026-04-03")
    assert "Check" in printed(world, maya, query)
    assert len(queue.sent) == 2
    rows = world.app.payment_summaries._rows(MAYA, OWN)
    days = [rows.key("2026-01-01", "2026-12-31", day) for day in ("2026-04-03", "2026-04-04")]
    assert len(set(days)) == 2, "the day on which it is made stands on it"


@pytest.mark.parametrize(
    ("query", "code"),
    [
        ("from=2026-01-01", "field_missing"), ("to=2026-01-01", "field_missing"), ("", "field_missing"),
        ("from=2026-02-01&to=2026-01-01", "date_range_reversed"), ("from=x&to=2026-01-01", "date_invalid"),
        ("from=20260101&to=2026-01-01", "date_invalid"),
        ("from=2026-01-01&to=2026-02-01&as=x", "field_invalid"),
    ],
)  # fmt: skip
def test_other_days_are_refused_and_a_page_is_led_to_the_portal(
    world: World, maya: str, queue: FakeQueue, query: str, code: str
) -> None:
    told = world.call("GET", f"{PATH}?{query}", cookie=maya)
    assert (told.status, told.code) == (422, code)
    led = urlsplit(world.call("GET", f"{PATH}?{query}", cookie=maya, headers=PAGE).headers["Location"])
    assert (led.path, parse_qs(led.query)["unopened"]) == ("/fern/documents", [code])
    assert queue.sent == []


def test_a_person_has_thirty_stretches_of_days_drawn_an_hour_and_those_again_for_nothing(
    world: World, maya: str, queue: FakeQueue
) -> None:
    """Seen: each other stretch is another document, so that one reader kept the function busy that sends
    everybody's codes, and the bucket growing, for as long as they liked."""
    days = [f"from=2026-01-{day:02d}&to=2026-01-31" for day in range(1, 32)]
    world.app.files.has = lambda *_: True  # type: ignore[method-assign]
    opened = [world.call("GET", f"{PATH}?{query}", cookie=maya) for query in days]
    assert [answer.status for answer in opened] == [303] * 30 + [429]
    assert (opened[-1].code, int(opened[-1].headers["Retry-After"]) > 3_500) == ("too_many_summaries", True)
    assert world.call("GET", f"{PATH}?{days[0]}", cookie=maya).status == 303
    led = world.call("GET", f"{PATH}?{days[-1]}", cookie=maya, headers=PAGE)
    assert led.headers["Location"].endswith("unopened=too_many_summaries")
    world.clock.advance(minutes=61)
    again = world.person("maya@example.test", "maya")
    assert world.call("GET", f"{PATH}?{days[-1]}", cookie=again).status == 303


def test_anothers_account_answers_as_an_absent_one(world: World, maya: str) -> None:
    noah = world.person("noah@example.test", "noah")
    query = "from=2026-01-01&to=2026-12-31"
    theirs = world.call("GET", f"{PATH}?{query}", cookie=noah)
    absent = world.call("GET", f"/accounts/nobody/payment-summary?{query}", cookie=noah)
    assert (theirs.status, theirs.body) == (404, absent.body)


def test_an_account_that_an_import_holds_has_none(world: World, maya: str) -> None:
    world.post.hold(MAYA, "import-1")
    told = world.call("GET", f"{PATH}?from=2026-01-01&to=2026-12-31", cookie=maya)
    assert (told.status, told.code) == (409, "account_updating")
