"""The Billing page: what is owed and why, what can be paid, what happened."""

import re

import pytest
from playwright.sync_api import Route, expect

from tests.browser.conftest import NewPayer
from tests.browser.payer import Payer
from tests.browser.test_everyone import assert_fits_everyone
from tests.support.waiting import wait_until

pytestmark = [pytest.mark.browser, pytest.mark.slow]


def test_S7_S8_S10_T5_the_balance_is_on_top_and_what_cannot_be_paid_says_why(payer: Payer) -> None:
    payer.open_billing()
    assert payer.balance() == "$240.00"
    expect(payer.button("Pay Now")).to_be_visible()
    words = payer.page.locator(".balance__words")
    expect(words).to_contain_text("$180.00 can be paid here. $60.00 is with Joan Weiss, who takes no online")
    expect(payer.page.locator(".services tbody tr")).to_have_count(3)
    expect(payer.row("Individual session")).to_contain_text("$150.00 fee − $70.00 insurance = $80.00 owed")
    expect(payer.row("Group evening").get_by_role("button")).to_have_count(0)
    expect(payer.row("Group evening").get_by_role("checkbox")).to_have_count(0)
    expect(payer.page).to_have_title("Billing · Billfold")


def test_T6_T8_check_all_even_over_one_fixes_the_amount(payer: Payer) -> None:
    payer.open_billing()
    payer.row("Family session").get_by_role("checkbox").check()
    bar = payer.page.get_by_role("region", name="Chosen services")
    expect(bar).to_contain_text("$100.00")
    bar.get_by_role("button", name="Make a Payment").click()
    amount = payer.page.get_by_label("Payment Amount")
    expect(amount).to_have_value("$100.00")
    expect(amount).not_to_be_editable()
    payer.button("Cancel").click()
    payer.page.get_by_role("checkbox", name="Check All").check()
    expect(bar).to_contain_text("$180.00")
    bar.get_by_role("button", name="Make a Payment").click()
    expect(amount).to_have_value("$180.00")
    expect(amount).not_to_be_editable()


def test_a_sum_that_did_not_come_is_asked_for_again(payer: Payer) -> None:
    """Issue 10: three dots stood for it for good, and nothing was said."""
    payer.open_billing()
    payer.page.route(re.compile("/quotes$"), lambda route: route.abort(), times=1)
    payer.row("Family session").get_by_role("checkbox").check()
    bar = payer.page.get_by_role("region", name="Chosen services")
    expect(bar).to_contain_text("We could not reach the server")
    expect(payer.page.get_by_test_id("announcer")).to_have_text("We could not reach the server")
    assert_fits_everyone(payer, "a sum that did not come")
    bar.get_by_role("button", name="Try again").click()
    expect(bar).to_contain_text("$100.00")
    expect(bar.get_by_role("button", name="Try again")).to_have_count(0)


def test_T7_one_services_amount_may_be_changed_up_to_what_is_due(payer: Payer) -> None:
    payer.open_billing()
    payer.choose("Individual session")
    dialog = payer.page.get_by_role("dialog")
    expect(payer.page.get_by_label("Payment Amount")).to_have_value("80.00")
    payer.type_amount("80.01")
    expect(dialog.get_by_text("Enter $80.00 at most").first).to_be_visible()
    expect(dialog.locator(".pay-total")).to_contain_text("You pay –")  # no answer is on its way
    payer.type_amount("79.80")
    expect(dialog.get_by_text("Pay $80.00, or $79.50 at most.").first).to_be_visible()
    expect(dialog.locator(".pay-total")).to_contain_text("You pay –")
    payer.type_amount("0")
    payer.button("Continue to your card").click()
    expect(dialog.get_by_text("Enter an amount above zero.")).to_be_visible()
    payer.type_amount("0.30")
    expect(dialog.get_by_text("Enter at least $0.50").first).to_be_visible()
    payer.type_amount("12,50")
    expect(dialog.locator(".pay-total")).to_contain_text("$12.50")
    expect(dialog.get_by_text("$67.50 left")).to_be_visible()


def test_4_another_amount_is_offered_where_something_is_payable_and_names_its_maximum(
    new_payer: NewPayer,
) -> None:
    payer = new_payer()
    payer.open_billing()
    payer.button("Pay another amount").click()
    hint = payer.page.locator("#amount-hint")
    expect(hint).to_contain_text("Up to $180.00")  # 60.00 of what is owed cannot be paid online
    payer.type_amount("180.01")
    expect(payer.page.locator("#amount-error")).to_contain_text("Enter $180.00 at most.")
    payer.stack.books(
        "payment", practice=payer.practice, account=payer.account, name="cash", amount_minor=24000
    )
    payer.go()
    expect(payer.page.get_by_text("You owe nothing right now.")).to_be_visible()
    expect(payer.button("Pay another amount")).to_have_count(0)


def test_4_another_amounts_maximum_is_the_practices_where_all_can_be_paid(new_payer: NewPayer) -> None:
    payer = new_payer(owes=False)
    payer.stack.books(
        "charge", practice=payer.practice, account=payer.account, name="c1", days_ago=40,
        service="Individual session", clinician="amara", owed_minor=8000,
    )  # fmt: skip
    payer.open_billing()
    payer.button("Pay another amount").click()
    expect(payer.page.locator("#amount-hint")).to_contain_text("Up to $5,000.00")
    payer.type_amount("5000.01")
    expect(payer.page.locator("#amount-error")).not_to_be_empty()


def test_an_ambiguous_amount_is_shown_back_and_never_guessed(payer: Payer) -> None:
    payer.open_billing()
    payer.button("Pay another amount").click()
    payer.type_amount("1.250")
    dialog = payer.page.get_by_role("dialog")
    expect(dialog.get_by_text("can mean two things")).to_be_visible()
    expect(dialog.locator(".slip")).to_have_count(0)
    dialog.get_by_role("button", name="$1.25", exact=True).click()
    expect(payer.page.get_by_label("Payment Amount")).to_have_value("1.25")
    expect(dialog.locator(".pay-total")).to_contain_text("$1.25")


def test_T9_the_dialog_keeps_the_focus_and_esc_gives_it_back(payer: Payer) -> None:
    payer.open_billing()
    opener = payer.row("Individual session").get_by_role("button")
    opener.focus()
    payer.page.keyboard.press("Enter")
    dialog = payer.page.get_by_role("dialog")
    expect(dialog.locator(".slip")).to_be_visible()
    for key in ["Tab"] * 8 + ["Shift+Tab"] * 8:
        payer.page.keyboard.press(key)
        assert dialog.evaluate("(element) => element.contains(document.activeElement)")
    payer.page.keyboard.press("Escape")
    expect(dialog).to_have_count(0)
    expect(opener).to_be_focused()


def test_back_closes_the_dialog_and_stays_on_the_page(payer: Payer) -> None:
    payer.open_billing()
    payer.choose("Individual session")
    payer.page.go_back()
    expect(payer.page.get_by_role("dialog")).to_have_count(0)
    expect(payer.heading("Billing")).to_be_visible()


def test_S4_S5_history_is_last_and_filtered_by_dates_from_the_keyboard(payer: Payer) -> None:
    payer.open_billing()
    page = payer.page
    headings = page.locator("main h2").all_inner_texts()
    assert headings[-1] == "Account History"
    rows = page.locator(".history tbody tr")
    expect(rows).not_to_have_count(0)
    days = [row.get_attribute("datetime") or "" for row in page.locator(".history time").all()]
    assert days == sorted(days, reverse=True)
    services = page.locator(".history tbody tr").filter(has_text="Family session").locator("time")
    family = str(services.first.get_attribute("datetime"))
    page.get_by_role("button", name="Choose dates").focus()
    page.keyboard.press("Enter")
    for label in ("From", "To"):
        page.get_by_label(label, exact=True).fill(family)
    page.get_by_label("To", exact=True).press("Enter")
    expect(page.locator("#range")).to_be_hidden()
    expect(page.locator(".history tbody tr").filter(has_text="Individual session")).to_have_count(0)
    expect(page.locator(".history tbody tr").first).to_be_visible()
    assert {row.get_attribute("datetime") for row in page.locator(".history time").all()} == {family}
    page.keyboard.press("Enter")
    page.get_by_label("From", exact=True).fill("2999-01-01")
    page.get_by_role("button", name="Show these dates").press("Enter")
    expect(page.locator("#range .error-summary")).to_contain_text("must not be after")
    page.keyboard.press("Escape")
    expect(page.locator("#range")).to_be_hidden()
    expect(page.locator(".range > button")).to_be_focused()


def test_a_guarantor_switches_between_accounts(new_payer: NewPayer) -> None:
    payer = new_payer(children={"noe": "Noé Lindqvist"})
    payer.open_billing()
    payer.open_menu()
    payer.page.get_by_label("Account", exact=True).select_option(label="Noé Lindqvist")
    expect(payer.page.get_by_text("You are looking at the account of Noé Lindqvist.")).to_be_visible()
    expect(payer.page.get_by_text("There are no open services.")).to_be_visible()
    expect(payer.page.get_by_text("You owe nothing right now.")).to_be_visible()
    payer.page.reload()
    expect(payer.page.get_by_text("You are looking at the account of Noé Lindqvist.")).to_be_visible()
    expect(payer.button("Pay Now")).to_have_count(0)


def test_billing_on_a_phone_leads_a_guarantor_to_the_other_account(new_payer: NewPayer) -> None:
    """Issue 14, number 22: nothing but the menu told of the child's."""
    payer = new_payer(children={"noe": "Noé Lindqvist"}, viewport={"width": 390, "height": 844})
    payer.open_billing()
    payer.page.get_by_role("main").get_by_role("link", name="Noé Lindqvist").click()
    expect(payer.page.get_by_text("You are looking at the account of Noé Lindqvist.")).to_be_visible()
    expect(payer.page.get_by_text("You also see the billing of: Maya Lindqvist")).to_be_visible()


@pytest.mark.parametrize("width", [390, 1280])
def test_15_choosing_an_account_by_keyboard_stays_at_the_choice_and_says_whose_it_is(
    new_payer: NewPayer, width: int
) -> None:
    """Issue 10: each arrow key took the focus to the heading, and the page changed in silence."""
    payer = new_payer(children={"noe": "Noé Lindqvist"}, viewport={"width": width, "height": 800})
    payer.open_billing()
    payer.open_menu()
    account = payer.page.get_by_label("Account", exact=True)
    account.focus()
    payer.page.keyboard.press("ArrowDown")
    if payer.page.url.endswith("billing"):  # the list is open first, and chosen from it with Enter
        payer.page.keyboard.press("Enter")
    expect(payer.page.get_by_text("You are looking at the account of Noé Lindqvist.")).to_be_visible()
    expect(account).to_be_focused()
    announcer = payer.page.get_by_test_id("announcer")
    expect(announcer).to_have_text("This is the account of Noé Lindqvist now.")


def test_anothers_account_in_the_address_is_simply_not_found(payer: Payer) -> None:
    payer.sign_in()
    payer.go(query="?account=a99999")
    expect(payer.heading("We can’t find that page")).to_be_visible()


def test_anothers_payment_is_not_found_and_its_reader_stays_signed_in(payer: Payer) -> None:
    """Issue 10: the header had no tabs and no way to sign out, as if nobody were signed in."""
    payer.sign_in()
    payer.go("return", "?account=a99999&payment=p99999")
    expect(payer.heading("We can’t find that page")).to_be_visible()
    payer.open_menu()
    expect(payer.button("Sign out")).to_be_visible()
    payer.page.keyboard.press("Escape")
    payer.page.get_by_role("link", name="Go to the start page").click()
    expect(payer.page.locator(".balance__amount")).to_be_visible()


def test_a_payment_that_was_let_go_says_so_where_the_page_cannot_be_read_again(payer: Payer) -> None:
    """Issue 10: it still offered to continue, and its buttons did nothing."""
    payer.open_billing()
    payer.choose("Individual session")
    payer.next("Continue to your card")
    expect(payer.pay_button("$80.00")).to_be_visible()
    payer.go()
    expect(payer.page.get_by_text("You started a payment of $80.00")).to_be_visible()
    payer.page.route(re.compile("/api/accounts/.*/billing$"), lambda route: route.abort())
    payer.button("Cancel it").click()
    expect(payer.page.locator(".notice").get_by_text("Payment of $80.00: Canceled.")).to_be_visible()
    expect(payer.page.get_by_role("alert")).to_contain_text("We could not reach the server")
    expect(payer.button("Continue this payment")).to_have_count(0)


def test_8_the_page_looks_once_more_after_the_answer_that_first_shows_an_end(payer: Payer) -> None:
    """Issue 11, number 8: its balance may have been read a moment before, and stayed on the page."""
    payer.open_billing()
    payer.choose("Individual session")
    payer.next("Continue to your card")
    expect(payer.pay_button("$80.00")).to_be_visible()
    payer.go()
    expect(payer.page.get_by_text("You started a payment of $80.00")).to_be_visible()
    ended: list[Route] = []

    def show_an_end(route: Route) -> None:
        answer = route.fetch()
        route.fulfill(response=answer, json={**answer.json(), "attempt": None})
        ended.append(route)

    billing = re.compile("/api/accounts/.*/billing$")
    payer.page.route(billing, show_an_end, times=1)

    def shown() -> bool:
        payer.page.wait_for_timeout(20)  # lets Playwright answer
        return bool(ended)

    wait_until(shown, what="an answer without the payment")
    with payer.page.expect_request(billing):
        pass
    expect(payer.page.get_by_text("You started a payment of $80.00")).to_be_visible()
