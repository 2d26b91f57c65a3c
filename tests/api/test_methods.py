"""S15 to S18 through the API: what a person has saved, its default, adding, removing, deposits (issue 15)."""

import json
import logging
from dataclasses import replace
from typing import Any

import pytest

from chalicelib.entrypoints import jobs
from chalicelib.payments.domain.saved_methods import AdditionState, Outcome
from chalicelib.words.consents import SAVING_VERSION
from tests.api.test_privacy import Record, mails
from tests.support.api import Answer, World
from tests.support.money import meanwhile
from tests.support.moved import moved
from tests.support.payers import ACCOUNT, AMEX, CODE, VISA, SavingProcessor
from tests.support.practice import PRACTICE
from tests.support.processor import OneProcessor

KEY = "0c6e2a4e-7c1d-4a52-9f0b-8d9b0a6f2b10"
CANARY = "FINGERPRINTCANARY"


@pytest.fixture
def stripe(world: World) -> SavingProcessor:
    processor = SavingProcessor()
    world.app.processors = OneProcessor(processor)
    world.practice(replace(PRACTICE, bank_debits=True, deposits=True))
    return processor


@pytest.fixture
def cookie(world: World, stripe: SavingProcessor) -> str:
    return world.person("maya@example.test", "maya")


def call(world: World, cookie: str, path: str, body: object = None) -> Answer:
    return world.call("POST", path, body, cookie=cookie)


def begin(world: World, cookie: str, key: str = KEY, **body: object) -> Answer:
    wanted = {"way": "card", "consent": SAVING_VERSION, **body}
    return world.call(
        "POST", "/set-ups", wanted, cookie=cookie, headers={"Idempotency-Key": key} if key else {}
    )


def listed(world: World, cookie: str) -> Any:
    answer = world.call("GET", "/methods", cookie=cookie)
    assert answer.status == 200, answer.body
    return answer.body


def added(world: World, stripe: SavingProcessor, cookie: str, key: str = KEY, **body: Any) -> str:
    """Our id of a card that was added."""
    look, number = body.pop("look", VISA), body.pop("number", "")
    made = begin(world, cookie, key, **body)
    assert made.status == 201, made.body
    stripe.fill_in(f"cs_set_{key}", look=look, number=number)
    return str(call(world, cookie, f"/set-ups/{key}/check").body["method_id"])


def default(world: World, cookie: str) -> list[str]:
    return [method["id"] for method in listed(world, cookie)["methods"] if method["default"]]


def test_who_has_no_account_here_adds_no_card(world: World, stripe: SavingProcessor) -> None:
    """Issue 16: anybody signs in who has claimed a guest's payment, and each set-up tries a card: there was a
    way around the budget of guests' cards."""
    anybody = world.person("anybody@example.test")
    assert begin(world, anybody).code == "saving_disabled"
    assert stripe.calls == []


def test_nothing_is_saved_at_first(world: World, cookie: str, stripe: SavingProcessor) -> None:
    assert listed(world, cookie) == {
        "methods": [],
        "set_ups": [],
        "ended": [],
        "cvc": None,
        "card_notice": None,
    }
    assert stripe.calls == []


def test_s16_a_card_is_added_without_paying(world: World, stripe: SavingProcessor, cookie: str) -> None:
    made = begin(world, cookie, label=" HSA ")
    assert (made.status, made.body["state"], made.body["method_id"]) == (201, "started", None)
    assert made.body["next"] == {"type": "redirect", "url": f"https://processor.example/cs_set_{KEY}"}
    assert begin(world, cookie, label=" HSA ").body == made.body
    assert [each["id"] for each in listed(world, cookie)["set_ups"]] == [KEY]
    (set_up,) = stripe.set_ups.values()
    assert set_up.return_url == f"http://localhost:8000/fern/payment-methods?set-up={KEY}"
    stripe.fill_in(f"cs_set_{KEY}")
    checked = call(world, cookie, f"/set-ups/{KEY}/check").body
    assert (checked["state"], checked["next"]) == ("saved", None)
    (method,) = listed(world, cookie)["methods"]
    assert (method["id"], method["name"], method["label"]) == (
        checked["method_id"],
        "Visa ending in 4242",
        "HSA",
    )
    assert (method["default"], method["expiry"], method["state"]) == (True, "2027-12", "ready")
    (consent,) = world.app.payers.consents(PRACTICE.id, _payer_id(world))
    assert (consent.version, consent.locale, consent.addition) == (SAVING_VERSION, "en", KEY)


def test_s17_made_default_while_it_is_added(world: World, stripe: SavingProcessor, cookie: str) -> None:
    added(world, stripe, cookie)
    second = added(world, stripe, cookie, KEY[:-1] + "1", look=AMEX, make_default=True)
    assert default(world, cookie) == [second]


def test_s18_another_one_is_made_the_default(world: World, stripe: SavingProcessor, cookie: str) -> None:
    first = added(world, stripe, cookie)
    second = added(world, stripe, cookie, KEY[:-1] + "1", look=AMEX)
    assert default(world, cookie) == [first]
    answer = call(world, cookie, f"/methods/{second}/default").body
    assert [method["id"] for method in answer["methods"]] == [second, first]
    assert default(world, cookie) == [second]


def test_a_removed_one_is_gone_here_and_at_the_processor(
    world: World, stripe: SavingProcessor, cookie: str
) -> None:
    first = added(world, stripe, cookie)
    second = added(world, stripe, cookie, KEY[:-1] + "1", look=AMEX)
    answer = call(world, cookie, f"/methods/{first}/remove").body
    assert ([method["id"] for method in answer["methods"]], answer["ended"]) == ([second], [])
    assert len(stripe.customers["cus_1"]) == 1
    assert default(world, cookie) == [second]
    again = call(world, cookie, f"/methods/{first}/remove")
    assert (again.status, again.code) == (404, "method_not_found")


def test_a_removal_that_the_processor_did_not_hear_is_told_by_sweep(
    world: World, stripe: SavingProcessor, cookie: str
) -> None:
    first = added(world, stripe, cookie)
    stripe.silent = ["", "before"]
    assert call(world, cookie, f"/methods/{first}/remove").body["methods"] == []
    assert len(stripe.customers["cus_1"]) == 1
    world.clock.advance(minutes=2)
    assert world.app.sweeping.sweep()["payer"] == 1
    assert stripe.customers["cus_1"] == {}
    world.clock.advance(minutes=2)
    assert world.app.sweeping.sweep()["payer"] == 0


@pytest.mark.parametrize("path", ["default", "remove", "label", "verify"])
def test_another_persons_method_is_none(
    world: World, stripe: SavingProcessor, cookie: str, path: str
) -> None:
    """Bad input of issue 15: another person's id, and one of another practice."""
    mine = added(world, stripe, cookie)
    body = {"label": {"label": "x"}, "verify": {"code": CODE}}.get(path)
    noah = world.person("noah@example.test", "noah", "maya")
    world.practice(replace(PRACTICE, id="other"))
    elsewhere = world.person("maya@example.test", "mayas", practice="other")
    for other in (noah, elsewhere):
        answer = call(world, other, f"/methods/{mine}/{path}", body)
        assert (answer.status, answer.code) == (404, "method_not_found")
        assert listed(world, other)["methods"] == []
    assert default(world, cookie) == [mine]
    assert call(world, noah, f"/set-ups/{KEY}/check").code == "set_up_not_found"


def test_who_reads_another_address_has_nothing_of_what_was_saved_by_the_former(
    world: World, stripe: SavingProcessor, cookie: str
) -> None:
    """Issue 15: a guarantor's card is nobody else's. The file gave the account to the other parent."""
    mine = added(world, stripe, cookie)
    begin(world, cookie, KEY[:-1] + "1")
    father = moved(world, "maya@example.test", "father@example.test")
    stripe.fill_in(f"cs_set_{KEY[:-1]}1", look=AMEX)  # what she had begun is hers, too
    assert listed(world, father) == {
        "methods": [],
        "set_ups": [],
        "ended": [],
        "cvc": None,
        "card_notice": None,
    }
    for path, body in (("default", None), ("remove", None), ("label", {"label": "x"})):
        assert call(world, father, f"/methods/{mine}/{path}", body).code == "method_not_found"
    assert call(world, father, f"/set-ups/{KEY}/check").code == "set_up_not_found"
    world.charge("maya", "s1", 10000)
    quote = call(world, father, "/accounts/maya/quotes", {"scope": {"type": "balance"}}).body
    wanted = {
        "scope": {"type": "balance"}, "quote": quote["quote"], "amount_minor": 10000, "method": mine,
    }  # fmt: skip
    answer = world.call(
        "POST", "/accounts/maya/payments", wanted, cookie=father, headers={"Idempotency-Key": KEY}
    )
    assert (answer.status, answer.code, stripe.charged) == (404, "method_not_found", [])
    added(world, stripe, father, KEY[:-1] + "2")
    assert [len(held) for held in stripe.customers.values()] == [2, 1]


def test_a_bank_account_waits_for_its_deposit(world: World, stripe: SavingProcessor, cookie: str) -> None:
    card = added(world, stripe, cookie)
    key = KEY[:-1] + "1"
    assert begin(world, cookie, key, way="bank", make_default=True).status == 201
    assert stripe.set_ups[f"cs_set_{key}"].deposits
    stripe.fill_in_later(f"cs_set_{key}")
    checked = call(world, cookie, f"/set-ups/{key}/check").body
    waiting = checked["method_id"]
    assert checked["state"] == "waiting"
    (method,) = (m for m in listed(world, cookie)["methods"] if m["id"] == waiting)
    assert (method["state"], method["bank"]) == ("waiting", ACCOUNT.brand)
    assert method["deposit"]["url"] == "https://verify.example"
    assert call(world, cookie, f"/methods/{waiting}/default").code == "method_not_ready"
    wrong = call(world, cookie, f"/methods/{waiting}/verify", {"code": "SM99ZZ"})
    assert (wrong.status, wrong.code, default(world, cookie)) == (422, "deposit_code_wrong", [card])
    assert call(world, cookie, f"/methods/{waiting}/verify", {"code": CODE.lower()}).status == 200
    assert default(world, cookie) == [waiting]
    assert call(world, cookie, f"/methods/{waiting}/verify", {"code": CODE}).code == "deposit_over"


def test_a_deposit_verified_on_the_processors_own_page_is_seen(
    world: World, stripe: SavingProcessor, cookie: str
) -> None:
    assert begin(world, cookie, way="bank").status == 201
    held = stripe.fill_in_later(f"cs_set_{KEY}")
    waiting = call(world, cookie, f"/set-ups/{KEY}/check").body["method_id"]
    stripe.fill_in(f"cs_set_{KEY}", held)
    (method,) = listed(world, cookie)["methods"]
    assert (method["id"], method["state"], method["default"]) == (waiting, "ready", True)


def test_a_crash_between_the_processors_yes_and_our_row_is_found_by_sweep(
    world: World, stripe: SavingProcessor, cookie: str
) -> None:
    """Issue 15, bad days: the next round finds it, whoever does not come back."""
    begin(world, cookie)
    stripe.fill_in(f"cs_set_{KEY}")
    world.clock.advance(minutes=90)
    assert world.app.sweeping.sweep()["payer"] == 1
    (payer,) = world.app.payers.payers(PRACTICE.id)
    assert [method.look for method in payer.listed] == [VISA]


def test_a_lost_answer_about_the_customer_makes_no_second(
    world: World, stripe: SavingProcessor, cookie: str
) -> None:
    stripe.silent = ["after"]
    assert begin(world, cookie).code == "processor_unavailable"
    assert begin(world, cookie).status == 201
    assert list(stripe.customers) == ["cus_1"]


def test_after_a_days_silence_another_customer_is_made_and_the_orphan_holds_nothing(
    world: World, stripe: SavingProcessor, cookie: str
) -> None:
    stripe.silent = ["after"]
    begin(world, cookie)
    world.clock.advance(hours=24)
    cookie = world.person("maya@example.test", "maya")
    added(world, stripe, cookie)
    assert {name: len(held) for name, held in stripe.customers.items()} == {"cus_1": 0, "cus_2": 1}
    (payer,) = world.app.payers.payers(PRACTICE.id)
    assert payer.customer_id == "cus_2"


def test_a_lost_answer_about_a_set_up_is_the_same_set_up(
    world: World, stripe: SavingProcessor, cookie: str
) -> None:
    stripe.silent = ["", "after"]
    assert begin(world, cookie).code == "processor_unavailable"
    assert begin(world, cookie).status == 201
    assert len(stripe.set_ups) == 1
    assert len(list(world.app.payers.consents(PRACTICE.id, _payer_id(world)))) == 1


def _payer_id(world: World) -> str:
    (payer,) = world.app.payers.payers(PRACTICE.id)
    return payer.id


def test_an_abandoned_set_up_ends_and_saves_nothing(
    world: World, stripe: SavingProcessor, cookie: str
) -> None:
    begin(world, cookie)
    assert call(world, cookie, f"/set-ups/{KEY}/cancel").body["state"] == "ended"
    assert listed(world, cookie)["set_ups"] == []
    key = KEY[:-1] + "1"
    begin(world, cookie, key)
    stripe.fill_in(f"cs_set_{key}")
    assert call(world, cookie, f"/set-ups/{key}/cancel").body["state"] == "saved"


def test_the_same_number_again_replaces_the_older_one(
    world: World, stripe: SavingProcessor, cookie: str
) -> None:
    added(world, stripe, cookie, number="n1", label="HSA")
    second = added(world, stripe, cookie, KEY[:-1] + "1", number="n1", look=replace(VISA, expiry="2031-01"))
    (method,) = listed(world, cookie)["methods"]
    assert (method["id"], method["label"], method["default"]) == (second, "HSA", True)
    said = [call(world, cookie, f"/set-ups/{key}/check").body["replaced"] for key in (KEY, KEY[:-1] + "1")]
    assert said == [False, True]
    assert len(stripe.customers["cus_1"]) == 1


def test_what_the_practice_removed_is_told(world: World, stripe: SavingProcessor, cookie: str) -> None:
    """Issue 15: with a reason of its own, and no second time by the processor's news."""
    method = added(world, stripe, cookie)
    world.app.choosing.take_away(PRACTICE.id, _payer_id(world), method)
    assert stripe.customers == {"cus_1": {}}
    world.clock.advance(hours=25)
    found = listed(world, world.person("maya@example.test", "maya"))
    assert found["methods"] == []
    assert [(one["why"], one["was_default"]) for one in found["ended"]] == [("removed_by_practice", True)]


def test_s15_a_label_that_holds_a_card_number_is_refused_and_kept_nowhere(
    world: World, stripe: SavingProcessor, cookie: str
) -> None:
    """Issue 15: only the processor has numbers of cards."""
    method = added(world, stripe, cookie, label="HSA")
    number = "Visa 4242-4242.4242 4242"
    named = world.call("POST", f"/methods/{method}/label", {"label": number}, cookie=cookie)
    begun = begin(world, cookie, KEY[:-1] + "1", label=number)
    for answer in (named, begun):
        assert (answer.status, answer.body["code"], "4242" in str(answer.body)) == (
            422,
            "label_card_number",
            False,
        )
    after = listed(world, cookie)
    assert ([one["label"] for one in after["methods"]], after["set_ups"]) == (["HSA"], [])


def test_what_was_removed_in_the_dashboard_is_told(
    world: World, stripe: SavingProcessor, cookie: str
) -> None:
    added(world, stripe, cookie)
    stripe.customers["cus_1"].clear()
    world.clock.advance(hours=25)
    cookie = world.person("maya@example.test", "maya")
    found = listed(world, cookie)
    assert found["methods"] == []
    assert (found["ended"][0]["why"], found["ended"][0]["was_default"]) == ("removed_elsewhere", True)


def test_a_customer_deleted_in_the_dashboard_is_followed_by_another(
    world: World, stripe: SavingProcessor, cookie: str
) -> None:
    added(world, stripe, cookie)
    del stripe.customers["cus_1"]
    world.clock.advance(hours=25)
    cookie = world.person("maya@example.test", "maya")
    assert listed(world, cookie)["methods"] == []
    added(world, stripe, cookie, KEY[:-1] + "1")
    assert "cus_1" not in stripe.customers
    assert len(stripe.customers) == 1


def test_the_processors_silence_shows_the_list_as_it_was(
    world: World, stripe: SavingProcessor, cookie: str
) -> None:
    added(world, stripe, cookie)
    world.clock.advance(hours=25)
    cookie = world.person("maya@example.test", "maya")
    stripe.silent = ["before"]
    assert len(listed(world, cookie)["methods"]) == 1


def test_a_default_chosen_while_it_is_removed_is_none(
    world: World, stripe: SavingProcessor, cookie: str
) -> None:
    """A removal and a choice racing leave one default that can pay."""
    first = added(world, stripe, cookie)
    second = added(world, stripe, cookie, KEY[:-1] + "1", look=AMEX)
    meanwhile(world.app.payers, "payer", lambda: call(world, cookie, f"/methods/{second}/remove"))
    answer = call(world, cookie, f"/methods/{second}/default")
    assert (answer.status, answer.code) == (404, "method_not_found")
    assert default(world, cookie) == [first]


@pytest.mark.parametrize(
    ("body", "status", "code"),
    [
        ({"consent": "2001-01-01"}, 409, "consent_stale"),
        ({"way": "paypal"}, 422, "field_invalid"),
        ({"label": "x" * 41}, 422, "field_invalid"),
        ({"person_id": "somebody"}, 422, "field_unknown"),
    ],
)
def test_what_cannot_be_added_is_refused(
    world: World, cookie: str, body: dict[str, object], status: int, code: str
) -> None:
    answer = begin(world, cookie, KEY, **body)
    assert (answer.status, answer.code) == (status, code)


def test_what_the_practice_does_not_want_is_refused(world: World, cookie: str) -> None:
    world.practice(replace(PRACTICE, bank_debits=False))
    assert begin(world, cookie, way="bank").code == "way_unavailable"
    world.practice(replace(PRACTICE, saving=False))
    assert begin(world, cookie).code == "saving_disabled"
    assert world.call("GET", "/practices/fern").body["payments"]["saving"] is None


def test_what_was_saved_before_it_was_switched_off_can_be_removed_and_no_more_is_added(
    world: World, stripe: SavingProcessor, cookie: str
) -> None:
    card = added(world, stripe, cookie)
    world.practice(replace(PRACTICE, saving=False))
    assert begin(world, cookie, KEY[:-1] + "1").code == "saving_disabled"
    assert [method["id"] for method in listed(world, cookie)["methods"]] == [card]
    assert call(world, cookie, f"/methods/{card}/remove").body["methods"] == []
    assert stripe.customers == {"cus_1": {}}


def test_the_key_of_a_set_up_is_its_own(world: World, cookie: str) -> None:
    begin(world, cookie)
    assert begin(world, cookie, label="other").code == "idempotency_key_reused"
    assert begin(world, cookie, "").code == "idempotency_key_missing"


def test_no_card_data_and_no_fingerprint_is_told_or_logged(
    world: World, stripe: SavingProcessor, cookie: str, caplog: pytest.LogCaptureFixture
) -> None:
    """Issue 15, must reach: planted canaries."""
    caplog.set_level(logging.DEBUG, "billfold")
    added(world, stripe, cookie, number=CANARY)
    found = json.dumps(listed(world, cookie))
    rows = json.dumps([str(row) for row in world.app.payers.payers(PRACTICE.id)])
    for text in (found, caplog.text, rows):
        assert CANARY not in text
    assert "pm_" not in found
    assert "cus_" not in found


def test_no_fingerprint_and_no_name_of_the_processors_is_mailed_and_no_fingerprint_backed_up(
    world: World, stripe: SavingProcessor, cookie: str, caplog: pytest.LogCaptureFixture
) -> None:
    """Issue 15, must reach: canaries in the receipt of a saved card, its mail and the backup file."""
    caplog.set_level(logging.INFO)
    card = added(world, stripe, cookie, number=CANARY, label="HSA")
    world.charge("maya", "c1", 12000)
    assert pay(world, cookie, method=card).body["state"] == "paid"
    assert jobs.documents([Record(task) for task in world.documents_queue.sent]) == {"batchItemFailures": []}
    (mail,) = mails()
    assert "4242" in mail
    told = {"mail": mail, "log": " ".join(str(vars(record)) for record in caplog.records)}
    for place, text in told.items():
        assert [name for name in (CANARY, "pm_", "cus_", "HSA") if name in text] == [], place
    backup = "\n".join(world.app.backing_up.export(PRACTICE.id))
    assert "pm_2" in backup
    assert CANARY not in backup


def test_practices_say_what_is_agreed_to(world: World, cookie: str) -> None:
    saving = world.call("GET", "/practices/fern").body["payments"]["saving"]
    assert (saving["ways"], saving["cvc_again"], saving["deposits"]) == (["card", "bank"], False, True)
    assert saving["consent"]["version"] == SAVING_VERSION
    assert PRACTICE.name in saving["consent"]["text"]["en"]
    assert PRACTICE.name in saving["consent"]["text"]["es"]


def test_a_saved_card_that_wants_its_code_tells_how_to_ask_it(
    world: World, stripe: SavingProcessor, cookie: str
) -> None:
    world.practice(replace(PRACTICE, security_code_again=True))
    assert listed(world, cookie)["cvc"] is None
    added(world, stripe, cookie)
    assert listed(world, cookie)["cvc"]["publishable_key"] == "pk_test_fake"


def test_an_outcome_that_ended_elsewhere_is_ended_here(
    world: World, stripe: SavingProcessor, cookie: str
) -> None:
    begin(world, cookie)
    del stripe.sessions[f"cs_set_{KEY}"]
    assert call(world, cookie, f"/set-ups/{KEY}/check").body["state"] == "ended"


PAID = "0b8f1c1e-0000-4000-8000-000000000001"


def pay(world: World, cookie: str, key: str = PAID, **wanted: object) -> Answer:
    offered = world.quote("maya", cookie, type="balance").body
    body = {"scope": {"type": "balance"}, "quote": offered["quote"], "amount_minor": offered["amount_minor"]}
    return world.start("maya", cookie, key, {**body, **wanted})


def test_t13_s13_a_saved_card_pays_exactly_the_quote(
    world: World, stripe: SavingProcessor, cookie: str
) -> None:
    card = added(world, stripe, cookie)
    world.charge("maya", "c1", 12000)
    paid = pay(world, cookie, method=card)
    assert (paid.status, paid.body["state"], paid.body["amount_minor"]) == (201, "paid", 12000)
    assert (paid.body["saved"], paid.body["saves"], paid.body["next"]) == (card, False, None)
    assert world.billing("maya", cookie)["balance"]["owed_minor"] == 0
    noah = world.person("noah@example.test", "noah", "maya")
    seen = world.call("GET", f"/accounts/maya/payments/{PAID}", cookie=noah).body
    assert (seen["saved"], seen["state"]) == (None, "paid")


def test_a_guarantors_card_pays_and_is_nobody_elses(
    world: World, stripe: SavingProcessor, cookie: str
) -> None:
    card = added(world, stripe, cookie)
    world.charge("maya", "c1", 12000)
    noah = world.person("noah@example.test", "noah", "maya")
    refused = pay(world, noah, method=card)
    assert (refused.status, refused.code, stripe.charged) == (404, "method_not_found", [])


def test_nobody_goes_on_with_a_payment_that_keeps_the_card_for_another(
    world: World, stripe: SavingProcessor, cookie: str
) -> None:
    """Seen: who sees the account, too, was led on to an unfinished payment: their own card would have been
    kept for whoever had begun it, who could have charged it from then on."""
    world.charge("maya", "c1", 12000)
    noah = world.person("noah@example.test", "noah", "maya")
    assert pay(world, noah, way="card", save=SAVING_VERSION).body["next"]
    for person, there in ((cookie, False), (noah, True)):
        attempt = world.billing("maya", person)["attempt"]
        told = [
            attempt, world.call("GET", f"/accounts/maya/payments/{PAID}", cookie=person).body,
            call(world, person, f"/accounts/maya/payments/{PAID}/check").body,
        ]  # fmt: skip
        assert [(one["state"], one["next"] is not None) for one in told] == [("started", there)] * 3
    ended = call(world, cookie, f"/accounts/maya/payments/{PAID}/cancel")
    assert ended.body["state"] == "canceled", "so that they pay by a payment of their own"
    own = pay(world, cookie, PAID[:-1] + "2", way="card")
    assert own.body["next"]
    assert world.billing("maya", noah)["attempt"]["next"], "where nothing is kept, whoever may pays on"


@pytest.mark.parametrize(("says", "status", "code"), [("card_declined", 402, "method_refused")])
def test_a_refused_one_says_so(
    world: World, stripe: SavingProcessor, cookie: str, says: str, status: int, code: str
) -> None:
    card = added(world, stripe, cookie)
    world.charge("maya", "c1", 12000)
    stripe.banks_say = dict.fromkeys(stripe.customers["cus_1"], says)
    refused = pay(world, cookie, method=card)
    assert (refused.status, refused.code) == (status, code)
    assert world.call("GET", f"/accounts/maya/payments/{PAID}", cookie=cookie).body["state"] == "failed"


def test_the_bank_asks_its_payer(world: World, stripe: SavingProcessor, cookie: str) -> None:
    card = added(world, stripe, cookie)
    world.charge("maya", "c1", 12000)
    stripe.banks_say = dict.fromkeys(stripe.customers["cus_1"], "payer")
    started = pay(world, cookie, method=card).body
    assert (started["state"], started["next"]["type"]) == ("started", "redirect")
    assert world.billing("maya", cookie)["attempt"]["saved"] == card
    stripe.take(PAID)
    path = f"/accounts/maya/payments/{PAID}/check"
    assert call(world, cookie, path).body["state"] == "paid"


@pytest.mark.parametrize("wanted", [{"way": "card"}, {"save": SAVING_VERSION}, {"cvc_token": "4242 4242"}])
def test_a_saved_method_and_a_new_one_are_not_chosen_together(
    world: World, stripe: SavingProcessor, cookie: str, wanted: dict[str, object]
) -> None:
    card = added(world, stripe, cookie)
    world.charge("maya", "c1", 12000)
    answer = pay(world, cookie, PAID, method=card, **wanted)
    assert (answer.status, answer.code) == (422, "field_invalid")


def test_t15_s12_what_is_paid_with_is_listed_next_time(
    world: World, stripe: SavingProcessor, cookie: str
) -> None:
    """Both ways: ticked, listed; not ticked, neither listed nor at the processor."""
    world.charge("maya", "c1", 12000)
    started = pay(world, cookie, way="card", save=SAVING_VERSION).body
    assert (started["saves"], started["saved"]) == (True, None)
    stripe.take(PAID)
    stripe.sessions[f"cs_{PAID}"] = Outcome(AdditionState.SAVED, stripe.attach("cus_1"))
    assert [method["name"] for method in listed(world, cookie)["methods"]] == ["Visa ending in 4242"]
    call(world, cookie, f"/accounts/maya/payments/{PAID}/check")
    world.charge("maya", "c2", 5000)
    assert pay(world, cookie, PAID[:-1] + "2", way="card").body["saves"] is False
    assert [attempt.saves_for for attempt in stripe.opened] == ["cus_1", ""]


def test_who_adds_one_though_their_customer_was_just_deleted_gets_another(
    world: World, stripe: SavingProcessor, cookie: str
) -> None:
    """Before any news of it came: what is saved must not be nobody's."""
    added(world, stripe, cookie)
    del stripe.customers["cus_1"]
    second = added(world, stripe, cookie, KEY[:-1] + "1", look=AMEX)
    assert [method["id"] for method in listed(world, cookie)["methods"]] == [second]
    (customer,) = stripe.customers
    assert [set_up.customer_id for set_up in stripe.set_ups.values()] == ["cus_1", customer]
