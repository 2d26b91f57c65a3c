"""Anyone pays, without an account and without a cookie (issue 16)."""

import itertools
import re
from dataclasses import dataclass

import boto3
import pytest
from playwright.sync_api import Route, expect

from sandbox import paypal_apps
from sandbox.processor import connect_practice
from tests.browser.conftest import NewPayer
from tests.browser.payer import DECLINED_CARD, Payer
from tests.browser.stack import Stack
from tests.browser.test_everyone import NARROW, WIDE, assert_fits_everyone
from tests.browser.test_public_page import practice
from tests.support.waiting import wait_until

__all__ = ["practice"]  # the fixture
pytestmark = [pytest.mark.browser, pytest.mark.slow]

PHONE = {"width": 390, "height": 844}
NO_THIRD_PARTY_COOKIES = {
    "enableThirdPartyCookieRestriction": True,
    "disableThirdPartyCookieMetadata": True,
    "disableThirdPartyCookieHeuristics": True,
}


@dataclass(frozen=True)
class Words:
    card: str
    review: str
    limits: str
    below: str
    above: str
    not_online: str
    ask: str
    to_card: str
    cancel: str
    let_go: str
    pay: str
    declined: str
    thanks: str
    sent: str
    fee: str
    paypal: str
    to_paypal: str
    go_on: str
    claim: str
    claimed: str
    paid_with: str
    claims: str


ENGLISH = Words(
    "Click Here To Pay Using A Credit Card", "Review payment", "$5.00 to $5,000.00", "Enter $5.00 at least.",
    "Enter $5,000.00 at most.",
    "This clinician takes no online payments", "Ask the practice how to pay.", "Continue to your card",
    "Cancel payment", "Your payment was canceled", "Pay $125.00",
    "Your card was declined", "Thank you.", "Receipt sent to", "paid by the practice",
    "Click Here To Pay Using A PayPal Account", "Continue to PayPal", "Continue this payment",
    "Open an account",
    "Sign in to see it", "The one that you paid with.", "Your payments",
)  # fmt: skip
SPANISH = Words(
    "Haga clic aquí para pagar con tarjeta de crédito", "Revisar el pago", "de $5.00 a $5,000.00",
    "Escriba $5.00 como mínimo.", "Escriba $5,000.00 como máximo.",
    "Este profesional no acepta pagos en línea",
    "Pregunte al consultorio cómo pagar.", "Continuar con su tarjeta",
    "Cancelar el pago", "Su pago fue cancelado", "Pagar $125.00",
    "Su tarjeta fue rechazada", "Gracias.", "Recibo enviado a",
    "la paga el consultorio",
    "Haga clic aquí para pagar con una cuenta de PayPal", "Continuar a PayPal", "Continuar este pago",
    "Abrir una cuenta",
    "Iniciar sesión para verlo", "El que usó al pagar.", "Sus pagos",
)  # fmt: skip


@pytest.fixture(scope="module")
def open_to_guests(stack: Stack, practice: str) -> str:
    ssm = boto3.session.Session().client("ssm", endpoint_url=stack.config.aws_url)
    connect_practice(stack.config, ssm, practice, None)
    paypal_apps.connect_practice(stack.config, ssm, practice)
    return practice


def fill(payer: Payer, **typed: str) -> None:
    for field, text in typed.items():
        payer.page.locator(f"#{field}").fill(text)


@pytest.mark.parametrize(
    ("words", "locale", "scheme", "viewport"),
    [(ENGLISH, "en-US", "light", WIDE), (SPANISH, "es-US", "dark", NARROW)],
    ids=["English, light, wide", "Spanish, dark, 320 px"],
)
def test_a_guest_pays_by_card(
    new_payer: NewPayer, open_to_guests: str, words: Words, locale: str, scheme: str, viewport: dict[str, int]
) -> None:
    """G4, G10: an amount within the practice's limits, said beside the field. G5, G13, G17: the second
    block's button needs no account. G11: clinician and client, both; who takes no online payments is shown
    with how to pay them. G15: the card last. G16: all of it is reviewed before it is charged; a reload and
    Back keep what was typed. G6, G8: exactly that, and no fee. G7: the receipt. G14: an account for it
    afterwards. Third-party cookies are blocked, and there is none of our own."""
    payer = new_payer(open_to_guests, owes=False, locale=locale, color_scheme=scheme, viewport=viewport)
    payer.email = f"guest-{payer.email}"  # nobody's yet
    page = payer.page
    payer.context.new_cdp_session(page).send("Network.setCookieControls", NO_THIRD_PARTY_COOKIES)
    payer.go("pay-online")
    page.get_by_role("link", name=words.card, exact=True).click()
    review = page.get_by_role("button", name=words.review)
    expect(page.get_by_text(words.limits)).to_be_visible()
    review.click()
    expect(page.locator(".error-summary")).to_be_focused()
    expect(page.locator(".error-summary a")).to_have_count(6)
    assert_fits_everyone(payer, "the guests' form, empty")

    fill(
        payer,
        name="Ana Lind",
        email=payer.email,
        phone="(503) 555-0100",
        amount="4.99",
        client="4242 4242 4242 4242",
    )
    page.locator("#clinician").select_option("joan")
    expect(page.get_by_text(words.not_online)).to_be_visible()
    review.click()
    expect(page.locator("#amount-error")).to_have_text(words.below)
    expect(page.locator("#clinician-error")).to_have_text(f"{words.not_online}. {words.ask}")
    fill(payer, amount="10,000")  # never $10.00
    review.click()
    expect(page.locator("#amount-error")).to_have_text(words.above)
    fill(payer, amount="125")
    page.locator("#clinician").select_option("amara")
    review.click()
    expect(page.locator("#client-error")).not_to_be_empty()

    fill(payer, client="Maya Lindqvist")
    review.click()
    slip = page.locator(".slip")
    for said in ("Ana Lind", payer.email, "Amara Okafor", "Maya Lindqvist", "$125.00", words.fee):
        expect(slip).to_contain_text(said)
    assert_fits_everyone(payer, "the guests' review")
    page.reload()
    expect(slip).to_contain_text("Maya Lindqvist")
    page.go_back()
    expect(page.locator("#client")).to_have_value("Maya Lindqvist")
    page.go_forward()
    page.get_by_role("button", name=words.to_card).click()
    expect(page.locator("[data-state=ready]")).to_be_visible()
    assert_fits_everyone(payer, "the guests' card")
    page.reload()
    expect(page.locator("[data-state=ready]")).to_be_visible()
    page.get_by_role("button", name=words.cancel).click()
    expect(page.get_by_role("alert")).to_contain_text(words.let_go)
    expect(page.locator("#client")).to_have_value("Maya Lindqvist")
    review.click()
    page.get_by_role("button", name=words.to_card).click()
    expect(page.locator("#card-name")).to_have_value("Ana Lind")
    pay = page.get_by_role("button", name=words.pay)
    payer.type_card(DECLINED_CARD)
    pay.press("Enter")
    expect(page.get_by_text(words.declined)).to_be_visible()
    payer.type_card()
    pay.press("Enter")
    expect(payer.heading(words.thanks)).to_be_visible()
    for said in (words.sent, "$125.00", "Maya Lindqvist"):
        expect(slip).to_contain_text(said)
    assert_fits_everyone(payer, "the guests' result")
    assert "125.00" in payer.stack.wait_for_mail(payer.email, "125.00")
    assert payer.context.cookies() == []

    page.get_by_role("button", name=words.claim).click()
    page.get_by_role("link", name=words.claimed).click()
    expect(page.get_by_text(words.paid_with)).to_be_visible()
    payer.sign_in()
    page.reload()
    expect(payer.heading(words.claims)).to_be_visible()
    expect(page.locator(".payment")).to_have_count(1)
    expect(page.locator(".payment")).to_contain_text("$125.00")
    expect(page.locator(".payment").get_by_role("link").first).to_be_visible()
    assert_fits_everyone(payer, "what a guest has claimed")


@pytest.mark.parametrize(
    ("words", "locale", "viewport"),
    [(ENGLISH, "en-US", PHONE), (SPANISH, "es-US", WIDE)],
    ids=["English, phone", "Spanish, wide"],
)
def test_a_guest_pays_with_a_paypal_account(
    new_payer: NewPayer, open_to_guests: str, words: Words, locale: str, viewport: dict[str, int]
) -> None:
    """G9, G12: the first block's button leads to PayPal and back. G11, G15: amount, clinician, client and an
    e-mail are asked here, nothing more, and PayPal learns the amount alone. Who goes back from there without
    paying goes on with the same payment. G7: the receipt."""
    payer = new_payer(open_to_guests, owes=False, locale=locale, viewport=viewport)
    payer.email = f"guest-{payer.email}"
    page = payer.page
    payer.context.new_cdp_session(page).send("Network.setCookieControls", NO_THIRD_PARTY_COOKIES)
    payer.go("pay-online")
    page.get_by_role("link", name=words.paypal, exact=True).click()
    expect(page.locator("#amount")).to_be_visible()
    fields = [field.get_attribute("id") for field in page.locator("main form :is(input, select)").all()]
    assert fields == ["amount", "clinician", "client", "number", "email"]
    page.locator("#clinician").select_option("amara")
    fill(payer, amount="60", client="Maya Lindqvist", email=payer.email)
    page.get_by_role("button", name=words.review).click()
    expect(page.locator(".slip")).to_contain_text("Maya Lindqvist")
    page.get_by_role("button", name=words.to_paypal, exact=True).click()
    expect(page.locator("#amount")).to_have_text("60.00 USD")
    assert not re.search("Lindqvist|maya|Amara", page.content(), re.IGNORECASE)
    page.locator("#cancel").click()
    page.get_by_role("button", name=words.go_on).click()
    form = page.locator("#account")
    form.locator("input[type=email]").fill("buyer@example.org")
    form.get_by_role("button").click()
    expect(payer.heading(words.thanks)).to_be_visible()
    expect(page.locator(".slip")).to_contain_text("PayPal")
    expect(page.locator(".slip")).to_contain_text("Maya Lindqvist")
    expect(page.locator(".slip")).to_contain_text(words.sent)
    assert_fits_everyone(payer, "a guest's result by PayPal")
    assert page.url.endswith("/guest/payment"), "the key does not stay in the address"
    page.reload()
    expect(payer.heading(words.thanks)).to_be_visible()
    expect(page.locator(".slip")).to_contain_text("$60.00")
    expect(page.locator(".slip")).not_to_contain_text("Lindqvist")
    assert [cookie for cookie in payer.context.cookies() if cookie["name"] == "billfold"] == []


def test_who_cancels_at_paypal_goes_on_with_the_same_link(new_payer: NewPayer, open_to_guests: str) -> None:
    """T4, issue 16: the tab still has the link, so nobody has to scan the bill again. A client who looks at
    what they paid as a guest signs out by the menu alone."""
    payer = new_payer(open_to_guests)
    page = payer.page
    own = {"practice": payer.practice, "account": payer.account}
    page.goto(payer.stack.books("pay_link", **own, document="statement-2026-10", birth_date="1990-04-12"))
    for _ in range(2):
        for name, text in (("month", "4"), ("day", "12"), ("year", "1990")):
            page.locator(f"#born-{name}").fill(text)
        payer.button("See what is owed").click()
        expect(page.get_by_text("This is what is owed today.")).to_be_visible()
        page.locator("input[value=paypal]").check()
        payer.button("Next").click()
        payer.button("Pay $180.00").click()
        page.locator("#cancel").click()
        expect(page.get_by_text("Nothing has been charged. To pay, go back to the bill")).to_be_visible()
        payer.button("Back to the bill").click()
    payer.sign_in()
    payer.go("guest-payments")
    expect(payer.heading("Your payments")).to_be_visible()
    expect(page.get_by_text("Sign out", exact=True)).to_have_count(1)


def test_where_paypal_is_alone_a_guest_pays_by_card_on_its_page(new_payer: NewPayer, stack: Stack) -> None:
    """G5, G13, G15, G17: both blocks are there, and the page says whose page takes the card, and that PayPal
    decides; nothing of the client goes along."""
    yarrow = "yarrow"
    stack.books("practice", practice=yarrow, name="Yarrow Practice", flow="inline", processors=["paypal"])
    ssm = boto3.session.Session().client("ssm", endpoint_url=stack.config.aws_url)
    paypal_apps.connect_practice(stack.config, ssm, yarrow)
    payer = new_payer(yarrow, owes=False)
    page = payer.page
    payer.go("pay-online")
    expect(page.locator(".public__way a")).to_have_text([ENGLISH.paypal, ENGLISH.card])
    expect(page.get_by_text("is for PayPal to decide")).to_be_visible()
    expect(page.get_by_text("no account of any kind")).to_have_count(0)
    expect(page.locator(".public__questions")).to_contain_text("you type its number on PayPal’s own page")
    page.get_by_role("link", name=ENGLISH.card, exact=True).click()
    fill(payer, name="Ana Lind", email=payer.email, phone="(503) 555-0100", amount="25", client="Maya L")
    page.locator("#clinician").select_option("amara")
    page.get_by_role("button", name=ENGLISH.review).click()
    page.get_by_role("button", name=ENGLISH.to_paypal, exact=True).click()
    card = page.locator("form").first
    expect(card).to_contain_text("Debit or credit card")
    for label, text in {"E-mail": payer.email, "Card number": "4111111111111111", "Expires": "12/40"}.items():
        card.get_by_label(label).fill(text)
    card.get_by_label("Security code").fill("123")
    assert "Maya" not in page.content()
    card.get_by_role("button").click()
    expect(payer.heading(ENGLISH.thanks)).to_be_visible()
    expect(page.locator(".slip")).to_contain_text("$25.00")


def test_a_friend_holding_the_bill_pays_by_card_where_many_cards_were_tried(
    new_payer: NewPayer, stack: Stack
) -> None:
    """The friend goes on from a pay link with the number filled in (G15). Above the budget the browser works
    while the page says so, by the keyboard alone and without a puzzle, and the card is taken on the
    processor's page (T12, G16); when cards have to wait, PayPal is there. Third-party cookies are blocked."""
    alder = "alder"
    both = ["stripe", "paypal"]
    stack.books("practice", practice=alder, name="Alder Practice", flow="inline", processors=both)
    ssm = boto3.session.Session().client("ssm", endpoint_url=stack.config.aws_url)
    connect_practice(stack.config, ssm, alder, None)
    stack.books("press_cards", practice=alder)
    payer = new_payer(alder, locale="es-US")
    page = payer.page
    payer.context.new_cdp_session(page).send("Network.setCookieControls", NO_THIRD_PARTY_COOKIES)
    number = stack.books("invoice", practice=alder, account=payer.account)
    page.goto(
        stack.books(
            "pay_link", practice=alder, account=payer.account, document=f"invoice-{number}",
            birth_date="1990-04-12",
        )
    )  # fmt: skip
    held = answer_starts(payer)
    page.get_by_role("link", name="Pagar por otra persona").press("Enter")
    expect(page.locator("#number")).to_have_value(str(number))
    fill(payer, name="Ana Lind", email=payer.email, phone="(503) 555-0100", amount="25", client="Maya L")
    page.locator("#clinician").select_option("amara")
    page.locator("#number").press("Enter")
    go_on = page.get_by_role("button", name="Continuar a la página de la tarjeta")
    go_on.press("Enter")
    expect(page.get_by_role("alert")).to_contain_text("pague de otra forma")
    expect(page.get_by_role("link", name="Pagar con una cuenta de PayPal")).to_be_visible()
    assert_fits_everyone(payer, "where cards have to wait")
    go_on.press("Enter")
    working = page.get_by_role("status").get_by_text("Comprobamos que usted no es un programa")
    expect(working).to_be_visible(timeout=60_000)  # after two answers of the API, beside all other tests

    def solved() -> bool:
        page.wait_for_timeout(20)  # lets Playwright hear of requests
        return bool(held)

    wait_until(solved, seconds=120, what="the browser's work")
    held[0].continue_()
    page.wait_for_url(re.compile("/c/pay/"))
    payer.pay_on_processors_page()
    expect(payer.heading(SPANISH.thanks)).to_be_visible()
    expect(page.locator(".slip")).to_contain_text("$25.00")
    assert payer.context.cookies(stack.config.portal_url) == []


def answer_starts(payer: Payer) -> list[Route]:
    """Answers to the starts of a payment: cards have to wait; then the API's own; the third, with the work,
    is held. The first quote asks for no work, as if cards had come to be tried only then."""
    held, starts, quotes = list[Route](), itertools.count(), itertools.count()
    paused = {
        "code": "guest_cards_paused",
        "title": "Espere",
        "status": 429,
        "detail": "Espere o pague de otra forma.",
    }

    def start(route: Route) -> None:
        turn = next(starts)
        if turn == 0:
            route.fulfill(status=429, json=paused, content_type="application/problem+json")
        elif turn == 1:
            route.continue_()
        else:
            held.append(route)

    def quote(route: Route) -> None:
        answer = route.fetch()
        route.fulfill(response=answer, json=answer.json() | ({"work": None} if next(quotes) == 0 else {}))

    payer.page.route("**/guest-payments", start)
    payer.page.route("**/guest-quotes", quote)
    return held
