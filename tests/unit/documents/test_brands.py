"""A practice's logo, text, colour and paper on every kind of document (issue 14, one paper layout)."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from pypdf import PdfReader

from chalicelib.documents.domain.letterheads import Letterhead
from chalicelib.documents.pdf.invoice import TypstInvoiceRenderer
from chalicelib.documents.pdf.itemised_receipt import TypstItemisedReceiptRenderer
from chalicelib.documents.pdf.payment_summary import TypstPaymentSummaryRenderer
from chalicelib.documents.pdf.receipt import TypstRenderer
from chalicelib.documents.pdf.statement import TypstStatementRenderer
from chalicelib.practice.domain.logos import Picture, picture_of
from chalicelib.practice.domain.practices import Paper
from tests.support.letterheads import LAW
from tests.support.pdf import alternatives, text_of
from tests.unit.documents.test_paper import SEEN_ANYHOW, SEEN_SOMEHOW, spots_of, within
from tests.unit.documents.test_payers_documents import DATA, SUMMARY
from tests.unit.documents.test_renderer import RECEIPT
from tests.unit.invoices import test_renderer as invoices
from tests.unit.practice.test_logos import png, svg
from tests.unit.statements import test_renderer as statements
from tests.verapdf import PDF_A_2A, PDF_UA_1, failures

LEAF = (
    '<defs><linearGradient id="g"><stop stop-color="#7a3b69"/><stop offset="1" stop-color="#2c1a4d"/>'
    '</linearGradient></defs><path d="M50 2L90 38L10 38z" fill="url(#g)" opacity=".8"/>'
)
PICTURES = {"svg": picture_of(svg(LEAF)), "png": picture_of(png(64, 32)), "grey": picture_of(png(colour=0))}
SIZES = {Paper.LETTER: (612, 792), Paper.A4: (595, 842)}
TEXT = "A group of independent practitioners\nSince 1998\nBy the mill\nwww.willow.example"


def branded(head: Letterhead, picture: Picture, paper: Paper, **more: Any) -> Any:
    logo = picture.logo("willow", "Three willows")
    return replace(head, logo=logo, paper=paper, colour="#5b2a5e", **more)


def drawn(kind: str, picture: Picture, paper: Paper, **more: Any) -> bytes:
    def logos(_logo: object) -> bytes:
        return picture.content

    def brand(head: Letterhead) -> Any:
        return branded(head, picture, paper, **more)

    match kind:
        case "receipt":
            return TypstRenderer(logos).receipt(replace(RECEIPT, letterhead=brand(RECEIPT.letterhead)))
        case "itemised":
            data = replace(DATA, letterhead=brand(DATA.letterhead))
            return TypstItemisedReceiptRenderer(logos).itemised_receipt(data)
        case "summary":
            summed = replace(SUMMARY, letterhead=brand(SUMMARY.letterhead))
            return TypstPaymentSummaryRenderer(logos).payment_summary(summed)
        case "statement":
            return TypstStatementRenderer(logos).statement(statements.having(brand(statements.HEAD)))
        case _:
            void = invoices.VOID if kind == "void" else None
            return TypstInvoiceRenderer(logos).invoice(invoices.data(brand(invoices.HEAD), void=void))


KINDS = ("receipt", "itemised", "summary", "statement", "invoice", "void")
CASES = [(kind, picture, paper) for kind in KINDS for picture in PICTURES for paper in SIZES]


@pytest.fixture(scope="module")
def printed(tmp_path_factory: pytest.TempPathFactory) -> dict[tuple[str, str, Paper], Path]:
    folder, found = tmp_path_factory.mktemp("brands"), dict[tuple[str, str, Paper], Path]()
    for kind, picture, paper in CASES:
        path = found[kind, picture, paper] = folder / f"{kind}-{picture}-{paper.value}.pdf"
        path.write_bytes(drawn(kind, PICTURES[picture], paper, text=TEXT, notices=LAW[:2]))
    return found


@pytest.mark.parametrize("profile", [PDF_UA_1, PDF_A_2A])
def test_14_every_kind_conforms_with_either_kind_of_logo_on_either_paper(
    printed: dict[tuple[str, str, Paper], Path], profile: str
) -> None:
    assert set(map(tuple, failures([*printed.values()], profile).values())) == {()}


def test_14_all_are_on_the_practices_paper_and_say_what_the_logo_is(
    printed: dict[tuple[str, str, Paper], Path],
) -> None:
    for (kind, picture, paper), path in printed.items():
        box = PdfReader(path).pages[0].mediabox
        assert (round(box.width), round(box.height)) == SIZES[paper], (kind, picture)
        assert alternatives(path.read_bytes()) == ["Three willows"], (kind, picture)
        assert "By the mill" in text_of(path.read_bytes())


@pytest.mark.parametrize("kind", KINDS)
def test_same_data_same_bytes(kind: str) -> None:
    one, other = (drawn(kind, PICTURES["svg"], Paper.A4, text=TEXT) for _ in range(2))
    assert one == other


@pytest.mark.parametrize("paper", list(SIZES))
@pytest.mark.parametrize("kind", ["statement", "invoice"])
def test_14_the_address_stands_in_the_window_below_a_logo_and_a_text(kind: str, paper: Paper) -> None:
    found = spots_of(drawn(kind, PICTURES["svg"], paper, text=TEXT))
    head = statements.HEAD if kind == "statement" else invoices.HEAD
    name = getattr(head, "guarantor_name", "") or head.client_name
    for area in (SEEN_ANYHOW, SEEN_SOMEHOW):
        assert [spot[2] for spot in found if within(spot, area)] == [name, *head.client_address.splitlines()]


@pytest.mark.parametrize("text", ["W" * 200, "\n".join(["Wide words " * 4] * 4)], ids=["a word", "lines"])
def test_14_a_wide_text_of_the_practices_own_is_set_smaller_and_moves_no_address(text: str) -> None:
    """Issue 14, number 7: it took sixteen lines, and the address stood below the envelope's window."""
    picture = PICTURES["svg"]
    found = spots_of(drawn("statement", picture, Paper.LETTER, text=text))
    usual = spots_of(drawn("statement", picture, Paper.LETTER, text=TEXT))
    name = statements.HEAD.client_name
    assert [spot for spot in found if spot[2] == name] == [spot for spot in usual if spot[2] == name]


def test_14_where_the_logo_is_gone_the_initials_stand_for_it() -> None:
    head = branded(RECEIPT.letterhead, PICTURES["png"], Paper.USUAL)
    pdf = TypstRenderer(lambda _logo: None).receipt(replace(RECEIPT, letterhead=head))
    assert alternatives(pdf) == []
    assert "WC" in text_of(pdf)
