"""The receipt that says what was paid for (issue 14): drawn when it is opened, of what is posted by then."""

from dataclasses import replace

import pytest

from chalicelib.documents.domain.readers import Reader, Reads
from chalicelib.entrypoints import jobs
from chalicelib.ledger.domain.charges import ChargeStatus
from chalicelib.ledger.services.correcting import Correcting
from chalicelib.practice.domain.practices import Client
from tests.api.test_missing_files import PAGE
from tests.api.test_statements import Record, WorkingQueue, pdf_at, working
from tests.support.api import World
from tests.support.pdf import text_of
from tests.support.practice import MAYA, PRACTICE
from tests.support.queue import FakeQueue
from tests.support.saving import put_client

OWN = Reader("maya", Reads.OWN)


@pytest.fixture
def queue(world: World) -> FakeQueue:
    world.app.__dict__.pop("itemised_receipts", None)
    return working(world, WorkingQueue())


@pytest.fixture
def maya(world: World, queue: FakeQueue) -> str:
    """An insurer paid of one session, another was missed; she pays both in cash, and five dollars more."""
    ada = replace(PRACTICE.clinicians[0], tax_id="98-7654321")
    world.practice(
        replace(
            PRACTICE,
            legal_name="Fern Hill PLLC",
            tax_id="12-3456789",
            clinicians=(ada, PRACTICE.clinicians[1]),
        )
    )
    cookie = world.person("maya@example.test", "maya")
    named = Client("maya", "maya", "Maya", "maya@example.test", "en", legal_name="Maya Ann Ortiz")
    put_client(world.app.people, "fern", named)
    world.charge("maya", "c1", 6_000, insurer_minor=9_000)
    world.charge(
        "maya", "c2", 7_500, service="Missed session", date="2026-03-05", status=ChargeStatus.NO_SHOW
    )
    world.post.insurance_payment(
        MAYA, "i1", charge_external_id="c1", paid_minor=9_000, contractual_minor=0, to_client_minor=0,
        on="2026-03-20",
    )  # fmt: skip
    world.post.external_payment(MAYA, "p1", 14_000, method="cash", on="2026-04-02")
    return cookie


def path(world: World) -> str:
    paid = world.app.ledgers.payments(MAYA, cursor=None, limit=1).rows[0]
    return f"/accounts/maya/payments/{paid.id}/itemised-receipt"


def printed(world: World, cookie: str) -> str:
    answer = world.call("GET", path(world), cookie=cookie, headers=PAGE)
    assert answer.status == 303
    return " ".join(text_of(pdf_at(world, answer.headers["Location"])).split())


def test_it_names_each_service_with_its_date_clinician_fee_insurance_and_what_was_paid(
    world: World, maya: str
) -> None:
    text = printed(world, maya)
    for part in (
        "Itemized receipt Payment received $140.00", "Fern Hill PLLC", "Client Maya Ann Ortiz",
        "Paid by Received at the practice's office Method Cash",
        "EIN 12-3456789", "EIN of Ada Moss 98-7654321", "Mar 1, 2026 Individual session", "Ada Moss, LCSW",
        "$150.00 $90.00 $60.00", "Missed session", "Not eligible: no care was received", "$75.00 $75.00",
        "Kept as credit, for no service yet $5.00", "Total $140.00",
    ):  # fmt: skip
        assert part in text
    assert text.count("Not eligible") == 1
    assert "Refunded" not in text


def test_it_is_made_once_for_what_is_posted_and_anew_when_something_was(
    world: World, maya: str, queue: FakeQueue
) -> None:
    first = printed(world, maya)
    assert printed(world, maya) == first
    assert [task["form"] for task in queue.sent] == ["itemised"]
    world.post.external_refund(MAYA, "r1", payment_external_id="p1", amount_minor=2_000, on="2026-04-03")
    text = printed(world, maya)
    assert "Refunded, as of" in text
    assert "−$20.00 Left of this payment $120.00" in text.replace("-$20.00", "−$20.00")
    assert len(queue.sent) == 2


def test_what_an_insurer_took_back_is_not_said_to_be_paid(world: World, maya: str) -> None:
    entries = world.app.ledgers.entries(MAYA, first=1, last=99)
    insured = next(entry.seq for entry in entries if entry.draft.kind == "insurance_payment")
    Correcting(world.app.ledgers, world.app.clock, "cli").reverse(MAYA, insured, on="2026-04-03")
    assert "$90.00" not in printed(world, maya)


def test_what_an_insurer_freed_later_is_kept_as_credit_and_not_paid_for_the_service(
    world: World, maya: str
) -> None:
    """A session whose insurer paid all of it was said to have been paid by the client, too."""
    world.charge("maya", "c9", 8_000, insurer_minor=7_000)
    world.post.external_payment(MAYA, "p8", 2_000, method="cash", on="2026-04-02")
    world.post.external_payment(MAYA, "p9", 5_500, method="cash", on="2026-04-03")
    assert "$150.00 $55.00" in printed(world, maya)
    world.post.insurance_payment(
        MAYA, "i9", charge_external_id="c9", paid_minor=9_500, contractual_minor=0, to_client_minor=0,
        on="2026-04-20", above_expected=True,
    )  # fmt: skip
    # $25.00 of the client's: the $5.00 that were credit before, and of the payments what came last.
    freed = "$150.00 $95.00 $35.00 Kept as credit, for no service yet $20.00 Total $55.00"
    assert freed in printed(world, maya)
    world.post.external_refund(MAYA, "r9", payment_external_id="p9", amount_minor=1_000, on="2026-04-21")
    assert f"{freed} Refunded" in printed(world, maya)
    rows = world.app.ledgers.payments(MAYA, cursor=None, limit=9).rows
    earlier = next(paid for paid in rows if paid.reference == "p8")
    data = world.app.itemised_receipts._data(MAYA, world.app.itemised_receipts._rows(MAYA, earlier.id, OWN))
    assert ([service.paid_minor for service in data.services], data.credit_minor) == ([2_000], 0)
    entries = world.app.ledgers.entries(MAYA, first=1, last=99)
    insured = [entry.seq for entry in entries if entry.draft.kind == "insurance_payment"][-1]
    Correcting(world.app.ledgers, world.app.clock, "cli").reverse(MAYA, insured, on="2026-04-22")
    assert "$150.00 $55.00 Total $55.00" in printed(world, maya)


def test_other_names_are_another_file_though_the_rows_versions_are_the_same(world: World, maya: str) -> None:
    """A restored table counts versions anew: what was drawn before of a row that says something else now was
    given out."""
    paid = world.app.ledgers.payments(MAYA, cursor=None, limit=1).rows[0]
    rows = world.app.itemised_receipts._rows(MAYA, paid.id, OWN)
    for other in (
        replace(rows, client=replace(rows.client, legal_name="Maya Ortiz-Vale")),
        replace(rows, practice=replace(rows.practice, tax_id="99-9999999")),
        replace(rows, practice=replace(rows.practice, clinicians=())),
    ):
        assert other.key != rows.key
    assert world.app.itemised_receipts._rows(MAYA, paid.id, OWN).key == rows.key


def test_while_an_import_holds_the_account_nothing_of_it_is_told(
    world: World, maya: str, queue: FakeQueue
) -> None:
    """As of billing: half of what is being brought along would be on a paper for an insurer."""
    where = path(world)
    world.post.hold(MAYA, "imp1")
    told = world.call("GET", where, cookie=maya)
    assert (told.status, told.code, queue.sent) == (409, "account_updating", [])
    world.post.release(MAYA, "imp1")
    assert world.call("GET", where, cookie=maya, headers=PAGE).status == 303
    assert queue.sent


def test_a_payment_without_money_has_none_and_another_persons_is_not_there(world: World, maya: str) -> None:
    world.charge("maya", "c3", 9_000)
    key = "6f5b1a52-6a0e-4b57-8f21-1f4f34f9a111"
    assert world.pay("maya", maya, key, type="balance").status == 201
    told = world.call("GET", f"/accounts/maya/payments/{key}/itemised-receipt", cookie=maya)
    assert (told.status, told.code) == (409, "receipt_not_ready")
    noah = world.person("noah@example.test", "noah")
    theirs = world.call("GET", path(world), cookie=noah)
    absent = world.call("GET", path(world).replace("/maya/", "/nobody/"), cookie=noah)
    assert (theirs.status, theirs.body) == (404, absent.body)


def test_cash_of_who_reads_spanish_is_receipted_in_spanish(world: World, maya: str) -> None:
    client = world.app.people.client("fern", "maya")
    assert client is not None
    put_client(world.app.people, "fern", replace(client, locale="es"))
    text = printed(world, maya)
    for part in ("Recibo detallado", "Cliente Maya Ann Ortiz", "Qué se pagó", "No elegible", "A su favor"):
        assert part in text


def test_a_task_about_no_payment_goes_back(world: World, maya: str) -> None:
    task = {"task": "render", "practice": "fern", "account": "maya", "payment": "none", "form": "itemised"}
    task |= {"person": "maya", "reads": "own"}
    assert jobs.documents([Record(1, task)])["batchItemFailures"]
