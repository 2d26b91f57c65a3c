"""Issue 14: whatever happens to invoices, nobody is reminded who should not be, and whoever should be is.

Timelines are drawn: invoices, payments, questions, debits under way, disputes, statements, addresses that
bounce, outages, and kills at any call. Broken reminders (the canaries) are noticed.
"""

import random
from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace

import pytest

from chalicelib import bootstrap
from chalicelib.documents.domain import reminders as rules
from chalicelib.documents.domain.reminders import Kept, Reminder, later
from chalicelib.documents.services.reminders import looking, running
from chalicelib.documents.services.reminders.requests import MoneyRequests
from chalicelib.entrypoints import jobs
from chalicelib.kernel.errors import BillfoldError
from chalicelib.ledger.domain.accounts import Reservation
from chalicelib.ledger.domain.asked import ItemKind, ItemRef
from chalicelib.ledger.ports.ledgers import Change
from chalicelib.mail.domain.setbacks import MailStop, Setback
from chalicelib.mail.ports import Mail, Mailer
from chalicelib.practice.domain.practices import Client
from chalicelib.practice.services.address_hashes import address_hash
from chalicelib.questions.domain.questions import Choice
from chalicelib.questions.services.asking import QuestionWish
from tests.support.cloud import Killed
from tests.support.practice import PRACTICE
from tests.support.seed import SEED
from tests.unit.invoices.world import World

RUNS, DAYS = 12, 55
SCHEDULE = (3, 14, 30)
START = "2026-11-05"


class Noticed(AssertionError):
    """A reminder that should not have gone, or one that never came."""


class Post(Mailer):
    """Every mail goes on to the mail service; of reminders the timeline judges each."""

    def __init__(self, inner: Mailer, judge: Callable[[Mail], None]) -> None:
        self.inner, self.judge = inner, judge

    def send(self, mail: Mail) -> str:
        message_id = self.inner.send(mail)
        if mail.subject == "An invoice is past its due date":
            self.judge(mail)  # which raises nothing: the function would take it for a failure of its own
        return message_id


class Timeline:
    """Maya and Noah have one payer; Zoe has an address of her own, and Ivo has none."""

    def __init__(self, drawn: random.Random) -> None:
        self.drawn = drawn
        practice = replace(
            PRACTICE, reminders=SCHEDULE, reminders_from=START, invoice_days=drawn.choice([0, 7, 14])
        )
        self.world = World(practice)
        self.app = self.world.app
        self.app.mailer = Post(self.app.mailer, self.judge)
        self.asked: dict[str, str] = {}  # the day of the last request for money, by address
        self.stopped: set[str] = set()
        self.reminded: list[tuple[str, str]] = []  # day and address
        self.due: dict[int, str] = {}
        self.issued: dict[int, str] = {}  # the address of an invoice's payer
        self.faults: list[str] = []
        self.again = set[str]()  # who may get one twice: the worker died between SES's answer and the mark
        self.number = 0
        with self.world.on_aws():
            self.clients = [
                self.client("maya", guarantor_email="ada@example.test"),
                self.client("noah", guarantor_email="ada@example.test"),
                self.client("zoe"),
                self.client("ivo", email=""),
            ]

    def client(self, id_: str, **facts: str) -> Client:
        return self.world.client(id_, **facts)

    @property
    def today(self) -> str:
        return self.app.money_requests.today(self.world.practice)

    @staticmethod
    def to(client: Client) -> str:
        return client.guarantor_email or client.email

    # --- what happens ---

    def invoice(self, client: Client) -> None:
        self.number += 1
        self.world.charge(client, f"s{self.number}")
        self.world.clock.advance(minutes=2)  # a claim on the address runs out
        for invoice in self.world.issue(client):
            self.due[invoice.number] = invoice.due_on
            self.issued[invoice.number] = self.to(client)
            self.app.invoice_notices.send(client.ref("fern"), invoice.number)
            if self.to(client) and self.to(client) not in self.stopped:
                self.asked[self.to(client)] = self.today

    def statement(self, client: Client) -> None:
        if self.to(client):
            self.app.money_requests.note(self.world.practice, self.to(client))
            self.asked[self.to(client)] = self.today

    def pay(self, client: Client) -> None:
        self.number += 1
        amount_minor = self.drawn.choice([4_000, 10_000])
        self.world.post.external_payment(
            client.ref("fern"), f"p{self.number}", amount_minor, method="cash", on=self.today
        )

    def ask(self, client: Client) -> None:
        self.number += 1
        numbers = [number for number, ref in self.app.invoices.numbers("fern") if ref.account == client.id]
        if not numbers:
            return
        number = self.drawn.choice(numbers)
        charges = sorted(self.app.invoices.invoiced(client.ref("fern")).on(number))
        about = ItemRef(ItemKind.INVOICE, f"invoice-{number}")
        if charges and self.drawn.random() < 0.5:
            about = ItemRef(ItemKind.SERVICE, self.drawn.choice(charges))
        wish = QuestionWish(f"question-{self.number:08}", about, Choice.ALREADY_PAID, "", "p", "cli")
        self.app.asking.ask(client.ref("fern"), wish)

    def answer(self, client: Client) -> None:
        for question in self.app.answering.listed("fern"):
            if question.account_id == client.id:
                self.app.answering.answer("fern", question.id, "Yes.", actor="cli")

    def void(self, client: Client) -> None:
        numbers = [number for number, ref in self.app.invoices.numbers("fern") if ref.account == client.id]
        if numbers:
            self.app.invoice_issuing.void(self.world.practice, self.drawn.choice(numbers), actor="cli")

    def debit(self, client: Client) -> None:
        """Begin one for something that is open, or end it."""
        account = self.app.ledgers.account(client.ref("fern"))
        assert account is not None
        begun = {"debit": Reservation(dict.fromkeys(list(account.ledger.open)[:1], 1_000), firm=True)}
        after = replace(account, reserved={} if account.reserved else begun)
        self.app.ledgers.commit("fern", Change(account, after))

    def dispute(self, client: Client) -> None:
        account = self.app.ledgers.account(client.ref("fern"))
        assert account is not None
        after = replace(account, disputed=frozenset() if account.disputed else frozenset({"p"}))
        self.app.ledgers.commit("fern", Change(account, after))

    def bounce(self, client: Client) -> None:
        if to := self.to(client):
            hashed = address_hash(self.app.keys, "fern", to)
            stop = MailStop(Setback.BOUNCE, "2026-01-01T00:00:00Z")
            self.app.people.stop_mail("fern", hashed, stop, sent_at="2026-01-01T00:00:00Z")
            self.stopped.add(to)

    EVENTS = (
        [invoice] * 5 + [statement] * 2 + [pay] * 3 + [ask] * 3 + [answer] * 2 + [void, debit, debit, dispute]
    )

    # --- the clock ---

    def day(self) -> None:
        """Some events, then three hours of the clock, in which a process may die."""
        for _ in range(self.drawn.randint(0, 3)):
            with suppress(BillfoldError):
                self.drawn.choice(self.EVENTS)(self, self.drawn.choice(self.clients))
        if self.drawn.random() < 0.02:
            self.bounce(self.drawn.choice(self.clients))
        for _ in range(3):
            cloud = self.world.cloud
            if self.drawn.random() < 0.3:
                cloud.at, cloud.after = (
                    len(cloud.calls) + self.drawn.randint(0, 40),
                    self.drawn.random() < 0.5,
                )
            self.hour()
            self.world.clock.advance(hours=1)
        self.world.clock.advance(hours=21)

    def hour(self) -> None:
        cloud, before = self.world.cloud, len(self.reminded)
        try:
            self.app.reminder_runs.hand_over(self.world.practice)
            cloud.work_off(self.app.settings.delivery_queue_url, jobs.delivery, batch=1)
        except Killed:
            cloud.at = -1
            self.again.update(to for _, to in self.reminded[before:] if not self.marked(to))
        cloud.at = -1
        if self.faults:
            raise Noticed(f"{self.faults[0]}; again {self.again}; {self.reminded[-3:]}; {cloud.calls[-60:]}")

    def marked(self, to: str) -> bool:
        """Whether it is kept that the payer was asked for money today."""
        return self.app.reminders.asked_on("fern", address_hash(self.app.keys, "fern", to)) == self.today

    # --- what must hold ---

    def judge(self, mail: Mail) -> None:
        """What it reads is no call of the process: else a kill at the mark came too many calls after SES's
        answer to be known for what it was."""
        cloud = self.world.cloud
        calls, at, cloud.calls, cloud.at = cloud.calls, cloud.at, [], -1
        try:
            self._judge(mail)
        finally:
            cloud.calls, cloud.at = calls, at

    def _judge(self, mail: Mail) -> None:
        today = self.today
        asks = [
            self.remindable(number) for number, to in self.issued.items() if to == mail.to
        ]  # it may die here
        if mail.to in self.again:
            self.again.remove(mail.to)
        elif (before := self.asked.get(mail.to)) and later(before, 7) > today:
            self.faults.append(f"{mail.to} was asked on {before}, and again on {today}")
        if mail.to in self.stopped:
            self.faults.append("mail to a stopped address")
        if not any(asks):
            self.faults.append(f"{mail.to} has nothing to be reminded of on {today}")
        self.asked[mail.to] = today
        self.reminded.append((today, mail.to))

    def remindable(self, number: int) -> bool:
        """As whoever wrote none of it would say."""
        ref = self.app.invoices.account_of("fern", number)
        assert ref is not None
        account = self.app.ledgers.account(ref)
        assert account is not None
        charges = self.app.invoices.invoiced(ref).on(number)
        open_ones = [q for q in self.app.answering.listed("fern") if q.account_id == ref.account]
        about = {q.about.id for q in open_ones}
        held = {id_ for held in account.reserved.values() for id_ in held.shares}
        return (
            bool(charges & set(account.ledger.open))
            and self.today >= later(self.due[number], min(SCHEDULE))
            and not account.disputed
            and not (charges | {f"invoice-{number}"}) & about
            and not charges & set(account.ledger.open) & held
        )

    def quiet(self) -> None:
        """Nothing keeps anything back: each day of a schedule is followed by a reminder within eight days."""
        for client in self.clients:
            self.answer(client)
            account = self.app.ledgers.account(client.ref("fern"))
            assert account is not None
            free = replace(account, reserved={}, disputed=frozenset())
            self.app.ledgers.commit("fern", Change(account, free))
        begun = self.today
        for _ in range(45):
            self.hour()
            self.world.clock.advance(days=1)
        for number, due_on in self.due.items():
            to = self.issued[number]
            if not to or to in self.stopped or not self.remindable(number):
                continue
            for days in SCHEDULE:
                on = later(due_on, days)
                seen = [day for day, address in self.reminded if address == to and on <= day <= later(on, 8)]
                if begun < on <= later(self.today, -10) and not seen:
                    raise Noticed(f"invoice {number} had no reminder after {on}")


def lived(drawn: random.Random) -> Timeline:
    timeline = Timeline(drawn)
    bootstrap.use(timeline.app)
    try:
        with timeline.world.on_aws():
            for _ in range(DAYS):
                if drawn.random() < 0.04:
                    timeline.world.clock.advance(days=drawn.randint(2, 20))  # an outage
                timeline.day()
            timeline.quiet()
    finally:
        bootstrap.use(None)
    return timeline


@pytest.mark.parametrize("run", range(RUNS))
def test_nobody_is_reminded_wrongly_and_whoever_should_be_is(run: int) -> None:
    timeline = lived(random.Random(f"{SEED}/{run}"))
    print(f"{len(timeline.reminded)} reminders of {len(timeline.due)} invoices")


def test_timelines_remind() -> None:
    """Else the property would hold of nothing."""
    assert sum(len(lived(random.Random(f"some/{run}")).reminded) for run in range(3)) > 15


def ignores_questions(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rules, "waiting", lambda asked: frozenset())


def ignores_debits_and_disputes(monkeypatch: pytest.MonkeyPatch) -> None:
    real = rules.kept_back

    def kept(*args: object) -> Kept | None:
        found = real(*args)  # type: ignore[arg-type]
        return None if found in (Kept.IN_FLIGHT, Kept.DISPUTE) else found

    monkeypatch.setattr(looking, "kept_back", kept)


def forgets_the_week(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(looking, "asked_lately", lambda asked_on, today: False)


def forgets_statements(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(MoneyRequests, "note", lambda self, practice, to: None)


def reminds_of_what_is_paid(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(looking, "kept_back", lambda reminder, account, invoiced: None)


def never_plans(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(running, "first_on", lambda due_on, days, *, after: "")


def ends_after_one(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Reminder, "reminded", lambda self, days, today: replace(self, on=""))


CANARIES = (
    ignores_questions, ignores_debits_and_disputes, forgets_the_week, forgets_statements,
    reminds_of_what_is_paid, never_plans, ends_after_one,
)  # fmt: skip


def _live_some() -> None:
    for run in range(20):
        lived(random.Random(f"canary/{run}"))


@pytest.mark.parametrize("canary", CANARIES, ids=lambda canary: canary.__name__)
def test_a_canary_is_noticed(
    canary: Callable[[pytest.MonkeyPatch], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    canary(monkeypatch)
    with pytest.raises(Noticed):
        _live_some()
