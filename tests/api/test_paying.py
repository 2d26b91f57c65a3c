"""Paying through the API, by requirement line. The processor is in memory; the ledger is real."""

from dataclasses import replace

import pytest

from chalicelib.kernel.outside import ProcessorTimeout
from chalicelib.ledger.ports.ledgers import Change
from chalicelib.payments.ports.processors import Stage
from chalicelib.payments.services.refunding import GivenBack
from tests.support.api import World
from tests.support.practice import MAYA, PRACTICE
from tests.support.refunds import wish

KEY = "0b8f1c1e-0000-4000-8000-000000000001"
KEY2 = "0b8f1c1e-0000-4000-8000-000000000002"


@pytest.fixture
def maya(world: World) -> str:
    cookie = world.person("maya@example.test", "maya")
    world.charge("maya", "c1", 12000)
    world.charge("maya", "c2", 8000, date="2026-03-05")
    return cookie


def charge_ids(world: World, cookie: str) -> list[str]:
    return [item["charge_id"] for item in world.billing("maya", cookie)["items"]]


# --- what is owed -------------------------------------------------------------------------------


def test_t1_s7_the_balance_after_sign_in_and_401_without_a_session(world: World, maya: str) -> None:
    assert world.billing("maya", maya)["balance"] == {
        "owed_minor": 20000,
        "open_minor": 20000,
        "credit_minor": 0,
        "in_flight_minor": 0,
        "payable_minor": 20000,
    }
    refused = world.call("GET", "/accounts/maya/billing")
    assert (refused.status, refused.code) == (401, "session_required")


def test_t5_every_open_item_explains_itself(world: World, maya: str) -> None:
    world.charge("maya", "c3", 5000, insurer_minor=7000, date="2026-03-06")
    world.post.adjustment(MAYA, "a1", charge_external_id="c3", amount_minor=1000, on="2026-03-07")
    world.post.external_payment(MAYA, "p1", 1500, method="cash", on="2026-03-08", charge_external_ids=["c3"])
    item = world.billing("maya", maya)["items"][-1]
    assert item["explanation"] == {
        "fee_minor": 12000,
        "insurance_minor": 7000,
        "adjustments_minor": 1000,
        "paid_minor": 1500,
        "owed_minor": 2500,
    }
    assert (item["status"], item["service"], item["clinician"]) == (
        "partly_paid",
        "Individual session",
        "Ada Moss",
    )


def test_T3_payments_off_hides_paying_and_refuses_it(world: World, maya: str) -> None:
    world.practice(replace(PRACTICE, payments_enabled=False))
    page = world.billing("maya", maya)
    assert page["payments"]["enabled"] is False
    assert page["balance"]["payable_minor"] == 0
    refused = world.quote("maya", maya, type="balance")
    assert (refused.status, refused.code) == (403, "payments_disabled")


def test_s10_a_balance_with_a_clinician_without_online_payments_offers_the_rest(
    world: World, maya: str
) -> None:
    bens = world.charge("maya", "c3", 4000, clinician_id="ben", date="2026-03-06")
    page = world.billing("maya", maya)
    assert page["balance"]["payable_minor"] == 20000
    assert page["left_out"] == [
        {"reason": "clinician_payments_disabled", "amount_minor": 4000, "charge_ids": [bens]}
    ]
    assert world.quote("maya", maya, type="balance").body["owed_after_minor"] == 4000
    refused = world.quote("maya", maya, type="service", charge_id=bens, amount_minor=4000)
    assert (refused.status, refused.code) == (403, "clinician_payments_disabled")


# --- the choice ---------------------------------------------------------------------------------


def test_t7_one_service_may_be_paid_in_part_up_to_what_is_due(world: World, maya: str) -> None:
    first, _ = charge_ids(world, maya)
    quote = world.quote("maya", maya, type="service", charge_id=first, amount_minor=5000).body
    assert quote["lines"] == [
        {
            "charge_id": first,
            "date": "2026-03-01",
            "service": "Individual session",
            "service_locale": "en",
            "amount_minor": 5000,
            "left_minor": 7000,
        }
    ]
    above = world.quote("maya", maya, type="service", charge_id=first, amount_minor=12001)
    assert (above.status, above.code, above.body["field"]) == (422, "amount_above_owed", "amount_minor")


def test_t6_t8_several_services_are_paid_in_full_and_their_sum_is_not_editable(
    world: World, maya: str
) -> None:
    both = charge_ids(world, maya)
    assert world.quote("maya", maya, type="services", charge_ids=both).body["amount_minor"] == 20000
    assert world.quote("maya", maya, type="services", charge_ids=both, amount_minor=20000).status == 200
    edited = world.quote("maya", maya, type="services", charge_ids=both, amount_minor=19999)
    assert (edited.status, edited.code) == (422, "amount_not_editable")
    twice = world.quote("maya", maya, type="services", charge_ids=[both[0], both[0]])
    assert (twice.status, twice.code) == (422, "field_invalid")


def test_another_amount_pays_the_oldest_first_and_the_preview_is_the_result(world: World, maya: str) -> None:
    first, second = charge_ids(world, maya)
    quote = world.quote("maya", maya, type="amount", amount_minor=15000).body
    assert [(line["charge_id"], line["amount_minor"]) for line in quote["lines"]] == [
        (first, 12000),
        (second, 3000),
    ]
    world.pay("maya", maya, KEY, type="amount", amount_minor=15000)
    world.processor.take(KEY)
    paid = world.call("POST", f"/accounts/maya/payments/{KEY}/check", cookie=maya).body
    assert [(line["charge_id"], line["amount_minor"]) for line in paid["lines"]] == [
        (first, 12000),
        (second, 3000),
    ]
    assert paid["owed_after_minor"] == quote["owed_after_minor"] == 5000


def test_more_than_is_owed_becomes_credit(world: World, maya: str) -> None:
    quote = world.quote("maya", maya, type="amount", amount_minor=25000).body
    assert (quote["credit_minor"], quote["owed_after_minor"]) == (5000, -5000)


@pytest.mark.parametrize(
    ("amount", "code"),
    [
        (49, "amount_below_minimum"),
        (1_000_001, "amount_above_limit"),
        (0, "amount_invalid"),
        (-5, "amount_invalid"),
        (12.5, "amount_invalid"),
        ("1250", "amount_invalid"),
        (True, "amount_invalid"),
        (None, "amount_invalid"),
        (10**12, "amount_invalid"),
    ],
)
def test_g4_amounts_outside_the_rules_are_refused_by_field(
    world: World, maya: str, amount: object, code: str
) -> None:
    refused = world.quote("maya", maya, type="amount", amount_minor=amount)
    assert (refused.status, refused.code) == (422, code)
    assert refused.body["field"].endswith("amount_minor")


def test_nothing_open_is_nothing_to_pay(world: World) -> None:
    cookie = world.person("new@example.test", "new")
    assert world.quote("new", cookie, type="balance").code == "nothing_to_pay"


def test_a_charge_that_is_not_open_here_cannot_be_chosen(world: World, maya: str) -> None:
    world.person("other@example.test", "other")
    foreign = world.charge("other", "x1", 5000)
    refused = [world.quote("maya", maya, type="services", charge_ids=[id_]) for id_ in (foreign, "absent")]
    assert [(answer.status, answer.code) for answer in refused] == [(404, "charge_not_payable")] * 2


# --- paying -------------------------------------------------------------------------------------


def test_s8_g6_paying_the_balance_credits_the_full_amount(world: World, maya: str) -> None:
    started = world.pay("maya", maya, KEY, type="balance")
    assert started.status == 201
    assert started.body["state"] == "started"
    assert started.body["next"] == {"type": "redirect", "url": f"https://processor.example/cs_{KEY}"}
    world.processor.take(KEY)
    checked = world.call("POST", f"/accounts/maya/payments/{KEY}/check", cookie=maya)
    assert checked.body["state"] == "paid"
    assert checked.body["amount_minor"] == 20000
    assert checked.body["owed_after_minor"] == 0
    assert world.billing("maya", maya)["balance"]["owed_minor"] == 0


def test_g7_one_receipt_is_due_per_payment_however_often_it_is_settled(world: World, maya: str) -> None:
    world.pay("maya", maya, KEY, type="balance")
    world.processor.take(KEY)
    for _ in range(3):
        world.call("POST", f"/accounts/maya/payments/{KEY}/check", cookie=maya)
    assert world.documents_queue.sent == [
        {"task": "receipt", "practice": "fern", "marker": f"stripe#pi_{KEY}#succeeded"}
    ]


def test_g7_issue_10_7_where_a_receipt_was_sent_is_said_once_it_was_and_to_the_payer_alone(
    world: World, maya: str
) -> None:
    def receipt(cookie: str) -> tuple[bool, bool, str | None]:
        seen = world.call("GET", f"/accounts/maya/payments/{KEY}", cookie=cookie).body
        return seen["receipt_available"], seen["receipt_pending"], seen["receipt_sent_to"]

    def comes_to(**facts: object) -> None:
        ledgers = world.app.ledgers
        paid, account = (
            ledgers.payment(MAYA, KEY),
            ledgers.account(MAYA),
        )
        assert paid
        assert account
        changed = replace(paid, **facts, version=paid.version + 1)  # type: ignore[arg-type]
        ledgers.commit("fern", Change(account, account, payment=changed))

    world.pay("maya", maya, KEY, type="balance")
    assert receipt(maya) == (False, False, None)
    world.processor.take(KEY)
    world.call("POST", f"/accounts/maya/payments/{KEY}/check", cookie=maya)
    assert receipt(maya) == (True, True, None)
    comes_to(receipt_mailed_to="before@example.test")
    assert receipt(maya) == (True, False, "before@example.test")
    assert receipt(world.person("sam@example.test", "maya")) == (True, False, None)
    comes_to(receipt_mailed_to="")
    assert receipt(maya) == (True, False, None)


def test_g8_the_fee_is_the_practices_and_never_the_payers(world: World, maya: str) -> None:
    assert world.quote("maya", maya, type="balance").body["fee_minor"] == 0
    world.pay("maya", maya, KEY, type="balance")
    world.processor.take(KEY)
    world.call("POST", f"/accounts/maya/payments/{KEY}/check", cookie=maya)
    kinds = [entry.draft.kind.value for entry in world.app.ledgers.entries(MAYA)]
    assert kinds[-2:] == ["payment", "processor_fee"]
    assert world.billing("maya", maya)["balance"]["owed_minor"] == 0
    rows = world.call("GET", "/accounts/maya/history", cookie=maya).body["rows"]
    assert "processor_fee" not in {row["kind"] for row in rows}


def test_t12_inline_gives_what_the_card_fields_need(world: World, maya: str) -> None:
    world.practice(replace(PRACTICE, flow="inline"))
    assert world.pay("maya", maya, KEY, type="balance").body["next"] == {
        "type": "inline",
        "client_secret": f"cs_{KEY}_secret",
        "publishable_key": "pk_test_fake",
        "script_url": "http://127.0.0.1:9/stripe.js",
    }


def test_s13_a_stale_quote_is_answered_with_the_new_one(world: World, maya: str) -> None:
    quote = world.quote("maya", maya, type="balance").body
    world.charge("maya", "c3", 500, date="2026-03-06")
    body = {"scope": {"type": "balance"}, "quote": quote["quote"], "amount_minor": quote["amount_minor"]}
    stale = world.start("maya", maya, KEY, body)
    assert (stale.status, stale.code) == (409, "quote_stale")
    assert stale.body["quote"]["amount_minor"] == 20500
    assert world.processor.calls == []
    assert world.app.ledgers.payment(MAYA, KEY) is None


def test_the_same_key_is_the_same_payment_and_another_body_is_an_error(world: World, maya: str) -> None:
    quote = world.quote("maya", maya, type="balance").body
    body = {"scope": {"type": "balance"}, "quote": quote["quote"], "amount_minor": quote["amount_minor"]}
    first = world.start("maya", maya, KEY, body)
    again = world.start("maya", maya, KEY, body)
    assert (again.status, again.body) == (201, first.body)
    assert len(world.processor.opened) == 1
    other = world.start("maya", maya, KEY, {**body, "notes": "other"})
    assert (other.status, other.code) == (422, "idempotency_key_reused")
    missing = world.start("maya", maya, "", body)
    assert (missing.status, missing.code) == (400, "idempotency_key_missing")


def test_a_second_attempt_first_ends_the_one_that_waits(world: World, maya: str) -> None:
    world.pay("maya", maya, KEY, type="balance")
    assert world.pay("maya", maya, KEY2, type="balance").status == 201
    assert world.call("GET", f"/accounts/maya/payments/{KEY}", cookie=maya).body["state"] == "canceled"
    assert world.billing("maya", maya)["attempt"]["id"] == KEY2


def test_an_attempt_that_was_paid_after_all_is_not_paid_again(world: World, maya: str) -> None:
    quote = world.quote("maya", maya, type="balance").body
    body = {"scope": {"type": "balance"}, "quote": quote["quote"], "amount_minor": quote["amount_minor"]}
    world.start("maya", maya, KEY, body)
    world.processor.take(KEY)  # in another tab, a moment ago
    refused = world.start("maya", maya, KEY2, body)
    assert (refused.status, refused.code) == (403, "nothing_to_pay")
    assert world.billing("maya", maya)["balance"] == {
        "owed_minor": 0,
        "open_minor": 0,
        "credit_minor": 0,
        "in_flight_minor": 0,
        "payable_minor": 0,
    }


def test_while_an_attempt_is_unknown_the_same_items_cannot_be_paid_again(world: World, maya: str) -> None:
    world.processor.silent = ["after"]
    started = world.pay("maya", maya, KEY, type="balance")
    assert (started.status, started.body["state"], started.body["finished"]) == (201, "checking", False)
    refused = world.quote("maya", maya, type="balance")
    assert (refused.status, refused.code) == (409, "item_in_flight")
    page = world.billing("maya", maya)
    assert page["attempt"]["state"] == "checking"
    assert [item["status"] for item in page["items"]] == ["in_flight", "in_flight"]
    checked = world.call("POST", f"/accounts/maya/payments/{KEY}/check", cookie=maya).body
    assert (checked["state"], checked["next"]["type"]) == ("started", "redirect")
    assert len(world.processor.opened) == 1


def test_a_processor_that_refuses_leaves_the_items_payable(world: World, maya: str) -> None:
    world.processor.refuse = "amount_too_small"
    refused = world.pay("maya", maya, KEY, type="balance")
    assert (refused.status, refused.code) == (502, "processor_refused")
    world.processor.refuse = ""
    assert world.pay("maya", maya, KEY2, type="balance").status == 201


def test_canceling_ends_the_attempt_and_frees_its_items(world: World, maya: str) -> None:
    world.pay("maya", maya, KEY, type="balance")
    canceled = world.call("POST", f"/accounts/maya/payments/{KEY}/cancel", cookie=maya).body
    assert (canceled["state"], canceled["finished"], canceled["next"]) == ("canceled", True, None)
    assert world.billing("maya", maya)["attempt"] is None


def test_t11_notes_stay_here_and_never_reach_the_processor(world: World, maya: str) -> None:
    quote = world.quote("maya", maya, type="balance").body
    body = {"scope": {"type": "balance"}, "quote": quote["quote"], "amount_minor": 20000, "notes": "for März"}
    assert world.start("maya", maya, KEY, body).body["notes"] == "for März"
    assert "März" not in repr(world.processor.opened)
    too_long = world.start("maya", maya, KEY2, {**body, "notes": "x" * 501})
    assert (too_long.status, too_long.body["field"]) == (422, "notes")


def test_t11_notes_are_told_to_the_payer_alone_in_every_answer_that_has_the_payment(
    world: World, maya: str
) -> None:
    sam = world.person("sam@example.test", "maya")
    payment, all_of_them = f"/accounts/maya/payments/{KEY}", "/accounts/maya/payments"

    def told(cookie: str) -> set[str]:
        billing = world.billing("maya", cookie)
        lists = [*billing["recent_payments"], *billing["processing"], billing["attempt"]]
        lists += world.call("GET", all_of_them, cookie=cookie).body["payments"]
        one = [
            world.call(*call, cookie=cookie).body for call in (("GET", payment), ("POST", f"{payment}/check"))
        ]
        return {seen["notes"] for seen in (*lists, *one) if seen}

    quote = world.quote("maya", maya, type="balance").body
    body = {
        "scope": {"type": "balance"},
        "quote": quote["quote"],
        "amount_minor": 20000,
        "notes": "not for Sam",
    }
    world.start("maya", maya, KEY, body)
    assert (told(maya), told(sam)) == ({"not for Sam"}, {""})
    world.processor.become(KEY, Stage.PROCESSING)
    world.call("POST", f"{payment}/check", cookie=maya)
    assert world.billing("maya", sam)["processing"]
    assert (told(maya), told(sam)) == ({"not for Sam"}, {""})
    world.processor.take(KEY)
    world.call("POST", f"{payment}/check", cookie=maya)
    assert world.billing("maya", sam)["recent_payments"]
    assert (told(maya), told(sam)) == ({"not for Sam"}, {""})
    assert world.call("POST", f"{payment}/cancel", cookie=sam).body["notes"] == ""


def test_money_in_processing_reserves_its_items_only(world: World, maya: str) -> None:
    first, second = charge_ids(world, maya)
    world.pay("maya", maya, KEY, type="service", charge_id=first, amount_minor=12000)
    world.processor.become(KEY, Stage.PROCESSING)
    assert (
        world.call("POST", f"/accounts/maya/payments/{KEY}/check", cookie=maya).body["state"] == "processing"
    )
    assert world.quote("maya", maya, type="balance").body["amount_minor"] == 8000
    assert world.quote("maya", maya, type="services", charge_ids=[first]).code == "item_in_flight"
    assert world.pay("maya", maya, KEY2, type="services", charge_ids=[second]).status == 201


# --- what was paid ------------------------------------------------------------------------------


def test_t16_payment_history_lists_past_payments_newest_first(world: World, maya: str) -> None:
    world.post.external_payment(MAYA, "p1", 1000, method="check", on="2026-03-02")
    world.pay("maya", maya, KEY, type="balance")
    world.processor.take(KEY)
    world.call("POST", f"/accounts/maya/payments/{KEY}/check", cookie=maya)
    listed = world.call("GET", "/accounts/maya/payments", cookie=maya).body["payments"]
    assert [(p["state"], p["amount_minor"], p["method"]) for p in listed] == [
        ("paid", 19000, "Visa ending in 4242"),
        ("paid", 1000, "Check"),
    ]


def test_s4_s5_history_is_newest_first_and_filtered_by_inclusive_dates(world: World, maya: str) -> None:
    rows = world.call("GET", "/accounts/maya/history", cookie=maya).body["rows"]
    assert [row["date"] for row in rows] == ["2026-03-05", "2026-03-01"]
    path = "/accounts/maya/history?from=2026-03-01&to=2026-03-01"
    assert [row["date"] for row in world.call("GET", path, cookie=maya).body["rows"]] == ["2026-03-01"]
    reversed_ = world.call("GET", "/accounts/maya/history?from=2026-03-02&to=2026-03-01", cookie=maya)
    assert (reversed_.status, reversed_.code, reversed_.body["field"]) == (422, "date_range_reversed", "from")
    for bad in ("2026-02-30", "20260301", "yesterday", "2026-W10-1"):
        wrong = world.call("GET", f"/accounts/maya/history?from={bad}", cookie=maya)
        assert (wrong.status, wrong.code) == (422, "date_invalid")


def test_s14_status_becomes_paid_only_after_capture(world: World, maya: str) -> None:
    def statuses() -> list[str]:
        rows = world.call("GET", "/accounts/maya/history", cookie=maya).body["rows"]
        return [row["status"] for row in rows if row["kind"] == "service"]

    world.pay("maya", maya, KEY, type="balance")
    assert statuses() == ["open", "open"]
    world.processor.take(KEY)
    world.call("POST", f"/accounts/maya/payments/{KEY}/check", cookie=maya)
    assert statuses() == ["paid", "paid"]


def test_history_pages_do_not_lose_or_repeat_rows(world: World) -> None:
    cookie = world.person("long@example.test", "long")
    for n in range(60):
        world.charge("long", f"l{n}", 1000 + n, date=f"2026-02-{n % 28 + 1:02d}")
    seen: list[str] = []
    cursor = ""
    while True:
        page = world.call("GET", f"/accounts/long/history{cursor}", cookie=cookie).body
        seen += [row["id"] for row in page["rows"]]
        if page["next_cursor"] is None:
            break
        cursor = f"?cursor={page['next_cursor']}"
    assert sorted(map(int, seen)) == list(range(1, 61))
    bad = world.call("GET", "/accounts/long/history?cursor=zzz", cookie=cookie)
    assert (bad.status, bad.code) == (422, "cursor_invalid")


def test_a_refund_opens_what_it_undoes_and_cannot_exceed_the_payment(world: World, maya: str) -> None:
    world.pay("maya", maya, KEY, type="balance")
    world.processor.take(KEY)
    world.call("POST", f"/accounts/maya/payments/{KEY}/check", cookie=maya)
    refunding = world.app.refunding

    def refund(id_: str, amount_minor: int) -> GivenBack:
        return refunding.refund(wish(world.app.ledgers, KEY, amount_minor, id_=id_))

    assert refund("r1", 5000).payment.refunded_minor == 5000
    again = refund("r1", 5000)
    assert (again.payment.refunded_minor, again.before) == (5000, True)
    shown = world.call("GET", f"/accounts/maya/payments/{KEY}", cookie=maya).body
    assert shown["state"] == "partly_refunded"
    assert world.billing("maya", maya)["balance"]["owed_minor"] == 5000
    with pytest.raises(Exception, match="refund_above_remainder"):
        refund("r2", 15001)
    world.processor.silent = ["", "after"]  # refunded, but the answer is lost
    with pytest.raises(ProcessorTimeout):
        refund("r3", 15000)
    assert refund("r3", 15000).payment.refunded_minor == 20000
    assert world.billing("maya", maya)["balance"]["owed_minor"] == 20000


def test_an_account_under_import_shows_no_balance(world: World, maya: str) -> None:
    world.post.hold(MAYA, "imp1")
    refused = world.call("GET", "/accounts/maya/billing", cookie=maya)
    assert (refused.status, refused.code) == (409, "account_updating")
    world.post.release(MAYA, "imp1")
    assert world.call("GET", "/accounts/maya/billing", cookie=maya).status == 200
