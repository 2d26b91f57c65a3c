"""Guests' money in a client's account: which payments stand matched there, and what became of each there."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from chalicelib.ledger.domain import guest_money
from chalicelib.ledger.domain.allocation import Allocation
from chalicelib.ledger.domain.entries import Entry, EntryKind
from chalicelib.ledger.domain.lookback import paid_by
from chalicelib.ledger.domain.marker_keys import by_hand
from chalicelib.ledger.domain.methods import Method
from chalicelib.ledger.domain.payments import Payment
from chalicelib.ledger.ports.ledgers import Ledgers

_CORRECTIONS = 20  # of one match, one after the other


@dataclass(frozen=True)
class MatchedMoney:
    ledgers: Ledgers

    def payments(self, practice: str, account_id: str, entries: Sequence[Entry]) -> Sequence[Payment]:
        """Guests' payments that are matched to that account now, by their ids; `entries` are all of it."""
        came = {e.draft.reference for e in entries if e.draft.kind is EntryKind.GUEST_PAYMENT}
        found = (self._matched(practice, reference) for reference in sorted(came))
        by_id = {paid.id: paid for paid in found if paid and paid.matched_to == account_id}
        return [by_id[id_] for id_ in sorted(by_id)]

    def as_own(self, practice: str, paid: Payment, entries: Sequence[Entry]) -> tuple[Payment, list[Entry]]:
        """The payment and the account's entries, as if the client had made it: what was paid by the match is
        its allocation, and what followed it there names it. Nothing tells whose card it was."""
        about = {
            entry.draft.reference
            for entry in self.ledgers.entries(paid.ref(practice))
            if entry.seq != paid.entry_seq
        }
        own = guest_money.as_own(paid, entries, about)
        match = next(entry for entry in entries if entry.seq == paid.matched_seq)
        shares = tuple(paid_by(match))
        credit_minor = guest_money.moved_minor(match) - sum(share.amount_minor for share in shares)
        payment = replace(
            paid,
            id=guest_money.name_there(paid),
            entry_seq=paid.matched_seq,
            allocation=Allocation(shares, credit_minor),
            method=Method(paid.method.kind if paid.method else paid.processor),
            cardholder="",
        )
        return payment, own

    def _matched(self, practice: str, reference: str) -> Payment | None:
        """The payment that the match of that name brought; None of what is no match."""
        for name in self._corrected(practice, reference):
            marker = self.ledgers.marker(practice, by_hand(EntryKind.GUEST_PAYMENT.value, name))
            if marker is not None:
                return self.ledgers.payment(marker.ref(practice), marker.payment_id)
        return None

    def _corrected(self, practice: str, reference: str) -> Iterator[str]:
        """The match, the one that it corrects, and so on to the first: each is named by the entry with which
        the money left."""
        for _ in range(_CORRECTIONS):
            yield reference
            marker = self.ledgers.marker(practice, by_hand(EntryKind.GUEST_PAYMENT_BACK.value, reference))
            if marker is None:
                return
            seq = marker.entry_seq
            left = next(iter(self.ledgers.entries(marker.ref(practice), first=seq, last=seq)), None)
            reference = guest_money.corrected_match(left) if left else ""
            if not reference:
                return
