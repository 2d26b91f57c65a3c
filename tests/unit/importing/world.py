"""A practice on stores in memory that can be killed before or after any write, and files to import."""

import hashlib
import hmac
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from chalicelib.importing.services.importer import Importer, Source
from chalicelib.importing.services.planning import Plan
from chalicelib.kernel.account_refs import AccountRef
from chalicelib.kernel.outside import Conflict
from chalicelib.ledger.domain.accounts import Account
from chalicelib.ledger.domain.ledger import fold
from chalicelib.ledger.ports.imports import UnderWay
from chalicelib.ledger.ports.ledgers import Change
from chalicelib.ledger.services.correcting import Correcting
from chalicelib.ledger.services.import_register import Register
from chalicelib.mail.domain.setbacks import MailStop
from chalicelib.operations.services.alerting import Alerting
from chalicelib.platform.ports import Keys
from chalicelib.practice.domain.practices import Client, Clinician, Location, Person, Practice, T
from chalicelib.practice.ports import People, Practices
from tests.support.alerts import MemoryAlerts
from tests.support.chance import FakeChance
from tests.support.clock import FakeClock
from tests.support.imports import MemoryImports
from tests.support.ledgers import MemoryLedgers
from tests.unit.identity.fakes import put_over

NOW = "2026-11-20T18:00:00+00:00"
PRACTICE = Practice(
    id="oak", name="Oak Practice", about="", timezone="America/New_York", currency="USD", locale="en",
    phone="", email="", website="", address="", payments_enabled=True, flow="inline", limit_minor=500_000,
    descriptor="OAK", clinicians=(Clinician("dr-a", "A", "", True), Clinician("dr-b", "B", "", False)),
    locations=(Location("main", "Main", ""),),
)  # fmt: skip


class Killed(BaseException):
    """The process is gone: nothing catches this."""


class FakeKeys(Keys):
    versions = (1,)

    def lookup_hash(self, purpose: str, text: str) -> str:
        return self.keyed_hash(f"lookup {purpose}", text)

    def keyed_hash(self, purpose: str, text: str, *, version: int | None = None) -> str:
        return hmac.new(f"test {purpose}".encode(), text.encode(), hashlib.sha256).hexdigest()


@dataclass
class Writes:
    """Counts every write of all stores; `kill_at` is (number of the write, whether it still happens)."""

    count: int = 0
    kill_at: tuple[int, bool] | None = None

    def write(self, do: Callable[[], None]) -> None:
        self.count += 1
        number, happens = self.kill_at or (0, True)
        if self.count == number and not happens:
            raise Killed
        do()
        if self.count == number:
            raise Killed


class KillableLedgers(MemoryLedgers):
    def __init__(self, writes: Writes) -> None:
        super().__init__()
        self.writes = writes

    def commit(self, practice: str, change: Change) -> None:
        self.writes.write(lambda: super(KillableLedgers, self).commit(practice, change))

    def commit_all(self, practice: str, changes: Sequence[Change]) -> None:
        self.writes.write(lambda: super(KillableLedgers, self).commit_all(practice, changes))


class MemoryPeople(People):
    def __init__(self, writes: Writes, ledgers: MemoryLedgers) -> None:
        self.writes = writes
        self.ledgers = ledgers
        self.client_rows: dict[str, Client] = {}
        self.person_rows: dict[str, Person] = {}
        self.found_by: dict[str, str] = {}  # the person by the hash of the address

    def client(self, practice: str, client_id: str) -> Client | None:
        return self.client_rows.get(client_id)

    def clients(self, practice: str, *, after: str = "") -> Iterator[Client]:
        return iter([client for id_, client in sorted(self.client_rows.items()) if id_ > after])

    def accounts_of(self, practice: str, external_ids: Iterable[str]) -> Mapping[str, str]:
        found = ((id_, self.ledgers.found_by.get((practice, id_))) for id_ in external_ids)
        return {external_id: account for external_id, account in found if account}

    def save_client(self, practice: str, client: Client, *, before: Client | None = None) -> None:
        self.writes.write(lambda: self._put(self.client_rows, client, before))

    def person(self, practice: str, person_id: str) -> Person | None:
        return self.person_rows.get(person_id)

    def people(self, practice: str) -> Iterator[Person]:
        raise AssertionError("an import asks for those whom it names")

    @staticmethod
    def _put(rows: dict[str, T], after: T, before: T | None) -> None:
        rows[after.id] = put_over(rows.get(after.id), after, before)

    def people_at(self, practice: str, hashes: Iterable[str]) -> Mapping[str, str]:
        return {hashed: self.found_by[hashed] for hashed in hashes if hashed in self.found_by}

    def save_person(
        self, practice: str, person: Person, *, before: Person | None = None, leaving: Sequence[str] = ()
    ) -> None:
        def put() -> None:
            row = put_over(self.person_rows.get(person.id), person, before)
            if any(self.found_by.get(hashed, person.id) != person.id for hashed in person.filed_under):
                raise Conflict
            for hashed in leaving:
                del self.found_by[hashed]
            self.found_by.update(dict.fromkeys(person.filed_under, person.id))
            self.person_rows[person.id] = row

        self.writes.write(put)

    def copy_stops(self, practice: str, *, source: str, target: str) -> None:
        raise AssertionError("an import mails nobody")

    def drop_address(self, practice: str, hashed: str) -> None:
        raise AssertionError("an import mails nobody")

    def mail_stops(self, practice: str, address_hash: str) -> Sequence[MailStop]:
        raise AssertionError("an import mails nobody")

    def stop_mail(self, practice: str, address_hash: str, stop: MailStop, *, sent_at: str) -> MailStop | None:
        raise AssertionError("an import mails nobody")

    def lift_stop(self, practice: str, address_hash: str, stop: MailStop, *, at: str) -> bool:
        raise AssertionError("an import mails nobody")


class KillableImports(MemoryImports):
    def __init__(self, writes: Writes, ledgers: MemoryLedgers) -> None:
        super().__init__(ledgers)
        self.writes = writes

    def begin(self, practice: str, found: UnderWay, *, due_at: str) -> None:
        self.writes.write(lambda: super(KillableImports, self).begin(practice, found, due_at=due_at))

    def end(self, practice: str, found: UnderWay) -> None:
        self.writes.write(lambda: super(KillableImports, self).end(practice, found))

    def keep_ids_key(self, practice: str, key: str) -> None:
        self.writes.write(lambda: super(KillableImports, self).keep_ids_key(practice, key))

    def undo(self, practice: str, import_id: str, *, at: str) -> None:
        self.writes.write(lambda: super(KillableImports, self).undo(practice, import_id, at=at))


class OnePractice(Practices):
    def practice(self, practice: str) -> Practice | None:
        return PRACTICE if practice == PRACTICE.id else None

    def save_practice(self, practice: Practice, *, before: Practice | None = None) -> None:
        raise AssertionError("an import changes no practice")

    def practice_ids(self) -> Sequence[str]:
        return [PRACTICE.id]

    def processors(self) -> Mapping[str, Sequence[str]]:
        return {PRACTICE.id: PRACTICE.processors}


@dataclass
class World:
    writes: Writes = field(default_factory=Writes)
    ledgers: KillableLedgers = field(init=False)
    people: MemoryPeople = field(init=False)
    imports: KillableImports = field(init=False)
    alerts: MemoryAlerts = field(default_factory=MemoryAlerts)
    keys: FakeKeys = field(default_factory=FakeKeys)
    chance: FakeChance = field(default_factory=FakeChance)
    let_go: list[tuple[str, str]] = field(default_factory=list)
    now: str = NOW

    def __post_init__(self) -> None:
        self.ledgers = KillableLedgers(self.writes)
        self.people = MemoryPeople(self.writes, self.ledgers)
        self.imports = KillableImports(self.writes, self.ledgers)

    @property
    def register(self) -> Register:
        return Register(self.imports, Alerting(self.alerts, FakeClock(self.now)), FakeClock(self.now))

    @property
    def importer(self) -> Importer:
        return Importer(
            self.ledgers, OnePractice(), self.people, self.keys, self.chance, self.register,
            FakeClock(self.now), let_go=lambda practice, payer: self.let_go.append((practice, payer)),
        )  # fmt: skip

    def prepare(
        self, files: Mapping[str, str], *, take_over: bool = False, shared_emails: bool = False
    ) -> Plan:
        return self.importer.prepare("oak", sources(files), take_over=take_over, shared_emails=shared_emails)

    def load(self, files: Mapping[str, str], *, take_over: bool = False) -> Plan:
        plan = self.prepare(files, take_over=take_over)
        assert plan.problems == ()
        assert self.importer.apply(plan) == ()
        return plan

    def take_back(self, client_id: str, *, kind: str, nth: int = 0) -> None:
        """Reverse the client's first (or nth) entry of that kind by hand."""
        id_ = self.account(client_id).id
        seqs = [e.seq for e in self.ledgers.entries(AccountRef("oak", id_)) if e.draft.kind == kind]
        Correcting(self.ledgers, FakeClock(self.now), "cli").reverse(
            AccountRef("oak", id_), seqs[nth], on="2026-11-20"
        )

    def account(self, client_id: str) -> Account:
        return self.ledgers.accounts["oak", self.ledgers.found_by["oak", client_id]]

    @property
    def accounts(self) -> dict[str, Account]:
        """By the clients' external ids, each under that name: their own ids differ between worlds."""
        found = self.ledgers.found_by.items()
        return {name: replace(self.ledgers.accounts[at, id_], id=name) for (at, name), id_ in found}

    def balance(self, client_id: str) -> int:
        return self.account(client_id).ledger.balance_minor

    def person(self, email: str) -> Person | None:
        return next((p for p in self.people.person_rows.values() if p.email == email), None)

    def picture(self) -> object:
        """All that is stored, but for how often each row was written, and for the ids it drew."""
        accounts = {id_: replace(a, version=0) for id_, a in self.accounts.items()}
        held = self.ledgers
        assert len(held.accounts) == len(accounts), "an account that nobody finds"
        others: list[dict[Any, Any]] = [
            held.rows, held.held_charges, held.held_payments, held.movements,
            _unversioned(self.people.client_rows), _unversioned(self.people.person_rows),
            self.people.found_by, self.imports.held,
        ]  # fmt: skip
        return accounts, [sorted(self._named(repr(row)) for row in rows.items()) for rows in others]

    def _named(self, text: str) -> str:
        for (_, name), id_ in self.ledgers.found_by.items():
            text = text.replace(id_, name)
        for person in self.people.person_rows.values():
            text = text.replace(person.id, f"the person of {person.email}")
        return text

    def check_ledgers(self) -> None:
        """Every account is the fold of its entries."""
        for (_, id_), account in self.ledgers.accounts.items():
            assert fold("USD", self.ledgers.entries(AccountRef("oak", id_))) == account.ledger


def _unversioned(rows: Mapping[str, T]) -> dict[Any, Any]:
    return {id_: replace(row, version=0) for id_, row in rows.items()}


def sources(files: Mapping[str, str]) -> list[Source]:
    return [Source(name, text.encode()) for name, text in files.items()]


FILES = {
    "clients.csv": """\
client_id,name,email,guarantor_email,guarantor_name,guarantor_superbills
C1,Ana Núñez,ana@example.test,,,
C2,Kid One,,Parent@example.test,Pat Parent,yes
C3,Kid Two,,parent@example.test,Pat Parent,no
""",
    "charges.csv": """\
charge_id,client_id,date,service,clinician_id,fee,insurance_expected
A1,C1,2026-10-01,Talk,dr-a,150.00,100.00
A2,C1,2026-10-08,Talk,dr-a,150.00,
B1,C2,2026-10-02,Play,dr-b,90,
D1,C3,2026-10-02,Play,dr-b,90,
""",
    "insurance_payments.csv": """\
insurance_payment_id,charge_id,date,paid,contractual_adjustment,patient_responsibility
I1,A1,2026-10-20,60.00,20.00,20.00
""",
    "payments.csv": """\
payment_id,client_id,date,amount,method,charge_ids,notes
P1,C1,2026-10-08,150.00,check,A2,number 12
P2,C2,2026-10-09,100.00,cash,,
""",
    "adjustments.csv": """\
adjustment_id,charge_id,date,amount,kind,reason
J1,A1,2026-10-21,5.00,adjustment,courtesy
J2,D1,2026-10-21,10.00,write_off,
""",
    "refunds.csv": """\
refund_id,payment_id,date,amount
R1,P2,2026-10-15,10.00
""",
    "opening_balances.csv": """\
client_id,date,amount
C3,2026-09-30,25.00
""",
}
"""Three clients. Afterwards C1 owes 65.00 (A1: 150 - 80 - 5), C2 nothing (10 given back), C3 105.00."""


def edited(name: str, old: str, new: str) -> dict[str, str]:
    """FILES with one of them changed."""
    assert old in FILES[name]
    return {**FILES, name: FILES[name].replace(old, new)}
