"""The dispute notice on invoices and statements (issue 14): "the dispute notice on invoices and statements
then", once a clinician's charges have reached a good faith estimate + $400; 45 CFR 149.620."""

from dataclasses import replace

import boto3
import pytest

from chalicelib.documents.domain.estimates import EstimateLine, EstimateWish
from chalicelib.documents.domain.filed import Filed
from chalicelib.documents.services.invoices.issuing import InvoiceWish
from chalicelib.kernel.account_refs import AccountRef
from chalicelib.kernel.periods import Period
from chalicelib.ledger.services.correcting import Correcting
from chalicelib.practice.domain.practices import Client, Coverage, Practice
from chalicelib.words.notices import NOTICE_TEXTS
from tests.api.test_invoices import Drawing
from tests.api.test_statements import pdf_at
from tests.support.api import World
from tests.support.pdf import text_of
from tests.support.saving import put_client
from tests.unit.documents.test_estimates import WILLOW

MARCH = Period(2026, 3)
LAW = {"en": NOTICE_TEXTS["estimate_dispute"][0], "es": NOTICE_TEXTS["estimate_dispute"][1]}
WHICH = {
    "en": "This is about the estimate of March 10, 2026, for services from March 10, 2026 until "
    "March 9, 2027: $300.00 was expected for services of Ada Moss, LCSW, and $700.00 has been charged.",
    "es": "Se trata de la estimación del 10 de marzo de 2026, para servicios desde el 10 de marzo de 2026 "
    "hasta el 9 de marzo de 2027: se preveían $300.00 por servicios de Ada Moss, LCSW, y se han cargado "
    "$700.00.",
}


def given(world: World, locale: str = "en", *, practice: Practice = WILLOW, estimated: bool = True) -> str:
    """Maya, who pays for herself, and two sessions of $150.00 are expected; her cookie."""
    world.app.documents_queue = Drawing()
    world.practice(practice)
    cookie = world.person("maya@example.test", "maya")
    client = Client(
        "maya", "maya", "Maya Okafor", "maya@example.test", locale, birth_date="1990-02-03",
        coverage=Coverage.SELF_PAY,
    )  # fmt: skip
    put_client(world.app.people, "fern", client)
    if estimated:
        wish = EstimateWish((EstimateLine("Individual session", "ada", 2, 15_000),), "2026-03-10")
        world.app.estimate_issuing.issue(practice, client, wish)
    return cookie


def invoice(world: World, practice: Practice = WILLOW) -> tuple[str, ...]:
    """What is issued now says."""
    client = world.app.people.client("fern", "maya")
    assert client is not None
    [issued] = world.app.invoice_issuing.issue(practice, client, InvoiceWish())
    paper = world.app.invoices.paper(AccountRef("fern", "maya"), issued.number)
    assert paper is not None
    return paper.letterhead.notices


def statement(world: World, practice: Practice = WILLOW) -> tuple[str, ...]:
    client = world.app.people.client("fern", "maya")
    assert client is not None
    world.clock.advance(days=30)
    world.app.issuing.issue(practice, MARCH, client)
    found = world.app.statements.issued(AccountRef("fern", "maya"), MARCH)
    assert found is not None
    return found.statement.letterhead.notices


def statement_pdf(world: World) -> bytes:
    ref = AccountRef("fern", "maya")
    world.app.statement_filing.render(ref, MARCH)
    found = world.app.statements.issued(ref, MARCH)
    assert found is not None
    key = f"practices/fern/{Filed.statement('fern', found.statement).key}"
    got: bytes = boto3.client("s3").get_object(Bucket=world.app.settings.bucket, Key=key)["Body"].read()
    return got


def test_14_below_estimate_and_400_dollars_nothing_is_said_and_to_the_cent_from_there_on_it_is(
    world: World,
) -> None:
    given(world)
    world.charge("maya", "c1", 69_999, date="2026-03-10")
    assert invoice(world) == ()
    world.charge("maya", "c2", 1, date="2026-03-10")
    assert invoice(world) == (LAW["en"], WHICH["en"])
    assert statement(world) == (LAW["en"], WHICH["en"])


def test_14_a_fee_that_an_adjustment_put_right_counts_as_it_is_then(world: World) -> None:
    """The documentation has fees corrected so. Seen: a fee with a nought too many told the client of a right
    to dispute after it was right, and one that was raised by $400 told nothing."""
    given(world)
    world.charge("maya", "c1", 150_000, date="2026-03-10")
    assert invoice(world) == (LAW["en"], WHICH["en"].replace("$700.00", "$1,500.00"))
    ref = AccountRef("fern", "maya")
    for number, minor in enumerate((80_001, -1)):
        world.post.adjustment(ref, f"a{number}", charge_external_id="c1", amount_minor=minor, on="2026-03-10")
        world.app.invoice_issuing.void(WILLOW, number + 1, actor="staff")
        assert invoice(world) == ((), (LAW["en"], WHICH["en"]))[number]
    world.post.write_off(ref, "w1", charge_external_id="c1", amount_minor=60_000, on="2026-03-10")
    world.app.invoice_issuing.void(WILLOW, 3, actor="staff")
    assert invoice(world) == (LAW["en"], WHICH["en"]), "it was charged, whoever bears it"


@pytest.mark.parametrize("locale", ["en", "es"])
def test_14_its_pdf_and_its_page_say_it_in_the_clients_language(world: World, locale: str) -> None:
    cookie = given(world, locale)
    world.charge("maya", "c1", 70_000, date="2026-03-10")
    invoice(world)
    opened = world.call("GET", "/accounts/maya/invoices/invoice-1", cookie=cookie).body
    assert opened["notices"] == [LAW[locale], WHICH[locale]]
    assert opened["language"] == locale
    answer = world.call("GET", "/accounts/maya/documents/invoice-1", cookie=cookie)
    text = " ".join(text_of(pdf_at(world, answer.headers["Location"])).split())
    assert LAW[locale] in text
    assert WHICH[locale] in text
    statement(world)
    text = " ".join(text_of(statement_pdf(world)).split())
    assert LAW[locale] in text
    assert WHICH[locale] in text


def test_14_what_was_issued_before_stays_as_it_was_and_what_is_issued_after_says_so_no_more_where_it_fell(
    world: World,
) -> None:
    """Decided as it is issued: the charge that was too much is taken back afterwards."""
    cookie = given(world)
    world.charge("maya", "c1", 60_000, date="2026-03-10")
    assert invoice(world) == ()
    world.charge("maya", "c2", 10_000, date="2026-03-10")
    said = invoice(world)
    assert said == (LAW["en"], WHICH["en"])
    ref = AccountRef("fern", "maya")
    Correcting(world.app.ledgers, world.clock, "cli").reverse(ref, 2, on="2026-03-10")
    for number, notices in ((1, ()), (2, said)):
        opened = world.call("GET", f"/accounts/maya/invoices/invoice-{number}", cookie=cookie).body
        assert opened["notices"] == list(notices)
    assert statement(world) == ()


@pytest.mark.parametrize(
    ("more", "on", "who"), [("another clinician", "2026-03-10", "ben"), ("another day", "2026-03-01", "ada")]
)
def test_14_a_bill_of_other_services_says_nothing(world: World, more: str, on: str, who: str) -> None:
    """Once the services that are above have their invoice, another one that has none of them says nothing."""
    given(world)
    world.charge("maya", "c1", 70_000, date="2026-03-10")
    assert invoice(world) == (LAW["en"], WHICH["en"])
    world.charge("maya", "c2", 1_000, date=on, clinician_id=who)
    assert invoice(world) == (), more


@pytest.mark.parametrize("what", ["insured", "switched off", "no estimate"])
def test_14_who_is_insured_has_none_or_whose_practice_has_it_off_is_told_nothing(
    world: World, what: str
) -> None:
    off = replace(WILLOW, notices={"estimate_dispute": False})
    practice = off if what == "switched off" else WILLOW
    given(world, practice=practice, estimated=what != "no estimate")
    if what == "insured":
        client = world.app.people.client("fern", "maya")
        assert client is not None
        put_client(world.app.people, "fern", replace(client, coverage=Coverage.IN_NETWORK))
    world.charge("maya", "c1", 70_000, date="2026-03-10")
    assert invoice(world, practice) == ()
    assert statement(world, practice) == ()
