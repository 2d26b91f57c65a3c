"""A payment after what happened at its processor: one movement of money is entry, account, payment and marker
in one transaction, once; where no money moved, account and payment alone.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace

from chalicelib.kernel import actors
from chalicelib.kernel.account_refs import AccountRef
from chalicelib.kernel.errors import Invalid, Refused, present
from chalicelib.kernel.instants import instant, local_date
from chalicelib.kernel.outside import AlreadyRecorded
from chalicelib.ledger.domain import drafts
from chalicelib.ledger.domain.accounts import Account, kept_of, standing, with_payment
from chalicelib.ledger.domain.entries import Draft, Entry, EntryKind
from chalicelib.ledger.domain.marker_keys import Outcome, at_processor
from chalicelib.ledger.domain.markers import Marker
from chalicelib.ledger.domain.payments import Event, Payment, advance
from chalicelib.ledger.domain.refunds import Refund
from chalicelib.ledger.ports.ledgers import Change, Ledgers, Marked
from chalicelib.ledger.services.guest_money import followed
from chalicelib.ledger.services.recording import Seen, entered, record_payment
from chalicelib.payments.ports.movements import Movement
from chalicelib.payments.ports.processors import Facts
from chalicelib.platform.ports import Clock
from chalicelib.practice.ports import Practices

Paid = Callable[[Account, Entry], Payment]
Make = Callable[[Account, Payment], tuple[Draft, Paid] | None]
Step = tuple[Event, Mapping[str, object]] | None  # what happened, and the facts it brought; None is nothing


@dataclass(frozen=True, slots=True)
class CaptureFee:
    """What the processor took of captured money: the fee beside that movement, of the day of the capture."""

    processor: str
    moved: Movement
    on: str

    @property
    def key(self) -> str:
        return at_processor(self.processor, self.moved.id, Outcome.FEE)

    def draft(self, account: Account, payment: Payment) -> Draft:
        """Error: Refused currency_mixed."""
        if self.moved.fee_currency not in ("", payment.currency):
            raise Refused("currency_mixed", currency=self.moved.fee_currency)
        return drafts.processor_fee(
            account.ledger, self.moved.fee_minor, processor=self.processor, on=self.on,
            reference=self.moved.id, payment_id=payment.id,
        )  # fmt: skip


@dataclass(frozen=True)
class MarkedMovements:
    ledgers: Ledgers
    practices: Practices
    clock: Clock

    def post(
        self,
        practice: str,
        facts: Facts,
        key: str,
        make: Make,
        *,
        due: str = "",
        seen: Seen | None = None,
        fee: CaptureFee | None = None,
    ) -> Seen | None:
        """Post what `make` drafts, with the payment it gives, under that marker: account and payment as they
        then are, None when it stood there.

        `make` is called again after every conflict; None means that nothing is to be done. `fee` is posted in
        the same transaction, if the ledger's rules take it; else it is for whoever posts it by itself.
        """

        def decide(held: Seen) -> Change | None:
            account, payment = held.account, held.existing
            # Asked after both were read: what is drafted would rest on it.
            if self.stands(practice, key):
                return None
            made = make(account, payment)
            if made is None:
                return None
            draft, paid = made
            after, entry = entered(account, draft, at=instant(self.clock.now()), actor=_actor(payment, draft))
            changed = paid(after, entry)
            marker = Marker(key, account.id, changed.id, entry.seq, entry.recorded_at, due)
            change = Change(account, with_payment(after, changed), entry, payment=changed, marker=marker)
            change = followed(self.ledgers, practice, change)
            return _with_fee(change, changed, fee) if fee else change

        ref, id_ = facts.ref(practice), facts.payment_id
        try:
            change, now = record_payment(self.ledgers, self.clock, ref, id_, decide, seen=seen)
        except AlreadyRecorded:
            if fee:  # it may be the fee's marker alone that stands
                return self.post(practice, facts, key, make, due=due, seen=seen)
            return None
        return now if change else None

    def advance(
        self,
        ref: AccountRef,
        payment_id: str,
        step: Callable[[Payment], Step],
        *,
        seen: Seen | None = None,
    ) -> tuple[Change | None, Seen]:
        """Account and payment after the event that `step` makes of the payment as it is; it is called again
        after every conflict."""

        def decide(held: Seen) -> Change | None:
            found = step(held.existing)
            if found is None:
                return None
            event, facts = found
            moved = advance(held.existing, event, at=instant(self.clock.now()), **facts)
            after = with_payment(held.account, moved)
            # By the payment as it was, too: an older account may happen to say already what it is to say.
            same = held.payment is not None and kept_of(held.payment) == kept_of(moved)
            alone = same and after == held.account
            new = not held.account.version  # a guest's, which is made with its credit
            return Change(held.account, after, payment=moved, alone=alone or new)

        return record_payment(self.ledgers, self.clock, ref, payment_id, decide, seen=seen)

    def seen(self, practice: str, facts: Facts) -> Seen:
        """Account and payment in one call. Error: NotFound payment_not_found."""
        account, payment = self.ledgers.account_and_payment(facts.ref(practice), facts.payment_id)
        account = standing(account, payment, "payment_not_found")
        return Seen(account, present(payment, "payment_not_found"))

    def stands(self, practice: str, key: str) -> bool:
        """Whether the marker does: the movement is in the ledger."""
        return self.ledgers.marker(practice, key) is not None

    def payment(self, practice: str, of: Facts | Refund) -> Payment:
        """Error: NotFound payment_not_found."""
        return self.stored(of.ref(practice), of.payment_id)

    def stored(self, ref: AccountRef, payment_id: str) -> Payment:
        """Error: NotFound payment_not_found."""
        return present(self.ledgers.payment(ref, payment_id), "payment_not_found")

    def local(self, practice: str, at: str) -> str:
        """The practice's date at that instant."""
        profile = present(self.practices.practice(practice), "practice_not_found")
        return local_date(at, profile.timezone)


def _with_fee(change: Change, payment: Payment, fee: CaptureFee) -> Change:
    """The change, with the fee where the rules of the ledger take it."""
    try:
        draft = fee.draft(change.after, payment)
        after, entry = entered(change.after, draft, at=payment.updated_at, actor=_actor(payment, draft))
    except (Invalid, Refused):
        return change
    charged = replace(payment, fee_minor=fee.moved.fee_minor)
    marker = Marker(fee.key, after.id, payment.id, entry.seq, entry.recorded_at)
    return replace(change, after=after, payment=charged, fee=Marked(entry, marker))


def _actor(payment: Payment, draft: Draft) -> str:
    """Whoever paid made the payment; of all else we learn from its processor."""
    paid = draft.kind is EntryKind.PAYMENT and payment.actor
    return paid or actors.processor(payment.processor).text
