"""Sign-ins, sessions, links and rate limits."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from chalicelib.practice.domain.practices import Person

# What is counted over all practices of a deployment; no practice can have this id.
EVERYWHERE = "*"


@dataclass(frozen=True, slots=True)
class SignIn:
    """An unused invitation to sign in, bound to the browser that asked. Hashes only; epoch seconds.

    It knows the address by its hash: whose that is, is asked only once code or link is used. `key_version` of
    the tokens' key made its secrets.
    """

    id: str
    address_hash: str
    browser_hash: str
    code_hash: str
    token_hash: str
    expires_at: int
    key_version: int
    tries: int = 0


@dataclass(frozen=True, slots=True)
class SessionRow:
    """A signed-in browser. `hash` is of its opaque token, under that version of the key; epoch seconds.

    `minted`: by a log-in that an operator made, who may be acting as the person.
    """

    hash: str
    person_id: str
    created_at: int
    seen_at: int
    key_version: int
    minted: bool = False


@dataclass(frozen=True, slots=True)
class Link:
    """A capability in an e-mail: `hash` of its token, and what it opens. Token and hash are made with that
    version of the key."""

    hash: str
    kind: str
    account_id: str
    payment_id: str
    expires_at: int
    key_version: int


@dataclass(frozen=True, slots=True)
class PayLink:
    """A link that is printed on a `document` of an account: the hash of its token, and which of the client's
    generations of links it is of. `tries` counts birth dates that were tried, `code_step` the step of time of
    the last mailed code that was used. Epoch seconds."""

    hash: str
    account_id: str
    document: str
    generation: int
    expires_at: int
    key_version: int
    tries: int = 0
    code_step: int = 0


@dataclass(frozen=True, slots=True)
class LinkSession:
    """Somebody who holds a pay link and has said what the paper does not. `hash` is of the token that the
    page keeps in its memory; epoch seconds."""

    hash: str
    link_hash: str
    account_id: str
    document: str
    generation: int
    expires_at: int
    key_version: int


@dataclass(frozen=True, slots=True)
class Live:
    """What rests on a version of the tokens' key: how many sessions, sign-ins and links, and until when the
    last of them can be used (epoch seconds)."""

    count: int = 0
    until: int = 0


@dataclass(frozen=True, slots=True)
class Use:
    """When something was used (epoch seconds). With a `name` it counts once, however often it is told."""

    at: int
    name: str = ""


class Access(Protocol):
    """Sign-ins, sessions, links and rate limits; all rows expire by themselves."""

    def save_sign_in(self, practice: str, sign_in: SignIn) -> None: ...

    def sign_in(self, practice: str, sign_in_id: str) -> SignIn | None: ...

    def count_try(self, practice: str, sign_in_id: str, *, limit: int) -> bool:
        """Count one attempt, atomically; False when `limit` attempts were counted before."""
        ...

    def use_sign_in(self, practice: str, sign_in_id: str) -> bool:
        """Take it, atomically; False when it is gone or was used."""
        ...

    def save_session(self, practice: str, session: SessionRow) -> None: ...

    def session(
        self, practice: str, hashes: Sequence[str], person_id: str
    ) -> tuple[SessionRow, Person] | None:
        """The session of one of the hashes and the person, whose it has to be; both strong, in one call.

        None without either.
        """
        ...

    def touch_session(self, practice: str, token_hash: str, *, seen_at: int) -> None:
        """Never brings a revoked session back."""
        ...

    def end_session(self, practice: str, token_hash: str) -> None: ...

    def save_link(self, practice: str, link: Link) -> None: ...

    def link(self, practice: str, token_hash: str) -> Link | None: ...

    def live(self, key_version: int, *, now: int) -> Live:
        """Of all practices, by a scan: for an operator's command."""
        ...

    def allow(self, practice: str, key: str, *, limit: int, window_seconds: int, now: int) -> bool:
        """Count one use of `key` in the current window; False above the limit."""
        ...

    def uses(self, practice: str, key: str, *, strong: bool = True) -> tuple[Use, ...]:
        """The uses of `key`, as they were noted last; where not `strong`, perhaps a moment ago."""
        ...

    def note_uses(
        self, practice: str, key: str, *, before: tuple[Use, ...], after: tuple[Use, ...], expires_at: int
    ) -> bool:
        """Put `after` in the place of `before`, atomically; False when something else is noted."""
        ...


class PayLinkRows(Protocol):
    """Pay links and who has opened one; all rows expire by themselves."""

    def save_link(self, practice: str, link: PayLink) -> None:
        """Where there is none of that hash; one that is there stays as it is."""
        ...

    def link(self, practice: str, token_hash: str) -> PayLink | None: ...

    def count_try(self, practice: str, token_hash: str, *, limit: int) -> bool:
        """Count one try, atomically; False when `limit` were counted before."""
        ...

    def give_back(self, practice: str, token_hash: str) -> None:
        """The try that was counted last was right."""
        ...

    def use_code(self, practice: str, token_hash: str, *, step: int) -> bool:
        """Note the use of the code of that step, atomically, and forget the tries; False where it, or a later
        one, was used."""
        ...

    def save_session(self, practice: str, session: LinkSession) -> None: ...

    def session(self, practice: str, hashes: Sequence[str]) -> LinkSession | None:
        """That of one of the hashes. Strong."""
        ...
