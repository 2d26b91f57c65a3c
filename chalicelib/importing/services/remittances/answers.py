"""What an account's entries have of insurers' answers that came by remittance."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from chalicelib.importing.domain.remittances.decisions import Standing
from chalicelib.importing.services.steps import Step
from chalicelib.kernel.account_refs import AccountRef
from chalicelib.kernel.errors import present
from chalicelib.ledger.domain.effects import about
from chalicelib.ledger.domain.entries import Book, Entry, EntryKind, Part, client, insurer
from chalicelib.ledger.services.correcting import Correcting
from chalicelib.ledger.services.posting import Posting

PARTS = (
    EntryKind.INSURANCE_PAYMENT,
    EntryKind.CONTRACTUAL_ADJUSTMENT,
    EntryKind.RESPONSIBILITY_TRANSFER,
)


@dataclass(frozen=True, slots=True)
class Answer:
    """One answer as it was posted, in up to three entries; minor units. `standing` are the entries of it that
    nobody took back."""

    reference: str
    on: str
    paid_minor: int
    contractual_minor: int
    moved_minor: int
    standing: tuple[int, ...]
    last_seq: int

    @property
    def amounts(self) -> tuple[int, int, int]:
        return self.paid_minor, self.contractual_minor, self.moved_minor


@dataclass(frozen=True, slots=True)
class Answers:
    """Of one account, as its entries are now."""

    entries: Sequence[Entry]

    def of(self, charge_id: str, wanted: Callable[[str], bool]) -> list[Answer]:
        """The answers to a charge whose reference is wanted, in the order of their posting."""
        found: dict[str, list[Entry]] = {}
        for entry in self.entries:
            reference = entry.draft.reference
            if entry.draft.kind in PARTS and about(entry.draft) == charge_id and wanted(reference):
                found.setdefault(reference, []).append(entry)
        return [self._answer(reference, parts) for reference, parts in found.items()]

    def taken_back_for(self, reason: str) -> str:
        """The reference of the answer of which something was taken back for that reason; "" if none was."""
        by_seq = {entry.seq: entry for entry in self.entries}
        undone = (e.draft.reverses for e in self.entries if e.draft.reverses and e.draft.reason == reason)
        return next((by_seq[seq].draft.reference for seq in undone), "")

    def last_of(self, names: Iterable[str]) -> int:
        """The number of the last entry that was posted or taken back under one of the names; 0 if none."""
        known = frozenset(names)
        own = (e.seq for e in self.entries if {e.draft.reference, e.draft.reason} & known)
        return max(own, default=0)

    def standing(self, charge_id: str, *, besides: str) -> Standing:
        """How the charge stands, had the answer `besides` never been."""
        own = {e.seq for e in self.entries if e.draft.reference == besides and e.draft.kind in PARTS}
        others = [e for e in self.entries if e.seq not in own and e.draft.reverses not in own]
        fee, insurance, adjusted = (
            _sum(others, client(part, charge_id)) for part in (Part.FEE, Part.INSURANCE, Part.ADJUSTMENTS)
        )
        expected = _sum(others, insurer(charge_id))
        return Standing(fee, max(expected, 0), fee + insurance, fee + insurance + adjusted)

    def _answer(self, reference: str, parts: Sequence[Entry]) -> Answer:
        undone = {entry.draft.reverses for entry in self.entries}
        return Answer(
            reference,
            parts[0].draft.occurred_on,
            _whole(parts, EntryKind.INSURANCE_PAYMENT),
            _whole(parts, EntryKind.CONTRACTUAL_ADJUSTMENT),
            _whole(parts, EntryKind.RESPONSIBILITY_TRANSFER),
            tuple(entry.seq for entry in parts if entry.seq not in undone),
            parts[-1].seq,
        )


@dataclass(frozen=True, slots=True)
class ReversalStep(Step):
    """Undoes what stands of the answer `reference`, its last entry first; `reason` names the line for it."""

    reference: str
    reason: str

    def run(self, posting: Posting, ref: AccountRef) -> object:
        correcting = Correcting(posting.ledgers, posting.clock, posting.actor)
        account = present(posting.ledgers.account(ref), "account_not_found")
        entries = list(posting.ledgers.entries(ref, last=account.ledger.seq))
        undone = {entry.draft.reverses for entry in entries}
        own = (e for e in entries if e.draft.reference == self.reference and e.draft.kind in PARTS)
        for seq in sorted((entry.seq for entry in own if entry.seq not in undone), reverse=True):
            correcting.reverse(ref, seq, on=self.on, reason=self.reason)
        return None


def _whole(parts: Iterable[Entry], kind: EntryKind) -> int:
    """The whole of an answer is debited first; with whom it settles stands behind."""
    return sum(entry.draft.postings[0].debit_minor for entry in parts if entry.draft.kind is kind)


def _sum(entries: Iterable[Entry], book: Book) -> int:
    return sum(p.debit_minor for entry in entries for p in entry.draft.postings if p.book == book)
