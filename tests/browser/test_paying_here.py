"""Paying with the card fields on our own page (T12, inline)."""

import json

import pytest
from playwright.sync_api import expect

from tests.browser.payer import CARD_FRAME, CHALLENGED_CARD, DECLINED_CARD, GOOD_CARD, Payer
from tests.browser.test_everyone import assert_fits_everyone
from tests.support.pdf import text_of
from tests.support.waiting import wait_until

pytestmark = [pytest.mark.browser, pytest.mark.slow]

THANKS = "Thank you. Your payment went through."


def to_card(payer: Payer, *, amount: str | None = None, notes: str = "") -> None:
    payer.open_billing()
    payer.choose("Individual session")
    if amount:
        payer.type_amount(amount)
    if notes:
        payer.add_note(notes)
    payer.next("Continue to your card")
    payer.expect_card_fields()


def test_G6_G7_G8_S13_T7_T11_T16_a_part_is_paid_exactly_and_receipted(payer: Payer) -> None:
    to_card(payer, amount="30.00", notes="From the blue envelope")
    payer.page.locator(".pay-fold summary").click()
    expect(payer.page.get_by_text("Processing fee")).to_be_visible()
    expect(payer.page.get_by_text("paid by the practice")).to_be_visible()
    expect(payer.page.get_by_text("From the blue envelope")).to_be_visible()
    payer.type_card()
    payer.press_pay("$30.00")
    expect(payer.heading(THANKS)).to_be_visible()
    expect(payer.page.get_by_text("You still owe $210.00.")).to_be_visible()
    expect(payer.page.get_by_text("Nothing else will be charged to your card.")).to_be_visible()
    assert payer.paid() == [3000]
    assert payer.owed() == 21000
    payer.stack.wait_for_mail(payer.email, "30.00")
    told = json.dumps(payer.stack.control("GET", "requests"))
    for private in ("blue envelope", "Individual session", "Lindqvist", "Okafor"):
        assert private not in told
    payer.page.get_by_role("link", name="Payments", exact=True).click()
    expect(payer.heading("Payment History")).to_be_visible()
    entry = payer.page.locator(".payment")
    expect(entry).to_have_count(1)
    expect(entry).to_contain_text("$30.00")
    expect(entry).to_contain_text("Paid")
    expect(entry).to_contain_text("4242")


def test_S6_the_receipt_opens_and_downloads_once_it_is_made(payer: Payer) -> None:
    to_card(payer)
    payer.type_card()
    payer.press_pay("$80.00")
    open_link = payer.page.get_by_role("link", name="Open or print")
    expect(open_link).to_be_visible(timeout=20_000)
    for name in ("Open or print", "Download"):
        href = payer.page.get_by_role("link", name=name).get_attribute("href")
        answer = payer.page.request.get(payer.stack.url(str(href)))
        assert answer.ok
        assert answer.body().startswith(b"%PDF-")


def test_S6_issue_14_an_itemised_receipt_names_the_services_and_opens_from_the_result_and_the_history(
    payer: Payer,
) -> None:
    to_card(payer)
    payer.type_card()
    payer.press_pay("$80.00")
    link = payer.page.get_by_role("link", name="Itemized receipt with the services paid for")
    expect(link).to_be_visible(timeout=20_000)
    payer.go("payments")
    expect(link).to_be_visible()
    assert_fits_everyone(payer, "payments with an itemised receipt")
    answer = payer.page.request.get(payer.stack.url(str(link.get_attribute("href"))))
    assert answer.ok
    text = text_of(answer.body())
    assert "Itemized receipt" in text
    assert "$80.00" in text


def test_a_declined_card_charges_nothing_and_another_one_pays(payer: Payer) -> None:
    to_card(payer)
    payer.type_card(DECLINED_CARD)
    payer.press_pay("$80.00")
    expect(payer.page.get_by_text("Your card was declined")).to_be_visible()
    assert payer.paid() == []
    payer.type_card()
    payer.press_pay("$80.00")
    expect(payer.heading(THANKS)).to_be_visible()
    assert payer.paid() == [8000]


def test_5_all_that_is_missing_is_said_at_once_and_moves_the_focus(payer: Payer) -> None:
    to_card(payer)
    email = payer.page.get_by_label("E-mail address")
    expect(email).to_have_value(payer.email)  # known from the session; the payer may change it
    email.fill("nobody")
    for _ in range(2):
        payer.press_pay("$80.00")
        summary = payer.page.locator(".error-summary")
        expect(summary).to_be_focused()
        expect(summary.get_by_role("listitem")).to_have_text(
            [
                "Fill in the card details.",
                "Enter the name on the card.",
                "Enter the ZIP code of the address that the card’s bills go to.",
                "Enter an e-mail address, like name@example.com.",
            ]
        )
    assert_fits_everyone(payer, "card, holder and e-mail missing")
    summary.get_by_role("link", name="Fill in the card details.").click()
    expect(payer.page.frame_locator(CARD_FRAME).get_by_label("Card number")).to_be_focused()
    payer.type_card(GOOD_CARD)
    email.fill("nobody")
    payer.press_pay("$80.00")
    expect(summary.get_by_role("listitem")).to_have_count(1)
    email.fill("another@example.test")
    payer.press_pay("$80.00")
    expect(payer.heading(THANKS)).to_be_visible()
    assert payer.paid() == [8000]


def test_5_a_declined_card_moves_the_focus_to_what_was_said(payer: Payer) -> None:
    to_card(payer)
    payer.type_card(DECLINED_CARD)
    payer.press_pay("$80.00")
    declined = payer.page.locator(".card-form__declined")
    expect(declined).to_be_focused()
    expect(declined).to_contain_text("Your card was declined")
    expect(declined).to_contain_text("Nothing has been charged.")


def test_4_a_payment_that_was_begun_goes_on_in_one_press(payer: Payer) -> None:
    to_card(payer)
    payer.go()
    payer.button("Continue this payment").click()
    payer.type_card()
    payer.press_pay("$80.00")
    expect(payer.heading(THANKS)).to_be_visible()
    assert len(payer.payments()) == 1


def test_a_failed_3d_secure_challenge_charges_nothing_and_a_completed_one_pays(payer: Payer) -> None:
    to_card(payer)
    payer.type_card(CHALLENGED_CARD)
    payer.press_pay("$80.00")
    payer.answer_challenge("Fail")
    said = payer.page.locator(".card-form__declined")
    expect(said).to_contain_text("Your bank did not confirm that it was you")
    expect(said).to_contain_text("Nothing has been charged. Try again, or pay another way.")
    expect(said).not_to_contain_text("declined")
    assert payer.paid() == []
    payer.type_card(CHALLENGED_CARD)
    payer.press_pay("$80.00")
    payer.answer_challenge("Complete")
    expect(payer.heading(THANKS)).to_be_visible()
    assert payer.paid() == [8000]


def test_S13_a_quote_that_no_longer_holds_is_shown_anew_and_asked_again(payer: Payer) -> None:
    payer.open_billing()
    payer.button("Pay Now").click()
    expect(
        payer.page.get_by_role("dialog").get_by_text("Processing fee")
    ).to_be_visible()  # so the quote is there
    payer.stack.books(
        "payment", practice=payer.practice, account=payer.account, name="cash", amount_minor=2000
    )
    payer.next("Continue to your card")
    expect(payer.page.get_by_text("The amount has changed")).to_be_visible()
    payer.button("Continue with $160.00").click()
    payer.type_card()
    payer.press_pay("$160.00")
    expect(payer.heading(THANKS)).to_be_visible()
    assert sorted(payer.paid()) == [2000, 16000]


def test_another_amount_pays_the_oldest_first_and_keeps_the_rest_as_credit(payer: Payer) -> None:
    payer.open_billing()
    payer.button("Pay another amount").click()
    payer.type_amount("90")
    dialog = payer.page.get_by_role("dialog")
    expect(dialog.get_by_text("$90.00 left")).to_be_visible()
    payer.next("Continue to your card")
    payer.type_card()
    payer.press_pay("$90.00")
    expect(payer.heading(THANKS)).to_be_visible()
    wait_until(lambda: payer.owed() == 15000, what="the credit")


def test_a_payment_whose_answer_never_came_is_shown_as_being_checked_until_it_is_known(payer: Payer) -> None:
    # Opened again and again, and never found: what is found, nobody was shown, and it is ended at once.
    for method in ("POST", "GET"):
        fault = {"kind": "cut", "when": "after", "count": 1000, "method": method, "exact": True}
        payer.stack.control("POST", "faults", {**fault, "path": "/v1/checkout/sessions"})
    payer.open_billing()
    payer.choose("Individual session")
    payer.next("Continue to your card")
    expect(payer.heading("We are checking your payment")).to_be_visible()
    expect(payer.page.get_by_text("Please do not pay again.")).to_be_visible()
    payer.page.get_by_role("link", name="Back to Billing").click()
    expect(payer.page.get_by_text("is being checked with the processor")).to_be_visible()
    expect(payer.row("Individual session")).to_contain_text("$80.00 being paid")
    expect(payer.row("Individual session").get_by_role("button")).to_have_count(0)
    payer.stack.control("DELETE", "faults", {"method": "POST"})
    expect(payer.page.get_by_text("You started a payment of $80.00")).to_be_visible(timeout=30_000)
    payer.stack.control("DELETE", "faults")
    payer.button("Continue this payment").click()
    payer.type_card()
    payer.press_pay("$80.00")
    expect(payer.heading(THANKS)).to_be_visible()
    assert payer.paid() == [8000]
    assert len(payer.payments()) == 1
