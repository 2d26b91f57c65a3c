"""The amount of Make a Payment: what is typed or pasted, and how a mistake is said (WCAG 3.3.1, 4.1.3)."""

import re

import pytest
from playwright.sync_api import Locator, Route, expect

from tests.browser.conftest import NewPayer
from tests.browser.payer import Payer
from tests.browser.test_everyone import assert_fits_everyone

pytestmark = [pytest.mark.browser, pytest.mark.slow]

# Keeps every text that the amount's error has had, and that it is one element all the time.
WATCH = """
() => {
  const place = document.getElementById("amount-error");
  window.said = [];
  window.place = place;
  new MutationObserver(() => window.said.push(place.textContent)).observe(
    place, { childList: true, characterData: true, subtree: true });
}
"""


@pytest.fixture
def dialog(payer: Payer) -> Locator:
    """Make a Payment for the service of which 80.00 is owed."""
    payer.open_billing()
    payer.choose("Individual session")
    expect(payer.page.locator(".dialog .slip")).to_be_visible()
    payer.page.evaluate(WATCH)
    return payer.page.get_by_role("dialog")


def said(payer: Payer) -> list[str]:
    assert payer.page.evaluate("window.place === document.getElementById('amount-error')")
    assert payer.page.evaluate("window.place.ariaLive") == "polite"
    texts: list[str] = payer.page.evaluate("window.said.filter((text) => text !== '')")
    return texts


def test_14_T7_a_refused_amount_is_said_once_where_a_screen_reader_listens(
    payer: Payer, dialog: Locator
) -> None:
    payer.type_amount("9000")
    error = dialog.locator("#amount-error")
    expect(error).to_contain_text("Enter $80.00 at most")
    assert len(said(payer)) == 1
    expect(payer.page.get_by_label("Payment Amount")).to_have_attribute("aria-invalid", "true")
    assert_fits_everyone(payer, "refused amount")


def test_14_the_button_always_answers_and_an_error_moves_the_focus_to_the_amount(
    payer: Payer, dialog: Locator
) -> None:
    amount = payer.page.get_by_label("Payment Amount")
    button = dialog.get_by_role("button", name="Continue to your card")
    for typed, words in (("9000", "Enter $80.00 at most"), ("", "Enter an amount."), ("x", "in digits")):
        amount.fill(typed)
        expect(button).not_to_have_attribute("aria-disabled", "true")
        button.press("Enter")
        expect(dialog.locator("#amount-error")).to_contain_text(words)
        expect(amount).to_be_focused()


def test_14_nothing_is_said_while_a_number_is_being_typed(payer: Payer, dialog: Locator) -> None:
    amount = payer.page.get_by_label("Payment Amount")
    expect(amount).to_be_focused()  # the dialog begins at the amount
    amount.select_text()
    amount.press_sequentially("30.", delay=300)
    amount.press_sequentially("50", delay=300)
    expect(dialog.locator(".pay-total")).to_contain_text("$30.50")
    assert said(payer) == []
    amount.fill("30.")
    expect(dialog.locator(".pay-total")).to_contain_text("$30.00")
    payer.page.wait_for_timeout(1500)  # longer than the pause after which a mistake is said
    assert said(payer) == []


def test_14_no_mistake_is_told_of_a_figure_that_is_still_being_typed(payer: Payer, dialog: Locator) -> None:
    """1,250 on its way to 1,250.00 is not yet what is meant, and 12.505 has a digit that goes again."""
    amount = payer.page.get_by_label("Payment Amount")
    amount.select_text()
    amount.press_sequentially("1,250.00", delay=300)
    expect(dialog.locator("#amount-error")).to_contain_text("Enter $80.00 at most")
    assert len(said(payer)) == 1
    payer.type_amount("")
    amount.press_sequentially("12.505", delay=300)
    amount.press("Backspace")
    expect(dialog.locator(".pay-total")).to_contain_text("$12.50")
    assert len(said(payer)) == 1


def test_15_one_sentence_says_what_a_changed_amount_means(payer: Payer, dialog: Locator) -> None:
    payer.type_amount("30.50")
    expect(dialog.get_by_role("status")).to_have_text("You pay $30.50. After this you still owe $209.50.")


def test_14_Enter_before_the_quote_is_there_goes_on_with_what_was_typed(
    payer: Payer, dialog: Locator
) -> None:
    amount = payer.page.get_by_label("Payment Amount")
    amount.fill("31")
    amount.press("Enter")
    expect(payer.pay_button("$31.00")).to_be_visible()


def test_14_a_figure_with_one_reading_is_asked_about_and_the_answer_moves_the_focus_back(
    new_payer: NewPayer,
) -> None:
    payer = new_payer(owes=False)
    payer.stack.books(
        "charge", practice=payer.practice, account=payer.account, name="intensive", days_ago=3,
        service="Intensive week", clinician="amara", owed_minor=200_000,
    )  # fmt: skip
    payer.open_billing()
    payer.choose("Intensive week")
    dialog = payer.page.get_by_role("dialog")
    payer.type_amount("1.234")
    expect(dialog.locator("#amount-error")).to_have_text("Do you mean $1,234.00?")
    expect(dialog.locator(".which button")).to_have_count(1)
    assert_fits_everyone(payer, "one reading")
    dialog.get_by_role("button", name="$1,234.00").click()
    amount = payer.page.get_by_label("Payment Amount")
    expect(amount).to_have_value("1234.00")
    expect(amount).to_be_focused()
    expect(dialog.locator(".which")).to_have_count(0)


def test_14_nobody_is_asked_about_an_amount_that_would_be_refused(payer: Payer, dialog: Locator) -> None:
    error = dialog.locator("#amount-error")
    for typed, words in (
        ("1,234", "Enter $80.00 at most."),
        ("70.005", "Enter no more than 2 decimals."),
        ("12 50", "Enter an amount in digits"),
    ):
        payer.type_amount(typed)
        expect(error).to_contain_text(words)
        expect(dialog.locator(".which")).to_have_count(0)


def test_14_figures_that_people_paste_are_taken(payer: Payer, dialog: Locator) -> None:
    total = dialog.locator(".pay-total")
    for pasted in ("US$30", "USD 30", "+30", "３０", "٣٠", "\u200e30\u200f", "30."):
        payer.type_amount("20")
        expect(total).to_contain_text("$20.00")
        payer.type_amount(pasted)
        expect(total, pasted).to_contain_text("$30.00")
        assert said(payer) == [], pasted


def test_14_a_quote_that_does_not_come_is_said_and_the_button_asks_again(
    payer: Payer, dialog: Locator
) -> None:
    def refuse(route: Route) -> None:
        route.abort("internetdisconnected")

    payer.page.route(re.compile("/quotes$"), refuse)
    payer.type_amount("30")
    expect(dialog.get_by_text("We could not reach the server")).to_be_visible()
    payer.page.unroute(re.compile("/quotes$"))
    dialog.get_by_role("button", name="Continue to your card").click()
    expect(payer.pay_button("$30.00")).to_be_visible()
