"""Guests in memory: their forms, the list of what is unmatched, and one who pays at the public page."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

from chalicelib.kernel.account_refs import AccountRef
from chalicelib.ledger.domain.payments import Payment
from chalicelib.ledger.services.recording import Posted
from chalicelib.payments.domain.guests import GuestForm, KeptForm
from chalicelib.payments.ports.guests import BilledNumbers, GuestForms, UnmatchedMoney
from chalicelib.payments.services.guest_limits import Work
from chalicelib.payments.services.guest_paying import GuestPaying, GuestProgress, GuestWish, attempt_of
from chalicelib.payments.services.matching import Matching
from chalicelib.payments.services.methods.card_notices import CardNotices
from tests.support.ledgers import MemoryLedgers
from tests.support.money import ORIGIN, Money
from tests.unit.identity.fakes import FakeKeys

KEY = "k" * 31
NO_GUESTS: Any = None  # where nobody pays without an account
FORM = GuestForm("ada", "Maya Moss", "friend@example.com", "Lee Friend", "+1 555 0199")


def key(name: str) -> str:
    """A guest's key; a page makes it at random."""
    return f"{KEY}{name}"


class MemoryGuests(GuestForms, UnmatchedMoney, BilledNumbers):
    def __init__(self, ledgers: MemoryLedgers) -> None:
        self.ledgers = ledgers
        self.held: dict[tuple[str, str], KeptForm] = {}
        self.kept: dict[tuple[str, str], str] = {}
        self.billed: dict[int, AccountRef] = {}
        self.charged: dict[tuple[AccountRef, int], frozenset[str]] = {}

    def put(self, practice: str, kept: KeptForm, *, expires_at: int) -> None:
        self.held.setdefault((practice, kept.account_id), kept)

    def keep(self, practice: str, kept: KeptForm, *, address_hash: str, date: str) -> None:
        self.held[practice, kept.account_id] = kept
        self.kept[practice, kept.account_id] = f"{address_hash}#{date}"

    def form(self, practice: str, account_id: str) -> KeptForm | None:
        return self.held.get((practice, account_id))

    def forms(self, practice: str, account_ids: Iterable[str]) -> Mapping[str, KeptForm]:
        return {id_: self.held[practice, id_] for id_ in account_ids if (practice, id_) in self.held}

    def paid_from(self, practice: str, address_hash: str, *, first: str, last: str) -> Iterator[KeptForm]:
        for (of, id_), found_by in sorted(self.kept.items()):
            hashed, _, date = found_by.partition("#")
            if of == practice and hashed == address_hash and first <= date <= last:
                yield self.held[of, id_]

    def payments(self, practice: str) -> Iterator[Payment]:
        found = self.ledgers.held_payments.items()
        return (payment for (of, *_), payment in found if of == practice and payment.guest)

    def unmatched(self, practice: str) -> Sequence[Payment]:
        found = [p for (of, *_), p in self.ledgers.held_payments.items() if of == practice and p.unmatched]
        return sorted(found, key=lambda payment: (payment.date, payment.id))

    def account_of(self, practice: str, number: int) -> AccountRef | None:
        return self.billed.get(number)

    def charges_on(self, ref: AccountRef, number: int) -> frozenset[str]:
        return self.charged.get((ref, number), frozenset())


class Desk:
    """A public page over the money of a test: guests pay, staff match."""

    def __init__(self, money: Money, guests: Any = None) -> None:
        """`guests`: the stores of forms, unmatched money and numbers in one."""
        self.money = money
        self.guests = guests or MemoryGuests(money.ledgers)
        keys = FakeKeys()
        self.limits = money.guest_limits
        self.paying = GuestPaying(
            money.ledgers, money.practices, money.paying.processors, money.settling, self.guests, self.limits,
            CardNotices(money.payers, money.clock), keys, money.clock, ORIGIN,
        )  # fmt: skip
        self.matching = Matching(
            money.ledgers, self.guests, self.guests, money.directory, money.practices, self.guests,
            self.limits, keys, money.clock,
        )  # fmt: skip

    def wish(
        self, name: str, amount_minor: int = 12_500, form: GuestForm = FORM, **changes: Any
    ) -> GuestWish:
        way = changes.pop("way", "card")
        quote, _ = self.paying.quote(self.money.practice, form, way=way, amount_minor=amount_minor)
        wish = GuestWish(
            key(name), form, way, amount_minor, quote.key, "en", f"{form} {amount_minor}", "192.0.2.1"
        )
        return replace(wish, **changes)

    def start(self, name: str, amount_minor: int = 12_500, form: GuestForm = FORM, **changes: Any) -> Payment:
        return self.paying.start(self.money.practice, self.wish(name, amount_minor, form, **changes)).payment

    def pay(self, name: str, amount_minor: int = 12_500, form: GuestForm = FORM) -> Payment:
        """Start, pay at the processor, come back."""
        started = self.start(name, amount_minor, form)
        self.money.processor.take(started.id)
        return self.check(name).payment

    def check(self, name: str) -> GuestProgress:
        return self.paying.check(self.money.practice, key(name))

    def payment(self, name: str) -> Payment:
        ref, id_ = attempt_of(self.money.practice, key(name))
        found = self.money.ledgers.payment(ref, id_)
        assert found is not None
        return found

    def settle(self, name: str) -> Payment:
        return self.money.settle(self.payment(name).id)

    def match(self, name: str, account_id: str = "maya", id_: str = "m1") -> Posted:
        paid = self.payment(name)
        target = self.money.ref(account_id)
        return self.matching.match(self.money.practice, paid, target, id_=id_, actor="cli")


__all__ = ["FORM", "Desk", "Work", "key"]
