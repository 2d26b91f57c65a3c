"""A practice's account at a processor as connecting sees it: what its key may do, where events go."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Protocol


class Ability(StrEnum):
    """Whether the account may take payments of a kind. UNTOLD: the processor says nothing of it."""

    ACTIVE = "active"
    INACTIVE = "inactive"
    PENDING = "pending"
    UNTOLD = ""


@dataclass(frozen=True, slots=True)
class ProcessorAccount:
    """`currency` is what it is paid out in by default; `category` its merchant category code. "": untold."""

    id: str
    name: str
    country: str
    currency: str
    category: str
    charges_enabled: bool
    payouts_enabled: bool
    cards: Ability
    bank_debits: Ability


@dataclass(frozen=True, slots=True)
class EventAddress:
    """Where the processor sends events of these types ("*": of all), in the form of that version of its API
    ("": of the account's own)."""

    id: str
    url: str
    events: Sequence[str]
    enabled: bool
    version: str

    def lacks(self, wanted: Collection[str]) -> list[str]:
        return [] if "*" in self.events else [event for event in wanted if event not in self.events]


@dataclass(frozen=True, slots=True)
class WalletDomain:
    """Whether wallets are offered on pages of that domain: why not, by wallet; none where all are."""

    name: str
    inactive: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Right:
    """What a restricted key must have been given: the row of Stripe's form, the level, the name that Stripe's
    errors have for it, and what of the API it opens. Without one that is not `needed` less is done here."""

    row: str
    level: str
    name: str
    resources: tuple[str, ...]
    needed: bool = True

    def __str__(self) -> str:
        return f"{self.row}: {self.level} ({self.name})"


# By the calls of chalicelib/payments/processors; tests hold the two together.
STRIPE_RIGHTS = (
    Right("Checkout Sessions", "write", "rak_checkout_session_write", ("checkout.sessions",)),
    Right("PaymentIntents", "write", "rak_payment_intent_write", ("payment_intents",)),
    Right("Charges and Refunds", "write", "rak_charge_write", ("charges", "refunds")),
    Right("Disputes", "read", "rak_dispute_read", ("disputes",)),
    Right(
        "Balance Transaction Sources",
        "read",
        "rak_balance_transaction_source_read",
        ("balance_transactions",),
    ),
    Right("Events", "read", "rak_event_read", ("events",)),
    Right("Accounts", "read", "rak_accounts_kyc_basic_read", ("accounts",)),
    Right("Customers", "write", "rak_customer_write", ("customers",), needed=False),
    Right("Payment Methods", "write", "rak_payment_method_write", ("payment_methods",), needed=False),
    Right("Setup Intents", "write", "rak_setup_intent_write", ("setup_intents",), needed=False),
    Right("Mandates", "read", "rak_mandate_read", ("mandates",), needed=False),
    Right(
        "Payment Method Domains",
        "write",
        "rak_payment_method_domain_write",
        ("payment_method_domains",),
        needed=False,
    ),
    Right("Webhook Endpoints", "write", "rak_webhook_write", ("webhook_endpoints",), needed=False),
)

# What an endpoint at Stripe should send; more does no harm, and what is missed reconcile finds. One for each
# fact: that money came the session's events say, so that the intent's (payment_intent.succeeded) need not.
# That a card was declined in a session that stays open, the intent's alone say.
STRIPE_EVENTS = (
    "checkout.session.completed",
    "checkout.session.expired",
    "checkout.session.async_payment_succeeded",
    "checkout.session.async_payment_failed",
    "payment_intent.payment_failed",
    "charge.updated",
    "charge.refunded",
    "refund.updated",
    "refund.failed",
    "charge.dispute.created",
    "charge.dispute.funds_withdrawn",
    "charge.dispute.funds_reinstated",
    "charge.dispute.closed",
    "payment_method.attached",
    "payment_method.automatically_updated",
    "payment_method.detached",
    "payment_method.updated",
    "setup_intent.setup_failed",
    "mandate.updated",
    "customer.deleted",
)


class Connection(Protocol):
    """One account, by its secret or restricted key. Every method may raise ProcessorTimeout, ProcessorRefused
    and ProcessorDenied; what a restricted key may not do, ProcessorForbids."""

    version: str

    def account(self) -> ProcessorAccount: ...

    def lacking(self) -> Sequence[Right]:
        """The rights that this key does not have, each tried by a call that changes nothing."""
        ...

    def addresses(self, url: str) -> Sequence[EventAddress]:
        """Those that send to this URL."""
        ...

    def add_address(self, url: str, events: Sequence[str]) -> tuple[EventAddress, str]:
        """A new one, and its signing secret, which is never told again."""
        ...

    def renew_address(self, address: EventAddress, events: Sequence[str]) -> EventAddress:
        """The same one, switched on, for these types of events."""
        ...

    def wallet_domain(self, name: str) -> WalletDomain:
        """Register the domain of our pages, where it is not yet, and have it checked."""
        ...


class PayPalConnection(Protocol):
    """One app at PayPal, by its id and secret. Every method may raise ProcessorTimeout, ProcessorRefused and
    ProcessorDenied."""

    def app_id(self) -> str:
        """PayPal's name of the app: whether it takes the keys."""
        ...

    def lacking(self) -> Sequence[str]:
        """The app's features, as PayPal's form names them, that are not switched on, each tried by a look."""
        ...

    def webhook(self, url: str) -> str:
        """The id of the address that sends all events that are needed to that URL, "" where none does."""
        ...

    def make_webhook(self, url: str) -> str:
        """A new one, in place of what sends there; its id."""
        ...


class Credentials(Protocol):
    """Each practice's own keys at a processor, and what was learned when they were connected."""

    def of(self, practice: str, processor: str) -> Mapping[str, Any] | None:
        """None while the practice has not connected the processor. Error: Busy."""
        ...

    def save(self, practice: str, processor: str, credentials: Mapping[str, Any]) -> None:
        """Error: Busy."""
        ...
