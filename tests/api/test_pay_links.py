"""Paying by the link on a bill (issue 16; T4): no account, no cookie, and nothing said before somebody says
what the paper does not. The links are attacked as their thieves would."""

import json
import re
from dataclasses import replace
from typing import Any

import pytest

from chalicelib.documents.services.invoices.issuing import InvoiceWish
from chalicelib.entrypoints import jobs
from chalicelib.identity.services.pay_link_limits import FACTORS_OF_NETWORK, MAX_TRIES
from chalicelib.identity.services.pay_links import LINK_DAYS, SESSION_SECONDS
from chalicelib.kernel.account_refs import AccountRef
from chalicelib.practice.domain.practices import Client
from tests.api.test_statements import Record
from tests.security.town import watching
from tests.support.api import Answer, World
from tests.support.practice import MAYA, PRACTICE
from tests.support.saving import put_client
from tests.unit.identity.fakes import FakeMailer

KEY = "0c6e2a4e-7c1d-4a52-9f0b-8d9b0a6f1e11"
BORN, ADDRESS = "1990-04-12", "maya@example.test"
CODE = re.compile(r"\b[0-9A-HJKMNP-TV-Z]{4}-[0-9A-HJKMNP-TV-Z]{4}\b")
UNKNOWN = "AAAA-AAAA-AAAA-AAAA-AAAA-AAAA"


class Bills:
    """Maya owes 150.00 and 50.00 on invoice 1, and 20.00 beside it."""

    def __init__(self, world: World) -> None:
        self.world, self.app = world, world.app
        self.mailer = FakeMailer()
        self.app.__dict__["insisting_mailer"] = self.mailer
        world.person(ADDRESS, "maya")
        self.client = replace(self.stored(), birth_date=BORN)
        put_client(self.app.people, PRACTICE.id, self.client)
        world.charge("maya", "c1", 15_000)
        world.charge("maya", "c2", 5_000, date="2026-03-05")
        list(self.app.invoice_issuing.issue(PRACTICE, self.stored(), InvoiceWish()))
        world.charge("maya", "c3", 2_000, date="2026-03-06")

    def stored(self) -> Client:
        client = self.app.people.client(PRACTICE.id, "maya")
        assert client is not None
        return client

    def printed(self, document: str = "invoice-1") -> str:
        """The token as somebody types it from the paper."""
        since = "2026-03-10T09:00:00Z"
        address = self.app.pay_links.printed(MAYA, document, self.stored().link_generation, since=since)
        return address.partition("#")[2].partition(".")[0]

    def post(self, path: str, body: dict[str, Any], **headers: str) -> Answer:
        return self.world.call("POST", f"/pay-links/{path}", body, headers=headers)

    def open(self, token: str, *, practice: str = PRACTICE.id, born: str = BORN, code: str = "") -> Answer:
        proof = {"code": code} if code else {"birth_date": born}
        return self.post("sessions", {"practice": practice, "token": token, **proof})

    def bearer(self, document: str = "invoice-1") -> dict[str, Any]:
        opened = self.open(self.printed(document))
        assert opened.status == 200, opened.body
        return {"practice": PRACTICE.id, "token": opened.body["token"]}

    def ask(self, token: str) -> Answer:
        return self.post("codes", {"practice": PRACTICE.id, "token": token})

    def mailed(self) -> str:
        """What the documents function mails; "" where it mails nothing."""
        self.mailer.sent.clear()
        sent, self.world.documents_queue.sent[:] = list(self.world.documents_queue.sent), []
        assert jobs.documents([Record(n, task) for n, task in enumerate(sent)]) == {"batchItemFailures": []}
        return self.mailer.sent[-1].text if self.mailer.sent else ""

    def code(self, token: str) -> str:
        assert self.ask(token).status == 202
        found = CODE.search(self.mailed().replace(self.printed(), ""))
        assert found
        return found[0]

    def start(self, bearer: dict[str, Any], key: str = KEY) -> Answer:
        offered = self.post("quotes", bearer).body
        body = {**bearer, "quote": offered["quote"], "amount_minor": offered["amount_minor"]}
        return self.post("payments", body, **{"Idempotency-Key": key})


@pytest.fixture
def bills(world: World) -> Bills:
    return Bills(world)


def test_T4_an_invoices_link_pays_that_invoice_and_says_nothing_more(bills: Bills) -> None:
    opened = bills.open(bills.printed().lower().replace("-", " "))
    assert (opened.status, opened.body["scope"], opened.body["number"]) == (200, "invoice", 1)
    assert "Set-Cookie" not in opened.headers
    bearer = {"practice": PRACTICE.id, "token": opened.body["token"]}
    offered = bills.post("quotes", bearer).body
    assert (offered["amount_minor"], offered["owed_after_minor"]) == (20_000, 0)
    assert [line["amount_minor"] for line in offered["lines"]] == [15_000, 5_000]
    started = bills.start(bearer)
    assert (started.status, started.body["state"]) == (201, "started")
    assert bills.start(bearer).body["id"] == started.body["id"]
    bills.world.processor.take(KEY)
    paid = bills.post(f"payments/{KEY}/check", bearer).body
    assert (paid["state"], paid["owed_now_minor"], paid["owed_after_minor"]) == ("paid", 0, None)
    kept = bills.app.paying.payment(MAYA, KEY)
    assert (kept.person_id, kept.document) == ("", "invoice-1")
    assert re.fullmatch(r"link:[0-9a-f]{12}", kept.actor)
    assert kept.actor in {entry.actor for entry in bills.app.ledgers.entries(MAYA)}
    assert bills.post("quotes", bearer).code == "nothing_to_pay"
    # The receipt goes to the address that the practice has.
    for task in bills.world.documents_queue.sent:
        assert bills.app.receipts.send(task["practice"], task["marker"]).value == "sent"
    assert bills.app.paying.payment(MAYA, KEY).receipt_mailed_to == ADDRESS


def test_a_statements_link_pays_the_balance_and_names_no_service(bills: Bills) -> None:
    bearer = bills.bearer("statement-2026-02")
    offered = bills.post("quotes", bearer).body
    assert (offered["amount_minor"], offered["lines"]) == (22_000, [])
    assert bills.start(bearer).body["lines"] == []


def test_a_payment_is_shown_to_the_link_that_started_it_alone(bills: Bills) -> None:
    invoice, statement = bills.bearer(), bills.bearer("statement-2026-02")
    assert bills.start(invoice).status == 201
    again = bills.bearer()  # opened once more, after a reload
    assert bills.post(f"payments/{KEY}", again).status == 200
    for path in (f"payments/{KEY}", f"payments/{KEY}/check", f"payments/{KEY}/cancel"):
        foreign, absent = bills.post(path, statement), bills.post(path.replace(KEY, "absent"), statement)
        assert (foreign.code, foreign.body) == ("payment_not_found", absent.body)
    assert bills.post(f"payments/{KEY}/cancel", again).body["state"] == "canceled"


def test_who_comes_back_without_anything_sees_that_payment_and_no_account(bills: Bills) -> None:
    """The address that the processor returns to is all that is left where cookies are blocked."""
    bills.start(bills.bearer())
    page = bills.world.processor.opened[-1].return_url
    assert page.startswith("http://localhost:8000/fern/pay-link?result=")
    bills.world.processor.take(KEY)
    result = bills.post("results", {"practice": PRACTICE.id, "token": page.partition("result=")[2]})
    assert result.body == {
        "state": "paid", "finished": True, "amount_minor": 20_000, "currency": "USD",
        "date": result.body["date"], "method": result.body["method"],
        "reference": result.body["reference"],
    }  # fmt: skip
    returned = {"practice": PRACTICE.id, "token": page.partition("result=")[2]}
    assert {bills.post(path, returned).status for path in ("quotes", f"payments/{KEY}")} == {401}


def test_an_unknown_link_and_a_wrong_answer_are_told_the_same_and_write_nothing(bills: Bills) -> None:
    """Issue 16: 10,000 guesses of links, nothing written but counters."""
    token = bills.printed()
    known = [bills.open(token, born="1990-04-13") for _ in range(MAX_TRIES + 1)]
    with watching() as eye:
        unknown = [bills.open(UNKNOWN) for _ in range(MAX_TRIES + 1)]
    assert [(answer.status, answer.body) for answer in known] == [(a.status, a.body) for a in unknown]
    assert [answer.code for answer in known] == ["link_refused"] * MAX_TRIES + ["link_locked"]
    written = {key for op, keys in eye.calls if op in ("PutItem", "UpdateItem") for key in keys}
    assert all("#RATE#" in key for key in written)
    with watching() as eye:
        assert bills.ask(UNKNOWN).body == bills.ask(token).body
    assert not any(op == "PutItem" for op, _ in eye.calls)


def test_the_sixth_try_is_refused_though_right_and_a_mailed_code_opens_the_link_again(bills: Bills) -> None:
    token = bills.printed()
    for _ in range(MAX_TRIES):
        bills.open(token, born="1991-01-01")
    assert bills.open(token).code == "link_locked"
    code = bills.code(token)
    assert bills.open(token, code=code).status == 200
    assert bills.open(token, code=code).code == "link_refused"  # a code works once
    assert bills.open(token).status == 200  # and the tries begin anew


def test_right_answers_use_up_no_tries(bills: Bills) -> None:
    token = bills.printed()
    assert {bills.open(token).status for _ in range(MAX_TRIES + 2)} == {200}


def test_who_has_many_bills_of_a_client_has_ten_tries_at_the_birth_date_in_thirty_days(bills: Bills) -> None:
    """A folder of bills is as many links: five tries by each were dozens at one birth date."""
    tokens = [bills.printed(document) for document in ("statement-2026-01", "statement-2026-02", "invoice-1")]
    for token in tokens[:2]:
        assert {bills.open(token, born="1991-01-01").code for _ in range(MAX_TRIES)} == {"link_refused"}
    assert bills.open(tokens[2]).code == "link_locked"
    assert bills.open(tokens[2], code=bills.code(tokens[2])).status == 200
    bills.world.clock.advance(days=31)
    assert {bills.open(tokens[2]).status for _ in range(2 * MAX_TRIES + 1)} == {200}


def test_a_mailed_link_has_the_code_and_goes_to_the_address_on_file_alone(bills: Bills) -> None:
    token = bills.printed()
    assert bills.ask(token).status == 202
    text = bills.mailed()
    assert bills.mailer.sent[-1].to == ADDRESS
    fragment = next(word for word in text.split() if "/pay-link#" in word).partition("#")[2]
    printed, number, code = fragment.split(".")
    assert (printed, number) == (token, "1")
    assert bills.open(printed, code=code).status == 200
    assert "maya" not in text.lower().replace(ADDRESS, "")


def test_a_code_is_of_its_link_and_of_its_time(bills: Bills) -> None:
    token = bills.printed()
    code = bills.code(token)
    assert bills.code(token) == code  # asked for again, before it is used
    assert bills.open(bills.printed("statement-2026-02"), code=code).code == "link_refused"
    bills.world.clock.advance(minutes=21)
    assert bills.open(token, code=code).code == "link_refused"


def test_who_has_lost_the_page_gets_another_code_at_once(bills: Bills) -> None:
    """Codes are made of their time: all three are of the same ten minutes."""
    token = bills.printed()
    used = []
    for _ in range(3):
        used.append(bills.code(token))
        assert bills.open(token, code=used[-1]).status == 200
    assert len(set(used)) == 3
    assert {bills.open(token, code=code).code for code in used} == {"link_refused"}


def test_codes_of_a_found_bill_shut_nobody_out_of_signing_in_and_signing_in_uses_up_no_codes_of_bills(
    bills: Bills,
) -> None:
    """Issue 16: each has three mails an hour to an address, and so six are the most that a mailbox gets."""

    def asked(path: str, body: dict[str, Any]) -> int:
        total = 0
        for _ in range(4):
            assert bills.world.call("POST", path, body).status == 202
            total += bool(bills.mailed())
        return total

    by_link = ("/pay-links/codes", {"practice": PRACTICE.id, "token": bills.printed()})
    signing_in = ("/sign-in/codes", {"practice": PRACTICE.id, "email": ADDRESS})
    assert [asked(*by_link), asked(*signing_in)] == [3, 3]
    bills.world.clock.advance(minutes=61)
    assert [asked(*signing_in), asked(*by_link)] == [3, 3]


@pytest.mark.parametrize("email", ["", ADDRESS])
def test_without_a_birth_date_only_a_code_opens_it(bills: Bills, email: str) -> None:
    """Issue 16: no birth date on file."""
    put_client(bills.app.people, PRACTICE.id, replace(bills.stored(), birth_date="", email=email))
    token = bills.printed()
    assert bills.open(token).code == "link_refused"
    assert bills.ask(token).status == 202
    assert bool(bills.mailed()) is bool(email)


def test_a_revoked_an_old_a_foreign_and_a_switched_off_link_are_refused_alike(
    bills: Bills,
) -> None:
    token, bearer = bills.printed(), bills.bearer()
    wrong = bills.open(UNKNOWN).body
    bills.world.practice(replace(PRACTICE, id="oak"))
    assert bills.open(token, practice="oak").body == wrong
    bills.world.practice(replace(PRACTICE, pay_links=False))
    assert bills.open(token).body == wrong
    bills.world.practice(PRACTICE)
    put_client(bills.app.people, PRACTICE.id, replace(bills.stored(), link_generation=2))
    assert bills.open(token).body == wrong
    assert bills.post("quotes", bearer).code == "link_over"  # at once, for who has it open
    assert bills.printed() != token
    assert bills.open(bills.printed()).status == 200
    bills.world.clock.advance(days=LINK_DAYS)
    assert bills.open(token).body == wrong
    assert bills.printed() == ""


def test_a_session_ends_by_itself_and_its_token_opens_nothing_elsewhere(bills: Bills) -> None:
    bearer = bills.bearer()
    bills.world.practice(replace(PRACTICE, id="oak"))
    assert bills.post("quotes", {**bearer, "practice": "oak"}).code == "link_over"
    assert bills.post("results", bearer).code == "link_invalid"
    assert bills.post("quotes", {**bearer, "token": bills.printed()}).code == "link_over"
    bills.world.clock.advance(seconds=SESSION_SECONDS)
    assert bills.post("quotes", bearer).code == "link_over"


def test_a_thief_of_many_bills_is_stopped_by_the_network(bills: Bills) -> None:
    """The birth date guessed over many links of one network."""
    tokens = [bills.printed(f"invoice-{number}") for number in range(10, 20)]
    answers = [bills.open(token, born="1980-01-01").status for token in tokens for _ in range(MAX_TRIES)]
    assert answers[: FACTORS_OF_NETWORK[0].uses] == [403] * FACTORS_OF_NETWORK[0].uses
    assert set(answers[FACTORS_OF_NETWORK[0].uses :]) == {429}


def test_a_void_invoices_link_pays_nothing(bills: Bills) -> None:
    bearer = bills.bearer()
    bills.app.invoice_issuing.void(PRACTICE, 1, actor="cli")
    assert bills.post("quotes", bearer).code == "invoice_void"
    body = {**bearer, "quote": "x", "amount_minor": 20_000}
    assert bills.post("payments", body, **{"Idempotency-Key": KEY}).code == "invoice_void"


def test_a_bill_drawn_again_has_the_same_link_while_the_key_changes(bills: Bills) -> None:
    token = bills.printed()
    bills.app.rotating.add_tokens()
    assert bills.printed() == token
    assert bills.printed("statement-2026-02") != token
    assert bills.open(token).status == 200
    with pytest.raises(Exception, match="key_in_use"):
        bills.app.rotating.retire_tokens()
    bills.app.rotating.retire_tokens(leaked=True)
    assert bills.open(token).code == "link_refused"


def test_GET_and_HEAD_open_nothing(bills: Bills) -> None:
    with watching() as eye:
        for method in ("GET", "HEAD"):
            for path in ("sessions", "codes", "quotes", "payments", "results"):
                assert bills.world.call(method, f"/pay-links/{path}").status in (403, 404, 405)
    assert eye.writes == []


def test_another_amount_or_scope_cannot_be_asked_for(bills: Bills) -> None:
    bearer = bills.bearer()
    assert bills.post("quotes", {**bearer, "scope": {"type": "balance"}}).code == "field_unknown"
    offered = bills.post("quotes", bearer).body
    body = {**bearer, "quote": offered["quote"], "amount_minor": 100}
    stale = bills.post("payments", body, **{"Idempotency-Key": KEY})
    assert (stale.code, stale.body["quote"]["owed_after_minor"]) == ("quote_stale", 0)
    saved = {**body, "amount_minor": 20_000, "save": "2026-11-29"}
    assert bills.post("payments", saved, **{"Idempotency-Key": KEY}).code == "field_unknown"


def test_a_log_has_neither_token_nor_birth_date_nor_code(
    bills: Bills, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("DEBUG")
    token = bills.printed()
    code = bills.code(token)
    bearer = bills.bearer()
    bills.start(bearer)
    bills.open(token, code=code)
    said = "\n".join(json.dumps(record.__dict__, default=str) for record in caplog.records)
    ours = "\n".join(line for line in said.splitlines() if '"billfold' in line)
    for secret in (token, token.replace("-", ""), bearer["token"], code, BORN):
        assert secret not in ours


def test_unguessable(bills: Bills) -> None:
    other = AccountRef(PRACTICE.id, "noah")
    tokens = {
        bills.app.pay_links.token(ref, document, generation, 1)
        for ref in (MAYA, other)
        for document in ("invoice-1", "invoice-2")
        for generation in (1, 2)
    }
    assert len(tokens) == 8
    assert all(re.fullmatch(r"[0-9A-HJKMNP-TV-Z]{24}", token) for token in tokens)
