"""The card page: the card on the first screen, fields that look like fields, notes that stay nowhere."""

import re

import pytest
from playwright.sync_api import Route, ViewportSize, expect

from tests.browser.conftest import NewPayer
from tests.browser.payer import CARD_FRAME, DECLINED_CARD, Payer
from tests.browser.stack import BANKS, REDIRECT
from tests.browser.test_everyone import assert_fits_everyone

pytestmark = [pytest.mark.browser, pytest.mark.slow]

PHONE: ViewportSize = {"width": 390, "height": 844}
DESK: ViewportSize = {"width": 1280, "height": 900}
NOTE = "For nobody else"
LEFT_BEHIND = "() => JSON.stringify([history.state, {...sessionStorage}, {...localStorage}])"


def to_card(payer: Payer, *, note: str = "", button: str = "Continue to your card") -> None:
    payer.open_billing()
    payer.choose("Individual session")
    if note:
        payer.add_note(note)
    payer.next(button)
    expect(payer.page.locator("[data-state=ready]")).to_be_visible()


def test_8_a_phones_first_screen_shows_the_first_card_field_and_cancel_stands_below(
    new_payer: NewPayer,
) -> None:
    payer = new_payer(viewport=PHONE)
    to_card(payer)
    assert payer.page.evaluate("window.scrollY") == 0
    number = payer.page.frame_locator(CARD_FRAME).get_by_label("Card number").bounding_box()
    pay, cancel = (
        button.bounding_box() for button in (payer.pay_button("$80.00"), payer.button("Cancel payment"))
    )
    assert number
    assert number["y"] + number["height"] < PHONE["height"]
    assert pay
    assert cancel
    assert cancel["y"] > pay["y"] + pay["height"]


def test_16_on_a_phone_the_slip_is_one_line_above_the_form_and_opens(new_payer: NewPayer) -> None:
    payer = new_payer(viewport=PHONE)
    to_card(payer, note="Both of us")
    line = payer.page.locator(".pay-fold summary")
    expect(line).to_contain_text("You pay $80.00")
    box = line.bounding_box()
    assert box
    assert box["height"] < 60
    expect(payer.page.locator(".slip")).not_to_be_visible()
    line.click()
    expect(payer.page.locator(".slip")).to_contain_text("Individual session")
    expect(payer.page.get_by_text("Both of us")).to_be_visible()
    assert_fits_everyone(payer, "the unfolded slip")
    payer.page.set_viewport_size(DESK)
    expect(payer.page.locator(".slip")).to_be_visible()
    expect(payer.page.locator(".pay-fold")).to_have_count(0)


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_16_no_card_field_looks_disabled(new_payer: NewPayer, scheme: str) -> None:
    """The processor's fields have the colour of the card that they are on, not that of what is off."""
    payer = new_payer(color_scheme=scheme)
    to_card(payer)
    colour = "(element) => getComputedStyle(element).backgroundColor"
    surface = payer.page.locator(".pay-layout__how").evaluate(colour)
    assert payer.page.frame_locator(CARD_FRAME).get_by_label("Card number").evaluate(colour) == surface
    assert payer.page.locator("#card-fields").evaluate(colour) == surface


def test_10_a_declined_card_is_called_a_card_where_bank_accounts_are_taken_too(new_payer: NewPayer) -> None:
    payer = new_payer(BANKS)
    payer.stack.flow(BANKS, "inline")
    to_card(payer, button="Continue to card or bank account")
    payer.type_card(DECLINED_CARD)
    payer.press_pay("$80.00")
    expect(payer.page.get_by_text("Your card was declined", exact=True)).to_be_visible()


@pytest.mark.parametrize(
    ("number", "words"),
    [
        (DECLINED_CARD, "Su tarjeta fue rechazada"),
        ("4000 0000 0000 9995", "Su tarjeta no tiene saldo suficiente"),
        ("4000 0000 0000 0127", "El código de seguridad de la tarjeta no es correcto"),
    ],
)
def test_10_a_decline_is_one_sentence_in_the_pages_language(
    new_payer: NewPayer, number: str, words: str
) -> None:
    """The processor's own stood under it: once more the same, or in another language."""
    payer = new_payer(locale="es-US")
    payer.sign_in()
    payer.go()
    payer.row("Individual session").get_by_role("button").click()
    payer.next("Continuar con su tarjeta")
    expect(payer.page.locator("[data-state=ready]")).to_be_visible()
    payer.type_card(number)
    payer.button("Hacer un pago").press("Enter")
    said = payer.page.locator(".card-form__declined .notice")
    expect(said.get_by_text(words, exact=True)).to_be_visible()
    expect(said.locator("p")).to_have_text([words, re.compile("^No se ha cobrado nada. ")])


def test_10_the_button_answers_while_the_card_fields_load(payer: Payer) -> None:
    held: list[Route] = []
    payer.page.route(re.compile("stripe.js"), lambda route: held.append(route))
    payer.open_billing()
    payer.choose("Individual session")
    payer.next("Continue to your card")
    button = payer.pay_button("$80.00")
    expect(payer.page.get_by_role("status").filter(has_text="Loading the secure")).to_be_visible()
    expect(button).not_to_have_attribute("aria-disabled", "true")
    button.press("Enter")
    expect(payer.page.get_by_role("status").filter(has_text="not there yet")).to_be_visible()
    held[0].continue_()
    expect(payer.page.locator("[data-state=ready]")).to_be_visible()
    expect(payer.page.get_by_text("not there yet")).to_have_count(0)


def test_15_paying_leaves_no_notes_in_the_browser(payer: Payer) -> None:
    to_card(payer, note=NOTE)
    assert NOTE not in payer.page.evaluate(LEFT_BEHIND)  # the API has them now
    payer.page.reload()
    payer.page.locator(".pay-fold summary").click()
    expect(payer.page.get_by_text(NOTE)).to_be_visible()
    payer.type_card()
    payer.press_pay("$80.00")
    expect(payer.heading("Thank you. Your payment went through.")).to_be_visible()
    assert NOTE not in payer.page.evaluate(LEFT_BEHIND)
    assert payer.page.evaluate("Object.keys(sessionStorage)") == [
        "billfold.whose"
    ]  # no more than whose tab it is


def test_15_signing_out_leaves_no_notes_in_an_entry_of_the_history(new_payer: NewPayer) -> None:
    """A dialog that Back has closed is an entry that Forward would open."""
    payer = new_payer(REDIRECT)
    payer.open_billing()
    payer.choose("Individual session")
    payer.add_note(NOTE)
    payer.type_amount("12.34")
    payer.page.go_back()
    expect(payer.page.get_by_role("dialog")).to_have_count(0)
    payer.sign_out()
    expect(payer.page.get_by_text("You are signed out.")).to_be_visible()
    payer.page.go_forward()
    left = payer.page.evaluate(LEFT_BEHIND)
    assert NOTE not in left
    assert "12.34" not in left


def test_8_canceling_before_anything_was_sent_leaves_no_notes_in_the_browser(new_payer: NewPayer) -> None:
    """Issue 11, number 8."""
    payer = new_payer(REDIRECT)
    payer.open_billing()
    payer.choose("Individual session")
    payer.add_note(NOTE)
    payer.next("Next")
    expect(payer.button("Submit")).to_be_visible()
    payer.button("Cancel payment").press("Enter")
    expect(payer.heading("You owe", level=2)).to_be_visible()
    assert NOTE not in payer.page.evaluate(LEFT_BEHIND)
    assert payer.payments() == []


def test_15_changing_the_amount_brings_the_notes_back(payer: Payer) -> None:
    to_card(payer, note=NOTE)
    payer.button("Change amount, notes or way to pay").press("Enter")
    expect(payer.page.get_by_label("Notes")).to_have_value(NOTE)
    expect(payer.page.get_by_label("Payment Amount")).to_have_value("80.00")
    payer.page.keyboard.press("Escape")
    payer.choose("Individual session")
    expect(payer.page.get_by_label("Notes")).to_have_value("")
