"""Routes of invoices: a list, and an opened one."""

from chalice.app import Blueprint

from chalicelib.documents.domain.invoices import InvoiceLine, InvoiceStanding
from chalicelib.entrypoints.http import schemas
from chalicelib.entrypoints.http.context import Context
from chalicelib.entrypoints.http.documents.documents import PAGE
from chalicelib.entrypoints.http.ledger import views
from chalicelib.entrypoints.http.ledger.history import CURSOR
from chalicelib.entrypoints.http.policies import Client
from chalicelib.entrypoints.http.runtime import endpoint
from chalicelib.kernel.account_refs import AccountRef
from chalicelib.kernel.document_ids import invoice_id
from chalicelib.words import language

routes = Blueprint(__name__)


@endpoint(
    routes, "GET", "/accounts/{account_id}/invoices", policy=Client(), returns=schemas.Invoices,
    errors=("account_not_found", "account_updating", "cursor_invalid"), query=(CURSOR,),
)  # fmt: skip
def get_invoices(context: Context[None], ref: AccountRef) -> schemas.Invoices:
    """The account's invoices, the latest number first, and how each stands now."""
    page = context.app.invoice_showing.listed(ref, cursor=context.query("cursor"), limit=PAGE)
    owed = {charge_id: invoice_id(number) for charge_id, number in page.owed.items()}
    return schemas.Invoices([_invoice(row) for row in page.rows], page.next_cursor, owed)


@endpoint(
    routes, "GET", "/accounts/{account_id}/invoices/{document_id}", policy=Client(),
    returns=schemas.OpenedInvoice, errors=("account_not_found", "account_updating", "invoice_not_found"),
)  # fmt: skip
def get_invoice(context: Context[None], ref: AccountRef, document_id: str) -> schemas.OpenedInvoice:
    """An invoice as it was issued, line by line, and how it stands now. To pay it: scope `invoice`."""
    opened = context.app.invoice_showing.opened(ref, context.app.invoice_showing.number(document_id))
    void, head = opened.void, opened.paper.letterhead
    return schemas.OpenedInvoice(
        invoice=_invoice(opened.standing),
        client=head.client_name,
        lines=[_line(line) for line in opened.paper.lines],
        voided_on=views.date(void.voided_on) if void else None,
        notices=list(head.notices),
        language=language(head.locale),
    )


def _invoice(row: InvoiceStanding) -> schemas.Invoice:
    invoice, sums = row.invoice, row.invoice.sums
    return schemas.Invoice(
        id=invoice.id,
        number=invoice.number,
        status=schemas.InvoiceStatus(row.status.value),
        issued_on=views.date(invoice.issued_on),
        due_on=views.date(invoice.due_on),
        first_date=views.date(invoice.first_date),
        last_date=views.date(invoice.last_date),
        services=invoice.lines,
        currency=invoice.currency,
        fee_minor=sums.fee_minor,
        insurance_minor=sums.insurance_minor,
        adjustments_minor=sums.adjustments_minor,
        paid_minor=sums.paid_minor,
        amount_minor=sums.owed_minor,
        owed_now_minor=row.owed_minor,
        question=row.mark,
    )


def _line(line: InvoiceLine) -> schemas.InvoiceLine:
    return schemas.InvoiceLine(
        charge_id=line.charge_id,
        date=views.date(line.date),
        service=line.service,
        clinician=line.clinician,
        fee_minor=line.fee_minor,
        insurance_minor=line.insurance_minor,
        adjustments_minor=line.adjustments_minor,
        written_off_minor=line.written_off_minor,
        paid_minor=line.paid_minor,
        owed_minor=line.owed_minor,
    )
