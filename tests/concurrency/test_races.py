"""Many at once on the shipped adapters: sums are exact, and one movement of money is one credit."""

from functools import partial
from itertools import count
from typing import Any

import pytest

from chalicelib.identity.services.limits import Counters
from chalicelib.identity.store.access import DynamoAccess
from chalicelib.kernel.account_refs import AccountRef
from chalicelib.kernel.errors import BillfoldError, Refused
from chalicelib.kernel.outside import Busy
from chalicelib.ledger.domain.payments import State
from chalicelib.ledger.services.posting import Posting
from chalicelib.ledger.store.ledgers import DynamoLedgers
from chalicelib.operations.store.rounds import DynamoRounds
from chalicelib.operations.store.worklists import DynamoWorkLists
from chalicelib.payments.ports.processors import Stage
from chalicelib.payments.services.catching_up import job
from chalicelib.payments.services.paying import Progress
from chalicelib.payments.services.payment_limits import PaymentLimits
from chalicelib.payments.services.turns import Turn
from chalicelib.platform.clock import SystemClock
from chalicelib.practice.store.people import DynamoPeople
from tests.concurrency.auditor import Auditor
from tests.concurrency.conftest import RACES
from tests.concurrency.harness import at_once, logged
from tests.support.money import Money
from tests.support.practice import MAYA
from tests.unit.identity.fakes import FakeKeys

THREADS = 50
P = Money.practice

pytestmark = pytest.mark.ministack


@pytest.fixture
def money(auditor: Auditor) -> Money:
    return Money(DynamoLedgers(), work=DynamoWorkLists())


def test_fifty_threads_crediting_and_transferring_on_one_account_come_to_the_exact_sum(
    auditor: Auditor, money: Money
) -> None:
    money.open()
    money.charge("c1", 100_000, insurer_minor=50_000)
    post = Posting(money.ledgers, SystemClock())

    def command(n: int) -> None:
        """Sent again while the store is busy, as a queue would; every third is sent twice anyway."""
        asked: dict[str, Any] = {"on": "2026-03-02"}
        for _ in range(2 if n % 3 == 0 else 1):
            if n % 2:
                post.external_payment(MAYA, f"p{n}", 1000 + n, method="cash", **asked)
            else:
                asked |= {"paid_minor": 0, "contractual_minor": 0, "to_client_minor": 100 + n}
                post.insurance_payment(MAYA, f"i{n}", charge_external_id="c1", **asked)

    def persist(n: int) -> int:
        for tries in count(1):
            try:
                command(n)
            except Busy:
                assert tries < 20
                continue
            return tries
        raise AssertionError

    ends = at_once([partial(persist, n) for n in range(THREADS)])
    assert [end for end in ends if isinstance(end, BaseException)] == []
    paid = sum(1000 + n for n in range(THREADS) if n % 2)
    left_to_client = sum(100 + n for n in range(THREADS) if n % 2 == 0)
    ledger = money.account().ledger
    assert (ledger.seq, ledger.balance_minor) == (1 + THREADS, 100_000 + left_to_client - paid)
    assert auditor.violations("maya", []) == []


def test_of_many_that_make_a_clients_account_one_does_and_all_find_it(money: Money) -> None:
    post, people = Posting(money.ledgers, SystemClock()), DynamoPeople()
    for n in range(max(RACES // 6, 2)):

        def make(taker: int, client_id: str = f"C{n}") -> bool:
            return post.open_account(AccountRef(P, f"{client_id}-{taker}"), "USD", external_id=client_id)

        ends = at_once([partial(make, taker) for taker in range(8)])
        codes = [end.code for end in ends if isinstance(end, BillfoldError)]
        assert codes == ["external_id_taken"] * 7
        (winner,) = [place for place, end in enumerate(ends) if end is True]
        assert people.accounts_of(P, [f"C{n}"]) == {f"C{n}": f"C{n}-{winner}"}
        made = (money.ledgers.account(AccountRef(P, f"C{n}-{taker}")) for taker in range(8))
        assert sum(account is not None for account in made) == 1


def test_of_taking_a_charge_back_and_posting_to_it_one_is_done(auditor: Auditor, money: Money) -> None:
    asked: dict[str, Any] = {"charge_external_id": "", "on": "2026-03-02"}
    for n in range(max(RACES // 3, 2)):
        account_id = money.open(f"acct-{n}")
        charge_id = money.charge(f"c-{n}", 10000, account_id)
        asked["charge_external_id"] = f"c-{n}"
        raised, taken_back = at_once(
            [
                partial(
                    money.post.adjustment, AccountRef(P, account_id), f"a-{n}", amount_minor=-500, **asked
                ),
                partial(money.correcting.reverse, AccountRef(P, account_id), 1, on="2026-03-02"),
            ]
        )
        codes = [end.code for end in (raised, taken_back) if isinstance(end, BillfoldError)]
        owed: dict[tuple[str, ...], int] = {("charge_reversed",): 0, ("entry_in_use",): 10500}
        assert money.owed(charge_id, account_id) == owed[tuple(codes)]
        assert auditor.violations(account_id, []) == []


def test_webhook_return_page_and_reconcile_race_to_one_credit_and_one_receipt(auditor: Auditor) -> None:
    for n in range(RACES):
        account_id, key = f"acct-{n}", f"key-{n}"
        money = Money(DynamoLedgers(), work=DynamoWorkLists())
        money.open(account_id)
        money.charge(f"c-{n}", 10000, account_id)
        money.start(key, account_id)
        money.processor.take(key)
        if n % 2:
            money.processor.refund(intent_id=f"pi_{key}", refund_id=f"r{n}", amount_minor=10000)
        money.webhook(f"evt-{n}", f"pi_{key}")
        [message] = money.settle_queue.sent
        assert "object" in message, "it has the event's row, so that its worker reads none"
        ends = at_once(
            [
                partial(money.receiving.work_off, P, "stripe", f"evt-{n}", message),
                partial(money.receiving.work_off, P, "stripe", f"evt-{n}", {}),  # sweep's, which reads it
                partial(money.check, key, account_id),
                money.reconciling.reconcile,
            ]
        )
        assert [end for end in ends if isinstance(end, BaseException)] == []
        assert auditor.violations(account_id, logged(money.processor)) == []
        marker = auditor.marker(f"stripe#pi_{key}#succeeded")
        assert marker is not None
        assert marker["due"] == "receipt"
        assert len(money.documents_queue.sent) == 1


def test_13_1_workers_with_the_same_turn_at_once_are_one_round_and_one_credit(auditor: Auditor) -> None:
    """Issue 13, number 1: the row's version decides. Who comes second has settled the same."""
    for n in range(max(RACES // 3, 1)):
        account_id, key = f"acct-{n}", f"key-{n}"
        money = Money(DynamoLedgers(), work=DynamoWorkLists(), rounds=DynamoRounds())
        money.open(account_id)
        money.charge(f"c-{n}", 10000, account_id)
        money.start(key, account_id)
        money.processor.take(key)
        before = money.rounds.latest(P, job("stripe"))
        turn = Turn(P, "stripe", before.version if before else 0)
        ends = at_once([partial(money.turns.take, turn)] * 4)
        assert [end for end in ends if isinstance(end, BaseException)] == []
        assert money.payment(key, account_id).state is State.SUCCEEDED
        after = money.rounds.latest(P, job("stripe"))
        assert after is not None
        assert after.ended_at
        assert auditor.violations(account_id, logged(money.processor)) == []
        calls = len(money.processor.calls)
        money.turns.take(turn)  # doubled, and late
        assert len(money.processor.calls) == calls
        assert money.rounds.latest(P, job("stripe")) == after


def test_clicks_with_one_key_are_one_payment(auditor: Auditor, money: Money) -> None:
    for n in range(max(RACES // 6, 1)):
        account_id = f"acct-{n}"
        money.open(account_id)
        money.charge(f"c-{n}", 10000, account_id)
        wish = money.wish(f"key-{n}", money.quote(account_id))
        ends = at_once([partial(money.paying.start, AccountRef(P, account_id), wish)] * 4)
        assert {end.payment.id for end in ends if isinstance(end, Progress)} == {wish.id}
        assert [end for end in ends if not isinstance(end, Progress)] == []
        assert money.payment(wish.id, account_id).state is State.AWAITING
        assert [a.payment_id for a in money.processor.opened].count(wish.id) == 1
        assert auditor.violations(account_id, []) == []


def test_however_many_payments_are_started_at_once_no_more_than_the_limit_are(auditor: Auditor) -> None:
    """Issue 9, number 7. What loses a race too often is busy, and has started nothing."""
    money = Money(DynamoLedgers(), work=DynamoWorkLists())
    limits = PaymentLimits(Counters(DynamoAccess(), FakeKeys(), money.clock))
    calls = [partial(limits.start, AccountRef(P, "acct"), "person", f"key-{n % 30}") for n in range(60)]
    for _ in range(4):
        ends = at_once(calls)
        assert {type(end) for end in ends} <= {type(None), Busy, Refused}
    started = {call.args[2] for call, end in zip(calls, at_once(calls), strict=True) if end is None}
    assert len(started) == 20


def test_tabs_with_different_keys_can_take_the_money_once_at_most(auditor: Auditor) -> None:
    for n in range(max(RACES // 6, 1)):
        account_id, money = f"acct-{n}", Money(DynamoLedgers(), work=DynamoWorkLists())
        money.open(account_id)
        money.charge(f"c-{n}", 10000, account_id)
        wishes = [money.wish(f"key-{n}-{tab}", money.quote(account_id)) for tab in range(3)]
        at_once([partial(money.paying.start, AccountRef(P, account_id), wish) for wish in wishes])
        payable = [f for f in money.processor.attempts.values() if f.stage is Stage.OPEN]
        assert len(payable) <= 1, "two tabs could both be paid"
        for facts in payable:
            money.processor.take(facts.payment_id)
        money.reconciling.reconcile()
        assert auditor.violations(account_id, logged(money.processor)) == []
