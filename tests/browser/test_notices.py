"""What law wants shown is shown where it says, in both languages (issue 14, notices as data)."""

import re

import boto3
import pytest
from playwright.sync_api import expect

from chalicelib.words.notices import NOTICE_TEXTS
from sandbox.processor import connect_practice
from tests.browser.conftest import NewPayer
from tests.browser.stack import INLINE, Stack
from tests.browser.test_card_page import to_card
from tests.browser.test_everyone import assert_fits_everyone

pytestmark = [pytest.mark.browser, pytest.mark.slow]
NEW_YORK = "birch"
CARD_RISKS, ESTIMATES = NOTICE_TEXTS["card_risks_ny"], NOTICE_TEXTS["estimate_right"]
BOX = ("I have read this notice", "He leído este aviso")
DISPUTE = NOTICE_TEXTS["estimate_dispute"]


@pytest.fixture(scope="module")
def new_york(stack: Stack) -> str:
    """A practice that has New York's notice switched on, and all that is on by itself."""
    stack.books(
        "practice", practice=NEW_YORK, name="Birch Hill", flow="inline", notices={"card_risks_ny": True}
    )
    ssm = boto3.session.Session().client("ssm", endpoint_url=stack.config.aws_url)
    connect_practice(stack.config, ssm, NEW_YORK, None)
    return NEW_YORK


@pytest.fixture(scope="module")
def two_steps(stack: Stack) -> str:
    """It asks each time."""
    stack.books(
        "practice", practice="alder", name="Alder Street", flow="redirect", notices={"card_risks_ny": True},
        each_time=True,
    )  # fmt: skip
    ssm = boto3.session.Session().client("ssm", endpoint_url=stack.config.aws_url)
    connect_practice(stack.config, ssm, "alder", None)
    return "alder"


def test_14_new_yorks_notice_stands_beside_the_card_form_and_estimates_on_the_sign_in_page(
    new_payer: NewPayer, new_york: str
) -> None:
    payer = new_payer(new_york)
    payer.go()
    expect(payer.page.get_by_text(ESTIMATES[0])).to_be_visible()
    assert_fits_everyone(payer, "the sign-in page with a notice")
    payer.open_billing()
    payer.choose("Individual session")
    payer.page.get_by_role("dialog").get_by_label(BOX[0]).press("Space")
    payer.next("Continue to your card")
    expect(payer.page.locator("[data-state=ready]")).to_be_visible()
    expect(payer.page.locator(".pay-layout__how").get_by_text(CARD_RISKS[0])).to_be_visible()
    assert_fits_everyone(payer, "the card page with a notice")


def test_14_notices_are_shown_in_spanish(new_payer: NewPayer, new_york: str) -> None:
    payer = new_payer(new_york, locale="es-US")
    payer.go()
    expect(payer.page.get_by_text(ESTIMATES[1])).to_be_visible()
    payer.open_billing()
    payer.row("Individual session").get_by_role("button").click()
    payer.page.get_by_role("dialog").get_by_role("button", name="Continuar", exact=False).click()
    expect(payer.page.get_by_text(CARD_RISKS[1])).to_be_visible()
    summary = payer.page.locator(".error-summary")
    expect(summary).to_be_focused()
    expect(summary).to_contain_text("Marque que ha leído el aviso.")
    expect(payer.page.get_by_label(BOX[1])).not_to_be_checked()


def test_15_a_card_pays_once_its_notice_is_ticked_and_the_box_is_gone_afterwards(
    new_payer: NewPayer, new_york: str
) -> None:
    """By keyboard; it survives a reload, the summary leads to it, and Payment Methods asks no more."""
    payer = new_payer(new_york)
    payer.open_billing()
    payer.choose("Individual session")
    dialog = payer.page.get_by_role("dialog")
    box = dialog.get_by_label(BOX[0])
    expect(box).not_to_be_checked()
    payer.next("Continue to your card")
    expect(payer.page.locator(".error-summary")).to_be_focused()
    assert_fits_everyone(payer, "the dialog with a notice that was not ticked")
    dialog.get_by_role("link", name="Tick that you have read the notice.").press("Enter")
    expect(box).to_be_focused()
    payer.page.keyboard.press("Space")
    expect(payer.page.locator(".error-summary")).to_have_count(0)
    payer.page.reload()
    expect(box).to_be_checked()
    payer.next("Continue to your card")
    expect(payer.page.locator("[data-state=ready]")).to_be_visible()
    payer.type_card()
    payer.press_pay("$80.00")
    expect(payer.heading("Thank you. Your payment went through.")).to_be_visible()
    payer.go()
    payer.button("Pay Now").click()
    expect(dialog.get_by_role("button", name="Continue to your card")).to_be_visible()
    expect(dialog.get_by_label(BOX[0])).to_have_count(0)
    payer.go("payment-methods")
    payer.button("+New Card").click()
    expect(payer.page.get_by_text(CARD_RISKS[0])).to_be_visible()
    expect(payer.page.get_by_label(BOX[0])).to_have_count(0)


def test_15_in_two_steps_it_is_asked_in_the_second_window_and_each_time_where_the_practice_says_so(
    new_payer: NewPayer, two_steps: str
) -> None:
    payer = new_payer(two_steps)
    payer.sign_in()
    for _ in range(2):
        payer.go("payment-methods")
        payer.button("+New Card").click()
        payer.button("Continue to your card").click()
        expect(payer.page.locator(".error-summary")).to_be_focused()
        payer.page.get_by_label(BOX[0]).check()
        payer.button("Continue to your card").click()
        payer.page.wait_for_url(re.compile("/c/pay/"))
    payer.go()
    payer.choose("Individual session")
    payer.next("Next")
    expect(payer.page.get_by_text(CARD_RISKS[0])).to_have_count(1)
    payer.button("Submit").click()
    expect(payer.page.locator(".error-summary")).to_be_focused()
    assert_fits_everyone(payer, "the second window with a notice that was not ticked")
    payer.page.get_by_label(BOX[0]).check()
    payer.button("Submit").click()
    payer.page.wait_for_url(re.compile("/c/pay/"))


def test_14_where_it_is_not_switched_on_nothing_is_said(new_payer: NewPayer) -> None:
    payer = new_payer(INLINE)
    to_card(payer)
    expect(payer.page.get_by_text(CARD_RISKS[0])).to_have_count(0)


@pytest.mark.parametrize("locale", ["en-US", "es-US"])
def test_14_an_opened_invoice_that_is_400_dollars_above_an_estimate_says_so_and_names_it(
    new_payer: NewPayer, locale: str
) -> None:
    """In the document's language, which is the client's, whatever the page's is."""
    payer = new_payer(INLINE, locale=locale)
    about = {"practice": payer.practice, "account": payer.account}
    language = locale.partition("-")[0]
    payer.stack.books("estimate", **about, locale=language, clinician="amara", expected_minor=10_000)
    payer.stack.books(
        "charge", **about, name="above", days_ago=0, service="Long session", clinician="amara",
        owed_minor=50_000,
    )  # fmt: skip
    number = payer.stack.books("invoice", **about)
    payer.sign_in()
    payer.go("invoice", f"?account={payer.account}&id=invoice-{number}")
    law = payer.page.locator(".invoice-lines .law")
    expect(law).to_have_count(2)
    expect(law.first).to_have_text(DISPUTE[language == "es"])
    expect(law.first).to_have_attribute("lang", language)
    expect(law.last).to_contain_text("$100.00")
    expect(law.last).to_contain_text("$500.00")
    assert_fits_everyone(payer, "an opened invoice with the dispute notice")
