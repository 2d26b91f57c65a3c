"""Issue 12, number 3: money whose payment a restored table has lost is posted by a program, exactly once."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from chalicelib.kernel.actors import CLI
from chalicelib.kernel.errors import BillfoldError
from chalicelib.kernel.outside import Busy, ProcessorMissing, ProcessorTimeout
from chalicelib.ledger.domain.allocation import Share
from chalicelib.ledger.domain.entries import EntryKind
from chalicelib.ledger.domain.markers import Marker
from chalicelib.ledger.domain.payments import Payment, State
from chalicelib.operations.domain.alerts import AlertName, Cause
from chalicelib.payments.ports.processors import Decision, Stage
from chalicelib.payments.services.adopting import Adopted
from chalicelib.payments.services.guest_paying import attempt_of
from chalicelib.practice.domain.practices import Client, Grant, Person
from chalicelib.verification.domain.accounts import audit
from tests.support.guests import Desk, key
from tests.support.ledgers import stored
from tests.support.money import Money, meanwhile
from tests.support.practice import PRACTICE
from tests.support.processor import AT
from tests.support.restoring import moment, restore

KEY, INTENT = "key-1", "pi_key-1"
MARKER = f"stripe#{INTENT}#succeeded"


@pytest.fixture
def money() -> Money:
    """Maya owed 100.00 and 40.00 and paid 140.00; then the table came back as it was before that."""
    made = Money()
    made.open()
    made.charge("c1", 10000)
    made.charge("c2", 4000, date="2026-03-05")
    before = moment(made.ledgers)
    made.start(KEY)
    made.processor.take(KEY)
    made.settle(KEY)
    assert made.account().ledger.balance_minor == 0
    restore(made.ledgers, before)
    made.documents_queue.sent.clear()
    return made


def adopt(money: Money, intent_id: str = INTENT, **how: Any) -> Adopted:
    return money.adopting.adopt(PRACTICE, intent_id, actor=CLI, **how)


def refused(money: Money, intent_id: str = INTENT, **how: Any) -> str:
    """The code; neither `adopt` nor its dry run, nor the pass by night, writes anything."""
    commits, held = money.ledgers.commits, dict(money.alerts.held)
    codes = set()
    for act in (money.adopting.adopt, money.adopting.foresee):
        with pytest.raises(BillfoldError) as caught:
            act(PRACTICE, intent_id, actor=CLI, **how)
        codes.add(caught.value.code)
    facts = money.processor.attempts.get("cs_" + intent_id.removeprefix("pi_"))
    if facts is not None:
        assert money.adopting.by_itself(money.practice, "stripe", facts) is None
    assert (money.ledgers.commits, money.alerts.held) == (commits, held)
    (code,) = codes
    return code


def kinds(money: Money) -> list[str]:
    return [entry.draft.kind.value for entry in money.ledgers.entries(money.ref())]


def test_it_is_posted_as_it_would_have_been(money: Money) -> None:
    adopted = adopt(money)
    paid = money.payment(KEY)
    assert (adopted.payment, adopted.before) == (paid, False)
    assert (paid.state, paid.amount_minor, paid.date, paid.fee_minor) == (
        State.SUCCEEDED, 14000, "2026-03-10", 320,
    )  # fmt: skip
    assert (paid.processor, paid.intent_id, paid.session_id) == ("stripe", INTENT, "cs_key-1")
    assert (paid.method and paid.method.last4, paid.created_at) == ("4242", AT)
    assert kinds(money) == ["charge", "charge", "payment", "processor_fee"]
    assert money.account().ledger.balance_minor == 0
    marker = money.ledgers.marker(money.practice, MARKER)
    assert marker is not None
    assert (marker.payment_id, marker.entry_seq, marker.due) == (KEY, 3, "receipt")
    assert money.documents_queue.sent == [{"task": "receipt", "practice": "fern", "marker": MARKER}]
    assert list(audit(stored(money.ledgers, money.ref()))) == []


def test_its_entry_names_the_operator_and_nobody_else(money: Money) -> None:
    adopt(money)
    actors = [entry.actor for entry in money.ledgers.entries(money.ref(), first=3)]
    assert (actors, money.payment(KEY).actor) == (["cli", "processor:stripe"], "cli")


def test_it_has_the_reference_that_its_payer_has_seen(money: Money) -> None:
    adopted = adopt(money)
    again = Money()
    again.open()
    again.charge("c1", 10000)
    assert adopted.payment.reference == again.start(KEY).reference


def test_adopted_again_nothing_is_posted_twice(money: Money) -> None:
    adopt(money)
    commits = money.ledgers.commits
    assert adopt(money).before is True
    money.settle(KEY)
    money.reconciling.reconcile()
    assert (money.ledgers.commits, money.alerts.held) == (commits, {})


def test_refunds_and_disputes_of_it_are_posted_too(money: Money) -> None:
    money.processor.refund(intent_id=INTENT, refund_id="r1", amount_minor=2500)
    money.processor.dispute(KEY, Decision.OPEN, taken=4000)
    adopt(money)
    paid = money.payment(KEY)
    assert (paid.refunded_minor, paid.disputed_minor, paid.refund_count) == (2500, 4000, 1)
    assert list(audit(stored(money.ledgers, money.ref()))) == []


def test_the_oldest_items_are_paid_first_and_the_rest_is_credit(money: Money) -> None:
    """What the payer had chosen is lost; c2 was paid otherwise meanwhile, in part."""
    money.cash("later", 3000, charge_external_ids=["c2"])
    paid = adopt(money).payment
    c1, c2 = money.charge("c1", 10000), money.charge("c2", 4000, date="2026-03-05")
    assert paid.allocation.shares == (Share(c1, 10000), Share(c2, 1000))
    assert (paid.allocation.credit_minor, money.account().ledger.credit_minor) == (3000, 3000)
    assert [money.owed(c1), money.owed(c2)] == [0, 0]


def test_what_is_in_the_entry_is_what_was_captured(money: Money) -> None:
    money.processor.take(KEY, amount_minor=9000)
    assert adopt(money).payment.amount_minor == 9000
    assert money.account().ledger.balance_minor == 5000


def test_a_dry_run_says_what_would_come_of_it_and_writes_nothing(money: Money) -> None:
    commits = money.ledgers.commits
    foreseen = money.adopting.foresee(PRACTICE, INTENT, actor=CLI).payment
    assert (money.ledgers.commits, money.documents_queue.sent) == (commits, [])
    paid = adopt(money).payment
    told = ("amount_minor", "allocation", "services", "date", "method", "reference")
    assert [getattr(foreseen, name) for name in told] == [getattr(paid, name) for name in told]
    again = money.adopting.foresee(PRACTICE, INTENT, actor=CLI)
    assert (again.before, again.payment) == (True, paid)


def test_it_closes_the_call_for_a_person(money: Money) -> None:
    money.reconciling.reconcile()
    assert money.alerts.names == ["unknown_money"]
    paid = adopt(money).payment
    assert money.alerts.names == []
    (alert,) = money.alerts.held.values()
    assert alert.note == f"in the ledger as {paid.reference}"


def test_a_call_that_stayed_open_is_closed_when_it_is_adopted_again(money: Money) -> None:
    money.reconciling.reconcile()
    held = dict(money.alerts.held)
    adopt(money)
    money.alerts.held = held
    adopt(money)
    assert money.alerts.names == []


def test_the_receipt_goes_to_who_paid_where_nobody_else_can_have(money: Money) -> None:
    grant = Grant("maya", "Maya", "self", superbills=False)
    one, other = (Person(id_, f"{id_}@x.test", "es", (grant,)) for id_ in ("p1", "p2"))
    stranger = Person("p3", "p3@x.test", "en", (replace(grant, account_id="noah"),))
    for person in (one, stranger):
        money.directory.save_person(money.practice, person)
    foreseen = money.adopting.foresee(PRACTICE, INTENT, actor=CLI).payment
    assert (foreseen.person_id, foreseen.locale) == ("p1", "es")
    money.directory.save_person(money.practice, other)
    money.directory.save_client(money.practice, Client("maya", "1001", "Maya", "", "es"))
    paid = adopt(money).payment
    assert (paid.person_id, paid.locale) == ("", "es")


UNPAID = [Stage.OPEN, Stage.PROCESSING, Stage.CANCELED, Stage.EXPIRED, Stage.FAILED]


@pytest.mark.parametrize("stage", UNPAID)
def test_what_was_not_captured_or_came_back_is_not_adopted(money: Money, stage: Stage) -> None:
    money.processor.become(KEY, stage)
    assert refused(money) == "adoption_not_captured"


def test_another_practices_account_or_none_at_all_is_not_adopted(money: Money) -> None:
    money.post.open_account(replace(money.ref("noah"), practice="oak"), "USD")
    for account_id in ("noah", "nobody"):
        money.processor.attempts["cs_key-1"] = replace(
            money.processor.attempts["cs_key-1"], account_id=account_id
        )
        assert refused(money) == "adoption_account_unknown"


def test_another_currency_is_not_adopted(money: Money) -> None:
    money.processor.take(KEY, currency="EUR")
    assert refused(money) == "currency_mixed"


def test_an_id_that_the_processor_does_not_know_and_money_without_our_marks(money: Money) -> None:
    assert refused(money, "pi_other") == "adoption_not_ours"
    money.processor.hidden["pi_none"] = ProcessorMissing("resource_missing")
    assert refused(money, "pi_none") == "adoption_not_found"


def copied(money: Money) -> None:
    """Somebody at the practice took 99.00 in the Dashboard and gave it the marks of the lost payment."""
    ours = money.processor.attempts["cs_key-1"]
    money.processor.attempts["cs_copy"] = replace(
        ours, intent_id="pi_copy", session_id="", amount_minor=9900, movements=()
    )


def test_marks_copied_to_other_money_are_never_believed(money: Money) -> None:
    """Neither before the payment is adopted, in whose place it would be, nor afterwards."""
    copied(money)
    assert refused(money, "pi_copy") == "adoption_not_opened"
    adopt(money)
    assert refused(money, "pi_copy") == "adoption_taken"
    assert money.payment(KEY).intent_id == INTENT


def test_money_of_ours_whose_marks_were_rewritten_is_not_believed(money: Money) -> None:
    ours = money.processor.attempts["cs_key-1"]
    money.processor.attempts["cs_key-1"] = replace(ours, payment_id="key-3")
    assert refused(money) == "adoption_not_opened"


def test_money_that_was_posted_under_other_marks_is_not_adopted(money: Money) -> None:
    """Its metadata were changed in the Dashboard after it was credited."""
    money.ledgers.movements[money.practice, MARKER] = Marker(MARKER, "noah", "key-7", 1, AT)
    assert refused(money) == "adoption_taken"


def test_where_only_rows_beside_its_entry_are_gone_the_table_is_damaged_and_nothing_is_adopted(
    money: Money,
) -> None:
    adopt(money)
    del money.ledgers.held_payments[money.practice, "maya", KEY]
    assert refused(money) == "adoption_taken"
    del money.ledgers.movements[money.practice, MARKER]
    assert refused(money) == "adoption_taken"
    assert kinds(money).count("payment") == 1


def test_a_payment_of_another_processor_with_that_id_is_not_touched(money: Money) -> None:
    money.start(KEY)
    held = money.ledgers.held_payments[money.practice, "maya", KEY]
    money.ledgers.held_payments[money.practice, "maya", KEY] = replace(held, processor="paypal")
    assert refused(money) == "adoption_taken"


def test_a_payment_that_is_there_and_waits_is_settled_as_ever(money: Money) -> None:
    """The table came back to a moment after it was begun."""
    money.start(KEY)
    adopted = adopt(money)
    assert (adopted.before, adopted.payment.state) == (False, State.SUCCEEDED)
    assert adopted.payment.actor == "portal:person-1"


@pytest.mark.parametrize("named", [{"notes": f"was {INTENT} at Stripe"}, {}], ids=["notes", "id"])
def test_what_was_entered_by_hand_is_not_adopted_until_that_is_undone(
    money: Money, named: dict[str, str]
) -> None:
    entry = money.cash("ours" if named else INTENT, 14000, method="other", on="2026-03-10", **named)
    for anyway in (False, True):
        assert refused(money, anyway=anyway) == "adoption_typed_in"
    money.correcting.reverse(money.ref(), entry.seq, on="2026-03-11")
    adopt(money)
    assert money.account().ledger.balance_minor == 0


def test_one_of_the_same_amount_that_was_entered_since_is_for_a_person_to_look_at(money: Money) -> None:
    money.clock.at = money.clock.at.fromisoformat("2026-03-11T09:00:00+00:00")
    money.cash("cash-1", 14000, on="2026-03-11")
    assert refused(money) == "adoption_resembles"
    assert adopt(money, anyway=True).payment.state is State.SUCCEEDED
    assert money.account().ledger.credit_minor == 14000


def test_one_of_the_same_amount_that_was_entered_before_is_another(money: Money) -> None:
    money.clock.at = money.clock.at.fromisoformat("2026-03-09T09:00:00+00:00")
    money.cash("cash-1", 14000, on="2026-03-09")
    assert adopt(money).payment.state is State.SUCCEEDED


def test_where_a_person_has_decided_another_person_has_to_say_so(money: Money) -> None:
    """Most of those who closed the call had entered it under another book, or at another client's."""
    money.reconciling.reconcile()
    call = Cause(AlertName.UNKNOWN_MONEY, INTENT)
    money.adopting.alerting.close(money.practice, call.id, note="entered at Noah's, JR")
    assert refused(money) == "adoption_decided"
    assert adopt(money, anyway=True).payment.state is State.SUCCEEDED


def test_a_processor_that_does_not_answer_leaves_all_as_it_is(money: Money) -> None:
    for silent in (["before"], ["", "before"]):
        money.processor.silent = silent
        with pytest.raises(ProcessorTimeout):
            adopt(money)
    assert adopt(money).payment.state is State.SUCCEEDED


def by_hand(money: Money) -> object:
    return adopt(money)


def by_the_pass(money: Money) -> object:
    return money.adopting.by_itself(money.practice, "stripe", money.processor.attempts["cs_key-1"])


@pytest.mark.parametrize("call", ["account_and_payment", "marker", "payment", "commit"])
@pytest.mark.parametrize("second", [by_hand, by_the_pass])
def test_two_who_adopt_it_at_once_post_it_once(
    money: Money, call: str, second: Callable[[Money], object]
) -> None:
    """The other one does it all right after the first has read, or written, that."""
    meanwhile(money.ledgers, call, lambda: second(money))
    adopt(money)
    assert kinds(money) == ["charge", "charge", "payment", "processor_fee"]
    assert money.alerts.names == []
    assert list(audit(stored(money.ledgers, money.ref()))) == []


def test_where_other_money_was_credited_to_it_meanwhile_nothing_is_adopted(money: Money) -> None:
    """Its payer began it again, and copied marks came first."""
    copied(money)

    def other() -> None:
        money.start(KEY)
        money.settling.settle(money.practice, "stripe", money.processor.attempts["cs_copy"])

    meanwhile(money.ledgers, "account_and_payment", other)
    with pytest.raises(BillfoldError) as caught:
        adopt(money)
    assert caught.value.code == "adoption_taken"
    assert money.alerts.subjects[INTENT] == "second_capture"


@pytest.mark.parametrize("trouble", ["busy", "conflict", "lost"])
def test_trouble_at_the_store_neither_loses_nor_doubles_it(money: Money, trouble: str) -> None:
    money.ledgers.trouble = [trouble]
    adopt(money)
    assert kinds(money) == ["charge", "charge", "payment", "processor_fee"]
    assert money.payment(KEY).state is State.SUCCEEDED


def test_the_payer_who_asks_again_meanwhile_is_credited_once(money: Money) -> None:
    """Their page still has the key of the payment, and starts it again while it is being adopted."""
    wish = money.wish(KEY, money.quote())
    made = list[Payment]()

    def start() -> None:
        made.append(money.paying.start(money.ref(), wish).payment)

    meanwhile(money.ledgers, "account_and_payment", start)
    adopt(money)
    (begun,) = made
    assert begun.state is State.AWAITING
    assert money.payment(KEY).state is State.SUCCEEDED
    assert kinds(money).count(EntryKind.PAYMENT.value) == 1
    assert money.account().reserved == {}


@pytest.mark.parametrize("act", [by_hand, by_the_pass])
def test_what_is_entered_by_hand_while_it_is_being_adopted_is_seen(
    money: Money, act: Callable[[Money], object]
) -> None:
    """After the entries were looked through, and before anything was written."""
    meanwhile(money.directory, "people", lambda: money.cash("ours", 14000, notes=f"was {INTENT}"))
    code = ""
    try:
        assert act(money) is None
    except BillfoldError as error:
        code = error.code
    assert (kinds(money), code) == (
        ["charge", "charge", "payment"], "adoption_typed_in" if act is by_hand else "",
    )  # fmt: skip
    assert (money.account().ledger.credit_minor, money.ledgers.payment(money.ref(), KEY)) == (0, None)


@pytest.mark.parametrize("act", [by_hand, by_the_pass])
def test_another_charge_posted_meanwhile_keeps_it_from_nothing(
    money: Money, act: Callable[[Money], object]
) -> None:
    meanwhile(money.directory, "people", lambda: money.charge("c3", 1000))
    act(money)
    assert kinds(money) == ["charge", "charge", "charge", "payment", "processor_fee"]
    assert money.account().ledger.balance_minor == 1000


def test_an_account_that_is_written_to_all_the_time_is_for_later(money: Money) -> None:
    numbers = iter(range(99))

    def again() -> None:
        money.charge(f"more-{next(numbers)}", 100)
        meanwhile(money.directory, "people", again)

    meanwhile(money.directory, "people", again)
    with pytest.raises(Busy):
        adopt(money)
    assert money.ledgers.payment(money.ref(), KEY) is None


@pytest.mark.parametrize("second", [by_hand, by_the_pass])
def test_a_call_that_is_closed_because_it_was_adopted_meanwhile_is_nobodys_decision(
    money: Money, second: Callable[[Money], object]
) -> None:
    money.reconciling.reconcile()
    meanwhile(money.ledgers, "payments_by_id", lambda: second(money))
    assert adopt(money).before is True
    assert kinds(money) == ["charge", "charge", "payment", "processor_fee"]
    assert money.alerts.names == []


@pytest.fixture
def desk() -> Desk:
    """A guest paid 125.00; then the table came back as it was before that."""
    made = Desk(Money())
    before = moment(made.money.ledgers)
    made.pay("a")
    restore(made.money.ledgers, before)
    made.money.documents_queue.sent.clear()
    return made


def test_issue_16_a_guests_lost_payment_is_adopted_into_an_account_of_its_own(desk: Desk) -> None:
    """It called a person each night, and its payer was told that there was no such payment."""
    money = desk.money
    ref, id_ = attempt_of("fern", key("a"))
    [facts] = money.processor.attempts.values()
    adopted = money.adopting.by_itself("fern", "stripe", facts)
    assert adopted is not None
    assert (adopted.id, adopted.state, adopted.amount_minor, adopted.unmatched) == (
        id_, State.SUCCEEDED, 12_500, True,
    )  # fmt: skip
    assert adopt(money, facts.intent_id).before
    assert desk.check("a").payment == money.ledgers.payment(ref, id_)
    assert money.documents_queue.sent == [
        {"task": "receipt", "practice": "fern", "marker": f"stripe#{facts.intent_id}#succeeded"}
    ]
    assert list(audit(stored(money.ledgers, ref))) == []
    desk.matching.arrived("fern", adopted)
    assert [waiting.payment.id for waiting in desk.matching.waiting("fern")] == [id_]
    money.open()
    desk.match("a")
    assert money.account().ledger.balance_minor == -12_500


def test_issue_16_two_who_adopt_a_guests_payment_at_once_post_it_once(desk: Desk) -> None:
    money = desk.money
    [facts] = money.processor.attempts.values()
    meanwhile(money.ledgers, "marker", lambda: money.adopting.by_itself("fern", "stripe", facts))
    assert adopt(money, facts.intent_id).payment.state is State.SUCCEEDED
    ref, _ = attempt_of("fern", key("a"))
    assert [e.draft.kind.value for e in money.ledgers.entries(ref)] == ["payment", "processor_fee"]


def test_issue_16_money_with_a_guests_marks_in_another_currency_or_of_another_payment_is_not(
    desk: Desk,
) -> None:
    [facts] = desk.money.processor.attempts.values()
    for wrong in (
        replace(facts, currency="EUR"),
        replace(facts, payment_id="key-1"),
        replace(facts, account_id="g123"),
    ):
        assert desk.money.adopting.by_itself("fern", "stripe", wrong) is None
    assert desk.money.ledgers.held_payments == {}
