"""T4, issue 16: a bill is paid by its link, without an account, where the browser keeps nothing at all."""

import re

import pytest
from playwright.sync_api import Route, expect

from tests.browser.conftest import NewPayer
from tests.browser.payer import Payer
from tests.browser.stack import REDIRECT
from tests.browser.test_everyone import assert_fits_everyone

pytestmark = [pytest.mark.browser, pytest.mark.slow]

NOTHING_KEPT = """
for (const kind of ["localStorage", "sessionStorage"])
  Object.defineProperty(window, kind, { get() { throw new DOMException("blocked", "SecurityError"); } });
Object.defineProperty(Document.prototype, "cookie", { get: () => "", set() {} });
"""


def block_all(payer: Payer) -> list[str]:
    """As a browser that keeps nothing: returns what cookies were sent or set all the same."""
    seen: list[str] = []

    def stripped(route: Route) -> None:
        if route.request.headers.get("cookie"):
            seen.append(route.request.url)
        answer = route.fetch()
        if "set-cookie" in answer.headers:
            seen.append(route.request.url)
        route.fulfill(response=answer)

    payer.context.add_init_script(NOTHING_KEPT)
    payer.page.route("**/api/pay-links/**", stripped)
    return seen


def open_link(payer: Payer, document: str, *, born: tuple[str, str, str] = ("4", "12", "1990")) -> None:
    address = payer.stack.books(
        "pay_link", practice=payer.practice, account=payer.account, document=document,
        birth_date="1990-04-12",
    )  # fmt: skip
    payer.page.goto(address)
    for name, text in zip(("Month", "Day", "Year"), born, strict=True):
        payer.page.get_by_label(name, exact=True).fill(text)
    payer.button("See what is owed").click()


def test_T4_an_invoice_is_paid_by_its_link_where_nothing_is_kept(payer: Payer) -> None:
    number = payer.stack.books("invoice", practice=payer.practice, account=payer.account)
    seen = block_all(payer)
    open_link(payer, f"invoice-{number}", born=("4", "13", "1990"))
    expect(payer.page.get_by_role("alert")).to_contain_text("This does not open the bill")
    friend = payer.page.get_by_role("link", name="Pay for somebody else")
    expect(friend).to_have_attribute("href", f"/{payer.practice}/guest?way=card&number={number}")
    payer.page.get_by_label("Day", exact=True).fill("")
    payer.button("See what is owed").click()
    expect(payer.page.locator(".error-summary")).to_contain_text("Enter month, day and year")
    expect(payer.page.get_by_text("This does not open the bill")).to_have_count(0)
    payer.page.get_by_label("Day", exact=True).fill("12")
    payer.button("See what is owed").click()
    expect(payer.heading(f"Invoice {number}")).to_be_visible()
    payer.button("Continue to your card").click()
    payer.type_card()
    assert "#" in payer.page.url, "a browser that keeps nothing reloads by what the address says"
    payer.press_pay("$180.00")
    expect(payer.heading("Thank you. Your payment went through.")).to_be_visible()
    expect(payer.page.get_by_text("Today $60.00 of this bill is still owed.")).to_be_visible()  # elsewhere
    assert seen == []


def test_T4_who_comes_back_from_the_processor_sees_that_it_is_paid(new_payer: NewPayer) -> None:
    payer = new_payer(REDIRECT)
    seen = block_all(payer)
    open_link(payer, "statement-2026-10")
    expect(payer.heading("Your balance")).to_be_visible()
    assert "Individual session" not in payer.page.locator("main").inner_text()
    payer.button("Next").click()
    payer.button("Pay $180.00").click()
    payer.page.wait_for_url(re.compile("/c/pay/"))
    payer.pay_on_processors_page()
    expect(payer.heading("Thank you. Your payment went through.")).to_be_visible()
    assert seen == []


def test_a_code_by_mail_opens_the_link_too(payer: Payer) -> None:
    number = payer.stack.books("invoice", practice=payer.practice, account=payer.account)
    open_link(payer, f"invoice-{number}", born=("", "", ""))
    expect(payer.page.locator(".error-summary")).to_contain_text("Enter month, day and year")
    assert_fits_everyone(payer, "a birth date that is missing")
    payer.button("E-mail me a code instead").click()
    mail = payer.stack.wait_for_mail(payer.email, "/pay-link#")
    link = re.search(r"http://\S+/pay-link#\S+", mail)
    assert link
    payer.page.goto("about:blank")
    payer.page.goto(link[0])
    expect(payer.page.get_by_label("Code from the e-mail")).to_be_visible()
    assert_fits_everyone(payer, "a code from the e-mail")
    payer.button("See what is owed").press("Enter")
    expect(payer.heading(f"Invoice {number}")).to_be_visible()
    expect(payer.page.locator(".slip")).to_be_visible()
    assert_fits_everyone(payer, "what is owed")


def test_a_paid_a_revoked_and_an_old_link_each_lead_on(payer: Payer) -> None:
    """Issue 16: none ends there. A paid bill offers no paying of it again, and nobody is told which of a
    wrong answer and an ended link it is."""
    books, page = payer.stack.books, payer.page
    own = {"practice": payer.practice, "account": payer.account}
    number = books("invoice", **own)
    books("payment", **own, name="cash", amount_minor=24_000)
    open_link(payer, f"invoice-{number}")
    expect(page.get_by_text("Nothing is to be paid on this bill any more.")).to_be_visible()
    friend = page.get_by_role("link", name="Pay for somebody else")
    expect(friend).to_have_attribute("href", f"/{payer.practice}/guest?way=card")
    sign_in = page.get_by_role("link", name="Sign in instead")
    expect(sign_in).to_have_attribute("href", f"/{payer.practice}/billing")
    assert_fits_everyone(payer, "a bill that is paid")
    books("revoke_links", **own)
    page.reload()
    for name, text in zip(("Month", "Day", "Year"), ("4", "12", "1990"), strict=True):
        page.get_by_label(name, exact=True).fill(text)
    payer.button("See what is owed").click()
    expect(page.get_by_role("alert")).to_contain_text("the link on the bill no longer works")
    expect(friend).to_have_attribute("href", f"/{payer.practice}/guest?way=card&number={number}")
    payer.go("pay-link", "?result=of-long-ago")
    expect(payer.heading("This address no longer tells of a payment")).to_be_visible()
    expect(sign_in).to_be_visible()
    assert_fits_everyone(payer, "a result that is told no more")
