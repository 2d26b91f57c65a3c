"""Disputes of every shape that Stripe's documents allow: read from the stand-in, and posted row by row.

Issue 8, numbers 1 and 10.
"""

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest

from chalicelib.ledger.domain.entries import DISPUTED, EXCESS, Book
from chalicelib.ledger.domain.payments import Payment
from chalicelib.payments.ports.processors import Facts
from tests.contract.harness import Practice
from tests.contract.test_adapter import adapter
from tests.contract.test_balance import made
from tests.support.money import Money
from tests.support.practice import PRACTICE
from tests.support.references import named

KEY = "0b8f1c1e-0000-4000-8000-000000000001"
HELD = Book("processor:stripe")


class Client:
    """A client who owes 450, paid it by card, and what the practice's books say afterwards."""

    def __init__(self, practice: Practice) -> None:
        self.practice = practice
        self.money = Money(processor=adapter(practice))  # type: ignore[arg-type]
        self.money.practices.held = {PRACTICE.id: replace(PRACTICE, flow="inline")}
        self.money.clock.at = datetime.now(UTC)
        self.money.open()
        self.money.charge("c1", 45000)
        payment = self.money.start(KEY)
        fields = {"client_secret": payment.client_secret, "payment_method": "pm_card_visa"}
        assert practice.client_call("confirm", email="p@example.org", **fields).status == 200
        session = practice.get(f"/v1/checkout/sessions/{payment.session_id}").json
        self.intent_id, self.disputes = str(session["payment_intent"]), list[str]()
        practice.control("POST", "clock", {"advance_seconds": 5})  # until the books have it
        self.hear()

    def hear(self) -> Facts:
        """What the webhooks of the payment and its disputes would do; the last one's facts."""
        heard = [adapter(self.practice).look(named(about)) for about in (self.intent_id, *self.disputes)]
        facts = [each for each in heard if each is not None]
        for each in facts:
            self.money.settling.settle(self.money.practice, "stripe", each)
        return facts[-1]

    def refund(self, amount: int) -> None:
        asked = {"account": self.practice.name, "payment_intent": self.intent_id, "amount": amount}
        self.practice.control("POST", "refunds", asked)

    def dispute(self, amount: int | None = None) -> str:
        asked = {"account": self.practice.name, "payment_intent": self.intent_id}
        opened = self.practice.control("POST", "disputes", asked | ({"amount": amount} if amount else {}))
        self.disputes.append(str(opened["id"]))
        return self.disputes[-1]

    def close(self, dispute_id: str, status: str, **more: Any) -> None:
        asked = {"account": self.practice.name, "dispute": dispute_id, "status": status, **more}
        self.practice.control("POST", "disputes/close", asked)

    @property
    def owed(self) -> int:
        return self.money.account().ledger.balance_minor

    @property
    def payment(self) -> Payment:
        return self.money.payment(KEY)

    def net(self, book: Book) -> int:
        seq = self.money.account().ledger.seq
        entries = self.money.ledgers.entries(self.money.ref(), last=seq)
        postings = [p for entry in entries for p in entry.draft.postings]
        return sum(p.debit_minor for p in postings if p.book == book)

    @property
    def at_stripe(self) -> int:
        rows = self.practice.get("/v1/balance_transactions", {"limit": 100}).json["data"]
        return sum(row["net"] for row in rows)

    def night(self) -> None:
        """The full pass, a week later: nothing may be missing by then."""
        self.money.clock.advance(days=7)
        assert made(self.money).run()["failed"] == 0

    @property
    def alerts(self) -> set[str]:
        return set(self.money.alerts.subjects.values())


@pytest.fixture
def client(practice: Practice) -> Client:
    return Client(practice)


def test_a_dispute_of_the_whole_after_a_partial_refund_takes_no_more_than_the_payment_from_its_client(
    client: Client,
) -> None:
    client.refund(30000)
    client.hear()
    dispute = client.dispute(45000)
    client.hear()
    assert (client.owed, client.net(DISPUTED), client.net(EXCESS)) == (30000, 15000, 30000)
    assert client.alerts == {"dispute_above_payment"}
    client.close(dispute, "lost", back=30000)
    client.hear()
    assert (client.owed, client.net(DISPUTED), client.net(EXCESS)) == (45000, 0, 0)
    assert client.net(HELD) == client.at_stripe
    assert client.payment.remainder_minor == 0


def test_what_comes_back_of_a_lost_dispute_is_paid_again(client: Client) -> None:
    dispute = client.dispute()
    client.close(dispute, "lost", back=30000)
    client.hear()
    assert (client.owed, client.net(DISPUTED)) == (15000, 0)
    assert client.net(HELD) == client.at_stripe
    assert client.alerts == set()


def test_money_that_comes_back_after_the_decision_is_posted_by_the_next_full_pass(client: Client) -> None:
    dispute = client.dispute()
    client.close(dispute, "lost")
    client.hear()
    assert client.owed == 45000
    client.close(dispute, "", back=45000)
    client.night()
    assert (client.owed, client.net(HELD)) == (0, client.at_stripe)
    assert client.alerts == set()


@pytest.mark.parametrize("status", ["won", "prevented"])
def test_a_dispute_that_ends_for_the_practice_leaves_the_payment_as_it_was(
    client: Client, status: str
) -> None:
    dispute = client.dispute()
    client.hear()
    assert client.net(DISPUTED) == 45000
    client.close(dispute, status)
    client.hear()
    assert (client.owed, client.net(DISPUTED), client.payment.remainder_minor) == (0, 0, 45000)
    assert client.net(HELD) == client.at_stripe


def test_a_dispute_that_is_over_without_its_money_calls_a_person_and_stays_disputed(client: Client) -> None:
    dispute = client.dispute()
    client.close(dispute, "prevented", back=0)
    client.hear()
    assert (client.owed, client.net(DISPUTED)) == (0, 45000)
    assert client.alerts == {"dispute_not_returned"}


def test_an_appeal_turns_a_loss_into_a_win(client: Client) -> None:
    dispute = client.dispute()
    client.close(dispute, "lost")
    client.hear()
    assert client.owed == 45000
    client.close(dispute, "won")
    client.hear()
    assert (client.owed, client.net(DISPUTED), client.payment.remainder_minor) == (0, 0, 45000)
    assert client.net(HELD) == client.at_stripe


def test_several_disputes_of_one_payment_take_no_more_than_it(client: Client) -> None:
    first = client.dispute(20000)
    second = client.dispute(45000)
    client.close(first, "lost")
    client.hear()
    assert (client.owed, client.net(DISPUTED), client.net(EXCESS)) == (20000, 25000, 20000)
    client.close(second, "lost", back=20000)
    client.hear()
    assert (client.owed, client.net(DISPUTED), client.net(EXCESS)) == (45000, 0, 0)
    assert client.net(HELD) == client.at_stripe


def test_with_all_news_lost_the_full_pass_comes_to_the_same_end_and_the_next_changes_nothing(
    client: Client,
) -> None:
    client.refund(30000)
    dispute = client.dispute(45000)
    client.close(dispute, "lost", back=30000)
    client.night()
    assert (client.owed, client.net(HELD)) == (45000, client.at_stripe)
    commits = client.money.ledgers.commits
    client.night()
    assert client.money.ledgers.commits == commits


def test_a_dispute_of_an_account_paid_out_in_another_currency_is_posted_in_the_payers(
    practice: Practice,
) -> None:
    client = Client(practice)
    practice.control("POST", "settlement", {"account": practice.name, "currency": "eur", "rate": "0.8"})
    dispute = client.dispute()
    facts = client.hear()
    assert [(row.amount_minor, row.currency) for d in facts.disputes for row in d.movements] == [
        (-45000, "USD")
    ]
    assert client.net(DISPUTED) == 45000
    assert "currency_differs" in client.alerts  # of its fee, which is in euros: nothing is posted of that
    client.close(dispute, "lost", back=20000)
    client.hear()
    # How much of the payer's money the part is nobody says; it is not taken for the whole.
    assert client.owed == 45000


@pytest.mark.parametrize("rate", ["0.8", "1.25"])
def test_a_fee_in_another_currency_calls_a_person_and_is_not_posted_as_the_payers(
    practice: Practice, rate: str
) -> None:
    practice.control("POST", "settlement", {"account": practice.name, "currency": "eur", "rate": rate})
    client = Client(practice)
    assert (client.owed, client.payment.fee_minor) == (0, None)
    assert client.alerts == {"currency_differs"}
    client.refund(900)
    client.hear()
    assert client.owed == 900
    assert client.payment.refunded_minor == 900
