"""The Stripe.js stand-in and the hosted page in Chromium, from another site under a strict CSP."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any, Literal

import pytest
from playwright.sync_api import Browser, FrameLocator, Page

from tests.contract.harness import Practice
from tests.support.waiting import wait_until
from tests.support.windows import press_and_close

pytestmark = pytest.mark.browser

AXE = Path(__file__).parents[2] / "sandbox" / "stripe" / "js" / "node_modules" / "axe-core" / "axe.min.js"
HTML = """<!doctype html><title>Shop</title><div id="address"></div><div id="pay"></div>
<script src="{js}"></script><script src="/shop.js"></script>"""
SCRIPT = """
window.open_session = async (key, clientSecret, address, options) => {
  const defaultValues = {email: "payer@example.org"};
  const checkout = Stripe(key).initCheckoutElementsSdk({clientSecret, defaultValues});
  const element = checkout.createPaymentElement(options ?? {});
  window.checkout = checkout;
  if (address) checkout.createBillingAddressElement().mount("#address");
  window.heard = [];
  element.on("ready", () => heard.push("ready"));
  element.on("change", ({complete}) => heard.push(complete));
  document.getElementById("pay").replaceChildren();
  element.mount("#pay");
  const loaded = await checkout.loadActions();
  window.actions = loaded.actions;
  return loaded.actions.getSession();
};
window.own = async (key) => {
  window.stripe = Stripe(key);
  window.cvc = stripe.elements().create("cardCvc");
  document.getElementById("pay").replaceChildren();
  cvc.mount("#pay");
  await new Promise((resolve) => cvc.on("ready", resolve));
};
window.pay = (more) => actions.confirm({redirect: "if_required", ...more});
"""


@contextmanager
def _shop(stripe: str) -> Iterator[str]:
    """A page on localhost, cross-site to the stand-in on 127.0.0.1; it allows only itself and Stripe."""
    policy = f"default-src 'none'; script-src 'self' {stripe}; frame-src {stripe}; connect-src {stripe}"
    files = {
        "/": ("text/html", HTML.format(js=f"{stripe}/v3/stripe.js").encode()),
        "/shop.js": ("text/javascript", SCRIPT.encode()),
    }

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            content_type, body = files.get(self.path.partition("?")[0], ("text/plain", b"back"))
            self.send_response(200)
            self.send_header("Content-Type", content_type)
            self.send_header("Content-Security-Policy", policy)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: Any) -> None:
            """Quiet."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True).start()
    try:
        yield f"http://localhost:{server.server_address[1]}"
    finally:
        server.shutdown()
        server.server_close()


@pytest.fixture
def shop(practice: Practice) -> Iterator[str]:
    with _shop(practice.server.origin) as origin:
        practice.server.pages = frozenset({origin})
        yield origin


@pytest.fixture
def page(browser: Browser, shop: str) -> Iterator[Page]:
    """The shop's page; what the browser's console said against the policy fails the test."""
    context = browser.new_context()
    page = context.new_page()
    complaints: list[str] = []
    page.on("console", lambda said: complaints.append(said.text))
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.goto(shop)
    yield page
    context.close()
    assert [text for text in complaints if "402 (Payment Required)" not in text] == []


def _open(page: Page, practice: Practice, address: Any = False, options: Any = None, **params: Any) -> Any:
    secret = practice.session(ui_mode="elements", **params)["client_secret"]
    given = [practice.publishable_key, secret, address, options]
    return page.evaluate("(given) => open_session(...given)", given)


def _fill(frame: FrameLocator | Page, number: str) -> None:
    frame.get_by_label("Card number").fill(number)
    frame.get_by_label("Expiry date").fill("12 / 40")
    frame.get_by_label("Security code").fill("123")
    frame.get_by_label("ZIP code").fill("02139")


def _fill_bank(frame: FrameLocator | Page, number: str) -> None:
    frame.get_by_label("US bank account").check()
    frame.get_by_label("Name on the account").fill("Alex Example")
    frame.get_by_label("Routing number").fill("110000000")
    frame.get_by_label("Account number").fill(number)


def _challenge(page: Page, button: str) -> Any:
    """Start paying, answer the bank, and give what the page's confirm() gave."""
    page.evaluate("() => { window.result = pay({}) }")
    page.frame_locator("[role=dialog] iframe").get_by_role("button", name=button).click()
    result = page.evaluate("result")
    assert page.locator("[role=dialog]").count() == 0
    return result


def test_pays_with_the_payment_element(page: Page, practice: Practice) -> None:
    session = _open(page, practice)
    assert session["total"]["total"] == {"minorUnitsAmount": 5000, "amount": "$50.00"}
    assert session["canConfirm"] is False
    _fill(page.frame_locator("#pay iframe"), "4242424242424242")
    wait_until(lambda: page.evaluate("heard.includes(true)"))
    assert page.evaluate("heard[0]") == "ready"
    assert page.evaluate("actions.getSession().canConfirm") is True
    assert page.evaluate("pay({})")["session"]["status"] == {"type": "complete", "paymentStatus": "paid"}
    assert "4242424242424242" not in page.content()


def test_pays_from_a_bank_account_with_the_payment_element(page: Page, practice: Practice) -> None:
    _open(page, practice, payment_method_types=["card", "us_bank_account"])
    frame = page.frame_locator("#pay iframe")
    _fill(frame, "4242")  # begun, and then another mind
    _fill_bank(frame, "000123456789")
    assert not frame.get_by_label("Card number").is_visible()
    wait_until(lambda: page.evaluate("heard.includes(true)"))
    assert page.evaluate("pay({})")["session"]["status"] == {"type": "complete", "paymentStatus": "unpaid"}
    assert "000123456789" not in page.content()


def test_the_banks_window_fills_in_what_is_chosen_there(page: Page, practice: Practice) -> None:
    _open(page, practice, payment_method_types=["card", "us_bank_account"])
    frame = page.frame_locator("#pay iframe")
    frame.get_by_label("US bank account").check()
    with page.expect_popup() as opened:
        frame.get_by_role("button", name="Sign in to your bank").click()
    press_and_close(opened.value.get_by_role("button", name="Account ending 6789"))
    wait_until(lambda: page.evaluate("heard.includes(true)"))
    assert opened.value.is_closed()
    assert page.evaluate("pay({})")["session"]["status"] == {"type": "complete", "paymentStatus": "unpaid"}


def test_a_session_for_cards_shows_no_choice(page: Page, practice: Practice) -> None:
    _open(page, practice)
    frame = page.frame_locator("#pay iframe")
    frame.get_by_label("Card number").wait_for()
    assert not frame.get_by_label("US bank account").is_visible()


def test_says_an_unfinished_card_and_a_decline(page: Page, practice: Practice) -> None:
    _open(page, practice)
    frame = page.frame_locator("#pay iframe")
    _fill(frame, "4242")
    assert page.evaluate("pay({})")["error"] == {"message": "Your card details are incomplete.", "code": None}
    assert frame.get_by_role("alert").inner_text() == "Your card details are incomplete."
    _fill(frame, "4000000000009995")
    error = page.evaluate("pay({})")["error"]
    assert (error["code"], error["paymentFailed"]["declineCode"]) == ("paymentFailed", "insufficient_funds")


def test_a_challenge_failed_and_then_completed(page: Page, practice: Practice) -> None:
    _open(page, practice)
    _fill(page.frame_locator("#pay iframe"), "4000000000003220")
    assert _challenge(page, "Fail")["error"]["code"] == "paymentFailed"
    assert _challenge(page, "Complete")["type"] == "success"


def test_closing_the_challenge_is_not_paying(page: Page, practice: Practice) -> None:
    _open(page, practice)
    _fill(page.frame_locator("#pay iframe"), "4000000000003220")
    page.evaluate("() => { window.result = pay({}) }")
    page.get_by_role("button", name="Close").click()
    assert page.evaluate("result")["error"]["message"] == "The payment was not authenticated."


def test_pays_with_a_saved_card(page: Page, practice: Practice) -> None:
    wanted = {
        "customer": practice.customer(),
        "saved_payment_method_options": {"payment_method_save": "enabled"},
    }
    assert _open(page, practice, **wanted)["savedPaymentMethods"] == []
    _fill(page.frame_locator("#pay iframe"), "4242424242424242")
    assert page.evaluate("pay({savePaymentMethod: true})")["type"] == "success"
    (saved,) = _open(page, practice, **wanted)["savedPaymentMethods"]
    assert saved["card"]["last4"] == "4242"
    assert page.evaluate("id => pay({paymentMethod: id})", saved["id"])["type"] == "success"


def test_leaves_for_return_url_unless_told_otherwise(page: Page, practice: Practice, shop: str) -> None:
    _open(page, practice, return_url=f"{shop}/back?s={{CHECKOUT_SESSION_ID}}")
    _fill(page.frame_locator("#pay iframe"), "4242424242424242")
    page.evaluate("() => { actions.confirm() }")
    page.wait_for_url(f"{shop}/back?s=cs_test_*")


def test_what_is_not_there_says_so(page: Page, practice: Practice) -> None:
    _open(page, practice)
    script = f"Stripe('{practice.publishable_key}')"
    missing = (
        f"{script}.confirmCardPayment('x')",
        f"{script}.elements().create('card')",
        f"{script}.initCheckoutElementsSdk({{clientSecret: 'x'}}).createPaymentElement({{fields: {{}}}})",
    )
    for call in ("actions.updatePhoneNumber('1')", *missing):
        with pytest.raises(Exception, match="stand-in has no"):
            page.evaluate(call)
    with pytest.raises(Exception, match="publishable keys of the sandbox"):
        page.evaluate("Stripe('pk_live_x')")


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_every_page_is_accessible(
    browser: Browser, practice: Practice, scheme: Literal["light", "dark"]
) -> None:
    customer = practice.customer()
    wanted = {"customer": customer, "saved_payment_method_options": {"payment_method_save": "enabled"}}
    types = ["card", "us_bank_account"]
    session = practice.session(**wanted, cancel_url="http://localhost:1/", payment_method_types=types)
    challenge = practice.paid(payment_method="pm_card_threeDSecure2Required")["next_action"]["use_stripe_sdk"]
    gone = f"{practice.server.origin}/c/pay/cs_test_gone"
    frame = f"{practice.server.origin}/frame/payment"
    context = browser.new_context(color_scheme=scheme)
    page = context.new_page()
    for url in (session["url"], challenge["stripe_js"], frame, gone, f"{practice.server.origin}/bank"):
        page.goto(url)
        _check_accessible(page)
    page.goto(session["url"])
    page.get_by_role("button", name="Pay").click()
    page.get_by_role("alert").wait_for()
    _check_accessible(page)
    page.get_by_label("US bank account").check()
    _check_accessible(page)
    context.close()


def _check_accessible(page: Page) -> None:
    page.evaluate(AXE.read_text())
    violations = page.evaluate("axe.run()")["violations"]
    assert [each["id"] for each in violations] == [], page.url


def test_the_hosted_page_by_keyboard_on_a_phone(browser: Browser, practice: Practice, shop: str) -> None:
    context = browser.new_context(viewport={"width": 320, "height": 640}, color_scheme="dark")
    page = context.new_page()
    page.goto(str(practice.session(success_url=f"{shop}/done")["url"]))
    assert page.evaluate("document.documentElement.scrollWidth") <= 320
    page.get_by_label("E-mail").fill("payer@example.org")
    _fill(page, "4000000000003220")
    page.keyboard.press("Enter")
    page.get_by_role("button", name="Complete").press("Enter")
    page.wait_for_url(f"{shop}/done")
    context.close()


def test_a_session_of_bank_accounts_alone_asks_no_card(page: Page, practice: Practice) -> None:
    _open(page, practice, payment_method_types=["us_bank_account"])
    frame = page.frame_locator("#pay iframe")
    frame.get_by_label("Account number").wait_for()
    assert not frame.get_by_label("Card number").is_visible()


BY_PAGE = {"fields": {"card": {"billingDetails": {"address": {"country": "never", "postalCode": "never"}}}}}


def test_S11_a_page_may_ask_name_and_zip_by_itself_and_has_to_pass_them(
    page: Page, practice: Practice
) -> None:
    _open(page, practice, options=BY_PAGE)
    frame = page.frame_locator("#pay iframe")
    frame.get_by_label("Card number").fill("4242424242424242")
    frame.get_by_label("Expiry date").fill("12 / 40")
    frame.get_by_label("Security code").fill("123")
    for asked in ("Name on card", "ZIP code"):
        assert not frame.get_by_label(asked).is_visible()
    wait_until(lambda: page.evaluate("heard.includes(true)"))
    for contact in (None, {"name": "Alex Example", "address": {"country": "US"}}):
        with pytest.raises(Exception, match="pass it in billingAddress"):
            page.evaluate("contact => pay({billingAddress: contact})", contact)
    contact = {"name": "Alex Example", "address": {"country": "US", "postal_code": "12180"}}
    assert page.evaluate("contact => pay({billingAddress: contact})", contact)["type"] == "success"
    details = practice.get("/v1/charges").json["data"][0]["billing_details"]
    assert (details["name"], details["address"]["postal_code"]) == ("Alex Example", "12180")


def _fill_address(page: Page) -> None:
    frame = page.frame_locator("#address iframe")
    said = {"Full name": "Alex Example", "Address": "1 Main St", "City": "Troy", "State": "NY"}
    for label, text in (said | {"ZIP code": "12180"}).items():
        frame.get_by_role("textbox", name=label, exact=True).fill(text)


def test_the_address_element_asks_name_and_zip_in_the_card_fields_place(
    page: Page, practice: Practice
) -> None:
    _open(page, practice, address=True, billing_address_collection="required")
    frame = page.frame_locator("#pay iframe")
    frame.get_by_label("Card number").fill("4242424242424242")
    frame.get_by_label("Expiry date").fill("12 / 40")
    frame.get_by_label("Security code").fill("123")
    assert not frame.get_by_label("ZIP code").is_visible()
    wait_until(lambda: page.evaluate("heard.includes(true)"))
    assert page.evaluate("actions.getSession().canConfirm") is False
    assert page.evaluate("actions.validateElements()")["error"]["validation_errors"][0]["element"] == (
        "billingAddress"
    )
    assert page.evaluate("pay({})")["error"]["message"] == "Your billing address is incomplete."
    _fill_address(page)
    wait_until(lambda: page.evaluate("actions.getSession().canConfirm"))
    value = page.evaluate("checkout.getBillingAddressElement().getValue()")
    assert (value["complete"], value["value"]["address"]["postal_code"]) == (True, "12180")
    assert page.evaluate("pay({})")["type"] == "success"
    details = practice.get("/v1/charges").json["data"][0]["billing_details"]
    assert (details["name"], details["address"]["state"]) == ("Alex Example", "NY")


def test_the_page_may_say_the_address_itself(page: Page, practice: Practice) -> None:
    _open(page, practice, billing_address_collection="required")
    _fill(page.frame_locator("#pay iframe"), "4242424242424242")
    address = {"line1": "1 Main St", "city": "Troy", "state": "NY", "postal_code": "12180", "country": "US"}
    more = {"billingAddress": {"name": "Alex Example", "address": address}}
    assert page.evaluate("more => pay(more)", more)["session"]["status"]["type"] == "complete"


def test_a_wallet_pays_without_a_word(page: Page, practice: Practice) -> None:
    wallets = {"account": practice.name, "wallets": ["apple_pay", "google_pay"]}
    practice.control("POST", "wallets", wallets)
    _open(page, practice, options={"wallets": {"applePay": "never"}})
    frame = page.frame_locator("#pay iframe")
    frame.get_by_label("Google Pay").check()
    assert not frame.get_by_label("Apple Pay").is_visible()
    wait_until(lambda: page.evaluate("heard.includes(true)"))
    assert page.evaluate("pay({})")["type"] == "success"
    paid = practice.get("/v1/charges").json["data"][0]["payment_method_details"]["card"]
    assert paid["wallet"]["type"] == "google_pay"


def test_saving_asked_twice_is_the_pages_own_mistake(page: Page, practice: Practice) -> None:
    """IntegrationError: with setup_future_usage the session has decided, and the page may not ask again."""
    customer = practice.customer()
    _open(page, practice, customer=customer, payment_intent_data={"setup_future_usage": "on_session"})
    error = page.evaluate("pay({savePaymentMethod: false}).catch(({name}) => name)")
    assert error == "IntegrationError"


def _own(page: Page, practice: Practice, **params: Any) -> Any:
    """A payment of ours with a saved card, and the code's field on the page."""
    page.evaluate("key => own(key)", practice.publishable_key)
    customer = practice.customer()
    whose = {"customer": customer, "payment_method": practice.saved_card(customer, params.pop("card"))}
    return practice.paid(**whose, **params)


def test_the_security_code_of_a_saved_card_is_typed_again(page: Page, practice: Practice) -> None:
    again = {"card": {"require_cvc_recollection": True}}
    intent = _own(page, practice, card="pm_card_visa", payment_method_options=again, confirm=False)
    token = "stripe.createToken('cvc_update', cvc)"
    assert page.evaluate(token)["error"]["code"] == "incomplete_cvc"
    page.frame_locator("#pay iframe").get_by_label("Security code").fill("123")
    made = page.evaluate(token)["token"]["id"]
    options = {"card": {"cvc_token": made}}
    path = f"/v1/payment_intents/{intent['id']}/confirm"
    assert practice.made(path, {"payment_method_options": options})["status"] == "succeeded"


@pytest.mark.parametrize(("button", "status"), [("Complete", "succeeded"), ("Fail", None)])
def test_the_payer_answers_the_bank_above_the_page(
    page: Page, practice: Practice, button: str, status: str | None
) -> None:
    intent = _own(page, practice, card="pm_card_authenticationRequired")
    assert intent["next_action"]["type"] == "use_stripe_sdk"
    secret = intent["client_secret"]
    page.evaluate("clientSecret => { window.result = stripe.handleNextAction({clientSecret}) }", secret)
    page.frame_locator("[role=dialog] iframe").get_by_role("button", name=button).click()
    result = page.evaluate("result")
    assert result.get("paymentIntent", {}).get("status") == status
    if status is None:
        assert result["error"]["code"] == "payment_intent_authentication_failure"
