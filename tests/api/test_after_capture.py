"""What becomes of captured money: refunds that fail, disputes. The books follow the processor, once."""

import pytest

from chalicelib.payments.ports.processors import Decision, Facts, RefundStatus
from tests.support.api import World
from tests.support.practice import MAYA
from tests.support.refunds import wish

KEY = "0b8f1c1e-0000-4000-8000-000000000001"


@pytest.fixture
def maya(world: World) -> str:
    """Somebody who has paid 120.00 for one service and 80.00 for another in one payment."""
    cookie = world.person("maya@example.test", "maya")
    world.charge("maya", "c1", 12000)
    world.charge("maya", "c2", 8000, date="2026-03-05")
    world.pay("maya", cookie, KEY, type="balance")
    settle(world, world.processor.take(KEY))
    return cookie


def settle(world: World, facts: Facts) -> None:
    """Twice, as webhooks and reconcile do: the second time nothing changes."""
    world.app.settling.settle("fern", "stripe", facts)
    before = world.app.ledgers.account(MAYA)
    world.app.settling.settle("fern", "stripe", facts)
    assert world.app.ledgers.account(MAYA) == before


def owed(world: World, cookie: str) -> int:
    return int(world.billing("maya", cookie)["balance"]["owed_minor"])


def state(world: World, cookie: str) -> str:
    return str(world.call("GET", f"/accounts/maya/payments/{KEY}", cookie=cookie).body["state"])


def verified(world: World) -> bool:
    return world.app.verifying.verify("fern").ok


def test_a_refund_that_fails_later_is_undone(world: World, maya: str) -> None:
    world.processor.refund(intent_id=f"pi_{KEY}", refund_id="r1", amount_minor=9000)
    settle(world, world.processor.attempts[f"cs_{KEY}"])
    assert (owed(world, maya), state(world, maya)) == (9000, "partly_refunded")
    settle(world, world.processor.refund_becomes(KEY, RefundStatus.FAILED))
    assert (owed(world, maya), state(world, maya)) == (0, "paid")
    assert verified(world)


def test_a_payment_says_what_came_back_what_still_counts_and_what_is_owed_today(
    world: World, maya: str
) -> None:
    def told() -> tuple[int, ...]:
        paid = world.call("GET", f"/accounts/maya/payments/{KEY}", cookie=maya).body
        names = ("refunded", "disputed", "lost", "kept", "owed_after", "owed_now")
        return tuple(paid[f"{name}_minor"] for name in names)

    assert told() == (0, 0, 0, 20000, 0, 0)
    world.processor.refund(intent_id=f"pi_{KEY}", refund_id="r1", amount_minor=9000)
    settle(world, world.processor.attempts[f"cs_{KEY}"])
    assert told() == (9000, 0, 0, 11000, 0, 9000)
    settle(world, world.processor.refund_becomes(KEY, RefundStatus.FAILED))
    settle(world, world.processor.dispute(KEY))
    assert told() == (0, 20000, 0, 0, 0, 0)


def test_a_refund_that_never_succeeded_is_never_posted(world: World, maya: str) -> None:
    world.processor.refund(intent_id=f"pi_{KEY}", refund_id="r1", amount_minor=9000)
    for status in (RefundStatus.PENDING, RefundStatus.FAILED):
        settle(world, world.processor.refund_becomes(KEY, status))
    assert (owed(world, maya), state(world, maya)) == (0, "paid")


def test_disputed_money_is_neither_owed_nor_refundable_until_decided(world: World, maya: str) -> None:
    settle(world, world.processor.dispute(KEY))
    assert (owed(world, maya), state(world, maya)) == (0, "disputed")
    with pytest.raises(Exception, match="refund_above_remainder"):
        world.app.refunding.foresee(wish(world.app.ledgers, KEY, 1))
    assert verified(world)


def test_a_dispute_won_leaves_everything_paid_but_for_the_practices_fee(world: World, maya: str) -> None:
    settle(world, world.processor.dispute(KEY))
    settle(world, world.processor.dispute(KEY, Decision.WON))
    assert (owed(world, maya), state(world, maya)) == (0, "paid")
    trial = world.app.verifying.verify("fern").trial
    assert trial["asset:disputed", "USD"] == 0
    assert trial["expense:processor-fees", "USD"] == 320 + 1500
    assert verified(world)


def test_a_dispute_lost_is_owed_again(world: World, maya: str) -> None:
    settle(world, world.processor.dispute(KEY))
    settle(world, world.processor.dispute(KEY, Decision.LOST))
    assert (owed(world, maya), state(world, maya)) == (20000, "charged_back")
    assert verified(world)


def test_a_dispute_heard_of_only_when_it_is_lost_is_posted_whole(world: World, maya: str) -> None:
    settle(world, world.processor.dispute(KEY, Decision.LOST))
    assert (owed(world, maya), state(world, maya)) == (20000, "charged_back")


def test_a_lost_dispute_that_is_won_on_appeal_is_paid_again(world: World, maya: str) -> None:
    settle(world, world.processor.dispute(KEY, Decision.LOST))
    settle(world, world.processor.dispute(KEY, Decision.WON))
    assert (owed(world, maya), state(world, maya)) == (0, "paid")
    assert world.app.alerting.listed("fern") == []
    assert verified(world)


def test_history_shows_the_dispute_by_what_it_did_to_the_balance(world: World, maya: str) -> None:
    settle(world, world.processor.dispute(KEY, Decision.LOST))
    assert dispute_rows(world, maya) == [("dispute", 0), ("dispute_lost", 20000)]


def statuses(world: World, cookie: str) -> list[str]:
    rows = world.call("GET", "/accounts/maya/history", cookie=cookie).body["rows"]
    return [row["status"] for row in rows if row["kind"] == "service"]


def test_s14_a_service_is_not_paid_while_a_bank_holds_what_paid_it(world: World, maya: str) -> None:
    """S14. Both were called paid, beside a payment that was called disputed."""
    settle(world, world.processor.dispute(KEY))
    assert statuses(world, maya) == ["disputed", "disputed"]
    settle(world, world.processor.dispute(KEY, Decision.LOST))
    assert statuses(world, maya) == ["open", "open"]


def test_s14_a_service_is_paid_again_when_the_bank_gave_its_money_back(world: World, maya: str) -> None:
    settle(world, world.processor.dispute(KEY))
    settle(world, world.processor.dispute(KEY, Decision.WON))
    assert statuses(world, maya) == ["paid", "paid"]


def test_s14_of_a_payment_disputed_in_part_only_what_may_be_owed_again_is_disputed(
    world: World, maya: str
) -> None:
    settle(world, world.processor.dispute(KEY, taken=8000))
    assert statuses(world, maya) == ["disputed", "paid"]
    settle(world, world.processor.dispute(KEY, Decision.LOST, taken=8000))
    assert (statuses(world, maya), owed(world, maya)) == (["open", "paid"], 8000)


def test_s14_the_row_of_a_dispute_says_what_the_bank_holds_and_what_it_holds_no_more(
    world: World, maya: str
) -> None:
    """It showed 0.00 and nothing else."""
    settle(world, world.processor.dispute(KEY))
    settle(world, world.processor.dispute(KEY, Decision.WON))
    rows = world.call("GET", "/accounts/maya/history", cookie=maya).body["rows"]
    held = [(row["kind"], row["disputed_minor"]) for row in rows if row["disputed_minor"]]
    assert held == [("dispute_won", -20000), ("dispute", 20000)]


def test_history_calls_a_dispute_that_is_won_by_another_name(world: World, maya: str) -> None:
    """Issue 10, number 9: three rows with one name, two of them with 0.00, told nobody how it had ended."""
    settle(world, world.processor.dispute(KEY))
    settle(world, world.processor.dispute(KEY, Decision.WON))
    assert dispute_rows(world, maya) == [("dispute", 0), ("dispute_won", 0)]


def test_history_says_of_an_appeal_what_was_owed_again_and_what_is_paid_again(
    world: World, maya: str
) -> None:
    settle(world, world.processor.dispute(KEY, Decision.LOST))
    settle(world, world.processor.dispute(KEY, Decision.WON))
    rows = dispute_rows(world, maya)
    assert ("dispute_lost", 20000) in rows
    assert ("dispute_won", -20000) in rows


def dispute_rows(world: World, cookie: str) -> list[tuple[str, int]]:
    """Oldest first: what each is called, and what it did to the balance."""
    rows = world.call("GET", "/accounts/maya/history", cookie=cookie).body["rows"]
    return [(row["kind"], row["amount_minor"]) for row in rows[::-1] if row["kind"].startswith("dispute")]
