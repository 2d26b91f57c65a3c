"""Superbills (issue 14; T2, S1, S3, S6): in their section, on their page and beside each service."""

from pathlib import Path

import pytest
from playwright.sync_api import expect

from tests.browser.payer import Payer
from tests.browser.test_everyone import assert_fits_everyone

pytestmark = [pytest.mark.browser, pytest.mark.slow]


def with_superbills(payer: Payer) -> list[int]:
    numbers: list[int] = payer.stack.books("superbill", practice=payer.practice, account=payer.account)
    return numbers


def test_S1_S3_superbills_are_a_section_that_says_there_is_nothing_to_pay(payer: Payer) -> None:
    payer.sign_in()
    payer.go("documents")
    expect(payer.page.get_by_text("Your practice has issued none.")).to_be_visible()
    numbers = with_superbills(payer)
    payer.page.reload()
    expect(payer.heading("Insurance Reimbursement Statements", level=2)).to_be_visible()
    expect(payer.page.get_by_text("For your insurer: nothing to pay here.")).to_be_visible()
    rows = payer.page.locator(".superbills .ruled > li")
    expect(rows).to_have_count(len(numbers))
    expect(rows.first).to_contain_text(f"Superbill {max(numbers)}")
    expect(rows.first).to_contain_text("paid $0.00 of")
    assert_fits_everyone(payer, "superbills")


def test_S6_an_opened_superbill_is_printed_or_downloaded_and_asks_for_no_money(payer: Payer) -> None:
    number = with_superbills(payer)[0]
    payer.sign_in()
    payer.go("documents")
    payer.page.get_by_role("link", name=f"Superbill {number}", exact=True).click()
    expect(payer.heading(f"Superbill {number}")).to_be_visible()
    expect(payer.page.get_by_text("nothing to pay here")).to_be_visible()
    expect(payer.page.get_by_text("code 90834-95, units 1").first).to_be_visible()
    expect(payer.page.get_by_role("button", name="Pay")).to_have_count(0)
    assert "F41" not in payer.page.content()
    with payer.page.expect_download() as downloading:
        payer.page.get_by_role("link", name="Download").first.click()
    kept = Path(downloading.value.path()).read_bytes()
    assert downloading.value.suggested_filename == f"superbill-{number}.pdf"
    opening = payer.page.get_by_role("link", name=f"(superbill {number})").first.get_attribute("href")
    assert opening is not None
    opened = payer.page.request.get(payer.stack.url(opening))
    assert opened.body() == kept
    payer.page.set_viewport_size({"width": 320, "height": 640})
    assert_fits_everyone(payer, "superbills")


def test_T2_each_service_paid_or_not_leads_to_its_superbill(payer: Payer) -> None:
    payer.open_billing()
    expect(payer.page.locator(".rows__superbill")).to_have_count(0)
    with_superbills(payer)
    payer.page.reload()
    expect(payer.page.locator(".services .rows__superbill a")).to_have_count(3)
    payer.stack.books(
        "payment", practice=payer.practice, account=payer.account, name="cash", amount_minor=24_000
    )
    payer.page.reload()
    links = payer.page.locator(".rows--history .rows__superbill a")
    expect(links.first).to_be_visible()
    links.first.click()
    expect(payer.page.locator("h1")).to_contain_text("Superbill")


def test_what_was_replaced_leads_to_what_replaces_it(payer: Payer) -> None:
    number = with_superbills(payer)[0]
    after = payer.stack.books("replace_superbill", practice=payer.practice, number=number)
    payer.sign_in()
    payer.go("superbill", f"?id=superbill-{number}")
    expect(payer.page.get_by_text("do not send it to an insurer any more")).to_be_visible()
    payer.page.get_by_role("link", name=f"Superbill {after}", exact=True).click()
    expect(payer.page.get_by_role("link", name=f"Superbill {number}", exact=True)).to_be_visible()
