"""Routes of billing documents: a list of statements, and each document's PDF by a plain link."""

from chalice.app import Blueprint

from chalicelib.documents.domain.statements import Issued
from chalicelib.documents.services.invoices.showing import InvoiceShowing
from chalicelib.documents.services.statements.showing import Showing
from chalicelib.documents.services.superbills.showing import SuperbillShowing
from chalicelib.entrypoints.http import schemas
from chalicelib.entrypoints.http.context import Context
from chalicelib.entrypoints.http.documents.receipts import AS, redirect, wants_inline
from chalicelib.entrypoints.http.ledger.history import CURSOR
from chalicelib.entrypoints.http.policies import Client
from chalicelib.entrypoints.http.runtime import Query, Reply, endpoint
from chalicelib.kernel.account_refs import AccountRef
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
