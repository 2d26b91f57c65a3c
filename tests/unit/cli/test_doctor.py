"""`billfold doctor`: what is fine and what is to be done, with a status for cron, and nothing of clients."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any

import boto3
import pytest
from botocore.client import BaseClient

from chalicelib.documents.domain.statements import Noted, Outcome
from chalicelib.entrypoints.cli.operations.doctor.command import CHECKS
from chalicelib.kernel.account_refs import AccountRef
from chalicelib.kernel.instants import instant
from chalicelib.kernel.outside import Busy
from chalicelib.kernel.periods import Period
from chalicelib.mail.domain.pace import Pause
from chalicelib.mail.ports import MailSetUp, MailSetUps
from chalicelib.operations.domain.alerts import AlertName, Cause
from chalicelib.operations.ports.alarms import Alarm, Alarms
from chalicelib.operations.ports.rounds import Round
from chalicelib.operations.ports.work import InboxRow
from chalicelib.operations.store.rounds import RoundItem
from chalicelib.platform.dynamo import keys
from chalicelib.platform.ports import MailQueue
from chalicelib.practice.store.practices import PracticeItem
from chalicelib.settings import STRIPE_API
from sandbox.config import ROOT
from tests.docs.blocks import anchors
from tests.support.queue import FakeQueue
from tests.unit.cli.world import NOW, World

AT = datetime.fromisoformat(NOW)
KEYS = ("token-key", "lookup-key")
STRIPE = "practices/oak/stripe"
FIRST = Period.parse("2026-10")


class FakeSetUps(MailSetUps):
    def __init__(self) -> None:
        self.answer = MailSetUp(to_anybody=True, verified=True, reported=True, keeps=frozenset({"BOUNCE"}))

    def found(self) -> MailSetUp:
        return self.answer


@dataclass
class FakeAlarms(Alarms):
    rows: Sequence[Alarm] = ()
    addresses: int = 1

    def all(self) -> Sequence[Alarm]:
        return self.rows

    def told(self) -> int:
        return self.addresses


def dead(letters: int) -> MailQueue:
    queue = FakeQueue()
    queue.sent = [{}] * letters
    return queue


@dataclass
class Clinic:
    """A deployment with one practice, connected to Stripe, in which all is fine."""

    world: World
    ages: dict[str, timedelta] = field(default_factory=dict)
    set_ups: FakeSetUps = field(default_factory=FakeSetUps)
    alarms: FakeAlarms = field(default_factory=lambda: FakeAlarms([alarm("api-errors")]))
    dead: dict[str, MailQueue] = field(default_factory=dict)

    def changed_at(self, name: str) -> datetime | None:
        return AT - self.ages[name] if name in self.ages else None

    def look(self, status: int = 4) -> Mapping[str, list[dict[str, Any]]]:
        """What is not fine, by its check."""
        result = self.world.run("doctor", "--json")
        *found, done = result.events
        assert (result.status, done["event"], result.err) == (status, "done", "")
        assert {each["check"] for each in found} == set(CHECKS)
        others = [each for each in found if each["state"] != "fine"]
        assert len(others) == done["look"] + done["unknown"]
        for each in others:
            assert each["do"]
            path, _, fragment = each["see"].partition("#")
            assert each["state"] == "unknown" or not fragment or fragment in anchors(ROOT / path), each["see"]
        by_check: dict[str, list[dict[str, Any]]] = {}
        for each in others:
            by_check.setdefault(each["check"], []).append(each)
        return by_check

    def round(self, job: str, *, ended: timedelta) -> None:
        """The latest began and ended so long ago; before 0, so long after."""
        known = self.world.app.rounds.latest("oak", job)
        at = instant(AT - ended)
        kept = Round(at, ended_at=at, version=known.version if known else 0)
        self.world.app.rounds.save("oak", job, kept)


def alarm(name: str, *, ringing: bool = False, tells: bool = True) -> Alarm:
    return Alarm(f"billfold-test-{name}", ringing, instant(AT), tells)


@pytest.fixture
def clinic(world: World, monkeypatch: pytest.MonkeyPatch) -> Clinic:
    made = Clinic(world, {name: timedelta(days=30) for name in (*KEYS, STRIPE)})
    app = world.app
    app.settings = replace(app.settings, stripe_api=STRIPE_API, mail_configuration_set="billfold-test")
    monkeypatch.setattr(app.parameters, "changed_at", made.changed_at)
    monkeypatch.setattr(app, "alarms", lambda: made.alarms)
    monkeypatch.setattr(app, "dead_letters", lambda: made.dead)
    app.mail_set_ups = made.set_ups
    world.with_practice()
    for job in ("verify", "full-pass-stripe", "reconcile-stripe"):
        made.round(job, ended=timedelta(hours=1))
    return made


# ---------------------------------------------------------------- all is fine


def test_where_all_is_fine_each_check_says_so_and_the_status_is_0(clinic: Clinic) -> None:
    assert clinic.look(status=0) == {}
    lines = clinic.world.run("doctor").out.splitlines()
    assert {line.split()[0] for line in lines[:-1]} == {"fine"}
    assert lines[-1] == "0 to look at, 0 not known"


def test_it_says_its_version_and_the_ages_of_keys(clinic: Clinic) -> None:
    facts: dict[str, Any] = {}
    for event in clinic.world.run("doctor", "--json").events:
        facts |= {f"{event['check']} {name}": value for name, value in event.get("facts", {}).items()}
    assert facts["version entry"] == 1
    assert (facts["keys days"], facts["keys versions"], facts["processors oldest_days"]) == (30, 1, 30)
    assert facts["processors processor"] == "stripe"


def test_the_sandbox_needs_no_alarms(clinic: Clinic) -> None:
    clinic.world.app.settings = replace(clinic.world.app.settings, stripe_api="http://127.0.0.1:9")
    clinic.alarms.rows = ()
    assert clinic.look(status=0) == {}


def test_without_a_practice_there_is_nothing_to_look_at(
    clinic: Clinic, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(clinic.world.app.practices, "processors", dict)
    assert clinic.look(status=0) == {}


# ---------------------------------------------------------------- formats and keys


@pytest.mark.parametrize(("version", "why"), [(1, "table_outdated"), (3, "version 3")])
def test_a_table_of_another_version_is_named(clinic: Clinic, version: int, why: str) -> None:
    item = PracticeItem(keys.practice("oak"), "PRACTICE")
    item.update(actions=[PracticeItem.v.set(version)])
    (found,) = clinic.look()["formats"]
    assert (found["practice"], why in found["message"]) == ("oak", True)


@pytest.mark.parametrize("name", KEYS)
def test_a_missing_key_of_the_deployment_is_named(clinic: Clinic, name: str) -> None:
    del clinic.ages[name]
    (found,) = clinic.look()["keys"]
    assert found["facts"] == {"key": name}


def test_a_key_older_than_any_link_made_with_it_is_changed_and_later_the_one_before_dropped(
    clinic: Clinic,
) -> None:
    clinic.ages["token-key"] = timedelta(days=401)
    (found,) = clinic.look()["keys"]
    assert found["do"] == "billfold rotate-key tokens"
    clinic.world.app.rotating.add_tokens()
    (found,) = clinic.look()["keys"]
    assert found["do"] == "billfold rotate-key tokens --retire"
    clinic.ages["token-key"] = timedelta(days=400)
    assert clinic.look(status=0) == {}


def test_a_change_of_the_lookups_key_that_nobody_ended_is_told_after_a_day(clinic: Clinic) -> None:
    clinic.world.app.key_ring.next_lookups()
    clinic.world.app.key_ring.publish_lookups(int((AT - timedelta(hours=23)).timestamp()))
    assert clinic.look(status=0) == {}
    clinic.world.app.clock.at += timedelta(hours=2)  # type: ignore[attr-defined]
    (found,) = clinic.look()["keys"]
    assert found["do"] == "billfold rotate-key lookups --retire"


# ---------------------------------------------------------------- alarms and mail


def test_an_alarm_that_rings_and_one_that_tells_nobody_are_named(clinic: Clinic) -> None:
    clinic.alarms.rows = [alarm("api-errors", ringing=True), alarm("settle-dead", tells=False)]
    rings, mute = clinic.look()["alarms"]
    assert rings["facts"]["alarm"] == "billfold-test-api-errors"
    assert "enable-alarm-actions --alarm-names billfold-test-settle-dead" in mute["do"]


def test_a_stage_without_alarms_or_without_anybody_who_is_told_is_no_healthy_one(clinic: Clinic) -> None:
    clinic.alarms.addresses = 0
    (found,) = clinic.look()["alarms"]
    assert "agreed" in found["message"]
    clinic.alarms.rows = ()
    (found,) = clinic.look()["alarms"]
    assert "has no alarms" in found["message"]


@pytest.mark.parametrize(
    ("stopped", "daily", "sent", "words"),
    [
        (Pause.ACCOUNT_SUSPENDED, 200.0, 0.0, "no mail goes out (account_suspended)"),
        (Pause.SENDING_PAUSED, 200.0, 0.0, "no mail goes out (sending_paused)"),
        (None, 200.0, 200.0, "no mail goes out (daily_quota)"),
        (None, 200.0, 160.0, "no statement goes out (daily_quota)"),
    ],
)
def test_mail_that_does_not_go_out_is_told(
    clinic: Clinic, stopped: Pause | None, daily: float, sent: float, words: str
) -> None:
    account = clinic.world.account
    account.stopped, account.daily, account.sent = stopped, daily, sent
    (found,) = clinic.look()["mail"]
    assert found["message"].startswith(words)


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        ({"verified": False}, "does not know billing@"),
        ({"to_anybody": False}, "verified addresses only"),
        ({"reported": False}, "bounces are not heard of"),
        ({"keeps": frozenset({"BOUNCE", "COMPLAINT"})}, "who complained"),
    ],
)
def test_a_mail_service_that_is_set_up_otherwise_is_told(
    clinic: Clinic, wrong: dict[str, Any], words: str
) -> None:
    clinic.set_ups.answer = replace(clinic.set_ups.answer, **wrong)
    (found,) = clinic.look()["mail"]
    assert words in found["message"]


def test_a_trial_may_send_to_verified_addresses_only(clinic: Clinic) -> None:
    clinic.set_ups.answer = replace(clinic.set_ups.answer, to_anybody=False)
    clinic.world.app.settings = replace(clinic.world.app.settings, trial=True)
    assert clinic.look(status=0) == {}


# ---------------------------------------------------------------- jobs and work


@pytest.mark.parametrize(
    ("job", "fine"),
    [
        ("verify", timedelta(days=2)),
        ("full-pass-stripe", timedelta(days=2)),
        ("reconcile-stripe", timedelta(hours=6)),
    ],
)
def test_a_job_that_has_not_come_through_is_told_with_the_practice(
    clinic: Clinic, job: str, fine: timedelta
) -> None:
    clinic.round(job, ended=fine)
    assert clinic.look(status=0) == {}
    clinic.round(job, ended=fine + timedelta(seconds=1))
    (found,) = clinic.look()["rounds"]
    assert (found["practice"], found["facts"]["job"]) == ("oak", job)


def test_a_practice_that_no_job_has_seen_is_told_but_not_on_its_first_days(clinic: Clinic) -> None:
    RoundItem(keys.practice("oak"), "JOB#verify").delete()
    assert clinic.look(status=0) == {}, "it was made just now"
    clinic.world.app.clock.at += timedelta(days=2, minutes=1)  # type: ignore[attr-defined]
    for job in ("full-pass-stripe", "reconcile-stripe"):
        clinic.round(job, ended=-timedelta(days=2))
    (found,) = clinic.look()["rounds"]
    assert found["message"] == "oak: verify has never come through"
    clinic.ages["lookup-key"] = -timedelta(days=1)
    assert clinic.look(status=0) == {}, "the deployment is new"


def test_of_a_processor_that_is_not_connected_no_round_is_missed(clinic: Clinic) -> None:
    del clinic.ages[STRIPE]
    for job in ("full-pass-stripe", "reconcile-stripe"):
        clinic.round(job, ended=timedelta(days=9))
    assert clinic.look(status=0) == {}


def test_a_row_of_a_job_that_somebody_edited_is_told(clinic: Clinic) -> None:
    item = RoundItem(keys.practice("oak"), "JOB#verify")
    item.update(actions=[RoundItem.begun_at.set("long ago")])
    (found,) = clinic.look()["rounds"]
    assert "cannot be read" in found["message"]


def on(clinic: Clinic, day: str) -> None:
    """At that day's noon; the jobs have run."""
    clinic.world.app.clock.at = datetime.fromisoformat(f"{day}T17:00:00+00:00")  # type: ignore[attr-defined]
    since = AT - clinic.world.app.clock.now()
    for job in ("verify", "full-pass-stripe", "reconcile-stripe"):
        clinic.round(job, ended=since)


def test_statements_that_the_clock_did_not_make_are_told_from_the_day_after_on(clinic: Clinic) -> None:
    clinic.world.with_practice(statement_day=3)
    on(clinic, "2026-11-03")
    assert clinic.look(status=0) == {}, "the day is not over"
    on(clinic, "2026-11-04")
    (found,) = clinic.look()["documents"]
    assert found["do"] == "billfold statements --practice oak --month 2026-10"
    clinic.world.app.statements.mark_fanned_out("oak", FIRST, clients=9, at=instant(AT), after="half")
    assert clinic.look()["documents"][0]["facts"] == {"month": "2026-10"}
    clinic.world.app.statements.mark_fanned_out("oak", FIRST, clients=9, at=instant(AT))
    assert clinic.look(status=0) == {}


def test_statements_missed_for_good_are_told_unless_they_were_made_by_hand(clinic: Clinic) -> None:
    clinic.world.with_books()
    clinic.world.with_practice(statement_day=3)
    on(clinic, "2026-11-20")
    assert clinic.look(status=0) == {}, "the clock never made any: the practice may be new"
    clinic.world.app.statements.mark_fanned_out("oak", FIRST.previous, clients=2, at=instant(AT))
    (found,) = clinic.look()["documents"]
    assert found["facts"] == {"month": "2026-10"}
    clinic.world.app.statements.note("oak", FIRST, Noted("c1", Outcome.SENT, instant(AT)))
    assert clinic.look(status=0) == {}


def test_invoices_and_superbills_that_the_clock_did_not_begin_are_told(clinic: Clinic) -> None:
    clinic.world.with_practice(invoices="daily", invoices_from="2026-11-01", superbill_day=2)
    on(clinic, "2026-11-03")
    assert [each["facts"]["job"] for each in clinic.look()["documents"]] == ["invoices", "superbills"]
    rounds = clinic.world.app.rounds
    begun = instant(clinic.world.app.clock.now())
    rounds.save("oak", "invoices", Round(begun, carried="2026-11-02"))
    rounds.save("oak", "superbills", Round(begun, carried="2026-10", ended_at=begun))
    assert clinic.look(status=0) == {}
    clinic.world.app.clock.at += timedelta(days=2, seconds=1)  # type: ignore[attr-defined]
    for job in ("verify", "full-pass-stripe", "reconcile-stripe"):
        clinic.round(job, ended=AT - clinic.world.app.clock.now())
    (found,) = clinic.look()["documents"]
    assert found["facts"] == {"job": "invoices"}


def test_work_that_nobody_does_is_told_by_its_kind_alone(clinic: Clinic) -> None:
    row = InboxRow("stripe", "evt_secret", "x", "payment", "pi_1", instant(AT - timedelta(minutes=15)))
    clinic.world.app.work.inbox_put("oak", row)
    assert clinic.look(status=0) == {}
    clinic.world.app.clock.at += timedelta(seconds=1)  # type: ignore[attr-defined]
    (found,) = clinic.look()["work"]
    assert (found["facts"]["kind"], "evt_secret" in json.dumps(found)) == ("inbox", False)


def test_dead_letters_are_counted(clinic: Clinic) -> None:
    clinic.dead = {"settle": dead(0), "issue": dead(2)}
    (found,) = clinic.look()["dead-letters"]
    assert found["facts"] == {"queue": "issue", "letters": 2}


def test_the_queues_of_dead_letters_are_those_of_the_deployment(world: World) -> None:
    sqs = boto3.client("sqs")
    queues = world.app.dead_letters()
    for name in queues:
        url = sqs.get_queue_url(QueueName=f"billfold-test-{name}-dead")["QueueUrl"]
        sqs.send_message(QueueUrl=url, MessageBody="{}")
    assert {name: queue.waiting() for name, queue in queues.items()} == dict.fromkeys(
        ("settle", "documents", "issue", "delivery"), 1
    )


def test_open_alerts_are_counted_and_named(clinic: Clinic) -> None:
    clinic.world.app.alerting.raise_alert("oak", Cause(AlertName.UNKNOWN_MONEY, "pi_9"))
    clinic.world.app.alerting.raise_alert("oak", Cause(AlertName.MAIL_COMPLAINT, "m1", {"address": "hash"}))
    (found,) = clinic.look()["alerts"]
    assert found["message"] == "oak: 2 alerts are open (mail_complaint, unknown_money)"
    assert found["do"] == "billfold alerts --practice oak"


# ---------------------------------------------------------------- what it must not do


def test_what_does_not_answer_is_not_taken_for_fine_and_keeps_nothing_else_from_being_looked_at(
    clinic: Clinic, monkeypatch: pytest.MonkeyPatch
) -> None:
    clinic.world.account.down = True
    clinic.dead = {"issue": dead(2)}
    found = clinic.look(status=3)
    assert [each["state"] for each in found["mail"]] == ["unknown"]
    assert [each["state"] for each in found["dead-letters"]] == ["look"]

    def away(*_: object) -> None:
        raise Busy("dynamodb")

    monkeypatch.setattr(clinic.world.app.practices, "processors", away)
    found = clinic.look(status=3)
    assert {each["message"] for each in found["rounds"]} == {"did not answer: dynamodb"}


def test_nothing_of_a_client_is_told(clinic: Clinic) -> None:
    world = clinic.world
    world.with_books()
    world.app.alerting.raise_alert(
        "oak", Cause(AlertName.STATEMENT_STUCK, f"{world.account_of('C1')} 2026-10")
    )
    world.app.clock.at += timedelta(days=30)  # type: ignore[attr-defined]
    clinic.dead = {"issue": dead(2)}
    for arguments in (("doctor",), ("doctor", "--json")):
        result = world.run(*arguments)
        assert result.status == 4
        for known in ("Ana", "ana@", "C1", AccountRef("oak", world.account_of("C1")).account, "pi_"):
            assert known not in result.out


def test_it_writes_nothing_and_scans_nothing(clinic: Clinic, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[str] = []
    make = BaseClient._make_api_call

    def noted(self: Any, operation: str, arguments: Any) -> Any:
        asked.append(operation)
        return make(self, operation, arguments)

    monkeypatch.setattr(BaseClient, "_make_api_call", noted)
    clinic.world.run("doctor")
    assert set(asked) <= {"Query", "GetItem", "BatchGetItem", "GetParameter", "DescribeTable"}
    assert "Query" in asked
