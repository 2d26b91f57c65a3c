"""Rows: a service's sum beside it, payments and documents ruled by year, names and links that are heard."""

import re

import pytest
from playwright.sync_api import Locator, Route, expect

from tests.browser.conftest import NewPayer
from tests.browser.payer import Payer
from tests.browser.test_everyone import WIDE, assert_fits_everyone

pytestmark = [pytest.mark.browser, pytest.mark.slow]


def box(place: Locator) -> dict[str, float]:
    found = place.bounding_box()
    assert found is not None
    return {"x": found["x"], "y": found["y"], "height": found["height"]}


def test_16_on_a_phone_the_sum_stands_beside_its_service_and_pay_is_a_link_under_it(payer: Payer) -> None:
    payer.open_billing()
    row = payer.row("Individual session")
    service, sum_ = box(row.locator(".rows__service")), box(row.locator(".rows__amount"))
    assert abs(service["y"] - sum_["y"]) < 4
    pay = row.get_by_role("button")
    expect(pay).to_have_text("Pay")
    expect(pay).to_have_accessible_name(re.compile(r"^Pay: Individual session, "))
    assert pay.evaluate("(button) => getComputedStyle(button).borderTopWidth") == "0px"
    assert box(pay)["height"] >= 44
    short = payer.row("Family session")  # a line of its own for who held it follows without a gap
    meta, about = box(short.locator(".rows__meta")), box(short.locator(".rows__about"))
    assert abs(about["y"] - meta["y"] - meta["height"]) < 2
    pay.click()
    expect(payer.page.get_by_role("dialog")).to_be_visible()


def test_16_on_a_wide_screen_the_rows_button_has_the_seeds_label(new_payer: NewPayer) -> None:
    payer = new_payer(viewport=WIDE)
    payer.open_billing()
    expect(payer.row("Individual session").get_by_role("button")).to_have_text("Make a Payment")
    payer.page.set_viewport_size({"width": 390, "height": 844})
    expect(payer.row("Individual session").get_by_role("button")).to_have_text("Pay")


def test_16_a_formula_stands_only_where_something_was_taken_off(payer: Payer) -> None:
    payer.open_billing()
    expect(payer.row("Individual session").locator(".why")).to_have_count(1)
    expect(payer.row("Family session")).to_contain_text("$100.00")
    expect(payer.row("Family session").locator(".why")).to_have_count(0)
    expect(payer.row("Family session").locator(".rows__about")).to_have_text(
        re.compile(r"^\s*Luis Ferrer\s*Ask about this \(.+\)\s*$")
    )


def test_15_a_service_rows_header_is_service_and_date_and_its_box_has_words(payer: Payer) -> None:
    payer.open_billing()
    row = payer.row("Individual session")
    day = row.locator("time").inner_text()
    expect(row.get_by_role("rowheader")).to_have_accessible_name(f"Individual session {day}")
    check = row.get_by_role("checkbox")
    expect(check).to_have_accessible_name(f"Choose Individual session, {day}")
    expect(row.locator("label")).to_have_text(f"Choose Individual session, {day}")
    check.check()
    expect(payer.page.get_by_test_id("announcer")).to_have_text("1 service: $80.00")


def test_16_where_nothing_can_be_chosen_there_is_no_room_for_boxes(new_payer: NewPayer) -> None:
    """An empty strip stood above the first row, and an empty column at the left of all."""
    payer = new_payer(owes=False)
    payer.stack.books(
        "charge", practice=payer.practice, account=payer.account, name="c1", days_ago=4,
        service="Group evening", clinician="joan", owed_minor=6000,
    )  # fmt: skip
    payer.open_billing()
    table, row = payer.page.locator(".services table"), payer.row("Group evening")
    expect(payer.page.locator(".services .rows__check")).to_have_count(0)
    assert abs(box(row)["y"] - box(table)["y"]) < 1
    edge = row.evaluate("(e) => parseFloat(getComputedStyle(e).paddingLeft)")
    assert abs(box(row.locator(".rows__service"))["x"] - box(table)["x"] - edge) < 1
    assert_fits_everyone(payer, "nothing to choose")
    payer.page.set_viewport_size({"width": WIDE["width"], "height": WIDE["height"]})
    assert_fits_everyone(payer, "nothing to choose, wide")


def test_8_forced_colours_draw_no_edge_round_a_rows_link(new_payer: NewPayer) -> None:
    """A circle stood round "Pay", over the sum above it."""
    payer = new_payer(forced_colors="active")
    payer.open_billing()
    pay = payer.row("Individual session").get_by_role("button")
    assert pay.evaluate("(e) => getComputedStyle(e).borderTopWidth") == "0px"
    expect(pay).to_have_css("text-decoration-line", "underline")


@pytest.mark.parametrize("viewport", [{"width": 390, "height": 844}, WIDE])
def test_16_payment_history_is_ruled_by_year_with_one_sum_a_row(
    new_payer: NewPayer, viewport: dict[str, int]
) -> None:
    payer = new_payer(viewport=viewport)
    of = {"practice": payer.practice, "account": payer.account}
    payer.stack.books("payment", **of, name="p1", amount_minor=8000)
    payer.stack.books("payment", **of, name="p2", amount_minor=17000)
    payer.sign_in()
    payer.go("payments")
    rows = payer.page.locator(".ruled > li")
    expect(rows).to_have_count(2)
    year = payer.page.locator(".ruled time").first.get_attribute("datetime")
    expect(payer.heading(str(year)[:4], level=2)).to_be_visible()
    expect(rows.get_by_role("heading", level=3)).to_have_text([re.compile(r"^Cash · \w+ \d+, \d{4}$")] * 2)
    expect(payer.page.locator(".ruled")).to_have_attribute("role", "list")
    for row in rows.all():
        assert len(re.findall(r"\$", row.inner_text())) == 1
    several = rows.filter(has_text="What it paid (3)")
    several.get_by_text("What it paid (3)").click()
    expect(several.get_by_role("listitem")).to_have_text(
        [re.compile(text) for text in ("Family session.*100.00", "Group evening.*60.00", "credit.*10.00")]
    )
    what, sum_ = rows.first.locator("h3"), rows.first.locator(".ruled__sum")
    assert abs(box(what)["y"] - box(sum_)["y"]) < 8
    assert_fits_everyone(payer, "payments by year")


def test_2_a_payment_whose_money_never_came_says_what_it_was_for_and_not_what_it_paid(payer: Payer) -> None:
    of = {"practice": payer.practice, "account": payer.account}
    payer.stack.books("payment", **of, name="p1", amount_minor=17000)

    def canceled(route: Route) -> None:
        answer = route.fetch()
        page = answer.json()
        page["payments"] = [{**payment, "state": "canceled"} for payment in page["payments"]]
        route.fulfill(response=answer, json=page)

    payer.page.route(re.compile(r"/api/accounts/[^/]+/payments(\?.*)?$"), canceled)
    payer.sign_in()
    payer.go("payments")
    row = payer.page.locator(".ruled > li")
    expect(row.get_by_text("What it was for (2)")).to_be_visible()
    expect(row.get_by_text("What it paid")).to_have_count(0)


def test_16_no_line_of_a_payments_heading_begins_with_the_dot(payer: Payer) -> None:
    payer.pay_service("Individual session", "$80.00")
    payer.go("payments")
    heading = payer.page.locator(".ruled h3")
    expect(heading).to_have_text(re.compile(r"^Visa ending in 4242 · \w+ \d+, \d{4}$"))
    how, dot, day = (heading.locator(part) for part in (".ruled__how", ".ruled__dot", ".ruled__day"))
    payer.page.set_viewport_size({"width": 320, "height": 640})
    assert box(day)["y"] >= box(how)["y"] + box(how)["height"]
    assert abs(box(day.locator("time"))["x"] - box(how)["x"]) < 1
    assert box(dot)["x"] < box(heading)["x"]
    assert heading.evaluate("(h) => getComputedStyle(h).overflowX") == "hidden"
    payer.page.set_viewport_size({"width": 1280, "height": 900})
    assert box(day)["y"] == box(how)["y"]
    assert box(dot)["x"] > box(how)["x"]


def test_16_documents_are_ruled_by_year_and_new_tabs_are_announced(new_payer: NewPayer) -> None:
    payer = new_payer(viewport=WIDE)
    payer.stack.books("statement", practice=payer.practice, account=payer.account)
    payer.stack.wait_for_mail(payer.email, "/documents?account=")
    payer.sign_in()
    payer.go("documents")
    row = payer.page.locator(".ruled > li")
    expect(row.get_by_role("heading", level=4)).to_have_text(re.compile(r"^[A-Z][a-z]+ \d{4}$"))
    expect(payer.page.get_by_role("heading", level=3)).to_have_text(re.compile(r"^\d{4}$"))
    opened = row.get_by_role("link", name="Open or print")
    expect(opened).to_have_accessible_name(re.compile(r"\(opens in a new tab\)$"))
    assert box(opened)["x"] > box(row.locator(".ruled__sum"))["x"]


def test_15_names_are_set_apart_from_the_words_around_them(payer: Payer) -> None:
    payer.open_billing()
    names = payer.row("Individual session").locator("bdi").all_inner_texts()
    assert names == ["Individual session", "Dr. Amara Okafor"]
