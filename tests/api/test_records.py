"""Take my billing records (issue 14): every document of an account and a table of what was posted, in one
file, for whoever asked; whatever dies on the way."""

import csv
import io
import zipfile
from dataclasses import replace
from typing import Any
from urllib.parse import parse_qs, urlsplit

import boto3
import pytest
from moto.core.models import DEFAULT_ACCOUNT_ID
from moto.ses.models import ses_backends

from chalicelib.documents.domain.filed import Filed
from chalicelib.documents.domain.invoices import Grouping
from chalicelib.documents.domain.records import Records
from chalicelib.documents.services.invoices.issuing import InvoiceWish
from chalicelib.documents.store.records import DynamoRecordsWishes
from chalicelib.entrypoints import jobs
from chalicelib.kernel.errors import Invalid
from sandbox.config import REGION
from tests.api.test_estimates import issue as issue_estimate
from tests.api.test_statements import Record, run
from tests.support.api import World
from tests.support.practice import MAYA, PRACTICE
from tests.support.saving import put_person
from tests.unit.documents.world import Crash, Crashes

PATH = "/accounts/maya/records"


def issue(world: World, grouping: Grouping = Grouping.CLIENT) -> None:
    client = world.app.people.client("fern", "maya")
    assert client is not None
    world.app.invoice_issuing.issue(PRACTICE, client, InvoiceWish(grouping=grouping))


@pytest.fixture
def cookie(world: World) -> str:
    """Maya, with a statement, two invoices (one of them void) and a payment, of which there is an itemised
    receipt and its year's summary; none but the statement drawn."""
    world.practice(replace(PRACTICE, statement_day=2))
    cookie = world.person("maya@example.test", "maya")
    world.charge("maya", "c1", 15_000, service="=cmd|' /C calc'!A0")
    run(world, "2026-04-02T12:00:00+00:00")
    issue(world)
    world.app.invoice_issuing.void(PRACTICE, 1, actor="cli")
    issue(world)
    world.post.external_payment(MAYA, "p1", 5_000, method="cash", on="2026-04-02")
    world.app.sessions.end_cookie(cookie.partition("=")[2])
    world.documents_queue.sent.clear()
    return world.person("maya@example.test", "maya")


def press(world: World, cookie: str, account: str = "maya", **headers: str) -> dict[str, Any]:
    answer = world.call("POST", f"/accounts/{account}/records", {}, cookie=cookie, headers=headers)
    assert answer.status == 200, answer.body
    found: dict[str, Any] = answer.body
    return found


def work(world: World) -> None:
    """What the documents function does with all that is in its queue."""
    while world.documents_queue.sent:
        task = world.documents_queue.sent.pop(0)
        assert jobs.documents([Record(1, task)]) == {"batchItemFailures": []}


def mails() -> list[Any]:
    return list(ses_backends[DEFAULT_ACCOUNT_ID][REGION].sent_messages)


def standing(world: World, cookie: str, account: str = "maya") -> Any:
    return world.call("GET", f"/accounts/{account}/records", cookie=cookie).body


def objects(world: World) -> list[str]:
    listed = boto3.client("s3").list_objects_v2(Bucket=world.app.settings.bucket, Prefix="records/")
    return [found["Key"] for found in listed.get("Contents", ())]


def archive(world: World, cookie: str, account: str = "maya") -> zipfile.ZipFile:
    answer = world.call("GET", f"/accounts/{account}/records/file", cookie=cookie)
    assert answer.status == 303, answer.body
    key = urlsplit(answer.headers["Location"]).path.split(f"{world.app.settings.bucket}/", 1)[-1].lstrip("/")
    found = boto3.client("s3").get_object(Bucket=world.app.settings.bucket, Key=key)["Body"].read()
    return zipfile.ZipFile(io.BytesIO(found))


def test_one_press_gives_every_document_drawn_or_not_and_the_table(world: World, cookie: str) -> None:
    assert standing(world, cookie) is None
    asked = press(world, cookie)
    assert (asked["state"], asked["made_at"], asked["superbills"]) == ("making", None, True)
    assert world.call("GET", f"{PATH}/file", cookie=cookie).code == "document_missing"
    work(world)
    made = standing(world, cookie)
    assert (made["state"], made["documents"], made["drawn"], made["left_out"]) == ("ready", 6, 6, 0)
    found = archive(world, cookie)
    assert set(found.namelist()) == {
        "history.csv", "statements/statement-2026-03.pdf", "invoices/invoice-1.pdf",
        "invoices/invoice-1-void.pdf", "invoices/invoice-2.pdf",
        "itemized-receipts/itemized-receipt-2026-04-02.pdf",
        "payment-summaries/payments-2026-01-01-to-2026-04-02.pdf",
    }  # fmt: skip
    pdfs = [name for name in found.namelist() if name.endswith(".pdf")]
    assert all(found.read(name).startswith(b"%PDF-") for name in pdfs)


def test_S6_a_document_is_the_same_bytes_in_the_records_as_opened(world: World, cookie: str) -> None:
    press(world, cookie)
    work(world)
    answer = world.call("GET", "/accounts/maya/documents/invoice-2", cookie=cookie)
    key = urlsplit(answer.headers["Location"]).path.split(f"{world.app.settings.bucket}/", 1)[-1].lstrip("/")
    opened = boto3.client("s3").get_object(Bucket=world.app.settings.bucket, Key=key)["Body"].read()
    assert archive(world, cookie).read("invoices/invoice-2.pdf") == opened


def test_the_table_has_what_was_posted_and_runs_no_formula(world: World, cookie: str) -> None:
    world.post.write_off(MAYA, "w1", charge_external_id="c1", amount_minor=1_000, on="2026-04-02")
    press(world, cookie)
    work(world)
    raw = archive(world, cookie).read("history.csv")
    assert raw.startswith(b"\xef\xbb\xbf")
    head, *rows = csv.reader(io.StringIO(raw.decode("utf-8-sig"), newline=""))
    assert head[:5] == ["Date", "Description", "Service", "Service date", "Fee"]
    assert head[5:7] == ["Change in what is expected from insurance", "Change in what is owed"]
    assert [(row[0], row[1], row[6]) for row in rows] == [
        ("2026-03-01", "Service", "150.00"), ("2026-04-02", "Payment", "-50.00"),
        ("2026-04-02", "Written off", "-10.00"),
    ]  # fmt: skip
    assert rows[0][2] == "'=cmd|' /C calc'!A0"
    assert rows[1][-1] == "2026-03-01 =cmd|' /C calc'!A0 -50.00"
    numbers = {4, 5, 6, 7, 8}
    texts = [cell for row in rows for place, cell in enumerate(row) if place not in numbers]
    assert not any(cell.startswith(("=", "+", "-", "@", "\t", "\r")) for cell in texts)


def test_the_table_has_each_fee_and_what_was_expected_of_an_insurer(world: World, cookie: str) -> None:
    """Issue 14: of a fee of 160.00 the table had the client's 50.00 alone, and of a free service nothing."""
    world.charge("maya", "c2", 5_000, service="Shared", insurer_minor=11_000, date="2026-04-01")
    world.charge("maya", "c3", 0, service="Free", date="2026-04-01")
    world.post.insurance_payment(
        MAYA, "i1", charge_external_id="c2", paid_minor=8_500, contractual_minor=2_500, to_client_minor=0,
        on="2026-04-02",
    )  # fmt: skip
    press(world, cookie)
    work(world)
    _, *rows = csv.reader(io.StringIO(archive(world, cookie).read("history.csv").decode("utf-8-sig")))
    shared, free = ([row for row in rows if row[2] == name] for name in ("Shared", "Free"))
    assert [row[4:9] for row in free] == [["0.00", "", "0.00", "", ""]]
    assert [row[4:9] for row in shared] == [
        ["160.00", "110.00", "50.00", "", ""],
        ["", "-85.00", "0.00", "", "85.00"],
        ["", "-25.00", "0.00", "", "25.00"],
    ]
    (other,) = (row for row in rows if row[1] == "Payment")
    assert other[4:9] == ["", "", "-50.00", "", ""]


def test_files_are_called_after_no_person_and_in_the_readers_language(world: World, cookie: str) -> None:
    press(world, cookie, **{"Accept-Language": "es-US"})
    work(world)
    answer = world.call("GET", f"{PATH}/file", cookie=cookie)
    query = parse_qs(urlsplit(answer.headers["Location"]).query)
    assert "historial-de-facturacion-2026-04-02.zip" in query["response-content-disposition"][0]
    assert query["response-content-type"] == ["application/zip"]
    names = " ".join([*archive(world, cookie).namelist(), *objects(world)]).lower()
    assert "facturas/factura-2.pdf" in names
    assert "client" not in names


def test_a_repeated_press_makes_no_second_one(world: World, cookie: str) -> None:
    first = press(world, cookie)
    assert press(world, cookie) == first
    assert len(world.documents_queue.sent) == 1
    work(world)
    ready = standing(world, cookie)
    world.clock.advance(minutes=9)
    assert press(world, cookie) == ready
    assert world.documents_queue.sent == []
    assert len(objects(world)) == 1


def test_pressed_again_later_it_is_made_anew_with_what_came_since(world: World, cookie: str) -> None:
    press(world, cookie)
    work(world)
    world.clock.advance(minutes=11)
    world.charge("maya", "c2", 2_000)
    issue(world)
    assert press(world, cookie)["state"] == "making"
    work(world)
    assert "invoices/invoice-3.pdf" in archive(world, cookie).namelist()


def test_after_a_week_there_is_nothing_of_it(world: World, cookie: str) -> None:
    press(world, cookie)
    work(world)
    world.clock.advance(days=7)
    cookie = world.person("maya@example.test", "maya")
    assert standing(world, cookie) is None
    assert world.call("GET", f"{PATH}/file", cookie=cookie).code == "document_not_found"


def test_nobody_without_a_session_from_another_site_or_of_another_account_gets_any(
    world: World, cookie: str
) -> None:
    for method, path in (("GET", PATH), ("POST", PATH), ("GET", f"{PATH}/file")):
        body: object = {} if method == "POST" else None
        assert world.call(method, path, body).status == 401
        stranger = world.person("bo@example.test", "bo")
        assert world.call(method, path, body, cookie=stranger).code == "account_not_found"
    foreign = world.call("POST", PATH, {}, cookie=cookie, headers={"Origin": "https://evil.test"})
    assert (foreign.status, foreign.code) == (403, "origin_foreign")


def test_a_guarantor_has_records_of_their_own_and_they_are_gone_with_the_right_to_superbills(
    world: World, cookie: str
) -> None:
    guarantor = world.person("pat@example.test", "maya", relation="guarantor")
    press(world, guarantor)
    work(world)
    assert standing(world, guarantor)["superbills"] is True
    assert standing(world, cookie) is None
    person = world.app.people.person("fern", world.app.sessions.principal(value_of(guarantor)).person_id)
    assert person is not None
    grants = tuple(replace(grant, superbills=False) for grant in person.grants)
    put_person(world.app.people, "fern", replace(person, grants=grants))
    assert standing(world, guarantor) is None
    assert press(world, guarantor)["superbills"] is False


def test_good_faith_estimates_are_in_the_records_of_those_who_are_shown_them(
    world: World, cookie: str
) -> None:
    """Issue 14: "one press gives every document"; an estimate has diagnoses, as superbills have."""
    issue_estimate(world)
    guarantor = world.person("pat@example.test", "maya", relation="guarantor")
    person = world.app.people.person("fern", world.app.sessions.principal(value_of(guarantor)).person_id)
    assert person is not None
    grants = tuple(replace(grant, superbills=False) for grant in person.grants)
    put_person(world.app.people, "fern", replace(person, grants=grants))
    for reader, shown in ((cookie, True), (guarantor, False)):
        press(world, reader)
        work(world)
        names = archive(world, reader).namelist()
        assert ("good-faith-estimates/good-faith-estimate-2026-11-20.pdf" in names) is shown


def value_of(cookie: str) -> str:
    return cookie.partition("=")[2]


def test_the_mail_has_a_link_to_the_page_and_no_name(world: World, cookie: str) -> None:
    before = len(mails())
    press(world, cookie)
    work(world)
    (mail,) = mails()[before:]
    said = str(vars(mail))
    assert "/fern/documents?account=maya" in said
    assert "Client maya" not in said


def test_a_hundred_documents_are_made_over_some_calls(
    world: World, cookie: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each call has its time: here a document takes a second of the function's twenty."""
    for number in range(94):
        world.charge("maya", f"s{number}", 100)
    issue(world, Grouping.SESSION)
    pdf = b"%PDF-1.7 drawn"

    def draw(task: Any) -> None:
        world.clock.advance(seconds=1)
        if "period" in task or "form" in task:
            real(task)
            return
        number = int(task.get("invoice") or task["void"])
        invoice = world.app.invoices.invoice(MAYA, number)
        assert invoice is not None
        void = world.app.invoices.voided(MAYA, number) if "void" in task else None
        key = Filed.invoice("fern", invoice, void=void).key
        world.app.files.put("fern", key, pdf, content_type="application/pdf")

    real = jobs._render
    monkeypatch.setattr(jobs, "_render", draw)
    press(world, cookie)
    seen = list[tuple[int, int]]()
    while world.documents_queue.sent:
        task = world.documents_queue.sent.pop(0)
        assert jobs.documents([Record(1, task)]) == {"batchItemFailures": []}
        found = standing(world, cookie)
        seen.append((found["drawn"], found["documents"]))
    assert seen[0] == (20, 100)
    assert seen[-1] == (100, 100)
    assert sorted(seen) == seen
    assert len(archive(world, cookie).namelist()) == 101


PORTS = ("wishes", "documents", "files", "claims", "queue")


def dying(world: World, crashes: Crashes) -> None:
    """Every port of the worker's, and its mail, is watched: the process dies at one of the calls."""
    del world.app.__dict__["records_making"]
    real = world.app.records_making
    watched = {name: crashes.around(getattr(real, name)) for name in PORTS}
    notices = replace(real.notices, mailer=crashes.around(real.notices.mailer))
    world.app.records_making = replace(real, **watched, notices=notices)


def test_the_function_may_die_at_any_call_and_another_press_goes_on(world: World, cookie: str) -> None:
    """The message comes again, or is lost with the function and the reader presses again; in the end there is
    one file with every document, and a second e-mail only where the function died between SES's answer and
    our mark."""
    _ = world.app.records_making
    crashes, tries = Crashes(), 0
    dying(world, crashes)
    press(world, cookie)
    work(world)
    calls = list(crashes.calls)
    assert {"save", "claim", "put", "has", "get", "send", "wish"} <= set(calls)
    # Of a call that is made for every document, the first and the last.
    ends = [
        at for at, name in enumerate(calls) if at == 0 or {calls[at - 1], *calls[at + 1 : at + 2]} != {name}
    ]
    for at, name in ((at, calls[at]) for at in ends):
        for after in (False, True):
            world.clock.advance(minutes=11)
            cookie = world.person("maya@example.test", "maya")
            before, sent = set(objects(world)), len(mails())
            press(world, cookie)
            (task,) = world.documents_queue.sent
            world.documents_queue.sent.clear()
            dying(world, Crashes(at, after))
            with pytest.raises(Crash):
                jobs.documents([Record(1, task)])
            dying(world, Crashes())
            lost = tries % 2 == 0  # the message, too
            tries += 1
            world.clock.advance(seconds=91)
            waiting = standing(world, cookie)
            if not lost:
                world.documents_queue.sent.insert(0, task)
            elif waiting["state"] == "making":
                assert waiting["stalled"] is True
                press(world, cookie)
                assert len(world.documents_queue.sent) >= 1
            work(world)
            made = standing(world, cookie)
            assert (made["state"], made["drawn"], made["documents"]) == ("ready", 6, 6), (name, after)
            assert len(set(objects(world)) - before) == 1
            assert len(archive(world, cookie).namelist()) == 7
            told = len(mails()) - sent
            twice = name == "send" and after
            assert told in ((1, 2) if twice else (0, 1) if lost else (1,)), (name, after, told)


def test_what_was_packed_before_a_crash_is_packed_anew_by_who_goes_on_days_later(
    world: World, cookie: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Seen: the file of before stayed, without what came since, and the bucket deleted it days before the
    page said so."""
    press(world, cookie)
    with monkeypatch.context() as dying_at_the_end:
        real = DynamoRecordsWishes.save

        def save(wishes: DynamoRecordsWishes, practice: str, wish: Records) -> Records:
            if wish.made_at:
                raise Crash
            return real(wishes, practice, wish)

        dying_at_the_end.setattr(DynamoRecordsWishes, "save", save)
        with pytest.raises(Crash):
            work(world)
    (first,) = objects(world)
    world.clock.advance(days=5)
    world.post.external_payment(MAYA, "p2", 1_000, method="cash", on="2026-04-07")
    again = world.person("maya@example.test", "maya")
    press(world, again)
    work(world)
    assert objects(world) == [first]
    assert "p2" in archive(world, again).read("history.csv").decode("utf-8-sig")


def test_a_press_that_died_before_its_message_goes_on_with_the_next(world: World, cookie: str) -> None:
    world.documents_queue.down = True
    assert world.call("POST", PATH, {}, cookie=cookie).status == 503
    world.documents_queue.down = False
    assert press(world, cookie)["state"] == "making"
    assert world.documents_queue.sent == []
    world.clock.advance(seconds=91)
    press(world, cookie)
    work(world)
    assert standing(world, cookie)["state"] == "ready"


def test_two_workers_at_once_make_one(world: World, cookie: str) -> None:
    press(world, cookie)
    (task,) = world.documents_queue.sent
    world.documents_queue.sent.clear()
    put = world.app.records_files.put
    met = list[Any]()

    def meanwhile(*args: Any, **kwargs: Any) -> None:
        met.append(jobs.documents([Record(2, task)]))
        put(*args, **kwargs)

    world.app.records_files.put = meanwhile  # type: ignore[method-assign]
    assert jobs.documents([Record(1, task)]) == {"batchItemFailures": []}
    assert met == [{"batchItemFailures": [{"itemIdentifier": "m2"}]}]
    assert standing(world, cookie)["state"] == "ready"


def test_a_document_that_cannot_be_drawn_is_left_out_and_counted(
    world: World, cookie: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = world.app.invoice_filing.render

    def render(ref: Any, number: int, *, void: bool = False) -> None:
        if number == 2:
            raise Invalid("document_unrenderable")
        real(ref, number, void=void)

    monkeypatch.setattr(type(world.app.invoice_filing), "render", staticmethod(render))
    press(world, cookie)
    work(world)
    made = standing(world, cookie)
    assert (made["state"], made["drawn"], made["left_out"]) == ("ready", 5, 1)
    assert "invoices/invoice-2.pdf" not in archive(world, cookie).namelist()


def test_what_is_posted_while_documents_are_drawn_is_in_the_records_at_once(
    world: World, cookie: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A payment's fee comes a moment after it: receipts have another name by then, and the task went back for
    six minutes."""
    real, posts = world.app.invoice_filing.render, ["p2"]

    def render(ref: Any, number: int, *, void: bool = False) -> None:
        while posts:
            world.post.external_payment(MAYA, posts.pop(), 1_000, method="cash", on="2026-04-02")
        real(ref, number, void=void)

    monkeypatch.setattr(type(world.app.invoice_filing), "render", staticmethod(render))
    press(world, cookie)
    work(world)
    made = standing(world, cookie)
    assert (made["state"], made["documents"], made["left_out"]) == ("ready", 7, 0)
    found = archive(world, cookie)
    assert {"itemized-receipts/itemized-receipt-2026-04-02-2.pdf", "invoices/invoice-2.pdf"} < set(
        found.namelist()
    )
    assert found.read("history.csv").count(b",p2,") == 1
