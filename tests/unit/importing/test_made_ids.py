"""Ids of an export's rows are made under a secret of the practice's, which it has once for all (issue 17)."""

import hashlib
from dataclasses import dataclass, replace

import pytest

from chalicelib.importing.domain.batch import Batch
from chalicelib.importing.domain.mapping.made_ids import (
    MadeIds,
    beside_known,
    of_several,
    source_of,
    source_of_stem,
    stem_of,
)
from chalicelib.importing.domain.mapping.names import said_names
from chalicelib.importing.services.mapping import Said
from chalicelib.importing.services.planning import Plan
from chalicelib.kernel.outside import Busy
from tests.unit.importing.exports import (
    CLIENTS,
    THERANEST,
    loaded,
    mapped,
    own_map,
    prepared,
    with_clients,
)
from tests.unit.importing.test_undoing import undo
from tests.unit.importing.world import PRACTICE, FakeKeys, Killed, World

FILES = {"payroll.csv": THERANEST}
LATER = {
    "payroll.csv": THERANEST + 'B,"Vale, Robin",504,Check,,No,$120.00,11/04/2026,11/03/2026,90837,$120.00\n'
}
ADDED = Said(add_clients=True)
ALIKE = own_map(
    '[[tables.rows]]\nkind = "charges"\nclient_id = "Who"\ndate = "When"\nservice = { value = "Session" }\n'
    'clinician_id = { value = "dr-a" }\nfee = "Fee"\ncharge_id = { made_of = ["client_id", "date"] }\n'
)
TWICE = {"sheet.csv": "Who,When,Fee\nC1,2026-10-06,150.00\nC1,2026-10-06,150.00\n"}


@dataclass
class OtherKeys(FakeKeys):
    """Another deployment's, or those after a rotation."""

    name: str = "other"

    def keyed_hash(self, purpose: str, text: str, *, version: int | None = None) -> str:
        return super().keyed_hash(f"{self.name} {purpose}", text)


def ids(batch: Batch) -> set[str]:
    named = [row.client_id for row in batch.clients]
    named += [row.charge_id for row in batch.charges]
    named += [row.payment_id for row in batch.payments]
    named += [row.refund_id for row in batch.refunds]
    return {*named, *(row.insurance_payment_id for row in batch.insurance_payments)}


def test_the_same_export_has_other_ids_in_another_practice_and_another_deployment() -> None:
    world, elsewhere = World(), World(keys=OtherKeys())
    elm = replace(PRACTICE, id="elm")
    found = [
        ids(mapped(world, FILES, "theranest", ADDED).batch),
        ids(mapped(world, FILES, "theranest", ADDED, elm).batch),
        ids(mapped(elsewhere, FILES, "theranest", ADDED).batch),
    ]
    assert [len(one) for one in found] == [8, 8, 8], "two each of clients, charges, payments; two more"
    assert not found[0] & found[1] | found[0] & found[2] | found[1] & found[2]


def test_who_knows_what_a_row_says_cannot_make_its_id() -> None:
    """What is told of rows that say the same is made under the secret, too."""
    (one, other) = sorted(row.charge_id for row in mapped(with_clients(), TWICE, ALIKE).batch.charges)
    stem, said, number = other.removeprefix("own-").split(".")
    assert (one, number) == (f"own-{stem}", "2")
    texts = ["charges\x1fC1\x1f2026-10-06", "row\x1fcharges\x1fC1\x1f2026-10-06"]
    assert stem not in [hashlib.sha256(text.encode()).hexdigest()[:16] for text in texts]
    elsewhere = World(keys=OtherKeys())
    elsewhere.load(CLIENTS)
    (_, third) = sorted(row.charge_id for row in mapped(elsewhere, TWICE, ALIKE).batch.charges)
    assert third.split(".")[1] != said


def test_under_other_keys_of_the_deployment_the_rows_are_known_and_clients_are_not_doubled() -> None:
    world = World()
    loaded(world, FILES, "theranest", ADDED)
    before = set(world.accounts)
    world.keys = OtherKeys()
    assert prepared(world, FILES, "theranest", ADDED).empty
    plan = loaded(world, LATER, "theranest", ADDED)
    assert (plan.steps, plan.known, set(world.accounts)) == (2, 6, before)
    world.check_ledgers()


def test_a_client_who_is_called_otherwise_here_by_now_is_not_doubled_under_other_keys() -> None:
    world = World()
    loaded(world, FILES, "theranest", ADDED)
    (robin,) = (c.external_id for c in world.people.client_rows.values() if c.name == "Robin Vale")
    world.load({"clients.csv": f"client_id,name\n{robin},Q. Oakley\n"})
    world.keys = OtherKeys()
    plan = prepared(world, LATER, "theranest", ADDED)
    assert {problem.code for problem in plan.problems} == {"name_formerly"}
    theirs = replace(ADDED, names=said_names([("Robin Vale", "", robin)]))
    plan = prepared(world, LATER, "theranest", theirs)
    assert [account.new for account in plan.accounts] == [False, False]


def test_what_is_shown_before_the_first_import_is_what_it_does_and_showing_writes_nothing() -> None:
    world = World()
    shown = prepared(world, FILES, "theranest", ADDED)
    assert (world.writes.count, world.imports.ids_keys) == (0, {})
    plan = loaded(world, FILES, "theranest", ADDED)
    assert plan.import_id == shown.import_id
    assert _rows(plan) == _rows(shown)
    assert list(world.imports.ids_keys) == ["oak"]


def _rows(plan: Plan) -> list[str]:
    return sorted(repr(step.row) for account in plan.accounts for step in account.steps)


def test_a_secret_is_kept_before_the_first_row_and_no_plan_prints_it() -> None:
    world = World()
    plan = prepared(world, FILES, "theranest", ADDED)
    assert plan.ids_key
    assert plan.ids_key not in repr(plan)
    world.writes.kill_at = (1, True)
    with pytest.raises(Killed):
        world.importer.apply(plan)
    assert (world.imports.ids_keys, world.ledgers.rows) == ({"oak": plan.ids_key}, {})
    world.writes.kill_at, world.keys = None, OtherKeys()
    assert loaded(world, FILES, "theranest", ADDED).import_id == plan.import_id


def test_files_of_the_own_formats_need_none_but_for_what_is_noted_of_addresses() -> None:
    world = World()
    world.load({"clients.csv": "client_id,name\nC1,Ana\n"})
    assert world.imports.ids_keys == {}
    world.load({"clients.csv": "client_id,name,email\nC1,Ana,ana@example.test\n"})
    assert list(world.imports.ids_keys) == ["oak"]


def test_of_two_operators_at_once_one_key_stays_and_the_other_runs_again() -> None:
    """They have one key, unless the deployment's was changed between them: then the second writes nothing."""
    world = World()
    first, same = (prepared(world, FILES, "theranest", ADDED) for _ in range(2))
    world.keys = OtherKeys()
    other = prepared(world, LATER, "theranest", ADDED)
    assert world.importer.apply(first) == ()
    assert world.importer.apply(same) == ()
    before = world.writes.count, world.picture()
    with pytest.raises(Busy):
        world.importer.apply(other)
    assert (world.imports.ids_keys, world.picture()) == ({"oak": first.ids_key}, before[1])
    assert loaded(world, LATER, "theranest", ADDED).steps == 2
    world.check_ledgers()


def test_an_import_that_was_undone_has_successors_under_the_same_key() -> None:
    world = with_clients()
    plan = loaded(world, FILES, "theranest")
    undo(world, plan.import_id)
    world.keys = OtherKeys()
    assert loaded(world, FILES, "theranest").import_id == plan.import_id
    assert prepared(world, FILES, "theranest").empty
    world.check_ledgers()


def test_what_a_made_id_begins_with_is_read_as_it_is_written() -> None:
    made = MadeIds("key")
    stem = made.stem("own", "C1 2026-10-06")
    for id_ in (stem, of_several(stem, made.said("150.00"), 2), beside_known(stem, 1), f"{stem}~2"):
        assert source_of(id_) == f"{source_of_stem(stem)}-" == "own-"
    assert {stem_of(id_) for id_ in (stem, of_several(stem, "a1b2c3", 2), beside_known(stem, 1))} == {stem}
    for own in ("own-17", f"{stem}0", f"{stem}-a", f"a{stem.upper()}", made.client("Ana"), ""):
        assert source_of(own) == ""
