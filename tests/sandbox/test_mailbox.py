"""The mailbox page shows what SES was given, safely, and keeps it through a restart of the local AWS."""

from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from email.message import EmailMessage, Message
from pathlib import Path
from typing import Any

import pytest

from chalicelib.entrypoints.mail_events import report
from chalicelib.mail.domain.setbacks import MailKind, Setback
from sandbox.mailbox import Mailbox
from sandbox.outbox import Outbox
from sandbox.returns import named
from sandbox.server import Reply, Request
from tests.support.ministack import Ministack, running_ministack

SENDER, CLIENT = "billing@billfold.example", "maya@example.com"


def ask(mailbox: Mailbox, path: str = "/") -> Reply:
    return mailbox(Request("GET", path, Message()))


def mail(subject: str, text: str, html: str | None = None) -> EmailMessage:
    message = EmailMessage()
    message["From"], message["To"], message["Subject"] = SENDER, CLIENT, subject
    message.set_content(text)
    if html:
        message.add_alternative(html, subtype="html")
    return message


@pytest.fixture
def outbox(tmp_path: Path) -> Outbox:
    return Outbox(tmp_path / "mail")


def test_an_empty_mailbox_says_so(outbox: Outbox) -> None:
    reply = ask(Mailbox(outbox))
    assert reply.status == 200
    assert b"Nothing has been sent yet" in reply.body


def test_mail_is_listed_newest_first_with_links_to_follow(outbox: Outbox) -> None:
    outbox.add(mail("First", "Hello"))
    outbox.add(mail("Second", "Sign in: http://localhost:8000/in#token=a&b. Bye"))
    page = ask(Mailbox(outbox)).body.decode()
    assert page.index("Second") < page.index("First")
    assert 'href="http://localhost:8000/in#token=a&amp;b"' in page
    assert 'http-equiv="refresh"' in page
    assert "<script" not in page


def test_what_a_message_says_cannot_become_part_of_the_page(outbox: Outbox) -> None:
    outbox.add(mail("<b>bold</b>", "<script>alert(1)</script>", '<img src=x onerror="alert(1)">'))
    mailbox = Mailbox(outbox)
    page = ask(mailbox).body.decode()
    assert "<b>bold" not in page
    assert "<script>" not in page
    assert "onerror" not in page
    framed = ask(mailbox, f"/mail/{outbox.keys()[0]}/html")
    policy = dict(framed.headers)["Content-Security-Policy"]
    assert policy.startswith("sandbox")
    assert "default-src 'none'" in policy


def test_attachments_are_served_as_they_were_sent(outbox: Outbox) -> None:
    message = mail("Receipt", "Attached.")
    message.add_attachment(b"%PDF-1.7 \xff", maintype="application", subtype="pdf", filename="receipt.pdf")
    outbox.add(message)
    mailbox = Mailbox(outbox)
    key = outbox.keys()[0]
    assert f'href="/mail/{key}/0">receipt.pdf</a>' in ask(mailbox).body.decode()
    reply = ask(mailbox, f"/mail/{key}/0")
    assert (dict(reply.headers)["Content-Type"], reply.body) == ("application/pdf", b"%PDF-1.7 \xff")


@pytest.mark.parametrize("path", ["/mail/1/0", "/mail/..%2f..%2fetc/0", "/x", "/mail/0/html"])
def test_what_is_not_there_is_404(outbox: Outbox, path: str) -> None:
    assert ask(Mailbox(outbox), path).status == 404


SENT_AT = datetime(2026, 11, 5, 12, tzinfo=UTC)
OF_SES = {
    "FromEmailAddress": SENDER, "Destination": {"ToAddresses": [CLIENT]}, "ConfigurationSetName": "sandbox",
    "EmailTags": [{"Name": "practice", "Value": "willow"}, {"Name": "kind", "Value": "sign-in"}],
    "Content": {},
}  # fmt: skip


def press_spam(mailbox: Mailbox, key: str) -> Reply:
    return mailbox(Request("POST", f"/mail/{key}/spam", Message()))


def test_a_reader_reports_one_mail_as_spam_and_ses_tells_of_that_mail(outbox: Outbox) -> None:
    published: list[Mapping[str, Any]] = []
    outbox.add(mail("First", "Hello"), named(OF_SES, "m-1", SENT_AT))
    outbox.add(mail("Second", "Hello"), named(OF_SES, "m-2", SENT_AT))
    mailbox, (_, first) = Mailbox(outbox, published.append), outbox.keys()
    assert ask(mailbox).body.count(b"<button>Report as spam</button>") == 2
    reply = press_spam(mailbox, first)
    assert (reply.status, dict(reply.headers)["Location"]) == (303, "/")
    page = ask(mailbox).body
    assert (page.count(b"<button>"), page.count(b"Reported as spam.")) == (1, 1)
    [event] = published
    found = report(event)
    assert found is not None
    assert (found.practice, found.address, found.message_id) == ("willow", CLIENT, "m-1")
    assert (found.stop.setback, found.stop.kind) == (Setback.COMPLAINT, MailKind.SIGN_IN)
    assert found.sent_at == "2026-11-05T12:00:00.000Z"


def test_mail_that_ses_reports_nothing_of_has_no_button(outbox: Outbox) -> None:
    published: list[Mapping[str, Any]] = []
    outbox.add(mail("Hello", "Hello"))
    mailbox, (key,) = Mailbox(outbox, published.append), outbox.keys()
    assert b"<button>" not in ask(mailbox).body
    assert [press_spam(mailbox, which).status for which in (key, "1", "..%2fx")] == [404] * 3
    outbox.add(mail("Hello", "Hello"), named(OF_SES, "m-1", SENT_AT))
    assert b"<button>" not in ask(Mailbox(outbox)).body
    assert published == []


def test_a_report_that_nobody_hears_is_not_marked(outbox: Outbox) -> None:
    def away(_: Mapping[str, Any]) -> None:
        raise ConnectionRefusedError

    outbox.add(mail("Hello", "Hello"), named(OF_SES, "m-1", SENT_AT))
    mailbox = Mailbox(outbox, away)
    assert press_spam(mailbox, outbox.keys()[0]).status == 502
    assert b"<button>" in ask(mailbox).body


@pytest.fixture
def aws(tmp_path: Path) -> Iterator[tuple[Ministack, Outbox]]:
    with running_ministack(tmp_path / "aws", tmp_path / "mail") as emulator:
        emulator.client("sesv2").create_email_identity(EmailIdentity=SENDER)
        yield emulator, Outbox(tmp_path / "mail")


def send_simple(emulator: Ministack) -> None:
    attachment = {"FileName": "a.pdf", "ContentType": "application/pdf", "RawContent": b"%PDF"}
    body: dict[str, Any] = {"Text": {"Data": "código 123456"}, "Html": {"Data": "<p>123456</p>"}}
    emulator.client("sesv2").send_email(
        FromEmailAddress=SENDER,
        Destination={"ToAddresses": [CLIENT]},
        Content={"Simple": {"Subject": {"Data": "Your code"}, "Body": body, "Attachments": [attachment]}},
    )


def send_raw(emulator: Ministack) -> None:
    message = mail("Your code", "código 123456", "<p>123456</p>")
    message.add_attachment(b"%PDF", maintype="application", subtype="pdf", filename="a.pdf")
    emulator.client("sesv2").send_email(
        FromEmailAddress=SENDER,
        Destination={"ToAddresses": [CLIENT]},
        Content={"Raw": {"Data": message.as_bytes()}},
    )


def send_raw_v1(emulator: Ministack) -> None:
    message = mail("Your code", "código 123456", "<p>123456</p>")
    message.add_attachment(b"%PDF", maintype="application", subtype="pdf", filename="a.pdf")
    emulator.client("ses").send_raw_email(
        Source=SENDER, Destinations=[CLIENT], RawMessage={"Data": message.as_bytes()}
    )


@pytest.mark.ministack
@pytest.mark.parametrize("send", [send_simple, send_raw, send_raw_v1])
def test_whatever_way_ses_is_called_the_whole_message_is_kept(
    aws: tuple[Ministack, Outbox], send: Any
) -> None:
    emulator, outbox = aws
    send(emulator)
    emulator.process.kill()  # kept before SES answered: not even this loses it
    [key] = outbox.keys()
    kept = outbox.get(key)
    assert kept is not None
    assert (kept.message["To"], kept.message["Subject"]) == (CLIENT, "Your code")
    text = kept.message.get_body(("plain",))
    assert text is not None
    assert text.get_content().strip() == "código 123456"
    assert [part.get_content() for part in kept.message.iter_attachments()] == [b"%PDF"]
