"""How a session ends: by signing out, in every tab and truly; or by idling, with a warning (WCAG 2.2.1)."""

import contextlib
import re

import pytest
from playwright.sync_api import Error, Page, Request, Route, expect

from tests.browser.conftest import NewPayer, add_charges
from tests.browser.payer import CARD_FRAME, Payer
from tests.browser.test_everyone import assert_fits_everyone
from tests.browser.test_signing_in import ask_for_code, code_in, type_code

pytestmark = [pytest.mark.browser, pytest.mark.slow]

SIGNED_OUT = "You are signed out."
STILL_IN = "You are still signed in"
KEPT_PRIVATE = "You were signed out to keep your information private."
NO_STORAGE = (
    "Object.defineProperty(window, 'localStorage', { get() { throw new DOMException('', 'SecurityError') } })"
)
SESSION = re.compile("/api/session$")


def assert_gone(payer: Payer) -> None:
    """Nobody is signed in with this browser any more."""
    payer.page.reload()
    expect(payer.heading("Sign in to see your billing")).to_be_visible()


def test_1_offline_nobody_is_told_to_be_signed_out(payer: Payer) -> None:
    payer.open_billing()
    expect(payer.page.locator(".history tbody tr").first).to_be_visible()
    payer.context.set_offline(True)
    payer.sign_out()
    alert = payer.page.get_by_role("alert")
    expect(alert).to_contain_text("You are still signed in")
    expect(payer.page.get_by_text(SIGNED_OUT)).to_have_count(0)
    assert_fits_everyone(payer, "signing out offline")
    payer.button("Sign out again").press("Enter")
    expect(payer.page.get_by_test_id("announcer")).to_have_text("You are still signed in")
    expect(payer.button("Sign out again")).to_be_focused()
    expect(alert).to_contain_text("You are still signed in")
    payer.context.set_offline(False)
    payer.button("Sign out again").click()
    expect(payer.page.get_by_text(SIGNED_OUT)).to_be_visible()
    assert_gone(payer)


def test_1_a_server_that_fails_has_signed_nobody_out(payer: Payer) -> None:
    def fail(route: Route) -> None:
        if route.request.method == "DELETE":
            route.fulfill(status=500, body="<html>")
        else:
            route.fallback()

    payer.open_billing()
    payer.page.route(SESSION, fail)
    payer.sign_out()
    expect(payer.page.get_by_role("alert")).to_contain_text("You are still signed in")
    payer.page.unroute(SESSION)
    payer.page.reload()
    expect(payer.heading("You owe", level=2)).to_be_visible()
    payer.sign_out()
    expect(payer.page.get_by_text(SIGNED_OUT)).to_be_visible()
    assert_gone(payer)


def test_1_signing_out_ends_the_other_tabs_and_what_was_typed_there(payer: Payer) -> None:
    payer.open_billing()
    payer.choose("Individual session")
    payer.add_note("For nobody else")
    other = payer.context.new_page()
    other.goto(payer.stack.url(f"/{payer.practice}/payments"))
    other.get_by_role("button", name="Menu").click()
    other.get_by_role("button", name="Sign out").click()
    expect(payer.page.get_by_text(SIGNED_OUT)).to_be_visible()
    expect(payer.page.get_by_text("Maya")).to_have_count(0)
    assert "For nobody else" not in payer.page.evaluate(
        "JSON.stringify([history.state, {...sessionStorage}])"
    )


def open_with_clock(payer: Payer) -> None:
    """Billing, with every answer there: one that came later would be use of the session."""
    payer.page.clock.install()
    payer.open_billing()
    expect(payer.page.locator(".history tbody tr").first).to_be_visible()


def asked_who_is_there(page: Page, seen: list[str]) -> None:
    """Collects the requests that keep a session alive."""

    def on_request(request: Request) -> None:
        if SESSION.search(request.url):
            seen.append(request.method)

    page.on("request", on_request)


def test_3_an_idle_session_warns_two_minutes_before_and_one_press_keeps_it(payer: Payer) -> None:
    open_with_clock(payer)
    payer.page.clock.fast_forward("11:30")
    warning = payer.page.get_by_role("alertdialog")
    expect(warning).to_have_count(0)
    payer.page.clock.fast_forward("00:40")
    expect(warning).to_have_accessible_description(re.compile("^You will be signed out in 2 minutes"))
    assert_fits_everyone(payer, "idle warning")
    payer.page.clock.fast_forward("01:00")
    expect(warning).to_contain_text("in 1 minute,")
    stay = payer.button("Stay signed in")
    expect(stay).to_be_focused()
    stay.press("Enter")
    expect(warning).to_have_count(0)
    payer.page.clock.fast_forward("11:00")
    expect(warning).to_have_count(0)
    payer.page.clock.fast_forward("04:00")
    expect(payer.page.get_by_text("You were signed out to keep your information private.")).to_be_visible()
    expect(payer.page.get_by_text("Maya")).to_have_count(0)
    assert_gone(payer)  # the API's clock has not moved: it was told


def test_3_a_session_that_ends_under_its_warning_leaves_the_focus_on_the_heading(payer: Payer) -> None:
    """The whole page had it, with a ring round it."""
    open_with_clock(payer)
    payer.page.clock.fast_forward("12:30")
    expect(payer.page.get_by_role("alertdialog")).to_be_visible()
    payer.page.clock.fast_forward("04:00")
    expect(payer.heading("Sign in to see your billing")).to_be_focused()


def test_3_staying_offline_says_that_it_did_not_work(payer: Payer) -> None:
    open_with_clock(payer)
    payer.page.clock.fast_forward("12:30")
    payer.context.set_offline(True)
    payer.button("Stay signed in").click()
    expect(payer.page.get_by_role("alertdialog")).to_contain_text("We could not reach the server")
    payer.context.set_offline(False)
    payer.button("Stay signed in").click()
    expect(payer.page.get_by_role("alertdialog")).to_have_count(0)


def test_3_typing_and_the_card_frame_count_as_use(payer: Payer) -> None:
    open_with_clock(payer)
    payer.choose("Individual session")
    expect(payer.page.locator(".dialog .slip")).to_be_visible()
    kept: list[str] = []
    asked_who_is_there(payer.page, kept)
    payer.page.clock.fast_forward("10:00")
    with payer.page.expect_response(SESSION):
        payer.add_note("a")
    payer.page.get_by_label("Notes").press("b")
    expect(payer.page.get_by_label("Notes")).to_have_value("ab")
    assert kept == ["GET"]  # one request a minute at most
    payer.page.clock.fast_forward("10:00")
    expect(payer.page.get_by_role("alertdialog")).to_have_count(0)
    payer.next("Continue to your card")
    expect(payer.page.locator("[data-state=ready]")).to_be_visible()
    expect(payer.page.get_by_label("E-mail address")).to_be_visible()  # the last of what is loaded
    payer.page.clock.fast_forward("10:00")
    with payer.page.expect_response(SESSION):
        payer.page.frame_locator(CARD_FRAME).get_by_label("Card number").fill("4242")
    payer.page.clock.fast_forward("10:00")
    expect(payer.page.get_by_role("alertdialog")).to_have_count(0)


def test_3_use_in_one_tab_keeps_the_other_signed_in(payer: Payer) -> None:
    open_with_clock(payer)
    payer.page.clock.fast_forward("12:30")
    expect(payer.page.get_by_role("alertdialog")).to_be_visible()
    other = payer.context.new_page()
    other.clock.install(time=payer.page.evaluate("Date.now()"))
    other.goto(payer.stack.url(f"/{payer.practice}/payments"))
    expect(other.get_by_text("No payments yet.")).to_be_visible()
    expect(payer.page.get_by_role("alertdialog")).to_have_count(0)
    payer.page.clock.fast_forward("10:00")
    expect(payer.heading("You owe", level=2)).to_be_visible()


def test_3_amount_and_notes_survive_a_reload_and_a_new_sign_in(payer: Payer) -> None:
    payer.open_billing()
    payer.choose("Individual session")
    payer.type_amount("31.")
    payer.add_note("For both of us")
    payer.page.reload()
    amount, notes = payer.page.get_by_label("Payment Amount"), payer.page.get_by_label("Notes")
    expect(amount).to_have_value("31.")
    expect(notes).to_have_value("For both of us")
    # Nothing is asked any more that would end the session before the amount is changed.
    expect(payer.page.get_by_role("dialog").get_by_text("Processing fee")).to_be_visible()
    payer.context.clear_cookies()
    amount.fill("32")
    expect(payer.page.get_by_text("You were signed out to keep your information private.")).to_be_visible()
    type_code(payer, code_in(ask_for_code(payer)))
    expect(amount).to_have_value("32")
    expect(notes).to_have_value("For both of us")
    payer.next("Continue to your card")
    expect(payer.pay_button("$32.00")).to_be_visible()


def fail_to_sign_out(payer: Payer) -> None:
    payer.page.route(
        SESSION,
        lambda route: route.fulfill(status=500) if route.request.method == "DELETE" else route.fallback(),
    )


def second_tab(payer: Payer) -> Page:
    other = payer.context.new_page()
    other.goto(payer.stack.url(f"/{payer.practice}/billing"))
    expect(other.locator(".balance__amount")).to_be_visible()
    return other


def test_1_the_pages_are_covered_while_a_slow_server_signs_out(payer: Payer) -> None:
    payer.open_billing()
    held: list[Route] = []
    payer.page.route(SESSION, lambda route: held.append(route))
    payer.sign_out()
    expect(payer.heading("Signing out…")).to_be_visible()
    expect(payer.page.get_by_text("Maya")).to_have_count(0)
    expect(payer.page.get_by_text(SIGNED_OUT)).to_have_count(0)
    assert_fits_everyone(payer, "signing out")
    held[0].continue_()
    expect(payer.page.get_by_text(SIGNED_OUT)).to_be_visible()


def test_1_an_answer_that_is_lost_is_asked_for(payer: Payer) -> None:
    def lose(route: Route) -> None:
        if route.request.method == "DELETE":
            route.fetch()
            route.abort()
        else:
            route.fallback()

    payer.open_billing()
    payer.page.route(SESSION, lose)
    payer.sign_out()
    expect(payer.page.get_by_text(SIGNED_OUT)).to_be_visible()


def test_1_signing_out_leaves_no_account_in_the_address_and_no_trace_of_use(payer: Payer) -> None:
    payer.open_billing()
    payer.go(query=f"?account={payer.account}&from=2026-01-01&to=2026-02-01")
    expect(payer.page.locator(".balance__amount")).to_be_visible()
    payer.sign_out()
    expect(payer.page.get_by_text(SIGNED_OUT)).to_be_visible()
    expect(payer.page).to_have_url(payer.stack.url(f"/{payer.practice}/"))
    assert payer.page.evaluate("localStorage['billfold.seen']") is None


def test_1_an_address_with_two_slashes_signs_out_as_well(payer: Payer) -> None:
    """The History API threw, and everything stayed on the screen."""
    payer.sign_in()
    payer.page.goto(payer.stack.url(f"//{payer.practice}/billing"))
    expect(payer.page.locator(".balance__amount")).to_be_visible()
    payer.sign_out()
    expect(payer.page.get_by_text(SIGNED_OUT)).to_be_visible()
    expect(payer.page.get_by_text("Maya")).to_have_count(0)


def test_1_tabs_hear_of_signing_out_where_storage_is_blocked(payer: Payer) -> None:
    payer.context.add_init_script(NO_STORAGE)
    payer.open_billing()
    other = second_tab(payer)
    payer.sign_out()
    expect(other.get_by_text(SIGNED_OUT)).to_be_visible()
    expect(other.locator(".balance__amount")).to_have_count(0)


def test_1_tabs_hear_of_signing_in_and_of_a_session_that_ended(payer: Payer) -> None:
    payer.open_billing()
    other = second_tab(payer)
    payer.sign_out()
    expect(other.get_by_text(SIGNED_OUT)).to_be_visible()
    type_code(payer, code_in(ask_for_code(payer)))
    expect(payer.heading("You owe", level=2)).to_be_visible()
    expect(other.get_by_text(SIGNED_OUT)).to_have_count(0)
    expect(other.locator(".balance__amount")).to_be_visible()
    payer.context.clear_cookies()
    other.get_by_role("link", name="Documents", exact=True).click()
    expect(other.get_by_text(KEPT_PRIVATE)).to_be_visible()
    expect(payer.page.get_by_text(KEPT_PRIVATE)).to_be_visible()


def test_3_an_idle_session_that_cannot_be_ended_is_hidden_and_said_to_live(payer: Payer) -> None:
    open_with_clock(payer)
    fail_to_sign_out(payer)
    payer.page.clock.fast_forward("16:00")
    expect(payer.page.get_by_role("alert")).to_contain_text(STILL_IN)
    expect(payer.page.get_by_text("Maya")).to_have_count(0)
    expect(payer.page.get_by_text(KEPT_PRIVATE)).to_have_count(0)
    payer.page.unroute(SESSION)
    payer.button("Sign out again").click()
    expect(payer.page.get_by_text(SIGNED_OUT)).to_be_visible()
    assert_gone(payer)


def test_3_a_tab_that_wakes_shows_nothing_of_a_session_long_over(payer: Payer) -> None:
    """No timer runs while a computer sleeps; the tab is looked at before one does."""
    payer.context.add_init_script(
        "{ const now = Date.now; window.slept = 0; Date.now = () => now() + slept }"
    )
    payer.open_billing()
    expect(payer.page.locator(".history tbody tr").first).to_be_visible()
    payer.page.evaluate("slept = 9 * 3600e3; window.dispatchEvent(new Event('focus'))")
    expect(payer.page.get_by_text(KEPT_PRIVATE)).to_be_visible()
    expect(payer.page.get_by_text("Maya")).to_have_count(0)


def test_3_another_person_never_sees_what_was_typed(new_payer: NewPayer) -> None:
    """Both may see the child's account, at the same address."""
    anna = new_payer(owes=False, children={"kim": "Kim Lindqvist"})
    child = f"{anna.account}-kim"
    add_charges(anna.stack, anna.practice, child)
    ben_email = f"ben-{anna.email}"
    anna.stack.books("person", practice=anna.practice, email=ben_email, accounts={child: "Kim Lindqvist"})
    anna.sign_in()
    anna.go(query=f"?account={child}")
    anna.choose("Individual session")
    anna.type_amount("41.17")
    anna.add_note("Not for Ben")
    expect(anna.page.get_by_role("dialog").get_by_text("Processing fee")).to_be_visible()
    anna.context.clear_cookies()
    # What the note has the page ask for may end the session first, and takes the field with it.
    with contextlib.suppress(Error):
        anna.page.get_by_label("Payment Amount").fill("41.18", timeout=3_000)
    expect(anna.page.get_by_text(KEPT_PRIVATE)).to_be_visible()
    anna.email = ben_email
    type_code(anna, code_in(ask_for_code(anna)))
    expect(anna.page.locator(".balance__amount")).to_be_visible()
    expect(anna.page.get_by_role("dialog")).to_have_count(0)
    left = anna.page.evaluate("JSON.stringify([history.state, location.href, {...sessionStorage}])")
    assert "Not for Ben" not in left
    assert "41.1" not in left
    assert ben_email not in left
