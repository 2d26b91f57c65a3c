"""Issue 17: each option of `billfold import` belongs to what it does; one that would do nothing is refused,
before anything is read or written."""

import argparse
from typing import cast

import pytest

from chalicelib.entrypoints.cli.importing.modes import OPTIONS
from tests.unit.cli.world import CHARGES, World, parser_made_once

P = ("--practice", "oak")
OF_A_MAP = ("--as-of=2026-10-31", "--clinician=dr-a", "--names=n.csv", "--add-clients", "--confirm-repeats")
OF_FILES = (
    "--dates=mdy", "--decimals=point", "--header=1", "--sheet=One", "--from=theranest", "--map=m.toml",
    *OF_A_MAP, "--confirm-corrections", "--accept-changes", "--restore-addresses", "--as-read", "--all",
    "--shared-emails", "--compare=old.csv", "--accept-differences", "--take-over",
)  # fmt: skip


def options_of_import() -> set[str]:
    top = parser_made_once()
    commands = next(a for a in top._actions if isinstance(a, argparse._SubParsersAction))
    command = cast("argparse.ArgumentParser", commands.choices["import"])
    return {action.dest for action in command._actions if action.dest != "help"}


def test_every_option_says_with_what_it_goes() -> None:
    assert set(OPTIONS) == options_of_import()


@pytest.mark.parametrize(
    "option",
    [*OF_FILES, "--explain", "--write-map=m.toml", "--yes", "--unseen", "FILE"],
)
def test_undoing_an_import_takes_no_other_option(world: World, option: str) -> None:
    world.with_books()
    [listed] = world.run("imports", *P, "--json").events
    more = world.file("charges.csv", CHARGES) if option == "FILE" else option
    refused = world.run("import", *P, "--undo", listed["id"], more)
    assert (refused.status, world.balance("C1")) == (2, 15000)
    assert f"{option.partition('=')[0]} does nothing with --undo" in refused.err


@pytest.mark.parametrize(
    "option",
    [
        *OF_A_MAP, "--confirm-corrections", "--accept-changes", "--restore-addresses", "--as-read", "--all",
        "--shared-emails", "--compare=old.csv", "--accept-differences", "--take-over", "--dry-run", "--yes",
    ],
)  # fmt: skip
def test_a_look_at_files_takes_no_option_of_an_import(world: World, option: str) -> None:
    world.with_practice()
    refused = world.run("import", *P, "--explain", option, world.file("charges.csv", CHARGES))
    assert refused.status == 2
    assert f"{option.partition('=')[0]} does nothing with --explain" in refused.err


@pytest.mark.parametrize(
    ("option", "wanted"),
    [
        *((option, "--from, --map") for option in OF_A_MAP),
        ("--write-map=m.toml", "--explain"), ("--yes", "--dropped"), ("--unseen", "--dropped"),
        ("--accept-differences", "--compare"),
    ],
)  # fmt: skip
def test_an_option_that_lacks_what_it_needs_is_refused(world: World, option: str, wanted: str) -> None:
    world.with_books()
    charge = world.file("charges.csv", CHARGES + "A9,C1,2026-10-08,Talk,dr-a,10\n")
    refused = world.run("import", *P, option, charge)
    assert (refused.status, world.balance("C1")) == (2, 15000)
    assert refused.err == f"billfold: {option.partition('=')[0]} does nothing without {wanted}\n"


def test_a_program_is_told_which_option_it_is_by_a_code(world: World) -> None:
    world.with_books()
    charges = str(world.folder / "charges.csv")
    [said] = world.run("import", *P, "--json", "--undo", "x", charges).events
    assert (said["event"], said["code"], said["option"]) == ("error", "option_not_here", "FILE")
    [said] = world.run("import", *P, "--json", "--language", "es", "--yes", charges).events
    assert (said["code"], said["message"]) == ("option_alone", "--yes no hace nada sin --dropped")


def test_an_empty_id_makes_no_import_of_files_out_of_an_undoing(world: World) -> None:
    """As a script has it whose variable is not set."""
    world.with_books()
    charge = world.file("charges.csv", CHARGES + "A9,C1,2026-10-08,Talk,dr-a,10\n")
    for option in ("--undo", "--dropped"):
        assert world.run("import", *P, option, "", charge).status == 2
        assert world.run("import", *P, option, "").status == 1
    assert world.balance("C1") == 15000
