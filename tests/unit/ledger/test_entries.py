"""Entries balance, in one currency, with positive amounts; their chain shows any change."""

import hashlib
from dataclasses import replace
from typing import Any

import pytest

from chalicelib.kernel.errors import Invalid, Refused
from chalicelib.kernel.money import Money
from chalicelib.ledger.domain.drafts import charge
from chalicelib.ledger.domain.entries import (
    CREDIT,
    GENESIS,
    INCOME,
    Book,
    Draft,
    Entry,
    EntryKind,
    OpenItem,
    Part,
    Posting,
    Side,
    client,
    credit,
    debit,
)
from chalicelib.ledger.domain.entry_text import digest, sealed, written
from chalicelib.ledger.domain.ledger import MAX_OPEN_ITEMS, Ledger, apply, fold, post

ITEM = OpenItem("c1", "ada", "2026-03-01")
FEE = client(Part.FEE, "c1")


def draft(*postings: Posting, **facts: Any) -> Draft:
    return Draft(EntryKind.CHARGE, "2026-03-01", postings, **facts)


def code_of(*postings: Posting) -> str:
    with pytest.raises(Invalid) as caught:
        draft(*postings)
    return caught.value.code


def test_an_entry_has_two_sides() -> None:
    assert code_of() == "entry_incomplete"
    assert code_of(debit(FEE, 1, "USD")) == "entry_incomplete"


def test_an_entry_that_does_not_balance_is_refused() -> None:
    assert code_of(debit(FEE, 2, "USD"), credit(INCOME, 1, "USD")) == "entry_unbalanced"
    assert code_of(debit(FEE, 1, "USD"), debit(INCOME, 1, "USD")) == "entry_unbalanced"


def test_an_entry_has_one_currency() -> None:
    assert code_of(debit(FEE, 1, "USD"), credit(INCOME, 1, "EUR")) == "currency_mixed"


@pytest.mark.parametrize("amount", [0, -1, True, 1.0, "1", 100_000_000])
def test_postings_are_of_positive_whole_amounts(amount: Any) -> None:
    for make in (debit, credit):
        with pytest.raises(Invalid) as caught:
            make(FEE, amount, "USD")
        assert caught.value.code == "amount_invalid"


@pytest.mark.parametrize("amount", [0, -1])
def test_a_posting_made_past_the_helpers_is_checked_by_its_entry(amount: int) -> None:
    wrong = Posting(FEE, Side.DEBIT, Money(amount, "USD"))
    other = Posting(INCOME, Side.CREDIT, Money(amount, "USD"))
    assert code_of(wrong, other) == "amount_invalid"


def test_an_entry_in_another_currency_is_refused_by_the_account() -> None:
    made = draft(debit(FEE, 1, "EUR"), credit(INCOME, 1, "EUR"), opens=(ITEM,))
    with pytest.raises(Invalid) as caught:
        post(Ledger("USD"), made, recorded_at="", actor="")
    assert caught.value.code == "currency_mixed"


def test_a_charge_that_is_not_open_cannot_be_paid() -> None:
    made = draft(debit(CREDIT, 1, "USD"), credit(client(Part.PAID, "c9"), 1, "USD"))
    with pytest.raises(Invalid) as caught:
        apply(Ledger("USD", credit_minor=5), Entry(1, made, "", "", GENESIS))
    assert caught.value.code == "charge_not_open"


def test_nothing_is_paid_beyond_what_it_owes_and_credit_is_never_overdrawn() -> None:
    owed = Ledger("USD", open={"c1": replace(ITEM, fee_minor=100)})
    paid = draft(debit(INCOME, 101, "USD"), credit(client(Part.PAID, "c1"), 101, "USD"))
    with pytest.raises(Refused) as caught:
        apply(owed, Entry(1, paid, "", "", GENESIS))
    assert caught.value.code == "item_overpaid"
    spent = draft(debit(CREDIT, 6, "USD"), credit(INCOME, 6, "USD"))
    with pytest.raises(Refused) as caught:
        apply(Ledger("USD", credit_minor=5), Entry(1, spent, "", "", GENESIS))
    assert caught.value.code == "credit_overdrawn"


def test_the_cap_on_open_items_is_said_when_reached() -> None:
    full = Ledger(
        "USD", open={f"x{n}": OpenItem(f"x{n}", "ada", "2026-03-01", 1) for n in range(MAX_OPEN_ITEMS)}
    )
    with pytest.raises(Refused) as caught:
        charge(full, ITEM, client_minor=1, insurer_minor=0, reference="")
    assert (caught.value.code, caught.value.details) == ("too_many_open_items", {"limit": MAX_OPEN_ITEMS})


def chain() -> list[Entry]:
    ledger, entries = Ledger("USD"), list[Entry]()
    for n in range(4):
        item = replace(ITEM, charge_id=f"c{n}")
        made = charge(ledger, item, client_minor=100 + n, insurer_minor=n, reference=f"r{n}")
        ledger, entry = post(ledger, made, recorded_at=f"2026-03-0{n + 1}T00:00:00.000Z", actor="cli")
        entries.append(entry)
    return entries


def test_numbers_have_no_gaps_and_every_entry_names_the_one_before() -> None:
    entries = chain()
    assert [e.seq for e in entries] == [1, 2, 3, 4]
    assert [e.prev_hash for e in entries] == [GENESIS, *(e.hash for e in entries[:-1])]
    assert all(digest(e.text) == e.hash for e in entries)
    assert fold("USD", entries).head == entries[-1].hash


def tampered() -> list[tuple[str, Entry]]:
    entry = chain()[2]
    made = entry.draft
    changed = {
        "seq": replace(entry, seq=9), "recorded_at": replace(entry, recorded_at="2027"),
        "actor": replace(entry, actor="x"), "prev_hash": replace(entry, prev_hash=GENESIS),
    }  # fmt: skip
    drafts = {
        "kind": replace(made, kind=EntryKind.WRITE_OFF),
        "occurred_on": replace(made, occurred_on="2020-01-01"),
        "reference": replace(made, reference="x"), "payment_id": replace(made, payment_id="x"),
        "reason": replace(made, reason="x"), "reverses": replace(made, reverses=1),
        "opens": replace(made, opens=()),
        "since": replace(made, opens=(replace(made.opens[0], since="2020-01-01"),)),
        "service": replace(made, opens=(replace(made.opens[0], service="x"),)),
        "service_on": replace(made, opens=(replace(made.opens[0], service_on="2020-01-01"),)),
        "postings": replace(made, postings=made.postings[::-1]),
        "amount": replace(made, postings=(debit(FEE, 7, "USD"), credit(INCOME, 7, "USD"))),
        "book": replace(made, postings=(replace(made.postings[0], book=CREDIT), *made.postings[1:])),
        "currency": replace(made, postings=tuple(replace(p, money=Money(p.money.amount_minor, "CAD"))
                                                 for p in made.postings)),
    }  # fmt: skip
    return [*changed.items(), *((name, replace(entry, draft=d)) for name, d in drafts.items())]


@pytest.mark.parametrize(("what", "entry"), tampered())
def test_any_change_of_an_entry_shows_in_its_hash(what: str, entry: Entry) -> None:
    assert digest(written(entry)) != entry.hash, what


def test_books_are_named_and_read_back() -> None:
    for book in (CREDIT, FEE, Book("processor:stripe")):
        assert Book.parse(str(book)) == book


def test_the_hash_is_of_a_text_that_anyone_can_write_down() -> None:
    item = OpenItem("c1", "ada", "2026-03-01", 1, 2, 3, 4, "Sitzung für zwei", "2026-02-27")
    made = draft(
        debit(FEE, 700, "USD"), credit(INCOME, 700, "USD"),
        opens=(item,), reference="x1", payment_id="p1", reverses=3, reason="by phone",
    )  # fmt: skip
    text = (
        '[1,4,"charge","2026-03-01","2026-03-02T00:00:00.000Z","Zoë","x1","p1",3,'
        '[["client:fee/c1","D",700,"USD"],["income:fees","C",700,"USD"]],'
        '[["c1","ada","2026-03-01",1,2,3,4,"Sitzung für zwei","2026-02-27"]],"' + "0" * 64 + '","by phone"]'
    )
    entry = sealed(Entry(4, made, "2026-03-02T00:00:00.000Z", "Zoë", GENESIS))
    assert (entry.text, entry.hash) == (text, hashlib.sha256(text.encode()).hexdigest())


def test_an_entry_keeps_who_posted_it_and_when() -> None:
    _, entry = post(Ledger("USD", seq=8, head="h"), chain()[0].draft, recorded_at="2026", actor="staff-7")
    assert (entry.seq, entry.recorded_at, entry.actor, entry.prev_hash) == (9, "2026", "staff-7", "h")


def test_what_is_owed_is_the_fee_less_all_that_lowers_it() -> None:
    assert OpenItem("c1", "ada", "", 10_000, 2_000, 300, 40).owed_minor == 7_660
