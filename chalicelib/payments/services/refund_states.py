"""The only use case that moves a refund: its row, its payment and its entry change in one transaction.

A refund asked for here has a row before the processor is called; one made in the processor's dashboard gets
its row with the first news of it.
"""

from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, replace
from functools import partial

from chalicelib.kernel import actors
from chalicelib.kernel.instants import instant
from chalicelib.kernel.outside import AlreadyRecorded
from chalicelib.ledger.domain.accounts import Account, with_payment
from chalicelib.ledger.domain.entries import Entry, EntryKind
from chalicelib.ledger.domain.marker_keys import Outcome, at_processor
from chalicelib.ledger.domain.markers import Marker
from chalicelib.ledger.domain.payments import Payment
from chalicelib.ledger.domain.refunds import ID, MACHINE, Event, Refund, State, asked, moved
from chalicelib.ledger.ports.ledgers import Change
from chalicelib.ledger.services.guest_money import followed
from chalicelib.ledger.services.positions import Positions
from chalicelib.ledger.services.recording import entered, record
from chalicelib.payments.ports.processors import Facts, Refunded, RefundStatus
from chalicelib.payments.services.movements import MarkedMovements

# What is not here moves nothing.
EVENTS = {
    RefundStatus.PENDING: Event.PENDING,
    RefundStatus.SUCCEEDED: Event.SUCCEEDED,
    RefundStatus.FAILED: Event.FAILED,
}

Known = Callable[[Payment, Mapping[str, Refund]], Refund]


@dataclass(frozen=True)
class RefundStates:
    movements: MarkedMovements

    def heard(self, practice: str, facts: Facts, found: Refunded) -> None:
        """What the processor says of a refund. Error: refund_above_remainder."""
        event = EVENTS.get(found.status)
        if event is not None:
            self._move(practice, facts, event, partial(_known, found), found)

    def not_made(self, practice: str, refund: Refund, event: Event) -> None:
        """The processor refused it, or never heard of it: its amount is free again."""
        self._move(practice, refund, event, lambda _, rows: rows[refund.id])

    def _move(
        self,
        practice: str,
        of: Facts | Refund,
        event: Event,
        known: Known,
        found: Refunded | None = None,
    ) -> None:
        def decide(account: Account) -> Change | None:
            payment = self.movements.payment(practice, of)  # before its refunds, else it may be the newer
            refund = known(payment, self.movements.ledgers.refunds(account.ref(practice), payment.id))
            state = MACHINE.after(refund.state, event)
            if state is None:
                return None
            payment = payment if refund.version else asked(payment, refund)
            after = replace(moved(payment, refund, state), version=payment.version + 1)
            now, named = instant(self.movements.clock.now()), found.id if found else ""
            row = replace(refund, state=state, processor_id=named, updated_at=now, version=refund.version + 1)
            if found is None or after.refunded_minor == payment.refunded_minor:
                return Change(account, account, payment=after, refund=row)
            on = self.movements.local(practice, found.at)
            return self._posted(practice, account, payment, after, row, on)

        with suppress(AlreadyRecorded):  # by somebody else, since we looked; or by us, and the reply was lost
            record(self.movements.ledgers, self.movements.clock, of.ref(practice), decide)

    def _posted(
        self, practice: str, account: Account, before: Payment, after: Payment, refund: Refund, on: str
    ) -> Change:
        """Money went, or came back."""
        went = refund.state is State.SUCCEEDED
        actor = refund.actor if went else actors.processor(before.processor).text
        draft = Positions(self.movements.ledgers).after_capture(
            practice, account, EntryKind.REFUND if went else EntryKind.REFUND_FAILURE, before, after,
            on=on, reference=refund.processor_id,
            undoes=None if went else self._entry(practice, refund),
        )  # fmt: skip
        posted, entry = entered(account, draft, at=refund.updated_at, actor=actor)
        outcome = Outcome.SUCCEEDED if went else Outcome.FAILED
        key = at_processor(before.processor, refund.processor_id, outcome)
        change = Change(
            account, with_payment(posted, after), entry,
            payment=replace(after, updated_at=entry.recorded_at),
            refund=replace(refund, entry_seq=entry.seq) if went else refund,
            marker=Marker(key, account.id, before.id, entry.seq, entry.recorded_at),
        )  # fmt: skip
        return followed(self.movements.ledgers, practice, change)

    def _entry(self, practice: str, refund: Refund) -> Entry:
        seq = refund.entry_seq
        return next(iter(self.movements.ledgers.entries(refund.ref(practice), first=seq, last=seq)))


def _known(found: Refunded, payment: Payment, rows: Mapping[str, Refund]) -> Refund:
    """The row that names that refund; else the one of its id that nothing is known of; else a new one."""
    named = next((row for row in rows.values() if row.processor_id == found.id), None)
    ours = rows.get(found.refund_id)
    if not named and ours and (ours.processor_id, ours.amount_minor) == ("", found.amount_minor):
        return ours
    return named or Refund(
        id=_free_id(found, rows),
        account_id=payment.account_id,
        payment_id=payment.id,
        amount_minor=found.amount_minor,
        actor=actors.processor(payment.processor).text,
        asked_at=found.at,
        updated_at=found.at,
        version=0,  # not written yet
    )


def _free_id(found: Refunded, rows: Mapping[str, Refund]) -> str:
    """Ours, where its metadata name one, and no other refund has it: anybody at the practice may write any
    text there. Nobody can ask for one that ends like the last."""
    ours = [found.refund_id] if ID.fullmatch(found.refund_id) else []
    return next(id_ for id_ in (*ours, found.id, f"{found.id}~") if id_ not in rows)
