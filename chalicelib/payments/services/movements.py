"""One movement of money at a processor: entry, account, payment and marker in one transaction, once."""

from collections.abc import Callable
from dataclasses import dataclass

from chalicelib.kernel import actors
from chalicelib.kernel.errors import NotFound
from chalicelib.kernel.instants import instant, local_date
from chalicelib.kernel.outside import AlreadyRecorded
from chalicelib.ledger.domain.accounts import Account, with_reservation
from chalicelib.ledger.domain.entries import Draft, Entry, EntryKind
from chalicelib.ledger.domain.payments import Payment
from chalicelib.ledger.domain.refunds import Refund
from chalicelib.ledger.ports.ledgers import Change, Ledgers, Movement
from chalicelib.ledger.services.recording import entered, record
from chalicelib.payments.ports.processors import Facts
from chalicelib.platform.ports import Clock
from chalicelib.practice.ports import Practices

Paid = Callable[[Account, Entry], Payment]
Make = Callable[[Account, Payment], tuple[Draft, Paid] | None]


@dataclass(frozen=True)
class Moving:
    ledgers: Ledgers
    practices: Practices
    clock: Clock

    def move(self, practice: str, facts: Facts, key: str, make: Make, *, due: str = "") -> bool:
        """Post what `make` drafts, with the payment it gives, under that marker. False when it stood there.

        `make` is called again after every conflict; None means that nothing is to be done.
        """

        def decide(account: Account) -> Change | None:
            payment = self.payment(practice, facts)  # before the marker, else it may be the newer of the two
            if self.moved(practice, key):  # since we looked; what is drafted now would rest on it
                return None
            made = make(account, payment)
            if made is None:
                return None
            draft, paid = made
            after, entry = entered(account, draft, at=instant(self.clock.now()), actor=_actor(payment, draft))
            changed = paid(after, entry)
            marker = Movement(key, account.id, changed.id, entry.seq, entry.recorded_at, due)
            return Change(account, with_reservation(after, changed), entry, payment=changed, movement=marker)

        try:
            return record(self.ledgers, self.clock, practice, facts.account_id, decide) is not None
        except AlreadyRecorded:
            return False

    def moved(self, practice: str, key: str) -> bool:
        return self.ledgers.movement(practice, key) is not None

    def payment(self, practice: str, of: Facts | Refund) -> Payment:
        """Error: NotFound payment_not_found."""
        return self.stored(practice, of.account_id, of.payment_id)

    def stored(self, practice: str, account_id: str, payment_id: str) -> Payment:
        """Error: NotFound payment_not_found."""
        payment = self.ledgers.payment(practice, account_id, payment_id)
        if payment is None:
            raise NotFound("payment_not_found")
        return payment

    def local(self, practice: str, at: str) -> str:
        """The practice's date at that instant."""
        profile = self.practices.practice(practice)
        if profile is None:
            raise NotFound("practice_not_found")
        return local_date(at, profile.timezone)


def _actor(payment: Payment, draft: Draft) -> str:
    """Whoever paid made the payment; of all else we learn from its processor."""
    paid = draft.kind is EntryKind.PAYMENT and payment.actor
    return paid or actors.processor(payment.processor).text
