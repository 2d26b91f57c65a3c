"""The focus never falls to the body: where a button takes itself away, a heading takes it (issue 10)."""

import re

import pytest
from playwright.sync_api import Page, Route, expect

from tests.browser.payer import Payer
from tests.browser.test_paying_here import to_card

pytestmark = [pytest.mark.browser, pytest.mark.slow]


def fails(route: Route) -> None:
    route.fulfill(status=500, body="<html>")


def press(page: Page, name: str) -> None:
    """By key, as somebody who cannot see where the focus is."""
    button = page.get_by_role("button", name=name)
    button.focus()
    button.press("Enter")
    expect(button).to_have_count(0)


def come_back_later(page: Page) -> None:
    """To the tab, a minute after it was left."""
    page.evaluate("""() => {
      const now = Date.now;
      document.dispatchEvent(new Event("visibilitychange"));
      Date.now = () => now() + 60_000;
      document.dispatchEvent(new Event("visibilitychange"));
    }""")


def fails_once(payer: Payer, path: str) -> None:
    payer.page.route(re.compile(path), fails, times=1)


@pytest.mark.parametrize(
    ("name", "heading"),
    [("billing", "Billing"), ("payments", "Payment History"), ("documents", "Statements")],
)
def test_15_after_try_again_the_reader_goes_on_at_the_heading(payer: Payer, name: str, heading: str) -> None:
    payer.sign_in()
    fails_once(payer, f"/api/accounts/[^/]+/{name}(\\?|$)")
    payer.go(name)
    press(payer.page, "Try again")
    expect(payer.page.get_by_role("heading", name=heading, exact=True)).to_be_focused()
    expect(payer.page.get_by_role("alert")).to_have_count(0)


def test_15_try_again_that_fails_again_says_so_again(payer: Payer) -> None:
    payer.sign_in()
    payer.page.route(re.compile("/api/accounts/[^/]+/billing"), fails)
    payer.go()
    first = payer.page.get_by_role("alert").element_handle()
    payer.button("Try again").press("Enter")
    payer.page.wait_for_function("(alert) => !alert.isConnected", arg=first)
    expect(payer.page.get_by_role("alert")).to_be_visible()
    expect(payer.page.locator("h1")).to_be_focused()


def test_15_after_try_again_in_the_history_the_reader_goes_on_at_its_heading(payer: Payer) -> None:
    payer.sign_in()
    fails_once(payer, "/history")
    payer.go()
    press(payer.page, "Try again")
    expect(payer.heading("Account History", level=2)).to_be_focused()


def test_15_after_try_again_on_the_payment_page_the_reader_goes_on_at_its_heading(payer: Payer) -> None:
    payer.open_billing()
    payer.choose("Individual session")
    fails_once(payer, "/payments$")
    payer.next("Continue to your card")
    press(payer.page, "Try again")
    expect(payer.page.locator("h1")).to_be_focused()
    expect(payer.page.locator("[data-state=ready]")).to_be_visible()


def test_15_after_try_again_at_the_card_fields_the_reader_goes_on_at_their_heading(payer: Payer) -> None:
    payer.page.route(re.compile("stripe.js"), lambda route: route.abort(), times=1)
    to_card(payer)
    press(payer.page, "Try again")
    expect(payer.heading("Card details", level=2)).to_be_focused()


def test_15_after_cancel_it_on_billing_the_reader_goes_on_at_its_heading(payer: Payer) -> None:
    to_card(payer)
    payer.go()
    press(payer.page, "Cancel it")
    expect(payer.heading("Billing")).to_be_focused()
    expect(payer.page.get_by_test_id("announcer")).to_contain_text("$80.00")


def test_15_a_row_that_was_paid_elsewhere_takes_the_focus_to_its_lists_heading(payer: Payer) -> None:
    payer.open_billing()
    payer.row("Individual session").get_by_role("button").focus()
    payer.stack.books(
        "payment", practice=payer.practice, account=payer.account, name="cash", amount_minor=8000
    )
    come_back_later(payer.page)
    expect(payer.row("Individual session")).to_have_count(0)
    expect(payer.page.locator("#services-title")).to_be_focused()
    payer.page.mouse.click(5, 400)  # somebody who lets go of the focus is not sent anywhere
    assert payer.page.evaluate("document.activeElement.tagName") in ("BODY", "MAIN")


def test_15_starting_over_with_another_address_goes_on_at_the_form(payer: Payer) -> None:
    payer.go("")
    payer.page.get_by_label("E-mail address").fill(payer.email)
    payer.button("E-mail me a code").click()
    press(payer.page, "Send another code")
    expect(payer.page.locator("h1")).to_be_focused()
