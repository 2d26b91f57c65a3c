"""Issue 12, number 3: what a restored table has lost is posted from what Stripe keeps, asked for or not."""

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest

from chalicelib.kernel.actors import CLI
from chalicelib.kernel.errors import BillfoldError
from chalicelib.ledger.domain.entries import EntryKind
from chalicelib.ledger.domain.payments import State
from chalicelib.payments.ports.processors import SavedMethod
from chalicelib.payments.processors.stripe.client import StripeProcessor
from chalicelib.verification.domain.accounts import audit
from tests.contract.harness import Practice, card
from tests.contract.houses import StripeHouse
from tests.contract.test_adapter import adapter, paid
from tests.contract.test_balance import books, decided, disputed, made
from tests.support.ledgers import stored
from tests.support.money import Money
from tests.support.practice import PRACTICE
from tests.support.restoring import moment, restore
from tests.support.waiting import wait_until

PAYMENT = "0b8f1c1e-0000-4000-8000-000000000001"


@pytest.fixture
def money(practice: Practice) -> Money:
    """Maya owes 120.00 and has paid it; the table came back as it was before she began."""
    practice.control("POST", "webhooks", {"drop": True})
    money = Money(processor=adapter(practice))  # type: ignore[arg-type]
    money.clock.at = datetime.now(UTC)
    money.open()
    money.charge("c1", 12000)
    before = moment(money.ledgers)
    payment = money.start(PAYMENT)
    assert practice.browser(f"/c/pay/{payment.session_id}", card("4242424242424242")).status == 303
    wait_until(lambda: len(books(practice)) == 1)
    restore(money.ledgers, before)
    return money


def intent_of(practice: Practice) -> str:
    return books(practice)[-1].intent_id


def code(money: Money, intent_id: str) -> str:
    with pytest.raises(BillfoldError) as caught:
        money.adopting.adopt(PRACTICE, intent_id, actor=CLI)
    assert money.ledgers.payment(money.ref(), PAYMENT) is None
    return caught.value.code


def test_it_is_adopted_with_its_fee_its_refund_and_its_dispute(practice: Practice, money: Money) -> None:
    intent_id = intent_of(practice)
    practice.control(
        "POST", "refunds", {"account": practice.name, "payment_intent": intent_id, "amount": 5000}
    )
    decided(practice, disputed(practice, intent_id), won=False)
    done = money.adopting.adopt(PRACTICE, intent_id, actor=CLI).payment
    assert (done.id, done.state, done.amount_minor, done.fee_minor) == (PAYMENT, State.SUCCEEDED, 12000, 378)
    assert (done.refunded_minor, done.lost_minor, done.method and done.method.last4) == (5000, 7000, "4242")
    assert done.session_id.startswith("cs_")
    commits = money.ledgers.commits
    assert made(money).run()["failed"] == 0
    money.reconciling.reconcile()
    assert (money.ledgers.commits, money.alerts.held) == (commits, {})
    assert list(audit(stored(money.ledgers, money.ref()))) == []


def test_the_full_pass_adopts_it_by_itself(practice: Practice, money: Money) -> None:
    assert made(money).run()["failed"] == 0
    assert money.payment(PAYMENT).state is State.SUCCEEDED
    assert (money.account().ledger.balance_minor, money.alerts.held) == (0, {})


def test_marks_that_were_copied_in_the_dashboard_are_not_believed(practice: Practice, money: Money) -> None:
    copy = practice.paid(metadata={"payment": PAYMENT, "account": "maya"})
    wait_until(lambda: len(books(practice)) == 2)
    assert code(money, copy["id"]) == "adoption_not_opened"
    assert made(money).run()["failed"] == 0
    payments = [e for e in money.ledgers.entries(money.ref()) if e.draft.kind is EntryKind.PAYMENT]
    assert [entry.draft.reference for entry in payments] == [intent_of(practice)]
    assert money.alerts.subjects == {copy["id"]: "unknown_money"}


def test_marks_that_were_rewritten_in_the_dashboard_are_not_believed(
    practice: Practice, money: Money
) -> None:
    intent_id = intent_of(practice)
    practice.made(f"/v1/payment_intents/{intent_id}", {"metadata": {"payment": "another"}})
    assert code(money, intent_id) == "adoption_not_opened"
    made(money).run()
    assert money.alerts.subjects == {intent_id: "unknown_money"}


def test_what_stripe_does_not_know_and_what_is_not_ours(practice: Practice, money: Money) -> None:
    assert code(money, "pi_nothing") == "adoption_not_found"
    assert code(money, practice.paid()["id"]) == "adoption_not_ours"


@pytest.fixture
def charged(practice: Practice) -> tuple[Money, str, dict[str, Any]]:
    """The same, of a card that Maya had saved; the money's id, and what a copy of it has."""
    practice.control("POST", "webhooks", {"drop": True})
    money = Money(processor=adapter(practice, practice.key))  # type: ignore[arg-type]
    money.clock.at = datetime.now(UTC)
    money.open()
    money.charge("c1", 12000)
    customer = practice.customer()
    attempt = replace(StripeHouse(practice).attempt(PAYMENT), account_id="maya")
    method = SavedMethod(practice.saved_card(customer), customer)
    assert isinstance(money.processor, StripeProcessor)
    took = money.processor.charge(attempt, method, present=True)
    wait_until(lambda: len(books(practice)) == 1)
    marks = {"payment": PAYMENT, "account": "maya", "charged": "saved"}
    return money, took.facts.intent_id, {"metadata": marks}


def test_what_was_charged_to_a_saved_method_since_the_backup_is_adopted_by_itself(
    charged: tuple[Money, str, dict[str, Any]], practice: Practice
) -> None:
    """Issue 15: a copy of its marks on another's payment, in the dashboard, is not believed."""
    money, intent_id, copied = charged
    copy = practice.paid(**copied)
    wait_until(lambda: len(books(practice)) == 2)
    assert code(money, copy["id"]) == "adoption_not_opened"
    assert made(money).run()["failed"] == 0
    done = money.payment(PAYMENT)
    assert (done.state, done.intent_id, done.session_id) == (State.SUCCEEDED, intent_id, "")
    assert money.account().ledger.balance_minor == 0
    assert money.alerts.subjects == {copy["id"]: "unknown_money"}


def test_a_person_decides_where_a_payers_charges_have_the_same_marks(
    charged: tuple[Money, str, dict[str, Any]], practice: Practice
) -> None:
    money, intent_id, copied = charged
    customer = practice.get(f"/v1/payment_intents/{intent_id}").json["customer"]
    copy = practice.paid(customer=customer, **copied)
    wait_until(lambda: len(books(practice)) == 2)
    assert {code(money, each) for each in (intent_id, copy["id"])} == {"adoption_not_opened"}
    assert made(money).run()["failed"] == 0
    assert money.alerts.subjects.keys() == {intent_id, copy["id"]}


def test_the_attempt_of_money_is_the_session_that_was_opened_for_it(practice: Practice) -> None:
    facts = paid(practice)
    found = adapter(practice).attempt_of(facts.intent_id)
    assert found is not None
    assert (found.payment_id, found.account_id) == (facts.payment_id, facts.account_id)
    assert (found.intent_id, found.session_id) == (facts.intent_id, facts.session_id)
    assert adapter(practice).attempt_of(practice.paid()["id"]) is None
    theirs = practice.session(client_reference_id="another", metadata={"payment": "a", "account": "b"})
    practice.browser(f"/c/pay/{theirs['id']}", card("4242424242424242"))
    intent_id = practice.get(f"/v1/checkout/sessions/{theirs['id']}").json["payment_intent"]
    assert adapter(practice).attempt_of(intent_id) is None
    assert adapter(practice).attempt_of("pi_nothing") is None
