"""Instants as texts: UTC, RFC 3339, milliseconds and `Z`, so that they sort as text."""

from datetime import datetime
from zoneinfo import ZoneInfo


def instant(moment: datetime) -> str:
    """The moment as Billfold stores it."""
    return moment.replace(tzinfo=None).isoformat(timespec="milliseconds") + "Z"


def local_date(at: str, timezone: str) -> str:
    """The practice's calendar date (YYYY-MM-DD) at an instant as `instant` writes it."""
    return datetime.fromisoformat(at).astimezone(ZoneInfo(timezone)).date().isoformat()
