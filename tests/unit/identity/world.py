"""Everything signing in needs, wired, with one practice and one person who can sign in."""

import re
from dataclasses import dataclass, field
from typing import Any

from chalicelib.identity.ports import Access
from chalicelib.identity.services.limits import Counters
from chalicelib.identity.services.sessions import Sessions
from chalicelib.identity.services.sign_in_limits import Caller, SignInLimits
from chalicelib.identity.services.signing_in import Entered, SigningIn
from chalicelib.operations.ports.claims import Claims
from chalicelib.platform.ports import Keys
from chalicelib.practice.domain.practices import Person
from chalicelib.practice.ports import People, Practices
from chalicelib.practice.services.address_hashes import address_hash
from tests.support.chance import FakeChance
from tests.support.saving import put_person, put_practice
from tests.unit.identity.fakes import (
    FakeAccess,
    FakeClaims,
    FakeClock,
    FakeKeys,
    FakeMailer,
    FakePeople,
    FakePractices,
    FakeQueue,
    Watched,
    grant,
    practice,
)

KNOWN = "maya@example.test"
UNKNOWN = "nobody@example.test"
CODE = re.compile(r"[0-9A-HJKMNP-TV-Z]{4}-[0-9A-HJKMNP-TV-Z]{4}")
PUBLIC_URL = "https://bills.example"


@dataclass
class World:
    practices: Practices = field(default_factory=FakePractices)
    people: People = field(default_factory=FakePeople)
    access: Access = field(default_factory=FakeAccess)
    claims: Claims = field(default_factory=FakeClaims)
    queue: FakeQueue = field(default_factory=FakeQueue)
    mailer: FakeMailer = field(default_factory=FakeMailer)
    clock: FakeClock = field(default_factory=FakeClock)
    chance: FakeChance = field(default_factory=FakeChance)
    keys: Keys = field(default_factory=FakeKeys)
    calls: list[str] = field(default_factory=list)
    ip: str = "203.0.113.5"

    def __post_init__(self) -> None:
        """Every call to a store, the queue or the mailer is written down in `calls`."""
        if isinstance(self.access, FakeAccess):
            self.access.people = self.people
        self.sessions = Sessions(
            access=self._watched(self.access),
            chance=self.chance,
            clock=self.clock,
            keys=self.keys,
            secure_cookies=True,
        )
        self.signing_in = SigningIn(
            practices=self._watched(self.practices),
            people=self._watched(self.people),
            access=self._watched(self.access),
            sessions=self.sessions,
            limits=SignInLimits(
                Counters(self._watched(self.access), self.keys, self.clock), self.keys, self.clock
            ),
            queue=self._watched(self.queue),
            mailer=self._watched(self.mailer),
            chance=self.chance,
            clock=self.clock,
            keys=self.keys,
            public_url=PUBLIC_URL,
        )

    def _watched(self, port: object) -> Any:
        return Watched(port, self.calls)

    def settle_in(self) -> "World":
        """With the practice and its person saved."""
        put_practice(self.practices, practice())
        self.add_person(KNOWN)
        return self

    def add_person(self, email: str, *, account: str = "acct-maya", at: str = "willow") -> Person:
        hashed = address_hash(self.keys, at, email)
        person = Person(self.chance.id(), email, "es", (grant(account),), (hashed,))
        put_person(self.people, at, person)
        return person

    def ask(
        self, email: str = KNOWN, *, browser: str | None = None, device: str | None = None, at: str = "willow"
    ) -> str:
        """Ask for a code; returns the browser's cookie."""
        caller = Caller(self.ip, browser, device)
        return self.signing_in.request_code(at, email=email, caller=caller, locale="en").browser_cookie

    def work(self) -> None:
        """What the documents worker does with the queue's messages."""
        for message in self.queue.sent:
            self.signing_in.deliver(
                message["practice"],
                message["sign_in_id"],
                locale=message["locale"],
                asked_by=message["asked_by"],
            )
        self.queue.sent.clear()

    def mailed(self) -> tuple[str, str]:
        """The code and the link's token of the last mail, read as a person would."""
        self.work()
        words = self.mailer.sent[-1].text.split()
        code = next(word for word in words if CODE.fullmatch(word))
        link = next(word for word in words if word.startswith("https://"))
        return code, link.partition("#")[2]

    def enter(
        self, code: str, browser: str | None, *, session: str | None = None, device: str | None = None
    ) -> Entered:
        """Sign in with a typed code."""
        caller = Caller(self.ip, browser, device, session)
        return self.signing_in.redeem_code("willow", code, caller=caller)

    def type_code(
        self, code: str, browser: str | None, *, session: str | None = None, device: str | None = None
    ) -> str:
        """Sign in; returns the session's cookie."""
        return self.enter(code, browser, session=session, device=device).session.cookie

    def use_link(self, token: str, browser: str | None) -> str:
        """Sign in; returns the session's cookie."""
        caller = Caller(self.ip, browser)
        return self.signing_in.redeem_token("willow", token, caller=caller).session.cookie

    def known_device(self, email: str = KNOWN) -> str:
        """Sign somebody in with a browser of their own; returns its device cookie."""
        browser = self.ask(email)
        entered = self.enter(self.mailed()[0], browser)
        assert entered.device_cookie
        return entered.device_cookie


def wrong(code: str) -> str:
    """Another code."""
    return code[:-1] + ("0" if code[-1] != "0" else "1")
