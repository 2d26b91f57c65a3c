"""One intent is one payment, whatever is clicked, reloaded, gone back from or lost (proofs 8)."""

import re

import pytest
from playwright.sync_api import Route, expect

from tests.browser.conftest import NewPayer
from tests.browser.payer import Payer
from tests.browser.stack import INLINE, REDIRECT
from tests.browser.test_everyone import assert_fits_everyone
from tests.support.waiting import wait_until

pytestmark = [pytest.mark.browser, pytest.mark.slow]

THANKS = "Thank you. Your payment went through."
DOUBLE_CLICK = "(button) => { button.click(); button.click(); button.click(); }"


def chosen(payer: Payer, next_label: str) -> None:
    payer.open_billing()
    payer.choose("Individual session")
    payer.next(next_label)


def assert_paid_once(payer: Payer) -> None:
    expect(payer.heading(THANKS)).to_be_visible()
    assert payer.paid() == [8000]
    assert payer.owed() == 16000


def test_a_double_click_on_pay_here_is_one_payment(payer: Payer) -> None:
    chosen(payer, "Continue to your card")
    payer.type_card()
    expect(payer.pay_button("$80.00")).not_to_have_attribute("aria-disabled", "true")
    payer.pay_button("$80.00").evaluate(DOUBLE_CLICK)
    assert_paid_once(payer)
    assert len(payer.payments()) == 1


def test_a_double_click_on_pay_there_is_one_payment(new_payer: NewPayer) -> None:
    payer = new_payer(REDIRECT)
    chosen(payer, "Next")
    expect(payer.button("Submit")).to_be_visible()
    payer.button("Submit").evaluate(DOUBLE_CLICK)
    payer.page.wait_for_url(re.compile("/c/pay/"))
    payer.pay_on_processors_page()
    assert_paid_once(payer)
    assert len(payer.payments()) == 1


def test_reloading_at_every_step_here_is_one_payment(payer: Payer) -> None:
    payer.open_billing()
    payer.choose("Individual session")
    payer.page.reload()
    expect(payer.page.get_by_role("dialog")).to_be_visible()
    payer.next("Continue to your card")
    expect(payer.heading("Card details", level=2)).to_be_visible()
    payer.page.reload()
    payer.type_card()
    payer.page.reload()
    payer.type_card()
    payer.press_pay("$80.00")
    expect(payer.heading(THANKS)).to_be_visible()
    payer.page.reload()
    assert_paid_once(payer)
    assert len(payer.payments()) == 1


def test_reloading_at_every_step_there_is_one_payment_and_keeps_the_notes(new_payer: NewPayer) -> None:
    payer = new_payer(REDIRECT)
    payer.open_billing()
    payer.choose("Individual session")
    payer.add_note("Please look")
    payer.next("Next")
    expect(payer.button("Submit")).to_be_visible()
    payer.page.reload()
    expect(payer.page.get_by_text("Please look")).to_be_visible()
    payer.button("Submit").click()
    payer.page.wait_for_url(re.compile("/c/pay/"))
    payer.page.reload()
    payer.pay_on_processors_page()
    expect(payer.heading(THANKS)).to_be_visible()
    payer.page.reload()
    assert_paid_once(payer)
    assert [p["notes"] for p in payer.payments()] == ["Please look"]


def test_going_back_from_the_card_and_forward_again_is_one_payment(payer: Payer) -> None:
    chosen(payer, "Continue to your card")
    expect(payer.page.locator("[data-state=ready]")).to_be_visible()
    payer.page.go_back()
    expect(payer.page.get_by_text("You started a payment of $80.00")).to_be_visible()
    payer.page.go_forward()
    payer.type_card()
    payer.press_pay("$80.00")
    assert_paid_once(payer)
    payer.page.go_back()
    expect(payer.heading("You owe", level=2)).to_be_visible()
    assert len(payer.payments()) == 1


def test_going_back_while_it_is_sent_leaves_the_reader_there_and_is_one_payment(payer: Payer) -> None:
    held: list[Route] = []

    def hold(route: Route) -> None:
        held.append(route)

    payer.page.route(re.compile("/payments$"), hold, times=1)
    with payer.page.expect_request(re.compile("/payments$")):
        chosen(payer, "Continue to your card")
    payer.page.go_back()
    expect(payer.heading("You owe", level=2)).to_be_visible()
    with payer.page.expect_response(re.compile("/payments$")):
        held[0].continue_()
    expect(payer.heading("Billing")).to_be_visible()
    payer.page.reload()
    expect(payer.page.get_by_text("You started a payment of $80.00")).to_be_visible()
    payer.page.go_forward()
    payer.type_card()
    payer.press_pay("$80.00")
    assert_paid_once(payer)
    assert len(payer.payments()) == 1


def test_going_back_from_the_processors_page_offers_the_same_payment(new_payer: NewPayer) -> None:
    payer = new_payer(REDIRECT)
    chosen(payer, "Next")
    payer.button("Submit").click()
    payer.page.wait_for_url(re.compile("/c/pay/"))
    first = payer.page.url
    payer.page.go_back()
    payer.button("Submit").click()
    payer.page.wait_for_url(re.compile("/c/pay/"))
    assert payer.page.url == first
    payer.pay_on_processors_page()
    assert_paid_once(payer)
    assert len(payer.payments()) == 1


@pytest.mark.parametrize("practice", [INLINE, REDIRECT])
def test_an_answer_lost_on_its_way_is_asked_for_again_with_the_same_key(
    new_payer: NewPayer, practice: str
) -> None:
    payer = new_payer(practice)
    keys: list[str] = []

    def lose_the_first(route: Route) -> None:
        keys.append(route.request.headers["idempotency-key"])
        if len(keys) == 1:
            route.fetch()
            return route.abort("connectionreset")
        return route.continue_()

    payer.page.route(re.compile("/payments$"), lose_the_first)
    chosen(payer, "Continue to your card" if practice == INLINE else "Next")
    if practice == REDIRECT:
        payer.button("Submit").click()
    expect(payer.button("Try again")).to_be_visible()
    # Issue 11, number 8: what was agreed to stays on the page meanwhile.
    expect(payer.page.locator(".pay-layout__what")).to_contain_text("You pay $80.00", use_inner_text=True)
    payer.button("Try again").click()
    if practice == REDIRECT:
        payer.page.wait_for_url(re.compile("/c/pay/"))
        payer.pay_on_processors_page()
    else:
        payer.type_card()
        payer.press_pay("$80.00")
    assert_paid_once(payer)
    assert len(keys) == 2
    assert len(set(keys)) == 1


def test_a_payment_begun_in_another_tab_makes_way_and_one_is_paid(payer: Payer) -> None:
    chosen(payer, "Continue to your card")
    payer.expect_card_fields()
    other = Payer(
        payer.stack, payer.context, payer.context.new_page(), payer.practice, payer.email, payer.account
    )
    chosen(other, "Continue to your card")
    other.type_card()
    other.press_pay("$80.00")
    assert_paid_once(other)
    payer.page.reload()
    expect(payer.page.get_by_text("Nothing has been charged.")).to_be_visible()
    assert payer.paid() == [8000]


@pytest.mark.parametrize(
    ("there", "words"),
    [("pays it", THANKS), ("cancels it", "Your payment was canceled")],
)
def test_what_another_tab_did_with_a_payment_is_what_the_first_one_says(
    payer: Payer, there: str, words: str
) -> None:
    """It said what the processor calls a key that matches nothing, and to use another card."""
    chosen(payer, "Continue to your card")
    payer.type_card()
    other = Payer(
        payer.stack, payer.context, payer.context.new_page(), payer.practice, payer.email, payer.account
    )
    other.go()
    other.button("Continue this payment").click()
    if there == "pays it":
        other.type_card()
        other.press_pay("$80.00")
        expect(other.heading(THANKS)).to_be_visible()
    else:
        # Chromium gives a click right after a scroll to the processor's frame, which was there before.
        expect(other.page.locator("#card-fields")).to_have_attribute("data-state", "ready")
        other.button("Cancel payment").press("Enter")
        expect(other.heading("Billing")).to_be_visible()
    payer.page.bring_to_front()
    payer.press_pay("$80.00")
    expect(payer.heading(words)).to_be_visible()
    assert payer.paid() == ([8000] if there == "pays it" else [])


def test_S14_a_status_becomes_paid_without_a_reload_and_is_announced(new_payer: NewPayer) -> None:
    payer = new_payer(REDIRECT)
    chosen(payer, "Next")
    payer.button("Submit").click()
    payer.page.wait_for_url(re.compile("/c/pay/"))
    watcher = Payer(
        payer.stack, payer.context, payer.context.new_page(), payer.practice, payer.email, payer.account
    )
    watcher.go()
    expect(watcher.page.get_by_text("You started a payment of $80.00")).to_be_visible()
    assert watcher.history_status("Individual session") == "Open"
    watcher.page.evaluate("window.stillTheSamePage = true")
    payer.pay_on_processors_page()
    wait_until(lambda: watcher.history_status("Individual session") == "Paid", what="Paid")
    expect(watcher.page.get_by_test_id("announcer")).to_contain_text("Individual session: now Paid")
    # The balance is another answer than the history's, and may come after it.
    expect(watcher.page.locator(".balance__amount")).to_have_text("$160.00")
    assert watcher.page.evaluate("window.stillTheSamePage") is True


BEGIN_MANY = """
async ([account, times]) => {
  const send = async (path, body, headers = {}) => {
    const sent = { "Content-Type": "application/json", "Billfold-Request": "1", ...headers };
    const init = { method: "POST", headers: sent, body: JSON.stringify(body) };
    const answer = await fetch(`/api/accounts/${account}/${path}`, init);
    return [answer.status, await answer.json()];
  };
  const got = [];
  for (let n = 0; n < times; n++) {
    const scope = { type: "balance" };
    const [, { quote, amount_minor }] = await send("quotes", { scope });
    const key = { "Idempotency-Key": crypto.randomUUID() };
    got.push((await send("payments", { scope, quote, amount_minor }, key))[0]);
  }
  return got;
}
"""


def test_after_twenty_payments_begun_in_an_hour_the_page_says_how_long_to_wait(payer: Payer) -> None:
    """Issue 9, number 7."""
    payer.open_billing()
    assert payer.page.evaluate(BEGIN_MANY, [payer.account, 20]) == [201] * 20
    payer.choose("Individual session")
    payer.next("Continue to your card")
    notice = payer.page.get_by_role("alert")
    expect(notice).to_contain_text(re.compile(r"Many payments were begun .* you can go on in (5\d|60) min\."))
    expect(payer.button("Try again")).to_be_visible()
    assert_fits_everyone(payer, "too many payments")
    assert len(payer.payments()) == 20
    payer.page.get_by_role("button", name="Español").click()
    payer.button("Intentar de nuevo").click()
    expect(notice).to_contain_text("Por él no se cobró nada; podrá continuar en ")
