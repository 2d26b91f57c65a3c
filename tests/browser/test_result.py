"""Issue 10, 7 and 16: a payment's page says what was paid and where the receipt went, and leads on once."""

import re

import pytest
from playwright.sync_api import Route, expect

from tests.browser.conftest import NewPayer
from tests.browser.payer import Payer
from tests.browser.test_everyone import assert_fits_everyone

pytestmark = [pytest.mark.browser, pytest.mark.slow]


def test_7_16_G7_the_result_is_one_slip_with_the_receipt_and_one_way_on(payer: Payer) -> None:
    payment = payer.pay_service("Individual session", "$80.00")
    page = payer.page
    expect(page.locator(".result-lead")).to_contain_text("Paid: $80.00")
    slip = page.locator(".slip")
    expect(slip).to_contain_text(f"Receipt sent to {payer.email}.", timeout=30_000)
    expect(slip).to_contain_text("4242")
    expect(slip.get_by_role("link", name="Open or print (opens in a new tab)")).to_be_visible()
    expect(slip.get_by_role("link", name="Download")).to_be_visible()
    expect(page.locator("main .card")).to_have_count(0)
    ways = page.locator("main a").filter(visible=True).filter(has_not_text="Download")
    expect(slip.get_by_role("link", name="Itemized receipt")).to_be_visible()
    papers = re.compile("Open or print|Itemized receipt")
    expect(ways.filter(has_not_text=papers)).to_have_text(["Back to Billing"])
    payer.stack.wait_for_mail(payer.email, "80.00")
    assert payer.payment(payment)["receipt_sent_to"] == payer.email
    assert_fits_everyone(payer, "paid")


def test_7_who_did_not_pay_is_not_told_the_payers_address(new_payer: NewPayer) -> None:
    """A client sees what their guarantor paid, not where the guarantor reads mail."""
    payer = new_payer()
    payment = payer.pay_service("Individual session", "$80.00")
    expect(payer.page.locator(".slip")).to_contain_text("Receipt sent to", timeout=30_000)
    other = "other-" + payer.email
    payer.stack.books("person", practice=payer.practice, email=other, accounts={payer.account: "Maya"})
    guarantor = payer.email
    payer.email = other
    payer.context.clear_cookies()
    payer.sign_in()
    payer.look_at(payment)
    expect(payer.page.locator(".slip")).to_contain_text("Your receipt is ready.")
    expect(payer.page.get_by_text(guarantor)).to_have_count(0)
    assert payer.payment(payment)["receipt_sent_to"] is None


def test_a_receipts_link_leaves_the_address_bar_and_works_after_a_reload(payer: Payer) -> None:
    """Issue 10: its token, which works for over a year, stayed in address and history."""
    payer.go("receipt", "#a-token")
    for _ in range(2):
        expect(payer.button("Show my receipt")).to_be_visible()
        expect(payer.page).to_have_url(payer.stack.url(f"/{payer.practice}/receipt"))
        payer.page.reload()
    with payer.page.expect_request(lambda asked: "a-token" in (asked.post_data or "")):
        payer.button("Show my receipt").click()


def test_a_receipts_pdf_that_is_opened_after_its_minute_is_asked_for_anew(payer: Payer) -> None:
    """Issue 12, number 2: the storage's own answer to a link that has run out is shown to nobody."""
    receipt = {"date": "2026-11-02", "amount_minor": 8000, "currency": "USD", "reference": "AB1CD-EF2GH"}
    asked: list[str] = []

    def answer(route: Route) -> None:
        asked.append(route.request.url)
        route.fulfill(json={**receipt, "url": payer.stack.url(f"/{payer.practice}/receipt?pdf={len(asked)}")})

    payer.page.clock.install()
    payer.page.route("**/receipts/open", answer)
    payer.go("receipt", "#a-token")
    payer.button("Show my receipt").click()
    link = payer.page.get_by_role("link", name="Open or print the PDF")
    expect(payer.page.get_by_text("The link works for one minute.")).to_be_visible()
    payer.page.clock.fast_forward(59_000)
    link.click()
    expect(payer.page.get_by_text("This is a new link.")).to_be_visible()
    expect(link).to_have_attribute("href", payer.stack.url(f"/{payer.practice}/receipt?pdf=2"))
    expect(link).to_be_focused()
    assert (len(asked), len(payer.context.pages)) == (2, 1)
    with payer.context.expect_page() as there:
        link.click()
    expect(there.value).to_have_url(re.compile("pdf=2"))


def test_10_a_receipts_link_that_no_longer_works_says_one_thing_and_offers_one(payer: Payer) -> None:
    payer.go("receipt", "#used-up")
    expect(payer.page.get_by_text("Press the button to open it")).to_be_visible()
    payer.button("Show my receipt").click()
    expect(payer.page.get_by_role("alert")).to_contain_text("This link no longer works")
    expect(payer.page.get_by_text("Press the button to open it")).to_have_count(0)
    expect(payer.button("Show my receipt")).to_have_count(0)
    expect(payer.page.get_by_role("main").get_by_role("link")).to_have_text(["Sign in to Billing"])
    assert_fits_everyone(payer, "a receipt's link that no longer works")
    payer.go("receipt", "#another")  # opened over it, which loads no page
    expect(payer.button("Show my receipt")).to_be_visible()
    payer.page.evaluate("sessionStorage.clear()")
    payer.page.goto("about:blank")
    payer.go("receipt")
    expect(payer.page.get_by_text("This address is not complete")).to_be_visible()
    expect(payer.page.get_by_text("Press the button to open it")).to_have_count(0)
