"""The owner of a practice, as its host invited them."""

from dataclasses import dataclass, replace

from chalicelib.kernel.emails import normalised
from chalicelib.kernel.errors import Invalid, Refused

MOST = 80


@dataclass(frozen=True, slots=True)
class Invitation:
    """`email` is the owner's, `language` en or es, or "" where none was said; `host` and `host_email` are
    whom the owner answers."""

    email: str
    language: str
    host: str
    host_email: str


@dataclass(frozen=True, slots=True)
class Owner:
    """`turn` counts invitations that were asked for; each has a code of its own. `invited_at` (UTC RFC 3339)
    is "" until the mail of this turn went out, `confirmed_at` until the owner told its code. `version`
    guards every write."""

    email: str
    language: str
    host: str
    host_email: str
    turn: int = 1
    invited_at: str = ""
    confirmed_at: str = ""
    version: int = 0


def invitation(*, email: str, language: str, host: str, host_email: str) -> Invitation:
    """As it was typed. Errors: Invalid email_invalid, host_name_invalid."""
    name = host.strip()
    if not (0 < len(name) <= MOST and name.isprintable()):
        raise Invalid("host_name_invalid", "host", most=MOST)
    return Invitation(normalised(email, "owner_email"), language, name, normalised(host_email, "host_email"))


def invited(known: Owner | None, asked: Invitation, *, usual: str) -> Owner:
    """The owner who is to be invited where nobody was yet; `usual` is the practice's language. Errors:
    Refused host_owner_differs, host_practice_differs."""
    if known is None:
        return Owner(asked.email, asked.language or usual, asked.host, asked.host_email)
    if known.email != asked.email:
        raise Refused("host_owner_differs", "owner_email")
    names = ("host", "host_email") + (("language",) if asked.language else ())
    if other := [name for name in names if getattr(known, name) != getattr(asked, name)]:
        raise Refused("host_practice_differs", "practice", fields=", ".join(other).replace("_", "-"))
    return known


def invited_anew(known: Owner | None, asked: Invitation, *, usual: str) -> Owner:
    """A mail more, to whoever is the owner now: codes of former mails hold no longer."""
    if known is None:
        return Owner(asked.email, asked.language or usual, asked.host, asked.host_email)
    return replace(
        known, email=asked.email, language=asked.language or known.language, host=asked.host,
        host_email=asked.host_email,
        turn=known.turn + 1, invited_at="", confirmed_at="",
    )  # fmt: skip
