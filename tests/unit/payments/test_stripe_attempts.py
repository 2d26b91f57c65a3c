"""Issue 12, number 3: which Checkout Sessions we opened, so that their money may be adopted."""

from typing import Any

import pytest

from chalicelib.payments.processors.stripe.client import StripeProcessor

OURS = {
    "id": "cs_1", "mode": "payment", "status": "complete", "client_reference_id": "key-1",
    "metadata": {"payment": "key-1", "account": "maya"}, "payment_link": None,
    "payment_intent": {
        "id": "pi_1", "status": "succeeded", "amount_received": 14000, "currency": "usd", "created": 1,
    },
}  # fmt: skip


class Told(StripeProcessor):
    """Stripe's answer is the one session."""

    def __init__(self, session: dict[str, Any]) -> None:
        super().__init__(
            secret_key="sk_test_1", publishable_key="pk_test_1", webhook_secrets=(), api_base="http://x.test"
        )
        self.session = session
        self._api = self

    @property
    def checkout(self) -> Any:
        return self

    @property
    def sessions(self) -> Any:
        return self

    def retrieve(self, *_: object) -> Any:
        return self

    def to_dict(self) -> dict[str, Any]:
        return self.session

    def _sessions_of(self, intent_id: str) -> list[dict[str, Any]]:
        return [self.session]


def test_the_session_that_we_opened_is() -> None:
    found = Told(OURS).attempt_of("pi_1")
    assert found is not None
    assert (found.payment_id, found.account_id, found.session_id) == ("key-1", "maya", "cs_1")


@pytest.mark.parametrize(
    "theirs",
    [
        {"payment_link": "plink_1"},
        {"client_reference_id": "key-2"},
        {"client_reference_id": None},
        {"metadata": {}},
    ],
)
def test_one_that_a_payment_link_made_or_that_does_not_name_the_payment_is_not(
    theirs: dict[str, Any],
) -> None:
    """Whoever opens a Payment Link chooses the client_reference_id in its URL, and whoever makes one at the
    practice chooses its metadata: both can be those of a lost payment."""
    assert Told({**OURS, **theirs}).attempt_of("pi_1") is None
