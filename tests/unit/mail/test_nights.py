"""Issue 13, number 4: a model plays statement nights with shipped code. No dead letters, codes in 30 s."""

import logging
import os
import time
from collections.abc import Iterator

import pytest

from chalicelib import bootstrap
from chalicelib.documents.domain.statements import Statement
from chalicelib.documents.services.statements import delivering
from chalicelib.mail.ports import Mail
from tests.support.seed import SEED
from tests.unit.mail.night import Night

LONGEST = 50_000 if os.environ.get("BILLFOLD_SOAK") else 15_000  # statements; the longer in `make soak`
NIGHTS = 12  # in one of six nobody happens to ask for a code while all workers stand


@pytest.fixture(autouse=True)
def quiet(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Every put-off mail is a line of the log; what mails say is a third of the work and decides nothing."""
    monkeypatch.setattr(delivering, "compose_statement", _bare)
    for name in ("billfold.jobs", "billfold.alerts", "billfold.access"):
        monkeypatch.setattr(logging.getLogger(name), "disabled", True)
    yield
    bootstrap.use(None)


def _bare(_: object, __: Statement, *, to: str, locale: str, public_url: str) -> Mail:
    return Mail(to, "Fern Hill", "", "Your statement", public_url, public_url, locale)


def played(night: Night) -> Night:
    begun = time.monotonic()
    night.play()
    print(f"\nBILLFOLD_SEED={SEED}: {night} (played in {time.monotonic() - begun:.1f} s)")
    return night


@pytest.mark.parametrize(
    ("statements", "rate", "daily"),
    [(500, 1, 50_000), (500, 14, 50_000), (5_000, 14, 50_000), (5_000, 14, 5_000), (LONGEST, 14, 200_000)],
)
def test_a_night_leaves_no_dead_letter_and_holds_up_no_code(statements: int, rate: float, daily: int) -> None:
    night = played(Night(statements, seed=SEED, rate=rate, daily=daily))
    assert night.dead == 0
    assert night.longest(night.asked) <= 30
    for kind in ("statement", "code", "receipt"):
        assert set(night.times(kind)) == {1}, f"each {kind} once"
    assert not any(function.timeouts for function in night.functions)
    assert not night.alerts.subjects, "and what was paused has ended by itself"
    assert night.ses.refused_for_the_day == 0


def test_two_stages_in_one_account_hold_each_other_up_and_lose_nothing() -> None:
    """What something else sends leaves half the rate, so that the statements' own share is too much."""
    night = played(Night(2_000, seed=SEED, others=7))
    assert night.ses.throttled > 100
    assert (night.dead, set(night.times("statement")), set(night.times("code"))) == (0, {1}, {1})
    assert night.longest(night.asked) <= 30


def test_a_pause_in_the_middle_of_a_night_is_gone_on_from() -> None:
    """The issue: "the alert says which, the next run goes on, nothing is skipped in silence"."""
    night = played(Night(2_000, seed=SEED, paused=(0.02, 5.5)))
    assert (night.dead, set(night.times("statement"))) == (0, {1})
    [alert] = night.alerts.held.values()
    assert (alert.cause.name.value, alert.cause.facts["code"]) == ("mail_paused", "sending_paused")
    assert (alert.first_seen < "2026-11-05T12:05", alert.closed_at > "2026-11-05T17:30", alert.over) == (
        True,
    ) * 3
    assert night.resent[:5] == [0] * 5
    assert sum(night.resent) > 1_000


def test_the_model_sees_what_it_is_there_for() -> None:
    """One queue, no pace, a throttle for a failure, as it was: hundreds of dead letters, and late codes."""
    late = False
    for more in range(NIGHTS):
        night = played(Night(2_000, seed=SEED + more, paced=False))
        assert night.dead > 100
        late = night.longest(night.asked) > 30
        if late:
            break
    assert late, f"all codes came in time in {NIGHTS} nights"
