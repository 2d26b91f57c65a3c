"""Issue 13: a statement's PDF is made when it is first opened, from what was issued alone."""

from dataclasses import fields, replace

import pytest

from chalicelib.documents.domain import statement_lines
from chalicelib.documents.domain.ageing import Ageing
from chalicelib.documents.domain.estimates import Estimate
from chalicelib.documents.domain.invoices import Invoice
from chalicelib.documents.domain.spans import Span
from chalicelib.documents.domain.statements import (
    Delivery,
    Issued,
    Line,
    Outcome,
    Statement,
    StatementData,
    Sums,
)
from chalicelib.documents.domain.superbills import Superbill
from chalicelib.documents.store.statements import StatementItem
from chalicelib.kernel.account_refs import AccountRef
from chalicelib.kernel.outside import Unreadable
from chalicelib.ledger.domain.entries import EntryKind
from tests.support.letterheads import posted
from tests.support.saving import put_client, put_practice
from tests.unit.statements.world import OCTOBER, STATEMENT_DAY, World


def issued_in_spanish() -> World:
    """Mailed, and opened by nobody."""
    world = World(1)
    names = {"Individual session": {"es": "Sesión individual"}}
    put_practice(world.practices, replace(world.practice, service_names=names))
    client = replace(world.people.client_rows["fern", "a00000"], locale="es")
    put_client(world.people, "fern", client)
    world.at(STATEMENT_DAY)
    profile = world.practices.practice("fern")
    assert profile
    world.issuing.issue(profile, OCTOBER, client)
    assert world.delivering.deliver(client.ref("fern"), OCTOBER) is Delivery.SENT
    return world


def test_issue_13_a_statement_is_drawn_when_it_is_first_opened_and_says_what_was_issued() -> None:
    """Issue 13: a PDF for each statement of a night is a third of what the night costs."""
    world, opened_at_once = issued_in_spanish(), issued_in_spanish()
    assert (world.files.kept, len(world.mailer.sent)) == ({}, 1)
    opened_at_once.open_all()
    others = {"Individual session": {"es": "Otra cosa"}}
    put_practice(world.practices, replace(world.practice, service_names=others, payments_enabled=False))
    world.open_all()
    assert world.pdf("a00000") == opened_at_once.pdf("a00000")
    assert "Sesión individual".encode() in world.pdf("a00000")
    assert (world.statement().digest, world.statement().template) == (opened_at_once.statement().digest, 1)
    assert world.statement().pay_at == "https://bills.example/fern/billing"
    assert len(world.statement().digest) == 32


def test_issue_13_a_statement_whose_entries_are_not_those_that_were_issued_is_not_drawn_and_noted() -> None:
    world = issued_in_spanish()
    key = ("fern", "a00000", OCTOBER)
    issued = world.statements.documents[key]
    forged = replace(issued.statement, sums=replace(issued.statement.sums, charges_minor=1))
    world.statements.documents[key] = replace(issued, statement=forged)
    with pytest.raises(Unreadable):
        world.filing.render(AccountRef("fern", "a00000"), OCTOBER)
    assert (world.files.kept, world.outcome("a00000")) == ({}, Outcome.UNRENDERABLE)
    why = world.statements.notes["fern", OCTOBER, "a00000"].why
    assert why == "row_unreadable: statement 2026-10: not as it was issued"


def test_issue_13_a_hash_is_the_same_whatever_fields_join_with_their_defaults() -> None:
    """Known by heart, so that no change of a record makes an issued statement one that is not drawn."""
    sums, head = Sums(0, 10_000, 0, 0, 0), posted("Fern Hill", "1 Test Road", "", "", "Maya", "", "es")
    issued = Statement(
        "maya", OCTOBER, "USD", (Span(1, 7), Span(9, 9)), True, 1, sums, Ageing(10_000), 2_500, head,
        "2026-11-05", "2026-11-05T12:00:00.000Z", (("Session", "Sesión"),), "https://bills.example/fern/billing",
    )  # fmt: skip
    line = Line("2026-10-15", EntryKind.CHARGE, "Sesión", "", 10_000, 10_000)
    known = "546a3d245854f53f26bb5e2a0583c497"
    assert StatementData(issued, (line,)).digest == known
    assert StatementData(replace(issued, issued_at="later"), (line,)).digest == known
    assert StatementData(issued, (replace(line, late=True),)).digest != known


def test_issue_13_one_keeps_the_page_that_it_is_drawn_on_when_there_is_another_since(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """A row has no field that has its default: that of the page is the first one for good."""
    monkeypatch.setattr(statement_lines, "TEMPLATE", 2)
    statement = issued_in_spanish().statement()
    assert statement.template == 2
    row = StatementItem.of("fern", Issued(statement), 1)
    assert (row.issued().statement, '"template":2' in row.body) == (statement, True)
    for kind in (Statement, Invoice, Superbill, Estimate):
        assert {field.name: field.default for field in fields(kind)}["template"] == 1


def test_issue_13_one_from_before_there_were_hashes_is_drawn_under_its_former_name() -> None:
    world = issued_in_spanish()
    key = ("fern", "a00000", OCTOBER)
    issued = world.statements.documents[key]
    former = replace(issued.statement, digest="", pay_at="", called=())
    world.statements.documents[key] = replace(issued, statement=former)
    world.open_all()
    assert list(world.files.kept) == [("fern", "statements/a00000/2026-10.pdf")]
