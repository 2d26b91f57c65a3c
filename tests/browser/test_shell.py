"""Issue 10, numbers 7, 15 and 16: what surrounds every page, and a balance that says one thing."""

import pytest
from playwright.sync_api import Locator, Route, expect

from tests.browser.conftest import NewPayer
from tests.browser.payer import Payer
from tests.browser.stack import Stack
from tests.browser.test_everyone import WIDE, assert_fits_everyone

pytestmark = [pytest.mark.browser, pytest.mark.slow]

HEADER_PX = 116


def height(element: Locator) -> float:
    box = element.bounding_box()
    assert box is not None
    return box["height"]


@pytest.mark.parametrize("locale", ["en-US", "es-US"])
def test_16_a_phones_header_is_one_line_and_its_tabs_are_equal(new_payer: NewPayer, locale: str) -> None:
    payer = new_payer(locale=locale)
    payer.open_billing()
    page = payer.page
    # The ribbon is the sandbox's alone.
    assert height(page.locator(".header")) - height(page.locator(".ribbon")) <= HEADER_PX
    assert height(page.locator(".ribbon")) <= 24
    widths = {round(tab.bounding_box()["width"]) for tab in page.locator(".tabs li").all()}  # type: ignore[index]
    assert len(widths) == 1
    expect(page.get_by_text("Administrative support")).to_have_count(0)
    payer.context.clear_cookies()
    page.reload()
    expect(page.get_by_text("Administrative support")).to_be_visible()


@pytest.mark.parametrize("locale", ["en-US", "es-US"])
def test_8_no_tabs_word_is_broken_at_400_percent(new_payer: NewPayer, locale: str) -> None:
    payer = new_payer(locale=locale, viewport={"width": 320, "height": 256})
    payer.open_billing()
    heights = {height(tab) for tab in payer.page.locator(".tabs a").all()}
    assert len(heights) == 1
    assert heights.pop() < 48  # one line


def test_16_the_menu_holds_what_is_no_page(payer: Payer) -> None:
    payer.open_billing()
    page, menu = payer.page, payer.page.locator("#menu")
    expect(menu).to_be_hidden()
    payer.button("Menu").click()
    expect(payer.button("Menu")).to_have_attribute("aria-expanded", "true")
    expect(menu.get_by_role("button", name="English")).to_have_attribute("aria-pressed", "true")
    expect(menu.get_by_role("button", name="Español")).to_have_attribute("aria-pressed", "false")
    links = [link.get_attribute("href") for link in menu.get_by_role("link").all()]
    contact = ["tel:+15035550142", "mailto:billing@example.test", "https://example.test"]
    assert links == ["/river/payment-methods", *contact]
    expect(menu.get_by_role("button", name="Sign out")).to_be_visible()
    assert_fits_everyone(payer, "menu")
    page.keyboard.press("Escape")
    expect(menu).to_be_hidden()
    expect(payer.button("Menu")).to_be_focused()
    payer.button("Menu").press("Enter")
    expect(menu).to_be_visible()
    payer.heading("Open services", level=2).click(force=True)
    expect(menu).to_be_hidden()


def test_16_a_wide_screen_has_the_menu_laid_open(new_payer: NewPayer) -> None:
    payer = new_payer(viewport=WIDE)
    payer.open_billing()
    expect(payer.button("Menu")).to_be_hidden()
    expect(payer.button("Sign out")).to_be_visible()
    expect(payer.page.get_by_role("group", name="Language").get_by_role("button")).to_have_count(2)
    assert height(payer.page.locator(".header")) <= HEADER_PX + 24


def test_16_the_balance_says_one_thing(payer: Payer) -> None:
    payer.open_billing()
    card = payer.page.locator(".balance")
    expect(card.get_by_role("heading")).to_have_text("You owe")
    expect(card.locator(".balance__words")).to_contain_text("$180.00 can be paid here.")
    expect(card.locator(".notice")).to_have_count(0)
    hrefs = [str(link.get_attribute("href")) for link in card.get_by_role("link").all()]
    assert not [href for href in hrefs if href.startswith("/")]
    inside = card.evaluate("(e) => e.clientWidth - 2 * parseFloat(getComputedStyle(e).paddingLeft)")
    pay = payer.button("Pay Now").bounding_box()
    assert pay is not None
    assert abs(pay["width"] - inside) < 1


def test_7_S10_what_is_left_out_names_the_clinician_and_every_way_to_reach_the_practice(payer: Payer) -> None:
    payer.open_billing()
    words = payer.page.locator(".balance__words")
    expect(words).to_contain_text("$60.00 is with Joan Weiss, who takes no online payments.")
    expect(words.get_by_role("link")).to_have_text(["(503) 555-0142", "billing@example.test", "example.test"])
    expect(words.locator("bdi").first).to_have_text("Joan Weiss")
    expect(words).not_to_contain_text("·")  # it ended one line or began the next


def test_7_whom_to_ask_stands_behind_what_they_are_asked_about(payer: Payer) -> None:
    """What is being paid must not be paid again: nobody is sent to the practice about that."""

    def with_one_under_way(route: Route) -> None:
        answer = route.fetch()
        billing = answer.json()
        billing["left_out"].append({"reason": "in_flight", "amount_minor": 7000})
        route.fulfill(response=answer, json=billing)

    payer.page.route("**/api/accounts/*/billing", with_one_under_way)
    payer.open_billing()
    words = payer.page.locator(".balance__words").inner_text()
    asked, under_way = words.index("To pay that, ask"), words.index("$70.00 is not included")
    assert words.index("$60.00 is with Joan Weiss") < asked < words.index("example.test") < under_way


def test_7_the_slip_of_a_payment_of_everything_names_the_clinician_too(payer: Payer) -> None:
    payer.open_billing()
    payer.button("Pay Now").click()
    note = payer.page.get_by_role("dialog").locator(".slip__note").first
    expect(note).to_have_text("$60.00 is with Joan Weiss, who takes no online payments.")


def test_7_T3_a_practice_without_a_telephone_is_reached_by_what_it_has(
    stack: Stack, new_payer: NewPayer
) -> None:
    stack.books(
        "practice", practice="quiet", name="Quiet Lane", flow="inline", phone="", website="", payments=False
    )
    payer = new_payer(practice="quiet", owes=False)
    payer.stack.books(
        "charge", practice="quiet", account=payer.account, name="c1", days_ago=4,
        service="Individual session", clinician="amara", owed_minor=8000,
    )  # fmt: skip
    payer.open_billing()
    words = payer.page.locator(".balance__words")
    expect(words).to_contain_text("$80.00 can’t be paid here: the practice does not take online payments")
    expect(words.get_by_role("link")).to_have_text(["billing@example.test"])
    expect(payer.button("Pay Now")).to_have_count(0)


def test_15_the_language_switch_says_what_happened_and_keeps_the_focus(payer: Payer) -> None:
    payer.open_billing()
    payer.button("Español").press("Enter")
    expect(payer.page.get_by_test_id("announcer")).to_have_text("Esta página está ahora en español.")
    expect(payer.button("English")).to_be_focused()


def test_15_a_phone_does_not_zoom_into_the_choice_of_account(new_payer: NewPayer) -> None:
    payer = new_payer(children={"noe": "Noé Lindqvist"})
    payer.open_billing()
    payer.open_menu()
    select = payer.page.get_by_label("Account", exact=True)
    assert select.evaluate("(e) => parseFloat(getComputedStyle(e).fontSize)") >= 16
    expect(payer.page.locator(".lead bdi")).to_have_text("Maya Lindqvist")
    expect(payer.page.locator("bdi.brand__name")).to_have_text("River & Reed Practice")


def test_8_forced_colours_draw_the_edge_of_the_dialog(new_payer: NewPayer) -> None:
    payer = new_payer(forced_colors="active", viewport=WIDE)
    payer.open_billing()
    payer.choose("Individual session")
    border = "(e) => [getComputedStyle(e).borderTopStyle, getComputedStyle(e).borderTopWidth]"
    assert payer.page.get_by_role("dialog").evaluate(border) == ["solid", "1px"]


def test_8_forced_colours_show_the_current_tab_and_language(new_payer: NewPayer) -> None:
    payer = new_payer(forced_colors="active", viewport=WIDE)
    payer.open_billing()
    border = "(e) => getComputedStyle(e).borderBlockEndColor"
    tabs = payer.page.locator(".tabs a")
    assert tabs.nth(0).evaluate(border) != tabs.nth(1).evaluate(border)
    fill = "(e) => getComputedStyle(e).backgroundColor"
    languages = payer.page.get_by_role("group", name="Language").get_by_role("button")
    assert languages.nth(0).evaluate(fill) != languages.nth(1).evaluate(fill)
