"""What an account's entries have of insurers' answers that came by remittance."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property

from chalicelib.importing.services.steps import ReversalStep, Step
from chalicelib.kernel.account_refs import AccountRef
from chalicelib.kernel.errors import present
from chalicelib.ledger.domain.effects import about
from chalicelib.ledger.domain.entries import Entry
from chalicelib.ledger.domain.insurance import ANSWER_KINDS, whole_minor
from chalicelib.ledger.domain.lookback import Standing, standing
from chalicelib.ledger.services.posting import Posting


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


@dataclass(frozen=True)
class Answers:
    """Of one account, as its entries are now."""

    entries: Sequence[Entry]

    def of(self, charge_id: str, wanted: Callable[[str], bool]) -> list[Answer]:
        """The answers to a charge whose reference is wanted, in the order of their posting."""
        found: dict[str, list[Entry]] = {}
        for entry in self.entries:
            reference = entry.draft.reference
            if entry.draft.kind in ANSWER_KINDS and about(entry.draft) == charge_id and wanted(reference):
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

    def before(self, seq: int) -> "Answers":
        """Of the entries before that one."""
        return Answers([entry for entry in self.entries if entry.seq < seq])

    def standing(self, charge_id: str, *, besides: str) -> Standing:
        """How the charge stands, had the answer `besides` never been."""
        return standing(self.entries, charge_id, besides=besides)

    @cached_property
    def _undone(self) -> frozenset[int | None]:
        return frozenset(entry.draft.reverses for entry in self.entries)

    def _answer(self, reference: str, parts: Sequence[Entry]) -> Answer:
        paid, contractual, moved = (
            sum(whole_minor(entry.draft) for entry in parts if entry.draft.kind is kind)
            for kind in ANSWER_KINDS
        )
        standing = tuple(entry.seq for entry in parts if entry.seq not in self._undone)
        on, last = parts[0].draft.occurred_on, parts[-1].seq
        return Answer(reference, on, paid, contractual, moved, standing, last)


@dataclass(frozen=True, slots=True)
class AnswerReversal(Step):
    """Undoes what stands of the answer `reference`, its last entry first; `reason` names the line for it."""

    reference: str
    reason: str

    def run(self, posting: Posting, ref: AccountRef) -> object:
        account = present(posting.ledgers.account(ref), "account_not_found")
        entries = list(posting.ledgers.entries(ref, last=account.ledger.seq))
        undone = {entry.draft.reverses for entry in entries}
        for entry in reversed(entries):
            own = entry.draft.reference == self.reference and entry.draft.kind in ANSWER_KINDS
            if own and entry.seq not in undone:
                ReversalStep(entry.seq, self.on, self.reason).run(posting, ref)
        return None
