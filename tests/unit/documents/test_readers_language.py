"""What a guarantor is mailed is in their own language, whatever the client's is (issue 14)."""

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest

from chalicelib.documents.domain.estimates import drafted
from chalicelib.documents.domain.reminders import Reminder
from chalicelib.kernel.account_refs import AccountRef
from chalicelib.kernel.periods import Period
from chalicelib.mail.ports import Mail
from tests.support.estimates import put_estimate
from tests.unit.documents.test_estimates import AT, WILLOW, WISH
from tests.unit.documents.test_estimates import MAYA as ESTIMATED
from tests.unit.identity.fakes import FakeMailer
from tests.unit.superbills.test_notices import guarantor
from tests.unit.superbills.world import WHOLE, AwsWorld

MAYA, OCTOBER = AccountRef("fern", "maya"), Period(2026, 10)
SUBJECTS = {
    "invoice": ("You have a new invoice", "Tiene una factura nueva"),
    "superbill": ("You have a new document", "Tiene un documento nuevo"),
    "estimate": ("You have a new good faith estimate", "Tiene una nueva estimación de buena fe"),
    "statement": ("Your statement is ready", "Su estado de cuenta está listo"),
    "reminder": ("An invoice is past its due date", "Una factura está vencida"),
}


@pytest.fixture
def world() -> Iterator[AwsWorld]:
    world = AwsWorld(replace(WHOLE, reminders=(3,), reminders_from="2026-11-01"))
    with world.on_aws():
        yield world


def mailed(world: AwsWorld, kind: str, **facts: Any) -> Mail:
    maya, app = world.client("maya", **facts), world.app
    world.serve(maya, "s1")
    mailer = FakeMailer()
    app.mailer = app.statement_mailer = mailer  # type: ignore[assignment]
    if kind == "superbill":
        world.bill(maya)
        app.superbill_notices.send(MAYA, 1)
    elif kind == "estimate":
        made = drafted(WILLOW, replace(ESTIMATED, id="maya"), WISH, **AT)
        put_estimate(app.estimates, app.ledgers, "fern", made, "maya")
        app.estimate_notices.send(MAYA, 1)
    elif kind == "statement":
        app.issuing.issue(world.practice, OCTOBER, maya, again=True)
        app.delivering.deliver(MAYA, OCTOBER)
    else:
        world.issue(maya)
    if kind == "invoice":
        app.invoice_notices.send(MAYA, 1)
    if kind == "reminder":
        app.reminders.plan("fern", Reminder(1, "maya", "2026-11-02", "2026-11-05"))
        app.reminding.remind("fern", [1])
    (mail,) = mailer.sent
    return mail


@pytest.mark.parametrize("kind", SUBJECTS)
def test_a_guarantor_is_mailed_in_their_own_language(world: AwsWorld, kind: str) -> None:
    guarantor(world, "maya")
    parent = {"guarantor_email": "ada@example.test", "guarantor_superbills": True, "email": ""}
    mail = mailed(world, kind, **parent)
    assert (mail.to, mail.locale, mail.subject) == ("ada@example.test", "es", SUBJECTS[kind][1])


@pytest.mark.parametrize("kind", SUBJECTS)
def test_the_client_is_mailed_in_the_clients(world: AwsWorld, kind: str) -> None:
    mail = mailed(world, kind)
    assert (mail.to, mail.locale, mail.subject) == ("maya@example.test", "en", SUBJECTS[kind][0])
