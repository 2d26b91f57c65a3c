"""Nine faults, as real ones were. The simulation must find each, or its silence means nothing.

All but one are the shipped ledger with another `commit`: the rest of the product runs unchanged.
"""

from dataclasses import replace

from chalicelib.bootstrap import App
from chalicelib.kernel.outside import AlreadyRecorded, Conflict
from chalicelib.ledger.domain.accounts import Account, with_payment
from chalicelib.ledger.domain.entries import Entry, EntryKind
from chalicelib.ledger.domain.ledger import post
from chalicelib.ledger.domain.payments import Event, State
from chalicelib.ledger.ports.ledgers import Change, Marked
from chalicelib.ledger.services.recording import Seen
from chalicelib.ledger.store.items import EntryItem, MarkerItem, PaymentItem, RefundItem
from chalicelib.ledger.store.ledgers import DynamoLedgers, _puts
from chalicelib.payments.services.completing import Completing
from chalicelib.payments.services.settling import Settling
from chalicelib.platform.dynamo.table import Canceled, Item, transact


class CheckThenAct(DynamoLedgers):
    """Looks for the marker, then writes on whatever the account is by now: two at once both credit."""

    def commit(self, practice: str, change: Change) -> None:
        if change.marker and self.marker(practice, change.marker.key) is not None:
            raise AlreadyRecorded
        now = self.account(change.after.ref(practice))
        if now is None or change.entry is None:
            super().commit(practice, change)
            return
        _put_blindly(practice, change, now, change.entry)


class CheckTheRow(DynamoLedgers):
    """Looks whether the row of a payment that is adopted is there, then writes as above."""

    def commit(self, practice: str, change: Change) -> None:
        paid, entry = change.payment, change.entry
        if paid is None or entry is None or paid.version > 1 or paid.outside:
            super().commit(practice, change)
            return
        if self.payment(paid.ref(practice), paid.id) is not None:
            raise AlreadyRecorded
        _put_blindly(practice, change, self.account(paid.ref(practice)) or change.before, entry)


def _put_blindly(practice: str, change: Change, now: Account, entry: Entry) -> None:
    ledger, entry = post(now.ledger, entry.draft, recorded_at=entry.recorded_at, actor=entry.actor)
    fee = change.fee
    if fee:
        taken = fee.entry
        ledger, taken = post(ledger, taken.draft, recorded_at=taken.recorded_at, actor=taken.actor)
        fee = Marked(taken, replace(fee.marker, entry_seq=taken.seq))
    after = replace(now, ledger=ledger)
    if change.payment:
        after = with_payment(after, replace(change.payment, entry_seq=entry.seq))
    puts = list(_puts(practice, replace(change, before=now, after=after, entry=entry, fee=fee)))
    always = Item.pk.exists() | Item.pk.does_not_exist()
    blind = (MarkerItem, PaymentItem, RefundItem)
    try:
        transact([(item, always if isinstance(item, blind) else held) for item, held in puts])
    except Canceled as canceled:
        raise Conflict from canceled


class ClaimFirst(DynamoLedgers):
    """Claims the marker in a write of its own, then credits: who dies in between has lost the credit."""

    def commit(self, practice: str, change: Change) -> None:
        if change.marker:
            try:
                transact([(MarkerItem.of(practice, change.marker), MarkerItem.pk.does_not_exist())])
            except Canceled as canceled:
                raise AlreadyRecorded from canceled
        super().commit(practice, replace(change, marker=None))


class EntryMeansDuplicate(DynamoLedgers):
    """Takes a taken entry number for a duplicate: who loses a race has lost the credit."""

    def commit(self, practice: str, change: Change) -> None:
        puts = list(_puts(practice, change))
        try:
            transact(puts)
        except Canceled as canceled:
            failed = {type(puts[place][0]) for place in canceled.failed}
            if failed & {MarkerItem, EntryItem}:
                raise AlreadyRecorded from canceled
            raise Conflict from canceled


class WholeDispute(DynamoLedgers):
    """Takes a dispute for lost whole: what the bank gave back of it is called posted, and is in no book."""

    def commit(self, practice: str, change: Change) -> None:
        entry, payment = change.entry, change.payment
        if entry and payment and entry.draft.kind is EntryKind.DISPUTE_REINSTATED:
            dispute_id, _, _ = entry.draft.reference.partition("/")
            if payment.dispute(dispute_id).taken_minor:
                raise AlreadyRecorded
        super().commit(practice, change)


class AloneByTheAccount(DynamoLedgers):
    """Writes a payment by itself where the account that was read says already what it is to say: it may have
    been read before the payment, and then it keeps items reserved that nobody pays any more."""

    def commit(self, practice: str, change: Change) -> None:
        nothing_else = Change(change.before, change.before, payment=change.payment)
        alone = change.payment is not None and replace(change, alone=False) == nothing_else
        super().commit(practice, replace(change, alone=alone))


class MatchedInTwoSteps(DynamoLedgers):
    """Brings a guest's money to the client first, then takes it from the guest, who is looked at before: two
    staff at once bring it to two clients."""

    def commit(self, practice: str, change: Change) -> None:
        if change.other is None or change.entry is None or change.entry.draft.kind is not _MATCH:
            super().commit(practice, change)
            return
        super().commit(practice, change.other)
        super().commit(practice, replace(change, other=None))


class GuestAlone(DynamoLedgers):
    """Takes what is given back of matched money from the guest's account alone: the client keeps it."""

    def commit(self, practice: str, change: Change) -> None:
        after = change.entry is not None and change.entry.draft.kind is not _MATCH
        of_guest = change.payment is not None and change.payment.matched_to
        super().commit(practice, replace(change, other=None) if after and of_guest else change)


_MATCH = EntryKind.GUEST_PAYMENT


def time_out_means_no(app: App) -> None:
    """Takes money that no answer was heard about for not taken: its payer pays again, by another order."""

    class Hasty(Completing):
        def after_event(self, practice: str, seen: Seen, event: Event, **changes: str) -> Seen:
            capturing = seen.existing.state is State.CAPTURING
            if event is Event.TIMED_OUT and capturing:
                event, changes = Event.REFUSED, {"failure": "timed_out"}
            return super().after_event(practice, seen, event, **changes)

    class HastySettling(Settling):
        @property
        def completing(self) -> Completing:
            return Hasty(self.movements)

    kept = app.settling
    app.settling = HastySettling(
        kept.ledgers, kept.practices, kept.processors, kept.documents, kept.alerting, kept.clock
    )


CANARIES = {
    "alone-by-the-account": AloneByTheAccount,
    "check-then-act": CheckThenAct,
    "check-the-row": CheckTheRow,
    "claim-first": ClaimFirst,
    "entry-exists": EntryMeansDuplicate,
    "guest-alone": GuestAlone,
    "matched-in-two-steps": MatchedInTwoSteps,
    "whole-dispute": WholeDispute,
}
OTHERS = {"time-out-means-no": time_out_means_no}
"""What is wrong elsewhere than in the ledger: each changes the product, before anything of it was used."""
