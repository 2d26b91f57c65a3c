"""Links that were mailed: whoever holds one may see the one thing that it is for."""

from dataclasses import dataclass

from chalicelib.identity.ports import Access, Link
from chalicelib.identity.services.trace import Event, trace
from chalicelib.kernel.account_refs import AccountRef
from chalicelib.kernel.actors import Actor, Channel
from chalicelib.kernel.errors import Refused
from chalicelib.platform.ports import Clock, Keys

_DAY = 24 * 3600
_ENOUGH = 12


@dataclass(frozen=True, slots=True)
class LinkHolder:
    """Somebody who holds a link, whoever they are: what it opens, and nothing else. Of a pay link that is a
    `document`, of others a payment."""

    ref: AccountRef
    payment_id: str
    actor: Actor
    document: str = ""


@dataclass(frozen=True)
class Links:
    """Of a link's token only a keyed hash is kept. A link is made again with the version of the key that made
    it, so that what was mailed goes on opening it."""

    access: Access
    keys: Keys
    clock: Clock

    def token(self, ref: AccountRef, *, kind: str, payment_id: str, days: int) -> str:
        """What opens that for so long: the same each time, while the version of its key is valid."""
        tokens = self._tokens(f"{kind}-link", f"{ref.practice}/{ref.account}/{payment_id}")
        newest, *older = tokens
        version = next((v for v in older if self.access.link(ref.practice, self._hash(tokens[v], v))), newest)
        hashed, until = self._hash(tokens[version], version), self._now() + days * _DAY
        self.access.save_link(ref.practice, Link(hashed, kind, ref.account, payment_id, until, version))
        return tokens[version]

    def holder(self, practice: str, token: str, *, kind: str) -> LinkHolder:
        """Who has the token of a link of that kind.

        Error: Refused link_invalid (unknown, too old, of another kind, or another practice's).
        """
        found = (self.access.link(practice, self._hash(token, version)) for version in self.keys.versions)
        link = next((link for link in found if link), None)
        if link is None or link.kind != kind or link.expires_at <= self._now():
            raise Refused("link_invalid")
        trace(Event.LINK_OPENED, practice, account=link.account_id, payment=link.payment_id)
        actor = Actor(Channel.LINK, link.hash[:_ENOUGH])
        return LinkHolder(AccountRef(practice, link.account_id), link.payment_id, actor)

    def _tokens(self, purpose: str, text: str) -> dict[int, str]:
        """By the version of the key, the newest first."""
        return {v: self.keys.keyed_hash(purpose, text, version=v) for v in self.keys.versions}

    def _hash(self, token: str, version: int) -> str:
        return self.keys.keyed_hash("link-token", token, version=version)

    def _now(self) -> int:
        return int(self.clock.now().timestamp())
