"""Issue 16: guests who pay by PayPal, our own adapter against the stand-in; the books add up throughout."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta

import pytest

from chalicelib.kernel.actors import CLI
from chalicelib.ledger.domain.payments import Payment, State
from chalicelib.ledger.domain.refunds import Left
from chalicelib.payments.domain.guests import GuestForm
from chalicelib.payments.ports.processors import Facts, ObjectKind, Reference
from chalicelib.payments.services.refunding import RefundWish
from chalicelib.verification.services.verifying import Verifying
from tests.contract.houses import PayPalHouse
from tests.contract.paypal.harness import Receiver, running, usd
from tests.contract.paypal.test_adapter import asked
from tests.support.guests import Desk
from tests.support.money import Money
from tests.support.practice import PRACTICE

FORM = GuestForm("ada", "Maya Moss", "friend@example.com")
PAID, FEE = 12_500, 485  # 3.49 % + 0.49, as the stand-in charges
OWED = 10_000


class Guest:
    """One guest, who pays 125.00; staff; and what PayPal sends."""

    def __init__(self, house: PayPalHouse, receiver: Receiver) -> None:
        self.house, self.receiver, self.heard = house, receiver, 0
        house.paypal._webhook_id = house.practice.listen(receiver.url)["id"]
        self.money = Money(other=lambda _: house.processor)
        self.money.clock.__dict__["now"] = house.now
        self.money.practices.save_practice(replace(PRACTICE, processors=("stripe", "paypal")))
        self.money.open("maya")
        self.money.charge("S-1", OWED)
        self.desk = Desk(self.money)

    def start(self) -> Payment:
        return self.desk.start("a", PAID, FORM, way="paypal")

    def approve(self, payer: str = "buyer") -> None:
        order = {"order": self.paid.session_id, "email": f"{payer}@example.org"}
        self.house.practice.control("orders/approve", order)

    def come_back(self) -> State:
        """From PayPal, as the page does: whose address names the payer has approved it."""
        return self.desk.paying.check("fern", self.paid.guest, approved=True).payment.state

    def hear(self, news: int) -> None:
        """Take so many webhooks in, and work them off."""
        self.receiver.wait_for(self.heard + news)
        for raw, headers in self.receiver.got[self.heard : self.heard + news]:
            self.money.receiving.receive("fern", "paypal", headers, raw)
        self.heard += news
        self.money.work_off()

    def pay(self) -> Payment:
        self.start()
        self.approve()
        assert self.come_back() is State.SUCCEEDED
        return self.paid

    def look(self) -> Facts:
        found = self.house.processor.look(Reference(ObjectKind.SESSION, self.paid.session_id))
        assert found is not None
        return found

    @property
    def paid(self) -> Payment:
        return self.desk.payment("a")

    def books(self) -> tuple[int, int, int]:
        """What the client owes, what the guest's account owes, and what PayPal holds; all of it proved."""
        verified = Verifying(self.money.ledgers, self.money.directory, self.money.clock).verify("fern")
        assert verified.findings == ()
        assert verified.trial.get(("asset:transfers", "USD"), 0) == 0
        guest = self.money.ledgers.account(self.paid.ref("fern"))
        held = verified.trial.get(("processor:paypal", "USD"), 0)
        return (
            self.money.account().ledger.balance_minor, guest.ledger.balance_minor if guest else 0, held,
        )  # fmt: skip


@pytest.fixture
def guest(receiver: Receiver) -> Iterator[Guest]:
    with running() as server:
        yield Guest(PayPalHouse(server), receiver)


def test_a_guests_payment_is_captured_once_on_return_with_two_calls(guest: Guest) -> None:
    """Must reach: one to create and one to capture (tokens excepted); whoever comes back later, and every
    webhook, captures nothing more."""
    paid = guest.pay()
    order = f"/v2/checkout/orders/{paid.session_id}"
    assert [call for call in asked(guest.house) if call.startswith("/v2/", call.index("/"))] == [
        "POST /v2/checkout/orders", f"POST {order}/capture",
    ]  # fmt: skip
    assert guest.books() == (OWED, -PAID, PAID - FEE)
    guest.hear(3)
    assert guest.come_back() is State.SUCCEEDED
    assert asked(guest.house).count(f"POST {order}/capture") == 1
    assert guest.books() == (OWED, -PAID, PAID - FEE)


def test_who_never_comes_back_is_captured_once_by_the_webhook_alone(guest: Guest) -> None:
    guest.start()
    guest.approve()
    guest.hear(1)
    assert guest.paid.state is State.SUCCEEDED
    guest.hear(2)
    assert [call for call in asked(guest.house) if call.endswith("/capture")] == [
        f"POST /v2/checkout/orders/{guest.paid.session_id}/capture"
    ]
    assert guest.books() == (OWED, -PAID, PAID - FEE)


def test_a_declined_guest_goes_back_to_the_same_approval_and_pays(guest: Guest) -> None:
    started = guest.start()
    guest.approve("declined")
    assert guest.come_back() is State.AWAITING
    assert guest.paid.next_url == started.next_url
    assert guest.money.ledgers.account(started.ref("fern")) is None
    guest.house.later(timedelta(seconds=2))  # PayPal tells whole seconds
    guest.approve()
    assert guest.come_back() is State.SUCCEEDED
    assert guest.books() == (OWED, -PAID, PAID - FEE)


def test_what_a_guest_canceled_is_never_captured(guest: Guest) -> None:
    started = guest.start()
    assert guest.desk.paying.cancel("fern", started.guest).payment.state is State.CANCELED
    guest.approve()
    guest.hear(1)
    assert guest.come_back() is State.CANCELED
    assert not [call for call in asked(guest.house) if call.endswith("/capture")]
    assert guest.books() == (OWED, 0, 0)


def test_a_capture_that_is_denied_later_credits_nobody(guest: Guest) -> None:
    guest.start()
    guest.approve("denied")
    assert guest.come_back() is State.PROCESSING
    guest.hear(2)
    capture = guest.paid.intent_id
    guest.house.practice.control("captures/end", {"capture": capture, "status": "DECLINED"})
    guest.hear(1)
    assert (guest.paid.state, guest.paid.returned) == (State.FAILED, True)
    assert guest.books() == (OWED, 0, 0)


@pytest.mark.parametrize(("status", "back"), [("COMPLETED", 3_000), ("FAILED", 0)])
def test_a_refund_follows_a_matched_payment_as_it_ends_at_paypal(
    guest: Guest, status: str, back: int
) -> None:
    guest.pay()
    guest.desk.match("a")
    assert guest.books() == (OWED - PAID, 0, PAID - FEE)
    guest.house.practice.control("refunds/next", {"status": "PENDING"})
    wish = RefundWish(guest.paid.ref("fern"), guest.paid.id, "r1", 3_000, Left.of(guest.paid), CLI)
    guest.money.refunding.refund(wish)
    [made] = guest.look().refunds
    guest.house.practice.control("refunds/end", {"refund": made.id, "status": status})
    for _ in range(2):
        guest.money.settling.settle("fern", "paypal", guest.look())
        assert guest.books() == (OWED - PAID + back, 0, PAID - FEE - back)


def test_a_dispute_of_a_matched_payment_follows_the_money_until_it_is_decided(guest: Guest) -> None:
    guest.pay()
    guest.desk.match("a")
    guest.hear(3)
    case = str(guest.house.practice.dispute(guest.paid.intent_id)["dispute_id"])
    moved = {"dispute": case, "type": "DEBIT", "amount": usd("125.00"), "reason": "DISPUTE_SETTLEMENT"}
    guest.house.practice.control("disputes/move", moved)
    guest.hear(2)
    assert guest.books() == (OWED - PAID, 0, -FEE)  # nobody owes what a bank holds
    lost = {"dispute": case, "status": "RESOLVED", "outcome": "RESOLVED_BUYER_FAVOUR"}
    guest.house.practice.control("disputes/change", lost)
    guest.hear(1)
    assert guest.books() == (OWED, 0, -FEE)
