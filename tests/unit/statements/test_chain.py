"""Statements over random dates of what happened and of when it was entered: each entry on exactly one,
each begun where the last ended, and every sentence true of its period.

Random; the seed is printed by the run and BILLFOLD_SEED draws the same again.

Issue 8, number 8.
"""

import contextlib
import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, timedelta
from typing import Any

import pytest

from chalicelib.documents.domain.spans import numbers
from chalicelib.documents.domain.statements import Outcome, Statement, StatementData
from chalicelib.documents.pdf.statement import page_of
from chalicelib.kernel.errors import BillfoldError
from chalicelib.kernel.formatting import date_text, money_text
from chalicelib.kernel.money import Money
from chalicelib.kernel.periods import Period
from chalicelib.ledger.domain.effects import effect_minor, pending_effect_minor
from chalicelib.ledger.domain.entries import Entry, EntryKind, Part
from chalicelib.ledger.domain.ledger import fold
from chalicelib.ledger.services.correcting import Correcting
from chalicelib.ledger.services.posting import ChargeFacts
from tests.support.practice import MAYA, NOAH
from tests.support.saving import put_practice
from tests.support.seed import SEED
from tests.unit.statements.world import World

HISTORIES = 60
BEGUN, MONTHS = date(2026, 1, 1), 7


@dataclass(frozen=True)
class Made:
    """A statement, how many entries there were when it was made, and what was printed."""

    statement: Statement
    entered: int
    data: StatementData


class History:
    """A client's months: what happens is entered days before or weeks after it; statements come in between,
    for most of the months, on whatever day somebody runs them."""

    def __init__(self, chance: random.Random) -> None:
        self.chance, self.world, self.made = chance, World(0), list[Made]()
        put_practice(self.world.practices, replace(self.world.practice, skip_zero_statements=False))
        for account in ("maya", "noah"):
            self.world.client(account, fee_minor=0)
        self.correcting = Correcting(self.world.ledgers, self.world.clock, "cli")
        self.period = Period.of(BEGUN)
        self.step = 0

    def play(self) -> None:
        last = Period.of(BEGUN + timedelta(days=30 * MONTHS))
        for day in range(30 * MONTHS):
            self.today = BEGUN + timedelta(days=day)
            self.world.clock.at = self.world.clock.at.replace(
                year=self.today.year, month=self.today.month, day=self.today.day, tzinfo=UTC
            )
            for _ in range(self.chance.choice([0, 0, 0, 1, 2])):
                self.enter()
            while self.period.next <= Period.of(self.today) and self.chance.random() < 0.2:
                if self.chance.random() < 0.8:
                    self.issue(self.period)
                self.period = self.period.next
        self.issue(last.next.next)  # what is dated ahead is on this one at the latest

    def enter(self) -> None:
        self.step += 1
        step, chance, post = self.step, self.chance, self.world.post
        on = (self.today + timedelta(days=chance.choice([-400, -45, -20, -6, -2, 0, 0, 0, 3, 9]))).isoformat()
        known, paid = f"c{chance.randrange(step + 1)}", f"p{chance.randrange(step + 1)}"
        amount, insurer = chance.choice([500, 1_000, 2_500, 7_000]), chance.choice([0, 0, 3_000])
        maya, noah = MAYA, NOAH
        facts = ChargeFacts(f"c{step}", on, "Individual session", "ada", amount, insurer)
        commands: tuple[Callable[[], object], ...] = (
            lambda: post.charge(maya, facts),
            lambda: post.external_payment(maya, f"p{step}", amount, method="cash", on=on),
            lambda: post.external_payment(
                maya, f"p{step}", amount, method="check", on=on, charge_external_ids=[known]
            ),
            lambda: post.external_refund(
                maya, f"r{step}", payment_external_id=paid, amount_minor=amount, on=on
            ),
            lambda: post.adjustment(
                maya, f"a{step}", charge_external_id=known, on=on,
                amount_minor=chance.choice([300, -300]),
            ),
            lambda: post.write_off(
                maya, f"w{step}", charge_external_id=known, amount_minor=amount, on=on
            ),
            lambda: post.insurance_payment(
                maya, f"i{step}", charge_external_id=known,
                paid_minor=chance.choice([0, 1_000]), contractual_minor=200, to_client_minor=500, on=on,
            ),
            lambda: post.opening_balance(maya, f"o{step}", chance.choice([-900, 900]), on=on),
            lambda: self.correcting.reverse(maya, chance.randrange(1, step + 1), on=on),
            lambda: self.correcting.transfer_credit(
                f"t{step}", source=maya, target=noah, amount_minor=100, on=on
            ),
        )  # fmt: skip
        with contextlib.suppress(BillfoldError):
            chance.choices(commands, weights=(7, 4, 2, 2, 1, 1, 3, 1, 1, 1))[0]()

    def issue(self, period: Period) -> None:
        world = self.world
        practice, client = world.practices.practice("fern"), world.people.client("fern", "maya")
        assert practice is not None
        assert client is not None
        assert world.issuing.issue(practice, period, client).outcome is Outcome.PENDING
        account = world.ledgers.account(MAYA)
        assert account is not None
        world.delivering.deliver(MAYA, period)
        world.filing.render(MAYA, period)
        self.made.append(
            Made(world.statement("maya", period), account.ledger.seq, world.renderer.set["maya", period])
        )

    @property
    def entries(self) -> list[Entry]:
        return list(self.world.ledgers.entries(MAYA))


@pytest.fixture(scope="module", params=range(HISTORIES))
def history(request: pytest.FixtureRequest) -> History:
    print(f"BILLFOLD_SEED={SEED} history {request.param}")
    made = History(random.Random(SEED + request.param))
    made.play()
    return made


def dated_by(entries: Sequence[Entry], day: date) -> list[Entry]:
    return [entry for entry in entries if entry.draft.occurred_on <= day.isoformat()]


def test_every_entry_is_on_the_first_statement_after_it_was_entered_whose_period_ends_on_its_date_or_after(
    history: History,
) -> None:
    on: dict[int, list[Period]] = {entry.seq: [] for entry in history.entries}
    for made in history.made:
        for seq in numbers(made.statement.covered):
            on[seq].append(made.statement.period)
    for entry in history.entries:
        able = (
            made.statement.period
            for made in history.made
            if entry.seq <= made.entered
            and entry.draft.occurred_on <= made.statement.period.last_day.isoformat()
        )
        assert on[entry.seq] == [next(able)]


def test_opening_and_what_happened_come_to_the_closing_which_is_the_next_opening(history: History) -> None:
    entries, closing_minor = history.entries, 0
    for number, made in enumerate(history.made):
        sums, period = made.statement.sums, made.statement.period
        covered = dated_by(entries[: made.entered], period.last_day)
        if number == 0:
            brought = (e for e in covered if _brought_along(e, period))
            closing_minor = sum(map(effect_minor, brought))
        assert sums.opening_minor == closing_minor
        closing_minor = sum(map(effect_minor, covered))
        assert sums.closing_minor == closing_minor
        lines = made.data.lines
        assert sums.opening_minor + sum(line.amount_minor for line in lines) == sums.closing_minor
        assert (lines[-1].balance_minor if lines else sums.opening_minor) == sums.closing_minor
    account = history.world.ledgers.account(MAYA)
    assert account is not None
    assert closing_minor == account.ledger.balance_minor


def _before(entry: Entry, period: Period) -> bool:
    return entry.draft.occurred_on < period.first_day.isoformat()


def _brought_along(entry: Entry, period: Period) -> bool:
    return _before(entry, period) or entry.draft.kind is EntryKind.OPENING_BALANCE


def test_every_sentence_is_true_of_its_period(history: History) -> None:
    for number, made in enumerate(history.made):
        _check_words(history.entries[: made.entered], made, first=number == 0)


def _check_words(entries: list[Entry], made: Made, *, first: bool) -> None:
    page: dict[str, Any] = page_of(made.data)
    period, lines = made.statement.period, made.data.lines
    known = dated_by(entries, period.last_day)
    owed = sum(map(effect_minor, known))
    day = date_text(period.last_day.isoformat(), "en")
    words = f"Owed on {day}" if owed >= 0 else f"Credit with the practice on {day}"
    assert (page["headline"]["label"], page["headline"]["text"]) == (words, money(abs(owed)))
    late = [line for line in lines if line.date < period.first_day.isoformat()]
    assert [line for line in lines if line.late] == late
    assert bool(page["summary"]["note"]) == bool(late)
    assert not (first and late)
    assert all(line.date <= period.last_day.isoformat() for line in lines)
    assert [line.date for line in lines] == sorted(line.date for line in lines)
    happened = any(
        effect_minor(entry) and not (_brought_along(entry, period) if first else _before(entry, period))
        for entry in known
    )
    assert lines or not happened, "nothing in the period is said to have changed what is owed"
    expected = sum(map(pending_effect_minor, known))
    assert (page["insurance"] is not None) == (expected > 0)
    if page["insurance"]:
        assert f"on {day}: {money(expected)}." in page["insurance"]["text"]
    _check_ages(entries, made, page)


def _check_ages(entries: list[Entry], made: Made, page: dict[str, Any]) -> None:
    """Open now, and owed then: charge by charge, from all its postings."""
    last, parts = made.statement.period.last_day, [0, 0, 0, 0]
    for item in fold("USD", entries).open.values():
        then = sum(
            p.debit_minor
            for entry in dated_by(entries, last)
            for p in entry.draft.postings
            if p.book.charge_id == item.charge_id and p.book.name in set(Part)
        )
        days = (last - date.fromisoformat(item.since)).days
        if days >= 0:
            parts[sum(days > limit for limit in (30, 60, 90))] += max(min(item.owed_minor, then), 0)
    assert list(made.statement.ageing.parts) == parts
    settled = made.statement.sums.closing_minor > 0 and not sum(parts)
    assert bool(page["headline"]["note"]) == settled
    assert [row["text"] for row in page["ageing"]["rows"]] == (
        [money(part) for part in parts] if any(parts) else []
    )


def money(amount_minor: int) -> str:
    return money_text(Money(amount_minor, "USD"), "en")


def test_the_histories_have_late_entries_and_some_that_wait() -> None:
    chance = random.Random(1)
    played = [History(chance) for _ in range(8)]
    for history in played:
        history.play()
    made = [made.statement for history in played for made in history.made]
    assert sum(statement.late for statement in made) > 20
    assert sum(len(statement.covered) > 1 for statement in made) > 10
    assert any(statement.sums.closing_minor < 0 for statement in made)
    kinds = {entry.draft.kind for history in played for entry in history.entries}
    assert len(kinds) >= 10
