"""Issue 11, number 3, and issue 12, number 1: restored under another key, a practice keeps clients, people
and stops; and a file whose key is not at hand is told from one of our own."""

import secrets
from collections.abc import Iterator, Sequence
from dataclasses import replace

import pytest

from chalicelib.kernel.errors import Invalid
from chalicelib.kernel.outside import Busy
from chalicelib.mail.domain.setbacks import MailStop, Setback
from chalicelib.practice.services.address_hashes import address_hash, person_at
from tests.unit.cli.test_backups import into_an_empty_table, kept, resealed, rows
from tests.unit.cli.test_rotate_key import a_guest, receipts
from tests.unit.cli.world import CHARGES, CLIENTS, Result, World

PAYROLL = (
    "Staff,Client,Payment Number,Payment Method,Insurer,Paid with a Card,Amount,Payment Date,"
    "Date of Service,CPT Code,Rate"
)
LAST_WEEK = 'Dr. A,"Vale, Robin",501,Check,,No,$40.00,10/14/2026,10/13/2026,90834,$150.00'
THIS_WEEK = 'Dr. A,"Vale, Robin",502,Check,,No,$60.00,10/21/2026,10/20/2026,90834,$150.00'
ANA, AT = "ana@example.test", "2026-11-01T15:00:00.000Z"
EXPORT = ("export", "--practice", "oak", "--format", "jsonl")


def lookup_key(world: World) -> str:
    key = world.app.parameters.read("lookup-key")
    assert key is not None
    return key


def elsewhere(world: World) -> None:
    """As another deployment: an empty table, and a lookups' key of its own."""
    into_an_empty_table()
    world.app.parameters.write("lookup-key", secrets.token_hex(32))


def import_again(world: World) -> Result:
    files = [world.file("clients.csv", CLIENTS), world.file("charges.csv", CHARGES)]
    return world.run("import", "--practice", "oak", *files)


def import_mapped(world: World, *lines: str, options: Sequence[str] = ()) -> Result:
    file = world.file("payroll.csv", "".join(f"{line}\n" for line in (PAYROLL, *lines)))
    arguments = ("--practice", "oak", "--from", "theranest", "--dates", "mdy", "--add-clients", *options)
    return world.run("import", *arguments, file)


def counted(kind: str) -> int:
    return [row["kind"]["S"] for row in rows()].count(kind)


@pytest.fixture
def exported(world: World) -> str:
    world.with_books()
    hashed = address_hash(world.app.keys, "oak", ANA)
    world.app.people.stop_mail("oak", hashed, MailStop(Setback.BOUNCE, AT), sent_at=AT)
    result = world.run(*EXPORT)
    assert result.status == 0
    return result.out


def test_issue_11_3_nothing_is_doubled_or_lost_under_another_key(world: World, exported: str) -> None:
    ana = person_at(world.app.people, world.app.keys, "oak", ANA)
    assert ana is not None
    accounts, key = world.app.people.accounts_of("oak", ["C1", "C2"]), lookup_key(world)
    elsewhere(world)
    assert world.run("restore", world.file("oak.jsonl", exported), "--key", stdin=f"{key}\n").status == 0
    assert world.app.backing_up.refiling.refile("oak") == 0, "nothing is left to file"
    hashed = address_hash(world.app.keys, "oak", ANA)
    moved = person_at(world.app.people, world.app.keys, "oak", ANA)
    assert moved is not None
    assert (moved.id, moved.grants, moved.filed_under) == (ana.id, ana.grants, (hashed,))
    assert world.app.people.people_at("oak", ana.filed_under) == {}
    assert [stop.setback for stop in world.app.people.mail_stops("oak", hashed)] == [Setback.BOUNCE]
    assert world.app.people.mail_stops("oak", ana.address_hash) == []

    assert import_again(world).status == 0
    assert world.app.people.accounts_of("oak", ["C1", "C2"]) == accounts
    assert (counted("account"), counted("client"), counted("person")) == (2, 2, 1)


def test_issue_16_under_another_key_a_guests_receipts_are_found_by_their_address(world: World) -> None:
    world.with_books()
    kept = a_guest(world, "g1")
    key, exported = lookup_key(world), world.run(*EXPORT).out
    elsewhere(world)
    assert world.run("restore", world.file("oak.jsonl", exported), "--key", stdin=f"{key}\n").status == 0
    assert receipts(world) == [kept]


def test_issue_12_1_under_another_key_people_sign_in_and_clients_are_found_and_not_doubled(
    world: World, exported: str
) -> None:
    key, before = lookup_key(world), world.run("entries", "--practice", "oak", "--client", "C1")
    elsewhere(world)
    assert world.run("restore", world.file("oak.jsonl", exported), "--key", stdin=key).status == 0
    assert world.run("log-in", "--practice", "oak", "--email", ANA).status == 0
    assert world.run("entries", "--practice", "oak", "--client", "C1") == before
    again = import_again(world)
    assert (again.status, "Nothing new" in again.out) == (0, True)
    assert world.run("verify", "--practice", "oak").status == 0


def test_issue_17_under_another_key_last_weeks_rows_of_an_export_are_known(world: World) -> None:
    """Their ids are made under a secret of the practice's, which its backup brings along."""
    world.with_practice()
    assert import_mapped(world, LAST_WEEK).status == 0
    key, exported = lookup_key(world), world.run(*EXPORT).out
    elsewhere(world)
    assert world.run("restore", world.file("oak.jsonl", exported), "--key", stdin=key).status == 0
    again = import_mapped(world, LAST_WEEK)
    assert (again.status, "Nothing new" in again.out) == (0, True)
    later = import_mapped(world, LAST_WEEK, THIS_WEEK, options=["--json"])
    assert (later.status, later.events[-1]["posted"], later.events[-1]["known"]) == (0, 2, 2)
    assert (counted("client"), world.run("verify", "--practice", "oak").status) == (1, 0)


def test_issue_17_a_dry_run_before_the_first_import_names_the_import_that_it_will_be(world: World) -> None:
    world.with_practice()
    before = rows()
    dry = import_mapped(world, LAST_WEEK, options=["--json", "--dry-run"]).events[-1]
    assert (rows(), dry["event"]) == (before, "dry_run")
    assert import_mapped(world, LAST_WEEK, options=["--json"]).events[-1]["import"] == dry["import"]


def test_issue_12_1_restore_says_how_the_money_since_comes_back_and_says_it_once(
    world: World, exported: str
) -> None:
    elsewhere(world)
    restore = ("restore", world.file("oak.jsonl", exported), "--unproven")
    first, again = world.run(*restore), world.run(*restore)
    for line in ("practice connect-stripe --practice oak ", "reconcile --practice oak --since DAY"):
        assert (line in first.out, line in again.out) == (True, False)


def test_under_the_same_key_every_row_comes_back_as_it_was(world: World, exported: str) -> None:
    before = kept()
    into_an_empty_table()
    assert world.run("restore", world.file("oak.jsonl", exported)).status == 0
    assert kept() == before


def test_issue_12_1_a_file_under_a_key_that_is_not_at_hand_is_refused_and_how_to_bring_it_is_said(
    world: World, exported: str
) -> None:
    elsewhere(world)
    file = world.file("oak.jsonl", exported)
    for arguments in ((file,), (file, "--dry-run")):
        result = world.run("restore", *arguments)
        assert (result.status, rows()) == (1, [])
        assert all(said in result.err for said in ("only that key tells", "--key", "--unproven"))


def test_issue_12_1_another_key_than_the_files_is_refused(world: World, exported: str) -> None:
    elsewhere(world)
    file = world.file("oak.jsonl", exported)
    for given, code in (
        ("ab" * 32, "backup_key_differs"),
        ("a secret", "key_malformed"),
        ("", "key_malformed"),
    ):
        result = world.run("restore", file, "--key", "--json", stdin=given)
        assert (result.status, result.events[-1]["code"], rows()) == (1, code, [])


def test_issue_12_1_a_lost_keys_file_is_restored_as_not_proven(world: World, exported: str) -> None:
    elsewhere(world)
    result = world.run("restore", world.file("oak.jsonl", exported), "--unproven")
    assert (result.status, "NOT PROVEN" in result.out) == (0, True)
    assert world.run("log-in", "--practice", "oak", "--email", ANA).status == 0


class Forgers:
    """What somebody without the key makes of a file whose rows they altered: all hashes are right again."""

    def __init__(self, world: World, exported: str) -> None:
        self.keys = world.app.key_ring.lookups_under("cd" * 32)
        self.lines = exported.replace("Ana", "Eve").splitlines()
        self.seal = exported.splitlines()[-1].partition('"seal": "')[2].partition('"')[0]

    def with_the_old_seal(self) -> str:
        *lines, last = resealed(self.lines, self.keys).splitlines()
        made = last.partition('"seal": "')[2].partition('"')[0]
        return "\n".join([*lines, last.replace(made, self.seal)])

    def with_a_seal_of_their_own(self) -> str:
        return resealed(self.lines, self.keys)

    def without_a_seal(self) -> str:
        *lines, last = resealed(self.lines, self.keys).splitlines()
        return "\n".join([*lines, last.partition(', "seal"')[0] + "}"])

    def under_a_key_of_their_own(self) -> str:
        name = self.keys.lookup_hash("backup key", "")[:16]
        ours = self.lines[0].partition('"key": "')[2].partition('"')[0]
        return resealed([self.lines[0].replace(ours, name), *self.lines[1:]], self.keys)


def test_issue_12_1_a_forged_file_whose_rows_were_hashed_again_is_refused(
    world: World, exported: str
) -> None:
    forgers = Forgers(world, exported)
    into_an_empty_table()
    made = [forgers.with_the_old_seal(), forgers.with_a_seal_of_their_own(), forgers.without_a_seal()]
    for content in made:
        for more in ((), ("--unproven",)):
            result = world.run("restore", world.file("oak.jsonl", content), "--json", *more)
            assert (result.status, result.events[-1]["code"], rows()) == (1, "backup_damaged", [])
    result = world.run("restore", world.file("oak.jsonl", forgers.under_a_key_of_their_own()), "--json")
    assert (result.status, result.events[-1]["code"], rows()) == (1, "backup_key_unknown", [])


def test_issue_12_1_a_file_is_held_to_the_key_it_was_written_under_after_that_was_changed(
    world: World, exported: str
) -> None:
    key, forged = lookup_key(world), Forgers(world, exported).with_the_old_seal()
    elsewhere(world)
    file = world.file("oak.jsonl", forged)
    result = world.run("restore", file, "--key", "--json", stdin=key)
    assert (result.status, result.events[-1]["code"], rows()) == (1, "backup_damaged", [])


def test_an_export_during_which_the_key_was_changed_has_no_end(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    world.with_books()
    store = world.app.backing_up.backups
    reading = store.rows

    def changed_meanwhile(*asked: object) -> object:
        yield from reading(*asked)  # type: ignore[arg-type]
        world.app.parameters.write("lookup-key", secrets.token_hex(32))

    monkeypatch.setattr(store, "rows", changed_meanwhile)
    result = world.run(*EXPORT)
    assert (result.status, "sha256" in result.out) == (3, False)


def test_issue_12_1_a_retry_after_the_last_write_says_that_all_is_in_and_writes_nothing(
    world: World, exported: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    into_an_empty_table()
    file, store = world.file("oak.jsonl", exported), world.app.backing_up.backups
    ending = store.end

    def unheard(*asked: object) -> None:
        ending(*asked)  # type: ignore[arg-type]
        raise Busy("the answer was lost")

    monkeypatch.setattr(store, "end", unheard)
    assert world.run("restore", file).status == 3
    monkeypatch.setattr(store, "end", ending)
    practice = world.app.practices.practice("oak")
    assert practice is not None
    world.app.practices.save_practice(replace(practice, phone="+1 555 0199"), before=practice)
    before = rows()
    result = world.run("restore", file)
    assert (result.status, "all in since 2026-11-20" in result.out, rows()) == (0, True, before)
    dry = world.run("restore", file, "--dry-run")
    assert (dry.status, "in since 2026-11-20" in dry.out) == (0, True)


def test_a_dry_run_refuses_what_a_restore_would(world: World, exported: str) -> None:
    result = world.run("restore", world.file("oak.jsonl", exported), "--dry-run", "--json")
    assert (result.status, result.events[-1]["code"]) == (1, "practice_exists")


@pytest.mark.parametrize("name", ["oak#A", "oak#MOV", "", "Oak"])
def test_no_file_is_of_a_practice_that_is_called_like_the_beginning_of_anothers_keys(
    world: World, exported: str, name: str
) -> None:
    """Under "oak#A" the rows of oak's accounts would be the file's own, and written over them.

    Whoever brings a practice along from another deployment brings the key, too: of such a file the seal
    proves no more than who made it.
    """
    before, (head, *lines) = kept(), exported.splitlines()
    theirs = [line for line in lines if f'"pk":{{"S":"P#{name}#' in line]
    altered = [line.replace('"balance":{"N":"15000"}', '"balance":{"N":"0"}') for line in theirs]
    assert (altered != theirs) == (name == "oak#A")
    lines = [head.replace('"oak"', f'"{name}"'), *altered, lines[-1]]
    for more in ((), ("--unproven",)):
        file = world.file("elsewhere.jsonl", resealed(lines, world.app.keys))
        result = world.run("restore", file, "--json", *more)
        assert (result.status, result.events[-1]["code"]) == (1, "backup_damaged")
    assert kept() == before


@pytest.mark.parametrize("code", ["backup_row_foreign", "backup_damaged"])
def test_a_file_that_is_changed_after_it_was_checked_is_not_restored(
    world: World, exported: str, code: str
) -> None:
    """Another export to the same place, or somebody who waited for the seal to be believed."""
    into_an_empty_table()
    named = "P#elm#A#" if code == "backup_row_foreign" else "P#oak#A#0"
    read = [exported, exported.replace("P#oak#A#", named)]

    def lines() -> Iterator[str]:
        return iter((read.pop(0) if len(read) > 1 else read[0]).splitlines())

    with pytest.raises(Invalid, match=code):
        world.app.backing_up.restore(lines)
    assert [row for row in rows() if row["pk"]["S"].startswith("P#elm")] == []
    assert world.app.practices.practice("oak") is None
    assert world.app.backing_up.unfinished("oak")
