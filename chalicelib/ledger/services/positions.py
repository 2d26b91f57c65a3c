"""How charges stand and what a refund undoes: from the account and, where need be, its entries."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from chalicelib.kernel.errors import Invalid, present
from chalicelib.ledger.domain.accounts import Account
from chalicelib.ledger.domain.after_capture import draft, shift
from chalicelib.ledger.domain.allocation import Allocation, Share, first_of, refit, take_back
from chalicelib.ledger.domain.charges import Charge
from chalicelib.ledger.domain.closing import closings
from chalicelib.ledger.domain.entries import Draft, Entry, EntryKind, OpenItem, Service
from chalicelib.ledger.domain.guest_money import name_there
from chalicelib.ledger.domain.history import Sequel
from chalicelib.ledger.domain.lookback import (
    Standing,
    item_from,
    owed_again,
    standing,
    taken_back,
    undoable,
    undoable_elsewhere,
    without,
)
from chalicelib.ledger.domain.payments import Payment
from chalicelib.ledger.ports.ledgers import Ledgers
from chalicelib.ledger.services.matched_money import MatchedMoney


@dataclass(frozen=True)
class Positions:
    """Reads end at the account's own number, so that what was posted meanwhile cannot mix in."""

    ledgers: Ledgers

    def items(self, practice: str, account: Account, charge_ids: Sequence[str]) -> dict[str, OpenItem]:
        """The charges as they stand, closed ones too. Absent charges are left out."""
        found = {id_: account.ledger.open[id_] for id_ in charge_ids if id_ in account.ledger.open}
        missing = [id_ for id_ in charge_ids if id_ not in found]
        for charge in self.ledgers.charges(account.ref(practice), missing).values():
            item = item_from(self._entries(practice, account, charge.seq), charge.id)
            if item is not None:
                found[charge.id] = item
        return found

    def standing(self, practice: str, account: Account, charge_id: str, *, besides: str = "") -> Standing:
        """How the charge stands towards insurers and its client, without the answer `besides`; all nil where
        there is no such charge."""
        return standing(self._since(practice, account, charge_id), charge_id, besides=besides)

    def _since(self, practice: str, account: Account, charge_id: str) -> list[Entry]:
        charge = self.ledgers.charges(account.ref(practice), [charge_id]).get(charge_id)
        return self._entries(practice, account, charge.seq) if charge else []

    def sequels(self, practice: str, account: Account, draft: Draft) -> tuple[Sequel, ...]:
        """Of the charges that the draft closes, or opens again, otherwise than by payment."""
        changed = closings(account.ledger, draft)
        charges = self.ledgers.charges(account.ref(practice), changed) if changed else {}
        return tuple(
            Sequel(charge.seq, charge.date, changed[id_], service=_corrected(charge))
            for id_, charge in charges.items()
        )

    def taken(self, practice: str, account: Account, payment: Payment, amount_minor: int) -> Allocation:
        """What taking that much of the payment back undoes. Error: refund_above_remainder."""
        credit_minor = account.ledger.credit_minor
        newest = self._undoable(practice, account, payment, amount_minor - credit_minor)
        return take_back(amount_minor, credit_minor, newest)

    def at_stake(self, practice: str, account: Account) -> Mapping[str, int]:
        """What would be owed again (minor units), by charge, if banks kept what they hold of the account's
        payments. Nothing is read where they hold nothing.
        """
        if not account.disputed:
            return {}
        held = self.ledgers.payments_by_id(account.ref(practice), account.disputed).values()
        return self._gone(practice, account, {paid.id: (paid, paid.disputed_minor) for paid in held})

    def leaving(self, practice: str, account: Account) -> Mapping[str, int]:
        """As `at_stake`, and with what refunds under way will take."""
        ref = account.ref(practice)
        ids = {refund.payment_id for refund in self.ledgers.refunds_under_way(ref)} | set(account.disputed)
        held = self.ledgers.payments_by_id(ref, ids).values() if ids else ()
        return self._gone(practice, account, {paid.id: (paid, _leaving(paid)) for paid in held})

    def _gone(
        self, practice: str, account: Account, taken: Mapping[str, tuple[Payment, int]]
    ) -> Mapping[str, int]:
        """What of each charge would be owed again if so much went of each payment; `taken` by its id."""
        credit_minor, gone = account.ledger.credit_minor, list[Share]()
        for _, (payment, taken_minor) in sorted(taken.items()):
            from_credit = min(credit_minor, taken_minor)
            credit_minor, needed_minor = credit_minor - from_credit, taken_minor - from_credit
            gone_minor = sum(share.amount_minor for share in gone)
            there = self._undoable(practice, account, payment, needed_minor + gone_minor)
            left = without(there[::-1], gone)[::-1]  # of each charge the newest part is gone
            gone += first_of(left, needed_minor).shares
        held = Counter[str]()
        for share in gone:
            held[share.charge_id] += share.amount_minor
        return held

    def check_refund(self, practice: str, account: Account, payment: Payment, amount_minor: int) -> None:
        """Could that refund be posted, besides those under way? The money may have gone to another account
        since, and is that one's now; that of a matched payment is in the client's. Error:
        refund_above_remainder."""
        kept_minor = self.under_way_minor(practice, account)
        if payment.matched_to:
            account = present(self.ledgers.account(payment.matched_ref(practice)), "account_not_found")
            kept_minor += self.under_way_minor(practice, account)
            kept_minor += self._of_guests_minor(practice, account, besides=payment.id)
            payment = self.as_matched(payment)
        credit_minor = account.ledger.credit_minor
        wanted_minor = amount_minor + kept_minor
        paid = self._undoable(practice, account, payment, wanted_minor - credit_minor)
        there_minor = credit_minor + sum(share.amount_minor for share in paid)
        if wanted_minor > there_minor:
            remainder_minor = max(there_minor - kept_minor, 0)
            raise Invalid("refund_above_remainder", "amount_minor", remainder_minor=remainder_minor)

    @staticmethod
    def as_matched(payment: Payment) -> Payment:
        """A guest's payment as it stands in the client's account: of its entries there none names it, and it
        came with the match, as credit."""
        return replace(payment, id=name_there(payment), entry_seq=payment.matched_seq)

    def credit_kept_minor(self, practice: str, account: Account) -> int:
        """The credit without which a refund under way could not be posted."""
        kept_minor = self.under_way_minor(practice, account) + self._of_guests_minor(practice, account)
        paid = self.paid(practice, account) if kept_minor else ()
        return max(kept_minor - sum(share.amount_minor for share in paid), 0)

    def under_way_minor(self, practice: str, account: Account) -> int:
        """What refunds under way will take of the client's money, once it goes."""
        under_way = self.ledgers.refunds_under_way(account.ref(practice))
        ids = {refund.payment_id for refund in under_way}
        return sum(map(_refunding, self.ledgers.payments_by_id(account.ref(practice), ids).values()))

    def _of_guests_minor(self, practice: str, account: Account, *, besides: str = "") -> int:
        """What refunds under way will take of guests' money that was matched to the account, but for that of
        the payment `besides`."""
        entries = self._entries(practice, account, 1)
        matched = MatchedMoney(self.ledgers).payments(practice, account.id, entries)
        return sum(_refunding(paid) for paid in matched if paid.id != besides)

    def after_capture(
        self,
        practice: str,
        account: Account,
        kind: EntryKind,
        before: Payment,
        after: Payment,
        *,
        on: str,
        reference: str,
        undoes: Entry | None = None,
    ) -> Draft:
        """The entry by which a payment's refunds and disputes become those that it has `after`.

        What is paid again is what the payment's own entries had opened; that of `undoes` alone, if given.
        Of a matched payment nothing is owed here: `guest_money.followed` has the client's side. Error:
        refund_above_remainder.
        """
        owed_again = 0 if before.matched_to else shift(before, after).client_minor
        if owed_again > 0:
            of_client = self.taken(practice, account, before, owed_again)
        else:
            paid_again = self._opened_by(practice, account, before, undoes) if owed_again else ()
            of_client = refit(first_of(paid_again, -owed_again), account.ledger.open)
        items = self.items(practice, account, [share.charge_id for share in of_client.shares])
        return draft(account.ledger, kind, before, after, of_client, items, on=on, reference=reference)

    def _opened_by(
        self, practice: str, account: Account, payment: Payment, entry: Entry | None
    ) -> Sequence[Share]:
        if entry is not None:
            return taken_back(entry).shares
        return owed_again(self._entries(practice, account, payment.entry_seq), payment.id)

    def _undoable(self, practice: str, account: Account, payment: Payment, needed_minor: int) -> list[Share]:
        """Newest first. Another payment's refund may have taken this one's credit or its share of a charge;
        then as much of that one's money lies elsewhere, which only the whole history tells."""
        own = undoable(self._entries(practice, account, payment.entry_seq), payment.id)
        if sum(share.amount_minor for share in own) >= needed_minor:
            return own
        return own + undoable_elsewhere(self._entries(practice, account, 1), own)

    def paid(self, practice: str, account: Account) -> list[Share]:
        """What is paid of the account's charges, newest first."""
        return undoable_elsewhere(self._entries(practice, account, 1), [])

    def _entries(self, practice: str, account: Account, first: int) -> list[Entry]:
        return list(self.ledgers.entries(account.ref(practice), first=first, last=account.ledger.seq))


def _corrected(charge: Charge) -> Service | None:
    return Service(charge.service, charge.date) if charge.facts_seq else None


def _refunding(payment: Payment) -> int:
    """What a bank keeps of it by a dispute is no more the client's, whatever is refunded."""
    return shift(payment, _refunded(payment)).client_minor


def _leaving(payment: Payment) -> int:
    """With what a bank holds of the rest: what is disputed and refunded goes once."""
    return _refunding(payment) + _refunded(payment).disputed_minor


def _refunded(payment: Payment) -> Payment:
    """Once its refunds under way have gone."""
    return payment.refunded(min(payment.refunding_minor, payment.amount_minor - payment.refunded_minor))
