"""Who may call a route. Every route declares one of these policies, and whoever it does not name is refused.

A policy for those who cannot exist yet (staff, programs with a key) refuses everybody: a route may declare it
before there is a way to be one.
"""

from dataclasses import dataclass
from typing import Any, ClassVar

from chalicelib.entrypoints.http.context import Context
from chalicelib.identity.services.limits import Limit
from chalicelib.identity.services.links import LinkHolder
from chalicelib.identity.services.sessions import Principal
from chalicelib.kernel.account_refs import AccountRef
from chalicelib.kernel.errors import NotFound, Refused

Caller = Principal | LinkHolder
KIB = 1024


@dataclass(frozen=True)
class Policy:
    """What all policies say of themselves: `errors` of whom it refuses; whether who asks has a `session`'s
    cookie; whether only `our_pages` may write; whether the proof is in the body, which is then read first."""

    name: ClassVar[str]
    errors: ClassVar[tuple[str, ...]] = ()
    session: ClassVar[bool] = False
    our_pages: ClassVar[bool] = True
    proof_in_body: ClassVar[bool] = False
    max_body_bytes: ClassVar[int] = 64 * KIB

    def admit(self, context: Context[Any]) -> Caller | None:
        """Who calls; None where nobody has to be known. Errors: `errors`."""
        raise NotImplementedError

    def ref(self, context: Context[Any], account_id: str) -> AccountRef:
        """The account of the path, where who was let in may see it. Error: NotFound account_not_found, for
        foreign and absent accounts alike."""
        raise NotFound("account_not_found")


@dataclass(frozen=True)
class Anyone(Policy):
    """Everybody. `limits` of their network, which the use case counts: it knows a browser that somebody has
    signed in with. Reads may have none: the gateway's throttle is theirs. `visitor`: who is signed in counts.
    """

    name = "anyone"
    limits: tuple[Limit, ...] = ()
    visitor: bool = False

    def admit(self, context: Context[Any]) -> Principal | None:
        if not self.visitor:
            return None
        try:
            return _signed_in(context)
        except Refused:
            return None


@dataclass(frozen=True)
class Client(Policy):
    """A client or guarantor with a session; which accounts are theirs, its grants say."""

    name = "client"
    errors = ("session_required",)
    session = True

    def admit(self, context: Context[Any]) -> Principal:
        return _signed_in(context)

    def ref(self, context: Context[Any], account_id: str) -> AccountRef:
        return context.principal.grant(account_id).ref(context.principal.practice)


@dataclass(frozen=True)
class Staff(Policy):
    """Staff of the practice who have the `permission`; `fresh_factor`: and have just proved who they are.

    Nobody is staff over HTTP until the console exists.
    """

    name = "staff"
    errors = ("session_required", "staff_required")
    session = True
    permission: str
    fresh_factor: bool = False

    def admit(self, context: Context[Any]) -> Caller:
        _signed_in(context)
        raise Refused("staff_required")


@dataclass(frozen=True)
class Link(Policy):
    """Whoever holds a link of that `kind`: the body has its practice and token. `second_factor`: and has said
    what only the right person knows; the token is the one that they were given for it."""

    name = "link"
    errors = ("link_invalid", "link_over")
    proof_in_body = True
    kind: str
    second_factor: bool = False

    def admit(self, context: Context[Any]) -> LinkHolder:
        practice, token = getattr(context.body, "practice", ""), getattr(context.body, "token", "")
        if self.second_factor:
            return context.app.pay_links.holder(practice, token)
        return context.app.links.holder(practice, token, kind=self.kind)


@dataclass(frozen=True)
class Key(Policy):
    """A program with a key of the practice that has the `scope`. There are no such keys yet."""

    name = "key"
    errors = ("key_invalid",)
    our_pages = False
    scope: str

    def admit(self, context: Context[Any]) -> Caller:
        raise Refused("key_invalid")


@dataclass(frozen=True)
class Signed(Policy):
    """Whoever signed the raw body as the processor that the path names: its adapter alone can tell, so that
    the use case that takes in the news refuses it, before anything is kept."""

    name = "signed"
    errors = ("webhook_invalid",)
    our_pages = False
    max_body_bytes = 256 * KIB

    def admit(self, context: Context[Any]) -> None:
        return None


def _signed_in(context: Context[Any]) -> Principal:
    sessions = context.app.sessions
    return sessions.principal(context.cookie(sessions.cookie_name))
