"""S19: one form beside each item asks the practice, which answers there. By keyboard, en and es."""

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import NewPayer
from tests.browser.payer import Payer
from tests.browser.test_everyone import NARROW, assert_fits_everyone

pytestmark = [pytest.mark.browser, pytest.mark.slow]
HOSTILE = "<img src=x onerror=alert(1)> " + "w" * 90 + "\nשלום"


def test_S19_a_service_is_asked_about_by_keyboard_on_a_phone_answered_and_read(new_payer: NewPayer) -> None:
    payer = new_payer(viewport=NARROW)
    payer.open_billing()
    page = payer.page
    first = page.locator(".services .ask a").first
    expect(first).to_contain_text("Ask about this")
    first.focus()
    page.keyboard.press("Enter")
    expect(payer.heading("Ask the practice")).to_be_focused()
    expect(page.locator(".ask-about .lead")).to_contain_text("$")
    payer.button("Send").focus()
    page.keyboard.press("Enter")
    expect(page.locator(".error-summary")).to_be_focused()
    expect(page.locator(".error-summary")).to_contain_text("Choose what it is about.")
    page.get_by_role("radio", name="I already paid this").focus()
    page.keyboard.press("Space")
    for _ in range(5):
        page.keyboard.press("ArrowDown")
    expect(page.get_by_role("radio", name="Something else")).to_be_checked()
    payer.button("Send").focus()
    page.keyboard.press("Enter")
    expect(page.locator(".error-summary")).to_contain_text("Write what it is about.")
    page.get_by_label("Your question").fill(HOSTILE)
    assert_fits_everyone(payer, "the form")
    payer.button("Send").click()
    expect(page.locator(".notice--wait")).to_contain_text("Waiting for the practice’s answer")
    asked = page.locator(".question")
    expect(asked.locator(".written")).to_have_text(HOSTILE)
    assert page.locator(".question img").count() == 0
    assert_fits_everyone(payer, "asked")

    page.get_by_role("link", name="Back to Billing").click()
    waiting = page.locator(".services .ask a").filter(has_text="Waiting for the practice’s answer")
    expect(waiting).to_have_count(1)
    payer.stack.books(
        "answer", practice=payer.practice, account=payer.account, text="It was your first visit.\nCall us."
    )
    page.reload()
    answered = page.locator(".services .ask a").filter(has_text="Answered: read it")
    expect(answered).to_have_count(1)
    answered.click()
    expect(page.locator(".question__answer .written")).to_have_text("It was your first visit.\nCall us.")
    expect(page.locator(".question .tag")).to_have_text("Answered")
    assert_fits_everyone(payer, "answered")


def test_S19_an_invoice_that_was_paid_already_is_told_in_spanish(new_payer: NewPayer) -> None:
    payer = new_payer(viewport=NARROW, locale="es-US")
    number = payer.stack.books("invoice", practice=payer.practice, account=payer.account)
    payer.sign_in()
    payer.go("invoice", f"?id=invoice-{number}")
    payer.page.get_by_role("link", name="¿Ya lo pagó? Díganoslo").click()
    expect(payer.heading("Preguntar al consultorio")).to_be_visible()
    expect(payer.page.get_by_role("radio", name="Ya pagué esto")).to_be_checked()
    payer.button("Enviar").click()
    expect(payer.page.locator(".notice--wait")).to_contain_text("Esperando la respuesta del consultorio")
    expect(payer.page.locator(".question")).to_contain_text(f"Factura {number}")
    payer.go("documents")
    row = payer.page.locator(".invoices .ruled__row")
    expect(row).to_contain_text("Esperando la respuesta del consultorio")  # issue 14, number 13
    assert_fits_everyone(payer, "documents with a question")
    payer.go("billing")
    for place in (".recent .ruled__row", ".history tbody tr"):
        invoice = payer.page.locator(place).filter(has_text=f"Factura {number}")
        expect(invoice.get_by_role("link", name="Esperando la respuesta")).to_have_count(1)
    payer.go("invoice", f"?id=invoice-{number}")
    expect(payer.page.locator(".ask a")).to_contain_text("Esperando la respuesta del consultorio")
    assert_fits_everyone(payer, "an invoice asked about, in Spanish")


def test_S19_paid_services_and_payments_have_the_form_too(payer: Payer) -> None:
    payer.open_billing()
    payer.stack.books(
        "payment", practice=payer.practice, account=payer.account, name="cash", amount_minor=24_000
    )
    payer.page.reload()
    expect(payer.page.locator(".services .rows__row")).to_have_count(0)
    history = payer.page.locator(".rows--history .ask a")
    expect(history).to_have_count(4)
    payer.go("payments")
    payer.page.locator(".payment .ask a").click()
    expect(payer.heading("Ask the practice")).to_be_visible()
    payer.page.get_by_role("radio", name="I do not recognize this").check()
    payer.button("Send").click()
    expect(payer.page.locator(".notice--wait")).to_be_visible()


@pytest.mark.parametrize(("locale", "choice"), [
    ("en-US", "I would like an estimate of what care will cost"),
    ("es-US", "Quisiera una estimación de lo que costará la atención"),
])  # fmt: skip
def test_S19_14_an_estimate_is_one_of_the_choices_and_starts_the_laws_clock(
    new_payer: NewPayer, locale: str, choice: str
) -> None:
    payer = new_payer(locale=locale)
    payer.open_billing()
    payer.page.locator(".services .ask a").first.click()
    payer.page.get_by_role("radio", name=choice).check()
    assert_fits_everyone(payer, "the form with an estimate chosen")
    payer.page.locator(".ask-form button[type=submit]").click()
    expect(payer.page.locator(".notice--wait")).to_be_visible()
    expect(payer.page.locator(".ruled").get_by_text(choice)).to_be_visible()
    waiting = payer.stack.books("estimates_due", practice=payer.practice, account=payer.account)
    assert len(waiting) == 1


def test_S19_who_is_not_signed_in_signs_in_first_and_anothers_item_is_no_item(payer: Payer) -> None:
    payer.go("questions", "?kind=service&id=nowhere")
    expect(payer.heading("Sign in to see your billing")).to_be_visible()
    payer.sign_in()
    payer.go("questions", "?kind=service&id=nowhere")
    expect(payer.page.get_by_text("There is no such service.")).to_be_visible()
    expect(payer.page.locator(".ask-form")).to_have_count(0)
