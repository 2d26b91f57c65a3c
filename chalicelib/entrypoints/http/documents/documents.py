"""Routes of billing documents: lists by date and by service, and each document's PDF by a plain link."""

from chalice.app import Blueprint

from chalicelib.documents.domain.statements import Issued
from chalicelib.documents.services.invoices.showing import InvoiceShowing
from chalicelib.documents.services.service_documents import ServiceDocuments, ServiceReceipt
from chalicelib.documents.services.statements.showing import Showing
from chalicelib.documents.services.superbills.showing import SuperbillShowing
from chalicelib.entrypoints.http import schemas
from chalicelib.entrypoints.http.context import Context
from chalicelib.entrypoints.http.documents.receipts import AS, redirect, wants_inline
from chalicelib.entrypoints.http.ledger import views
from chalicelib.entrypoints.http.ledger.history import CURSOR
from chalicelib.entrypoints.http.policies import Client
from chalicelib.entrypoints.http.runtime import Query, Reply, endpoint
from chalicelib.kernel.account_refs import AccountRef
from chalicelib.kernel.document_ids import invoice_id
from chalicelib.kernel.errors import Invalid, NotFound

routes = Blueprint(__name__)
PAGE = 50  # rows of documents are short: six read units
TYPES = [kind.value for kind in schemas.DocumentType]
TYPE = Query("type", {"type": "string", "enum": TYPES}, "Documents of this kind (the default: statement).")


@endpoint(
    routes, "GET", "/accounts/{account_id}/documents", policy=Client(), returns=schemas.Documents,
    errors=("account_not_found", "cursor_invalid", "field_invalid"), query=(TYPE, CURSOR),
)  # fmt: skip
def get_documents(context: Context[None], ref: AccountRef) -> schemas.Documents:
    """The account's billing documents of one kind, the newest first."""
    if context.query("type") not in (None, *TYPES):
        raise Invalid("field_invalid", "type")
    page = context.app.showing.listed(ref, cursor=context.query("cursor"), limit=PAGE)
    return schemas.Documents([_document(issued) for issued in page.rows], page.next_cursor)


@endpoint(
    routes, "GET", "/accounts/{account_id}/documents/{document_id}", policy=Client(), status=303,
    errors=("account_not_found", "document_not_found", "document_missing", "field_invalid"),
    query=(AS,),
)  # fmt: skip
def get_document(context: Context[None], ref: AccountRef, document_id: str) -> Reply:
    """The document's PDF, by way of an address that serves it for 60 seconds.

    Where there is none, a browser that follows a link is sent to the portal's documents, which say so.
    """
    inline, app = wants_inline(context), context.app
    showing: Showing | InvoiceShowing | SuperbillShowing = app.showing
    if app.invoice_showing.is_one(document_id):
        showing = app.invoice_showing
    if app.superbill_showing.is_one(document_id):
        if not context.principal.grant(ref.account).superbills:
            raise NotFound("document_not_found")
        showing = app.superbill_showing
    return redirect(context, ref, "documents", lambda: showing.url(ref, document_id, inline=inline))


@endpoint(
    routes, "GET", "/accounts/{account_id}/services", policy=Client(), returns=schemas.Services,
    errors=("account_not_found", "account_updating", "cursor_invalid"), query=(CURSOR,),
)  # fmt: skip
def get_services(context: Context[None], ref: AccountRef) -> schemas.Services:
    """On which documents each service is, paid or not, the newest first: its invoice, its superbill for who
    may see it, and the receipts of what paid it."""
    page = context.app.documents_by_service.page(
        ref, cursor=context.query("cursor"), limit=PAGE,
        with_superbills=context.principal.grant(ref.account).superbills,
    )  # fmt: skip
    words = views.Words(page.practice, context.locale)
    services = [_service(row, words) for row in page.services]
    return schemas.Services(services, [_receipt(row) for row in page.receipts], page.next_cursor)


def _service(row: ServiceDocuments, words: views.Words) -> schemas.ServiceDocuments:
    name, locale = words.service(row.service)
    return schemas.ServiceDocuments(
        charge_id=row.charge_id,
        date=views.date(row.service.on),
        service=name,
        service_locale=locale,
        clinician=words.clinician_and_credentials(row.clinician_id),
        invoice=invoice_id(row.invoice) if row.invoice else None,
        superbill=row.superbill or None,
    )


def _receipt(row: ServiceReceipt) -> schemas.ServiceReceipt:
    paid = row.payment
    return schemas.ServiceReceipt(paid.id, views.date(paid.date), paid.reference, list(row.charge_ids))


def _document(issued: Issued) -> schemas.Document:
    statement = issued.statement
    return schemas.Document(
        id=statement.id,
        type=schemas.DocumentType.STATEMENT,
        first_date=statement.period.first_day,
        last_date=statement.period.last_day,
        currency=statement.currency,
        opening_minor=statement.sums.opening_minor,
        closing_minor=statement.sums.closing_minor,
    )
