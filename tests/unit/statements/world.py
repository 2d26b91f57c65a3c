"""A statement run on stores in memory: clients with ledgers, queues the test plays, a crash at any call."""

from collections.abc import Iterator
from contextlib import suppress
from dataclasses import replace
from typing import Any

from chalicelib.documents.domain.filed import Filed
from chalicelib.documents.domain.statements import (
    Carried,
    Delivery,
    FanOut,
    Issued,
    Noted,
    Outcome,
    Statement,
    StatementData,
)
from chalicelib.documents.ports.documents import StatementRenderer
from chalicelib.documents.ports.statements import Statements
from chalicelib.documents.services.mail_reports import MailReports
from chalicelib.documents.services.reminders.requests import MoneyRequests
from chalicelib.documents.services.statements.delivering import Delivering
from chalicelib.documents.services.statements.filing import StatementFiling
from chalicelib.documents.services.statements.issuing import Issuing
from chalicelib.documents.services.statements.resending import Resending
from chalicelib.documents.services.statements.running import Running
from chalicelib.identity.services.pay_links import PayLinks
from chalicelib.kernel.account_refs import AccountRef
from chalicelib.kernel.errors import Invalid
from chalicelib.kernel.outside import Conflict, Unreadable
from chalicelib.kernel.periods import Period
from chalicelib.ledger.ports.ledgers import Page
from chalicelib.ledger.services.import_register import Register
from chalicelib.ledger.services.posting import ChargeFacts, Posting
from chalicelib.mail.domain.pace import MailPace
from chalicelib.mail.services.pacing import AccountWatch
from chalicelib.operations.ports.work import Due
from chalicelib.operations.services.addresses import Addresses
from chalicelib.operations.services.alerting import Alerting
from chalicelib.operations.services.mail_pauses import MailPauses
from chalicelib.practice.domain.practices import Client, Practice
from tests.support.alerts import MemoryAlerts
from tests.support.chance import FakeChance
from tests.support.clock import FakeClock
from tests.support.estimates import MemoryEstimates, noticing
from tests.support.imports import MemoryImports
from tests.support.ledgers import MemoryLedgers
from tests.support.mail import FakeAccount
from tests.support.money import MemoryPractices
from tests.support.practice import PRACTICE
from tests.support.queue import FakeQueue
from tests.support.saving import put_client, put_practice
from tests.support.worklists import MemoryWorkLists
from tests.unit.documents.world import Crashes, FakeFiles
from tests.unit.identity.fakes import FakeKeys, FakeMailer, FakePayLinkRows, FakePeople

PUBLIC_URL = "https://bills.example"
OCTOBER = Period(2026, 10)
IN_OCTOBER = "2026-10-15T12:00:00+00:00"
STATEMENT_DAY = "2026-11-05T12:00:00+00:00"


class MemoryStatements(Statements):
    """With the same conditions as the table."""

    def __init__(self) -> None:
        self.documents: dict[tuple[str, str, Period], Issued] = {}
        self.heads: dict[tuple[str, str], Carried] = {}
        self.notes: dict[tuple[str, Period, str], Noted] = {}
        self.runs: dict[tuple[str, Period], FanOut] = {}

    def carried(self, ref: AccountRef) -> Carried | None:
        return self.heads.get((ref.practice, ref.account))

    def issue(
        self, practice: str, statement: Statement, *, before: Carried | None, after: Carried, noted: Noted
    ) -> None:
        key = (practice, statement.account_id, statement.period)
        head = self.heads.get(key[:2])
        if key in self.documents or (head and head.period) != (before and before.period):
            raise Conflict
        self.documents[key] = Issued(statement, version=1)
        self.heads[key[:2]] = after
        self.note(practice, statement.period, noted)

    def issued(self, ref: AccountRef, period: Period) -> Issued | None:
        return self.documents.get((ref.practice, ref.account, period))

    def claim(self, practice: str, issued: Issued, *, until: str) -> Issued:
        return self.save(practice, replace(issued, claimed_until=until))

    def save(self, practice: str, issued: Issued, noted: Noted | None = None) -> Issued:
        key = (practice, issued.statement.account_id, issued.statement.period)
        if self.documents[key].version != issued.version:
            raise Conflict
        self.documents[key] = replace(issued, version=issued.version + 1)
        if noted is not None:
            self.note(practice, issued.statement.period, noted)
        return self.documents[key]

    def all_of(self, ref: AccountRef) -> Iterator[Issued]:
        raise NotImplementedError

    def listed(self, ref: AccountRef, *, cursor: str | None, limit: int) -> Page[Issued]:
        raise NotImplementedError

    def note(self, practice: str, period: Period, noted: Noted) -> None:
        self.notes[practice, period, noted.client_id] = noted

    def noted(self, practice: str, period: Period) -> Iterator[Noted]:
        return (noted for key, noted in self.notes.items() if key[:2] == (practice, period))

    def fanned_out(self, practice: str, period: Period) -> FanOut | None:
        return self.runs.get((practice, period))

    def mark_fanned_out(
        self, practice: str, period: Period, *, clients: int, at: str, after: str = ""
    ) -> None:
        self.runs[practice, period] = FanOut(clients, after)


class StatementWorkLists(MemoryWorkLists):
    def __init__(self, ledgers: MemoryLedgers, statements: MemoryStatements) -> None:
        super().__init__(ledgers)
        self._statements = statements

    def _waiting(self) -> Iterator[Due]:
        for (practice, account_id, period), issued in self._statements.documents.items():
            if issued.delivery is Delivery.PENDING:
                at = issued.statement.issued_at
                yield Due("statement", practice, account_id, f"statement#{period}", at)


class TextRenderer(StatementRenderer):
    """The data's own words for a PDF, and the data by account and month; refuses whom it is told to."""

    def __init__(self) -> None:
        self.broken: set[str] = set()
        self.set: dict[tuple[str, Period], StatementData] = {}

    def statement(self, data: StatementData) -> bytes:
        if data.statement.account_id in self.broken:
            raise Invalid("document_unrenderable", reason="unknown variable")
        self.set[data.statement.account_id, data.statement.period] = data
        return repr(data).encode()


class World:
    """Every property that is a service is a new process: only the stores are left of the one before."""

    def __init__(self, clients: int = 1, *, statement_day: int | None = 5) -> None:
        self.crashes = Crashes()
        self.clock = FakeClock(IN_OCTOBER)
        self.ledgers, self.statements = MemoryLedgers(), MemoryStatements()
        self.estimates = MemoryEstimates(self.ledgers)
        self.practices, self.people = MemoryPractices(), FakePeople()
        self.practice: Practice = replace(PRACTICE, statement_day=statement_day)
        put_practice(self.practices, self.practice)
        self.issue_queue, self.delivery_queue = FakeQueue(), FakeQueue()
        self.account, self.pace = FakeAccount(), MailPace(rate=1, workers=2)
        self.files, self.renderer, self.mailer = FakeFiles(), TextRenderer(), FakeMailer()
        self.alerts = MemoryAlerts()
        self.imports = MemoryImports(self.ledgers)
        self.work = StatementWorkLists(self.ledgers, self.statements)
        self.post = Posting(self.ledgers, self.clock)
        for number in range(clients):
            self.client(f"a{number:05d}")

    def client(self, account_id: str, *, fee_minor: int = 10_000, email: str | None = None) -> Client:
        address = f"{account_id}@example.test" if email is None else email
        client = Client(account_id, account_id, f"Name of {account_id}", address, "en")
        put_client(self.people, "fern", client)
        self.post.open_account(AccountRef("fern", account_id), "USD")
        if fee_minor:
            facts = ChargeFacts(f"fee {account_id}", "2026-10-15", "Individual session", "ada", fee_minor)
            self.post.charge(AccountRef("fern", account_id), facts)
        return client

    @property
    def addresses(self) -> Addresses:
        alerting = Alerting(self.crashes.around(self.alerts), self.clock)
        return Addresses(self.crashes.around(self.people), FakeKeys(), alerting, self.clock)

    @property
    def reports(self) -> MailReports:
        around = self.crashes.around
        return MailReports(self.addresses, around(self.statements), self.clock)

    @property
    def issuing(self) -> Issuing:
        around = self.crashes.around
        queue, ledgers = around(self.delivery_queue), around(self.ledgers)
        said = noticing(ledgers, self.estimates, self.clock)
        return Issuing(ledgers, around(self.statements), said, queue, self.clock, PUBLIC_URL)

    @property
    def running(self) -> Running:
        around, alerting = self.crashes.around, Alerting(self.alerts, self.clock)
        return Running(
            around(self.ledgers), around(self.practices), around(self.people), around(self.statements),
            self.issuing, self.resending, around(self.issue_queue),
            Register(self.imports, alerting, self.clock), self.clock,
        )  # fmt: skip

    @property
    def resending(self) -> Resending:
        around, alerting = self.crashes.around, Alerting(self.alerts, self.clock)
        watch, pauses = AccountWatch(self.account, self.clock), MailPauses(alerting, self.clock)
        return Resending(
            around(self.work), around(self.delivery_queue), watch, self.pace, pauses, alerting, self.clock
        )

    @property
    def delivering(self) -> Delivering:
        around = self.crashes.around
        return Delivering(
            around(self.practices), around(self.people), around(self.statements), self.addresses,
            around(self.mailer), self.clock, MoneyRequests(None, None, self.clock), PUBLIC_URL,  # type: ignore[arg-type]
        )  # fmt: skip

    @property
    def filing(self) -> StatementFiling:
        around = self.crashes.around
        return StatementFiling(
            around(self.ledgers), around(self.statements), around(self.files), around(self.renderer),
            self.clock,
            PayLinks(FakePayLinkRows(), self.people, FakeKeys(), FakeChance(), self.clock, PUBLIC_URL),
        )  # fmt: skip

    def run(self) -> dict[str, int]:
        """The three functions, one after the other, until nothing is queued; a message is gone when done."""
        done = self.running.run_due()
        while self.issue_queue.sent:
            message = self.issue_queue.sent[0]
            self.running.issue(message["practice"], message["client"], Period.parse(message["period"]))
            self.issue_queue.sent.pop(0)
        while self.delivery_queue.sent:
            message = self.delivery_queue.sent[0]
            self.delivering.deliver(
                AccountRef(message["practice"], message["account"]), Period.parse(message["period"])
            )
            self.delivery_queue.sent.pop(0)
        self.open_all()
        return done

    def open_all(self) -> None:
        """Whoever has a statement opens it: what is not there yet is drawn, if it can be."""
        for issued in list(self.statements.documents.values()):
            filed = Filed.statement("fern", issued.statement)
            if ("fern", filed.key) not in self.files.kept:
                with suppress(Invalid, Unreadable):
                    self.filing.render(filed.ref, issued.statement.period)

    def pdf(self, account_id: str, period: Period = OCTOBER) -> bytes:
        kept: bytes = self.files.kept["fern", Filed.statement("fern", self.statement(account_id, period)).key]
        return kept

    def outcome(self, account_id: str, period: Period = OCTOBER) -> Outcome:
        """What the run came to: of one that was issued and needed no other note, what became of it since."""
        noted = self.statements.notes["fern", period, account_id].outcome
        if noted is not Outcome.PENDING:
            return noted
        return Outcome(self.statements.documents["fern", account_id, period].delivery)

    def statement(self, account_id: str = "a00000", period: Period = OCTOBER) -> Any:
        return self.statements.documents["fern", account_id, period].statement

    def at(self, instant: str) -> None:
        self.clock.at = self.clock.at.fromisoformat(instant)
