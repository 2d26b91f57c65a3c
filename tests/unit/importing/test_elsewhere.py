"""Issue 17, every week again: what was posted by hand, or in a file of our own, and an export has as well."""

from collections.abc import Callable
from dataclasses import replace

import pytest

from chalicelib.importing.services.mapping import NO_ROWS, Said
from chalicelib.kernel.account_refs import AccountRef
from chalicelib.ledger.services.posting import Posting
from tests.support.clock import FakeClock
from tests.unit.importing.exports import Files, codes, loaded, mapped, own_map, prepared, with_clients
from tests.unit.importing.test_mapping import CHARGES, DR_A
from tests.unit.importing.test_spelling import MDY
from tests.unit.importing.world import NOW, PRACTICE, World, sources

PAID = {
    "p.csv": "Date,Type,Amount,Client\n09/14/2026,Check,$20.00,Bo Lind\n09/15/2026,Check,$20.00,Bo Lind\n"
}
OWN = {"payments.csv": "payment_id,client_id,date,amount,method\nH1,C3,2026-09-14,20.00,check\n"}
SESSION = "Bo Lind,2026-09-14,90834,100.00,\n"
HELD = {"s.csv": f"Client,Day,Code,Fee,Status\n{SESSION}"}
CONFIRMED = Said(repeats_confirmed=True)


def by_hand() -> World:
    world = with_clients()
    posting = Posting(world.ledgers, FakeClock(NOW), "cli:desk")
    ref = AccountRef("oak", world.account("C3").id)
    posting.external_payment(
        ref, "H1", 2000, method="check", on="2026-09-14", charge_external_ids=(), notes=""
    )
    return world


def in_own_file() -> World:
    world = with_clients()
    world.load(OWN)
    return world


@pytest.mark.parametrize("there", [by_hand, in_own_file])
def test_a_payment_that_is_there_from_elsewhere_is_asked_about(there: Callable[[], World]) -> None:
    world = there()
    (problem,) = prepared(world, PAID, "simplepractice").problems
    assert (problem.row, problem.column, problem.code) == (2, "Date", "row_elsewhere")
    assert problem.details["ids"] == "“H1”"
    world.take_back("C3", kind="payment")  # it was the same
    loaded(world, PAID, "simplepractice")
    assert world.balance("C3") == -4000


def test_another_one_is_posted_once_that_is_confirmed_and_not_asked_about_again() -> None:
    world = by_hand()
    told = mapped(world, PAID, "simplepractice", CONFIRMED).told
    assert [(t.row, t.count) for t in told if t.code == "rows_beside_others"] == [(2, 1)]
    loaded(world, PAID, "simplepractice", CONFIRMED)
    assert world.balance("C3") == -6000
    plan = prepared(world, PAID, "simplepractice")
    assert (plan.problems, plan.empty) == ((), True)


def test_of_two_alike_one_is_asked_about_where_one_is_there() -> None:
    twice = {"p.csv": PAID["p.csv"].replace("09/15", "09/14")}
    assert codes(by_hand(), twice, "simplepractice") == ["row_elsewhere"]


ONE = {"p.csv": "Date,Type,Amount,Client\n09/14/2026,Check,$20.00,Bo Lind\n"}


@pytest.mark.parametrize("other", [("$20.00", "$21.00"), ("Bo Lind", "Robin Vale")])
def test_of_another_amount_or_client_nothing_is_asked(other: tuple[str, str]) -> None:
    assert codes(by_hand(), {"p.csv": ONE["p.csv"].replace(*other)}, "simplepractice") == []


@pytest.mark.parametrize(
    ("day", "asked"), [("09/07", False), ("09/08", True), ("09/15", True), ("09/20", True), ("09/21", False)]
)
def test_what_was_posted_by_hand_is_looked_for_some_days_off(day: str, asked: bool) -> None:
    files, said_so = {"p.csv": ONE["p.csv"].replace("09/14", day)}, Said(choices=MDY)
    found = prepared(by_hand(), files, "simplepractice", said_so).problems
    said = [(p.code, p.details["ids"], p.details["on"]) for p in found]
    assert said == ([("row_elsewhere", "“H1”", "2026-09-14")] if asked else [])


@pytest.mark.parametrize("there", [OWN, {}])
@pytest.mark.parametrize(
    ("day", "asked"),
    [("09/12", []), ("09/13", ["row_elsewhere"]), ("09/15", ["row_elsewhere"]), ("09/16", [])],
)
def test_what_an_own_file_has_is_looked_for_on_the_next_day(there: Files, day: str, asked: list[str]) -> None:
    """In the books already, or beside the export in one command."""
    world, files = with_clients(), {"p.csv": ONE["p.csv"].replace("09/14", day)}
    if there:
        world.load(OWN)
    own = NO_ROWS if there else world.importer.read(PRACTICE, sources(OWN))
    found = mapped(world, files, "simplepractice", Said(choices=MDY), own=own)
    assert [problem.code for problem in found.problems] == asked


def test_but_an_own_file_is_asked_nothing_of_another_own_file() -> None:
    world = in_own_file()
    world.load({"payments.csv": OWN["payments.csv"].replace("H1", "H2").replace("09-14", "09-15")})
    assert world.balance("C3") == -4000


def test_but_not_where_another_row_of_the_file_is_of_its_day() -> None:
    world = by_hand()
    assert [(p.row, p.code) for p in prepared(world, PAID, "simplepractice").problems] == [
        (2, "row_elsewhere")
    ]
    loaded(world, ONE, "simplepractice", CONFIRMED)
    loaded(world, PAID, "simplepractice")
    assert world.balance("C3") == -6000


def test_each_that_was_posted_by_hand_is_asked_about_once_by_the_nearest_row() -> None:
    days = ("09/10", "09/12", "09/15", "09/18")
    lines = "".join(f"{day}/2026,Check,$20.00,Bo Lind\n" for day in days)
    found = prepared(by_hand(), {"p.csv": f"Date,Type,Amount,Client\n{lines}"}, "simplepractice").problems
    assert [(p.row, p.code) for p in found] == [(4, "row_elsewhere")]


def test_a_session_that_was_posted_by_hand_under_the_next_day_is_asked_about_by_its_fee_and_code() -> None:
    for code, fee, asked in (("90834", "100.00", True), ("90837", "100.00", False), ("", "99.00", False)):
        world = with_clients()
        header = "charge_id,client_id,date,service,clinician_id,fee,cpt\n"
        importer = replace(world.importer, actor="cli:desk")
        own = sources({"charges.csv": f"{header}S-1,C3,2026-09-15,Session,dr-a,{fee},{code}\n"})
        assert importer.apply(importer.prepare("oak", own)) == ()
        assert codes(world, HELD, CHARGES, DR_A) == (["row_elsewhere"] if asked else [])


@pytest.mark.parametrize(("code", "asked"), [("90834", True), ("", True), ("90837", False)])
def test_a_session_of_its_day_fee_and_code_is_asked_about(code: str, asked: bool) -> None:
    world = with_clients()
    header = "charge_id,client_id,date,service,clinician_id,fee,cpt\n"
    world.load({"charges.csv": f"{header}S-1,C3,2026-09-14,Session,dr-a,90.00,{code}\n"})
    world.load({"charges.csv": f"{header}S-1,C3,2026-09-14,Session,dr-a,100.00,{code}\n"})
    assert codes(world, HELD, CHARGES, DR_A) == (["row_elsewhere"] if asked else [])
    loaded(world, HELD, CHARGES, replace(DR_A, repeats_confirmed=True))
    assert codes(world, HELD, CHARGES, DR_A) == []


def test_another_file_of_the_same_command_is_elsewhere_too() -> None:
    world = with_clients()
    own = world.importer.read(PRACTICE, sources(OWN))
    found = mapped(world, PAID, "simplepractice", own=own)
    assert [problem.code for problem in found.problems] == ["row_elsewhere"]
    world.load(OWN)
    loaded(world, PAID, "simplepractice", CONFIRMED)
    assert mapped(world, PAID, "simplepractice", own=own).problems == ()


NUMBERED = own_map("""
[[tables.rows]]
kind = "payments"
payment_id = "Number"
client_id = { header = "Client", join = "client" }
date = "Date"
amount = "Amount"
method = { value = "check" }
""")


def by_another_map() -> World:
    world = with_clients()
    loaded(world, {"p.csv": PAID["p.csv"].replace("09/15", "09/16")}, "simplepractice")
    return world


NUMBERS = "Number,Date,Amount,Client\n501,2026-09-14,20.00,Bo Lind\n"


@pytest.mark.parametrize("there", [by_hand, in_own_file, by_another_map])
def test_a_reports_own_numbers_are_held_to_what_is_there_from_elsewhere(there: Callable[[], World]) -> None:
    world = there()
    assert codes(world, {"p.csv": NUMBERS}, NUMBERED) == ["row_elsewhere"]
    loaded(world, {"p.csv": NUMBERS}, NUMBERED, CONFIRMED)
    assert codes(world, {"p.csv": NUMBERS}, NUMBERED) == []


def test_but_they_tell_apart_what_the_report_has_itself() -> None:
    world = with_clients()
    loaded(world, {"p.csv": NUMBERS}, NUMBERED)
    assert codes(world, {"p.csv": NUMBERS + "502,2026-09-14,20.00,Bo Lind\n"}, NUMBERED) == []


# --- adjustments, refunds and insurers' answers -----------------------------------------------------------
ABOUT = own_map("""
[[tables.rows]]
kind = "charges"
charge_id = { made_of = ["client_id", "date", "cpt"] }
client_id = { header = "Patient", join = "client" }
date = "Day"
service = { value = "Session" }
clinician_id = { value = "dr-a" }
fee = "Fee"
cpt = "Code"
[[tables.rows]]
kind = "payments"
when = [{ header = "Paid", sign = "plus" }]
payment_id = { made_of = ["client_id", "date", "Code"] }
client_id = { header = "Patient", join = "client" }
date = "Day"
amount = "Paid"
method = { value = "check" }
[[tables.rows]]
kind = "adjustments"
when = [{ header = "Disc", sign = "plus" }]
adjustment_id = { made_of = ["client_id", "date", "Code"] }
client_id = { header = "Patient", join = "client" }
charge_id = { row = "charges" }
date = "Day"
amount = "Disc"
adjustment_kind = { value = "adjustment" }
[[tables.rows]]
kind = "refunds"
when = [{ header = "Back", sign = "plus" }]
refund_id = { made_of = ["client_id", "date", "Code"] }
client_id = { header = "Patient", join = "client" }
payment_id = { row = "payments" }
date = "Day"
amount = "Back"
[[tables.rows]]
kind = "insurance_payments"
when = [{ header = "Insurer", sign = "plus" }]
insurance_payment_id = { made_of = ["client_id", "date", "Code"] }
client_id = { header = "Patient", join = "client" }
charge_id = { row = "charges" }
date = "Day"
paid = "Insurer"
above_expected = { value = "yes" }
""")
ANSWERED = "insurance_payment_id,charge_id,date,paid,above_expected\n"
LINE = {"s.csv": "Patient,Day,Code,Fee,Paid,Disc,Back,Insurer\nBo Lind,2026-09-14,90834,100.00,30.00,,,\n"}


@pytest.mark.parametrize(
    ("line", "own"),
    [
        ("30.00,20.00,,", {"adjustments.csv": "adjustment_id,charge_id,date,amount,kind\n"
                           "H1,{charge},2026-09-14,20.00,adjustment\n"}),
        ("30.00,20.00,,", {"adjustments.csv": "adjustment_id,charge_id,date,amount,kind\n"
                           "H1,{charge},2026-09-14,20.00,write_off\n"}),
        ("30.00,,10.00,", {"refunds.csv": "refund_id,payment_id,date,amount\n"
                           "H1,{payment},2026-09-14,10.00\n"}),
        ("30.00,,,40.00", {"insurance_payments.csv": f"{ANSWERED}H1,{{charge}},2026-09-14,40.00,yes\n"}),
    ],
)  # fmt: skip
def test_what_is_about_a_charge_or_a_payment_is_asked_about_too(line: str, own: Files) -> None:
    world = with_clients()
    loaded(world, LINE, ABOUT)
    entries = list(world.ledgers.entries(AccountRef("oak", world.account("C3").id)))
    ids = {str(entry.draft.kind): entry.draft.reference for entry in entries}
    world.load({name: str(text).format(**ids) for name, text in own.items()})
    before = world.balance("C3")
    files = {"s.csv": LINE["s.csv"].replace("30.00,,,", line)}
    assert codes(world, files, ABOUT) == ["row_elsewhere"]
    for amount in ("20.00", "10.00", "40.00"):
        other = files["s.csv"].replace(f",{amount}", f",{amount.replace('0.0', '1.0')}")
        assert codes(world, {"s.csv": other}, ABOUT) == ([] if other != files["s.csv"] else ["row_elsewhere"])
    loaded(world, files, ABOUT, CONFIRMED)
    assert codes(world, files, ABOUT) == []
    assert world.balance("C3") != before
