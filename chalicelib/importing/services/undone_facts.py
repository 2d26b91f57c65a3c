"""Facts that an import corrected, given back: the earlier ones as a new version, since no version is lost."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from chalicelib.importing.domain.problems import Problem
from chalicelib.kernel.account_refs import AccountRef
from chalicelib.kernel.errors import BillfoldError
from chalicelib.ledger.domain.charges import Charge
from chalicelib.ledger.domain.entries import Entry, EntryKind
from chalicelib.ledger.domain.marker_keys import by_hand
from chalicelib.ledger.ports.ledgers import Ledgers
from chalicelib.ledger.services.facts import CorrectingFacts, FactChanges
from chalicelib.ledger.services.posting import Posting

_PREFIX = "undone:"  # of the id of a version that gives the earlier facts back; the entry's number ends it


@dataclass(frozen=True, slots=True)
class FactsBackStep:
    """`seq` is the entry that corrected the facts of the charge, which `external_id` names."""

    seq: int
    on: str
    external_id: str
    facts: FactChanges

    def run(self, posting: Posting, ref: AccountRef) -> object:
        return CorrectingFacts(posting.ledgers, posting.clock, posting.actor).correct(
            ref,
            _id(self.external_id, self.seq),
            charge_external_id=self.external_id,
            facts=self.facts,
            on=self.on,
            unchanged=True,  # of an answer that corrected none
        )

    def problem(self, error: BillfoldError) -> Problem:
        return Problem("", self.seq, "entry", error.code, dict(error.details))


def gives_back(entry: Entry) -> bool:
    """Whether it is of an undoing."""
    return _corrects(entry) and entry.draft.reference.startswith(_PREFIX)


def marker_of(charge_external_id: str, seq: int) -> str:
    """The key under which it stands that the facts of entry `seq` were given back."""
    return by_hand(EntryKind.FACTS_CORRECTED.value, _id(charge_external_id, seq))


def _id(charge_external_id: str, seq: int) -> str:
    return f"{_PREFIX}{charge_external_id}:{seq}"


def given_back(entries: Iterable[Entry]) -> set[int]:
    """The numbers of the entries whose corrections were taken back."""
    return {int(e.draft.reference.rpartition(":")[2]) for e in entries if gives_back(e)}


def steps(
    ledgers: Ledgers, ref: AccountRef, corrections: Sequence[Entry], *, without: set[str], on: str
) -> Iterator[FactsBackStep]:
    """For those of the entries that corrected facts, but of the charges `without` (our ids)."""
    found = [(_charge(entry), entry.seq) for entry in corrections if _corrects(entry)]
    wanted = {charge_id for charge_id, _ in found} - without
    charges = ledgers.charges(ref, wanted) if wanted else {}
    for charge_id, seq in found:
        if charge_id in charges:
            before = _before(ledgers.former_charges(ref, charge_id), seq)
            yield FactsBackStep(seq, on, charges[charge_id].external_id, _facts(before))


def later(corrections: Sequence[Entry], entries: Sequence[Entry], undone: set[int | None]) -> Iterator[Entry]:
    """What others corrected since of the charges whose facts the entries of an import corrected."""
    ours = {_charge(entry): entry.seq for entry in corrections if _corrects(entry)}
    own = {entry.seq for entry in corrections}
    for entry in entries:
        if not _corrects(entry) or gives_back(entry) or entry.seq in undone or entry.seq in own:
            continue
        if entry.seq > ours.get(_charge(entry), entry.seq):
            yield entry


def _corrects(entry: Entry) -> bool:
    return entry.draft.kind is EntryKind.FACTS_CORRECTED


def _charge(entry: Entry) -> str:
    return entry.draft.opens[0].charge_id


def _before(versions: Iterable[Charge], seq: int) -> Charge:
    return max((v for v in versions if v.facts_seq < seq), key=lambda v: v.facts_seq)


def _facts(charge: Charge) -> FactChanges:
    return FactChanges(
        charge.service, charge.clinician_id, charge.cpt, charge.diagnoses, charge.place_of_service,
        charge.status,
    )  # fmt: skip
