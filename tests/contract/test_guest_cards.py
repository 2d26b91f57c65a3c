"""Issue 16: cards that are declined in a guest's open session, with our own adapter against the stand-in."""

from dataclasses import replace
from datetime import UTC, datetime

from chalicelib.ledger.domain.payments import State
from chalicelib.payments.ports.connections import STRIPE_EVENTS
from chalicelib.payments.processors.stripe.client import StripeProcessor
from tests.contract.harness import Practice, Receiver
from tests.contract.test_adapter import restricted
from tests.support.guests import Desk
from tests.support.money import Money

DECLINED = "pm_card_chargeDeclined"


class Page:
    """A guest at the processor's fields, and the deployment that hears of what they try."""

    def __init__(self, practice: Practice, receiver: Receiver) -> None:
        self.practice, self.receiver, self.heard = practice, receiver, 0
        endpoint = {"url": receiver.url, "enabled_events": list(STRIPE_EVENTS)}
        stripe = StripeProcessor(
            secret_key=restricted(practice), publishable_key=practice.publishable_key,
            webhook_secrets=[practice.made("/v1/webhook_endpoints", endpoint)["secret"]],
            api_base=practice.server.origin,
        )  # fmt: skip
        self.money = Money(processor=stripe)  # type: ignore[arg-type]  # in the place of the one in memory
        self.money.clock.__dict__["now"] = lambda: datetime.now(UTC)
        held = self.money.practices.held
        held["fern"] = replace(held["fern"], flow="inline")
        self.desk = Desk(self.money)

    def try_card(self, secret: str, card: str = DECLINED) -> int:
        fields = {"client_secret": secret, "payment_method": card, "email": "p@example.org"}
        return self.practice.client_call("confirm", **fields).status

    def hear(self) -> str:
        """The type of the next event, which is worked off."""
        self.receiver.wait_for(self.heard + 1)
        raw, headers = self.receiver.got[self.heard]
        self.heard += 1
        self.money.receiving.receive("fern", "stripe", headers, raw)
        self.money.work_off()
        return self.receiver.types[self.heard - 1]


def test_each_declined_card_is_heard_of_and_the_third_ends_the_session(
    practice: Practice, receiver: Receiver
) -> None:
    page = Page(practice, receiver)
    started = page.desk.start("a")
    for _ in range(3):
        assert page.desk.payment("a").state is State.AWAITING
        assert page.try_card(started.client_secret) == 402
        assert page.hear() == "payment_intent.payment_failed"
    assert page.desk.payment("a").state is State.EXPIRED
    assert page.try_card(started.client_secret, "pm_card_visa") >= 400
    assert page.money.ledgers.accounts == {}
    assert page.hear() == "checkout.session.expired"


def test_who_types_another_card_after_a_decline_pays(practice: Practice, receiver: Receiver) -> None:
    page = Page(practice, receiver)
    started = page.desk.start("a")
    assert page.try_card(started.client_secret) == 402
    assert page.try_card(started.client_secret, "pm_card_visa") == 200
    while page.hear() != "checkout.session.completed":
        pass
    assert page.desk.payment("a").state is State.SUCCEEDED
