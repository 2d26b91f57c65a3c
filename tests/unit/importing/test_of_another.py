"""Issue 17, every week again: rows that the books have for another client are asked about, not charged twice.

The old system renamed that client, joined two, or moved what had been written down for the wrong one."""

from collections.abc import Iterator
from dataclasses import replace

import pytest

from chalicelib.importing.domain.mapping.names import said_names
from chalicelib.importing.services.mapping import Said
from chalicelib.kernel.account_refs import AccountRef
from chalicelib.ledger.domain.entries import Entry
from tests.unit.importing.exports import codes, loaded, mapped, prepared
from tests.unit.importing.test_every_week import sessions
from tests.unit.importing.test_mapping import CHARGES, DR_A
from tests.unit.importing.world import World

ADDED = replace(DR_A, add_clients=True)
KIM = ["Kim Ng,2026-10-05,90834,150.00", "Kim Ng,2026-10-12,90834,150.00"]
ROBIN = ["Robin Vale,2026-10-06,90834,150.00"]
NEXT = ["Robin Vale,2026-11-13,90834,150.00"]
BOTH = [*KIM, *ROBIN]
HEADER = "Date,Type,Amount,Client\n"


def with_rows(*rows: str) -> World:
    world = World()
    loaded(world, sessions(*rows), CHARGES, ADDED)
    return world


def of(name: str, rows: list[str]) -> list[str]:
    """The same rows under another name."""
    return [",".join([name, *row.split(",")[1:]]) for row in rows]


def asked(world: World, *rows: str, said: Said = ADDED) -> list[tuple[int, str, object]]:
    found = prepared(world, sessions(*rows), CHARGES, said).problems
    return [(p.row, p.code, p.details.get("found")) for p in found]


def id_of(world: World, name: str) -> str:
    return next(c.external_id for c in world.people.client_rows.values() if c.name == name)


def test_a_client_whom_the_old_system_renamed_is_asked_about_and_charged_once() -> None:
    world = with_rows(*BOTH)
    later = [*of("Kim Ng-Park", KIM), *ROBIN, *NEXT]
    assert asked(world, *later) == [(2, "rows_of_another", 2)]
    said = replace(ADDED, names=said_names([("Kim Ng-Park", "", id_of(world, "Kim Ng"))]))
    loaded(world, sessions(*later), CHARGES, said)
    assert [account.ledger.balance_minor for account in world.accounts.values()] == [30000, 30000]


def test_the_new_name_in_the_practices_own_list_answers_it_too() -> None:
    world = with_rows(*BOTH)
    world.load({"clients.csv": f"client_id,name\n{id_of(world, 'Kim Ng')},Kim Ng-Park\n"})
    assert asked(world, *of("Kim Ng-Park", KIM), *ROBIN, *NEXT) == []


def test_confirmed_they_are_two_people_and_it_is_asked_no_more() -> None:
    world = with_rows(*BOTH)
    later = [*of("Kim Ng-Park", KIM), *ROBIN]
    told = mapped(world, sessions(*later), CHARGES, replace(ADDED, repeats_confirmed=True)).told
    assert [t.details["found"] for t in told if t.code == "rows_as_of_another"] == [2]
    loaded(world, sessions(*later), CHARGES, replace(ADDED, repeats_confirmed=True))
    assert sum(account.ledger.balance_minor for account in world.accounts.values()) == 75000
    assert asked(world, *later) == []


def test_the_only_client_renamed_is_asked_about() -> None:
    world = with_rows(*KIM)
    assert asked(world, *of("Kim Ng-Park", KIM)) == [(2, "rows_of_another", 2)]


def test_two_clients_whom_the_old_system_joined_are_asked_about_and_charged_once() -> None:
    ann = of("Ann Smith", KIM)
    anna = ["Anna Smythe,2026-10-14,90834,150.00"]
    world = with_rows(*ann, *ROBIN, *anna)
    later = [*of("Anna Smythe", ann), *ROBIN, *anna, *NEXT]
    assert asked(world, *later) == [(2, "rows_of_another", 2)]
    for nth in (0, 1):
        world.take_back(id_of(world, "Ann Smith"), kind="charge", nth=nth)
    loaded(world, sessions(*later), CHARGES, ADDED)
    balances = {name: world.balance(id_of(world, name)) for name in ("Ann Smith", "Anna Smythe")}
    assert balances == {"Ann Smith": 0, "Anna Smythe": 45000}


def test_a_row_that_moved_between_two_clients_of_the_file_is_asked_about() -> None:
    world = with_rows(*BOTH)
    later = [KIM[0], *of("Robin Vale", KIM[1:]), *ROBIN]
    assert asked(world, *later) == [(3, "rows_of_another", 1)]


@pytest.mark.parametrize(
    "moved", ["Robin Vale,2026-10-13,90834,150.00", "Robin Vale,2026-10-12,90837,150.00",
              "Robin Vale,2026-10-12,90834,140.00"],
)  # fmt: skip
def test_a_row_that_says_otherwise_is_no_other_clients(moved: str) -> None:
    world = with_rows(*BOTH)
    assert asked(world, KIM[0], moved, *ROBIN) == []


DAYS = [f"2026-{day}" for day in ("09-01", "09-08", "09-15", "09-22", "09-29", "10-06", "10-13", "10-20")]
EIGHT = [f"Kim Ng,{day},90834,150.00" for day in DAYS]


@pytest.mark.parametrize(
    "after",
    [
        {"Ines Marsh": EIGHT[::2], "Tomas Okoro": EIGHT[1::2]},
        {"Ines Marsh": EIGHT[:3], "Tomas Okoro": EIGHT[3:6]},  # and two rows that were deleted
        {"Ines Marsh": EIGHT[:3], "Tomas Okoro": EIGHT[3:6], "Bo Lind": EIGHT[6:]},
        {"Ines Marsh": EIGHT[::2]},
        {"Ines Marsh": EIGHT[:2]},
        {"Robin Vale": EIGHT[:4], "Bo Lind": EIGHT[4:]},  # who both are in the books
        {"Ines Marsh": EIGHT[:5], "Tomas Okoro": EIGHT[5:]},
    ],
)
def test_a_client_who_became_two_is_asked_about_and_charged_once(after: dict[str, list[str]]) -> None:
    both = [*ROBIN, "Bo Lind,2026-09-30,90834,150.00"]
    world = with_rows(*EIGHT, *both)
    later = [*both, *(row for name, rows in after.items() for row in of(name, rows)), *NEXT]
    assert {(code, found) for _, code, found in asked(world, *later)} == {
        ("rows_of_another", len(rows)) for rows in after.values()
    }
    for nth in range(len(EIGHT)):
        world.take_back(id_of(world, "Kim Ng"), kind="charge", nth=nth)
    loaded(world, sessions(*later), CHARGES, ADDED)
    rows = sum(map(len, after.values()))
    owed = {name: world.balance(id_of(world, name)) for name in ("Kim Ng", *after)}
    had = {"Robin Vale": 30000, "Bo Lind": 15000}
    assert owed["Kim Ng"] == 0
    assert sum(owed.values()) == 15000 * rows + sum(had.get(name, 0) for name in after)


def test_two_lists_every_week_of_clients_who_pay_alike_on_the_same_day_ask_nothing() -> None:
    """A report of each office: the other's clients are in none of its own, and rows come in late."""
    weeks = [
        f"2026-{day}" for day in ("09-07", "09-14", "09-21", "09-28", "10-05", "10-12", "10-19", "10-26")
    ]
    one, two = (("Kim Ng", "Ann Smith"), ("Zoe Amari", "Bo Lind"))
    world = World()
    for week in range(2, len(weeks)):
        world.now = f"{weeks[week]}T23:30:00+00:00"
        for office, clients in enumerate((one, two)):
            new = ["New Client"] if office and week > 4 else []  # who comes on their day, for their fee
            late = 1 if week % 2 and office else 0  # one of them was written down a week later
            rows = [f"{name},{day},90834,150.00" for name in clients for day in weeks[: week + 1 - late]]
            rows += [f"{name},{day},90834,150.00" for name in new for day in weeks[5 : week + 1]]
            loaded(world, sessions(*rows), CHARGES, ADDED)
    assert world.balance(id_of(world, "Kim Ng")) == 8 * 15000


def test_payments_of_a_client_renamed_are_asked_about() -> None:
    world, said = World(), Said(add_clients=True)
    first = "10/05/2026,Check,$50.00,{0}\n10/12/2026,Check,$50.00,{0}\n10/13/2026,Check,$20.00,Robin Vale\n"
    loaded(world, {"p.csv": HEADER + first.format("Kim Ng")}, "simplepractice", said)
    later = {"p.csv": HEADER + first.format("Kim Ng-Park")}
    assert codes(world, later, "simplepractice", said) == ["rows_of_another"]


def test_lists_of_other_clients_ask_nothing() -> None:
    """A history in three lists, by the clients' names; and who has most rows otherwise is somebody else."""
    world = with_rows(*KIM, *of("Bo Lind", KIM))
    loaded(world, sessions(*of("Robin Vale", KIM)), CHARGES, ADDED)
    loaded(world, sessions(*of("Zoe Amari", KIM)), CHARGES, ADDED)
    world = with_rows(*BOTH, "Kim Ng,2026-10-19,90834,150.00")
    assert asked(world, *ROBIN, "Zoe Amari,2026-10-05,90834,150.00", *NEXT) == []


ALL = ("Kim Ng", KIM), ("Bo Lind", [*KIM, *NEXT]), ("Robin Vale", ROBIN), ("Zoe Amari", KIM)
RENAMED = [row for name, rows in ALL for row in of(f"{name} ({name[0]}.)", rows)]


def test_where_all_clients_of_a_report_were_renamed_one_question_is_asked() -> None:
    """No row is known then, by which the list would be known for the same."""
    world = with_rows(*(row for name, rows in ALL for row in of(name, rows)))
    assert asked(world, *RENAMED) == [(2, "rows_of_others", 8)]
    late = "Nora Kent,2026-10-06,90834,160.00", "Nora Kent,2026-11-25,90834,160.00"
    world.now = "2026-11-27T18:00:00+00:00"
    assert asked(world, *late[:1], *RENAMED, *late[1:]) == [(3, "rows_of_others", 8)]
    confirmed = replace(ADDED, repeats_confirmed=True)
    found = mapped(world, sessions(*RENAMED), CHARGES, confirmed)
    told = [(t.row, t.details["clients"]) for t in found.told if t.code == "rows_as_of_others"]
    assert (found.problems, told) == ((), [(2, 4)])
    names = [(f"{name} ({name[0]}.)", "", id_of(world, name)) for name, _ in ALL]
    answered = replace(ADDED, names=said_names(names))
    assert prepared(world, sessions(*RENAMED), CHARGES, answered).empty


def test_another_list_of_clients_of_whom_some_come_alike_asks_nothing() -> None:
    world = with_rows(*(row for name, rows in ALL for row in of(name, rows)))
    assert asked(world, *RENAMED[:5]) == [], "of four, two: as many as may come on the same days"
    more = of("Ada Poe", KIM), of("Max Roe", EIGHT), of("Pia Doe", EIGHT[:4])
    assert asked(world, *RENAMED, *(row for rows in more for row in rows)) == []


def test_who_is_in_the_file_no_more_is_told_by_count() -> None:
    world = with_rows(*BOTH)
    late = "Robin Vale,2026-10-20,90834,150.00", "Robin Vale,2026-10-01,90834,150.00"
    found = mapped(world, sessions(*ROBIN, *late), CHARGES, ADDED)
    told = [each.details for each in found.told if each.code == "rows_of_absent"]
    assert (found.problems, told) == ((), [{"rows": 2, "clients": 1}])


def test_of_rows_newer_than_the_latest_import_nobody_elses_books_are_read(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    world, read = with_rows(*BOTH), list[str]()
    entries = world.ledgers.entries

    def counted(ref: AccountRef, *, first: int = 1, last: int | None = None) -> Iterator[Entry]:
        read.append(ref.account)
        return entries(ref, first=first, last=last)

    monkeypatch.setattr(world.ledgers, "entries", counted)
    world.now = "2026-11-27T18:00:00+00:00"
    mapped(world, sessions(*ROBIN, "Robin Vale,2026-11-25,90834,150.00"), CHARGES, ADDED)
    robin = world.ledgers.found_by["oak", id_of(world, "Robin Vale")]
    assert set(read) == {robin}
    mapped(world, sessions(*ROBIN, "Robin Vale,2026-10-01,90834,150.00"), CHARGES, ADDED)
    kim = world.ledgers.found_by["oak", id_of(world, "Kim Ng")]
    assert read.count(kim) == 1
