"""Links that were mailed: whoever holds one may see the one thing that it is for."""

from dataclasses import dataclass

from chalicelib.identity.ports import Access, Link
from chalicelib.identity.services.trace import Event, trace
from chalicelib.kernel.actors import Actor, Channel
from chalicelib.kernel.errors import Refused
from chalicelib.platform.ports import Clock, Keys

_DAY = 24 * 3600
_ENOUGH = 12


@dataclass(frozen=True, slots=True)
class LinkHolder:
    """Somebody who holds a link, whoever they are: what it opens, and nothing else."""

    practice: str
    account_id: str
    payment_id: str
    actor: Actor


@dataclass(frozen=True)
class Links:
    """Of a link's token only a keyed hash is kept."""

    access: Access
    keys: Keys
    clock: Clock

    def keep(
        self, practice: str, token: str, *, kind: str, account_id: str, payment_id: str, days: int
    ) -> None:
        """Let the token open that for so long."""
        link = Link(self._hash(token), kind, account_id, payment_id, self._now() + days * _DAY)
        self.access.save_link(practice, link)

    def holder(self, practice: str, token: str, *, kind: str) -> LinkHolder:
        """Who has the token of a link of that kind.

        Error: Refused link_invalid (unknown, too old, of another kind, or another practice's).
        """
        link = self.access.link(practice, self._hash(token))
        if link is None or link.kind != kind or link.expires_at <= self._now():
            raise Refused("link_invalid")
        trace(Event.LINK_OPENED, practice, account=link.account_id, payment=link.payment_id)
        actor = Actor(Channel.LINK, link.hash[:_ENOUGH])
        return LinkHolder(practice, link.account_id, link.payment_id, actor)

    def _hash(self, token: str) -> str:
        return self.keys.keyed_hash("link-token", token)

    def _now(self) -> int:
        return int(self.clock.now().timestamp())
