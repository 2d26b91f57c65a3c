"""What Account History calls paid stays paid if banks decide against the practice; the rest is disputed.

Issue 10, S14: a service was called paid while a bank held what had paid it.
"""

import contextlib
import random
from collections.abc import Mapping
from typing import Any

import pytest

from chalicelib.kernel.errors import BillfoldError
from chalicelib.ledger.services.history import History, ServiceStatus
from chalicelib.ledger.services.reading import Reading
from chalicelib.payments.ports.processors import Decision
from chalicelib.verification.domain.accounts import audit
from tests.support.ledgers import stored
from tests.support.money import Money
from tests.support.seed import SEED

RUNS, STEPS = 120, 10


class Client:
    """Somebody who pays by card and cash, is refunded, and whose bank disputes payments."""

    def __init__(self, drawn: random.Random) -> None:
        self.drawn = drawn
        self.money = Money()
        self.money.open()
        self.paid = list[str]()
        self.disputed = dict[tuple[str, str], int]()

    def step(self, number: int) -> None:
        steps = (self.charge, self.charge, self.pay, self.pay, self.overpay, self.refund, self.dispute)
        with contextlib.suppress(BillfoldError):
            self.drawn.choice((*steps, self.dispute, self.write_off, self.win))(number)

    def charge(self, number: int) -> None:
        self.money.charge(f"c{number}", self.drawn.choice((2500, 7000, 10000)))

    def pay(self, number: int) -> None:
        """All that is owed, or another amount, which may be more: credit."""
        key, amount = f"key-{number}", self.drawn.choice((0, 3000, 20000))
        scope = {"kind": "amount", "amount_minor": amount} if amount else {"kind": "balance"}
        self.money.start(key, **scope)
        self.money.processor.take(key)
        self.money.settle(key)
        self.paid.append(key)

    def overpay(self, number: int) -> None:
        self.money.cash(f"p{number}", self.drawn.choice((500, 9000)))

    def write_off(self, number: int) -> None:
        asked = {"charge_external_id": f"c{self.drawn.randrange(number + 1)}", "on": "2026-03-09"}
        self.money.post.write_off(self.money.ref(), f"w{number}", amount_minor=1000, **asked)

    def refund(self, number: int) -> None:
        """In the processor's dashboard, of disputed money as well."""
        key = self.drawn.choice(self.paid or [""])
        if key:
            payment = self.money.payment(key)
            left = payment.amount_minor - payment.refunded_minor
            amount = self.drawn.choice((min(left, 1000), left))
            if amount:
                asked: dict[str, Any] = {"refund_id": f"r{number}", "amount_minor": amount}
                self.money.processor.refund(intent_id=f"pi_{key}", **asked)
                self.money.settle(key)

    def dispute(self, number: int) -> None:
        key = self.drawn.choice(self.paid or [""])
        if key:
            whole = self.money.payment(key).amount_minor
            taken = self.drawn.choice((whole, min(whole, 1500)))
            self.disputed[key, f"dp_{number}"] = taken
            self.hear(key, f"dp_{number}", Decision.OPEN)

    def win(self, _: int) -> None:
        if self.disputed:
            key, id_ = self.drawn.choice(sorted(self.disputed))
            self.hear(key, id_, Decision.WON)
            del self.disputed[key, id_]

    def hear(self, key: str, id_: str, decision: Decision) -> None:
        facts = self.money.processor.dispute(key, decision, id_=id_, taken=self.disputed[key, id_])
        self.money.settling.settle(self.money.practice, "stripe", facts)

    def lose_all(self) -> None:
        for key, id_ in sorted(self.disputed):
            self.hear(key, id_, Decision.LOST)

    def owed(self) -> Mapping[str, int]:
        return {id_: item.owed_minor for id_, item in self.money.account().ledger.open.items()}

    def statuses(self) -> Mapping[str, ServiceStatus]:
        history = History(Reading(self.money.ledgers, self.money.practices))
        page = history.page(self.money.ref(), since="0001-01-01", until="9999-12-31", cursor=None, limit=1000)
        return {row.charge_id: row.status for row in page.rows if row.status}


@pytest.mark.parametrize("run", range(RUNS))
def test_exactly_what_would_be_owed_again_is_disputed(run: int) -> None:
    print(f"BILLFOLD_SEED={SEED}")
    client = Client(random.Random(f"{SEED}/{run}"))
    for number in range(STEPS):
        client.step(number)
    exactly_what_would_be_owed_again_is_disputed(client)


def exactly_what_would_be_owed_again_is_disputed(client: Client) -> None:
    told, before = client.statuses(), client.owed()
    client.lose_all()
    again = {id_ for id_, minor in client.owed().items() if minor > before.get(id_, 0)}
    assert {id_ for id_, status in told.items() if status is ServiceStatus.DISPUTED} == again
    assert ServiceStatus.DISPUTED not in client.statuses().values()
    assert list(audit(stored(client.money.ledgers, client.money.ref()))) == []


def test_what_banks_hold_of_two_payments_of_one_service_reaches_the_next() -> None:
    """The second payment's share goes first, then what was paid last: the next service was called paid."""
    client = Client(random.Random(0))
    for number, amount in ((1, 3000), (2, 4000)):
        client.money.start(f"key-{number}", kind="amount", amount_minor=amount)
        client.money.processor.take(f"key-{number}")
        client.money.settle(f"key-{number}")
        if number == 1:
            client.money.charge("c1", 7000)
    client.money.charge("c2", 2500)
    client.money.cash("p1", 2500)
    for number, taken in ((1, 3000), (2, 1500)):
        client.disputed[f"key-{number}", f"dp_{number}"] = taken
        client.hear(f"key-{number}", f"dp_{number}", Decision.OPEN)
    assert set(client.statuses().values()) == {ServiceStatus.DISPUTED}
    exactly_what_would_be_owed_again_is_disputed(client)
