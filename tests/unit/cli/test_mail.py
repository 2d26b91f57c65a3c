"""`billfold mail`: lists what is stopped, and lifts it. Issue 9, 5."""

import shlex
from typing import Any

import pytest

from chalicelib.mail.domain.setbacks import MailKind, MailReport, MailStop, Setback
from tests.unit.cli.world import World

ANA = "ana@example.test"
LIST = ("mail", "stopped", "--practice", "oak")
LIFT = ("mail", "lift", "--practice", "oak", "--email", ANA)
SENT = "2026-11-19T10:00:00.000Z"


def report(setback: Setback, kind: MailKind = MailKind.UNKNOWN, why: str = "") -> MailReport:
    stop = MailStop(setback, SENT, why, kind, f"m-{kind}")
    return MailReport("oak", ANA, SENT, stop, arrived=True, lasting=True)


@pytest.fixture
def stopped(world: World) -> World:
    world.with_books()
    world.app.addresses.stop(report(Setback.COMPLAINT, MailKind.SIGN_IN))
    return world


def events(world: World, *arguments: str) -> list[dict[str, Any]]:
    result = world.run(*arguments, "--json")
    assert result.status == 0, result
    return result.events


def test_stopped_addresses_are_listed_with_their_clients_and_their_alert(stopped: World) -> None:
    told = stopped.run(*LIST)
    [alert] = stopped.app.alerting.listed("oak")
    line = f"{ANA} (clients C1): sign-in mail stopped, complaint on 2026-11-19, alert {alert.cause.id}"
    assert (told.status, told.out) == (0, f"{line}\n1 stopped\n")
    one, last = events(stopped, *LIST)
    assert (one["event"], one["email"], one["clients"], one["stop"]) == ("stopped", ANA, ["C1"], "sign-in")
    assert (one["address"], one["alert"]) == (alert.cause.facts["address"], alert.cause.id)
    assert last == {"event": "addresses", "stopped": 1}


def test_staff_see_the_alert_and_lifting_closes_it(stopped: World) -> None:
    assert stopped.run("alerts", "--practice", "oak").status == 1
    done = stopped.run(*LIFT)
    assert done.status == 0
    assert done.out == f"{ANA}: sign-in mail sent again (complaint on 2026-11-19)\nDone.\n"
    assert stopped.run("alerts", "--practice", "oak").out == "0 open\n"
    assert stopped.run(*LIST).out == "0 stopped\n"
    again = stopped.run(*LIFT)
    assert (again.status, again.out) == (0, "Nothing to lift.\n")


def test_a_dry_run_says_what_would_be_lifted(stopped: World) -> None:
    first, last = events(stopped, *LIFT, "--dry-run")
    assert (first["event"], first["stop"], last["event"]) == ("would_lift", "sign-in", "dry_run")
    assert stopped.run(*LIST).out.endswith("1 stopped\n")


def test_one_of_several_is_lifted_and_the_rest_is_named(stopped: World) -> None:
    stopped.app.addresses.stop(report(Setback.BOUNCE, why="550 unknown"))
    lifted, rest, done = events(stopped, *LIFT, "--only", "sign-in")
    assert (lifted["event"], lifted["stop"], done["lifted"]) == ("lifted", "sign-in", 1)
    assert (rest["event"], rest["stop"], rest["why"]) == ("stopped", "bounce", "550 unknown")
    lifted, after, done = events(stopped, *LIFT)
    assert (lifted["stop"], after["event"], done["lifted"]) == ("bounce", "next", 1)
    assert after["command"] == f"aws sesv2 delete-suppressed-destination --email-address={ANA}"


@pytest.mark.parametrize(
    ("arguments", "status", "words"),
    [
        (("mail",), 2, "<command>"),
        (("mail", "stopped"), 2, "--practice"),
        (("mail", "stopped", "--practice", "nobody"), 1, "practice"),
        (("mail", "lift", "--practice", "oak"), 2, "--email"),
        ((*LIFT[:-1], "else@example.test"), 1, "Nobody"),
        ((*LIFT[:-1], "ana"), 1, "address"),
        ((*LIFT, "--only", "letters"), 2, "invalid choice"),
    ],
)
def test_what_is_missing_or_unknown_is_named_and_nothing_is_lifted(
    stopped: World, arguments: tuple[str, ...], status: int, words: str
) -> None:
    result = stopped.run(*arguments)
    assert (result.status, words in result.err) == (status, True), result.err
    assert stopped.run(*LIST).out.endswith("1 stopped\n")


def test_issue_9_number_5_an_address_that_a_shell_would_run_is_printed_quoted(stopped: World) -> None:
    """A client chooses the address, and staff paste the command."""
    address = "-a|reboot|`id`@example.test"
    clients = stopped.file("clients-more.csv", f"client_id,name,email\nC9,Eve,{address}\n")
    assert stopped.run("import", "--practice", "oak", clients).status == 0
    stop = MailStop(Setback.BOUNCE, SENT, "550 unknown", MailKind.RECEIPT, "m-1")
    stopped.app.addresses.stop(MailReport("oak", address, SENT, stop, arrived=False, lasting=True))
    told = events(stopped, "mail", "lift", "--practice", "oak", f"--email={address}")
    [command] = [event["command"] for event in told if event["event"] == "next"]
    words = list(shlex.shlex(command, posix=True, punctuation_chars=True))
    assert words[3:] == [f"--email-address={address}"], "nothing that runs beside it"
