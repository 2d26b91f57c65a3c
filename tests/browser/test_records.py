"""Take my billing records (issue 14; S1, S2, S6): one press, its progress, and one file to keep."""

import zipfile
from pathlib import Path

import pytest
from playwright.sync_api import Route, expect

from tests.browser.conftest import NewPayer
from tests.browser.payer import Payer
from tests.browser.test_documents import with_statement
from tests.browser.test_everyone import NARROW, assert_fits_everyone
from tests.browser.test_invoices import with_invoice

pytestmark = [pytest.mark.browser, pytest.mark.slow]


def test_S6_one_press_gives_all_documents_and_the_table_in_one_file(payer: Payer) -> None:
    with_statement(payer)
    number = with_invoice(payer)
    payer.sign_in()
    payer.go("documents")
    payer.button("Prepare my records").press("Enter")
    section = payer.page.get_by_role("region", name="Take my billing records")
    expect(section).to_contain_text("are ready. You can download them here until", timeout=60_000)
    expect(payer.page.get_by_test_id("announcer")).to_have_text("Your billing records are ready.")
    expect(payer.button("Prepare them anew")).to_be_focused()
    with payer.page.expect_download() as started:
        section.get_by_role("link", name="Download my records (ZIP)").click()
    assert started.value.suggested_filename.startswith("billing-records-20")
    names = zipfile.ZipFile(Path(started.value.path())).namelist()
    assert {"history.csv", f"invoices/invoice-{number}.pdf"} <= set(names)
    assert any(name.startswith("statements/") for name in names)
    mail = payer.stack.wait_for_mail(payer.email, "The billing records that you asked for are ready.")
    assert "/documents?account=" in mail


@pytest.mark.parametrize(
    ("locale", "ask"), [("en-US", "Prepare my records"), ("es-US", "Preparar mi historial")]
)
def test_how_far_it_is_and_where_it_stands_still_are_shown_and_fit_everyone(
    new_payer: NewPayer, locale: str, ask: str
) -> None:
    """The API's answer is the test's: a worker is too quick to be looked at, and does not die."""
    standing = {
        "state": "making", "superbills": True, "documents": 40, "drawn": 12, "left_out": 0,
        "older_receipts": 0, "stalled": False,
        "asked_at": "2026-11-30T02:00:00Z", "made_at": None, "until": "2026-12-07T02:00:00Z",
    }  # fmt: skip
    payer = new_payer(viewport=NARROW, locale=locale)
    payer.sign_in()
    payer.page.route("**/api/accounts/*/records", lambda route: answer(route, standing))
    payer.go("documents")
    progress = payer.page.get_by_role("progressbar")
    expect(progress).to_have_attribute("value", "12")
    expect(progress).to_have_accessible_name(
        "12 of 40 documents are ready." if locale == "en-US" else "12 de 40 documentos están listos."
    )
    expect(payer.button(ask, exact=False)).to_have_attribute("aria-disabled", "true")
    assert_fits_everyone(payer, f"records being made in {locale}")
    standing["stalled"] = True
    go_on = payer.button("Go on" if locale == "en-US" else "Continuar")
    expect(go_on).to_be_visible()
    standing.update(
        state="ready", made_at="2026-11-30T02:01:00Z", drawn=38, left_out=2, older_receipts=12, stalled=False
    )
    go_on.click()
    expect(payer.page.locator(".records")).to_contain_text("2 docum")
    expect(payer.page.locator(".records")).to_contain_text("12 older" if locale == "en-US" else "12 pagos")
    for scheme in ("light", "dark"):
        payer.page.emulate_media(color_scheme=scheme)
        assert_fits_everyone(payer, f"records in {locale}, {scheme}")


def answer(route: Route, standing: dict[str, object]) -> None:
    route.fulfill(json=standing)
