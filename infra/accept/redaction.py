"""What a report may not say, taken out of it: whatever checks answer, everybody may read it."""

import re
from collections.abc import Iterable

_HIDDEN = "…"
_SECRETS = re.compile(
    r"arn:[^\s|]+"
    r"|\b\d{12}\b"
    r"|[\w.+-]+@[\w.-]+"
    r"|\b(?:sk|pk|rk|whsec)_\w+|\bAKIA\w+|\bASIA\w+"
    r"|\b\d{1,3}(?:\.\d{1,3}){3}\b|\b[0-9a-f]{0,4}(?::[0-9a-f]{0,4}){3,}\b"
    r"|https?://[^\s|]+"
    r"|\b(?:[a-z0-9-]+\.)+(?:com|net|org|io|dev|app|health|care|us|example|invalid|amazonaws)\b\S*"
    r"|\b[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}\b"
    r"|\b[A-Za-z0-9+/_-]{32,}\b",
    re.IGNORECASE,
)


def redacted(text: str, known: Iterable[str]) -> str:
    """`known`: texts of this deployment, the stage's own name not among them where it is a common word."""
    for secret in sorted(filter(None, known), key=len, reverse=True):
        text = re.sub(rf"(?<![\w-]){re.escape(secret)}(?![\w-])", _HIDDEN, text, flags=re.IGNORECASE)
    return _SECRETS.sub(_HIDDEN, text)
