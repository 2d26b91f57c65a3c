"""Issue 17, every week again: what an earlier import of the same source brought and the file has no more."""

from collections.abc import Mapping

import pytest

from chalicelib.importing.services.planning import Plan
from tests.unit.importing.exports import loaded, prepared, with_clients
from tests.unit.importing.test_mapping import CHARGES, DR_A
from tests.unit.importing.test_undoing import post
from tests.unit.importing.world import FILES, World

HEADER = "charge_id,client_id,date,service,clinician_id,fee\n"
WEEK = {
    "S1": "S1,C1,2026-10-20,Talk,dr-a,150.00\n", "S2": "S2,C1,2026-10-21,Talk,dr-a,150.00\n",
    "S3": "S3,C2,2026-10-21,Play,dr-b,90.00\n", "S4": "S4,C1,2026-10-23,Talk,dr-a,120.00\n",
}  # fmt: skip


def week(*ids: str) -> dict[str, str]:
    return {"charges.csv": HEADER + "".join(WEEK[id_] for id_ in ids)}


def after_a_week() -> World:
    world = World()
    world.load(FILES)
    world.load(week(*WEEK))
    return world


def named(plan: Plan) -> list[tuple[str, str, str, str, int]]:
    return [(row.client_id, row.kind, row.id, row.date, row.amount_minor) for row in plan.missing]


def test_a_row_that_is_gone_is_named_within_the_files_days_and_clients_and_stays() -> None:
    world = after_a_week()
    before, writes = world.picture(), world.writes.count
    plan = world.load(week("S1", "S4"))
    assert named(plan) == [("C1", "charges", "S2", "2026-10-21", 15000)]
    assert (plan.empty, plan.known, world.writes.count) == (True, 2, writes)
    assert world.picture() == before


@pytest.mark.parametrize("ids", [("S1",), ("S4",), ("S3",), ("S1", "S2", "S4")])
def test_what_the_file_does_not_span_is_not_missed(ids: tuple[str, ...]) -> None:
    assert named(after_a_week().prepare(week(*ids))) == []


def test_a_client_whom_another_file_of_the_import_has_is_one_of_its_clients() -> None:
    files = {**week("S1", "S4"), "clients.csv": "client_id,name\nC2,Kid One\n"}
    assert [row.id for row in after_a_week().prepare(files).missing] == ["S2", "S3"]


def test_it_is_named_until_somebody_takes_it_back_or_the_file_has_it_again() -> None:
    world = after_a_week()
    for _ in range(2):
        assert [row.id for row in world.load(week("S1", "S4")).missing] == ["S2"]
    assert named(world.load(week("S1", "S2", "S4"))) == []
    world.take_back("C1", kind="charge", nth=3)
    assert named(world.load(week("S1", "S4"))) == []


def test_what_staff_posted_by_hand_and_what_corrected_a_row_are_no_rows_of_a_file() -> None:
    world = after_a_week()
    ref = world.account("C1").ref("oak")
    post(world).adjustment(ref, "by-hand", charge_external_id="S1", amount_minor=100, on="2026-10-22")
    row = "S2,C1,2026-10-21,Talk,dr-a,150"
    charges = week("S1", "S2", "S4")["charges.csv"]
    lower = {"charges.csv": charges.replace(row, row.replace("150", "140"))}
    world.load(lower)
    other = "adjustment_id,charge_id,date,amount,kind\nK1,S1,2026-10-21,1.00,adjustment\n"
    later = other + "K2,S1,2026-11-20,1.00,adjustment\n"
    assert named(world.load({"adjustments.csv": later})) == [("C1", "adjustments", "J1", "2026-10-21", 500)]


@pytest.mark.parametrize(
    ("name", "around", "found"),
    [
        ("payments.csv", "X1,C1,2026-10-08,1.00,cash,,", ("P1", "2026-10-08", 15000)),
        ("adjustments.csv", "X1,A1,2026-10-21,1.00,adjustment,", ("J1", "2026-10-21", 500)),
        ("refunds.csv", "X1,P2,2026-10-15,1.00", ("R1", "2026-10-15", 1000)),
        ("insurance_payments.csv", "X1,A1,2026-10-20,1.00,0.00,0.00,yes", ("I1", "2026-10-20", 10000)),
    ],
)  # fmt: skip
def test_rows_of_every_kind_are_missed_with_their_whole_amount(
    name: str, around: str, found: tuple[str, str, int]
) -> None:
    world = World()
    world.load(FILES)
    header = FILES[name].splitlines()[0] + (",above_expected" if name.startswith("insurance") else "")
    plan = world.load({name: f"{header}\n{around}\n"})
    assert [(row.id, row.date, row.amount_minor) for row in plan.missing] == [found]


def sessions(*lines: str) -> Mapping[str, str]:
    return {"s.csv": "Client,Day,Code,Fee,Status\n" + "".join(f"{line},\n" for line in lines)}


EXPORT = tuple(f"Robin Vale,2026-10-{day},90837,100.00" for day in (13, 20, 27))


def test_an_export_misses_its_own_rows_and_neither_another_exports_nor_own_files_theirs() -> None:
    world = with_clients()
    loaded(world, sessions(*EXPORT), CHARGES, DR_A)
    world.load({"charges.csv": HEADER + "S1,C2,2026-10-21,Talk,dr-a,150.00\n"})
    plan = prepared(world, sessions(EXPORT[0], EXPORT[2]), CHARGES, DR_A)
    (row,) = plan.missing
    assert (row.client_id, row.kind, row.date, row.amount_minor) == ("C2", "charges", "2026-10-20", 10000)
    assert row.id.startswith("own-")
    own = {"charges.csv": HEADER + "S0,C2,2026-10-01,Talk,dr-a,1.00\nS9,C2,2026-10-30,Talk,dr-a,1.00\n"}
    assert [row.id for row in world.prepare(own).missing] == ["S1"]


def test_it_is_named_with_its_fee_as_that_was_corrected() -> None:
    world = after_a_week()
    dearer = {
        "charges.csv": HEADER
        + "".join(WEEK.values()).replace("2026-10-21,Talk,dr-a,150", "2026-10-21,Talk,dr-a,160")
    }
    assert len(world.load(dearer).corrections) == 1
    assert [row.amount_minor for row in world.prepare(week("S1", "S4")).missing] == [16000]
