"""Make a Payment as a window: what it says first, its height, notes, focus, and its one sentence."""

import re
from typing import Any

import pytest
from playwright.sync_api import FloatRect, Locator, Route, expect

from tests.browser.conftest import NewPayer
from tests.browser.payer import Payer
from tests.browser.stack import BANKS, INLINE
from tests.browser.test_everyone import assert_fits_everyone

pytestmark = [pytest.mark.browser, pytest.mark.slow]

# 1280 x 1024 at 400 %, in CSS pixels.
ZOOMED = {"width": 320, "height": 256}
# As Safari: a press on a button or link gives it no focus.
NO_FOCUS_BY_PRESS = """
document.addEventListener(
  "mousedown", (event) => event.target.closest("button, a, summary") && event.preventDefault(), true);
"""
WATCH = """
() => {
  const place = document.querySelector(".dialog [role=status]");
  window.heard = [place.textContent].filter((text) => text);
  new MutationObserver(() => window.heard.push(place.textContent)).observe(
    place, { childList: true, characterData: true, subtree: true });
}
"""


def open_dialog(payer: Payer, service: str = "Individual session") -> Locator:
    payer.open_billing()
    payer.choose(service)
    expect(payer.page.locator(".dialog .slip")).to_be_visible()
    return payer.page.get_by_role("dialog")


def box_of(place: Locator) -> FloatRect:
    found = place.bounding_box()
    assert found is not None
    return found


def room_px(payer: Payer) -> Any:
    """The height in which the amount scrolls, without what stays in view above and below it (CSS pixels)."""
    return payer.page.evaluate(
        """() => {
          const scrolls = (box) =>
            box.scrollHeight > box.clientHeight && getComputedStyle(box).overflowY !== "visible";
          let box = document.getElementById("amount").parentElement;
          while (!scrolls(box)) box = box.parentElement;
          const sticks = (it) => getComputedStyle(it).position === "sticky";
          const stays = [...box.querySelectorAll("*")].filter(sticks);
          return stays.reduce((room, it) => room - it.offsetHeight, box.clientHeight);
        }"""
    )


def test_8_at_400_percent_the_dialog_leaves_room_to_read(new_payer: NewPayer) -> None:
    payer = new_payer(viewport=ZOOMED)
    dialog = open_dialog(payer)
    assert room_px(payer) > 0.9 * ZOOMED["height"]
    assert payer.page.evaluate("document.documentElement.scrollWidth") <= ZOOMED["width"]
    dialog.get_by_role("button", name="Continue to your card").scroll_into_view_if_needed()
    assert_fits_everyone(payer, "the dialog at 400 %")
    dialog.get_by_role("button", name="Continue to your card").click()
    expect(payer.pay_button("$80.00")).to_be_visible()


@pytest.mark.parametrize("size", [(390, 844), (1280, 900)], ids=["phone", "desk"])
def test_16_the_dialog_is_as_high_whatever_it_holds_with_its_total_and_button_in_view(
    new_payer: NewPayer, size: tuple[int, int]
) -> None:
    payer = new_payer(viewport={"width": size[0], "height": size[1]})
    for number in range(6):
        payer.stack.books(
            "charge", practice=payer.practice, account=payer.account, name=f"more{number}", days_ago=number,
            service="Short session", clinician="amara", owed_minor=1000,
        )  # fmt: skip
    dialog = open_dialog(payer)
    first = dialog.bounding_box()
    total, button = dialog.locator(".pay-total"), dialog.get_by_role("button", name="Continue to your card")
    amount = payer.page.get_by_label("Payment Amount")
    for typed, shown in (("9000", "#amount-error"), ("1.250", ".which"), ("40", ".slip")):
        amount.fill(typed)
        expect(dialog.locator(shown)).not_to_be_empty()
        assert dialog.bounding_box() == first
    payer.add_note("A note")
    assert dialog.bounding_box() == first
    for part in (total, button):
        expect(part).to_be_in_viewport(ratio=1)
    payer.page.keyboard.press("Escape")
    payer.button("Pay Now").click()
    expect(dialog.locator(".slip .ledger__line")).to_have_count(9)
    assert dialog.bounding_box() == first
    for part in (total, button):
        expect(part).to_be_in_viewport(ratio=1)
    expect(total).to_contain_text("You pay $240.00")
    expect(total).to_contain_text("After this you still owe $60.00.")
    assert_fits_everyone(payer, "a long slip")


def test_16_where_both_do_not_fit_on_a_line_the_button_stands_above_cancel(new_payer: NewPayer) -> None:
    payer = new_payer(BANKS)
    payer.stack.flow(BANKS, "inline")
    dialog = open_dialog(payer)
    go_on = dialog.get_by_role("button", name="Continue to card or bank account").bounding_box()
    cancel = dialog.get_by_role("button", name="Cancel").bounding_box()
    assert go_on
    assert cancel
    assert cancel["y"] >= go_on["y"] + go_on["height"]


@pytest.mark.parametrize("practice", [INLINE, BANKS])
def test_16_a_phones_dialog_has_one_rhythm_and_buttons_as_wide_as_it(
    new_payer: NewPayer, practice: str
) -> None:
    """Where no trouble is told, its place took a gap of its own; the buttons stood at the right."""
    payer = new_payer(practice)
    payer.stack.flow(practice, "inline")
    dialog = open_dialog(payer)
    notes, slip, total, go_on = (
        box_of(dialog.locator(place)) for place in (".notes", ".slip", ".pay-total", "[type=submit]")
    )
    gap = dialog.locator(".dialog__scroll").evaluate("(e) => parseFloat(getComputedStyle(e).rowGap)")
    assert abs(slip["y"] - notes["y"] - notes["height"] - gap) < 1
    cancel = box_of(dialog.get_by_role("button", name="Cancel"))
    assert abs(min(go_on["x"], cancel["x"]) - total["x"]) < 1
    assert abs(go_on["x"] + go_on["width"] - total["x"] - total["width"]) < 1


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_16_the_dialog_has_an_edge_in_both_themes(new_payer: NewPayer, scheme: str) -> None:
    """In the dark one it had the colour of the page below it."""
    payer = new_payer(color_scheme=scheme, viewport={"width": 1280, "height": 900})
    dialog = open_dialog(payer)
    edge, inside = (
        dialog.evaluate(f"(e) => getComputedStyle(e).{name}")
        for name in ("borderTopColor", "backgroundColor")
    )
    assert edge != inside
    assert dialog.evaluate("(e) => getComputedStyle(e).borderTopWidth") == "1px"


def test_16_the_ring_of_the_amount_stands_clear_of_its_words(payer: Payer) -> None:
    dialog = open_dialog(payer)
    payer.type_amount("9000")
    expect(dialog.locator("#amount-error")).not_to_be_empty()
    hint, field, error = (
        box_of(dialog.locator(place)) for place in ("#amount-hint", ".amount-box", "#amount-error")
    )
    outline = "(e) => [getComputedStyle(e).outlineWidth, getComputedStyle(e).outlineOffset].map(parseFloat)"
    ring = sum(dialog.locator(".amount-box").evaluate(outline))
    assert ring > 0
    assert field["y"] - hint["y"] - hint["height"] >= ring
    assert error["y"] - field["y"] - field["height"] >= ring


def test_16_the_dialog_says_which_service_and_begins_at_the_amount(payer: Payer) -> None:
    dialog = open_dialog(payer)
    expect(dialog).to_have_accessible_name("Make a Payment")
    expect(dialog).to_have_accessible_description(re.compile("^Individual session, .* Okafor$"))
    expect(payer.page.get_by_label("Payment Amount")).to_be_focused()
    expect(payer.page.get_by_label("Payment Amount")).to_have_attribute("enterkeyhint", "go")
    payer.page.keyboard.press("Escape")
    payer.page.get_by_role("checkbox", name="Check All").check()
    payer.page.get_by_role("region", name="Chosen services").get_by_role("button").click()
    expect(dialog).to_have_accessible_description(
        re.compile(r"^2 chosen services: Individual session \(.*\) and Family session \(.*\)$")
    )
    amount = payer.page.get_by_label("Payment Amount")
    expect(amount).to_be_focused()
    expect(amount).to_have_value("$180.00")
    expect(amount).to_have_css("border-top-color", "rgba(0, 0, 0, 0)")  # a figure, not a field that is off
    room = (
        "(e) => parseFloat(getComputedStyle(e).paddingLeft) + parseFloat(getComputedStyle(e).outlineOffset)"
    )
    assert amount.evaluate(room) >= 8, "the ring of the focus touches the figure"
    assert dialog.evaluate("(e) => e.querySelector('.dialog__scroll').scrollWidth <= e.clientWidth")
    expect(dialog.locator(".slip")).to_have_css("mask-repeat", re.compile("round"))  # whole teeth


def test_10_a_service_above_the_practices_limit_begins_at_the_most_that_is_taken(
    new_payer: NewPayer,
) -> None:
    payer = new_payer(owes=False)
    payer.stack.books(
        "charge", practice=payer.practice, account=payer.account, name="intensive", days_ago=3,
        service="Intensive week", clinician="amara", owed_minor=600_000,
    )  # fmt: skip
    open_dialog(payer, "Intensive week")
    amount = payer.page.get_by_label("Payment Amount")
    expect(amount).to_have_value("5000.00")
    expect(amount).not_to_have_attribute("aria-invalid", "true")


def test_a_balance_above_the_practices_limit_leads_to_one_service_which_can_be_paid_in_part(
    new_payer: NewPayer,
) -> None:
    """Issue 14: an amount that nobody could change was to be changed, and the way on led nowhere."""
    payer = new_payer(owes=False)
    payer.stack.books(
        "charge", practice=payer.practice, account=payer.account, name="intensive", days_ago=3,
        service="Intensive week", clinician="amara", owed_minor=600_000,
    )  # fmt: skip
    payer.open_billing()
    payer.button("Pay Now").click()
    dialog = payer.page.get_by_role("dialog")
    expect(dialog.get_by_text("Up to $5,000.00 can be paid here at once, and this is more.")).to_be_visible()
    expect(dialog.get_by_text("Enter")).to_have_count(0)
    expect(dialog.get_by_role("button", name="Continue")).to_have_count(0)
    assert_fits_everyone(payer, "a balance above the limit")
    dialog.get_by_role("link", name="Pay one service by itself").click()
    expect(dialog).to_have_count(0)
    payer.choose("Intensive week")
    expect(payer.page.get_by_label("Payment Amount")).to_have_value("5000.00")


def test_16_notes_are_one_line_until_they_are_asked_for(payer: Payer) -> None:
    dialog = open_dialog(payer)
    expect(payer.page.get_by_label("Notes")).not_to_be_visible()
    payer.page.get_by_label("Payment Amount").press("Tab")
    expect(dialog.get_by_label("Save Card for Future Payments")).to_be_focused()
    payer.page.keyboard.press("Tab")
    expect(dialog.get_by_text("Add a note")).to_be_focused()
    payer.page.keyboard.press("Enter")
    notes = payer.page.get_by_label("Notes")
    expect(notes).to_be_focused()
    expect(notes).to_have_attribute("autocomplete", "off")
    notes.fill("For both of us")
    payer.page.reload()
    expect(notes).to_have_value("For both of us")
    expect(notes).to_be_visible()


def test_15_one_sentence_says_a_changed_amount_once_and_only_after_a_pause(payer: Payer) -> None:
    dialog = open_dialog(payer)
    payer.page.evaluate(WATCH)
    amount = payer.page.get_by_label("Payment Amount")
    amount.select_text()
    amount.press_sequentially("30.50", delay=400)  # slower than the quotes, which are asked for meanwhile
    sentence = "You pay $30.50. After this you still owe $209.50."
    expect(dialog.get_by_role("status")).to_have_text(sentence)
    amount.blur()
    payer.page.wait_for_timeout(500)
    assert payer.page.evaluate("window.heard") == [sentence]
    expect(dialog.locator(".slip[aria-live], .pay-total[aria-live]")).to_have_count(0)


@pytest.mark.parametrize("closing", ["Escape", "Close", "Cancel"])
def test_15_the_focus_goes_back_to_who_opened_the_dialog_where_a_press_gives_no_focus(
    new_payer: NewPayer, closing: str
) -> None:
    payer = new_payer()
    payer.page.add_init_script(NO_FOCUS_BY_PRESS)
    payer.open_billing()
    row = payer.row("Individual session").get_by_role("button")
    for opener in (row, payer.button("Pay another amount")):
        opener.click()
        dialog = payer.page.get_by_role("dialog")
        expect(payer.page.get_by_label("Payment Amount")).to_be_focused()
        if closing == "Escape":
            payer.page.keyboard.press(closing)
        else:
            dialog.get_by_role("button", name=closing).click()
        expect(dialog).to_have_count(0)
        expect(opener).to_be_focused()


def test_15_after_a_reload_the_closed_dialog_leaves_the_focus_on_the_page(payer: Payer) -> None:
    dialog = open_dialog(payer)
    payer.page.reload()
    expect(dialog).to_be_visible()
    payer.page.keyboard.press("Escape")
    expect(dialog).to_have_count(0)
    expect(payer.heading("Billing")).to_be_focused()


def test_15_a_mistake_is_said_once_by_its_region_and_not_by_the_focus_as_well(payer: Payer) -> None:
    dialog = open_dialog(payer)
    payer.page.evaluate(
        """() => document.getElementById("amount").addEventListener("focus", () => {
          window.withFocus = document.getElementById("amount-error").textContent;
        })"""
    )
    payer.page.get_by_label("Payment Amount").fill("")
    # In one go, as Tab and Enter are: whoever rests on the button for a while has been told already.
    dialog.get_by_role("button", name="Continue to your card").evaluate(
        "(button) => { button.focus(); delete window.withFocus; button.click(); }"
    )
    expect(dialog.locator("#amount-error")).to_have_text("Enter an amount.")
    expect(payer.page.get_by_label("Payment Amount")).to_be_focused()
    assert payer.page.evaluate("window.withFocus") == ""


def test_10_the_button_is_off_only_while_it_waits_for_its_own_answer(payer: Payer) -> None:
    dialog = open_dialog(payer)
    waiting: list[Route] = []
    payer.page.route(re.compile("/quotes$"), lambda route: waiting.append(route))
    button = dialog.get_by_role("button", name="Continue to your card")
    payer.type_amount("41")
    payer.page.wait_for_timeout(1200)
    expect(button).not_to_have_attribute("aria-disabled", "true")
    button.click()
    expect(button).to_have_attribute("aria-disabled", "true")
    for route in waiting:
        route.continue_()
    expect(payer.pay_button("$41.00")).to_be_visible()
