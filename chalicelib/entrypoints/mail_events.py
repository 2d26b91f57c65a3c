"""SES's events as it publishes them (a configuration set's event destination), read into reports.

Only bounces and complaints concern us, and only of mail that bears our tags. Each mail has one recipient, so
that its destination is the address: what the receiving server names may be where the mail was forwarded to.
"""

from datetime import UTC, datetime

import msgspec

from chalicelib.kernel.formatting import one_line
from chalicelib.kernel.instants import instant
from chalicelib.kernel.periods import Period
from chalicelib.mail.domain.setbacks import MailKind, MailReport, MailStop, Setback
from chalicelib.practice.services.practice_mail import ACCOUNT_TAG, KIND_TAG, PERIOD_TAG, PRACTICE_TAG

_WHY_LENGTH = 200
_NOT_SENT = "OnAccountSuppressionList"  # SES took the mail and then did not send it
_NO_SPAM = "not-spam"  # a reader who took the mail out of the spam folder: the opposite of a complaint


class _Recipient(msgspec.Struct, rename="camel"):
    diagnostic_code: str = ""
    status: str = ""


class _Bounce(msgspec.Struct, rename="camel"):
    bounce_type: str
    timestamp: str
    bounce_sub_type: str = ""
    bounced_recipients: tuple[_Recipient, ...] = ()


class _Complaint(msgspec.Struct, rename="camel"):
    timestamp: str
    complaint_sub_type: str | None = None
    complaint_feedback_type: str | None = None


class _Mail(msgspec.Struct, rename="camel"):
    message_id: str
    timestamp: datetime  # when SES took it
    destination: tuple[str, ...]
    tags: dict[str, tuple[str, ...]] = {}


class _Event(msgspec.Struct, rename="camel"):
    event_type: str
    mail: _Mail
    bounce: _Bounce | None = None
    complaint: _Complaint | None = None


def report(event: object) -> MailReport | None:
    """None for what does not concern us. Errors: msgspec.ValidationError, Invalid month_invalid."""
    found = msgspec.convert(event, _Event)
    tags = {name: values[0] for name, values in found.mail.tags.items() if values}
    if PRACTICE_TAG not in tags or len(found.mail.destination) != 1:
        return None
    if found.bounce is not None:
        at, why = found.bounce.timestamp, _why(found.bounce)
        stop = MailStop(Setback.BOUNCE, at, why, _kind(tags), found.mail.message_id)
        return _report(found.mail, tags, stop, arrived=False, lasting=found.bounce.bounce_type == "Permanent")
    if found.complaint is not None and found.complaint.complaint_feedback_type != _NO_SPAM:
        arrived = found.complaint.complaint_sub_type != _NOT_SENT
        at, why = found.complaint.timestamp, "" if arrived else _NOT_SENT
        stop = MailStop(Setback.COMPLAINT, at, why, _kind(tags), found.mail.message_id)
        return _report(found.mail, tags, stop, arrived=arrived, lasting=True)
    return None


def _report(mail: _Mail, tags: dict[str, str], stop: MailStop, *, arrived: bool, lasting: bool) -> MailReport:
    return MailReport(
        practice=tags[PRACTICE_TAG],
        address=mail.destination[0],
        sent_at=instant(mail.timestamp.astimezone(UTC)),
        stop=stop,
        arrived=arrived,
        lasting=lasting,
        account_id=tags.get(ACCOUNT_TAG, ""),
        period=Period.parse(tags[PERIOD_TAG]) if PERIOD_TAG in tags else None,
    )


def _kind(tags: dict[str, str]) -> MailKind:
    """Mail of before it bore its kind, or of a later version that was taken back, is of none that we know."""
    if PERIOD_TAG in tags:
        return MailKind.STATEMENT
    named = tags.get(KIND_TAG)
    return next((kind for kind in MailKind if kind == named), MailKind.UNKNOWN)


def _why(bounce: _Bounce) -> str:
    said = next((r.diagnostic_code or r.status for r in bounce.bounced_recipients), "")
    kind = " ".join(filter(None, (bounce.bounce_type, bounce.bounce_sub_type)))
    return one_line(f"{kind}: {said}" if said else kind)[:_WHY_LENGTH]
