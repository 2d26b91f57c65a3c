"""A payment's page after the day it was made: what was refunded or disputed since, and what is owed today."""

import pytest
from playwright.sync_api import expect

from tests.browser.payer import Payer
from tests.browser.test_everyone import assert_fits_everyone
from tests.support.waiting import wait_until

pytestmark = [pytest.mark.browser, pytest.mark.slow]


def becomes(payer: Payer, payment: str, state: str) -> None:
    wait_until(lambda: payer.payment(payment)["state"] == state, seconds=20, what=state)
    payer.look_at(payment)


def slip_line(payer: Payer, label: str) -> str:
    return payer.page.locator(".ledger__line").filter(has_text=label).locator("dd").inner_text()


def assert_no_thanks(payer: Payer) -> None:
    """Neither the thanks for a payment that stands, nor a promise that was true of its day only."""
    expect(payer.page.locator(".result-lead")).to_have_count(0)
    expect(payer.page.get_by_text("Nothing else will be charged")).to_have_count(0)
    expect(payer.page.get_by_text("you owe nothing")).to_have_count(0)


def test_2_a_refunded_payments_page_says_what_came_back_and_what_is_owed_today(payer: Payer) -> None:
    payment = payer.pay_service("Individual session", "$80.00")
    payer.stack.refund(payer.practice, payment, 3000)
    becomes(payer, payment, "partly_refunded")
    expect(payer.heading("Part of this payment was refunded")).to_be_visible()
    expect(payer.page.get_by_text("$30.00 of this payment was refunded.")).to_be_visible()
    assert slip_line(payer, "Refunded since") == "\u2212$30.00"
    assert slip_line(payer, "Still counts as paid") == "$50.00"
    expect(payer.page.get_by_text("Today you still owe $190.00.")).to_be_visible()
    assert_no_thanks(payer)
    assert_fits_everyone(payer, "result, partly refunded")
    payer.stack.refund(payer.practice, payment, 5000)
    becomes(payer, payment, "refunded")
    expect(payer.heading("This payment was refunded")).to_be_visible()
    assert slip_line(payer, "Still counts as paid") == "$0.00"
    expect(payer.page.get_by_text("Today you still owe $240.00.")).to_be_visible()
    assert_no_thanks(payer)


def test_2_a_disputed_payments_page_follows_the_bank(payer: Payer) -> None:
    payment = payer.pay_service("Individual session", "$80.00")
    dispute = payer.stack.dispute(payer.practice, payment)
    becomes(payer, payment, "disputed")
    expect(payer.heading("Your bank is looking into this payment")).to_be_visible()
    expect(payer.page.get_by_text("counts neither as paid nor as owed")).to_be_visible()
    assert slip_line(payer, "Still counts as paid") == "$0.00"
    expect(payer.page.get_by_text("Today you still owe $160.00.")).to_be_visible()
    assert_no_thanks(payer)
    assert_fits_everyone(payer, "result, disputed")
    payer.stack.control(
        "POST", "disputes/close", {"account": payer.practice, "dispute": dispute, "won": False}
    )
    becomes(payer, payment, "charged_back")
    expect(payer.heading("Your bank took this payment back")).to_be_visible()
    assert slip_line(payer, "Taken back by your bank") == "\u2212$80.00"
    expect(payer.page.get_by_text("Today you still owe $240.00.")).to_be_visible()
    assert_no_thanks(payer)
    assert_fits_everyone(payer, "result, charged back")


def test_2_a_paid_payments_page_says_what_is_owed_on_the_day_it_is_looked_at(payer: Payer) -> None:
    payment = payer.pay_service("Individual session", "$80.00")
    expect(payer.page.get_by_text("Today you still owe $160.00.")).to_be_visible()
    payer.stack.books(
        "payment", practice=payer.practice, account=payer.account, name="cash", amount_minor=16000
    )
    payer.look_at(payment)
    expect(payer.page.get_by_text("Today you owe nothing.")).to_be_visible()
