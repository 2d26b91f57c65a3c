"""What SES publishes of a mail that came to grief: the fields of its event publishing format, made-up values.

Source: Amazon SES Developer Guide, "Contents of event data that Amazon SES publishes".
"""

from copy import deepcopy
from typing import Any

MAIL: dict[str, Any] = {
    "timestamp": "2026-11-05T12:00:01.012Z",
    "source": '"Fern Hill Practice" <billing@billfold.example>',
    "sourceArn": "arn:aws:ses:us-east-1:123456789012:identity/billfold.example",
    "sendingAccountId": "123456789012",
    "messageId": "mail-1",
    "destination": ["a00000@example.test"],
    "headersTruncated": False,
    "headers": [{"name": "To", "value": "a00000@example.test"}],
    "commonHeaders": {"to": ["a00000@example.test"], "messageId": "mail-1", "subject": "A statement"},
    "tags": {
        "ses:configuration-set": ["billfold-prod"],
        "ses:source-ip": ["192.0.2.1"],
        "ses:from-domain": ["billfold.example"],
        "ses:caller-identity": ["billfold-prod-documents"],
        "practice": ["fern"],
        "kind": ["statement"],
        "account": ["a00000"],
        "period": ["2026-10"],
    },
}
BOUNCE: dict[str, Any] = {
    "bounceType": "Permanent",
    "bounceSubType": "General",
    "bouncedRecipients": [
        {
            "emailAddress": "a00000@example.test",
            "action": "failed",
            "status": "5.1.1",
            "diagnosticCode": "smtp; 550 5.1.1 user unknown",
        }
    ],
    "timestamp": "2026-11-05T12:00:02.669Z",
    "feedbackId": "0100feedback",
    "reportingMTA": "dsn; mx.example.test",
}
COMPLAINT: dict[str, Any] = {
    "complainedRecipients": [{"emailAddress": "a00000@example.test"}],
    "timestamp": "2026-11-06T09:00:00.000Z",
    "feedbackId": "0100feedback",
    "complaintSubType": None,
    "userAgent": "example feedback loop",
    "complaintFeedbackType": "abuse",
    "arrivalDate": "2026-11-06T08:59:00.000Z",
}


def bounce(message_id: str = "mail-1", *, tags: bool = True, **facts: Any) -> dict[str, Any]:
    """A bounce, with other facts where they are given."""
    return {"eventType": "Bounce", "bounce": {**BOUNCE, **facts}, "mail": _mail(message_id, tags)}


def complaint(message_id: str = "mail-1", **facts: Any) -> dict[str, Any]:
    """A complaint, with other facts where they are given."""
    return {"eventType": "Complaint", "complaint": {**COMPLAINT, **facts}, "mail": _mail(message_id, True)}


def of_mail(event: dict[str, Any], *, to: str, tags: dict[str, str], sent_at: str = "") -> dict[str, Any]:
    """The event as it is of another mail of ours: its address, its own tags, and when SES took it."""
    mail = deepcopy(event["mail"])
    kept = {name: value for name, value in mail["tags"].items() if name.startswith("ses:")}
    mail["tags"] = kept | {name: [value] for name, value in tags.items()}
    mail |= {"destination": [to], "timestamp": sent_at or mail["timestamp"]}
    return {**event, "mail": mail}


def _mail(message_id: str, tags: bool) -> dict[str, Any]:
    mail = {**deepcopy(MAIL), "messageId": message_id}
    if not tags:
        mail["tags"] = {name: value for name, value in mail["tags"].items() if name.startswith("ses:")}
    return mail
