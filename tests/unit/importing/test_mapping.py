"""Other systems' exports, mapped: what they become, and what is asked about (issue 17)."""

from dataclasses import replace
from datetime import date

import pytest

from chalicelib.importing.domain.mapping.map_text import BadMap, map_text, parse_map
from chalicelib.importing.domain.mapping.names import said_names
from chalicelib.importing.domain.mapping.systems import SYSTEMS, system_map
from chalicelib.importing.services.mapping import Said
from chalicelib.kernel.account_refs import AccountRef
from chalicelib.words.cli.explaining import EXPLAINED
from chalicelib.words.cli.imports import IMPORTS
from chalicelib.words.cli.mapping import COMPARED, MAPPED
from chalicelib.words.cli.mapping_errors import MAPPING_ERRORS
from sandbox.config import ROOT
from tests.support.workbooks import Page, Written, workbook
from tests.unit.importing.exports import THERANEST, codes, loaded, mapped, own_map, prepared, with_clients
from tests.unit.importing.test_undoing import undo
from tests.unit.importing.world import Killed, World

PAYROLL = THERANEST.splitlines(keepends=True)[0]


def payroll(*lines: str) -> dict[str, str]:
    return {"payroll.csv": PAYROLL + "".join(f"{line}\n" for line in lines)}


def paid(number: int, amount: str, *, on: str = "10/20/2026", session: str = "10/13/2026") -> str:
    return f'B,"Vale, Robin",{number},Check,,No,{amount},{on},{session},90837,$120.00'


@pytest.mark.parametrize("name", SYSTEMS)
def test_a_map_is_written_as_it_is_read(name: str) -> None:
    export = system_map(name)
    assert parse_map("map.toml", map_text(export)) == export


def test_a_line_with_a_session_and_its_payment_becomes_both() -> None:
    world = with_clients()
    plan = loaded(world, {"payroll.csv": THERANEST}, "theranest")
    assert [world.balance(id_) for id_ in ("C1", "C2")] == [2000, 2000]
    assert plan.rows == 6
    world.check_ledgers()
    assert prepared(world, {"payroll.csv": THERANEST}, "theranest").empty


def test_what_was_made_of_it_is_told_with_counts() -> None:
    found = mapped(with_clients(), {"payroll.csv": THERANEST}, "theranest")
    assert {(told.column, told.code, told.count) for told in found.told} == {
        ("Client", "names_joined", 4), ("Staff", "clinicians_joined", 4), ("", "lines_once", 2),
        ("Amount", "refunds_of_only", 1),
    }  # fmt: skip
    studied = {(cells.column, cells.code) for one in found.agreed for cells in one.cells}
    assert {("Amount", "amount_parentheses"), ("Payment Date", "date_month_first")} <= studied


def test_a_payment_pays_the_session_of_its_own_line() -> None:
    """Payments are allocated as the file says: the older session stays open."""
    world = with_clients()
    lines = [paid(1, "$0.00", session="10/06/2026"), paid(2, "$120.00")]
    loaded(world, payroll(*lines), "theranest")
    (item,) = world.account("C2").ledger.open.values()
    assert (item.since, item.owed_minor) == ("2026-10-06", 12000)


def test_a_refusal_names_the_cell_of_the_export() -> None:
    lines = [paid(1, "$120.00"), 'B,"Vale, Robin",2,Check,,No,soon,10/20/2026,10/14/2026,90837,$120.00']
    plan = prepared(with_clients(), payroll(*lines), "theranest")
    places = {(p.file, p.row, p.column, p.code) for p in plan.problems}
    assert places == {("payroll.csv", 3, "Amount", "amount_format")}


def test_a_session_that_cannot_be_read_is_refused_once_and_not_what_was_paid_for_it() -> None:
    for old, new, code in [("90837", "9O837", "cpt_format"), ("$120.00", "soon", "amount_format")]:
        insurer = paid(1, "$90.00").replace("Check", "Insurance").replace(old, new)
        assert codes(with_clients(), payroll(insurer)) == [code]
    nothing = paid(1, "$90.00").replace("Check", "Insurance").replace("10/13/2026", "")
    assert sorted(codes(with_clients(), payroll(nothing))) == ["amount_unread", "line_without_charge"]


def test_a_workbook_and_the_same_report_as_text_post_once_and_are_refused_by_sheet() -> None:
    day = date(2026, 10, 13)
    line: list[Written] = ["B", "Vale, Robin", 503, "Check", "", "No", 112.5, day, day, 90837, 120]
    page = Page([list(PAYROLL.strip().split(",")), line])
    world = with_clients()
    loaded(world, {"payroll.xlsx": workbook({"March": page})}, "theranest")
    text = payroll(paid(503, "$112.50", on="10/13/2026"))
    assert prepared(world, text, "theranest").empty
    line[1] = "Nobody At All"
    problems = prepared(world, {"payroll.xlsx": workbook({"March": page})}, "theranest").problems
    assert {(p.file, p.row, p.column) for p in problems} == {("payroll.xlsx, March", 2, "Client")}


def test_the_ledgers_refusal_names_the_cell_of_the_export_too() -> None:
    world = with_clients()
    loaded(world, payroll(paid(1, "$120.00")), "theranest")
    plan = prepared(world, payroll(paid(1, "$110.00")), "theranest")
    assert [(p.row, p.column, p.code) for p in plan.problems] == [(2, "Amount", "posted_otherwise")]


def test_a_session_of_which_more_was_paid_than_it_costs_is_asked_about() -> None:
    lines = [paid(1, "$120.00"), paid(2, "$120.00")]
    assert codes(with_clients(), payroll(*lines)) == ["sessions_or_payments"]
    told_apart = PAYROLL.rstrip() + ",Session\n" + f"{lines[0]},1\n{lines[1]},2\n"
    world = with_clients()
    loaded(world, {"payroll.csv": told_apart}, "theranest")
    assert world.balance("C2") == 0


def test_what_was_given_back_of_a_session_was_not_paid_for_it() -> None:
    lines = [paid(1, "$120.00"), paid(2, "$100.00"), paid(3, "-$100.00", on="10/22/2026")]
    world = with_clients()
    loaded(world, payroll(*lines), "theranest")
    assert world.balance("C2") == 0
    assert codes(with_clients(), payroll(*lines[:2])) == ["sessions_or_payments"]


def test_a_session_paid_again_in_next_weeks_report_is_asked_about() -> None:
    """It may be the second of that day: its money would become credit, and its fee never be charged."""
    world = with_clients()
    loaded(world, payroll(paid(1, "$120.00")), "theranest")
    later = payroll(paid(2, "$120.00", on="10/27/2026"))
    assert codes(world, later) == ["sessions_or_payments"]
    loaded(world, later, "theranest", Said(repeats_confirmed=True))
    assert world.balance("C2") == -12000
    assert prepared(world, later, "theranest").empty


def test_an_insurers_payment_after_the_clients_own_is_no_second_session() -> None:
    world = with_clients()
    loaded(world, payroll(paid(1, "$120.00")), "theranest")
    insurer = paid(2, "$90.00", on="10/27/2026").replace("Check", "Insurance")
    loaded(world, payroll(paid(1, "$120.00"), insurer), "theranest")
    assert world.balance("C2") == -9000


def test_a_fee_that_two_lines_of_a_session_give_otherwise_is_refused() -> None:
    lines = [paid(1, "$50.00"), paid(2, "$60.00").replace("$120.00", "$130.00")]
    (problem,) = prepared(with_clients(), payroll(*lines), "theranest").problems
    assert (problem.row, problem.column, problem.code) == (3, "Rate", "line_says_otherwise")


# --- names -------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["Robin Vale", '"vale,  robin"', '" VALE, Robin "'])
def test_a_name_is_known_but_for_case_spaces_and_order(name: str) -> None:
    world = with_clients()
    loaded(world, payroll(paid(1, "$120.00").replace('"Vale, Robin"', name)), "theranest")
    assert world.balance("C2") == 0


@pytest.mark.parametrize(
    ("name", "code"), [("Kim Ash", "name_unknown"), ("Robin Wale", "name_alike"), ("", "name_absent")]
)
def test_a_name_that_nobody_has_is_asked_about(name: str, code: str) -> None:
    lines = payroll(paid(1, "$120.00").replace('"Vale, Robin"', name))
    assert set(codes(with_clients(), lines)) == {code}


def test_a_name_of_two_clients_is_never_guessed() -> None:
    world = with_clients()
    world.load({"clients.csv": "client_id,name\nC9,Róbin  VALE\n"})
    lines = payroll(paid(1, "$120.00"))
    assert set(codes(world, lines)) == {"name_of_two"}
    said = Said(names=said_names([("Robin Vale", "", "C9")]))
    loaded(world, lines, "theranest", said)
    assert (world.balance("C2"), len(list(world.ledgers.entries(_ref(world, "C9"))))) == (0, 2)


def _ref(world: World, client_id: str) -> AccountRef:
    return AccountRef("oak", world.account(client_id).id)


def test_names_that_nobody_has_are_new_clients_where_that_is_said() -> None:
    lines = payroll(paid(1, "$100.00").replace('"Vale, Robin"', '"Ash, Kim"'))
    world = with_clients()
    said = Said(add_clients=True)
    plan = loaded(world, lines, "theranest", said)
    (client,) = plan.directory.new
    assert client.name == "Kim Ash"
    assert "kim" not in client.external_id.lower()
    assert world.balance(client.external_id) == 2000
    assert prepared(world, lines, "theranest", said).empty
    assert prepared(world, lines, "theranest").empty


# --- refunds -----------------------------------------------------------------------------------------


def test_a_refund_that_may_be_of_several_payments_is_asked_about() -> None:
    lines = [paid(1, "$60.00"), paid(2, "$60.00", on="10/21/2026"), paid(3, "-$10.00", on="10/22/2026")]
    plan = prepared(with_clients(), payroll(*lines), "theranest")
    assert [(p.row, p.code) for p in plan.problems] == [(4, "refund_of_several")]


def test_a_refund_of_a_payment_of_last_week_finds_it_in_the_books_and_stays_with_it() -> None:
    world = with_clients()
    loaded(world, payroll(paid(1, "$120.00")), "theranest")
    later = payroll(paid(2, "-$120.00", on="10/27/2026"))
    loaded(world, later, "theranest")
    assert world.balance("C2") == 12000
    assert prepared(world, later, "theranest").empty
    assert codes(world, payroll(paid(3, "-$1.00", on="10/28/2026"))) == ["refund_of_none"]


# --- the same again ----------------------------------------------------------------------------------

CHARGES = own_map("""
[[tables.rows]]
kind = "charges"
charge_id = { made_of = ["client_id", "date", "cpt"] }
client_id = { header = "Client", join = "client" }
date = "Day"
service = { value = "Session" }
clinician_id = { value = "$clinician" }
fee = "Fee"
cpt = "Code"
status = { header = "Status", else = "held" }
""")
DR_A = Said(clinician="dr-a")


def days(*fees: str) -> dict[str, str]:
    lines = "".join(f"Robin Vale,2026-10-13,90837,{fee},\n" for fee in fees)
    return {"sessions.csv": f"Client,Day,Code,Fee,Status\n{lines}"}


def test_two_alike_of_a_day_are_both_posted_once_in_any_order() -> None:
    world = with_clients()
    loaded(world, days("100.00", "100.00", "130.00"), CHARGES, DR_A)
    assert world.balance("C2") == 33000
    assert prepared(world, days("130.00", "100.00", "100.00"), CHARGES, DR_A).empty


@pytest.mark.parametrize("before", [("100.00",), ("100.00", "100.00"), ("100.00", "130.00")])
def test_one_more_of_a_day_is_asked_about_and_posted_once_it_is_confirmed(before: tuple[str, ...]) -> None:
    world, after = with_clients(), days("100.00", *before)
    loaded(world, days(*before), CHARGES, DR_A)
    owed = world.balance("C2")
    assert [p.code for p in prepared(world, after, CHARGES, DR_A).problems] == ["repeats_changed"]
    loaded(world, after, CHARGES, replace(DR_A, repeats_confirmed=True))
    assert world.balance("C2") == owed + 10000
    assert prepared(world, after, CHARGES, DR_A).empty


@pytest.mark.parametrize("nth", [0, 1])
def test_of_two_alike_the_one_that_staff_took_back_is_asked_about_no_more(nth: int) -> None:
    """Whichever it was: the file has the other."""
    world = with_clients()
    loaded(world, days("100.00", "100.00"), CHARGES, DR_A)
    world.take_back("C2", kind="charge", nth=nth)
    assert world.balance("C2") == 10000
    one = prepared(world, days("100.00"), CHARGES, DR_A)
    assert (one.problems, one.empty, one.counts()["taken_back"]) == ((), True, 0)
    both = prepared(world, days("100.00", "100.00"), CHARGES, DR_A)
    assert (both.problems, both.empty, both.counts()["taken_back"]) == ((), True, 1)
    more = prepared(world, days("100.00", "100.00", "100.00"), CHARGES, DR_A)
    assert [problem.code for problem in more.problems] == ["repeats_changed"]


def test_one_fewer_of_a_day_is_asked_about_and_nothing_is_taken_back() -> None:
    world = with_clients()
    loaded(world, days("100.00", "130.00"), CHARGES, DR_A)
    assert [p.code for p in prepared(world, days("130.00"), CHARGES, DR_A).problems] == ["repeats_changed"]
    confirmed = replace(DR_A, repeats_confirmed=True)
    assert prepared(world, days("130.00"), CHARGES, confirmed).empty
    (told,) = [t for t in mapped(world, days("130.00"), CHARGES, confirmed).told if "repeats" in t.code]
    assert told.code == "repeats_missing"


def test_one_of_several_with_another_amount_is_never_guessed() -> None:
    world = with_clients()
    loaded(world, days("100.00", "130.00"), CHARGES, DR_A)
    confirmed = replace(DR_A, repeats_confirmed=True)
    for said in (DR_A, confirmed):
        plan = prepared(world, days("100.00", "140.00"), CHARGES, said)
        assert [p.code for p in plan.problems] == ["repeats_differ"]


def test_a_row_whose_code_was_corrected_is_not_posted_beside_the_old_one() -> None:
    world = with_clients()
    loaded(world, days("100.00"), CHARGES, DR_A)
    corrected = {"s.csv": days("100.00")["sessions.csv"].replace("90837", "90834")}
    assert [p.code for p in prepared(world, corrected, CHARGES, DR_A).problems] == ["row_replaced"]
    both = {"s.csv": days("100.00")["sessions.csv"] + "Robin Vale,2026-10-13,90834,50.00,\n"}
    loaded(world, both, CHARGES, DR_A)
    assert world.balance("C2") == 15000


@pytest.mark.parametrize("again", [False, True])
def test_what_was_undone_is_not_missed_and_what_came_after_it_is_known(again: bool) -> None:
    world = with_clients()
    undo(world, loaded(world, days("100.00"), CHARGES, DR_A).import_id)
    if again:
        loaded(world, days("100.00"), CHARGES, DR_A)
    other = days("100.00")["sessions.csv"].replace("90837", "90834")
    both = days("100.00")["sessions.csv"] + other.splitlines(keepends=True)[1]
    loaded(world, {"s.csv": both if again else other}, CHARGES, DR_A)
    assert world.balance("C2") == (20000 if again else 10000)
    world.check_ledgers()


def test_a_changed_amount_of_the_only_one_is_a_correction_as_of_any_file() -> None:
    world = with_clients()
    loaded(world, days("100.00"), CHARGES, DR_A)
    assert len(prepared(world, days("90.00"), CHARGES, DR_A).corrections) == 1


@pytest.mark.parametrize("name", ["Robin Vale", "Kim Ash"], ids=["known", "new"])
def test_an_import_that_was_broken_off_is_finished_by_the_same_export(name: str) -> None:
    """Of forty, thirty-three are posted in the first batch: the third write, after import and account."""
    world, said = with_clients(), replace(DR_A, add_clients=True)
    files = {"s.csv": days(*["100.00"] * 40)["sessions.csv"].replace("Robin Vale", name)}
    world.writes.kill_at = (world.writes.count + 3, True)
    with pytest.raises(Killed):
        loaded(world, files, CHARGES, said)
    world.writes.kill_at = None
    (broken,) = [account for account in world.accounts.values() if account.hold]
    assert broken.ledger.balance_minor == 330000
    loaded(world, files, CHARGES, said)
    assert (world.balance(broken.id), world.account(broken.id).hold) == (400000, "")


# --- words -------------------------------------------------------------------------------------------


def test_statuses_are_read_by_the_words_that_systems_use() -> None:
    words = ["Attended", "Late Cancel", "No-Show", ""]
    lines = "".join(f"Robin Vale,2026-10-{10 + n},90837,1,{word}\n" for n, word in enumerate(words))
    found = mapped(with_clients(), {"s.csv": f"Client,Day,Code,Fee,Status\n{lines}"}, CHARGES, DR_A)
    assert [row.status for row in found.batch.charges] == ["held", "late_cancel", "no_show", "held"]
    assert ("word_read", "“No-Show”") in {(t.code, t.details.get("value")) for t in found.told}
    unknown = {"s.csv": f"Client,Day,Code,Fee,Status\n{lines}Robin Vale,2026-10-20,90837,1,Tentative\n"}
    (problem,) = mapped(with_clients(), unknown, CHARGES, DR_A).problems
    assert (problem.row, problem.column, problem.code) == (6, "Status", "word_undecided")


def test_every_word_is_used_and_says_something_in_both_languages() -> None:
    folder = ROOT / "chalicelib" / "importing"
    text = "\n".join(path.read_text(encoding="utf-8") for path in folder.rglob("*.py"))
    every = {**MAPPED, **MAPPING_ERRORS}
    elsewhere = {"map_exists"}  # said by the command itself
    assert {code for code in every if f'"{code}"' not in text} == elsewhere
    every |= {**EXPLAINED, **COMPARED}
    assert not set(every) & set(IMPORTS)
    assert all(english != spanish and english and spanish for english, spanish in every.values())


@pytest.mark.parametrize(
    ("old", "new", "code"),
    [
        ("format = 1", "format = 2", "map_format"),
        ("format = 1", "format = ", "map_not_toml"),
        ('source = "tn"', 'source = "T N"', "map_source"),
        ("once = true", 'once = "yes"', "map_value"),
        ("once = true", "twice = true", "map_column_unknown"),
        ('join = "client"', 'join = "patient"', "map_choice"),
        ('join = "client"', 'joined = "client"', "map_key_unknown"),
        ('fee = "Rate"\n', "", "map_column_missing"),
        ('fee = "Rate"', 'fee = { header = "Rate", value = "1" }', "map_one_way"),
        ('["client_id", "date", "cpt"', '["date", "cpt"', "map_id_without_client"),
        ('date = "Date of Service"', 'date = { made_of = ["client_id"] }', "map_not_the_id"),
    ],
)
def test_a_map_that_cannot_be_followed_is_refused_where_it_is_wrong(old: str, new: str, code: str) -> None:
    text = SYSTEMS["theranest"]
    assert old in text
    with pytest.raises(BadMap) as refused:
        parse_map("map.toml", text.replace(old, new, 1))
    assert [problem.code for problem in refused.value.problems] == [code]
