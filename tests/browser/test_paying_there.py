"""Paying on the processor's page (T12, T14, redirect): two steps here, the card there, and back again."""

import re

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import NewPayer
from tests.browser.payer import CHALLENGED_CARD, DECLINED_CARD, Payer
from tests.browser.stack import REDIRECT

pytestmark = [pytest.mark.browser, pytest.mark.slow]

THANKS = "Thank you. Your payment went through."


@pytest.fixture
def payer(new_payer: NewPayer) -> Payer:
    """Somebody at the practice that sends its payers to the processor's page."""
    return new_payer(REDIRECT)


def to_review(payer: Payer) -> None:
    payer.open_billing()
    payer.button("Pay Now").click()
    payer.add_note("For both of us")
    payer.next("Next")
    expect(payer.heading("Review and pay")).to_be_visible()
    expect(payer.button("Pay $180.00")).to_be_visible()


def to_processor(payer: Payer) -> None:
    to_review(payer)
    payer.button("Pay $180.00").click()
    payer.page.wait_for_url(re.compile("/c/pay/"))


def test_S8_S13_the_whole_balance_is_paid_and_the_page_says_what_is_still_owed(payer: Payer) -> None:
    to_review(payer)
    expect(payer.page.get_by_text("For both of us")).to_be_visible()
    payer.button("Pay $180.00").click()
    payer.page.wait_for_url(re.compile("/c/pay/"))
    assert "Family session" not in payer.page.content()
    payer.pay_on_processors_page()
    expect(payer.heading(THANKS)).to_be_visible()
    expect(payer.page.get_by_text("You still owe $60.00.")).to_be_visible()
    assert payer.paid() == [18000]
    payer.page.get_by_role("link", name="Back to Billing").click()
    expect(payer.heading("You owe", level=2)).to_be_visible()
    assert payer.balance() == "$60.00"
    assert payer.history_status("Family session") == "Paid"


def test_a_card_declined_there_charges_nothing_and_another_one_pays(payer: Payer) -> None:
    to_processor(payer)
    payer.pay_on_processors_page(DECLINED_CARD)
    expect(payer.page.get_by_text(re.compile("declined"))).to_be_visible()
    payer.pay_on_processors_page()
    expect(payer.heading(THANKS)).to_be_visible()
    assert payer.paid() == [18000]


@pytest.mark.parametrize("first", ["Fail", "Complete"])
def test_a_3d_secure_challenge_there_decides(payer: Payer, first: str) -> None:
    to_processor(payer)
    payer.pay_on_processors_page(CHALLENGED_CARD)
    payer.answer_challenge(first)
    if first == "Fail":
        expect(payer.page.get_by_label("Card number")).to_be_visible()
        payer.pay_on_processors_page()
    expect(payer.heading(THANKS)).to_be_visible()
    assert payer.paid() == [18000]


def test_who_turns_back_may_go_on_or_let_it_go(payer: Payer) -> None:
    to_processor(payer)
    payer.page.get_by_role("link", name=re.compile("Back")).click()
    expect(payer.heading("Your payment is not finished")).to_be_visible()
    payer.button("Continue this payment").click()
    payer.page.wait_for_url(re.compile("/c/pay/"))
    payer.page.get_by_role("link", name=re.compile("Back")).click()
    payer.go()
    payer.button("Continue this payment").click()  # from Billing, too: in one press, not by way of a question
    payer.page.wait_for_url(re.compile("/c/pay/"))
    payer.page.get_by_role("link", name=re.compile("Back")).click()
    payer.button("Cancel it").click()
    expect(payer.heading("You owe", level=2)).to_be_visible()
    assert payer.owed() == 24000
    assert [p["state"] for p in payer.payments()] in (["canceled"], ["expired"])


def test_S13_what_changed_before_the_last_step_is_shown_and_asked_again(payer: Payer) -> None:
    to_review(payer)
    payer.stack.books(
        "payment", practice=payer.practice, account=payer.account, name="cash", amount_minor=2000
    )
    payer.button("Pay $180.00").click()
    expect(payer.page.get_by_text("The amount has changed")).to_be_visible()
    assert payer.paid() == [2000]
    payer.button("Pay $160.00").click()
    payer.page.wait_for_url(re.compile("/c/pay/"))
    payer.pay_on_processors_page()
    expect(payer.heading(THANKS)).to_be_visible()
    assert sorted(payer.paid()) == [2000, 16000]
