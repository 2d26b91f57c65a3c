"""The printed statement: conforming, the same every time, complete, and unmoved by long or hostile data."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from pypdf import PdfReader

from chalicelib.documents.domain.ageing import Ageing
from chalicelib.documents.domain.letterheads import PostedLetterhead
from chalicelib.documents.domain.spans import Span
from chalicelib.documents.domain.statements import Line, Statement, StatementData, Sums
from chalicelib.documents.pdf.statement import TypstStatementRenderer, page_of
from chalicelib.kernel.periods import Period
from chalicelib.ledger.domain.entries import EntryKind
from tests.support.letterheads import LAW, posted
from tests.support.pdf import pages_of, places
from tests.verapdf import PDF_A_2A, PDF_UA_1, failures

HEAD = posted(
    "Willow Creek Counseling", "412 Alder Street, Suite 3\nPortland, OR 97205", "(503) 555-0142",
    "billing@willow.example", "Maya Okafor", "5 Oak Lane\nWillow Creek, NY", "en",
)  # fmt: skip
STATEMENT = Statement(
    "a1", Period(2026, 10), "USD", (Span(3, 7),), False, 0, Sums(4_500, 30_000, 6_000, -500, 1_000),
    Ageing(20_000, 5_000, 4_000), 12_000, HEAD, "2026-11-05", "2026-11-05T10:00:00.000Z",
)  # fmt: skip
LINES = (
    Line("2026-10-03", EntryKind.CHARGE, "Individual session", "", 3_000, 7_500, 15_000, 12_000),
    Line("2026-10-05", EntryKind.PAYMENT, "", "cash", -3_000, 4_500),
    Line("2026-10-07", EntryKind.PAYMENT, "", "stripe", -3_000, 1_500),
    Line("2026-10-08", EntryKind.ADJUSTMENT, "Individual session", "", -500, 1_000),
    Line("2026-10-09", EntryKind.REVERSAL, "", "", 1_000, 2_000),
)
LINK = "https://bills.example/willow/pay-link#7K3M-9Q2X-PW4T-1ZC8-HD5N-V0RB"
LATE = (replace(LINES[0], date="2026-09-28", late=True), *LINES[1:])
USUAL = StatementData(STATEMENT, LINES)
HOSTILE = "#panic() \\ <script>alert(1)</script> $x$ *b* `raw` @ref =cmd|' /C calc'!A0 \"]{} //"


def having(head: PostedLetterhead = HEAD, lines: tuple[Line, ...] = LINES, **facts: object) -> StatementData:
    return StatementData(replace(STATEMENT, letterhead=head, **facts), lines)  # type: ignore[arg-type]


def named(name: str, *, practice: str = HEAD.practice_name) -> StatementData:
    """The client, their address and every service are called so."""
    lines = tuple(replace(line, service=name) for line in LINES)
    return having(replace(HEAD, practice_name=practice, client_name=name, client_address=name), lines)


CASES = {
    "english": USUAL,
    "spanish": having(replace(HEAD, locale="es")),
    "yen-on-a4": having(currency="JPY"),
    "400-rows": having(lines=(LINES * 80)),
    "long-names": named("Bartholomew " * 17),
    "one-long-word": named("W" * 200),
    "chinese": named("心理咨询服务与家庭治疗" * 18),
    "hostile": named(HOSTILE, practice=HOSTILE),
    "no-font": named("Willow ᚠᚢᚦ \ue000", practice="ᚠᚢᚦ"),
    "late": having(lines=LATE, late=1),
    "late-spanish": having(replace(HEAD, locale="es"), lines=LATE, late=1),
    "settled": having(ageing=Ageing()),
    "settled-spanish": having(replace(HEAD, locale="es"), ageing=Ageing()),
    "no-activity": having(lines=(), sums=Sums(10_000, 0, 0, 0, 0)),
    "credit": having(sums=Sums(0, 0, 4_500, 0, 0), ageing=Ageing(), pending_minor=0),
    "long-letterhead": having(
        replace(HEAD, practice_name="W" * 80, practice_address="M" * 80, practice_email="m" * 60 + "@x.test")
    ),
    "notices": having(replace(HEAD, notices=LAW)),
    "link": replace(having(), pay_link=LINK),
    "link-credit": replace(having(sums=Sums(0, 0, 4_500, 0, 0), ageing=Ageing()), pay_link=LINK),
    "bare": having(posted("Willow", "", "", "", "Maya", "", "en")),
}


@pytest.fixture(scope="module")
def printed(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    folder = tmp_path_factory.mktemp("statements")
    for name, data in CASES.items():
        (folder / f"{name}.pdf").write_bytes(TypstStatementRenderer().statement(data))
    return {name: folder / f"{name}.pdf" for name in CASES}


def text_of(path: Path) -> str:
    return " ".join(" ".join(page.extract_text() for page in PdfReader(path).pages).split())


@pytest.mark.parametrize("profile", [PDF_UA_1, PDF_A_2A])
def test_every_statement_conforms(profile: str, printed: dict[str, Path]) -> None:
    assert failures(list(printed.values()), profile) == {str(path): [] for path in printed.values()}


@pytest.mark.parametrize("name", CASES)
def test_the_same_data_gives_the_same_bytes(name: str, printed: dict[str, Path]) -> None:
    assert TypstStatementRenderer().statement(CASES[name]) == printed[name].read_bytes()


def test_T4_a_statement_has_a_pay_link_where_something_is_owed(printed: dict[str, Path]) -> None:
    """Issue 16."""
    assert LINK in text_of(printed["link"])
    assert "pay-link" not in text_of(printed["link-credit"])


def test_a_statement_says_all_it_must(printed: dict[str, Path]) -> None:
    text = text_of(printed["english"])
    for part in (
        "Willow Creek Counseling", "Portland, OR 97205", "Maya Okafor", "5 Oak Lane",
        "Oct 1, 2026 to Oct 31, 2026", "Owed on October 31, 2026", "$290.00",
        "Balance before $45.00", "Services and charges $300.00", "Payments −$60.00", "Adjustments −$5.00",
        "Refunds and returned payments $10.00", "Balance after $290.00",
        "0 to 30 days", "$200.00", "31 to 60 days", "$50.00", "61 to 90 days", "$40.00", "More than 90 days",
        "Made on November 5, 2026",
        "This was open on November 5, 2026, when this statement was made, of what was owed by October 31",
        "Expected from insurance on October 31, 2026: $120.00. It is not part of what is owed above.",
        "Oct 3, 2026", "Individual session", "Fee $150.00, of which $120.00 is the insurer’s part",
        "Payment: Cash", "Adjustment: Individual session", "Correction",
    ):  # fmt: skip
        assert part in text


def test_a_spanish_clients_statement_is_spanish(printed: dict[str, Path]) -> None:
    text = text_of(printed["spanish"])
    for part in (
        "Estado de cuenta",
        "Saldo pendiente al 31 de octubre de 2026",
        "3 oct 2026",
        "Pago: Efectivo",
    ):
        assert part in text
    assert "Statement" not in text
    assert str(PdfReader(printed["spanish"]).root_object["/Lang"]) == "es-US"


def test_a_balance_in_credit_reads_as_credit_and_nothing_is_overdue(printed: dict[str, Path]) -> None:
    text = text_of(printed["credit"])
    assert "Credit with the practice on October 31, 2026 $45.00" in text
    assert "Owed on" not in text
    assert "How long" not in text
    assert "insurance" not in text.partition("Activity")[0]


def test_a_month_without_activity_says_so(printed: dict[str, Path]) -> None:
    assert "Activity Nothing in this period changed what is owed." in text_of(printed["no-activity"])


def test_what_came_late_is_named_as_late_on_its_line_and_under_the_sums(printed: dict[str, Path]) -> None:
    text = text_of(printed["late"])
    assert "What is marked as late is dated before October 1, 2026 and was on no statement before" in text
    assert (
        "Sep 28, 2026 Individual session Fee $150.00, of which $120.00 is the insurer’s part "
        "Late: dated before this period, and on no statement until now"
    ) in text
    assert text.count("on no statement until now") == 1
    assert "late" not in text_of(printed["english"]).lower()


@pytest.mark.parametrize("above", range(1, 9))
def test_what_is_said_of_an_amount_stays_on_its_page(above: int) -> None:
    """Seen: "Late" at the top of a page, under the line of another. The address moves where pages end."""
    data = having(replace(HEAD, practice_address="Line\n" * above), LATE * 12, late=12)
    pages = [page.extract_text() for page in pages_of(TypstStatementRenderer().statement(data))]
    assert [page.count("Sep 28, 2026") for page in pages] == [page.count("until now") for page in pages]


def test_sums_stand_under_each_other_at_their_right() -> None:
    (page,) = pages_of(TypstStatementRenderer().statement(USUAL))
    ends = [round(end, 1) for _, end in places(page)]
    assert ends.count(round(26 * 72 / 25.4 + 200 + 90, 1)) >= 6


def test_what_came_late_is_named_in_spanish(printed: dict[str, Path]) -> None:
    text = text_of(printed["late-spanish"])
    assert "Lo señalado como tardío es anterior al 1 de octubre de 2026" in text
    assert "Tardío: con fecha anterior a este período" in text


@pytest.mark.parametrize("language", ["en", "es"])
def test_each_row_of_a_dispute_is_called_something_else(language: str) -> None:
    """Issue 10, S14: opened, won and lost had one name, and a debit of 0.00 or 180.00 told nobody which."""
    lines = (
        Line("2026-10-03", EntryKind.DISPUTE_WITHDRAWN, "", "stripe", 1_000, 1_000),
        Line("2026-10-04", EntryKind.DISPUTE_DECIDED, "", "stripe", 18_000, 19_000),
        Line("2026-10-05", EntryKind.DISPUTE_DECIDED, "", "stripe", -18_000, 1_000),
        Line("2026-10-06", EntryKind.DISPUTE_REINSTATED, "", "stripe", -1_000, 0),
    )
    opened, lost, won, back = described(having(replace(HEAD, locale=language), lines))
    assert len({opened, lost, won}) == 3
    assert won == back


def described(data: StatementData) -> list[str]:
    activity: Any = page_of(data)["activity"]
    return [line["text"] for line in activity["lines"]]


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("settled", "$290.00 Nothing of it was open any more on November 5, 2026, when this statement was"),
        ("settled-spanish", "De este saldo no quedaba nada pendiente el 5 de noviembre de 2026"),
    ],
)
def test_who_paid_after_the_period_is_told_that_nothing_is_open(
    name: str, words: str, printed: dict[str, Path]
) -> None:
    text = text_of(printed[name])
    assert words in text
    assert "How long" not in text
    assert "Antigüedad" not in text


@pytest.mark.parametrize("pending_minor", [0, -1, -939_000])
def test_no_statement_prints_that_less_than_nothing_is_expected(pending_minor: int) -> None:
    assert page_of(having(pending_minor=pending_minor))["insurance"] is None


def test_four_hundred_rows_are_all_printed_under_their_columns_names_on_every_page(
    printed: dict[str, Path],
) -> None:
    pages = [page.extract_text() for page in PdfReader(printed["400-rows"]).pages]
    assert sum(page.count("Oct ") for page in pages) >= 400
    assert all("Description" in page for page in pages)
    foot = f"Statement from Willow Creek Counseling, October 2026 Page 2 of {len(pages)}"
    assert foot in " ".join(pages[1].split())


def test_names_in_chinese_and_of_two_hundred_letters_are_printed_whole(printed: dict[str, Path]) -> None:
    assert text_of(printed["chinese"]).replace(" ", "").count("心理咨询服务与家庭治疗" * 18) >= 3
    assert text_of(printed["long-names"]).count("Bartholomew") >= 17 * 3


@pytest.mark.parametrize("name", ["long-names", "one-long-word", "chinese", "long-letterhead"])
def test_long_names_stay_on_the_page(name: str, printed: dict[str, Path]) -> None:
    for page in PdfReader(printed[name]).pages:
        ends: list[float] = []

        def visit(
            text: str, _cm: object, at: list[float], _font: object, size: float, to: list[float] = ends
        ) -> None:
            letters = text.replace("\u200b", "").strip()
            to.append(at[4] + size * sum(1.0 if letter > "\u2e80" else 0.5 for letter in letters))

        page.extract_text(visitor_text=visit)
        assert max(ends) < page.mediabox.width


def test_markup_in_the_data_is_printed_and_not_run(printed: dict[str, Path]) -> None:
    assert "#panic() \\ <script>alert(1)</script> $x$ *b* `raw` @ref" in text_of(printed["hostile"])


def test_dollars_are_printed_on_letter_paper_and_yen_on_a4(printed: dict[str, Path]) -> None:
    sizes = [PdfReader(printed[name]).pages[0].mediabox for name in ("english", "yen-on-a4")]
    assert [(round(box.width), round(box.height)) for box in sizes] == [(612, 792), (595, 842)]


def test_the_documents_title_is_its_month(printed: dict[str, Path]) -> None:
    about = PdfReader(printed["english"]).metadata
    assert about is not None
    assert about.title == "Statement from Willow Creek Counseling, October 2026"
