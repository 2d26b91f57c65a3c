"""What SES was given, kept as one .eml file each, beside how SES would name it in its reports.

The AWS emulator forgets attachments and, on a restart, every message; this keeps the message itself, written
before SES's answer leaves. Standard library only: it runs inside the emulator's process.
"""

import base64
import email
import email.policy
import json
import os
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from email.message import EmailMessage
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs

SES_V2_SEND = "/v2/email/outbound-emails"


@dataclass(frozen=True)
class StoredMail:
    """One message: `key` names it, `sent_at` is when SES took it."""

    key: str
    sent_at: datetime
    message: EmailMessage


class Outbox:
    """A folder of messages, newest first. Files appear whole or not at all."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def add(self, message: EmailMessage, named: Mapping[str, Any] | None = None) -> None:
        """Keep `message`, durably, under the present time; `named` None: nothing is reported of it."""
        self._folder.mkdir(parents=True, exist_ok=True)
        key = f"{time.time_ns():020d}"
        if named is not None:  # before the message: whoever sees that sees this
            self._write(f"{key}.json", json.dumps(named).encode())
        self._write(f"{key}.eml", message.as_bytes(policy=email.policy.SMTP))

    def _write(self, name: str, content: bytes) -> None:
        path = self._folder / name
        part = path.with_suffix(".part")
        with part.open("wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        part.replace(path)

    def keys(self) -> list[str]:
        """The names of all messages, newest first."""
        return sorted((path.stem for path in self._folder.glob("*.eml")), reverse=True)

    def get(self, key: str) -> StoredMail | None:
        """The message named `key`, or None."""
        path = self._folder / f"{key}.eml"
        if not key.isdigit() or not path.is_file():
            return None
        message = email.message_from_bytes(path.read_bytes(), policy=email.policy.default)
        assert isinstance(message, EmailMessage)
        return StoredMail(key, datetime.fromtimestamp(int(key) / 1e9, UTC), message)

    def named(self, key: str) -> dict[str, Any] | None:
        """How SES names that message in its reports; None where it reports nothing of it."""
        path = self._folder / f"{key}.json"
        found: dict[str, Any] | None = json.loads(path.read_bytes()) if path.is_file() else None
        return found

    def is_spam(self, key: str) -> bool:
        """Whether its reader reported it."""
        return (self._folder / f"{key}.spam").exists()

    def mark_spam(self, key: str) -> None:
        """Its reader has reported it."""
        (self._folder / f"{key}.spam").touch()


def sent_message(path: str, body: bytes) -> EmailMessage | None:
    """The message in a request to SES (v2 SendEmail, v1 SendEmail or SendRawEmail); else None."""
    if path == SES_V2_SEND:
        return _from_v2(json.loads(body))
    form = parse_qs(body.decode("utf-8", "replace"))
    action = form.get("Action", [""])[0]
    if action == "SendRawEmail":
        return _from_raw(form["RawMessage.Data"][0], _numbered(form, "Destinations.member"))
    if action == "SendEmail":
        return _from_v1(form)
    return None


def _from_v2(request: Mapping[str, Any]) -> EmailMessage | None:
    content = request["Content"]
    recipients = request.get("Destination", {}).get("ToAddresses", [])
    if "Raw" in content:
        return _from_raw(content["Raw"]["Data"], recipients)
    if "Simple" not in content:
        return None
    simple = content["Simple"]
    parts = {kind: part["Data"] for kind, part in simple["Body"].items()}
    message = _composed(
        request.get("FromEmailAddress", ""), recipients, simple["Subject"]["Data"],
        text=parts.get("Text", ""), html=parts.get("Html"),
    )  # fmt: skip
    for attachment in simple.get("Attachments", []):
        _attach(message, attachment)
    return message


def _from_v1(form: Mapping[str, list[str]]) -> EmailMessage:
    def one(name: str) -> str:
        return form.get(name, [""])[0]

    return _composed(
        one("Source"), _numbered(form, "Destination.ToAddresses.member"), one("Message.Subject.Data"),
        text=one("Message.Body.Text.Data"), html=one("Message.Body.Html.Data") or None,
    )  # fmt: skip


def _from_raw(data: str, recipients: Sequence[str]) -> EmailMessage:
    message = email.message_from_bytes(base64.b64decode(data), policy=email.policy.default)
    assert isinstance(message, EmailMessage)
    if recipients and "To" not in message:
        message["To"] = ", ".join(recipients)
    return message


def _composed(
    sender: str, recipients: Sequence[str], subject: str, *, text: str, html: str | None
) -> EmailMessage:
    message = EmailMessage()
    message["From"], message["To"], message["Subject"] = sender, ", ".join(recipients), subject
    message.set_content(text)
    if html:
        message.add_alternative(html, subtype="html")
    return message


def _attach(message: EmailMessage, attachment: Mapping[str, str]) -> None:
    maintype, _, subtype = attachment.get("ContentType", "application/octet-stream").partition("/")
    message.add_attachment(
        base64.b64decode(attachment["RawContent"]),
        maintype=maintype, subtype=subtype, filename=attachment.get("FileName"),
    )  # fmt: skip


def _numbered(form: Mapping[str, list[str]], prefix: str) -> list[str]:
    """The values of `prefix.1`, `prefix.2`, …: how the query protocol writes lists."""
    return [values[0] for name, values in sorted(form.items()) if name.startswith(f"{prefix}.")]
