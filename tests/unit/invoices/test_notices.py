"""An e-mail says that there is an invoice, with a link and nothing else; the sweep sees to it (issue 14)."""

from collections.abc import Iterator
from dataclasses import replace
from types import SimpleNamespace

import pytest

from chalicelib.documents.domain.invoices import Grouping
from chalicelib.documents.services.invoices.issuing import InvoiceWish
from chalicelib.documents.services.invoices.notices import compose_invoice, message
from chalicelib.documents.services.invoices.running import JOB
from chalicelib.documents.services.receipts import Sent
from chalicelib.kernel.account_refs import AccountRef
from chalicelib.kernel.errors import NotFound
from chalicelib.kernel.instants import instant
from chalicelib.kernel.outside import Busy
from chalicelib.mail.domain.setbacks import MailKind, MailStop, Setback
from chalicelib.mail.ports import Mail
from chalicelib.operations.ports.rounds import Round
from chalicelib.practice.domain.practices import Client, Grant, InvoicesBy, Person
from chalicelib.practice.services.address_hashes import address_hash
from tests.support.cloud import Killed
from tests.support.practice import PRACTICE
from tests.support.queue import FakeQueue
from tests.support.saving import put_practice
from tests.unit.invoices.world import World

MAYA = AccountRef("fern", "maya")


@pytest.fixture
def world() -> Iterator[World]:
    world = World()
    with world.on_aws():
        maya = world.client("maya", preferred_name="May", guarantor_email="ada@example.test")
        world.charge(maya, "s1")
        world.issue(maya)
        yield world


def send(world: World) -> Sent:
    return world.app.invoice_notices.send(MAYA, 1)


def due(world: World) -> list[str]:
    return [due.id for due in world.app.work.due("invoice", before="2027", limit=9)]


def test_an_invoice_waits_until_its_payer_is_told_once(world: World) -> None:
    assert due(world) == ["invoice#000000000001"]
    assert send(world) is Sent.SENT
    assert (world.cloud.mails, due(world)) == (["ada@example.test"], [])
    assert send(world) is Sent.BEFORE
    assert len(world.cloud.mails) == 1
    assert world.app.invoices.invoice(MAYA, 1) is not None


def test_the_sweep_hands_it_to_the_documents_function(world: World) -> None:
    queue = FakeQueue()
    world.app.documents_queue = queue
    assert world.app.sweeping.sweep()["invoice"] == 0  # it may be on its way
    world.clock.advance(minutes=2)
    assert world.app.sweeping.sweep()["invoice"] == 1
    assert queue.sent == [message(MAYA, 1)]


@pytest.mark.parametrize("after", [False, True], ids=["before", "after"])
def test_killed_at_any_call_it_is_told_and_twice_only_between_answer_and_mark(after: bool) -> None:
    def told() -> World:
        world = World()
        with world.on_aws():
            maya = world.client("maya")
            world.charge(maya, "s1")
            world.issue(maya)
            world.app.keys.keyed_hash("warm", "")
            world.app.keys.lookup_hash("warm", "")
        world.cloud.calls.clear()
        return world

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


def test_without_an_address_or_once_it_is_void_nobody_is_mailed(world: World) -> None:
    noah = world.client("noah")
    world.app.people.save_client(
        "fern", Client("noah", "noah", "Noah", "", "en"), before=world.app.people.client("fern", "noah")
    )
    world.charge(noah, "s2")
    world.issue(replace(noah, email=""))
    assert world.app.invoice_notices.send(AccountRef("fern", "noah"), 2) is Sent.NO_ADDRESS
    world.app.invoice_issuing.void(PRACTICE, 1, actor="cli")
    assert send(world) is Sent.NO_ADDRESS
    assert (world.cloud.mails, due(world)) == ([], [])


def test_many_invoices_of_somebody_who_gets_no_mail_wait_for_none_of_each_other(world: World) -> None:
    """Each waited a minute for the one before, and most ended as dead letters."""
    maya = world.app.people.client("fern", "maya")
    assert maya is not None
    world.app.people.save_client("fern", replace(maya, paper=True), before=maya)
    for number in (2, 3):
        world.charge(maya, f"s{number}")
        world.issue(maya)
    sent = [world.app.invoice_notices.send(MAYA, number) for number in (1, 2, 3)]
    assert (sent, due(world)) == ([Sent.NO_ADDRESS] * 3, [])


def test_who_has_documents_on_paper_is_not_mailed(world: World) -> None:
    maya = world.app.people.client("fern", "maya")
    assert maya is not None
    world.app.people.save_client("fern", replace(maya, paper=True), before=maya)
    assert send(world) is Sent.NO_ADDRESS
    assert (world.cloud.mails, due(world)) == ([], [])
    (posted,) = world.app.invoice_paper_list.of("fern")
    assert (posted.invoice.number, posted.why) == (1, "paper, as the client file says")


def test_an_address_whose_mail_is_stopped_is_left_alone(world: World) -> None:
    hashed = address_hash(world.app.keys, "fern", "ada@example.test")
    stop = MailStop(Setback.COMPLAINT, "2026-11-05T00:00:00.000Z", kind=MailKind.STATEMENT)
    world.app.people.stop_mail("fern", hashed, stop, sent_at="2026-11-05T00:00:00.000Z")
    assert send(world) is Sent.STOPPED
    assert (world.cloud.mails, due(world)) == ([], [])


def test_an_invoice_that_is_not_there_is_not_found(world: World) -> None:
    with pytest.raises(NotFound, match="invoice_not_found"):
        world.app.invoice_notices.send(MAYA, 2)


@pytest.mark.parametrize(
    ("locale", "subject"), [("en", "You have a new invoice"), ("es", "Tiene una factura nueva")]
)
def test_the_mail_names_nobody_and_no_amount(locale: str, subject: str) -> None:
    mail = compose_invoice(
        PRACTICE, [(MAYA, 17)], to="ada@example.test", locale=locale, public_url="https://b.example"
    )
    assert mail.subject == subject
    assert ("kind", "statement") in mail.tags
    assert "https://b.example/fern/invoice?account=maya&id=invoice-17" in mail.text
    for word in ("May", "$", "session"):
        assert word not in mail.text.replace("account=maya", "").replace("Maya", "")


@pytest.mark.parametrize(
    ("locale", "subject"), [("en", "You have new invoices"), ("es", "Tiene facturas nuevas")]
)
def test_the_mail_of_several_leads_to_where_all_are(locale: str, subject: str) -> None:
    mail = compose_invoice(
        PRACTICE, [(MAYA, 17), (MAYA, 18)], to="a@example.test", locale=locale, public_url="https://b.example"
    )
    assert mail.subject == subject
    assert "https://b.example/fern/documents?account=maya" in mail.text
    for word in ("17", "$", "session"):
        assert word not in mail.text


def test_one_person_is_told_of_a_runs_invoices_in_one_mail(world: World) -> None:
    """Issue 14: many mails of one subject say no more than one."""
    tom = world.client("tom", guarantor_email="ada@example.test")
    noah = world.client("noah")
    grants = tuple(Grant(id_, "Name", "guarantor", False) for id_ in ("maya", "tom", "noah"))
    hashed = address_hash(world.app.keys, "fern", "ada@example.test")
    world.app.people.save_person("fern", Person("ada", "ada@example.test", "en", grants, (hashed,)))
    for number, client in enumerate((tom, tom, tom, noah)):
        world.charge(client, f"t{number}", f"2026-10-0{number + 1}")
    for client in (tom, noah):
        world.issue(client, InvoiceWish(Grouping.SESSION))
    world.app.invoice_issuing.void(PRACTICE, 2, actor="cli")
    assert len(due(world)) == 5
    assert world.app.invoice_notices.send(AccountRef("fern", "tom"), 3) is Sent.SENT
    assert due(world) == ["invoice#000000000005"], "Noah pays for himself"
    for ref, number in ((MAYA, 1), (AccountRef("fern", "tom"), 4)):
        assert world.app.invoice_notices.send(ref, number) is Sent.BEFORE
    assert world.cloud.mails == ["ada@example.test"]


def test_two_workers_with_invoices_of_one_person_never_both_mail(world: World) -> None:
    world.charge(world.app.people.client("fern", "maya"), "s2")  # type: ignore[arg-type]
    world.issue(world.app.people.client("fern", "maya"))  # type: ignore[arg-type]
    send_mail = world.app.mailer.send

    def meanwhile(mail: Mail) -> str:
        with pytest.raises(Busy):
            world.app.invoice_notices.send(MAYA, 2)
        return send_mail(mail)

    notices = replace(world.app.invoice_notices, mailer=SimpleNamespace(send=meanwhile))
    assert notices.send(MAYA, 1) is Sent.SENT
    assert (len(world.cloud.mails), due(world)) == (1, [])


def test_while_the_clock_issues_a_practices_invoices_their_mail_waits_but_no_longer_than_an_hour(
    world: World,
) -> None:
    """Issue 14: two children's invoices may be some minutes apart, and their mail is one."""
    put_practice(world.app.practices, replace(PRACTICE, invoices=InvoicesBy.DAY, invoices_from="2026-10-01"))
    world.app.rounds.save("fern", JOB, Round(instant(world.clock.now()), carried="2026-11-05"))
    assert send(world) is Sent.LATER
    assert (world.cloud.mails, due(world)) == ([], ["invoice#000000000001"])
    world.clock.advance(hours=1)
    assert send(world) is Sent.SENT
