"""`billfold codes`, and what is told of codes while charges are entered (issue 14, superbills)."""

from collections.abc import Iterator

import pytest

from tests.unit.cli.world import World

CHARGE = ("post", "charge", "--practice", "oak", "--client", "C1", "--clinician", "dr-a", "--service", "Talk",
          "--fee", "100.00")  # fmt: skip
FACTS = ("post", "facts", "--practice", "oak", "--client", "C1", "--charge", "A1")


def _lines(count: int, *more: str) -> Iterator[str]:
    letters = "ABCDEFGHIJKLM"
    for number in range(count):
        code = f"{letters[number // 10_000]}{number // 1000 % 10}{number // 100 % 10}{number % 100:02d}"
        yield f"{number + 1:05d} {code:7} 1 {'Ache ' + code:60} Ache of {code}"
    yield from more


def _order_file(*more: str, count: int = 60_000) -> str:
    return "".join(f"{line}\r\n" for line in _lines(count, *more))


def _line(code: str, billable: int, words: str) -> str:
    return f"99999 {code:7} {billable} {words[:60]:60} {words}"


def test_what_ships_is_shown(world: World) -> None:
    shown = world.run("codes", "show")
    assert shown.out.splitlines()[0] == "valid from 2021-01-01: 72,621 billable codes"
    assert (
        "F32.A Depression, unspecified\nIt may be billed for a service of 2026-11-20."
        in world.run("codes", "show", "f32.a").out
    )
    (event,) = world.run("codes", "show", "F43.8", "--date", "2026-11-20", "--json").events
    assert (event["billable"], event["fault"]) == (False, "diagnosis_category")
    assert event["below"] == ["F43.81", "F43.89"]
    assert (
        "is not of the release of 2021-01-15"
        in world.run("codes", "show", "F32A", "--date", "2021-01-15").out
    )
    assert "is in no release" in world.run("codes", "show", "F32.B").out
    assert world.run("codes", "show", "F32.A", "--date", "2021-02-30").status == 1


def test_a_newer_release_is_loaded_once_and_counts_from_its_day(world: World) -> None:
    """Issue 14: the table "can be loaded newer (`billfold codes load`)"."""
    file = world.file(
        "order.txt", _order_file(_line("Z999Z", 1, "New trouble"), _line("F32", 0, "Depression"))
    )
    load = ("codes", "load", file, "--valid-from", "2026-10-01")
    dry = world.run(*load, "--dry-run")
    assert "would load 60,001 billable codes, valid from 2026-10-01. Nothing was written." in dry.out
    assert not world.app.code_releases.loaded()
    done = world.run(*load)
    assert (done.status, "Loaded 60,001 billable codes" in done.out) == (0, True)
    assert "Beside the release of 2026-04-01: " in done.out
    assert "Nothing new" in world.run(*load).out
    again = world.app.diagnosis_codes()
    assert again.fault("Z99.9Z", "2026-09-30") == "diagnosis_out_of_date"
    assert again.fault("Z99.9Z", "2026-10-01") is None
    assert again.fault("F32.A", "2026-10-01") == "diagnosis_out_of_date"
    assert again.fault("F32", "2026-10-01") == "diagnosis_category"
    assert again.words("Z999Z") == "New trouble"
    assert again.words("F32.A") == "Depression, unspecified"
    other = world.file("order.txt", _order_file(_line("Z999Y", 1, "Other trouble")))
    assert "in place of what was loaded for that day" in world.run(*load[:2], other, *load[3:]).out


@pytest.mark.parametrize(
    ("content", "day", "said"),
    [
        (_order_file(count=59_999), "2026-10-01", "59999 billable codes"),
        ("", "2026-10-01", "0 billable codes"),
        ("code,words\r\n", "2026-10-01", "Line 1 is not"),
        (_order_file("60001 f3299   1 x"), "2026-10-01", "Line 60001 is not"),
        (_order_file(_line("A0000", 1, "Again")), "2026-10-01", "Line 60001 has a code"),
        (_order_file(), "2015-09-30", "not before 2015-10-01"),
        (_order_file(), "2027-11-22", "not more than a year ahead"),
        (_order_file(), "tomorrow", "like 2026-10-01"),
        (_order_file(), "20261001", "like 2026-10-01"),
        (_order_file(), "2026-04-01", "ships with Billfold"),
    ],
)  # fmt: skip
def test_what_is_no_release_is_refused(world: World, content: str, day: str, said: str) -> None:
    refused = world.run("codes", "load", world.file("order.txt", content), "--valid-from", day)
    assert refused.status == 1
    assert said in refused.err
    assert not world.app.code_releases.loaded()


def test_a_file_that_is_not_there_is_named(world: World) -> None:
    assert world.run("codes", "load", "/no/such", "--valid-from", "2026-10-01").status == 1


def test_an_import_tells_what_insurers_may_not_take_and_posts_it(world: World) -> None:
    world.with_books()
    rows = (
        "charge_id,client_id,date,service,clinician_id,fee,cpt,diagnoses,place_of_service,status\n"
        "D1,C1,2026-10-01,Talk,dr-a,150,90837-95,F43.8,11,\n"
        "D2,C1,2026-10-02,Talk,dr-a,150,90837-ZZ,F41.1,11,\n"
        "D3,C1,2026-10-03,Talk,dr-a,150,90837-95,F43.8,11,\n"
        "D4,C1,2026-10-03,Talk,dr-a,150,90837-95,F43.8,11,no_show\n"
    )
    imported = world.run("import", "--practice", "oak", world.file("charges.csv", rows))
    assert imported.status == 0
    told = [line for line in imported.out.splitlines() if "Check this" in line]
    assert [line.split(":")[0] for line in told] == [
        "charges.csv, row 2, diagnoses", "charges.csv, row 2, place_of_service", "charges.csv, row 3, cpt",
    ]  # fmt: skip
    assert told[0].endswith("[diagnosis_category] (1 more row like it)")
    again = world.run("import", "--practice", "oak", world.file("charges.csv", rows), "--language", "es")
    assert (again.status, "Revise" in again.out) == (0, False)


def test_posting_and_correcting_tell_it_too(world: World) -> None:
    world.with_books()
    posted = world.run(*CHARGE, "--cpt", "90837", "--place-of-service", "10", "--diagnoses", "F41.1")
    assert posted.status == 0
    assert "--cpt: Check this: The place “10” is telehealth" in posted.out
    corrected = world.run(*FACTS, "--diagnoses", "F50", "--json")
    assert [event["code"] for event in corrected.events if event["event"] == "warning"] == [
        "diagnosis_category"
    ]
    right = world.run(*FACTS, "--diagnoses", "F41.1")
    assert (right.status, "Check this" in right.out) == (0, False)
    refused = world.run(*CHARGE, "--cpt", "ABCDE")
    assert refused.status == 1
