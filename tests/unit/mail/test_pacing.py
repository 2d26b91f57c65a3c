"""Issue 13, number 4, "Mail at the service's pace": who insists, who yields, and what a worker does then."""

import json
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import boto3
import pytest

from chalicelib import bootstrap
from chalicelib.bootstrap import App
from chalicelib.documents.services.receipts import Sent
from chalicelib.documents.services.restarts import MailRestarts
from chalicelib.entrypoints import jobs
from chalicelib.kernel.outside import Busy
from chalicelib.mail.domain.pace import MOST_A_DAY, Allowance, MailPace, Pause, workers_for
from chalicelib.mail.ports import Mail, Mailer, MailPaused, MailThrottled
from chalicelib.mail.services.pacing import TRIES, AccountWatch, InsistingMailer, StatementMailer
from chalicelib.operations.ports.work import Due
from chalicelib.operations.services.alerting import Alerting
from chalicelib.operations.services.mail_pauses import MailPauses
from chalicelib.platform.queue import SqsQueue
from sandbox.config import REGION
from sandbox.resources import Resources
from tests.conftest import TEST_RESOURCES
from tests.support.alerts import MemoryAlerts
from tests.support.api import settings_for
from tests.support.clock import FakeClock
from tests.support.mail import FakeAccount
from tests.support.queue import FakeQueue

MAIL = Mail("maya@example.test", "Willow", "", "s", "t", "h", "en")
PACE = MailPace(rate=14, workers=12)


class Answers(Mailer):
    """Refuses as it is told to, in turn, and then takes everything."""

    def __init__(self, *refusals: Exception) -> None:
        self.refusals, self.asked = list(refusals), 0

    def send(self, mail: Mail) -> str:
        self.asked += 1
        if self.refusals:
            raise self.refusals.pop(0)
        return f"mail-{self.asked}"


def throttles(count: int) -> list[Exception]:
    return [MailThrottled("ses") for _ in range(count)]


# --- the figures -----------------------------------------------------------------------------


@pytest.mark.parametrize("rate", [1, 14, 50, 90, 500])
@pytest.mark.parametrize("concurrency", [10, 200, 1000])
def test_statements_take_four_fifths_of_the_rate_however_many_workers_there_are(
    rate: float, concurrency: int
) -> None:
    pace = MailPace(rate, workers_for(rate, concurrency))
    assert pace.workers / pace.seconds == pytest.approx(0.8 * rate)
    assert 2 <= pace.workers <= max(2, concurrency / 5)
    assert pace.hourly == pytest.approx(0.8 * rate * 3600, abs=1)
    if pace.workers < concurrency // 5:
        assert pace.seconds >= 1, "a worker has time to draw the page"


def test_a_fifth_of_the_day_is_left_to_other_mail() -> None:
    assert Allowance(200, 100).left() == 60
    assert Allowance(200, 100).pause(59) is None
    assert Allowance(200, 100).pause(60) is Pause.DAILY_QUOTA
    assert Allowance(200, 0, Pause.SENDING_PAUSED).left() == 0
    assert Allowance(-1, 10**6).left() == MOST_A_DAY, "below 0 is without limit"


# --- those who insist and those who yield ----------------------------------------------------


@pytest.mark.parametrize("count", [0, 1, TRIES])
def test_a_code_is_asked_for_again_while_the_service_throttles(count: int) -> None:
    service, clock = Answers(*throttles(count)), FakeClock()
    assert InsistingMailer(service, clock).send(MAIL) == f"mail-{count + 1}"
    assert clock.pauses == count


def test_after_some_seconds_a_code_goes_back_to_its_queue() -> None:
    service = Answers(*throttles(TRIES + 1))
    with pytest.raises(MailThrottled):
        InsistingMailer(service, FakeClock()).send(MAIL)
    assert service.asked == TRIES + 1


@pytest.mark.parametrize("refusal", [Busy("a lost answer"), MailPaused(Pause.DAILY_QUOTA)])
def test_only_a_throttle_is_insisted_on_for_a_lost_answer_may_have_been_a_mail(refusal: Exception) -> None:
    service = Answers(refusal)
    with pytest.raises(Busy):
        InsistingMailer(service, FakeClock()).send(MAIL)
    assert service.asked == 1


def statement_mailer(service: Mailer, account: FakeAccount, clock: FakeClock) -> StatementMailer:
    return StatementMailer(service, AccountWatch(account, clock), PACE, clock)


def test_a_statement_leaves_the_last_fifth_of_the_day_and_what_the_other_workers_send_meanwhile() -> None:
    account, clock, service = FakeAccount(), FakeClock(), Answers()
    account.daily, account.sent = 200, 124
    mailer = statement_mailer(service, account, clock)
    for _ in range(3):  # as 12 workers: 36 mails
        mailer.send(MAIL)
    with pytest.raises(MailPaused) as paused:
        mailer.send(MAIL)
    assert (paused.value.why, service.asked, account.looks) == (Pause.DAILY_QUOTA, 3, 1)
    account.sent = 100
    clock.advance(minutes=1)
    assert mailer.send(MAIL)
    assert account.looks == 2, "it is looked up once a minute"


def test_an_account_that_cannot_be_looked_at_holds_nothing_back() -> None:
    account = FakeAccount()
    account.down = True
    assert statement_mailer(Answers(), account, FakeClock()).send(MAIL)


@pytest.mark.parametrize("refusals", [[], throttles(1)])
def test_a_statement_takes_its_worker_as_long_as_the_pace_wants(refusals: list[Exception]) -> None:
    clock, account = FakeClock(), FakeAccount()
    mailer = statement_mailer(Answers(*refusals), account, clock)
    for taken in (0.3, 5.0):
        with mailer.paced():
            clock.advance(seconds=taken)
            try:
                mailer.send(MAIL)
            except MailThrottled:
                continue
    assert clock.waits == [pytest.approx(PACE.seconds - 0.3), 0.0]


def test_who_sends_nothing_waits_for_nothing() -> None:
    """A message that comes twice, a client on the paper list."""
    clock = FakeClock()
    with statement_mailer(Answers(), FakeAccount(), clock).paced():
        pass
    assert clock.waits == []


# --- the workers -----------------------------------------------------------------------------


class Record:
    def __init__(self, task: dict[str, str]) -> None:
        self.body = json.dumps(task)

    def to_dict(self) -> dict[str, str]:
        return {"messageId": "m1"}


class Refusing:
    """In the place of every service that sends."""

    def __init__(self, refusal: Exception | None) -> None:
        self.refusal, self.given = refusal, list[dict[str, Any]]()

    def send(self, *_: object) -> Sent:
        return self.deliver()  # type: ignore[return-value]

    def deliver(self, *_: object, **given: Any) -> object:
        self.given.append(given)
        if self.refusal:
            raise self.refusal
        return Sent.SENT


@pytest.fixture
def app() -> Any:
    made = App(settings_for(TEST_RESOURCES))
    made.clock, made.mail_account, made.alerts = FakeClock(), FakeAccount(), MemoryAlerts()
    made.documents_queue, made.delivery_queue = FakeQueue(), FakeQueue()
    bootstrap.use(made)
    yield made
    bootstrap.use(None)


CODE = {"task": "sign-in-mail", "practice": "fern", "sign_in_id": "s", "locale": "en", "asked_by": "stranger"}
RECEIPT = {"task": "receipt", "practice": "fern", "marker": "m"}
NOTICE = {"task": "returned", "practice": "fern", "account": "maya", "payment": "p"}
STATEMENT = {"task": "statement", "practice": "fern", "account": "maya", "period": "2026-10"}
TASKS: list[tuple[dict[str, str], Callable[..., Any], str]] = [
    (CODE, jobs.documents, "documents_queue"), (RECEIPT, jobs.documents, "documents_queue"),
    (NOTICE, jobs.documents, "documents_queue"), (STATEMENT, jobs.delivery, "delivery_queue"),
]  # fmt: skip


def with_refusals(app: Any, refusal: Exception | None) -> Refusing:
    services = Refusing(refusal)
    for name in ("signing_in", "receipts", "returns", "delivering"):
        app.__dict__[name] = services
    return services


@pytest.mark.parametrize(("task", "job", "queue"), TASKS, ids=lambda value: getattr(value, "__name__", ""))
def test_a_throttled_mail_comes_again_later_and_has_not_failed(
    app: Any, task: dict[str, str], job: Callable[..., Any], queue: str
) -> None:
    """The message is done: no number of throttles makes a dead letter of it. A copy comes at a drawn instant,
    once the claim on the mail, of a minute, is over."""
    with_refusals(app, MailThrottled("ses TooManyRequestsException"))
    assert job([Record(task)]) == {"batchItemFailures": []}
    [(copy, least, most)] = getattr(app, queue).later
    assert task.items() <= copy.items()
    assert least < most
    assert (least >= 60) == (task is not CODE), "somebody waits for a code, and nothing claims it"
    assert app.alerts.subjects == {}


@pytest.mark.parametrize(("task", "job", "queue"), TASKS, ids=lambda value: getattr(value, "__name__", ""))
@pytest.mark.parametrize("why", Pause)
def test_a_paused_mail_waits_in_its_work_list_and_an_alert_says_why(
    app: Any, why: Pause, task: dict[str, str], job: Callable[..., Any], queue: str
) -> None:
    """Nothing is skipped in silence: the alert says which. A code is in no work list; it comes again while it
    is good."""
    with_refusals(app, MailPaused(why))
    assert job([Record(task)]) == {"batchItemFailures": []}
    assert [each[0] for each in getattr(app, queue).later] == [{**CODE, "counted": "yes"}] * (task is CODE)
    [alert] = app.alerting.listed("fern")
    assert (alert.cause.name.value, alert.cause.facts) == ("mail_paused", {"code": why.value})


@pytest.mark.parametrize("error", [Busy("throttled"), ValueError("a name of a newer version")])
@pytest.mark.parametrize(("task", "job", "queue"), TASKS, ids=lambda value: getattr(value, "__name__", ""))
def test_a_pause_that_cannot_be_told_costs_no_mail(
    app: Any, task: dict[str, str], job: Callable[..., Any], queue: str, error: Exception
) -> None:
    """A code had no copy then, and what waits in a work list became a dead letter."""

    def fails(*_: object) -> None:
        raise error

    app.alerts.all = fails
    with_refusals(app, MailPaused(Pause.SENDING_PAUSED))
    assert job([Record(task)]) == {"batchItemFailures": []}
    assert [each[0] for each in getattr(app, queue).later] == [{**CODE, "counted": "yes"}] * (task is CODE)


@pytest.mark.parametrize(("task", "job", "queue"), TASKS, ids=lambda value: getattr(value, "__name__", ""))
def test_any_other_trouble_is_a_failure_as_before(
    app: Any, task: dict[str, str], job: Callable[..., Any], queue: str
) -> None:
    with_refusals(app, Busy("ses ReadTimeoutError"))
    assert job([Record(task)]) == {"batchItemFailures": [{"itemIdentifier": "m1"}]}
    assert getattr(app, queue).later == []


def test_a_code_that_comes_again_is_not_counted_again(app: Any) -> None:
    """Else those whom the service throttles would use up what an address gets of strangers' asking."""
    services = with_refusals(app, MailThrottled("ses"))
    jobs.documents([Record(CODE)])
    services.refusal = None
    jobs.documents([Record(copy) for copy, _, _ in app.documents_queue.later])
    assert [given["counted"] for given in services.given] == [False, True]


# --- pauses ----------------------------------------------------------------------------------


def test_a_pause_calls_once_a_practice_and_reason_and_a_later_one_again() -> None:
    alerts, clock = MemoryAlerts(), FakeClock("2026-11-05T08:10:00+00:00")
    pauses = MailPauses(Alerting(alerts, clock), clock)
    for _ in range(30):
        pauses.met("fern", Pause.DAILY_QUOTA)
        clock.advance(hours=1)
    assert list(alerts.subjects.values()) == ["mail_paused"], "one, however long it lasts"
    pauses.over("fern")
    assert pauses.alerting.listed("fern") == []
    [closed] = pauses.alerting.listed("fern", closed=True)
    assert closed.over
    clock.advance(hours=1)
    pauses.met("fern", Pause.DAILY_QUOTA)
    pauses.met("fern", Pause.SENDING_PAUSED)
    assert len(pauses.alerting.listed("fern")) == 2


def test_receipts_wait_out_a_pause_without_being_called_stuck() -> None:
    alerts, clock, account, queue = MemoryAlerts(), FakeClock(), FakeAccount(), FakeQueue()
    alerting = Alerting(alerts, clock)
    watch, pauses = AccountWatch(account, clock), MailPauses(alerting, clock)
    restarts = MailRestarts(queue, watch, pauses, alerting)
    account.stopped = Pause.ACCOUNT_SUSPENDED
    for sweeps in range(1, 20):
        with pytest.raises(MailPaused):
            restarts.receipt(Due("receipt", "fern", "maya", "m", "", sweeps))
        clock.advance(hours=1)
    assert set(alerts.subjects.values()) == {"mail_paused"}
    account.stopped = None
    restarts.receipt(Due("receipt", "fern", "maya", "m", "", 2))
    assert (len(queue.sent), alerting.listed("fern")) == (1, [])


def test_receipts_wait_out_a_full_day_as_any_other_pause_and_close_no_alert_of_it() -> None:
    """SES counts what it sends of the whole day: that it is full, no switch says. Its alert was closed a
    minute after it had been raised, raised no more within the hour, and the receipts were called stuck."""
    alerts, clock, account, queue = MemoryAlerts(), FakeClock(), FakeAccount(), FakeQueue()
    alerting = Alerting(alerts, clock)
    pauses = MailPauses(alerting, clock)
    restarts = MailRestarts(queue, AccountWatch(account, clock), pauses, alerting)
    account.daily, account.sent = 200, 200
    pauses.met("fern", Pause.DAILY_QUOTA)
    for sweeps in range(1, 20):
        with pytest.raises(MailPaused):
            restarts.receipt(Due("receipt", "fern", "maya", "m", "", sweeps))
        clock.advance(minutes=2)
    assert list(alerts.subjects.values()) == ["mail_paused"]


@pytest.mark.parametrize(("sent", "down"), [(160, False), (199, False), (0, True)])
def test_a_receipt_goes_while_statements_have_no_room_or_nobody_knows_and_their_alert_stays(
    sent: int, down: bool
) -> None:
    """A receipt that was lost closed the alert of the practice's statements, which waited on for a day."""
    alerts, clock, account, queue = MemoryAlerts(), FakeClock(), FakeAccount(), FakeQueue()
    alerting = Alerting(alerts, clock)
    pauses = MailPauses(alerting, clock)
    restarts = MailRestarts(queue, AccountWatch(account, clock), pauses, alerting)
    account.daily, account.sent, account.down = 200, sent, down
    pauses.met("fern", Pause.DAILY_QUOTA)
    restarts.receipt(Due("receipt", "fern", "maya", "m", "", 2))
    assert (len(queue.sent), list(alerts.subjects.values())) == (1, ["mail_paused"])
    account.sent, account.down = 100, False
    clock.advance(minutes=1)
    restarts.receipt(Due("receipt", "fern", "maya", "m", "", 2))
    assert alerts.names == []


def test_what_may_just_have_been_lost_asks_nothing_of_the_account() -> None:
    account, clock, queue = FakeAccount(), FakeClock(), FakeQueue()
    alerting = Alerting(MemoryAlerts(), clock)
    restarts = MailRestarts(queue, AccountWatch(account, clock), MailPauses(alerting, clock), alerting)
    restarts.receipt(Due("receipt", "fern", "maya", "m", ""))
    assert (account.looks, len(queue.sent)) == (0, 1)


# --- the queue -------------------------------------------------------------------------------


def test_sqs_keeps_a_message_back_for_a_drawn_time_and_counts_it(moto_aws: Resources) -> None:
    url = boto3.client("sqs").get_queue_url(QueueName=moto_aws.delivery_queue)["QueueUrl"]
    queue = SqsQueue(url, region=REGION)
    assert queue.waiting() == 0
    queue.send(STATEMENT)
    queue.send_later(STATEMENT, least=60, most=180)
    assert queue.waiting() == 2
    assert len(boto3.client("sqs").receive_message(QueueUrl=url, MaxNumberOfMessages=10)["Messages"]) == 1
    assert queue.waiting() == 2, "one is worked on, and one comes later"


def test_a_code_is_good_for_longer_than_the_service_can_hold_it_up() -> None:
    assert timedelta(seconds=jobs._CODE_PAUSED[1]) < timedelta(minutes=10)
