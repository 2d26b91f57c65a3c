"""The harness catches four wrong ways to credit, and finds nothing wrong with ours."""

import pytest

from chalicelib.ledger.ports.ledgers import Ledgers
from chalicelib.ledger.store.ledgers import DynamoLedgers
from chalicelib.payments.services.settling import Settling
from tests.concurrency.auditor import Auditor
from tests.concurrency.canaries import (
    CheckThenAct,
    CheckTheRow,
    ClaimFirst,
    TakenIsDuplicateLedgers,
    UnmarkedLedgers,
)
from tests.concurrency.conftest import RACES
from tests.concurrency.harness import adoption_race, race
from tests.support.seed import SEED

PATIENCE = 60  # races within which a canary must have been caught; most fall in the first three

pytestmark = pytest.mark.ministack


@pytest.mark.parametrize(
    ("ledgers", "settling", "caught_by"),
    [
        (UnmarkedLedgers, CheckThenAct, "doubled"),
        (DynamoLedgers, ClaimFirst, "lost"),
        (TakenIsDuplicateLedgers, Settling, "lost"),
    ],
    ids=["check-then-act", "claim-first", "entry-exists-taken-for-duplicate"],
)
def test_the_canary_is_caught(
    auditor: Auditor, ledgers: type[Ledgers], settling: type[Settling], caught_by: str
) -> None:
    for n in range(PATIENCE):
        wrong = race(auditor, f"acct-{n}", SEED + n, ledgers=ledgers(), settling=settling)
        if any(caught_by in violation for violation in wrong):
            return
    pytest.fail(f"the harness let the canary live for {PATIENCE} races from seed {SEED}")


def test_killed_carriers_racing_each_other_lose_and_double_nothing(auditor: Auditor) -> None:
    for n in range(max(RACES // 6, 1)):
        wrong = race(auditor, f"acct-{n}", SEED + n, ledgers=DynamoLedgers())
        assert wrong == [], f"seed {SEED + n}: {wrong}"


def test_who_checks_the_row_of_a_lost_payment_and_then_acts_is_caught(auditor: Auditor) -> None:
    for n in range(PATIENCE):
        wrong = adoption_race(auditor, f"acct-{n}", SEED + n, ledgers=UnmarkedLedgers(), adopting=CheckTheRow)
        if any("doubled" in violation for violation in wrong):
            return
    pytest.fail(f"the harness let the canary live for {PATIENCE} races from seed {SEED}")


def test_all_who_bring_lost_payments_at_once_post_each_once(auditor: Auditor) -> None:
    """Issue 12, number 3."""
    for n in range(max(RACES // 6, 1)):
        wrong = adoption_race(auditor, f"acct-{n}", SEED + n, ledgers=DynamoLedgers())
        assert wrong == [], f"seed {SEED + n}: {wrong}"
