"""`billfold alerts`: lists what waits for a person, and closes it with a note."""

import pytest

from chalicelib.operations.domain.alerts import AlertName, Cause
from tests.unit.cli.world import World

CAUSE = Cause(AlertName.UNKNOWN_MONEY, "pi_9", {"amount_minor": 1200, "currency": "USD"})
LIST = ("alerts", "--practice", "oak")


@pytest.fixture
def alerted(world: World) -> World:
    world.with_practice()
    world.app.alerting.raise_alert("oak", CAUSE)
    return world


def test_open_alerts_are_listed_with_words_and_a_status_of_their_own(alerted: World) -> None:
    result = alerted.run(*LIST)
    assert result.status == 1
    assert f"{CAUSE.id}  unknown_money  pi_9" in result.out
    assert "The processor holds money that belongs to no payment here." in result.out
    assert "amount_minor=1200 currency=USD" in result.out
    [alert, last] = alerted.run(*LIST, "--json").events
    assert (alert["name"], alert["facts"]["amount_minor"], last["open"]) == ("unknown_money", 1200, 1)


def test_closed_alerts_are_shown_only_when_asked_for(alerted: World) -> None:
    closed = alerted.run("alerts", "close", CAUSE.id, "--practice", "oak", "--note", "other shop")
    assert (closed.status, "other shop" in closed.out) == (0, True)
    assert alerted.run(*LIST).out == "0 open\n"
    everything = alerted.run(*LIST, "--all")
    assert (everything.status, "closed 2026-11-20T18:00:00.000Z: other shop" in everything.out) == (0, True)


def test_issue_10_13_the_usage_asks_for_a_practice(world: World) -> None:
    usage = world.run("alerts").err.splitlines()
    assert usage[0] == "usage: billfold alerts [-h] [--json] --practice ID [--all]"
    assert usage[1].strip() == "billfold alerts close --help"
    assert world.run("alerts", "close").err.startswith("usage: billfold alerts close [-h]")


@pytest.mark.parametrize(
    ("arguments", "status", "words"),
    [
        (("alerts",), 2, "--practice"),
        (("alerts", "--practice", "nobody"), 1, "practice"),
        (("alerts", "close", "000", "--practice", "oak", "--note", "x"), 1, "There is no such alert"),
        (("alerts", "close", CAUSE.id, "--practice", "oak", "--note", " "), 1, "This is missing"),
        (("alerts", "close", CAUSE.id, "--practice", "oak", "--note", "x" * 1001), 1, "form"),
        (("alerts", "close", CAUSE.id, "--practice", "oak"), 2, "--note"),
        (("alerts", "close", "--practice", "oak", "--note", "x"), 2, "ALERT"),
    ],
)
def test_what_is_missing_or_unknown_is_named(
    alerted: World, arguments: tuple[str, ...], status: int, words: str
) -> None:
    result = alerted.run(*arguments)
    assert result.status == status
    assert words in result.err
    assert alerted.run(*LIST, "--json").events[-1]["open"] == 1
