"""What a host and a practice agree on, a line each, and what of it was signed."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from chalicelib.kernel.errors import Invalid

# By their ids, which are typed. docs/hosts.md says what each is about.
LINES: Mapping[str, str] = {
    "baa": "a BAA: the practice as covered entity, the host as its business associate",
    "aws-baa": "the host's BAA with AWS, which keeps everything, was shown",
    "readers": "who at the host can read what, by name, and how that is watched",
    "processors": "the accounts at Stripe and PayPal are the practice's own, in its name",
    "keys": "which keys the host is given (restricted ones), and when they are changed",
    "address": "whose the portal's address is, and who else shares the deployment",
    "mail": "from which address clients are mailed, and where their answers go",
    "backups": "how often the books are exported, where the files are, and who has the key",
    "breach": "whom the host tells of a breach or a loss, and within how many days",
    "end": "what is handed over at the end, in which form and by when; what is deleted, and what law keeps",
    "succession": "who goes on where the host stops",
    "price": "what the practice pays the host, and what AWS, Stripe and PayPal take beside it",
}
MOST = 80


@dataclass(frozen=True, slots=True)
class Agreed:
    """`on` is the day of the signature, `by` who signed, as somebody typed it; `noted_at` UTC RFC 3339."""

    on: str
    by: str
    noted_at: str


def agreed(line: str, *, on: str, by: str, today: date, now: str) -> Agreed:
    """Errors: Invalid host_line_unknown, date_invalid, host_date_to_come, host_signer_invalid."""
    if line not in LINES:
        raise Invalid("host_line_unknown", "line", lines=", ".join(LINES))
    try:
        day = date.fromisoformat(on)
    except ValueError as error:
        raise Invalid("date_invalid", "on") from error
    if day > today:
        raise Invalid("host_date_to_come", "on")
    signer = by.strip()
    if not (0 < len(signer) <= MOST and signer.isprintable()):
        raise Invalid("host_signer_invalid", "by", most=MOST)
    return Agreed(day.isoformat(), signer, now)


def missing(signed: Mapping[str, Agreed]) -> tuple[str, ...]:
    return tuple(line for line in LINES if line not in signed)
