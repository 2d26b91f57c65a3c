"""Issue 17, every week again: what staff took back and a file gives otherwise is posted in its place."""

from collections.abc import Callable
from dataclasses import replace

import pytest

from chalicelib.importing.services.mapping import Said
from chalicelib.importing.services.planning import Plan
from chalicelib.kernel.account_refs import AccountRef
from tests.unit.importing.exports import THERANEST, loaded, prepared, with_clients
from tests.unit.importing.test_spelling import MDY
from tests.unit.importing.test_undoing import undo
from tests.unit.importing.world import FILES, World, edited, sources

HEADER = "Date,Type,Amount,Client\n"
PAID = "10/14/2026,Check,$30.00,Robin Vale\n"


def list_of(amount: str) -> dict[str, str]:
    return {"p.csv": HEADER + PAID.replace("30.00", amount)}


def test_a_payments_other_amount_is_refused_until_the_payment_is_taken_back_and_then_posted_once() -> None:
    world = with_clients()
    loaded(world, list_of("30.00"), "simplepractice")
    (problem,) = prepared(world, list_of("35.00"), "simplepractice").problems
    assert (problem.column, problem.code) == ("Amount", "posted_otherwise")
    (entry,) = world.ledgers.entries(AccountRef("oak", world.account("C2").id))
    assert problem.details["reverse"] == f"billfold post reverse --client C2 --entry {entry.seq}"
    world.take_back("C2", kind="payment")
    plan = loaded(world, list_of("35.00"), "simplepractice")
    assert [(c.column, c.old_minor, c.new_minor) for c in plan.corrections] == [("amount", 3000, 3500)]
    assert world.balance("C2") == -3500
    again = prepared(world, list_of("35.00"), "simplepractice")
    assert (again.empty, again.missing, again.taken_back) == (True, (), ())
    world.check_ledgers()


def test_it_is_corrected_again_the_same_way_and_beside_the_next_rows_nothing_is_asked() -> None:
    world = with_clients()
    for amount in ("30.00", "35.00", "40.00"):
        loaded(world, list_of(amount), "simplepractice")
        assert world.balance("C2") == -int(amount.replace(".", ""))
        nth = {"30.00": 0, "35.00": 1}.get(amount)
        if nth is not None:
            world.take_back("C2", kind="payment", nth=nth)
    later = {"p.csv": list_of("40.00")["p.csv"] + "10/15/2026,Check,$40.00,Robin Vale\n"}
    loaded(world, later, "simplepractice")
    assert world.balance("C2") == -8000


def test_what_was_taken_back_and_is_given_as_it_was_stays_out() -> None:
    world = with_clients()
    loaded(world, list_of("30.00"), "simplepractice")
    world.take_back("C2", kind="payment")
    plan = loaded(world, list_of("30.00"), "simplepractice")
    assert (plan.steps, len(plan.taken_back), world.balance("C2")) == (0, 1, 0)


@pytest.mark.parametrize(
    ("name", "old", "new", "client", "kinds"),
    [
        ("payments.csv", "100.00,cash", "80.00,cash", "C2", ("refund", "payment")),
        ("refunds.csv", "10.00", "12.00", "C2", ("refund",)),
        ("adjustments.csv", "10.00,write_off", "15.00,write_off", "C3", ("write_off",)),
        ("insurance_payments.csv", "60.00,20.00,20.00", "50.00,30.00,20.00", "C1",
         ("responsibility_transfer", "contractual_adjustment", "insurance_payment")),
    ],
)  # fmt: skip
def test_rows_of_all_kinds_but_charges_are_posted_anew_and_known_then(
    name: str, old: str, new: str, client: str, kinds: tuple[str, ...]
) -> None:
    world, other = World(), World()
    world.load(FILES)
    files = edited(name, old, new)
    assert {p.code for p in world.prepare(files).problems} == {"posted_otherwise"}
    if name == "insurance_payments.csv":
        world.take_back("C1", kind="adjustment")
    for kind in kinds:
        world.take_back(client, kind=kind)
    world.load(files)
    other.load(files)
    expected = other.balance(client) + (500 if name == "insurance_payments.csv" else 0)
    assert world.balance(client) == expected
    assert world.prepare(files).empty
    world.check_ledgers()


def test_an_import_that_posted_one_anew_is_undone_and_its_files_come_in_again() -> None:
    world = with_clients()
    loaded(world, list_of("30.00"), "simplepractice")
    world.take_back("C2", kind="payment")
    plan = loaded(world, list_of("35.00"), "simplepractice")
    undo(world, plan.import_id)
    assert world.balance("C2") == 0
    loaded(world, list_of("35.00"), "simplepractice")
    assert world.balance("C2") == -3500
    assert prepared(world, list_of("35.00"), "simplepractice").empty


# --- what was put in by hand for it -----------------------------------------------------------------------
OWN = "payment_id,client_id,date,amount,method\n"
P1 = OWN + "P1,C2,2026-09-14,50.00,check\n"


def by_hand(world: World, files: dict[str, str]) -> None:
    """As `billfold post` does."""
    importer = replace(world.importer, actor="cli:desk")
    plan = importer.prepare("oak", sources(files))
    assert plan.problems == ()
    assert importer.apply(plan) == ()


def told(plan: Plan) -> list[tuple[str, str]]:
    return [(problem.code, str(problem.details.get("ids", ""))) for problem in plan.problems]


def test_what_staff_put_in_for_it_is_asked_about_in_an_export() -> None:
    world = with_clients()
    loaded(world, list_of("30.00"), "simplepractice")
    world.take_back("C2", kind="payment")
    by_hand(world, {"payments.csv": OWN + "H1,C2,2026-10-14,35.00,check\n"})
    assert told(prepared(world, list_of("35.00"), "simplepractice")) == [("row_elsewhere", "“H1”")]
    assert told(prepared(world, list_of("30.00"), "simplepractice")) == []
    loaded(world, list_of("35.00"), "simplepractice", Said(repeats_confirmed=True))
    assert world.balance("C2") == -7000
    assert told(prepared(world, list_of("35.00"), "simplepractice")) == []


@pytest.mark.parametrize("put", [by_hand, World.load])
def test_and_in_a_file_of_our_own(put: Callable[[World, dict[str, str]], object]) -> None:
    world = with_clients()
    world.load({"payments.csv": P1})
    world.take_back("C2", kind="payment")
    put(world, {"payments.csv": OWN + "H1,C2,2026-09-14,60.00,check\n"})
    corrected = {"payments.csv": P1.replace("50.00", "60.00")}
    assert told(world.prepare(corrected)) == [("row_put_in_by_hand", "“H1”")]
    assert world.prepare(corrected).corrections[0].anew == "P1~2"
    world.load({"payments.csv": P1.replace("50.00", "61.00")})
    assert world.balance("C2") == -12100


@pytest.mark.parametrize(
    ("name", "old", "new", "client", "kind", "hand"),
    [
        ("refunds.csv", "10.00", "12.00", "C2", "refund",
         "refund_id,payment_id,date,amount\nH,P2,2026-10-15,12.00\n"),
        ("adjustments.csv", "10.00,write_off", "15.00,write_off", "C3", "write_off",
         "adjustment_id,charge_id,date,amount,kind\nH,D1,2026-10-21,15.00,write_off\n"),
        ("insurance_payments.csv", "60.00,20.00,20.00", "50.00,20.00,20.00", "C1", "insurance_payment",
         "insurance_payment_id,charge_id,date,paid,contractual_adjustment,patient_responsibility\n"
         "H,A1,2026-10-20,50.00,20.00,20.00\n"),
    ],
)  # fmt: skip
def test_so_it_is_of_rows_of_all_kinds(
    name: str, old: str, new: str, client: str, kind: str, hand: str
) -> None:
    world = World()
    world.load(FILES)
    kinds = {
        "insurance_payment": ("adjustment", "responsibility_transfer", "contractual_adjustment"),
    }.get(kind, ())
    for each in (*kinds, kind):
        world.take_back(client, kind=each)
    by_hand(world, {name: hand})
    assert ("row_put_in_by_hand", "“H”") in told(world.prepare(edited(name, old, new)))


@pytest.mark.parametrize("change", [("check", "other"), ("check", "cash"), ("09-14", "09-15")])
def test_a_check_that_bounced_is_not_posted_again_because_its_method_or_its_day_is_another(
    change: tuple[str, str],
) -> None:
    world = with_clients()
    world.load({"payments.csv": P1})
    world.take_back("C2", kind="payment")
    plan = world.load({"payments.csv": P1.replace(*change)})
    assert (plan.steps, plan.facts, len(plan.taken_back), world.balance("C2")) == (0, (), 1, 0)


def test_insurers_money_that_staff_took_back_and_put_in_otherwise_is_asked_about() -> None:
    world, said = with_clients(), Said(choices=MDY, clinician="dr-a")
    report = {"t.csv": THERANEST.replace("\nA,", "\ndr-a,").replace("\nB,", "\ndr-b,")}
    loaded(world, report, "theranest", said)
    owed = world.balance("C1")
    world.take_back("C1", kind="insurance_payment")
    ref = AccountRef("oak", world.account("C1").id)
    charge = next(e.draft.reference for e in world.ledgers.entries(ref) if e.draft.kind == "charge")
    header = "insurance_payment_id,charge_id,date,paid,above_expected\n"
    by_hand(world, {"insurance_payments.csv": f"{header}H1,{charge},2026-11-02,95.00,yes\n"})
    corrected = {"t.csv": report["t.csv"].replace("$90.00", "$95.00")}
    problems = prepared(world, corrected, "theranest", said).problems
    answers = [p.details["answer"] for p in problems if p.code == "insurer_answered"]
    assert answers == ["“H1”"]
    assert world.balance("C1") == owed - 500


def test_after_its_import_was_undone_what_staff_took_back_stays_out_as_before() -> None:
    world = with_clients()
    world.load({"payments.csv": P1})
    world.take_back("C2", kind="payment")
    corrected = {"payments.csv": P1.replace("50.00", "60.00")}
    undo(world, world.load(corrected).import_id)
    plan = world.load({"payments.csv": P1})
    assert (plan.steps, len(plan.taken_back), world.balance("C2")) == (0, 1, 0)
    assert [c.anew for c in world.load(corrected).corrections] == ["P1~3"]
    assert world.balance("C2") == -6000
    assert world.prepare(corrected).empty
