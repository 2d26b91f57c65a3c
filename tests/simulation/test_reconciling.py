"""Issue 13, number 1: a round of reconcile killed at any call, or its reply cut, passes over no news."""

import random
from collections.abc import Callable, Iterator
from dataclasses import replace

import pytest

from chalicelib.kernel.instants import instant
from chalicelib.operations.ports.rounds import Round
from chalicelib.payments.ports.processors import Announces, Decision
from chalicelib.payments.services.catching_up import CatchingUp, job
from tests.concurrency.auditor import Auditor
from tests.concurrency.harness import logged
from tests.simulation.boundary import Fault
from tests.simulation.conftest import NewStory
from tests.simulation.story import ACCOUNT, INTENT, KEY, Story
from tests.soak.news import NewsList
from tests.support.references import named

ALL = [Fault(0, after=False), Fault(0, after=True), Fault(0, after=True, kill=False)]
Began = Callable[..., Story]


@pytest.fixture
def disputed(new_story: NewStory) -> Began:
    """Paid; then its bank takes the money back, and later gives it back. No webhook tells of that."""

    def begin(*faults: Fault, listed: bool = True) -> Story:
        story = new_story([])
        story.tell()
        story._alive(story._reconcile)
        news = NewsList(random.Random(1), story.money.clock.now)
        news.prompt, news.lost = True, not listed
        story.stripe.__dict__["changes"] = lambda since, cursor: news.page(since, cursor)
        story.money.clock.advance(hours=1)
        for _ in range(2):  # on two pages
            news.happened(named(INTENT))
            news.happened(named("dp_1"))
        story.stripe.dispute(KEY, Decision.WON)
        story.money.clock.advance(hours=1)
        story.boundary.calls.clear()
        story.boundary.faults = list(faults)
        return story

    return begin


def come_to_rest(story: Story) -> None:
    """Nobody else tells. What has happened is too old for the overlap of the next round with this one."""
    story._alive(story._reconcile)
    story.boundary.faults = []
    for minutes in (61, 5):
        story.money.clock.advance(minutes=minutes)
        story._alive(story._reconcile)


def kinds(story: Story) -> list[str]:
    return [entry.draft.kind.value for entry in story.money.ledgers.entries(story.money.ref(ACCOUNT))]


def struck(disputed: Began, change: Callable[[Story], None] = lambda story: None) -> Iterator[Story]:
    """The same story with each fault at each call of the round."""
    whole = disputed()
    change(whole)
    whole._alive(whole._reconcile)
    assert "FakeProcessor changes" in whole.boundary.calls
    for place in range(1, len(whole.boundary.calls) + 1):
        for fault in ALL:
            story = disputed(replace(fault, at=place))
            change(story)
            come_to_rest(story)
            yield story


def is_whole(story: Story) -> bool:
    return kinds(story).count("dispute_reinstated") == 1


def test_whatever_call_it_dies_at_what_happened_is_posted_once(disputed: Began, auditor: Auditor) -> None:
    for story in struck(disputed):
        assert is_whole(story), f"after {story.boundary.struck}"
        assert auditor.violations(ACCOUNT, logged(story.stripe)) == []


class CursorFirst(CatchingUp):
    """The canary: moves the cursor before it has settled what is behind it."""

    def _step(self, practice: str, processor: Announces, found: Round) -> tuple[Round, int]:
        moved = replace(found, ended_at=instant(self.clock.now()))
        ahead = self.rounds.save(practice, job(processor.name), moved)
        after, asked = super()._step(practice, processor, found)
        return replace(after, version=ahead.version), asked


def test_a_cursor_that_is_moved_first_is_found_out(disputed: Began) -> None:
    def wrong(story: Story) -> None:
        right = story.money.turns.catching_up
        canary = CursorFirst(
            right.rounds, right.settling, right.full_passes, right.alerting, right.clock, right.following
        )
        story.money.turns = replace(story.money.turns, catching_up=canary)

    assert not all(is_whole(story) for story in struck(disputed, wrong))


def test_with_every_event_lost_the_full_pass_reaches_the_same_end(disputed: Began) -> None:
    told = disputed()
    come_to_rest(told)
    assert is_whole(told)
    whole = sorted(kinds(told))
    lost = disputed(listed=False)
    come_to_rest(lost)
    assert not is_whole(lost)
    lost.money.full_passes.run()
    assert sorted(kinds(lost)) == whole
