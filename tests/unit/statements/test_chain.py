"""Statements over random histories: each begins where the last ended, and its lines make up the difference.

Random; the seed is printed by the run and BILLFOLD_SEED draws the same again.
"""

import itertools
import os
import random
import secrets
from datetime import date

import pytest

from chalicelib.domain import issuing
from chalicelib.domain.entries import Entry
from chalicelib.domain.errors import BillfoldError
from chalicelib.domain.ledger import Ledger, fold
from chalicelib.domain.periods import Period
from chalicelib.domain.statements import Carried, Letterhead, Statement
from tests.support.money import Money

SEED = int(os.environ.get("BILLFOLD_SEED") or secrets.randbelow(2**32))
HISTORIES = 60
HEAD = Letterhead("Fern Hill", "", "", "", "Maya", "", "en")


def history(chance: random.Random) -> tuple[list[Entry], Ledger]:
    """A client's months: fees with and without insurers, payments, refunds, adjustments, write-offs."""
    money = Money()
    money.open()
    on = "2026-03-02"
    for step in range(chance.randrange(1, 45)):
        known, paid = f"c{chance.randrange(step + 1)}", f"p{chance.randrange(step + 1)}"
        amount = chance.choice([500, 1000, 2500, 7000])
        commands = (
            lambda s=step, a=amount: money.charge(f"c{s}", a, insurer_minor=chance.choice([0, 0, 3000])),
            lambda s=step, a=amount: money.cash(f"p{s}", a),
            lambda s=step, a=amount, p=paid: money.give_back(f"r{s}", p, a),
            lambda s=step, a=amount, c=known: money.post.adjustment(
                money.practice, "maya", f"a{s}", charge_external_id=c,
                amount_minor=chance.choice([a, -a]), on=on,
            ),
            lambda s=step, a=amount, c=known: money.post.write_off(
                money.practice, "maya", f"w{s}", charge_external_id=c, amount_minor=a, on=on
            ),
            lambda s=step, a=amount, c=known: money.post.insurance_payment(
                money.practice, "maya", f"i{s}", charge_external_id=c,
                paid_minor=a, contractual_minor=chance.choice([0, 200]), to_client_minor=500, on=on,
            ),
            lambda s=step, a=amount: money.post.opening_balance(money.practice, "maya", f"o{s}", -a, on=on),
        )  # fmt: skip
        try:
            chance.choices(commands, weights=(6, 5, 2, 2, 1, 2, 1))[0]()
        except BillfoldError:
            continue
    return list(money.ledgers.entries(money.practice, "maya")), money.account().ledger


def cut(chance: random.Random, entries: list[Entry]) -> list[list[Entry]]:
    """The history in months, some of them empty."""
    places = sorted(chance.randrange(len(entries) + 1) for _ in range(chance.randrange(0, 6)))
    edges = [0, *places, len(entries)]
    return [entries[a:b] for a, b in itertools.pairwise(edges)]


def chain(months: list[list[Entry]]) -> list[tuple[Statement, Carried]]:
    carried, period, made = Carried(Ledger("USD")), Period(2026, 1), []
    for entries in months:
        statement, carried = issuing.issue(
            carried, entries, HEAD, account_id="maya", period=period, at="2026-12-01T00:00:00.000Z"
        )
        made.append((statement, carried))
        period = period.next
    return made


@pytest.mark.parametrize("number", range(HISTORIES))
def test_each_statement_begins_where_the_last_ended(number: int) -> None:
    chance = random.Random(SEED + number)
    print(f"BILLFOLD_SEED={SEED} history {number}")
    entries, ledger = history(chance)
    months = cut(chance, entries)
    made = chain(months)
    owed, seq = 0, 0
    for (statement, carried), month in zip(made, months, strict=True):
        sums = statement.sums
        assert (statement.first_seq, sums.opening_minor) == (seq + 1, owed)
        seq, owed = statement.last_seq, sums.closing_minor
        folded = fold("USD", entries[:seq])
        assert carried.ledger == folded
        assert owed == folded.balance_minor
        lines = issuing.lines(sums.opening_minor, month, {})
        assert sum(line.amount_minor for line in lines) == owed - sums.opening_minor
        assert (lines[-1].balance_minor if lines else sums.opening_minor) == owed
        assert statement.ageing.total_minor == folded.open_minor
        assert statement.pending_minor == sum(map(issuing.pending_effect_minor, entries[:seq]))
    assert (seq, owed) == (len(entries), ledger.balance_minor)


def test_the_sums_are_told_apart() -> None:
    money = Money()
    money.open()
    money.charge("c1", 10_000, insurer_minor=5_000)
    money.cash("p1", 4_000)
    money.post.adjustment(
        money.practice, "maya", "a1", charge_external_id="c1", amount_minor=1_000, on="2026-03-02"
    )
    money.give_back("r1", "p1", 1_500)
    ((statement, _),) = chain([list(money.ledgers.entries(money.practice, "maya"))])
    sums = statement.sums
    assert (sums.opening_minor, sums.charges_minor, sums.payments_minor) == (0, 10_000, 4_000)
    assert (sums.adjustments_minor, sums.refunds_minor, sums.closing_minor) == (-1_000, 1_500, 6_500)
    assert statement.pending_minor == 5_000


def test_what_is_owed_ages_from_the_day_the_client_came_to_owe_it() -> None:
    money = Money()
    money.open()
    for n, day in enumerate(
        ("2026-03-01", "2026-02-28", "2026-01-30", "2026-01-29", "2025-12-31", "2025-12-30")
    ):
        money.charge(f"c{n}", 10**n, date=day)
    money.charge("late", 0, insurer_minor=9_000_000, date="2025-01-01")
    money.post.insurance_payment(
        money.practice, "maya", "i1", charge_external_id="late",
        paid_minor=0, contractual_minor=0, to_client_minor=1_000_000, on="2026-03-20",
    )  # fmt: skip
    entries = list(money.ledgers.entries(money.practice, "maya"))
    statement, _ = issuing.issue(
        Carried(Ledger("USD")), entries, HEAD, account_id="maya", period=Period(2026, 3), at=""
    )
    assert statement.period.last_day == date(2026, 3, 31)
    assert statement.ageing.parts == (1_000_001, 110, 11_000, 100_000)
