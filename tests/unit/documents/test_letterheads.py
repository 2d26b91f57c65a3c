"""The letterhead that every document carries: what was issued before it was one is read as it was."""

import json
from dataclasses import fields, replace
from typing import Any

import pytest

from chalicelib.documents.domain.invoices import InvoicePaper
from chalicelib.documents.domain.itemised_receipts import ItemisedReceiptData
from chalicelib.documents.domain.letterheads import JOINED, Letterhead, PostedLetterhead, practice_facts
from chalicelib.documents.domain.payment_summaries import PaymentSummaryData
from chalicelib.documents.domain.statements import Statement
from chalicelib.documents.ports.documents import ReceiptData
from chalicelib.documents.store.invoices import PAPERS, PaperItem
from chalicelib.documents.store.statements import STATEMENTS, StatementItem
from chalicelib.practice.domain.notices import Place
from chalicelib.practice.domain.practices import Logo, Paper
from tests.support.practice import PRACTICE

# As the first documents were kept, before a letterhead had more than these.
HEAD_THEN = (
    '"practice_name":"Fern","practice_address":"1 Road","practice_phone":"555",'
    '"practice_email":"a@fern.test","client_name":"Maya","client_address":"2 Road"'
)
PAPER_THEN = PaperItem(
    v=1,
    body='{"lines":[{"charge_id":"c1","date":"2026-03-01","service":"Talk","clinician":"Ada Moss",'
    '"fee_minor":5000,"insurance_minor":0,"adjustments_minor":0,"paid_minor":0}]}',
    private=f'{{"letterhead":{{{HEAD_THEN},"guarantor_name":"Ada","locale":"en","pay_at":"https://x.test"}}}}',
)
DIGEST_THEN = "e5b2dd03449cdae0d2d1b5a47aae000e0d946ed383e6178f26dc0e5c1e3b86c0"
STATEMENT_THEN = StatementItem(
    v=1,
    body='{"account_id":"a1","period":{"year":2026,"month":10},"currency":"USD","covered":[],"first":false,'
    '"late":0,"sums":{"opening_minor":1,"charges_minor":0,"payments_minor":0,"adjustments_minor":0,'
    '"refunds_minor":0},"ageing":{},"pending_minor":0,"made_on":"2026-11-05","issued_at":"2026-11-05T10"}',
    private=f'{{"letterhead":{{{HEAD_THEN},"locale":"es"}}}}',
)


def test_14_every_document_carries_the_one_letterhead() -> None:
    """Issue 14, one paper layout: five copied fields of the practice were one object's."""
    for data in (ReceiptData, ItemisedReceiptData, PaymentSummaryData, Statement, InvoicePaper):
        named = {field.name: field.type for field in fields(data)}
        assert issubclass(named["letterhead"], Letterhead)  # type: ignore[arg-type]
        assert not any(name.startswith("practice_") for name in named)
    own = Letterhead.of(PRACTICE, Place.STATEMENT, "en")
    assert {field.name for field in fields(own)} == set(practice_facts(PRACTICE, None, "en"))


def test_14_an_invoice_issued_before_is_read_and_its_paper_is_the_one_that_was_issued() -> None:
    paper = PAPERS.read(PAPER_THEN, "paper")
    assert paper.letterhead.client_name == "Maya"
    assert paper.digest == DIGEST_THEN
    later: dict[str, Any] = dict.fromkeys(JOINED, "x")
    for name, said in later.items():
        assert replace(paper, letterhead=replace(paper.letterhead, **{name: said})).digest != DIGEST_THEN


def test_14_a_statement_issued_before_is_read() -> None:
    head = STATEMENTS.read(STATEMENT_THEN, "statement").letterhead
    assert head == PostedLetterhead(
        practice_name="Fern", practice_address="1 Road", practice_phone="555", practice_email="a@fern.test",
        client_name="Maya", client_address="2 Road", locale="es",
    )  # fmt: skip


@pytest.mark.parametrize("item", [PAPER_THEN, STATEMENT_THEN])
def test_what_joined_a_letterhead_was_not_there_then(item: PaperItem | StatementItem) -> None:
    assert not JOINED & set(json.loads(item.private or "")["letterhead"])


def test_what_a_practice_has_not_takes_no_room_in_a_row() -> None:
    """A statement's row is a kilobyte long: some 70 bytes more, of nothing, and each costs twice as much."""
    statement, paper = STATEMENTS.read(STATEMENT_THEN, "statement"), PAPERS.read(PAPER_THEN, "paper")
    assert STATEMENTS.parts(statement)["private"] == STATEMENT_THEN.private
    assert not JOINED & set(json.loads(PAPERS.parts(paper)["private"])["letterhead"])
    logo = Logo("fern", "ab12", "png", 4, 2, "Fern")
    head = replace(statement.letterhead, logo=logo, paper=Paper.A4, notices=("Said",), text="Since 1998")
    kept = STATEMENTS.parts(replace(statement, letterhead=head))
    own = {"account_id": statement.account_id, "period": statement.period}  # which its key says alone
    assert STATEMENTS.read(StatementItem(**kept), "statement", **own).letterhead == head
