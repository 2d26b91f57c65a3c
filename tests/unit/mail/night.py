"""A statement night: a practice's statements go out while people ask for codes and pay.

The shipped code decides everything about mail: the jobs, both mailers, the adapter that reads SES's answers,
delivering, signing in, sending again by the hour, pauses and their alerts. Of receipts the claim and the mail
are real, and their page and rows are not. `tests/unit/mail/cloud_of_a_night.py` is the model around it.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from functools import partial
from heapq import nsmallest
from types import SimpleNamespace
from typing import Any

from chalicelib.documents.domain.statements import Delivery, Issued, Noted
from chalicelib.documents.services.receipts import Sent
from chalicelib.documents.services.reminders.requests import MoneyRequests
from chalicelib.documents.services.statements.delivering import Delivering
from chalicelib.documents.services.statements.issuing import task
from chalicelib.documents.services.statements.resending import Resending
from chalicelib.entrypoints import jobs
from chalicelib.identity.services.limits import Counters
from chalicelib.identity.services.sign_in_limits import Caller, SignInLimits
from chalicelib.identity.services.signing_in import SigningIn
from chalicelib.kernel.account_refs import AccountRef
from chalicelib.mail.domain.pace import MailPace, workers_for
from chalicelib.mail.ports import Mail, Mailer
from chalicelib.mail.services.pacing import AccountWatch, InsistingMailer, StatementMailer
from chalicelib.mail.ses.account import SesAccount
from chalicelib.mail.ses.mailer import SesMailer
from chalicelib.operations.ports.work import Due
from chalicelib.operations.services.addresses import Addresses
from chalicelib.operations.services.alerting import Alerting
from chalicelib.operations.services.claims import claim
from chalicelib.operations.services.mail_pauses import MailPauses
from chalicelib.practice.domain.practices import Client, Person, Practice
from chalicelib.practice.services.address_hashes import address_hash
from tests.support.alerts import MemoryAlerts
from tests.support.chance import FakeChance
from tests.support.practice import PRACTICE
from tests.support.saving import put_person, put_practice
from tests.unit.identity.fakes import FakeAccess, FakeClaims, FakeKeys, FakePeople, FakePractices
from tests.unit.mail.cloud_of_a_night import Function, Hub, HubClock, HubQueue, Ses
from tests.unit.statements.world import OCTOBER, MemoryStatements, World

FERN = PRACTICE.id
BEGUN = "2026-11-05T12:00:00+00:00"
_HOUR = 3600
_ISSUED_A_SECOND = 150  # what the issue function does, amply


class NightStatements(MemoryStatements):
    """And which of them wait."""

    def __init__(self) -> None:
        super().__init__()
        self.waiting: dict[str, Due] = {}

    def add(self, issued: Issued) -> None:
        id_ = issued.statement.account_id
        self.documents[FERN, id_, OCTOBER] = issued
        since = issued.statement.issued_at
        self.waiting[id_] = Due("statement", FERN, id_, f"statement#{OCTOBER}", since, key=(id_, ""))

    def save(self, practice: str, issued: Issued, noted: Noted | None = None) -> Issued:
        if issued.delivery is not Delivery.PENDING:
            self.waiting.pop(issued.statement.account_id, None)
        return super().save(practice, issued, noted)

    def claim(self, practice: str, issued: Issued, *, until: str) -> Issued:
        return super().save(practice, replace(issued, claimed_until=until))

    def due(self, kind: str, *, before: str, limit: int) -> Sequence[Due]:
        found = (due for due in self.waiting.values() if due.since < before)
        return nsmallest(limit, found, key=lambda due: due.since)

    def postpone(self, due: Due, *, until: str) -> None:
        if due.account_id in self.waiting:
            self.waiting[due.account_id] = replace(due, since=until, sweeps=due.sweeps + 1)


class NightPeople(FakePeople):
    """Each client has an address, which says who it is."""

    def client(self, practice: str, client_id: str) -> Client:
        return Client(client_id, client_id, "Somebody", f"{client_id}@example.test", "en")


class NightPractices(FakePractices):
    """Reading is where a worker's own work is taken to be done: rows, page, file."""

    def __init__(self, work: Callable[[], None]) -> None:
        super().__init__()
        self.work = work

    def practice(self, practice: str) -> Practice | None:
        self.work()
        return super().practice(practice)


@dataclass(frozen=True)
class NightReceipts:
    """A receipt's mail: claimed, sent, marked."""

    night: "Night"
    mailer: Mailer

    def send(self, practice: str, marker: str) -> Sent:
        night = self.night
        night.hub.sleep(night.hub.draw(0.2, 0.6))
        if marker in night.marked:
            return Sent.BEFORE
        claim(night.claims, night.clock, practice, marker)
        if marker in night.marked:
            return Sent.BEFORE
        self.mailer.send(Mail(f"{marker}@example.test", "Fern", "", "s", "t", "h", "en"))
        night.marked.add(marker)
        return Sent.SENT


class Night:
    """`paced`: as it is shipped; else with one queue, no pace, and a throttle for a failure, as it was.

    `others`: mails a second that something else in the account sends. `paused`: from which hour to which.
    """

    def __init__(
        self, statements: int, *, seed: int, rate: float = 14, daily: int = 50_000, paced: bool = True,
        others: float = 0, paused: tuple[float, float] = (0, 0),
    ) -> None:  # fmt: skip
        self.count, self.paced = statements, paced
        self.hub = Hub(seed, BEGUN)
        self.clock, self.ses = HubClock(self.hub), Ses(self.hub, rate - others, daily, paused)
        self.pace = MailPace(rate, workers_for(rate, 1000))
        self.statements, self.people, self.keys = NightStatements(), NightPeople(), FakeKeys()
        self.claims, self.access, self.chance = FakeClaims(), FakeAccess(), FakeChance()
        self.alerts, self.marked = MemoryAlerts(), set[str]()
        self.asked: dict[str, float] = {}  # seconds by address
        self.paid: dict[str, float] = {}
        self.resent: list[int] = []
        self.documents_queue = HubQueue(self.hub)
        self.delivery_queue = HubQueue(self.hub) if paced else self.documents_queue
        self.functions = list(self._functions())

    # --- what is deployed ---------------------------------------------------------------------

    def _functions(self) -> Iterable[Function]:
        reserved = lambda _: 50  # noqa: E731
        if self.paced:
            yield Function(self.hub, self.documents_queue, jobs.documents, self._container, 1, reserved)
            workers = self.pace.workers
            yield Function(
                self.hub, self.delivery_queue, jobs.delivery, self._container, 1, lambda _: workers
            )
        else:
            more = lambda seconds: min(1000, 5 + 5 * seconds)  # noqa: E731 - Lambda adds 300 a minute
            yield Function(self.hub, self.documents_queue, _as_it_was, self._container, 5, more)

    def _container(self) -> Any:
        """A process of its own: it knows what it has looked up and sent, and nothing of the others."""
        mailer, account = SesMailer("billing@billfold.example", region="us-east-1"), SesAccount(region="x")
        mailer._client = account._client = lambda: self.ses  # type: ignore[assignment]
        alerting = Alerting(self.alerts, self.clock)
        watch = AccountWatch(account, self.clock)
        statement_mailer = StatementMailer(mailer, watch, self.pace, self.clock)
        practices = NightPractices(lambda: self.hub.sleep(self.hub.draw(0.1, 0.6)))
        practices.rows[FERN] = PRACTICE
        pauses = MailPauses(alerting, self.clock)
        return SimpleNamespace(
            statement_mailer=statement_mailer, mail_pauses=pauses,
            documents_queue=self.documents_queue, delivery_queue=self.delivery_queue,
            receipts=NightReceipts(self, mailer), returns=None,
            delivering=Delivering(
                practices=practices, people=self.people, statements=self.statements,
                addresses=Addresses(self.people, self.keys, alerting, self.clock),
                clock=self.clock, public_url="https://bills.example",
                requests=MoneyRequests(None, None, self.clock),  # type: ignore[arg-type]
                mailer=statement_mailer if self.paced else mailer,
            ),
            signing_in=self._signing_in(InsistingMailer(mailer, self.clock) if self.paced else mailer),
            resending=Resending(
                self.statements, self.delivery_queue, watch, self.pace, pauses, alerting, self.clock  # type: ignore[arg-type]
            ),
        )  # fmt: skip

    def _signing_in(self, mailer: Mailer) -> SigningIn:
        practices = FakePractices()
        put_practice(practices, PRACTICE)
        limits = SignInLimits(Counters(self.access, self.keys, self.clock), self.keys, self.clock)
        return SigningIn(
            practices=practices, people=self.people, access=self.access, sessions=None, limits=limits,  # type: ignore[arg-type]
            queue=self.documents_queue, mailer=mailer, chance=self.chance, clock=self.clock, keys=self.keys,
            public_url="https://bills.example",
        )  # fmt: skip

    # --- what people do -----------------------------------------------------------------------

    def play(self) -> "Night":
        """To its end: nothing waits, and nothing is under way."""
        world = World()
        world.at(BEGUN)
        world.issuing.issue(world.practice, OCTOBER, world.people.client_rows[FERN, "a00000"])
        pattern = world.statement()
        for start in range(0, self.count, _ISSUED_A_SECOND):
            some = range(start, min(start + _ISSUED_A_SECOND, self.count))
            self.hub.at(start / _ISSUED_A_SECOND, partial(self._issue, pattern, some))
        long = max(self.count / self.pace.hourly, 0.25) * _HOUR * 1.2
        chance = self.hub.chance
        for number in range(max(40, self.count // 20)):
            at = long * chance.random() if number % 10 else 30 * _HOUR * chance.random()
            self.hub.at(at, partial(self._ask, f"code{number}"))
        for number in range(0 if self.ses.paused[1] else max(20, self.count // 50)):  # they wait elsewhere
            self.hub.at(long * chance.random(), partial(self._pay, f"receipt{number}"))
        self.hub.at(_HOUR, self._hourly)
        self.hub.run()
        return self

    def _issue(self, pattern: Any, numbers: Iterable[int]) -> None:
        for number in numbers:
            ref = AccountRef(FERN, f"s{number:05d}")
            at = self.clock.now().isoformat(timespec="milliseconds").replace("+00:00", "Z")
            self.statements.add(Issued(replace(pattern, account_id=ref.account, issued_at=at), version=1))
            self.delivery_queue.send(task(ref, OCTOBER))

    def _ask(self, who: str) -> None:
        email, chance = f"{who}@example.test", self.hub.chance
        hashed = address_hash(self.keys, FERN, email)
        put_person(self.people, FERN, Person(who, email, "en", (), (hashed,)))
        self.asked[email] = self.hub.seconds
        caller = Caller(
            f"198.{chance.randrange(18, 20)}.{chance.randrange(256)}.{chance.randrange(256)}", None, None
        )
        self._signing_in(self).request_code(FERN, email=email, caller=caller, locale="en")

    def _pay(self, marker: str) -> None:
        self.paid[f"{marker}@example.test"] = self.hub.seconds
        self.documents_queue.send({"task": "receipt", "practice": FERN, "marker": marker})

    def send(self, mail: Mail) -> str:
        raise AssertionError("the API mails nothing")

    def _hourly(self) -> None:
        app = self._container()
        self.hub.start(app, lambda: self.resent.append(app.resending.resend()))
        if self.hub.seconds < 100 * _HOUR and (self.statements.waiting or self.delivery_queue.waiting()):
            self.hub.after(_HOUR, self._hourly)

    # --- what came of it ----------------------------------------------------------------------

    @property
    def dead(self) -> int:
        return len(self.documents_queue.dead) + len({*map(id, self.delivery_queue.dead)} - {
            *map(id, self.documents_queue.dead)
        })  # fmt: skip

    def times(self, kind: str) -> list[int]:
        """How often each mail of a kind went out, by who was to get it."""
        if kind == "statement":
            return [len(self.ses.took.get(f"s{n:05d}@example.test", ())) for n in range(self.count)]
        return [len(self.ses.took.get(to, ())) for to in (self.asked if kind == "code" else self.paid)]

    def longest(self, begun: dict[str, float]) -> float:
        """Seconds until SES took the mail of whoever waited longest; what never came waits for ever."""
        never = [float("inf")]
        return max((self.ses.took.get(to, never)[0] - at for to, at in begun.items()), default=0.0)

    @property
    def hours(self) -> float:
        """Until the last statement was out."""
        return max(at for to, ats in self.ses.took.items() if to[0] == "s" for at in ats) / _HOUR

    def __str__(self) -> str:
        return (
            f"{self.count} statements: {self.hours * 60:.0f} min, {self.dead} dead letters,"
            f" {self.ses.throttled} throttled, codes {self.longest(self.asked):.1f} s at most,"
            f" receipts {self.longest(self.paid):.1f} s, workers {[f.peak for f in self.functions]}"
        )


def _as_it_was(records: Sequence[Any]) -> dict[str, Any]:
    """The documents function of before: whatever is not sent has failed."""
    return jobs._each(
        records,
        {"receipt": jobs._receipt, "statement": jobs._deliver, "sign-in-mail": jobs._sign_in_mail},
    )
