"""Both sets of labels, word for word, in both flows and languages; whose card it is, asked beside it."""

import re
from dataclasses import dataclass

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import NewPayer
from tests.browser.payer import CARD_FRAME, Payer
from tests.browser.stack import INLINE, REDIRECT
from tests.browser.test_everyone import assert_fits_everyone
from tests.browser.test_invoices import with_invoice

pytestmark = [pytest.mark.browser, pytest.mark.slow]

WIDE = {"width": 1280, "height": 900}


@dataclass(frozen=True)
class Labels:
    """What a payer reads on the way, in one language."""

    locale: str
    make: str
    amount: str
    notes: str
    add_note: str
    card: str
    next: str
    submit: str
    now: str
    pay: str
    thanks: str


ENGLISH = Labels(
    "en-US", "Make a Payment", "Payment Amount", "Notes", "Add a note", "Continue to your card", "Next",
    "Submit", "Pay Now", "Pay $180.00", "Thank you.",
)  # fmt: skip
SPANISH = Labels(
    "es-US", "Hacer un pago", "Importe del pago", "Notas", "Añadir una nota", "Continuar con su tarjeta",
    "Siguiente", "Enviar", "Pagar ahora", "Pagar $180.00", "Gracias.",
)  # fmt: skip
BOTH = pytest.mark.parametrize("said", [ENGLISH, SPANISH], ids=["en", "es"])


def to_dialog(payer: Payer, said: Labels) -> None:
    payer.open_billing()
    row = payer.row("Individual session")
    expect(row.get_by_role("button")).to_have_text(said.make)
    row.get_by_role("button").click()
    expect(payer.heading(said.make, level=2)).to_be_visible()
    expect(payer.page.get_by_label(said.amount)).to_be_editable()
    payer.page.get_by_role("dialog").get_by_text(said.add_note).click()
    expect(payer.page.get_by_label(re.compile(f"^{said.notes}"))).to_be_focused()


@BOTH
def test_T5_T10_T11_T12_one_service_is_paid_on_this_page_with_make_a_payment(
    new_payer: NewPayer, said: Labels
) -> None:
    """The amount of one service is asked for; what charges is named as in the first flow's set."""
    payer = new_payer(INLINE, locale=said.locale, viewport=WIDE)
    to_dialog(payer, said)
    payer.page.get_by_label(said.amount).fill("30.00")
    payer.next(said.card)
    expect(payer.page.locator("[data-state=ready]")).to_be_visible()
    expect(payer.button(said.make)).to_be_visible()
    expect(payer.page.locator(".pay-layout__what")).to_contain_text("$30.00")
    payer.type_card()
    payer.button(said.make).press("Enter")
    expect(payer.page.get_by_role("heading", name=said.thanks)).to_be_visible()
    assert payer.paid() == [3000]


@BOTH
def test_T12_one_service_is_paid_in_two_steps_with_next_and_submit(new_payer: NewPayer, said: Labels) -> None:
    payer = new_payer(REDIRECT, locale=said.locale, viewport=WIDE)
    to_dialog(payer, said)
    payer.next(said.next)
    payer.button(said.submit).click()
    payer.page.wait_for_url(re.compile("/c/pay/"))
    for label in ("Name on card", "Card number", "ZIP code"):  # S11: the processor's own page asks them
        expect(payer.page.get_by_label(label)).to_be_visible()
    payer.pay_on_processors_page()
    expect(payer.page.get_by_role("heading", name=said.thanks)).to_be_visible()
    assert payer.paid() == [8000]


@BOTH
@pytest.mark.parametrize("practice", [INLINE, REDIRECT])
def test_S8_S9_S13_pay_now_opens_and_pay_with_the_amount_confirms(
    new_payer: NewPayer, practice: str, said: Labels
) -> None:
    """For balance and invoice alike, in both flows; what the button says is what is charged."""
    payer = new_payer(practice, locale=said.locale, viewport=WIDE)
    number = with_invoice(payer)
    payer.open_billing()
    going_on = said.card if practice == INLINE else said.next
    for page in ("billing", "invoice"):
        payer.go(page, f"?id=invoice-{number}")
        payer.button(said.now).click()
        payer.next(going_on)
        expect(payer.button(said.pay)).to_be_visible()
    if practice == REDIRECT:
        payer.button(said.pay).click()
        payer.page.wait_for_url(re.compile("/c/pay/"))
        payer.pay_on_processors_page()
    else:
        payer.type_card()
        payer.button(said.pay).press("Enter")
    expect(payer.page.get_by_role("heading", name=said.thanks)).to_be_visible()
    assert payer.paid() == [18000]


@pytest.mark.parametrize(
    ("locale", "name", "zip_code"),
    [
        ("en-US", "Cardholder’s name", "Billing ZIP code"),
        ("es-US", "Nombre del titular de la tarjeta", "Código postal de facturación"),
    ],
)
def test_S11_cardholders_name_card_and_billing_zip_go_to_the_processor_alone(
    new_payer: NewPayer, locale: str, name: str, zip_code: str
) -> None:
    """The processor's own fields ask no name: page and fields ask each once, and our API hears none of it."""
    payer = new_payer(locale=locale, color_scheme="dark", viewport={"width": 320, "height": 640})
    told: list[str] = []
    payer.page.on("request", lambda request: told.append(f"{request.url} {request.post_data or ''}"))
    to_card(payer)
    frame = payer.page.frame_locator(CARD_FRAME)
    for asked_here in ("Name on card", "ZIP code"):
        expect(frame.get_by_label(asked_here)).not_to_be_visible()
    assert_fits_everyone(payer, "card with its holder")
    payer.type_card()
    whose = f"Odalys {payer.account} Canaria"
    payer.page.get_by_label(name).fill(whose)
    payer.page.get_by_label(zip_code).fill("97299")
    payer.page.locator(".card-form button[type=submit]").press("Enter")
    expect(payer.page.locator(".slip")).to_be_visible()
    (charge,) = [
        charge
        for charge in payer.stack.at_stripe(payer.practice, "charges?limit=100")["data"]
        if charge["billing_details"]["name"] == whose
    ]
    assert charge["billing_details"]["address"]["postal_code"] == "97299"
    ours = [said for said in told if said.startswith(payer.stack.config.portal_url)]
    assert not [said for said in ours if "Canaria" in said or "97299" in said]


def test_S11_a_wallet_and_a_bank_account_are_not_asked_whose_card_it_is(new_payer: NewPayer) -> None:
    """A wallet knows it; its own window opens while the press counts, and pays."""
    payer = new_payer()
    payer.stack.control("POST", "wallets", {"account": payer.practice, "wallets": ["apple_pay"]})
    try:
        to_card(payer)
        expect(payer.page.locator("#card-name")).to_be_visible()
        payer.page.frame_locator(CARD_FRAME).get_by_label("Apple Pay").check()
        expect(payer.page.locator("#card-name")).to_have_count(0)
        expect(payer.page.locator("#card-zip")).to_have_count(0)
        email = payer.page.get_by_label("E-mail address")
        email.fill(payer.email)
        payer.press_pay("$80.00")
        expect(payer.heading("Thank you. Your payment went through.")).to_be_visible()
        assert payer.paid() == [8000]
    finally:
        payer.stack.control("POST", "wallets", {"account": payer.practice, "wallets": []})


def to_card(payer: Payer) -> None:
    payer.open_billing()
    payer.row("Individual session").get_by_role("button").click()
    payer.page.locator(".dialog button[type=submit]").click()
    expect(payer.page.locator("[data-state=ready]")).to_be_visible()
