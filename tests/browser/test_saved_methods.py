"""Paying with what is saved, and saving while paying: in one step and in two (T13 to T15, S12)."""

import re

import pytest
from playwright.sync_api import Locator, Route, expect

from tests.browser.conftest import NewPayer
from tests.browser.payer import CHALLENGED_CARD, GOOD_CARD, Payer
from tests.browser.stack import INLINE, REDIRECT
from tests.browser.test_everyone import NARROW, WIDE, assert_fits_everyone, tab_to
from tests.browser.test_payment_methods import OTHER_CARD, add_card, open_methods, row, saved

pytestmark = [pytest.mark.browser, pytest.mark.slow]

THANKS = "Thank you. Your payment went through."
SAVE_HERE, SAVE_THERE = "Save Card for Future Payments", "Save for Future Use"
SAVES_BUT_DECLINES = "4000 0000 0000 0341"


def with_cards(payer: Payer, *numbers: str) -> None:
    """Saved without paying; the first is the default."""
    payer.sign_in()
    if payer.stack.practice_flow(payer.practice) == "redirect":
        for number in numbers:
            payer.go("payment-methods")
            payer.button("+New Card").click()
            payer.button("Continue to your card").click()
            payer.page.wait_for_url(re.compile("/c/pay/"))
            payer.fill_card(payer.page, number)
            payer.page.get_by_role("button", name=re.compile("^Save")).click()
            expect(payer.page.locator(".notice--good")).to_contain_text("It is saved")
        return
    open_methods(payer)
    for number in numbers:
        add_card(payer, number)
        saved(payer, number[-4:])


def choose(payer: Payer) -> Locator:
    payer.go()
    payer.choose("Individual session")
    return payer.page.get_by_role("dialog")


def test_T13_T10_T11_one_service_is_paid_with_a_saved_card_in_the_first_flow(new_payer: NewPayer) -> None:
    """Amount, a saved card or Enter New Card, notes, Make a Payment; nothing is typed again."""
    payer = new_payer(INLINE)
    with_cards(payer, GOOD_CARD, OTHER_CARD)
    dialog = choose(payer)
    expect(dialog.get_by_role("radio", name="Visa ending in 4242")).to_be_checked()
    expect(dialog.get_by_role("radio", name="Enter New Card")).not_to_be_checked()
    dialog.get_by_text("Mastercard ending in 4444").click()
    payer.type_amount("30.00")
    payer.add_note("From the other card")
    assert_fits_everyone(payer, "the dialog with saved cards")
    payer.next("Next")
    expect(payer.page.get_by_text("Mastercard ending in 4444")).to_be_visible()
    assert_fits_everyone(payer, "review of a saved card")
    payer.page.reload()
    expect(payer.page.get_by_text("Mastercard ending in 4444")).to_be_visible()
    expect(payer.button("Make a Payment")).to_be_visible()
    payer.button("Make a Payment").press("Enter")
    expect(payer.heading(THANKS)).to_be_visible()
    assert payer.paid() == [3000]
    assert "4444" in str(payer.payments()[0]["method"])
    assert payer.payments()[0]["notes"] == "From the other card"


def test_S8_S13_the_balance_is_paid_with_a_saved_card_and_the_button_names_it(new_payer: NewPayer) -> None:
    """Who pays for several reads at each step whose account it is."""
    payer = new_payer(INLINE, children={"noe": "Noé Lindqvist"})
    with_cards(payer, GOOD_CARD)
    payer.go(query=f"?account={payer.account}")
    payer.button("Pay Now").click()
    expect(payer.page.get_by_role("radio", name="Visa ending in 4242")).to_be_checked()
    for_whom = payer.page.locator(".pay-for")
    expect(for_whom).to_have_text("For Maya Lindqvist (you)")
    payer.next("Next")
    expect(payer.button("Pay $180.00")).to_be_visible()
    expect(for_whom).to_have_text("For Maya Lindqvist (you)")
    payer.button("Pay $180.00").press("Enter")
    expect(payer.heading(THANKS)).to_be_visible()
    expect(for_whom).to_have_text("For Maya Lindqvist (you)")
    assert payer.paid() == [18000]


def test_T14_saved_or_new_is_asked_in_the_second_window_and_survives_a_reload(new_payer: NewPayer) -> None:
    """Amount and notes, Next; Saved or New Payment Method, Submit."""
    payer = new_payer(REDIRECT)
    with_cards(payer, GOOD_CARD, OTHER_CARD)
    dialog = choose(payer)
    expect(dialog.get_by_role("radio")).to_have_count(0)
    payer.add_note("Please look")
    payer.next("Next")
    visa, other, new = (
        payer.page.get_by_role("radio", name=name)
        for name in ("Visa ending in 4242", "Mastercard ending in 4444", "New Payment Method")
    )
    expect(visa).to_be_checked()
    expect(payer.page.get_by_label(SAVE_THERE)).to_have_count(0)
    assert_fits_everyone(payer, "the second window")
    payer.page.get_by_text("New Payment Method").click()
    expect(payer.page.get_by_label(SAVE_THERE)).not_to_be_checked()
    assert_fits_everyone(payer, "the second window, a new one")
    payer.page.reload()
    expect(new).to_be_checked()
    payer.page.get_by_text("Mastercard ending in 4444").click()
    payer.page.reload()
    expect(other).to_be_checked()
    expect(payer.page.get_by_text("Please look")).to_be_visible()
    payer.button("Submit").press("Enter")
    expect(payer.heading(THANKS)).to_be_visible()
    assert payer.paid() == [8000]
    assert "4444" in str(payer.payments()[0]["method"])


@pytest.mark.parametrize("ticks", [True, False])
def test_T15_S12_a_card_is_saved_while_paying_here_only_where_that_was_ticked(
    new_payer: NewPayer, ticks: bool
) -> None:
    payer = new_payer(INLINE)
    payer.open_billing()
    payer.choose("Individual session")
    box = payer.page.get_by_label(SAVE_HERE)
    expect(box).not_to_be_checked()
    expect(payer.page.locator(".save-box__consent")).to_contain_text("Payment Methods")
    if ticks:
        box.check()
    assert_fits_everyone(payer, "the dialog with the box")
    payer.next("Continue to your card")
    expect(payer.page.locator("[data-state=ready]")).to_be_visible()
    expect(payer.page.get_by_text("is saved for future payments")).to_have_count(1 if ticks else 0)
    payer.type_card()
    payer.press_pay("$80.00")
    expect(payer.heading(THANKS)).to_be_visible()
    payer.go("payment-methods")
    if ticks:
        expect(row(payer, "Visa ending in 4242").locator(".tag")).to_have_text("Default")
    else:
        expect(payer.page.get_by_text("Nothing is saved yet.")).to_be_visible()


@pytest.mark.parametrize("ticks", [True, False])
def test_T15_a_card_is_saved_while_paying_there_only_where_that_was_ticked(
    new_payer: NewPayer, ticks: bool
) -> None:
    payer = new_payer(REDIRECT)
    payer.open_billing()
    payer.choose("Individual session")
    payer.next("Next")
    box = payer.page.get_by_label(SAVE_THERE)
    expect(box).not_to_be_checked()
    if ticks:
        box.check()
        payer.page.reload()
        expect(box).to_be_checked()
    payer.button("Submit").click()
    payer.page.wait_for_url(re.compile("/c/pay/"))
    if ticks:
        payer.page.go_back()
        expect(payer.page.get_by_text("is saved for future payments")).to_be_visible()
        payer.button("Submit").click()
        payer.page.wait_for_url(re.compile("/c/pay/"))
    payer.pay_on_processors_page()
    expect(payer.heading(THANKS)).to_be_visible()
    expect(payer.page.get_by_text("is kept for future payments")).to_have_count(1 if ticks else 0)
    payer.go("payment-methods")
    if ticks:
        expect(row(payer, "Visa ending in 4242")).to_be_visible()
    else:
        expect(payer.page.get_by_text("Nothing is saved yet.")).to_be_visible()


@pytest.mark.parametrize("practice", [INLINE, REDIRECT])
def test_a_saved_card_that_is_refused_says_so_and_another_pays_once(
    new_payer: NewPayer, practice: str
) -> None:
    payer = new_payer(practice)
    with_cards(payer, SAVES_BUT_DECLINES, GOOD_CARD)
    choose(payer)
    payer.next("Next")
    expect(payer.page.get_by_text("Visa ending in 0341 is charged $80.00 when")).to_be_visible()
    payer.button("Make a Payment" if practice == INLINE else "Submit").press("Enter")
    expect(payer.page.get_by_role("alert")).to_contain_text("Nothing was charged")
    expect(payer.page.get_by_role("alert")).to_contain_text("Visa ending in 0341")
    expect(payer.page.get_by_role("radio", name="Visa ending in 0341 Was refused just now")).to_be_visible()
    assert_fits_everyone(payer, "a saved card that was refused")
    payer.page.get_by_text("Visa ending in 4242").click()
    payer.button("Make a Payment" if practice == INLINE else "Submit").press("Enter")
    expect(payer.heading(THANKS)).to_be_visible()
    assert payer.paid() == [8000]
    assert payer.owed() == 16000


@pytest.mark.parametrize("answer", ["Complete", "Fail"])
def test_a_saved_card_whose_bank_asks_leads_there_and_back(new_payer: NewPayer, answer: str) -> None:
    payer = new_payer(INLINE)
    open_methods(payer)
    add_card(payer, CHALLENGED_CARD)
    payer.answer_challenge("Complete")
    saved(payer, "3220")
    choose(payer)
    payer.next("Next")
    payer.button("Make a Payment").press("Enter")
    if answer == "Complete":
        payer.page.wait_for_url(re.compile(re.escape(payer.stack.config.stripe_url)))
        payer.page.go_back()
        payer.button("Continue to your bank").click()
    payer.answer_challenge(answer)
    if answer == "Complete":
        expect(payer.heading(THANKS)).to_be_visible()
        assert payer.paid() == [8000]
    else:
        expect(payer.heading("This payment was not completed")).to_be_visible()
        expect(payer.page.get_by_text("another payment method")).to_be_visible()
        assert payer.paid() == []
        assert payer.owed() == 24000
        payer.button("Pay another way").click()
        dialog = payer.page.get_by_role("dialog")
        expect(dialog.get_by_role("radio", name="Was refused just now")).not_to_be_checked()
        expect(dialog.get_by_label("Payment Amount")).to_have_value("80.00")


def test_a_saved_card_that_was_removed_in_another_tab_is_not_charged(new_payer: NewPayer) -> None:
    payer = new_payer(INLINE)
    with_cards(payer, GOOD_CARD)
    choose(payer)
    payer.next("Next")
    expect(payer.button("Make a Payment")).to_be_visible()
    other = payer.context.new_page()
    other.goto(payer.stack.url(f"/{payer.practice}/payment-methods"))
    other.get_by_role("button", name="Remove: Visa ending in 4242").click()
    other.get_by_role("button", name="Remove it").click()
    expect(other.get_by_text("Nothing is saved yet.")).to_be_visible()
    payer.button("Make a Payment").press("Enter")
    expect(payer.page.get_by_role("alert")).to_contain_text("not saved any more")
    payer.button("Continue to your card").press("Enter")
    payer.type_card()
    payer.press_pay("$80.00")
    expect(payer.heading(THANKS)).to_be_visible()
    assert payer.paid() == [8000]


def test_a_double_click_and_an_answer_that_is_lost_charge_a_saved_card_once(new_payer: NewPayer) -> None:
    payer = new_payer(INLINE)
    with_cards(payer, GOOD_CARD)
    choose(payer)
    payer.next("Next")
    lost: list[str] = []

    def lose_the_first(route: Route) -> None:
        lost.append(route.request.headers["idempotency-key"])
        if len(lost) == 1:
            route.fetch()
            route.abort("connectionreset")
        else:
            route.continue_()

    payer.page.route(re.compile("/payments$"), lose_the_first)
    button = payer.button("Make a Payment")
    expect(button).not_to_have_attribute("aria-disabled", "true")
    button.evaluate("(element) => { element.click(); element.click(); }")
    expect(payer.button("Try again")).to_be_visible()
    payer.button("Try again").press("Enter")
    expect(payer.heading(THANKS)).to_be_visible()
    assert lost == [lost[0]] * 2
    assert payer.paid() == [8000]


@pytest.mark.parametrize(
    ("practice", "scheme", "viewport"), [(INLINE, "dark", NARROW), (REDIRECT, "light", WIDE)]
)
def test_T13_T14_T15_en_espanol(
    new_payer: NewPayer, practice: str, scheme: str, viewport: dict[str, int]
) -> None:
    """Saved while paying, and the next payment is made with it."""
    payer = new_payer(practice, locale="es-US", color_scheme=scheme, viewport=viewport)
    payer.open_billing()
    payer.row("Individual session").get_by_role("button").click()
    inline = practice == INLINE
    if not inline:
        payer.next("Siguiente")
    box = "Guardar la tarjeta para pagos futuros" if inline else "Guardar para uso futuro"
    payer.page.get_by_label(box).check()
    assert_fits_everyone(payer, "la casilla")
    if inline:
        payer.next("Continuar con su tarjeta")
        payer.type_card()
        payer.button("Hacer un pago").press("Enter")
    else:
        payer.button("Enviar").click()
        payer.page.wait_for_url(re.compile("/c/pay/"))
        payer.pay_on_processors_page()
    expect(payer.page.get_by_role("heading", name="Gracias.")).to_be_visible()
    payer.go()
    payer.row("Family session").get_by_role("button").click()
    new = "Ingresar una tarjeta nueva" if inline else "Método de pago nuevo"
    if inline:
        expect(payer.page.get_by_role("radio", name=new)).to_be_visible()
    payer.next("Siguiente")
    if not inline:
        expect(payer.page.get_by_role("radio", name=new)).to_be_visible()
        expect(payer.page.get_by_role("radio", name=re.compile("4242"))).to_be_checked()
    assert_fits_everyone(payer, "con la tarjeta guardada")
    payer.button("Hacer un pago" if inline else "Enviar").press("Enter")
    expect(payer.page.get_by_role("heading", name="Gracias.")).to_be_visible()
    assert sorted(payer.paid()) == [8000, 10000]


def test_T13_the_keyboard_alone_pays_with_a_saved_card(new_payer: NewPayer) -> None:
    payer = new_payer(INLINE)
    with_cards(payer, GOOD_CARD, OTHER_CARD)
    payer.go()
    keys = payer.page.keyboard
    expect(payer.page.locator(".balance__amount")).to_be_visible()
    tab_to(payer, "Pay: Individual session")
    keys.press("Enter")
    expect(payer.page.get_by_role("radio", name="Visa ending in 4242")).to_be_checked()
    payer.page.get_by_role("radio", name="Visa ending in 4242").focus()
    keys.press("ArrowDown")
    expect(payer.page.get_by_role("radio", name="Mastercard ending in 4444")).to_be_checked()
    tab_to(payer, "Next")
    keys.press("Enter")
    expect(payer.page.get_by_text("Mastercard ending in 4444")).to_be_visible()
    tab_to(payer, "Make a Payment")
    keys.press("Enter")
    expect(payer.heading(THANKS)).to_be_visible()
    assert payer.paid() == [8000]


def test_a_practice_that_wants_the_security_code_again_asks_it_beside_the_button(new_payer: NewPayer) -> None:
    payer = new_payer(INLINE)
    name, flow = payer.stack.practice_name(INLINE), "inline"
    with_cards(payer, GOOD_CARD)
    payer.stack.books("practice", practice=INLINE, name=name, flow=flow, security_code_again=True)
    try:
        choose(payer)
        payer.next("Next")
        expect(payer.page.locator("#cvc[data-state=ready]")).to_be_visible()
        assert_fits_everyone(payer, "the security code")
        payer.button("Make a Payment").press("Enter")
        expect(payer.page.get_by_text("Type the security code: 3 or 4 digits")).to_be_visible()
        assert payer.payments() == []
        payer.page.frame_locator("#cvc iframe").get_by_label("Security code").fill("123")
        payer.button("Make a Payment").press("Enter")
        expect(payer.heading(THANKS)).to_be_visible()
        assert payer.paid() == [8000]
    finally:
        payer.stack.books("practice", practice=INLINE, name=name, flow=flow)
