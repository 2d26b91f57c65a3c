"""Routes of good faith estimates: a list, and each one's PDF by a plain link."""

from chalice.app import Blueprint

from chalicelib.documents.domain.estimates import Estimate
from chalicelib.entrypoints.http import schemas
from chalicelib.entrypoints.http.context import Context
from chalicelib.entrypoints.http.documents.receipts import AS, reader_of, redirect, wants_inline
from chalicelib.entrypoints.http.ledger import views
from chalicelib.entrypoints.http.policies import Client
from chalicelib.entrypoints.http.runtime import Reply, endpoint
from chalicelib.kernel.account_refs import AccountRef

routes = Blueprint(__name__)


@endpoint(
    routes, "GET", "/accounts/{account_id}/estimates", policy=Client(), returns=schemas.Estimates,
    errors=("account_not_found",),
)  # fmt: skip
def get_estimates(context: Context[None], ref: AccountRef) -> schemas.Estimates:
    """The client's good faith estimates, the latest first. None for a guarantor who is not shown superbills,
    for they have diagnoses."""
    found = context.app.estimate_showing.listed(ref, reader_of(context, ref))
    return schemas.Estimates([_estimate(estimate) for estimate in found])


@endpoint(
    routes, "GET", "/accounts/{account_id}/estimates/{document_id}", policy=Client(), status=303,
    errors=("account_not_found", "document_not_found", "document_missing", "field_invalid"), query=(AS,),
)  # fmt: skip
def get_estimate(context: Context[None], ref: AccountRef, document_id: str) -> Reply:
    """The estimate's PDF, by way of an address that serves it for 60 seconds.

    Where there is none, a browser that follows a link is sent to the portal's documents, which say so.
    """
    inline, reader = wants_inline(context), reader_of(context, ref)
    showing = context.app.estimate_showing
    return redirect(context, ref, "documents", lambda: showing.url(ref, document_id, reader, inline=inline))


def _estimate(estimate: Estimate) -> schemas.Estimate:
    return schemas.Estimate(
        id=estimate.id,
        issued_on=views.date(estimate.issued_on),
        first_date=views.date(estimate.first_date),
        last_date=views.date(estimate.last_date),
        currency=estimate.currency,
        total_minor=estimate.total_minor,
    )
