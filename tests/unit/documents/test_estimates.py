"""Good faith estimates (issue 14): what the law wants on them, issued once, drawn as every document is."""

from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pypdf import PdfReader

from chalicelib.documents.domain.estimates import (
    DraftEstimate,
    EstimateLine,
    EstimateWish,
    drafted,
    last_day,
)
from chalicelib.documents.domain.readers import Reader, Reads
from chalicelib.documents.pdf.estimate import TypstEstimateRenderer
from chalicelib.documents.ports.estimates import EstimateData
from chalicelib.documents.services.estimates.showing import EstimateShowing
from chalicelib.kernel.errors import Invalid, NotFound, Refused
from chalicelib.kernel.outside import Busy, Unreadable
from chalicelib.ledger.services.posting import Posting
from chalicelib.practice.domain.practices import Client, Clinician, Coverage
from tests.support.clock import FakeClock
from tests.support.estimates import MemoryEstimates, issuing
from tests.support.ledgers import MemoryLedgers
from tests.support.practice import PRACTICE
from tests.unit.statements.test_renderer import HOSTILE
from tests.verapdf import PDF_A_2A, PDF_UA_1, failures

ADA = Clinician(
    "ada", "Ada Moss", "LCSW", True, npi="1234567893", license="C1", license_state="OR",
    address="9 Elm Street\nPortland, OR 97201",
)  # fmt: skip
BEN = Clinician("ben", "Ben Reed", "PhD", True, tax_id="98-7654321", npi="1245319599", license_state="WA")
WILLOW = replace(
    PRACTICE, clinicians=(ADA, BEN), tax_id="12-3456789", address="412 Alder Street\nPortland, OR"
)
MAYA = Client(
    "a1", "1001", "May Okafor", "may@example.test", "en", "5 Oak Lane\nWillow Creek, NY", "1990-02-03",
    legal_name="Maya Okafor", coverage=Coverage.SELF_PAY,
)  # fmt: skip
SESSIONS = EstimateLine("Session, 50 minutes", "ada", 40, 15_000, "90837")
TESTING = EstimateLine("Testing", "ben", 2, 32_050)
WISH = EstimateWish((SESSIONS, TESTING), "2026-12-01", diagnoses=("F41.1",), scheduled_on="2026-12-04")
NOW = "2026-11-20T17:00:00+00:00"
AT = {"issued_on": "2026-11-20", "issued_at": "2026-11-20T17:00:00.000Z"}


def with_account() -> MemoryEstimates:
    """Of Maya, who has none yet."""
    ledgers = MemoryLedgers()
    Posting(ledgers, FakeClock(NOW)).open_account(MAYA.ref(WILLOW.id), "USD")
    return MemoryEstimates(ledgers)


def draft(wish: EstimateWish = WISH, client: Client = MAYA) -> DraftEstimate:
    return drafted(WILLOW, client, wish, **AT)


def test_an_estimate_has_what_the_law_wants() -> None:
    """Facts, section 1: name and birth date; each provider's name, NPI, TIN, state and address."""
    made = draft()
    assert (made.first_date, made.last_date) == ("2026-12-01", "2027-11-30")
    head = made.paper.letterhead
    assert (head.client_name, head.birth_date) == ("Maya Okafor", "1990-02-03")
    ada, ben = made.paper.providers
    assert (ada.name, ada.npi, ada.tax_id, ada.state) == ("Ada Moss, LCSW", "1234567893", "12-3456789", "OR")
    assert ada.address == ADA.address
    assert (ben.tax_id, ben.state, ben.address) == ("98-7654321", "WA", WILLOW.address)
    assert made.paper.total_of("ada") == 600_000
    assert made.paper.total_of("ben") == 64_100
    assert made.paper.total_minor == 664_100


EXPECTED = st.tuples(st.integers(1, 400), st.integers(1, 5_000_000), st.sampled_from(["ada", "ben"]))


@given(st.lists(EXPECTED, min_size=1, max_size=40))
def test_totals_are_to_the_cent(lines: list[tuple[int, int, str]]) -> None:
    wish = replace(WISH, lines=tuple(EstimateLine("S", who, times, fee) for times, fee, who in lines))
    made = draft(wish)
    assert made.paper.total_minor == sum(times * fee for times, fee, _ in lines)
    assert made.paper.total_minor == sum(made.paper.total_of(p.clinician_id) for p in made.paper.providers)
    assert made.numbered("a1", 1).total_minor == made.paper.total_minor


@given(st.dates(date(2020, 1, 1), date(2060, 1, 1)), st.integers(1, 12))
def test_an_estimate_is_for_twelve_months_at_most(first: date, months: int) -> None:
    ends = date.fromisoformat(last_day(first.isoformat(), months))
    assert timedelta(days=27) <= ends - first <= timedelta(days=31 * months)
    anniversary = first.replace(year=first.year + 1, day=min(first.day, 28))
    assert ends < anniversary + timedelta(days=4)


@pytest.mark.parametrize(
    ("first", "months", "last"),
    [
        ("2026-12-01", 12, "2027-11-30"),
        ("2026-01-31", 1, "2026-02-28"),
        ("2028-02-29", 12, "2029-02-28"),
        ("2026-03-15", 6, "2026-09-14"),
    ],
)
def test_its_last_day_is_that_of_its_months(first: str, months: int, last: str) -> None:
    assert last_day(first, months) == last


@pytest.mark.parametrize(
    ("wish", "code"),
    [
        (replace(WISH, lines=()), "estimate_lines"),
        (replace(WISH, lines=(SESSIONS,) * 41), "estimate_lines"),
        (replace(WISH, lines=(replace(SESSIONS, quantity=401),)), "estimate_quantity"),
        (replace(WISH, months=13), "estimate_months"),
        (replace(WISH, months=0), "estimate_months"),
        (replace(WISH, first_date="2026-11-19"), "estimate_begun"),
        (replace(WISH, scheduled_on="2026-11-30"), "estimate_begun"),
        (replace(WISH, lines=(replace(SESSIONS, clinician_id="zoe"),)), "estimate_clinician"),
    ],
)
def test_what_no_estimate_can_be_is_refused(wish: EstimateWish, code: str) -> None:
    with pytest.raises(Invalid) as refused:
        draft(wish)
    assert refused.value.code == code


def test_what_is_missing_is_listed_and_nothing_issued() -> None:
    bare = replace(
        WILLOW, address="", clinicians=(replace(ADA, npi="", address=""), replace(BEN, license_state=""))
    )
    with pytest.raises(Refused) as refused:
        drafted(bare, replace(MAYA, birth_date=""), WISH, **AT)
    assert (
        refused.value.details["missing"]
        == "birth_date, ada: npi, ada: address, ben: license_state, ben: address"
    )


@pytest.mark.parametrize("coverage", [Coverage.UNKNOWN, Coverage.IN_NETWORK, Coverage.OUT_OF_NETWORK])
def test_it_is_for_who_pays_for_themselves(coverage: Coverage) -> None:
    with pytest.raises(Refused, match="estimate_not_self_pay"):
        draft(client=replace(MAYA, coverage=coverage))


def test_a_spanish_client_reads_services_by_their_spanish_names() -> None:
    """Issue 14, number 6: invoices translated them, and the paper that the law wants did not."""
    names = {SESSIONS.service: {"es": "Sesión, 50 minutos"}}
    practice, client = replace(WILLOW, service_names=names), replace(MAYA, locale="es")
    paper = drafted(practice, client, WISH, **AT).paper
    assert [(line.name, line.service) for line in paper.lines] == [
        ("Sesión, 50 minutos", SESSIONS.service), (TESTING.service, TESTING.service),
    ]  # fmt: skip


def test_the_digest_of_an_estimate_that_was_issued_before_stays() -> None:
    """Else nobody could open it any more."""
    assert draft().paper.digest == "85f49ebb5ce0526d6b9dfb13560d86300832b6a43d2f29a84963c74e6826c2da"


def test_the_same_words_on_the_same_day_are_issued_once_whatever_is_cut_off() -> None:
    rows, clock = with_account(), FakeClock(NOW)
    issues = issuing(rows, clock)
    first, new = issues.issue(WILLOW, MAYA, WISH)
    assert (first.seq, new) == (1, True)
    assert issues.issue(WILLOW, MAYA, WISH) == (first, False)
    clock.advance(minutes=5)
    assert issues.issue(WILLOW, MAYA, WISH) == (first, False)

    def lost() -> None:
        raise Busy("no reply")

    rows.after_issue = lost
    dearer = replace(WISH, lines=(replace(SESSIONS, charge_minor=16_000),))
    second, new = issues.issue(WILLOW, MAYA, dearer)
    assert (second.seq, new, len(rows.rows)) == (2, True, 2)
    clock.advance(days=1)
    rows.after_issue = lambda: None
    assert issues.issue(WILLOW, MAYA, dearer)[0].seq == 3  # another day: issued anew


def test_of_two_at_once_the_second_takes_the_next_number() -> None:
    rows, clock = with_account(), FakeClock(NOW)
    other = replace(WISH, months=6)

    def first() -> None:
        rows.before_issue = lambda: None
        issuing(rows, clock).issue(WILLOW, MAYA, other)

    rows.before_issue = first
    assert issuing(rows, clock).issue(WILLOW, MAYA, WISH)[0].seq == 2


def test_guarantors_who_are_not_shown_superbills_have_none() -> None:
    rows = with_account()
    estimate, _ = issuing(rows, FakeClock(NOW)).issue(WILLOW, MAYA, WISH)
    showing, ref = EstimateShowing(rows, None), MAYA.ref(WILLOW.id)  # type: ignore[arg-type]
    readers = {reads: Reader("p", reads) for reads in Reads}
    assert showing.listed(ref, readers[Reads.OWN]) == [estimate]
    assert showing.listed(ref, readers[Reads.SUPERBILLS]) == [estimate]
    assert showing.listed(ref, readers[Reads.OTHERS]) == ()
    for id_, reader in (("estimate-1", Reads.OTHERS), ("estimate-2", Reads.OWN), ("invoice-1", Reads.OWN)):
        with pytest.raises(NotFound, match="document_not_found"):
            showing.url(ref, id_, readers[reader], inline=True)


def test_a_paper_that_is_not_the_issued_one_is_not_drawn() -> None:
    rows = with_account()
    estimate, _ = issuing(rows, FakeClock(NOW)).issue(WILLOW, MAYA, WISH)
    ref = MAYA.ref(WILLOW.id)
    other = replace(draft().paper, lines=(replace(SESSIONS, quantity=39), TESTING))
    rows.rows[ref, 1] = (estimate, other)
    with pytest.raises(Unreadable):
        EstimateShowing(rows, None).opened(ref, 1)  # type: ignore[arg-type]


def data(locale: str = "en", *, name: str = "", wish: EstimateWish = WISH) -> EstimateData:
    client = replace(MAYA, locale=locale)
    if name:
        client = replace(client, legal_name=name, address=name)
        wish = replace(wish, lines=tuple(replace(line, service=name) for line in wish.lines))
    made = draft(wish, client)
    return EstimateData(made.numbered("a1", 1), made.paper)


CASES = {
    "english": data(),
    "spanish": data("es"),
    "one": data(wish=EstimateWish((replace(SESSIONS, cpt=""),), "2026-12-01", 1)),
    "40-lines": data(wish=replace(WISH, lines=(SESSIONS, TESTING) * 20)),
    "long": data(name="Bartholomew " * 17),
    "word": data(name="W" * 200),
    "right-to-left": data(name="שרה לוי " * 25),
    "hostile": data(name=HOSTILE),
    "no-font": data(name="Willow ᚠᚢᚦ \ue000"),
}


@pytest.fixture(scope="module")
def printed(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    folder = tmp_path_factory.mktemp("estimates")
    for name, of in CASES.items():
        (folder / f"{name}.pdf").write_bytes(TypstEstimateRenderer().estimate(of))
    return {name: folder / f"{name}.pdf" for name in CASES}


def text_of(path: Path) -> str:
    return " ".join(" ".join(page.extract_text() for page in PdfReader(path).pages).split())


@pytest.mark.parametrize("profile", [PDF_UA_1, PDF_A_2A])
def test_every_estimate_conforms(profile: str, printed: dict[str, Path]) -> None:
    assert failures(list(printed.values()), profile) == {str(path): [] for path in printed.values()}


@pytest.mark.parametrize("name", ["english", "40-lines"])
def test_the_same_data_gives_the_same_bytes(name: str, printed: dict[str, Path]) -> None:
    assert TypstEstimateRenderer().estimate(CASES[name]) == printed[name].read_bytes()


def test_it_says_all_it_must(printed: dict[str, Path]) -> None:
    text = text_of(printed["english"])
    for part in (
        "Good faith estimate", "Issued November 20, 2026", "December 1, 2026", "November 30, 2027",
        "Maya Okafor 5 Oak Lane", "Date of birth February 3, 1990", "Primary service Session, 50 minutes",
        "First appointment December 4, 2026", "F41.1", "code 90837 · Ada Moss, LCSW",
        "40 $150.00 $6,000.00", "2 $320.50 $641.00", "From Ada Moss, LCSW $6,000.00",
        "From Ben Reed, PhD $641.00",
        "Total $6,641.00", "NPI 1234567893, EIN 12-3456789, OR", "9 Elm Street, Portland, OR 97201",
        "NPI 1245319599, EIN 98-7654321, WA", "This is an estimate", "Other services may be recommended",
        "no contract", "$400 or more above this estimate", "within 120 days", "www.cms.gov/nosurprises",
        "changes nothing about the quality of your care",
    ):  # fmt: skip
        assert part in text, part


def test_a_spanish_clients_estimate_is_spanish(printed: dict[str, Path]) -> None:
    text = text_of(printed["spanish"])
    for part in (
        "Estimación de buena fe",
        "Emitida el",
        "Servicios previstos",
        "y no un contrato",
        "120 días",
    ):
        assert part in text
    assert "estimate" not in text
    assert str(PdfReader(printed["spanish"]).root_object["/Lang"]) == "es-US"


def test_without_code_or_diagnosis_it_says_so(printed: dict[str, Path]) -> None:
    text = text_of(printed["one"])
    assert "First appointment not arranged yet" in text
    assert "none known yet" in text
    assert "From Ada Moss" not in text
