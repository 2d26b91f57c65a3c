"""The Documents page: statements announced by a link, listed, opened and downloaded as the same bytes."""

import re
from datetime import UTC, datetime
from pathlib import Path
from typing import Literal

import pytest
from playwright.sync_api import Route, expect

from tests.browser.conftest import NewPayer
from tests.browser.payer import Payer
from tests.browser.test_everyone import NARROW, assert_fits_everyone
from tests.support.pdf import text_of

pytestmark = [pytest.mark.browser, pytest.mark.slow]


# The kind, its heading, what it is, and what is said where there is none.
SECTIONS = {
    "en-US": [
        ("invoices", "Invoices", "To pay", "As soon as the practice issues one"),
        ("statements", "Statements", "What happened in a month", "No statements yet."),
        (
            "superbills", "Insurance Reimbursement Statements", "For your insurer: nothing to pay here",
            "Your practice has issued none.",
        ),
    ],
    "es-US": [
        ("invoices", "Facturas", "Por pagar", "En cuanto el consultorio emita una"),
        ("statements", "Estados de cuenta", "Lo que pasó en un mes", "Todavía no hay estados de cuenta."),
        (
            "superbills", "Comprobantes para el seguro",
            "Para su aseguradora: aquí no hay nada que pagar", "Su consultorio no ha emitido ninguno.",
        ),
    ],
}  # fmt: skip


def with_statement(payer: Payer) -> str:
    """Last month's statement, made and mailed; the address in its e-mail."""
    payer.stack.books("statement", practice=payer.practice, account=payer.account)
    text = payer.stack.wait_for_mail(payer.email, "/documents?account=")
    return next(word for word in text.split() if "/documents?account=" in word)


def test_S3_the_mailed_link_leads_through_sign_in_to_the_statements(payer: Payer) -> None:
    address = with_statement(payer)
    payer.page.goto(address)
    expect(payer.page.get_by_label("E-mail address")).to_be_visible()
    payer.sign_in()
    payer.page.goto(address)
    expect(payer.heading("Documents")).to_be_visible()
    expect(payer.page.get_by_role("heading", name="Statements", exact=True)).to_be_visible()
    expect(payer.page.locator(".ruled > li")).to_have_count(1)
    expect(payer.page.locator(".ruled > li")).to_contain_text("What was owed at the end")
    expect(payer.page).to_have_title("Documents · Billfold")


def test_S6_a_statement_opens_and_downloads_as_the_same_bytes(payer: Payer) -> None:
    with_statement(payer)
    payer.open_billing()
    payer.page.get_by_role("link", name="Documents", exact=True).click()
    opened = payer.page.get_by_role("link", name="Open or print").get_attribute("href")
    assert opened is not None
    inline = payer.page.request.get(payer.stack.url(opened))
    with payer.page.expect_download() as started:
        payer.page.get_by_role("link", name="Download").click()
    assert started.value.suggested_filename.startswith("statement-20")
    downloaded = Path(started.value.path()).read_bytes()
    assert downloaded.startswith(b"%PDF-")
    assert downloaded == inline.body()


@pytest.mark.parametrize("locale", ["en-US", "es-US"])
def test_S3_the_page_has_three_sections_each_with_what_it_is_and_what_will_come(
    new_payer: NewPayer, locale: str
) -> None:
    payer = new_payer(locale=locale)
    payer.sign_in()
    payer.go("documents")
    for kind, title, says, empty in SECTIONS[locale]:
        section = payer.page.get_by_role("region", name=title, exact=True)
        expect(section.get_by_role("heading", level=2)).to_have_text(title)
        expect(section).to_have_class(re.compile(rf"\b{kind}\b"))
        expect(section.locator(".services__lead")).to_contain_text(says)
        expect(section.locator(".empty")).to_contain_text(empty)
    titles = payer.page.get_by_role("heading", level=2).all_inner_texts()
    assert titles[:3] == [title for _, title, _, _ in SECTIONS[locale]]


def test_S3_the_page_says_whether_documents_come_on_paper_and_who_changes_that(payer: Payer) -> None:
    """Issue 14, number 14: only statements said so, and invoices are posted, too."""
    payer.sign_in()
    payer.go("documents")
    how = payer.page.locator(".documents__how")
    expect(how).to_have_text(
        "Paperless: an e-mail says when there is a new one. To have them by post, ask the practice."
    )
    payer.stack.books("paper", practice=payer.practice, account=payer.account, email=payer.email)
    payer.page.reload()
    expect(how).to_have_text(
        "The practice sends you documents by post. They are here, too. "
        "To have e-mails instead, ask the practice."
    )


def test_S3_a_guarantor_without_superbills_is_told_whom_to_ask(new_payer: NewPayer) -> None:
    payer = new_payer(children={"kid": "Ana Lindqvist"}, superbills=False)
    payer.sign_in()
    payer.go("documents", f"?account={payer.account}-kid")
    expect(payer.page.locator(".superbills .empty")).to_have_text(
        "Only the client sees these. To see them, too, ask the practice."
    )


def test_older_statements_are_shown_once_however_often_they_are_asked_for(payer: Payer) -> None:
    """The API's pages are long: here they are of one statement, in front of it."""
    asked = []

    def answer(route: Route) -> None:
        older = "cursor=older" in route.request.url
        asked.append(older)
        month = "2026-09" if older else "2026-10"
        document = {
            "id": f"statement-{month}", "type": "statement", "first_date": f"{month}-01",
            "last_date": f"{month}-30", "currency": "USD", "opening_minor": 0, "closing_minor": 4500,
        }  # fmt: skip
        route.fulfill(json={"documents": [document], "next_cursor": None if older else "older"})

    payer.sign_in()
    payer.page.route("**/api/accounts/*/documents?*", answer)
    payer.go("documents")
    rows = payer.page.locator(".ruled > li")
    expect(rows).to_have_count(1)
    payer.page.get_by_role("button", name="Show more").dblclick()
    expect(rows).to_have_count(2)
    expect(payer.page.get_by_role("button", name="Show more")).to_have_count(0)
    assert asked == [False, True]


@pytest.mark.parametrize("locale", ["en-US", "es-US"])
def test_the_page_fits_everyone(new_payer: NewPayer, locale: str) -> None:
    payer = new_payer(viewport=NARROW, locale=locale)
    with_statement(payer)
    payer.sign_in()
    payer.go("documents")
    expect(payer.page.locator(".ruled li a").first).to_be_visible()
    assert_fits_everyone(payer, f"documents in {locale}")
    payer.page.emulate_media(color_scheme="dark")
    assert_fits_everyone(payer, f"documents in {locale}, dark")


def test_issue_12_2_a_statement_whose_file_is_gone_is_made_again_and_opened(payer: Payer) -> None:
    with_statement(payer)
    payer.open_billing()
    payer.page.get_by_role("link", name="Documents", exact=True).click()
    address = payer.page.get_by_role("link", name="Open or print").get_attribute("href")
    assert address is not None
    before = payer.page.request.get(payer.stack.url(address)).body()
    payer.stack.lose_files(payer.practice, payer.account)
    with payer.page.expect_download() as started:
        payer.page.get_by_role("link", name="Download").click()
    assert Path(started.value.path()).read_bytes() == before


@pytest.mark.parametrize(
    ("locale", "said"),
    [("en-US", "This document is being made"), ("es-US", "Este documento se está preparando")],
)
def test_issue_12_2_what_does_not_open_leads_to_a_page_that_says_so_once(
    new_payer: NewPayer, locale: str, said: str
) -> None:
    payer = new_payer(locale=locale)
    payer.sign_in()
    for page in ("documents", "payments"):
        payer.go(page, "?unopened=document_missing")
        expect(payer.page.get_by_role("alert")).to_contain_text(said)
        payer.page.reload()
        expect(payer.page.get_by_role("heading", level=1)).to_be_visible()
        expect(payer.page.get_by_text(said)).to_have_count(0)


@pytest.mark.parametrize(("locale", "scheme"), [("en-US", "light"), ("es-US", "dark")])
def test_issue_14_a_summary_of_payments_opens_for_a_year_and_for_other_days(
    new_payer: NewPayer, locale: str, scheme: Literal["light", "dark"]
) -> None:
    payer = new_payer(locale=locale)
    payer.stack.books(
        "payment", practice=payer.practice, account=payer.account, name="p1", amount_minor=4_000
    )
    payer.sign_in()
    payer.page.emulate_media(color_scheme=scheme)
    payer.go("documents")
    english = locale == "en-US"
    year = payer.page.get_by_role("link", name="Payments of" if english else "Pagos de").first
    expect(year).to_be_visible()
    payer.page.get_by_text("Other days" if english else "Otros días").click()
    link = payer.page.get_by_role("link", name="Open the summary" if english else "Abrir el resumen")
    link.click()
    ends = ("From", "To") if english else ("Desde", "Hasta")
    first, last = (payer.page.get_by_label(name, exact=True) for name in ends)
    expect(first).to_be_focused()
    expect(payer.page.get_by_text("Enter a date." if english else "Indique una fecha.")).to_be_visible()
    assert_fits_everyone(payer, f"documents with a summary of payments in {locale}, {scheme}")
    first.fill("2020-01-01")
    last.fill("2019-01-01")
    link.click()
    expect(first).to_be_focused()
    last.fill(datetime.now(UTC).date().isoformat())
    for opener in (year, link):
        answer = payer.page.request.get(payer.stack.url(str(opener.get_attribute("href"))))
        assert answer.ok
        assert "$40.00" in text_of(answer.body())


@pytest.mark.parametrize("locale", ["en-US", "es-US"])
def test_T2_documents_are_listed_by_service_of_paid_ones_too(new_payer: NewPayer, locale: str) -> None:
    """Issue 14, T2: by service, from the keyboard, and back."""
    by_service, none, receipt = {
        "en-US": ("By service", "No documents yet", "Receipt of"),
        "es-US": ("Por servicio", "Todavía sin documentos", "Recibo del"),
    }[locale]
    payer = new_payer(viewport=NARROW, locale=locale)
    about = {"practice": payer.practice, "account": payer.account}
    payer.sign_in()
    payer.go("documents")
    link = payer.page.get_by_role("link", name=by_service, exact=True)
    link.focus()
    payer.page.keyboard.press("Enter")
    expect(link).to_have_attribute("aria-current", "page")
    rows = payer.page.locator(".services .ruled > li")
    expect(rows.first).to_contain_text(none)
    count = rows.count()
    invoice = payer.stack.books("invoice", **about)
    payer.stack.books("superbill", **about)
    payer.stack.books("payment", name="cash", amount_minor=99_000, **about)
    payer.page.reload()
    expect(rows).to_have_count(count)
    for row in rows.all():
        expect(row.get_by_role("link").filter(has_text=str(invoice)).first).to_be_visible()
        expect(row.get_by_role("link").filter(has_text=receipt)).to_be_visible()
    assert_fits_everyone(payer, "documents by service")
    rows.first.get_by_role("link").first.click()
    payer.page.go_back()
    expect(rows).to_have_count(count)


def test_a_summary_is_for_days_that_have_begun(payer: Payer) -> None:
    """Issue 14, number 10: it opened a tab that said to open it again in a minute, which cannot help."""
    payer.sign_in()
    payer.go("documents")
    payer.page.get_by_text("Other days").click()
    for end in ("from", "to"):
        payer.page.locator(f"#summary-{end}").fill("2099-01-01")
    payer.page.get_by_role("link", name="Open the summary").click()
    expect(payer.page.locator("#summary-from-error")).to_have_text("That day has not come yet.")
    assert len(payer.page.context.pages) == 1
    days = "from=2099-01-01&to=2099-01-02"
    payer.page.goto(payer.stack.url(f"/api/accounts/{payer.account}/payment-summary?{days}"))
    expect(payer.page.get_by_text("A summary is for days that have begun")).to_be_visible()
    expect(payer.page.get_by_text("Open it again in a minute")).to_have_count(0)


@pytest.mark.parametrize("page", ["invoice", "superbill"])
def test_what_is_not_there_is_not_to_be_tried_again(payer: Payer, page: str) -> None:
    """Issue 14, number 26."""
    payer.sign_in()
    payer.go(page, f"?id={page}-4711")
    expect(payer.page.get_by_role("alert")).to_be_visible()
    expect(payer.page.get_by_role("button", name="Try again")).to_have_count(0)


def test_sums_of_printed_rows_stand_at_their_end(new_payer: NewPayer) -> None:
    """Issue 14, number 25: room was left for links that are not printed."""
    payer = new_payer(viewport={"width": 1280, "height": 900})
    payer.stack.books("invoice", practice=payer.practice, account=payer.account)
    payer.sign_in()
    payer.go("documents")
    row = payer.page.locator(".invoices .ruled__row").first
    expect(row).to_be_visible()
    payer.page.emulate_media(media="print")
    ends = row.evaluate(
        """(row) => [row, row.querySelector(".ruled__sum")].map((e) => e.getBoundingClientRect().right)"""
    )
    assert ends[0] - ends[1] < 40
