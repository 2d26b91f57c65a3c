"""Payment Methods: what a payer has saved, the default, adding one without paying, removing (S15 to S18)."""

import re
from typing import Any

import pytest
from playwright.sync_api import Locator, expect

from tests.browser.conftest import NewPayer
from tests.browser.payer import CARD_FRAME, CHALLENGED_CARD, DECLINED_CARD, GOOD_CARD, Payer
from tests.browser.stack import BANKS, REDIRECT
from tests.browser.test_everyone import NARROW, WIDE, assert_fits_everyone, tab_to
from tests.support.waiting import wait_until

pytestmark = [pytest.mark.browser, pytest.mark.slow]

OTHER_CARD = "5555 5555 5555 4444"
CODE = "SM11AA"  # the stand-in's only right one


@pytest.fixture
def payer(new_payer: NewPayer) -> Payer:
    return new_payer(owes=False)


def open_methods(payer: Payer) -> None:
    payer.sign_in()
    payer.go("payment-methods")
    expect(payer.heading("Payment Methods")).to_be_visible()


def row(payer: Payer, name: str) -> Locator:
    return payer.page.locator(".method").filter(has_text=name)


def add_card(payer: Payer, number: str = GOOD_CARD, *, default: bool = False, label: str = "") -> None:
    payer.button("+New Card").click()
    expect(payer.heading("New card", level=2)).to_be_focused()
    if label:
        payer.page.get_by_label("Your own name for it").fill(label)
    if default:
        payer.page.get_by_label("Make default").check()
    payer.button("Continue to your card").click()
    expect(payer.page.locator("[data-state=ready]")).to_be_visible()
    payer.type_card(number)
    payer.button("Save Card").press("Enter")


def saved(payer: Payer, name: str) -> None:
    expect(payer.page.locator(".notice--good")).to_contain_text("It is saved")
    expect(row(payer, name)).to_be_visible()


def names(payer: Payer) -> list[str]:
    return payer.page.locator(".method h2").all_inner_texts()


def test_S1_S12_S15_S16_a_card_is_added_without_paying_and_is_listed(payer: Payer) -> None:
    """Brand, last four, expiry, default mark; the hold that a bank may show is explained before."""
    payer.open_billing()
    payer.open_menu()
    payer.page.get_by_role("link", name="Payment Methods").click()
    expect(payer.page.get_by_text("Nothing is saved yet.")).to_be_visible()
    assert_fits_everyone(payer, "payment methods, none")
    payer.button("+New Card").click()
    expect(payer.page.get_by_text("hold of $0 or $1")).to_be_visible()
    expect(payer.page.get_by_text("It becomes your default")).to_be_visible()
    expect(payer.page.locator(".add-method .notice--info")).to_contain_text("Payment Methods")
    assert_fits_everyone(payer, "adding a card")
    payer.button("Cancel").click()
    add_card(payer, label="HSA")
    saved(payer, "Visa ending in 4242")
    one = row(payer, "Visa ending in 4242")
    for said in ("Default", "HSA", "Expires 12/2040"):
        expect(one).to_contain_text(said)
    expect(one.get_by_role("button", name=re.compile("^Default Card"))).to_have_count(0)
    assert_fits_everyone(payer, "payment methods, one")
    payer.page.reload()
    expect(one).to_be_visible()
    assert payer.payments() == []


def test_S17_S18_the_default_is_made_while_adding_and_moved_by_its_button_and_is_exactly_one(
    payer: Payer,
) -> None:
    open_methods(payer)
    add_card(payer)
    saved(payer, "Visa ending in 4242")
    add_card(payer, OTHER_CARD, default=True)
    saved(payer, "Mastercard ending in 4444")
    assert names(payer) == ["Mastercard ending in 4444", "Visa ending in 4242"]
    tags = payer.page.locator(".tag").filter(has_text=re.compile("^Default$"))
    expect(tags).to_have_count(1)
    payer.button("Default Card: Visa ending in 4242").press("Enter")
    expect(row(payer, "Visa ending in 4242").locator(".tag")).to_have_text("Default")
    expect(tags).to_have_count(1)
    expect(payer.page.get_by_test_id("announcer")).to_contain_text("Visa ending in 4242 is the default now.")
    expect(payer.page.locator("body")).not_to_be_focused()


def test_S15_the_same_number_again_replaces_the_older_and_keeps_the_default(payer: Payer) -> None:
    """No twins: another expiry of the same number is the same card."""
    open_methods(payer)
    add_card(payer)
    saved(payer, "Visa ending in 4242")
    add_card(payer)
    saved(payer, "Visa ending in 4242")
    assert names(payer) == ["Visa ending in 4242"]
    expect(row(payer, "Visa ending in 4242").locator(".tag")).to_have_text("Default")


def test_S15_one_is_removed_after_a_question_that_says_what_becomes_of_the_default(payer: Payer) -> None:
    open_methods(payer)
    add_card(payer)
    saved(payer, "Visa ending in 4242")
    add_card(payer, OTHER_CARD)
    saved(payer, "Mastercard ending in 4444")
    payer.button("Remove: Visa ending in 4242").click()
    dialog = payer.page.get_by_role("dialog")
    expect(dialog).to_contain_text("It is your default.")
    assert_fits_everyone(payer, "removing one")
    dialog.get_by_role("button", name="Keep it").click()
    expect(payer.button("Remove: Visa ending in 4242")).to_be_focused()
    payer.button("Remove: Visa ending in 4242").click()
    dialog.get_by_role("button", name="Remove it").press("Enter")
    expect(dialog).to_have_count(0)
    expect(row(payer, "Visa ending in 4242")).to_have_count(0)
    expect(row(payer, "Mastercard ending in 4444").locator(".tag")).to_have_text("Default")
    expect(payer.page.locator("body")).not_to_be_focused()


def test_one_that_was_removed_in_another_tab_says_so_and_the_list_is_true_again(payer: Payer) -> None:
    open_methods(payer)
    add_card(payer)
    saved(payer, "Visa ending in 4242")
    other = payer.context.new_page()
    other.goto(payer.page.url)
    other.get_by_role("button", name="Remove: Visa ending in 4242").click()
    other.get_by_role("button", name="Remove it").click()
    expect(other.get_by_text("Nothing is saved yet.")).to_be_visible()
    payer.button("Name it: Visa ending in 4242").click()
    payer.page.get_by_label("Your own name for it").fill("HSA")
    payer.button("Save the name").click()
    expect(payer.page.get_by_text("Nothing is saved yet.")).to_be_visible()
    expect(payer.page.get_by_role("alert")).to_contain_text("not saved any more")


def test_a_card_that_its_bank_refuses_is_not_saved_and_another_one_is(payer: Payer) -> None:
    open_methods(payer)
    add_card(payer, DECLINED_CARD)
    expect(payer.page.locator(".card-form__declined")).to_be_focused()
    expect(payer.page.get_by_text("Your card was declined")).to_be_visible()
    payer.type_card(CHALLENGED_CARD)
    payer.button("Save Card").press("Enter")
    payer.answer_challenge("Complete")
    saved(payer, "Visa ending in 3220")
    assert names(payer) == ["Visa ending in 3220"]


def test_all_that_is_missing_is_said_at_once(payer: Payer) -> None:
    open_methods(payer)
    payer.button("+New Card").click()
    payer.button("Continue to your card").click()
    expect(payer.page.locator("[data-state=ready]")).to_be_visible()
    payer.button("Save Card").press("Enter")
    summary = payer.page.locator(".error-summary")
    expect(summary).to_be_focused()
    expect(summary.get_by_role("listitem")).to_have_count(3)
    assert_fits_everyone(payer, "adding a card, nothing filled in")


def test_a_set_up_that_is_left_half_way_is_gone_on_with_or_let_go(payer: Payer) -> None:
    open_methods(payer)
    payer.button("+New Card").click()
    payer.button("Continue to your card").click()
    expect(payer.page.locator("[data-state=ready]")).to_be_visible()
    payer.page.reload()
    expect(payer.page.get_by_text("You started to add a card and have not finished")).to_be_visible()
    assert_fits_everyone(payer, "a set-up that is not finished")
    payer.button("Go on with it").click()
    expect(payer.page.locator("[data-state=ready]")).to_be_visible()
    payer.button("Cancel").click()
    expect(payer.page.locator(".notice--info")).to_contain_text("Nothing was saved")
    payer.page.reload()
    expect(payer.page.get_by_text("Nothing is saved yet.")).to_be_visible()
    expect(payer.page.get_by_text("have not finished")).to_have_count(0)


def test_S16_on_the_processors_page_a_card_is_added_and_comes_back(new_payer: NewPayer) -> None:
    payer = new_payer(REDIRECT, owes=False)
    open_methods(payer)
    for finishes in (False, True):
        payer.button("+New Card").click()
        payer.button("Continue to your card").click()
        payer.page.wait_for_url(re.compile("/c/pay/"))
        if not finishes:
            payer.page.get_by_role("link", name=re.compile("Back")).click()
            expect(payer.page.locator(".notice--info")).to_contain_text("Nothing was saved")
            continue
        payer.fill_card(payer.page, GOOD_CARD)
        payer.page.get_by_role("button", name=re.compile("^Save")).click()
    saved(payer, "Visa ending in 4242")
    assert "set-up" not in payer.page.url


def test_S15_a_bank_account_that_waits_for_its_deposit_is_verified_and_never_default_before(
    new_payer: NewPayer,
) -> None:
    payer = new_payer(BANKS, owes=False)
    payer.stack.books(
        "practice", practice=BANKS, name=payer.stack.practice_name(BANKS), flow="inline", bank_debits=True,
        deposits=True,
    )  # fmt: skip
    open_methods(payer)
    payer.button("+New Bank Account").click()
    expect(payer.page.get_by_text("waits for a small deposit")).to_be_visible()
    payer.button("Continue to your bank account").click()
    expect(payer.page.locator("[data-state=ready]")).to_be_visible()
    frame: Any = payer.page.frame_locator(CARD_FRAME)
    frame.get_by_label("Name on the account").fill("A Payer")
    frame.get_by_label("Routing number").fill("110000000")
    frame.get_by_label("Account number").fill("000123456789")
    frame.get_by_label(re.compile("deposit")).check()
    payer.button("Save Bank Account").press("Enter")
    expect(payer.page.locator(".notice--wait")).to_contain_text("It is saved and waits for verification")
    one = row(payer, "Bank account ending in 6789")
    expect(one.locator(".tag")).to_have_text("Waits for verification")
    expect(payer.button("Default Account: Bank account ending in 6789")).to_have_count(0)
    assert_fits_everyone(payer, "a bank account that waits")
    code = payer.page.get_by_label("Code beside the deposit")
    code.fill("12")
    payer.button("Verify the account").click()
    expect(payer.page.get_by_text("Enter all six characters")).to_be_visible()
    code.fill(CODE.lower())
    payer.button("Verify the account").click()
    expect(one.locator(".tag")).to_have_text("Default")


@pytest.mark.parametrize(("scheme", "viewport"), [("light", WIDE), ("dark", NARROW)])
def test_S15_S16_S18_en_espanol(new_payer: NewPayer, scheme: str, viewport: dict[str, int]) -> None:
    payer = new_payer(owes=False, locale="es-US", color_scheme=scheme, viewport=viewport)
    payer.sign_in()
    payer.go("payment-methods")
    expect(payer.heading("Métodos de pago")).to_be_visible()
    for number in (GOOD_CARD, OTHER_CARD):
        payer.button("+Tarjeta nueva").click()
        assert_fits_everyone(payer, "nueva tarjeta")
        payer.button("Continuar con su tarjeta").click()
        expect(payer.page.locator("[data-state=ready]")).to_be_visible()
        payer.type_card(number)
        payer.button("Guardar la tarjeta").press("Enter")
        expect(payer.page.locator(".notice--good")).to_contain_text("Está guardado")
    assert_fits_everyone(payer, "métodos de pago")
    payer.page.get_by_role("button", name=re.compile("^Tarjeta predeterminada")).click()
    expect(payer.page.locator(".method").first).to_contain_text("4444")
    expect(payer.page.locator(".method").first.locator(".tag")).to_have_text("Predeterminado")


def test_S16_S18_the_keyboard_alone_adds_a_card_and_makes_it_the_default(payer: Payer) -> None:
    open_methods(payer)
    add_card(payer, OTHER_CARD)
    saved(payer, "Mastercard ending in 4444")
    keys = payer.page.keyboard
    tab_to(payer, "+New Card")
    keys.press("Enter")
    tab_to(payer, "Continue to your card")
    keys.press("Enter")
    expect(payer.page.locator("[data-state=ready]")).to_be_visible()
    tab_to(payer, "Secure payment input frame")
    frame = payer.page.frame_locator(CARD_FRAME)
    for label, text in {"Card number": "4242424242424242", "Expiry": "1240", "Security": "123"}.items():
        expect(frame.get_by_label(re.compile(f"^{label}"))).to_be_focused()
        keys.type(text)
        keys.press("Tab")
    for text in ("A Payer", "97201"):
        keys.type(text)
        keys.press("Tab")
    expect(payer.button("Save Card")).to_be_focused()
    keys.press("Enter")
    saved(payer, "Visa ending in 4242")
    tab_to(payer, "Default Card: Visa ending in 4242")
    keys.press("Enter")
    expect(row(payer, "Visa ending in 4242").locator(".tag")).to_have_text("Default")


def test_S15_what_was_removed_in_the_processors_dashboard_says_so(payer: Payer) -> None:
    open_methods(payer)
    add_card(payer)
    saved(payer, "Visa ending in 4242")
    stripe, practice = payer.stack.at_stripe, payer.practice
    newest = stripe(practice, "customers?limit=1")["data"][0]["id"]
    (method,) = stripe(practice, f"customers/{newest}/payment_methods")["data"]
    told = {"account": practice, "payment_method": method["id"]}
    payer.stack.control("POST", "payment_methods/detach", told)
    wait_until(
        lambda: payer.page.request.get(payer.stack.url("/api/methods")).json()["ended"],
        what="what became of it",
    )
    payer.page.reload()
    expect(payer.page.get_by_text("is no longer saved")).to_be_visible()
    expect(payer.page.get_by_text("It was your default.")).to_be_visible()
    assert_fits_everyone(payer, "one that was removed elsewhere")
