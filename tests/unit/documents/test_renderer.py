"""The printed receipt: conforming, the same every time, complete, and inert whatever the data holds."""

import json
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest
import typst
from hypothesis import example, given, strategies
from pypdf import PdfReader

from chalicelib.documents.pdf import typesetting
from chalicelib.documents.pdf.receipt import TypstRenderer
from chalicelib.documents.ports.documents import ReceiptData
from chalicelib.kernel.errors import Invalid
from chalicelib.ledger.domain.methods import Method
from tests.support.letterheads import WILLOW
from tests.verapdf import PDF_A_2A, PDF_UA_1, failures

RECEIPT = ReceiptData(
    letterhead=WILLOW,
    amount_minor=123_450,
    currency="USD",
    date="2026-11-03",
    method=Method("card", "Visa", "4242"),
    reference="BF-7K2M-93QD",
    owed_after_minor=4_500,
    locale="en",
)


def headed(**changes: Any) -> ReceiptData:
    """The receipt of a practice that is called so."""
    return replace(RECEIPT, letterhead=replace(WILLOW, **changes))


HOSTILE = "#panic() \\ <script>alert(1)</script> $x$ *b* `raw` @ref =cmd|' /C calc'!A0 \"]{} //"
CASES = {
    "english": RECEIPT,
    "spanish": replace(RECEIPT, locale="es", method=Method("cash")),
    "guest": replace(RECEIPT, owed_after_minor=None),
    "credit": replace(RECEIPT, owed_after_minor=-500),
    "yen-on-a4": replace(RECEIPT, currency="JPY"),
    "other-scripts": headed(practice_name="心理咨询 カウンセリング 상담 المشورة ייעוץ परामर्श 🌿"),
    "hostile": replace(headed(practice_name=HOSTILE, practice_address=HOSTILE), reference=HOSTILE),
    "no-font": replace(headed(practice_name="Willow ᚠᚢᚦ \ue000 \U000e0041"), reference="\U0010fffd"),
    "bare": headed(practice_address="", practice_phone="", practice_email=""),
    "long": replace(
        headed(practice_name="Willow " * 60, practice_address="Line\n" * 90), reference="R" * 300
    ),
    "many-lines": headed(practice_address="Line\n" * 90),
    "long-data": headed(practice_address="Suite 3, " * 300),
}


@pytest.fixture(scope="module")
def printed(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    folder = tmp_path_factory.mktemp("receipts")
    for name, data in CASES.items():
        (folder / f"{name}.pdf").write_bytes(TypstRenderer().receipt(data))
    return {name: folder / f"{name}.pdf" for name in CASES}


@pytest.mark.parametrize("profile", [PDF_UA_1, PDF_A_2A])
def test_every_receipt_conforms(profile: str, printed: dict[str, Path]) -> None:
    assert failures(list(printed.values()), profile) == {str(path): [] for path in printed.values()}


@pytest.mark.parametrize("profile", [PDF_UA_1, PDF_A_2A])
def test_the_validator_finds_what_is_wrong(profile: str, tmp_path: Path) -> None:
    plain = tmp_path / "plain.pdf"
    plain.write_bytes(_bytes(typst.compile(b"Hello", format="pdf")))
    assert failures([plain], profile)[str(plain)]


@pytest.mark.parametrize("name", CASES)
def test_the_same_data_gives_the_same_bytes(name: str, printed: dict[str, Path]) -> None:
    assert TypstRenderer().receipt(CASES[name]) == printed[name].read_bytes()


def test_another_amount_gives_another_document() -> None:
    other = replace(RECEIPT, amount_minor=123_451)
    assert TypstRenderer().receipt(other) != TypstRenderer().receipt(RECEIPT)


def test_a_receipt_says_all_it_must(printed: dict[str, Path]) -> None:
    text = text_of(printed["english"])
    for part in (
        "Willow Creek Counseling", "412 Alder Street, Suite 3", "Portland, OR 97205", "(503) 555-0142",
        "Receipt Payment received $1,234.50", "November 3, 2026", "Visa ending in 4242", "BF-7K2M-93QD",
        "Still owed after this payment", "$45.00",
    ):  # fmt: skip
        assert part in text


def test_a_spanish_receipt_is_spanish(printed: dict[str, Path]) -> None:
    text = text_of(printed["spanish"])
    for part in (
        "Recibo Pago recibido $1,234.50",
        "3 de noviembre de 2026",
        "Efectivo",
        "Saldo pendiente",
        "$45.00",
    ):
        assert part in text
    assert "Receipt" not in text
    assert str(PdfReader(printed["spanish"]).root_object["/Lang"]) == "es-US"


def test_a_guests_receipt_says_nothing_of_what_is_owed(printed: dict[str, Path]) -> None:
    assert "owed" not in text_of(printed["guest"])


def test_a_balance_in_credit_reads_as_credit_and_not_as_a_negative_debt(printed: dict[str, Path]) -> None:
    text = text_of(printed["credit"])
    assert "Credit with the practice after this payment" in text
    assert "owed" not in text
    assert "-$" not in text


def test_dollars_are_printed_on_letter_paper_and_yen_on_a4(printed: dict[str, Path]) -> None:
    sizes = {name: PdfReader(printed[name]).pages[0].mediabox for name in ("english", "yen-on-a4")}
    assert [(round(box.width), round(box.height)) for box in sizes.values()] == [(612, 792), (595, 842)]


def test_markup_and_formulas_in_the_data_are_printed_and_not_run(printed: dict[str, Path]) -> None:
    text = text_of(printed["hostile"])
    for part in (
        "#panic()",
        "<script>alert(1)</script>",
        "$x$ *b* `raw` @ref",
        "=cmd|' /C calc'!A0",
        '"]{} //',
    ):
        assert part in text


def test_names_in_other_scripts_are_printed(printed: dict[str, Path]) -> None:
    text = text_of(printed["other-scripts"])
    for part in ("心理咨询", "カウンセリング", "상담"):
        assert part in text


def test_a_character_without_a_font_prints_a_box_and_stops_nothing(printed: dict[str, Path]) -> None:
    assert "Willow □□□ □" in text_of(printed["no-font"])


def test_every_letter_of_the_alphabet_can_lack_a_font_at_once() -> None:
    runes = "".join(map(chr, range(0x16A0, 0x16F0)))
    assert TypstRenderer().receipt(replace(headed(practice_name=runes), reference=runes[::-1]))


def test_a_template_that_cannot_be_set_says_why(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / "receipt.typ").write_text("#let document(data, numbered) = panic(data.heading)")
    monkeypatch.setattr(typesetting, "TEMPLATES", tmp_path)
    with pytest.raises(Invalid) as caught:
        TypstRenderer().receipt(RECEIPT)
    assert caught.value.code == "document_unrenderable"
    assert "Receipt" in json.dumps(caught.value.details)


def test_documents_are_set_in_the_pinned_fonts_only() -> None:
    families = {font.family for font in typesetting._fonts().fonts()}
    assert {"Libertinus Serif", "Noto Sans", "Noto Sans CJK SC"} <= families
    in_typst = {"Libertinus Serif", "New Computer Modern", "New Computer Modern Math", "DejaVu Sans Mono"}
    assert all(family in in_typst or family.startswith("Noto ") for family in families)


def test_names_headings_and_figures_have_serifs_and_a_page_embeds_two_faces(printed: dict[str, Path]) -> None:
    for name in ("english", "spanish", "guest", "credit"):
        fonts = PdfReader(printed[name]).pages[0]["/Resources"]["/Font"]  # type: ignore[index]
        faces = {str(font.get_object()["/BaseFont"]).partition("+")[2] for font in fonts.values()}
        assert {face.removesuffix("-Identity-H") for face in faces} == {
            "LibertinusSerif-Semibold",
            "NotoSans-Regular",
        }


def test_the_documents_title_and_date_come_from_the_data(printed: dict[str, Path]) -> None:
    about = PdfReader(printed["english"]).metadata
    assert about is not None
    assert about.title == "Receipt from Willow Creek Counseling, November 3, 2026"
    assert about.creation_date == datetime(2026, 11, 3, tzinfo=UTC)


def test_a_long_receipt_numbers_its_pages(printed: dict[str, Path]) -> None:
    for name in ("long", "many-lines"):
        assert "Page 1 of" in text_of(printed[name])
        assert "Page 2 of" in text_of(printed[name])
    assert "Page 1" not in text_of(printed["english"])


@pytest.mark.parametrize(
    ("name", "numbered"), [("english", [False]), ("many-lines", [False, True]), ("long-data", [True])]
)
def test_a_document_of_one_page_is_laid_out_once(
    name: str, numbered: list[bool], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where pages have numbers Typst lays out twice. Much data is seldom one page: not tried without."""
    asked, compiled = list[bool](), typesetting._compile

    def watched(template: str, data: str, pictures: Any, dated: date, *, numbered: bool) -> bytes:
        asked.append(numbered)
        return compiled(template, data, pictures, dated, numbered=numbered)

    monkeypatch.setattr(typesetting, "_compile", watched)
    TypstRenderer().receipt(CASES[name])
    assert asked == numbered


def test_much_data_on_one_page_is_not_numbered(printed: dict[str, Path]) -> None:
    assert len(PdfReader(printed["long-data"]).pages) == 1
    assert "Page" not in text_of(printed["long-data"])


@given(text=strategies.text())
@example(text='"\\"))\n#panic("x")\\')
@example(text="\\u{22}\\")
def test_data_quoted_for_a_template_is_read_back_exactly(text: str) -> None:
    compiler = typst.Compiler(ignore_system_fonts=True)
    assert json.loads(compiler.eval(typesetting._literal(text), format="json")) == text


def test_a_long_reference_stays_on_the_page(printed: dict[str, Path]) -> None:
    assert "R" * 300 in text_of(printed["long"]).replace(" ", "")
    ends: list[float] = []

    def visit(text: str, _cm: object, at: list[float], _font: object, size: float) -> None:
        ends.append(at[4] + 0.5 * size * len(text.strip()))

    page = PdfReader(printed["long"]).pages[-1]
    page.extract_text(visitor_text=visit)
    assert max(ends) < page.mediabox.width


def text_of(path: Path) -> str:
    """What is printed, its lines joined by single spaces."""
    return " ".join(" ".join(page.extract_text() for page in PdfReader(path).pages).split())


def _bytes(pdf: object) -> bytes:
    assert isinstance(pdf, bytes)
    return pdf
