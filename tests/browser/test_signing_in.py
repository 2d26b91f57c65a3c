"""Signing in by e-mail, staying signed in, and being signed out."""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Route, expect

from tests.browser.conftest import NewPayer
from tests.browser.payer import Payer
from tests.support.payer import SIGN_IN_CODE

pytestmark = [pytest.mark.browser, pytest.mark.slow]


def ask_for_code(payer: Payer) -> str:
    """Returns the mail's text."""
    payer.page.get_by_label("E-mail address").fill(payer.email)
    payer.button("E-mail me a code").click()
    expect(payer.page.get_by_label("Code from the e-mail")).to_be_visible()
    return payer.stack.wait_for_mail(payer.email, "/sign-in#")


def code_in(mail: str) -> str:
    found = re.search(SIGN_IN_CODE, mail)
    assert found
    return found[0]


def link_in(mail: str) -> str:
    found = re.search(r"http://\S+/sign-in#\S+", mail)
    assert found
    return found[0]


def type_code(payer: Payer, code: str) -> None:
    payer.page.get_by_label("Code from the e-mail").fill(code)
    payer.button("Sign in").click()


def test_T1_a_client_signs_in_with_a_code_and_sees_what_is_due(payer: Payer) -> None:
    payer.go("")
    code = code_in(ask_for_code(payer))
    wrong = code[:-1] + ("0" if code[-1] != "0" else "1")
    type_code(payer, wrong)
    expect(payer.page.locator(".error-summary")).to_contain_text("not the code we sent")
    type_code(payer, code)
    expect(payer.heading("You owe", level=2)).to_be_visible()
    assert payer.balance() == "$240.00"
    expect(payer.button("Pay Now")).to_be_visible()
    payer.sign_out()
    expect(payer.page.get_by_text("You are signed out.")).to_be_visible()
    payer.page.reload()
    expect(payer.heading("Sign in to see your billing")).to_be_visible()


@pytest.mark.parametrize(
    "copied",
    [
        lambda code: code.lower(),
        lambda code: f"  {code.replace('-', ' ')}\n",
        lambda code: f"Your code: {code}",
        lambda code: code.replace("0", "o").replace("1", "l"),
    ],
)
def test_14_a_pasted_code_is_taken_with_whatever_was_copied_with_it(
    payer: Payer, copied: Callable[[str], str]
) -> None:
    payer.go("")
    code = code_in(ask_for_code(payer))
    field = payer.page.get_by_label("Code from the e-mail")
    payer.context.grant_permissions(["clipboard-write"])
    payer.page.evaluate("text => navigator.clipboard.writeText(text)", copied(code))
    field.press("Control+V")
    expect(field).to_have_value(code)
    payer.button("Sign in").click()
    expect(payer.heading("You owe", level=2)).to_be_visible()


def test_a_code_that_can_be_none_is_said_before_it_is_sent(payer: Payer) -> None:
    payer.go("")
    code = code_in(ask_for_code(payer))
    for _ in range(6):
        type_code(payer, code[:-1])
        expect(payer.page.locator(".error-summary")).to_contain_text("all eight letters and digits")
    type_code(payer, code.lower().replace("-", " "))
    expect(payer.heading("You owe", level=2)).to_be_visible()


def test_the_code_of_the_mail_before_the_last_still_works(payer: Payer) -> None:
    payer.go("")
    first = code_in(ask_for_code(payer))
    payer.button("Send another code").click()
    payer.button("E-mail me a code").click()
    expect(payer.page.get_by_text("One that you asked for here in the last 10 minutes")).to_be_visible()
    type_code(payer, first)
    expect(payer.heading("You owe", level=2)).to_be_visible()


def test_15_a_phones_keyboard_says_that_its_key_goes_on(payer: Payer) -> None:
    payer.go("")
    expect(payer.page.get_by_label("E-mail address")).to_have_attribute("enterkeyhint", "go")
    ask_for_code(payer)
    expect(payer.page.get_by_label("Code from the e-mail")).to_have_attribute("enterkeyhint", "go")


def test_opening_the_link_uses_nothing_and_its_button_signs_in(payer: Payer) -> None:
    payer.go("")
    link = link_in(ask_for_code(payer))
    for _ in range(2):
        payer.page.goto("about:blank")
        payer.page.goto(link)
        expect(payer.heading("Welcome back")).to_be_visible()
    payer.button("Sign in").click()
    expect(payer.heading("You owe", level=2)).to_be_visible()
    assert "#" not in payer.page.url


def test_issue_10_10_a_used_link_says_one_thing_and_offers_one(payer: Payer) -> None:
    payer.go("")
    link = link_in(ask_for_code(payer))
    payer.page.goto("about:blank")
    payer.page.goto(link)
    payer.button("Sign in").click()
    expect(payer.heading("You owe", level=2)).to_be_visible()
    payer.context.clear_cookies(name="billfold")
    payer.page.goto("about:blank")
    payer.page.goto(link)
    payer.button("Sign in").click()
    expect(payer.heading("This link no longer works")).to_be_focused()
    expect(payer.page.get_by_text("Only the button uses the link")).to_have_count(0)
    expect(payer.button("Sign in")).to_have_count(0)
    payer.page.get_by_role("link", name="Send another code").click()
    expect(payer.page.get_by_label("E-mail address")).to_be_visible()


def test_a_link_opened_after_its_code_was_used_says_that_one_is_signed_in(payer: Payer) -> None:
    """Issue 10: it was said not to be used yet, and its button then answered that it no longer works."""
    payer.go("")
    mail = ask_for_code(payer)
    type_code(payer, code_in(mail))
    expect(payer.heading("You owe", level=2)).to_be_visible()
    payer.page.goto("about:blank")
    payer.page.goto(link_in(mail))
    lead = payer.page.locator(".lead")
    expect(lead).to_have_text(f"You are signed in already, as {payer.email}. You do not need this link.")
    payer.page.get_by_role("main").get_by_role("link", name="Go to Billing").click()
    expect(payer.heading("You owe", level=2)).to_be_visible()


def test_10_a_second_link_opened_over_a_used_one_is_a_link_of_its_own(payer: Payer) -> None:
    """It changes the address behind the `#` alone, and loads no page: the words about the first stayed."""
    payer.go("")
    link = link_in(ask_for_code(payer))
    payer.page.goto(link.partition("#")[0] + "#" + "A" * 43)
    payer.button("Sign in").click()
    expect(payer.heading("This link no longer works")).to_be_visible()
    payer.page.goto(link)
    expect(payer.heading("Welcome back")).to_be_visible()
    payer.button("Sign in").click()
    expect(payer.heading("You owe", level=2)).to_be_visible()


def test_T4_a_server_that_fails_after_the_link_was_taken_is_not_called_a_blocked_cookie(payer: Payer) -> None:
    payer.go("")
    link = link_in(ask_for_code(payer))
    payer.page.goto("about:blank")
    payer.page.goto(link)
    expect(payer.heading("Welcome back")).to_be_visible()
    payer.page.route(re.compile("/api/session$"), lambda route: route.fulfill(status=500, body="<html>"))
    payer.button("Sign in").click()
    expect(payer.page.get_by_role("alert")).to_contain_text("The server could not answer")
    expect(payer.page.get_by_text("Your browser is blocking cookies")).to_have_count(0)
    payer.page.unroute(re.compile("/api/session$"))
    payer.button("Try again").click()
    expect(payer.heading("You owe", level=2)).to_be_visible()


@pytest.mark.parametrize("button", ["E-mail me a code", "Sign in"])
def test_5_a_form_sent_twice_with_the_same_mistake_says_it_twice(payer: Payer, button: str) -> None:
    """The second time the focus stayed on the button, and nothing was said."""
    payer.go("")
    if button == "Sign in":
        ask_for_code(payer)
    for _ in range(2):
        payer.button(button).press("Enter")
        expect(payer.page.locator(".error-summary")).to_be_focused()
        payer.button(button).focus()


def test_the_link_in_another_browser_says_to_type_the_code_where_it_began(new_payer: NewPayer) -> None:
    payer, elsewhere = new_payer(), new_payer()
    payer.go("")
    mail = ask_for_code(payer)
    elsewhere.page.goto(link_in(mail))
    elsewhere.button("Sign in").click()
    expect(elsewhere.page.get_by_role("alert")).to_contain_text("Type the code where you started")
    type_code(payer, code_in(mail))
    expect(payer.heading("You owe", level=2)).to_be_visible()


def test_a_reload_still_asks_for_the_code(payer: Payer) -> None:
    payer.go("")
    mail = ask_for_code(payer)
    payer.page.reload()
    type_code(payer, code_in(mail))
    expect(payer.heading("You owe", level=2)).to_be_visible()


def test_a_pasted_sentence_with_the_code_in_it_is_taken(payer: Payer) -> None:
    payer.go("")
    code = code_in(ask_for_code(payer))
    type_code(payer, f"Your code: {code}")
    expect(payer.heading("You owe", level=2)).to_be_visible()


def test_an_ended_session_says_why_and_leads_back_to_the_same_page(payer: Payer) -> None:
    payer.sign_in()
    payer.go("payments")
    expect(payer.page.get_by_text("No payments yet.")).to_be_visible()
    payer.context.clear_cookies()
    payer.page.get_by_role("link", name="Billing", exact=True).click()
    expect(payer.page.get_by_text("You were signed out to keep your information private.")).to_be_visible()
    expect(payer.page.get_by_text("Maya")).to_have_count(0)
    type_code(payer, code_in(ask_for_code(payer)))
    expect(payer.heading("You owe", level=2)).to_be_visible()
    assert payer.page.url.endswith("/billing")


def test_T4_a_blocked_cookie_is_said(payer: Payer) -> None:
    payer.go("")
    code = code_in(ask_for_code(payer))

    def without_cookie(route: Route) -> None:
        answer = route.fetch()
        headers = {name: value for name, value in answer.headers.items() if name != "set-cookie"}
        payer.context.clear_cookies()
        route.fulfill(response=answer, headers=headers)

    payer.page.route(re.compile("/sign-in/sessions$"), without_cookie)
    type_code(payer, code)
    expect(payer.page.get_by_text("Your browser is blocking cookies")).to_be_visible()


def test_blocked_storage_breaks_nothing(payer: Payer) -> None:
    payer.context.add_init_script(
        "for (const name of ['localStorage', 'sessionStorage'])"
        " Object.defineProperty(window, name, { get() { throw new DOMException('blocked'); } });"
    )
    payer.open_billing()
    payer.choose("Individual session")
    payer.next("Continue to your card")
    payer.expect_card_fields()
    payer.page.reload()
    payer.type_card()
    payer.press_pay("$80.00")
    expect(payer.heading("Thank you. Your payment went through.")).to_be_visible()


def test_unknown_practices_and_pages_are_not_found(payer: Payer) -> None:
    for path in ("/nowhere/", "/river/nothing", "/a%20b/"):
        payer.page.goto(payer.stack.url(path))
        expect(payer.heading("We can’t find that page")).to_be_visible()
        expect(payer.page).to_have_title("Not found · Billfold")
