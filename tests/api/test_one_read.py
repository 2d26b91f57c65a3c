"""One answer comes from one read: while staff change the account under it, no answer contradicts itself.

The store lets the office post a command right after every read of the account: whatever reads it twice for
one answer reads two accounts.

Issue 8, number 3.
"""

import random
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from chalicelib.documents.domain.invoices import Invoiced
from chalicelib.documents.domain.superbills import Superbilled
from chalicelib.documents.ports.overviews import OverviewRows, Rows
from chalicelib.documents.services.billing_pages import BillingPages
from chalicelib.documents.store.invoices import DynamoInvoices
from chalicelib.kernel.account_refs import AccountRef
from chalicelib.kernel.errors import BillfoldError
from chalicelib.ledger.domain.accounts import Account
from tests.support.api import Answer, World
from tests.support.ledgers import MemoryLedgers
from tests.support.practice import MAYA
from tests.support.seed import SEED

COMMANDS = 700
AT_ONCE = 4  # as many as the office posts between two reads
KEY = "0b8f1c1e-0000-4000-8000-{:012d}"


class Restless(MemoryLedgers):
    """After each read that is not the office's own, `command` happens."""

    def __init__(self) -> None:
        super().__init__()
        self.command: Callable[[], None] | None = None

    def account(self, ref: AccountRef) -> Account | None:
        found = super().account(ref)
        command, self.command = self.command, None
        if command is not None:
            command()
            self.command = command
        return found


class Uninvoiced(DynamoInvoices):
    """Nothing is on an invoice; the account is read with that, in one call."""

    def __init__(self, ledgers: Restless) -> None:
        self.ledgers = ledgers

    def account_and_invoiced(self, ref: AccountRef) -> tuple[Account | None, Invoiced]:
        return self.ledgers.account(ref), Invoiced()


class Undocumented(OverviewRows):
    """Nothing has been issued; the account is read with that, in one call."""

    def __init__(self, ledgers: Restless) -> None:
        self.ledgers = ledgers

    def rows(self, ref: AccountRef) -> Rows:
        return Rows(self.ledgers.account(ref), Invoiced(), None, Superbilled())


class Office:
    """Charges come and go, are lowered, raised, paid and written off: the open items keep changing."""

    def __init__(self, world: World, seeded: random.Random) -> None:
        self.world, self.random, self.done = world, seeded, 0
        self.charges: list[str] = []

    def __call__(self) -> None:
        for _ in range(AT_ONCE):
            self._one()

    def _one(self) -> None:
        self.done += 1
        number, post = self.done, self.world.post
        about: dict[str, Any] = {"on": "2026-03-09"}
        about["charge_external_id"] = self.random.choice(self.charges or ["none"])
        amount = self.random.choice((100, 2500, 9000))
        commands: tuple[Callable[[], object], ...] = (
            self._charge,
            self._charge,
            lambda: post.adjustment(MAYA, f"a{number}", amount_minor=amount, **about),
            lambda: post.adjustment(MAYA, f"a{number}", amount_minor=-amount, **about),
            lambda: post.write_off(MAYA, f"a{number}", amount_minor=amount, **about),
            lambda: post.external_payment(
                MAYA, f"p{number}", 3 * amount, method="cash", on="2026-03-09"
            ),
        )  # fmt: skip
        try:
            self.random.choice(commands)()
        except BillfoldError:
            self._charge()

    def _charge(self) -> None:
        self.charges = [*self.charges[-9:], f"c{self.done}"]
        self.world.charge("maya", f"c{self.done}", self.random.choice((5000, 12000)))


@pytest.fixture
def ledgers(world: World, request: pytest.FixtureRequest) -> Iterator[Restless]:
    print(f"BILLFOLD_SEED={SEED}")
    made = Restless()
    world.app.ledgers = made  # type: ignore[assignment]
    world.app.__dict__["invoices"] = Uninvoiced(made)
    world.app.billing_pages = BillingPages(
        world.app.practices, Undocumented(made), world.app.overviews, world.app.invoices, world.app.statements
    )
    world.post = world.app.posting("import")
    yield made
    made.command = None


@pytest.fixture
def maya(world: World, ledgers: Restless) -> str:
    cookie = world.person("maya@example.test", "maya")
    ledgers.command = Office(world, random.Random(SEED))
    return cookie


def office(ledgers: Restless) -> Office:
    assert isinstance(ledgers.command, Office)
    return ledgers.command


def contradictions(quote: dict[str, Any]) -> list[str]:
    lines, left_out = quote["lines"], quote["left_out"]
    paid = sum(line["amount_minor"] for line in lines)
    found = [f"a line leaves {line['left_minor']}" for line in lines if line["left_minor"] < 0]
    found += [f"a line pays {line['amount_minor']}" for line in lines if line["amount_minor"] <= 0]
    if paid + quote["credit_minor"] != quote["amount_minor"]:
        found.append(f"{paid} and {quote['credit_minor']} make {quote['amount_minor']}")
    left = sum(line["left_minor"] for line in lines) + sum(part["amount_minor"] for part in left_out)
    if quote["owed_after_minor"] > 0 and quote["owed_after_minor"] < left:
        found.append(f"{left} are left of the lines, {quote['owed_after_minor']} of all")
    return found


def balanced(quote: dict[str, Any]) -> list[str]:
    """Where the whole balance was quoted, the lines are all that was open."""
    left = sum(line["left_minor"] for line in quote["lines"])
    wrong = left or quote["owed_after_minor"] != sum(p["amount_minor"] for p in quote["left_out"])
    return [f"the whole balance leaves {left} and {quote['owed_after_minor']}"] if wrong else []


def good(answer: Answer) -> bool:
    assert answer.status < 500, answer.body
    return answer.status in (200, 201)


def test_quotes_and_stale_ones_under_hundreds_of_commands_never_contradict_themselves(
    world: World, ledgers: Restless, maya: str
) -> None:
    asked, stale = 0, 0
    while office(ledgers).done < COMMANDS:
        quoted = world.quote("maya", maya, type="balance")
        if not good(quoted):
            continue
        asked += 1
        assert contradictions(quoted.body) + balanced(quoted.body) == [], quoted.body
        body = {
            "scope": {"type": "balance"}, "quote": quoted.body["quote"],
            "amount_minor": quoted.body["amount_minor"],
        }  # fmt: skip
        started = world.start("maya", maya, KEY.format(asked), body)
        if started.status == 409 and started.code == "quote_stale":
            stale += 1
            assert contradictions(started.body["quote"]) + balanced(started.body["quote"]) == [], started.body
        good(started)
    assert (asked > COMMANDS // 40, stale > COMMANDS // 80) == (True, True), (asked, stale)


def test_a_balance_and_its_items_are_of_one_moment(world: World, ledgers: Restless, maya: str) -> None:
    while office(ledgers).done < COMMANDS // 4:
        answer = world.call("GET", "/accounts/maya/billing", cookie=maya)
        assert good(answer)
        items, balance = answer.body["items"], answer.body["balance"]
        owed = sum(item["explanation"]["owed_minor"] for item in items)
        payable = sum(item["payable_minor"] for item in items)
        assert (balance["open_minor"], balance["payable_minor"]) == (owed, payable)
        assert balance["owed_minor"] == owed - balance["credit_minor"]
        left_out = sum(part["amount_minor"] for part in answer.body["left_out"])
        assert left_out == owed - payable


def test_a_service_posted_while_the_history_is_read_is_not_called_paid(
    world: World, ledgers: Restless, maya: str
) -> None:
    while office(ledgers).done < COMMANDS // 4:
        before = {charge.id for charge in ledgers.held_charges.values()}
        answer = world.call("GET", "/accounts/maya/history", cookie=maya)
        assert good(answer)
        shown = {row["charge_id"] for row in answer.body["rows"] if row["kind"] == "service"}
        assert shown <= before
