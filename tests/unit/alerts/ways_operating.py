"""What raises each alert of the page for who operates the deployment, and the way home that it prints."""

from collections.abc import Iterator
from typing import Any

import pytest

from chalicelib.entrypoints import jobs
from chalicelib.kernel.outside import ProcessorDenied, ProcessorMissing, ProcessorRefused
from chalicelib.kernel.periods import Period
from chalicelib.ledger.domain.payments import State
from chalicelib.mail.domain.pace import Pause
from chalicelib.payments.ports.processors import Stage
from tests.unit.alerts.town import Town

Way = Iterator[None]
KEY = "0b8f1c1e-0000-4000-8000-000000000001"
OCTOBER = Period(2026, 10)


def due(town: Town, kind: str) -> int:
    """Rows of a work list, whenever they are due."""
    return len(town.app.work.due(kind, before="2100-01-01T00:00:00.000Z", limit=100))


def event_of_nothing(town: Town) -> Way:
    """Another account's endpoint uses this secret."""
    town.processor.hidden["pi_nothing"] = ProcessorMissing("resource_missing")
    town.webhook("pi_nothing")
    town.hours(6)
    yield
    assert town.alerts["event_of_nothing"].cause.subject == "pi_nothing"
    assert due(town, "inbox") == 0


def inbox_stuck(town: Town) -> Way:
    """Stripe does not answer for hours."""
    town.start(KEY)
    town.take(KEY)
    town.processor.hidden[f"pi_{KEY}"] = ProcessorRefused("api_error")
    town.webhook(f"pi_{KEY}")
    town.hours(6)
    yield
    assert due(town, "inbox") == 1
    del town.processor.hidden[f"pi_{KEY}"]
    town.hours(7, step=60)
    assert (due(town, "inbox"), town.owed()) == (0, 0)


def money_not_settled(town: Town) -> Way:
    """Stripe's books have a row, and it does not show the payment behind it."""
    town.start(KEY)
    town.take(KEY)
    town.processor.hidden[f"pi_{KEY}"] = ProcessorRefused("resource_missing")
    jobs.full_pass()
    yield
    assert town.alerts["money_not_settled"].cause.facts["code"] == "resource_missing"
    town.follow("money_not_settled", "verify")
    assert town.owed() == 15000
    del town.processor.hidden[f"pi_{KEY}"]
    town.follow("money_not_settled", "reconcile")
    assert (town.payment(KEY).state, town.owed()) == (State.SUCCEEDED, 0)


def receipt_stuck(town: Town) -> Way:
    """The mail service is away for hours; the payment is credited."""
    town.mails.away = True
    town.paid(KEY)
    town.hours(6)
    yield
    assert (town.owed(), town.mails.sent) == (0, [])
    town.mails.away = False
    town.hours(7, step=60)
    assert (due(town, "receipt"), len(town.mails.sent)) == (0, 1)


def notice_stuck(town: Town) -> Way:
    """A bank debit came back, and the mail service is away for hours."""
    town.start(KEY)
    for stage in (Stage.PROCESSING, Stage.FAILED):
        town.processor.become(KEY, stage)
        town.mails.away = True
        town.hear(KEY)
    town.hours(6)
    yield
    town.mails.away = False
    town.hours(7, step=60)
    assert due(town, "returned") == 0


def mail_paused(town: Town) -> Way:
    """Issue 13: "mail paused: the alert says which, the next run goes on, nothing is skipped in silence"."""
    practice = town.app.practices.practice("oak")
    assert practice is not None
    town.pause_mail(Pause.SENDING_PAUSED)
    town.paid(KEY)
    town.app.statement_runs.fan_out(practice, OCTOBER)
    town.work()
    yield
    assert town.alerts["mail_paused"].cause.facts["code"] == "sending_paused"
    for _ in range(12):
        town.hours(1, step=20)
        jobs.statements()
        town.work()
    assert (town.names(), town.mails.sent) == (["mail_paused"], []), "nothing is called stuck"
    assert (due(town, "statement"), due(town, "receipt")) == (1, 1), "C2 is on paper"
    town.pause_mail(None)
    town.clock.advance(hours=7)
    jobs.statements()
    town.work()
    town.sweep()
    assert (due(town, "statement"), due(town, "receipt"), len(town.mails.sent)) == (0, 0, 2)


def mail_paused_by_the_days_limit(town: Town) -> Way:
    """Statements have used their share of the day; a receipt still goes out."""
    practice = town.app.practices.practice("oak")
    assert practice is not None
    town.world.account.daily, town.world.account.sent = 200, 160
    town.app.statement_runs.fan_out(practice, OCTOBER)
    town.work()
    yield
    assert town.alerts["mail_paused"].cause.facts["code"] == "daily_quota"
    town.paid(KEY)
    assert len(town.mails.sent) == 1
    town.world.account.sent = 0
    town.clock.advance(hours=2)
    jobs.statements()
    town.work()
    assert (due(town, "statement"), len(town.mails.sent)) == (0, 2)


def statement_stuck(town: Town) -> Way:
    """Statements are issued while the mail service is away."""
    practice = town.app.practices.practice("oak")
    assert practice is not None
    town.mails.away = True
    town.app.statement_runs.fan_out(practice, OCTOBER)
    town.work()
    for _ in range(40):
        town.clock.advance(minutes=61)
        jobs.statements()
        town.work()
    yield
    town.mails.away = False
    for _ in range(30):
        town.clock.advance(minutes=61)
        jobs.statements()
        town.work()
    told = town.follow("statement_stuck", "statements").out
    issued = town.app.statements.issued(town.world.ref("C1"), OCTOBER)
    assert issued is not None
    assert (issued.delivery.value, "mailed" in told) == ("sent", True), told


def round_overdue(town: Town) -> Way:
    """The practice's keys were revoked."""
    jobs.full_pass()
    with pytest.MonkeyPatch.context() as revoked:
        revoked.setattr(town.processor, "movements", denied)
        for _ in range(3):
            town.clock.advance(days=1)
            jobs.full_pass()
    yield
    town.clock.advance(minutes=15)
    jobs.full_pass()


def denied(**_: Any) -> None:
    raise ProcessorDenied("api_key_expired")


class Killed(BaseException):
    """The function's fifteen minutes are up."""


def dies(*_: Any) -> None:
    raise Killed


def round_stuck(town: Town) -> Way:
    """The nightly check dies in the same step of the practice."""
    with pytest.MonkeyPatch.context() as slow:
        slow.setattr("chalicelib.verification.services.comparing.Comparing.seen", dies)
        for _ in range(4):
            town.clock.advance(minutes=15)
            with pytest.raises(Killed):
                jobs.verify()
    yield
    assert town.follow("round_stuck", "verify").out.startswith("OK")
    town.clock.advance(minutes=15)
    jobs.verify()


WAYS = (
    event_of_nothing, inbox_stuck, money_not_settled, receipt_stuck, notice_stuck, statement_stuck,
    round_overdue, round_stuck, mail_paused, mail_paused_by_the_days_limit,
)  # fmt: skip
