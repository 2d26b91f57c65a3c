"""What is on an invoice, how it stands, and which services go together: rules alone (issue 14)."""

from dataclasses import replace

import pytest

from chalicelib.documents.domain import invoices as rules
from chalicelib.documents.domain.invoices import (
    Days,
    DraftInvoice,
    Glance,
    Grouping,
    Invoice,
    Invoiced,
    InvoiceLetterhead,
    InvoiceLine,
    InvoicePaper,
    InvoiceSums,
    Status,
    Void,
)
from chalicelib.kernel.account_refs import AccountRef
from chalicelib.kernel.errors import Refused
from chalicelib.ledger.domain.accounts import Account
from chalicelib.ledger.domain.asked import Asked, ItemKind, ItemRef, Mark
from chalicelib.ledger.domain.entries import EntryKind, OpenItem
from chalicelib.ledger.domain.ledger import Ledger
from chalicelib.practice.domain.notices import NOTICE_IDS, Place, texts_at
from chalicelib.practice.domain.practices import Client
from tests.support.entries import entry
from tests.support.letterheads import of_invoice
from tests.support.practice import PRACTICE

CLIENT = Client(
    "maya", "C-7", "Maya O.", "maya@example.test", "es", "5 Oak Lane", preferred_name="May",
    guarantor_name="Ada O.",
)  # fmt: skip
HEAD = of_invoice("Fern", "1 Elm", "555", "a@b.test", "Maya", "5 Oak", "", "en")
LINES = (
    InvoiceLine("c2", "2026-10-07", "Talk", "Ada", 15_000, 9_000, 500, 1_000, 200),
    InvoiceLine("c1", "2026-10-03", "Talk", "Ada", 8_000),
)


def item(id_: str, on: str, clinician: str = "ada", fee: int = 10_000, paid: int = 0) -> OpenItem:
    return OpenItem(id_, clinician, on, fee, paid_minor=paid, service="Individual session", service_on=on)


def ledger(*items: OpenItem) -> Ledger:
    return replace(Ledger("USD"), open={one.charge_id: one for one in items})


def drafted(lines: tuple[InvoiceLine, ...] = LINES) -> Invoice:
    paper = InvoicePaper(HEAD, lines)
    return DraftInvoice("maya", "USD", "2026-11-05", "2026-12-05", "at", paper).numbered(17)


def test_sums_are_of_all_lines_and_explain_what_is_owed() -> None:
    assert [line.owed_minor for line in LINES] == [4_500, 8_000]
    sums = InvoiceSums.of(LINES)
    assert sums == InvoiceSums(23_000, 9_000, 500, 1_000)
    assert sums.owed_minor == 12_500


def test_a_draft_under_its_number_says_all_that_its_paper_does() -> None:
    made = drafted()
    assert made == Invoice(
        17, "maya", "USD", "2026-11-05", "2026-12-05", "at", "2026-10-03", "2026-10-07", 2,
        InvoiceSums.of(LINES), InvoicePaper(HEAD, LINES).digest, template=1,
    )  # fmt: skip
    assert (made.id, made.ref("fern")) == ("invoice-17", AccountRef("fern", "maya"))
    assert Void(17, "maya", "2026-11-06", "at", "cli").ref("fern") == AccountRef("fern", "maya")


def test_it_keeps_the_version_of_its_page(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rules, "TEMPLATE", 2)
    assert drafted().template == 2


def test_the_digest_is_of_every_word_and_not_of_fields_that_joined_later() -> None:
    """Papers that were issued before a field was there have the same digest as ever."""
    digest = InvoicePaper(HEAD, LINES).digest
    assert digest != InvoicePaper(replace(HEAD, client_name="Ada"), LINES).digest
    assert digest != InvoicePaper(HEAD, LINES[:1]).digest
    assert digest != InvoicePaper(replace(HEAD, practice_legal_name="Fern PLLC"), LINES).digest
    assert digest != InvoicePaper(replace(HEAD, pay_at="https://b.test"), LINES).digest
    plain = InvoicePaper(HEAD, (replace(LINES[1], service="Tälk"),))
    assert plain.digest == "651beeaf9534a23582bdd13e41e7bd43ef27245c763f56c86d5bf7db403caddb"


def test_what_is_invoiced_is_known_by_charge_and_forgotten_with_a_void() -> None:
    first = Invoiced().with_invoice(drafted(), ("c1", "c2"))
    assert first.charges == {"c1": 17, "c2": 17}
    assert first.on(17) == {"c1", "c2"}
    assert first.on(16) == frozenset()
    second = first.with_charges(18, ["c3"])
    assert second.without(17).charges == {"c3": 18}
    assert second.without(17).latest == first.latest == (Glance.of(drafted()),)


def test_a_glance_says_what_an_overview_shows() -> None:
    glance = Glance.of(drafted())
    assert glance == Glance(17, "USD", "2026-11-05", "2026-12-05", 12_500)
    assert glance.id == "invoice-17"


def test_only_the_latest_are_at_hand_the_last_issued_first() -> None:
    invoiced = Invoiced()
    for number in range(1, 6):
        invoiced = invoiced.with_invoice(replace(drafted(), number=number), [f"c{number}"])
    assert [glance.number for glance in invoiced.latest] == [5, 4, 3]


def test_an_account_has_ten_thousand_services_on_invoices_and_no_more() -> None:
    full = Invoiced({f"c{number}": 1 for number in range(rules.MAX_INVOICED - 1)})
    assert len(full.with_charges(2, ["last"]).charges) == rules.MAX_INVOICED == 10_000
    assert full.with_charges(2, ["c1", "last"]).charges["c1"] == 2
    with pytest.raises(Refused) as refused:
        full.with_charges(2, ["last", "beyond"])
    assert (refused.value.code, refused.value.details) == ("too_many_invoiced", {"limit": 10_000})


@pytest.mark.parametrize(
    ("owed", "status"),
    [
        ((4_500, 8_000), Status.OPEN),
        ((4_500, 9_000), Status.OPEN),  # a fee was raised since
        ((1, 8_000), Status.PARTLY_PAID),
        ((0, 8_000), Status.PARTLY_PAID),
        ((0, 0), Status.PAID),
    ],
)
def test_how_an_invoice_stands_is_told_by_the_ledger(owed: tuple[int, int], status: Status) -> None:
    made = drafted()
    invoiced = Invoiced().with_invoice(made, ("c1", "c2")).with_charges(18, ["c9"])
    books = ledger(
        *(item(f"c{n}", "2026-10-01", fee=minor) for n, minor in zip((1, 2), owed, strict=True) if minor),
        item("c9", "2026-10-01"),
    )
    found = rules.standing(made, invoiced, books)
    assert (found.invoice, found.status, found.owed_minor, found.mark) == (made, status, sum(owed), None)


def test_of_a_void_one_nothing_is_asked_though_its_services_are_owed() -> None:
    made = drafted()
    books = ledger(item("c1", "2026-10-01"))
    assert rules.standing(made, Invoiced(), books).status is Status.VOID
    assert rules.standing(made, Invoiced(), books).owed_minor == 0


def test_it_shows_the_questions_about_it_and_no_other() -> None:
    account = Account(
        "maya", Ledger("USD"), asked={"q1": Asked(ItemRef(ItemKind.INVOICE, "invoice-17"))}
    )  # fmt: skip
    found = rules.standing(drafted(), Invoiced(), account.ledger)
    assert rules.marked(found, account).mark is Mark.WAITING
    other = rules.standing(replace(drafted(), number=18), Invoiced(), account.ledger)
    assert rules.marked(other, account).mark is None


def test_days_have_their_first_and_not_the_day_after_their_last() -> None:
    days = Days("2026-10-01", "2026-11-01")
    held = [days.has(day) for day in ("2026-09-30", "2026-10-01", "2026-10-31", "2026-11-01")]
    assert held == [False, True, True, False]


def test_open_to_invoice_is_what_is_owed_and_on_none_by_the_days_of_service() -> None:
    books = ledger(
        item("b", "2026-10-05"), item("a", "2026-10-05"), item("late", "2026-11-02"),
        item("old", "2026-09-30"), item("brought", "2026-10-02", clinician=""), item("on", "2026-10-03"),
    )  # fmt: skip
    invoiced = Invoiced().with_charges(3, ["on"])
    every = [one.charge_id for one in rules.open_to_invoice(books, invoiced)]
    assert every == ["old", "brought", "a", "b", "late"]
    days = Days("2026-10-01", "2026-11-01")
    assert [one.charge_id for one in rules.open_to_invoice(books, invoiced, days)] == ["a", "b"]


@pytest.mark.parametrize(
    ("grouping", "wanted"),
    [
        (Grouping.CLIENT, [["a", "b", "c", "d"]]),
        (Grouping.SESSION, [["a"], ["b"], ["c"], ["d"]]),
        (Grouping.DAY, [["a", "b"], ["c"], ["d"]]),
        (Grouping.MONTH, [["a", "b", "c"], ["d"]]),
    ],
)
def test_services_go_together_as_the_grouping_says(grouping: Grouping, wanted: list[list[str]]) -> None:
    days = {"a": "2026-10-01", "b": "2026-10-01", "c": "2026-10-02", "d": "2026-11-01"}
    found = rules.grouped([item(id_, day) for id_, day in days.items()], grouping)
    assert [[one.charge_id for one in some] for some in found] == wanted


def test_more_than_four_hundred_services_go_on_several() -> None:
    found = rules.grouped([item(f"c{n}", "2026-10-01") for n in range(801)], Grouping.CLIENT)
    assert [len(some) for some in found] == [400, 400, 1]
    assert sum(found, ())[400].charge_id == "c400"


def test_the_paper_names_the_client_as_they_like_and_the_service_in_their_language() -> None:
    practice = replace(PRACTICE, service_names={"Individual session": {"es": "Sesión individual"}})
    practice = replace(practice, payments_enabled=True, notices=dict.fromkeys(NOTICE_IDS, True))
    items = [
        replace(item("c1", "2026-10-01", paid=500), insurance_minor=300, adjustments_minor=70),
        OpenItem("brought", "", "2026-09-01", 4_000),
    ]
    paper = rules.paper(
        practice, CLIENT, items, {"c1": 60}, notices=("Dispute it.",), pay_at="https://b.test"
    )
    head = paper.letterhead
    assert (head.client_name, head.guarantor_name, head.client_address) == ("May", "Ada O.", "5 Oak Lane")
    assert (head.locale, head.pay_at) == ("es", "https://b.test")
    law = texts_at(practice, Place.INVOICE, "es")
    assert law
    assert head.notices == (*law, "Dispute it.")
    assert (head.practice_name, head.practice_email) == (practice.name, practice.email)
    assert paper.lines == (
        InvoiceLine("c1", "2026-10-01", "Sesión individual", "Ada Moss, LCSW", 10_000, 300, 70, 500, 60),
        InvoiceLine("brought", "2026-09-01", "", "", 4_000),
    )


def test_who_takes_no_payments_online_prints_no_page_to_pay_at() -> None:
    practice = replace(PRACTICE, payments_enabled=False)
    client = replace(CLIENT, preferred_name="")
    head = InvoiceLetterhead.about(practice, client, pay_at="https://b.test")
    assert (head.pay_at, head.client_name) == ("", "Maya O.")


def test_what_was_written_off_counts_until_it_is_taken_back() -> None:
    """Issue 14: reasons of adjustments. Other adjustments, and what undoes them, are none."""
    off = ("C client:adjustments/c1 300", "D expense:write-offs 300")
    lowered = ("C client:adjustments/c1 50", "D income:adjustments 50")
    back = ("D client:adjustments/c1 300", "C expense:write-offs 300")
    entries = [
        replace(entry(*rows, kind=kind), seq=seq)
        for seq, (kind, rows) in enumerate(
            [(EntryKind.WRITE_OFF, off), (EntryKind.ADJUSTMENT, lowered), (EntryKind.WRITE_OFF, off)], start=1
        )
    ]
    assert rules.written_off(entries) == {"c1": 600}
    undone = entry(*back, kind=EntryKind.REVERSAL)
    undone = replace(undone, seq=4, draft=replace(undone.draft, reverses=1))
    assert rules.written_off([*entries, undone]) == {"c1": 300}
    other = replace(undone, draft=replace(undone.draft, reverses=2))
    assert rules.written_off([*entries, other]) == {"c1": 600}
