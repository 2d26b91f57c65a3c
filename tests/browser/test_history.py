"""Account History: dates that close on use and stay in the address, rows that people can read."""

import re

import pytest
from playwright.sync_api import Locator, expect

from tests.browser.conftest import NewPayer
from tests.browser.payer import Payer
from tests.browser.test_after_paying import becomes
from tests.browser.test_everyone import WIDE, assert_fits_everyone
from tests.browser.test_focus import come_back_later

pytestmark = [pytest.mark.browser, pytest.mark.slow]


def containing(text: str) -> re.Pattern[str]:
    return re.compile(re.escape(text))


def entries(payer: Payer) -> Locator:
    return payer.page.locator(".history tbody tr")


def opener(payer: Payer) -> Locator:
    return payer.page.locator(".range > button")


def day_of(payer: Payer, service: str) -> str:
    return str(entries(payer).filter(has_text=service).locator("time").first.get_attribute("datetime"))


def choose_dates(payer: Payer, since: str, until: str) -> None:
    opener(payer).press("Enter")
    payer.page.get_by_label("From", exact=True).fill(since)
    payer.page.get_by_label("To", exact=True).fill(until)
    payer.page.get_by_role("button", name="Show these dates").press("Enter")


def test_6_dates_close_on_use_keep_the_focus_and_say_how_many_entries_they_show(payer: Payer) -> None:
    payer.open_billing()
    expect(entries(payer)).to_have_count(3)
    family = day_of(payer, "Family session")
    choose_dates(payer, family, family)
    expect(payer.page.locator("#range")).to_be_hidden()
    expect(opener(payer)).to_be_focused()
    expect(payer.page.get_by_test_id("announcer")).to_have_text("1 entry in these dates.")
    expect(entries(payer)).to_have_count(1)
    opener(payer).press("Enter")
    payer.page.get_by_role("button", name="Show all dates").press("Enter")
    expect(payer.page.locator("#range")).to_be_hidden()
    expect(opener(payer)).to_be_focused()
    expect(payer.page.get_by_test_id("announcer")).to_have_text("That is all: 3 entries.")


def test_6_dates_stay_in_the_address_and_on_back_and_reload(payer: Payer) -> None:
    payer.open_billing()
    family = day_of(payer, "Family session")
    choose_dates(payer, family, family)
    expect(entries(payer)).to_have_count(1)
    assert f"from={family}&to={family}" in payer.page.url
    payer.page.reload()
    expect(entries(payer)).to_have_count(1)
    expect(opener(payer)).not_to_have_text("Choose dates")
    payer.choose("Individual session")
    payer.page.go_back()
    expect(payer.page.get_by_role("dialog")).to_have_count(0)
    expect(entries(payer)).to_have_count(1)
    payer.page.go_back()
    expect(entries(payer)).to_have_count(3)
    expect(opener(payer)).to_have_text("Choose dates")
    payer.page.go_forward()
    expect(entries(payer)).to_have_count(1)
    opener(payer).press("Enter")
    expect(payer.page.get_by_label("From", exact=True)).to_have_value(family)


def test_6_a_refused_range_is_not_shown_as_in_force(payer: Payer) -> None:
    payer.open_billing()
    choose_dates(payer, "2030-01-02", "2030-01-01")
    expect(payer.page.locator("#range .error-summary")).to_contain_text("must not be after")
    expect(payer.page.locator("#range [aria-live]")).to_have_count(0)  # the summary has said it
    expect(opener(payer)).to_have_text("Choose dates")
    expect(entries(payer)).to_have_count(3)
    assert "from=" not in payer.page.url
    payer.page.keyboard.press("Escape")
    expect(payer.page.locator("#range")).to_be_hidden()
    opener(payer).press("Enter")
    expect(payer.page.get_by_label("From", exact=True)).to_have_value("")
    expect(payer.page.locator("#range .error-summary")).to_have_count(0)


def test_6_a_refused_date_leaves_the_other_field_beside_it_as_it_was(new_payer: NewPayer) -> None:
    payer = new_payer(viewport=WIDE)
    payer.open_billing()
    choose_dates(payer, "2030-01-02", "2030-01-01")
    expect(payer.page.locator("#range .error-summary")).to_contain_text("must not be after")
    since, until = (payer.page.get_by_label(name, exact=True).bounding_box() for name in ("From", "To"))
    assert since
    assert until
    assert since["y"] == until["y"]
    assert abs(since["height"] - until["height"]) <= 2  # the refused one has a thicker edge


def test_6_half_a_date_is_not_taken_for_no_date(payer: Payer) -> None:
    payer.open_billing()
    opener(payer).press("Enter")
    payer.page.get_by_label("From", exact=True).focus()
    payer.page.keyboard.type("0231")  # the year is missing
    payer.page.get_by_role("button", name="Show these dates").press("Enter")
    expect(payer.page.locator("#range .error-summary")).to_contain_text("Enter a whole date")
    payer.page.keyboard.press("Escape")
    opener(payer).press("Enter")
    half = "document.querySelector('#range-from').validity.badInput"
    assert not payer.page.evaluate(half), "what was left half-way was still there"
    payer.page.get_by_role("button", name="Show these dates").press("Enter")
    expect(payer.page.locator("#range")).to_be_hidden()


def test_6_a_range_of_the_address_that_the_api_refuses_is_not_in_force(payer: Payer) -> None:
    payer.sign_in()
    payer.go("billing", "?from=2030-01-02&to=2030-01-01")
    notice = payer.page.locator(".history").get_by_role("alert")
    expect(notice).to_contain_text("must not be after")
    expect(opener(payer)).to_have_text("Choose dates")
    notice.get_by_role("button", name="Show all dates").click()
    expect(entries(payer)).to_have_count(3)
    assert "from=" not in payer.page.url


def test_9_a_payment_says_its_method_and_leads_to_its_receipt(payer: Payer) -> None:
    payer.pay_service("Individual session", "$80.00")
    expect(payer.page.get_by_role("link", name="Open or print")).to_be_visible(timeout=20_000)
    payer.go()
    paid = entries(payer).filter(has=payer.page.get_by_text("Payment", exact=True))
    expect(paid).to_contain_text("Visa ending in 4242")
    expect(paid).to_contain_text("paid Individual session")
    expect(paid.locator(".tag")).to_have_count(0)
    receipt = paid.get_by_role("link", name="Receipt")
    expect(receipt).to_have_accessible_name(containing("opens in a new tab"))
    answer = payer.page.request.get(payer.stack.url(str(receipt.get_attribute("href"))))
    assert answer.body().startswith(b"%PDF-")
    expect(payer.page.get_by_text("Posted")).to_have_count(0)


def test_9_a_refund_says_of_which_payment_and_what_is_owed_again(payer: Payer) -> None:
    payment = payer.pay_service("Individual session", "$80.00")
    payer.stack.refund(payer.practice, payment, 3000)
    becomes(payer, payment, "partly_refunded")
    payer.go()
    refund = entries(payer).filter(has=payer.page.get_by_text("Refund", exact=True))
    expect(refund).to_contain_text("of the payment of")
    expect(refund).to_contain_text("Visa ending in 4242")
    expect(refund).to_contain_text("owed again: Individual session")
    expect(refund.locator(".rows__amount")).to_have_text("$30.00")


def test_9_more_than_three_services_of_one_payment_are_there_for_who_asks(payer: Payer) -> None:
    """A payment of the whole balance was a row as long as a page."""
    of = {"practice": payer.practice, "account": payer.account}
    for number in range(2):
        payer.stack.books(
            "charge", **of, name=f"more{number}", days_ago=5, service=f"Short session {number}",
            clinician="amara", owed_minor=1000,
        )  # fmt: skip
    payer.stack.books("payment", **of, name="cash", amount_minor=26000)
    payer.open_billing()
    paid = entries(payer).filter(has=payer.page.get_by_text("Payment", exact=True))
    expect(paid.get_by_text("Short session 1")).to_be_hidden()
    paid.get_by_text("What it paid (5)").click()
    expect(paid.get_by_role("listitem")).to_have_count(5)
    expect(paid.get_by_text("Short session 1")).to_be_visible()
    assert_fits_everyone(payer, "an unfolded payment")


def test_9_the_rows_of_a_dispute_say_how_it_ended(payer: Payer) -> None:
    """Both were called by one name."""
    payment = payer.pay_service("Individual session", "$80.00")
    dispute = payer.stack.dispute(payer.practice, payment)
    becomes(payer, payment, "disputed")
    payer.stack.control(
        "POST", "disputes/close", {"account": payer.practice, "dispute": dispute, "won": False}
    )
    becomes(payer, payment, "charged_back")
    payer.go()
    names = entries(payer).locator(".rows__service")
    expect(names.first).to_have_text("Payment taken back by the bank")
    expect(names.nth(1)).to_have_text("Payment disputed at the bank")


def test_9_an_insurers_rows_stand_under_their_session(new_payer: NewPayer) -> None:
    payer = new_payer(viewport=WIDE)
    of = {"practice": payer.practice, "account": payer.account}
    payer.stack.books("insurance", **of, name="i1", charge="c1", paid_minor=5000, contractual_minor=2000)
    payer.open_billing()
    expect(entries(payer)).to_have_count(3)
    session = entries(payer).filter(has_text="Individual session")
    expect(session.get_by_role("listitem")).to_have_text(
        [containing("Insurance adjustment, "), containing("Insurance payment, ")]
    )
    expect(session).to_contain_text("$50.00")
    assert_fits_everyone(payer, "history with an insurer's rows")


def test_15_a_rows_header_is_what_it_was_and_when(payer: Payer) -> None:
    payer.open_billing()
    day = payer.page.locator(".history tbody time").first.inner_text()
    header = payer.page.locator(".history").get_by_role("rowheader").first
    expect(header).to_have_accessible_name(f"Group evening {day}")


@pytest.fixture
def long(new_payer: NewPayer) -> Payer:
    """Somebody with 28 services: more than one page of history."""
    payer = new_payer()
    for n in range(25):
        payer.stack.books(
            "charge", practice=payer.practice, account=payer.account, name=f"m{n}", days_ago=50 + n,
            service=f"Session {n}", clinician="amara", owed_minor=100,
        )  # fmt: skip
    return payer


def test_15_show_more_says_what_came_and_never_drops_the_focus(long: Payer) -> None:
    long.open_billing()
    expect(entries(long)).to_have_count(25)
    long.page.get_by_role("button", name="Show more").press("Enter")
    expect(entries(long)).to_have_count(28)
    end = long.page.get_by_text("That is all: 28 entries.")
    expect(end).to_be_focused()


def test_15_news_of_the_account_leaves_what_show_more_has_shown(long: Payer) -> None:
    """While a payment was under way the list fell back to its first page every few seconds."""
    long.open_billing()
    long.page.get_by_role("button", name="Show more").press("Enter")
    expect(entries(long)).to_have_count(28)
    of = {"practice": long.practice, "account": long.account}
    long.stack.books("payment", **of, name="cash", amount_minor=100)
    come_back_later(long.page)
    expect(entries(long)).to_have_count(29)
    expect(long.page.get_by_role("button", name="Show more")).to_have_count(0)


def test_6_dates_chosen_after_show_more_keep_the_focus_too(long: Payer) -> None:
    """The end of the list took it: it was remembered that more had been asked for, of the list before."""
    long.open_billing()
    long.page.get_by_role("button", name="Show more").press("Enter")
    expect(entries(long)).to_have_count(28)
    family = day_of(long, "Family session")
    choose_dates(long, family, family)
    expect(long.page.get_by_test_id("announcer")).to_have_text("1 entry in these dates.")
    expect(opener(long)).to_be_focused()
    expect(long.page.get_by_text("That is all")).to_have_count(0)


def test_10_a_service_in_the_practices_language_is_marked_with_it(new_payer: NewPayer) -> None:
    payer = new_payer(locale="es-US")
    payer.sign_in()
    payer.go()
    service = entries(payer).first.locator("bdi").first
    expect(service).to_have_attribute("lang", "en")
    payer.page.get_by_role("button", name="English").click()
    expect(entries(payer).first.locator("bdi").first).not_to_have_attribute("lang", "en")


def test_10_a_service_is_marked_with_its_language_while_it_is_paid_too(new_payer: NewPayer) -> None:
    payer = new_payer(locale="es-US")
    payer.sign_in()
    payer.go()
    payer.row("Individual session").get_by_role("button").click()
    dialog = payer.page.get_by_role("dialog")
    for place in ("#pay-what", ".slip dt"):
        service = dialog.locator(f"{place} bdi").first
        expect(service).to_have_text("Individual session")
        expect(service).to_have_attribute("lang", "en")
