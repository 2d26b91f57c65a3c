"""Issue 17, every week again: an invoice whose number changed is asked about once, and charged once."""

from dataclasses import replace

import pytest

from chalicelib.importing.services.mapping import Said
from chalicelib.kernel.account_refs import AccountRef
from chalicelib.ledger.services.facts import CorrectingFacts, FactChanges
from tests.support.clock import FakeClock
from tests.unit.importing.exports import codes, loaded, mapped, prepared, with_clients
from tests.unit.importing.test_undoing import undoing
from tests.unit.importing.world import NOW, PRACTICE, Killed, World

HEADER = (
    "*Invoice number,*Customer,*Invoice date,*Due date,Terms,Service Date,Item,Description,Quantity,Rate,"
    "*Item Amount,Memo\n"
)
LINE = "1001,Robin Vale,2026-10-31,2026-11-30,Net 30,2026-10-06,Session,50 minutes,1,120.00,120.00,\n"
NEXT = "1002,Robin Vale,2026-10-31,2026-11-30,Net 30,2026-10-13,Session,50 minutes,1,120.00,120.00,\n"
FIRST = {"qb.csv": HEADER + LINE + NEXT}
RENUMBERED = {"qb.csv": FIRST["qb.csv"].replace("1001", "1007")}
SAID = Said(clinician="dr-a")
ACCEPTED = replace(SAID, changes_accepted=True)
CONFIRMED = replace(SAID, repeats_confirmed=True)
OWED = 24000


def answered(files: dict[str, str] = RENUMBERED) -> World:
    world = with_clients()
    loaded(world, FIRST, "quickbooks", SAID)
    assert codes(world, files, "quickbooks", SAID) == ["row_replaced"]
    told = mapped(world, files, "quickbooks", ACCEPTED).told
    assert [(t.count, t.row) for t in told if t.code == "repeats_known"] == [(1, 2)]
    plan = loaded(world, files, "quickbooks", ACCEPTED)
    assert (plan.new, plan.steps - len(plan.corrections)) == (0, 1)
    return world


@pytest.mark.parametrize("said", [SAID, ACCEPTED, CONFIRMED, replace(ACCEPTED, repeats_confirmed=True)])
def test_the_answer_is_kept_and_nothing_is_asked_or_charged_again(said: Said) -> None:
    world = answered()
    plan = prepared(world, RENUMBERED, "quickbooks", said)
    assert (plan.problems, plan.empty, plan.missing) == ((), True, ())
    loaded(world, RENUMBERED, "quickbooks", said)
    assert (world.balance("C2"), len(world.ledgers.held_charges)) == (OWED, 2)
    world.check_ledgers()


def test_what_changes_later_of_a_renumbered_invoice_is_a_change_of_it() -> None:
    world = answered()
    dearer = {"qb.csv": RENUMBERED["qb.csv"].replace("1,120.00,120.00", "1,130.00,130.00", 1)}
    plan = loaded(world, dearer, "quickbooks", CONFIRMED)
    assert ([(c.old_minor, c.new_minor) for c in plan.corrections], plan.new) == ([(12000, 13000)], 0)
    assert world.balance("C2") == OWED + 1000
    assert prepared(world, dearer, "quickbooks", SAID).empty


def test_what_changes_along_with_the_number_is_taken_over_in_one_answer() -> None:
    changed = RENUMBERED["qb.csv"].replace("50 minutes,1,120.00,120.00", "Long,1,130.00,130.00", 1)
    world = answered({"qb.csv": changed})
    assert world.balance("C2") == OWED + 1000
    assert prepared(world, {"qb.csv": changed}, "quickbooks", CONFIRMED).empty


def test_an_invoice_renumbered_twice_and_back_is_one() -> None:
    world = answered()
    twice = {"qb.csv": FIRST["qb.csv"].replace("1001", "1009")}
    assert codes(world, twice, "quickbooks", SAID) == ["row_replaced"]
    loaded(world, twice, "quickbooks", ACCEPTED)
    for files in (twice, RENUMBERED, FIRST):
        assert prepared(world, files, "quickbooks", CONFIRMED).empty
    assert world.balance("C2") == OWED


def test_a_new_invoice_beside_it_is_charged() -> None:
    world = answered()
    both = {"qb.csv": RENUMBERED["qb.csv"] + LINE}  # 1001 is there again, and says what the books say
    plan = loaded(world, both, "quickbooks", SAID)
    assert (plan.new, world.balance("C2")) == (1, OWED + 12000)
    assert prepared(world, both, "quickbooks", SAID).empty


def test_what_staff_corrected_here_stays_theirs_after_the_answer() -> None:
    world = with_clients()
    loaded(world, FIRST, "quickbooks", SAID)
    account = world.account("C2")
    charge = next(c for c in world.ledgers.held_charges.values() if c.date == "2026-10-06")
    CorrectingFacts(world.ledgers, FakeClock(NOW), "cli").correct(
        AccountRef("oak", account.id), "by hand", charge_external_id=charge.external_id,
        facts=FactChanges(service="Session, long"), on="2026-11-20",
    )  # fmt: skip
    for said in (ACCEPTED, SAID, ACCEPTED):
        plan = loaded(world, RENUMBERED, "quickbooks", said)
        assert ([k.column for k in plan.kept], plan.facts) == (["service"], ())
    assert {c.service for c in world.ledgers.held_charges.values()} >= {"Session, long"}


def test_the_answer_is_taken_back_with_its_import_and_can_be_given_again() -> None:
    world = with_clients()
    loaded(world, FIRST, "quickbooks", SAID)
    later = {
        "qb.csv": RENUMBERED["qb.csv"]
        + LINE.replace("1001", "1008").replace("10-06", "10-20").replace("120.00", "90.00")
    }
    plan = loaded(world, later, "quickbooks", ACCEPTED)
    for _ in range(2):
        service = undoing(world)
        assert service.apply(service.plan(PRACTICE, plan.import_id)) == ()
        assert world.balance("C2") == OWED
        assert codes(world, later, "quickbooks", SAID) == ["row_replaced"]
        plan = loaded(world, later, "quickbooks", ACCEPTED)
        assert prepared(world, later, "quickbooks", CONFIRMED).empty
    assert world.balance("C2") == OWED + 9000
    world.check_ledgers()


@pytest.mark.parametrize("still", [False, True])
@pytest.mark.parametrize("nth", range(1, 9))
def test_killed_anywhere_it_is_answered_once(nth: int, still: bool) -> None:
    world = with_clients()
    loaded(world, FIRST, "quickbooks", SAID)
    changed = {
        "qb.csv": RENUMBERED["qb.csv"].replace("50 minutes,1,120.00,120.00", "Long,1,130.00,130.00", 1)
    }
    world.writes.kill_at = (world.writes.count + nth, still)
    try:
        loaded(world, changed, "quickbooks", ACCEPTED)
    except Killed:
        world.writes.kill_at = None
        loaded(world, changed, "quickbooks", ACCEPTED)
    world.writes.kill_at = None
    assert prepared(world, changed, "quickbooks", CONFIRMED).empty
    assert (world.balance("C2"), len(world.ledgers.held_charges)) == (OWED + 1000, 2)


def test_two_clients_invoices_of_one_day_and_fee_are_not_taken_for_one_anothers() -> None:
    """Each was asked about twice: as its own client's, and as the other's."""
    world = with_clients()
    first = {"qb.csv": HEADER + LINE + LINE.replace("1001", "1002").replace("Robin Vale", "Bo Lind")}
    loaded(world, first, "quickbooks", SAID)
    both = {"qb.csv": first["qb.csv"].replace("1001", "1007").replace("1002", "1008")}
    assert codes(world, both, "quickbooks", SAID) == ["row_replaced", "row_replaced"]
    loaded(world, both, "quickbooks", ACCEPTED)
    assert [world.balance(id_) for id_ in ("C2", "C3")] == [12000, 12000]
