"""Sessions: who is signed in, in which browser, for how long.

The browser holds an opaque random token, the store its keyed hash. A session ends after 15 minutes without
a request, after 8 hours, or at once when it is revoked or the person's address changes: both rows are read,
strongly and in one call, with every request. So the cookie names the person, whom the session must name, too.
"""

import re
from dataclasses import dataclass

from chalicelib.identity.ports import Access, SessionRow
from chalicelib.identity.services.trace import Event, trace
from chalicelib.kernel.actors import Actor, in_portal
from chalicelib.kernel.errors import NotFound, Refused
from chalicelib.platform.ports import Chance, Clock, Keys
from chalicelib.practice.domain.practices import Grant, Person, payer_id, theirs

IDLE_SECONDS = 15 * 60
ABSOLUTE_SECONDS = 8 * 3600
TOUCH_SECONDS = 60  # how often a busy session's row is written

_ID = "[A-Za-z0-9_-]{1,64}"
_COOKIE = re.compile(rf"(?P<practice>{_ID})\.(?P<person>{_ID})\.(?P<token>[A-Za-z0-9_-]{{43}})")


@dataclass(frozen=True, slots=True)
class Principal:
    """Somebody signed in, and what they may see. Made from the session alone, never from a request's body.

    `expires_at` is when the session ends at the latest, in epoch seconds. `actor` is kept with what they do.
    `since`: as of Person. `claimed`: the accounts of what they paid without one; they see that payment alone.
    """

    practice: str
    person_id: str
    grants: tuple[Grant, ...]
    session_hash: str
    locale: str
    expires_at: int
    email: str
    actor: Actor
    since: int
    claimed: tuple[str, ...] = ()

    @property
    def payer_id(self) -> str:
        """Whose the saved methods are that they may use."""
        return payer_id(self.person_id, self.since)

    def did(self, by: str, at: str) -> bool:
        """As of Person."""
        return theirs(self.person_id, self.since, by=by, at=at)

    def grant(self, account_id: str) -> Grant:
        """Error: NotFound account_not_found, for foreign and absent accounts alike."""
        for grant in self.grants:
            if grant.account_id == account_id:
                return grant
        raise NotFound("account_not_found")


@dataclass(frozen=True, slots=True)
class Started:
    """A new session; `cookie` is the only place where its token is."""

    cookie: str
    principal: Principal


@dataclass(frozen=True, kw_only=True)
class Sessions:
    """`secure_cookies` is false only where the portal is served over plain local HTTP."""

    access: Access
    chance: Chance
    clock: Clock
    keys: Keys
    secure_cookies: bool

    @property
    def cookie_name(self) -> str:
        return cookie_name("billfold", secure=self.secure_cookies)

    def start(self, practice: str, person: Person, *, replaces: str | None, minted: bool = False) -> Started:
        """Sign the person in with a new token; the session of the cookie `replaces`, if any, ends.

        `minted`: by a log-in that an operator made.
        """
        token = self.chance.token()
        now = self._now()
        version, *_ = self.keys.versions
        row = SessionRow(self._hash(practice, token, version), person.id, now, now, version, minted)
        self.access.save_session(practice, row)
        self.end_cookie(replaces)
        return Started(f"{practice}.{person.id}.{token}", _principal(practice, person, row))

    def principal(self, cookie: str | None) -> Principal:
        """Whose cookie it is. Error: Refused session_required, whatever the reason."""
        practice, person_id, hashes = self._parsed(cookie)
        found, now = self.access.session(practice, hashes, person_id), self._now()
        if found is None:
            raise Refused("session_required")
        row, person = found
        if _ended(row, person, now):
            raise Refused("session_required")
        if now - row.seen_at >= TOUCH_SECONDS:
            self.access.touch_session(practice, row.hash, seen_at=now)
        return _principal(practice, person, row)

    def end(self, principal: Principal) -> None:
        """Revoke: the next request with its cookie is refused."""
        self.access.end_session(principal.practice, principal.session_hash)
        about = {"person": principal.person_id, "session": principal.session_hash}
        trace(Event.SIGNED_OUT, principal.practice, **about)

    def end_cookie(self, cookie: str | None) -> None:
        """Revoke the cookie's session; one that is no session's is ignored."""
        try:
            practice, _, hashes = self._parsed(cookie)
        except Refused:
            return
        for hashed in hashes:
            self.access.end_session(practice, hashed)

    def _parsed(self, cookie: str | None) -> tuple[str, str, list[str]]:
        """The cookie's practice, its person, and its token's hashes under every version of the key."""
        found = _COOKIE.fullmatch(cookie or "")
        if found is None:
            raise Refused("session_required")
        practice, token = found["practice"], found["token"]
        return practice, found["person"], [self._hash(practice, token, v) for v in self.keys.versions]

    def _hash(self, practice: str, token: str, version: int) -> str:
        return self.keys.keyed_hash("session", f"{practice}/{token}", version=version)

    def _now(self) -> int:
        return int(self.clock.now().timestamp())


def cookie_name(name: str, *, secure: bool) -> str:
    """Browsers take a `__Host-` cookie only if it is Secure, for the whole site and for this host alone."""
    return f"__Host-{name}" if secure else name


def _ended(row: SessionRow, person: Person, now: int) -> bool:
    too_old = now - row.seen_at >= IDLE_SECONDS or now - row.created_at >= ABSOLUTE_SECONDS
    return too_old or row.created_at < person.since


def _principal(practice: str, person: Person, row: SessionRow) -> Principal:
    return Principal(
        practice=practice,
        person_id=person.id,
        grants=person.grants,
        session_hash=row.hash,
        locale=person.locale,
        expires_at=row.created_at + ABSOLUTE_SECONDS,
        email=person.email,
        actor=in_portal(person.id, minted=row.minted),
        since=person.since,
        claimed=person.own_claims,
    )
