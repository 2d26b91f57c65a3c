"""A statement run killed before or after any AWS call, shipped code down to botocore: it resumes."""

import json
import random
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace

import pytest

from chalicelib import bootstrap
from chalicelib.bootstrap import App
from chalicelib.documents.domain.statements import StatementData
from chalicelib.documents.ports.documents import StatementRenderer
from chalicelib.entrypoints import jobs
from chalicelib.kernel.account_refs import AccountRef
from chalicelib.ledger.services.posting import ChargeFacts, Posting
from chalicelib.practice.domain.practices import Client
from sandbox.config import REGION
from tests.conftest import TEST_RESOURCES
from tests.simulation.conftest import SCHEDULES
from tests.soak.seam import answering
from tests.support.api import settings_for
from tests.support.clock import FakeClock
from tests.support.cloud import Cloud, Killed, Record, body, items, run
from tests.support.mail import FakeAccount
from tests.support.practice import PRACTICE
from tests.support.seed import SEED

MAILED, ON_PAPER, IDLE = ("a1", "a2"), "a3", "a4"
SETTINGS = replace(settings_for(TEST_RESOURCES), region=REGION)
OCTOBER, NOVEMBER = "2026-10-15T12:00:00+00:00", "2026-11-02T12:00:00+00:00"
STATEMENT_DAY = "2026-11-05T12:00:00+00:00"
MARK = "dynamodb PutItem"


class Plain(StatementRenderer):
    """All that is printed; the instant of writing is not."""

    def statement(self, data: StatementData) -> bytes:
        return repr(replace(data, statement=replace(data.statement, issued_at=""))).encode()


@pytest.fixture(scope="module")
def app() -> Iterator[App]:
    """What every process of this module is made of: it remembers connections, and the app's key."""
    app = App(SETTINGS)
    app.clock = FakeClock(OCTOBER)
    app.mail_account = FakeAccount()  # looked at once a minute, which would shift the count, too
    app.__dict__["statement_filing"] = replace(app.statement_filing, renderer=Plain())
    bootstrap.use(app)
    with answering(Cloud().answer):
        app.keys.keyed_hash("warm", "")  # what a process asks only once would shift the count of its calls
        app.keys.lookup_hash("warm", "")
    yield app
    bootstrap.use(None)


class Run:
    """A practice's books in October, and the clock on its statement day."""

    def __init__(self, app: App) -> None:
        self.cloud, self.clock = Cloud(), app.clock
        self._at(OCTOBER)
        with answering(self.cloud.answer):
            self._books(app)
        self.cloud.calls.clear()
        self._at(STATEMENT_DAY)

    def _at(self, instant: str) -> None:
        assert isinstance(self.clock, FakeClock)
        self.clock.at = self.clock.at.fromisoformat(instant)

    def _books(self, app: App) -> None:
        app.practices.save_practice(replace(PRACTICE, statement_day=5))
        post = Posting(app.ledgers, app.clock)
        for account in (*MAILED, ON_PAPER, IDLE):
            email = f"{account}@example.test" if account in MAILED else ""
            app.people.save_client(PRACTICE.id, Client(account, account, "Maya", email, "en"))
            post.open_account(AccountRef(PRACTICE.id, account), "USD")
            if account != IDLE:
                facts = ChargeFacts(f"fee {account}", "2026-10-15", "Session", "ada", 10_000, 2_500)
                post.charge(AccountRef(PRACTICE.id, account), facts)
        self._at(NOVEMBER)
        for day in ("2026-11-01", "2026-10-31"):  # one for the next statement, one still for this
            post.charge(
                AccountRef(PRACTICE.id, MAILED[0]), ChargeFacts(f"fee {day}", day, "Session", "ada", 5_000)
            )

    def hour(self) -> bool:
        """The functions' turn; whether they all came to their end."""
        assert isinstance(self.clock, FakeClock)
        queues = {"issue_queue": SETTINGS.issue_queue_url, "delivery_queue": SETTINGS.delivery_queue_url}
        try:
            with answering(self.cloud.answer):
                run(self.cloud, **queues)
                self._opened()
        except Killed:
            return False
        finally:
            self.clock.advance(hours=1)
        return True

    def _opened(self) -> None:
        """Everybody opens what they have; what is not there yet is drawn."""
        accounts = [item["pk"].rpartition("#")[2] for item in items(self.cloud, "statement")]
        for account in sorted(accounts):
            task = {"task": "render", "practice": PRACTICE.id, "account": account, "period": "2026-10"}
            assert jobs.documents([Record(0, json.dumps(task))]) == {"batchItemFailures": []}

    def settle(self) -> None:
        """No more kills: hours pass until nothing is left to do."""
        self.cloud.at = -1
        for _ in range(3):
            assert self.hour()

    def end(self) -> tuple[object, ...]:
        """What must be the same however the run went: documents, what is carried on, files, outcomes."""
        documents = sorted(
            (item["pk"], item["sk"], item["delivery"], _said(item)) for item in items(self.cloud, "statement")
        )
        carried = sorted((item["pk"], item["body"]) for item in items(self.cloud, "carried"))
        outcomes = sorted((item["sk"], item["outcome"]) for item in items(self.cloud, "noted"))
        waiting = [item["sk"] for item in items(self.cloud, "statement") if "gsi2pk" in item]
        return (
            documents,
            carried,
            sorted(self.cloud.files.items()),
            outcomes,
            waiting,
            dict(self.cloud.queues),
        )


def _said(item: dict[str, str]) -> str:
    """All of a statement but the instant at which it was written."""
    return repr({name: value for name, value in body(item).items() if name != "issued_at"})


@pytest.fixture(scope="module")
def undisturbed(app: App) -> Run:
    run = Run(app)
    assert run.hour()
    return run


def test_one_statement_leaves_an_entry_of_november_to_the_next(undisturbed: Run) -> None:
    left = [body(item).get("left", []) for item in items(undisturbed.cloud, "carried")]
    assert sorted(map(len, left)) == [0, 0, 1]


def test_the_path_crosses_every_service(undisturbed: Run) -> None:
    calls = Counter(undisturbed.cloud.calls)
    assert {name.partition(" ")[0] for name in calls} == {"dynamodb", "sqs", "s3", "sesv2"}
    assert calls["sesv2 SendEmail"] == len(MAILED)
    assert calls["s3 PutObject"] == len(MAILED) + 1


@pytest.mark.parametrize("after", [False, True], ids=["before", "after"])
def test_killed_at_any_call_it_resumes_with_one_document_each_and_counted_duplicates(
    app: App, undisturbed: Run, after: bool
) -> None:
    steps, duplicates = list(undisturbed.cloud.calls), 0
    for at, step in enumerate(steps):
        story = Run(app)
        story.cloud.at, story.cloud.after = at, after
        assert not story.hour(), f"not killed at {at}: {step}"
        story.settle()
        about = f"killed {'after' if after else 'before'} {at}: {step}"
        assert story.end() == undisturbed.end(), about
        twice = _between_answer_and_mark(steps, at, after)
        assert len(story.cloud.mails) == len(MAILED) + twice, about
        assert set(story.cloud.mails) == {f"{account}@example.test" for account in MAILED}, about
        duplicates += twice
    assert duplicates == len(MAILED)  # for each mail, one kill on either side of the gap


def _between_answer_and_mark(steps: list[str], at: int, after: bool) -> bool:
    sent = at if after else at - 1
    return steps[sent] == "sesv2 SendEmail" and steps[sent + 1] == MARK


def test_killed_again_and_again_it_comes_to_the_same_end(app: App, undisturbed: Run) -> None:
    for number in range(SCHEDULES // 4):
        chance, story, duplicates = random.Random(SEED + number), Run(app), 0
        for _ in range(chance.randrange(2, 8)):
            duplicates += _killed_in_the_gap(story, chance)
        story.settle()
        about = f"seed {SEED + number}"
        assert story.end() == undisturbed.end(), about
        assert len(story.cloud.mails) == len(MAILED) + duplicates, about


def _killed_in_the_gap(story: Run, chance: random.Random) -> bool:
    """An hour with a kill in it, if it lasts so long; whether SES had answered and nobody had marked it."""
    begun, story.cloud.after = len(story.cloud.calls), chance.random() < 0.5
    story.cloud.at = begun + chance.randrange(40)
    if story.hour():
        return False
    calls = story.cloud.calls[begun:]
    done = calls if story.cloud.after else calls[:-1]
    return done[-1:] == ["sesv2 SendEmail"]
