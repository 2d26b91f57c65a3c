"""`billfold migrate`: rows of a former version are written anew, and a next format is put in force."""

import importlib
import json
import pkgutil
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any

import boto3
import pytest

import chalicelib
from chalicelib.backups.services import migrating as services
from chalicelib.backups.store import backups, former_rows
from chalicelib.kernel import stored_format
from chalicelib.ledger.store import items, payment_bodies
from chalicelib.operations.store.rounds import DynamoRounds
from chalicelib.platform.dynamo.codec import Codec
from chalicelib.platform.formats import FormatParameters
from chalicelib.platform.keys import Parameters
from tests.support.clock import FakeClock
from tests.unit.cli.test_row_versions import rows, table
from tests.unit.cli.world import CHARGES, CLIENTS, World

PAID = "payment_id,client_id,date,amount,method,notes\n" + "".join(
    f"P{n},C{n % 2 + 1},2026-10-02,{n + 1},cash,Note {n}\n" for n in range(6)
)
WHOLE = "There is nothing to migrate"


class Killed(BaseException):
    """The process is gone."""


def codec(monkeypatch: pytest.MonkeyPatch, **changed: Any) -> None:
    """Payments' rows as another release has them."""
    other: Codec[Any] = replace(items.PAYMENTS, **changed)
    monkeypatch.setattr(items, "PAYMENTS", other)
    kinds = former_rows.KINDS
    monkeypatch.setattr(former_rows, "KINDS", {**kinds, "payment": replace(kinds["payment"], codec=other)})


@pytest.fixture
def books(world: World, monkeypatch: pytest.MonkeyPatch) -> World:
    """With payments of version 1, of two clients."""
    world.with_practice()
    given = {"clients.csv": CLIENTS, "charges.csv": CHARGES, "payments.csv": PAID}
    files = [world.file(name, text) for name, text in given.items()]
    with monkeypatch.context() as long_ago:
        codec(long_ago, version=1, packed=dict)
        assert world.run("import", "--practice", "oak", *files).status == 0
    assert versions() == [1] * 6
    return world


def versions() -> list[int]:
    return [int(row["v"]) for row in rows("payment")]


def entries() -> list[Any]:
    return sorted((row["pk"], row["sk"], row["body"], row["hash"]) for row in rows("entry"))


def payments(world: World) -> list[Any]:
    read = (items.PaymentItem.get(row["pk"], row["sk"]).payment() for row in rows("payment"))
    return sorted(read, key=lambda payment: payment.id)


def later(world: World, **passed: float) -> None:
    world.app.clock = FakeClock((world.app.clock.now() + timedelta(**passed)).isoformat())
    world.app.__dict__.pop("migrating", None)
    world.app.parameters._kept.clear()


def is_sound(world: World) -> bool:
    return world.run("verify", "--practice", "oak").status == 0


def test_former_rows_are_written_anew_once_and_nothing_else_changes(books: World) -> None:
    before, posted = payments(books), entries()
    rehearsed = books.run("migrate", "--dry-run")
    assert (rehearsed.status, versions()) == (0, [1] * 6)
    assert "6 rows to write anew. Nothing was written." in rehearsed.out
    done = books.run("migrate")
    assert (done.status, versions()) == (0, [2] * 6)
    assert done.out.startswith("Format 1 is written here; this release reads 1.\noak: 6 rows written anew.\n")
    assert (payments(books), entries()) == (before, posted)
    again = books.run("migrate")
    assert (again.status, WHOLE in again.out) == (0, True)
    assert is_sound(books)


def test_with_one_format_there_is_none_to_go_over_to(books: World) -> None:
    result = books.run("migrate", "--finish", "--json")
    assert (result.status, result.events[-1]["changed"]) == (0, False)
    assert books.app.parameters.read("format") is None


def test_a_practice_without_former_rows_is_said_to_have_none(world: World) -> None:
    world.with_books()
    assert "oak: 0 rows written anew." in world.run("migrate").out


def writes(monkeypatch: pytest.MonkeyPatch, before: Callable[[int], None]) -> None:
    """`before` hears of each write that a migration is about to make, by its number."""
    count = iter(range(1_000))
    ask, save = backups.ask, DynamoRounds.save

    def asked(operation: str, **given: Any) -> Any:
        if operation == "update_item":
            before(next(count))
        return ask(operation, **given)

    def saved(self: DynamoRounds, *given: Any) -> Any:
        before(next(count))
        return save(self, *given)

    monkeypatch.setattr(former_rows, "ask", asked)
    monkeypatch.setattr(DynamoRounds, "save", saved)


def test_killed_at_every_write_it_goes_on_and_comes_to_the_same(
    books: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(services, "AT_ONCE", 1)
    before, posted, kills = payments(books), entries(), 0

    def killed(number: int) -> None:
        if number == 1:  # each run gets one write further
            raise Killed

    while True:
        with monkeypatch.context() as run:
            writes(run, killed)
            try:
                assert books.run("migrate").status == 0
                break
            except Killed:
                kills += 1
                assert (payments(books), entries()) == (before, posted)
    assert kills >= 6 + 3
    assert (versions(), payments(books), entries()) == ([2] * 6, before, posted)
    assert WHOLE in books.run("migrate").out


@pytest.mark.parametrize("at", range(10))
def test_two_operators_at_once_come_to_the_same(
    books: World, monkeypatch: pytest.MonkeyPatch, at: int
) -> None:
    monkeypatch.setattr(services, "AT_ONCE", 1)
    before, posted = payments(books), entries()
    others = list[int]()

    def other(number: int) -> None:
        if number == at and not others:
            others.append(number)
            others.append(books.app.migrating.migrate().rows)

    with monkeypatch.context() as run:
        writes(run, other)
        assert books.run("migrate").status == 0
    assert others
    assert (versions(), payments(books), entries()) == ([2] * 6, before, posted)


def test_a_row_that_somebody_writes_meanwhile_is_read_again(
    books: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    changed = list[Any]()

    def written_by_a_payer(_number: int) -> None:
        if not changed:
            [row, *_] = rows("payment")
            payment = items.PaymentItem.get(row["pk"], row["sk"]).payment()
            changed.append(replace(payment, notes="Another note"))
            with monkeypatch.context() as elsewhere:
                codec(elsewhere, version=1, packed=dict)
                items.PaymentItem.of("oak", changed[0]).save()

    with monkeypatch.context() as run:
        writes(run, written_by_a_payer)
        assert books.run("migrate").status == 0
    assert (versions(), changed[0] in payments(books)) == ([2] * 6, True)


def test_every_kind_of_row_that_has_a_former_version_is_migrated() -> None:
    stores = [m for m in pkgutil.walk_packages(chalicelib.__path__, "chalicelib.") if ".store" in m.name]
    found = [held for m in stores for held in vars(importlib.import_module(m.name)).values()]
    codecs = {id(held): held for held in found if isinstance(held, Codec) and (held.former or held.since > 1)}
    assert codecs.keys() == {id(kind.codec) for kind in former_rows.KINDS.values()}


# ---- format 2, as a next release would bring it: payments of version 3


@pytest.fixture
def next_release(books: World, monkeypatch: pytest.MonkeyPatch) -> World:
    def unpacked(held: Any, version: int) -> Any:
        return payment_bodies.unpacked(held["of"] if version == 3 else held, min(version, 2))

    def packed(told: Any) -> Any:
        return {"of": payment_bodies.packed(told)}

    monkeypatch.setattr(stored_format, "FORMAT", 2)
    monkeypatch.setattr(stored_format, "_source", books.app.formats.written)
    codec(
        monkeypatch, version=3, former=frozenset({1, 2}), since=2, packed=packed, unpacked=unpacked,
        packed_before=payment_bodies.packed,
    )  # fmt: skip
    return books


def deployed(world: World, *reads: int) -> None:
    world.app.parameters.write("release", json.dumps({"version": "0.2.0", "reads": reads}))


def pay(world: World, number: int) -> None:
    text = f"payment_id,client_id,date,amount,method\nN{number},C1,2026-10-05,3,cash\n"
    assert world.run("import", "--practice", "oak", world.file("payments.csv", text)).status == 0


def test_a_deployment_goes_over_to_the_next_format_and_the_way_back_ends_where_it_is_said(
    next_release: World,
) -> None:
    world, before, posted = next_release, payments(next_release), entries()
    pay(world, 1)
    assert sorted(versions()) == [1] * 6 + [2], "the release before reads all that is written"
    migrated = world.run("migrate")
    assert migrated.out.startswith("Format 1 is written here; this release reads 1 and 2.")
    assert "You can go back to the release before, until you run billfold migrate --finish." in migrated.out
    assert versions() == [2] * 7
    deployed(world, 1, 2)
    assert "Nothing was written" in world.run("migrate", "--finish", "--dry-run").out
    assert world.app.formats.in_force().format == 1
    finished = world.run("migrate", "--finish")
    assert (finished.status, "There is no way back to the release before" in finished.out) == (0, True)
    pay(world, 2)
    assert sorted(versions()) == [2] * 7 + [3]
    assert "in force already" in world.run("migrate", "--finish").out
    early = world.run("migrate")
    assert (early.status, "Try again in 1200 seconds" in early.err) == (1, True)
    later(world, minutes=21)
    assert "oak: 7 rows written anew." in world.run("migrate").out
    assert versions() == [3] * 8
    assert [payment for payment in payments(world) if payment in before] == before
    assert all(entry in entries() for entry in posted)
    assert WHOLE in world.run("migrate").out
    assert is_sound(world)


def doctor(world: World) -> tuple[str, str, str]:
    """State, sentence and way on of what it says of the format that is written."""
    told = [each for each in world.run("doctor", "--json").events if each.get("check") == "formats"]
    return told[0]["state"], told[0]["message"], told[0]["do"]


def test_doctor_says_which_format_is_written_and_where_a_migration_stands(
    next_release: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    world = next_release
    offer = "billfold migrate --finish would put format 2 in force"
    assert doctor(world) == ("fine", f"format 1 is written; {offer}", "")

    def killed(number: int) -> None:
        if number == 2:
            raise Killed

    with monkeypatch.context() as run:
        run.setattr(services, "AT_ONCE", 1)
        writes(run, killed)
        with pytest.raises(Killed):
            world.run("migrate")
    under_way = "format 1 is written; a migration is under way, or broke off, in 1 practice"
    assert doctor(world) == ("fine", f"{under_way}; {offer}", "billfold migrate")
    world.run("migrate")
    assert doctor(world) == ("fine", f"format 1 is written; {offer}", "")
    deployed(world, 1, 2)
    world.run("migrate", "--finish")
    soon = "format 2 is written, since less than 20 minutes ago: run billfold migrate then"
    assert doctor(world) == ("fine", soon, "")
    later(world, minutes=21)
    due = "format 2 is written; rows may still be of format 1"
    assert doctor(world) == ("look", due, "billfold migrate")
    assert not world.app.formats.rows_are_of(2)
    world.run("migrate")
    assert doctor(world) == ("fine", "format 2 is written", "")
    world.app.formats.put_in_force(3, 0)
    unread = "the table is written in format 3, which this version does not read"
    assert doctor(world) == ("look", unread, "use a version that reads it")


def test_the_walk_after_finish_is_noted_for_deployments_and_only_when_it_is_whole(
    next_release: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    world, noted = next_release, next_release.app.parameters.read_now
    world.run("migrate")
    deployed(world, 1, 2)
    world.run("migrate", "--finish")
    world.run("migrate")
    assert noted("rows") is None
    later(world, minutes=21)

    def killed(number: int) -> None:
        if number == 3:
            raise Killed

    with monkeypatch.context() as run:
        writes(run, killed)
        with pytest.raises(Killed):
            world.run("migrate")
    assert noted("rows") is None
    world.run("migrate")
    assert noted("rows") == "2"


@pytest.mark.parametrize("reads", [(1,), ()])
def test_of_finish_and_a_deployment_at_once_one_sees_the_other(
    next_release: World, monkeypatch: pytest.MonkeyPatch, reads: tuple[int, ...]
) -> None:
    """The deployment notes what it reads, and asks for the format, just before it is put in force."""
    world = next_release
    world.run("migrate")
    deployed(world, 1, 2)
    put = FormatParameters.put_in_force

    def meanwhile(self: FormatParameters, format_: int, at: int) -> None:
        boto3.client("ssm").put_parameter(
            Name=f"{world.app.parameters._prefix}/release", Type="SecureString", Overwrite=True,
            Value=json.dumps({"version": "0.1.0", "reads": reads}),
        )  # fmt: skip
        put(self, format_, at)

    with monkeypatch.context() as at_once:
        at_once.setattr(FormatParameters, "put_in_force", meanwhile)
        result = world.run("migrate", "--finish", "--json")
    code = "release_older" if reads else "release_unknown"
    assert (result.status, result.events[-1]["code"]) == (1, code)
    assert world.app.formats.in_force().format == 1
    deployed(world, 1, 2)
    assert world.run("migrate", "--finish").status == 0


def test_the_next_format_waits_for_former_rows_and_for_functions_that_read_it(next_release: World) -> None:
    def refused() -> str:
        result = next_release.run("migrate", "--finish", "--json")
        assert (result.status, next_release.app.formats.in_force().format) == (1, 1)
        return str(result.events[-1]["code"])

    assert refused() == "release_unknown"
    deployed(next_release, 1)
    assert refused() == "release_older"
    deployed(next_release, 1, 2)
    assert refused() == "rows_former"
    next_release.run("migrate")
    assert next_release.run("migrate", "--finish").status == 0


@pytest.mark.parametrize("options", [(), ("--finish",), ("--dry-run",)])
def test_a_table_of_a_newer_format_is_left_alone(next_release: World, options: tuple[str, ...]) -> None:
    next_release.app.formats.put_in_force(3, 0)
    before = table().scan()["Items"]
    result = next_release.run("migrate", *options)
    assert result.status == 1
    assert "This table is written in format 3, and this release reads 1 and 2." in result.err
    text = "payment_id,client_id,date,amount,method\nN1,C1,2026-10-05,3,cash\n"
    posted = next_release.run("import", "--practice", "oak", next_release.file("payments.csv", text))
    assert (posted.status, "written in format 3" in posted.out + posted.err) == (1, True)
    assert table().scan()["Items"] == before


def test_with_one_format_nobody_waits_for_the_parameter(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked = list[str]()
    read = Parameters.read

    def noted(self: Parameters, name: str) -> str | None:
        asked.append(name)
        return read(self, name)

    monkeypatch.setattr(Parameters, "read", noted)
    world.with_books()
    assert "format" not in asked
