"""What the simulation found in shipped code, each as the smallest test that fails without its fix."""

import pytest

from chalicelib.ledger.ports.ledgers import Movement
from tests.support.money import Money

REFUND = "stripe#re_r1#succeeded"


def test_a_refund_posted_meanwhile_by_another_worker_is_not_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    """Schedule 20261121.66: the marker was looked for first, and the payment read then was newer."""
    money = Money()
    money.open()
    money.charge("c1", 5000)
    money.start("key")
    money.processor.take("key")
    money.settle("key")
    money.processor.refund(intent_id="pi_key", refund_id="r1", amount_minor=5000)
    before, asked, look_up = money.ledgers.commits, list[str](), money.ledgers.movement

    def movement(practice: str, key: str) -> Movement | None:
        answer: Movement | None = look_up(practice, key)
        asked.append(key)
        if key == REFUND and asked.count(REFUND) == 2:  # once before anything is drafted, then while it is
            money.settle("key")
        return answer

    monkeypatch.setattr(money.ledgers, "movement", movement)
    assert money.settle("key").refunded_minor == 5000
    assert money.ledgers.commits == before + 1
