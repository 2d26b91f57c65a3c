"""`billfold import`, `post`, `refund`, `log-in`: what they do, print, and end with."""

import re

import pytest

from chalicelib import bootstrap
from chalicelib.entrypoints.cli.main import main
from chalicelib.identity.services.sign_in_limits import Caller
from chalicelib.importing.domain.problems import Problem
from chalicelib.importing.services.importer import Importer
from chalicelib.importing.services.planning import Plan
from chalicelib.kernel.errors import Refused
from chalicelib.kernel.outside import Busy
from chalicelib.ledger.services.correcting import Correcting
from tests.unit.cli.world import CHARGES, CLIENTS, World


def test_an_import_posts_once(world: World) -> None:
    world.with_books()
    assert (world.balance("C1"), world.balance("C2")) == (15000, 9000)
    again = world.run("import", "--practice", "oak", str(world.folder / "charges.csv"))
    assert (again.status, again.out) == (0, "Nothing new: 2 rows already there.\n")


def test_a_dry_run_of_an_import_writes_nothing(world: World) -> None:
    world.with_practice()
    clients = world.file("clients.csv", "client_id,name\nC1,Ana\n")
    result = world.run("import", "--practice", "oak", "--dry-run", clients)
    assert (result.status, result.out) == (0, "Dry run: 1 new client. Nothing was written.\n")
    assert list(world.app.people.clients("oak")) == []


def test_what_is_wrong_is_listed_by_file_row_and_column(world: World) -> None:
    world.with_practice()
    clients = world.file("clients.csv", "client_id,name\nC1,Ana\n")
    charges = world.file("charges.csv", CHARGES.replace("150", "1,250".join('""')).replace("C2", "C9"))
    result = world.run("import", "--practice", "oak", clients, charges)
    assert result.status == 1
    first, second, last = result.out.splitlines()
    assert first.startswith("charges.csv, row 2, fee: “1,250” could be two amounts. Write it ")
    assert second.startswith("charges.csv, row 3, client_id: The practice has no client “C9”. ")
    assert (first[-18:], second[-16:]) == ("[amounts_unproven]", "[client_unknown]")
    assert last == "2 problems; nothing was written."
    spanish = world.run("import", "--practice", "oak", "--language", "es", clients, charges)
    assert "podría ser dos importes" in spanish.out
    assert list(world.app.people.clients("oak")) == []


def test_with_json_every_line_is_an_object(world: World) -> None:
    world.with_practice()
    result = world.run(
        "import", "--practice", "oak", "--json", world.file("clients.csv", "client_id,name\nC1,Ana\n")
    )
    assert [e["event"] for e in result.events if e["event"] != "progress"] == ["done"]
    assert result.events[-1]["new_clients"] == 1
    assert {e["phase"] for e in result.events if e["event"] == "progress"} == {"checking", "writing"}


def test_a_correction_is_posted_only_when_confirmed(world: World) -> None:
    world.with_books()
    charges = world.file("charges.csv", CHARGES.replace("150", "140"))
    refused = world.run("import", "--practice", "oak", charges)
    assert refused.status == 1
    assert "charges.csv, row 2, fee: 150.00 in the books, 140.00 in the file" in refused.out
    assert world.balance("C1") == 15000
    assert world.run("import", "--practice", "oak", "--confirm-corrections", charges).status == 0
    assert world.balance("C1") == 14000


@pytest.fixture
def taken_back_meanwhile(world: World, monkeypatch: pytest.MonkeyPatch) -> World:
    """Ana's charge is taken back by hand between the check and the first write."""
    world.with_books()
    apply = Importer.apply

    def late(importer: Importer, plan: Plan) -> tuple[Problem, ...]:
        reversal = Correcting(world.app.ledgers, world.app.clock, "cli")
        reversal.reverse(world.ref("C1"), 1, on="2026-11-20")
        return apply(importer, plan)

    monkeypatch.setattr(Importer, "apply", late)
    return world


def test_rows_that_the_books_forbid_meanwhile_are_told_and_the_rest_is_in(
    taken_back_meanwhile: World,
) -> None:
    world = taken_back_meanwhile
    columns = "adjustment_id,charge_id,date,amount,kind\n"
    rows = "J1,A1,2026-11-02,-5,adjustment\nJ2,B1,2026-11-02,5,write_off\n"
    file = world.file("adjustments.csv", columns + rows)
    result = world.run("import", "--practice", "oak", file)
    assert result.status == 4
    assert "adjustments.csv, row 2, charge_id: This service was taken back" in result.out
    assert "1 row not posted: the books changed meanwhile. All the rest is in." in result.out
    assert (world.balance("C1"), world.balance("C2")) == (0, 8500)
    again = world.run("import", "--practice", "oak", "--json", file)
    assert (again.status, again.events[-1]["event"]) == (1, "refused")


def test_a_post_that_the_books_forbid_meanwhile_is_refused_and_hides_nobody(
    taken_back_meanwhile: World,
) -> None:
    world = taken_back_meanwhile
    result = world.run("post", "adjustment", "--practice", "oak", "--charge", "A1", "--amount", "-5")
    assert result.status == 1
    assert "--charge: This service was taken back" in result.out
    account = world.app.ledgers.account(world.ref("C1"))
    assert account is not None
    assert (account.hold, account.ledger.balance_minor) == ("", 0)


def test_17_more_open_charges_than_an_account_takes_are_refused_with_the_limit_and_what_helps(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    world.with_practice()
    monkeypatch.setattr("chalicelib.ledger.domain.ledger.MAX_OPEN_ITEMS", 1)
    charges = f"{CHARGES}A2,C1,2026-10-08,Talk,dr-a,150\n"
    files = [world.file("clients.csv", CLIENTS), world.file("charges.csv", charges)]
    refused = world.run("import", "--practice", "oak", *files)
    assert (refused.status, refused.out.splitlines()[0]) == (1, (
        "charges.csv, row 4, fee: An account has 1 unpaid services at most. Post what was paid of the older "
        "ones, adjust them, or bring in what is owed for them as one opening balance. [too_many_open_items]"
    ))  # fmt: skip


def test_a_file_that_cannot_be_opened_is_refused(world: World) -> None:
    world.with_practice()
    assert world.run("import", "--practice", "oak", str(world.folder / "clients.csv")).status == 1
    assert world.run("import", "--practice", "oak", str(world.folder)).status == 1


@pytest.mark.parametrize(
    ("arguments", "balance"),
    [
        (["cash", "--client", "C1", "--amount", "20", "--charges", "A1"], 13000),
        (["check", "--client", "C1", "--amount", "200,00", "--notes", "=1+1"], -5000),
        (["card", "--client", "C1", "--amount", "150"], 0),
        (["other", "--client", "C1", "--amount", "1"], 14900),
        (["adjustment", "--charge", "A1", "--amount", "50"], 10000),
        (["adjustment", "--charge", "A1", "--client", "C1", "--amount", "-50"], 20000),
        (["write-off", "--charge", "A1", "--amount", "150"], 0),
    ],
)
def test_each_post_posts_once(world: World, arguments: list[str], balance: int) -> None:
    world.with_books()
    command = ["post", arguments[0], "--practice", "oak", *arguments[1:]]
    assert world.run(*command, "--dry-run").status == 0
    assert world.balance("C1") == 15000
    first, second = world.run(*command, "--json"), world.run(*command, "--json")
    assert [first.events[-1]["posted"], second.events[-1]["posted"]] == [1, 0]
    assert world.balance("C1") == balance


def test_an_insurers_answer_is_posted(world: World) -> None:
    world.with_practice()
    insured = (
        CHARGES.replace("fee\n", "fee,insurance_expected\n")
        .replace("150\n", "150,100\n")
        .replace("90\n", "90,\n")
    )
    files = [world.file("clients.csv", "client_id,name\nC1,Ana\nC2,Bo\n"), world.file("charges.csv", insured)]
    assert world.run("import", "--practice", "oak", *files).status == 0
    parts = ["--paid", "60", "--contractual-adjustment", "20", "--patient-responsibility", "20"]
    command = ["post", "insurance-payment", "--practice", "oak", "--charge", "A1", *parts]
    assert world.run(*command).status == 0
    assert world.run(*command).status == 0
    assert world.balance("C1") == 7000


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["post", "cash", "--client", "C1", "--amount", "12.5"], "--amount: “12.5” must have 2 decimals"),
        (["post", "cash", "--client", "C9", "--amount", "1"], "--client: The practice has no client “C9”."),
        (
            ["post", "cash", "--client", "C1", "--amount", "1", "--charges", "B1"],
            "--charges: Charge “B1” is another",
        ),
        (
            ["post", "cash", "--client", "C1", "--amount", "1", "--date", "2027-01-01"],
            "--date: “2027-01-01” is in",
        ),
        (
            ["post", "write-off", "--charge", "A1", "--amount", "150.01"],
            "--amount: That is more than is owed",
        ),
        (
            ["post", "write-off", "--charge", "B1", "--client", "C1", "--amount", "1"],
            "--charge: Charge “B1” is another",
        ),
        (["refund", "--payment", "P9", "--amount", "1"], "--payment: No payment “P9”"),
    ],
)
def test_a_wrong_post_is_refused_naming_its_option(world: World, arguments: list[str], said: str) -> None:
    world.with_books()
    result = world.run(*arguments, "--practice", "oak")
    assert result.status == 1
    assert said in result.out
    assert (world.balance("C1"), world.balance("C2")) == (15000, 9000)


def test_a_refund_gives_back_no_more_than_was_paid(world: World) -> None:
    world.with_books()
    world.run("post", "check", "--practice", "oak", "--client", "C1", "--amount", "100", "--id", "K1")
    assert world.run("refund", "--practice", "oak", "--payment", "K1", "--amount", "100.01").status == 1
    assert world.run("refund", "--practice", "oak", "--payment", "K1", "--amount", "40").status == 0
    assert world.balance("C1") == 9000


def test_an_unknown_payment_points_to_refunds_by_card(world: World) -> None:
    world.with_books()
    result = world.run("refund", "--practice", "oak", "--payment", "0b1e", "--amount", "1")
    assert "billfold refund-card" in result.err


def test_a_log_in_link_signs_in_once(world: World) -> None:
    world.with_books()
    assert world.run("log-in", "--practice", "oak", "--email", "ana@example.test", "--dry-run").status == 0
    result = world.run("log-in", "--practice", "oak", "--email", "ana@example.test")
    found = re.fullmatch(r"http://localhost:8000/oak/sign-in#(\S+)\n", result.out)
    assert found is not None
    signing_in = world.app.signing_in
    signing_in.redeem_token("oak", found[1], caller=Caller(""))
    with pytest.raises(Refused, match="code_expired"):
        signing_in.redeem_token("oak", found[1], caller=Caller(""))
    nobody = world.run("log-in", "--practice", "oak", "--email", "nobody@example.test", "--json")
    assert (nobody.status, nobody.events[-1]["code"]) == (1, "person_not_found")


@pytest.mark.parametrize(
    "arguments",
    [
        [],
        ["import"],
        ["post", "gold"],
        ["post", "cash", "--practice", "oak"],
        ["import", "--pract", "oak", "x.csv"],
    ],
)
def test_a_wrong_command_line_ends_with_two(arguments: list[str]) -> None:
    with pytest.raises(SystemExit) as leaving:
        main(arguments)
    assert leaving.value.code == 2


@pytest.mark.parametrize(
    "command", ["", "practice", "import", "post", "refund", "log-in", "post cash", "practice create"]
)
def test_every_command_has_help(command: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as leaving:
        main([*command.split(), "--help"])
    assert leaving.value.code == 0
    assert capsys.readouterr().out.startswith("usage: billfold")


def test_a_missing_setting_is_named(capsys: pytest.CaptureFixture[str]) -> None:
    bootstrap.use(None)
    assert main(["practice", "show", "--practice", "oak"]) == 2
    assert "BILLFOLD_STAGE is not set" in capsys.readouterr().err


def test_an_unknown_practice_is_refused(world: World) -> None:
    result = world.run("practice", "show", "--practice", "elm")
    assert (result.status, result.err) == (1, "billfold: There is no such practice.\n")


def test_a_store_that_is_away_ends_with_three(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    def away(practice: str) -> None:
        raise Busy(practice)

    monkeypatch.setattr(world.app.practices, "practice", away)
    assert world.run("practice", "show", "--practice", "oak").status == 3
