"""The sandbox's receiving mail servers: what they report has the form of what SES publishes, and arrives."""

import json
from collections.abc import Iterator
from datetime import UTC, datetime
from email.message import Message
from pathlib import Path
from typing import Any

import pytest

from chalicelib.entrypoints.mail_events import report
from chalicelib.mail.domain.setbacks import MailKind, Setback
from chalicelib.mail.ports import Mail
from chalicelib.mail.ses.mailer import SesMailer
from sandbox.config import REGION
from sandbox.mailbox import Mailbox, publisher
from sandbox.outbox import Outbox
from sandbox.returns import event
from sandbox.server import Request
from tests.support import ses_events
from tests.support.ministack import Ministack, running_ministack

SENDER, SET = "billing@billfold.example", "billfold-sandbox"
TAGS = (("practice", "fern"), ("kind", "statement"), ("account", "a1"), ("period", "2026-10"))
NOW = datetime(2026, 11, 5, 12, tzinfo=UTC)


def mail(to: str) -> Mail:
    return Mail(to, "Fern", "", "A statement", "text", "<p>html</p>", "en", TAGS)


def request(to: str, **options: str) -> dict[str, Any]:
    return SesMailer(SENDER, region=REGION, **options)._request(mail(to))


def fields(value: Any) -> Any:
    """The names of an event's fields, all the way down; tags apart, which are anybody's."""
    if isinstance(value, dict):
        return {name: fields(inner) for name, inner in value.items() if name != "tags"}
    return [fields(inner) for inner in value] if isinstance(value, list) else None


@pytest.mark.parametrize(
    ("fate", "published"), [("bounce", ses_events.bounce()), ("complaint", ses_events.complaint())]
)
def test_an_event_has_the_fields_of_those_that_ses_publishes(fate: str, published: dict[str, Any]) -> None:
    made = event(request(f"{fate}@example.test", configuration_set=SET), "m-1", NOW)
    assert fields(made) == fields(published)
    found = report(made)
    assert found is not None
    assert (found.stop.setback, found.message_id, found.account_id) == (Setback(fate), "m-1", "a1")


def test_other_mail_arrives_and_nothing_is_reported_without_a_configuration_set() -> None:
    assert event(request("maya@example.test", configuration_set=SET), "m-1", NOW) is None
    assert event(request("bounce@example.test"), "m-1", NOW) is None


@pytest.fixture
def reporting(tmp_path: Path) -> Iterator[Ministack]:
    with running_ministack(mail=tmp_path / "mail", mail_reports="reports") as emulator:
        yield emulator


@pytest.mark.ministack
def test_a_mail_to_bounce_is_reported_to_the_queue(
    reporting: Ministack, monkeypatch: pytest.MonkeyPatch
) -> None:
    emulator = reporting
    monkeypatch.setenv("AWS_ENDPOINT_URL", emulator.url)
    emulator.client("sesv2").create_email_identity(EmailIdentity=SENDER)
    emulator.client("sesv2").create_configuration_set(ConfigurationSetName=SET)
    mailer = SesMailer(SENDER, region=REGION, configuration_set=SET)
    url = emulator.client("sqs").create_queue(QueueName="reports")["QueueUrl"]
    mailer.send(mail("maya@example.test"))
    message_id = mailer.send(mail("bounce@example.test"))
    [message] = emulator.client("sqs").receive_message(QueueUrl=url, WaitTimeSeconds=2)["Messages"]
    task = json.loads(message["Body"])
    found = report(task["event"])
    assert found is not None
    assert (task["task"], found.message_id, found.address) == (
        "mail-event",
        message_id,
        "bounce@example.test",
    )


@pytest.mark.ministack
def test_a_mail_that_its_reader_reports_as_spam_is_reported_to_the_queue(
    reporting: Ministack, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AWS_ENDPOINT_URL", reporting.url)
    reporting.client("sesv2").create_email_identity(EmailIdentity=SENDER)
    reporting.client("sesv2").create_configuration_set(ConfigurationSetName=SET)
    url = reporting.client("sqs").create_queue(QueueName="reports")["QueueUrl"]
    mailer = SesMailer(SENDER, region=REGION, configuration_set=SET)
    message_id = mailer.send(mail("maya@example.test"))
    outbox = Outbox(tmp_path / "mail")
    [key] = outbox.keys()
    pressed = Request("POST", f"/mail/{key}/spam", Message())
    assert Mailbox(outbox, publisher(url))(pressed).status == 303
    [message] = reporting.client("sqs").receive_message(QueueUrl=url, WaitTimeSeconds=2)["Messages"]
    task = json.loads(message["Body"])
    found = report(task["event"])
    assert found is not None
    assert (task["task"], found.message_id, found.address) == ("mail-event", message_id, "maya@example.test")
    assert (found.stop.setback, found.stop.kind) == (Setback.COMPLAINT, MailKind.STATEMENT)
