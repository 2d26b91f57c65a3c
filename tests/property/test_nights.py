"""Issue 13, number 3: whatever is damaged, thirty nights find what an audit of everything finds."""

import random
from contextlib import suppress

import pytest

from chalicelib.kernel.errors import BillfoldError
from chalicelib.verification.services.nightly import TURNS
from tests.property.test_rebuilding import HURTS, grown
from tests.property.test_undoing import command
from tests.support.seed import SEED
from tests.unit.daily.night import Night

RUNS = 40


@pytest.fixture(params=range(RUNS))
def drawn(request: pytest.FixtureRequest) -> random.Random:
    return random.Random(f"{SEED}/{request.param}")


def lived(drawn: random.Random) -> Night:
    """Some nights of a practice, with a history of every kind that goes on between them."""
    night = Night()
    grown(night, drawn)
    night.people.names = sorted([*night.people.names, "maya", "noah"])
    for number in range(drawn.randint(1, 4)):
        assert night.night()["ended"] == 1
        for more in range(drawn.randint(0, 3)):
            with suppress(BillfoldError):
                command(night, drawn, 100 + 10 * number + more)
    return night


def entry(night: Night, drawn: random.Random) -> bool:
    """The text of an entry, old or new."""
    night.alter("maya", drawn.randint(1, night.account("maya").ledger.seq), actor="mallory")
    return True


def codes(night: Night) -> set[str]:
    return {str(alert.cause.facts.get("code", "")) for alert in night.alerts.held.values()} - {""}


def test_what_an_audit_of_everything_finds_thirty_rounds_find(
    drawn: random.Random,
) -> None:
    night = lived(drawn)
    assert night.alerts.held == {}
    if drawn.random() < 0.3:
        entry(night, drawn)
    else:
        print([hurt.__name__ for hurt in drawn.sample(HURTS, 2) if hurt(night.ledgers, drawn)])
    expected = night.verifying.verify("fern").findings
    rewritten = night.anchoring.compare("fern").mismatches
    for _ in range(TURNS):
        assert night.night()["ended"] == 1
    about = {finding.account_id for finding in expected} | {found.anchored.account_id for found in rewritten}
    # Entries beyond the end that a row names are not read, with what they moved between accounts.
    found = {str(alert.cause.facts["account"]) for alert in night.alerts.held.values()}
    assert about <= found <= (about | {""} if about else about)
    # What is found together of an account is one alert, named after the first.
    assert codes(night) - {"transfer_one_sided"} <= {finding.code for finding in expected}
    assert bool(codes(night)) >= bool(expected)


def test_what_is_sound_is_found_sound_every_night(drawn: random.Random) -> None:
    night = lived(drawn)
    for _ in range(3):
        night.night()
    assert night.alerts.held == {}
