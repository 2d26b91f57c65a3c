"""Invoices of what is owed and on none yet, numbered without gaps, and void by a document of its own."""

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from functools import partial

import pytest

from chalicelib.documents.domain.invoices import Counted, Grouping, Invoiced, Status, Void
from chalicelib.documents.ports.invoices import BATCH, ToIssue
from chalicelib.documents.services.invoices.issuing import InvoiceIssuing, InvoiceWish
from chalicelib.documents.store.invoices import DynamoInvoices
from chalicelib.kernel.errors import BillfoldError, Invalid, NotFound, Refused
from chalicelib.kernel.outside import Busy
from chalicelib.ledger.services.correcting import Correcting
from chalicelib.practice.domain.practices import Client
from tests.support.practice import PRACTICE
from tests.unit.invoices.world import World

SPANISH = replace(PRACTICE, service_names={"Individual session": {"es": "Sesión individual"}})


@pytest.fixture
def world() -> Iterator[World]:
    world = World(SPANISH)
    with world.on_aws():
        yield world


@pytest.fixture
def maya(world: World) -> Client:
    return world.client("maya", preferred_name="May", guarantor_name="Ada Okafor", address="5 Oak Lane")


def refused(world: World, client: Client, wish: InvoiceWish, code: str, of: type[BillfoldError]) -> None:
    """And nothing is changed."""
    before = dict(world.cloud.store.items)
    with pytest.raises(of) as caught:
        world.issue(client, wish)
    assert caught.value.code == code
    assert world.cloud.store.items == before


def test_an_invoice_says_what_stood_when_it_was_issued(world: World, maya: Client) -> None:
    charge = world.charge(maya, "s1", fee_minor=15_000, insurer_minor=9_000)
    world.post.external_payment(maya.ref("fern"), "p1", 1_000, method="cash", on="2026-10-16")
    (invoice,) = world.issue(maya)
    assert (invoice.number, invoice.issued_on, invoice.due_on) == (1, "2026-11-05", "2026-12-05")
    assert (invoice.first_date, invoice.last_date, invoice.lines) == ("2026-10-15", "2026-10-15", 1)
    paper = world.app.invoices.paper(maya.ref("fern"), 1)
    assert paper is not None
    assert paper.digest == invoice.digest
    head = paper.letterhead
    assert (head.client_name, head.guarantor_name) == ("May", "Ada Okafor")
    assert head.pay_at.endswith("/fern/billing")
    (line,) = paper.lines
    assert (line.charge_id, line.date, line.service) == (charge, "2026-10-15", "Individual session")
    assert line.clinician == "Ada Moss, LCSW"
    assert (line.fee_minor, line.insurance_minor, line.paid_minor) == (15_000, 9_000, 1_000)
    assert line.owed_minor == invoice.sums.owed_minor == 5_000


def test_an_invoice_says_what_was_adjusted_and_what_was_written_off(world: World, maya: Client) -> None:
    """Issue 14: why something was taken off, by its kind; what staff typed is for the practice alone."""
    ref, about = maya.ref("fern"), {"on": "2026-10-16", "reason": "Hardship"}
    world.charge(maya, "s1")
    world.charge(maya, "s2", "2026-10-16")
    world.post.adjustment(ref, "a1", charge_external_id="s1", amount_minor=1_000, **about)
    world.post.write_off(ref, "w1", charge_external_id="s1", amount_minor=500, **about)
    world.post.write_off(ref, "w2", charge_external_id="s1", amount_minor=300, **about)
    world.post.write_off(ref, "w3", charge_external_id="s2", amount_minor=200, **about)
    Correcting(world.app.ledgers, world.clock, "cli").reverse(ref, 5, on="2026-11-05")  # w2
    world.issue(maya)
    paper = world.app.invoices.paper(ref, 1)
    assert paper is not None
    assert [(line.adjustments_minor, line.written_off_minor) for line in paper.lines] == [
        (1_500, 500), (200, 200)
    ]  # fmt: skip
    assert "Hardship" not in str(paper)


def test_only_where_something_was_adjusted_is_more_read_than_the_account(world: World, maya: Client) -> None:
    for number in range(30):
        world.charge(maya, f"s{number}")
    world.cloud.calls.clear()
    world.issue(maya)
    plain = Counter(world.cloud.calls)
    ref, about = maya.ref("fern"), {"on": "2026-10-16"}
    world.charge(maya, "last")
    world.post.write_off(ref, "w1", charge_external_id="last", amount_minor=500, **about)
    world.cloud.calls.clear()
    world.issue(maya)
    assert Counter(world.cloud.calls) - plain == {"dynamodb BatchGetItem": 1, "dynamodb Query": 1}


def test_services_are_called_in_the_clients_language(world: World) -> None:
    lucia = world.client("lucia", locale="es")
    world.charge(lucia, "s1")
    world.issue(lucia)
    paper = world.app.invoices.paper(lucia.ref("fern"), 1)
    assert paper is not None
    assert paper.lines[0].service == "Sesión individual"


def test_where_nothing_can_be_paid_online_no_page_is_named(world: World, maya: Client) -> None:
    world.practice = replace(SPANISH, payments_enabled=False)
    world.charge(maya, "s1")
    world.issue(maya)
    paper = world.app.invoices.paper(maya.ref("fern"), 1)
    assert paper is not None
    assert paper.letterhead.pay_at == ""


@pytest.mark.parametrize(
    ("grouping", "lines"),
    [(Grouping.CLIENT, [4]), (Grouping.MONTH, [3, 1]), (Grouping.DAY, [2, 1, 1]),
     (Grouping.SESSION, [1, 1, 1, 1])],
)  # fmt: skip
def test_services_are_together_as_asked(
    world: World, maya: Client, grouping: Grouping, lines: list[int]
) -> None:
    for number, day in enumerate(("2026-10-15", "2026-10-15", "2026-10-20", "2026-11-01")):
        world.charge(maya, f"s{number}", day)
    issued = world.issue(maya, InvoiceWish(grouping))
    assert [invoice.lines for invoice in issued] == lines
    assert [invoice.number for invoice in issued] == list(range(1, len(lines) + 1))


def test_a_service_is_on_one_invoice_only(world: World, maya: Client) -> None:
    first = world.charge(maya, "s1")
    world.issue(maya)
    refused(world, maya, InvoiceWish(), "nothing_to_invoice", Refused)
    refused(world, maya, InvoiceWish(charge_ids=(first,)), "charge_invoiced", Refused)
    second = world.charge(maya, "s2")
    (invoice,) = world.issue(maya)
    invoiced = world.app.invoices.invoiced(maya.ref("fern"))
    assert invoice.number == 2
    assert invoiced.charges == {first: 1, second: 2}


def test_chosen_services_alone_are_invoiced(world: World, maya: Client) -> None:
    ids = [world.charge(maya, f"s{number}", f"2026-10-{number + 1:02d}") for number in range(30)]
    issued = world.issue(maya, InvoiceWish(Grouping.SESSION, tuple(ids[:25])))
    assert [invoice.number for invoice in issued] == list(range(1, 26))
    assert world.app.invoices.invoiced(maya.ref("fern")).charges.keys() == set(ids[:25])


def test_chosen_services_of_a_broken_off_run_go_on_with_what_is_left(world: World, maya: Client) -> None:
    """Issue 14: killed between two transactions, the same wish again invoices the rest, and nothing twice."""
    ids = tuple(world.charge(maya, f"s{number}", f"2026-10-{number + 1:02d}") for number in range(25))
    wish = InvoiceWish(Grouping.SESSION, ids)
    with pytest.raises(InterruptedError):
        issuing(world, Broken()).issue(world.practice, maya, wish)
    there = world.app.invoices.invoiced(maya.ref("fern")).charges
    assert len(there) == BATCH
    assert len(world.app.invoice_issuing.foresee(world.practice, maya, wish)) == 25 - BATCH
    assert [invoice.number for invoice in world.issue(maya, wish)] == list(range(BATCH + 1, 26))
    after = world.app.invoices.invoiced(maya.ref("fern")).charges
    assert after == {**after, **there}
    assert sorted(after.values()) == list(range(1, 26))
    refused(world, maya, wish, "charge_invoiced", Refused)


def test_what_is_paid_taken_back_or_somebody_elses_is_on_no_invoice(world: World, maya: Client) -> None:
    paid, undone = world.charge(maya, "s1"), world.charge(maya, "s2")
    ref = maya.ref("fern")
    world.post.external_payment(
        ref, "p1", 10_000, method="cash", on="2026-10-16", charge_external_ids=("s1",)
    )
    Correcting(world.app.ledgers, world.clock, "cli").reverse(ref, 2, on="2026-11-05")
    noah = world.client("noah")
    his = world.charge(noah, "s3")
    refused(world, maya, InvoiceWish(charge_ids=(paid,)), "charge_not_open", Refused)
    refused(world, maya, InvoiceWish(charge_ids=(undone,)), "charge_not_open", Refused)
    refused(world, maya, InvoiceWish(charge_ids=(his,)), "charge_not_found", NotFound)
    refused(world, maya, InvoiceWish(charge_ids=("none",)), "charge_not_found", NotFound)
    refused(world, maya, InvoiceWish(), "nothing_to_invoice", Refused)


def test_a_client_in_credit_has_nothing_to_invoice(world: World, maya: Client) -> None:
    world.post.external_payment(maya.ref("fern"), "p1", 10_000, method="cash", on="2026-10-16")
    refused(world, maya, InvoiceWish(), "nothing_to_invoice", Refused)


def test_an_invoice_is_not_due_before_it_is_issued(world: World, maya: Client) -> None:
    world.charge(maya, "s1")
    refused(world, maya, InvoiceWish(due_on="2026-11-04"), "due_date_early", Invalid)
    (invoice,) = world.issue(maya, InvoiceWish(due_on="2026-11-05"))
    assert invoice.due_on == invoice.issued_on


def test_whose_import_has_not_ended_gets_none(world: World, maya: Client) -> None:
    noah = Client("noah", "noah", "Noah", "", "en")
    world.post.open_account(noah.ref("fern"), "USD", external_id="noah", hold="import-1")
    refused(world, noah, InvoiceWish(), "account_updating", Refused)
    world.charge(maya, "s1")
    batches = list(world.app.invoice_issuing.issue_all(world.practice, [noah, maya], InvoiceWish()))
    assert [invoice.account_id for batch in batches for invoice in batch] == ["maya"]


def test_four_hundred_services_are_one_invoice_and_the_next_goes_on_another(
    world: World, maya: Client
) -> None:
    """Issue 14: 400 lines must issue."""
    for number in range(401):
        world.charge(maya, f"s{number:03d}")
    assert [invoice.lines for invoice in world.issue(maya)] == [400, 1]


def test_its_status_is_told_by_the_ledger(world: World, maya: Client) -> None:
    world.charge(maya, "s1")
    world.charge(maya, "s2")
    world.issue(maya)

    def status() -> tuple[Status, int]:
        (row,) = world.standings(maya)
        return row.status, row.owed_minor

    assert status() == (Status.OPEN, 20_000)
    world.post.external_payment(maya.ref("fern"), "p1", 15_000, method="cash", on="2026-11-05")
    assert status() == (Status.PARTLY_PAID, 5_000)
    world.post.external_payment(maya.ref("fern"), "p2", 5_000, method="cash", on="2026-11-05")
    assert status() == (Status.PAID, 0)
    world.charge(maya, "s3")  # on no invoice: none of the first one's
    assert status() == (Status.PAID, 0)


def test_a_void_invoice_keeps_its_number_and_frees_its_services(world: World, maya: Client) -> None:
    charge = world.charge(maya, "s1")
    world.issue(maya)
    void = world.app.invoice_issuing.void(world.practice, 1, actor="cli", notes="Wrong name")
    assert (void.voided_on, void.notes) == ("2026-11-05", "Wrong name")
    ref = maya.ref("fern")
    assert world.app.invoices.voided(ref, 1) == void
    assert [(row.status, row.owed_minor) for row in world.standings(maya)] == [(Status.VOID, 0)]
    (second,) = world.issue(maya, InvoiceWish(charge_ids=(charge,)))
    assert second.number == 2
    assert [row.status for row in world.standings(maya)] == [Status.OPEN, Status.VOID]
    assert world.app.invoice_showing.opened(ref, 1).void == void


@pytest.mark.parametrize(("number", "code"), [(1, "invoice_void"), (2, "invoice_not_found")])
def test_a_void_is_not_voided_and_an_absent_invoice_is_not_found(
    world: World, maya: Client, number: int, code: str
) -> None:
    world.charge(maya, "s1")
    world.issue(maya)
    world.app.invoice_issuing.void(world.practice, 1, actor="cli")
    world.clock.advance(seconds=1)
    before = dict(world.cloud.store.items)
    with pytest.raises(BillfoldError) as caught:
        world.app.invoice_issuing.void(world.practice, number, actor="cli")
    assert caught.value.code == code
    assert world.cloud.store.items == before


def test_a_page_of_invoices_is_read_without_their_lines(world: World, maya: Client) -> None:
    for number in range(60):
        world.charge(maya, f"s{number:03d}")
    world.issue(maya, InvoiceWish(Grouping.SESSION))
    world.cloud.calls.clear()
    page = world.app.invoice_showing.listed(maya.ref("fern"), cursor=None, limit=50)
    assert [row.invoice.number for row in page.rows] == list(range(60, 10, -1))
    # the page; the practice and the account; what is invoiced
    assert world.cloud.calls == ["dynamodb Query", *["dynamodb GetItem"] * 3]
    rest = world.app.invoice_showing.listed(maya.ref("fern"), cursor=page.next_cursor, limit=50)
    assert [row.invoice.number for row in rest.rows] == list(range(10, 0, -1))


class Disturbed(DynamoInvoices):
    """Something befalls the first transaction: before it, or after it, and then its reply is lost."""

    def __init__(self, before: Callable[[], object] = lambda: None, *, lost: bool = False) -> None:
        self.waiting = [before]
        self.lost = lost

    def issue(self, practice: str, accounts: Sequence[ToIssue], *, counted: Counted) -> None:
        first = self.waiting.pop() if self.waiting else None
        if first:
            first()
        super().issue(practice, accounts, counted=counted)
        if first and self.lost:
            raise Busy("reply lost")

    def void(self, practice: str, void: Void, *, before: Invoiced, counted: Counted) -> None:
        super().void(practice, void, before=before, counted=counted)
        if self.lost:
            raise Busy("reply lost")


class Broken(DynamoInvoices):
    """The process ends after the first transaction."""

    def issue(self, practice: str, accounts: Sequence[ToIssue], *, counted: Counted) -> None:
        if counted.last:
            raise InterruptedError
        super().issue(practice, accounts, counted=counted)


def issuing(world: World, disturbed: DynamoInvoices) -> InvoiceIssuing:
    return replace(world.app.invoice_issuing, invoices=disturbed)


def test_whose_reply_was_lost_looks_and_issues_none_twice(world: World, maya: Client) -> None:
    world.charge(maya, "s1")
    lost = issuing(world, Disturbed(lost=True))
    assert [invoice.number for invoice in lost.issue(world.practice, maya, InvoiceWish())] == [1]
    assert lost.void(world.practice, 1, actor="cli") == world.app.invoices.voided(maya.ref("fern"), 1)


class Late(DynamoInvoices):
    """The first transaction's reply is lost, and its write is seen only when the work is tried again."""

    def __init__(self) -> None:
        self.late: list[Callable[[], None]] = []
        self.first = True

    def issue(self, practice: str, accounts: Sequence[ToIssue], *, counted: Counted) -> None:
        write = partial(super().issue, practice, accounts, counted=counted)
        if not self.first:
            return write()
        self.first = False
        self.late.append(write)
        raise Busy("reply lost")

    def counted(self, practice: str) -> Counted:
        while self.late:
            self.late.pop()()
        return super().counted(practice)


@pytest.mark.parametrize("chosen", [False, True])
def test_what_lands_late_after_its_reply_was_lost_is_told_as_issued(
    world: World, maya: Client, chosen: bool
) -> None:
    """Issue 14: not as if there were nothing to invoice."""
    ids = tuple(world.charge(maya, f"s{number:03d}") for number in range(25))
    wish = InvoiceWish(Grouping.SESSION, ids if chosen else ())
    made = issuing(world, Late()).issue(world.practice, maya, wish)
    assert [invoice.number for invoice in made] == list(range(1, 26))
    assert list(world.app.invoices.all_of(maya.ref("fern"))) == made
    one = world.charge(maya, "last")
    (last,) = issuing(world, Late()).issue(
        world.practice, maya, InvoiceWish(charge_ids=(one,) if chosen else ())
    )
    assert last.number == 26


def test_of_two_at_once_the_second_takes_the_numbers_after(world: World, maya: Client) -> None:
    noah = world.client("noah")
    for client in (maya, noah):
        world.charge(client, f"s {client.id}")
    faster = Disturbed(lambda: world.issue(noah))
    (invoice,) = issuing(world, faster).issue(world.practice, maya, InvoiceWish())
    assert (invoice.number, invoice.account_id) == (2, "maya")
    assert [number for number, _ in world.app.invoices.numbers("fern")] == [1, 2]


def test_what_is_paid_while_it_is_being_issued_is_on_no_invoice(world: World, maya: Client) -> None:
    world.charge(maya, "s1")
    ref = maya.ref("fern")
    paid = Disturbed(lambda: world.post.external_payment(ref, "p1", 10_000, method="cash", on="2026-11-05"))
    with pytest.raises(Refused, match="nothing_to_invoice"):
        issuing(world, paid).issue(world.practice, maya, InvoiceWish())
    assert world.app.invoices.counted("fern") == Counted()
