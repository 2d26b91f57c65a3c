"""What the commands write, whole: a field that is lost or mixed up here is lost for good."""

from dataclasses import replace
from unittest.mock import ANY

import pytest

from chalicelib.ledger.domain.allocation import Allocation, Share
from chalicelib.ledger.domain.charges import Charge
from chalicelib.ledger.domain.disputes import Dispute
from chalicelib.ledger.domain.entries import EntryKind, OpenItem, Service
from chalicelib.ledger.domain.markers import Marker
from chalicelib.ledger.domain.methods import Method
from chalicelib.ledger.domain.payments import Payment, State
from chalicelib.ledger.ports.ledgers import Change
from chalicelib.ledger.services.posting import ChargeFacts, Posting, own_id
from chalicelib.payments.ports.processors import Decision, Refunded, RefundStatus
from chalicelib.payments.services.after_capture import AfterCapture
from chalicelib.payments.services.movements import MarkedMovements
from tests.support.ledgers import MemoryLedgers
from tests.support.money import Money
from tests.support.processor import AT

NOW = "2026-03-10T15:00:00.000Z"


class Watched(MemoryLedgers):
    """Keeps the changes it is given."""

    def __init__(self) -> None:
        super().__init__()
        self.changes: list[Change] = []

    def commit(self, practice: str, change: Change) -> None:
        super().commit(practice, change)
        self.changes.append(change)


@pytest.fixture
def money() -> Money:
    made = Money(ledgers=Watched())
    made.open()
    return made


def last(money: Money) -> Change:
    watched = money.ledgers
    assert isinstance(watched, Watched)
    return watched.changes[-1]


def written(money: Money) -> tuple[EntryKind, str, str, str, str, str]:
    """Kind, date, reference, payment, actor and instant of the last change's entry."""
    entry = last(money).entry
    assert entry is not None
    draft = entry.draft
    return draft.kind, draft.occurred_on, draft.reference, draft.payment_id, entry.actor, entry.recorded_at


FACTS = ChargeFacts(
    "x1", "2026-03-01", "Individual session", "ada", 10000, 2000,
    cpt="90834", diagnoses=("F41.1",), place_of_service="11", units=2,
)  # fmt: skip


def test_an_id_of_ours_is_the_same_for_the_same_outside_id_for_ever() -> None:
    assert own_id("fern", "charge", "x1") == "bc1bcbbef7e1e2745af3"
    assert len({own_id(*names) for names in (("a", "b", "c"), ("b", "b", "c"), ("a", "a", "c"))}) == 3


def test_a_charge_is_kept_with_all_that_was_said_of_it(money: Money) -> None:
    money.cash("p0", 100)
    money.post.charge(money.ref(), FACTS)
    id_ = own_id(money.practice, "charge", "x1")
    assert last(money).charge == Charge(
        id=id_, account_id="maya", external_id="x1", date="2026-03-01", service="Individual session",
        clinician_id="ada", client_minor=10000, insurer_minor=2000, seq=2, cpt="90834",
        diagnoses=("F41.1",), place_of_service="11", units=2,
    )  # fmt: skip
    assert written(money) == (EntryKind.CHARGE, "2026-03-01", "x1", "", "import", NOW)
    assert last(money).marker == Marker("import#charge#x1", "maya", "", 2, NOW, command=ANY)
    assert money.account().ledger.open[id_] == OpenItem(
        id_, "ada", "2026-03-01", 12000, 2000, 0, 100, "Individual session", "2026-03-01"
    )


def test_an_opening_balance_is_a_charge_without_a_clinician(money: Money) -> None:
    money.post.opening_balance(money.ref(), "o1", 700, on="2026-01-01", label="From before")
    id_ = own_id(money.practice, "opening", "o1")
    assert last(money).charge == Charge(
        id=id_, account_id="maya", external_id="o1", date="2026-01-01", service="From before",
        clinician_id="", client_minor=700, insurer_minor=0, seq=1,
    )  # fmt: skip
    assert written(money) == (EntryKind.OPENING_BALANCE, "2026-01-01", "o1", "", "import", NOW)
    assert last(money).marker == Marker("import#opening#o1", "maya", "", 1, NOW, command=ANY)
    assert money.account().ledger.open[id_] == OpenItem(
        id_, "", "2026-01-01", 700, service="From before", service_on="2026-01-01"
    )


def test_an_opening_balance_without_a_name_has_none(money: Money) -> None:
    money.post.opening_balance(money.ref(), "o1", 700, on="2026-01-01")
    charge = last(money).charge
    assert charge is not None
    assert charge.service == ""


def test_an_opening_credit_is_noted_alike(money: Money) -> None:
    money.post.opening_balance(money.ref(), "o1", -700, on="2026-01-01")
    assert written(money) == (EntryKind.OPENING_BALANCE, "2026-01-01", "o1", "", "import", NOW)
    assert last(money).marker == Marker("import#opening#o1", "maya", "", 1, NOW, command=ANY)
    assert money.account().ledger.credit_minor == 700


def test_money_taken_outside_is_a_payment_that_succeeded_that_day(money: Money) -> None:
    paid = money.charge("c1", 10000)
    money.clock.advance(minutes=1)
    money.cash("p1", 4000, notes="by hand", method="check")
    id_ = own_id(money.practice, "payment", "p1")
    assert last(money).payment == Payment(
        id=id_, account_id="maya", amount_minor=4000, currency="USD",
        allocation=Allocation((Share(paid, 4000),)), state=State.SUCCEEDED, processor="check",
        flow="external", body_hash="", date="2026-03-02", created_at="2026-03-02T12:00:00.000Z",
        updated_at="2026-03-10T15:01:00.000Z", actor="import", notes="by hand", method=Method("check"),
        reference="p1", entry_seq=2, owed_after_minor=6000, version=1,
        services={paid: Service("Individual session", "2026-03-01")},
    )  # fmt: skip
    now = "2026-03-10T15:01:00.000Z"
    assert written(money) == (EntryKind.PAYMENT, "2026-03-02", "p1", id_, "import", now)
    assert last(money).marker == Marker("import#payment#p1", "maya", id_, 2, now, command=ANY)


def test_money_taken_outside_may_come_without_notes(money: Money) -> None:
    money.cash("p1", 4000)
    payment = last(money).payment
    assert payment is not None
    assert payment.notes == ""


def test_money_given_back_outside_is_on_its_payment(money: Money) -> None:
    money.cash("p1", 4000)
    before = last(money).payment
    assert before is not None
    money.give_back("r1", "p1", 1000)
    money.clock.advance(minutes=1)
    money.give_back("r2", "p1", 500)
    now = "2026-03-10T15:01:00.000Z"
    assert last(money).payment == replace(before, refunded_minor=1500, updated_at=now, version=3)
    assert written(money) == (EntryKind.REFUND, "2026-03-03", "r2", before.id, "import", now)
    assert last(money).marker == Marker("import#refund#r2", "maya", before.id, 3, now, command=ANY)


def test_corrections_say_who_made_them_when_and_why(money: Money) -> None:
    money.charge("c1", 10000)
    post = Posting(money.ledgers, money.clock, actor="staff-7")
    post.adjustment(money.ref(), "a1", charge_external_id="c1", amount_minor=1000, on="2026-03-04")
    assert written(money) == (EntryKind.ADJUSTMENT, "2026-03-04", "a1", "", "staff-7", NOW)
    assert last(money).marker == Marker("import#adjustment#a1", "maya", "", 2, NOW, command=ANY)
    post.write_off(money.ref(), "w1", charge_external_id="c1", amount_minor=500, on="2026-03-05")
    assert written(money) == (EntryKind.WRITE_OFF, "2026-03-05", "w1", "", "staff-7", NOW)
    assert last(money).marker == Marker("import#adjustment#w1", "maya", "", 3, NOW, command=ANY)


def test_an_insurers_answer_is_an_entry_for_each_of_its_parts(money: Money) -> None:
    money.charge("c1", 0, insurer_minor=2000)
    parts = money.post.insurance_payment(
        money.ref(), "i1", charge_external_id="c1", paid_minor=500, contractual_minor=300,
        to_client_minor=1200, on="2026-03-06",
    )  # fmt: skip
    assert [(part.seq, part.duplicate) for part in parts] == [(2, False), (3, False), (4, False)]
    entries = list(money.ledgers.entries(money.ref(), first=2))
    assert [(e.draft.kind, e.draft.occurred_on, e.draft.reference) for e in entries] == [
        (EntryKind.INSURANCE_PAYMENT, "2026-03-06", "i1"),
        (EntryKind.CONTRACTUAL_ADJUSTMENT, "2026-03-06", "i1"),
        (EntryKind.RESPONSIBILITY_TRANSFER, "2026-03-06", "i1"),
    ]
    keys = [f"import#{kind}#i1" for kind in ("insurance", "contractual", "transfer")]
    held = [money.ledgers.marker(money.practice, key) for key in keys]
    assert held == [Marker(key, "maya", "", seq, NOW, command=ANY) for seq, key in enumerate(keys, start=2)]


def test_a_payment_is_of_the_day_it_is_heard_of_where_the_processor_names_none(money: Money) -> None:
    money.charge("c1", 10000)
    money.start("key-1")
    money.clock.advance(days=2)
    money.processor.take("key-1", captured_at="")
    assert money.settle("key-1").date == "2026-03-12"


def test_a_captured_payment_keeps_what_was_asked_and_gains_what_the_processor_knows(money: Money) -> None:
    paid = money.charge("c1", 10000)
    started = money.start("key-1")
    money.clock.advance(minutes=5)
    money.processor.take("key-1", captured_at="2026-03-10T03:00:00.000Z")
    settled = money.settle("key-1")
    assert settled == replace(
        started, state=State.SUCCEEDED, allocation=Allocation((Share(paid, 10000),)), amount_minor=10000,
        method=Method("card", "Visa", "4242"), entry_seq=2, date="2026-03-09", owed_after_minor=0,
        fee_minor=320,
        updated_at="2026-03-10T15:05:00.000Z", intent_id="pi_key-1", session_id="cs_key-1",
        next_url="", version=started.version + 1,
    )  # fmt: skip
    credited, fee = list(money.ledgers.entries(money.ref()))[1:]
    assert (credited.draft.occurred_on, credited.draft.reference, credited.draft.payment_id) == (
        "2026-03-09", "pi_key-1", "key-1",
    )  # fmt: skip
    assert (fee.draft.occurred_on, fee.draft.reference, fee.draft.payment_id) == (
        "2026-03-09", "txn_key-1", "key-1",
    )  # fmt: skip
    assert (credited.actor, fee.actor) == ("portal:person-1", "processor:stripe")
    assert rows(money, 2)[4:] == ("D processor:stripe 10000", f"C client:paid/{paid} 10000")
    assert rows(money, 3)[4:] == ("D expense:processor-fees 320", "C processor:stripe 320")
    now = "2026-03-10T15:05:00.000Z"
    assert list(money.ledgers.movements.values())[1:] == [
        Marker("stripe#pi_key-1#succeeded", "maya", "key-1", 2, now, "receipt"),
        Marker("stripe#txn_key-1#fee", "maya", "key-1", 3, now),
    ]
    assert money.documents_queue.sent == [
        {"task": "receipt", "practice": "fern", "marker": "stripe#pi_key-1#succeeded"}
    ]


def test_a_processors_refund_is_on_its_payment_by_the_practices_date(money: Money) -> None:
    money.charge("c1", 10000)
    money.start("key-1")
    money.processor.take("key-1")
    settled = money.settle("key-1")
    money.clock.advance(minutes=5)
    money.processor.refund(intent_id="pi_key-1", refund_id="r1", amount_minor=3000)
    after = money.settle("key-1")
    now = "2026-03-10T15:05:00.000Z"
    more = {"refunded_minor": 3000, "refund_count": 1, "updated_at": now}
    assert after == replace(settled, **more, version=settled.version + 1)  # type: ignore[arg-type]
    assert written(money) == (EntryKind.REFUND, AT[:10], "re_r1", "key-1", "processor:stripe", now)


def rows(money: Money, seq: int) -> tuple[str, ...]:
    """An entry's kind, date, reference, payment and postings."""
    (entry,) = money.ledgers.entries(money.ref(), first=seq, last=seq)
    draft = entry.draft
    posted = (f"{p.side.value} {p.book} {p.money.amount_minor}" for p in draft.postings)
    return draft.kind.value, draft.occurred_on, draft.reference, draft.payment_id, *posted


def captured(money: Money) -> tuple[str, Payment]:
    """100.00 paid by card, and ten minutes since; the charge and the payment."""
    charge_id = money.charge("c1", 10000)
    money.start("key-1")
    money.processor.take("key-1")
    settled = money.settle("key-1")
    money.clock.advance(minutes=10)
    return charge_id, settled


LATER = "2026-03-10T15:10:00.000Z"


def test_a_refund_that_fails_brings_the_money_back_to_where_it_was(money: Money) -> None:
    charge_id, settled = captured(money)
    money.processor.refund(intent_id="pi_key-1", refund_id="r1", amount_minor=3000)
    money.settle("key-1")
    money.processor.refund_becomes("key-1", RefundStatus.FAILED)
    after = money.settle("key-1")
    assert after == replace(settled, refund_count=1, updated_at=LATER, version=settled.version + 2)
    assert rows(money, 5) == (
        "refund_failure", AT[:10], "re_r1", "key-1", "D processor:stripe 3000",
        f"C client:paid/{charge_id} 3000",
    )  # fmt: skip


def test_a_dispute_is_kept_apart_until_it_is_decided_and_its_fee_is_the_practices(money: Money) -> None:
    _, settled = captured(money)
    money.processor.dispute("key-1")
    after = money.settle("key-1")
    opened = (Dispute("dp_1", 10000),)
    assert after == replace(settled, disputes=opened, updated_at=LATER, version=settled.version + 2)
    assert {rows(money, seq) for seq in (4, 5)} == {
        ("dispute_withdrawn", AT[:10], "dp_1/txn_dp_1", "key-1", "D asset:disputed 10000",
         "C processor:stripe 10000"),
        ("processor_fee", AT[:10], "txn_dp_1", "key-1", "D expense:processor-fees 1500",
         "C processor:stripe 1500"),
    }  # fmt: skip


def test_a_dispute_that_is_won_brings_the_money_back(money: Money) -> None:
    _, settled = captured(money)
    money.processor.dispute("key-1", Decision.WON)
    after = money.settle("key-1")
    ended = (Dispute("dp_1"),)
    assert after == replace(settled, disputes=ended, updated_at=LATER, version=settled.version + 3)
    assert rows(money, 6) == (
        "dispute_reinstated", AT[:10], "dp_1/txn_dp_1_back", "key-1", "D processor:stripe 10000",
        "C asset:disputed 10000",
    )  # fmt: skip


def test_a_dispute_that_is_lost_makes_the_client_owe_again(money: Money) -> None:
    charge_id, settled = captured(money)
    money.processor.dispute("key-1", Decision.LOST)
    after = money.settle("key-1")
    lost = (Dispute("dp_1", 10000, lost=True, decisions=1),)
    assert after == replace(settled, disputes=lost, updated_at=LATER, version=settled.version + 3)
    assert rows(money, 6) == (
        "dispute_decided", AT[:10], "dp_1/1", "key-1", f"D client:paid/{charge_id} 10000",
        "C asset:disputed 10000",
    )  # fmt: skip
    assert money.owed(charge_id) == 10000


def test_every_row_of_a_refund_and_of_a_dispute_and_its_decision_have_their_own_markers(money: Money) -> None:
    captured(money)
    money.processor.refund(intent_id="pi_key-1", refund_id="r1", amount_minor=3000)
    money.settle("key-1")
    money.processor.refund_becomes("key-1", RefundStatus.FAILED)
    money.processor.dispute("key-1", Decision.LOST)
    money.settle("key-1")
    steps = {key: m.entry_seq for (_, key), m in money.ledgers.movements.items() if m.entry_seq > 3}
    assert steps == {
        "stripe#re_r1#succeeded": 4, "stripe#re_r1#failed": 5, "stripe#txn_dp_1#fee": 6,
        "stripe#dp_1/txn_dp_1#withdrawn": 7, "stripe#dp_1/1#decided": 8,
    }  # fmt: skip


@pytest.mark.parametrize(("fee", "posted"), [(1, True), (0, False)])
def test_a_disputes_fee_is_posted_if_there_is_one(money: Money, fee: int, posted: bool) -> None:
    captured(money)
    facts = money.processor.dispute("key-1")
    (dispute,) = facts.disputes
    moved = replace(dispute.movements[0], fee_minor=fee)
    facts = replace(facts, disputes=(replace(dispute, movements=(moved,)),))
    movements = MarkedMovements(money.ledgers, money.practices, money.clock)
    assert AfterCapture(movements).settle(money.practice, "stripe", facts) == []
    kinds = [e.draft.kind.value for e in money.ledgers.entries(money.ref(), first=4)]
    assert kinds == (["processor_fee"] if posted else []) + ["dispute_withdrawn"]


def test_a_refund_that_the_ledger_contradicts_is_named(money: Money) -> None:
    captured(money)
    facts = money.processor.attempts["cs_key-1"]
    facts = replace(facts, refunds=(Refunded("re_9", 10001, RefundStatus.SUCCEEDED, AT, "r9"),))
    movements = MarkedMovements(money.ledgers, money.practices, money.clock)
    (found,) = AfterCapture(movements).settle(money.practice, "stripe", facts)
    assert (found.name, found.error.code) == ("re_9", "refund_above_remainder")
