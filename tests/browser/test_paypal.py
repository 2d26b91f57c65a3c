"""Paying by PayPal (G9): chosen here, approved there, taken on the way back; in Chromium and in WebKit."""

import itertools
import re
from collections.abc import Iterator
from pathlib import Path

import boto3
import pytest
from playwright.sync_api import expect

from sandbox import paypal_apps
from sandbox.processor import connect_practice
from tests.browser.conftest import NewPayer, add_charges
from tests.browser.payer import Payer
from tests.browser.stack import Stack
from tests.browser.test_everyone import assert_fits_everyone
from tests.browser.test_webkit import Reader, paid
from tests.support import webkit
from tests.support.waiting import wait_until

pytestmark = [pytest.mark.browser, pytest.mark.slow]

PRACTICE = "brook"
THANKS = re.compile("Thank you. Your payment went through.|Gracias. Su pago se realizó.")
PHONE, DESK = (390, 844), (1280, 900)
_numbers = itertools.count(1)


@pytest.fixture(scope="module", autouse=True)
def brook(stack: Stack) -> None:
    """A practice that takes cards on its page, and PayPal."""
    both = ["stripe", "paypal"]
    stack.books("practice", practice=PRACTICE, name="Brook Lane Practice", flow="inline", processors=both)
    ssm = boto3.session.Session().client("ssm", endpoint_url=stack.config.aws_url)
    connect_practice(stack.config, ssm, PRACTICE, None)
    paypal_apps.connect_practice(stack.config, ssm, PRACTICE)


def to_paypal(payer: Payer) -> None:
    payer.open_billing()
    payer.choose("Individual session")
    dialog = payer.page.get_by_role("dialog")
    dialog.get_by_text("PayPal", exact=True).click()
    dialog.locator("button[type=submit]").click()
    expect(payer.page.get_by_text(re.compile("at PayPal|en PayPal")).first).to_be_visible()
    payer.page.get_by_role("button", name=re.compile("^(Submit|Enviar)$")).click()
    payer.page.wait_for_url(re.compile("/checkoutnow"))


def approve(payer: Payer, email: str = "buyer@example.org") -> None:
    form = payer.page.locator("#account")
    form.locator("input[type=email]").fill(email)
    form.get_by_role("button").click()


@pytest.mark.parametrize(("language", "size"), [("en-US", PHONE), ("es-US", DESK)])
def test_G9_who_pays_by_paypal_is_directed_there_and_comes_back(
    new_payer: NewPayer, language: str, size: tuple[int, int]
) -> None:
    """Issue 16: PayPal learns an amount and nothing of the care; coming back twice pays once."""
    payer = new_payer(PRACTICE, locale=language, viewport={"width": size[0], "height": size[1]})
    to_paypal(payer)
    expect(payer.page.locator("#amount")).to_have_text("80.00 USD")
    assert not re.search("Individual|Lindqvist|maya", payer.page.content(), re.IGNORECASE)
    approve(payer)
    expect(payer.page.get_by_role("heading", name=THANKS)).to_be_visible()
    expect(payer.page.locator(".slip")).to_contain_text("PayPal")
    assert_fits_everyone(payer, f"paid by PayPal, {language}")
    assert "PayerID" in payer.page.url
    payer.page.reload()
    expect(payer.page.get_by_role("heading", name=THANKS)).to_be_visible()
    assert payer.paid() == [8000]


def test_who_leaves_paypals_page_goes_on_and_one_who_is_declined_approves_it_another_way(
    new_payer: NewPayer,
) -> None:
    payer = new_payer(PRACTICE)
    to_paypal(payer)
    payer.page.locator("#cancel").click()
    declined = payer.page.get_by_text("PayPal did not take this payment")
    for turn, email in enumerate(("declined@example.org", "buyer@example.org")):
        expect(payer.heading("Your payment is not finished")).to_be_visible()
        expect(declined).to_have_count(turn)
        expect(payer.page.get_by_text("Nothing has been charged yet.")).to_be_visible()
        payer.button("Continue this payment").click()
        payer.page.wait_for_url(re.compile("/checkoutnow"))
        approve(payer, email)
    expect(payer.page.get_by_role("heading", name=THANKS)).to_be_visible()
    assert payer.paid() == [8000]


def test_what_paypal_reviews_is_called_so_and_speaks_of_no_bank(new_payer: NewPayer) -> None:
    payer = new_payer(PRACTICE)
    to_paypal(payer)
    approve(payer, "stuck@example.org")
    expect(payer.heading("PayPal is reviewing your payment")).to_be_visible()
    assert "bank" not in payer.page.locator("main").inner_text().lower()
    payer.go()
    expect(payer.page.get_by_text("PayPal is reviewing your payment of $80.00")).to_be_visible()


@pytest.fixture
def reader(stack: Stack, tmp_path: Path) -> Iterator[Reader]:
    account = f"pp{next(_numbers)}"
    stack.books(
        "person", practice=PRACTICE, email=f"{account}@example.test", accounts={account: "Maya Lindqvist"}
    )
    add_charges(stack, PRACTICE, account)
    with webkit.webkit(tmp_path) as window:
        yield Reader(stack, window, PRACTICE, f"{account}@example.test", account)


@pytest.mark.skipif(not webkit.installed(), reason="Debian: webkit2gtk-driver, xvfb")
def test_T4_coming_back_from_paypal_needs_no_setting_in_webkit(reader: Reader) -> None:
    reader.sign_in()
    reader.choose("Individual session")
    reader.window.script("document.querySelector('input[value=paypal]').click()")
    reader.next()
    reader.press("Submit")
    wait_until(lambda: "/checkoutnow" in reader.window.url(), what="PayPal's page")
    reader.window.press_enter("#account button")
    assert paid(reader) == [8000]


@pytest.mark.skipif(not webkit.installed(), reason="Debian: webkit2gtk-driver, xvfb")
def test_T4_guests_and_links_come_back_from_paypal_with_every_cookie_blocked(
    stack: Stack, tmp_path: Path
) -> None:
    """G9, T4, issue 16: in WebKit; each comes back to what became of the payment."""
    account = f"pp{next(_numbers)}"
    email = f"{account}@example.test"
    stack.books("person", practice=PRACTICE, email=email, accounts={account: "Maya Lindqvist"})
    add_charges(stack, PRACTICE, account)
    number = stack.books("invoice", practice=PRACTICE, account=account)
    address = stack.books(
        "pay_link", practice=PRACTICE, account=account, document=f"invoice-{number}", birth_date="1990-04-12"
    )
    with webkit.webkit(tmp_path, cookies=False) as window:
        reader = Reader(stack, window, PRACTICE, email, account)
        window.go(stack.url(f"/{PRACTICE}/guest?way=paypal"))
        for place, text in {"#amount": "60", "#client": "Maya Lindqvist", "#email": email}.items():
            window.type(place, text)
        window.script(
            "const clinician = document.querySelector('#clinician'); clinician.value = 'amara';"
            "clinician.dispatchEvent(new Event('change', {bubbles: true}));"
        )
        reader.press("Review payment")
        reader.press("Continue to PayPal")
        back_from_paypal(reader, "$60.00")
        window.go(address)
        assert window.script("document.cookie = 'kept=1'; return document.cookie") == ""
        for name, text in (("month", "4"), ("day", "12"), ("year", "1990")):
            window.type(f"#born-{name}", text)
        reader.press("See what is owed")
        window.wait_for(".link-owed")
        window.script("document.querySelector('input[value=paypal]').click()")
        reader.press("Next")
        reader.press("Pay $180.00")
        back_from_paypal(reader, "$180.00")


def back_from_paypal(reader: Reader, amount: str) -> None:
    wait_until(lambda: "/checkoutnow" in reader.window.url(), what="PayPal's page")
    reader.window.press_enter("#account button")
    reader.window.wait_for("//h1[contains(., 'Thank you. Your payment went through.')]")
    assert amount in reader.window.text(".slip")
