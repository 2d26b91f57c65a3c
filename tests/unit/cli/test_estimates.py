"""`billfold estimate` (issue 14): issued once, listed, shown, backed up; what is missing is named."""

import json
from dataclasses import replace
from pathlib import Path

import pytest

from chalicelib.documents.store.estimates import ESTIMATE_PAPERS, ESTIMATES
from tests.unit.cli.test_invoices import WaitingClock
from tests.unit.cli.test_row_versions import PRIVATE
from tests.unit.cli.world import CHARGES, NOW, PRACTICE, World

DR_A = {"id": "dr-a", "name": "Dr. A", "npi": "1234567893", "license": "C1", "license_state": "NY"}
WHOLE = {
    "tax_id": "12-3456789",
    "address": "1 Oak Street\nOak, NY",
    "clinicians": [DR_A, PRACTICE["clinicians"][1]],
}
CLIENTS = (
    "client_id,name,email,birth_date,coverage\n"
    "C1,Ana Núñez,ana@example.test,1990-02-03,self_pay\n"
    "C2,Bo,,1990-02-03,\n"
)
ISSUE = ("estimate", "issue", "--practice", "oak", "--client", "C1")
LINE = ("--line", "dr-a", "40", "150.00", "Session, 50 minutes", "90837")


def with_clients(world: World, **practice: object) -> None:
    world.with_practice(**practice)
    files = [world.file("clients.csv", CLIENTS), world.file("charges.csv", CHARGES)]
    assert world.run("import", "--practice", "oak", *files).status == 0


def test_an_estimate_is_issued_once_listed_and_shown(world: World) -> None:
    with_clients(world, **WHOLE)
    dry = world.run(*ISSUE, *LINE, "--from", "2026-12-01", "--dry-run")
    assert "C1, 2026-12-01 to 2027-11-30, 6000.00 USD would be issued" in dry.out
    assert "0 estimates" in world.run("estimate", "list", "--practice", "oak").out
    done = world.run(*ISSUE, *LINE, "--from", "2026-12-01", "--diagnoses", "F41", "--visit", "2026-12-04")
    assert "Estimate 1 of C1, 2026-12-01 to 2027-11-30, 6000.00 USD is issued." in done.out
    assert "--diagnoses: Check this: “F41” is a category" in done.out
    again = world.run(*ISSUE, *LINE, "--from", "2026-12-01", "--diagnoses", "F41", "--visit", "2026-12-04")
    assert "is issued already, the same" in again.out
    second = world.run(*ISSUE, "--line", "dr-a", "10", "160.00", "Session", "--months", "3")
    assert "Estimate 2 of C1, 2026-11-20 to 2027-02-19, 1600.00 USD is issued." in second.out
    listed = world.run("estimate", "list", "--practice", "oak", "--client", "C1")
    assert [line.split(":")[0] for line in listed.out.splitlines()] == ["C1 2", "C1 1", "2 estimates"]
    shown = world.run("estimate", "show", "--practice", "oak", "--client", "C1", "1")
    assert "Session, 50 minutes (dr-a): 40 times 150.00 USD, 6000.00 USD" in shown.out
    assert world.run("estimate", "show", "--practice", "oak", "--client", "C1", "3").status == 1


def test_estimates_that_no_mail_tells_of_are_written_to_be_posted(world: World, tmp_path: Path) -> None:
    """Issue 14: by portal and on paper; as superbills are."""
    with_clients(world, **WHOLE)
    for month in ("2026-11-20", "2026-12-01"):
        assert world.run(*ISSUE, *LINE, "--from", month, "--months", "1").status == 0
    folder, world.app.clock = tmp_path / "post", WaitingClock(NOW)
    paper = ("estimate", "paper", "--practice", "oak", str(folder))
    assert world.run(*paper).out.startswith("0 estimates to post")
    (folder / "list.csv").unlink()
    ana = world.app.people.client("oak", world.ref("C1").account)
    assert ana is not None
    posted = replace(ana, paper=True, address="5 Oak Lane")
    world.app.people.save_client("oak", posted, before=ana)
    missing = world.run(*paper)
    assert (missing.status, list(folder.iterdir())) == (1, [])
    assert "C1: the PDF of estimate 1 is not there" in missing.out
    for number in (1, 2):
        world.app.estimate_filing.render(world.ref("C1"), number)
    assert world.run(*paper, "--since", "2026-11-21").out.startswith("0 estimates to post")
    (folder / "list.csv").unlink()
    assert world.run(*paper).out == f"2 estimates to post: {folder}, with list.csv\n"
    listed = (folder / "list.csv").read_text("utf-8-sig").splitlines()[1:]
    why = '"paper, as the client file says"'
    assert listed == [f'"00{number}-C1.pdf","C1","Ana Núñez","",{why}' for number in (1, 2)]
    assert (folder / "002-C1.pdf").read_bytes().startswith(b"%PDF-")
    of = world.app.estimate_paper_list.of
    assert [row.estimate.seq for row in of("oak", today="2026-12-20")] == [2]
    assert of("oak", today="2027-01-01") == []


def test_what_the_law_wants_and_nobody_entered_is_named(world: World) -> None:
    with_clients(world)
    refused = world.run(*ISSUE, *LINE)
    assert refused.status == 1
    assert "dr-a: npi, dr-a: tax_id, dr-a: license_state, dr-a: address" in refused.err
    other = world.run("estimate", "issue", "--practice", "oak", "--client", "C2", *LINE)
    assert (other.status, "self_pay" in other.err) == (1, True)


def test_what_no_line_can_be_is_refused(world: World) -> None:
    with_clients(world, **WHOLE)
    for line in (
        ("dr-a", "40", "150.00"), ("dr-z", "40", "150.00", "Session"), ("dr-a", "0", "150.00", "Session"),
        ("dr-a", "401", "150.00", "Session"), ("dr-a", "40", "-1.00", "Session"),
        ("dr-a", "40", "150.00", "Session", "ABCDE"), ("dr-a", "4", "1.00", "Session", "90837", "more"),
    ):  # fmt: skip
        assert world.run(*ISSUE, "--line", *line).status == 1, line
    for option in (
        ("--months", "13"),
        ("--from", "2026-11-19"),
        ("--from", "soon"),
        ("--visit", "2026-11-01"),
    ):
        assert world.run(*ISSUE, *LINE, *option).status == 1, option
    assert "0 estimates" in world.run("estimate", "list", "--practice", "oak").out


def test_what_wants_doing_is_listed(world: World) -> None:
    with_clients(world, **WHOLE)
    due = ("estimate", "due", "--practice", "oak")
    assert world.run(*due).out.splitlines() == ["C1: no estimate yet", "1 thing to do"]
    assert world.run(*ISSUE, "--line", "dr-a", "1", "100.00", "Talk", "--months", "1").status == 0
    assert world.run(*due).out.splitlines() == ["C1: estimate 1 ends on 2026-12-19", "1 thing to do"]
    post = (
        "post",
        "charge",
        "--practice",
        "oak",
        "--client",
        "C1",
        "--clinician",
        "dr-a",
        "--service",
        "Talk",
    )
    for id_, fee, status in (("T1", "120.00", "held"), ("T2", "900.00", "no_show"), ("T3", "380.00", "held")):
        assert world.run(*post, "--fee", fee, "--id", id_, "--status", status).status == 0
    assert world.run(*due, "--client", "C1").out.splitlines()[1:] == [
        "C1: estimate 1 expects 100.00 USD for Talk (dr-a), and 380.00 USD was charged on 2026-11-20: "
        "issue another",
        "C1: dr-a has charged 500.00 USD, estimate 1 expects 100.00 USD: from 500.00 USD on the client may "
        "dispute a bill",
        "3 things to do",
    ]
    entries = world.run("entries", "--practice", "oak", "--client", "C1", "--json").events
    (number,) = (event["entry"] for event in entries if event.get("id") == "T3")
    assert (
        world.run("post", "reverse", "--practice", "oak", "--client", "C1", "--entry", str(number)).status
        == 0
    )
    assert "dispute a bill" not in world.run(*due).out


@pytest.mark.parametrize(
    "put_right",
    [
        ("facts", "--charge", "T1", "--clinician", "dr-a"),
        ("facts", "--charge", "T2", "--status", "held"),
        ("adjustment", "--charge", "T3", "--amount", "-400.00"),
    ],
    ids=["clinician", "status", "fee"],
)
def test_what_is_put_right_of_a_charge_calls_a_person_too(world: World, put_right: tuple[str, ...]) -> None:
    """Issue 14: "an alert when charges of one clinician reach estimate + $400". Seen: new ones alone."""
    with_clients(world, **WHOLE)
    assert world.run(*ISSUE, "--line", "dr-a", "1", "100.00", "Talk", "--months", "1").status == 0
    for id_, fee, who, status in (
        ("T1", "400.00", "dr-b", "held"), ("T2", "400.00", "dr-a", "no_show"),
        ("T3", "100.00", "dr-a", "held"),
    ):  # fmt: skip
        post = (
            "post",
            "charge",
            "--practice",
            "oak",
            "--client",
            "C1",
            "--clinician",
            who,
            "--service",
            "Talk",
        )
        assert world.run(*post, "--fee", fee, "--id", id_, "--status", status).status == 0
    before = {alert.cause.subject for alert in world.app.alerting.listed("oak")}
    kind, *options = put_right
    client = ("--client", "C1") if kind == "facts" else ()
    assert world.run("post", kind, "--practice", "oak", *client, *options).status == 0
    (called,) = [a for a in world.app.alerting.listed("oak") if a.cause.subject not in before]
    assert (called.cause.name, called.cause.facts["clinician"]) == ("estimate_exceeded", "dr-a")


def test_a_backup_has_them_and_their_names_apart(world: World) -> None:
    with_clients(world, **WHOLE)
    assert world.run(*ISSUE, *LINE).status == 0
    exported = world.run("export", "--practice", "oak", "--format", "jsonl")
    rows = [json.loads(line) for line in exported.out.splitlines()[1:-1]]
    kept = {row["kind"]["S"]: row for row in rows if row.get("kind", {}).get("S", "").startswith("estimate")}
    assert set(kept) == {"estimate", "estimate-paper"}
    for row in kept.values():
        assert "Ana" not in row["body"]["S"]
    assert ESTIMATE_PAPERS.private == {"letterhead", "diagnoses"}
    assert not any(PRIVATE.search(name) for name in ESTIMATES.type.__dataclass_fields__)
