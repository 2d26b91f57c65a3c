"""Known rows that say something else: what becomes a correction, what is refused."""

import pytest

from tests.unit.importing.world import FILES, World, edited


def test_a_changed_fee_is_a_correction_posted_once() -> None:
    world = World()
    world.load(FILES)
    changed = edited("charges.csv", "dr-b,90,\nD1", "dr-b,80.00,\nD1")
    plan = world.load(changed)
    assert [(c.column, c.old_minor, c.new_minor) for c in plan.corrections] == [("fee", 9000, 8000)]
    assert world.balance("C2") == -1000
    assert world.load(changed).empty
    back = world.load(FILES)
    assert [(c.old_minor, c.new_minor) for c in back.corrections] == [(8000, 9000)]
    assert world.balance("C2") == 0
    assert world.load(FILES).empty


def test_a_changed_opening_debt_is_a_correction() -> None:
    world = World()
    world.load(FILES)
    plan = world.load(edited("opening_balances.csv", "25.00", "30.00"))
    assert len(plan.corrections) == 1
    assert world.balance("C3") == 11000


def test_a_correction_taken_back_by_hand_is_none() -> None:
    """Else a later file would be held against an amount that the books no longer have."""
    world = World()
    world.load(FILES)
    lower = edited("charges.csv", "dr-b,90,\nD1", "dr-b,80.00,\nD1")
    world.load(lower)
    world.take_back("C2", kind="adjustment")
    assert world.load(FILES).empty
    again = world.load(lower)
    assert [(c.old_minor, c.new_minor) for c in again.corrections] == [(9000, 8000)]
    assert world.balance("C2") == -1000
    assert world.load(lower).empty


def test_the_same_files_change_nothing_though_a_charge_they_corrected_was_taken_back() -> None:
    world = World()
    world.load(FILES)
    for fee in ("80.00", "85.00"):
        files = edited("charges.csv", "D1,C3,2026-10-02,Play,dr-b,90,", f"D1,C3,2026-10-02,Play,dr-b,{fee},")
        world.load(files)
    world.take_back("C3", kind="adjustment", nth=1)
    world.take_back("C3", kind="adjustment")
    world.take_back("C3", kind="write_off")
    world.take_back("C3", kind="charge")
    assert world.load(files).empty
    changed = world.prepare(FILES)
    assert [(p.file, p.row, p.column, p.code) for p in changed.problems] == [
        ("charges.csv", 5, "charge_id", "charge_reversed")
    ]


@pytest.mark.parametrize(
    ("name", "old", "new", "columns"),
    [
        ("charges.csv", "A1,C1,2026-10-01", "A1,C1,2026-10-02", ["date"]),
        ("charges.csv", "100.00\n", "90.00\n", ["insurance_expected"]),
        ("payments.csv", "100.00,cash", "101.00,card", ["amount", "method"]),
        ("refunds.csv", "10.00", "11.00", ["amount"]),
        ("adjustments.csv", "5.00,adjustment", "5.00,write_off", ["kind"]),
        ("adjustments.csv", "J1,A1", "J1,A2", ["charge_id"]),
        ("insurance_payments.csv", "60.00,20.00", "70.00,10.00", ["contractual_adjustment", "paid"]),
        ("opening_balances.csv", "25.00", "-25.00", ["amount"]),
    ],
)
def test_what_no_posting_can_change_is_refused(name: str, old: str, new: str, columns: list[str]) -> None:
    world = World()
    world.load(FILES)
    plan = world.prepare(edited(name, old, new))
    assert {(p.file, p.column, p.code) for p in plan.problems} == {
        (name, column, "posted_otherwise") for column in columns
    }


@pytest.mark.parametrize(
    ("name", "old", "new", "column"),
    [
        ("charges.csv", "B1,C2", "B1,C1", "charge_id"),
        ("payments.csv", "P2,C2", "P2,C3", "payment_id"),
        ("refunds.csv", "R1,P2", "R1,P1", "refund_id"),
        ("adjustments.csv", "J2,D1", "J2,A1", "adjustment_id"),
    ],
)
def test_an_id_of_another_clients_row_is_refused(name: str, old: str, new: str, column: str) -> None:
    world = World()
    world.load(FILES)
    plan = world.prepare(edited(name, old, new))
    assert (name, column, "external_id_taken") in {(p.file, p.column, p.code) for p in plan.problems}


def test_a_known_payment_for_other_charges_is_refused() -> None:
    """Issue 8, number 5: no entry keeps which charges a payment was to pay first, but its marker does."""
    header = "payment_id,client_id,date,amount,method,charge_ids\n"
    row = "P7,C1,2026-11-01,65,card,A1\n"
    world = World()
    world.load(FILES)
    world.load({"payments.csv": header + row})
    assert world.prepare({"payments.csv": header + row}).empty
    fewer = {"payments.csv": header.replace(",charge_ids", "") + row.replace(",A1", "")}
    assert world.prepare(fewer).empty  # a column that the file has not is not held against it
    (problem,) = world.prepare({"payments.csv": header + row.replace("A1", "A2")}).problems
    assert (problem.column, problem.code) == ("payment_id", "external_id_taken")


def test_a_refund_of_another_payment_than_before_is_refused() -> None:
    world = World()
    two = {**FILES, "payments.csv": FILES["payments.csv"] + "P3,C2,2026-10-09,100.00,cash,,\n"}
    world.load(two)
    plan = world.prepare({**two, "refunds.csv": FILES["refunds.csv"].replace("P2", "P3")})
    (problem,) = plan.problems
    assert (problem.column, problem.details["stored"]) == ("payment_id", "“P2”")
