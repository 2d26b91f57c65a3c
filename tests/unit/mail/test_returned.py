"""A payer whose bank debit came to nothing gets one e-mail: a link, and nothing that others may not read."""

from dataclasses import replace

import pytest

from chalicelib.documents.services.receipts import Sent
from chalicelib.documents.services.returned_debits import Returns
from chalicelib.documents.services.returned_mail import compose_returned
from chalicelib.kernel.account_refs import AccountRef
from chalicelib.kernel.outside import Busy
from chalicelib.ledger.domain.methods import Method
from chalicelib.ledger.domain.payments import Payment, State
from chalicelib.mail.domain.setbacks import MailKind, MailStop, Setback
from chalicelib.mail.ports import Mail
from chalicelib.operations.services.claims import LEASE_SECONDS
from chalicelib.practice.domain.practices import Client, Practice
from tests.support.guests import FORM, NO_GUESTS, Desk
from tests.support.money import Money
from tests.support.saving import put_client
from tests.unit.documents.world import PAID, PUBLIC_URL, Crash, Crashes, World
from tests.unit.identity.fakes import FakeClaims, FakeKeys, FakeMailer, practice

RETURNED = replace(
    PAID,
    state=State.FAILED,
    returned=True,
    failure="insufficient_funds",
    notice="returned",
    method=Method("bank"),
)
LINK = f"{PUBLIC_URL}/willow/billing?account=a1"


@pytest.fixture
def world() -> World:
    return _world()


def _world() -> World:
    made = World()
    made.pay(RETURNED)
    return made


def _returns(world: World) -> Returns:
    around = world.crashes.around
    return Returns(
        around(world.ledgers), around(world.practices), around(world.people), around(world.claims),
        around(world.mailer), world.clock, FakeKeys(), PUBLIC_URL, NO_GUESTS,
    )  # fmt: skip


def _send(world: World) -> Sent:
    return _returns(world).send(AccountRef("willow", "a1"), RETURNED.id)


@pytest.mark.parametrize("locale", ["en", "es"])
def test_the_mail_is_a_link_and_says_no_amount_name_or_reason(locale: str) -> None:
    mail = compose_returned(
        practice(), replace(RETURNED, locale=locale), to="maya@example.test", public_url=PUBLIC_URL
    )
    assert LINK in mail.text
    assert f'href="{LINK}"' in mail.html
    for part in (mail.subject, mail.text, mail.html):
        for secret in ("182.50", "182,50", "funds", "fondos", "BF-7K2M", "grief", "Ana", "bank", "banco"):
            assert secret not in part, (secret, part)
    assert ("no se completó" if locale == "es" else "was not completed") in mail.subject


def test_it_is_sent_once_and_the_payment_is_due_no_more(world: World) -> None:
    assert _send(world) is Sent.SENT
    assert _send(world) is Sent.BEFORE
    assert [mail.to for mail in world.mailer.sent] == ["maya@example.test"]
    assert (world.payment.notice, world.payment.returned) == ("", True)


def test_who_paid_by_the_link_on_a_bill_is_written_to_at_the_address_on_file() -> None:
    """Issue 16: nobody signed in for it."""
    world = World()
    world.pay(replace(RETURNED, person_id="", actor="link:4c01760c25fe"))
    put_client(world.people, "willow", Client("a1", "C1", "May", "may@example.test", "en"))
    assert _send(world) is Sent.SENT
    assert [mail.to for mail in world.mailer.sent] == ["may@example.test"]


def test_a_guest_whose_payment_was_denied_later_is_written_to_once() -> None:
    """Issue 16: it never had an account, as it paid nothing; found by schedule w1.42 of the simulation."""
    money = Money()
    desk, mailer = Desk(money), FakeMailer()
    begun = desk.start("a")
    denied = replace(
        begun, state=State.FAILED, notice="returned", returned=True, locale="es", version=begun.version + 1
    )
    money.ledgers.note(money.practice, denied)
    returns = Returns(
        money.ledgers, money.practices, money.directory, FakeClaims(), mailer, money.clock, FakeKeys(),
        PUBLIC_URL, desk.matching,
    )  # fmt: skip
    assert returns.send(denied.ref(money.practice), denied.id) is Sent.SENT
    assert returns.send(denied.ref(money.practice), denied.id) is Sent.BEFORE
    (mail,) = mailer.sent
    assert (mail.to, f"{PUBLIC_URL}/fern/pay-online" in mail.text) == (FORM.email, True)
    assert not [word for word in ("Inicie sesión", "billing", begun.guest, begun.id) if word in mail.text]
    assert money.ledgers.account(denied.ref(money.practice)) is None


def test_nobody_to_write_to_ends_the_wait_as_well(world: World) -> None:
    world.pay(replace(RETURNED, person_id=""))
    assert _send(world) is Sent.NO_ADDRESS
    assert world.payment.notice == ""


def test_an_address_that_bounced_gets_no_more(world: World) -> None:
    at = "2026-11-01T00:00:00.000Z"
    world.people.stop_mail("willow", "h1", MailStop(Setback.BOUNCE, at), sent_at=at)
    assert _send(world) is Sent.STOPPED
    assert world.mailer.sent == []


def test_issue_9_5_a_complaint_about_other_mail_stops_no_notice(world: World) -> None:
    at = "2026-11-01T00:00:00.000Z"
    for kind in (MailKind.SIGN_IN, MailKind.RECEIPT, MailKind.STATEMENT):
        world.people.stop_mail("willow", "h1", MailStop(Setback.COMPLAINT, at, kind=kind), sent_at=at)
    assert _send(world) is Sent.SENT


def test_killed_between_any_two_steps_and_run_again_it_is_sent_and_marked() -> None:
    steps = _steps()
    for at in range(steps):
        for after in (False, True):
            world = _world()
            world.crashes = Crashes(at=at, after=after)
            with pytest.raises(Crash):
                _send(world)
            world.crashes = Crashes()
            world.clock.pass_seconds(LEASE_SECONDS)
            _send(world)
            assert world.payment.notice == ""
            assert 1 <= len(world.mailer.sent) <= 2, (at, after)


def test_two_workers_at_once_send_one_notice(world: World) -> None:
    send = world.mailer.send

    def slow(mail: Mail) -> str:
        with pytest.raises(Busy):
            _send(world)
        return send(mail)

    world.mailer.send = slow  # type: ignore[method-assign]
    assert _send(world) is Sent.SENT
    assert _send(world) is Sent.BEFORE
    assert len(world.mailer.sent) == 1


def test_a_worker_who_looked_before_another_one_sent_it_looks_again(world: World) -> None:
    find = world.practices.practice

    def overtaken(practice: str) -> Practice | None:
        world.practices.practice = find  # type: ignore[method-assign]
        assert _send(world) is Sent.SENT
        world.clock.pass_seconds(LEASE_SECONDS)
        return find(practice)

    world.practices.practice = overtaken  # type: ignore[method-assign]
    assert _send(world) is Sent.BEFORE
    assert len(world.mailer.sent) == 1


def _steps() -> int:
    world = _world()
    _send(world)
    assert world.mailer.sent
    return len(world.crashes.calls)


def test_paid_after_all_meanwhile_it_is_not_sent(world: World) -> None:
    paid: Payment = replace(RETURNED, state=State.SUCCEEDED, returned=False, notice="")
    world.pay(paid)
    assert _send(world) is Sent.BEFORE
    assert world.mailer.sent == []
