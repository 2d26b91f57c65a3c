"""What a ledger holds already of what imports bring, read from the account, its entries and its charges."""

from collections.abc import Callable, Iterator, Mapping, Sequence, Set
from dataclasses import dataclass, field, replace
from itertools import count

from chalicelib.kernel.account_refs import AccountRef
from chalicelib.ledger.domain.accounts import Account
from chalicelib.ledger.domain.charges import Charge
from chalicelib.ledger.domain.effects import about
from chalicelib.ledger.domain.entries import OPENING, Draft, Entry, EntryKind, Part, Posting, holder
from chalicelib.ledger.domain.insurance import ANSWER_KINDS, whole_minor
from chalicelib.ledger.ports.ledgers import Ledgers

_INSURER = "insurer"


@dataclass(frozen=True, slots=True)
class Recorded:
    """One entry as an import would give it. The two ids are ours; `method` as in payments.csv; `undone`:
    it is reversed since, by staff, by an import's undoing or by an insurer's file."""

    amount_minor: int
    on: str
    charge_id: str = ""
    payment_id: str = ""
    method: str = ""
    undone: bool = False


@dataclass(frozen=True, slots=True)
class Stored:
    """An account as the store has it; empty when there is none. `recorded` is by kind and external id.
    `former` reads how a charge was before its facts were corrected, the oldest first. `gone` are what is left
    out of `recorded`."""

    account: Account | None = None
    entries: Sequence[Entry] = ()
    charges: Mapping[str, Charge] = field(default_factory=dict)
    recorded: Mapping[tuple[EntryKind, str], Recorded] = field(default_factory=dict)
    former: Callable[[str], Sequence[Charge]] = lambda _: ()
    gone: Set[tuple[EntryKind, str]] = frozenset()

    def get(self, kind: EntryKind, external_id: str) -> Recorded | None:
        return self.recorded.get((kind, external_id))

    def undone(self, kind: EntryKind, external_id: str) -> bool:
        """Whether it is reversed since, by whomever."""
        found = self.get(kind, external_id)
        return found is not None and found.undone

    def payment_name(self, payment_id: str) -> str:
        """The external id of a payment of ours."""
        names = (
            id_
            for (kind, id_), r in self.recorded.items()
            if kind is EntryKind.PAYMENT and r.payment_id == payment_id
        )
        return next(names, "")

    def numbered(self, prefix: str, kind: EntryKind = EntryKind.ADJUSTMENT) -> Iterator[Recorded]:
        """The corrections `prefix1`, `prefix2`, … in their order, but those that are gone."""
        for number in count(1):
            found = self.get(kind, f"{prefix}{number}")
            if found is not None:
                yield found
            elif (kind, f"{prefix}{number}") not in self.gone:
                return


def stored(ledgers: Ledgers, ref: AccountRef) -> Stored:
    """Strongly consistent. One read for a new account, three for a known one."""
    account = ledgers.account(ref)
    if account is None:
        return Stored()
    entries = list(ledgers.entries(ref))
    charge_ids = [item.charge_id for entry in entries for item in entry.draft.opens]
    charges = ledgers.charges(ref, dict.fromkeys(charge_ids)) if charge_ids else {}
    undone = {entry.draft.reverses for entry in entries}
    recorded = {
        (e.draft.kind, e.draft.reference): replace(_recorded(e.draft), undone=e.seq in undone)
        for e in entries
        if e.draft.reference
    }
    return Stored(
        account, entries, charges, recorded, lambda charge_id: ledgers.former_charges(ref, charge_id)
    )


def _recorded(draft: Draft) -> Recorded:
    kind = draft.kind
    if kind is EntryKind.OPENING_BALANCE:
        return Recorded(-_total(draft, lambda p: p.book == OPENING), draft.occurred_on)
    if kind in (EntryKind.PAYMENT, EntryKind.REFUND):
        return _money(draft)
    if kind in ANSWER_KINDS:
        return Recorded(whole_minor(draft), draft.occurred_on, charge_id=about(draft))
    if kind in (EntryKind.ADJUSTMENT, EntryKind.WRITE_OFF):
        return _about(draft, Part.ADJUSTMENTS.value)
    return _about(draft, _INSURER)


def _money(draft: Draft) -> Recorded:
    held = next((p for p in draft.postings if holder(p.book)), None)
    if held is None:
        return Recorded(0, draft.occurred_on)
    method = holder(held.book)
    return Recorded(abs(held.debit_minor), draft.occurred_on, payment_id=draft.payment_id, method=method)


def _about(draft: Draft, book: str) -> Recorded:
    """Lowering is positive: these books are credited by what lowers the client's or the insurer's part."""
    charge_id = next((p.book.charge_id for p in draft.postings if p.book.name == book), "")
    amount = -_total(draft, lambda p: p.book.name == book)
    return Recorded(amount, draft.occurred_on, charge_id=charge_id)


def _total(draft: Draft, wanted: Callable[[Posting], bool]) -> int:
    return sum(posting.debit_minor for posting in draft.postings if wanted(posting))
