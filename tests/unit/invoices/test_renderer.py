"""The printed invoice (issue 14): conforming, the same every time, complete, and unmoved by what it holds."""

import hashlib
import json
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from pypdf import PdfReader

from chalicelib.documents.domain.invoices import (
    DraftInvoice,
    InvoiceLetterhead,
    InvoiceLine,
    InvoicePaper,
    Void,
)
from chalicelib.documents.pdf.invoice import TypstInvoiceRenderer
from chalicelib.documents.pdf.statement import TypstStatementRenderer
from chalicelib.documents.ports.documents import InvoiceData
from tests.support.letterheads import SPANISH_LAW, of_invoice
from tests.support.pdf import alternatives, pages_of, places
from tests.unit.documents.test_paper import SEEN_ANYHOW, SEEN_SOMEHOW, spots_of, within
from tests.unit.statements.test_renderer import HOSTILE, having
from tests.unit.statements.test_renderer import LINES as STATEMENT_LINES
from tests.verapdf import PDF_A_2A, PDF_UA_1, failures

HEAD = of_invoice(
    "Willow Creek Counseling", "412 Alder Street, Suite 3\nPortland, OR 97205", "(503) 555-0142",
    "billing@willow.example", "May Okafor", "5 Oak Lane\nWillow Creek, NY", "Ada Okafor", "en",
    "https://bills.example/willow/billing",
)  # fmt: skip
LINES = (
    InvoiceLine("c1", "2026-10-03", "Individual session", "Ada Moss, LCSW", 15_000, 9_000, 500, 1_000),
    InvoiceLine("c2", "2026-10-10", "Individual session", "Ada Moss, LCSW", 15_000),
    InvoiceLine("c3", "2026-10-17", "Couples session", "Ada Moss, LCSW", 120_000),
)
LINK = "https://bills.example/willow/pay-link#7K3M-9Q2X-PW4T-1ZC8-HD5N-V0RB.17"
VOID = Void(17, "a1", "2026-11-09", "2026-11-09T10:00:00.000Z", "cli", "for the practice alone")


def data(
    head: InvoiceLetterhead = HEAD, lines: tuple[InvoiceLine, ...] = LINES, *, currency: str = "USD",
    void: Void | None = None, link: str = "",
) -> InvoiceData:  # fmt: skip
    paper = InvoicePaper(head, lines)
    draft = DraftInvoice("a1", currency, "2026-11-05", "2026-12-05", "2026-11-05T10:00:00.000Z", paper)
    return InvoiceData(draft.numbered(17), paper, void, link)


def named(name: str) -> InvoiceData:
    lines = tuple(replace(line, service=name, clinician=name) for line in LINES)
    return data(replace(HEAD, client_name=name, guarantor_name=name, client_address=name), lines)


USUAL = data()
SPANISH = replace(HEAD, locale="es")
CASES = {
    "english": USUAL,
    "spanish": data(SPANISH),
    "void": data(void=VOID),
    "void-spanish": data(SPANISH, void=VOID),
    "400-lines": data(lines=(LINES * 134)[:400]),
    "two-clinicians": data(lines=(*LINES, replace(LINES[1], clinician="Ben Reed, PhD"))),
    "balance-brought-along": data(lines=(replace(LINES[1], service="", clinician=""),)),
    "yen-on-a4": data(currency="JPY"),
    "long-names": named("Bartholomew " * 17),
    "one-long-word": named("W" * 200),
    "right-to-left": named("שרה לוי " * 25),
    "chinese": named("心理咨询服务与家庭治疗" * 18),
    "hostile": named(HOSTILE),
    "no-font": named("Willow ᚠᚢᚦ \ue000"),
    "notices": data(replace(SPANISH, notices=SPANISH_LAW)),
    "bare": data(of_invoice("Willow", "", "", "", "May", "", "", "en")),
    "link": data(link=LINK),
    "link-spanish": data(SPANISH, link=LINK),
    "written-off": data(lines=(replace(LINES[0], written_off_minor=300), *LINES[1:])),
}


@pytest.fixture(scope="module")
def printed(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    folder = tmp_path_factory.mktemp("invoices")
    for name, of in CASES.items():
        (folder / f"{name}.pdf").write_bytes(TypstInvoiceRenderer().invoice(of))
    return {name: folder / f"{name}.pdf" for name in CASES}


def text_of(path: Path) -> str:
    return " ".join(" ".join(page.extract_text() for page in PdfReader(path).pages).split())


@pytest.mark.parametrize("profile", [PDF_UA_1, PDF_A_2A])
def test_every_invoice_conforms(profile: str, printed: dict[str, Path]) -> None:
    assert failures(list(printed.values()), profile) == {str(path): [] for path in printed.values()}


@pytest.mark.parametrize("name", CASES)
def test_the_same_data_gives_the_same_bytes(name: str, printed: dict[str, Path]) -> None:
    assert TypstInvoiceRenderer().invoice(CASES[name]) == printed[name].read_bytes()


def test_an_invoice_says_all_it_must_and_no_diagnosis(printed: dict[str, Path]) -> None:
    text = text_of(printed["english"])
    for part in (
        "Willow Creek Counseling", "Portland, OR 97205", "Ada Okafor 5 Oak Lane Willow Creek, NY",
        "Invoice", "Number 17", "Issued November 5, 2026", "Due December 5, 2026",
        "To pay by December 5, 2026 $1,395.00", "To pay, sign in at https://bills.example/willow/billing.",
        "Client May Okafor", "Clinician Ada Moss, LCSW",
        "Oct 3, 2026 Individual session Insurance −$90.00 Adjustments −$5.00 Payments −$10.00 "
        "$150.00 $45.00",
        "Oct 17, 2026 Couples session $1,200.00 $1,200.00",
        "Fees $1,500.00", "Insurance −$90.00", "Adjustments −$5.00", "Payments −$10.00", "To pay $1,395.00",
    ):  # fmt: skip
        assert part in text


def test_T4_an_invoice_says_how_to_pay_it_without_an_account(printed: dict[str, Path]) -> None:
    """Issue 16: as an address, and as a QR code that says what it is."""
    text, spanish = text_of(printed["link"]), text_of(printed["link-spanish"])
    assert "To pay without an account, scan the code or open the address below. It asks for something" in text
    assert LINK in text
    assert "Para pagar sin tener cuenta" in spanish
    figures = [spot for spot in spots_of(printed["link"].read_bytes()) if within(spot, SEEN_SOMEHOW)]
    assert [text for *_, text in figures] == ["Ada Okafor", "5 Oak Lane", "Willow Creek, NY"]
    described = alternatives(printed["link"].read_bytes())
    assert described == ["QR code of the address to pay at, which stands beside it"]
    assert "pay-link" not in text_of(printed["void"])


def test_a_spanish_clients_invoice_is_spanish(printed: dict[str, Path]) -> None:
    text = text_of(printed["spanish"])
    for part in ("Factura", "Número 17", "Vence el 5 de diciembre de 2026", "A pagar hasta el", "Tarifas"):
        assert part in text
    assert "Invoice" not in text
    assert str(PdfReader(printed["spanish"]).root_object["/Lang"]) == "es-US"


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("void", "This invoice is void: nothing is to be paid on it."),
        ("void-spanish", "está anulada: no hay"),
    ],
)
def test_a_void_is_a_document_of_its_own_that_asks_for_nothing(
    name: str, words: str, printed: dict[str, Path]
) -> None:
    text = text_of(printed[name])
    assert words in text
    assert "$0.00" in text
    assert "sign in" not in text
    assert "practice alone" not in text
    assert "$45.00" not in text


def test_where_clinicians_differ_each_line_names_its_own(printed: dict[str, Path]) -> None:
    text = text_of(printed["two-clinicians"])
    assert "Individual session Ben Reed, PhD $150.00" in text
    assert "Clinician " not in text


def test_a_balance_brought_along_is_called_so(printed: dict[str, Path]) -> None:
    assert "Opening balance $150.00 $150.00" in text_of(printed["balance-brought-along"])


@pytest.mark.parametrize("name", ["english", "spanish", "void"])
def test_the_address_is_in_the_window_however_the_sheet_lies(name: str, printed: dict[str, Path]) -> None:
    found = spots_of(printed[name].read_bytes())
    for area in (SEEN_ANYHOW, SEEN_SOMEHOW):
        seen = [spot[2] for spot in found if within(spot, area)]
        assert seen == ["Ada Okafor", "5 Oak Lane", "Willow Creek, NY"]


def test_sums_stand_under_each_other_at_their_decimals() -> None:
    (page,) = pages_of(TypstInvoiceRenderer().invoice(USUAL))
    ends = [round(end, 1) for _, end in places(page)]
    assert ends.count(round(26 * 72 / 25.4 + 200 + 90, 1)) >= 5
    assert max(ends) <= 612 - 26 * 72 / 25.4 + 0.1


def test_four_hundred_lines_are_all_printed_under_their_columns_on_every_page(
    printed: dict[str, Path],
) -> None:
    pages = [page.extract_text() for page in PdfReader(printed["400-lines"]).pages]
    assert sum(page.count("Oct ") for page in pages) == 400
    assert all("Service" in page for page in pages if "Oct " in page)
    assert f"Invoice 17 from Willow Creek Counseling Page 2 of {len(pages)}" in " ".join(pages[1].split())


@pytest.mark.parametrize("name", ["long-names", "one-long-word", "chinese", "right-to-left", "hostile"])
def test_long_names_stay_on_the_page(name: str, printed: dict[str, Path]) -> None:
    for page in PdfReader(printed[name]).pages:
        assert max(end for _, end in places(page)) <= float(page.mediabox.width) - 20


def test_its_digest_is_of_what_is_printed() -> None:
    """Issued data is immutable: whoever changes a word of it is found out."""
    other = InvoicePaper(replace(HEAD, client_name="Maya"), LINES)
    assert other.digest != USUAL.paper.digest == USUAL.invoice.digest
    assert InvoicePaper(HEAD, LINES).digest == USUAL.invoice.digest
    assert len(USUAL.invoice.digest) == len(hashlib.sha256(json.dumps({}).encode()).hexdigest())


@pytest.mark.slow
def test_an_invoice_is_drawn_no_slower_than_a_statement_of_as_many_lines() -> None:
    """Issue 14, in the same run, turn by turn; a tenth is what the machine makes of the same work."""
    invoices, statements = TypstInvoiceRenderer(), TypstStatementRenderer()
    of_an_invoice, of_a_statement = list[float](), list[float]()
    for turn in range(11):
        plain = data(lines=(replace(LINES[1], fee_minor=10_000 + turn),) * 400)
        rows = having(lines=(replace(STATEMENT_LINES[1], amount_minor=-3_000 - turn),) * 400)
        of_an_invoice.append(_seconds(lambda plain=plain: invoices.invoice(plain)))  # type: ignore[misc]
        of_a_statement.append(_seconds(lambda rows=rows: statements.statement(rows)))  # type: ignore[misc]
    assert min(of_an_invoice) <= min(of_a_statement) * 1.1


def _seconds(work: Callable[[], object]) -> float:
    """Of the processor's time: what else the machine does meanwhile is not this work's."""
    started = time.process_time()
    work()
    return time.process_time() - started


def test_what_was_written_off_is_told_apart_from_what_was_adjusted(printed: dict[str, Path]) -> None:
    """Issue 14: of a service, and of all."""
    text = "\n".join(page.extract_text() for page in PdfReader(printed["written-off"]).pages)
    assert text.count("Adjustments −$2.00") == text.count("Written off −$3.00") == 2
    usual = "\n".join(page.extract_text() for page in PdfReader(printed["english"]).pages)
    assert "Written off" not in usual
