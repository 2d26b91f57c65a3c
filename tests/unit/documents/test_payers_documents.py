"""Itemised receipts and summaries of payments, printed: conforming, always the same, whole (issue 14)."""

from dataclasses import replace
from io import BytesIO
from pathlib import Path

import pytest
from pypdf import PdfReader

from chalicelib.documents.domain.itemised_receipts import ItemisedReceiptData, PaidService
from chalicelib.documents.domain.payment_summaries import CarePaid, PaymentSummaryData, SummaryLine
from chalicelib.documents.domain.readers import Payer
from chalicelib.documents.pdf.itemised_receipt import TypstItemisedReceiptRenderer
from chalicelib.documents.pdf.payment_summary import TypstPaymentSummaryRenderer
from chalicelib.ledger.domain.methods import Method
from tests.support.letterheads import LAW, WILLOW
from tests.support.pdf import places, text_of
from tests.verapdf import PDF_A_2A, PDF_UA_1, failures

HEAD = replace(WILLOW, practice_legal_name="Willow Creek Counseling PLLC")
SERVICE = PaidService("2026-10-05", "Individual session", "en", "Dr. Ana Ruiz, PsyD", 15_000, 9_000, 6_000)
DATA = ItemisedReceiptData(
    letterhead=HEAD,
    tax_ids=(("", "12-3456789"), ("Dr. Ana Ruiz", "98-7654321")),
    client="Robin Maria Vale",
    payer=Payer("Pat Vale"),
    services=(SERVICE, replace(SERVICE, name="Missed session", insurance_minor=0, eligible=False)),
    credit_minor=500,
    amount_minor=12_500,
    refunded_minor=3_000,
    taken_minor=1_000,
    currency="USD",
    date="2026-11-03",
    stand_on="2026-11-20",
    method=Method("card", "Visa", "4242"),
    reference="BF-7K2M-93QD",
    locale="en",
)
HOSTILE = '#panic() \\ <script>alert(1)</script> $x$ *b* `raw` @ref "]{} //'
CASES = {
    "english": DATA,
    "spanish": replace(DATA, locale="es"),
    "hostile": replace(
        DATA, client=HOSTILE, payer=Payer(HOSTILE), services=(replace(SERVICE, name=HOSTILE),)
    ),
    "other-scripts": replace(
        DATA, client="שרה כהן", payer=Payer("心理 上담"), services=(replace(SERVICE, name="חיים"),)
    ),
    "many": replace(DATA, services=(SERVICE,) * 60),
    "long": replace(
        DATA, client="Robin " * 33, services=(replace(SERVICE, name="S" * 200, clinician="C" * 200),)
    ),
    "notices": replace(DATA, letterhead=replace(HEAD, notices=LAW)),
    "bare": replace(
        DATA, tax_ids=(), payer=Payer(said="another_payer"), services=(), refunded_minor=0, taken_minor=0,
        letterhead=replace(HEAD, practice_legal_name="", practice_address=""), currency="JPY",
    ),
}  # fmt: skip


CARE = CarePaid("Dr. Ana Ruiz, PsyD", 15_000, "2026-01-08", "2026-12-17")
SUMMARY = PaymentSummaryData(
    letterhead=HEAD,
    tax_ids=DATA.tax_ids,
    client=DATA.client,
    first="2026-01-01",
    last="2026-12-31",
    lines=(SummaryLine("2026-11-03", DATA.method, "BF-7K2M-93QD", Payer("Pat Vale"), 12_500, 4_000),) * 3,
    care=(
        CARE,
        CarePaid("Dr. Sam Ode, LCSW", 7_500, "2026-11-03", "2026-11-03"),
    ),
    missed_minor=1_000,
    brought_minor=1_500,
    credit_minor=500,
    insurance_minor=9_000,
    currency="USD",
    made_on="2027-01-15",
    locale="en",
)
SUMMARIES = {
    "summary": SUMMARY,
    "summary-spanish": replace(SUMMARY, locale="es"),
    "summary-hostile": replace(
        SUMMARY,
        client=HOSTILE,
        care=(CarePaid(HOSTILE, 25_500, "2026-03-01", "2026-03-02"),),
        missed_minor=0,
        brought_minor=0,
        credit_minor=0,
    ),
    "summary-long": replace(
        SUMMARY,
        client="W" * 200,
        tax_ids=(("W" * 120, "12-3456789"),),
        care=(CARE, replace(CARE, clinician="W" * 200)),
    ),
    "summary-many": replace(SUMMARY, lines=SUMMARY.lines * 30),
    "summary-empty": replace(
        SUMMARY, lines=(), care=(), missed_minor=0, brought_minor=0, credit_minor=0, insurance_minor=0
    ),
}


@pytest.fixture(scope="module")
def printed(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    folder = tmp_path_factory.mktemp("itemised")
    for name, data in CASES.items():
        (folder / f"{name}.pdf").write_bytes(TypstItemisedReceiptRenderer().itemised_receipt(data))
    for name, summed in SUMMARIES.items():
        (folder / f"{name}.pdf").write_bytes(TypstPaymentSummaryRenderer().payment_summary(summed))
    return {name: folder / f"{name}.pdf" for name in (*CASES, *SUMMARIES)}


@pytest.mark.parametrize("profile", [PDF_UA_1, PDF_A_2A])
def test_every_one_conforms(profile: str, printed: dict[str, Path]) -> None:
    assert failures(list(printed.values()), profile) == {str(path): [] for path in printed.values()}


def test_the_same_data_gives_the_same_bytes(printed: dict[str, Path]) -> None:
    assert TypstItemisedReceiptRenderer().itemised_receipt(DATA) == printed["english"].read_bytes()
    assert TypstPaymentSummaryRenderer().payment_summary(SUMMARY) == printed["summary"].read_bytes()


def test_it_fits_one_sheet_in_both_languages_and_more_services_take_more(printed: dict[str, Path]) -> None:
    pages = {name: len(PdfReader(BytesIO(path.read_bytes())).pages) for name, path in printed.items()}
    whole = ("english", "spanish", "bare", "summary", "summary-spanish", "summary-empty")
    assert [pages[name] for name in whole] == [1] * len(whole)
    assert pages["many"] > 1
    assert pages["summary-many"] > 1


def test_what_is_left_of_the_payment_is_added_up(printed: dict[str, Path]) -> None:
    text = " ".join(text_of(printed["english"].read_bytes()).split())
    assert "Left of this payment $85.00" in text
    assert "as of November 20, 2026" in text


def test_what_nothing_is_known_of_is_left_out(printed: dict[str, Path]) -> None:
    text = text_of(printed["bare"].read_bytes())
    assert "Robin Maria Vale" in text
    assert [word for word in ("EIN", "Pat Vale", "Left of", "Individual", "PLLC") if word in text] == []


def test_a_summary_says_from_when_to_when_care_was_given_that_was_paid_for(printed: dict[str, Path]) -> None:
    text = " ".join(text_of(printed["summary"].read_bytes()).split())
    assert "Care by Dr. Ana Ruiz, PsyD Jan 8, 2026 to Dec 17, 2026 $150.00" in text
    assert "Care by Dr. Sam Ode, LCSW Nov 3, 2026 $75.00" in text


def test_long_names_stay_on_the_page(printed: dict[str, Path]) -> None:
    """Seen: a clinician's, of 200 letters, ran over the sums and off the sheet."""
    for page in PdfReader(printed["summary-long"]).pages:
        assert max(end for _, end in places(page)) <= float(page.mediabox.width) - 20


def test_markup_in_names_is_printed_and_not_run(printed: dict[str, Path]) -> None:
    text = text_of(printed["hostile"].read_bytes())
    assert all(part in text for part in ("#panic()", "<script>alert(1)</script>", "$x$ *b* `raw` @ref"))
