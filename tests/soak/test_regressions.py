"""What the simulation found in shipped code, each as the smallest test that fails without its fix."""

from tests.support.money import Money, meanwhile


def test_a_refund_posted_meanwhile_by_another_worker_is_not_refused() -> None:
    """Schedule 20261121.66: the refund was looked at first, and the payment read then was newer."""
    money = Money()
    money.open()
    money.charge("c1", 5000)
    money.start("key")
    money.processor.take("key")
    money.settle("key")
    money.processor.refund(intent_id="pi_key", refund_id="r1", amount_minor=5000)
    before = money.ledgers.commits
    meanwhile(money.ledgers, "refunds", lambda: money.settle("key"))
    assert money.settle("key").refunded_minor == 5000
    assert money.ledgers.commits == before + 1
