"""Undo an entry by another one; move credit between two accounts of a practice. Once, however often asked."""

from dataclasses import dataclass, replace

from chalicelib.kernel.account_refs import AccountRef
from chalicelib.kernel.errors import Invalid, NotFound, Refused, present
from chalicelib.kernel.instants import instant
from chalicelib.kernel.money import positive
from chalicelib.ledger.domain import corrections, marker_keys
from chalicelib.ledger.domain.accounts import Account
from chalicelib.ledger.domain.entries import Draft, Entry, EntryKind
from chalicelib.ledger.domain.payments import Payment
from chalicelib.ledger.ports.ledgers import Change, Ledgers
from chalicelib.ledger.services.positions import Positions
from chalicelib.ledger.services.recording import Posted, already, entered, fingerprint, once
from chalicelib.platform.ports import Clock


@dataclass(frozen=True)
class Correcting:
    """`actor` is the text of who asks; it is written into every entry."""

    ledgers: Ledgers
    clock: Clock
    actor: str

    def reverse(self, ref: AccountRef, seq: int, *, on: str, reason: str = "") -> Posted:
        """Undo the entry with that number. An entry is undone once: asking again, on another day
        or for another reason, is the same reversal.

        Errors: NotFound account_not_found, entry_not_found; Refused reversal_of_reversal,
        reversal_of_transfer, reversal_at_processor, entry_in_use.
        """

        def decide(account: Account) -> Change:
            at, entry = instant(self.clock.now()), self._entry(ref.practice, account, seq)
            draft, payment = self._reversal(ref.practice, account, entry, on=on, at=at)
            draft = replace(draft, reason=reason)
            after, made = entered(account, draft, at=at, actor=self.actor)
            sequels = Positions(self.ledgers).sequels(ref.practice, account, draft)
            return Change(account, after, made, payment=payment, sequels=sequels)

        key, command = _reversal_of(ref, seq)
        return once(self.ledgers, self.clock, ref, key, command, decide)

    def foresee_reversal(self, ref: AccountRef, seq: int, *, on: str) -> Draft | None:
        """What `reverse` would post, None when it stands already. Writes nothing. Errors: as `reverse`."""
        if already(self.ledgers, ref, *_reversal_of(ref, seq)) is not None:
            return None
        account = self._account(ref)
        entry = self._entry(ref.practice, account, seq)
        return self._reversal(ref.practice, account, entry, on=on, at="")[0]

    def transfer_credit(
        self, external_id: str, *, source: AccountRef, target: AccountRef, amount_minor: int, on: str
    ) -> Posted:
        """Move unapplied credit; it pays what is open where it arrives. The number is the source's entry.

        Errors: Invalid amount_invalid, same_account, currency_mixed; NotFound account_not_found; Refused
        credit_overdrawn, credit_refunding (a refund under way needs it), external_id_taken.
        """
        positive(amount_minor)

        def decide(giving: Account) -> Change:
            taking = self._target(source, giving, target)
            out, arrived = self._transfer(
                source.practice, giving, taking, amount_minor, on=on, reference=external_id
            )
            at = instant(self.clock.now())
            poorer, gone = entered(giving, out, at=at, actor=self.actor)
            richer, come = entered(taking, arrived, at=at, actor=self.actor)
            return Change(giving, poorer, gone, other=Change(taking, richer, come))

        key, command = _transfer_of(external_id, target, amount_minor, on)
        return once(self.ledgers, self.clock, source, key, command, decide)

    def foresee_transfer(
        self, external_id: str, *, source: AccountRef, target: AccountRef, amount_minor: int, on: str
    ) -> tuple[Draft, Draft] | None:
        """What `transfer_credit` would post to either account, None when it stands already. Writes nothing.

        Errors: as `transfer_credit`.
        """
        positive(amount_minor)
        key, command = _transfer_of(external_id, target, amount_minor, on)
        if already(self.ledgers, source, key, command) is not None:
            return None
        giving = self._account(source)
        taking = self._target(source, giving, target)
        return self._transfer(source.practice, giving, taking, amount_minor, on=on, reference=external_id)

    def _transfer(
        self,
        practice: str,
        giving: Account,
        taking: Account,
        amount_minor: int,
        *,
        on: str,
        reference: str,
    ) -> tuple[Draft, Draft]:
        kept_minor = Positions(self.ledgers).credit_kept_minor(practice, giving)
        out = corrections.credit_out(
            giving.ledger, amount_minor, on=on, reference=reference, kept_minor=kept_minor
        )
        return out, corrections.credit_in(taking.ledger, amount_minor, on=on, reference=reference)

    def _reversal(
        self, practice: str, account: Account, entry: Entry, *, on: str, at: str
    ) -> tuple[Draft, Payment | None]:
        corrections.check_reversible(entry)
        positions, named = Positions(self.ledgers), sorted(corrections.charges_of(entry))
        fees = named if entry.draft.kind is EntryKind.CHARGE else []
        insurer_minor = sum(positions.standing(practice, account, id_).expected_minor for id_ in fees)
        payment = self._payment_without(practice, account, entry, at)
        paid = positions.paid(practice, account)
        others = corrections.named_by(entry) | {share.charge_id for share in paid}
        items = positions.items(practice, account, [*named, *sorted(others - {*named})])
        draft = corrections.reversal(
            account.ledger, entry, items, paid=paid, insurer_minor=insurer_minor, on=on
        )
        return draft, payment

    def _payment_without(self, practice: str, account: Account, entry: Entry, at: str) -> Payment | None:
        if not entry.draft.payment_id:
            return None
        payment = present(
            self.ledgers.payment(account.ref(practice), entry.draft.payment_id), "payment_not_found"
        )
        without = corrections.payment_without(payment, entry, at=at)
        positions = Positions(self.ledgers)
        if entry.draft.kind is EntryKind.PAYMENT and positions.under_way_minor(practice, account):
            try:
                positions.check_refund(practice, account, payment, payment.amount_minor)
            except Invalid as error:  # what refunds under way will take is in it
                raise Refused("entry_in_use", seq=entry.seq) from error
        return without

    def _entry(self, practice: str, account: Account, seq: int) -> Entry:
        if not 1 <= seq <= account.ledger.seq:
            raise NotFound("entry_not_found", "entry")
        return next(iter(self.ledgers.entries(account.ref(practice), first=seq, last=seq)))

    def _target(self, source: AccountRef, giving: Account, target: AccountRef) -> Account:
        if target == source:
            raise Invalid("same_account", "to")
        if target.practice != source.practice:  # all is written in the source's practice
            raise NotFound("account_not_found")
        taking = self._account(target)
        if taking.ledger.currency != giving.ledger.currency:
            raise Invalid("currency_mixed", "to")
        return taking

    def _account(self, ref: AccountRef) -> Account:
        return present(self.ledgers.account(ref), "account_not_found")


def _reversal_of(ref: AccountRef, seq: int) -> tuple[str, str]:
    """The marker's key and the command: an entry is undone once, on whatever day that is asked."""
    command = fingerprint("reversal", account=ref.account, entry=seq)
    return marker_keys.reversal(ref.account, seq), command


def _transfer_of(external_id: str, target: AccountRef, amount_minor: int, on: str) -> tuple[str, str]:
    """The marker's key and the command."""
    command = fingerprint("credit_transfer", target=target.account, amount_minor=amount_minor, on=on)
    return marker_keys.by_hand("credit_transfer", external_id), command
