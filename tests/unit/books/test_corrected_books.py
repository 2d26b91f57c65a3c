"""Reversals and transfers of credit in verify, in the Beancount export and on statements."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from chalicelib.documents.domain import statement_lines
from chalicelib.documents.domain.ageing import Ageing
from chalicelib.documents.domain.statements import Statement, Sums
from chalicelib.kernel.account_refs import AccountRef
from chalicelib.kernel.periods import Period
from chalicelib.ledger.domain import beancount
from chalicelib.ledger.domain.accounts import Account
from chalicelib.ledger.domain.entries import Entry, EntryKind, Service
from chalicelib.ledger.domain.entry_text import sealed
from chalicelib.ledger.services.correcting import Correcting
from chalicelib.ledger.services.posting import ChargeFacts, Posting
from chalicelib.ledger.services.roll import Enrolled
from chalicelib.verification.domain.accounts import Stored, audit
from chalicelib.verification.services.verifying import Verifying
from tests.support.clock import FakeClock
from tests.support.ledgers import MemoryLedgers
from tests.support.letterheads import posted
from tests.support.money import meanwhile
from tests.support.practice import MAYA
from tests.unit.books.test_beancount import checked
from tests.unit.books.test_verify import TwoClients, read

ON = "2026-01-15"


@pytest.fixture
def ledgers() -> MemoryLedgers:
    """Maya: a charge undone, a payment undone, and credit of 25.00 that went to Sam, who owed 20.00."""
    made = MemoryLedgers()
    post, correct = Posting(made, FakeClock()), Correcting(made, FakeClock(), "cli")
    for account in ("maya", "sam"):
        post.open_account(AccountRef("fern", account), "USD")
        post.charge(
            AccountRef("fern", account),
            ChargeFacts(f"{account}0", "2026-01-02", "Session", "ada", 2000, 3000),
        )
    post.charge(MAYA, ChargeFacts("maya1", "2026-01-03", "Session", "ada", 0, 5000))
    for n in range(2):
        post.external_payment(MAYA, f"p{n}", 6000, method="check", on="2026-01-09")
    correct.reverse(MAYA, 2, on=ON)
    correct.reverse(MAYA, 4, on=ON)
    transfer(made, "t1", 2500)
    return made


def transfer(ledgers: MemoryLedgers, id_: str, amount_minor: int, source: str = "maya") -> None:
    target = "sam" if source == "maya" else "maya"
    correct = Correcting(ledgers, FakeClock(), "cli")
    correct.transfer_credit(
        id_,
        source=AccountRef("fern", source),
        target=AccountRef("fern", target),
        amount_minor=amount_minor,
        on=ON,
    )


def verifying(ledgers: MemoryLedgers) -> Verifying:
    return Verifying(ledgers, TwoClients(), FakeClock())


def test_corrected_books_are_sound_and_transfers_come_to_nil(ledgers: MemoryLedgers) -> None:
    verified = verifying(ledgers).verify("fern")
    assert verified.findings == ()
    assert verified.trial["asset:transfers", "USD"] == 0
    assert verified.trial["processor:check", "USD"] == 6000


def altered(state: Stored, change: Callable[[Entry], Entry]) -> Stored:
    """The first reversal changed, and the chain after it made anew."""
    account, entries = state.account, state.entries
    place = next(n for n, entry in enumerate(entries) if entry.draft.kind is EntryKind.REVERSAL)
    rows = [*entries[:place], change(entries[place]), *entries[place + 1 :]]
    for n in range(place, len(rows)):
        rows[n] = sealed(replace(rows[n], prev_hash=rows[n - 1].hash))
    account = replace(account, ledger=replace(account.ledger, head=rows[-1].hash))
    return replace(state, account=account, entries=rows)


def named(seq: int | None) -> Callable[[Entry], Entry]:
    return lambda entry: replace(entry, draft=replace(entry.draft, reverses=seq))


def another_kind(entry: Entry) -> Entry:
    return replace(entry, draft=replace(entry.draft, kind=EntryKind.ADJUSTMENT))


@pytest.mark.parametrize("change", [named(None), named(1), named(4), named(5), named(77), another_kind])
def test_a_reversal_that_undoes_nothing_or_something_else_is_named(
    ledgers: MemoryLedgers, change: Callable[[Entry], Entry]
) -> None:
    assert list(audit(read(ledgers))) == []
    codes = [finding.code for finding in audit(altered(read(ledgers), change))]
    assert codes[0] == "reversal_differs"


def test_one_side_of_a_transfer_alone_is_named(ledgers: MemoryLedgers) -> None:
    seq = max(seq for _, account, seq in ledgers.rows if account == "sam")
    entry = ledgers.rows["fern", "sam", seq]
    other = sealed(replace(entry, draft=replace(entry.draft, reference="t9")))
    ledgers.rows["fern", "sam", seq] = other
    account = ledgers.accounts["fern", "sam"]
    ledgers.accounts["fern", "sam"] = replace(account, ledger=replace(account.ledger, head=other.hash))
    findings = verifying(ledgers).verify("fern").findings
    assert [(f.code, f.item) for f in findings] == [
        ("transfer_one_sided", "t1"),
        ("transfer_one_sided", "t9"),
    ]


@pytest.mark.parametrize("source", ["maya", "sam"])
def test_a_transfer_made_while_the_books_are_read_is_not_taken_for_half(
    ledgers: MemoryLedgers, source: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    check = verifying(ledgers)
    first, *others = check.accounts("fern")

    def in_between(*_: object) -> Iterator[Enrolled]:
        yield first
        transfer(ledgers, "t2", 250, source)
        transfer(ledgers, "t3", 250, source)
        yield from others

    monkeypatch.setattr(Verifying, "accounts", in_between)
    assert check.verify("fern").findings == ()


def test_an_account_written_to_while_it_is_read_is_read_again(ledgers: MemoryLedgers) -> None:
    meanwhile(ledgers, "entries", lambda: transfer(ledgers, "t2", 500))
    assert verifying(ledgers).verify("fern").ok


def test_bean_check_accepts_corrections_and_they_name_what_they_undo(
    ledgers: MemoryLedgers, tmp_path: Path
) -> None:
    lines = list(beancount.export("fern", accounts(ledgers)))
    path = tmp_path / "fern.beancount"
    path.write_text("\n".join(lines) + "\n")
    assert (checked(path).returncode, checked(path).stderr) == (0, "")
    assert [line for line in lines if "reverses" in line] == ['  reverses: "maya-2"', '  reverses: "maya-4"']


def accounts(ledgers: MemoryLedgers) -> list[tuple[Account, list[Entry]]]:
    found = [
        (ledgers.account(AccountRef("fern", id_)), list(ledgers.entries(AccountRef("fern", id_))))
        for id_ in ("maya", "sam")
    ]
    return [(account, entries) for account, entries in found if account is not None]


STATEMENT = Statement(
    "maya", Period(2026, 12), "USD", (), False, 0, Sums(0, 0, 0, 0, 0), Ageing(), 0,
    posted("", "", "", "", "", "", "en"), "2027-01-05", "2027-01-05T12:00:00.000Z",
)  # fmt: skip


def test_statements_show_corrections_by_what_they_did(ledgers: MemoryLedgers) -> None:
    entries = list(ledgers.entries(MAYA))
    charges = {id_: Service(c.service, c.date) for (_, _, id_), c in ledgers.held_charges.items()}
    lines = statement_lines.lines(STATEMENT, entries, charges)
    rows = [(line.kind.value, line.service, line.amount_minor) for line in lines]
    assert rows == [
        ("charge", "Session", 2000), ("charge", "Session", 0), ("payment", "", -6000), ("payment", "", -6000),
        ("reversal", "Session", 0), ("reversal", "", 6000), ("credit_transfer", "", 2500),
    ]  # fmt: skip
    sums = statement_lines.sums(0, entries)
    assert (sums.charges_minor, sums.payments_minor, sums.adjustments_minor) == (2000, 12000, 8500)
    other = list(ledgers.entries(AccountRef("fern", "sam")))
    listed = statement_lines.lines(STATEMENT, other, charges)
    assert [(line.kind.value, line.service) for line in listed][-1] == (
        "credit_transfer", "",
    )  # fmt: skip
