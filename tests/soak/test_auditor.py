"""The auditor says something about every kind of wrong table, and imports nothing of the product."""

import ast
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.soak import auditor, books, guest_books, saved
from tests.soak.schedule import run
from tests.soak.stage import Stage, product
from tests.soak.store import Item, Key
from tests.soak.world import World

Items = dict[Key, Item]
KIND, POSTINGS = books.FIELDS.index("kind"), books.FIELDS.index("postings")


@pytest.fixture(scope="module")
def world() -> World:
    """A schedule's end at which somebody has paid by card and got something back."""
    app = product()
    for number in range(200):
        outcome = run(app, f"auditor.{number}", calm=True)
        kinds = {row["kind"] for row in Stage.world.log}
        if not outcome.findings and {"captured", "refunded", "fee"} <= kinds and "came back" not in kinds:
            return Stage.world
    raise AssertionError("no schedule had a refund")


def audited(world: World, items: Items) -> list[str]:
    found = auditor.safety(items, world.store.journal, world.log, world.acknowledged)
    return found + auditor.completeness(items, world.log, world.refused, world.mails)


def first(items: Items, start: str, *, kind: str = "") -> Key:
    """The first item whose sort key begins so; of entries, one of that kind."""
    return next(
        key for key, item in sorted(items.items())
        if key[1].startswith(start) and (not kind or json.loads(item["body"]["S"])[KIND] == kind)
    )  # fmt: skip


def body(items: Items, key: Key, change: Callable[[Any], object]) -> None:
    held = json.loads(items[key]["body"]["S"])
    change(held)
    items[key] = {**items[key], "body": {"S": json.dumps(held)}}


def without_a_credit(items: Items) -> None:
    del items[first(items, "E#", kind="payment")]


def with_an_altered_amount(items: Items) -> None:
    body(items, first(items, "E#", kind="charge"), lambda held: held[POSTINGS][0].__setitem__(2, 1))


def with_another_balance(items: Items) -> None:
    key = first(items, "ACCT")
    items[key] = {**items[key], "balance": {"N": "123456"}}


def with_a_reservation_of_nothing(items: Items) -> None:
    key = first(items, "ACCT")
    items[key] = {**items[key], "reserved": {"S": '{"ghost":[{"c":1},true]}'}}


def with_a_payment_stuck(items: Items) -> None:
    body(items, first(items, "PAY#"), lambda held: held.__setitem__("state", "unknown"))


def with_a_payment_refunded_more(items: Items) -> None:
    body(items, first(items, "PAY#"), lambda held: held.__setitem__("refunded_minor", 99_999))


def without_an_acknowledged_event(items: Items) -> None:
    del items[next(key for key in sorted(items) if key[1].startswith("IN#"))]


def without_a_marker(items: Items) -> None:
    del items[next(key for key in sorted(items) if key[1] == "MOV" and "#import#charge#" in key[0])]


def sequel_of(items: Items, charge: Key) -> Key:
    start = f"SQ#{json.loads(items[charge]['body']['S'])['seq']:012d}#"
    return next(
        (key for key in items if key[0] == charge[0] and key[1].startswith(start)), (charge[0], start)
    )


def with_a_charge_that_says_it_was_taken_back(items: Items) -> None:
    key = sequel_of(items, first(items, "CH#"))
    said = items.get(key, {}).get("closing", {"S": ""})["S"]
    items[key] = {**items.get(key, {}), "closing": {"S": "written_off" if said == "reversed" else "reversed"}}


def without_what_became_of_it(items: Items) -> None:
    key, entry = next(
        (key, item) for key, item in sorted(items.items()) if "true]" in item.get("paid", {}).get("S", "")
    )
    items[key] = {**entry, "paid": {"S": entry["paid"]["S"].replace("true]", "false]")}}


TAMPERINGS = (
    without_a_credit, with_an_altered_amount, with_another_balance, with_a_reservation_of_nothing,
    with_a_payment_stuck, with_a_payment_refunded_more, without_an_acknowledged_event, without_a_marker,
    with_a_charge_that_says_it_was_taken_back, without_what_became_of_it,
)  # fmt: skip


@pytest.mark.parametrize("tamper", TAMPERINGS, ids=lambda tamper: tamper.__name__)
def test_the_auditor_speaks_up_about_a_table(world: World, tamper: Callable[[Items], None]) -> None:
    items = dict(world.store.items)
    assert audited(world, items) == []
    tamper(items)
    assert audited(world, items)


def test_no_charge_may_be_written_again_but_with_an_entry_that_corrects_it(world: World) -> None:
    items = dict(world.store.items)
    charge = first(items, "CH#")
    body(items, charge, lambda held: held.__setitem__("service", "another"))
    journal = [*world.store.journal, (charge, items[charge])]
    found = auditor.safety(world.store.items, journal, world.log, world.acknowledged)
    assert found == [f"I6 charge {charge} was changed"]


@pytest.mark.parametrize("kind", ["captured", "refunded", "fee"])
def test_the_auditor_misses_a_movement_that_only_the_processor_knows(world: World, kind: str) -> None:
    row = next(row for row in world.log if row["kind"] == kind)
    log = [*world.log, {**row, "id": "another", "intent": "another"}]
    assert auditor.completeness(world.store.items, log, [], world.mails)


@pytest.mark.parametrize("module", [auditor, books, guest_books])
def test_the_auditor_shares_no_code_with_the_product(module: Any) -> None:
    tree = ast.parse(Path(module.__file__).read_text(encoding="utf-8"))
    named = [node.module or "" for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)]
    named += [alias.name for node in ast.walk(tree) if isinstance(node, ast.Import) for alias in node.names]
    assert not [name for name in named if name.startswith(("chalicelib", "sandbox"))]
    assert {name for name in named if name.startswith("tests")} <= {"tests.soak.books"}


def test_a_debit_that_came_back_without_a_word_to_its_payer_is_found() -> None:
    row = {"kind": "returned", "practice": "fern", "account": "maya", "id": "pi_1", "amount": 100}
    silent = auditor.completeness({}, [row], [], [])
    assert silent == ["1 debits of fern/maya came back, and 0 mails say so"]
    assert auditor.completeness({}, [row], [], ["see http://x/fern/billing?account=maya"]) == []


@pytest.mark.parametrize(
    ("status", "asked", "went", "away", "missed"),
    [
        ("failed", "", False, True, False),
        ("failed", "", False, False, True),
        ("failed", "", True, True, True),
        ("failed", "r1", False, True, True),
        ("pending", "", False, True, True),
        ("succeeded", "", True, True, True),
    ],
)
def test_a_refund_without_a_row_is_found_unless_nobody_could_have_heard_of_it(
    status: str, asked: str, went: bool, away: bool, missed: bool
) -> None:
    made = {"practice": "fern", "id": "re_1", "asked": asked, "status": status}
    log = [{"practice": "fern", "id": "re_1", "kind": "refunded"}] if went else []
    assert bool(list(auditor.refunds_known({}, [made], log, away=away))) is missed


SAVED: dict[str, Any] = {
    "customer_id": "cus_1", "default": "m1",
    "methods": [
        {"id": "m1", "processor_id": "pm_1", "state": "ready", "number": "a"},
        {"id": "m2", "processor_id": "pm_2", "state": "ready", "number": "b"},
    ],
}  # fmt: skip


@pytest.mark.parametrize(
    ("change", "wrong"),
    [
        ({}, ""),
        ({"default": ""}, "default"),
        ({"default": "m3"}, "default"),
        ({"methods": []}, "default"),
        ({"methods": [*SAVED["methods"], {**SAVED["methods"][0], "id": "m3"}]}, "twice"),
        ({"methods": SAVED["methods"][:1]}, "at the processor"),
        ({"methods": [SAVED["methods"][0], {**SAVED["methods"][1], "state": "leaving"}]}, "at the processor"),
    ],
)
def test_what_is_saved_is_audited(change: dict[str, Any], wrong: str) -> None:
    """Issue 15: one default, no number twice, and at rest what the processor holds."""
    items: Items = {("P#fern#PAYERS", "PAYER#ana"): {"body": {"S": json.dumps({**SAVED, **change})}}}
    found = [*saved.safety(items), *saved.completeness(items, {"cus_1": {"pm_1", "pm_2"}})]
    assert any(wrong in each for each in found) if wrong else not found


GUEST = f"g{'0' * 25}"


def guests_items(
    *, matched_to: str = "maya", credit: int = 0, listed: bool = False, paid: bool = True
) -> Items:
    """A guest's 50.00, of which 20.00 went back and 30.00 is with maya."""
    state = "succeeded" if paid else "expired"
    payment = {"state": state, "amount_minor": 5000, "refunded_minor": 2000, "matched_to": matched_to}
    row: Item = {"body": {"S": json.dumps(payment)}}
    if listed:
        row["gsi2pk"] = {"S": "DUE#unmatched#fern#0"}
    items: Items = {
        (f"P#fern#A#{GUEST}", f"PAY#{GUEST}"): row,
        (f"P#fern#A#{GUEST}", "ACCT"): {"credit": {"N": str(credit)}},
        ("P#fern#ACCOUNTS", GUEST): {},
        (f"P#fern#A#{GUEST}", "E#1"): entry("refund", "re_1", -2000),
    }
    if matched_to:
        items["P#fern#A#maya", "E#1"] = entry("guest_payment", f"m-{GUEST}-1", 5000)
        items["P#fern#A#maya", "E#2"] = entry("guest_payment_back", "re_1", -2000)
    return items


def entry(kind: str, reference: str, moved_minor: int) -> Item:
    told = dict.fromkeys(books.FIELDS) | {"seq": 1, "kind": kind, "reference": reference}
    side = "D" if moved_minor > 0 else "C"
    told["postings"] = [["asset:transfers", side, abs(moved_minor), "USD"]]
    return {"body": {"S": json.dumps(list(told.values()))}, "hash": {"S": ""}}


def twice_with_clients(items: Items) -> None:
    items["P#fern#A#noah", "E#1"] = entry("guest_payment", f"m-{GUEST}-2", 5000)


def kept_by_the_client(items: Items) -> None:
    del items["P#fern#A#maya", "E#2"]


def kept_by_the_guest(items: Items) -> None:
    items[f"P#fern#A#{GUEST}", "ACCT"] = {"credit": {"N": "3000"}}


def without_an_account(items: Items) -> None:
    del items["P#fern#ACCOUNTS", GUEST]


@pytest.mark.parametrize(
    ("items", "tamper", "wrong"),
    [
        (guests_items(), twice_with_clients, "is with 2 clients"),
        (guests_items(), kept_by_the_client, "have it"),
        (guests_items(), kept_by_the_guest, "keeps 3000"),
        (guests_items(), without_an_account, "an account"),
        (guests_items(listed=True), None, "does not wait, and is listed"),
        (guests_items(matched_to="", credit=3000), None, "waits, and is not listed"),
        (guests_items(matched_to="", paid=False), None, "is expired, and has 1 entries"),
        (guests_items(), None, ""),
        (guests_items(matched_to="", credit=3000, listed=True), None, ""),
    ],
)  # fmt: skip
def test_guests_money_is_audited(items: Items, tamper: Callable[[Items], None] | None, wrong: str) -> None:
    """Issue 16: in one place, whole, and on the list of what waits while it waits."""
    if tamper:
        tamper(items)
    found = list(guest_books.safety(items))
    assert any(wrong in each for each in found) if wrong else not found, found


def test_a_bill_that_was_paid_twice_and_a_claim_that_is_nobodys_are_found() -> None:
    rows = [{"kind": "captured", "practice": "fern", "payment": name} for name in ("g1", "g2")]
    found = list(
        guest_books.completeness({}, rows, {"b": [("fern", "g1"), ("fern", "g2")]}, [("fern", "g1")])
    )
    assert [each.partition(",")[0] for each in found] == ["bill b was paid 2 times", "I4 fern/g1 was claimed"]


def test_what_was_given_back_may_be_paid_again_and_nothing_twice(world: World) -> None:
    """Schedules 20261201.night.1259 and .1851: a refund made room for another payment of the same service."""
    items = world.store.items
    practice, account = next((a.practice, a.id) for a in books.accounts_of(items) if _charged(a) > 0)
    owed = sum(_charged(a) for a in books.accounts_of(items) if (a.practice, a.id) == (practice, account))

    def of(kind: str, intent: str) -> dict[str, object]:
        who = {"account": account, "payment": f"p-{intent}"} if kind == "captured" else {}
        return {"kind": kind, "practice": practice, "intent": intent, "amount": owed, **who}

    once, again, back = of("captured", "pi_1"), of("captured", "pi_2"), of("refunded", "pi_1")
    assert auditor.paid_once(items, [once]) == []
    assert auditor.paid_once(items, [once, back, again]) == []
    [found] = auditor.paid_once(items, [once, again])
    assert found == f"{(practice, account)} paid {owed} too much"
    assert auditor.paid_once(items, [once, again, of("refunded", "pi_of_nobody")]) == [found]


def _charged(account: books.Account) -> int:
    postings = (row for one in account.bodies() for row in one["postings"])
    return sum(books.signed(row) for row in postings if row[0].startswith("client:fee/"))
