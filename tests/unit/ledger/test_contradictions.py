"""Refunds and disputes that the ledger's rules refuse: each is named, and why; and what is posted beside."""

from collections.abc import Sequence
from dataclasses import replace

import pytest

from chalicelib.kernel.outside import Busy
from chalicelib.ledger.domain.disputes import Dispute
from chalicelib.payments.ports.processors import Decision, Facts, Refunded, RefundStatus
from chalicelib.payments.services.after_capture import AfterCapture, Contradiction, beyond
from tests.support.money import Money
from tests.support.processor import AT

KEY = "key-1"
HEARD_AT = "2026-03-10T15:30:00.000Z"


@pytest.fixture
def money() -> Money:
    """100.00 charged, paid by card and settled."""
    made = Money()
    made.open()
    made.charge("c1", 10000)
    made.start(KEY)
    made.processor.take(KEY)
    made.settle(KEY)
    return made


def after_capture(money: Money, facts: Facts) -> Sequence[Contradiction]:
    return AfterCapture(money.settling.movements).settle("fern", "stripe", facts)


def said(found: Sequence[Contradiction]) -> list[tuple[str, str, dict[str, object]]]:
    return [(one.name, one.error.code, dict(one.error.details)) for one in found]


def rows(money: Money) -> list[tuple[str, int, str, str]]:
    """What was posted after the capture: what, how much it brought the practice, of which day and name."""
    after = money.ledgers.entries(money.ref(), first=4)
    return [(e.draft.kind.value, e.held_minor, e.draft.occurred_on, e.draft.reference) for e in after]


def test_a_bank_that_gives_back_too_much_is_named_with_how_much(money: Money) -> None:
    found = after_capture(money, money.processor.dispute(KEY, back=10001))
    assert said(found) == [("dp_1", "dispute_overpaid", {"excess_minor": 1})]


def test_what_a_won_dispute_has_not_given_back_is_named(money: Money) -> None:
    facts = money.processor.dispute(KEY, Decision.WON, back=4000)
    assert said(after_capture(money, facts)) == [
        ("dp_1", "dispute_not_returned", {"outstanding_minor": 6000})
    ]


def test_a_loss_that_nothing_of_the_payment_is_left_for_waits(money: Money) -> None:
    """It is posted once a refund has made room for it, and contradicts nothing."""
    money.processor.refund(intent_id=f"pi_{KEY}", refund_id="r1", amount_minor=10000)
    facts = money.processor.dispute(KEY, Decision.LOST)
    for _ in range(2):
        assert after_capture(money, facts) == []
    assert [kind for kind, *_ in rows(money)] == ["refund", "processor_fee", "dispute_withdrawn"]
    assert money.payment(KEY).dispute("dp_1").lost is False


def test_a_decision_that_nobody_knows_is_named_with_the_processors_word(money: Money) -> None:
    facts = money.processor.dispute(KEY, Decision.UNKNOWN, status="appeal")
    assert said(after_capture(money, facts)) == [("dp_1", "dispute_status_unknown", {"status": "appeal"})]


def test_another_currency_is_named(money: Money) -> None:
    facts = replace(
        money.processor.attempts[f"cs_{KEY}"],
        refunds=(Refunded("re_1", 100, RefundStatus.SUCCEEDED, AT, currency="EUR"),),
    )
    assert said(after_capture(money, facts)) == [("re_1", "currency_mixed", {"currency": "EUR"})]
    assert rows(money) == []


@pytest.mark.parametrize("status", [RefundStatus.SUCCEEDED, RefundStatus.PENDING])
def test_a_fee_that_comes_back_with_a_refund_is_posted_once(money: Money, status: RefundStatus) -> None:
    made = Refunded("re_1", 4000, status, "2026-03-12T03:00:00.000Z", currency="USD", fee_minor=-130)
    facts = replace(money.processor.attempts[f"cs_{KEY}"], refunds=(made,))
    for _ in range(2):
        assert after_capture(money, facts) == []
    day = "2026-03-11"  # as the practice's clock had it
    gone = [("refund", -4000, day, "re_1"), ("processor_fee", 130, day, "re_1")]
    assert rows(money) == (gone if status is RefundStatus.SUCCEEDED else [])
    kept = money.ledgers.marker("fern", "stripe#re_1#fee") is not None
    assert kept is (status is RefundStatus.SUCCEEDED)


def test_a_fee_in_another_currency_that_comes_back_keeps_the_refund_from_nothing(money: Money) -> None:
    made = Refunded("re_1", 4000, RefundStatus.SUCCEEDED, AT, currency="EUR", fee_minor=-130)
    facts = replace(money.processor.attempts[f"cs_{KEY}"], refunds=(made,))
    mixed = ("re_1", "currency_mixed", {"currency": "EUR"})
    assert said(after_capture(money, facts)) == [mixed, mixed]
    assert rows(money) == []


def test_what_a_bank_took_is_posted_before_what_it_gave_and_in_the_order_of_their_times(money: Money) -> None:
    facts = money.processor.dispute(KEY, taken=4000, back=3000)
    (dispute,) = facts.disputes
    taken, back = (replace(row, fee_minor=0) for row in dispute.movements)
    later = replace(taken, id="txn_a", amount_minor=-500, at="2026-03-11T15:00:00.000Z")
    twin = replace(taken, id="txn_c", amount_minor=-300)
    told = (back, later, twin, replace(taken, id="txn_b"))
    facts = replace(facts, disputes=(replace(dispute, movements=told),))
    assert after_capture(money, facts) == []
    assert [(kind, held) for kind, held, *_ in rows(money)] == [
        ("dispute_withdrawn", -4000), ("dispute_withdrawn", -300), ("dispute_withdrawn", -500),
        ("dispute_reinstated", 3000),
    ]  # fmt: skip


def test_a_cent_that_comes_back_waits_for_what_was_taken(money: Money) -> None:
    """Their times may be those of two clocks."""
    facts = money.processor.dispute(KEY, taken=4000)
    (dispute,) = facts.disputes
    taken = replace(dispute.movements[0], fee_minor=0)
    back = replace(taken, id="txn_0", amount_minor=1, at="2026-03-09T15:00:00.000Z")
    told = replace(dispute, movements=(back, taken))
    assert after_capture(money, replace(facts, disputes=(told,))) == []
    assert [held for _, held, *_ in rows(money)] == [-4000, 1]


def test_a_row_of_nothing_is_not_posted(money: Money) -> None:
    facts = money.processor.dispute(KEY, taken=4000)
    (dispute,) = facts.disputes
    nothing = replace(dispute.movements[0], amount_minor=0, fee_minor=0)
    assert after_capture(money, replace(facts, disputes=(replace(dispute, movements=(nothing,)),))) == []
    assert rows(money) == []


def test_the_fee_beside_a_row_of_nothing_is_posted_in_its_turn(money: Money) -> None:
    facts = money.processor.dispute(KEY, taken=4000)
    (dispute,) = facts.disputes
    nothing = replace(dispute.movements[0], id="txn_0", amount_minor=0, at="2026-03-09T15:00:00.000Z")
    taken = replace(dispute.movements[0], fee_minor=0)
    told = replace(dispute, movements=(taken, nothing))
    assert after_capture(money, replace(facts, disputes=(told,))) == []
    assert [(kind, name) for kind, _, _, name in rows(money)] == [
        ("processor_fee", "txn_0"), ("dispute_withdrawn", f"dp_1/{taken.id}"),
    ]  # fmt: skip


@pytest.mark.parametrize(("amount_minor", "note"), [(-3000, ""), (3000, HEARD_AT)])
def test_what_shows_how_much_was_taken_back_ends_the_note_of_it(
    money: Money, amount_minor: int, note: str
) -> None:
    """Money that comes back shows nothing of what was taken."""
    facts = money.processor.dispute(KEY, taken=4000)
    after_capture(money, facts)
    held = money.payment(KEY)
    money.ledgers.note("fern", replace(held, reversal_heard_at=HEARD_AT, version=held.version + 1))
    (dispute,) = facts.disputes
    row = replace(dispute.movements[0], id="txn_2", amount_minor=amount_minor)
    told = replace(dispute, movements=(*dispute.movements, row))
    assert after_capture(money, replace(facts, disputes=(told,))) == []
    assert money.payment(KEY).reversal_heard_at == note


def test_a_decision_that_others_keep_changing_is_tried_three_times(
    money: Money, monkeypatch: pytest.MonkeyPatch
) -> None:
    facts, tries = money.processor.dispute(KEY, Decision.LOST), list[str]()

    def posts_nothing(practice: str, facts: Facts, key: str, make: object) -> None:
        tries.append(key)

    after_capture(money, replace(facts, disputes=(replace(facts.disputes[0], decision=Decision.OPEN),)))
    movements = money.settling.movements
    monkeypatch.setattr(type(movements), "post", lambda _self, *told: posts_nothing(*told))
    with pytest.raises(Busy, match="the dispute stays contended"):
        AfterCapture(movements).settle("fern", "stripe", facts)
    assert [key for key in tries if key.endswith("decided")] == ["stripe#dp_1/1#decided"] * 3


def test_the_days_of_a_disputes_rows_are_the_practices(money: Money) -> None:
    facts = money.processor.dispute(KEY, Decision.LOST)
    (dispute,) = facts.disputes
    (row,) = (replace(each, fee_minor=0, at="2026-03-12T03:00:00.000Z") for each in dispute.movements)
    dispute = replace(dispute, at="2026-03-20T03:00:00.000Z", movements=(row,))
    after_capture(money, replace(facts, disputes=(dispute,)))
    assert [(kind, on, name) for kind, _, on, name in rows(money)] == [
        ("dispute_withdrawn", "2026-03-11", f"dp_1/{row.id}"), ("dispute_decided", "2026-03-19", "dp_1/1"),
    ]  # fmt: skip


def facts_of(money: Money, **changes: object) -> Facts:
    return replace(money.processor.attempts[f"cs_{KEY}"], **changes)  # type: ignore[arg-type]


def test_what_is_beyond_a_payment_is_told_oldest_first(money: Money) -> None:
    """A dispute that is known and not told counts first, and a refund before a dispute of the same moment."""
    dispute = money.processor.dispute(KEY, taken=6000).disputes[0]
    made = Refunded("re_1", 5000, RefundStatus.SUCCEEDED, dispute.at)
    both = facts_of(money, refunds=(made,), disputes=(dispute,))
    assert list(beyond(both)) == [("dp_1", 1000)]
    assert list(beyond(both, (Dispute("dp_1", 9000),))) == [("dp_1", 1000)]
    assert list(beyond(both, (Dispute("dp_0", 2000),))) == [("dp_1", 3000)]
    alone = facts_of(money, refunds=(made,), disputes=())
    assert list(beyond(alone, (Dispute("dp_0", 5001),))) == [("re_1", 1)]
    assert list(beyond(alone, (Dispute("dp_0", 5000),))) == []


def test_a_refund_that_a_disputes_facts_do_not_tell_counts_as_far_as_the_ledger_has_it(money: Money) -> None:
    """PayPal's dispute tells of no refunds: nobody was called (seed 20261201.s16b.5936)."""
    dispute = money.processor.dispute(KEY, taken=6000).disputes[0]
    made = Refunded("re_1", 5000, RefundStatus.SUCCEEDED, dispute.at)
    untold, told = facts_of(money, disputes=(dispute,)), facts_of(money, refunds=(made,), disputes=(dispute,))
    assert list(beyond(untold, (), 4000)) == []
    for facts, refunded_minor in ((untold, 5000), (told, 5000), (told, 0)):
        assert list(beyond(facts, (), refunded_minor)) == [("dp_1", 1000)]


def test_refunds_alone_are_never_beyond_the_payment(money: Money) -> None:
    """Which of them the ledger refuses is told when they are posted."""
    made = (Refunded("re_1", 10001, RefundStatus.SUCCEEDED, AT),)
    assert list(beyond(facts_of(money, refunds=made, disputes=()))) == []


def test_each_that_is_beyond_has_its_own_excess(money: Money) -> None:
    first = money.processor.dispute(KEY, taken=12000).disputes[0]
    second = money.processor.dispute(KEY, id_="dp_2", taken=500).disputes[1]
    assert list(beyond(facts_of(money, disputes=(first, second)))) == [("dp_1", 2000), ("dp_2", 500)]


def test_errors_that_nobody_named_are_not_kept(money: Money) -> None:
    """What is no rule of the ledger's, such as a store that is away, is tried again as a whole."""
    money.ledgers.trouble = ["busy"] * 99
    with pytest.raises(Busy):
        after_capture(money, money.processor.dispute(KEY))
