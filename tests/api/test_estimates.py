"""Good faith estimates over HTTP (issue 14): listed, opened as a PDF, and for whom."""

from dataclasses import replace
from io import BytesIO

from pypdf import PdfReader

from chalicelib.documents.domain.estimates import drafted
from chalicelib.practice.domain.practices import Grant
from tests.api.test_invoices import Drawing
from tests.api.test_statements import pdf_at
from tests.support.api import World
from tests.support.estimates import put_estimate
from tests.support.saving import put_person
from tests.unit.documents.test_estimates import AT, MAYA, WILLOW, WISH


def issue(world: World, account: str = "maya") -> None:
    made = drafted(WILLOW, replace(MAYA, id=account), WISH, **AT)
    put_estimate(world.app.estimates, world.app.ledgers, "fern", made, account)


def test_a_client_lists_their_estimates_and_opens_one(world: World) -> None:
    world.app.documents_queue = Drawing()
    cookie = world.person("maya@example.test", "maya")
    assert world.call("GET", "/accounts/maya/estimates", cookie=cookie).body == {"estimates": []}
    issue(world)
    listed = world.call("GET", "/accounts/maya/estimates", cookie=cookie)
    assert listed.body["estimates"] == [
        {
            "id": "estimate-1", "issued_on": "2026-11-20", "first_date": "2026-12-01",
            "last_date": "2027-11-30", "currency": "USD", "total_minor": 664_100,
        }
    ]  # fmt: skip
    opened = world.call("GET", "/accounts/maya/estimates/estimate-1", cookie=cookie)
    assert opened.status == 303
    kept = world.call("GET", "/accounts/maya/estimates/estimate-1?as=attachment", cookie=cookie)
    first, second = (pdf_at(world, answer.headers["Location"]) for answer in (opened, kept))
    assert first == second
    assert "Maya Okafor" in PdfReader(BytesIO(first)).pages[0].extract_text()


def test_nobody_else_has_them_nor_a_guarantor_who_is_not_shown_superbills(world: World) -> None:
    world.app.documents_queue = Drawing()
    world.person("maya@example.test", "maya")
    other = world.person("eli@example.test", "eli")
    guarantor = world.person("ada@example.test", "maya", relation="guarantor")
    issue(world)
    assert world.call("GET", "/accounts/maya/estimates", cookie=other).status == 404
    assert world.call("GET", "/accounts/maya/estimates/estimate-1", cookie=other).status == 404
    assert world.call("GET", "/accounts/eli/estimates/estimate-1", cookie=other).status == 404
    assert len(world.call("GET", "/accounts/maya/estimates", cookie=guarantor).body["estimates"]) == 1
    (person,) = (p for p in world.app.people.people("fern") if p.email == "ada@example.test")
    put_person(
        world.app.people,
        "fern",
        replace(person, grants=(Grant("maya", "Maya", "guarantor", superbills=False),)),
    )
    assert world.call("GET", "/accounts/maya/estimates", cookie=guarantor).body == {"estimates": []}
    answer = world.call("GET", "/accounts/maya/estimates/estimate-1", cookie=guarantor)
    assert (answer.status, answer.body["code"]) == (404, "document_not_found")
