"""Processors; paying, settling, refunds; what is asked of a processor by the clock."""

from functools import cached_property
from typing import TYPE_CHECKING

from chalicelib.bootstrap.identity import IdentityWiring
from chalicelib.bootstrap.ledger import LedgerWiring
from chalicelib.payments.ports.connections import Connection, PayPalConnection
from chalicelib.payments.ports.processors import Processors
from chalicelib.payments.processors.registry import KNOWN, CredentialProcessors
from chalicelib.payments.services.guest_claiming import GuestClaiming
from chalicelib.payments.services.guest_declines import GuestDeclines
from chalicelib.payments.services.guest_limits import GuestLimits
from chalicelib.payments.services.guest_paying import GuestPaying
from chalicelib.payments.services.methods.adding import Additions
from chalicelib.payments.services.methods.card_notices import CardNotices
from chalicelib.payments.services.methods.choosing import Choosing
from chalicelib.payments.services.methods.following import Following
from chalicelib.payments.services.methods.payer_rows import PayerRows
from chalicelib.payments.services.methods.paying_with import PayingWith
from chalicelib.payments.services.next_steps import NextSteps
from chalicelib.payments.services.overview import Overviews
from chalicelib.payments.services.paying import Paying
from chalicelib.payments.services.payment_limits import PaymentLimits
from chalicelib.payments.services.puzzles import Puzzles
from chalicelib.payments.services.settling import Settling
from chalicelib.payments.services.terms import Terms
from chalicelib.payments.services.webhooks import Receiving
from chalicelib.payments.store.guests import DynamoGuestForms
from chalicelib.payments.store.payers import DynamoPayers

if TYPE_CHECKING:
    from chalicelib.identity.services.rotating import Rotating
    from chalicelib.payments.services.adopting import Adopting
    from chalicelib.payments.services.catching_up import CatchingUp
    from chalicelib.payments.services.connecting import Connecting
    from chalicelib.payments.services.connecting_paypal import ConnectingPayPal, PayPalKeys
    from chalicelib.payments.services.full_pass import FullPasses
    from chalicelib.payments.services.reconciling import Reconciling
    from chalicelib.payments.services.refunding import Refunding
    from chalicelib.payments.services.restarts import PaymentRestarts
    from chalicelib.payments.services.turns import Turns


class PaymentsWiring(LedgerWiring, IdentityWiring):
    @cached_property
    def processors(self) -> Processors:
        return CredentialProcessors(self.credentials, self.settings)

    def stripe_account(self, secret_key: str) -> Connection:
        """That of the key, while a practice is being connected to it."""
        from chalicelib.payments.processors.stripe.account import StripeConnection

        return StripeConnection(secret_key, self.settings.stripe_api)

    @cached_property
    def connecting(self) -> "Connecting":
        from chalicelib.payments.services.connecting import Connecting

        return Connecting(self.credentials)

    def paypal_app(self, keys: "PayPalKeys") -> PayPalConnection:
        """That of the keys, while a practice is being connected to it."""
        from chalicelib.payments.processors.paypal.account import PayPalApp
        from chalicelib.payments.processors.paypal.environments import environment_of

        environment = environment_of({"live": keys.live}, self.settings.paypal_api)
        return PayPalApp(keys.client_id, keys.secret, environment, self.clock)

    @cached_property
    def connecting_paypal(self) -> "ConnectingPayPal":
        from chalicelib.payments.services.connecting_paypal import ConnectingPayPal

        return ConnectingPayPal(self.credentials)

    @cached_property
    def terms(self) -> Terms:
        return Terms(self.processors)

    @cached_property
    def settling(self) -> Settling:
        return Settling(
            self.ledgers, self.practices, self.processors, self.documents_queue, self.alerting, self.clock
        )

    @cached_property
    def paying(self) -> Paying:
        return Paying(
            self.ledgers, self.practices, self.processors, self.settling, PaymentLimits(self.counters),
            self.keys, self.clock, self.links, self.settings.public_url, PayingWith(self.payer_rows),
        )  # fmt: skip

    @cached_property
    def guest_forms(self) -> DynamoGuestForms:
        return DynamoGuestForms()

    @cached_property
    def rotating(self) -> "Rotating":
        from chalicelib.identity.services.rotating import Rotating

        return Rotating(
            self.key_ring, self.keys, self.access, self.practices, self.people, self.clock,
            (self.guest_forms,),
        )  # fmt: skip

    @cached_property
    def guest_limits(self) -> GuestLimits:
        return GuestLimits(self.counters, Puzzles(self.keys, self.clock), self.alerting)

    @cached_property
    def guest_paying(self) -> GuestPaying:
        return GuestPaying(
            self.ledgers, self.practices, self.processors, self.settling, self.guest_forms, self.guest_limits,
            CardNotices(self.payers, self.clock), self.keys, self.clock, self.settings.public_url,
        )  # fmt: skip

    @cached_property
    def guest_claiming(self) -> GuestClaiming:
        return GuestClaiming(self.guest_paying, self.people, self.keys, self.chance)

    @cached_property
    def payers(self) -> DynamoPayers:
        return DynamoPayers()

    @cached_property
    def payer_rows(self) -> PayerRows:
        return PayerRows(self.payers, self.processors, self.chance, self.clock)

    @cached_property
    def following(self) -> Following:
        return Following(self.payer_rows, self.ledgers, self.keys)

    @cached_property
    def choosing(self) -> Choosing:
        return Choosing(self.following, self.practices)

    @cached_property
    def additions(self) -> Additions:
        return Additions(self.following, self.practices, self.counters, self.settings.public_url)

    @cached_property
    def overviews(self) -> Overviews:
        return Overviews(self.reading, self.terms)

    @cached_property
    def next_steps(self) -> NextSteps:
        return NextSteps(self.processors)

    @cached_property
    def receiving(self) -> Receiving:
        return Receiving(
            self.work, self.processors, self.settling, self.settle_queue, self.alerting, self.clock,
            self.following, GuestDeclines(self.processors, self.settling, self.guest_limits),
        )  # fmt: skip

    @cached_property
    def refunding(self) -> "Refunding":
        from chalicelib.payments.services.refunding import Refunding

        return Refunding(self.ledgers, self.processors, self.settling, self.clock)

    @cached_property
    def reconciling(self) -> "Reconciling":
        from chalicelib.payments.services.reconciling import Reconciling

        return Reconciling(
            self.practices, self.work, self.rounds, self.catch_up_queue, self.catching_up, self.clock
        )

    @cached_property
    def catching_up(self) -> "CatchingUp":
        from chalicelib.payments.services.catching_up import CatchingUp

        return CatchingUp(
            self.rounds, self.settling, self.full_passes, self.alerting, self.clock, self.following
        )

    @cached_property
    def turns(self) -> "Turns":
        from chalicelib.payments.services.turns import Turns

        return Turns(
            self.ledgers, self.work, self.rounds, self.processors, self.settling, self.catching_up, self.clock
        )

    @cached_property
    def adopting(self) -> "Adopting":
        from chalicelib.payments.services.adopting import Adopting

        return Adopting(
            self.ledgers, self.people, self.processors, self.settling, self.alerting, self.keys, self.clock
        )

    @cached_property
    def full_passes(self) -> "FullPasses":
        from chalicelib.payments.services.full_pass import JOB, FullPass, FullPasses

        return FullPasses([
            FullPass(
                self.daily(f"{JOB}-{name}"), self.processors, self.ledgers, self.settling, self.alerting,
                self.clock, name, self.adopting,
            )
            for name in KNOWN
        ])  # fmt: skip

    @cached_property
    def payment_restarts(self) -> "PaymentRestarts":
        from chalicelib.payments.services.restarts import PaymentRestarts

        return PaymentRestarts(self.paying, self.refunding, self.settle_queue, self.alerting, self.clock)
