"""Whether a processor's money is in an account's entries already: as itself, or entered by hand, which was
the only way to have it before it could be adopted.
"""

from collections.abc import Iterator, Sequence

from chalicelib.kernel.account_refs import AccountRef
from chalicelib.kernel.errors import Refused
from chalicelib.ledger.domain.entries import Entry, EntryKind
from chalicelib.ledger.domain.markers import held_at
from chalicelib.ledger.domain.payments import EXTERNAL_METHODS
from chalicelib.ledger.ports.ledgers import Ledgers
from chalicelib.payments.ports.processors import Facts


def refuse_posted(entries: Sequence[Entry], processor: str, facts: Facts) -> None:
    """Where an entry has it, no restore has lost it: the rows beside the entry are damaged, as `verify` says.
    Error: Refused adoption_taken."""
    for entry in entries:
        ours = entry.draft.reference == facts.intent_id or entry.draft.payment_id == facts.payment_id
        if ours and held_at(entry) == processor:
            raise Refused("adoption_taken", "id")


def refuse_named(ledgers: Ledgers, ref: AccountRef, entries: Sequence[Entry], facts: Facts) -> None:
    """Error: Refused adoption_typed_in, where a payment entered by hand names the money in notes or id."""
    entered = {entry.draft.payment_id: entry for entry in _entered(entries, facts)}
    names = [name for name in (facts.intent_id, facts.session_id, facts.charge_id) if name]
    for payment in ledgers.payments_by_id(ref, entered).values():
        if any(name in f"{payment.reference} {payment.notes}" for name in names):
            raise Refused("adoption_typed_in", "id", **_about(entered[payment.id]))


def refuse_alike(entries: Sequence[Entry], facts: Facts) -> None:
    """Error: Refused adoption_resembles, where one of that amount was entered since the money came."""
    for entry in _entered(entries, facts):
        if entry.held_minor == facts.amount_minor:
            raise Refused("adoption_resembles", "id", **_about(entry))


def _entered(entries: Sequence[Entry], facts: Facts) -> Iterator[Entry]:
    """Payments from outside, entered since the money came, that stand: one that was taken back does not."""
    undone = {entry.draft.reverses for entry in entries}
    came = facts.captured_at or (facts.captured.at if facts.captured else "")
    for entry in entries:
        by_hand = entry.draft.kind is EntryKind.PAYMENT and held_at(entry) in EXTERNAL_METHODS
        if by_hand and entry.seq not in undone and entry.recorded_at >= came:
            yield entry


def _about(entry: Entry) -> dict[str, object]:
    return {"payment": entry.draft.reference, "entry": entry.seq}
