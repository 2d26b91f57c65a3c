"""Invoices (issue 14; T2, S1, S3, S6, S9, S14): listed among the documents, opened, and paid at their top."""

import re
from pathlib import Path

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import NewPayer
from tests.browser.payer import Payer
from tests.browser.stack import REDIRECT
from tests.browser.test_everyone import NARROW, assert_fits_everyone

pytestmark = [pytest.mark.browser, pytest.mark.slow]


def with_invoice(payer: Payer) -> int:
    """Of all that is owed: 80.00 + 100.00 + 60.00, of which 60.00 cannot be paid online."""
    number: int = payer.stack.books("invoice", practice=payer.practice, account=payer.account)
    return number


def open_invoice(payer: Payer) -> int:
    number = with_invoice(payer)
    payer.sign_in()
    payer.go("documents")
    payer.page.get_by_role("link", name=f"Invoice {number}", exact=True).click()
    expect(payer.heading(f"Invoice {number}")).to_be_visible()
    return number


def test_S1_S3_invoices_are_a_section_of_the_documents_that_says_what_it_is(payer: Payer) -> None:
    payer.sign_in()
    payer.go("documents")
    expect(payer.page.get_by_text("No invoices yet.")).to_be_visible()
    number = with_invoice(payer)
    payer.page.reload()
    expect(payer.heading("Invoices", level=2)).to_be_visible()
    expect(payer.page.get_by_text("To pay: what the practice asks for")).to_be_visible()
    row = payer.page.locator(".invoices .ruled > li")
    expect(row).to_contain_text(f"Invoice {number}")
    expect(row).to_contain_text("$240.00")
    expect(row.locator(".tag")).to_have_text("Open")


def test_S1_S2_billing_shows_recent_documents_in_three_sections_and_leads_to_all(payer: Payer) -> None:
    number = with_invoice(payer)
    payer.stack.books("statement", practice=payer.practice, account=payer.account)
    payer.open_billing()
    recent = payer.page.get_by_role("region", name="Recent documents")
    assert recent.get_by_role("heading", level=3).all_inner_texts() == [
        "Invoices", "Statements", "Insurance Reimbursement Statements",
    ]  # fmt: skip
    expect(recent.get_by_text("To pay: what the practice asks for")).to_be_visible()
    expect(recent.get_by_text("What happened in a month")).to_be_visible()
    expect(recent.get_by_text("For your insurer: nothing to pay here")).to_be_visible()
    row = recent.locator(".ruled__row").first
    expect(row).to_contain_text(f"Invoice {number}")
    expect(row.locator(".tag")).to_have_text("Open")
    expect(recent.locator(".ruled__row").nth(1)).to_contain_text("What was owed at the end")
    headings = payer.page.get_by_role("heading", level=2).all_inner_texts()
    assert headings.index("Recent documents") < headings.index("Account History")  # S4: at the very bottom
    recent.get_by_role("link", name="All documents").click()
    expect(payer.heading("Documents")).to_be_visible()


def test_T2_each_service_on_an_invoice_leads_to_it_from_its_row(payer: Payer) -> None:
    payer.open_billing()
    expect(payer.page.locator(".rows__invoice")).to_have_count(0)
    number = with_invoice(payer)
    payer.page.reload()
    links = payer.page.locator(".rows__invoice a")
    expect(links).to_have_count(3)
    links.first.click()
    expect(payer.heading(f"Invoice {number}")).to_be_visible()


def test_T2_a_paid_service_leads_to_its_invoice_from_account_history(payer: Payer) -> None:
    """Issue 14: of paid services, too, and of the invoice itself, which stands on its date."""
    number = with_invoice(payer)
    payer.stack.books(
        "payment", practice=payer.practice, account=payer.account, name="cash", amount_minor=24_000
    )
    payer.open_billing()
    expect(payer.page.locator(".services .rows__row")).to_have_count(0)
    history = payer.page.locator(".rows--history .rows__row")
    paid = history.filter(has_text="Individual session")
    expect(paid.locator(".tag")).to_have_text("Paid")
    own = history.filter(has_text="asks for $240.00")
    expect(own.locator(".tag")).to_have_text("Paid")
    expect(own.get_by_role("link", name=f"Invoice {number}")).to_be_visible()
    paid.get_by_role("link", name=f"Invoice {number}").click()
    expect(payer.heading(f"Invoice {number}")).to_be_visible()


def test_S14_an_invoices_status_in_account_history_changes_without_a_reload_and_is_announced(
    new_payer: NewPayer,
) -> None:
    """Issue 14: next to the invoice's date, once the payment is captured."""
    payer = new_payer(REDIRECT)
    number = with_invoice(payer)
    payer.open_billing()
    payer.choose("Individual session")
    payer.next("Next")
    payer.button("Submit").click()
    payer.page.wait_for_url(re.compile("/c/pay/"))
    watcher = Payer(
        payer.stack, payer.context, payer.context.new_page(), payer.practice, payer.email, payer.account
    )
    watcher.go()
    name = f"Invoice {number}"
    expect(watcher.page.get_by_text("You started a payment of $80.00")).to_be_visible()
    status = watcher.page.locator(".history tbody tr").filter(has_text="asks for").locator(".tag")
    expect(status).to_have_text("Open")
    watcher.page.evaluate("window.stillTheSamePage = true")
    payer.pay_on_processors_page()
    expect(status).to_have_text("Partly paid", timeout=30_000)
    expect(watcher.page.get_by_test_id("announcer")).to_contain_text(f"{name}: now Partly paid")
    assert watcher.page.evaluate("window.stillTheSamePage") is True


def test_T2_S6_an_invoice_opens_and_downloads_as_the_same_bytes(payer: Payer) -> None:
    number = open_invoice(payer)
    opened = payer.page.get_by_role("link", name="Open or print").get_attribute("href")
    assert opened is not None
    inline = payer.page.request.get(payer.stack.url(opened))
    with payer.page.expect_download() as started:
        payer.page.get_by_role("link", name="Download").click()
    assert started.value.suggested_filename == f"invoice-{number}.pdf"
    downloaded = Path(started.value.path()).read_bytes()
    assert downloaded.startswith(b"%PDF-")
    assert downloaded == inline.body()


def test_S9_S10_S14_an_invoice_is_paid_at_its_top_and_says_then_what_is_left(payer: Payer) -> None:
    number = open_invoice(payer)
    expect(payer.page.locator(".balance__amount")).to_have_text("$240.00")
    words = payer.page.locator(".balance__words")
    expect(words).to_contain_text("$180.00 can be paid here.")
    expect(words).to_contain_text("$60.00 is with Joan Weiss")
    payer.button("Pay Now").click()
    dialog = payer.page.get_by_role("dialog")
    expect(dialog).to_contain_text(f"What can be paid now of invoice {number}.")
    expect(dialog.get_by_label("Payment Amount")).not_to_be_editable()
    payer.next("Continue to your card")
    payer.type_card()
    payer.press_pay("$180.00")
    expect(payer.heading("Thank you. Your payment went through.")).to_be_visible()
    payer.go("invoice", f"?id=invoice-{number}")
    expect(payer.heading("Partly paid", level=2)).to_be_visible()
    expect(payer.page.locator(".balance__amount")).to_have_text("$60.00")
    expect(payer.page.locator(".balance__words")).to_contain_text("It cannot be paid here now.")
    expect(payer.page.locator(".balance__do")).to_have_count(0)
    payer.stack.books(
        "payment", practice=payer.practice, account=payer.account, name="cash", amount_minor=6_000
    )
    payer.page.reload()
    expect(payer.heading("Paid", level=2)).to_be_visible()
    payer.go("documents")
    expect(payer.page.locator(".invoices .tag")).to_have_text("Paid")


def test_a_void_invoice_says_so_and_asks_for_nothing(payer: Payer) -> None:
    number = open_invoice(payer)
    payer.stack.books("void", practice=payer.practice, number=number)
    payer.page.reload()
    expect(payer.page.get_by_text("This invoice is void: nothing is to be paid on it.")).to_be_visible()
    expect(payer.page.locator(".balance__do")).to_have_count(0)
    link = payer.page.get_by_role("link", name=f"Open or print (void of invoice {number})").get_attribute(
        "href"
    )
    assert link is not None
    assert payer.page.request.get(payer.stack.url(link)).body().startswith(b"%PDF-")


def test_an_invoice_that_is_not_there_says_so(payer: Payer) -> None:
    payer.sign_in()
    payer.go("invoice", "?id=invoice-999999")
    expect(payer.page.get_by_text("There is no such invoice.")).to_be_visible()
    payer.faults.clear()  # the browser's own word on the 404


@pytest.mark.parametrize("locale", ["en-US", "es-US"])
def test_the_pages_fit_everyone(new_payer: NewPayer, locale: str) -> None:
    payer = new_payer(viewport=NARROW, locale=locale)
    number = with_invoice(payer)
    payer.sign_in()
    pages = (("documents", ""), ("invoice", f"?id=invoice-{number}"), ("billing", ""))
    for page, query in pages:
        payer.page.emulate_media(color_scheme="light")
        payer.go(page, query)
        expect(payer.page.locator(".receipt-links a, .rows--history tbody tr").first).to_be_visible()
        assert_fits_everyone(payer, f"{page} in {locale}")
        payer.page.emulate_media(color_scheme="dark")
        assert_fits_everyone(payer, f"{page} in {locale}, dark")
