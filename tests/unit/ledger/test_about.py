"""11.4 Which charge an entry is about: one rule, for Account History and for statements."""

import pytest

from chalicelib.ledger.domain import corrections, drafts
from chalicelib.ledger.domain.effects import about
from chalicelib.ledger.domain.entries import Draft, Entry, EntryKind, OpenItem
from chalicelib.ledger.domain.ledger import Ledger, post
from tests.support.entries import entry
from tests.support.money import Money

OPEN = {
    "c1": OpenItem("c1", "ada", "2026-03-01", fee_minor=12000),
    "c2": OpenItem("c2", "ada", "2026-03-02", fee_minor=8000),
}
LEDGER = Ledger("USD", open=OPEN)


def posted(draft: Draft) -> tuple[Ledger, Entry]:
    return post(LEDGER, draft, recorded_at="", actor="import")


def test_a_refund_over_two_services_is_about_neither() -> None:
    money = Money()
    money.open()
    money.charge("c1", 12000)
    money.charge("c2", 8000)
    money.cash("p1", 20000)
    money.give_back("r1", "p1", 15000)
    _, _, paid, refund = money.ledgers.entries(money.ref())
    assert {p.book.charge_id for p in refund.draft.postings} - {""} == {
        p.book.charge_id for p in paid.draft.postings
    } - {""}
    assert (about(paid.draft), about(refund.draft)) == ("", "")


def test_credit_that_was_brought_along_is_about_none_of_what_it_then_pays() -> None:
    draft = drafts.opening_credit(LEDGER, 15000, on="2026-03-05", reference="o1")
    assert {p.book.charge_id for p in draft.postings} == {"", "c1", "c2"}
    assert about(draft) == ""
    after, opening = posted(draft)
    paid = {"c1": OpenItem("c1", "ada", "2026-03-01", 12000, paid_minor=12000), "c2": after.open["c2"]}
    undone = corrections.reversal(after, opening, paid, on="2026-03-06")
    assert about(undone) == ""


def test_a_correction_is_about_its_own_charge_and_not_about_what_the_credit_it_frees_pays() -> None:
    item = OpenItem("c3", "ada", "2026-03-01", fee_minor=500, paid_minor=500)
    draft = drafts.adjustment(LEDGER, item, 300, on="2026-03-05", reference="a1")
    assert {p.book.charge_id for p in draft.postings} == {"", "c3", "c1"}
    assert about(draft) == "c3"


@pytest.mark.parametrize(
    ("kind", "rows", "charge_id"),
    [
        (EntryKind.CHARGE, ("D client:fee/c1 5", "C income:fees 5"), "c1"),
        (EntryKind.OPENING_BALANCE, ("D client:fee/c1 5", "C equity:opening 5"), "c1"),
        (EntryKind.INSURANCE_PAYMENT, ("D processor:insurance 5", "C insurer/c1 5"), "c1"),
        (EntryKind.RESPONSIBILITY_TRANSFER, ("D client:insurance/c1 5", "C insurer/c1 5"), "c1"),
        (EntryKind.WRITE_OFF, ("D expense:write-offs 5", "C client:adjustments/c1 5"), "c1"),
        (EntryKind.REVERSAL, ("C expense:write-offs 5", "D client:adjustments/c1 5"), "c1"),
        (
            EntryKind.CREDIT_TRANSFER,
            ("D asset:transfers 5", "C credit 5", "D credit 5", "C client:paid/c1 5"),
            "",
        ),
        (EntryKind.PAYMENT, ("D processor:cash 5", "C client:paid/c1 5"), ""),
        (EntryKind.PROCESSOR_FEE, ("D expense:processor-fees 5", "C processor:stripe 5"), ""),
    ],
)
def test_each_kind(kind: EntryKind, rows: tuple[str, ...], charge_id: str) -> None:
    assert about(entry(*rows, kind=kind).draft) == charge_id
