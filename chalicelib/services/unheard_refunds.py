"""Refunds whose answer was not heard: while one of a payment may have been made there is no other of it."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime

from chalicelib.domain.accounts import Account
from chalicelib.domain.errors import NotFound, Refused
from chalicelib.domain.payments import AskedRefund, Payment
from chalicelib.services.opening import KEY_LIFETIME
from chalicelib.services.ports import Change, Clock, Ledgers
from chalicelib.services.recording import record


@dataclass(frozen=True)
class UnheardRefunds:
    ledgers: Ledgers
    clock: Clock

    def may_ask(self, payment: Payment, asked: AskedRefund) -> None:
        """Whether the processor may be asked for that refund now. Errors: refund_unknown, external_id_taken.

        That another one is not found there proves nothing while its key lives: the call may be under way.
        """
        known = payment.unheard
        if known is None or not self._key_lives(known):
            return
        if known.id != asked.id:
            raise Refused("refund_unknown", "refund_id", id=known.id)
        if known.amount_minor != asked.amount_minor:
            raise Refused("external_id_taken", "refund_id")

    def note(self, practice: str, payment: Payment, asked: AskedRefund) -> None:
        """The processor is about to be asked. Errors: as `may_ask`: somebody else may be asking."""

        def noted(current: Payment) -> AskedRefund:
            self.may_ask(current, asked)
            known = current.unheard
            return known if known and known.id == asked.id and self._key_lives(known) else asked

        self._write(practice, payment, noted)

    def forget(self, practice: str, payment: Payment, refund_id: str) -> Payment:
        """It is known now what became of that refund; the payment afterwards."""

        def others(current: Payment) -> AskedRefund | None:
            known = current.unheard
            return None if known and known.id == refund_id else known

        self._write(practice, payment, others)
        return self._stored(practice, payment)

    def _write(
        self, practice: str, payment: Payment, decided: Callable[[Payment], AskedRefund | None]
    ) -> None:
        def decide(account: Account) -> Change | None:
            current = self._stored(practice, payment)
            unheard = decided(current)
            if unheard == current.unheard:
                return None
            changed = replace(current, unheard=unheard, version=current.version + 1)
            return Change(account, account, payment=changed)

        record(self.ledgers, self.clock, practice, payment.account_id, decide)

    def _stored(self, practice: str, payment: Payment) -> Payment:
        stored = self.ledgers.payment(practice, payment.account_id, payment.id)
        if stored is None:
            raise NotFound("payment_not_found", "payment_id")
        return stored

    def _key_lives(self, asked: AskedRefund) -> bool:
        return self.clock.now() - datetime.fromisoformat(asked.at) < KEY_LIFETIME
