"""Invoices over HTTP (issue 14; S1, S3, S6, S9, S14): listed, opened, paid, and how they stand afterwards."""

import json
from dataclasses import replace
from io import BytesIO
from typing import Any
from urllib.parse import parse_qs, urlsplit

import boto3
import pytest
from pypdf import PdfReader

from chalicelib.documents.domain.filed import Filed
from chalicelib.documents.domain.invoices import (
    DraftInvoice,
    Grouping,
    InvoiceLine,
    InvoicePaper,
    Void,
)
from chalicelib.documents.services.invoices.issuing import InvoiceWish
from chalicelib.documents.store.files import S3Files
from chalicelib.documents.store.invoices import DynamoInvoices
from chalicelib.documents.store.logos import FiledLogos
from chalicelib.entrypoints import jobs
from chalicelib.kernel.account_refs import AccountRef
from chalicelib.practice.domain.logos import picture_of
from tests.api.test_statements import Record, pdf_at
from tests.support.api import Answer, World
from tests.support.letterheads import of_invoice
from tests.support.practice import MAYA, PRACTICE
from tests.support.queue import FakeQueue
from tests.unit.practice.test_logos import svg

KEY = "0c6e2a4e-7c1d-4a52-9f0b-8d9b0a6f1e11"


class Drawing(FakeQueue):
    """The documents function, at once."""

    def send(self, message: Any) -> None:
        assert jobs.documents([Record(1, json.loads(json.dumps(dict(message))))]) == {"batchItemFailures": []}


@pytest.fixture
def cookie(world: World) -> str:
    cookie = world.person("maya@example.test", "maya")
    world.charge("maya", "c1", 15_000)
    world.charge("maya", "c2", 5_000, date="2026-03-05")
    return cookie


def issue(world: World, wish: InvoiceWish = InvoiceWish()) -> None:  # noqa: B008
    client = world.app.people.client("fern", "maya")
    assert client is not None
    world.app.invoice_issuing.issue(PRACTICE, client, wish)


def listed(world: World, cookie: str) -> list[dict[str, Any]]:
    answer = world.call("GET", "/accounts/maya/invoices", cookie=cookie)
    assert answer.status == 200, answer.body
    found: list[dict[str, Any]] = answer.body["invoices"]
    return found


def quote(world: World, cookie: str, document_id: str = "invoice-1") -> Answer:
    return world.quote("maya", cookie, type="invoice", document_id=document_id)


def test_S1_S3_invoices_are_listed_with_how_they_stand(world: World, cookie: str) -> None:
    assert listed(world, cookie) == []
    issue(world)
    world.charge("maya", "c3", 2_000)
    issue(world)
    newest, oldest = listed(world, cookie)
    assert (newest["number"], oldest["number"]) == (2, 1)
    assert oldest == {
        "id": "invoice-1", "number": 1, "status": "open", "issued_on": "2026-03-10",
        "due_on": "2026-04-09", "first_date": "2026-03-01", "last_date": "2026-03-05", "services": 2,
        "currency": "USD", "fee_minor": 20_000, "insurance_minor": 0, "adjustments_minor": 0,
        "paid_minor": 0, "amount_minor": 20_000, "owed_now_minor": 20_000,
        "question": None,
    }  # fmt: skip
    owed = world.call("GET", "/accounts/maya/invoices", cookie=cookie).body["owed"]
    assert sorted(owed.values()) == ["invoice-1", "invoice-1", "invoice-2"]


def test_S1_S2_billing_has_the_latest_invoices_with_how_they_stand_in_its_one_call(
    world: World, cookie: str
) -> None:
    shown = world.billing("maya", cookie)
    none: dict[str, list[Any]] = {"invoices": [], "statements": [], "superbills": []}
    assert (shown["recent_documents"], shown["invoiced"]) == (none, {})
    issue(world)
    world.app.invoice_issuing.void(PRACTICE, 1, actor="cli")
    issue(world)
    for number in range(3, 5):
        world.charge("maya", f"c{number}", 2_000)
        issue(world)
    world.post.external_payment(MAYA, "p1", 16_000, method="cash", on="2026-03-10")
    shown = world.billing("maya", cookie)
    rows = shown["recent_documents"]["invoices"]
    assert [(row["number"], row["status"], row["owed_now_minor"]) for row in rows] == [
        (row["number"], row["status"], row["owed_now_minor"]) for row in listed(world, cookie)[:3]
    ]
    assert [row["number"] for row in rows] == [4, 3, 2]
    assert set(shown["invoiced"]) == {item["charge_id"] for item in shown["items"]}
    world.app.invoice_issuing.void(PRACTICE, 4, actor="cli")
    newest = world.billing("maya", cookie)["recent_documents"]["invoices"][0]
    assert (newest["number"], newest["status"], newest["amount_minor"]) == (4, "void", 2_000)


def test_an_opened_invoice_has_its_lines_as_they_were_issued(world: World, cookie: str) -> None:
    issue(world)
    world.post.external_payment(MAYA, "p1", 6_000, method="cash", on="2026-03-10")
    opened = world.call("GET", "/accounts/maya/invoices/invoice-1", cookie=cookie).body
    assert [line["owed_minor"] for line in opened["lines"]] == [15_000, 5_000]
    assert (opened["invoice"]["status"], opened["invoice"]["owed_now_minor"]) == ("partly_paid", 14_000)
    assert opened["voided_on"] is None


def test_S9_an_invoice_pays_what_its_services_still_owe_now(world: World, cookie: str) -> None:
    issue(world)
    world.charge("maya", "c3", 2_000)  # on no invoice: not paid by it
    world.post.external_payment(MAYA, "p1", 6_000, method="cash", on="2026-03-10")
    offered = quote(world, cookie).body
    assert offered["amount_minor"] == 14_000
    assert [line["amount_minor"] for line in offered["lines"]] == [9_000, 5_000]
    assert offered["owed_after_minor"] == 2_000
    started = world.pay("maya", cookie, KEY, type="invoice", document_id="invoice-1")
    assert (started.status, started.body["amount_minor"]) == (201, 14_000)
    world.processor.take(KEY)
    assert world.call("POST", f"/accounts/maya/payments/{KEY}/check", cookie=cookie).body["state"] == "paid"
    (invoice,) = listed(world, cookie)
    assert (invoice["status"], invoice["owed_now_minor"]) == ("paid", 0)  # S14
    payment = world.app.paying.payment(MAYA, KEY)
    assert payment.document == "invoice-1"


def test_a_stale_quote_of_an_invoice_is_answered_with_the_new_one(world: World, cookie: str) -> None:
    issue(world)
    offered = quote(world, cookie).body
    world.post.external_payment(MAYA, "p1", 6_000, method="cash", on="2026-03-10")
    body = {
        "scope": {"type": "invoice", "document_id": "invoice-1"}, "quote": offered["quote"],
        "amount_minor": 20_000,
    }  # fmt: skip
    answer = world.call(
        "POST", "/accounts/maya/payments", body, cookie=cookie, headers={"Idempotency-Key": KEY}
    )
    assert (answer.status, answer.code) == (409, "quote_stale")
    assert answer.body["quote"]["amount_minor"] == 14_000


def test_S10_what_of_an_invoice_cannot_be_paid_online_is_left_out_and_named(
    world: World, cookie: str
) -> None:
    bens = world.charge("maya", "c3", 4_000, clinician_id="ben")
    issue(world)
    offered = quote(world, cookie).body
    assert offered["amount_minor"] == 20_000
    assert offered["left_out"] == [
        {"reason": "clinician_payments_disabled", "amount_minor": 4_000, "charge_ids": [bens]}
    ]


def test_an_invoice_of_a_clinician_without_online_payments_alone_is_refused(
    world: World, cookie: str
) -> None:
    bens = world.charge("maya", "c3", 4_000, clinician_id="ben")
    issue(world, InvoiceWish(charge_ids=(bens,)))
    answer = quote(world, cookie)
    assert (answer.status, answer.code) == (403, "clinician_payments_disabled")


def test_a_paid_a_void_and_an_absent_invoice_are_not_paid(world: World, cookie: str) -> None:
    issue(world)
    world.post.external_payment(MAYA, "p1", 20_000, method="cash", on="2026-03-10")
    assert quote(world, cookie).code == "nothing_to_pay"
    world.app.invoice_issuing.void(PRACTICE, 1, actor="cli")
    for document_id, status, code in (
        ("invoice-1", 409, "invoice_void"), ("invoice-2", 404, "invoice_not_found"),
        ("invoice-1-void", 404, "invoice_not_found"), ("statement-2026-03", 404, "invoice_not_found"),
    ):  # fmt: skip
        answer = quote(world, cookie, document_id)
        assert (answer.status, answer.code) == (status, code), document_id


def test_a_repeated_payment_of_an_invoice_that_is_void_by_now_is_the_one_that_was_started(
    world: World, cookie: str
) -> None:
    """Issue 14, S9: the same key and body give the same payment, and another key or body none."""
    issue(world)
    offered = quote(world, cookie).body
    body: dict[str, Any] = {
        "scope": {"type": "invoice", "document_id": "invoice-1"}, "quote": offered["quote"],
        "amount_minor": offered["amount_minor"],
    }  # fmt: skip

    def start(body: dict[str, Any], key: str = KEY) -> Answer:
        return world.call(
            "POST", "/accounts/maya/payments", body, cookie=cookie, headers={"Idempotency-Key": key}
        )

    started = start(body)
    world.app.invoice_issuing.void(PRACTICE, 1, actor="cli")
    again = start(body)
    assert (again.status, again.body["id"]) == (201, KEY), again.body
    assert again.body == started.body
    assert start({**body, "amount_minor": 5_000}).code == "idempotency_key_reused"
    assert start(body, KEY.replace("0c", "1c")).code == "invoice_void"


def test_anothers_invoice_answers_as_an_absent_one(world: World, cookie: str) -> None:
    issue(world)
    other = world.person("noah@example.test", "noah")
    for path in ("invoices/invoice-1", "documents/invoice-1"):
        absent = world.call("GET", f"/accounts/noah/{path}", cookie=other)
        assert absent.status == 404
        assert world.call("GET", f"/accounts/maya/{path}", cookie=other).code == "account_not_found"
    assert world.quote("noah", other, type="invoice", document_id="invoice-1").code == "invoice_not_found"


def test_S6_an_invoice_is_made_when_it_is_first_opened_and_downloaded_as_the_same_bytes(
    world: World, cookie: str
) -> None:
    world.app.documents_queue = Drawing()
    issue(world)
    path = "/accounts/maya/documents/invoice-1"
    urls = [
        world.call("GET", asked, cookie=cookie).headers["Location"]
        for asked in (path, f"{path}?as=attachment")
    ]
    names = [parse_qs(urlsplit(url).query)["response-content-disposition"][0] for url in urls]
    assert [name.partition(";")[0] for name in names] == ["inline", "attachment"]
    assert all("invoice-1.pdf" in name for name in names)
    first, second = (pdf_at(world, url) for url in urls)
    assert first == second
    text = " ".join(PdfReader(BytesIO(first)).pages[0].extract_text().split())
    for part in ("Invoice", "Number 1", "To pay by April 9, 2026 $200.00", "Mar 5, 2026 Individual session"):
        assert part in text
    assert world.call("GET", f"{path}-void", cookie=cookie).code == "document_not_found"
    world.app.invoice_issuing.void(PRACTICE, 1, actor="cli")
    void = world.call("GET", f"{path}-void", cookie=cookie)
    assert "This invoice is void" in PdfReader(BytesIO(pdf_at(world, void.headers["Location"]))).pages[
        0
    ].extract_text().replace("\n", " ")
    assert pdf_at(world, world.call("GET", path, cookie=cookie).headers["Location"]) == first


def test_a_number_issued_again_after_a_restore_never_gives_out_the_lost_invoices_file(
    world: World, cookie: str
) -> None:
    """Issue 14: the bucket still has what was made since the backup."""
    world.app.documents_queue = Drawing()
    table = boto3.resource("dynamodb").Table(world.app.settings.table)
    backup = table.scan()["Items"]

    def opened(name: str) -> bytes:
        answer = world.call("GET", f"/accounts/maya/documents/{name}", cookie=cookie)
        return pdf_at(world, answer.headers["Location"])

    def made() -> tuple[bytes, bytes]:
        issue(world)
        first = opened("invoice-1")
        world.app.invoice_issuing.void(PRACTICE, 1, actor="cli")
        return first, opened("invoice-1-void")

    lost = made()
    for row in table.scan()["Items"]:
        table.delete_item(Key={"pk": row["pk"], "sk": row["sk"]})
    for row in backup:
        table.put_item(Item=row)
    world.charge("maya", "c3", 7_000)
    again = made()
    assert not set(lost) & set(again)
    for pdf in again:
        assert "$70.00" in PdfReader(BytesIO(pdf)).pages[0].extract_text()


def test_a_void_of_another_day_is_another_file() -> None:
    invoice = DraftInvoice(
        "maya", "USD", "2026-03-10", "2026-04-09", "2026-03-10T17:00:00.000Z",
        InvoicePaper(of_invoice("Fern", "", "", "", "Maya", "", "", "en"), (
            InvoiceLine("c1", "2026-03-01", "Talk", "", 5_000),
        )),
    ).numbered(1)  # fmt: skip
    first = Void(1, "maya", "2026-03-10", "2026-03-10T18:00:00.000Z", "cli", "Twice")
    voids = (None, first, replace(first, voided_on="2026-03-11"))
    assert len({Filed.invoice("fern", invoice, void=void).key for void in voids}) == 3


def test_a_paper_that_was_edited_is_never_drawn(world: World, cookie: str) -> None:
    issue(world)

    class Edited(DynamoInvoices):
        def paper(self, ref: AccountRef, number: int) -> InvoicePaper | None:
            paper = super().paper(ref, number)
            return replace(paper, lines=paper.lines[:1]) if paper else None

    world.app.__dict__["invoice_filing"] = replace(world.app.invoice_filing, invoices=Edited())
    task = {"task": "render", "practice": "fern", "account": "maya", "invoice": "1"}
    assert jobs.documents([Record(1, task)])["batchItemFailures"]


@pytest.mark.parametrize("name", ["invoice-0", "invoice-", "invoice-01", "invoice-1-void-void", "invoice--1"])
def test_what_is_no_invoices_name_is_not_found(world: World, cookie: str, name: str) -> None:
    answer = world.call("GET", f"/accounts/maya/documents/{name}", cookie=cookie)
    assert (answer.status, answer.code) == (404, "document_not_found")
    assert world.call("GET", f"/accounts/maya/invoices/{name}", cookie=cookie).code == "invoice_not_found"


def history(world: World, cookie: str, query: str = "") -> list[dict[str, Any]]:
    answer = world.call("GET", f"/accounts/maya/history{query}", cookie=cookie)
    assert answer.status == 200, answer.body
    rows: list[dict[str, Any]] = answer.body["rows"]
    return rows


def stand(world: World, cookie: str) -> list[tuple[int, str]]:
    """Of the invoices in Account History."""
    rows = [row for row in history(world, cookie) if row["kind"] == "invoice"]
    return [(row["documents"][0]["number"], row["status"]) for row in rows]


def test_S14_account_history_has_each_invoice_at_its_date_and_how_it_stands_now(
    world: World, cookie: str
) -> None:
    """Issue 14: open, partly paid, paid and void, from the first page load after it came so."""
    issue(world)
    row = history(world, cookie)[0]
    assert (row["id"], row["date"], row["kind"]) == ("invoice-1", "2026-03-10", "invoice")
    assert (row["status"], row["invoice_minor"], row["amount_minor"]) == ("open", 20_000, 0)
    assert row["documents"] == [{"kind": "invoice", "id": "invoice-1", "number": 1}]
    world.post.external_payment(MAYA, "p1", 6_000, method="cash", on="2026-03-10")
    assert stand(world, cookie) == [(1, "partly_paid")]
    world.pay("maya", cookie, KEY, type="invoice", document_id="invoice-1")
    world.processor.take(KEY)
    assert stand(world, cookie) == [(1, "partly_paid")], "paid only after capture"
    world.call("POST", f"/accounts/maya/payments/{KEY}/check", cookie=cookie)
    assert stand(world, cookie) == [(1, "paid")]
    world.charge("maya", "c3", 2_000)
    issue(world)
    world.app.invoice_issuing.void(PRACTICE, 2, actor="cli")
    assert stand(world, cookie) == [(2, "void"), (1, "paid")]


def test_S5_invoices_are_in_the_range_of_dates_and_on_the_pages_as_entries_are(
    world: World, cookie: str
) -> None:
    issue(world)
    ids = [row["id"] for row in history(world, cookie, "?from=2026-03-10&to=2026-03-10")]
    assert ids == ["invoice-1"]
    assert "invoice-1" not in [row["id"] for row in history(world, cookie, "?to=2026-03-09")]
    for number in range(30):
        world.charge("maya", f"more{number}", 1_000, date="2026-03-10")
    issue(world, InvoiceWish(Grouping.SESSION))
    found, cursor = list[str](), ""
    while True:
        body = world.call("GET", f"/accounts/maya/history?{cursor}", cookie=cookie).body
        found += [row["id"] for row in body["rows"]]
        if not body["next_cursor"]:
            break
        cursor = f"cursor={body['next_cursor']}"
    assert len(found) == len(set(found)) == 31 + 32
    assert found[:31] == [f"invoice-{number}" for number in range(31, 0, -1)]


def test_T2_a_service_names_the_invoice_that_it_is_on_and_does_when_it_is_paid(
    world: World, cookie: str
) -> None:
    (first, _) = (world.charge("maya", f"d{number}", 1_000) for number in range(2))
    issue(world, InvoiceWish(charge_ids=(first,)))
    world.post.external_payment(
        MAYA, "p1", 1_000, method="cash", on="2026-03-10", charge_external_ids=("d0",)
    )
    rows = [row for row in history(world, cookie) if row["kind"] == "service"]
    said = {row["charge_id"]: (row["status"], row["documents"]) for row in rows}
    assert said.pop(first) == ("paid", [{"kind": "invoice", "id": "invoice-1", "number": 1}])
    assert list(said.values()) == [("open", [])] * 3
    world.app.invoice_issuing.void(PRACTICE, 1, actor="cli")
    assert not any(row["documents"] for row in history(world, cookie) if row["kind"] == "service")


def test_14_an_issued_invoice_keeps_its_logo_when_another_is_entered(world: World, cookie: str) -> None:
    """It names the file by its hash; its PDF, made when it is first opened, is of that one."""
    first, second = (picture_of(svg(f'<path d="M0 0L{side} 9z"/>')) for side in (40, 90))
    for picture in (first, second):
        after = replace(PRACTICE, logo=picture.logo("fern", "Fern"))
        world.app.logo_entry.keep(after, picture)
        world.practice(after)
        client = world.app.people.client("fern", "maya")
        assert client is not None
        if picture is first:
            world.app.invoice_issuing.issue(after, client, InvoiceWish())
    asked = list[str]()

    class Watched(S3Files):
        def get(self, practice: str, key: str) -> bytes:
            asked.append(key)
            return super().get(practice, key)

    files = Watched(world.app.settings.bucket, region=world.app.settings.region)
    renderer = world.app.invoice_filing.renderer
    renderer._logos = FiledLogos(files)  # type: ignore[attr-defined]
    world.app.invoice_filing.render(MAYA, 1)
    assert asked == [first.logo("fern", "Fern").key]
