"""Issue 17: an import as a whole is taken back, while nothing rests on it, and can be done again."""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from types import SimpleNamespace

import pytest

from chalicelib.documents.domain.invoices import Invoiced
from chalicelib.documents.domain.superbills import Superbilled
from chalicelib.importing.services.progress import SILENT, in_turn
from chalicelib.importing.services.undoing import Undoing
from chalicelib.kernel.account_refs import AccountRef
from chalicelib.kernel.errors import NotFound, Refused
from chalicelib.ledger.domain.accounts import Reservation
from chalicelib.ledger.services.correcting import Correcting
from chalicelib.ledger.services.import_register import Register
from chalicelib.ledger.services.posting import Posting, own_id
from chalicelib.operations.services.alerting import Alerting
from tests.support.alerts import MemoryAlerts
from tests.support.clock import FakeClock
from tests.support.imports import MemoryImports
from tests.support.ledgers import MemoryLedgers
from tests.unit.importing.world import FILES, NOW, PRACTICE, Killed, World, edited


class Invoices:
    def __init__(self, charges: Mapping[str, int]) -> None:
        self.charges = charges

    def invoiced(self, ref: AccountRef) -> Invoiced:
        return Invoiced(self.charges)


class Superbills:
    """One with these charges, which stands; none where there are none."""

    def __init__(self, charge_ids: tuple[str, ...] = ()) -> None:
        self.charge_ids = charge_ids

    def superbilled(self, ref: AccountRef) -> Superbilled:
        return Superbilled({"2026-10-01/2026-10-31/dr-a": 3} if self.charge_ids else {})

    def all_of(self, ref: AccountRef) -> Iterator[object]:
        yield SimpleNamespace(number=3, charge_ids=self.charge_ids)


def undoing(world: World, invoiced: Mapping[str, int] | None = None) -> Undoing:
    return undoing_of(world.ledgers, world.imports, invoiced)


def undoing_of(
    ledgers: MemoryLedgers, imports: MemoryImports, invoiced: Mapping[str, int] | None = None
) -> Undoing:
    clock = FakeClock(NOW)
    register = Register(imports, Alerting(MemoryAlerts(), clock), clock)
    papers = Invoices(invoiced or {}), Superbills()
    return Undoing(ledgers, *papers, register, clock, in_turn, SILENT)  # type: ignore[arg-type]


def undo(world: World, import_id: str) -> int:
    plan = undoing(world).plan(PRACTICE, import_id)
    assert plan.resting == ()
    assert plan.empty or undoing(world).apply(plan) == ()
    return plan.steps


def loaded() -> tuple[World, str]:
    world = World()
    return world, world.load(FILES).import_id


def post(world: World) -> Posting:
    return Posting(world.ledgers, FakeClock(NOW), "cli")


def test_afterwards_nothing_is_owed_and_every_reversal_names_what_it_reverses() -> None:
    world, id_ = loaded()
    entries = dict(world.ledgers.rows)
    assert undo(world, id_) == len(entries)
    assert [world.balance(client) for client in ("C1", "C2", "C3")] == [0, 0, 0]
    assert all(not a.ledger.open and not a.ledger.credit_minor for a in world.accounts.values())
    assert entries.items() <= world.ledgers.rows.items(), "nothing is deleted"
    new = [(at, e.draft.reverses) for (_, at, _), e in world.ledgers.rows.items() if e.draft.reverses]
    assert sorted(new) == sorted((at, seq) for _, at, seq in entries)
    assert {account.hold for account in world.accounts.values()} == {""}
    world.check_ledgers()
    assert len(world.people.client_rows) == 3, "the clients stay"


def test_undone_twice_is_undone_once() -> None:
    world, id_ = loaded()
    undo(world, id_)
    before, writes = world.picture(), world.writes.count
    assert undo(world, id_) == 0
    assert (world.picture(), world.writes.count) == (before, writes)
    [found] = world.imports.known("oak")
    assert found.undone_at


def test_the_same_files_are_imported_again_and_known_then() -> None:
    world, id_ = loaded()
    whole = {name: account.ledger.balance_minor for name, account in world.accounts.items()}
    for times in (1, 2):
        undo(world, id_)
        plan = world.load(FILES)
        assert (plan.import_id, plan.steps, plan.known) == (id_, 11, 3)
        assert {name: world.balance(name) for name in whole} == whole
        assert not world.imports.known("oak")[0].undone_at
        assert world.load(FILES).empty, times
        world.check_ledgers()
    changed = world.load(edited("charges.csv", "dr-b,90,\nD1", "dr-b,80.00,\nD1"))
    assert [(c.old_minor, c.new_minor) for c in changed.corrections] == [(9000, 8000)]


def test_a_row_of_an_undone_import_may_be_another_clients_then() -> None:
    world, id_ = loaded()
    undo(world, id_)
    moved = edited("charges.csv", "D1,C3", "D1,C1")
    world.load(moved)
    assert [world.balance(client) for client in ("C1", "C2", "C3")] == [6500 + 8000, 0, 2500]
    assert world.load(moved).empty


def test_later_files_name_what_was_imported_again() -> None:
    world, id_ = loaded()
    undo(world, id_)
    world.load(FILES)
    world.load({
        "payments.csv": "payment_id,client_id,date,amount,method,charge_ids\nP7,C1,2026-11-01,65,card,A1\n",
        "refunds.csv": "refund_id,payment_id,date,amount\nR7,P1,2026-11-02,20.00\n",
        "adjustments.csv": "adjustment_id,charge_id,date,amount,kind\n"
        "J7,opening:C3,2026-11-02,25,write_off\n",
    })  # fmt: skip
    assert [world.balance("C1"), world.balance("C3")] == [2000, 8000]


def test_an_id_whose_entry_was_taken_back_by_hand_stays_taken() -> None:
    world, id_ = loaded()
    world.take_back("C3", kind="write_off")
    header = "charge_id,client_id,date,service,clinician_id,fee\n"
    other = {"charges.csv": header + "Z1,C1,2026-10-01,Talk,dr-a,5\n"}
    undo(world, world.load(other).import_id)
    assert world.load(FILES).empty
    assert id_ in {found.id for found in world.imports.known("oak")}


def _resting(world: World, id_: str, **more: Mapping[str, int]) -> list[tuple[str, str]]:
    before = world.picture()
    plan = undoing(world, more.get("invoiced")).plan(PRACTICE, id_)
    assert world.picture() == before
    with pytest.raises(ValueError, match="rests"):
        undoing(world).apply(plan)
    return [(one.what, one.name) for one in plan.resting]


def test_a_later_payment_correction_or_refund_keeps_all_of_it_and_is_named() -> None:
    world, id_ = loaded()
    ref = world.account("C1").ref("oak")
    seq = world.account("C1").ledger.seq
    post(world).external_payment(ref, "by hand", 500, method="cash", on="2026-11-20")
    later = {"refunds.csv": "refund_id,payment_id,date,amount\nR9,P1,2026-11-02,20.00\n"}
    second = world.load(later).import_id
    world.load(edited("charges.csv", "dr-b,90,\nD1", "dr-b,80.00,\nD1"))
    other = world.account("C2").ledger.seq
    assert sorted(_resting(world, id_)) == sorted([
        ("entry", str(seq + 1)), ("entry", str(seq + 2)), ("entry", str(other)),
    ])  # fmt: skip
    undo(world, second)  # what came last goes first
    assert ("entry", str(seq + 2)) not in _resting(world, id_)


def test_an_issued_invoice_and_a_payment_under_way_keep_it() -> None:
    world, id_ = loaded()
    charge = own_id("oak", "charge", "A1")
    of_c1 = ("oak", world.account("C1").id)
    held = world.ledgers.accounts[of_c1]
    world.ledgers.accounts[of_c1] = replace(held, reserved={"pay-1": Reservation({charge: 500}, firm=False)})
    found = _resting(world, id_, invoiced={charge: 7})
    assert ("payment", "pay-1") in found
    assert [what for what, _ in found].count("invoice") == 1


def test_an_issued_superbill_keeps_it() -> None:
    world, id_ = loaded()
    charge = own_id("oak", "charge", "B1")
    papers = replace(undoing(world), superbills=Superbills((charge,)))  # type: ignore[arg-type]
    resting = papers.plan(PRACTICE, id_).resting
    assert [(one.what, one.name) for one in resting] == [("superbill", "3")]


def test_what_came_to_rest_on_it_before_the_accounts_were_hidden_refuses_it_whole() -> None:
    world, id_ = loaded()
    plan = undoing(world).plan(PRACTICE, id_)
    post(world).external_payment(
        world.account("C3").ref("oak"), "meanwhile", 500, method="cash", on="2026-11-20"
    )
    entries = dict(world.ledgers.rows)
    with pytest.raises(Refused) as refused:
        undoing(world).apply(plan)
    assert refused.value.code == "import_in_use"
    assert world.ledgers.rows == entries
    assert {account.hold for account in world.accounts.values()} == {""}
    assert [found.id for found in world.imports.known("oak")] == [id_]


def test_what_the_ledger_refuses_to_undo_keeps_all_of_it() -> None:
    """Here that the credit is with another client by now: nothing names the payment that it is of."""
    world, _ = loaded()
    more = world.load({
        "clients.csv": "client_id,name\nC4,New\n",
        "payments.csv": "payment_id,client_id,date,amount,method\nP8,C4,2026-11-01,30,cash\n",
    }).import_id  # fmt: skip
    source, target = (world.account(client).ref("oak") for client in ("C4", "C1"))
    Correcting(world.ledgers, FakeClock(NOW), "cli").transfer_credit(
        "T1", source=source, target=target, amount_minor=3000, on="2026-11-02"
    )
    assert _resting(world, more) == [("entry_in_use", "1")]


def test_one_whose_client_another_import_has_left_hidden_is_not_undone() -> None:
    world, id_ = loaded()
    post(world).hold(world.account("C3").ref("oak"), "another")
    assert _resting(world, id_) == [("import", "another")]


def test_an_import_that_brought_only_clients_has_nothing_to_undo() -> None:
    world = World()
    id_ = world.load({"clients.csv": FILES["clients.csv"]}).import_id
    with pytest.raises(Refused, match="import_without_entries"):
        undoing(world).plan(PRACTICE, id_)
    assert not world.imports.known("oak")[0].undone_at


def test_nor_has_one_whose_rows_staff_took_back() -> None:
    world = World()
    clients = {"clients.csv": FILES["clients.csv"]}
    id_ = world.load({**clients, "charges.csv": FILES["charges.csv"]}).import_id
    for client, nth in (("C1", 0), ("C1", 1), ("C2", 0), ("C3", 0)):
        world.take_back(client, kind="charge", nth=nth)
    with pytest.raises(Refused, match="import_without_entries"):
        undoing(world).plan(PRACTICE, id_)


def _writes() -> tuple[int, int]:
    world, id_ = loaded()
    start = world.writes.count
    undo(world, id_)
    return start, world.writes.count


@pytest.mark.parametrize("happens", [False, True], ids=["before", "after"])
def test_killed_at_any_write_and_run_again_it_ends_the_same(happens: bool) -> None:
    whole, id_ = loaded()
    undo(whole, id_)
    first, last = _writes()
    for number in range(first + 1, last + 1):
        world, _ = loaded()
        world.writes.kill_at = (number, happens)
        with pytest.raises(Killed):
            undo(world, id_)
        finished = {name: account.ledger for name, account in whole.accounts.items()}
        started = {name: account.ledger for name, account in loaded()[0].accounts.items()}
        for name, account in world.accounts.items():
            assert account.hold or account.ledger in (started[name], finished[name])
        world.writes.kill_at = None
        undo(world, id_)
        assert world.picture() == whole.picture()


def test_an_undoing_that_was_broken_off_is_not_taken_over() -> None:
    """What of it is undone already would stay known, and out of the books."""
    world, id_ = loaded()
    first, last = _writes()
    for number in range(first + 1, last + 1):
        world, _ = loaded()
        world.writes.kill_at = (number, True)
        with pytest.raises(Killed):
            undo(world, id_)
        world.writes.kill_at = None
        hidden = {client for client in ("C1", "C2", "C3") if world.account(client).hold}
        for take_over in (False, True):
            problems = world.prepare(FILES, take_over=take_over).problems
            assert {problem.code for problem in problems} == ({"undoing_unfinished"} if hidden else set())
            assert {problem.details["which"] for problem in problems} == ({id_} if hidden else set())
            assert len(problems) == len(hidden)
        undo(world, id_)
        world.load(FILES)
        assert world.balance("C1") == 6500


def test_an_import_that_nobody_knows_or_that_was_broken_off_is_not_undone() -> None:
    world = World()
    with pytest.raises(NotFound, match="import_not_found"):
        undoing(world).plan(PRACTICE, "7c26")
    world.writes.kill_at = (8, True)
    with pytest.raises(Killed):
        world.load(FILES)
    [found] = world.imports.known("oak")
    with pytest.raises(Refused, match="import_not_ended"):
        undoing(world).plan(PRACTICE, found.id)
