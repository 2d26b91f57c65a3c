"""An e-mail says that there is a document, with a link and nothing else; the sweep sees to it (issue 14)."""

from collections.abc import Iterator
from dataclasses import replace

import pytest

from chalicelib.documents.services.receipts import Sent
from chalicelib.documents.services.superbills.notices import compose_superbill, message, superbill_reader
from chalicelib.kernel.account_refs import AccountRef
from chalicelib.kernel.errors import NotFound
from chalicelib.mail.domain.setbacks import MailKind, MailStop, Setback
from chalicelib.practice.domain.practices import Client, Grant, Person
from chalicelib.practice.services.address_hashes import address_hash
from tests.support.cloud import Killed
from tests.support.practice import PRACTICE
from tests.support.queue import FakeQueue
from tests.unit.superbills.world import MARCH, AwsWorld
from tests.unit.superbills.world import MAYA as CLIENT

MAYA = AccountRef("fern", "maya")


def told() -> AwsWorld:
    """There is one to tell of."""
    world = AwsWorld()
    with world.on_aws():
        maya = world.client("maya")
        world.serve(maya, "s1")
        world.bill(maya)
        world.app.keys.keyed_hash("warm", "")
        world.app.keys.lookup_hash("warm", "")
    world.cloud.calls.clear()
    return world


@pytest.fixture
def world() -> Iterator[AwsWorld]:
    world = told()
    with world.on_aws():
        yield world


def guarantor(world: AwsWorld, *accounts: str) -> None:
    """Ada, who reads Spanish."""
    grants = tuple(Grant(id_, "Name", "guarantor", True) for id_ in accounts)
    hashed = address_hash(world.app.keys, "fern", "ada@example.test")
    world.app.people.save_person("fern", Person("ada", "ada@example.test", "es", grants, (hashed,)))


def send(world: AwsWorld) -> Sent:
    return world.app.superbill_notices.send(MAYA, 1)


def due(world: AwsWorld) -> list[str]:
    return [due.id for due in world.app.work.due("superbill", before="2027", limit=9)]


def test_a_superbill_waits_until_somebody_is_told_once(world: AwsWorld) -> None:
    assert due(world) == ["superbill#000000000001"]
    assert send(world) is Sent.SENT
    assert (world.cloud.mails, due(world)) == (["maya@example.test"], [])
    assert send(world) is Sent.BEFORE
    assert world.app.superbills.superbill(MAYA, 1) is not None


def test_the_sweep_hands_it_to_the_documents_function(world: AwsWorld) -> None:
    queue = FakeQueue()
    world.app.documents_queue = queue
    world.clock.advance(minutes=2)
    assert world.app.sweeping.sweep()["superbill"] == 1
    assert queue.sent == [message(MAYA, 1)]


@pytest.mark.parametrize("after", [False, True], ids=["before", "after"])
def test_killed_at_any_call_it_is_told_and_twice_only_between_answer_and_mark(after: bool) -> None:
    whole = told()
    with whole.on_aws():
        assert send(whole) is Sent.SENT
    steps, twice = list(whole.cloud.calls), 0
    for at in range(len(steps)):
        world = told()
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


@pytest.mark.parametrize(
    ("client", "to"),
    [
        (CLIENT, "maya@example.test"),
        (replace(CLIENT, guarantor_email="ada@example.test"), "maya@example.test"),
        (replace(CLIENT, email="", guarantor_email="ada@example.test"), ""),
        (replace(CLIENT, email="", guarantor_email="ada@example.test", guarantor_superbills=True),
         "ada@example.test"),
        (replace(CLIENT, superbills=False, guarantor_email="ada@example.test"), ""),
    ],
)  # fmt: skip
def test_only_who_may_see_superbills_is_told(client: Client, to: str) -> None:
    """Issue 14: a guarantor only where the grant says so."""
    assert superbill_reader(client) == to


def test_one_mail_tells_of_all_that_its_reader_was_not_told_of(world: AwsWorld) -> None:
    """Issue 14: three superbills that were issued together came as three e-mails."""
    parent = {"guarantor_email": "ada@example.test", "guarantor_superbills": True, "email": ""}
    for id_ in ("noah", "zoe"):
        child = world.client(id_, **parent)
        world.serve(child, f"{id_}-1")
        world.serve(child, f"{id_}-2", "2026-03-15")
        world.bill(child)
        world.bill(child, MARCH)
    guarantor(world, "noah", "zoe")
    noah = AccountRef("fern", "noah")
    assert [world.app.superbill_notices.send(noah, number) for number in (2, 3)] == [Sent.SENT, Sent.BEFORE]
    assert world.app.superbill_notices.send(AccountRef("fern", "zoe"), 4) is Sent.BEFORE
    assert (world.cloud.mails, due(world)) == (["ada@example.test"], ["superbill#000000000001"])
    assert send(world) is Sent.SENT


def test_once_it_does_not_stand_nobody_is_told(world: AwsWorld) -> None:
    world.app.superbill_issuing.void(world.practice, 1, actor="cli")
    assert send(world) is Sent.NO_ADDRESS
    assert (world.cloud.mails, due(world)) == ([], [])


def test_superbills_of_somebody_who_gets_no_mail_wait_for_none_of_each_other(world: AwsWorld) -> None:
    maya = world.app.people.client("fern", "maya")
    assert maya is not None
    world.app.people.save_client("fern", replace(maya, paper=True), before=maya)
    world.serve(maya, "s2", "2026-03-15")
    world.bill(maya, MARCH)
    sent = [world.app.superbill_notices.send(MAYA, number) for number in (1, 2)]
    assert (sent, due(world)) == ([Sent.NO_ADDRESS] * 2, [])


def test_who_has_documents_on_paper_is_not_mailed_and_is_in_the_list_to_post(world: AwsWorld) -> None:
    """Issue 14: paper or paperless per client."""
    assert world.app.superbill_paper_list.of("fern") == []
    maya = world.app.people.client("fern", "maya")
    assert maya is not None
    world.app.people.save_client("fern", replace(maya, paper=True), before=maya)
    assert send(world) is Sent.NO_ADDRESS
    assert (world.cloud.mails, due(world)) == ([], [])
    (posted,) = world.app.superbill_paper_list.of("fern")
    assert (posted.superbill.number, posted.why) == (1, "paper, as the client file says")
    assert world.app.superbill_paper_list.of("fern", since="2027-01-01") == []
    world.app.superbill_issuing.void(world.practice, 1, actor="cli")
    assert world.app.superbill_paper_list.of("fern") == []


def test_of_whom_nobody_may_see_superbills_none_is_posted(world: AwsWorld) -> None:
    maya = world.app.people.client("fern", "maya")
    assert maya is not None
    world.app.people.save_client("fern", replace(maya, superbills=False, paper=True), before=maya)
    assert world.app.superbill_paper_list.of("fern") == []


def test_an_address_whose_mail_is_stopped_is_left_alone(world: AwsWorld) -> None:
    hashed = address_hash(world.app.keys, "fern", "maya@example.test")
    stop = MailStop(Setback.COMPLAINT, "2026-11-05T00:00:00.000Z", kind=MailKind.STATEMENT)
    world.app.people.stop_mail("fern", hashed, stop, sent_at="2026-11-05T00:00:00.000Z")
    assert send(world) is Sent.STOPPED
    assert (world.cloud.mails, due(world)) == ([], [])


def test_a_superbill_that_is_not_there_is_not_found(world: AwsWorld) -> None:
    with pytest.raises(NotFound, match="superbill_not_found"):
        world.app.superbill_notices.send(MAYA, 2)


@pytest.mark.parametrize(
    ("locale", "subject"), [("en", "You have a new document"), ("es", "Tiene un documento nuevo")]
)
def test_the_mail_says_neither_what_it_is_nor_of_whom(locale: str, subject: str) -> None:
    mail = compose_superbill(
        PRACTICE, [(MAYA, 17)], to="ada@example.test", locale=locale, public_url="https://b.example"
    )
    assert mail.subject == subject
    assert "https://b.example/fern/superbill?account=maya&id=superbill-17" in mail.text
    many = compose_superbill(
        PRACTICE,
        [(MAYA, 17), (MAYA, 18)],
        to="ada@example.test",
        locale=locale,
        public_url="https://b.example",
    )
    assert "https://b.example/fern/documents?account=maya" in many.text
    assert many.subject == {"en": "You have new documents", "es": "Tiene documentos nuevos"}[locale]
    rest = mail.text.replace("https://b.example/fern/superbill?account=maya&id=superbill-17", "")
    for word in ("superbill", "insur", "segur", "Maya", "$", "F41", "90834"):
        assert word not in rest
