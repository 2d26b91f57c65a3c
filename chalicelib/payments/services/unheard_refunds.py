"""Refunds that the processor is asked for: an id of ours stands for one of them. While it was not heard what
became of one, there is no other of its payment.
"""

from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import datetime

from chalicelib.kernel.errors import NotFound, Refused
from chalicelib.kernel.instants import instant
from chalicelib.kernel.outside import AlreadyRecorded
from chalicelib.ledger.domain.accounts import Account
from chalicelib.ledger.domain.payments import AskedRefund, Payment
from chalicelib.ledger.ports.ledgers import Change, Ledgers, Movement
from chalicelib.ledger.services.recording import already, fingerprint, record
from chalicelib.payments.services.opening import KEY_LIFETIME
from chalicelib.platform.ports import Clock


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

    def asked_before(self, practice: str, payment: Payment, refund_id: str, amount_minor: int) -> bool:
        """Whether that refund was. Error: external_id_taken (the id is that of another one, of whichever
        payment)."""
        command = _command(payment, amount_minor)
        found = already(self.ledgers, practice, payment.account_id, _marker(refund_id), command)
        return found is not None

    def note(self, practice: str, payment: Payment, asked: AskedRefund) -> None:
        """The processor is about to be asked. Errors: as `may_ask`: somebody else may be asking; and as
        `asked_before`."""

        def noted(current: Payment) -> AskedRefund:
            self.may_ask(current, asked)
            known = current.unheard
            return known if known and known.id == asked.id and self._key_lives(known) else asked

        command = _command(payment, asked.amount_minor)
        marker = Movement(_marker(asked.id), payment.account_id, payment.id, 0, asked.at, command=command)
        known = self.asked_before(practice, payment, asked.id, asked.amount_minor)
        try:
            self._write(practice, payment, noted, None if known else marker)
        except AlreadyRecorded:  # by somebody else, since we looked; or by us, and the reply was lost
            self.note(practice, payment, asked)

    def tell(self, practice: str, payment: Payment, made: AskedRefund, refund_id: str) -> Payment:
        """The payment afterwards: nothing of it is unheard, and `refund_id` is told that `made` was made.

        That answer may not arrive either, so the id keeps it: another refund wants another id.
        """
        key, now = _told_marker(refund_id), instant(self.clock.now())
        marker = Movement(key, payment.account_id, payment.id, 0, now, command=made.id)
        with suppress(AlreadyRecorded):  # by us, and the reply was lost
            self._write(practice, payment, lambda current: _unless(current.unheard, made.id), marker)
        return self._stored(practice, payment)

    def told(self, practice: str, refund_id: str) -> str:
        """The id of the refund that was made, as `refund_id` was answered; "" where it was not."""
        found = self.ledgers.movement(practice, _told_marker(refund_id))
        return found.command if found else ""

    def forget(self, practice: str, payment: Payment, refund_id: str) -> Payment:
        """It is known now what became of that refund; the payment afterwards."""
        self._write(practice, payment, lambda current: _unless(current.unheard, refund_id))
        return self._stored(practice, payment)

    def _write(
        self,
        practice: str,
        payment: Payment,
        decided: Callable[[Payment], AskedRefund | None],
        marker: Movement | None = None,
    ) -> None:
        def decide(account: Account) -> Change | None:
            current = self._stored(practice, payment)
            unheard = decided(current)
            if unheard == current.unheard:
                return None
            changed = replace(current, unheard=unheard, version=current.version + 1)
            return Change(account, account, payment=changed, movement=marker)

        record(self.ledgers, self.clock, practice, payment.account_id, decide)

    def _stored(self, practice: str, payment: Payment) -> Payment:
        stored = self.ledgers.payment(practice, payment.account_id, payment.id)
        if stored is None:
            raise NotFound("payment_not_found", "payment_id")
        return stored

    def _key_lives(self, asked: AskedRefund) -> bool:
        return self.clock.now() - datetime.fromisoformat(asked.at) < KEY_LIFETIME


def _unless(unheard: AskedRefund | None, refund_id: str) -> AskedRefund | None:
    return None if unheard and unheard.id == refund_id else unheard


def _told_marker(refund_id: str) -> str:
    """It stands for no entry either. Its `command` is the id of the refund that was made instead."""
    return f"told#refund#{refund_id}"


def _marker(refund_id: str) -> str:
    """It stands for no entry: that one is named after the processor's own id of the refund."""
    return f"asked#refund#{refund_id}"


def _command(payment: Payment, amount_minor: int) -> str:
    return fingerprint("refund", payment=payment.id, amount_minor=amount_minor)
