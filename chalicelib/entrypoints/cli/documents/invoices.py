"""`billfold invoice`: issue invoices, list them, show one, and void one."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import date

from chalicelib.documents.domain.invoices import (
    DraftInvoice,
    Grouping,
    Invoice,
    InvoiceLine,
    InvoiceStanding,
    InvoiceSums,
    Status,
)
from chalicelib.documents.services.invoices.issuing import InvoiceWish
from chalicelib.entrypoints.cli.command import Invocation, Subparsers, command
from chalicelib.entrypoints.cli.output import OK, REFUSED, how_many
from chalicelib.importing.domain.values import OPENING_PREFIX
from chalicelib.kernel.account_refs import AccountRef
from chalicelib.kernel.actors import Actor, Channel
from chalicelib.kernel.errors import BillfoldError, Invalid, present
from chalicelib.kernel.money import Money, decimal_text
from chalicelib.ledger.services.posting import own_id
from chalicelib.practice.domain.practices import Client, Practice

_ABOUT = """\
An invoice asks a client to pay for chosen services. It has the next number of the practice, and never
changes; a service is on one invoice only. How it stands (open, partly paid, paid) is told by the books.
"""
_ISSUE = """\
Takes what is owed and on no invoice yet. Without --each all of a client's services are on one invoice; with
it those of a session, a day or a month. More than 400 services go on several. Numbers have no gaps: broken
off and run again, it goes on with what is left, and says which of --charges are on an invoice already.
--all leaves out whose import has not ended.
--dry-run lists the drafts.
"""
_VOID = """\
The invoice keeps its number, and a document of its own says that it is void, and when. What was paid stays
paid. Its services may be on another invoice: issue that next.
"""
_WORDS = {
    Status.DRAFT: "draft", Status.OPEN: "open", Status.PARTLY_PAID: "partly paid", Status.PAID: "paid",
    Status.VOID: "void",
}  # fmt: skip


def add(commands: Subparsers) -> None:
    top = commands.add_parser("invoice", help="Issue and void invoices.", description=_ABOUT)
    kinds = top.add_subparsers(title="commands", metavar="<command>", required=True)
    _add_issue(kinds)
    listing = command(kinds, "list", run_list, "List invoices, and how they stand.", writes=False)
    listing.add_argument("--client", metavar="CLIENT", help="only this client's, by the practice's id")
    show = command(kinds, "show", run_show, "Show an invoice, line by line.", writes=False)
    show.add_argument("number", type=int, metavar="NUMBER", help="the invoice's number")
    void = command(kinds, "void", run_void, "Void an invoice.", writes=True, details=_VOID)
    void.add_argument("number", type=int, metavar="NUMBER", help="the invoice's number")
    void.add_argument("--notes", default="", metavar="TEXT", help="why, for the practice alone")


def _add_issue(kinds: Subparsers) -> None:
    issue = command(kinds, "issue", run_issue, "Issue invoices.", writes=True, details=_ISSUE)
    whose = issue.add_mutually_exclusive_group(required=True)
    whose.add_argument("--client", metavar="CLIENT", help="this client's, by the practice's id")
    whose.add_argument("--all", action="store_true", help="every client's")
    issue.add_argument(
        "--charges", nargs="+", default=(), metavar="ID", help="only these charges, by the practice's ids"
    )
    issue.add_argument(
        "--each", default=Grouping.CLIENT.value, choices=[grouping.value for grouping in Grouping],
        help="what goes on one invoice",
    )  # fmt: skip
    issue.add_argument("--due", default="", metavar="YYYY-MM-DD", help="the day by which to pay")


def run_issue(invocation: Invocation) -> int:
    """Errors: NotFound practice_not_found, client_not_found, charge_not_found; Invalid date_invalid,
    due_date_early; Refused nothing_to_invoice, charge_not_open, charge_invoiced, account_updating."""
    practice, options = invocation.practice(), invocation.options
    if options.all and options.charges:
        options.usage_error("--charges are one client's: name the client")
    wish = _wish(practice, options.each, options.charges, options.due)
    clients = list(_clients(invocation, practice))
    if options.charges:
        _tell_there(invocation, practice, clients[0])
    if options.dry_run:
        return _foresee(invocation, practice, clients, wish)
    if not options.all:
        return _tell_issued(
            invocation, clients, [invocation.app.invoice_issuing.issue(practice, clients[0], wish)]
        )
    return _tell_issued(
        invocation, clients, invocation.app.invoice_issuing.issue_all(practice, clients, wish)
    )


def _wish(practice: Practice, each: str, charges: Sequence[str], due: str) -> InvoiceWish:
    if due:
        try:
            due = date.fromisoformat(due).isoformat()
        except ValueError as error:
            raise Invalid("date_invalid", "due") from error
    return InvoiceWish(Grouping(each), tuple(dict.fromkeys(_charge(practice, id_) for id_ in charges)), due)


def _tell_there(invocation: Invocation, practice: Practice, client: Client) -> None:
    """Which of the chosen services an earlier run has invoiced."""
    there = invocation.app.invoices.invoiced(client.ref(practice.id)).charges
    for external_id in dict.fromkeys(invocation.options.charges):
        if number := there.get(_charge(practice, external_id)):
            text = f"{external_id} is on invoice {number} already."
            invocation.output.tell("already", text, charge=external_id, number=number)


def _charge(practice: Practice, external_id: str) -> str:
    kind = "opening" if external_id.startswith(OPENING_PREFIX) else "charge"
    return own_id(practice.id, kind, external_id)


def _clients(invocation: Invocation, practice: Practice) -> Iterator[Client]:
    if invocation.options.all:
        yield from invocation.app.people.clients(practice.id)
    else:
        yield _client(invocation, practice, invocation.options.client)


def _client(invocation: Invocation, practice: Practice, external_id: str) -> Client:
    ref = invocation.account_of(external_id)
    found = invocation.app.people.client(practice.id, ref.account) if ref else None
    return present(found, "client_not_found", "client", client=external_id)


def _foresee(invocation: Invocation, practice: Practice, clients: Sequence[Client], wish: InvoiceWish) -> int:
    count = 0
    for client in clients:
        for draft in _drafts(invocation, practice, client, wish):
            count += 1
            sums = InvoiceSums.of(draft.paper.lines)
            _tell(invocation, client.external_id, "draft", draft, sums, len(draft.paper.lines))
    text = f"Dry run: {how_many(count, 'invoice', 'invoices')} would be issued. Nothing was written."
    invocation.output.tell("dry_run", text, invoices=count)
    return OK


def _drafts(
    invocation: Invocation, practice: Practice, client: Client, wish: InvoiceWish
) -> Sequence[DraftInvoice]:
    try:
        return invocation.app.invoice_issuing.foresee(practice, client, wish)
    except BillfoldError as error:
        if not invocation.options.all or error.code not in ("account_not_found", "account_updating"):
            raise
        return ()


def _tell_issued(
    invocation: Invocation,
    clients: Sequence[Client],
    batches: Iterable[Sequence[Invoice]],
) -> int:
    called, numbers = {client.id: client.external_id for client in clients}, list[int]()
    for batch in batches:
        for invoice in batch:
            numbers.append(invoice.number)
            _tell(
                invocation,
                called[invoice.account_id],
                str(invoice.number),
                invoice,
                invoice.sums,
                invoice.lines,
            )
    span = f": {numbers[0]} to {numbers[-1]}" if len(numbers) > 1 else ""
    text = f"Done: {how_many(len(numbers), 'invoice', 'invoices')} issued{span}."
    invocation.output.tell("done", text, invoices=len(numbers), numbers=numbers)
    return OK


def _tell(
    invocation: Invocation,
    client: str,
    what: str,
    said: Invoice | DraftInvoice,
    sums: InvoiceSums,
    lines: int,
) -> None:
    services, owed = how_many(lines, "service", "services"), _money(sums.owed_minor, said.currency)
    invocation.output.tell(
        "invoice", f"{what}: {client}, {services}, {owed} due {said.due_on}", number=what, client=client,
        services=lines, amount=owed, issued_on=said.issued_on, due_on=said.due_on,
    )  # fmt: skip


def run_list(invocation: Invocation) -> int:
    """Errors: NotFound practice_not_found, client_not_found."""
    practice, count = invocation.practice(), 0
    for client in _listed(invocation, practice):
        for row in invocation.app.invoice_showing.all_of(client.ref(practice.id)):
            count += 1
            _tell_standing(invocation, client.external_id, row)
    invocation.output.tell("invoices", how_many(count, "invoice", "invoices"), invoices=count)
    return OK


def _listed(invocation: Invocation, practice: Practice) -> Iterator[Client]:
    if invocation.options.client:
        yield _client(invocation, practice, invocation.options.client)
    else:
        yield from invocation.app.people.clients(practice.id)


def _tell_standing(invocation: Invocation, client: str, row: InvoiceStanding) -> None:
    invoice, currency = row.invoice, row.invoice.currency
    amount, owed = _money(invoice.sums.owed_minor, currency), _money(row.owed_minor, currency)
    text = (
        f"{invoice.number}: {client}, {_WORDS[row.status]}, issued {invoice.issued_on}, "
        f"due {invoice.due_on}, {amount}, still owed {owed}"
    )
    invocation.output.tell(
        "invoice", text, number=invoice.number, client=client, status=row.status.value,
        issued_on=invoice.issued_on, due_on=invoice.due_on, amount=amount, owed=owed,
    )  # fmt: skip


def run_show(invocation: Invocation) -> int:
    """Errors: NotFound practice_not_found, invoice_not_found; Refused account_updating."""
    practice, number = invocation.practice(), invocation.options.number
    ref = present(invocation.app.invoices.account_of(practice.id, number), "invoice_not_found", "number")
    opened = invocation.app.invoice_showing.opened(ref, number)
    _tell_standing(invocation, _external_id(invocation, ref), opened.standing)
    for line in opened.paper.lines:
        _tell_line(invocation, line, opened.standing.invoice.currency)
    if opened.void:
        text = f"void since {opened.void.voided_on}"
        invocation.output.tell("void", text, voided_on=opened.void.voided_on, notes=opened.void.notes)
    return OK


def _tell_line(invocation: Invocation, line: InvoiceLine, currency: str) -> None:
    sums = {
        "fee": line.fee_minor, "insurance": line.insurance_minor, "adjustments": line.adjustments_minor,
        "paid": line.paid_minor, "owed": line.owed_minor,
    }  # fmt: skip
    said = {name: _money(amount, currency) for name, amount in sums.items()}
    text = f"  {line.date} {line.service}: " + ", ".join(f"{name} {amount}" for name, amount in said.items())
    invocation.output.tell(
        "line", text, date=line.date, service=line.service, clinician=line.clinician, **said
    )


def _external_id(invocation: Invocation, ref: AccountRef) -> str:
    client = invocation.app.people.client(ref.practice, ref.account)
    return client.external_id if client else ref.account


def run_void(invocation: Invocation) -> int:
    """Errors: NotFound practice_not_found, invoice_not_found; Refused invoice_void."""
    practice, options = invocation.practice(), invocation.options
    number, output = options.number, invocation.output
    if options.dry_run:
        ref = present(invocation.app.invoices.account_of(practice.id, number), "invoice_not_found", "number")
        if not invocation.app.invoices.invoiced(ref).on(number):
            output.complain("invoice_void", output.words("invoice_void", {}))
            return REFUSED
        output.tell(
            "dry_run", f"Dry run: invoice {number} would be void. Nothing was written.", number=number
        )
        return OK
    void = invocation.app.invoice_issuing.void(
        practice, number, actor=Actor(Channel.CLI).text, notes=options.notes
    )
    output.tell("done", f"Invoice {number} is void since {void.voided_on}.", number=number)
    return OK


def _money(amount_minor: int, currency: str) -> str:
    return f"{decimal_text(Money(amount_minor, currency))} {currency}"
