"""Issue 16: a request dies with its write under way, and the same request is refused when it comes again.

The simulation plays each step of it; here they come one after the other, so that it is found in one schedule.
"""

import random
from datetime import timedelta
from functools import partial

import pytest

from chalicelib.bootstrap import App
from chalicelib.kernel.account_refs import AccountRef
from chalicelib.kernel.actors import in_portal
from chalicelib.ledger.services.posting import ChargeFacts
from chalicelib.payments.domain.quotes import Scope
from chalicelib.payments.services.paying import Paying, PaymentWish
from tests.soak import auditor
from tests.soak.faults import Fault, Faults
from tests.soak.payers import Payers, client, person, save_methods
from tests.soak.seam import answering
from tests.soak.stage import Stage, product
from tests.soak.world import World
from tests.support.practice import PRACTICE

MAYA, KEY = AccountRef("fern", "maya"), "key-1"


class Dies(Faults):
    """Once told to, the next transaction comes late, and its process dies before it does anything else."""

    dying = False
    sent = False

    def draw(self, call: str) -> Fault:
        if self.sent:
            self.sent = False
            return Fault.CRASH_BEFORE
        if self.dying and call == "dynamodb.TransactWriteItems":
            self.dying, self.sent = False, True
            return Fault.LATE
        return Fault.NONE


def played() -> tuple[str, list[str]]:
    """What the payer was told, and what the auditor finds once all is at rest."""
    faults, app, told = Dies(random.Random(1), chance=0.0, budget=0), product(), list[str]()
    world = Stage.world = World(random.Random(1), faults, sticky=1.0, lag=0.0)
    payers = Payers(world, app, world.random, plain=True)

    def story() -> None:
        quote, payer = app.paying.quote(MAYA, Scope("balance"))[1], person("maya").id
        by = in_portal(payer, minted=False).text
        wish = PaymentWish(
            KEY, Scope("balance"), quote.key, quote.amount_minor, "", payer, "en", "body", by, method="maya-0"
        )  # fmt: skip
        start = partial(app.paying.start, MAYA, wish)
        faults.dying = True
        assert payers.ask("fern", start).nothing
        app.choosing.remove("fern", payer, "maya-0")
        heard = payers.ask("fern", start)
        payers.told("intent", MAYA, KEY, heard)
        told.append(heard.refusal)

    with answering(world.aws):
        _set_the_stage(world, app)
        payers.spawn("payer", story)
        world.scheduler.run()  # goes on with its payer until they were told, then comes the late write
        for _ in range(2):
            world.at += timedelta(hours=2)
            payers.spawn("sweep", lambda: payers.ask("", app.sweeping.sweep))
            world.scheduler.run()
    return told[0], auditor.completeness(world.store.items, world.log, world.refused, world.mails)


def _set_the_stage(world: World, app: App) -> None:
    app.practices.save_practice(PRACTICE)
    app.people.save_client("fern", client("maya"))
    app.people.save_person("fern", person("maya"))
    save_methods(world, app, "fern", "maya")
    app.posting("cli").open_account(MAYA, "USD")
    app.posting("cli").charge(MAYA, ChargeFacts("c1", "2026-03-01", "Session", "ada", 10000))


def test_a_payer_who_was_told_no_has_paid_nothing() -> None:
    assert played() == ("method_not_found", [])


def test_the_auditor_finds_a_payment_that_its_payer_was_told_was_none(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """The canary: without the write that guards the no."""
    monkeypatch.setattr(Paying, "_arrived", lambda *_: None)
    told, findings = played()
    assert told == "method_not_found"
    assert [found for found in findings if found.startswith("I10 refused but there")], findings
