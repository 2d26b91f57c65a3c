"""`billfold estimate request` and `withdraw`, and what `due` lists of them (issue 14)."""

import json

from chalicelib.documents.store.estimate_requests import ESTIMATE_REQUESTS
from tests.unit.cli.test_backups import EXPORT, into_an_empty_table
from tests.unit.cli.test_estimates import ISSUE, LINE, WHOLE, with_clients
from tests.unit.cli.world import World

OAK = ("--practice", "oak")
REQUEST = ("estimate", "request", *OAK, "--client", "C1")
DUE = ("estimate", "due", *OAK)


def waiting(world: World) -> list[str]:
    return [line for line in world.run(*DUE).out.splitlines() if "request" in line]


def test_a_request_is_noted_once_listed_with_its_last_day_and_ended_by_an_estimate(world: World) -> None:
    """November 20, 2026, is a Friday, and the 26th Thanksgiving."""
    with_clients(world, **WHOLE)
    dry = world.run(*REQUEST, "--asked", "2026-11-19", "--dry-run")
    assert "Dry run: C1: request" in dry.out
    assert waiting(world) == []
    done = world.run(*REQUEST, "--asked", "2026-11-19")
    assert done.out.endswith("an estimate is due by 2026-11-24.\n")
    again = world.run(*REQUEST, "--asked", "2026-11-19")
    assert again.out.endswith("an estimate is due by 2026-11-24, is noted already.\n")
    world.run(*REQUEST, "--scheduled", "2026-11-20", "--service", "2026-12-20")
    id_ = done.out.split()[2].rstrip(",")
    first, second = waiting(world)
    assert (
        first
        == f"C1: asked on 2026-11-19, an estimate is due by 2026-11-24, 2 business days left (request {id_})"
    )
    assert second.startswith(
        "C1: 2026-12-20 scheduled on 2026-11-20, an estimate is due by 2026-11-25, 3 business days left"
    )
    assert world.run(*DUE, "--client", "C1").out.splitlines()[-1] == "3 things to do"
    assert waiting(world) == [first, second]
    assert world.run(*DUE, "--client", "C2").out == "0 things to do\n"
    assert world.run(*ISSUE, *LINE).status == 0
    assert waiting(world) == []
    ended = world.run(*REQUEST, "--asked", "2026-11-19")
    assert ended.out.endswith("is noted already and answered by estimate 1.\n")


def test_a_request_is_overdue_the_day_after_its_last_and_withdrawn_with_a_reason(world: World) -> None:
    with_clients(world, **WHOLE)
    for asked, said in (
        ("2026-11-16", "is overdue since 2026-11-19"), ("2026-11-17", "is due today"),
    ):  # fmt: skip
        id_ = world.run(*REQUEST, "--asked", asked, "--json").events[-1]["request"]
        [line] = waiting(world)
        assert line == f"C1: asked on {asked}, an estimate {said} (request {id_})"
        event = next(one for one in world.run(*DUE, "--json").events if one.get("request") == id_)
        assert (event["overdue"], event["days_left"]) == (("today" not in said), 0 if "today" in said else -1)
        withdraw = ("estimate", "withdraw", *OAK, id_, "--reason")
        assert world.run(*withdraw, " ").status == 1
        assert "would be withdrawn" in world.run(*withdraw, "Insured", "--dry-run").out
        assert len(waiting(world)) == 1
        assert world.run(*withdraw, "Insured").out == f"Request {id_} is withdrawn.\n"
        assert waiting(world) == []
        assert world.run(*REQUEST, "--asked", asked).out.endswith("is noted already and withdrawn.\n")
    assert world.run("estimate", "withdraw", *OAK, "none", "--reason", "Insured").status == 1


def test_what_cannot_be_or_what_the_law_does_not_want_is_refused(world: World) -> None:
    with_clients(world, **WHOLE)
    for wrong, said in (
        ((), "which day"), (("--asked", "2026-11-21"), "which day"), (("--asked", "soon"), "date"),
        (("--scheduled", "2026-11-20"), "which day"), (("--service", "2026-11-30"), "which day"),
        (("--scheduled", "2026-11-20", "--service", "2026-11-24"), "wants no estimate"),
    ):  # fmt: skip
        refused = world.run(*REQUEST, *wrong)
        assert (refused.status, said in refused.err) == (1, True), (wrong, refused.err)
    assert waiting(world) == []


def test_a_backup_has_requests_those_that_wait_and_those_that_have_ended(world: World) -> None:
    with_clients(world, **WHOLE)
    world.run(*REQUEST, "--asked", "2026-11-16")
    assert world.run(*ISSUE, *LINE).status == 0
    world.run(*REQUEST, "--asked", "2026-11-20")
    before = waiting(world)
    assert len(before) == 1
    path = world.file("oak.jsonl", world.run(*EXPORT).out)
    into_an_empty_table()
    assert "OK" in world.run("restore", path).out
    assert waiting(world) == before
    rows = [json.loads(line) for line in world.run(*EXPORT).out.splitlines()[1:-1]]
    kept = [row["sk"]["S"] for row in rows if row.get("kind", {}).get("S") == "estimate-request"]
    assert sorted(sk.partition("#")[0] for sk in kept) == ["ENDED", "OPEN"]
    assert ESTIMATE_REQUESTS.private == {"reason"}
