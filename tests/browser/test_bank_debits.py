"""Paying from a bank account: shown while its bank has it, then paid, or returned and open again."""

import re
from typing import Any

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import NewPayer
from tests.browser.payer import CARD_FRAME, Payer
from tests.browser.stack import BANKS
from tests.browser.test_everyone import assert_fits_everyone
from tests.support.windows import press_and_close

pytestmark = [pytest.mark.browser, pytest.mark.slow]

GOOD, EMPTY = "000123456789", "000222222227"


def _type_account(place: Any, number: str) -> None:
    place.get_by_label("US bank account").check()
    place.get_by_label("Name on the account").fill("A Payer")
    place.get_by_label("Routing number").fill("110000000")
    place.get_by_label("Account number").fill(number)


def _end(payer: Payer, outcome: str) -> None:
    """What the bank decides days later."""
    (debit,) = payer.api("/billing")["processing"]
    (intent,) = payer.stack.intents(payer.practice, debit["id"])
    wanted = {"account": payer.practice, "payment_intent": intent, "outcome": outcome}
    payer.stack.control("POST", "debits", wanted)


@pytest.fixture
def payer(new_payer: NewPayer) -> Payer:
    """Somebody at the practice that takes bank debits, too."""
    return new_payer(BANKS)


def test_a_debit_is_processing_beside_other_payments_and_then_paid_with_a_receipt(payer: Payer) -> None:
    payer.stack.flow(BANKS, "inline")
    payer.open_billing()
    payer.choose("Individual session")
    payer.next("Continue to card or bank account")
    expect(payer.heading("Pay by card or bank account")).to_be_visible()
    expect(payer.page.get_by_text("up to 4 business days")).to_be_visible()
    _type_account(payer.page.frame_locator(CARD_FRAME), GOOD)
    assert_fits_everyone(payer, "bank fields")
    email = payer.page.get_by_label("E-mail address")
    if email.count():
        email.fill(payer.email)
    payer.press_pay("$80.00")
    expect(payer.heading("Your bank is processing your payment")).to_be_visible()
    assert_fits_everyone(payer, "result, processing")
    payer.page.get_by_role("link", name="Back to Billing").click()
    notice = payer.page.locator(".notice--wait").first
    expect(notice).to_contain_text("Your bank is processing your payment of $80.00")
    expect(notice).to_contain_text("up to 4 business days")
    expect(notice).to_contain_text("Bank account ending in 6789")
    expect(payer.row("Individual session")).to_contain_text("$80.00 being paid")
    expect(payer.button("Pay Now")).to_be_visible()  # the rest stays payable
    assert_fits_everyone(payer, "billing, processing")
    _end(payer, "paid")
    expect(payer.page.get_by_text("Your bank is processing")).to_have_count(0, timeout=60_000)  # no reload
    expect(payer.page.locator(".balance__amount")).to_have_text("$160.00")
    payer.stack.wait_for_mail(payer.email, "Bank account ending in 6789")
    payer.page.get_by_role("link", name="Payments", exact=True).click()
    entry = payer.page.locator(".payment")
    expect(entry).to_contain_text("Bank account ending in 6789")
    expect(entry).to_contain_text("Paid")


def test_the_window_of_a_bank_reaches_the_page_that_opened_it(payer: Payer) -> None:
    """Banks' log-ins open one from the processor's frame, and `Cross-Origin-Opener-Policy` can cut it off."""
    payer.stack.flow(BANKS, "inline")
    payer.open_billing()
    payer.choose("Individual session")
    payer.next("Continue to card or bank account")
    frame = payer.page.frame_locator(CARD_FRAME)
    frame.get_by_label("US bank account").check()
    with payer.page.expect_popup() as opened:
        frame.get_by_role("button", name="Sign in to your bank").click()
    window = opened.value
    expect(window.get_by_text("lost")).to_be_hidden()
    press_and_close(window.get_by_role("button", name="Account ending 6789"))
    expect(frame.get_by_label("Account number")).to_have_value(GOOD)
    email = payer.page.get_by_label("E-mail address")
    if email.count():
        email.fill(payer.email)
    payer.press_pay("$80.00")
    expect(payer.heading("Your bank is processing your payment")).to_be_visible()
    _end(payer, "paid")


def test_a_returned_debit_is_said_mailed_and_open_to_be_paid_again(new_payer: NewPayer) -> None:
    payer = new_payer(BANKS, color_scheme="dark", viewport={"width": 1280, "height": 850})
    payer.stack.flow(BANKS, "redirect")
    payer.open_billing()
    payer.button("Pay Now").click()
    payer.next("Next")
    expect(payer.page.get_by_text("up to 4 business days")).to_be_visible()
    payer.button("Pay $180.00").click()
    payer.page.wait_for_url(re.compile("/c/pay/"))
    _type_account(payer.page, EMPTY)
    payer.page.get_by_label("E-mail").fill(payer.email)
    payer.page.get_by_role("button", name="Pay").click()
    expect(payer.heading("Your bank is processing your payment")).to_be_visible()
    payer.page.get_by_role("link", name="Payments", exact=True).click()
    entry = payer.page.locator(".payment")
    expect(entry).to_contain_text("Processing")
    expect(entry).to_contain_text("Bank account ending in 2227")
    _end(payer, "insufficient_funds")
    mail = payer.stack.wait_for_mail(payer.email, "could not be completed")
    assert "180" not in mail
    link = re.search(r"http://\S+/billing\?account=\S+", mail)
    assert link
    payer.page.goto(link[0])
    notice = payer.page.locator(".notice--warn")
    expect(notice).to_contain_text("Your bank returned your payment of $180.00")
    expect(notice).to_contain_text("not enough money in the account")
    expect(payer.button("Pay Now")).to_be_visible()
    assert_fits_everyone(payer, "billing, returned")
    payer.go("payments")
    expect(entry).to_contain_text("Returned by the bank")
    expect(entry).to_contain_text("not enough money in the account")
    assert_fits_everyone(payer, "history, returned")
    assert payer.paid() == []
