"""Under which ids rows are posted whose ids stand for entries that an import's undoing took back.

An id stays its entry's for ever, so the same row of a later file has the next one of its series: S-1, S-1~2,
S-1~3. No cell can hold the sign. What staff took back by hand keeps its id, and its row stays known.
"""

import re
from dataclasses import dataclass, field, replace

from chalicelib.importing.domain.rows import (
    AdjustmentRow,
    ChargeRow,
    InsurancePaymentRow,
    OpeningBalanceRow,
    PaymentRow,
    RefundRow,
    Row,
)
from chalicelib.importing.domain.values import OPENING_PREFIX, kind_of_charge
from chalicelib.importing.services.stored import Stored
from chalicelib.kernel.account_refs import AccountRef
from chalicelib.kernel.actors import Actor, Channel
from chalicelib.ledger.domain.entries import Entry, EntryKind
from chalicelib.ledger.domain.insurance import ANSWER_KINDS
from chalicelib.ledger.domain.marker_keys import by_hand, reversal
from chalicelib.ledger.domain.markers import Marker
from chalicelib.ledger.ports.ledgers import Ledgers
from chalicelib.ledger.services.commands import own_id

NEXT = "~"
_NUMBER = re.compile(NEXT + r"\d+")
_ANSWER = tuple(ANSWER_KINDS.values())
_CHARGES = {
    EntryKind.CHARGE: "charge",
    EntryKind.SERVICE: "charge",
    EntryKind.OPENING_BALANCE: "opening",
}


def as_given(id_: str) -> str:
    """The id as the file has it."""
    return _NUMBER.sub("", id_)


def of_undoing(entry: Entry) -> bool:
    """Whether it takes an import's entry back. Where an insurer's file did, it says for which line."""
    imports = Actor.parse(entry.actor).channel is Channel.IMPORT
    return entry.draft.kind is EntryKind.REVERSAL and imports and not entry.draft.reason


def as_files_say(practice: str, books: Stored) -> Stored:
    """The books under the ids that files have, without what an import's undoing took back: as a row of a file
    finds them that is not named yet. Of a series the last one counts."""
    reversals = [entry for entry in books.entries if of_undoing(entry)]
    if not reversals and not any(NEXT in id_ for _, id_ in books.recorded):
        return books
    gone = {entry.seq for entry in reversals} | {entry.draft.reverses for entry in reversals}
    entries = [entry for entry in books.entries if entry.seq not in gone]
    recorded = {
        (e.draft.kind, as_given(e.draft.reference)): books.recorded[e.draft.kind, e.draft.reference]
        for e in entries
        if e.draft.reference
    }
    charges = {id_: replace(c, external_id=as_given(c.external_id)) for id_, c in books.charges.items()}
    for draft in (entry.draft for entry in entries if entry.draft.kind in _CHARGES):
        first = own_id(practice, _CHARGES[draft.kind], as_given(draft.reference))
        for item in draft.opens:
            charges[first] = charges[item.charge_id]
    given = [replace(e, draft=replace(e.draft, reference=as_given(e.draft.reference))) for e in entries]
    left_out = {(e.draft.kind, as_given(e.draft.reference)) for e in books.entries if e.seq in gone}
    return replace(books, entries=given, charges=charges, recorded=recorded, gone=left_out)


@dataclass(frozen=True)
class Naming:
    """`needed` false where no import of the practice was ever undone: then nothing is read."""

    practice: str
    ledgers: Ledgers
    needed: bool
    _known: dict[tuple[str, str], str] = field(default_factory=dict)

    def named(self, row: Row) -> Row:
        """The row with the ids that stand by now, its own and those it names."""
        if not self.needed:
            return row
        match row:
            case ChargeRow():
                return replace(row, charge_id=self.charge(row.charge_id))
            case PaymentRow():
                charges = tuple(self.charge(id_) for id_ in row.charge_ids)
                return replace(row, payment_id=self._id(row.payment_id, "payment"), charge_ids=charges)
            case RefundRow():
                payment = self._id(row.payment_id, "payment")
                return replace(row, refund_id=self._id(row.refund_id, "refund"), payment_id=payment)
            case AdjustmentRow():
                own = self._id(row.adjustment_id, "adjustment")
                return replace(row, adjustment_id=own, charge_id=self.charge(row.charge_id))
            case InsurancePaymentRow():
                own = self.answer(row.insurance_payment_id)
                return replace(row, insurance_payment_id=own, charge_id=self.charge(row.charge_id))
            case OpeningBalanceRow():
                id_ = self._id(OPENING_PREFIX + row.client_id, "opening")
                return replace(row, client_id=id_.removeprefix(OPENING_PREFIX))
        return row

    def charge(self, id_: str) -> str:
        """As which it stands by now: a charge, or an opening balance."""
        return self._id(id_, kind_of_charge(id_))

    def standing(self, kind: str, id_: str) -> str:
        """As which a charge, a payment or an opening balance stands by now, or would be posted."""
        return self._id(id_, kind)

    def answer(self, id_: str) -> str:
        """As which an insurer's answer stands by now, or would be posted."""
        return self._id(id_, *_ANSWER)

    def _id(self, id_: str, *kinds: str) -> str:
        if not self.needed:
            return id_
        key = kinds[0], id_
        if key not in self._known:
            number, name = 1, id_
            while self._gone(name, kinds):
                number += 1
                name = f"{id_}{NEXT}{number}"
            self._known[key] = name
        return self._known[key]

    def _gone(self, name: str, kinds: tuple[str, ...]) -> bool:
        markers = (self.ledgers.marker(self.practice, by_hand(kind, name)) for kind in kinds)
        found = next((marker for marker in markers if marker), None)
        return found is not None and self._undone_by_import(found)

    def _undone_by_import(self, marker: Marker) -> bool:
        undone = self.ledgers.marker(self.practice, reversal(marker.account_id, marker.entry_seq))
        if undone is None:
            return False
        ref, seq = AccountRef(self.practice, marker.account_id), undone.entry_seq
        return of_undoing(next(iter(self.ledgers.entries(ref, first=seq, last=seq))))
