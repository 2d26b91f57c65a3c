"""Issue 10, numbers 8 and 11: nothing jumps, large letters fit, and who signs in does not load the rest."""

from pathlib import Path

import pytest
from playwright.sync_api import Response, Route, expect

from sandbox.config import ROOT
from tests.browser.conftest import NewPayer
from tests.browser.payer import Payer
from tests.browser.test_everyone import WIDE

pytestmark = [pytest.mark.browser, pytest.mark.slow]

LONG_NAME = "Entwicklungspsychologische" * 4
PHONE = {"width": 390, "height": 844}
# What has moved without anybody's doing, as browsers count it: https://wicg.github.io/layout-instability/
WATCH_SHIFTS = """
window.shifted = 0;
window.shifts = [];
new PerformanceObserver((list) => {
  for (const entry of list.getEntries()) {
    if (entry.hadRecentInput) continue;
    window.shifted += entry.value;
    window.shifts.push([entry.value, ...entry.sources.map((s) => s.node?.className || s.node?.nodeName)]);
  }
}).observe({ type: "layout-shift", buffered: true });
"""


OUTSIDE_THE_SLIP = """() => {
  const drawn = (node) => {
    const range = document.createRange();
    range.selectNodeContents(node);
    return range.getBoundingClientRect();
  };
  const found = [];
  for (const slip of document.querySelectorAll(".slip, .pay-total")) {
    const { paddingLeft, paddingRight } = getComputedStyle(slip);
    const { left, right } = slip.getBoundingClientRect();
    for (const part of slip.querySelectorAll("dt, dd, p, strong")) {
      const at = drawn(part);
      const [from, to] = [left + parseFloat(paddingLeft), right - parseFloat(paddingRight)];
      if (at.left < from - 1 || at.right > to + 1) found.push(`outside: ${part.textContent}`);
    }
    for (const line of slip.querySelectorAll(".ledger__line")) {
      const [name, sum] = [drawn(line.querySelector("dt")), drawn(line.querySelector("dd"))];
      if (name.right > sum.left && name.bottom > sum.top) found.push(`under its sum: ${line.textContent}`);
    }
  }
  return found;
}"""


# What is drawn beside, above or below a box that hides it there.
CUT_OFF = """() => {
  const found = [];
  for (const part of document.querySelectorAll(".ruled__how, .ruled__day time, .brand__name")) {
    const box = (part.closest(".ruled__what") ?? part).getBoundingClientRect();
    const range = document.createRange();
    range.selectNodeContents(part);
    for (const at of range.getClientRects()) {
      const inside = at.left >= box.left - 1 && at.right <= box.right + 1 && at.bottom <= box.bottom + 8;
      if (!inside) found.push(part.textContent);
    }
  }
  return found;
}"""


@pytest.mark.parametrize("viewport", [PHONE, WIDE], ids=["phone", "desk"])
def test_8_nothing_moves_while_billing_loads(new_payer: NewPayer, viewport: dict[str, int]) -> None:
    payer = new_payer(viewport=viewport)
    payer.context.add_init_script(WATCH_SHIFTS)
    payer.open_billing()
    expect(payer.page.locator(".history tbody tr").first).to_be_visible()
    payer.page.wait_for_function(
        "() => new Promise((done) => requestAnimationFrame(() => setTimeout(() => done(true), 50)))"
    )
    assert payer.page.evaluate("window.shifted") <= 0.02, payer.page.evaluate("window.shifts")


def test_8_text_of_twice_the_size_fits_a_phone(new_payer: NewPayer) -> None:
    payer = new_payer()
    of = {"practice": payer.practice, "account": payer.account}
    payer.stack.books("payment", **of, name="cash", amount_minor=1000)
    double_text(payer)
    payer.open_billing()
    expect(payer.page.locator(".history tbody tr").first).to_be_visible()
    assert_all_fits(payer, "billing")
    payer.button("Menu").click()
    expect(payer.page.locator("#menu")).to_be_visible()
    assert_all_fits(payer, "menu")
    for page in ("payments", "documents"):
        payer.go(page)
        expect(payer.page.locator("h1")).to_be_visible()
        expect(payer.page.locator(".skeleton")).to_have_count(0)
        assert_all_fits(payer, page)
    payer.context.clear_cookies()
    payer.go()
    expect(payer.page.get_by_label("E-mail address")).to_be_visible()
    assert_all_fits(payer, "sign-in")


@pytest.mark.parametrize("width", [320, 390])
def test_8_text_of_twice_the_size_stays_inside_the_slip(new_payer: NewPayer, width: int) -> None:
    """A sum stood on the slip's edge, beside a word that needed its room."""
    payer = new_payer(viewport={"width": width, "height": 844}, locale="es-US")
    payer.stack.books(
        "charge", practice=payer.practice, account=payer.account, name="c4", days_ago=5,
        service="Psychotherapy", clinician="amara", owed_minor=499_900,
    )  # fmt: skip
    double_text(payer)
    payer.open_billing()
    payer.choose("Psychotherapy")
    expect(payer.page.locator(".dialog .slip")).to_contain_text("$4,999.00")
    assert_all_fits(payer, "dialog")
    assert_inside_the_slip(payer)
    payer.next("Continuar con su tarjeta")
    expect(payer.page.locator("[data-state=ready]")).to_be_visible()
    payer.page.locator(".pay-fold summary").click()
    assert_all_fits(payer, "card page")
    assert_inside_the_slip(payer)


def test_8_text_of_twice_the_size_is_not_cut_off_on_the_smallest_phone(new_payer: NewPayer) -> None:
    """A payment's method and day were cut off at both sides, and the practice's name at its second line."""
    payer = new_payer(viewport={"width": 320, "height": 844})
    of = {"practice": payer.practice, "account": payer.account}
    payer.stack.books("payment", **of, name="cash", amount_minor=123_450)
    double_text(payer)
    payer.sign_in()
    payer.go("payments")
    expect(payer.page.locator(".payment")).to_have_count(1)
    assert_all_fits(payer, "payments")
    assert payer.page.evaluate(CUT_OFF) == []


def test_8_text_of_twice_the_size_breaks_no_headings_word(new_payer: NewPayer) -> None:
    """ "Facturación" lost its last letter to a second line."""
    payer = new_payer(viewport={"width": 320, "height": 844}, locale="es-US")
    double_text(payer)
    payer.open_billing()
    lines = "(h) => h.clientHeight / parseFloat(getComputedStyle(h).lineHeight)"
    assert payer.heading("Facturación").evaluate(lines) < 1.5


@pytest.mark.parametrize("width", [320, 390, 768])
def test_8_a_name_of_one_long_word_is_broken_and_moves_nothing_sideways(
    new_payer: NewPayer, width: int
) -> None:
    """It pushed Make a Payment out of its window, on a phone."""
    payer = new_payer(owes=False, viewport={"width": width, "height": 844})
    of = {"practice": payer.practice, "account": payer.account, "days_ago": 3, "clinician": "luis"}
    for name in ("k1", "k2"):
        payer.stack.books("charge", **of, name=name, service=LONG_NAME, owed_minor=10_000)
    payer.open_billing()
    assert_nothing_sideways(payer, "billing")
    payer.page.locator(".balance").get_by_role("button", name="Pay Now").click()
    expect(payer.page.locator(".dialog .slip")).to_be_visible()
    assert_nothing_sideways(payer, "dialog")
    payer.next("Continue to your card")
    expect(payer.page.locator("[data-state=ready]")).to_be_visible()
    if payer.page.locator(".pay-fold").count():
        payer.page.locator(".pay-fold summary").click()
    assert_nothing_sideways(payer, "card page")
    payer.type_card()
    payer.press_pay("$200.00")
    expect(payer.heading("Thank you. Your payment went through.")).to_be_visible()
    assert_nothing_sideways(payer, "result")
    payer.go("payments")
    payer.page.locator(".payment summary").click()
    assert_nothing_sideways(payer, "payments")


def assert_nothing_sideways(payer: Payer, state: str) -> None:
    assert payer.page.evaluate("document.documentElement.scrollWidth - window.innerWidth") <= 0, state
    wider = payer.page.evaluate(
        """() => [...document.querySelectorAll("main *, .dialog *")]
          .filter((e) => !e.closest(".visually-hidden, thead, svg, iframe") && e.clientWidth > 1)
          .filter((e) => e.scrollWidth > e.clientWidth + 1)
          .map((e) => `${e.tagName}.${e.className}`)"""
    )
    assert wider == [], state
    assert_inside_the_slip(payer)


def assert_inside_the_slip(payer: Payer) -> None:
    """Words and sums keep the slip's padding, and no word runs under its sum."""
    outside = payer.page.evaluate(OUTSIDE_THE_SLIP)
    assert outside == []


def double_text(payer: Payer) -> None:
    """As a browser's own setting for the size of letters does: layout in `rem` follows it."""
    session = payer.context.new_cdp_session(payer.page)
    session.send("Page.enable")
    session.send("Page.setFontSizes", {"fontSizes": {"standard": 32, "fixed": 26}})


def assert_all_fits(payer: Payer, state: str) -> None:
    """No scrolling sideways, and no text that its own box cuts off."""
    assert payer.page.evaluate("getComputedStyle(document.documentElement).fontSize") == "32px"
    assert payer.page.evaluate("document.documentElement.scrollWidth - window.innerWidth") <= 0, state
    cut = payer.page.evaluate(
        """() => [...document.querySelectorAll("body *")]
          .filter((e) => !e.closest(".visually-hidden, svg, .skip-link") && e.getClientRects().length)
          .filter((e) => e.matches("button, a, h1, h2, dd, p, label, select, bdi"))
          .filter((e) => e.scrollWidth > e.clientWidth + 1 && e.clientWidth > 1)
          .map((e) => `${e.tagName}.${e.className}: ${e.textContent}`)"""
    )
    assert cut == [], state


def test_11_the_sign_in_page_loads_no_page_behind_it(new_payer: NewPayer) -> None:
    payer = new_payer()
    scripts: list[Response] = []
    payer.page.on("response", lambda r: scripts.append(r) if r.url.endswith(".js") else None)
    payer.go("")
    expect(payer.page.get_by_label("E-mail address")).to_be_visible()
    payer.page.wait_for_load_state("networkidle")
    built = {path.name: len(path.read_bytes()) for path in Path(ROOT / "portal/dist/assets").glob("*.js")}
    loaded = [response.url.rpartition("/")[2] for response in scripts]
    assert not [name for name in loaded if name.startswith("ClientPages")]
    assert sum(built[name] for name in loaded) < 0.7 * sum(built.values())
    sent = sum(response.request.sizes()["responseBodySize"] for response in scripts)
    assert sent < 32_000  # compressed
    payer.page.get_by_label("E-mail address").fill(payer.email)
    with payer.page.expect_response(lambda r: "ClientPages" in r.url):
        payer.button("E-mail me a code").click()


# Preact runs effects with a frame, or a moment later where there is none.
SLOW_EFFECTS = """
const soon = window.setTimeout;
window.setTimeout = (then, after, ...given) => soon(then, Math.max(after ?? 0, 1000), ...given);
window.requestAnimationFrame = (then) => soon(() => then(performance.now()), 1000);
"""


def test_11_a_page_that_comes_while_its_place_is_drawn_is_shown(payer: Payer) -> None:
    """It was waited for in an effect that found it there, and drew nothing: "Loading…" stayed for ever."""
    payer.open_billing()  # where somebody was signed in before, the pages are asked for beside the session
    held: list[Route] = []
    payer.page.add_init_script(SLOW_EFFECTS)
    payer.page.route("**/assets/ClientPages*", lambda route: held.append(route))
    with payer.page.expect_response("**/api/session"):
        payer.page.reload(wait_until="commit")
    payer.page.wait_for_timeout(300)
    held.pop().continue_()
    expect(payer.page.locator(".balance__amount")).to_be_visible()


def test_8_what_waits_stands_where_the_page_will(payer: Payer) -> None:
    """It ran from edge to edge, and the page came with its margins."""
    payer.open_billing()
    stands = "(selector) => document.querySelector(selector).getBoundingClientRect().left"
    held: list[Route] = []
    payer.page.route("**/assets/ClientPages*", lambda route: held.append(route))
    # Waited for: it could be asked for when those that are held have been let go.
    with payer.page.expect_request("**/assets/ClientPages*"):
        payer.page.reload(wait_until="commit")
    expect(payer.page.locator(".skeleton")).to_be_visible()
    waiting = payer.page.evaluate(stands, ".skeleton__title")
    for route in held:
        route.continue_()
    expect(payer.page.locator(".balance__amount")).to_be_visible()
    assert payer.page.evaluate(stands, "h1") == waiting > 0
