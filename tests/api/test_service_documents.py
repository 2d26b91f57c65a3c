"""Issue 14, T2: a service's documents, of paid ones too: its invoice, its superbill, its receipts."""

from dataclasses import replace
from typing import Any

import pytest

from chalicelib.documents.domain.invoices import Grouping
from chalicelib.documents.services.invoices.issuing import InvoiceWish
from chalicelib.entrypoints.http.documents import documents
from chalicelib.ledger.ports.ledgers import Change
from chalicelib.ledger.services.correcting import Correcting
from chalicelib.ledger.services.facts import CorrectingFacts, FactChanges
from tests.api.test_superbills import cookie as cookie  # a fixture
from tests.api.test_superbills import issue, see
from tests.support.api import World
from tests.support.practice import MAYA
from tests.unit.superbills.world import CODED


def invoice(world: World) -> None:
    practice, client = world.app.practices.practice("fern"), world.app.people.client("fern", "maya")
    assert practice is not None
    assert client is not None
    world.app.invoice_issuing.issue(practice, client, InvoiceWish(Grouping.CLIENT))


def pay(world: World, external_id: str, minor: int, on: str = "2026-03-10") -> str:
    """The payment's id."""
    before = {paid.id for paid in world.app.ledgers.payments(MAYA, cursor=None, limit=9).rows}
    world.post.external_payment(MAYA, external_id, minor, method="cash", on=on)
    (made,) = {paid.id for paid in world.app.ledgers.payments(MAYA, cursor=None, limit=9).rows} - before
    return made


def services(world: World, cookie: str, *, cursor: str = "") -> Any:
    query = f"?cursor={cursor}" if cursor else ""
    answer = world.call("GET", f"/accounts/maya/services{query}", cookie=cookie)
    assert answer.status == 200, answer.body
    return answer.body


def test_T2_each_service_has_its_documents_also_once_it_is_paid(world: World, cookie: str) -> None:
    invoice(world)
    paid = pay(world, "p1", 20_000)
    issue(world)
    body = services(world, cookie)
    newer, older = body["services"]
    assert newer == {
        "charge_id": newer["charge_id"], "date": "2026-03-05", "service": "Individual session",
        "service_locale": "en", "clinician": "Ada Moss, LCSW", "invoice": "invoice-1",
        "superbill": "superbill-1",
    }  # fmt: skip
    assert (older["service"], older["invoice"], older["superbill"]) == (
        "Grief work", "invoice-1", "superbill-1"
    )  # fmt: skip
    (receipt,) = body["receipts"]
    assert (receipt["payment_id"], receipt["date"]) == (paid, "2026-03-10")
    assert set(receipt["charge_ids"]) == {newer["charge_id"], older["charge_id"]}
    assert body["next_cursor"] is None
    opened = world.call(
        "GET", f"/accounts/maya/payments/{receipt['payment_id']}/itemised-receipt", cookie=cookie
    )
    assert opened.status in (303, 409), opened.body  # it is there, or on its way


def test_a_service_that_is_on_nothing_has_nothing(world: World, cookie: str) -> None:
    body = services(world, cookie)
    assert [(row["invoice"], row["superbill"]) for row in body["services"]] == [(None, None)] * 2
    assert body["receipts"] == []


def test_a_receipt_names_only_what_its_payment_paid(world: World, cookie: str) -> None:
    first = pay(world, "p1", 15_000, on="2026-03-06")
    second = pay(world, "p2", 5_500)
    body = services(world, cookie)
    newer, older = (row["charge_id"] for row in body["services"])
    assert {row["payment_id"]: row["charge_ids"] for row in body["receipts"]} == {
        first: [older], second: [newer],
    }  # fmt: skip


def test_a_replaced_superbill_and_a_void_invoice_give_way(world: World, cookie: str) -> None:
    invoice(world)
    issue(world)
    world.charge("maya", "c3", 1_000, date="2026-03-07", **CODED)
    practice = world.app.practices.practice("fern")
    assert practice is not None
    world.app.superbill_issuing.replace(practice, 1, actor="staff")
    world.app.invoice_issuing.void(practice, 1, actor="staff")
    found = services(world, cookie)["services"]
    assert {row["superbill"] for row in found} == {"superbill-2"}
    assert {row["invoice"] for row in found} == {None}


def test_a_service_whose_clinician_was_corrected_has_its_own_and_keeps_its_documents(
    world: World, cookie: str
) -> None:
    """Seen: it stood under whom it was first said to be of, and without the superbill of whose it is."""
    issue(world)
    correcting = CorrectingFacts(world.app.ledgers, world.app.clock)
    facts = FactChanges(clinician_id="ben")
    correcting.correct(MAYA, "f1", charge_external_id="c1", facts=facts, on="2026-03-07")
    newer, older = services(world, cookie)["services"]
    assert [(row["clinician"], row["superbill"]) for row in (newer, older)] == [
        ("Ada Moss, LCSW", "superbill-1"), ("Ben Reed, PhD", "superbill-1"),
    ]  # fmt: skip
    practice = world.app.practices.practice("fern")
    assert practice is not None
    world.app.superbill_issuing.replace(practice, 1, actor="staff")
    issue(world)
    newer, older = services(world, cookie)["services"]
    assert (newer["superbill"], older["superbill"]) == ("superbill-2", "superbill-3")


def test_a_service_that_was_taken_back_is_listed_no_more(world: World, cookie: str) -> None:
    """Seen: it was said to have no documents yet, as if some were to come."""
    Correcting(world.app.ledgers, world.app.clock, "cli").reverse(MAYA, 2, on="2026-03-09")
    (left,) = services(world, cookie)["services"]
    assert left["service"] == "Grief work"


def test_a_guarantor_without_superbills_sees_none_of_them(world: World, cookie: str) -> None:
    issue(world)
    shown = see(world, "rose@example.test", superbills=True)
    hidden = see(world, "basil@example.test", superbills=False)
    assert {row["superbill"] for row in services(world, shown)["services"]} == {"superbill-1"}
    assert {row["superbill"] for row in services(world, hidden)["services"]} == {None}


def test_services_come_by_pages(world: World, cookie: str, monkeypatch: pytest.MonkeyPatch) -> None:
    pay(world, "p1", 20_000)
    monkeypatch.setattr(documents, "PAGE", 2)
    first = services(world, cookie)
    then = services(world, cookie, cursor=first["next_cursor"])
    dates = [row["date"] for row in first["services"] + then["services"]]
    assert dates == ["2026-03-05", "2026-03-01"]
    assert len(first["receipts"]) == 1
    bad = world.call("GET", "/accounts/maya/services?cursor=x", cookie=cookie)
    assert (bad.status, bad.body["code"]) == (422, "cursor_invalid")


def test_another_account_is_absent(world: World, cookie: str) -> None:
    assert world.call("GET", "/accounts/rose/services", cookie=cookie).status == 404


def test_an_account_that_an_import_holds_is_not_shown(world: World, cookie: str) -> None:
    account = world.app.ledgers.account(MAYA)
    assert account is not None
    world.app.ledgers.commit("fern", Change(account, replace(account, hold="import-1")))
    answer = world.call("GET", "/accounts/maya/services", cookie=cookie)
    assert (answer.status, answer.body["code"]) == (409, "account_updating")
