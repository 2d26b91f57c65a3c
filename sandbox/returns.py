"""Plays receiving mail servers: mail to bounce@… comes back, mail to complaint@… is reported as spam.

As with SES's own mailbox simulator, whatever the domain; any other can be reported on the mailbox page. What
SES would publish of it, and the rule of infra/app.yaml would pass on, is put into the documents function's
queue. Only mail that names a configuration set is reported of. Standard library only: it runs inside the
emulator's process.
"""

import json
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from sandbox.asgi import App, Message, Receive, Send, ask
from sandbox.outbox import SES_V2_SEND


def returning(app: App, queue_url: str) -> App:
    """The ASGI app of the emulator, reporting of mail once SES's answer to it is sent."""

    async def wrapped(scope: Message, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or scope["path"] != SES_V2_SEND:
            await app(scope, receive, send)
            return
        asked, answered = bytearray(), bytearray()

        async def noting_receive() -> Message:
            message = await receive()
            asked.extend(message.get("body", b""))
            return message

        async def noting_send(message: Message) -> None:
            answered.extend(message.get("body", b""))
            await send(message)

        await app(scope, noting_receive, noting_send)
        message_id = json.loads(answered or b"{}").get("MessageId")
        found = event(json.loads(asked), message_id, datetime.now(UTC)) if message_id else None
        if found is not None:
            await _queue(app, queue_url, found)

    return wrapped


def event(request: Mapping[str, Any], message_id: str, now: datetime) -> dict[str, Any] | None:
    """What SES publishes of a mail it took in `request` (SendEmail of API 2); None where it arrives."""
    mail = named(request, message_id, now)
    if mail is None or len(mail["destination"]) != 1:
        return None
    fate = mail["destination"][0].partition("@")[0]
    if fate == "bounce":
        bounce = _bounce(mail["destination"][0], _text(now))
        return {"eventType": "Bounce", "bounce": bounce, "mail": mail}
    return complaint(mail, now) if fate == "complaint" else None


def complaint(mail: Mapping[str, Any], now: datetime) -> dict[str, Any]:
    """What SES publishes once the reader of that mail reported it as spam."""
    about = _complaint(mail["destination"][0], _text(now))
    return {"eventType": "Complaint", "complaint": about, "mail": mail}


def named(request: Mapping[str, Any], message_id: str, now: datetime) -> dict[str, Any] | None:
    """How SES names a mail in its reports; None: it goes by no configuration set, so nothing is reported."""
    if "ConfigurationSetName" not in request:
        return None
    recipients = request.get("Destination", {}).get("ToAddresses", [])
    subject = request["Content"].get("Simple", {}).get("Subject", {}).get("Data", "")
    tags = {"ses:configuration-set": [request["ConfigurationSetName"]]}
    tags |= {tag["Name"]: [tag["Value"]] for tag in request.get("EmailTags", [])}
    return {
        "timestamp": _text(now),
        "source": request["FromEmailAddress"],
        "sourceArn": "arn:aws:ses:us-east-1:000000000000:identity/billfold.example",
        "sendingAccountId": "000000000000",
        "messageId": message_id,
        "destination": recipients,
        "headersTruncated": False,
        "headers": [{"name": "To", "value": recipients[0]}],
        "commonHeaders": {"to": recipients, "messageId": message_id, "subject": subject},
        "tags": tags,
    }


def _bounce(address: str, at: str) -> dict[str, Any]:
    said = {"status": "5.1.1", "diagnosticCode": "smtp; 550 5.1.1 user unknown"}
    return {
        "bounceType": "Permanent",
        "bounceSubType": "General",
        "bouncedRecipients": [{"emailAddress": address, "action": "failed", **said}],
        "timestamp": at,
        "feedbackId": "sandbox",
        "reportingMTA": "dsn; mx.example.test",
    }


def _complaint(address: str, at: str) -> dict[str, Any]:
    return {
        "complainedRecipients": [{"emailAddress": address}],
        "timestamp": at,
        "feedbackId": "sandbox",
        "complaintSubType": None,
        "userAgent": "Billfold sandbox",
        "complaintFeedbackType": "abuse",
        "arrivalDate": at,
    }


def _text(now: datetime) -> str:
    return f"{now:%Y-%m-%dT%H:%M:%S}.{now.microsecond // 1000:03d}Z"


def send_message(queue_url: str, event: Mapping[str, Any]) -> tuple[dict[str, str], bytes]:
    """SQS's SendMessage, as the rule of infra/app.yaml passes an event on: headers and body."""
    task = json.dumps({"task": "mail-event", "event": event})
    body = json.dumps({"QueueUrl": queue_url, "MessageBody": task}).encode()
    return {"content-type": "application/x-amz-json-1.0", "x-amz-target": "AmazonSQS.SendMessage"}, body


async def _queue(app: App, queue_url: str, event: Mapping[str, Any]) -> None:
    """SendMessage, asked of the emulator from within."""
    headers, body = send_message(queue_url, event)
    told = [(name.encode(), value.encode()) for name, value in headers.items()]
    if (status := await ask(app, "POST", "/", told, body)) != 200:
        print(f"a report of a mail was not queued: {status}", flush=True)
