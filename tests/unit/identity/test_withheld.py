"""Issue 9, 5: sign-in mail is not sent where its reader reported it as spam; whoever asks cannot tell."""

import logging

import pytest

from chalicelib.mail.domain.setbacks import MailKind, MailStop, Setback
from chalicelib.practice.services.address_hashes import address_hash
from tests.unit.identity.test_signing_in import minted
from tests.unit.identity.world import KNOWN, World

AT = "2026-11-20T15:00:00.000Z"
ABOUT_CODES = MailStop(Setback.COMPLAINT, AT, kind=MailKind.SIGN_IN, mail="m-1")


def stop(world: World, stopped: MailStop = ABOUT_CODES) -> str:
    hashed = address_hash(world.keys, "willow", KNOWN)
    world.people.stop_mail("willow", hashed, stopped, sent_at=AT)
    return hashed


@pytest.mark.parametrize("stopped", [ABOUT_CODES, MailStop(Setback.BOUNCE, AT)], ids=lambda stop: stop.name)
def test_no_code_is_mailed_and_the_log_says_why(
    world: World, stopped: MailStop, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO, "billfold.access")
    hashed = stop(world, stopped)
    world.ask()
    world.work()
    assert world.mailer.sent == []
    line = caplog.records[-1]
    said = (line.getMessage(), vars(line)["address"], vars(line)["code"])
    assert said == ("sign-in mail withheld", hashed, stopped.name)


@pytest.mark.parametrize("kind", [MailKind.RECEIPT, MailKind.STATEMENT, MailKind.NOTICE, MailKind.UNKNOWN])
def test_complaints_about_other_mail_lock_nobody_out(world: World, kind: MailKind) -> None:
    stop(world, MailStop(Setback.COMPLAINT, AT, kind=kind))
    browser = world.ask()
    assert world.type_code(world.mailed()[0], browser)


def test_asking_makes_the_same_calls_whether_mail_is_stopped_or_not(world: World) -> None:
    world.ask()
    before = list(world.calls)
    stop(world)
    world.calls.clear()
    world.ask()
    assert world.calls == before


def test_what_is_not_mailed_uses_up_no_mails(world: World) -> None:
    hashed = stop(world)
    for _ in range(12):
        world.ask()
        world.work()
    world.people.lift_stop("willow", hashed, ABOUT_CODES, at="2026-11-20T16:00:00.000Z")
    world.ask()
    world.work()
    assert len(world.mailer.sent) == 1


def test_staffs_link_signs_in_meanwhile_and_lifted_codes_come_again(world: World) -> None:
    hashed = stop(world)
    assert world.use_link(minted(world), None)
    world.people.lift_stop("willow", hashed, ABOUT_CODES, at="2026-11-20T16:00:00.000Z")
    browser = world.ask()
    assert world.type_code(world.mailed()[0], browser)
