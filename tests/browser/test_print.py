"""Issue 10, numbers 11 and 15: paper says whose bill it is, dark on white; and a page has its icons."""

import itertools
import struct
from io import BytesIO

import pytest
from playwright.sync_api import Locator, expect
from pypdf import PageObject, PdfReader

from tests.browser.conftest import NewPayer
from tests.browser.payer import Payer

pytestmark = [pytest.mark.browser, pytest.mark.slow]

WHITE = "rgb(255, 255, 255)"
# Printers leave backgrounds out: what is printed stands on the paper.
INK = """(e) => {
  const [r, g, b] = getComputedStyle(e).color.match(/[0-9.]+/g).map((part) => part / 255);
  return 0.2126 * r + 0.7152 * g + 0.0722 * b;
}"""
BACKGROUND = """(e) => {
  for (let at = e; at; at = at.parentElement) {
    const colour = getComputedStyle(at).backgroundColor;
    if (colour !== "rgba(0, 0, 0, 0)") return colour;
  }
}"""


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_11_15_billing_on_paper_names_the_practice_and_is_dark_on_white(
    new_payer: NewPayer, scheme: str
) -> None:
    payer = new_payer(color_scheme=scheme)
    payer.open_billing()
    page = payer.page
    page.emulate_media(media="print", color_scheme=scheme)  # type: ignore[arg-type]
    for part in (
        ".brand__name",
        ".balance h2",
        ".balance__amount",
        ".balance__words",
        "h1",
        ".rows__service",
    ):
        assert_printed(page.locator(part).first)
    assert page.locator(".brand__name").inner_text() == "River & Reed Practice"
    for nothing_to_press in (".menu", ".tabs", ".ribbon", ".balance .button", ".rows__check", ".range"):
        assert not page.locator(nothing_to_press).first.is_visible(), nothing_to_press


def test_11_what_is_owed_has_the_papers_width_and_the_last_sheet_holds_more_than_a_note(payer: Payer) -> None:
    """The balance stood beside room for buttons that are not printed, and a third sheet bore one line."""
    payer.stack.books(
        "charge", practice=payer.practice, account=payer.account, name="c4", days_ago=5,
        service="Session for two", clinician="amara", owed_minor=7000, insurance_minor=15000,
    )  # fmt: skip
    payer.open_billing()
    page = payer.page
    expect(page.locator(".history tbody tr")).to_have_count(4)
    assert len(PdfReader(BytesIO(page.pdf(format="Letter"))).pages) == 2
    page.emulate_media(media="print")
    page.set_viewport_size({"width": 816, "height": 1056})  # Letter
    inner = "(e) => e.clientWidth - 2 * parseFloat(getComputedStyle(e).paddingLeft)"
    width = page.locator(".balance__figure").evaluate("(e) => e.clientWidth")
    assert abs(width - page.locator(".balance").evaluate(inner)) < 2
    for table in (".services", ".history"):
        last = page.locator(f"{table} thead th").filter(visible=True).last
        expect(last).to_have_class("rows__amount")


def test_11_no_heading_is_printed_over_a_row_of_the_table_before_it(payer: Payer) -> None:
    """Issue 10: with seven services "Account History" stood over the last of them, on the second sheet."""
    payer.open_billing()
    rows = payer.page.locator(".services tbody tr")
    expect(payer.page.locator(".history tbody tr")).to_have_count(3)
    for count in range(4, 14):  # wherever a sheet ends
        rows.first.evaluate("(row) => row.after(row.cloneNode(true))")
        expect(rows).to_have_count(count)
        for sheet in PdfReader(BytesIO(payer.page.pdf(format="Letter"))).pages:
            assert_apart(sheet)


def assert_apart(sheet: PageObject) -> None:
    """Whatever stands at the left edge of a sheet has a line of its own."""
    lines = list[tuple[float, str]]()

    def seen(text: str, page: list[float], own: list[float], *_: object) -> None:
        x, y = own[4] * page[0] + page[4], own[5] * page[3] + page[5]
        if text.strip() and x < 70:
            lines.append((round(y, 1), text.strip()))

    sheet.extract_text(visitor_text=seen)
    heights = sorted({height for height, _ in lines})
    close = [pair for pair in itertools.pairwise(heights) if pair[1] - pair[0] < 6]
    assert not close, [line for line in lines if any(line[0] in pair for pair in close)]


def assert_printed(part: Locator) -> None:
    assert part.is_visible()
    assert part.evaluate(INK) < 0.25, part
    assert part.evaluate(BACKGROUND) == WHITE, part


def test_11_browsers_that_ask_for_an_icon_get_one(payer: Payer) -> None:
    payer.go("")
    ask = payer.page.request
    ico = ask.get(payer.stack.url("/favicon.ico"))
    assert (ico.status, ico.headers["content-type"]) == (200, "image/vnd.microsoft.icon")
    assert struct.unpack("<HHH", ico.body()[:6]) == (0, 1, 1)
    touch = payer.page.locator("link[rel=apple-touch-icon]").get_attribute("href")
    png = ask.get(payer.stack.url(str(touch)))
    assert (png.status, png.headers["content-type"]) == (200, "image/png")
    assert struct.unpack(">II", png.body()[16:24]) == (180, 180)
