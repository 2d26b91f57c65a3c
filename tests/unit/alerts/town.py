"""A practice with two clients, its processor and its mail: what a test does to them, and what whoever reads
the runbook then does."""

import json
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any

import boto3
import pytest

from chalicelib.entrypoints import jobs
from chalicelib.kernel.errors import BillfoldError
from chalicelib.kernel.instants import instant
from chalicelib.kernel.outside import Busy, OutsideError
from chalicelib.ledger.domain.payments import Payment
from chalicelib.mail.domain.pace import Pause
from chalicelib.mail.ports import Mail, Mailer, MailPaused
from chalicelib.operations.domain.alerts import Alert
from chalicelib.payments.domain.quotes import Scope
from chalicelib.payments.ports.processors import Facts
from chalicelib.payments.services.paying import PaymentWish
from chalicelib.platform.dynamo.table import Item
from sandbox.config import REGION
from tests.support import runbook
from tests.support.clock import FakeClock
from tests.support.processor import FakeProcessor, OneProcessor, came_in
from tests.support.queue import FakeQueue
from tests.unit.cli.world import Result, World

WILLOW = "willow"  # whom the runbook is printed for
ANA = "ana@example.test"


class Record:
    """A message of a queue, as Chalice hands it on."""

    def __init__(self, task: dict[str, Any]) -> None:
        self.body = json.dumps(task)

    def to_dict(self) -> dict[str, str]:
        return {"messageId": "m1"}


class Mails(Mailer):
    def __init__(self) -> None:
        self.sent: list[Mail] = []
        self.away = False
        self.paused: Pause | None = None

    def send(self, mail: Mail) -> str:
        if self.away:
            raise Busy("ses")
        if self.paused:
            raise MailPaused(self.paused)
        self.sent.append(mail)
        return f"mail-{len(self.sent)}"


@dataclass
class Town:
    """C1 owes 150.00 for A1, C2 90.00 for B1."""

    world: World
    monkeypatch: pytest.MonkeyPatch

    def __post_init__(self) -> None:
        app = self.app = self.world.app
        self.processor, self.mails = FakeProcessor(), Mails()
        self.closed = list[str]()
        self.events = 0
        app.processors = OneProcessor(self.processor)
        app.__dict__["mailer"] = self.mails
        self.settle, self.documents = FakeQueue(), FakeQueue()
        self.issue, self.delivery = FakeQueue(), FakeQueue()
        app.settle_queue, app.documents_queue = self.settle, self.documents
        app.issue_queue, app.delivery_queue = self.issue, self.delivery
        self.world.with_books()
        practice = app.practices.practice("oak")
        assert practice is not None
        clinicians = tuple(replace(each, payments_enabled=True) for each in practice.clinicians)
        after = replace(practice, clinicians=clinicians, processors=("stripe",))
        app.practices.save_practice(after, before=practice)

    @property
    def clock(self) -> FakeClock:
        assert isinstance(self.app.clock, FakeClock)
        return self.app.clock

    # --- what is open -------------------------------------------------------------------------

    @property
    def alerts(self) -> dict[str, Alert]:
        """Those that are open, by their names."""
        return {alert.cause.name.value: alert for alert in self.app.alerting.listed("oak")}

    def names(self) -> list[str]:
        return sorted(alert.cause.name.value for alert in self.app.alerting.listed("oak"))

    def follow(self, heading: str, *words: str, **values: str) -> Result:
        """Type the command that the runbook prints there, with our own values; it is done."""
        done = self.world.run(*self.typed(heading, *words, **values))
        assert done.status == 0, (done.out, done.err)
        return done

    def typed(self, heading: str, *words: str, **values: str) -> list[str]:
        command = runbook.filled(runbook.printed(heading, *words), {**values, "practice": "oak"})
        assert WILLOW not in command
        return command

    def commands(self, heading: str, *words: str) -> list[list[str]]:
        """All that are printed there and begin so."""
        return [c for c in runbook.section(heading).commands() if tuple(c[: len(words)]) == words]

    def run(self, command: list[str], **values: str) -> Result:
        return self.world.run(*runbook.filled(command, {**values, "practice": "oak"}))

    def close(self, alert: Alert) -> None:
        """As somebody who has decided does."""
        self.closed.append(alert.cause.id)
        command = runbook.filled(
            runbook.anywhere("alerts", "close"), {"_": alert.cause.id, "practice": "oak"}
        )
        assert self.world.run(*command).status == 0

    # --- who pays -----------------------------------------------------------------------------

    def start(self, key: str, client: str = "C1") -> Payment:
        ref, scope = self.world.ref(client), Scope("balance")
        offered = self.app.paying.quote(ref, scope)[1]
        ana = next(iter(self.app.people.people("oak")))
        who = ana.id, "en", key, f"portal:{ana.id}"
        wish = PaymentWish(key, scope, offered.key, offered.amount_minor, "", *who)
        return self.app.paying.start(ref, wish).payment

    def take(self, key: str, **changes: object) -> Facts:
        """The payer pays, just now."""
        now = instant(self.clock.now())
        taken = self.processor.take(key, **{"captured_at": now, **changes})
        moved = replace(came_in(taken, f"txn_{key}", 320), at=now)
        self.processor.attempts[f"cs_{key}"] = replace(taken, movements=(moved,))
        return self.processor.attempts[f"cs_{key}"]

    def paid(self, key: str, client: str = "C1") -> Payment:
        """And it is posted."""
        self.start(key, client)
        self.take(key)
        return self.hear(key, client)

    def hear(self, key: str, client: str = "C1") -> Payment:
        """A webhook about it arrives, and is worked off."""
        self.webhook(f"pi_{key}")
        self.work()
        return self.payment(key, client)

    def webhook(self, object_id: str) -> None:
        self.events += 1
        raw = f"evt_{self.events} event.type {object_id}".encode()
        self.app.receiving.receive("oak", "stripe", {"stripe-signature": "good"}, raw)

    def payment(self, key: str, client: str = "C1") -> Payment:
        found = self.app.ledgers.payment(self.world.ref(client), key)
        assert found is not None
        return found

    def owed(self, client: str = "C1") -> int:
        return self.world.balance(client)

    # --- what time does -----------------------------------------------------------------------

    def work(self) -> None:
        """The functions behind the queues; what fails in them is lost."""
        queues = {
            self.settle: jobs.settle, self.documents: jobs.documents,
            self.issue: jobs.issue, self.delivery: jobs.delivery,
        }  # fmt: skip
        while any(queue.sent for queue in queues):
            for queue, job in queues.items():
                waiting, queue.sent = queue.sent, []
                job(map(Record, waiting))

    def sweep(self, *, minutes: float = 2) -> None:
        self.clock.advance(minutes=minutes)
        jobs.sweep()
        self.work()

    def hours(self, count: int, *, step: int = 10) -> None:
        """Of sweeps, so many minutes between two of them."""
        until = self.clock.now() + timedelta(hours=count)
        while self.clock.now() < until:
            self.sweep(minutes=step)

    def night(self) -> None:
        """A day later: what goes on by itself, all of it."""
        self.clock.advance(days=1)
        for job in (jobs.sweep, jobs.statements, jobs.reconcile, jobs.full_pass, jobs.verify):
            try:
                job()
            except (BillfoldError, OutsideError):
                continue
            self.work()

    def pause_mail(self, why: Pause | None) -> None:
        """What SES says of the account, and to whoever sends."""
        self.mails.paused = self.world.account.stopped = why

    # --- who edits the table ------------------------------------------------------------------

    @property
    def table(self) -> Any:
        return boto3.session.Session().resource("dynamodb", region_name=REGION).Table(Item.Meta.table_name)

    def rows(self) -> dict[tuple[str, str], dict[str, Any]]:
        """Everything, but how far daily jobs have come."""
        found = self.table.scan()["Items"]
        return {(row["pk"], row["sk"]): row for row in found if row["kind"] != "round"}

    def restore(self, before: dict[tuple[str, str], dict[str, Any]]) -> None:
        """The table as it was."""
        for pk, sk in self.rows().keys() - before.keys():
            self.table.delete_item(Key={"pk": pk, "sk": sk})
        for row in before.values():
            self.table.put_item(Item=row)

    def edit(self, pk: str, sk: str, **changes: object) -> None:
        row = self.table.get_item(Key={"pk": pk, "sk": sk})["Item"]
        self.table.put_item(Item={**row, **changes})
