"""Issue 12, number 3: killing whoever adopts a payment that a restore has lost loses and doubles nothing."""

from collections.abc import Callable

import pytest

from chalicelib.kernel.actors import CLI
from chalicelib.operations.services.alerting import Alerting
from chalicelib.operations.services.daily import Daily
from chalicelib.payments.services.full_pass import JOB, FullPass
from tests.concurrency.auditor import Auditor
from tests.concurrency.canaries import CheckTheRow, UnmarkedLedgers
from tests.concurrency.harness import logged
from tests.simulation.boundary import Fault
from tests.simulation.conftest import NewStory
from tests.simulation.story import ACCOUNT, INTENT, Story
from tests.support.money import meanwhile
from tests.support.practice import PRACTICE
from tests.support.processor import Several
from tests.support.rounds import MemoryRounds

Carrier = Callable[[Story], None]


def operator(story: Story) -> None:
    story.money.adopting.adopt(PRACTICE, INTENT, actor=CLI)


def full_pass(story: Story) -> None:
    """A night's: each time another one."""
    money = story.money
    alerting = Alerting(money.alerts, money.clock)
    daily = Daily(JOB, money.practices, MemoryRounds(), alerting, money.clock)
    known = Several({"stripe": money.processor})
    FullPass(
        daily, known, money.ledgers, money.settling, alerting, money.clock, "stripe", money.adopting
    ).run()


def lost(new_story: NewStory, faults: list[Fault]) -> Story:
    """A payment's story told to its end; then the table came back as it was before that began."""
    story = new_story([])
    before = dict(story.boundary.store.items)
    story.tell()
    story.boundary.store.bring_back(before)
    assert story.payment() is None
    story.mails.clear()
    story.boundary.calls.clear()
    story.boundary.faults = faults
    return story


def told(new_story: NewStory, faults: list[Fault], *carriers: Carrier, rounds: int = 4) -> Story:
    story = lost(new_story, faults)
    for _ in range(rounds):
        for carrier in carriers:
            story._alive(lambda carry=carrier: carry(story))  # type: ignore[misc]
        for process in (story._documents, story._reconcile, story._sweep, story._settler, story._documents):
            story._alive(process)
        story.money.clock.advance(minutes=2)
    return story


@pytest.mark.parametrize("carrier", [operator, full_pass])
@pytest.mark.parametrize(("after", "kill"), [(False, True), (True, True), (True, False)])
def test_a_kill_or_a_cut_reply_at_any_call_loses_and_doubles_nothing(
    new_story: NewStory, auditor: Auditor, carrier: Carrier, after: bool, kill: bool
) -> None:
    undisturbed = told(new_story, [], carrier, rounds=1)
    path = list(undisturbed.boundary.calls)
    undisturbed.check(auditor)
    assert {"dynamodb TransactWriteItems", "FakeProcessor attempt_of"} <= set(path)
    last = max(n for n, name in enumerate(path) if name == "dynamodb UpdateItem")
    for place, name in enumerate(path[: last + 1], start=1):
        if kill or name.startswith(("dynamodb", "FakeProcessor")):
            story = told(new_story, [Fault(place, after, kill)], carrier)
            assert story.boundary.struck == [name]
            story.check(auditor)
            assert story.money.alerts.names == [], name


def test_two_operators_and_the_full_pass_one_after_the_other_post_it_once(
    new_story: NewStory, auditor: Auditor
) -> None:
    told(new_story, [], operator, full_pass, operator, Story._reconcile, full_pass).check(auditor)


def test_the_simulation_catches_who_checks_the_row_and_then_acts(
    new_story: NewStory, auditor: Auditor
) -> None:
    story = lost(new_story, [])
    blind = UnmarkedLedgers()
    meanwhile(blind, "payment", lambda: operator(story))
    CheckTheRow(**{**vars(story.money.adopting), "ledgers": blind}).adopt(PRACTICE, INTENT, actor=CLI)
    wrong = auditor.violations(ACCOUNT, logged(story.stripe))
    assert f"{INTENT}: credited 2 times: doubled" in wrong
