"""Receipts wired to in-memory ports, with one payment whose receipt is due, and a crash at any call."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from chalicelib.documents.ports.documents import Files, ReceiptData, Renderer
from chalicelib.documents.services.pdf_links import PdfLinks
from chalicelib.documents.services.receipts import RECEIPT_LINK, Receipts
from chalicelib.identity.services.links import Links
from chalicelib.kernel.account_refs import AccountRef
from chalicelib.kernel.outside import Conflict
from chalicelib.ledger.domain.accounts import Account
from chalicelib.ledger.domain.allocation import Allocation
from chalicelib.ledger.domain.charges import Charge
from chalicelib.ledger.domain.entries import Entry
from chalicelib.ledger.domain.history import HistoryRow
from chalicelib.ledger.domain.ledger import Ledger
from chalicelib.ledger.domain.markers import Marker
from chalicelib.ledger.domain.methods import Method
from chalicelib.ledger.domain.payments import Payment, State
from chalicelib.ledger.domain.refunds import Refund
from chalicelib.ledger.ports.ledgers import Change, Ledgers, Page
from chalicelib.practice.domain.practices import Person
from tests.support.guests import NO_GUESTS
from tests.support.queue import FakeQueue
from tests.support.saving import put_person, put_practice
from tests.unit.identity.fakes import (
    FakeAccess,
    FakeClaims,
    FakeClock,
    FakeKeys,
    FakeMailer,
    FakePeople,
    FakePractices,
    grant,
    practice,
)

PUBLIC_URL = "https://bills.example"
MOVEMENT = "stripe#pi_1#succeeded"
PAID = Payment(
    id="0c6e2a4e-7c1d-4a52-9f0b-8d9b0a6f1e11",
    account_id="a1",
    amount_minor=18_250,
    currency="USD",
    allocation=Allocation((), 18_250),
    state=State.SUCCEEDED,
    processor="stripe",
    flow="inline",
    body_hash="",
    date="2026-11-03",
    created_at="2026-11-03T17:00:00.000Z",
    updated_at="2026-11-03T17:00:05.000Z",
    person_id="p1",
    notes="for Ana's session about grief",
    reference="BF-7K2M-93QD",
    method=Method("card", "Visa", "4242"),
    owed_after_minor=4_500,
    version=3,
)


class Crash(BaseException):
    """The process is gone: nothing in it may catch this."""


@dataclass
class Crashes:
    """Counts the calls of all ports; the process dies before or after one of them."""

    at: int = -1
    after: bool = False
    calls: list[str] = field(default_factory=list)

    def around(self, port: object) -> Any:
        return _Watched(port, self)


class _Watched:
    def __init__(self, port: object, crashes: Crashes) -> None:
        self._port = port
        self._crashes = crashes

    def __getattr__(self, name: str) -> Any:
        def call(*args: object, **kwargs: object) -> object:
            number = len(self._crashes.calls)
            self._crashes.calls.append(name)
            if number == self._crashes.at and not self._crashes.after:
                raise Crash
            result = getattr(self._port, name)(*args, **kwargs)
            if number == self._crashes.at:
                raise Crash
            return result

        return call


class PausingClock(FakeClock):
    def pause(self, attempt: int) -> None:
        self.pass_seconds(attempt)


class FakeLedgers(Ledgers):
    """One practice's accounts and payments; entries are of no concern here."""

    def __init__(self) -> None:
        self.accounts: dict[tuple[str, str], Account] = {}
        self.paid: dict[tuple[str, str, str], Payment] = {}
        self.movements: dict[tuple[str, str], Marker] = {}

    def account(self, ref: AccountRef) -> Account | None:
        return self.accounts.get((ref.practice, ref.account))

    def commit(self, practice: str, change: Change) -> None:
        key = (practice, change.before.id)
        if self.accounts[key].version != change.before.version:
            raise Conflict
        if change.payment is not None:
            row = (practice, change.before.id, change.payment.id)
            if self.paid[row].version != change.payment.version - 1:
                raise Conflict
            self.paid[row] = change.payment
        self.accounts[key] = replace(change.after, version=change.before.version + 1)

    def commit_all(self, practice: str, changes: Sequence[Change]) -> None:
        raise AssertionError("only imports post several at once")

    def note(self, practice: str, payment: Payment) -> None:
        row = (practice, payment.account_id, payment.id)
        if self.paid[row].version != payment.version - 1:
            raise Conflict
        self.paid[row] = payment

    def payment(self, ref: AccountRef, payment_id: str) -> Payment | None:
        return self.paid.get((ref.practice, ref.account, payment_id))

    def marker(self, practice: str, key: str) -> Marker | None:
        return self.movements.get((practice, key))

    def notice_sent(self, practice: str, key: str) -> None:
        self.movements[practice, key] = replace(self.movements[practice, key], due="")

    def entries(self, ref: AccountRef, *, first: int = 1, last: int | None = None) -> Iterator[Entry]:
        raise NotImplementedError

    def history(
        self, ref: AccountRef, *, since: str, until: str, cursor: str | None, limit: int
    ) -> Page[HistoryRow]:
        raise NotImplementedError

    def history_rows(self, ref: AccountRef, *, first: int, last: int) -> Iterator[HistoryRow]:
        raise NotImplementedError

    def former_charges(self, ref: AccountRef, charge_id: str) -> Sequence[Charge]:
        raise AssertionError("documents show a charge as it is")

    def charges(self, ref: AccountRef, ids: Iterable[str]) -> Mapping[str, Charge]:
        raise NotImplementedError

    def payments_by_id(self, ref: AccountRef, ids: Iterable[str]) -> Mapping[str, Payment]:
        raise NotImplementedError

    def refunds(self, ref: AccountRef, payment_id: str) -> Mapping[str, Refund]:
        raise NotImplementedError

    def refunds_under_way(self, ref: AccountRef) -> Sequence[Refund]:
        raise NotImplementedError

    def payments(self, ref: AccountRef, *, cursor: str | None, limit: int) -> Page[Payment]:
        raise NotImplementedError


class FakeFiles(Files):
    """The first bytes under a key stay, as in S3."""

    def __init__(self) -> None:
        self.kept: dict[tuple[str, str], bytes] = {}
        self.looked = 0

    def put(self, practice: str, key: str, content: bytes, *, content_type: str) -> None:
        assert (content_type == "application/pdf") is key.endswith(".pdf")
        self.kept.setdefault((practice, key), content)

    def get(self, practice: str, key: str) -> bytes:
        return self.kept[practice, key]

    def has(self, practice: str, key: str) -> bool:
        self.looked += 1
        return (practice, key) in self.kept

    def keys(self, practice: str, *, under: str = "") -> Iterator[str]:
        return (key for of, key in self.kept if of == practice and key.startswith(under))

    def url(self, practice: str, key: str, *, filename: str, inline: bool, seconds: int = 60) -> str:
        assert (practice, key) in self.kept, "a URL of a file that is not there"
        return f"https://files.example/{practice}/{key}?as={'inline' if inline else 'attachment'}&{filename}"


class FakeRenderer(Renderer):
    def __init__(self) -> None:
        self.rendered: list[ReceiptData] = []

    def receipt(self, data: ReceiptData) -> bytes:
        self.rendered.append(data)
        return repr(data).encode()


@dataclass
class World:
    crashes: Crashes = field(default_factory=Crashes)

    def __post_init__(self) -> None:
        self.ledgers = FakeLedgers()
        self.practices = FakePractices()
        self.people = FakePeople()
        self.access = FakeAccess()
        self.claims = FakeClaims()
        self.files = FakeFiles()
        self.renderer = FakeRenderer()
        self.mailer = FakeMailer()
        self.clock = PausingClock()
        self.queue = FakeQueue()
        put_practice(self.practices, practice())
        maya = Person("p1", "maya@example.test", "en", (grant("a1"),), ("h1",))
        put_person(self.people, "willow", maya)
        self.ledgers.accounts["willow", "a1"] = Account("a1", Ledger("USD"), version=7)
        self.pay(PAID)

    def pay(self, payment: Payment) -> None:
        self.ledgers.paid["willow", payment.account_id, payment.id] = payment
        marker = Marker(MOVEMENT, payment.account_id, payment.id, 4, payment.updated_at, "receipt")
        self.ledgers.movements["willow", MOVEMENT] = marker

    @property
    def receipts(self) -> Receipts:
        """A new process: nothing but the stores is left of the one before."""
        around = self.crashes.around
        return Receipts(
            ledgers=around(self.ledgers),
            practices=around(self.practices),
            people=around(self.people),
            links=Links(around(self.access), FakeKeys(), self.clock),
            claims=around(self.claims),
            files=around(self.files),
            pdf_links=PdfLinks(self.files, self.queue, self.clock),
            renderer=around(self.renderer),
            mailer=around(self.mailer),
            keys=FakeKeys(),
            clock=self.clock,
            public_url=PUBLIC_URL,
            matching=NO_GUESTS,
        )

    @property
    def payment(self) -> Payment:
        return self.ledgers.paid["willow", PAID.account_id, PAID.id]

    @property
    def due(self) -> str:
        return self.ledgers.movements["willow", MOVEMENT].due

    def open_link(self, practice: str, token: str) -> tuple[Payment, str]:
        """As whoever has the token."""
        links = Links(self.access, FakeKeys(), self.clock)
        return self.receipts.opened(links.holder(practice, token, kind=RECEIPT_LINK))

    def mailed_token(self) -> str:
        return self.mailer.sent[-1].text.partition("/receipt#")[2].split()[0]
