"""Pay links: on a printed bill, for who pays it without an account.

A token is made of the document and the generation of its client's links, so that a bill that is drawn again
has the same one; another generation ends all that were printed. Of the token only a keyed hash is kept. It
opens nothing by itself: pay_link_factors.py asks for what the paper does not say.
"""

from dataclasses import dataclass
from datetime import datetime

from chalicelib.identity.ports import LinkSession, PayLink, PayLinkRows
from chalicelib.identity.services.links import LinkHolder
from chalicelib.kernel import base32
from chalicelib.kernel.account_refs import AccountRef
from chalicelib.kernel.actors import Actor, Channel
from chalicelib.kernel.document_ids import invoice_number
from chalicelib.kernel.errors import Refused
from chalicelib.platform.ports import Chance, Clock, Keys
from chalicelib.practice.domain.practices import Client
from chalicelib.practice.ports import People

LINK_DAYS = 400
SESSION_SECONDS = 30 * 60
PAGE = "pay-link"
SYMBOLS = 24  # of a token: 120 bits, typed from paper without much pain
_DAY = 24 * 3600
_GROUP = 4
_ENOUGH = 12


@dataclass(frozen=True)
class PayLinks:
    """`public_url` is the portal's origin, without a final slash."""

    rows: PayLinkRows
    people: People
    keys: Keys
    chance: Chance
    clock: Clock
    public_url: str

    def printed(self, ref: AccountRef, document: str, generation: int, *, since: str) -> str:
        """The address on a document that was issued at that instant (UTC RFC 3339), the same whenever it is
        drawn while its key is valid; "" of one without a link, or after the link's time. Error: Busy."""
        until = int(datetime.fromisoformat(since).timestamp()) + LINK_DAYS * _DAY
        if not generation or until <= self._now():
            return ""
        version = self._version(ref, document, generation)
        token = self.token(ref, document, generation, version)
        link = PayLink(
            self.hash(ref.practice, token, version), ref.account, document, generation, until, version
        )
        self.rows.save_link(ref.practice, link)
        return self.address(ref.practice, token, document)

    def address(self, practice: str, token: str, document: str) -> str:
        """With the number on the bill: somebody who cannot go on by the link pays by that."""
        # In the fragment the token reaches no server, no log and no other site by being opened.
        number = invoice_number(document)
        after = f".{number}" if number else ""
        return f"{self.public_url}/{practice}/{PAGE}#{shown(token)}{after}"

    def token(self, ref: AccountRef, document: str, generation: int, version: int) -> str:
        text = f"{ref.practice}/{ref.account}/{document}/{generation}"
        return base32.spelled(int(self.keys.keyed_hash("pay-link", text, version=version), 16), SYMBOLS)

    def hash(self, practice: str, token: str, version: int) -> str:
        return self.keys.keyed_hash("pay-link-token", f"{practice}/{token}", version=version)

    def found(self, practice: str, hashes: tuple[str, ...]) -> PayLink | None:
        return next(filter(None, (self.rows.link(practice, hashed) for hashed in hashes)), None)

    def hashes(self, practice: str, token: str) -> tuple[str, ...]:
        """Of a typed token, under each version of the key."""
        meant = base32.read(token)
        return tuple(self.hash(practice, meant, version) for version in self.keys.versions)

    def valid(self, link: PayLink, client: Client | None) -> bool:
        """Whether it is neither too old nor revoked, and its key is valid."""
        fresh = self._now() < link.expires_at and link.key_version in self.keys.versions
        return fresh and client is not None and client.link_generation == link.generation

    def start(self, practice: str, link: PayLink) -> tuple[str, int]:
        """Somebody has given its second factor: what their page shows from now on, and until when (epoch
        seconds)."""
        bearer, until = self.chance.token(), self._now() + SESSION_SECONDS
        version, *_ = self.keys.versions
        self.rows.save_session(
            practice,
            LinkSession(
                self._session_hash(practice, bearer, version), link.hash, link.account_id, link.document,
                link.generation, until, version,
            ),
        )  # fmt: skip
        return bearer, until

    def holder(self, practice: str, bearer: str) -> LinkHolder:
        """Who has begun to pay by a link. Error: Refused link_over (too long ago, revoked, or none)."""
        versions = self.keys.versions
        hashes = [self._session_hash(practice, bearer, version) for version in versions]
        session = self.rows.session(practice, hashes)
        if session is None or session.expires_at <= self._now():
            raise Refused("link_over")
        client = self.people.client(practice, session.account_id)
        if client is None or client.link_generation != session.generation:
            raise Refused("link_over")
        ref = AccountRef(practice, session.account_id)
        return LinkHolder(ref, "", self.actor(session.link_hash), session.document)

    def actor(self, link_hash: str) -> Actor:
        """What is kept of who pays by it: which link it was."""
        return Actor(Channel.LINK, link_hash[:_ENOUGH])

    def _version(self, ref: AccountRef, document: str, generation: int) -> int:
        """Of the key that made it before, else the newest."""
        newest, *older = self.keys.versions
        made = (
            version
            for version in older
            if self.rows.link(
                ref.practice,
                self.hash(ref.practice, self.token(ref, document, generation, version), version),
            )
        )
        return next(made, newest)

    def _session_hash(self, practice: str, bearer: str, version: int) -> str:
        return self.keys.keyed_hash("link-session", f"{practice}/{bearer}", version=version)

    def _now(self) -> int:
        return int(self.clock.now().timestamp())


def shown(token: str) -> str:
    """As it is printed: 7K3M-…, in groups that can be typed over."""
    return "-".join(token[at : at + _GROUP] for at in range(0, len(token), _GROUP))
