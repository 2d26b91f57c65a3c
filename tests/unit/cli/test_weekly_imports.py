"""Issue 17, every week again, as the command line shows it and on the real stores."""

from dataclasses import replace

from chalicelib.ledger.services.posting import own_id
from tests.unit.cli.test_backups import into_an_empty_table
from tests.unit.cli.world import CHARGES, World

P = ("--practice", "oak")


def changed(world: World, *more: str) -> str:
    text = CHARGES.replace("C1,2026-10-01,Talk,dr-a,150", "C1,2026-10-01,Walk,dr-b,140")
    return world.file("charges.csv", text + "".join(more))


def test_changed_facts_are_listed_and_nothing_is_written_before_they_are_accepted(world: World) -> None:
    world.with_books()
    charges = changed(world, "A2,C1,2026-10-08,Talk,dr-a,150\n")
    listed = [
        "charges.csv, row 2, fee: 150.00 in the books, 140.00 in the file",
        "charges.csv, row 2, service: “Talk” in the books, “Walk” in the file",
        "charges.csv, row 2, clinician_id: “dr-a” in the books, “dr-b” in the file",
    ]
    both = [
        "Add --confirm-corrections to post them, as adjustments or in the place of what was taken back; "
        "nothing was written.",
        "Add --accept-changes to take over what the file says now; nothing was written.",
    ]
    for options, lacking in (
        ((), both), (("--confirm-corrections",), both[1:]), (("--accept-changes",), both[:1])
    ):  # fmt: skip
        refused = world.run("import", *P, *options, charges)
        assert (refused.status, refused.out.splitlines()) == (1, [*listed, *lacking])
        assert world.balance("C1") == 15000
    dry = world.run("import", *P, "--dry-run", charges)
    summary = "1 row to post, 1 correction, 1 charge with other facts, 1 row already there"
    assert dry.out.splitlines() == [*listed, *both, f"Dry run: {summary}. Nothing was written."]
    assert dry.status == 0
    done = world.run("import", *P, "--confirm-corrections", "--accept-changes", charges)
    assert (done.status, world.balance("C1")) == (0, 29000)
    again = world.run("import", *P, charges)
    assert (again.status, again.out) == (0, "Nothing new: 3 rows already there.\n")
    assert world.run("verify", *P).status == 0


def test_a_program_is_told_of_changed_facts_by_file_row_and_column(world: World) -> None:
    world.with_books()
    *_, fee, service, clinician, no_fee, no_facts = world.run("import", *P, "--json", changed(world)).events
    assert (service["event"], service["row"], service["column"]) == ("change", 2, "service")
    assert (service["old"], service["new"]) == ("“Talk”", "“Walk”")
    assert [each["event"] for each in (fee, clinician, no_fee)] == ["correction", "change", "unconfirmed"]
    assert (no_facts["event"], no_facts["changes"]) == ("unaccepted", 2)
    done = world.run("import", *P, "--json", "--confirm-corrections", "--accept-changes", changed(world))
    assert (done.events[-1]["corrected_facts"], done.events[-1]["posted"]) == (1, 0)


def test_what_staff_corrected_is_kept_listed_and_no_reason_to_stop(world: World) -> None:
    world.with_books()
    assert world.run("post", "facts", *P, "--client", "C1", "--charge", "A1", "--service", "Walk").status == 0
    kept = world.run("import", *P, str(world.folder / "charges.csv"))
    assert (kept.status, kept.out.splitlines()) == (0, [
        "charges.csv, row 2, service: “Walk” was corrected here and stays; the file has “Talk”",
        "Nothing new: 2 rows already there.",
    ])  # fmt: skip


def test_an_import_that_corrected_facts_is_undone(world: World) -> None:
    world.with_books()
    world.run("import", *P, "--confirm-corrections", "--accept-changes", changed(world))
    [second] = [one for one in world.run("imports", *P, "--json").events if one["files"] == ["charges.csv"]]
    undone = world.run("import", *P, "--undo", second["id"])
    assert (undone.status, undone.out) == (0, f"Import {second['id']} is undone: 2 entries.\n")
    assert world.run("import", *P, world.file("charges.csv", CHARGES)).out == (
        "Nothing new: 2 rows already there.\n"
    )
    assert world.run("verify", *P).status == 0


def test_a_single_row_by_hand_still_changes_no_facts(world: World) -> None:
    world.with_practice()
    world.run("import", *P, world.file("clients.csv", "client_id,name\nC1,Ana\n"))
    row = ("post", "charge", *P, "--client", "C1", "--clinician", "dr-a", "--fee", "9.00", "--id", "H1")
    assert world.run(*row, "--service", "Talk").status == 0
    refused = world.run(*row, "--service", "Walk")
    assert refused.status == 1
    assert "“Talk”" in refused.out + refused.err


def test_rows_that_the_file_has_no_more_are_listed_counted_and_left(world: World) -> None:
    world.with_books()
    dates = [f"2026-10-{day:02}" for day in range(2, 28)]
    lines = [f"N{number},C1,{on},Talk,dr-a,1.00\n" for number, on in enumerate(dates)]
    assert world.run("import", *P, world.file("charges.csv", CHARGES + "".join(lines))).status == 0
    few = world.file("charges.csv", CHARGES + lines[-1])
    shown = world.run("import", *P, few)
    first, *_, twentieth, more, last = shown.out.splitlines()
    assert first == (
        "Not in the files any more: charge “N0” of client “C1”, 2026-10-02, 1.00. It stays in the books, as "
        "entry 2."
    )
    assert "“N19”" in twentieth
    assert more == "And 5 rows missing: add --all to list every one."
    assert (shown.status, last) == (0, "Nothing new: 3 rows already there, 25 rows missing.")
    assert len(world.run("import", *P, "--all", few).out.splitlines()) == 26
    told = world.run("import", *P, "--json", few).events
    *missing, done = [event for event in told if event["event"] != "progress"]
    assert [event["event"] for event in missing] == ["missing"] * 25
    assert (missing[0]["client"], missing[0]["kind"], missing[0]["id"]) == ("C1", "charges", "N0")
    assert done["missing"] == 25
    dry = world.run("import", *P, "--dry-run", "--language", "es", few)
    assert "Ya no está en los archivos: cargo “N0” del cliente “C1”" in dry.out


def test_an_address_that_was_changed_here_is_listed_and_overwritten_on_purpose_alone(world: World) -> None:
    world.with_books()
    before = world.app.people.client("oak", world.account_of("C1"))
    assert before is not None
    world.app.people.save_client("oak", replace(before, email="new@example.test"), before=before)
    files = [str(world.folder / name) for name in ("clients.csv", "charges.csv")]
    kept = world.run("import", *P, *files)
    assert (kept.status, kept.out.splitlines()[0]) == (0, (
        "clients.csv, row 2, email: “new@example.test” was changed here and stays; the file has "
        "“ana@example.test” (--restore-addresses takes the file's)"
    ))  # fmt: skip
    assert world.app.people.client("oak", before.id).email == "new@example.test"  # type: ignore[union-attr]
    done = world.run("import", *P, "--restore-addresses", *files)
    assert "“new@example.test” becomes “ana@example.test”" in done.out
    assert world.app.people.client("oak", before.id) == before
    assert world.run("import", *P, *files).out == "Nothing new: 4 rows already there.\n"


def test_what_files_gave_goes_along_into_a_backup(world: World) -> None:
    world.with_books()
    before = world.app.people.client("oak", world.account_of("C1"))
    assert before is not None
    exported = world.run("export", *P, "--format", "jsonl").out
    into_an_empty_table()
    assert world.run("restore", world.file("oak.jsonl", exported)).status == 0
    restored = world.app.people.client("oak", before.id)
    assert restored is not None
    assert (restored, set(restored.addresses_given)) == (before, {":email"})


def test_what_was_invoiced_and_paid_takes_other_facts_and_a_lower_fee_by_the_rules_of_corrections(
    world: World,
) -> None:
    world.with_books()
    assert world.run("invoice", "issue", *P, "--client", "C1").status == 0
    assert world.run("post", "cash", *P, "--client", "C1", "--amount", "150.00").status == 0
    done = world.run("import", *P, "--confirm-corrections", "--accept-changes", changed(world))
    assert (done.status, world.balance("C1")) == (0, -1000)
    charge = world.app.ledgers.charges(world.ref("C1"), [own_id("oak", "charge", "A1")])
    assert [(one.service, one.clinician_id) for one in charge.values()] == [("Walk", "dr-b")]
    assert world.run("verify", *P).status == 0
    [last] = [one for one in world.run("imports", *P, "--json").events if one["files"] == ["charges.csv"]]
    assert world.run("import", *P, "--undo", last["id"]).status == 0
    assert (world.balance("C1"), world.run("verify", *P).status) == (0, 0)


def test_a_corrected_code_in_an_export_is_asked_about_and_accepted_by_the_same_option(world: World) -> None:
    world.with_practice()
    clients = world.file("clients.csv", "client_id,name\nC1,Ana Vale\n")
    header = "*Invoice number,*Customer,*Invoice date,Service Date,Item,*Item Amount\n"
    line = "1001,Ana Vale,2026-10-31,2026-10-14,Session,150.00\n"
    quickbooks = ("import", *P, "--from", "quickbooks", "--clinician", "dr-a")
    assert world.run(*quickbooks, clients, world.file("one.csv", header + line)).status == 0
    later = world.file("two.csv", header + line.replace("Session", "Intake"))
    asked = world.run(*quickbooks, later)
    assert (asked.status, "add --accept-changes" in asked.out + asked.err) == (1, True)
    done = world.run(*quickbooks, "--accept-changes", later)
    assert "“Session” in the books, “Intake” in the file" in done.out
    assert (done.status, world.balance("C1")) == (0, 15000)
    assert "Nothing new" in world.run(*quickbooks, later).out


def test_a_row_that_was_taken_back_and_is_back_in_the_file_is_told_with_a_way_on(world: World) -> None:
    world.with_books()
    file = str(world.folder / "charges.csv")
    assert world.run("post", "reverse", *P, "--client", "C1", "--entry", "1").status == 0
    again = world.run("import", *P, file)
    assert (again.status, again.out.splitlines()) == (0, [
        "charges.csv, row 2: it was taken back in the books and stays out; if it belongs there, and "
        "was not posted by hand since, give it another id in a file of Billfold's own",
        "Nothing new: 2 rows already there, 1 of them taken back here.",
    ])  # fmt: skip
    assert world.run("import", *P, "--json", file).events[-1]["taken_back"] == 1


def test_what_is_posted_in_the_place_of_what_was_taken_back_is_told_as_that(world: World) -> None:
    paid = "payment_id,client_id,date,amount,method\nP1,C1,2026-10-09,{},cash\n"
    world.with_books()
    file = world.file("payments.csv", paid.format("20.00"))
    assert world.run("import", *P, file).status == 0
    assert world.run("post", "reverse", *P, "--client", "C1", "--entry", "2").status == 0
    world.file("payments.csv", paid.format("30.00"))
    refused = world.run("import", *P, file)
    assert "20.00 was taken back, 30.00 in the file; posted anew as “P1~2”" in refused.out + refused.err
    [event] = [one for one in world.run("import", *P, "--json", file).events if one["event"] == "correction"]
    assert (event["old"], event["new"], event["anew"]) == ("20.00", "30.00", "“P1~2”")
    hand = ("--client", "C1", "--amount", "30.00", "--date", "2026-10-09")
    assert world.run("post", "cash", *P, *hand).status == 0
    asked = world.run("import", *P, "--json", "--confirm-corrections", file)
    assert [one["code"] for one in asked.events if one["event"] == "problem"] == ["row_put_in_by_hand"]
