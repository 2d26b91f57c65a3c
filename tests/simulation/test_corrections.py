"""Killed at any call, or never heard: asked again, an entry is undone once and credit moves once, whole."""

import json
from collections.abc import Callable

import pytest

from chalicelib.kernel.outside import Busy
from chalicelib.ledger.services.recording import Posted
from chalicelib.ledger.store.ledgers import DynamoLedgers
from tests.simulation.boundary import Boundary, Fault, Killed
from tests.soak import auditor
from tests.soak.books import FIELDS
from tests.support.money import Money

ON = "2026-03-09"
Command = Callable[[Money], Posted]


def undo(money: Money) -> Posted:
    return money.correcting.reverse(money.ref(), 2, on=ON)


def move(money: Money) -> Posted:
    return money.correcting.transfer_credit(
        "t1", source=money.ref(), target=money.ref("noah"), amount_minor=2500, on=ON
    )


COMMANDS: dict[str, tuple[Command, tuple[int, int]]] = {
    "undo": (undo, (10000, 5000)),
    "move": (move, (-500, 2500)),
}


def begun(boundary: Boundary, faults: list[Fault]) -> Money:
    """Maya owes 100.00 and has paid 130.00 in cash, Noah owes 50.00; the faults strike from here on."""
    boundary.begin()
    money = Money(DynamoLedgers())
    money.open()
    money.open("noah")
    money.charge("c1", 10000)
    money.cash("p1", 13000)
    money.charge("n1", 5000, "noah")
    boundary.calls.clear()
    boundary.faults = faults
    return money


def insisted(money: Money, command: Command) -> Posted:
    """Asked again by somebody who was killed, or heard nothing."""
    try:
        return command(money)
    except (Killed, Busy):
        return command(money)


def check(boundary: Boundary, money: Money, balances: tuple[int, int]) -> None:
    about = f"after {boundary.struck}"
    boundary.faults = []
    found = tuple(money.account(id_).ledger.balance_minor for id_ in ("maya", "noah"))
    assert found == balances, about
    assert auditor.safety(boundary.store.items, boundary.store.journal, [], []) == [], about


@pytest.mark.parametrize("name", COMMANDS)
def test_a_kill_or_a_cut_reply_at_any_call_neither_doubles_nor_halves(boundary: Boundary, name: str) -> None:
    command, balances = COMMANDS[name]
    undisturbed = begun(boundary, [])
    assert not command(undisturbed).duplicate
    calls = list(boundary.calls)
    assert calls.count("dynamodb TransactWriteItems") == 1
    check(boundary, undisturbed, balances)
    for place in range(1, len(calls) + 1):
        for after, kill in ((False, True), (True, True), (True, False), (False, False)):
            money = begun(boundary, [Fault(place, after, kill)])
            seq = insisted(money, command).seq
            assert boundary.struck == [calls[place - 1]]
            check(boundary, money, balances)
            assert command(money) == Posted(seq, duplicate=True)
            check(boundary, money, balances)


def tampered(boundary: Boundary, account_id: str, seq: int, field: str, value: object) -> list[str]:
    """What the auditor says when one field of one entry is another."""
    items = dict(boundary.store.items)
    key = (f"P#{Money.practice}#A#{account_id}", f"E#{seq:012d}")
    body = json.loads(items[key]["body"]["S"])
    body[FIELDS.index(field)] = value
    items[key] = {**items[key], "body": {"S": json.dumps(body)}}
    return auditor.safety(items, [], [], [])


def test_the_auditor_sees_a_transfer_of_one_side_and_a_reversal_of_something_else(boundary: Boundary) -> None:
    money = begun(boundary, [])
    move(money)
    assert [f for f in tampered(boundary, "noah", 2, "reference", "t2") if f.startswith("I1 transfer")]
    money = begun(boundary, [])
    undo(money)
    for field, value in (("reverses", 1), ("reverses", None), ("reverses", 3), ("kind", "adjustment")):
        found = tampered(boundary, "maya", 3, field, value)
        assert [f for f in found if "I1 entry 3" in f], (field, value)
