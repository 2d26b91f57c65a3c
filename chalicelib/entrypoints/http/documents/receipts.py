"""Routes of receipts: a plain link for the signed-in client, and the link in the e-mail."""

from collections.abc import Callable
from urllib.parse import urlencode

from chalice.app import Blueprint

from chalicelib.documents.domain.readers import Reader
from chalicelib.documents.services.receipts import RECEIPT_LINK
from chalicelib.entrypoints.http import schemas
from chalicelib.entrypoints.http.context import Context
from chalicelib.entrypoints.http.ledger import views
from chalicelib.entrypoints.http.ledger.history import DATE, date_range
from chalicelib.entrypoints.http.policies import Client, Link
from chalicelib.entrypoints.http.runtime import Query, Reply, endpoint
from chalicelib.kernel.account_refs import AccountRef
from chalicelib.kernel.errors import BillfoldError, Invalid
from chalicelib.kernel.outside import OutsideError

routes = Blueprint(__name__)
INLINE, ATTACHMENT = "inline", "attachment"
AS = Query("as", {"type": "string", "enum": [INLINE, ATTACHMENT]}, "Opened (the default) or downloaded.")


@endpoint(
    routes, "GET", "/accounts/{account_id}/payments/{payment_id}/receipt", policy=Client(), status=303,
    errors=(
        "account_not_found", "payment_not_found", "receipt_not_ready", "document_missing", "field_invalid",
    ),
    query=(AS,),
)  # fmt: skip
def get_receipt(context: Context[None], ref: AccountRef, payment_id: str) -> Reply:
    """The receipt's PDF, by way of an address that serves it for 60 seconds.

    Where there is none, a browser that follows a link is sent to the portal's payments, which say so.
    """
    inline = wants_inline(context)
    return redirect(
        context, ref, "payments", lambda: context.app.receipts.url(ref, payment_id, inline=inline)
    )


@endpoint(
    routes, "GET", "/accounts/{account_id}/payments/{payment_id}/itemised-receipt", policy=Client(),
    status=303,
    errors=(
        "account_not_found", "account_updating", "payment_not_found", "receipt_not_ready", "document_missing",
        "field_invalid",
    ),
    query=(AS,),
)  # fmt: skip
def get_itemised_receipt(context: Context[None], ref: AccountRef, payment_id: str) -> Reply:
    """The receipt that names what was paid for, as health accounts and insurers want it, as `receipt`."""
    inline, receipts = wants_inline(context), context.app.itemised_receipts
    reader = reader_of(context, ref)
    return redirect(
        context, ref, "payments", lambda: receipts.url(ref, payment_id, reader=reader, inline=inline)
    )


@endpoint(
    routes, "GET", "/accounts/{account_id}/payment-summary", policy=Client(), status=303,
    errors=(
        "account_not_found", "account_updating", "document_missing", "date_invalid", "date_range_reversed",
        "field_missing", "field_invalid", "too_many_summaries",
    ),
    query=(
        Query("from", DATE, "First practice-local date, included.", required=True),
        Query("to", DATE, "Last practice-local date, included, or today.", required=True), AS,
    ),
)  # fmt: skip
def get_payment_summary(context: Context[None], ref: AccountRef) -> Reply:
    """What was paid between two days, both needed, net of what was given back: for taxes and health accounts.

    A PDF, by way of an address that serves it for 60 seconds.
    """

    def url() -> str:
        for name in ("from", "to"):
            if not context.query(name):
                raise Invalid("field_missing", name)
        first, last = date_range(context)
        inline, reader = wants_inline(context), reader_of(context, ref)
        return context.app.payment_summaries.url(ref, first, last, reader=reader, inline=inline)

    return redirect(context, ref, "documents", url)


def redirect(context: Context[None], ref: AccountRef, page: str, url: Callable[[], str]) -> Reply:
    """To the PDF; whoever followed a link to where there is none would see a page of JSON, and is led to the
    portal's page that has the link."""
    try:
        return Reply(None, 303, {"Location": url()})
    except (BillfoldError, OutsideError) as error:
        if "text/html" not in context.header("accept"):
            raise
        code = error.code if isinstance(error, BillfoldError) else error.problem
        query = urlencode({"account": ref.account, "unopened": code})
        home = f"{context.app.settings.public_url}/{ref.practice}"
        return Reply(None, 303, {"Location": f"{home}/{page}?{query}"})


def reader_of(context: Context[None], ref: AccountRef) -> Reader:
    """Which names whoever asks may read."""
    who = context.principal
    return Reader.of(who.person_id, who.grant(ref.account), since=who.since)


def wants_inline(context: Context[None]) -> bool:
    """Whether a PDF is to be opened rather than downloaded. Error: field_invalid."""
    wanted = context.query("as")
    if wanted not in (None, INLINE, ATTACHMENT):
        raise Invalid("field_invalid", "as")
    return wanted != ATTACHMENT


@endpoint(
    routes, "POST", "/receipts/open", policy=Link(kind=RECEIPT_LINK), body=schemas.ReceiptOpenRequest,
    returns=schemas.ReceiptOpened, errors=("link_invalid", "receipt_not_ready", "document_missing"),
)  # fmt: skip
def open_receipt(context: Context[schemas.ReceiptOpenRequest]) -> schemas.ReceiptOpened:
    """Open the one receipt that an e-mailed link is for. Whoever holds the link may."""
    paid, url = context.app.receipts.opened(context.holder)
    return schemas.ReceiptOpened(
        url=url,
        amount_minor=paid.amount_minor,
        currency=paid.currency,
        date=views.date(paid.date),
        reference=paid.reference,
    )
