"""`billfold export --format jsonl` and `billfold restore`: a practice goes into an empty table, whole."""

import hashlib
import importlib
import json
import pkgutil
import re
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import boto3
import pytest

import chalicelib
from chalicelib.backups.ports import Occupied
from chalicelib.backups.services.backing_up import FORMAT
from chalicelib.backups.store import backups
from chalicelib.documents.store.numbered import CounterRow, NumberRow
from chalicelib.identity.ports import SessionRow
from chalicelib.kernel.account_refs import AccountRef
from chalicelib.kernel.outside import Busy
from chalicelib.kernel.periods import Period
from chalicelib.ledger.domain.accounts import with_payment
from chalicelib.ledger.domain.allocation import Allocation, Share
from chalicelib.ledger.domain.history import Sequel
from chalicelib.ledger.domain.payments import Payment, State
from chalicelib.ledger.ports.ledgers import Change
from chalicelib.ledger.services.posting import ChargeFacts, own_id
from chalicelib.operations.ports.work import InboxRow
from chalicelib.payments.ports.processors import Facts, Stage
from chalicelib.platform.dynamo.codec import Body, VersionedBody
from chalicelib.platform.dynamo.table import Item, bind, connection
from chalicelib.platform.ports import Keys
from chalicelib.practice.domain.practices import Client
from infra.table import create_table
from sandbox.config import REGION
from tests.support.clock import FakeClock
from tests.support.practice import PRACTICE
from tests.unit.cli.world import World

EXPORT = ("export", "--practice", "oak", "--format", "jsonl")
CLIENTS, ON = ("C1", "C2"), "2026-10-02"
Row = dict[str, dict[str, str]]


def rows() -> list[Row]:
    """All of the table that is bound."""
    client = boto3.session.Session().client("dynamodb", region_name=REGION)
    found: list[Row] = client.scan(TableName=Item.Meta.table_name)["Items"]
    return sorted(found, key=lambda row: (row["pk"]["S"], row["sk"]["S"]))


def kept() -> list[Row]:
    """What would be exported."""
    return [row for row in rows() if row["kind"]["S"] not in backups.LEFT_OUT]


def into_an_empty_table() -> None:
    create_table(boto3.session.Session().client("dynamodb", region_name=REGION), "another")
    bind("another", region=REGION)
    assert rows() == []


def balances_of(world: World) -> list[int]:
    accounts = [world.app.ledgers.account(AccountRef("oak", client)) for client in CLIENTS]
    return [account.ledger.balance_minor for account in accounts if account]


@pytest.fixture
def exported(world: World) -> str:
    """The file of a practice with two clients, a payment and its receipt, an event that waits, and somebody
    signed in."""
    app, posting = world.app, world.app.posting("cli")
    app.practices.save_practice(replace(PRACTICE, id="oak"))
    for client in CLIENTS:
        app.people.save_client("oak", Client(client, client, "Ana", "", "en"))
        posting.open_account(AccountRef("oak", client), "USD", external_id=client)
        posting.charge(AccountRef("oak", client), ChargeFacts(f"{client}-1", ON, "Talk", "ada", 9000, 0))
    posting.external_payment(AccountRef("oak", "C1"), "p1", 4000, method="cash", on=ON)
    with_its_receipt(world, "C1")
    event = InboxRow("stripe", "evt_1", "kind", "payment", "pi_1", "2026-11-20T18:00:00.000Z")
    world.app.work.inbox_put("oak", event)
    world.app.access.save_session("oak", SessionRow("secret-hash", "person", 0, 0, 1))
    result = world.run(*EXPORT)
    assert result.status == 0
    return result.out


def with_its_receipt(world: World, client: str) -> None:
    """As a former version left the latest payment once its receipt was filed: with a row beside its entry."""
    ledgers = world.app.ledgers
    ref = AccountRef("oak", client)
    account, paid = ledgers.account(ref), ledgers.payments(ref, cursor=None, limit=1).rows[0]
    assert account is not None
    filed = replace(paid, flow="redirect", version=paid.version + 1)
    world.app.files.put("oak", filed.receipt_key, b"%PDF", content_type="application/pdf")
    shown = Sequel(paid.entry_seq, paid.date, receipt=True)
    ledgers.commit("oak", Change(account, account, payment=filed, sequels=(shown,)))


def test_every_row_and_balance_is_the_same_in_the_empty_table(world: World, exported: str) -> None:
    balances, before = balances_of(world), rows()
    into_an_empty_table()
    result = world.run("restore", world.file("oak.jsonl", exported))
    assert (result.status, result.out.splitlines()[0].endswith("2 accounts, 3 entries: OK")) == (0, True)
    assert kept() == [row for row in before if row["kind"]["S"] not in backups.LEFT_OUT]
    assert balances_of(world) == balances == [5000, 9000]
    assert world.run("verify", "--practice", "oak").status == 0
    assert [due.id for due in world.app.work.due("inbox", before="2027", limit=9)] == ["stripe#evt_1"]


def test_what_gets_somebody_in_is_not_in_the_file(exported: str) -> None:
    assert "secret-hash" not in exported
    assert not {json.loads(line)["kind"]["S"] for line in exported.splitlines()[1:-1]} & backups.LEFT_OUT


def test_every_kind_of_row_is_either_exported_or_left_out_on_purpose() -> None:
    assert {kind_of(cls) for cls in row_classes()} == backups.KEPT | backups.LEFT_OUT
    assert not backups.KEPT & backups.LEFT_OUT


def test_every_attribute_that_is_exported_is_of_a_type_that_can_be_restored() -> None:
    kept = [cls for cls in row_classes() if kind_of(cls) in backups.KEPT]
    types = {attribute.attr_type for cls in kept for attribute in cls.get_attributes().values()}
    assert types == backups._TYPES


def row_classes() -> set[type[Item]]:
    """Of every store, whether or not this process has needed it so far."""
    for module in pkgutil.walk_packages(chalicelib.__path__, "chalicelib."):
        if ".store." in module.name:
            importlib.import_module(module.name)
    bases = (Item, Body, VersionedBody, CounterRow, NumberRow)
    return {cls for base in bases for cls in base.__subclasses__()} - {*bases}


def kind_of(cls: type[Item]) -> str:
    return str(cls.kind.get_discriminator(cls))


def test_a_practice_that_is_there_is_not_restored_over(world: World, exported: str) -> None:
    before = rows()
    result = world.run("restore", world.file("oak.jsonl", exported), "--json")
    assert (result.status, result.events[-1]["code"], rows()) == (1, "practice_exists", before)


def without_its_end(lines: list[str]) -> list[str]:
    return lines[:-1]


def without_a_row(lines: list[str]) -> list[str]:
    return [lines[0], *lines[2:]]


def with_another_amount(lines: list[str]) -> list[str]:
    return [line.replace("9000", "9001") for line in lines]


def with_a_row_of_another_practice(lines: list[str]) -> list[str]:
    return [lines[0], *(line.replace("P#oak#A", "P#elm#A") for line in lines[1:])]


def with_a_session(lines: list[str]) -> list[str]:
    return [lines[0], '{"pk":{"S":"P#oak#S#x"},"sk":{"S":"SESSION"},"kind":{"S":"session"}}', *lines[1:]]


def of_another_version(lines: list[str]) -> list[str]:
    return [lines[0].replace(f'"format": {FORMAT}', f'"format": {FORMAT - 1}'), *lines[1:]]


def of_nothing(lines: list[str]) -> list[str]:
    return []


SPOILED = [
    (without_its_end, "backup_damaged"), (without_a_row, "backup_damaged"),
    (with_another_amount, "backup_damaged"), (with_a_row_of_another_practice, "backup_row_foreign"),
    (with_a_session, "backup_row_foreign"), (of_another_version, "backup_version"),
    (of_nothing, "backup_damaged"),
]  # fmt: skip


def test_a_spoiled_file_is_refused_before_anything_is_written(world: World, exported: str) -> None:
    into_an_empty_table()
    for spoil, code in SPOILED:
        file = world.file("oak.jsonl", "\n".join(spoil(exported.splitlines())))
        result = world.run("restore", file, "--json")
        assert (result.status, result.events[-1]["code"]) == (1, code), spoil.__name__
    assert rows() == []


def test_a_file_that_is_no_text_or_not_there_is_refused(world: World, tmp_path: Path) -> None:
    for file, code in (
        (world.file("x.jsonl", b"\xff\xfe"), "backup_damaged"), (str(tmp_path / "none"), "file_unreadable")
    ):  # fmt: skip
        result = world.run("restore", file, "--json")
        assert (result.status, result.events[-1]["code"]) == (1, code)


def test_a_dry_run_reads_the_file_and_writes_nothing(world: World, exported: str) -> None:
    into_an_empty_table()
    result = world.run("restore", "--dry-run", world.file("oak.jsonl", exported))
    assert (result.status, "rows of oak can be restored" in result.out, rows()) == (0, True, [])


def test_a_restore_that_was_broken_off_is_finished_by_the_same_file_only(
    world: World, exported: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    before, asked = rows(), [0]
    put = backups.ask

    def breaking(operation: str, **about: Any) -> Any:
        asked[0] += operation in ("batch_write_item", "put_item", "transact_write_items")
        if asked[0] == stop:
            raise Busy("gone")
        return put(operation, **about)

    into_an_empty_table()
    file = world.file("oak.jsonl", exported)
    monkeypatch.setattr(backups, "ask", breaking)
    monkeypatch.setattr(backups, "BATCH", 4)
    stop = 2
    assert world.run("restore", file).status == 3
    assert world.app.practices.practice("oak") is None
    monkeypatch.setattr(backups, "ask", put)
    other = resealed(exported.splitlines(), world.app.keys)
    result = world.run("restore", world.file("other.jsonl", other), "--json")
    assert (result.status, result.events[-1]["code"]) == (1, "restore_unfinished")
    assert world.run("restore", file).status == 0
    assert kept() == [row for row in before if row["kind"]["S"] not in backups.LEFT_OUT]


def resealed(lines: list[str], keys: Keys) -> str:
    """Another whole file: the rows in another order."""
    head, body = lines[0], lines[1:-1][::-1]
    digest = hashlib.sha256("".join(body).encode()).hexdigest()
    seal = keys.lookup_hash("backup", f"{head}\n{len(body)}\n{digest}")
    return "\n".join([head, *body, json.dumps({"rows": len(body), "sha256": digest, "seal": seal})])


def test_what_a_job_took_up_meanwhile_is_not_put_back(world: World, exported: str) -> None:
    into_an_empty_table()
    waiting = [line for line in exported.splitlines()[1:-1] if "gsi2pk" in line]
    store = backups.DynamoBackups(FakeClock())
    store.begin("oak", "name")
    store.put("oak", waiting)
    world.app.work.inbox_done("oak", "stripe", "evt_1", expires_at=2_000_000_000)
    store.put("oak", waiting)
    assert world.app.work.due("inbox", before="2027", limit=9) == []


def test_issue_13_7_what_waits_is_found_where_there_are_fewer_shards(world: World, exported: str) -> None:
    into_an_empty_table()
    waiting = [line for line in exported.splitlines()[1:-1] if "gsi2pk" in line]
    elsewhere = [re.sub(r'"DUE#(\w+)#(\d+)"', r'"DUE#\1#1\2"', line) for line in waiting]  # shards 10 to 13
    assert elsewhere != waiting
    store = backups.DynamoBackups(FakeClock())
    store.begin("oak", "name")
    store.put("oak", elsewhere)
    assert [due.id for due in world.app.work.due("inbox", before="2027", limit=9)] == ["stripe#evt_1"]


def test_an_export_during_which_somebody_paid_has_no_end(
    world: World, exported: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    pages = backups.DynamoBackups._pages

    def paid_meanwhile(*asked: Any) -> Any:
        yield from pages(*asked)
        world.app.posting("cli").external_payment(AccountRef("oak", "C1"), "p2", 100, method="cash", on=ON)

    monkeypatch.setattr(backups.DynamoBackups, "_pages", paid_meanwhile)
    result = world.run(*EXPORT)
    assert result.status == 3
    assert "sha256" not in result.out


def test_an_export_during_which_a_statement_was_issued_has_no_end(
    world: World, exported: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    app, pages, month = world.app, backups.DynamoBackups._pages, Period.parse("2026-11")
    app.clock = FakeClock("2026-12-06T18:00:00+00:00")

    def issued_meanwhile(*asked: Any) -> Any:
        yield from pages(*asked)
        app.statement_runs.issue("oak", "C1", month)

    monkeypatch.setattr(backups.DynamoBackups, "_pages", issued_meanwhile)
    result = world.run(*EXPORT)
    assert app.statements.carried(AccountRef("oak", "C1")) is not None
    assert (result.status, "sha256" in result.out) == (3, False)


def test_of_two_restores_begun_at_once_one_goes_on(world: World) -> None:
    store = backups.DynamoBackups(FakeClock())
    assert store.occupied("oak") is None
    store.begin("oak", "theirs")  # after we had looked
    with pytest.raises(Busy):
        store.begin("oak", "ours")
    assert store.occupied("oak") == Occupied("theirs")


def test_an_account_that_a_job_changed_meanwhile_is_not_put_back(world: World, exported: str) -> None:
    app, charge_id = world.app, own_id("oak", "charge", "C2-1")
    account = app.ledgers.account(AccountRef("oak", "C2"))
    assert account is not None
    payment = replace(live_payment(9000, charge_id), account_id="C2")
    app.ledgers.commit("oak", Change(account, with_payment(account, payment), payment=payment))
    file, store = world.run(*EXPORT).out.splitlines()[1:-1], backups.DynamoBackups(FakeClock())
    into_an_empty_table()
    store.begin("oak", "name")
    store.put("oak", file)  # and there it was broken off
    app.settling.settle("oak", "stripe", Facts(payment.id, "C2", Stage.FAILED, "cs_1", "pi_1"))
    store.put("oak", file)
    store.end("oak", file)
    assert app.verifying.verify("oak").findings == ()


class Throttled:
    """The table's client, which leaves all but `taken` rows of a batch unwritten, so many times."""

    def __init__(self, client: Any, times: int, taken: int) -> None:
        self._client, self._times, self._taken = client, times, taken
        self.asked: list[int] = []

    def __getattr__(self, name: str) -> Any:
        return getattr(self._client, name)

    def batch_write_item(self, RequestItems: dict[str, list[Any]]) -> dict[str, Any]:
        [(table, rows)] = RequestItems.items()
        self.asked.append(len(rows))
        taken = self._taken if len(self.asked) <= self._times else len(rows)
        if taken:
            self._client.batch_write_item(RequestItems={table: rows[:taken]})
        return {"UnprocessedItems": {table: rows[taken:]} if rows[taken:] else {}}


@pytest.mark.parametrize(("times", "taken"), [(0, 0), (3, 0), (2, 1), (backups.ATTEMPTS - 1, 0)])
def test_what_a_throttled_table_left_unwritten_is_written_after_a_pause_each_time(
    exported: str, monkeypatch: pytest.MonkeyPatch, times: int, taken: int
) -> None:
    clock, throttled = FakeClock(), throttled_table(monkeypatch, times, taken)
    store, file = backups.DynamoBackups(clock), exported.splitlines()[1:-1]
    store.begin("oak", "name")
    store.put("oak", file)
    store.end("oak", file)
    assert len(kept()) == len(file)
    sizes = [throttled.asked[0] - taken * n for n in range(times + 1)]
    assert (throttled.asked, clock.pauses) == (sizes, times)


def test_a_table_that_takes_a_row_at_a_time_is_filled_however_long_that_lasts(
    exported: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(backups, "ATTEMPTS", 2)
    clock, throttled = FakeClock(), throttled_table(monkeypatch, 1000, 1)
    store = backups.DynamoBackups(clock)
    store.begin("oak", "name")
    store.put("oak", exported.splitlines()[1:-1])
    assert clock.pauses == throttled.asked[0] - 1 > 2


def test_a_table_that_takes_nothing_is_given_up_after_so_many_pauses(
    exported: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    clock = FakeClock()
    throttled_table(monkeypatch, backups.ATTEMPTS, 0)
    store = backups.DynamoBackups(clock)
    store.begin("oak", "name")
    with pytest.raises(Busy):
        store.put("oak", exported.splitlines()[1:-1])
    assert clock.pauses == backups.ATTEMPTS - 1


def throttled_table(monkeypatch: pytest.MonkeyPatch, times: int, taken: int) -> Throttled:
    into_an_empty_table()
    throttled = Throttled(connection().client, times, taken)
    monkeypatch.setattr(backups, "connection", lambda: SimpleNamespace(client=throttled))
    return throttled


def live_payment(amount_minor: int, charge_id: str) -> Payment:
    """A bank debit under way."""
    at, shares = "2026-11-20T18:00:00.000Z", (Share(charge_id, amount_minor),)
    return Payment(
        "key-1", "", amount_minor, "USD", Allocation(shares), State.PROCESSING, "stripe", "redirect", "",
        at[:10], at, at, session_id="cs_1", version=1,
    )  # fmt: skip
