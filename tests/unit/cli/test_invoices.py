"""`billfold invoice`: issued, listed, shown and voided by hand (issue 14)."""

import json
import re
from pathlib import Path
from typing import Any

import pytest

from chalicelib.ledger.services.posting import own_id
from tests.support.clock import FakeClock
from tests.unit.cli.test_backups import EXPORT, into_an_empty_table, kept
from tests.unit.cli.world import NOW, World

OAK = ("--practice", "oak")


@pytest.fixture
def books(world: World) -> World:
    world.with_books()
    return world


def issue(books: World, *more: str) -> None:
    assert books.run("invoice", "issue", *OAK, *more).status == 0


def test_every_client_is_invoiced_what_is_owed(books: World) -> None:
    result = books.run("invoice", "issue", *OAK, "--all", "--due", "2026-12-01")
    assert result.status == 0
    *issued, done = result.out.splitlines()
    assert done == "Done: 2 invoices issued: 1 to 2."
    assert sorted(line[:3] for line in issued) == ["1: ", "2: "]
    assert {line[3:] for line in issued} == {  # by the accounts' ids, which are random
        "C1, 1 service, 150.00 USD due 2026-12-01", "C2, 1 service, 90.00 USD due 2026-12-01",
    }  # fmt: skip
    again = books.run("invoice", "issue", *OAK, "--all")
    assert (again.status, again.out) == (0, "Done: 0 invoices issued.\n")


def test_a_dry_run_lists_drafts_and_writes_nothing(books: World) -> None:
    before = kept()
    result = books.run("invoice", "issue", *OAK, "--all", "--dry-run")
    assert (result.status, kept()) == (0, before)
    assert "draft: C1, 1 service, 150.00 USD due 2026-12-20\n  2026-10-01 Talk (A1): 150.00 USD" in result.out
    assert result.out.endswith("Dry run: 2 invoices would be issued. Nothing was written.\n")


def test_an_invoice_is_shown_as_it_stands_and_as_it_was_issued(books: World) -> None:
    issue(books, "--client", "C1", "--charges", "A1")
    paid = books.run("post", "cash", *OAK, "--client", "C1", "--amount", "50")
    assert paid.status == 0, paid.out + paid.err
    result = books.run("invoice", "show", *OAK, "1")
    assert result.out.splitlines() == [
        "1: C1, partly paid, issued 2026-11-20, due 2026-12-20, 150.00 USD, still owed 100.00 USD",
        "  2026-10-01 Talk: fee 150.00 USD, insurance 0.00 USD, adjustments 0.00 USD, paid 0.00 USD, "
        "owed 150.00 USD",
    ]
    listed = books.run("invoice", "list", *OAK, "--client", "C1", "--json")
    assert [event.get("status") for event in listed.events] == ["partly_paid", None]
    assert "Ana" not in listed.out + result.out


def test_clients_and_numbers_are_in_their_order(books: World) -> None:
    """Issue 14: lists were in the order of the accounts' ids, which are random."""
    file = books.file("clients.csv", "client_id,name\n" + "".join(f"C{n},Cy\n" for n in range(3, 12)))
    rows = "".join(f"D{n},C{n},2026-10-02,Talk,dr-a,10\n" for n in range(3, 12))
    charges = books.file("charges.csv", "charge_id,client_id,date,service,clinician_id,fee\n" + rows)
    assert books.run("import", *OAK, file, charges).status == 0
    issue(books, "--client", "C11")
    issue(books, "--all")
    listed = books.run("invoice", "list", *OAK, "--json").events[:-1]
    order = ["C11", *(f"C{n}" for n in range(1, 11))]
    assert [(event["number"], event["client"]) for event in listed] == list(enumerate(order, start=1))


def test_a_void_invoice_is_listed_as_void_and_its_service_goes_on_another(books: World) -> None:
    issue(books, "--client", "C1")
    before = kept()
    assert books.run("invoice", "void", *OAK, "1", "--dry-run").status == 0
    assert kept() == before
    assert books.run("invoice", "void", *OAK, "1", "--notes", "Twice").status == 0
    issue(books, "--client", "C1")
    listed = books.run("invoice", "list", *OAK, "--json").events
    assert [(event["number"], event["status"]) for event in listed[:-1]] == [(1, "void"), (2, "open")]
    assert books.run("invoice", "show", *OAK, "1").out.endswith("void since 2026-11-20: Twice\n")


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        (("issue", "--client", "C9"), "client_not_found"),
        (("issue", "--client", "C1", "--charges", "B1"), "charge_not_found"),
        (("issue", "--client", "C1", "--charges", "A1"), "charge_invoiced"),
        (("issue", "--client", "C1"), "nothing_to_invoice"),
        (("issue", "--client", "C2", "--due", "2026-11-19"), "due_date_early"),
        (("issue", "--client", "C2", "--due", "soon"), "date_invalid"),
        (("show", "9"), "invoice_not_found"),
        (("void", "9"), "invoice_not_found"),
        (("void", "2"), "invoice_void"),
        (("void", "2", "--dry-run"), "invoice_void"),
        (("list", "--client", "C9"), "client_not_found"),
    ],
)
def test_what_cannot_be_is_refused_by_its_code_and_changes_nothing(
    books: World, arguments: tuple[str, ...], code: str
) -> None:
    issue(books, "--client", "C1")
    issue(books, "--client", "C2")
    assert books.run("invoice", "void", *OAK, "2").status == 0
    before = kept()
    result = books.run("invoice", *arguments, *OAK, "--json")
    assert (result.status, result.events[-1]["code"]) == (1, code)
    assert kept() == before


def test_services_that_are_invoiced_already_are_said_and_the_rest_is_invoiced(books: World) -> None:
    """Issue 14: what a broken-off run has invoiced is left as it is."""
    issue(books, "--client", "C1", "--charges", "A1")
    text = "client_id,date,amount\nC1,2026-09-01,40\n"
    assert books.run("import", *OAK, books.file("opening_balances.csv", text)).status == 0
    both = ("invoice", "issue", *OAK, "--client", "C1", "--charges", "A1", "opening:C1")
    there = "A1 is on invoice 1 already."
    assert books.run(*both, "--dry-run").out.splitlines()[0] == there
    result = books.run(*both, "--json")
    assert result.status == 0
    assert [(event.get("charge"), event.get("number")) for event in result.events] == [
        ("A1", 1), (None, "2"), (None, None)
    ]  # fmt: skip
    again = books.run(*both)
    assert again.status == 1
    assert again.out.splitlines() == [there, "opening:C1 is on invoice 2 already."]


def test_a_refusal_names_the_charge(books: World) -> None:
    for id_, said in (("A1", ""), ("B1", "B1: There is no such service."), ("B7", "B7: There is no such")):
        result = books.run("invoice", "issue", *OAK, "--client", "C1", "--charges", id_)
        assert (result.status, said in result.err) == (1 if said else 0, True), result.err
    paid = books.run("post", "cash", *OAK, "--client", "C2", "--amount", "90")
    assert paid.status == 0
    result = books.run("invoice", "issue", *OAK, "--client", "C2", "--charges", "B1", "--json")
    assert (result.events[-1]["code"], result.events[-1]["charge"]) == ("charge_not_open", "B1")
    result = books.run("invoice", "issue", *OAK, "--client", "C1", "--charges", "A1", "--dry-run")
    assert "A1: This service is on invoice 1 already." in result.err


def test_what_was_issued_before_a_refusal_is_said(books: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """Issue 14: a service that somebody pays between two transactions."""
    rows = "".join(f"M{number:02d},C1,2026-10-02,dr-a,Talk,10.00\n" for number in range(25))
    text = "charge_id,client_id,date,clinician_id,service,fee\n" + rows
    imported = books.run("import", *OAK, books.file("charges.csv", text))
    assert imported.status == 0, imported.out
    issued = books.app.invoices.issue

    def paid_meanwhile(*arguments: Any, **options: Any) -> None:
        issued(*arguments, **options)
        books.app.posting(actor="cli").external_payment(
            books.ref("C1"), "p1", 1_000, method="cash", on="2026-11-20", charge_external_ids=("M24",)
        )

    monkeypatch.setattr(books.app.invoices, "issue", paid_meanwhile)
    ids = [f"M{number:02d}" for number in range(25)]
    result = books.run("invoice", "issue", *OAK, "--client", "C1", "--each", "session", "--charges", *ids)
    assert result.status == 4
    assert result.out.splitlines()[-1] == "Done: 19 invoices issued: 1 to 19."
    assert "M24: Nothing is owed for this service any more." in result.err


@pytest.mark.parametrize("amount", ["50", "150"], ids=["partly paid", "paid"])
def test_an_invoice_of_which_something_was_paid_is_voided_only_by_who_says_so(
    books: World, amount: str
) -> None:
    issue(books, "--client", "C1")
    assert books.run("post", "cash", *OAK, "--client", "C1", "--amount", amount).status == 0
    before = kept()
    for more in ((), ("--dry-run",)):
        result = books.run("invoice", "void", *OAK, "1", *more, "--json")
        assert (result.status, result.events[-1]["code"]) == (1, "invoice_paid")
    assert kept() == before
    assert books.run("invoice", "void", *OAK, "1", "--yes").status == 0


class WaitingClock(FakeClock):
    """Time goes by while the command waits for PDFs; nobody works behind the queue."""

    def pause(self, attempt: int) -> None:
        self.advance(seconds=30)


def test_invoices_that_no_mail_tells_of_are_written_to_be_posted(books: World, tmp_path: Path) -> None:
    """Issue 14: as statements are."""
    clients = "client_id,name,email,address\nC3,Dan Ito,,5 Oak Lane\nC4,Eve,eve@example.test,\n"
    charges = "charge_id,client_id,date,clinician_id,service,fee\n"
    charges += "D1,C3,2026-10-02,dr-a,Talk,10.00\nE1,C4,2026-10-02,dr-a,Talk,10.00\n"
    for name, text in (("clients.csv", clients), ("charges.csv", charges)):
        done = books.run("import", *OAK, books.file(name, text))
        assert done.status == 0, done.out
    for client in ("C3", "C4"):
        issue(books, "--client", client)
    folder, books.app.clock = tmp_path / "post", WaitingClock(NOW)
    missing = books.run("invoice", "paper", *OAK, str(folder))
    assert (missing.status, folder.exists()) == (1, False)
    assert "C3: the PDF of invoice 1 is not there" in missing.out
    books.app.invoice_filing.render(books.ref("C3"), 1)
    assert books.run("invoice", "paper", *OAK, str(folder), "--since", "2026-11-21").status == 0
    assert [path.name for path in folder.iterdir()] == ["list.csv"]
    (folder / "list.csv").unlink()
    result = books.run("invoice", "paper", *OAK, str(folder))
    assert result.out == f"1 invoice to post: {folder}, with list.csv\n"
    listed = (folder / "list.csv").read_text("utf-8-sig").splitlines()[1:]
    assert listed == ['"001-C3.pdf","C3","Dan Ito","5 Oak Lane","no address"']
    assert (folder / "001-C3.pdf").read_bytes().startswith(b"%PDF-")


def test_an_empty_id_is_no_client_and_not_everybody(books: World) -> None:
    assert books.run("invoice", "issue", *OAK, "--client", "").status == 1
    assert books.app.invoices.counted("oak").last == 0


def test_charges_without_their_client_are_a_wrong_command(books: World) -> None:
    assert books.run("invoice", "issue", *OAK, "--all", "--charges", "A1").status == 2


def test_invoices_and_their_numbers_are_in_a_backup_and_go_on_after_it(books: World) -> None:
    issue(books, "--client", "C1")
    issue(books, "--client", "C2")
    assert books.run("invoice", "void", *OAK, "2").status == 0
    exported = books.run(*EXPORT)
    assert exported.status == 0
    kinds = {json.loads(line)["kind"]["S"] for line in exported.out.splitlines()[1:-1]}
    assert {kind for kind in kinds if "invoice" in kind} == {
        "invoice", "invoice-paper", "invoice-void", "invoiced", "invoice-counter", "invoice-number",
    }  # fmt: skip
    before = kept()
    into_an_empty_table()
    assert books.run("restore", books.file("oak.jsonl", exported.out)).status == 0
    assert kept() == before
    issue(books, "--client", "C2")
    assert [number for number, _ in books.app.invoices.numbers("oak")] == [1, 2, 3]


@pytest.mark.parametrize("before", [0, 1], ids=["none issued", "one issued"])
def test_numbers_go_on_after_the_one_that_was_set(books: World, before: int) -> None:
    """Issue 14: the command of the runbook, after a restore that has lost invoices. Only upward."""
    if before:
        issue(books, "--client", "C1")
    text = Path("docs/runbook/emergencies.md").read_text()
    command = re.search(r"billfold (invoice number --practice willow --set 41)\n", text)
    assert command is not None
    words = command[1].replace("willow", "oak").split()
    there = kept()
    assert books.run(*words, "--dry-run").out.startswith("Dry run: the next invoice would have number 42.")
    assert kept() == there
    for _ in range(2):  # whoever runs it again changes nothing
        assert books.run(*words).out == "Done: the next invoice has number 42.\n"
    issue(books, "--client", "C2")
    assert [number for number, _ in books.app.invoices.numbers("oak")] == [1, 42][1 - before :]
    assert kept()  # every row can be read, and so exported
    there = kept()
    refused = books.run(*words, "--json")
    assert (refused.status, refused.events[-1]["code"]) == (1, "invoice_number_given")
    refused = books.run("invoice", "number", *OAK, "--set", "1000000000", "--json")
    assert (refused.status, refused.events[-1]["code"]) == (1, "number_too_high")
    assert kept() == there
    assert books.run("invoice", "number", *OAK).out == "The latest invoice has number 42.\n"


def test_a_balance_brought_along_can_be_invoiced_alone(books: World) -> None:
    text = "client_id,date,amount\nC1,2026-09-01,40\n"
    result = books.run("import", *OAK, books.file("opening_balances.csv", text))
    assert result.status == 0, result.out
    issue(books, "--client", "C1", "--charges", "opening:C1")
    (line,) = books.app.invoice_showing.opened(books.ref("C1"), 1).paper.lines
    assert (line.charge_id, line.service, line.owed_minor) == (
        own_id("oak", "opening", "opening:C1"),
        "",
        4_000,
    )


def test_a_practice_says_when_invoices_are_due(world: World) -> None:
    world.with_practice(invoice_days=14)
    practice = world.app.practices.practice("oak")
    assert practice is not None
    assert practice.invoice_days == 14
    path = world.file("practice.json", json.dumps({"id": "oak", "invoice_days": 400}))
    assert world.run("practice", "create", "--file", path).status == 1


@pytest.mark.parametrize("by", ["per_session", "daily", "monthly"])
def test_a_practice_says_whether_the_clock_issues_invoices_and_from_when(world: World, by: str) -> None:
    """Issue 14: by the practice's setting."""
    world.with_practice(invoices=by, invoices_from="2026-12-01")
    (shown,) = world.run("practice", "show", "--practice", "oak", "--json").events
    assert (shown["invoices"], shown["invoices_from"]) == (by, "2026-12-01")


@pytest.mark.parametrize(
    ("said", "field"),
    [({"invoices": "weekly"}, "invoices"), ({"invoices": "daily"}, "invoices_from"),
     ({"invoices": "daily", "invoices_from": "soon"}, "invoices_from"),
     ({"invoices": "daily", "invoices_from": "20261201"}, "invoices_from")],
)  # fmt: skip
def test_a_setting_that_says_nothing_clear_is_refused(world: World, said: dict[str, str], field: str) -> None:
    entry = {"id": "ada", "name": "Ada Moss"}
    facts = {
        "id": "oak", "name": "Oak", "timezone": "America/New_York", "currency": "USD", "clinicians": [entry],
        "descriptor": "OAK PRACTICE", "email": "oak@example.test", **said,
    }  # fmt: skip
    result = world.run("practice", "create", "--file", world.file("practice.json", json.dumps(facts)))
    assert result.status == 1
    assert result.out.splitlines()[0].startswith(f"{field}: "), result.out


def test_without_a_word_invoices_are_issued_by_hand(world: World) -> None:
    world.with_practice()
    (shown,) = world.run("practice", "show", "--practice", "oak", "--json").events
    assert shown["invoices"] == "by_hand"
