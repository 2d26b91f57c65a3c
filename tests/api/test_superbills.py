"""Superbills over HTTP (issue 14; T2, S1, S3, S6): listed, opened, and shown only where the grant says so."""

import logging
from dataclasses import replace
from io import BytesIO
from urllib.parse import parse_qs, urlsplit

import boto3
import pytest
from moto.core.models import DEFAULT_ACCOUNT_ID
from moto.sesv2.models import sesv2_backends
from pypdf import PdfReader

from chalicelib.documents.domain.superbills import Stretch
from chalicelib.documents.services.superbills.drafting import SuperbillWish
from chalicelib.documents.services.superbills.notices import message
from chalicelib.practice.domain.practices import Grant
from chalicelib.practice.services.address_hashes import person_at
from tests.api.test_invoices import Drawing
from tests.api.test_records import archive, press, work
from tests.api.test_statements import pdf_at
from tests.support.api import Answer, World
from tests.support.practice import MAYA
from tests.support.reads import asked_of_dynamodb
from tests.support.saving import put_client, put_person, put_practice
from tests.unit.superbills.world import CODED, CODES, WHOLE

WISH = SuperbillWish(Stretch("2026-03-01", "2026-03-10"))
PLANTED = ("Zebulon", "Quartz", "Grief work", "F41.1", "90834", "1990-04-02", "XYZ123")


@pytest.fixture
def cookie(world: World) -> str:
    world.practice(replace(WHOLE))
    world.app.diagnosis_codes = lambda: CODES
    cookie = world.person("maya@example.test", "maya")
    client = world.app.people.client("fern", "maya")
    assert client is not None
    named = replace(
        client, name="Zebulon Quartz", legal_name="Zebulon Quartz", address="5 Oak Lane",
        birth_date="1990-04-02", member_id="XYZ123",
    )  # fmt: skip
    put_client(world.app.people, "fern", named)
    world.charge("maya", "c1", 15_000, service="Grief work", **CODED)
    world.charge("maya", "c2", 5_000, date="2026-03-05", **CODED)
    return cookie


def issue(world: World, wish: SuperbillWish = WISH) -> None:
    client = world.app.people.client("fern", "maya")
    practice = world.app.practices.practice("fern")
    assert client is not None
    assert practice is not None
    assert world.app.superbill_issuing.issue(practice, client, wish).issued


def get(world: World, cookie: str, path: str) -> Answer:
    return world.call("GET", f"/accounts/maya/{path}", cookie=cookie)


def see(world: World, email: str, *, relation: str = "guarantor", superbills: bool = False) -> str:
    """The cookie of somebody whose grant says so."""
    cookie = world.person(email)
    person = person_at(world.app.people, world.app.keys, "fern", email)
    assert person is not None
    grants = (Grant("maya", "Zebulon Quartz", relation, superbills),)
    put_person(world.app.people, "fern", replace(person, grants=grants))
    return cookie


def test_S1_S3_superbills_are_listed_with_which_services_are_on_them(world: World, cookie: str) -> None:
    empty = get(world, cookie, "superbills").body
    assert empty == {"superbills": [], "next_cursor": None, "services": {}}
    world.post.external_payment(MAYA, "p1", 6_000, method="cash", on="2026-03-10")
    issue(world)
    body = get(world, cookie, "superbills").body
    assert body["superbills"] == [
        {
            "id": "superbill-1", "number": 1, "status": "issued", "issued_on": "2026-03-10",
            "first_date": "2026-03-01", "last_date": "2026-03-10", "clinician": "Ada Moss, LCSW",
            "services": 2, "currency": "USD", "fee_minor": 20_000, "insurance_minor": 0,
            "adjustments_minor": 0, "paid_minor": 6_000, "replaces": None, "replaced_by": None,
        }
    ]  # fmt: skip
    assert list(body["services"].values()) == ["superbill-1"] * 2  # T2


def test_an_opened_superbill_has_its_lines_and_no_diagnosis(world: World, cookie: str) -> None:
    issue(world)
    world.post.external_payment(MAYA, "p1", 6_000, method="cash", on="2026-03-10")
    opened = get(world, cookie, "superbills/superbill-1").body
    assert opened["client"] == "Zebulon Quartz"
    assert [line["paid_minor"] for line in opened["lines"]] == [0, 0]
    first = opened["lines"][0]
    assert (first["date"], first["code"], first["service"], first["units"]) == (
        "2026-03-01", "90834-95", "Grief work", 1,
    )  # fmt: skip
    assert opened["voided_on"] is None
    assert "F41" not in str(opened)


def test_a_replaced_one_says_by_which(world: World, cookie: str) -> None:
    issue(world)
    world.post.external_payment(MAYA, "p1", 6_000, method="cash", on="2026-03-10")
    practice = world.app.practices.practice("fern")
    assert practice is not None
    world.app.superbill_issuing.replace(practice, 1, actor="cli")
    newest, oldest = get(world, cookie, "superbills").body["superbills"]
    assert (newest["replaces"], newest["status"]) == ("superbill-1", "issued")
    assert (oldest["replaced_by"], oldest["status"]) == ("superbill-2", "replaced")
    assert get(world, cookie, "superbills/superbill-1").body["voided_on"] == "2026-03-10"


def test_a_guarantor_sees_them_only_where_the_grant_says_so(world: World, cookie: str) -> None:
    """Issue 14. Who pays may see the account, and no superbill of it."""
    issue(world)
    ada = see(world, "ada@example.test")
    for path in ("superbills", "superbills/superbill-1"):
        answer = get(world, ada, path)
        assert (answer.status, answer.code) == (403, "superbills_hidden"), path
    for document in ("superbill-1", "superbill-1-void", "superbill-9"):
        answer = get(world, ada, f"documents/{document}")
        assert (answer.status, answer.code) == (404, "document_not_found"), document
    assert get(world, ada, "billing").status == 200
    sol = see(world, "sol@example.test", superbills=True)
    assert get(world, sol, "superbills/superbill-1").status == 200
    hidden = see(world, "maya2@example.test", relation="self")
    assert get(world, hidden, "superbills").code == "superbills_hidden"


def test_anothers_superbill_answers_as_an_absent_one(world: World, cookie: str) -> None:
    issue(world)
    other = world.person("noah@example.test", "noah")
    for path, code in (("superbills/superbill-1", "superbill_not_found"),
                       ("documents/superbill-1", "document_not_found")):  # fmt: skip
        absent = world.call("GET", f"/accounts/noah/{path}", cookie=other)
        assert (absent.status, absent.code) == (404, code)
        assert get(world, other, path).code == "account_not_found"
    for id_ in ("superbill-2", "superbill-0", "superbill-1-void", "invoice-1", "1"):
        assert get(world, cookie, f"superbills/{id_}").code == "superbill_not_found", id_


def test_S6_it_is_made_when_it_is_first_opened_and_downloaded_as_the_same_bytes(
    world: World, cookie: str
) -> None:
    world.app.documents_queue = Drawing()
    issue(world)
    urls = [
        get(world, cookie, f"documents/superbill-1?as={as_}").headers["Location"]
        for as_ in ("inline", "attachment")
    ]
    opened, downloaded = (pdf_at(world, url) for url in urls)
    assert opened == downloaded
    text = "".join(page.extract_text() for page in PdfReader(BytesIO(opened)).pages)
    assert "Generalized anxiety disorder" in text
    asked = [parse_qs(urlsplit(url).query)["response-content-disposition"][0] for url in urls]
    assert asked[0].startswith('inline; filename="superbill-1.pdf"')
    assert asked[1].startswith("attachment")
    files = boto3.client("s3").list_objects_v2(Bucket=world.app.settings.bucket)["Contents"]
    assert [one["Key"].rsplit("-", 1)[0] for one in files] == ["practices/fern/superbills/maya/1"]


def test_a_void_one_has_a_document_that_says_so(world: World, cookie: str) -> None:
    world.app.documents_queue = Drawing()
    issue(world)
    assert get(world, cookie, "documents/superbill-1-void").code == "document_not_found"
    practice = world.app.practices.practice("fern")
    assert practice is not None
    world.app.superbill_issuing.void(practice, 1, actor="cli")
    answer = get(world, cookie, "documents/superbill-1-void")
    pdf = pdf_at(world, answer.headers["Location"])
    assert "do not send it" in "".join(page.extract_text() for page in PdfReader(BytesIO(pdf)).pages)


def test_names_and_diagnoses_reach_no_log_mail_or_address(
    world: World, cookie: str, caplog: pytest.LogCaptureFixture
) -> None:
    """Proof 21, issue 14."""
    caplog.set_level(logging.DEBUG, "billfold")
    world.app.documents_queue = Drawing()
    issue(world)
    opened = get(world, cookie, "documents/superbill-1")
    Drawing().send(message(MAYA, 1))
    sent = sesv2_backends[DEFAULT_ACCOUNT_ID]["us-east-1"].core_backend.sent_messages
    mails = [repr(vars(one)) for one in sent]
    assert len(mails) == 1
    seen = [caplog.text, *mails, opened.headers["Location"], *map(repr, (r.__dict__ for r in caplog.records))]
    for word in PLANTED:
        assert not [text for text in seen if word in text], word
    assert "superbill" not in mails[0].replace("/superbill?", "").replace("superbill-1", "")


def test_a_page_of_fifty_asks_for_few_read_units(world: World, cookie: str) -> None:
    """Issue 14: at most 6 beside session and practice."""
    for number in range(50):
        day = f"2026-0{number // 28 + 1}-{number % 28 + 1:02d}"
        for each in range(4):
            world.charge("maya", f"x{number} {each}", 5_000, date=day, **CODED)
        issue(world, SuperbillWish(Stretch(day, day)))
    with asked_of_dynamodb() as made:
        assert get(world, cookie, "superbills").status == 200
    beside = 2.0  # session and person, and the practice
    assert made.units - beside <= 6, [made.units, *made.calls]
    assert len(made.calls) <= 4


def test_what_the_practice_s_file_no_longer_names_is_still_listed(world: World, cookie: str) -> None:
    issue(world)
    put_practice(world.app.practices, replace(WHOLE, clinicians=WHOLE.clinicians[1:]))
    assert get(world, cookie, "superbills").body["superbills"][0]["clinician"] == ""


def test_S1_S2_billing_has_the_latest_superbills_for_who_may_see_them(world: World, cookie: str) -> None:
    issue(world)
    (recent,) = world.billing("maya", cookie)["recent_documents"]["superbills"]
    assert recent == {
        "id": "superbill-1", "number": 1, "first_date": "2026-03-01", "last_date": "2026-03-10",
    }  # fmt: skip
    guarantor = see(world, "pat@example.test")
    assert world.billing("maya", guarantor)["recent_documents"]["superbills"] == []


def test_records_have_superbills_for_who_may_see_them(world: World, cookie: str) -> None:
    """Issue 14: as guarantor without superbills where the grant says no."""
    issue(world)
    guarantor = see(world, "pat@example.test")
    for reader, shown in ((cookie, True), (guarantor, False)):
        press(world, reader)
        work(world)
        names = archive(world, reader).namelist()
        assert any("superbill" in name for name in names) is shown
        assert not any(word.lower() in " ".join(names).lower() for word in PLANTED)
