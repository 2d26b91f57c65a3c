"""Issue 17, every week again: what a file says otherwise of a known charge becomes a version of its facts."""

import pytest

from chalicelib.importing.services.planning import Plan
from chalicelib.kernel.account_refs import AccountRef
from chalicelib.kernel.actors import of_import
from chalicelib.ledger.domain.charges import Charge
from chalicelib.ledger.domain.entries import EntryKind
from chalicelib.ledger.services.facts import CorrectingFacts, FactChanges
from chalicelib.ledger.services.posting import own_id
from tests.support.clock import FakeClock
from tests.unit.importing.test_undoing import undo, undoing
from tests.unit.importing.world import FILES, NOW, PRACTICE, Killed, World

HEADER = "charge_id,client_id,date,service,clinician_id,fee,cpt,diagnoses,place_of_service,status\n"
MORE = {"payments.csv": "payment_id,client_id,date,amount,method\nP99,C1,2026-10-20,5.00,cash\n"}
ROW = "A9,C1,2026-10-15,Talk,dr-a,150.00,90834,F41.1 F32.9,11,held\n"


def charges(*changes: tuple[str, str]) -> dict[str, str]:
    row = ROW
    for old, new in changes:
        assert old in row
        row = row.replace(old, new)
    return {"charges.csv": HEADER + row}


def with_a9() -> World:
    world = World()
    world.load(FILES)
    world.load(charges())
    return world


def ref(world: World) -> AccountRef:
    return AccountRef("oak", world.account("C1").id)


def a9(world: World) -> Charge:
    id_ = own_id("oak", "charge", "A9")
    return world.ledgers.charges(ref(world), [id_])[id_]


def by_hand(world: World, facts: FactChanges, id_: str = "hand-1") -> None:
    CorrectingFacts(world.ledgers, FakeClock(NOW), "cli").correct(
        ref(world), id_, charge_external_id="A9", facts=facts, on="2026-11-20"
    )


def told(plan: Plan) -> list[tuple[str, str, str]]:
    return [(each.column, each.old, each.new) for each in plan.facts]


def kept(plan: Plan) -> list[tuple[str, str, str]]:
    return [(each.column, each.old, each.new) for each in plan.kept]


@pytest.mark.parametrize(
    ("column", "old", "new"),
    [
        ("service", "Talk", "Walk"), ("clinician_id", "dr-a", "dr-b"), ("cpt", "90834", "90837"),
        ("diagnoses", "F41.1 F32.9", "F41.1"), ("place_of_service", "11", "02"),
        ("status", "held", "no_show"),
    ],
)  # fmt: skip
def test_a_changed_fact_becomes_a_new_version_and_nothing_else_moves(column: str, old: str, new: str) -> None:
    world, cell = with_a9(), "Talk,dr-a,150.00,90834,F41.1 F32.9,11,held"
    before, owed = a9(world), world.balance("C1")
    changed = charges((cell, cell.replace(old, new)))
    plan = world.load(changed)
    assert (told(plan), plan.new, plan.corrected_facts) == ([(column, old, new)], 0, 1)
    after = a9(world)
    assert [getattr(after, column)] == ([("F41.1",)] if column == "diagnoses" else [new])
    assert world.ledgers.former_charges(ref(world), after.id) == [before]
    assert world.balance("C1") == owed
    entry = list(world.ledgers.entries(ref(world)))[-1]
    assert (entry.draft.kind, entry.actor) == (EntryKind.FACTS_CORRECTED, of_import(plan.import_id))
    assert world.load(changed).empty, "twice the same is nothing"
    world.check_ledgers()


def test_a_fact_that_is_changed_back_is_a_third_version() -> None:
    world = with_a9()
    world.load(charges(("90834", "90837")))
    assert told(world.load(charges())) == [("cpt", "90837", "90834")]
    assert [charge.cpt for charge in world.ledgers.former_charges(ref(world), a9(world).id)] == [
        "90834", "90837",
    ]  # fmt: skip
    assert (a9(world).cpt, world.load(charges()).empty) == ("90834", True)


def test_another_fee_and_another_code_of_one_row_are_both_told_and_posted() -> None:
    world = with_a9()
    owed, changed = world.balance("C1"), charges(("150.00", "160.00"), ("90834", "90837"))
    plan = world.load(changed)
    assert (told(plan), [c.new_minor for c in plan.corrections]) == ([("cpt", "90834", "90837")], [16000])
    assert (a9(world).cpt, world.balance("C1"), len(plan.charged)) == ("90837", owed + 1000, 1)
    assert world.load(changed).empty
    world.check_ledgers()


def test_a_column_that_the_file_has_not_changes_nothing() -> None:
    world = with_a9()
    fewer = {
        "charges.csv": "charge_id,client_id,date,service,clinician_id,fee\n"
        "A9,C1,2026-10-15,Talk,dr-a,150.00\n"
    }
    assert world.load(fewer).empty


def test_what_staff_corrected_here_stays_and_is_listed_while_the_file_says_what_it_said_before() -> None:
    world = with_a9()
    by_hand(world, FactChanges(cpt="90837"))
    before, writes = world.picture(), world.writes.count
    plan = world.load(charges())
    assert (plan.empty, told(plan), kept(plan)) == (True, [], [("cpt", "90837", "90834")])
    assert plan.known == plan.rows
    assert (world.picture(), world.writes.count) == (before, writes)
    agreeing = world.load(charges(("90834", "90837")))
    assert (agreeing.empty, kept(agreeing)) == (True, [])


def test_what_the_file_changes_after_staff_did_is_a_change_and_takes_nothing_else_along() -> None:
    world = with_a9()
    by_hand(world, FactChanges(cpt="90837", place_of_service="02"))
    plan = world.load(charges(("90834", "90791"), ("held", "late_cancel")))
    assert told(plan) == [("cpt", "90837", "90791"), ("status", "held", "late_cancel")]
    assert kept(plan) == [("place_of_service", "02", "11")]
    assert (a9(world).cpt, a9(world).place_of_service, a9(world).status) == ("90791", "02", "late_cancel")


def test_a_correction_by_hand_of_what_a_later_file_corrected_is_held_against_that_file() -> None:
    world = with_a9()
    later = charges(("90834", "90791"))
    world.load(later)
    by_hand(world, FactChanges(cpt="90837"))
    assert kept(world.prepare(later)) == [("cpt", "90837", "90791")]
    assert told(world.prepare(charges())) == [("cpt", "90837", "90834")]


def test_facts_of_a_charge_that_was_taken_back_are_refused_and_nothing_is_written() -> None:
    world = with_a9()
    world.take_back("C1", kind="charge", nth=2)
    before = world.picture()
    assert world.load(charges()).empty
    problems = world.prepare(charges(("90834", "90837"))).problems
    assert [(p.row, p.column, p.code) for p in problems] == [(2, "charge_id", "charge_reversed")]
    assert world.picture() == before


def test_a_date_and_a_code_that_changed_are_refused_for_the_date() -> None:
    problems = with_a9().prepare(charges(("2026-10-15", "2026-10-16"), ("90834", "90837"))).problems
    assert [(p.column, p.code) for p in problems] == [("date", "posted_otherwise")]


@pytest.mark.parametrize("happens", [False, True], ids=["before", "after"])
def test_killed_at_any_write_and_run_again_it_ends_the_same(happens: bool) -> None:
    changed = {**FILES, **charges(("150.00", "140.00"), ("90834", "90837"))}
    whole = with_a9()
    start = whole.writes.count
    whole.load(changed)
    for number in range(start + 1, whole.writes.count + 1):
        world = with_a9()
        world.writes.kill_at = (number, happens)
        with pytest.raises(Killed):
            world.load(changed)
        world.writes.kill_at = None
        world.load(changed)
        assert world.picture() == whole.picture()
        assert a9(world).cpt == "90837"
        assert world.load(changed).empty
        world.check_ledgers()


# --- undone --------------------------------------------------------------------------------------------


def test_an_import_that_corrected_facts_is_undone_by_the_earlier_facts_as_a_new_version() -> None:
    world = with_a9()
    before, owed = a9(world), world.balance("C1")
    changed = charges(("150.00", "160.00"), ("90834", "90837"), ("F41.1 F32.9", ""), ("held", "no_show"))
    id_ = world.load(changed).import_id
    assert undo(world, id_) == 2
    after = a9(world)
    assert (after.cpt, after.diagnoses, after.status) == (before.cpt, before.diagnoses, before.status)
    assert world.balance("C1") == owed
    assert (undo(world, id_), world.load(charges()).empty) == (0, True)
    again = world.load(changed)
    assert (len(told(again)), a9(world).cpt) == (3, "90837")
    assert undo(world, id_) == 2
    assert (a9(world).cpt, world.balance("C1")) == ("90834", owed)
    world.check_ledgers()


def test_an_import_whose_facts_somebody_corrected_since_is_not_undone() -> None:
    world = with_a9()
    id_ = world.load(charges(("90834", "90837"))).import_id
    by_hand(world, FactChanges(cpt="90791"))
    seq = world.account("C1").ledger.seq
    resting = undoing(world).plan(PRACTICE, id_).resting
    assert [(one.what, one.name) for one in resting] == [("entry", str(seq))]


def test_an_import_is_undone_after_a_later_one_that_corrected_its_facts() -> None:
    world = World()
    world.load(FILES)
    first = world.load(charges()).import_id
    second = world.load(charges(("90834", "90837"))).import_id
    seq = world.account("C1").ledger.seq
    assert [one.name for one in undoing(world).plan(PRACTICE, first).resting] == [str(seq)]
    undo(world, second)
    assert undo(world, first) == 1
    assert world.balance("C1") == 6500
    world.load(charges())
    assert a9_again(world).cpt == "90834"


def a9_again(world: World) -> Charge:
    id_ = own_id("oak", "charge", "A9~2")
    return world.ledgers.charges(ref(world), [id_])[id_]


@pytest.mark.parametrize("change", [("150.00", "160.00"), ("90834", "90837")])
def test_a_correction_that_waited_while_the_same_one_was_posted_and_undone_is_told_as_not_posted(
    change: tuple[str, str],
) -> None:
    world = with_a9()
    before = world.balance("C1"), a9(world).cpt
    waiting = world.prepare(charges(change))
    undo(world, world.load({**charges(change), **MORE}).import_id)
    assert [problem.code for problem in world.importer.apply(waiting)] == ["undone_meanwhile"]
    assert (world.balance("C1"), a9(world).cpt) == before
    world.load(charges(change))
    assert (world.balance("C1"), a9(world).cpt) != before
    world.check_ledgers()


def test_a_correction_that_another_import_posted_meanwhile_and_that_stands_is_done() -> None:
    world, change = with_a9(), ("150.00", "160.00")
    waiting = world.prepare(charges(change))
    world.load({**charges(change), **MORE})
    assert world.importer.apply(waiting) == ()


@pytest.mark.parametrize("happens", [False, True], ids=["before", "after"])
def test_an_undoing_that_is_killed_goes_on(happens: bool) -> None:
    changed = charges(("150.00", "160.00"), ("90834", "90837"))

    def done() -> tuple[World, str]:
        world = with_a9()
        return world, world.load(changed).import_id

    whole, id_ = done()
    start = whole.writes.count
    undo(whole, id_)
    for number in range(start + 1, whole.writes.count + 1):
        world, _ = done()
        world.writes.kill_at = (number, happens)
        with pytest.raises(Killed):
            undo(world, id_)
        world.writes.kill_at = None
        undo(world, id_)
        assert world.picture() == whole.picture()
        assert a9(world).cpt == "90834"
