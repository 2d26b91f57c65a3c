"""Receipts: one PDF, one link and one e-mail for a payment, whatever happens in between."""

from dataclasses import replace
from typing import Any

import pytest

from chalicelib.documents.services.receipts import LINK_DAYS, Sent
from chalicelib.kernel.account_refs import AccountRef
from chalicelib.kernel.errors import BillfoldError, Invalid, NotFound, Refused
from chalicelib.kernel.outside import Busy, Conflict
from chalicelib.ledger.domain.methods import Method
from chalicelib.ledger.domain.payments import OUTSIDE, State
from chalicelib.mail.domain.setbacks import MailKind, MailStop, Setback
from chalicelib.mail.ports import Mail, Mailer
from chalicelib.operations.services.claims import LEASE_SECONDS
from chalicelib.practice.domain.practices import Person
from tests.support.saving import put_person, put_practice
from tests.unit.documents.world import MOVEMENT, PAID, PUBLIC_URL, Crash, Crashes, World
from tests.unit.identity.fakes import practice

KEY = f"receipts/{PAID.account_id}/{PAID.id}.pdf"
STEPS = (
    "marker", "practice", "payment", "receipt", "put", "claim", "marker", "person", "mail_stops", "save_link",
    "send", "notice_sent", "note",
)  # fmt: skip


def test_a_payment_gets_one_pdf_one_link_and_one_mail() -> None:
    world = World()
    assert world.receipts.send("willow", MOVEMENT) is Sent.SENT
    assert list(world.files.kept) == [("willow", KEY)]
    assert len(world.access.links) == 1
    assert [mail.to for mail in world.mailer.sent] == ["maya@example.test"]
    assert world.payment.receipt_key == KEY
    assert (world.payment.receipt_mailed_to, world.payment.receipt_pending) == ("maya@example.test", False)
    assert world.due == ""
    assert tuple(world.crashes.calls) == STEPS


def test_issue_10_7_where_a_receipt_went_is_kept_when_the_payers_address_is_another_one_since() -> None:
    world = World()
    world.receipts.send("willow", MOVEMENT)
    put_person(world.people, "willow", Person("p1", "new@example.test", "en", ()))
    assert world.receipts.send("willow", MOVEMENT) is Sent.BEFORE
    assert world.payment.receipt_mailed_to == "maya@example.test"


def test_a_receipt_sent_before_is_not_sent_again() -> None:
    world = World()
    world.receipts.send("willow", MOVEMENT)
    assert world.receipts.send("willow", MOVEMENT) is Sent.BEFORE
    assert len(world.mailer.sent) == 1


def test_issue_13_a_receipt_is_neither_made_nor_mailed_of_a_payment_that_was_not_captured() -> None:
    """Issue 13: that there is one is said by the capture; a marker whose payment says otherwise is damage."""
    world = World()
    world.ledgers.paid["willow", PAID.account_id, PAID.id] = replace(world.payment, state=State.AWAITING)
    with pytest.raises(Refused, match="receipt_not_ready"):
        world.receipts.send("willow", MOVEMENT)
    assert (world.files.kept, world.mailer.sent, world.due) == ({}, [], "receipt")


@pytest.mark.parametrize("after", [False, True], ids=["before", "after"])
@pytest.mark.parametrize("at", range(len(STEPS)), ids=[f"{n}-{name}" for n, name in enumerate(STEPS)])
def test_a_crash_at_any_step_and_another_run_give_the_same_pdf_and_link(at: int, after: bool) -> None:
    undisturbed = World()
    undisturbed.receipts.send("willow", MOVEMENT)
    world = World(Crashes(at, after))
    with pytest.raises(Crash):
        world.receipts.send("willow", MOVEMENT)
    waited = bool(world.claims.claims and world.due)
    if waited:
        with pytest.raises(Busy):  # as long as the one who was killed might be sending it
            world.receipts.send("willow", MOVEMENT)
        world.clock.pass_seconds(LEASE_SECONDS)
    world.receipts.send("willow", MOVEMENT)

    assert world.files.kept == undisturbed.files.kept
    later = LEASE_SECONDS if waited else 0  # and so long does the link live, too
    links = {
        key: replace(link, expires_at=link.expires_at + later)
        for key, link in undisturbed.access.links.items()
    }
    assert world.access.links == links
    noted = world.payment.receipt_mailed_to
    # Who died after the mark has left the mark alone: then nobody can tell where the mail went.
    marked = at > STEPS.index("notice_sent") or (STEPS[at], after) == ("notice_sent", True)
    assert noted == "maya@example.test" or (noted == "" and marked)
    assert not world.payment.receipt_pending
    version = world.payment.version
    same = replace(undisturbed.payment, receipt_mailed_to=noted, version=version)
    assert (world.payment, world.due) == (same, "")
    assert set(world.mailer.sent) == set(undisturbed.mailer.sent)
    twice = (STEPS[at], after) in {("send", True), ("notice_sent", False)}  # nobody can tell it went out
    assert len(world.mailer.sent) == (2 if twice else 1)


def test_two_workers_at_once_send_one_mail() -> None:
    world = World()
    send, heard = world.mailer.send, list[str]()

    def slow(mail: Mail) -> str:
        with pytest.raises(Busy):
            world.receipts.send("willow", MOVEMENT)
        heard.append(send(mail))
        return heard[-1]

    world.mailer.send = slow  # type: ignore[method-assign]
    assert world.receipts.send("willow", MOVEMENT) is Sent.SENT
    assert world.receipts.send("willow", MOVEMENT) is Sent.BEFORE
    assert len(heard) == 1


def test_a_worker_who_looked_before_another_one_sent_it_looks_again() -> None:
    world = World()
    put = world.files.put

    def overtaken(*args: Any, **kwargs: Any) -> None:
        put(*args, **kwargs)
        world.files.put = put  # type: ignore[method-assign]
        assert world.receipts.send("willow", MOVEMENT) is Sent.SENT
        world.clock.pass_seconds(LEASE_SECONDS)

    world.files.put = overtaken  # type: ignore[method-assign]
    assert world.receipts.send("willow", MOVEMENT) is Sent.BEFORE
    assert len(world.mailer.sent) == 1


def test_what_is_printed_is_the_payments_own_and_what_was_owed_right_after_it() -> None:
    world = World()
    world.receipts.send("willow", MOVEMENT)
    (data,) = world.renderer.rendered
    assert (data.amount_minor, data.date, data.method) == (
        18_250,
        "2026-11-03",
        Method("card", "Visa", "4242"),
    )
    assert (data.reference, data.owed_after_minor, data.locale) == ("BF-7K2M-93QD", 4_500, "en")
    assert "grief" not in repr(data)


def test_a_practice_renamed_between_two_runs_leaves_the_first_pdf() -> None:
    world = World(Crashes(STEPS.index("put"), after=True))
    with pytest.raises(Crash):
        world.receipts.send("willow", MOVEMENT)
    first = dict(world.files.kept)
    put_practice(world.practices, replace(practice(), name="Another name"))
    world.receipts.send("willow", MOVEMENT)
    assert world.files.kept == first


@pytest.mark.parametrize(
    ("person_id", "email"), [("", "maya@example.test"), ("p1", ""), ("gone", "maya@example.test")]
)
def test_a_payment_without_a_person_or_an_address_gets_its_pdf_but_no_mail(
    person_id: str, email: str
) -> None:
    world = World()
    put_person(world.people, "willow", Person("p1", email, "en", ()))
    world.pay(replace(PAID, person_id=person_id))
    assert world.receipts.send("willow", MOVEMENT) is Sent.NO_ADDRESS
    assert (world.payment.receipt_key, world.due) == (KEY, "")
    assert (world.payment.receipt_mailed_to, world.payment.receipt_pending) == ("", False)
    assert world.mailer.sent == []
    assert world.access.links == {}


class OnceConflicting:
    """Somebody else refunds part of the payment just before our first note."""

    def __init__(self, world: World) -> None:
        self._ledgers = world.ledgers
        self._done = False

    def __getattr__(self, name: str) -> Any:
        if name == "note" and not self._done:
            self._done = True
            paid = self._ledgers.paid["willow", "a1", PAID.id]
            refunded = replace(paid, refunded_minor=1_000, version=paid.version + 1)
            self._ledgers.paid["willow", "a1", PAID.id] = refunded
        return getattr(self._ledgers, name)


def test_a_refund_posted_meanwhile_is_not_overwritten() -> None:
    world = World()
    receipts = replace(world.receipts, ledgers=OnceConflicting(world))
    receipts.send("willow", MOVEMENT)
    assert (world.payment.receipt_key, world.payment.refunded_minor) == (KEY, 1_000)
    assert world.payment.receipt_mailed_to == "maya@example.test"


class Failing(Mailer):
    def __init__(self, error: Exception) -> None:
        self._error = error

    def send(self, mail: Mail) -> str:
        raise self._error


def test_a_refused_address_is_not_tried_for_ever() -> None:
    world = World()
    world.mailer = Failing(Invalid("mail_refused"))  # type: ignore[assignment]
    assert world.receipts.send("willow", MOVEMENT) is Sent.REFUSED
    assert (world.payment.receipt_key, world.due) == (KEY, "")
    assert world.payment.receipt_mailed_to == ""


AT = "2026-11-01T00:00:00.000Z"
UNWANTED = (MailKind.RECEIPT, MailKind.UNKNOWN)


@pytest.mark.parametrize(
    "stop",
    [MailStop(Setback.BOUNCE, AT), *(MailStop(Setback.COMPLAINT, AT, kind=kind) for kind in UNWANTED)],
    ids=lambda stop: str(stop.name),
)
def test_an_address_that_bounced_or_complained_gets_no_mail_and_the_portal_has_the_receipt(
    stop: MailStop,
) -> None:
    world = World()
    world.people.stop_mail("willow", "h1", stop, sent_at=AT)
    assert world.receipts.send("willow", MOVEMENT) is Sent.STOPPED
    assert (world.payment.receipt_key, world.due, world.mailer.sent) == (KEY, "", [])
    assert world.payment.receipt_mailed_to == ""


@pytest.mark.parametrize("kind", sorted(set(MailKind) - set(UNWANTED)))
def test_issue_9_5_a_complaint_about_other_mail_stops_no_receipt(kind: MailKind) -> None:
    world = World()
    world.people.stop_mail("willow", "h1", MailStop(Setback.COMPLAINT, AT, kind=kind), sent_at=AT)
    assert world.receipts.send("willow", MOVEMENT) is Sent.SENT


@pytest.mark.parametrize("error", [Busy("ses Throttling"), Conflict()])
def test_a_mail_that_cannot_go_now_stays_due(error: Exception) -> None:
    world = World()
    world.mailer = Failing(error)  # type: ignore[assignment]
    with pytest.raises(type(error)):
        world.receipts.send("willow", MOVEMENT)
    assert world.due == "receipt"


def test_the_links_token_is_nowhere_in_the_stores() -> None:
    world = World()
    world.receipts.send("willow", MOVEMENT)
    token = world.mailed_token()
    assert f"{PUBLIC_URL}/willow/receipt#{token}" in world.mailer.sent[0].text
    assert token not in repr((world.access.links, world.ledgers.paid, world.ledgers.movements))
    assert len(token) >= 43


def test_the_mailed_link_opens_that_one_receipt() -> None:
    world = World()
    world.receipts.send("willow", MOVEMENT)
    payment, url = world.open_link("willow", world.mailed_token())
    assert payment == world.payment
    assert url == f"https://files.example/willow/{KEY}?as=inline&receipt-2026-11-03.pdf"


@pytest.mark.parametrize("token", ["", "x" * 200, "#", "ñ\x00"])
def test_a_made_up_link_opens_nothing(token: str) -> None:
    world = World()
    world.receipts.send("willow", MOVEMENT)
    _refused("link_invalid", lambda: world.open_link("willow", token))


def test_a_link_opens_nothing_at_another_practice() -> None:
    world = World()
    world.receipts.send("willow", MOVEMENT)
    put_practice(world.practices, practice("aspen"))
    _refused("link_invalid", lambda: world.open_link("aspen", world.mailed_token()))


def test_a_link_ends_at_its_exact_second_whatever_the_store_still_holds() -> None:
    world = World()
    world.receipts.send("willow", MOVEMENT)
    world.clock.pass_seconds(LINK_DAYS * 24 * 3600 - 1)
    assert world.open_link("willow", world.mailed_token())
    world.clock.pass_seconds(1)
    _refused("link_invalid", lambda: world.open_link("willow", world.mailed_token()))


def test_a_link_of_another_kind_opens_no_receipt() -> None:
    world = World()
    world.receipts.send("willow", MOVEMENT)
    (key, link), *_ = world.access.links.items()
    world.access.links[key] = replace(link, kind="statement")
    _refused("link_invalid", lambda: world.open_link("willow", world.mailed_token()))


def test_there_is_no_url_before_the_money_came() -> None:
    world = World()
    world.pay(replace(PAID, state=State.PROCESSING))
    _refused(
        "receipt_not_ready", lambda: world.receipts.url(AccountRef("willow", "a1"), PAID.id, inline=True)
    )
    world.pay(PAID)
    world.receipts.send("willow", MOVEMENT)
    assert "as=attachment" in world.receipts.url(AccountRef("willow", "a1"), PAID.id, inline=False)


def test_issue_12_2_a_receipt_whose_file_is_gone_is_asked_for_anew_and_is_the_same() -> None:
    world, ref = World(), AccountRef("willow", "a1")
    world.receipts.send("willow", MOVEMENT)
    before, payment = dict(world.files.kept), world.payment
    world.files.kept.clear()
    _refused("document_missing", lambda: world.receipts.url(ref, PAID.id, inline=True))
    (task,) = world.queue.sent
    assert task == {"task": "render", "practice": "willow", "account": "a1", "payment": PAID.id}
    world.receipts.render_again(ref, task["payment"])
    assert (world.files.kept, world.payment, len(world.mailer.sent)) == (before, payment, 1)
    looked = world.files.looked
    assert "as=inline" in world.receipts.url(ref, PAID.id, inline=True)
    assert (world.files.looked - looked, len(world.queue.sent)) == (1, 1), "one question a click"


def test_issue_12_2_what_was_paid_outside_has_no_receipt_to_be_made() -> None:
    world = World()
    world.pay(replace(PAID, flow=OUTSIDE))
    _refused("receipt_not_ready", lambda: world.receipts.render_again(AccountRef("willow", "a1"), PAID.id))
    assert world.files.kept == {}


def test_issue_12_2_the_bytes_that_there_are_stay() -> None:
    world = World()
    world.receipts.send("willow", MOVEMENT)
    before = dict(world.files.kept)
    put_practice(world.practices, replace(practice(), address="3 Example Street"))
    world.receipts.render_again(AccountRef("willow", "a1"), PAID.id)
    assert world.files.kept == before


def test_a_spanish_payers_file_has_a_spanish_name() -> None:
    world = World()
    world.pay(replace(PAID, locale="es"))
    world.receipts.send("willow", MOVEMENT)
    assert "recibo-2026-11-03.pdf" in world.receipts.url(AccountRef("willow", "a1"), PAID.id, inline=True)


@pytest.mark.parametrize(("account", "payment"), [("a2", PAID.id), ("a1", "absent")])
def test_anothers_and_absent_payments_look_the_same(account: str, payment: str) -> None:
    with pytest.raises(NotFound, match="payment_not_found"):
        World().receipts.url(AccountRef("willow", account), payment, inline=True)


def test_a_movement_nobody_wrote_is_not_found() -> None:
    with pytest.raises(NotFound, match="payment_not_found"):
        World().receipts.send("willow", "stripe#pi_2#succeeded")


def _refused(code: str, call: Any) -> None:
    with pytest.raises(BillfoldError) as caught:
        call()
    assert (type(caught.value), caught.value.code) == (Refused, code)
