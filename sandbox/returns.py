"""Plays receiving mail servers: mail to bounce@… comes back, mail to complaint@… is reported as spam.

As with SES's own mailbox simulator, whatever the domain. What SES would publish of it, and the rule of
infra/app.yaml would pass on, is put into the documents function's queue. Only mail that names a configuration
set is reported of. Standard library only: it runs inside the emulator's process.
"""

import json
from collections.abc import Awaitable, Callable, Mapping, MutableMapping
from datetime import UTC, datetime
from typing import Any

from sandbox.outbox import SES_V2_SEND

_Message = MutableMapping[str, Any]
_Receive = Callable[[], Awaitable[_Message]]
_Send = Callable[[_Message], Awaitable[None]]
_App = Callable[[_Message, _Receive, _Send], Awaitable[None]]


def returning(app: _App, queue_url: str) -> _App:
    """The ASGI app of the emulator, reporting of mail once SES's answer to it is sent."""

    async def wrapped(scope: _Message, receive: _Receive, send: _Send) -> None:
        if scope["type"] != "http" or scope["path"] != SES_V2_SEND:
            await app(scope, receive, send)
            return
        asked, answered = bytearray(), bytearray()

        async def noting_receive() -> _Message:
            message = await receive()
            asked.extend(message.get("body", b""))
            return message

        async def noting_send(message: _Message) -> None:
            answered.extend(message.get("body", b""))
            await send(message)

        await app(scope, noting_receive, noting_send)
        message_id = json.loads(answered or b"{}").get("MessageId")
        found = event(json.loads(asked), message_id, datetime.now(UTC)) if message_id else None
        if found is not None:
            await _queue(app, queue_url, {"task": "mail-event", "event": found})

    return wrapped


def event(request: Mapping[str, Any], message_id: str, now: datetime) -> dict[str, Any] | None:
    """What SES publishes of a mail it took in `request` (SendEmail of API 2); None where it arrives."""
    recipients = request.get("Destination", {}).get("ToAddresses", [])
    fate = recipients[0].partition("@")[0] if len(recipients) == 1 else ""
    if "ConfigurationSetName" not in request or fate not in ("bounce", "complaint"):
        return None
    at = now.strftime("%Y-%m-%dT%H:%M:%S.000Z")
    mail = _mail(request, recipients, message_id, at)
    if fate == "bounce":
        return {"eventType": "Bounce", "bounce": _bounce(recipients[0], at), "mail": mail}
    return {"eventType": "Complaint", "complaint": _complaint(recipients[0], at), "mail": mail}


def _mail(request: Mapping[str, Any], recipients: list[str], message_id: str, at: str) -> dict[str, Any]:
    subject = request["Content"].get("Simple", {}).get("Subject", {}).get("Data", "")
    tags = {"ses:configuration-set": [request["ConfigurationSetName"]]}
    tags |= {tag["Name"]: [tag["Value"]] for tag in request.get("EmailTags", [])}
    return {
        "timestamp": at,
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


async def _queue(app: _App, queue_url: str, task: Mapping[str, Any]) -> None:
    """SendMessage, asked of the emulator from within."""
    body = json.dumps({"QueueUrl": queue_url, "MessageBody": json.dumps(task)}).encode()
    headers = {"content-type": "application/x-amz-json-1.0", "x-amz-target": "AmazonSQS.SendMessage"}
    scope = {
        "type": "http", "asgi": {"version": "3.0"}, "http_version": "1.1", "method": "POST",
        "scheme": "http", "path": "/", "raw_path": b"/", "query_string": b"", "root_path": "",
        "headers": [(name.encode(), value.encode()) for name, value in headers.items()],
        "client": ("127.0.0.1", 0), "server": ("127.0.0.1", 0),
    }  # fmt: skip

    async def receive() -> _Message:
        return {"type": "http.request", "body": body, "more_body": False}

    async def send(message: _Message) -> None:
        if message["type"] == "http.response.start" and message["status"] != 200:
            print(f"a report of a mail was not queued: {message['status']}", flush=True)

    await app(scope, receive, send)
