"""Which charge a line is of: by the practice's own number of it, then by client, date and code. Never
guessed: where none or more than one fits, what might is told."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from chalicelib.importing.domain.remittances import patients
from chalicelib.importing.domain.remittances.model import Claim, Patient, ServiceLine
from chalicelib.importing.domain.values import ID_PATTERN
from chalicelib.importing.services.naming import Naming
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
    details: Mapping[str, object] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class _Meant:
    """Whom a claim may be of; `sure` where nobody else may be."""

    clients: Sequence[Client]
    sure: bool


@dataclass(frozen=True)
class Matching:
    """Made once for a run: what it read of the practice it remembers."""

    practice_id: str
    ledgers: Ledgers
    people: People
    naming: Naming
    _accounts: dict[str, Stored] = field(default_factory=dict)
    _clients: dict[str, Client | None] = field(default_factory=dict)
    _by_last: dict[str, list[Client]] = field(default_factory=dict)

    def match(self, claim: Claim, line: ServiceLine) -> Match | Unmatched:
        by_number = list(self._numbered(claim, line))
        for found in by_number:
            if self._agrees(found, claim, line):
                return found if self._alone(found, claim) else self._ambiguous(found, claim, line)
        meant = self._meant(claim)
        fitting = [match for client in meant.clients for match in self._fitting(client, claim, line)]
        if meant.sure and len({match.charge.id for match in fitting}) == 1:
            return fitting[0]
        near = [
            *by_number,
            *fitting,
            *(m for client in meant.clients for m in self._near(client, claim, line)),
        ]
        return Unmatched(_why(meant, fitting), self._named(near), _ids(meant.clients))

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
            stands = self.naming.charge(number)
            marker = self.ledgers.marker(self.practice_id, by_hand("charge", stands))
            if marker is None:
                continue
            ref = marker.ref(self.practice_id)
            for charge in self.account(ref).charges.values():
                if charge.external_id == stands:
                    yield Match(ref, charge)

    def _agrees(self, found: Match, claim: Claim, line: ServiceLine) -> bool:
        """A number alone may be any line's first, or of the claim: nothing else may speak against it."""
        client, charge = self.client(found.ref), found.charge
        if client is None or not _possible(claim.patient, client) or self._undone(found):
            return False
        dated = _date(claim, line) in ("", charge.date)
        coded = not (line.code and charge.cpt) or line.code == _code(charge)
        return dated and coded and _charged(charge, line)

    def _alone(self, found: Match, claim: Claim) -> bool:
        client = self.client(found.ref)
        return client is not None and self._named_alone(client, claim.patient)

    def _named_alone(self, client: Client, patient: Patient) -> bool:
        """Whether the number's client has the patient's whole name, or nobody else may be meant by it."""
        if patients.fits(patient, _names(client)):
            return True
        return not any(other.id != client.id for other in self._called(patient))

    def _ambiguous(self, found: Match, claim: Claim, line: ServiceLine) -> Unmatched:
        client = self.client(found.ref)
        clients = [*([client] if client else []), *self._called(claim.patient)]
        near = [found, *(match for one in clients for match in self._near(one, claim, line))]
        return Unmatched("client_ambiguous", self._named(near), _ids(clients))

    def _meant(self, claim: Claim) -> _Meant:
        """Whom the claim's number names, else whom the patient's name fits, if that is one alone; the number
        on the card tells two apart where it is known of both."""
        numbered, called = self._client_numbered(claim), self._called(claim.patient)
        if numbered:
            alone = self._named_alone(numbered, claim.patient)
            return _Meant([numbered] if alone else [numbered, *called], alone)
        possible = [c for c in called if patients.card_agrees(claim.patient, c.member_id) is not False]
        if not possible:
            return _Meant((), False)
        alone = len(called) == 1 or patients.card_agrees(claim.patient, possible[0].member_id) is True
        sure = len(possible) == 1 and alone and patients.fits(claim.patient, _names(possible[0]))
        return _Meant(possible if sure else called, sure)

    def _client_numbered(self, claim: Claim) -> Client | None:
        if not ID_PATTERN.fullmatch(claim.control):
            return None
        account = self.people.accounts_of(self.practice_id, [claim.control]).get(claim.control)
        named = self.client(AccountRef(self.practice_id, account)) if account else None
        return named if named and _possible(claim.patient, named) else None

    def _called(self, patient: Patient) -> Sequence[Client]:
        """Everybody whom the name fits, with whatever suffix and middle name."""
        if not self._by_last:
            self._index()
        akin = self._by_last.get(patients.last_of(patient), ())
        found = (client for client in akin if patients.may_be(patient, _names(client)))
        return sorted(found, key=lambda client: client.external_id)

    def _index(self) -> None:
        """Clients by their last names: a file may ask for every one of thousands."""
        for client in self.people.clients(self.practice_id):
            for last in {last for name in _names(client) for last in patients.lasts_of(name)}:
                self._by_last.setdefault(last, []).append(client)

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

    def _named(self, near: Iterable[Match]) -> tuple[tuple[str, Charge], ...]:
        found: Mapping[str, Match] = {match.charge.id: match for match in near}
        named = ((self.client(m.ref), m.charge) for m in list(found.values())[:_SHOWN])
        return tuple((client.external_id if client else "", charge) for client, charge in named)


def _why(meant: _Meant, fitting: Sequence[Match]) -> str:
    if meant.sure:
        return "line_ambiguous" if fitting else "line_unmatched"
    return "client_ambiguous" if len(meant.clients) > 1 else "client_unmatched"


def _ids(clients: Sequence[Client]) -> dict[str, object]:
    """For words that name them."""
    shown = dict.fromkeys(client.external_id for client in clients)
    return {"clients": ", ".join(list(shown)[:_SHOWN])}


def _possible(patient: Patient, client: Client) -> bool:
    """Whether neither name nor card speaks against whom a number found."""
    return not patients.contradicts(patient, _names(client)) and (
        patients.card_agrees(patient, client.member_id) is not False
    )


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
