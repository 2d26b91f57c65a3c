"""The printed superbill (issue 14): conforming, always the same, complete, and unmoved by what it holds."""

import time
from collections.abc import Callable
from dataclasses import dataclass, fields, replace
from pathlib import Path

import pytest
from pypdf import PdfReader

from chalicelib.documents.domain.letterheads import Letterhead
from chalicelib.documents.pdf.statement import TypstStatementRenderer
from chalicelib.documents.pdf.superbill import TypstSuperbillRenderer
from tests.support.letterheads import WILLOW
from tests.support.pdf import places
from tests.unit.statements.test_renderer import LINES as STATEMENT_LINES
from tests.unit.statements.test_renderer import having
from tests.unit.superbills.samples import CASES, LINES, PAPER, USUAL
from tests.unit.superbills.samples import printed as superbill
from tests.verapdf import PDF_A_2A, PDF_UA_1, failures


@pytest.fixture(scope="module")
def printed(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    folder = tmp_path_factory.mktemp("superbills")
    for name, of in CASES.items():
        (folder / f"{name}.pdf").write_bytes(TypstSuperbillRenderer().superbill(of))
    return {name: folder / f"{name}.pdf" for name in CASES}


def text_of(path: Path) -> str:
    return " ".join(" ".join(page.extract_text() for page in PdfReader(path).pages).split())


@pytest.mark.parametrize("profile", [PDF_UA_1, PDF_A_2A])
def test_every_superbill_conforms(profile: str, printed: dict[str, Path]) -> None:
    assert failures(list(printed.values()), profile) == {str(path): [] for path in printed.values()}


@pytest.mark.parametrize("name", CASES)
def test_the_same_data_gives_the_same_bytes(name: str, printed: dict[str, Path]) -> None:
    assert TypstSuperbillRenderer().superbill(CASES[name]) == printed[name].read_bytes()


def test_a_superbill_says_all_that_an_insurer_asks_for(printed: dict[str, Path]) -> None:
    text = text_of(printed["english"])
    for part in (
        "Willow Creek Counseling", "Willow Creek Counseling PLLC", "412 Alder Street", "(503) 555-0142",
        "Nothing is to be paid on it.", "Client Maya Okafor", "Date of birth April 2, 1990",
        "5 Oak Lane Willow Creek, NY", "Member ID XYZ123456", "Number 17", "Issued November 5, 2026",
        "Services from October 1, 2026 to October 31, 2026", "EIN 12-3456789", "Group NPI 1679576722",
        "Rendering clinician Ada Moss, LCSW License SW-100, NY NPI 1234567893",
        "A F41.1 Generalized anxiety disorder", "B F43.10 Post-traumatic stress disorder, unspecified",
        "Oct 3, 2026 90834 95 · POS 10 · Dx A · Units 1 Individual session $150.00 $150.00",
        "Oct 17, 2026 90847 HO XE · POS 11 · Dx BA · Units 2 Couples session Paid by insurance −$300.00 "
        "Contractual adjustment −$75.00 Adjustments −$25.00 $1,200.00 $500.00",
        "Oct 24, 2026 90834 · POS 11 · Dx A · Units 1 Individual session $150.00 $0.00",
        "Charges $1,500.00", "Paid by insurance −$300.00", "Contractual adjustment −$75.00",
        "Adjustments −$25.00",
        "Not paid yet −$450.00", "Paid by the client $650.00",
        "Please reimburse the client.", "Willow Creek Counseling PLLC attests",
    ):  # fmt: skip
        assert part in text


def test_a_spanish_clients_superbill_is_spanish_but_for_the_words_of_codes(printed: dict[str, Path]) -> None:
    text = text_of(printed["spanish"])
    for part in (
        "Comprobante para el seguro",
        "Fecha de nacimiento",
        "Pagado por el cliente",
        "da fe de que",
        "Las descripciones de estos códigos se publican solo en inglés.",
    ):
        assert part in text
    assert "Superbill" not in text
    assert str(PdfReader(printed["spanish"]).root_object["/Lang"]) == "es-US"


def test_who_counts_as_rendering_whose_ein_it_is_and_what_it_replaces_is_said(
    printed: dict[str, Path],
) -> None:
    text = text_of(printed["supervised"])
    for part in (
        "Supervisor, counted as rendering Sol Vega, PhD License P-1, NY NPI 1245319599",
        "Clinician Ada Moss, LCSW", "EIN of Ben Reed 98-7654321", "Replaces number 12",
        "Insured Ada Okafor", "Relation to the insured child",
    ):  # fmt: skip
        assert part in text
    assert "Group NPI" not in text
    assert "anxiety" not in text


@pytest.mark.parametrize(("name", "words"), [("void", "do not send it"), ("void-spanish", "no lo envíe")])
def test_a_void_is_a_document_of_its_own_without_services(
    name: str, words: str, printed: dict[str, Path]
) -> None:
    text = text_of(printed[name])
    assert words in text
    for part in ("F41", "90834", "$", "practice alone", "1990"):
        assert part not in text
    assert ("18" in text) is (name == "void")


@pytest.mark.parametrize(
    ("name", "parts"),
    [
        ("void", ("Services from October 1, 2026 to October 31, 2026", "Clinician Ada Moss, LCSW")),
        ("void-spanish", ("Servicios desde 1 de octubre de 2026", "Profesional Ada Moss, LCSW")),
    ],
)
def test_a_void_names_the_days_and_the_clinician_whose_superbill_is_not_to_be_sent(
    name: str, parts: tuple[str, ...], printed: dict[str, Path]
) -> None:
    text = text_of(printed[name])
    for part in parts:
        assert part in text


def test_what_was_issued_on_the_first_template_is_drawn_as_it_was(printed: dict[str, Path]) -> None:
    """Issued data is immutable, and so is what its paper says."""
    text = text_of(printed["first-template"])
    for part in (
        "Couples session Insurance −$300.00 · Adjustments −$100.00 $1,200.00 $500.00",
        "Insurance −$300.00 Adjustments −$100.00 Not paid by the client −$450.00 Paid by the client $650.00",
    ):
        assert part in text
    void = text_of(printed["first-template-void"])
    assert "Services from" not in void
    assert "Ada Moss" not in void


def test_where_nothing_is_paid_no_reimbursement_is_asked_for(printed: dict[str, Path]) -> None:
    text = text_of(printed["unpaid"])
    assert "The client has paid nothing for these services so far." in text
    assert "reimburse the client." not in text


def test_four_hundred_lines_are_all_printed_under_their_columns_on_every_page(
    printed: dict[str, Path],
) -> None:
    pages = [page.extract_text() for page in PdfReader(printed["400-lines"]).pages]
    assert sum(page.count("Oct 3") for page in pages) == 400
    assert all("Service" in page for page in pages if "Oct 3" in page)


@pytest.mark.parametrize("name", ["long-names", "one-long-word", "chinese", "right-to-left", "hostile"])
def test_long_names_stay_on_the_page(name: str, printed: dict[str, Path]) -> None:
    for page in PdfReader(printed[name]).pages:
        assert max(end for _, end in places(page)) <= float(page.mediabox.width) - 20


def test_its_digest_stays_whatever_fields_join() -> None:
    """Else no PDF could be made any more of what was issued before an upgrade, and not opened until then."""

    @dataclass(frozen=True, slots=True, kw_only=True)
    class Later(Letterhead):
        joined: str = ""

    paper = USUAL.paper
    head = Later(**{field.name: getattr(WILLOW, field.name) for field in fields(WILLOW)})
    before = replace(paper, billing=replace(paper.billing, letterhead=WILLOW))
    assert replace(paper, billing=replace(paper.billing, letterhead=head)).digest == before.digest


def test_its_digest_is_of_what_is_printed() -> None:
    """Issued data is immutable: whoever changes a word of it is found out."""
    other = replace(PAPER, client=replace(PAPER.client, name="Mia"))
    assert other.digest != USUAL.paper.digest == USUAL.superbill.digest


@pytest.mark.slow
def test_a_superbill_is_drawn_no_slower_than_a_statement_of_as_many_lines() -> None:
    """Issue 14, in the same run, turn by turn; a tenth is what the machine makes of the same work. Both list
    services, each with what is said of it below."""
    superbills, statements = TypstSuperbillRenderer(), TypstStatementRenderer()
    of_a_superbill, of_a_statement = list[float](), list[float]()
    for turn in range(11):
        plain = superbill(replace(PAPER, lines=(replace(LINES[0], fee_minor=10_000 + turn),) * 400))
        rows = having(lines=(replace(STATEMENT_LINES[0], amount_minor=3_000 + turn),) * 400)
        of_a_superbill.append(_seconds(lambda plain=plain: superbills.superbill(plain)))  # type: ignore[misc]
        of_a_statement.append(_seconds(lambda rows=rows: statements.statement(rows)))  # type: ignore[misc]
    print(min(of_a_superbill), min(of_a_statement))
    assert min(of_a_superbill) <= min(of_a_statement) * 1.1


def _seconds(work: Callable[[], object]) -> float:
    """Of the processor's time: what else the machine does meanwhile is not this work's."""
    started = time.process_time()
    work()
    return time.process_time() - started
