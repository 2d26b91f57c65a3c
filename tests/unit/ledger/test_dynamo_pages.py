"""Pages of a ledger: newest first, each row once, and a cursor opens nothing else."""

import base64
from typing import Any

import pytest

from chalicelib.kernel.account_refs import AccountRef
from chalicelib.kernel.errors import Invalid
from chalicelib.ledger.store.ledgers import DynamoLedgers
from tests.support.money import Money
from tests.support.practice import MAYA, NOAH
from tests.unit.ledger.conftest import Calls

P = Money.practice


@pytest.fixture
def money(calls: Calls) -> Money:
    made = Money(DynamoLedgers())
    made.open()
    return made


def paid(money: Money, key: str = "key-1") -> None:
    money.charge("c1", 10000, insurer_minor=500)
    money.start(key)
    money.processor.take(key)
    money.settle(key)


def test_history_is_paged_newest_first_without_fees_and_ends(money: Money) -> None:
    paid(money)
    for n in range(6):
        money.charge(f"d{n}", 100, date=f"2026-03-0{n + 2}")
    ask: dict[str, Any] = {"since": "2026-03-02", "until": "2026-03-06"}
    seen, cursor = list[str](), None
    for _ in range(10):
        page = money.ledgers.history(MAYA, cursor=cursor, limit=2, **ask)
        seen += [e.entry.draft.occurred_on for e in page.rows]
        cursor = page.next_cursor
        if cursor is None:
            break
    assert seen == [f"2026-03-0{n}" for n in (6, 5, 4, 3, 2)]
    kinds = [e.entry.draft.kind.value for e in money.ledgers.history(
        MAYA, since="2026-01-01", until="2026-12-31", cursor=None, limit=50).rows]  # fmt: skip
    assert sorted(set(kinds)) == ["charge", "payment"]


def test_11_a_page_never_parts_an_entry_from_what_became_of_it(money: Money) -> None:
    for n in range(1, 7):
        money.charge(f"d{n}", 100, date=f"2026-03-0{n}")
    for n in (1, 2, 4, 6):
        about: dict[str, Any] = {"charge_external_id": f"d{n}", "amount_minor": 100, "on": "2026-03-09"}
        money.post.write_off(MAYA, f"w{n}", **about)
    whole: dict[str, Any] = {"since": "2026-03-01", "until": "2026-03-08"}
    for limit in (2, 3, 4, 5, 10):
        seen, cursor = list[tuple[str, str]](), None
        for _ in range(10):
            page = money.ledgers.history(MAYA, cursor=cursor, limit=limit, **whole)
            seen += [(row.entry.draft.occurred_on[-1], row.closing.value) for row in page.rows]
            cursor = page.next_cursor
            if cursor is None:
                break
        assert seen == [
            ("6", "written_off"), ("5", ""), ("4", "written_off"), ("3", ""), ("2", "written_off"),
            ("1", "written_off"),
        ], limit  # fmt: skip


def test_payments_are_paged_newest_first(money: Money) -> None:
    for n in range(5):
        money.cash(f"p{n}", 100, on=f"2026-03-0{n + 1}")
    first = money.ledgers.payments(MAYA, cursor=None, limit=3)
    rest = money.ledgers.payments(MAYA, cursor=first.next_cursor, limit=3)
    assert [p.date[-1] for p in (*first.rows, *rest.rows)] == ["5", "4", "3", "2", "1"]


def test_9_the_payments_of_a_page_are_one_batch(money: Money, calls: Calls) -> None:
    for n in range(3):
        money.cash(f"p{n}", 100, on=f"2026-03-0{n + 1}")
    ids = {p.id for p in money.ledgers.payments(MAYA, cursor=None, limit=3).rows}
    asked = len(calls.made)
    found = money.ledgers.payments_by_id(MAYA, [*ids, *ids, "unknown"])
    assert {id_: paid.id for id_, paid in found.items()} == {id_: id_ for id_ in ids}
    assert [operation for operation, _ in calls.made[asked:]] == ["BatchGetItem"]
    assert money.ledgers.payments_by_id(MAYA, []) == {}
    assert len(calls.made) == asked + 1


def test_a_cursor_never_leaves_its_partition(money: Money) -> None:
    money.open("noah")
    for n in range(3):
        money.charge(f"n{n}", 100, "noah")
        money.charge(f"m{n}", 100, "maya")
    ask: dict[str, Any] = {"since": "2026-01-01", "until": "2026-12-31", "limit": 1}
    of_noah = money.ledgers.history(NOAH, cursor=None, **ask).next_cursor
    assert of_noah is not None
    answer = money.ledgers.history(MAYA, cursor=of_noah, **ask)
    assert all(e.entry.draft.reference.startswith("m") for e in answer.rows)


@pytest.mark.parametrize(
    "inner",
    [
        "", "nonsense", "é", "[]", "7", "null", '"text"', "{}", '{"sk": "E#1"}', "[" * 5000,
        '{"sk": "E#000000000001", "gsi1sk": 7}', '{"sk": "E#000000000001", "gsi1sk": ""}',
        '{"sk": "E#000000000001", "gsi1sk": "PAY#1"}', '{"sk": "ACCT", "gsi1sk": "D#2026-03-01#1"}',
        '{"sk": "E#000000000001", "gsi1sk": "D#1999-01-01#000000000001"}',
        '{"sk": "E#\\ud800", "gsi1sk": "D#2026-03-01#\\ud800"}',
        '{"sk": "E#000000000001", "gsi1sk": "D#2026-03-01#000000000001", "pk": "P#oak#A#noah"}',
    ],
)  # fmt: skip
def test_a_cursor_that_was_not_ours_is_refused_without_asking_the_store(
    money: Money, calls: Calls, inner: str
) -> None:
    cursor = base64.urlsafe_b64encode(inner.encode("utf-8", "surrogatepass")).decode().rstrip("=")
    asked = len(calls.made)
    for text in {cursor, inner}:
        with pytest.raises(Invalid) as caught:
            money.ledgers.history(MAYA, since="2026-01-01", until="2026-12-31", cursor=text, limit=5)
        assert caught.value.code == "cursor_invalid"
    assert len(calls.made) == asked


def test_11_accounts_are_listed_by_the_index_a_hundred_ids_at_a_time(money: Money, calls: Calls) -> None:
    ids = [f"acct-{number:03d}" for number in range(150)]
    for account_id in reversed(ids):
        money.open(account_id)
    ledgers = DynamoLedgers()
    calls.made.clear()
    assert list(ledgers.account_refs(P)) == [AccountRef(P, id_) for id_ in (*ids, "maya")]
    assert [asked["Limit"] for _, asked in calls.made] == [100, 100]
    after = [AccountRef(P, id_) for id_ in (*ids[148:], "maya")]
    assert list(ledgers.account_refs(P, after="acct-147")) == after
    assert list(ledgers.account_refs("elm")) == []
    assert [ledgers.listed(AccountRef(P, id_)) for id_ in ("acct-000", "acct-150")] == [True, False]
