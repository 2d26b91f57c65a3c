"""For everyone: axe finds nothing, keys are enough, 320 px lose nothing, Spanish is complete (proofs 25)."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pytest
from playwright.sync_api import expect

from sandbox.config import ROOT
from tests.browser.conftest import NewPayer
from tests.browser.payer import CARD_FRAME, DECLINED_CARD, Payer
from tests.support.payer import SIGN_IN_CODE

pytestmark = [pytest.mark.browser, pytest.mark.slow]

AXE = (ROOT / "portal/node_modules/axe-core/axe.min.js").read_text()
# A window keeps it while pages change inside of it.
HAS_AXE = "() => 'axe' in window"
RUN_AXE = "async () => (await axe.run(document, { resultTypes: ['violations'] })).violations"
NARROW = {"width": 320, "height": 640}
WIDE = {"width": 1280, "height": 900}


def assert_fits_everyone(payer: Payer, state: str) -> None:
    """No axe violation, no horizontal scrolling, a language, one h1."""
    page = payer.page
    if not page.evaluate(HAS_AXE):
        page.evaluate(AXE)
    found: Any = page.evaluate(RUN_AXE)
    faults = [(v["id"], [node["target"] for node in v["nodes"]]) for v in found]
    assert faults == [], state
    overflow = page.evaluate("document.documentElement.scrollWidth - window.innerWidth")
    assert overflow <= 0, f"{state} is {overflow} px too wide"
    assert page.locator("h1").count() == 1, state


@dataclass(frozen=True)
class Words:
    """What the journey presses and waits for, in one language."""

    email: str
    send: str
    code: str
    enter: str
    balance: str
    pay: str
    amount: str
    card: str
    card_title: str
    declined: str
    thanks: str
    receipt: str
    payments: str
    dates: str


ENGLISH = Words(
    "E-mail address", "E-mail me a code", "Code from the e-mail", "Sign in", "You owe",
    "Make a Payment", "Payment Amount", "Continue to your card", "Card details",
    "Your card was declined", "Thank you.",
    "Open or print", "Payments", "Choose dates",
)  # fmt: skip
SPANISH = Words(
    "Correo electrónico", "Enviarme un código", "Código del correo", "Iniciar sesión", "Usted debe",
    "Hacer un pago", "Importe del pago", "Continuar con su tarjeta", "Datos de la tarjeta",
    "Su tarjeta fue rechazada", "Gracias.", "Abrir o imprimir", "Pagos", "Elegir fechas",
)  # fmt: skip


def journey(payer: Payer, words: Words) -> Iterator[str]:
    """Goes through every page and state, and stops at each."""
    page = payer.page
    payer.go("")
    expect(page.get_by_label(words.email)).to_be_visible()
    yield "sign-in"
    payer.button(words.send).click()
    expect(page.locator(".error-summary")).to_be_visible()
    yield "sign-in without an address"
    page.get_by_label(words.email).fill(payer.email)
    payer.button(words.send).click()
    page.get_by_label(words.code).fill("12")
    payer.button(words.enter).click()
    expect(page.locator(".error-summary")).to_be_visible()
    yield "half a code"
    page.get_by_label(words.code).fill(code_in(payer))
    payer.button(words.enter).click()
    expect(payer.heading(words.balance, level=2)).to_be_visible()
    expect(page.locator(".history tbody tr").first).to_be_visible()
    yield "billing"
    page.locator(".services thead input").check()
    expect(page.locator(".selection__amount")).to_contain_text("$")
    yield "services chosen"
    page.get_by_role("button", name=words.dates).click()
    page.locator("#range-from").fill("2030-01-02")
    page.locator("#range-to").fill("2030-01-01")
    page.locator("#range-to").press("Enter")
    expect(page.locator("#range .error-summary")).to_be_visible()
    yield "reversed dates"
    page.keyboard.press("Escape")
    payer.row("Individual session").get_by_role("button").click()
    page.get_by_label(words.amount).fill("1.250")
    expect(page.locator(".which")).to_be_visible()
    yield "ambiguous amount"
    page.get_by_label(words.amount).fill("800")
    expect(page.locator("#amount-error:not(:empty)")).to_be_visible()
    yield "too much"
    page.get_by_label(words.amount).fill("40")
    expect(page.locator(".dialog .slip")).to_contain_text("$40.00")
    yield "dialog"
    payer.next(words.card)
    expect(payer.heading(words.card_title, level=2)).to_be_visible()
    expect(page.locator("[data-state=ready]")).to_be_visible()
    yield "card"
    type_card(payer, words, DECLINED_CARD)
    expect(page.get_by_text(words.declined)).to_be_visible()
    yield "declined"
    type_card(payer, words, "4242 4242 4242 4242")
    expect(page.get_by_role("heading", name=words.thanks)).to_be_visible()
    expect(page.get_by_role("link", name=words.receipt)).to_be_visible(timeout=20_000)
    yield "paid"
    page.get_by_role("link", name=words.payments, exact=True).click()
    expect(page.locator(".payment")).to_have_count(1)
    yield "payments"
    payer.go("receipt", "#incomplete")
    expect(page.locator("h1")).to_be_visible()
    yield "receipt link"
    page.get_by_role("main").get_by_role("button").first.click()
    expect(page.get_by_role("alert")).to_be_visible()
    yield "receipt link that does not work"
    page.goto(payer.stack.url("/river/nothing"))
    expect(page.locator("h1")).to_be_visible()
    yield "not found"


def code_in(payer: Payer) -> str:
    found = re.search(SIGN_IN_CODE, payer.stack.wait_for_mail(payer.email, "/sign-in#"))
    assert found
    return found[0]


def type_card(payer: Payer, words: Words, number: str) -> None:
    payer.type_card(number)
    payer.page.locator("#card-email").fill(payer.email)
    payer.page.locator(".card-form button[type=submit]").press("Enter")


@pytest.mark.parametrize(
    ("words", "locale", "scheme", "viewport"),
    [(ENGLISH, "en-US", "light", WIDE), (SPANISH, "es-US", "dark", NARROW)],
    ids=["English, light, wide", "Spanish, dark, 320 px"],
)
def test_every_page_and_state_fits_everyone(
    new_payer: NewPayer, words: Words, locale: str, scheme: str, viewport: dict[str, int]
) -> None:
    payer = new_payer(locale=locale, color_scheme=scheme, viewport=viewport)
    for state in journey(payer, words):
        assert_fits_everyone(payer, state)
        assert payer.page.locator("html").get_attribute("lang") == locale[:2]


def test_contrast_holds_in_the_other_theme(new_payer: NewPayer) -> None:
    payer = new_payer(color_scheme="dark", viewport=WIDE)
    payer.open_billing()
    assert_fits_everyone(payer, "billing, dark")
    payer.page.emulate_media(color_scheme="light")
    payer.page.set_viewport_size({"width": 320, "height": 640})
    assert_fits_everyone(payer, "billing, light, 320 px")


def test_the_language_is_switched_at_once_and_remembered(payer: Payer) -> None:
    payer.open_billing()
    payer.page.get_by_role("button", name="Español").click()
    expect(payer.heading("Facturación")).to_be_visible()
    expect(payer.row("Individual session")).to_contain_text(
        "$150.00 tarifa − $70.00 seguro = $80.00 pendiente"
    )
    payer.page.reload()
    expect(payer.heading("Usted debe", level=2)).to_be_visible()
    payer.row("Individual session").get_by_role("button").click()
    payer.page.get_by_label("Importe del pago").fill("81")
    expect(payer.page.get_by_text("No se puede pagar más por este servicio").first).to_be_visible()


def test_the_keyboard_alone_pays_a_bill(payer: Payer) -> None:
    payer.open_billing()
    keys = payer.page.keyboard
    tab_to(payer, "Pay: Individual session")
    keys.press("Enter")
    expect(payer.page.locator(".dialog .slip")).to_be_visible()
    tab_to(payer, "Continue to your card")
    keys.press("Enter")
    expect(payer.page.locator("[data-state=ready]")).to_be_visible()
    expect(payer.page.get_by_label("E-mail address")).to_be_visible()
    tab_to(payer, "Secure payment input frame")
    frame = payer.page.frame_locator(CARD_FRAME)
    typed = {"Card number": "4242424242424242", "Expiry": "1240", "Security": "123"}
    for label, text in typed.items():
        expect(frame.get_by_label(re.compile(f"^{label}"))).to_be_focused()
        keys.type(text)
        keys.press("Tab")
    beside = {"Cardholder’s name": "A Payer", "Billing ZIP code": "97201", "E-mail address": payer.email}
    for label, text in beside.items():
        expect(payer.page.get_by_label(label)).to_be_focused()
        keys.type(text)
        keys.press("Tab")
    expect(payer.pay_button("$80.00")).to_be_focused()
    keys.press("Enter")
    expect(payer.heading("Thank you. Your payment went through.")).to_be_visible()
    assert payer.paid() == [8000]


def tab_to(payer: Payer, name: str) -> None:
    """Press Tab until what has the focus is called so."""
    page = payer.page
    for _ in range(60):
        page.evaluate("() => { window.before = document.activeElement; }")
        page.keyboard.press("Tab")
        # The focus enters another site's frame a moment later than the key is pressed.
        page.wait_for_function("() => document.activeElement !== window.before")
        names = page.evaluate(
            "() => { const e = document.activeElement; return [e.ariaLabel, e.title, e.textContent]; }"
        )
        if any(str(found).startswith(name) for found in names):
            return
    raise AssertionError(f"Tab never reaches {name}")
