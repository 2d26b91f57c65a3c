"""One radio button a way, where the ways to pay lead to different processors (11.5)."""

import json
import re
from typing import Any

import pytest
from playwright.sync_api import Locator, Request, Route, expect

from tests.browser.conftest import NewPayer
from tests.browser.payer import Payer
from tests.browser.stack import BANKS
from tests.browser.test_everyone import assert_fits_everyone

pytestmark = [pytest.mark.browser, pytest.mark.slow]

PAYPAL = {"way": "paypal", "processor": "paypal", "flow": "redirect"}
PHONE, DESK = (390, 844), (1280, 900)


def offer_paypal(payer: Payer) -> None:
    """As if the practice had it, too: its API offers it, and takes it no more when it is chosen."""

    def with_paypal(route: Route) -> None:
        answer = route.fetch()
        body: dict[str, Any] = answer.json()
        body["payments"]["ways"].append(PAYPAL)
        route.fulfill(response=answer, body=json.dumps(body))

    payer.page.route(re.compile("/api/(accounts/[^/]+/billing|practices/[^/]+)$"), with_paypal)


def open_dialog(payer: Payer) -> Locator:
    offer_paypal(payer)
    payer.stack.flow(BANKS, "inline")
    payer.open_billing()
    payer.choose("Individual session")
    expect(payer.page.locator(".dialog .slip")).to_be_visible()
    return payer.page.get_by_role("dialog")


def asked_ways(payer: Payer) -> list[str]:
    """The way of each payment that is asked for from now on."""
    asked: list[str] = []

    def note(request: Request) -> None:
        if request.method == "POST" and request.url.endswith("/payments"):
            asked.append(json.loads(request.post_data or "{}").get("way", ""))

    payer.page.on("request", note)
    return asked


@pytest.mark.parametrize("size", [PHONE, DESK], ids=["phone", "desk"])
@pytest.mark.parametrize("language", ["en-US", "es-US"])
def test_each_way_says_what_it_is_before_it_is_chosen(
    new_payer: NewPayer, size: tuple[int, int], language: str
) -> None:
    payer = new_payer(BANKS, viewport={"width": size[0], "height": size[1]}, locale=language)
    dialog = open_dialog(payer)
    group = dialog.get_by_role("group", name=re.compile("^(How do you want|¿Cómo quiere)"))
    ways = group.get_by_role("radio")
    expect(ways).to_have_count(3)
    expect(ways.nth(0)).to_be_checked()
    for number, said in enumerate((r"\d|at once|al instante", "4 business days|4 días hábiles", "PayPal")):
        expect(group.locator("label").nth(number)).to_contain_text(re.compile(said))
    assert_fits_everyone(payer, f"ways to pay, {size[0]} {language}")


def test_its_payer_chooses_by_keyboard_sees_a_no_and_pays_another_way(new_payer: NewPayer) -> None:
    payer = new_payer(BANKS)
    dialog = open_dialog(payer)
    asked = asked_ways(payer)
    dialog.get_by_role("radio", name="Card").focus()
    payer.page.keyboard.press("ArrowDown")
    expect(dialog.get_by_role("radio", name="Bank account")).to_be_checked()
    payer.page.keyboard.press("ArrowDown")
    expect(dialog.get_by_role("radio", name="PayPal")).to_be_checked()
    payer.next("Next")
    expect(payer.heading("Review and pay")).to_be_visible()
    expect(payer.page.get_by_text("You approve the payment at PayPal")).to_be_visible()
    assert_fits_everyone(payer, "review of a payment by PayPal")
    payer.button("Submit").click()
    expect(payer.page.get_by_text("This way to pay is not offered here")).to_be_visible()
    payer.button("Change amount, notes or way to pay").click()
    dialog = payer.page.get_by_role("dialog")
    expect(dialog.get_by_role("radio", name="PayPal")).to_be_checked()
    dialog.get_by_text("Credit or debit card").click()
    payer.next("Continue to your card")
    expect(payer.heading("Pay with your card")).to_be_visible()
    payer.type_card()
    payer.press_pay("$80.00")
    expect(payer.heading("Thank you. Your payment went through.")).to_be_visible()
    assert asked == ["paypal", "card"]


def test_a_reload_keeps_the_way_that_was_chosen(new_payer: NewPayer) -> None:
    payer = new_payer(BANKS)
    dialog = open_dialog(payer)
    dialog.get_by_text("Takes up to 4 business days").click()
    payer.page.reload()
    expect(payer.page.get_by_role("dialog").get_by_role("radio", name="Bank account")).to_be_checked()
    payer.next("Continue to your bank account")
    expect(payer.heading("Pay from your bank account")).to_be_visible()
    expect(payer.page.get_by_text("up to 4 business days")).to_be_visible()


def test_where_one_form_takes_all_ways_nothing_is_chosen_before(new_payer: NewPayer) -> None:
    payer = new_payer(BANKS)
    payer.stack.flow(BANKS, "inline")
    payer.open_billing()
    payer.choose("Individual session")
    expect(payer.page.get_by_role("dialog").get_by_role("radio")).to_have_count(0)
    payer.next("Continue to card or bank account")
    expect(payer.heading("Pay by card or bank account")).to_be_visible()
