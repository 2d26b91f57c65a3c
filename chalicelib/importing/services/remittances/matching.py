"""Which charge a line is of: by the practice's own number of it, then by client, date and code. Never
guessed: where none or more than one fits, what might is told."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from chalicelib.importing.domain.remittances.model import Claim, Patient, ServiceLine
from chalicelib.importing.domain.remittances.names import akin, same_person, words_of
from chalicelib.importing.domain.values import ID_PATTERN
from chalicelib.importing.services.stored import Stored, stored
from chalicelib.kernel.account_refs import AccountRef
from chalicelib.ledger.domain.charges import Charge
from chalicelib.ledger.domain.entries import EntryKind
from chalicelib.ledger.domain.marker_keys import by_hand
from chalicelib.ledger.ports.ledgers import Ledgers
from chalicelib.practice.domain.practices import Client
from chalicelib.practice.ports import People

_SHOWN = 5


@dataclass(frozen=True, slots=True)
class Match:
    ref: AccountRef
    charge: Charge


@dataclass(frozen=True, slots=True)
class Unmatched:
    """`near` are charges that a person may find it to be of, with the practice's own id of their client."""

    code: str
    near: tuple[tuple[str, Charge], ...] = ()


@dataclass(frozen=True)
class Matching:
    """Made once for a run: what it read of the practice it remembers."""

    practice_id: str
    ledgers: Ledgers
    people: People
    _accounts: dict[str, Stored] = field(default_factory=dict)
    _clients: dict[str, Client | None] = field(default_factory=dict)
    _by_word: dict[str, list[Client]] = field(default_factory=dict)

    def match(self, claim: Claim, line: ServiceLine) -> Match | Unmatched:
        by_number = list(self._numbered(claim, line))
        for found in by_number:
            if self._agrees(found, claim, line):
                return found
        clients = self._clients_of(claim)
        fitting = [match for client in clients for match in self._fitting(client, claim, line)]
        if len({match.charge.id for match in fitting}) == 1:
            return fitting[0]
        near = [*by_number, *fitting, *(m for client in clients for m in self._near(client, claim, line))]
        return Unmatched(self._why(clients, fitting), self._named(near))

    def account(self, ref: AccountRef) -> Stored:
        """As it was before this run."""
        if ref.account not in self._accounts:
            self._accounts[ref.account] = stored(self.ledgers, ref)
        return self._accounts[ref.account]

    def client(self, ref: AccountRef) -> Client | None:
        if ref.account not in self._clients:
            self._clients[ref.account] = self.people.client(self.practice_id, ref.account)
        return self._clients[ref.account]

    def _numbered(self, claim: Claim, line: ServiceLine) -> Iterator[Match]:
        """By the line's number, then by the claim's: either may be a charge's."""
        for number in dict.fromkeys((line.control, claim.control)):
            if not ID_PATTERN.fullmatch(number):
                continue
            marker = self.ledgers.marker(self.practice_id, by_hand("charge", number))
            if marker is None:
                continue
            ref = marker.ref(self.practice_id)
            for charge in self.account(ref).charges.values():
                if charge.external_id == number:
                    yield Match(ref, charge)

    def _agrees(self, found: Match, claim: Claim, line: ServiceLine) -> bool:
        """A number alone may be any line's first: date, amount and name must not speak against it."""
        client = self.client(found.ref)
        named = client is not None and (
            akin(claim.patient, *_names(client)) or client.member_id in claim.patient.member_ids
        )
        dated = _date(claim, line) in ("", found.charge.date)
        return named and dated and _charged(found.charge, line) and not self._undone(found)

    def _clients_of(self, claim: Claim) -> Sequence[Client]:
        """Whom the claim's number names, else all whom its patient may be."""
        if ID_PATTERN.fullmatch(claim.control):
            account = self.people.accounts_of(self.practice_id, [claim.control]).get(claim.control)
            named = self.client(AccountRef(self.practice_id, account)) if account else None
            if named and akin(claim.patient, *_names(named)):
                return [named]
        if not self._by_word:
            self._index()
        akin_ = {c.id: c for word in words_of(claim.patient.last) for c in self._by_word.get(word, ())}
        found = (client for client in akin_.values() if is_patient(claim.patient, client))
        return sorted(found, key=lambda client: client.external_id)

    def _index(self) -> None:
        """Clients by each word of their names: a file may ask for every one of thousands."""
        for client in self.people.clients(self.practice_id):
            for word in {word for name in _names(client) for word in words_of(name)}:
                self._by_word.setdefault(word, []).append(client)

    def _fitting(self, client: Client, claim: Claim, line: ServiceLine) -> Iterator[Match]:
        """Charges of that date, code and amount; by the line's modifiers, where those tell them apart."""
        date = _date(claim, line)
        found = [
            match
            for match in self._charges(client)
            if date and match.charge.date == date and line.code and line.code == _code(match.charge)
            if _charged(match.charge, line) and not self._undone(match)
        ]
        alike = [match for match in found if _modifiers(match.charge) == frozenset(line.modifiers)]
        yield from alike if len(alike) == 1 and line.modifiers else found

    def _near(self, client: Client, claim: Claim, line: ServiceLine) -> Iterator[Match]:
        date = _date(claim, line)
        charges = list(self._charges(client))
        of_day = [match for match in charges if match.charge.date == date]
        yield from of_day or (m for m in charges if _code(m.charge) == line.code and _charged(m.charge, line))

    def _charges(self, client: Client) -> Iterator[Match]:
        ref = client.ref(self.practice_id)
        for charge in sorted(self.account(ref).charges.values(), key=lambda c: (c.date, c.external_id)):
            if charge.clinician_id:  # a balance that was brought along is no service
                yield Match(ref, charge)

    def _undone(self, match: Match) -> bool:
        of_account, id_ = self.account(match.ref), match.charge.external_id
        return any(of_account.undone(kind, id_) for kind in (EntryKind.CHARGE, EntryKind.SERVICE))

    @staticmethod
    def _why(clients: Sequence[Client], fitting: Sequence[Match]) -> str:
        if fitting:
            return "line_ambiguous"
        return "line_unmatched" if clients else "client_unmatched"

    def _named(self, near: Iterable[Match]) -> tuple[tuple[str, Charge], ...]:
        found: Mapping[str, Match] = {match.charge.id: match for match in near}
        named = ((self.client(m.ref), m.charge) for m in list(found.values())[:_SHOWN])
        return tuple((client.external_id if client else "", charge) for client, charge in named)


def is_patient(patient: Patient, client: Client) -> bool:
    """By name; and by the number on the card, where both have one."""
    if not any(same_person(patient, name) for name in _names(client)):
        return False
    return not (client.member_id and patient.member_ids) or client.member_id in patient.member_ids


def _names(client: Client) -> tuple[str, ...]:
    return tuple(filter(None, (client.name, client.legal_name)))


def _date(claim: Claim, line: ServiceLine) -> str:
    return line.date or claim.date


def _charged(charge: Charge, line: ServiceLine) -> bool:
    return abs(line.charged_minor) == charge.client_minor + charge.insurer_minor


def _code(charge: Charge) -> str:
    return charge.cpt.partition("-")[0]


def _modifiers(charge: Charge) -> frozenset[str]:
    return frozenset(charge.cpt.split("-")[1:])
