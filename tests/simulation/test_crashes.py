"""Killing any process between any two steps, or cutting any reply, loses and doubles nothing."""

import random

import pytest

from chalicelib.ledger.domain.payments import LIVE, State
from chalicelib.payments.ports.processors import Stage
from chalicelib.payments.services.settling import Settling
from tests.concurrency.auditor import Auditor
from tests.concurrency.canaries import ClaimFirst
from tests.concurrency.harness import logged
from tests.simulation.boundary import Fault
from tests.simulation.conftest import SCHEDULES, NewStory
from tests.simulation.story import KEY, Story
from tests.support.seed import SEED


def told(new_story: NewStory, faults: list[Fault], rounds: int = 5, **facts: object) -> Story:
    story = new_story(faults, **facts)
    story.tell(rounds=rounds)
    return story


@pytest.fixture
def path(new_story: NewStory, auditor: Auditor) -> list[str]:
    """The calls of the undisturbed story, to the receipt's mark; what follows only looks."""
    story = told(new_story, [])
    story.check(auditor)
    assert story.mails
    last = max(n for n, name in enumerate(story.boundary.calls) if name == "dynamodb UpdateItem")
    return story.boundary.calls[: last + 1]


def test_the_path_crosses_every_kind_of_boundary(path: list[str]) -> None:
    assert {name.partition(" ")[0] for name in path} == {
        "dynamodb", "FakeProcessor", "FakeQueue", "mail",
    }  # fmt: skip
    assert path.count("dynamodb TransactWriteItems") == 2  # intent, credit and fee
    opened = path.index("FakeProcessor open")
    assert path[opened + 1] == "dynamodb PutItem"  # where to pay: the payment alone
    assert path.count("FakeProcessor open") == 1


@pytest.mark.parametrize(
    ("after", "returns"),
    [(False, False), (True, False), (True, True)],
    ids=["before, page closed", "after, page closed", "after, page returns"],
)
def test_a_kill_before_or_after_any_call_loses_and_doubles_nothing(
    new_story: NewStory, auditor: Auditor, path: list[str], after: bool, returns: bool
) -> None:
    for place in range(1, len(path) + 1):
        story = told(new_story, [Fault(place, after)], returns=returns)
        assert story.boundary.struck == [path[place - 1]]
        story.check(auditor)


def test_a_reply_cut_after_any_call_loses_and_doubles_nothing(
    new_story: NewStory, auditor: Auditor, path: list[str]
) -> None:
    for place, name in enumerate(path, start=1):
        if name.startswith(("dynamodb", "FakeProcessor")):
            story = told(new_story, [Fault(place, after=True, kill=False)])
            assert story.boundary.struck == [name]
            story.check(auditor)


def test_the_simulation_catches_a_claim_before_the_credit(
    new_story: NewStory, auditor: Auditor, path: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Settling, "_credit", ClaimFirst._credit)
    for place in range(path.index("FakeProcessor look"), len(path)):
        story = told(new_story, [Fault(place, after=True)])
        story.boundary.faults = []
        if any("lost" in wrong for wrong in auditor.violations("maya", logged(story.stripe))):
            return
    pytest.fail("a credit claimed and then lost was not seen")


def test_a_payer_who_never_comes_back_leaves_nothing_held(
    new_story: NewStory, auditor: Auditor, path: list[str]
) -> None:
    """Killed anywhere while the payment starts; the browser is closed, the session runs out."""
    starting = path.index("FakeProcessor open") + 3
    for place in range(1, starting + 1):
        story = new_story([Fault(place, after=True)], returns=False)
        story._alive(story._browser)
        for _ in range(3):
            story._alive(story._sweep)
            story.money.clock.advance(minutes=70)
            attempt = story.stripe.attempts.get(f"cs_{KEY}")
            if attempt and attempt.stage is Stage.OPEN:
                story.stripe.become(KEY, Stage.EXPIRED)
        story._alive(story._sweep)
        found = story.payment()
        assert found is None or found.state not in LIVE, f"killed at {path[place - 1]}"
        assert story.money.account().reserved == {}
        assert story.money.quote().amount_minor == 10000
        assert auditor.violations("maya", []) == []


def test_an_attempt_whose_answer_is_lost_twice_ends_unseen_and_its_payer_pays_with_another(
    new_story: NewStory, auditor: Auditor, path: list[str]
) -> None:
    """The second answer of `open` is cut when the page asks again, in the round after."""
    first = path.index("FakeProcessor open") + 1
    lost = Fault(first, after=True, kill=False)
    undisturbed = told(new_story, [lost], rounds=2)
    again = undisturbed.boundary.calls.index("FakeProcessor open", first) + 1
    story = told(new_story, [lost, Fault(again, after=True, kill=False)])
    assert story.boundary.struck == ["FakeProcessor open"] * 2
    found = story.payment()
    assert found is not None
    assert found.state is State.EXPIRED
    story.check(auditor)
    second = "key-0000000000000002"
    story.money.start(second)
    story.stripe.take(second)
    assert story.money.check(second).state is State.SUCCEEDED
    assert len(logged(story.stripe)) == 1


def test_random_faults_one_after_another_lose_and_double_nothing(
    new_story: NewStory, auditor: Auditor
) -> None:
    for n in range(SCHEDULES):
        rng = random.Random(SEED + n)
        faults = [
            Fault(place, after=rng.random() < 0.5, kill=rng.random() < 0.6)
            for place in sorted(rng.sample(range(1, 90), rng.randint(2, 6)))
        ]
        story = new_story(faults, returns=rng.random() < 0.5, webhooks=rng.randint(0, 3))
        story.tell(rounds=8)
        story.boundary.faults = []
        story.tell(rounds=4)  # the trouble is over: what the last fault left undone is caught up on
        try:
            story.check(auditor)
        except AssertionError as error:
            raise AssertionError(f"seed {SEED + n}: {faults}") from error
