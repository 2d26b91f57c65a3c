"""The simulation's short form: canaries first, then the shipped code. `make soak` plays the long one."""

import os
import random
from itertools import chain, count, islice

import pytest

from tests.soak.campaign import SHIPPED, Tally, explained, outcomes
from tests.soak.canaries import CANARIES, OTHERS
from tests.soak.faults import Fault
from tests.soak.schedule import (
    Outcome,
    has_guests,
    has_guests_by_paypal,
    recovers,
    run,
    storms,
)
from tests.soak.stage import product

SCHEDULES = 340
# The first one is played while a seed's schedule stays what it is: each call that the product makes more or
# less changes it, and then the next eventful one is found in a minute. It is played twice for each of its
# calls, and this one has few.
CALM = range(5005, 9500)
# Of reads a crash leaves what the one after the call before them left, so that the short form has none there.
READS = {"dynamodb.BatchGetItem", "dynamodb.GetItem", "dynamodb.Query"}
ALL_CALLS = bool(os.environ.get("BILLFOLD_SOAK"))
CAUGHT_WITHIN = 1000  # schedules that may show it; the rarest symptom is in ten of these
# Without such a thing in a schedule the canary does as the product does: others are not played.
NEEDS = {
    "alone-by-the-account": storms,
    "check-the-row": recovers,
    "guest-alone": has_guests,
    "matched-in-two-steps": has_guests,
    "time-out-means-no": has_guests_by_paypal,
}
# A schedule that shows the canary's fault, while a seed's stays what it is: it is played first.
SHOWN_BY = {
    "alone-by-the-account": 649,
    "check-then-act": 17,
    "check-the-row": 135,
    "claim-first": 45,
    "entry-exists": 10,
    "guest-alone": 2,
    "matched-in-two-steps": 41,
    "time-out-means-no": 1154,
    "whole-dispute": 14,
}
SYMPTOMS = {
    "alone-by-the-account": "I2 reserved",
    "check-then-act": "in the ledger 2 times",
    "check-the-row": "in the ledger 2 times",
    "claim-first": "lost: {'kind': 'captured'",
    "entry-exists": "was worked off and is not in the ledger",
    "guest-alone": "I1 transfer",
    "matched-in-two-steps": "I1 transfer",
    "time-out-means-no": "was paid 2 times",
    "whole-dispute": "lost: {'kind': 'reinstated'",
}


def seeds(seed: str, schedules: int = SCHEDULES) -> list[str]:
    print(f"seed {seed}")
    return [f"{seed}.{number}" for number in range(schedules)]


@pytest.mark.parametrize("canary", [*CANARIES, *OTHERS])
def test_the_harness_finds_out_what_is_wrong(canary: str) -> None:
    numbers = chain([SHOWN_BY[canary]], count())
    drawn = filter(NEEDS.get(canary), (f"canary.{number}" for number in numbers))
    for outcome in outcomes(islice(drawn, CAUGHT_WITHIN), ledger=canary):
        if any(SYMPTOMS[canary] in finding for finding in outcome.findings):
            return
    pytest.fail(f"{canary} was not found out in {CAUGHT_WITHIN} schedules")


def test_no_schedule_loses_doubles_or_strands_money() -> None:
    seed = str(random.SystemRandom().randrange(10**6))
    tally = Tally()
    for outcome in outcomes(seeds(seed)):
        tally.add(outcome)
    print("\n".join(tally.lines()))
    assert not tally.failed, "\n".join(explained(outcome) for outcome in tally.failed[:5])
    assert tally.numbers["captured"] > SCHEDULES / 2, "hardly anything happened"
    assert tally.numbers["lost"] > 0, "no payment was lost with a restored table"
    assert tally.numbers["saved"] > SCHEDULES / 20, "hardly any saved method was charged"
    for who in ("guests", "paypal", "matched"):
        assert tally.numbers[who] > SCHEDULES / 40, f"hardly anything of this was paid: {who}"
    assert len(tally.faults) >= len(Fault) - 2, "hardly anything went wrong"


def test_a_seed_plays_the_same_schedule_again() -> None:
    first, again = (next(outcomes(["7.7"])) for _ in range(2))
    assert first == again


@pytest.mark.timeout(500)  # some 390 schedules where it is every call
def test_every_call_of_a_calm_schedule_may_crash_before_and_after() -> None:
    app = product()
    drawn = filter(has_guests, (f"calm.{number}" for number in CALM))
    whole = next(filter(_eventful, (run(app, seed, calm=True) for seed in drawn)), None)
    assert whole is not None, "hardly anything happens in a calm schedule"
    numbers = [n for n, call in enumerate(whole.boundaries, start=1) if ALL_CALLS or call not in READS]
    assert len(numbers) > 50, "hardly anything changes"
    for number in numbers:
        for fault in (Fault.CRASH_BEFORE, Fault.CRASH_AFTER):
            outcome = run(app, whole.seed, calm=True, planned={number: fault})
            assert not outcome.findings, f"{fault} call {number}: {explained(outcome, SHIPPED)}"


def _eventful(whole: Outcome) -> bool:
    """Several payments, one by what was saved, one of a guest that is matched, one given back, by few enough
    calls that each may fail twice."""
    happened = whole.captured >= 3 and whole.refunded >= 1 and whole.saved >= 1 and whole.matched >= 1
    return happened and 150 < len(whole.boundaries) < 450
