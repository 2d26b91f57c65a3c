"""An alert is raised once for each cause, said once, and stays closed once a person has closed it."""

import io
import json
import logging
from collections.abc import Iterator

import boto3
import pytest
from moto import mock_aws

from chalicelib.entrypoints import logs
from chalicelib.kernel.errors import NotFound, Refused
from chalicelib.operations.domain.alerts import OF_ERRORS, AlertName, Cause
from chalicelib.operations.ports.alerts import Alerts
from chalicelib.operations.services.alerting import EVENT, Alerting
from chalicelib.operations.store.alerts import DynamoAlerts
from chalicelib.platform.dynamo.table import bind
from chalicelib.words.alerts import ALERTS
from chalicelib.words.errors import WORDS
from infra.table import create_table
from tests.support.alerts import MemoryAlerts
from tests.support.clock import FakeClock

CAUSE = Cause(AlertName.SECOND_CAPTURE, "pi_2", {"payment": "p1", "amount_minor": 500})


@pytest.fixture(params=["memory", "dynamo"])
def alerts(request: pytest.FixtureRequest) -> Iterator[Alerts]:
    """The fake and the table keep the same promises."""
    if request.param == "memory":
        yield MemoryAlerts()
        return
    with mock_aws():
        create_table(boto3.client("dynamodb", region_name="us-east-1"), "billfold-test-alerts")
        bind("billfold-test-alerts", region="us-east-1")
        yield DynamoAlerts()


@pytest.fixture
def clock() -> FakeClock:
    return FakeClock()


@pytest.fixture
def alerting(alerts: Alerts, clock: FakeClock) -> Alerting:
    return Alerting(alerts, clock)


@pytest.fixture
def said() -> Iterator[io.StringIO]:
    """What the functions log, as lines of JSON."""
    stream = io.StringIO()
    handler = logging.StreamHandler(stream)
    handler.setFormatter(logs.JsonLines())
    logging.getLogger().addHandler(handler)
    yield stream
    logging.getLogger().removeHandler(handler)


def test_one_cause_is_one_alert_said_once(alerting: Alerting, said: io.StringIO) -> None:
    first = alerting.raise_alert("fern", CAUSE)
    assert alerting.raise_alert("fern", CAUSE) == first
    assert alerting.listed("fern") == [first]
    [line] = [json.loads(text) for text in said.getvalue().splitlines()]
    assert (line["event"], line["alert"], line["practice"]) == (EVENT, "second_capture", "fern")
    assert (line["subject"], line["facts"], line["id"]) == ("pi_2", dict(CAUSE.facts), CAUSE.id)


def test_other_causes_and_other_practices_have_alerts_of_their_own(alerting: Alerting) -> None:
    alerting.raise_alert("fern", CAUSE)
    alerting.raise_alert("fern", Cause(AlertName.SECOND_CAPTURE, "pi_3"))
    alerting.raise_alert("fern", Cause(AlertName.UNKNOWN_MONEY, "pi_2"))
    alerting.raise_alert("oak", CAUSE)
    assert (len(alerting.listed("fern")), len(alerting.listed("oak"))) == (3, 1)


def test_seen_again_later_it_keeps_when_it_was_first_seen(alerting: Alerting, clock: FakeClock) -> None:
    first = alerting.raise_alert("fern", CAUSE)
    clock.advance(minutes=59)
    assert alerting.raise_alert("fern", CAUSE).last_seen == first.first_seen
    clock.advance(minutes=1)
    alerting.raise_alert("fern", CAUSE)
    [again] = alerting.listed("fern")
    assert (again.first_seen, again.last_seen) == (first.first_seen, "2026-03-10T16:00:00.000Z")


def test_closed_it_is_not_raised_again_and_keeps_the_first_note(
    alerting: Alerting, clock: FakeClock, said: io.StringIO
) -> None:
    alerting.raise_alert("fern", CAUSE)
    assert alerting.close("fern", CAUSE.id, note="refunded by JR").note == "refunded by JR"
    assert alerting.close("fern", CAUSE.id, note="again").note == "refunded by JR"
    clock.advance(days=1)
    assert alerting.raise_alert("fern", CAUSE).open is False
    assert alerting.listed("fern") == []
    [closed] = alerting.listed("fern", closed=True)
    assert (closed.closed_at, closed.last_seen) == ("2026-03-10T15:00:00.000Z", "2026-03-11T15:00:00.000Z")
    assert len(said.getvalue().splitlines()) == 1


def test_closing_what_is_not_there_is_refused_and_writes_nothing(alerting: Alerting) -> None:
    with pytest.raises(NotFound, match="alert_not_found"):
        alerting.close("fern", CAUSE.id, note="x")
    assert alerting.listed("fern", closed=True) == []


def test_what_settling_refuses_has_a_name_of_its_own_or_the_common_one(alerting: Alerting) -> None:
    known = alerting.refused("fern", Refused("dispute_not_returned"), "dp_1", payment="p1")
    other = alerting.refused("fern", Refused("credit_overdrawn"), "re_1")
    assert (known.cause.name, known.cause.facts["code"]) == ("dispute_not_returned", "dispute_not_returned")
    assert (other.cause.name, other.cause.facts) == ("money_not_settled", {"code": "credit_overdrawn"})
    assert OF_ERRORS.keys() <= WORDS.keys()


def test_every_name_has_words() -> None:
    """What to do about each is in the runbook: tests/docs/test_runbook.py."""
    assert {name.value for name in AlertName} == ALERTS.keys()


def test_what_is_over_closes_by_itself_and_a_persons_decision_stays(
    alerting: Alerting, alerts: Alerts
) -> None:
    alerting.over("fern", CAUSE, note="it is over")
    assert alerts.all("fern") == []
    alerting.raise_alert("fern", CAUSE)
    alerting.over("fern", CAUSE, note="it is over")
    other = Cause(AlertName.SECOND_CAPTURE, "pi_3")
    alerting.raise_alert("fern", other)
    alerting.close("fern", other.id, note="refunded, JR")
    alerting.over("fern", other, note="it is over")
    assert alerting.listed("fern") == []
    assert sorted(alert.note for alert in alerts.all("fern")) == ["it is over", "refunded, JR"]
