"""`billfold invoice`: issue, list, show and void invoices, write those to post, and set their number."""

from collections.abc import Iterable, Iterator, Sequence
from itertools import chain

from chalicelib.documents.domain.filed import Filed
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
from chalicelib.documents.services.invoices.paper import InvoiceToPost
from chalicelib.entrypoints.cli.command import Invocation, Subparsers, command, day_of
from chalicelib.entrypoints.cli.documents.numbers import say_or_set
from chalicelib.entrypoints.cli.documents.paper import NO_ADDRESS, Posted, write_paper
from chalicelib.entrypoints.cli.output import OK, PARTLY, REFUSED, amount_text, how_many
from chalicelib.importing.domain.values import kind_of_charge
from chalicelib.kernel.account_refs import AccountRef
from chalicelib.kernel.actors import CLI
from chalicelib.kernel.errors import BillfoldError, Refused, present
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
--dry-run lists the drafts, with the day, service and charge of each line.
"""
_VOID = """\
The invoice keeps its number, and a document of its own says that it is void, and when. What was paid stays
paid. Its services may be on another invoice: issue that next. Of an invoice of which something was paid
--yes is wanted.
"""
_NUMBER = """\
Says the number of the latest invoice. --set is for after a restore that lost invoices which people have: the
next one has the number after it, and those between are nobody's. It only goes up.
"""
_PAPER = """\
Writes the PDFs of the invoices that are still to be paid, and that no e-mail tells of, into a new folder,
with a list: those of clients without an address, to whose address mail has stopped, or whose documents are
posted by the client file (paper). Issues and mails nothing.
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
    void.add_argument("--yes", action="store_true", help="though something was paid of it")
    paper = command(kinds, "paper", run_paper, "Write the invoices to post.", writes=False, details=_PAPER)
    paper.add_argument("folder", metavar="FOLDER", help="a new folder, or an empty one")
    paper.add_argument("--since", default="", metavar="YYYY-MM-DD", help="only what was issued since")
    number = command(
        kinds, "number", run_number, "Say or set the latest number.", writes=True, details=_NUMBER
    )
    number.add_argument(
        "--set", type=int, metavar="N", dest="last", help="the next invoice has the number after"
    )


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
    clients, numbers = invocation.clients(), list[int]()
    if options.charges:
        _tell_there(invocation, practice, clients[0])
    try:
        if options.dry_run:
            return _foresee(invocation, practice, clients, wish)
        return _tell_issued(invocation, clients, _issued(invocation, practice, clients, wish), numbers)
    except BillfoldError as error:
        return _complain(invocation, practice, error, numbers)


def _issued(
    invocation: Invocation, practice: Practice, clients: Sequence[Client], wish: InvoiceWish
) -> Iterator[Invoice]:
    issuing = invocation.app.invoice_issuing
    if not invocation.options.all:
        return issuing.issue_in_turn(practice, clients[0], wish)
    return chain.from_iterable(issuing.issue_all(practice, clients, wish))


def _complain(
    invocation: Invocation, practice: Practice, error: BillfoldError, numbers: Sequence[int]
) -> int:
    """By the charge that it is about, as the practice calls it; after what was issued until then."""
    output, named = invocation.output, {_charge(practice, id_): id_ for id_ in invocation.options.charges}
    charge = named.get(str(error.details.get("charge_id", "")), "")
    words = output.words(error.code, error.details)
    if numbers:
        _tell_done(invocation, numbers)
    about = {"charge": charge} if charge else {}
    output.complain(error.code, f"{charge}: {words}" if charge else words, field=error.field, **about)
    return PARTLY if numbers else REFUSED


def _wish(practice: Practice, each: str, charges: Sequence[str], due: str) -> InvoiceWish:
    chosen = tuple(dict.fromkeys(_charge(practice, id_) for id_ in charges))
    return InvoiceWish(Grouping(each), chosen, day_of(due, "due"))


def _tell_there(invocation: Invocation, practice: Practice, client: Client) -> None:
    """Which of the chosen services an earlier run has invoiced."""
    there = invocation.app.invoices.invoiced(client.ref(practice.id)).charges
    for external_id in dict.fromkeys(invocation.options.charges):
        if number := there.get(_charge(practice, external_id)):
            text = f"{external_id} is on invoice {number} already."
            invocation.output.tell("already", text, charge=external_id, number=number)


def _charge(practice: Practice, external_id: str) -> str:
    return own_id(practice.id, kind_of_charge(external_id), external_id)


def _foresee(invocation: Invocation, practice: Practice, clients: Sequence[Client], wish: InvoiceWish) -> int:
    count = 0
    for client in clients:
        for draft in _drafts(invocation, practice, client, wish):
            count += 1
            sums = InvoiceSums.of(draft.paper.lines)
            _tell(invocation, client.external_id, "draft", draft, sums, len(draft.paper.lines))
            _tell_drafted(invocation, client.ref(practice.id), draft)
    text = f"Dry run: {how_many(count, 'invoice', 'invoices')} would be issued. Nothing was written."
    invocation.output.tell("dry_run", text, invoices=count)
    return OK


def _tell_drafted(invocation: Invocation, ref: AccountRef, draft: DraftInvoice) -> None:
    lines = draft.paper.lines
    known = invocation.app.ledgers.charges(ref, [line.charge_id for line in lines])
    for line in lines:
        charge = known[line.charge_id].external_id if line.charge_id in known else line.charge_id
        owed, service = amount_text(line.owed_minor, draft.currency), line.service or "balance brought along"
        invocation.output.tell(
            "line", f"  {line.date} {service} ({charge}): {owed}", date=line.date, service=line.service,
            charge=charge, owed=owed,
        )  # fmt: skip


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
    invocation: Invocation, clients: Sequence[Client], issued: Iterable[Invoice], numbers: list[int]
) -> int:
    """`numbers` grows with what is issued, so that it is known where it was cut off."""
    called = {client.id: client.external_id for client in clients}
    for invoice in issued:
        numbers.append(invoice.number)
        what = str(invoice.number)
        _tell(invocation, called[invoice.account_id], what, invoice, invoice.sums, invoice.lines)
    _tell_done(invocation, numbers)
    return OK


def _tell_done(invocation: Invocation, numbers: Sequence[int]) -> None:
    span = f": {numbers[0]} to {numbers[-1]}" if len(numbers) > 1 else ""
    text = f"Done: {how_many(len(numbers), 'invoice', 'invoices')} issued{span}."
    invocation.output.tell("done", text, invoices=len(numbers), numbers=numbers)


def _tell(
    invocation: Invocation,
    client: str,
    what: str,
    said: Invoice | DraftInvoice,
    sums: InvoiceSums,
    lines: int,
) -> None:
    services, owed = how_many(lines, "service", "services"), amount_text(sums.owed_minor, said.currency)
    invocation.output.tell(
        "invoice", f"{what}: {client}, {services}, {owed} due {said.due_on}", number=what, client=client,
        services=lines, amount=owed, issued_on=said.issued_on, due_on=said.due_on,
    )  # fmt: skip


def run_list(invocation: Invocation) -> int:
    """Errors: NotFound practice_not_found, client_not_found."""
    practice, showing = invocation.practice(), invocation.app.invoice_showing
    rows = [
        (row, client.external_id)
        for client in invocation.clients()
        for row in showing.all_of(client.ref(practice.id))
    ]
    for row, client_id in sorted(rows, key=lambda found: found[0].invoice.number):
        _tell_standing(invocation, client_id, row)
    invocation.output.tell("invoices", how_many(len(rows), "invoice", "invoices"), invoices=len(rows))
    return OK


def _tell_standing(invocation: Invocation, client: str, row: InvoiceStanding) -> None:
    invoice, currency = row.invoice, row.invoice.currency
    amount, owed = amount_text(invoice.sums.owed_minor, currency), amount_text(row.owed_minor, currency)
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
        notes = f": {opened.void.notes}" if opened.void.notes else ""
        text = f"void since {opened.void.voided_on}{notes}"
        invocation.output.tell("void", text, voided_on=opened.void.voided_on, notes=opened.void.notes)
    return OK


def _tell_line(invocation: Invocation, line: InvoiceLine, currency: str) -> None:
    sums = {
        "fee": line.fee_minor, "insurance": line.insurance_minor, "adjustments": line.adjustments_minor,
        "paid": line.paid_minor, "owed": line.owed_minor,
    }  # fmt: skip
    said = {name: amount_text(amount, currency) for name, amount in sums.items()}
    text = f"  {line.date} {line.service}: " + ", ".join(f"{name} {amount}" for name, amount in said.items())
    invocation.output.tell(
        "line", text, date=line.date, service=line.service, clinician=line.clinician, **said
    )


def _external_id(invocation: Invocation, ref: AccountRef) -> str:
    client = invocation.app.people.client(ref.practice, ref.account)
    return client.external_id if client else ref.account


def run_void(invocation: Invocation) -> int:
    """Errors: NotFound practice_not_found, invoice_not_found; Refused invoice_void, invoice_paid."""
    practice, options = invocation.practice(), invocation.options
    number, output = options.number, invocation.output
    ref = present(invocation.app.invoices.account_of(practice.id, number), "invoice_not_found", "number")
    found = invocation.app.invoice_showing.opened(ref, number).standing
    if found.status is Status.VOID:
        raise Refused("invoice_void", "number")
    if found.status in (Status.PAID, Status.PARTLY_PAID) and not options.yes:
        raise Refused("invoice_paid", "number")
    if options.dry_run:
        output.tell(
            "dry_run", f"Dry run: invoice {number} would be void. Nothing was written.", number=number
        )
        return OK
    void = invocation.app.invoice_issuing.void(practice, number, actor=CLI.text, notes=options.notes)
    output.tell("done", f"Invoice {number} is void since {void.voided_on}.", number=number)
    return OK


def run_number(invocation: Invocation) -> int:
    """Errors: as `say_or_set`."""
    return say_or_set(invocation, invocation.app.invoice_numbers, "invoice")


def run_paper(invocation: Invocation) -> int:
    """Errors: NotFound practice_not_found, document_not_found; Invalid date_invalid; Refused
    folder_not_empty; Busy."""
    practice, options = invocation.practice(), invocation.options
    found = invocation.app.invoice_paper_list.of(practice.id, since=day_of(options.since, "since"))
    rows = [_posted(invocation, row) for row in found]
    return write_paper(invocation, practice, rows, folder=options.folder, kind="invoice")


def _posted(invocation: Invocation, row: InvoiceToPost) -> Posted:
    ref = row.invoice.ref(invocation.options.practice)
    paper = present(invocation.app.invoices.paper(ref, row.invoice.number), "document_not_found")
    head, client = paper.letterhead, row.client
    return Posted(
        Filed.invoice(ref.practice, row.invoice), client.external_id, head.guarantor_name or head.client_name,
        head.client_address, row.why or NO_ADDRESS,
    )  # fmt: skip
