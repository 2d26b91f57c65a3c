"""The practice's page for anyone: no log-in, no cookie, and search engines may keep it (issue 16)."""

from dataclasses import dataclass

import pytest
from playwright.sync_api import Response, expect

from chalicelib.words.notices import NOTICE_TEXTS
from tests.browser.conftest import NewPayer
from tests.browser.stack import Stack
from tests.browser.test_everyone import NARROW, WIDE, assert_fits_everyone

pytestmark = [pytest.mark.browser, pytest.mark.slow]

PRACTICE, NAME = "linden", "Linden Row Practice"
PRIVACY = "https://example.test/privacy"
MOST_SCRIPT_BYTES = 60 * 1024  # as they are sent, compressed


@dataclass(frozen=True)
class Words:
    title: str
    links: tuple[str, str, str, str]
    fees: str
    no_online: str
    privacy: str
    updated: str
    buttons: tuple[str, str]
    questions: tuple[str, str, str]


ENGLISH = Words(
    "Pay Your Bill Online", ("Home Page", "Professional Staff", "Office Locations", "Contact Us"),
    "The practice pays all processing fees", "Takes no online payments", "Notice of Privacy Practices",
    "Page last updated Nov 28, 2026",
    ("Click Here To Pay Using A PayPal Account", "Click Here To Pay Using A Credit Card"),
    ("What Is PayPal?", "Is it safe to use?", "Why use PayPal?"),
)  # fmt: skip
SPANISH = Words(
    "Pague su factura en línea", ("Página de inicio", "Profesionales", "Consultorios", "Contacto"),
    "El consultorio paga todas las comisiones", "No acepta pagos en línea",
    "Aviso de prácticas de privacidad", "Página actualizada por última vez: 28 nov 2026",
    (
        "Haga clic aquí para pagar con una cuenta de PayPal",
        "Haga clic aquí para pagar con tarjeta de crédito",
    ),
    ("¿Qué es PayPal?", "¿Es seguro?", "¿Por qué usar PayPal?"),
)  # fmt: skip


@pytest.fixture(scope="module")
def practice(stack: Stack) -> str:
    stack.books(
        "practice", practice=PRACTICE, name=NAME, flow="inline", changed_at="2026-11-28T17:00:00.000Z",
        notice_pages={"privacy_practices": PRIVACY}, notices={"nondiscrimination": True},
        processors=["stripe", "paypal"],
    )  # fmt: skip
    return PRACTICE


@pytest.mark.parametrize(
    ("words", "locale", "scheme", "viewport"),
    [(ENGLISH, "en-US", "light", WIDE), (SPANISH, "es-US", "dark", NARROW)],
    ids=["English, light, wide", "Spanish, dark, 320 px"],
)
def test_g1_g2_g3_g5_g8_g12_g13_g17_g18_g19_anyone_reads_who_the_practice_is(
    new_payer: NewPayer, practice: str, words: Words, locale: str, scheme: str, viewport: dict[str, int]
) -> None:
    """G1: name and a line on what it is. G2: four links; staff, offices, contact. G3: 200 without a session
    or a cookie. G5, G12, G13, G17: two blocks, PayPal's first. G18: what payers ask. G8: who bears the
    fees. G19: when what is said last changed. Search engines may keep it, and nothing else; its script is
    small."""
    payer = new_payer(practice, owes=False, locale=locale, color_scheme=scheme, viewport=viewport)
    page, scripts = payer.page, list[Response]()

    def on_response(response: Response) -> None:
        if response.request.resource_type == "script":
            scripts.append(response)

    page.on("response", on_response)
    answer = page.goto(payer.stack.url(f"/{practice}/pay-online"))
    assert answer is not None
    assert (answer.status, "noindex" in answer.text()) == (200, False)
    expect(payer.heading(words.title)).to_be_visible()
    expect(page.locator("header")).to_contain_text(NAME)
    expect(page.locator("header")).to_contain_text("Administrative support to a group")
    expect(page.get_by_text(words.fees)).to_be_visible()
    assert page.title() == f"{words.title} · {NAME}"
    assert page.locator("meta[name=robots]").count() == 0
    expect(page.locator("link[rel=canonical]")).to_have_attribute("href", answer.url)
    assert NAME in (page.locator("meta[name=description]").get_attribute("content") or "")
    assert page.locator("html").get_attribute("lang") == locale[:2]
    expect(page.locator(".public__way a")).to_have_text(list(words.buttons))
    expect(page.locator(".public__questions h3")).to_have_text(list(words.questions))
    assert_fits_everyone(payer, "the public page")

    links = page.get_by_role("navigation").get_by_role("link")
    expect(links).to_have_text(list(words.links))
    expect(links.first).to_have_attribute("href", "https://example.test")
    for at, section in ((1, "#staff"), (2, "#locations"), (3, "#contact")):
        links.nth(at).click()
        expect(page.locator(section)).to_be_in_viewport()
    expect(page.locator("#staff li").filter(has_text=words.no_online)).to_have_count(1)
    expect(page.locator("#locations")).to_contain_text("12 River Street, Portland, OR")
    expect(page.locator("#contact")).to_contain_text("billing@example.test")
    for notice in ("estimate_right", "nondiscrimination"):
        expect(page.get_by_text(NOTICE_TEXTS[notice][locale == "es-US"])).to_be_visible()
    complaints = page.get_by_role("link", name="ocrportal.hhs.gov").first
    expect(complaints).to_have_attribute("href", "https://ocrportal.hhs.gov")
    expect(page.get_by_role("link", name=words.privacy)).to_have_attribute("href", PRIVACY)
    expect(page.locator("footer")).to_contain_text(words.updated)

    assert payer.context.cookies() == []
    sent = [script.request.sizes()["responseBodySize"] for script in scripts]
    assert len(sent) >= 2
    assert sum(sent) <= MOST_SCRIPT_BYTES
    other = page.request.get(payer.stack.url(f"/{practice}/"))
    assert '<meta name="robots" content="noindex" />' in other.text()
