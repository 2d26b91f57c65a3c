"""The marker that each entry was committed with: while it stands, the same is not posted twice. Pure."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from chalicelib.kernel.account_refs import AccountRef
from chalicelib.ledger.domain import marker_keys
from chalicelib.ledger.domain.entries import MOVED, TRANSFERS, Entry, EntryKind, holder
from chalicelib.ledger.domain.marker_keys import Outcome
from chalicelib.ledger.domain.payments import EXTERNAL_METHODS

RECEIPT_DUE = "receipt"  # of a payment, until its receipt is mailed
# What is posted by a processor's news. Payments and refunds are posted by hand, too.
_SETTLED = {
    EntryKind.PAYMENT: Outcome.SUCCEEDED,
    EntryKind.PROCESSOR_FEE: Outcome.FEE,
    EntryKind.REFUND: Outcome.SUCCEEDED,
    EntryKind.REFUND_FAILURE: Outcome.FAILED,
    EntryKind.DISPUTE_WITHDRAWN: Outcome.WITHDRAWN,
    EntryKind.DISPUTE_REINSTATED: Outcome.REINSTATED,
    EntryKind.DISPUTE_DECIDED: Outcome.DECIDED,
}
# What commands call an entry's kind in the keys of their markers, where it is not the kind's own name.
_COMMANDS = {
    EntryKind.SERVICE: "charge",
    EntryKind.WRITE_OFF: "adjustment",  # the ids of adjustments.csv are one series
    EntryKind.OPENING_BALANCE: "opening",
    EntryKind.RESPONSIBILITY_TRANSFER: "transfer",
    EntryKind.INSURANCE_PAYMENT: "insurance",
    EntryKind.CONTRACTUAL_ADJUSTMENT: "contractual",
}


@dataclass(frozen=True, slots=True)
class Marker:
    """The marker of one movement of money, or of a refund asked for; doubles as the outbox row.

    `key` e.g. "stripe#pi_3…#succeeded", "import#payment#<external id>", "asked#refund#<id>". `entry_seq` is 0
    where it stands for no entry. `due` names the notice still to be sent (RECEIPT_DUE) or is "". `command` is
    the hash of what staff or an import asked for, so that the same id with something else is no repetition;
    "" where a processor's news was posted.
    """

    key: str
    account_id: str
    payment_id: str
    entry_seq: int
    at: str
    due: str = ""
    command: str = ""

    def ref(self, practice: str) -> AccountRef:
        """Whose entry it is of, in that practice."""
        return AccountRef(practice, self.account_id)


def expected(
    account_id: str, entries: Iterable[Entry], processors: dict[str, str] | None = None
) -> Iterator[Marker]:
    """The markers there must be, in the entries' order: one each, but for credit that came from elsewhere.
    What is due of them, and the command, is not in the entries.

    Whoever has the entries in parts gives all the same `processors`, empty at first: each payment's, by the
    entries so far."""
    processors = {} if processors is None else processors
    for entry in entries:
        draft = entry.draft
        # A decision moves nothing at its processor: that it is the payment's own is known from before.
        processor = held_at(entry) or processors.get(draft.payment_id, "")
        processors[draft.payment_id] = processor
        if not _arrived(entry):
            key = _key(account_id, entry, processor)
            yield Marker(key, account_id, draft.payment_id, entry.seq, entry.recorded_at)


def differing(account_id: str, entries: Sequence[Entry], found: Mapping[str, Marker]) -> Iterator[int]:
    """The numbers of the entries whose marker is gone, or is another entry's."""
    return (marker.entry_seq for marker in wanting(account_id, entries, found))


def wanting(account_id: str, entries: Iterable[Entry], found: Mapping[str, Marker]) -> Iterator[Marker]:
    """The markers there must be, of those entries."""
    for marker in expected(account_id, entries):
        there = found.get(marker.key)
        if there is None or replace(there, due="", command="") != marker:
            yield marker


def held_at(entry: Entry) -> str:
    """The processor whose money the entry changed, "" if none: "stripe", "cash"."""
    return next(filter(None, (holder(p.book) for p in entry.draft.postings)), "")


def _key(account_id: str, entry: Entry, processor: str) -> str:
    kind, reference = entry.draft.kind, entry.draft.reference
    if kind in _SETTLED and processor not in EXTERNAL_METHODS:
        return marker_keys.at_processor(processor, reference, _SETTLED[kind])
    if kind is EntryKind.REVERSAL:
        return marker_keys.reversal(account_id, entry.draft.reverses or 0)
    return marker_keys.by_hand(_COMMANDS.get(kind, kind.value), reference)


def _arrived(entry: Entry) -> bool:
    """Whether it is the second side of money that moved between accounts: the marker is the first one's."""
    came_minor = sum(p.debit_minor for p in entry.draft.postings if p.book == TRANSFERS)
    return entry.draft.kind in MOVED and came_minor > 0
