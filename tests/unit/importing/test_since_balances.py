"""Issue 17: what an opening balance has in it already is not posted beside it by a later list."""

from collections.abc import Sequence
from dataclasses import replace

import pytest

from chalicelib.importing.domain.tables.choices import Choices, DateOrder
from chalicelib.importing.services import mapped_rows
from chalicelib.importing.services.mapping import Said
from tests.unit.importing.exports import codes, loaded, mapped, own_map, prepared, with_clients
from tests.unit.importing.test_mapping import paid, payroll
from tests.unit.importing.test_undoing import undo
from tests.unit.importing.world import World

BALANCES = (
    "Client,Clinician,Services provided,Uninvoiced,Invoiced,Client paid,Client balance\n"
    "Robin Vale,A,$300.00,$0.00,$300.00,$220.00,$80.00\n"
)
BEFORE = "Date,Type,Amount,Client\n10/30/2026,Check,$150.00,Robin Vale\n"
LATER = {"payments.csv": BEFORE + "11/02/2026,Check,$50.00,Robin Vale\n"}
AS_OF = Said(as_of="2026-10-31")
OPENING = {"opening_balances.csv": "client_id,date,amount\nC2,2026-10-31,80.00\n"}


def moved_in() -> World:
    world = with_clients()
    loaded(world, {"outstanding.csv": BALANCES, "payments.csv": BEFORE}, "simplepractice", AS_OF)
    assert world.balance("C2") == 8000
    return world


@pytest.mark.parametrize("said", [Said(), AS_OF])
def test_next_weeks_list_posts_only_what_came_after_the_balance(said: Said) -> None:
    world = moved_in()
    told = mapped(world, LATER, "simplepractice", said).told
    assert [(t.count, t.details["as_of"]) for t in told if t.code == "rows_in_balance"] == [(1, "2026-10-31")]
    loaded(world, LATER, "simplepractice", said)
    assert world.balance("C2") == 3000
    assert prepared(world, LATER, "simplepractice", said).empty


OF_BO = "10/30/2026,Check,$200.00,Bo Lind\n10/31/2026,Check,$9.00,Bo Lind\n"
BO = {"payments.csv": LATER["payments.csv"] + OF_BO}


def test_a_client_who_owed_nothing_that_day_has_earlier_rows_asked_about() -> None:
    world = moved_in()
    (problem,) = prepared(world, BO, "simplepractice").problems
    assert (problem.code, problem.row, problem.details["as_of"]) == ("row_before_balances", 4, "2026-10-31")
    loaded(world, BO, "simplepractice", AS_OF)
    assert (world.balance("C2"), world.balance("C3")) == (3000, 0)
    assert prepared(world, BO, "simplepractice", AS_OF).empty


def test_earlier_rows_of_a_client_without_a_balance_are_posted_once_that_is_confirmed() -> None:
    world = moved_in()
    loaded(world, BO, "simplepractice", Said(repeats_confirmed=True))
    assert (world.balance("C2"), world.balance("C3")) == (3000, -20900)
    plan = prepared(world, BO, "simplepractice")
    assert (plan.problems, plan.empty) == ((), True)


def test_later_rows_of_a_client_without_a_balance_are_posted() -> None:
    world = moved_in()
    files = {"payments.csv": LATER["payments.csv"] + "11/01/2026,Check,$200.00,Bo Lind\n"}
    loaded(world, files, "simplepractice")
    assert world.balance("C3") == -20000


def test_the_day_is_that_of_most_balances() -> None:
    world = moved_in()
    header = "client_id,date,amount\n"
    world.load({"clients.csv": "client_id,name\nC4,Cy Marsh\nC5,Dee Hall\n"})
    world.load({"opening_balances.csv": f"{header}C4,2026-10-31,1.00\nC5,2026-11-10,1.00\n"})
    names = "".join(f"11/12/2026,Check,$1.00,{name}\n" for name in ("Cy Marsh", "Dee Hall"))
    late = {"payments.csv": LATER["payments.csv"] + names + "11/01/2026,Check,$200.00,Bo Lind\n"}
    assert prepared(world, late, "simplepractice").problems == ()


def test_a_day_of_which_nobody_has_a_balance_is_refused() -> None:
    world = moved_in()
    (problem,) = prepared(world, LATER, "simplepractice", Said(as_of="2026-11-07")).problems
    assert (problem.code, problem.details["as_of"]) == ("as_of_without_balance", "2026-11-07")
    assert codes(with_clients(), LATER, "simplepractice", AS_OF) == ["as_of_without_balance"]


def test_what_was_posted_before_the_balance_came_stays_known() -> None:
    world = with_clients()
    loaded(world, LATER, "simplepractice")
    header = "charge_id,client_id,date,service,clinician_id,fee\n"
    world.load({"charges.csv": f"{header}S1,C2,2026-10-30,Session,dr-a,150.00\n"})
    world.load(OPENING)
    plan = prepared(world, LATER, "simplepractice")
    assert (plan.problems, plan.empty, plan.known) == ((), True, 2)
    assert mapped(world, LATER, "simplepractice").told[-1].code != "rows_in_balance"


def test_a_balance_that_was_taken_back_has_nothing_in_it() -> None:
    world = with_clients()
    world.load(OPENING)
    world.take_back("C2", kind="opening_balance")
    loaded(world, LATER, "simplepractice")
    assert world.balance("C2") == -20000


def test_money_for_a_session_in_the_balance_pays_the_balance() -> None:
    world = with_clients()
    world.load(OPENING)
    loaded(world, payroll(paid(1, "$50.00", on="11/14/2026")), "theranest")
    assert world.balance("C2") == 3000
    assert [item.owed_minor for item in world.account("C2").ledger.open.values()] == [3000]


@pytest.mark.parametrize("said", [Said(), AS_OF])
@pytest.mark.parametrize("kind", ["Check", "Refund"])
def test_a_row_without_a_day_is_in_no_balance(said: Said, kind: str) -> None:
    files = {"payments.csv": LATER["payments.csv"] + f",{kind},$50.00,Robin Vale\n"}
    (problem,) = prepared(moved_in(), files, "simplepractice", said).problems
    assert (problem.row, problem.column, problem.code) == (4, "Date", "cell_empty")


LOWERED = own_map("""
[[tables.rows]]
kind = "adjustments"
adjustment_id = "Id"
charge_id = "Of"
date = "Day"
amount = "Less"
adjustment_kind = { value = "adjustment" }

[[tables]]
title = "Payments"
[[tables.rows]]
kind = "payments"
payment_id = "Receipt"
client_id = "Who"
date = "Day"
amount = "Paid"
method = { value = "cash" }
""")


def test_a_row_that_names_no_client_is_in_no_clients_balance() -> None:
    world = moved_in()
    own = {"charges.csv": "charge_id,client_id,date,service,clinician_id,fee\nS1,C2,2026-11-03,x,dr-a,9.00\n"}
    world.load(own)
    paid_too = {"paid.csv": "Receipt,Who,Day,Paid\nP1,C2,2026-11-04,1.00\n"}
    loaded(world, {"less.csv": "Id,Of,Day,Less\nA1,S1,2026-11-04,9.00\n", **paid_too}, LOWERED)
    assert world.balance("C2") == 7900


BOOKS = own_map("""
[[tables.rows]]
kind = "opening_balances"
client_id = { header = "Client", join = "client" }
date = "As of"
amount = "Owes"

[[tables]]
title = "Payments"
[[tables.rows]]
kind = "payments"
payment_id = { made_of = ["client_id", "date"] }
client_id = { header = "Client", join = "client" }
date = "Paid on"
amount = "Paid"
method = { value = "cash" }
""")


def owed(*rows: str) -> str:
    return "Client,As of,Owes\n" + "".join(f"{row}\n" for row in rows)


def came(*rows: str) -> str:
    return "Client,Paid on,Paid\n" + "".join(f"{row}\n" for row in rows)


ROBIN = "Robin Vale,2026-10-31,80.00"


def test_what_the_balance_of_the_same_command_has_is_not_posted_beside_it() -> None:
    world = with_clients()
    paid_rows = came(
        "Robin Vale,2026-10-14,50.00", "Robin Vale,2026-10-31,1.00", "Robin Vale,2026-11-01,30.00"
    )
    files = {"owed.csv": owed(ROBIN), "paid.csv": paid_rows}
    told = mapped(world, files, BOOKS).told
    assert [(t.count, t.details["as_of"]) for t in told if t.code == "rows_in_balance"] == [(2, "2026-10-31")]
    loaded(world, files, BOOKS)
    assert world.balance("C2") == 5000
    assert prepared(world, files, BOOKS).empty


def test_a_client_without_a_balance_is_asked_about_in_the_same_command() -> None:
    files = {"owed.csv": owed(ROBIN), "paid.csv": came("Bo Lind,2026-10-31,50.00")}
    (problem,) = prepared(with_clients(), files, BOOKS).problems
    assert (problem.code, problem.file, problem.row) == ("row_before_balances", "paid.csv", 2)
    world = with_clients()
    loaded(world, files, BOOKS, Said(repeats_confirmed=True))
    assert (world.balance("C2"), world.balance("C3")) == (8000, -5000)


def test_a_balance_without_a_day_is_refused_and_has_nothing_in_it() -> None:
    files = {"owed.csv": owed("Robin Vale,,80.00"), "paid.csv": came("Robin Vale,2026-10-31,50.00")}
    (problem,) = prepared(with_clients(), files, BOOKS).problems
    assert (problem.code, problem.file, problem.column) == ("cell_empty", "owed.csv", "As of")


@pytest.mark.parametrize("order", [("Robin Vale", "Bo Lind"), ("Bo Lind", "Robin Vale")])
def test_it_is_asked_however_the_clients_are_taken_in_turn(
    monkeypatch: pytest.MonkeyPatch, order: Sequence[str]
) -> None:
    monkeypatch.setattr(mapped_rows, "AT_ONCE", 1)
    world = moved_in()
    days = {"Robin Vale": "11/02/2026", "Bo Lind": "10/30/2026"}
    lines = "".join(f"{days[name]},Check,$50.00,{name}\n" for name in order)
    files = {"payments.csv": f"Date,Type,Amount,Client\n{lines}"}
    assert codes(world, files, "simplepractice") == ["row_before_balances"]


def test_one_client_is_asked_about_once() -> None:
    world = moved_in()
    lines = "10/31/2026,Check,$9.00,Bo Lind\n10/29/2026,Check,$8.00,Bo Lind\n10/30/2026,Check,$7.00,Bo Lind\n"
    files = {"payments.csv": LATER["payments.csv"] + lines}
    (problem,) = prepared(world, files, "simplepractice").problems
    assert (problem.row, problem.details["as_of"]) == (5, "2026-10-31")


def test_a_day_that_is_not_the_balances_own_is_refused() -> None:
    files = {"owed.csv": owed(ROBIN), "paid.csv": came("Robin Vale,2026-11-02,50.00")}
    (problem,) = prepared(with_clients(), files, BOOKS, Said(as_of="2026-11-07")).problems
    assert (problem.code, problem.details["as_of"]) == ("as_of_without_balance", "2026-11-07")
    assert prepared(with_clients(), files, BOOKS, AS_OF).problems == ()


# --- balances of two days ---------------------------------------------------------------------------------
OWED = "Client,Clinician,Client balance\n"
LATER_DAY = Said(as_of="2026-11-10", choices=Choices(dates=DateOrder.MONTH_FIRST))
NO_DAY = replace(LATER_DAY, as_of="")
PAID_BETWEEN = {
    "payments.csv": "Date,Type,Amount,Client\n11/05/2026,Check,$50.00,Robin Vale\n"
    "11/12/2026,Check,$10.00,Bo Lind\n11/05/2026,Check,$7.00,Bo Lind\n"
}


@pytest.mark.parametrize("said", [NO_DAY, LATER_DAY])
def test_a_clients_own_day_decides_where_there_are_balances_of_two_days(said: Said) -> None:
    world = moved_in()
    loaded(world, {"o.csv": OWED + "Bo Lind,B,$40.00\n"}, "simplepractice", LATER_DAY)
    told = mapped(world, PAID_BETWEEN, "simplepractice", said).told
    assert [(t.count, t.details["as_of"]) for t in told if t.code == "rows_in_balance"] == [(1, "2026-11-10")]
    loaded(world, PAID_BETWEEN, "simplepractice", said)
    assert (world.balance("C2"), world.balance("C3")) == (3000, 3000)
    assert prepared(world, PAID_BETWEEN, "simplepractice", said).empty


def test_a_clients_own_day_in_the_same_command_decides() -> None:
    world = with_clients()
    files = {
        "paid.csv": came(
            "Robin Vale,2026-11-05,50.00", "Bo Lind,2026-11-05,7.00", "Ana Núñez,2026-11-05,7.00"
        ),
        "owed.csv": owed(ROBIN, "Bo Lind,2026-11-10,40.00"),
    }
    loaded(world, files, BOOKS, LATER_DAY)
    assert [world.balance(id_) for id_ in ("C2", "C3")] == [3000, 4000]
    assert ("oak", "C1") not in world.ledgers.accounts or world.balance("C1") == 0


def test_what_is_posted_is_known_whatever_day_is_said() -> None:
    world = with_clients()
    loaded(world, PAID_BETWEEN, "simplepractice", NO_DAY)
    world.load({"opening_balances.csv": "client_id,date,amount\nC1,2026-11-10,1.00\n"})
    found = mapped(world, PAID_BETWEEN, "simplepractice", LATER_DAY)
    assert [t.code for t in found.told if t.code == "rows_in_balance"] == []
    plan = prepared(world, PAID_BETWEEN, "simplepractice", LATER_DAY)
    assert (plan.problems, plan.empty, plan.known, plan.missing) == ((), True, 3, ())


def test_nobody_is_asked_whose_rows_are_that_the_balances_have() -> None:
    """Of clients who have left, and of clinicians."""
    world = moved_in()
    early = {"payments.csv": LATER["payments.csv"] + "10/30/2026,Check,$9.00,Somebody Else\n"}
    assert codes(world, early, "simplepractice", AS_OF) == []
    gone = 'Dr. Gone,"Lind, Bo",501,Check,,No,$20.00,10/20/2026,10/20/2026,90837,$120.00'
    assert codes(world, payroll(gone), "theranest", AS_OF) == []


# --- balances that come after what they have in them ------------------------------------------------------
OUTSTANDING = {"o.csv": OWED + "Robin Vale,A,$80.00\n"}


def test_a_balance_that_comes_after_the_rows_in_it_is_asked_about_with_their_sum() -> None:
    world = with_clients()
    loaded(world, LATER, "simplepractice")
    before = world.picture()
    (problem,) = prepared(world, OUTSTANDING, "simplepractice", AS_OF).problems
    assert (problem.file, problem.row, problem.column) == ("o.csv", 2, "Client balance")
    assert problem.code == "balance_beside_entries"
    assert problem.details == {"amount": "-150.00", "first": "2026-10-30", "on": "2026-10-31"}
    assert codes(world, {**LATER, **OUTSTANDING}, "simplepractice", AS_OF) == ["balance_beside_entries"]
    assert [p.code for p in world.prepare(OPENING).problems] == ["balance_beside_entries"]
    assert world.picture() == before


def test_what_is_in_it_was_taken_back_or_it_has_an_earlier_day() -> None:
    world = with_clients()
    import_id = loaded(world, LATER, "simplepractice").import_id
    assert undo(world, import_id)
    loaded(world, {**LATER, **OUTSTANDING}, "simplepractice", AS_OF)
    assert world.balance("C2") == 3000
    world = with_clients()
    loaded(world, LATER, "simplepractice")
    world.take_back("C2", kind="payment")
    loaded(world, OUTSTANDING, "simplepractice", AS_OF)
    assert world.balance("C2") == 3000
    world = with_clients()
    loaded(world, LATER, "simplepractice")
    world.load({"opening_balances.csv": OPENING["opening_balances.csv"].replace("10-31", "10-29")})
    assert world.balance("C2") == -12000
    assert (
        world.load(OPENING | {"opening_balances.csv": "client_id,date,amount\nC3,2026-10-31,1.00\n"}).new == 1
    )


def test_a_balance_after_entries_that_come_to_nothing_is_posted() -> None:
    world = with_clients()
    loaded(world, payroll(paid(1, "$120.00", on="10/14/2026")), "theranest")
    assert world.balance("C2") == 0
    world.load(OPENING)
    assert world.balance("C2") == 8000
