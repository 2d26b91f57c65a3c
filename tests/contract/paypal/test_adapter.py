"""Issue 16: our own PayPal adapter against the stand-in; what it reads is what happened."""

import json
import logging
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest

from chalicelib.kernel.outside import (
    ProcessorDenied,
    ProcessorForbids,
    ProcessorRefused,
    ProcessorTimeout,
)
from chalicelib.ledger.domain.methods import Method
from chalicelib.payments.ports.movements import Kind, Movement
from chalicelib.payments.ports.processors import (
    Decision,
    Facts,
    ObjectKind,
    Opened,
    Redirect,
    Reference,
    RefundStatus,
    Stage,
    WebhookInvalid,
)
from chalicelib.payments.processors.paypal.amounts import minor, written
from chalicelib.payments.processors.paypal.environments import LIVE, SANDBOX
from chalicelib.payments.processors.paypal.shapes import Amount
from chalicelib.payments.processors.paypal.signatures import AWAY_SECONDS, MOST_ASKED, Signatures
from chalicelib.payments.services.book_rows import cancels
from tests.contract.houses import ACCOUNT, PAYMENT, PayPalHouse
from tests.contract.paypal.harness import ORDERS, Receiver, running, usd


@pytest.fixture
def house() -> Iterator[PayPalHouse]:
    with running() as server:
        yield PayPalHouse(server)


def approved(house: PayPalHouse, payer: str = "buyer", payment_id: str = PAYMENT) -> Opened:
    opened = house.processor.open(house.attempt(payment_id))
    house.pay(opened, f"{payer}@example.org")
    return opened


def paid(house: PayPalHouse, payer: str = "buyer") -> Facts:
    return house.paypal.complete(approved(house, payer).session_id)


def asked(house: PayPalHouse) -> list[str]:
    """What was asked of PayPal's API but for tokens, oldest first."""
    found = house.practice.control("requests", method="GET")["data"]
    return [f"{each['method']} {each['path']}" for each in found if each["path"].startswith(("/v1/", "/v2/"))]


def session(opened: Opened) -> Reference:
    return Reference(ObjectKind.SESSION, opened.session_id)


def test_an_order_tells_ids_an_amount_and_nothing_of_anybody(house: PayPalHouse) -> None:
    opened = house.processor.open(house.attempt())
    assert isinstance(opened.next, Redirect)
    [unit] = house.practice.get(f"{ORDERS}/{opened.session_id}").json["purchase_units"]
    assert (unit["amount"], unit["description"]) == (usd("120.00"), "Professional services")
    assert unit["custom_id"] == f"{ACCOUNT}:{PAYMENT}"
    assert unit["invoice_id"].isalnum()
    assert "shipping" not in unit


@pytest.mark.parametrize(
    ("currency", "minor_amount", "value"),
    [("USD", 1205, "12.05"), ("JPY", 1205, "1205"), ("HUF", 120500, "1205")],
)
def test_amounts_have_the_decimals_that_paypal_takes(currency: str, minor_amount: int, value: str) -> None:
    assert written(minor_amount, currency) == {"currency_code": currency, "value": value}
    assert minor(Amount(currency, value)) == minor_amount
    with pytest.raises(ValueError, match="HUF"):
        written(120550, "HUF")


@pytest.mark.parametrize(
    ("payer", "stage"),
    [
        ("buyer", Stage.SUCCEEDED),
        ("second-try", Stage.SUCCEEDED),
        ("pending", Stage.PROCESSING),
        ("captured-declined", Stage.FAILED),
        ("captured-failed", Stage.FAILED),
        ("declined", Stage.OPEN),
        ("action", Stage.OPEN),
        ("funding", Stage.OPEN),
        ("locked", Stage.OPEN),
    ],
)
def test_the_captures_own_statuses_are_the_money(house: PayPalHouse, payer: str, stage: Stage) -> None:
    facts = paid(house, payer)
    assert facts.stage is stage
    assert facts.amount_minor == (12000 if stage is Stage.SUCCEEDED else 0)
    assert facts.method == (None if stage is Stage.OPEN else Method("paypal"))


@pytest.mark.parametrize("payer", ["refused", "violation", "cannot", "limit", "seller-restricted"])
def test_what_paypal_refuses_for_good_is_a_no(house: PayPalHouse, payer: str) -> None:
    with pytest.raises(ProcessorRefused):
        paid(house, payer)


@pytest.mark.parametrize("kept", [False, True])
def test_who_was_declined_goes_back_to_the_same_approval_and_pays(house: PayPalHouse, kept: bool) -> None:
    """Also where PayPal should keep what it refused."""
    house.practice.control("request_ids", {"keep_refusals": kept})
    opened = approved(house, "declined")
    assert house.paypal.complete(opened.session_id).stage is Stage.OPEN
    house.pay(opened)
    assert house.paypal.complete(opened.session_id).stage is Stage.SUCCEEDED


def test_a_capture_that_is_under_way_or_was_not_heard_is_no_answer_and_is_looked_at(
    house: PayPalHouse,
) -> None:
    opened = approved(house)
    house.silence()
    with pytest.raises(ProcessorTimeout):
        house.paypal.complete(opened.session_id)
    assert house.session(opened).stage is Stage.SUCCEEDED
    mock = {"mock_application_codes": "ORDER_COMPLETION_IN_PROGRESS"}
    other = approved(house, payment_id=f"{PAYMENT}-2")
    house.paypal._api._session.headers["PayPal-Mock-Response"] = json.dumps(mock)
    with pytest.raises(ProcessorTimeout):
        house.paypal.complete(other.session_id)


def test_an_attempt_that_was_paid_by_another_order_is_never_paid_twice_and_never_failed(
    house: PayPalHouse,
) -> None:
    """The second guard: an invoice id pays once, in whichever order."""
    wanted = house.attempt()
    first = house.processor.open(wanted)
    house.later(timedelta(hours=6, minutes=1))  # its key is forgotten
    second = house.processor.open(wanted)
    assert first.session_id != second.session_id
    house.pay(second)
    assert house.paypal.complete(second.session_id).stage is Stage.SUCCEEDED
    house.later(timedelta(hours=6, minutes=1))
    third = house.processor.open(wanted)
    house.pay(third)
    with pytest.raises(ProcessorTimeout, match="DUPLICATE_INVOICE_ID"):
        house.paypal.complete(third.session_id)


def test_two_captures_with_money_are_told_and_one_of_them_is_the_payment(house: PayPalHouse) -> None:
    facts = paid(house, "twice")
    [second] = facts.second_captures
    assert second != facts.intent_id
    by_second = house.processor.look(Reference(ObjectKind.PAYMENT, second))
    assert by_second is not None
    assert (by_second.intent_id, by_second.second_captures) == (second, (facts.intent_id,))


def test_a_fee_is_told_once_the_money_is_there_and_in_the_payments_currency(house: PayPalHouse) -> None:
    house.practice.control("settlement", {"currency": "EUR", "rate": "0.9"})
    pending = paid(house, "pending")
    assert (pending.stage, pending.captured) == (Stage.PROCESSING, None)
    house.practice.control("captures/end", {"capture": pending.intent_id, "status": "COMPLETED"})
    facts = house.processor.look(Reference(ObjectKind.PAYMENT, pending.intent_id))
    assert facts is not None
    assert facts.captured is not None
    assert (facts.captured.fee_minor, facts.captured.fee_currency) == (468, "USD")  # 3.49 % + 0.49


def test_a_capture_that_is_denied_later_has_failed(house: PayPalHouse) -> None:
    pending = paid(house, "denied")
    house.practice.control("captures/end", {"capture": pending.intent_id, "status": "DECLINED"})
    facts = house.processor.look(Reference(ObjectKind.SESSION, pending.session_id))
    assert facts is not None
    assert (facts.stage, facts.intent_id) == (Stage.FAILED, pending.intent_id)


@pytest.mark.parametrize(
    ("status", "told"),
    [
        ("COMPLETED", RefundStatus.SUCCEEDED),
        ("FAILED", RefundStatus.FAILED),
        ("CANCELLED", RefundStatus.FAILED),
    ],
)
def test_refunds_that_no_event_ends_are_read_in_their_order(
    house: PayPalHouse, status: str, told: RefundStatus
) -> None:
    facts = paid(house)
    house.practice.control("refunds/next", {"status": "PENDING"})
    made = house.processor.refund(intent_id=facts.intent_id, refund_id="r1", amount_minor=5000)
    assert made.status is RefundStatus.PENDING
    house.practice.control("refunds/end", {"refund": made.id, "status": status})
    house.practice.control("refunds", {"capture": facts.intent_id, "amount": usd("1.00")})
    seen = house.processor.look(Reference(ObjectKind.REFUND, made.id))
    assert seen is not None
    assert [(r.refund_id, r.status, r.amount_minor) for r in seen.refunds] == [
        ("r1", told, 5000),
        ("", RefundStatus.SUCCEEDED, 100),
    ]


@pytest.mark.parametrize(("status", "nothing"), [("COMPLETED", False), ("FAILED", True), ("CANCELLED", True)])
def test_a_row_of_the_books_that_waited_for_a_refund_comes_to_nothing_once_that_failed(
    house: PayPalHouse, status: str, nothing: bool
) -> None:
    """It is kept from the night on which it was pending: later the search has it as denied, if at all."""
    facts = paid(house)
    house.practice.control("refunds/next", {"status": "PENDING"})
    made = house.processor.refund(intent_id=facts.intent_id, refund_id="r1", amount_minor=5000)
    (row,) = (one for one in rows(house) if one.kind is Kind.REFUND)
    house.practice.control("refunds/end", {"refund": made.id, "status": status})
    seen = house.processor.look(Reference(ObjectKind.REFUND, made.id))
    assert seen is not None
    assert cancels(row, seen) is nothing


def disputed(house: PayPalHouse, facts: Facts, *moves: tuple[str, str, str]) -> str:
    """A case about the payment, and what it moved: type, amount, reason."""
    case = str(house.practice.dispute(facts.intent_id)["dispute_id"])
    for kind, value, reason in moves:
        moved = {"dispute": case, "type": kind, "amount": usd(value), "reason": reason}
        house.practice.control("disputes/move", moved)
    return case


_TAKEN = ("DEBIT", "120.00", "DISPUTE_SETTLEMENT")
_GIVEN = ("CREDIT", "120.00", "DISPUTE_SETTLEMENT")
_CHARGED = ("DEBIT", "15.00", "DISPUTE_FEE")


def test_a_disputes_money_is_read_row_by_row_and_each_row_has_a_name_of_its_own(house: PayPalHouse) -> None:
    facts = paid(house)
    case = disputed(house, facts, _TAKEN, _CHARGED, _GIVEN, _TAKEN)
    house.practice.control(
        "disputes/move", {"dispute": case, "type": "DEBIT", "amount": usd("9.00"), "party": "BUYER"}
    )
    seen = house.processor.look(Reference(ObjectKind.DISPUTE, case))
    assert seen is not None
    [dispute] = seen.disputes
    assert (seen.intent_id, seen.payment_id) == (facts.intent_id, PAYMENT)
    assert (dispute.taken_minor("USD"), dispute.decision) == (12000, Decision.OPEN)
    assert [(row.kind, row.amount_minor, row.fee_minor) for row in dispute.movements] == [
        (Kind.DISPUTE, -12000, 0),
        (Kind.FEE, 0, 1500),
        (Kind.DISPUTE_RETURNED, 12000, 0),
        (Kind.DISPUTE, -12000, 0),
    ]
    assert len({row.id for row in dispute.movements}) == 4


@pytest.mark.parametrize(
    ("outcome", "decision"),
    [
        ("RESOLVED_BUYER_FAVOUR", Decision.LOST),
        ("RESOLVED_SELLER_FAVOUR", Decision.WON),
        ("CANCELED_BY_BUYER", Decision.WON),
        ("NONE", Decision.OPEN),
    ],
)
def test_a_decision_is_read_and_may_be_another_one_later(
    house: PayPalHouse, outcome: str, decision: Decision
) -> None:
    case = disputed(house, paid(house), _TAKEN)
    house.practice.control("disputes/change", {"dispute": case, "status": "RESOLVED", "outcome": outcome})

    def read() -> Decision:
        seen = house.processor.look(Reference(ObjectKind.DISPUTE, case))
        assert seen is not None
        return seen.disputes[0].decision

    assert read() is decision
    house.practice.control("disputes/change", {"dispute": case, "status": "UNDER_REVIEW"})
    assert read() is Decision.OPEN


def rows(house: PayPalHouse) -> list[Movement]:
    since = house.now() - timedelta(days=2)
    return list(house.paypal.movements(since=since, cursor="").rows)


def test_its_books_name_a_disputes_rows_as_the_dispute_does(house: PayPalHouse) -> None:
    facts = paid(house)
    case = disputed(house, facts, _TAKEN, _CHARGED)
    house.processor.refund(intent_id=facts.intent_id, refund_id="r1", amount_minor=12000)
    seen = house.processor.look(Reference(ObjectKind.DISPUTE, case))
    assert seen is not None
    [refund] = seen.refunds
    found = rows(house)
    assert found[0] == facts.captured
    assert found[1:3] == list(seen.disputes[0].movements)
    assert (found[3].kind, found[3].about, found[3].intent_id) == (Kind.REFUND, refund.id, facts.intent_id)


def test_rows_alike_of_two_disputes_are_two_movements(house: PayPalHouse) -> None:
    """Both were taken for the first one's, and the second was in no ledger (seed 20261201.s16d.7738)."""
    facts = paid(house)
    half = ("DEBIT", "60.00", "DISPUTE_SETTLEMENT")
    cases = [disputed(house, facts, half), disputed(house, facts, half)]
    seen = [house.processor.look(Reference(ObjectKind.DISPUTE, case)) for case in cases]
    told = {row.id for each in seen if each for dispute in each.disputes for row in dispute.movements}
    found = [row.id for row in rows(house) if row.kind is Kind.DISPUTE]
    assert (len(found), set(found)) == (2, told)


def test_money_that_no_dispute_shows_after_a_day_is_a_persons_to_look_at(house: PayPalHouse) -> None:
    facts = paid(house)
    case = house.practice.dispute(facts.intent_id)["dispute_id"]
    moved = {"dispute": case, "type": "DEBIT", "amount": usd("120.00"), "shown": False}
    house.practice.control("disputes/move", moved)
    assert [row.kind for row in rows(house)] == [Kind.PAYMENT]
    house.later(timedelta(hours=25))
    assert [(row.kind, row.category, row.amount_minor) for row in rows(house)[1:]] == [
        (Kind.OTHER, "T1106", -12000)
    ]


def test_its_books_are_read_through_a_year_window_by_window(house: PayPalHouse) -> None:
    facts = paid(house)
    house.later(timedelta(days=100))
    cursor, found, pages = "", list[Movement](), 0
    since = house.now() - timedelta(days=101)
    while cursor or not pages:
        page = house.paypal.movements(since=since, cursor=cursor)
        found, cursor, pages = [*found, *page.rows], page.next_cursor, pages + 1
    assert ({row.id for row in found}, pages) == ({facts.intent_id}, 4)


def test_two_calls_create_and_capture_and_one_settles_the_news_of_it(house: PayPalHouse) -> None:
    """Issue 16: tokens excepted."""
    opened = approved(house)
    house.paypal.complete(opened.session_id)
    calls = [each for each in asked(house) if "oauth2" not in each]
    assert calls == [f"POST {ORDERS}", f"POST {ORDERS}/{opened.session_id}/capture"]
    house.processor.look(session(opened))
    assert len([each for each in asked(house) if "oauth2" not in each]) == 3
    assert len(asked(house)) == 4  # one token for all


def test_a_token_that_holds_no_more_is_fetched_once_and_wrong_keys_are_denied(house: PayPalHouse) -> None:
    opened = house.processor.open(house.attempt())
    house.practice.control("tokens/revoke", {})
    assert house.session(opened).stage is Stage.OPEN
    house.practice.control("scopes", {"scopes": []})
    with pytest.raises(ProcessorForbids):
        house.session(opened)
    house.paypal._api._keys = ("client_sandbox_demo", "wrong")
    house.practice.control("tokens/revoke", {})
    with pytest.raises(ProcessorDenied):
        house.session(opened)


@pytest.mark.parametrize("kind", ["status", "garbage", "cut"])
def test_silence_and_what_cannot_be_read_is_no_answer(house: PayPalHouse, kind: str) -> None:
    opened = house.processor.open(house.attempt())
    fault = {"kind": kind, "when": "after", "count": 1, "status": 500, "bytes": 1}
    house.practice.control("faults", fault)
    with pytest.raises(ProcessorTimeout):
        house.session(opened)


def test_nothing_of_a_payer_is_kept_or_logged(house: PayPalHouse, caplog: pytest.LogCaptureFixture) -> None:
    """The canaries: name, address, birth date, tax number, what a buyer wrote."""
    caplog.set_level(logging.DEBUG)
    opened, told = approved(house), list[Any]()
    told.append(house.processor.look(session(opened)))
    facts = house.paypal.complete(opened.session_id)
    case = disputed(house, facts, _TAKEN)
    told += [facts, house.processor.look(Reference(ObjectKind.DISPUTE, case)), rows(house)]
    body = json.dumps({"id": "WH-1", "event_type": "CHECKOUT.ORDER.APPROVED", "resource": {
        **house.practice.get(f"{ORDERS}/{opened.session_id}").json}}).encode()  # fmt: skip
    told.append(house.processor.news(*house.signed(body), now=house.now()))
    secrets = house.practice.control("canaries", {"email": "buyer@example.org"})["data"]
    assert any(text in body.decode() for text in secrets)  # it was there to be kept
    kept = f"{told!r} {caplog.text} {vars(house.paypal)!r} {vars(house.paypal._api)!r}"
    assert [text for text in secrets if text in kept] == []


# --- signatures ---------------------------------------------------------------------------------


def test_every_event_that_the_stand_in_sends_is_taken_and_leads_to_the_payment(
    house: PayPalHouse, receiver: Receiver
) -> None:
    house.paypal._webhook_id = house.practice.listen(receiver.url)["id"]
    facts = paid(house)
    disputed(house, facts, _TAKEN)
    receiver.wait_for(5)
    for raw, headers in list(receiver.got):
        lowered = {name.lower(): value for name, value in headers.items()}
        news = house.processor.news(lowered, raw, now=house.now())
        assert news.about is not None
        seen = house.processor.look(news.about)
        assert seen is not None
        assert seen.payment_id == PAYMENT
        if news.type == "PAYMENT.CAPTURE.REVERSED":  # only its disputes show what that took
            assert [each.taken_minor("USD") for each in seen.disputes] == [12000]


@pytest.mark.parametrize(
    "how",
    ["unsigned", "signature", "authority", "name", "expired", "webhook_id", "cert_url", "body", "algorithm"],
)
def test_a_forged_message_is_refused(house: PayPalHouse, receiver: Receiver, how: str) -> None:
    """Bad days of issue 16: another practice's webhook, a forged certificate address and the rest."""
    webhook = house.practice.listen(receiver.url)["id"]
    house.paypal._webhook_id = webhook
    facts = paid(house)
    receiver.wait_for(3)
    event = json.loads(receiver.got[0][0])
    house.practice.control("forge", {"webhook": webhook, "event": event, "how": how})
    receiver.wait_for(4)
    raw, headers = receiver.got[-1]
    lowered = {name.lower(): value for name, value in headers.items()}
    with pytest.raises(WebhookInvalid):
        house.processor.news(lowered, raw, now=house.now())
    assert facts.stage is Stage.SUCCEEDED


def test_only_paypals_own_addresses_have_certificates() -> None:
    good = "/v1/notifications/certs/CERT-360caa42-fca2a594-a5cafa77"
    assert LIVE.may_fetch(f"https://api.paypal.com{good}")
    assert SANDBOX.may_fetch(f"https://api-m.sandbox.paypal.com{good}")
    for url in (
        f"https://api.sandbox.paypal.com{good}",
        f"http://api.paypal.com{good}",
        f"https://api.paypal.com:443{good}",
        f"https://api.paypal.com@evil.example{good}",
        f"https://api.paypal.com.evil.example{good}",
        f"https://api.paypal.com{good}?x=1",
        f"https://api.paypal.com{good}#x",
        f"https://api.paypal.com{good}/../../x",
        f"https://API.paypal.com{good}",
        "https://api.paypal.com/v1/notifications/certs/",
        "",
    ):
        assert not LIVE.may_fetch(url), url


def test_a_certificate_is_fetched_once_and_one_that_is_not_to_be_had_is_not_asked_for_at_once() -> None:
    asked, now = list[str](), [0.0]

    def fetch(url: str) -> str:
        asked.append(url)
        if len(asked) == 1:
            raise ProcessorTimeout("away")
        return "PEM"

    certificates = Signatures(LIVE, fetch, lambda: now[0])
    for at, away in ((0.0, True), (29.0, True), (31.0, False), (32.0, False)):
        now[0] = at
        if away:
            with pytest.raises(ProcessorTimeout):
                certificates._certificates("https://x.example/1")
        else:
            assert certificates._certificates("https://x.example/1") == "PEM"
    assert len(asked) == 2


def test_who_names_ever_other_certificates_has_few_of_them_fetched() -> None:
    """Anybody may send a message, and PayPal would shut us out for what they make us ask of it."""
    asked, now = list[str](), [0.0]

    def fetch(url: str) -> str:
        asked.append(url)
        if url != "true":
            raise ProcessorTimeout("status 404")
        return "PEM"

    certificates = Signatures(LIVE, fetch, lambda: now[0])
    assert certificates._certificates("true") == "PEM"
    for number in range(50):
        with pytest.raises(ProcessorTimeout):
            certificates._certificates(str(number))
    assert len(asked) == MOST_ASKED
    assert certificates._certificates("true") == "PEM"  # what is known goes on
    now[0] += AWAY_SECONDS
    with pytest.raises(ProcessorTimeout):
        certificates._certificates("50")
    assert asked[-1] == "50"


def test_a_body_whose_checksum_was_matched_only_says_where_to_look(
    house: PayPalHouse, receiver: Receiver
) -> None:
    """A bad day of issue 16: its signature holds, and it says that an order was paid which was not."""
    webhook = house.practice.listen(receiver.url)["id"]
    house.paypal._webhook_id = webhook
    paid(house)
    receiver.wait_for(3)
    unpaid = house.processor.open(house.attempt(f"{PAYMENT}-2"))
    event = {**receiver.events[0], "event_type": "CHECKOUT.ORDER.COMPLETED", "resource": {
        "id": unpaid.session_id, "status": "COMPLETED"}}  # fmt: skip
    true = receiver.events[0]["id"]
    house.practice.control("forge", {"webhook": webhook, "event": event, "how": "crc", "like": true})
    receiver.wait_for(4)
    raw, headers = receiver.got[-1]
    news = house.processor.news({k.lower(): v for k, v in headers.items()}, raw, now=house.now())
    assert news.about == session(unpaid)
    seen = house.processor.look(news.about)
    assert seen is not None
    assert seen.stage is Stage.OPEN
