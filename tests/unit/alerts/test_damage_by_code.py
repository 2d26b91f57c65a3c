"""Whatever the runbook says is rebuilt is rebuilt by the command that it prints, code by code.

Issue 12, number 4: a way home for every kind of damage.
"""

import json
import re
from collections.abc import Callable
from typing import Any

import pytest

from chalicelib.entrypoints import jobs
from chalicelib.ledger.services.posting import own_id
from chalicelib.platform.dynamo import keys
from tests.support import runbook
from tests.unit.alerts.town import Town

TURN = 2  # the night in which an idle account is read whole; that it comes is held in tests/unit/daily
KEY = "0b8f1c1e-0000-4000-8000-000000000001"
MARKER = f"P#oak#MOV#stripe#pi_{KEY}#succeeded", "MOV"
CHARGE = f"CH#{own_id('oak', 'charge', 'A1')}"
Damage = Callable[[Town], object]
Rows = dict[tuple[str, str], dict[str, Any]]


@pytest.fixture
def books(town: Town, monkeypatch: pytest.MonkeyPatch) -> Town:
    """C1's service was renamed, paid by card, 5.00 given back and 10.00 disputed; an anchor is there."""
    facts = ("post", "facts", "--practice", "oak", "--client", "C1", "--charge", "A1")
    assert town.world.run(*facts, "--service", "Couples session", "--reason", "it was the couple").status == 0
    paid = town.paid(KEY)
    asked = {"client": "C1", "payment": paid.reference, "amount": "5.00", "left": "150.00"}
    refund = town.typed("A card payment has to be given back", "refund-card", **asked)
    assert town.world.run(*refund).status == 0
    town.processor.dispute(KEY, taken=1000)
    town.hear(KEY)
    monkeypatch.setattr("chalicelib.verification.services.nightly._turn", lambda _: TURN)
    jobs.verify()
    assert town.names() == []
    return town


def own(town: Town, sk: str) -> tuple[str, str]:
    """Where a row of the account stands."""
    return keys.account(town.world.ref("C1")), sk


def edit(sk: str, **changes: object) -> Damage:
    return lambda town: town.edit(own(town, sk)[0], sk, **changes)


def edit_body(sk: str, change: Callable[[Any], object]) -> Damage:
    """Of the row whose sort key begins so."""

    def damage(town: Town) -> None:
        ((where, row),) = [(w, r) for w, r in town.rows().items() if w[1].startswith(sk)]
        held = json.loads(row["body"])
        change(held)
        town.edit(*where, body=json.dumps(held))

    return damage


def drop(town: Town, pk: str, sk: str) -> None:
    assert (pk, sk) in town.rows()
    town.table.delete_item(Key={"pk": pk, "sk": sk})


def no_sequel(town: Town) -> None:
    """The service's new name is shown no more."""
    ((where, _),) = [(w, r) for w, r in town.rows().items() if w[1].startswith("SQ#")]
    drop(town, *where)


def payment(**changes: object) -> Damage:
    return edit_body(f"PAY#{KEY}", lambda held: held.update(changes))


DAMAGES: dict[str, Damage] = {
    "marker_differs": lambda town: drop(town, *MARKER),
    "balance_differs": edit("ACCT", balance=1),
    "open_items_differ": edit("ACCT", open="[[],[]]"),
    "credit_differs": edit("ACCT", credit=7),
    "reservation_differs": edit("ACCT", reserved='{"x":[{},true]}'),
    "disputed_payment_differs": edit("ACCT", disputed='["x"]'),
    "head_differs": edit("ACCT", seq=1),
    "account_unlisted": lambda town: drop(town, keys.accounts("oak"), town.world.account_of("C1")),
    "account_missing": lambda town: drop(town, *own(town, "ACCT")),
    "lookup_differs": lambda town: drop(town, *keys.client_lookup("oak", "C1")),
    "charge_differs": edit_body(CHARGE, lambda held: held.update(client_minor=1)),
    "sequel_differs": no_sequel,
    "allocation_differs": payment(shares=[], credit_minor=15000),
    "payment_amount_differs": payment(amount_minor=14999),
    "payment_credited_wrongly": payment(state="failed"),
    "refunds_differ": payment(refunded_minor=1),
    "disputes_differ": edit_body(f"PAY#{KEY}", lambda held: held["disputes"][0].update(taken_minor=1)),
    "dispute_books_differ": payment(disputes=[]),
    "match_differs": payment(matched_to="somewhere"),
    "refund_differs": edit_body(f"RF#{KEY}#", lambda held: held.update(amount_minor=1)),
    "row_unreadable": edit(CHARGE, body="{}"),
}


# Another row than an idle account's own is read in the account's turn (docs/adr/0032).
IN_TURN = {
    "marker_differs", "lookup_differs", "charge_differs", "sequel_differs", "allocation_differs",
    "payment_amount_differs", "payment_credited_wrongly", "refunds_differ", "disputes_differ",
    "dispute_books_differ", "match_differs", "refund_differs", "row_unreadable",
}  # fmt: skip


def night_called(town: Town) -> int:
    """The night in which a person is called for damage; 0 where nobody is, by the account's turn."""
    for night in range(1, TURN + 1):
        town.clock.advance(days=1)
        jobs.verify()
        if "ledger_broken" in town.names():
            return night
    return 0


def told() -> dict[str, str]:
    """The way home of each code, as the table says it."""
    rows = re.findall(r"^\| (`.*?) \| .+ \| (.+) \|$", runbook.section("ledger_broken").text, re.MULTILINE)
    return {code: way for codes, way in rows for code in re.findall(r"`([a-z_]+)`", codes)}


def test_every_code_that_is_said_to_be_rebuilt_is_tried() -> None:
    assert DAMAGES.keys() == {code for code, way in told().items() if way.startswith("`rebuild`")}


@pytest.mark.parametrize("code", DAMAGES)
def test_what_is_damaged_is_found_called_for_and_rebuilt(books: Town, code: str) -> None:
    before, account = books.rows(), books.world.account_of("C1")
    DAMAGES[code](books)
    found = books.world.run("verify", "--practice", "oak", "--json").events
    assert code in {event["code"] for event in found if event["event"] == "finding"}
    assert night_called(books) == (TURN if code in IN_TURN else 1)
    rest = [name for name in books.names() if name != "ledger_broken"]
    assert len(books.names()) == len(rest) + 1
    (command,) = (c for c in books.commands("ledger_broken", "rebuild") if "--note" in c)
    done = books.run([*command, "--yes"], account=account)
    assert done.status == 0, (done.out, done.err)
    assert books.names() == rest
    assert same(books.rows()) == same(before)
    assert books.world.run("verify", "--practice", "oak").out.startswith("OK")
    if rest:  # the row that says where the chain ends was wrong, and the anchor is of the entries
        assert rest == ["chain_anchor_mismatch"]
        assert code in runbook.section("chain_anchor_mismatch").text
        books.close(books.alerts["chain_anchor_mismatch"])
        books.night()
        assert books.names() == []


def test_an_accounts_own_row_that_cannot_be_read_is_found_the_next_night(books: Town) -> None:
    """However idle the account is."""
    edit("ACCT", open="{")(books)
    assert night_called(books) == 1
    assert books.alerts["ledger_broken"].cause.facts["code"] == "row_unreadable"


def same(rows: Rows) -> Rows:
    """But for alerts, and how often a row was written."""
    kept = {where: row for where, row in rows.items() if row["kind"] != "alert"}
    return {
        where: {k: v for k, v in row.items() if k not in ("version", "sweeps")} for where, row in kept.items()
    }
