"""`billfold export` for other programs: what they add up is what the API answers."""

import csv
from dataclasses import replace
from decimal import Decimal
from pathlib import Path

import pytest
from beancount import loader
from beancount.core import realization

from chalicelib.entrypoints.cli.main import main
from chalicelib.kernel.account_refs import AccountRef
from chalicelib.ledger.services.correcting import Correcting
from chalicelib.payments.ports.processors import Decision
from tests.support.api import World
from tests.support.practice import MAYA, NOAH, PRACTICE

ACCOUNTS = ("maya", "noah", "olga")
KEYS = {account: f"0b8f1c1e-0000-4000-8000-{account:0>12}" for account in ACCOUNTS}


DECIMALS = {"USD": 2, "JPY": 0, "KWD": 3}
# By hand, in minor units. At the desk everybody comes to owe this:
DESK = 12001 + 8003 + 5007 - 13009 + 1003 - 501 + 400 - 77
OWED = {"maya": DESK - 6010 + 1009, "noah": -3003 + 1011, "olga": DESK - 6010 + 6010 - 1011}


@pytest.fixture(params=DECIMALS)
def currency(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
def cookie(world: World, currency: str) -> str:
    """Three accounts with entries of every origin: the desk, insurers, the processor, mistakes put right."""
    world.practice(replace(PRACTICE, currency=currency))
    for account in ACCOUNTS:
        world.post.open_account(AccountRef("fern", account), currency)
    cookie = world.person("payer@example.test", *ACCOUNTS)
    for account in ACCOUNTS:
        _desk(world, account)
        _online(world, account, cookie)
    _aftermath(world)
    return cookie


def _desk(world: World, account: str) -> None:
    post, ref = world.post, AccountRef("fern", account)
    for n, fee in enumerate((12001, 8003, 5007)):
        world.charge(account, f"{account}{n}", fee, insurer_minor=3001, date=f"2026-03-0{n + 1}")
    post.external_payment(ref, f"{account}-p", 13009, method="cash", on="2026-03-04")
    post.external_refund(
        ref,
        f"{account}-r",
        payment_external_id=f"{account}-p",
        amount_minor=1003,
        on="2026-03-05",
    )
    post.adjustment(ref, f"{account}-a", charge_external_id=f"{account}1", amount_minor=501, on="2026-03-05")
    post.insurance_payment(
        ref, f"{account}-i", charge_external_id=f"{account}2", paid_minor=2000,
        contractual_minor=601, to_client_minor=400, on="2026-03-06",
    )  # fmt: skip
    post.write_off(ref, f"{account}-w", charge_external_id=f"{account}2", amount_minor=77, on="2026-03-07")


def _online(world: World, account: str, cookie: str) -> None:
    """Noah pays 3003 more than he owes; the others a part."""
    owed = world.billing(account, cookie)["balance"]["owed_minor"]
    amount = owed + 3003 if account == "noah" else 6010
    world.pay(account, cookie, KEYS[account], type="amount", amount_minor=amount)
    world.processor.take(KEYS[account])
    world.call("POST", f"/accounts/{account}/payments/{KEYS[account]}/check", cookie=cookie)


def _aftermath(world: World) -> None:
    """Part of Maya's payment goes back, Olga's bank takes hers, some of Noah's credit goes to Olga."""
    world.processor.refund(intent_id=f"pi_{KEYS['maya']}", refund_id="r1", amount_minor=1009)
    refunded = world.processor.attempts[f"cs_{KEYS['maya']}"]
    for facts in (refunded, world.processor.dispute(KEYS["olga"], Decision.LOST)):
        world.app.settling.settle("fern", "stripe", facts)
    correcting = Correcting(world.app.ledgers, world.clock, "cli")
    correcting.transfer_credit(
        "t1", source=NOAH, target=AccountRef("fern", "olga"), amount_minor=1011, on="2026-03-10"
    )
    mistake = world.post.external_payment(MAYA, "typo", 999, method="cash", on="2026-03-09")
    correcting.reverse(MAYA, mistake.seq, on="2026-03-10")


def computed(path: Path, currency: str) -> dict[str, Decimal]:
    """Every account's balance as Beancount adds it up from the transactions; it found nothing wrong."""
    entries, errors, _ = loader.load_file(str(path))
    assert errors == []
    real = realization.realize(entries)
    return {
        each.account: each.balance.get_currency_units(currency).number
        for each in realization.iter_children(real, leaf_only=True)
    }


def test_the_exports_balances_are_those_that_the_api_answers(
    world: World, cookie: str, currency: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    capsys.readouterr()
    assert main(["export", "--practice", "fern", "--format", "beancount"]) == 0
    path = tmp_path / "fern.beancount"
    path.write_text(capsys.readouterr().out)
    balances = computed(path, currency)
    answers = {account: world.billing(account, cookie) for account in ACCOUNTS}
    assert {account: answer["balance"]["owed_minor"] for account, answer in answers.items()} == OWED
    for account, answer in answers.items():
        shown = answer["balance"]
        owed = balances[f"Assets:Clients:C-{account}"]
        credit = -balances.get(f"Liabilities:Credit:C-{account}", Decimal(0))
        assert answer["currency"] == currency
        assert (owed, credit) == (
            units(shown["open_minor"], currency),
            units(shown["credit_minor"], currency),
        )
        assert owed - credit == units(shown["owed_minor"], currency)


Sums = dict[str, Decimal]


def added_up_from_hledger(text: str, currency: str) -> tuple[Sums, Sums]:
    """What a journal's postings come to, by account, and what its assertions say they do."""
    sums, asserted = dict[str, Decimal](), dict[str, Decimal]()
    for line in (line for line in text.splitlines() if line.startswith("    ") and ";" not in line):
        name, amount = line.strip().split("  ")
        number, is_, *assertion = amount.split(" ")
        assert is_ == currency
        sums[name] = sums.get(name, Decimal(0)) + Decimal(number)
        if assertion:
            sign, total, of = assertion
            assert (sign, of) == ("=", currency)
            asserted[name] = Decimal(total)
    return sums, asserted


def test_the_hledger_export_adds_up_to_the_same_and_asserts_each_clients_balance(
    world: World, cookie: str, currency: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    capsys.readouterr()
    assert main(["export", "--practice", "fern", "--format", "beancount"]) == 0
    path = tmp_path / "fern.beancount"
    path.write_text(capsys.readouterr().out)
    assert main(["export", "--practice", "fern", "--format", "hledger"]) == 0
    journal = capsys.readouterr().out
    sums, asserted = added_up_from_hledger(journal, currency)
    beancounts = computed(path, currency)
    assert {name: total for name, total in sums.items() if total} == {
        n: t for n, t in beancounts.items() if t
    }
    assert asserted == {
        name: total for name, total in sums.items() if ":C-" in name and "Insurers" not in name
    }
    assert len(asserted) >= len(ACCOUNTS)
    assert "; entry: maya-1\n" in journal
    assert ", reverses: maya-" in journal


def test_the_csv_export_has_every_posting_once_and_no_cell_that_is_a_formula(
    world: World, cookie: str, currency: str, capsys: pytest.CaptureFixture[str]
) -> None:
    world.post.external_payment(MAYA, "=HYPERLINK(1)", 100, method="cash", on="2026-03-09")
    world.post.external_payment(MAYA, "-2", 100, method="cash", on="2026-03-09")
    capsys.readouterr()
    assert main(["export", "--practice", "fern", "--format", "csv"]) == 0
    rows = list(csv.DictReader(capsys.readouterr().out.splitlines()))
    assert {"'=HYPERLINK(1)", "'-2"} <= {row["reference"] for row in rows}
    assert [cell for row in rows for cell in row.values() if cell[:1] in ("=", "+", "-", "@")] == []
    for account in ACCOUNTS:
        stored = world.app.ledgers.account(AccountRef("fern", account))
        assert stored is not None
        own = [row for row in rows if row["account"] == account]
        entries = list(world.app.ledgers.entries(AccountRef("fern", account), last=stored.ledger.seq))
        assert len(own) == sum(len(entry.draft.postings) for entry in entries)
        paid = [row for row in own if row["book"].startswith("client:")]
        net = sum(Decimal(row["debit"] or 0) - Decimal(row["credit"] or 0) for row in paid)
        assert net == units(stored.ledger.open_minor, currency)


def units(amount_minor: int, currency: str) -> Decimal:
    return Decimal(amount_minor).scaleb(-DECIMALS[currency])
