"""Amounts in words: what would do instead, and in which currency (issue 10, number 10)."""

import re

import pytest
from playwright.sync_api import Locator, expect

from tests.browser.conftest import NewPayer
from tests.browser.payer import Payer
from tests.browser.stack import Stack
from tests.browser.test_everyone import assert_fits_everyone

pytestmark = [pytest.mark.browser, pytest.mark.slow]


def dialog_for(payer: Payer, service: str = "Individual session") -> Locator:
    payer.open_billing()
    payer.choose(service)
    expect(payer.page.locator(".dialog .slip")).to_be_visible()
    return payer.page.get_by_role("dialog")


def test_10_a_refused_amount_says_which_amount_would_do(payer: Payer) -> None:
    error = dialog_for(payer).locator("#amount-error")
    for typed, words in (
        ("0.49", "Enter at least $0.50"),
        ("80.01", "Enter $80.00 at most."),
        ("2000000", "Enter $80.00 at most."),
        ("0.505", "Enter no more than 2 decimals."),
    ):
        payer.type_amount("20")
        expect(error).to_be_empty()
        payer.type_amount(typed)
        expect(error, typed).to_contain_text(words)


def test_10_the_amount_that_is_named_is_taken(payer: Payer) -> None:
    dialog = dialog_for(payer)
    for amount in ("0.50", "80.00"):
        payer.type_amount(amount)
        expect(dialog.locator(".pay-total")).to_contain_text(f"${amount}")
        expect(dialog.locator("#amount-error")).to_be_empty()


@pytest.mark.parametrize(
    ("currency", "locale", "sign", "name", "owed", "keys", "like"),
    [
        ("USD", "en-US", "$", "US dollars", "80.00", "decimal", "like 12.50."),
        ("JPY", "es-US", "¥", "yenes japoneses", "8000", "numeric", "como 1250."),
        ("KWD", "en-US", "KWD", "Kuwaiti dinars", "8.000", "decimal", "like 12.500."),
    ],
)
def test_10_the_amount_field_shows_and_says_its_currency(
    new_payer: NewPayer,
    stack: Stack,
    currency: str,
    locale: str,
    sign: str,
    name: str,
    owed: str,
    keys: str,
    like: str,
) -> None:
    practice = f"in-{currency.lower()}"
    stack.books("practice", practice=practice, name="Far Shore", flow="inline", currency=currency)
    payer = new_payer(practice, locale=locale)
    payer.sign_in()
    payer.go()
    payer.row("Individual session").get_by_role("button").click()
    field = payer.page.locator("#amount")
    expect(field).to_have_value(owed)
    expect(payer.page.locator(".amount-box")).to_contain_text(sign)
    expect(field).to_have_accessible_description(re.compile(f"^{name} "))
    expect(field).to_have_attribute("inputmode", keys)
    field.fill(f"{sign}{owed}")
    expect(payer.page.locator(".dialog .slip:not(.slip--stale)")).to_be_visible()
    expect(payer.page.locator("#amount-error")).to_be_empty()
    assert_fits_everyone(payer, f"the dialog in {currency}")
    field.fill("12.345.67")  # what is no figure is answered with one, as this currency writes it
    expect(payer.page.locator("#amount-error")).to_contain_text(like)
