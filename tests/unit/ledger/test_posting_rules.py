"""Every kind of entry: what it debits, what it credits, and what the client owes after it."""

from dataclasses import replace
from typing import Any

import pytest

from chalicelib.kernel.errors import BillfoldError
from chalicelib.ledger.domain import drafts, insurance
from chalicelib.ledger.domain.allocation import Allocation, Share
from chalicelib.ledger.domain.entries import Draft, Entry, OpenItem
from chalicelib.ledger.domain.ledger import Ledger, fold, post
from chalicelib.ledger.domain.lookback import item_from
from tests.support.entries import refund

ON: dict[str, Any] = {"on": "2026-03-05", "reference": "r"}


class Books:
    """One account's ledger and its entries."""

    def __init__(self, currency: str = "USD") -> None:
        self.ledger = Ledger(currency)
        self.entries: list[Entry] = []

    def add(self, draft: Draft) -> Draft:
        self.ledger, entry = post(self.ledger, draft, recorded_at="", actor="")
        self.entries.append(entry)
        assert self.ledger.credit_minor == 0 or not self.ledger.open
        assert fold(self.ledger.currency, self.entries) == self.ledger
        return draft

    def charge(self, id_: str, client_minor: int, insurer_minor: int = 0, since: str = "2026-03-01") -> Draft:
        item = OpenItem(id_, "ada", since)
        return self.add(
            drafts.charge(
                self.ledger, item, client_minor=client_minor, insurer_minor=insurer_minor, reference=id_
            )
        )

    def pay(self, credit_minor: int = 0, **shares: int) -> Draft:
        allocation = Allocation(tuple(Share(*pair) for pair in shares.items()), credit_minor)
        return self.add(drafts.payment(self.ledger, allocation, processor="cash", payment_id="p", **ON))

    def item(self, id_: str) -> OpenItem:
        item = item_from(self.entries, id_)
        assert item is not None
        return item


def rows(draft: Draft) -> list[str]:
    return [f"{p.side.value} {p.book} {p.money.amount_minor}" for p in draft.postings]


@pytest.fixture
def books() -> Books:
    return Books()


def refused(code: str, *call: Any, **facts: Any) -> None:
    with pytest.raises(BillfoldError) as caught:
        call[0](*call[1:], **facts)
    assert caught.value.code == code


def test_a_charge_is_owed_in_its_clients_part_only(books: Books) -> None:
    assert rows(books.charge("c1", 3000, 7000)) == [
        "D client:fee/c1 10000", "C income:fees 10000", "D insurer/c1 7000", "C client:insurance/c1 7000",
    ]  # fmt: skip
    assert books.ledger.balance_minor == 3000
    books.charge("c2", 0, 500)
    assert set(books.ledger.open) == {"c1"}
    refused("amount_invalid", books.charge, "c3", -1, 0)
    refused("amount_invalid", books.charge, "c3", 5, -1)
    refused("amount_invalid", books.charge, "c3", -1, 5)


def test_opening_balances_are_owed_or_held(books: Books) -> None:
    books.add(drafts.opening_credit(books.ledger, 700, **ON))
    assert books.ledger.balance_minor == -700
    item = OpenItem("o1", "", "2026-01-01")
    drafted = books.add(drafts.opening_debt(books.ledger, item, 1000, reference="r"))
    assert rows(drafted) == [
        "D client:fee/o1 1000", "C equity:opening 1000", "D credit 700", "C client:paid/o1 700",
    ]  # fmt: skip
    assert (books.ledger.credit_minor, books.ledger.balance_minor) == (0, 300)


def test_a_payment_pays_its_shares_and_keeps_the_rest_as_credit(books: Books) -> None:
    books.charge("c1", 1000)
    assert rows(books.pay(500, c1=1000)) == ["D processor:cash 1500", "C client:paid/c1 1000", "C credit 500"]
    assert books.ledger.balance_minor == -500
    assert rows(books.charge("c2", 800)) == [
        "D client:fee/c2 800", "C income:fees 800", "D credit 500", "C client:paid/c2 500",
    ]  # fmt: skip
    assert books.ledger.balance_minor == 300


def test_a_refund_opens_again_what_it_takes_back(books: Books) -> None:
    books.charge("c1", 1000, since="2026-01-07")
    books.pay(500, c1=1000)
    taken = Allocation((Share("c1", 200),), 500)
    items = {"c1": books.item("c1")}
    drafted = books.add(refund(books.ledger, taken, items, processor="cash", payment_id="p", **ON))
    assert rows(drafted) == ["D client:paid/c1 200", "D credit 500", "C processor:cash 700"]
    assert books.ledger.open["c1"].since == "2026-01-07"
    assert books.ledger.balance_minor == 200


def test_insurers_money_and_contracts_leave_the_clients_part_alone(books: Books) -> None:
    books.charge("c1", 3000, 7000)
    paid = books.add(insurance.payment(books.ledger, books.item("c1"), insurance.Settled(6000), **ON))
    lost = books.add(insurance.contractual(books.ledger, books.item("c1"), insurance.Settled(600), **ON))
    assert rows(paid) == ["D processor:insurance 6000", "C insurer/c1 6000"]
    assert rows(lost) == ["D income:contractual 600", "C insurer/c1 600"]
    assert books.ledger.balance_minor == 3000


def test_what_the_insurer_leaves_is_the_clients_from_that_day(books: Books) -> None:
    books.charge("c1", 0, 7000)
    left: dict[str, Any] = {"left_minor": 6000, **ON}
    drafted = books.add(insurance.transfer_to_client(books.ledger, books.item("c1"), 2000, **left))
    assert rows(drafted) == ["D client:insurance/c1 2000", "C insurer/c1 2000"]
    assert (books.ledger.open["c1"].owed_minor, books.ledger.open["c1"].since) == (2000, "2026-03-05")
    refused(
        "transfer_above_insurance", insurance.transfer_to_client, books.ledger, books.item("c1"), 5001, **left
    )


@pytest.mark.parametrize(
    ("left_minor", "remainder_minor"), [(7000, 5000), (5000, 5000), (4999, 4999), (1, 1), (0, 0), (-1, 0)]
)
def test_no_more_is_left_to_the_client_than_the_insurer_has_not_settled(
    books: Books, left_minor: int, remainder_minor: int
) -> None:
    books.charge("c1", 0, 5000)
    with pytest.raises(BillfoldError) as caught:
        insurance.transfer_to_client(books.ledger, books.item("c1"), 5001, left_minor=left_minor, **ON)
    assert caught.value.code == "transfer_above_insurance"
    assert (caught.value.field, caught.value.details) == (
        "amount_minor", {"remainder_minor": remainder_minor},
    )  # fmt: skip
    if remainder_minor:
        whole = insurance.transfer_to_client(
            books.ledger, books.item("c1"), remainder_minor, left_minor=left_minor, **ON
        )
        assert books.add(whole) == whole


def test_an_adjustment_lowers_or_raises_and_frees_what_was_paid_too_much(books: Books) -> None:
    books.charge("c1", 1000)
    books.pay(c1=1000)
    drafted = books.add(drafts.adjustment(books.ledger, books.item("c1"), 300, **ON))
    assert rows(drafted) == [
        "D income:adjustments 300", "C client:adjustments/c1 300", "D client:paid/c1 300", "C credit 300",
    ]  # fmt: skip
    raised = books.add(drafts.adjustment(books.ledger, books.item("c1"), -500, **ON))
    assert rows(raised)[2:] == ["D credit 300", "C client:paid/c1 300"]
    assert books.item("c1") == replace(
        books.item("c1"), fee_minor=1000, adjustments_minor=-200, paid_minor=1000
    )
    assert books.ledger.balance_minor == 200
    refused("adjustment_above_fee", drafts.adjustment, books.ledger, books.item("c1"), 1201, **ON)


def test_what_an_adjustment_frees_pays_what_else_is_open(books: Books) -> None:
    books.charge("c1", 1000)
    books.pay(c1=1000)
    books.charge("c2", 100)
    books.add(drafts.adjustment(books.ledger, books.item("c1"), 300, **ON))
    assert (books.ledger.credit_minor, dict(books.ledger.open)) == (200, {})


def test_a_write_off_is_the_practices_loss_and_never_more_than_owed(books: Books) -> None:
    books.charge("c1", 1000)
    drafted = books.add(drafts.write_off(books.ledger, books.item("c1"), 400, **ON))
    assert rows(drafted) == ["D expense:write-offs 400", "C client:adjustments/c1 400"]
    refused("write_off_above_owed", drafts.write_off, books.ledger, books.item("c1"), 601, **ON)
    books.add(drafts.write_off(books.ledger, books.item("c1"), 600, **ON))
    refused("write_off_above_owed", drafts.write_off, books.ledger, books.item("c1"), 1, **ON)


def test_a_processors_fee_is_the_practices_own(books: Books) -> None:
    books.charge("c1", 1000)
    drafted = books.add(drafts.processor_fee(books.ledger, 59, processor="stripe", payment_id="p", **ON))
    assert rows(drafted) == ["D expense:processor-fees 59", "C processor:stripe 59"]
    assert books.ledger.balance_minor == 1000


@pytest.mark.parametrize("amount", [1, -1])
def test_a_fee_of_a_cent_is_spent_or_given_back(books: Books, amount: int) -> None:
    fee = drafts.processor_fee(books.ledger, amount, processor="stripe", payment_id="p", **ON)
    assert {p.book.name: p.debit_minor for p in fee.postings} == {
        "expense:processor-fees": amount, "processor:stripe": -amount,
    }  # fmt: skip


@pytest.mark.parametrize("currency", ["JPY", "KWD"])
def test_currencies_without_cents_or_with_thousandths_post_alike(currency: str) -> None:
    books = Books(currency)
    books.charge("c1", 1001)
    books.pay(1, c1=1001)
    assert books.ledger.balance_minor == -1
    assert {p.money.currency for e in books.entries for p in e.draft.postings} == {currency}


def test_a_closed_charge_is_found_as_it_stands(books: Books) -> None:
    assert item_from(books.entries, "c1") is None
    books.charge("c1", 1000, 200, since="2026-01-01")
    books.pay(c1=1000)
    books.add(insurance.transfer_to_client(books.ledger, books.item("c1"), 50, left_minor=500, **ON))
    assert books.item("c1") == OpenItem("c1", "ada", "2026-03-05", 1200, 150, 0, 1000)
    assert books.ledger.open["c1"] == books.item("c1")
