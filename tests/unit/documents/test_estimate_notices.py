"""An e-mail says that there is a good faith estimate, with a link and nothing else (issue 14)."""

from collections.abc import Iterator
from dataclasses import replace

import pytest

from chalicelib.documents.domain.estimates import drafted
from chalicelib.documents.services.estimates.notices import compose_estimate, message, reader_of
from chalicelib.documents.services.receipts import Sent
from chalicelib.kernel.account_refs import AccountRef
from chalicelib.kernel.errors import NotFound
from chalicelib.mail.domain.setbacks import MailKind, MailStop, Setback
from chalicelib.practice.domain.practices import Client
from chalicelib.practice.services.address_hashes import address_hash
from tests.support.cloud import Killed
from tests.support.estimates import put_estimate
from tests.support.practice import PRACTICE
from tests.support.queue import FakeQueue
from tests.unit.documents.test_estimates import AT, MAYA, WILLOW, WISH
from tests.unit.invoices.world import World

MINE = AccountRef("fern", "maya")


def issued(**facts: str) -> World:
    world = World()
    with world.on_aws():
        world.client("maya", **facts)
        made = drafted(WILLOW, replace(MAYA, id="maya"), WISH, **AT)
        put_estimate(world.app.estimates, world.app.ledgers, "fern", made, "maya")
        world.app.keys.keyed_hash("warm", "")
        world.app.keys.lookup_hash("warm", "")
    world.cloud.calls.clear()
    return world


@pytest.fixture
def world() -> Iterator[World]:
    world = issued()
    with world.on_aws():
        yield world


def send(world: World) -> Sent:
    return world.app.estimate_notices.send(MINE, 1)


def due(world: World) -> list[str]:
    return [due.id for due in world.app.work.due("estimate", before="2027", limit=9)]


def test_an_estimate_waits_until_somebody_is_told_once(world: World) -> None:
    assert due(world) == ["estimate#000001"]
    assert send(world) is Sent.SENT
    assert (world.cloud.mails, due(world)) == (["maya@example.test"], [])
    assert send(world) is Sent.BEFORE
    assert len(world.cloud.mails) == 1
    assert world.app.estimate_showing.opened(MINE, 1)[0].total_minor == 664_100


def test_the_sweep_hands_it_to_the_documents_function(world: World) -> None:
    queue = FakeQueue()
    world.app.documents_queue = queue
    world.clock.advance(days=30)
    assert world.app.sweeping.sweep()["estimate"] == 1
    assert queue.sent == [message(MINE, 1)]


@pytest.mark.parametrize("after", [False, True], ids=["before", "after"])
def test_killed_at_any_call_it_is_told_and_twice_only_between_answer_and_mark(after: bool) -> None:
    whole = issued()
    with whole.on_aws():
        assert send(whole) is Sent.SENT
    steps, twice = list(whole.cloud.calls), 0
    for at in range(len(steps)):
        world = issued()
        world.cloud.at, world.cloud.after = at, after
        with world.on_aws(), pytest.raises(Killed):
            send(world)
        world.cloud.at = -1
        world.clock.advance(minutes=2)  # the claim of a killed worker runs out
        with world.on_aws():
            send(world)
            assert due(world) == []
        twice += len(world.cloud.mails) - 1
    assert twice == 1


def test_only_who_may_see_it_is_told() -> None:
    client = Client("c", "c", "Maya", "", "en", guarantor_email="ada@example.test")
    assert reader_of(client) == ""
    assert reader_of(replace(client, guarantor_superbills=True)) == "ada@example.test"
    assert reader_of(replace(client, email="maya@example.test")) == "maya@example.test"


def test_who_has_documents_on_paper_is_not_mailed(world: World) -> None:
    """Issue 14: paper or paperless per client."""
    before = world.app.people.client("fern", "maya")
    assert before is not None
    world.app.people.save_client("fern", replace(before, paper=True), before=before)
    assert send(world) is Sent.NO_ADDRESS
    assert (world.cloud.mails, due(world)) == ([], [])


def test_without_an_address_it_leaves_the_work_list(world: World) -> None:
    before = world.app.people.client("fern", "maya")
    assert before is not None
    world.app.people.save_client("fern", replace(before, email=""), before=before)
    assert send(world) is Sent.NO_ADDRESS
    assert (world.cloud.mails, due(world)) == ([], [])


def test_an_address_whose_mail_is_stopped_is_left_alone(world: World) -> None:
    hashed = address_hash(world.app.keys, "fern", "maya@example.test")
    stop = MailStop(Setback.COMPLAINT, "2026-11-05T00:00:00.000Z", kind=MailKind.STATEMENT)
    world.app.people.stop_mail("fern", hashed, stop, sent_at="2026-11-05T00:00:00.000Z")
    assert send(world) is Sent.STOPPED
    assert (world.cloud.mails, due(world)) == ([], [])


def test_one_that_is_not_there_is_not_found(world: World) -> None:
    with pytest.raises(NotFound, match="estimate_not_found"):
        world.app.estimate_notices.send(MINE, 2)


@pytest.mark.parametrize(
    ("locale", "subject"),
    [("en", "You have a new good faith estimate"), ("es", "Tiene una nueva estimación de buena fe")],
)
def test_the_mail_names_nobody_and_no_amount(locale: str, subject: str) -> None:
    mail = compose_estimate(
        PRACTICE, MINE, to="x@example.test", locale=locale, public_url="https://b.example"
    )
    assert mail.subject == subject
    assert "https://b.example/fern/documents?account=maya" in mail.text
    for word in ("Maya", "$", "session"):
        assert word not in mail.text.replace("account=maya", "")
