"""Killing a refund between any two steps, or cutting any reply, gives the money back once, or not at all."""

import json
from collections.abc import Callable

import pytest

from chalicelib.kernel.actors import CLI
from chalicelib.kernel.errors import Refused, Stale
from chalicelib.kernel.outside import Busy, ProcessorRefused, ProcessorTimeout
from chalicelib.ledger.domain.refunds import Left
from chalicelib.payments.services.refunding import RefundWish
from tests.concurrency.auditor import Auditor
from tests.concurrency.harness import logged
from tests.simulation.boundary import Fault, Killed
from tests.simulation.conftest import NewStory
from tests.simulation.story import ACCOUNT, KEY, OWED, Story

SEEN = Left(OWED, 0)  # what everybody believes who looked before the first refund
ALL = [Fault(0, after=False), Fault(0, after=True), Fault(0, after=True, kill=False)]
NAMES = ["killed before", "killed after", "reply cut"]


@pytest.fixture
def paid(new_story: NewStory) -> Callable[..., Story]:
    """100.00, paid by card; the faults strike from the first call of what comes next."""

    def begin(*faults: Fault) -> Story:
        story = new_story([])
        story.tell()
        story.boundary.calls.clear()
        story.boundary.faults = list(faults)
        return story

    return begin


@pytest.fixture
def path(paid: Callable[..., Story]) -> list[str]:
    """The calls of a refund that nothing disturbs."""
    story = paid()
    assert ask(story, "r1") == "made"
    return list(story.boundary.calls)


def ask(story: Story, id_: str, amount_minor: int = 4000, believed: Left = SEEN) -> str:
    """What somebody hears who asks for a refund: "made", a refusal's code, or "" for nothing."""
    wish = RefundWish(story.money.ref(ACCOUNT), KEY, id_, amount_minor, believed, CLI)
    try:
        story.money.refunding.refund(wish)
    except (Refused, Stale, ProcessorRefused) as refusal:
        return refusal.code
    except (Killed, Busy, ProcessorTimeout):
        return ""
    return "made"


def made(story: Story) -> list[str]:
    return [refund.refund_id for refund in story.stripe.attempts[f"cs_{KEY}"].refunds]


def days_pass(story: Story) -> None:
    """Until what was never heard of is given up."""
    for hours in (1, 22, 2, 8):
        story.money.clock.advance(hours=hours)
        story._alive(story._sweep)
        story._alive(story._reconcile)


def check(story: Story, auditor: Auditor, refunded_minor: int) -> None:
    """The processor and the ledger agree, nothing waits, and all the rest is left."""
    about = f"after {story.boundary.struck}"
    story.boundary.faults = []
    assert auditor.violations(ACCOUNT, logged(story.stripe)) == [], about
    payment = story.payment()
    assert payment is not None
    assert (payment.refunded_minor, payment.refunding_minor) == (refunded_minor, 0), about
    assert payment.remainder_minor == OWED - refunded_minor, about
    assert not [key for key, item in story.boundary.store.items.items() if "gsi2pk" in item], about


def test_a_refund_crosses_every_kind_of_boundary(path: list[str]) -> None:
    """Its row, the call, and the entry, with looks before and after."""
    assert [name for name in path if name.startswith("Fake")] == [
        "FakeProcessor look", "FakeProcessor refund", "FakeProcessor look",
    ]  # fmt: skip
    call = path.index("FakeProcessor refund")
    assert path[:call].count("dynamodb TransactWriteItems") == 1
    assert path[call:].count("dynamodb TransactWriteItems") == 1


@pytest.mark.parametrize("fault", ALL, ids=NAMES)
def test_asked_again_under_its_own_id_it_is_made_once(
    paid: Callable[..., Story], auditor: Auditor, path: list[str], fault: Fault
) -> None:
    for place in range(1, len(path) + 1):
        story = paid(Fault(place, fault.after, fault.kill))
        heard = ask(story, "r1")
        assert story.boundary.struck == [path[place - 1]]
        assert ask(story, "r1") == "made", f"{heard} after {story.boundary.struck}"
        assert made(story) == ["r1"]
        check(story, auditor, 4000)


@pytest.mark.parametrize("fault", ALL, ids=NAMES)
def test_tried_under_other_ids_by_whoever_heard_nothing_it_is_made_at_most_once(
    paid: Callable[..., Story], auditor: Auditor, path: list[str], fault: Fault
) -> None:
    for place in range(1, len(path) + 1):
        story = paid(Fault(place, fault.after, fault.kill))
        if not ask(story, "r1"):
            for id_ in ("r2", "r3"):
                assert ask(story, id_) in ("made", "refund_stale")
        days_pass(story)
        assert ask(story, "r4") == "refund_stale" or not made(story)
        assert len(made(story)) <= 1, f"{made(story)} after {story.boundary.struck}"
        check(story, auditor, 4000 * len(made(story)))


@pytest.mark.parametrize("fault", ALL, ids=NAMES)
def test_two_people_and_three_ids_are_one_refund_each(
    paid: Callable[..., Story], auditor: Auditor, path: list[str], fault: Fault
) -> None:
    """Schedule 20261130.1754, with the crash anywhere: Ada's r1 is made and she hears nothing; her second try
    under another id dies; Ben, who has looked, refunds 10.00; Ada insists. She got a second 40.00."""
    for place in range(1, len(path) + 1):
        story = paid()
        story.boundary.faults = [Fault(path.index("FakeProcessor refund") + 1, after=True, kill=False)]
        assert ask(story, "r1") == ""
        story.boundary.calls.clear()
        story.boundary.faults = [Fault(place, fault.after, fault.kill)]
        ask(story, "r1-again")
        story.boundary.faults = []
        assert ask(story, "ben", 1000, Left(6000, 1)) == "made"
        for _ in range(2):
            assert ask(story, "r1-again") == "refund_stale"
        assert made(story) == ["r1", "ben"]
        check(story, auditor, 5000)


def test_a_row_says_who_asked_and_when(paid: Callable[..., Story]) -> None:
    story = paid()
    ask(story, "r1")
    (row,) = (item for key, item in story.boundary.store.items.items() if key[1] == f"RF#{KEY}#r1")
    body = json.loads(row["body"]["S"])
    assert (body["actor"], body["amount_minor"], body["state"]) == ("cli", 4000, "succeeded")
    assert body["asked_at"] == story.money.clock.now().strftime("%Y-%m-%dT%H:%M:%S.000Z")
