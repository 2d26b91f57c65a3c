"""What law wants shown is shown where it says, in both languages (issue 14, notices as data)."""

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


def test_14_new_yorks_notice_stands_beside_the_card_form_and_estimates_on_the_sign_in_page(
    new_payer: NewPayer, new_york: str
) -> None:
    payer = new_payer(new_york)
    payer.go()
    expect(payer.page.get_by_text(ESTIMATES[0])).to_be_visible()
    assert_fits_everyone(payer, "the sign-in page with a notice")
    to_card(payer)
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
