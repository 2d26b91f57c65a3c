"""A plan: what a batch would do, rehearsed to its end on every account, with all that speaks against it."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from chalicelib.importing.domain.batch import Batch, batch_id, misdated, repeated
from chalicelib.importing.domain.mapping.made_ids import MadeIds
from chalicelib.importing.domain.problems import Problem
from chalicelib.importing.domain.rows import AdjustmentRow, ChargeRow, Row
from chalicelib.importing.domain.tables.own_files import Interpreted
from chalicelib.importing.services.addresses import ADDRESSES
from chalicelib.importing.services.directory import Directory, Merged, directory, emails_of_two, merged
from chalicelib.importing.services.drafting import Correction, Drafting, FactDifference, rehearsed
from chalicelib.importing.services.granting import Granting
from chalicelib.importing.services.ids_key import made_ids
from chalicelib.importing.services.missing import MissingRow, Spans, missing, spans_of
from chalicelib.importing.services.naming import Naming
from chalicelib.importing.services.progress import Progress, Together
from chalicelib.importing.services.references import References
from chalicelib.importing.services.rehearsal import Rehearsal
from chalicelib.importing.services.steps import CorrectionStep, FactsStep, Step
from chalicelib.importing.services.stored import stored
from chalicelib.importing.services.unfinished import in_the_way
from chalicelib.kernel.account_refs import AccountRef
from chalicelib.kernel.instants import instant, local_date
from chalicelib.ledger.domain.accounts import Account
from chalicelib.ledger.domain.ledger import Ledger
from chalicelib.ledger.ports.imports import UnderWay
from chalicelib.ledger.ports.ledgers import Ledgers
from chalicelib.ledger.services.import_register import Register
from chalicelib.ledger.services.posting import Posting
from chalicelib.platform.ports import Chance, Clock, Keys
from chalicelib.practice.domain.practices import Practice
from chalicelib.practice.ports import People


@dataclass(frozen=True, slots=True)
class AccountPlan:
    """What one account gets. `client_id` is the practice's own, where the client has no account yet and
    `ref` is only proposed. `unfinished` names the import that left it held, "" when none did;
    `refused` are the rows that the ledger's rules stand against. `balance_minor`: what the client owes then
    (0 in a remittance's plan). `facts` are to have new versions; `kept` are facts that staff corrected here,
    and that stay; `missing` are rows of earlier imports that the same source has no more; `taken_back` are
    rows whose entries staff took back. `seen`: how many entries it had when the rows were held to the books.
    """

    ref: AccountRef
    steps: tuple[Step, ...] = ()
    corrections: tuple[Correction, ...] = ()
    problems: tuple[Problem, ...] = ()
    refused: tuple[Problem, ...] = ()
    known: int = 0
    unfinished: str = ""
    client_id: str = ""
    balance_minor: int = 0
    facts: tuple[FactDifference, ...] = ()
    kept: tuple[FactDifference, ...] = ()
    missing: tuple[MissingRow, ...] = ()
    seen: int = 0
    taken_back: tuple[Row, ...] = ()

    @property
    def new(self) -> bool:
        return bool(self.client_id)


@dataclass(frozen=True, slots=True)
class Plan:
    """With any problem nothing is to be written. `known` counts rows that are in the books already.

    `files`: the names of those its rows were in. `begun`: this very import is under way, or was broken off;
    `given_up` are others that it takes over from. `interpreted`: what was made of each file. `ids_key` is
    kept before the first write: ids of its rows, or digests of addresses, were made under it; "" where there
    is nothing to keep.
    """

    practice: Practice
    import_id: str
    rows: int
    problems: tuple[Problem, ...] = ()
    accounts: tuple[AccountPlan, ...] = ()
    directory: Directory = field(default_factory=Directory)
    files: tuple[str, ...] = ()
    begun: bool = False
    given_up: tuple[UnderWay, ...] = ()
    interpreted: tuple[Interpreted, ...] = ()
    ids_key: str = field(default="", repr=False)

    @property
    def charged(self) -> tuple[ChargeRow, ...]:
        """The rows of charges that are posted or corrected."""
        steps = (step for account in self.accounts for step in account.steps)
        rows = {id(step.row): step.row for step in steps}  # one may be corrected twice
        return tuple(row for row in rows.values() if isinstance(row, ChargeRow))

    @property
    def charged_clients(self) -> frozenset[str]:
        """Whose charges are posted: the practice's own ids."""
        return frozenset(row.client_id for row in self.charged)

    @property
    def raised_accounts(self) -> frozenset[str]:
        """In which an adjustment raises what a client owes: their ids."""
        return frozenset(
            account.ref.account
            for account in self.accounts
            if any(
                isinstance(step.row, AdjustmentRow) and step.row.amount_minor < 0 for step in account.steps
            )
        )

    @property
    def corrections(self) -> tuple[Correction, ...]:
        return tuple(c for account in self.accounts for c in account.corrections)

    @property
    def facts(self) -> tuple[FactDifference, ...]:
        return tuple(each for account in self.accounts for each in account.facts)

    @property
    def kept(self) -> tuple[FactDifference, ...]:
        return tuple(each for account in self.accounts for each in account.kept)

    @property
    def taken_back(self) -> tuple[Row, ...]:
        """By their places in the files."""
        rows = (row for account in self.accounts for row in account.taken_back)
        return tuple(sorted(rows, key=lambda row: (row.file, row.number)))

    @property
    def missing(self) -> tuple[MissingRow, ...]:
        """By their days."""
        rows = (row for account in self.accounts for row in account.missing)
        return tuple(sorted(rows, key=lambda row: (row.date, row.kind, row.id)))

    @property
    def new(self) -> int:
        """How many rows are to be posted that the books have not."""
        steps = (step for account in self.accounts for step in account.steps)
        return sum(not isinstance(step, CorrectionStep | FactsStep) for step in steps)

    @property
    def corrected_facts(self) -> int:
        """Of how many charges."""
        steps = (step for account in self.accounts for step in account.steps)
        return sum(isinstance(step, FactsStep) and bool(step.facts.given) for step in steps)

    def counts(self, refused: Collection[Problem] = ()) -> dict[str, int]:
        """What is told of it, by its names in JSON: `posted` are new rows, but for those that were `refused`
        while they were written; what is corrected is counted apart."""
        steps = (step for account in self.accounts for step in account.steps)
        new = {(s.row.file, s.row.number) for s in steps if not isinstance(s, CorrectionStep | FactsStep)}
        return {
            "rows": self.rows,
            "posted": self.new - sum((problem.file, problem.row) in new for problem in refused),
            "new_clients": len(self.directory.new),
            "updated_clients": len(self.directory.updates),
            "kept_addresses": len(self.directory.kept),
            "corrections": len(self.corrections),
            "corrected_facts": self.corrected_facts,
            "kept_facts": len(self.kept),
            "missing": len(self.missing),
            "known": self.known,
            "taken_back": len(self.taken_back),
        }

    @property
    def steps(self) -> int:
        return sum(len(account.steps) for account in self.accounts)

    @property
    def known(self) -> int:
        return self.directory.known + sum(account.known for account in self.accounts)

    @property
    def held(self) -> tuple[AccountPlan, ...]:
        """Accounts to hide while this import writes, and those a killed one left hidden."""
        return tuple(
            account for account in self.accounts if account.steps or account.unfinished or account.new
        )

    @property
    def empty(self) -> bool:
        return not (self.held or len(self.directory) or self.begun or self.given_up)


@dataclass(frozen=True)
class Planning:
    """`take_over` goes on where another import was broken off, instead of refusing to; `restore_addresses`
    takes the file's over those that their owners changed here; `shared_emails`: one address may be that of
    several clients."""

    ledgers: Ledgers
    people: People
    keys: Keys
    chance: Chance
    register: Register
    clock: Clock
    together: Together
    progress: Progress
    take_over: bool = False
    restore_addresses: bool = False
    shared_emails: bool = False

    def plan(self, practice: Practice, batch: Batch, unread: Sequence[Problem] = ()) -> Plan:
        """Reads only; `unread` is what kept rows from being read. Error: Busy when the store is away."""
        import_id = batch_id(practice.id, batch)
        problems = [*unread, *repeated(batch), *misdated(batch)]
        naming = Naming(practice.id, self.ledgers, self.register.ever_undone(practice.id))
        references = References(practice, batch, self.ledgers, self.people, self.chance, naming)
        references.load_clients(self.together)
        problems += [problem for row in batch.rows for problem in references.problems(row)]
        if problems:
            return Plan(practice, import_id, len(batch), ordered(problems))
        groups = _by_account(practice, batch, references)
        charged_on = {row.charge_id: row.date for row in batch.charges}
        spans = spans_of(batch)
        unused = next(self.people.clients(practice.id), None) is None
        self.progress.start("checking", len(batch))
        accounts = self.together(
            lambda item: self._account(
                practice, import_id, *item, charged_on, unused, naming, spans, batch.seen
            ),
            groups.items(),
        )
        found = _against(accounts, import_id)
        granting = Granting(practice, self.people, self.keys, self.chance, self.clock)
        clients, ids_key = self._merged(practice, batch, references)
        if not self.shared_emails:
            found += emails_of_two(clients, lambda: self.people.clients(practice.id))
        changes = directory(granting, clients, self.together)
        known = self.register.under_way(practice.id)
        return Plan(
            practice, import_id, len(batch), ordered(found), tuple(accounts), changes,
            files=batch.files, begun=any(other.id == import_id for other in known),
            given_up=tuple(other for other in known if self.take_over and other.id != import_id),
            ids_key=batch.ids_key or ids_key,
        )  # fmt: skip

    def _merged(self, practice: Practice, batch: Batch, references: References) -> tuple[list[Merged], str]:
        """And the key of what is noted of their addresses, where the practice does not keep it yet."""
        found = []
        noted = any(column in row.given for row in batch.clients for column in ADDRESSES)
        ids = made_ids(self.register, self.keys, practice.id) if noted else MadeIds("")
        for row in batch.clients:
            id_ = references.account(row.client_id)
            before = references.clients.get(id_)
            after = merged(practice, row, id_, before, ids, restore=self.restore_addresses)
            found.append((row, before, after))
        return found, "" if ids.kept else ids.key

    def _account(
        self,
        practice: Practice,
        import_id: str,
        ref: AccountRef,
        rows: Sequence[Row],
        charged_on: Mapping[str, str],
        unused: bool,
        naming: Naming,
        spans: Spans,
        seen: Mapping[str, int],
    ) -> AccountPlan:
        before = stored(self.ledgers, ref)
        called = self._called(ref, rows) if before.account else _client_of(rows)
        hold = before.account.hold if before.account else ""
        others = "" if hold == import_id else hold
        code, which = in_the_way(self.register, practice, others, take_over=self.take_over)
        if code:
            return AccountPlan(ref, problems=(rows[0].problem("", code, which=which),))
        rehearsal = Rehearsal(
            self.ledgers,
            before,
            Account("", Ledger(practice.currency)),
            unused=unused and before.account is None,
        )
        posting = Posting(rehearsal, self.clock)
        drafting = Drafting(practice, charged_on, self._today(practice), import_id)
        drafts = drafting.drafted(ref, map(naming.named, rows), before, posting)
        refused = rehearsed(drafts.in_order, posting, ref)
        self.progress.advance(len(rows))
        return AccountPlan(
            ref,
            drafts.in_order,
            tuple(drafts.corrections),
            tuple(drafts.problems),
            tuple(refused),
            len(drafts.known),
            hold,
            "" if before.account else _client_of(rows),
            rehearsal.balance_minor,
            tuple(drafts.facts),
            tuple(drafts.kept),
            missing(practice.id, called, rows, before, spans) if before.account else (),
            seen.get(called, before.account.ledger.seq if before.account else 0),
            tuple(drafts.taken_back),
        )

    def _called(self, ref: AccountRef, rows: Sequence[Row]) -> str:
        """The practice's own id of the client, who has an account."""
        client = None if _client_of(rows) else self.people.client(ref.practice, ref.account)
        return client.external_id if client else _client_of(rows)

    def _today(self, practice: Practice) -> str:
        return local_date(instant(self.clock.now()), practice.timezone)


def ordered(problems: Iterable[Problem]) -> tuple[Problem, ...]:
    return tuple(sorted(problems, key=lambda problem: problem.place))


def _against(accounts: Sequence[AccountPlan], import_id: str) -> list[Problem]:
    """What is to be put right before the first write.

    Once this very import was begun, half of it may stand, and what was posted by hand since must not keep the
    other half out and everybody hidden: rows that the ledger refuses by now are left out as it is written.
    """
    begun = any(account.unfinished == import_id for account in accounts)
    refused = [problem for account in accounts for problem in account.refused]
    return [p for account in accounts for p in account.problems] + ([] if begun else refused)


def _client_of(rows: Iterable[Row]) -> str:
    """The practice's own id of the client whom some of the rows are about."""
    return next((id_ for row in rows if (id_ := getattr(row, "client_id", ""))), "")


def _by_account(practice: Practice, batch: Batch, references: References) -> dict[AccountRef, list[Row]]:
    """Every row by its account; a client that nothing is posted for gets an account too."""
    groups: dict[AccountRef, list[Row]] = {}
    for row in batch.rows:
        account = references.account_of(row)
        if account is not None:
            groups.setdefault(AccountRef(practice.id, account), []).append(row)
    return groups
