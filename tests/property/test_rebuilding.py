"""Whatever is damaged of an account but its entries is rebuilt from them, and nothing else is changed.

Issue 12, number 4.
"""

import random
from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from typing import Any

import pytest

from chalicelib.kernel.actors import CLI
from chalicelib.kernel.errors import BillfoldError, Refused
from chalicelib.ledger.domain.accounts import Reservation
from chalicelib.ledger.domain.disputes import Dispute
from chalicelib.ledger.domain.history import Sequel
from chalicelib.ledger.domain.payments import State
from chalicelib.ledger.services.facts import CorrectingFacts, FactChanges
from chalicelib.operations.services.alerting import Alerting
from chalicelib.verification.domain.accounts import audit
from chalicelib.verification.services.anchoring import Anchoring
from chalicelib.verification.services.damage import DamageAlerts
from chalicelib.verification.services.rebuilding import Rebuilding
from tests.property.test_undoing import command, left, undo
from tests.support.anchors import MemoryAnchors, heads_of, keep
from tests.support.ledgers import MemoryLedgers, stored
from tests.support.money import Money
from tests.support.seed import SEED
from tests.unit.identity.fakes import FakePeople

RUNS, COMMANDS, DAMAGES = 120, 14, 4
DAY = "2026-03-09"


def rebuilding(money: Money, anchors: MemoryAnchors) -> Rebuilding:
    alerting = Alerting(money.alerts, money.clock)
    anchoring = Anchoring(money.ledgers, anchors, alerting)
    alerts = DamageAlerts(alerting)
    return Rebuilding(money.ledgers, FakePeople(), anchoring, money.register, alerts, money.clock)


def by_card(money: Money, drawn: random.Random, number: int) -> None:
    """Paid, or left waiting; given back in part, or disputed."""
    key = f"key-{number}"
    money.charge(f"k{number}", 4000)
    money.start(key)
    if drawn.random() < 0.3:
        return
    money.processor.take(key)
    money.settle(key)
    what = drawn.random()
    if what < 0.4:
        back_minor = min(700, money.payment(key).amount_minor)
        money.processor.refund(intent_id=f"pi_{key}", refund_id=f"r{number}", amount_minor=back_minor)
    elif what < 0.6:
        taken = min(900, money.payment(key).amount_minor)
        money.processor.dispute(key, id_=f"dp_{number}", taken=taken)
    money.settle(key)


def grown(money: Money, drawn: random.Random) -> None:
    """An account with a history of every kind, and another that it gave credit to."""
    money.open()
    money.open("noah")
    for number in range(COMMANDS):
        with suppress(BillfoldError):
            if drawn.random() < 0.35:
                by_card(money, drawn, number)
            else:
                command(money, drawn, number)
        if drawn.random() < 0.15 and (seqs := left(money)):
            with suppress(Refused):
                undo(money, drawn.choice(seqs))
    with suppress(BillfoldError):
        facts = FactChanges(service="Couples session")
        CorrectingFacts(money.ledgers, money.clock, "cli").correct(
            money.ref(), "fix", charge_external_id="c0", facts=facts, on=DAY
        )
    money.cash("rich", 90_000)
    money.correcting.transfer_credit(
        "given", source=money.ref(), target=money.ref("noah"), amount_minor=300, on=DAY
    )
    for payment in list(money.ledgers.held_payments.values()):
        if payment.state is State.SUCCEEDED and drawn.random() < 0.5 and not payment.outside:
            receipt(money, payment.id)


def receipt(money: Money, payment_id: str) -> None:
    """Its receipt was mailed."""
    of, paid = money.practice, money.payment(payment_id)
    money.ledgers.held_payments[of, "maya", payment_id] = replace(
        paid, receipt_mailed_to="", version=paid.version + 1
    )
    key = f"stripe#{paid.intent_id}#succeeded"
    money.ledgers.notice_sent(of, key)


def snapshot(ledgers: MemoryLedgers) -> dict[str, Any]:
    """All that is kept; but for how often it was written, which rows of nothing to show there are, and what
    no entry has of a marker."""
    return {
        "accounts": {key: replace(account, version=0) for key, account in ledgers.accounts.items()},
        "balances": dict(ledgers.balances),
        "unlisted": set(ledgers.unlisted),
        "entries": dict(ledgers.rows),
        "charges": dict(ledgers.held_charges),
        "payments": {key: replace(paid, version=0) for key, paid in ledgers.held_payments.items()},
        "refunds": {key: replace(row, version=0) for key, row in ledgers.held_refunds.items()},
        "sequels": {key: sequel for key, sequel in ledgers.sequels.items() if sequel.shown},
        "markers": {key: replace(marker, command="") for key, marker in ledgers.movements.items()},
    }


# --- what somebody does to a row -----------------------------------------------------------------

Hurt = Callable[[MemoryLedgers, random.Random], bool]
"""Whether there was something to damage."""
MAYA = "fern", "maya"


def _edit(rows: dict[Any, Any], drawn: random.Random, change: Callable[[Any], Any]) -> bool:
    """One of maya's rows."""
    mine = [key for key in rows if key[:2] == MAYA and change(rows[key]) != rows[key]]
    if mine:
        key = drawn.choice(sorted(mine))
        rows[key] = change(rows[key])
    return bool(mine)


def _drop(rows: dict[Any, Any], drawn: random.Random) -> bool:
    mine = sorted(key for key in rows if key[:2] == MAYA)
    if mine:
        del rows[drawn.choice(mine)]
    return bool(mine)


def _ledger(ledgers: MemoryLedgers, **changes: Any) -> bool:
    account = ledgers.accounts.get(MAYA)
    if account is not None:
        ledgers.accounts[MAYA] = replace(account, ledger=replace(account.ledger, **changes))
    return account is not None


def balance(ledgers: MemoryLedgers, drawn: random.Random) -> bool:
    ledgers.balances[MAYA] = drawn.randrange(1, 10**6)
    return MAYA in ledgers.accounts


def open_items(ledgers: MemoryLedgers, drawn: random.Random) -> bool:
    items = dict(ledgers.accounts[MAYA].ledger.open) if MAYA in ledgers.accounts else {}
    if not items:
        return False
    id_ = drawn.choice(sorted(items))
    item = items.pop(id_)
    if drawn.random() < 0.6:
        items[id_] = replace(item, paid_minor=item.paid_minor + drawn.choice((-50, 50)))
    return _ledger(ledgers, open=items)


def credit(ledgers: MemoryLedgers, drawn: random.Random) -> bool:
    return _ledger(ledgers, credit_minor=drawn.randrange(10**6, 10**7))


def end(ledgers: MemoryLedgers, drawn: random.Random) -> bool:
    """Where the chain ends; not both at once, for then nothing says that no entry is gone."""
    changes: list[dict[str, Any]] = [{"head": "f" * 64}, {"seq": 0}, {"seq": 1}, {"seq": 999}]
    return _ledger(ledgers, **drawn.choice(changes))


def in_flight(ledgers: MemoryLedgers, drawn: random.Random) -> bool:
    account = ledgers.accounts.get(MAYA)
    if account is None:
        return False
    reserved = {} if account.reserved else {"nobody's": Reservation({}, firm=True)}
    ledgers.accounts[MAYA] = replace(account, reserved=reserved)
    return True


def disputed(ledgers: MemoryLedgers, drawn: random.Random) -> bool:
    account = ledgers.accounts.get(MAYA)
    if account is None:
        return False
    named = frozenset[str]() if account.disputed else frozenset({"key-0"})
    ledgers.accounts[MAYA] = replace(account, disputed=named)
    return True


def account_row(ledgers: MemoryLedgers, drawn: random.Random) -> bool:
    return ledgers.accounts.pop(MAYA, None) is not None


def unlisted(ledgers: MemoryLedgers, drawn: random.Random) -> bool:
    ledgers.unlisted.add(MAYA)
    return True


def no_marker(ledgers: MemoryLedgers, drawn: random.Random) -> bool:
    mine = sorted(key for key, m in ledgers.movements.items() if m.account_id == "maya" and m.entry_seq)
    del ledgers.movements[drawn.choice(mine)]
    return True


def marker(ledgers: MemoryLedgers, drawn: random.Random) -> bool:
    mine = sorted(key for key, m in ledgers.movements.items() if m.account_id == "maya" and m.entry_seq)
    key = drawn.choice(mine)
    changes: list[dict[str, Any]] = [
        {"entry_seq": 777},
        {"account_id": "noah"},
        {"payment_id": "x"},
        {"at": ""},
    ]
    ledgers.movements[key] = replace(ledgers.movements[key], **drawn.choice(changes))
    return True


def no_charge(ledgers: MemoryLedgers, drawn: random.Random) -> bool:
    return _drop(ledgers.held_charges, drawn)


def charge(ledgers: MemoryLedgers, drawn: random.Random) -> bool:
    changes: list[dict[str, Any]] = [{"client_minor": 1}, {"service": "?"}, {"seq": 900}, {"facts_seq": 5000}]
    change = drawn.choice(changes)
    return _edit(ledgers.held_charges, drawn, lambda row: replace(row, **change))


def no_sequel(ledgers: MemoryLedgers, drawn: random.Random) -> bool:
    return _drop(ledgers.sequels, drawn)


def sequel(ledgers: MemoryLedgers, drawn: random.Random) -> bool:
    ledgers.sequels[*MAYA, 1] = Sequel(1, "2020-01-01", receipt=True)
    return True


def payment(ledgers: MemoryLedgers, drawn: random.Random) -> bool:
    changes: list[dict[str, Any]] = [
        {"amount_minor": 7}, {"entry_seq": 1}, {"refunded_minor": 3}, {"disputes": (Dispute("dp_x", 5),)},
        {"state": State.FAILED},
    ]  # fmt: skip
    change = drawn.choice(changes)
    credited = {key: paid for key, paid in ledgers.held_payments.items() if paid.state is State.SUCCEEDED}
    done = _edit(credited, drawn, lambda paid: replace(paid, **change))
    ledgers.held_payments |= credited
    return done


def allocation(ledgers: MemoryLedgers, drawn: random.Random) -> bool:
    credited = {key: paid for key, paid in ledgers.held_payments.items() if paid.state is State.SUCCEEDED}
    of = drawn.choice((0, 1))
    done = _edit(
        credited,
        drawn,
        lambda paid: replace(paid, allocation=replace(paid.allocation, shares=paid.allocation.shares[:of])),
    )
    ledgers.held_payments |= credited
    return done


def refund(ledgers: MemoryLedgers, drawn: random.Random) -> bool:
    change = drawn.choice(({"entry_seq": 1}, {"amount_minor": 1}))
    return _edit(ledgers.held_refunds, drawn, lambda row: replace(row, **change))


HURTS: tuple[Hurt, ...] = (
    balance, open_items, credit, end, in_flight, disputed, account_row, unlisted, no_marker, marker,
    no_charge, charge, no_sequel, sequel, payment, allocation, refund,
)  # fmt: skip


@pytest.fixture(params=range(RUNS))
def run(request: pytest.FixtureRequest) -> "Run":
    drawn, money = random.Random(f"{SEED}/{request.param}"), Money()
    grown(money, drawn)
    anchors = MemoryAnchors()
    keep(anchors, "fern", "2026-03-10", heads_of(money.ledgers, "fern"))
    assert list(audit(stored(money.ledgers, money.ref()))) == []
    return money, drawn, anchors


Run = tuple[Money, random.Random, MemoryAnchors]


def test_a_sound_account_is_refused_and_nothing_is_written(run: Run) -> None:
    money, _, anchors = run
    before, commits = snapshot(money.ledgers), money.ledgers.commits
    for account_id in ("maya", "noah"):
        with pytest.raises(Refused, match="nothing_to_rebuild"):
            rebuilding(money, anchors).foresee(money.ref(account_id), "USD")
    assert (snapshot(money.ledgers), money.ledgers.commits) == (before, commits)


def test_what_is_damaged_is_as_it_was_once_it_is_rebuilt(run: Run) -> None:
    money, drawn, anchors = run
    hurts = drawn.sample(HURTS, drawn.randint(1, DAMAGES))
    if account_row not in hurts:  # an import hides it, which its own row alone knows
        money.post.hold(money.ref(), "import-1")
    before = snapshot(money.ledgers)
    print([hurt.__name__ for hurt in hurts if hurt(money.ledgers, drawn)])
    if snapshot(money.ledgers) == before:  # there was nothing of the kind
        return
    service = rebuilding(money, anchors)
    foreseen = service.foresee(money.ref(), "USD")
    assert foreseen.left == []
    assert foreseen.changes
    service.rebuild(foreseen, actor=CLI, note="by hand, JR")
    assert snapshot(money.ledgers) == before
    assert list(audit(stored(money.ledgers, money.ref()))) == []
    with pytest.raises(Refused, match="nothing_to_rebuild"):
        service.foresee(money.ref(), "USD")
