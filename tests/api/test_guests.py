"""Somebody pays a bill without an account (issue 16, guests: G4 to G16 in the API)."""

import json
import re
from dataclasses import replace
from typing import Any

import pytest

from chalicelib.entrypoints import jobs
from chalicelib.kernel.account_refs import AccountRef
from chalicelib.kernel.actors import CLI
from chalicelib.ledger.domain.refunds import Left
from chalicelib.payments.services.refunding import RefundWish
from chalicelib.platform.dynamo.codec import Body
from chalicelib.practice.domain.practices import Client
from tests.support.api import Answer, World
from tests.support.practice import MAYA, PRACTICE
from tests.support.reads import asked_of_dynamodb
from tests.support.saving import put_client
from tests.unit.identity.fakes import FakeMailer

KEY = "a-guests-key-of-32-symbols-000001"
CARD = "4242 4242 4242 4242"
FORM = {
    "way": "card", "amount_minor": 12500, "clinician": "ada", "client": "Maya  Moss", "name": "Lee Friend",
    "email": "Lee@Example.com", "phone": "+1 555 0199",
}  # fmt: skip


def quote(world: World, **changes: Any) -> Answer:
    return world.call("POST", "/practices/fern/guest-quotes", {**FORM, **changes})


def start(world: World, key: str = KEY, **changes: Any) -> Answer:
    form = {**FORM, **changes}
    offered = world.call("POST", "/practices/fern/guest-quotes", {k: form[k] for k in form if k in ALL}).body
    body = {"quote": offered.get("quote", ""), **form}
    return world.call("POST", "/practices/fern/guest-payments", body, headers={"Idempotency-Key": key})


ALL = {*FORM, "number"}


def ask(world: World, what: str, key: str = KEY) -> Answer:
    return world.call("POST", f"/practices/fern/guest-payments/{what}", {"key": key})


def paid(world: World, key: str = KEY, **changes: Any) -> Answer:
    started = start(world, key, **changes)
    assert started.status == 201, started.body
    attempt = world.processor.opened[-1]
    world.processor.take(attempt.payment_id)
    return ask(world, "check", key)


def work_off(world: World) -> None:
    """What the documents function does with its queue."""

    class Record:
        def __init__(self, message: dict[str, str]) -> None:
            self.body = json.dumps(message)

        def to_dict(self) -> dict[str, str]:
            return {"messageId": "m"}

    sent, world.documents_queue.sent[:] = list(world.documents_queue.sent), []
    assert jobs.documents([Record(message) for message in sent]) == {"batchItemFailures": []}


def test_g3_g4_the_profile_says_on_what_terms_guests_pay(world: World) -> None:
    """G3, G4, G5: nobody signs in; five dollars at least; a practice's only clinician is preselected."""
    profile = world.call("GET", "/practices/fern").body["guests"]
    assert profile == {
        "enabled": True, "minimum_minor": 500, "step_minor": 1, "limit_minor": 1_000_000,
        "ways": [{"way": "card", "processor": "stripe", "flow": "redirect"}], "clinician": None,
        "card_notice": None,
    }  # fmt: skip
    world.practice(replace(PRACTICE, clinicians=PRACTICE.clinicians[:1], guest_minimum_minor=1000))
    profile = world.call("GET", "/practices/fern").body["guests"]
    assert (profile["clinician"], profile["minimum_minor"]) == ("ada", 1000)
    world.practice(replace(PRACTICE, clinicians=PRACTICE.clinicians[1:]))
    assert not world.call("GET", "/practices/fern").body["guests"]["enabled"]


def test_g8_g16_the_quote_is_exactly_what_is_charged_and_kept(world: World) -> None:
    """G8, G16: no fee is added; what is reviewed is what is paid and what is kept."""
    offered = quote(world).body
    assert (offered["amount_minor"], offered["fee_minor"], offered["currency"]) == (12500, 0, "USD")
    told = ("client", "name", "email", "phone", "clinician_name", "work")
    assert [offered[name] for name in told] == [
        "Maya Moss", "Lee Friend", "lee@example.com", "+1 555 0199", "Ada Moss", None
    ]  # fmt: skip
    started = start(world)
    assert (started.status, started.body["state"]) == (201, "started")
    [attempt] = world.processor.opened
    assert (attempt.amount_minor, attempt.currency) == (12500, "USD")
    assert started.body["next"]["type"] == "redirect"
    assert attempt.return_url == f"http://localhost:8000/fern/guest/{KEY}"
    told_to_processor = repr(attempt)
    for secret in ("Maya", "Moss", "Lee", "example.com", "0199", "ada"):
        assert secret not in told_to_processor.replace(KEY, "")


@pytest.mark.parametrize("field", ["clinician", "client", "email", "name", "phone"])
def test_g11_g15_all_fields_of_the_card_path_are_required(world: World, field: str) -> None:
    """G11, G15: either missing is 422 naming the field, and nothing is written."""
    with asked_of_dynamodb() as made:
        refused = start(world, **{field: "  "})
    assert (refused.status, refused.code, refused.body["field"]) == (422, "field_missing", field)
    assert made.write_units == 0


@pytest.mark.parametrize(
    ("amount", "code"),
    [
        (0, "amount_invalid"), (-1, "amount_invalid"), (1.5, "amount_invalid"), ("1,250", "amount_invalid"),
        (True, "amount_invalid"), (499, "amount_below_minimum"), (1_000_001, "amount_above_limit"),
        (10**9, "amount_invalid"),
    ],
)  # fmt: skip
def test_g4_g10_amounts_are_bounded_by_the_practice(world: World, amount: object, code: str) -> None:
    """G4, G10."""
    refused = quote(world, amount_minor=amount)
    assert (refused.status, refused.code, refused.body["field"]) == (422, code, "amount_minor")


@pytest.mark.parametrize("field", ["client", "name", "number", "phone"])
def test_a_card_number_is_refused_and_neither_kept_nor_logged(
    world: World, field: str, caplog: pytest.LogCaptureFixture
) -> None:
    """G18, issue 16: a card number typed as the client's name."""
    caplog.set_level("DEBUG")
    with asked_of_dynamodb() as made:
        refused = start(world, **{field: CARD})
    assert (refused.status, refused.code, refused.body["field"]) == (422, "guest_card_number", field)
    assert made.write_units == 0
    said = re.sub("[ -]", "", caplog.text + json.dumps(refused.body))
    assert "42424242" not in said, "four digits alone are in many a signature"


def test_a_clinician_who_takes_no_online_payments_is_refused_and_an_unknown_one_not_found(
    world: World,
) -> None:
    refused = quote(world, clinician="ben")
    assert (refused.status, refused.code, refused.body["field"]) == (
        403, "clinician_payments_disabled", "clinician"
    )  # fmt: skip
    assert quote(world, clinician="zoe").status == 404
    assert quote(world, way="bank").code == "way_unavailable"
    world.practice(replace(PRACTICE, payments_enabled=False))
    assert (quote(world).status, quote(world).code) == (403, "payments_disabled")


def test_g7_g13_g14_paid_without_an_account_and_one_receipt_at_once(world: World) -> None:
    """G7, G13, G14: pays without an account; one receipt goes to the address, and says nothing of anybody."""
    answer = paid(world)
    assert (answer.body["state"], answer.body["finished"], answer.body["amount_minor"]) == (
        "paid",
        True,
        12500,
    )
    assert answer.body["receipt_pending"]
    assert len(world.documents_queue.sent) == 1
    mailer = FakeMailer()
    world.app.receipts = replace(world.app.receipts, mailer=mailer)
    work_off(world)
    assert [mail.to for mail in mailer.sent] == ["lee@example.com"]
    assert not {word for word in ("Maya", "Moss", "Ada", "still") if word in mailer.sent[0].text}
    assert "$125.00" in mailer.sent[0].text
    look = ask(world, "look").body
    assert (look["receipt_sent_to"], look["receipt_pending"]) == ("l…@example.com", False)
    ask(world, "check")
    work_off(world)
    assert len(mailer.sent) == 1


def test_the_return_address_tells_nobody_who_is_treated_or_by_whom(world: World) -> None:
    """Issue 16: a processor keeps the address to which the payer comes back, and with it the key. What the
    key opens says state, amount and reference, and of the e-mail address its first letter and domain."""
    answers = [start(world), ask(world, "look")]
    world.processor.take(world.processor.opened[-1].payment_id)
    answers += [ask(world, "check"), ask(world, "look"), ask(world, "claim"), ask(world, "cancel")]
    work_off(world)
    answers.append(ask(world, "look"))
    assert [answer.status for answer in answers] == [201, *[200] * 6]
    told = json.dumps([answer.body for answer in answers]).lower()
    assert "l\\u2026@example.com" in told
    for typed in ("maya", "moss", "friend", "555 0199"):
        assert typed not in told


def test_the_same_key_is_one_payment_and_another_body_is_refused(world: World) -> None:
    """Double click, reload, back: one payment."""
    first, again = start(world), start(world)
    assert first.body == again.body
    assert len(world.processor.opened) == 1
    assert start(world, amount_minor=900).code == "idempotency_key_reused"
    assert start(world, key="short").code == "idempotency_key_missing"
    assert ask(world, "look", "x" * 32).status == 404


def test_a_stale_quote_is_told(world: World) -> None:
    body = {**FORM, "quote": quote(world).body["quote"], "amount_minor": 900}
    refused = world.call("POST", "/practices/fern/guest-payments", body, headers={"Idempotency-Key": KEY})
    assert (refused.status, refused.code) == (409, "guest_quote_stale")


def test_canceled_expired_and_late_attempts_each_end_clearly(world: World) -> None:
    """Bad days: canceled, paid after all, abandoned; a practice that switched payments off after capture."""
    start(world)
    assert ask(world, "cancel").body["state"] == "canceled"
    other = KEY[:-1] + "2"
    start(world, other)
    world.processor.take(world.processor.opened[-1].payment_id)
    world.practice(replace(PRACTICE, payments_enabled=False))
    assert ask(world, "cancel", other).body["state"] == "paid"
    assert ask(world, "check", other).body["state"] == "paid"


def client_rows(world: World) -> None:
    for id_, name in (("maya", "Maya Moss"), ("noah", "Noah Moss")):
        world.person(f"{id_}@example.test", id_)
        found = world.app.people.client("fern", id_)
        put_client(world.app.people, "fern", replace(found or Client(id_, id_, name, "", "en"), name=name))
    world.charge("maya", "c1", 12500)


def test_known_and_unknown_names_and_numbers_are_answered_alike_and_looked_up_nowhere(world: World) -> None:
    """Issue 16: the same bytes and the same calls for a client's name and for a stranger's, 250 each; counted
    calls stand for time."""
    client_rows(world)
    seen: dict[str, set[str]] = {"known": set(), "unknown": set()}
    for number in range(250):
        for kind, name, bill in (("known", "Maya Moss", "Invoice 1"), ("unknown", "Xaya Moss", "Invoice 9")):
            with asked_of_dynamodb() as made:
                answer = quote(world, client=name, number=bill, amount_minor=500 + number)
            told = {
                k: v for k, v in answer.body.items() if k not in ("quote", "client", "number", "amount_minor")
            }
            seen[kind].add(json.dumps([answer.status, told, made.calls, made.units], sort_keys=True))
    assert seen["known"] == seen["unknown"]
    assert len(seen["known"]) == 1
    calls: dict[str, list[str]] = {}
    for kind, name in (("known", "Maya Moss"), ("unknown", "Xaya Moss")):
        key = f"a-guests-key-of-32-symbols-{kind:_<8}"
        with asked_of_dynamodb() as made:
            answer = paid(world, key, client=name)
        calls[kind] = [call.split()[0] for call in made.calls]
        assert answer.body["state"] == "paid"
    assert calls["known"] == calls["unknown"]


def test_money_for_a_later_bill_pays_that_bill_and_not_the_oldest(world: World) -> None:
    """Issue 16: by the number that the guest typed, which is on an invoice."""
    client_rows(world)
    practice, client = world.app.practices.practice("fern"), world.app.people.client("fern", "maya")
    assert practice is not None
    assert client is not None
    from chalicelib.documents.services.invoices.issuing import InvoiceWish

    world.app.invoice_issuing.issue(practice, client, InvoiceWish())
    later = world.charge("maya", "c2", 12500, date="2026-03-05")
    world.app.invoice_issuing.issue(practice, client, InvoiceWish())
    world.charge("maya", "c3", 12500, date="2026-02-05")
    paid(world, number="Invoice 2")
    work_off(world)
    account = world.app.ledgers.account(client.ref("fern"))
    assert account is not None
    assert (later in account.ledger.open, len(account.ledger.open)) == (False, 2)


def test_what_agrees_matches_by_itself_outside_of_any_answer(world: World) -> None:
    """Issue 16: number, name and clinician agree; G6 holds for the client; the guest hears nothing."""
    client_rows(world)
    practice, client = world.app.practices.practice("fern"), world.app.people.client("fern", "maya")
    assert practice is not None
    assert client is not None
    from chalicelib.documents.services.invoices.issuing import InvoiceWish

    world.app.invoice_issuing.issue(practice, client, InvoiceWish())
    before = paid(world, number="Invoice 1").body
    assert world.app.ledgers.account(client.ref("fern")).ledger.balance_minor == 12500  # type: ignore[union-attr]
    work_off(world)
    assert world.app.ledgers.account(client.ref("fern")).ledger.balance_minor == 0  # type: ignore[union-attr]
    after = ask(world, "look").body
    changed = {name for name in after if after[name] != before[name]}
    assert changed == {"receipt_pending", "receipt_sent_to"}
    assert world.app.matching.waiting("fern") == []
    assert world.app.verifying.verify("fern").ok
    [row] = [
        row for row in world.call(
            "GET", "/accounts/maya/history", cookie=world.person("maya@example.test", "maya")
        ).body["rows"] if row["kind"] == "guest_payment"
    ]  # fmt: skip
    assert "Lee" not in json.dumps(row)


def test_a_clients_history_tells_a_refund_from_a_corrected_match(world: World) -> None:
    """Issue 16: both were "taken back"."""
    client_rows(world)
    paid(world, client="Somebody", number="")
    work_off(world)
    matching, noah = world.app.matching, AccountRef("fern", "noah")
    for number, target in enumerate((MAYA, noah, MAYA)):
        [payment] = world.app.guest_forms.payments("fern")
        matching.match("fern", payment, target, id_=f"m{number}", actor="cli")
    [payment] = world.app.guest_forms.payments("fern")
    wish = RefundWish(payment.ref("fern"), payment.id, "r1", 500, Left.of(payment), CLI)
    world.app.refunding.refund(wish)
    cookie = world.person("maya@example.test", "maya")
    rows = world.call("GET", "/accounts/maya/history", cookie=cookie).body["rows"]
    kinds = [row["kind"] for row in rows if row["kind"].startswith("guest_payment_")]
    assert kinds == ["guest_payment_refunded", "guest_payment_moved"]


def test_the_receipt_is_out_before_anybody_looks_whose_bill_it_was(world: World) -> None:
    """Issue 16: the same time outside. Up to the note of where it went the worker makes the same calls for a
    client's name and number as for a stranger's; a match that was cut off is made when it is asked again."""
    client_rows(world)
    practice, client = world.app.practices.practice("fern"), world.app.people.client("fern", "maya")
    assert practice is not None
    assert client is not None
    from chalicelib.documents.services.invoices.issuing import InvoiceWish

    world.app.invoice_issuing.issue(practice, client, InvoiceWish())
    calls, cut = dict[str, list[str]](), RuntimeError("cut")
    for name in ("Maya Moss", "Xaya Moss"):
        key = f"a-guests-key-of-32-symbols-{name[0]:_<8}"
        paid(world, key, client=name, number="Invoice 1")
        [task] = world.documents_queue.sent
        world.documents_queue.sent.clear()
        with asked_of_dynamodb() as made, pytest.MonkeyPatch.context() as patch:
            patch.setattr(type(world.app.matching), "arrived", lambda *_: (_ for _ in ()).throw(cut))
            with pytest.raises(RuntimeError):
                world.app.receipts.send("fern", task["marker"])
        calls[name] = [call.split()[0] for call in made.calls]
        assert ask(world, "look", key).body["receipt_sent_to"] == "l…@example.com"
        assert world.app.receipts.send("fern", task["marker"]).value == "sent_before"
    assert calls["Maya Moss"] == calls["Xaya Moss"]
    assert [w.form.client for w in world.app.matching.waiting("fern") if w.form] == ["Xaya Moss"]


def test_all_else_waits_for_staff_with_suggestions_and_paying_twice_is_two(world: World) -> None:
    client_rows(world)
    paid(world, client="moss, maya")
    paid(world, KEY[:-1] + "2", client="Moss")
    paid(world, KEY[:-1] + "3", client="...")  # has all words that it has, none
    work_off(world)
    waiting = world.app.matching.waiting("fern")
    told = [[(s.client.id, [a.value for a in s.agrees]) for s in each.suggestions] for each in waiting]
    by_name = sorted(told, key=len)
    assert by_name == [
        [],
        [("maya", ["name", "clinician", "amount"])],
        [("maya", ["clinician", "amount"]), ("noah", [])],
    ]  # fmt: skip


def test_no_statement_is_missed_of_a_guest_who_is_no_client(world: World) -> None:
    """Seen: each guest's account was on every month's list of statements that could not be made, for good."""
    world.person("maya@example.test", "maya")
    world.charge("maya", "c1", 9_000)
    paid(world)
    assert [one.id for one in world.app.statement_runs.accounts("fern")] == ["maya"]
    assert len(list(world.app.ledgers.account_refs("fern"))) == 2, "backups and audits have both"


def test_a_guests_form_is_forgotten_unless_it_was_paid(world: World) -> None:
    paid(world)
    start(world, KEY[:-1] + "2")
    rows = {row.sk: row.ttl for row in Body.query("P#fern#GUESTS")}
    assert all(ttl for ttl in rows.values())
    work_off(world)
    rows = {row.sk: row.ttl for row in Body.query("P#fern#GUESTS")}
    assert sorted(bool(ttl) for ttl in rows.values()) == [False, True]


def test_lost_answers_and_silence_are_no_second_payment(world: World) -> None:
    """A time-out is unknown, and is found out; the sweep ends what nobody comes back to."""
    world.processor.silent = ["after"]
    started = start(world)
    assert started.body["state"] == "checking"
    world.clock.advance(minutes=2)
    assert ask(world, "check").body["state"] in ("started", "expired")
    assert len(world.processor.opened) == 1


def test_export_and_restore_carry_guests_forms_and_attempts(world: World) -> None:
    paid(world)
    start(world, KEY[:-1] + "2")
    kinds = [json.loads(line).get("kind", {}).get("S") for line in world.app.backing_up.export("fern")]
    assert kinds.count("guest") == 2
    assert kinds.count("payment") == 2


def signed_in(world: World, email: str) -> str:
    """The cookie of whoever read the code that was mailed to that address."""
    found = world.app.signing_in.person("fern", email=email)
    return f"{world.app.sessions.cookie_name}={world.app.sessions.start('fern', found, replaces=None).cookie}"


def test_g14_a_claimed_payment_is_seen_alone_also_once_it_is_matched(world: World) -> None:
    """G14: pay first, then decide; it shows that payment only, never the client's balance."""
    client_rows(world)
    start(world)
    assert ask(world, "claim").code == "payment_state"
    world.processor.take(world.processor.opened[-1].payment_id)
    paid_id = world.processor.opened[-1].payment_id
    ask(world, "check")
    assert world.call("POST", "/sign-in/codes", {"practice": "fern", "email": FORM["email"]}).status == 202
    assert ask(world, "claim").body == {"address": "l…@example.com"} == ask(world, "claim").body
    cookie = signed_in(world, "lee@example.com")
    [row] = world.call("GET", "/guest-payments", cookie=cookie).body["payments"]
    session = world.call("GET", "/session", cookie=cookie).body
    assert (row["id"], session["guest_payments"], session["grants"]) == (paid_id, True, [])
    payment = world.app.guest_forms.unmatched("fern")[0]
    world.app.matching.match("fern", payment, MAYA, id_="m1", actor="cli")
    [after] = world.call("GET", "/guest-payments", cookie=cookie).body["payments"]
    assert after == row
    for account in (paid_id, "maya"):
        assert world.call("GET", f"/accounts/{account}/billing", cookie=cookie).status == 404
    work_off(world)
    receipt = world.call("GET", f"/guest-payments/{paid_id}/receipt", cookie=cookie)
    assert receipt.status == 303
    other = world.person("maya@example.test", "maya")
    assert world.call("GET", "/guest-payments", cookie=other).body == {"payments": []}
    assert world.call("GET", f"/guest-payments/{paid_id}/receipt", cookie=other).status == 404


def test_g14_who_signs_in_already_keeps_their_accounts_and_who_reads_the_address_later_sees_nothing(
    world: World,
) -> None:
    cookie = world.person("lee@example.com", "maya")
    paid(world)
    ask(world, "claim")
    assert len(world.call("GET", "/guest-payments", cookie=cookie).body["payments"]) == 1
    assert world.call("GET", "/accounts/maya/billing", cookie=cookie).status == 200
    person = world.app.signing_in.person("fern", email="lee@example.com")
    later = int(world.clock.now().timestamp()) + 60
    world.app.people.save_person("fern", replace(person, since=later), before=person)
    world.clock.advance(minutes=2)
    assert world.call("GET", "/guest-payments", cookie=signed_in(world, "lee@example.com")).body == {
        "payments": []
    }


def again(world: World, email: str) -> Answer:
    return world.call("POST", "/practices/fern/guest-receipts", {"email": email})


def test_a_years_receipts_are_mailed_again_and_no_answer_tells_who_has_paid(world: World) -> None:
    """Issue 16: to the guest's address alone, three times a day; a stranger's gets the same answer."""
    paid(world)
    paid(world, KEY[:-1] + "2", amount_minor=700)
    mailer = FakeMailer()
    work_off(world)
    world.app.__dict__["guest_receipts"] = replace(world.app.guest_receipts, mailer=mailer)
    told = {}
    for who, email in (("guest", "LEE@example.com"), ("stranger", "nobody@example.com")):
        with asked_of_dynamodb() as made:
            answer = again(world, email)
        told[who] = (answer.status, answer.body, [call.split()[0] for call in made.calls])
    assert told["guest"] == told["stranger"]
    assert not {"lee", "example"} & set(json.dumps(world.documents_queue.sent).replace("@", " ").split())
    work_off(world)
    [mail] = mailer.sent
    assert (mail.to, mail.text.count("/fern/receipt#")) == ("lee@example.com", 2)
    assert not {word for word in ("Maya", "Moss", "Ada") if word in mail.text}
    for _ in range(4):
        assert again(world, "lee@example.com").status == 202
    work_off(world)
    assert len(mailer.sent) == 3
    world.clock.advance(days=400)
    again(world, "lee@example.com")
    work_off(world)
    assert len(mailer.sent) == 3
