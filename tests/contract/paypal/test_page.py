"""The approval page in a browser: an account, a card as a guest, a card refused, cancelled; in order."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page

from tests.contract.paypal.harness import ORDERS, Practice, only_capture, with_context

pytestmark = pytest.mark.browser
BACK = "**/back?**"


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    context = browser.new_context(viewport={"width": 390, "height": 844})
    yield context.new_page()
    context.close()


def _order(practice: Practice, **context: str) -> str:
    """An order that leads back to an address which answers, whatever it answers."""
    urls = {"return_url": f"{practice.origin}/back", "cancel_url": f"{practice.origin}/back?cancelled=yes"}
    body = with_context(**(urls | context))
    body["purchase_units"][0]["invoice_id"] = "att-1"
    return str(practice.created(body)["id"])


def _opened(practice: Practice, page: Page, ident: str) -> None:
    page.goto(f"{practice.origin}/checkoutnow?token={ident}")


def test_with_an_account(practice: Practice, page: Page) -> None:
    ident = _order(practice)
    _opened(practice, page, ident)
    assert page.get_by_role("heading", level=1).inner_text() == "Pay Willow Practice"
    assert page.locator("#amount").inner_text() == "20.00 USD"
    assert page.get_by_text("att-1").is_visible()  # shown to the payer: it must tell nothing
    page.get_by_role("button", name="Pay Now: PayPal account").click()
    page.wait_for_url(BACK)
    assert f"token={ident}" in page.url
    assert only_capture(practice.capture(ident).json)["status"] == "COMPLETED"


def test_with_a_card_as_a_guest(practice: Practice, page: Page) -> None:
    ident = _order(practice, landing_page="GUEST_CHECKOUT")
    _opened(practice, page, ident)
    card = page.locator("form#card")
    assert page.locator("form").first.get_attribute("id") == "card"
    card.get_by_label("E-mail").fill("guest@example.org")
    card.get_by_label("Card number").fill("4111 1111 1111 1111")
    card.get_by_label("Expires").fill("12/40")
    card.get_by_label("Security code").fill("123")
    card.get_by_role("button").click()
    page.wait_for_url(BACK)
    assert practice.capture(ident).json["payment_source"]["paypal"]["account_status"] == "UNVERIFIED"


@pytest.mark.parametrize("by", ["the switch", "the seller"])
def test_no_card_is_offered(practice: Practice, page: Page, by: str) -> None:
    """PayPal decides whether it offers a card without an account."""
    if by == "the switch":
        practice.control("guest_card", {"offered": False})
        ident = _order(practice, landing_page="GUEST_CHECKOUT")
    else:
        ident = _order(practice, landing_page="LOGIN")
    _opened(practice, page, ident)
    assert page.locator("form").count() == 1
    assert page.locator("#no-card").is_visible()


def test_cancelled(practice: Practice, page: Page) -> None:
    ident = _order(practice)
    _opened(practice, page, ident)
    page.get_by_role("link", name="Cancel and return").click()
    page.wait_for_url(BACK)
    assert page.url == f"{practice.origin}/back?cancelled=yes&token={ident}"
    assert practice.get(f"{ORDERS}/{ident}").json["status"] == "PAYER_ACTION_REQUIRED"


def test_a_refusal_is_said_and_another_way_taken(practice: Practice, page: Page) -> None:
    ident = _order(practice)
    _opened(practice, page, ident)
    account = page.locator("form#account")
    account.get_by_label("E-mail of your account").fill("echeck@example.org")
    account.get_by_role("button").click()
    assert "takes no payment that arrives later" in page.get_by_role("alert").inner_text()
    account.get_by_label("E-mail of your account").fill("buyer@example.org")
    account.get_by_role("button").click()
    page.wait_for_url(BACK)


def test_who_comes_again_after_paying_is_led_back(practice: Practice, page: Page) -> None:
    ident = _order(practice)
    practice.control("orders/approve", {"order": ident, "email": "buyer@example.org"})
    practice.capture(ident)
    _opened(practice, page, ident)
    page.wait_for_url(BACK)
