"""Everything signing in needs, wired, with one practice and one person who can sign in."""

from dataclasses import dataclass, field
from typing import Any

from chalicelib.domain.practices import Person
from chalicelib.services.identity import person_id
from chalicelib.services.ports import Access, Keys, People, Practices
from chalicelib.services.sessions import Sessions
from chalicelib.services.signing_in import SigningIn
from tests.unit.identity.fakes import (
    FakeAccess,
    FakeChance,
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
PUBLIC_URL = "https://bills.example"


@dataclass
class World:
    practices: Practices = field(default_factory=FakePractices)
    people: People = field(default_factory=FakePeople)
    access: Access = field(default_factory=FakeAccess)
    queue: FakeQueue = field(default_factory=FakeQueue)
    mailer: FakeMailer = field(default_factory=FakeMailer)
    clock: FakeClock = field(default_factory=FakeClock)
    chance: FakeChance = field(default_factory=FakeChance)
    keys: Keys = field(default_factory=FakeKeys)
    calls: list[str] = field(default_factory=list)
    ip: str = "203.0.113.5"

    def __post_init__(self) -> None:
        """Every call to a store, the queue or the mailer is written down in `calls`."""
        self.sessions = Sessions(
            access=self._watched(self.access),
            people=self._watched(self.people),
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
        self.practices.save_practice(practice())
        self.add_person(KNOWN)
        return self

    def add_person(self, email: str, *, account: str = "acct-maya", at: str = "willow") -> Person:
        person = Person(person_id(self.keys, at, email), email, "es", (grant(account),))
        self.people.save_person(at, person)
        return person

    def ask(self, email: str = KNOWN, *, browser: str | None = None) -> str:
        """Ask for a code; returns the browser's cookie."""
        asked = self.signing_in.request_code(
            "willow", email=email, ip=self.ip, browser_cookie=browser, locale="en"
        )
        return asked.browser_cookie

    def work(self) -> None:
        """What the documents worker does with the queue's messages."""
        for message in self.queue.sent:
            self.signing_in.deliver(message["practice"], message["sign_in_id"], locale=message["locale"])
        self.queue.sent.clear()

    def mailed(self) -> tuple[str, str]:
        """The code and the link's token of the last mail, read as a person would."""
        self.work()
        lines = self.mailer.sent[-1].text.split()
        code = next(word for word in lines if len(word) == 6 and word.isdigit())
        link = next(word for word in lines if word.startswith("https://"))
        return code, link.partition("#")[2]

    def type_code(self, code: str, browser: str | None, *, session: str | None = None) -> str:
        """Sign in; returns the session's cookie."""
        started = self.signing_in.redeem_code("willow", code, browser_cookie=browser, session_cookie=session)
        return started.cookie

    def use_link(self, token: str, browser: str | None) -> str:
        """Sign in; returns the session's cookie."""
        started = self.signing_in.redeem_token("willow", token, browser_cookie=browser, session_cookie=None)
        return started.cookie


def wrong(code: str) -> str:
    """Another code."""
    return f"{(int(code) + 1) % 1_000_000:06d}"
