"""Routes of "Take my billing records": ask for them, see how far they have come, fetch them."""

import datetime as dt

from chalice.app import Blueprint

from chalicelib.documents.domain.records import Records, Shown
from chalicelib.entrypoints.http import schemas
from chalicelib.entrypoints.http.context import Context
from chalicelib.entrypoints.http.documents.receipts import reader_of, redirect
from chalicelib.entrypoints.http.policies import Client
from chalicelib.entrypoints.http.runtime import Reply, endpoint
from chalicelib.kernel.account_refs import AccountRef

routes = Blueprint(__name__)


@endpoint(
    routes, "GET", "/accounts/{account_id}/records", policy=Client(), returns=schemas.Records | None,
    errors=("account_not_found",),
)  # fmt: skip
def get_records(context: Context[None], ref: AccountRef) -> schemas.Records | None:
    """How far the records have come that this reader asked for; null where there are none of this week."""
    person_id, shown = _reader(context, ref)
    found = context.app.records_asking.standing(ref, person_id, shown=shown)
    return _records(context, found) if found else None


@endpoint(
    routes, "POST", "/accounts/{account_id}/records", policy=Client(), returns=schemas.Records,
    errors=("account_not_found",),
)  # fmt: skip
def ask_for_records(context: Context[None], ref: AccountRef) -> schemas.Records:
    """Have every document of the account, and a table of what was posted, put into one file for this reader.

    Asked again, it is the one that is being made, or was made a moment ago. An e-mail says when it is there.
    """
    person_id, shown = _reader(context, ref)
    asking = context.app.records_asking
    found = asking.ask(ref, person_id, shown=shown, locale=context.locale)
    return _records(context, found)


@endpoint(
    routes, "GET", "/accounts/{account_id}/records/file", policy=Client(), status=303,
    errors=("account_not_found", "document_not_found", "document_missing"),
)  # fmt: skip
def get_records_file(context: Context[None], ref: AccountRef) -> Reply:
    """The file, a ZIP, by way of an address that serves it for 60 seconds.

    Where there is none, a browser that follows a link is sent to the portal's documents, which say so.
    """
    person_id, shown = _reader(context, ref)
    asking = context.app.records_asking
    return redirect(context, ref, "documents", lambda: asking.url(ref, person_id, shown=shown))


def _reader(context: Context[None], ref: AccountRef) -> tuple[str, Shown]:
    """Who reads, and what is shown to them."""
    reader, grant = reader_of(context, ref), context.principal.grant(ref.account)
    return reader.person_id, Shown(grant.superbills, reader.reads, reader.since)


def _records(context: Context[None], found: Records) -> schemas.Records:
    return schemas.Records(
        state=schemas.RecordsState.READY if found.made_at else schemas.RecordsState.MAKING,
        superbills=found.superbills,
        documents=found.documents,
        drawn=found.drawn,
        left_out=len(found.left_out),
        older_receipts=found.older_receipts,
        stalled=found.stalled(context.app.clock.now()),
        asked_at=dt.datetime.fromisoformat(found.asked_at),
        made_at=dt.datetime.fromisoformat(found.made_at) if found.made_at else None,
        until=found.until,
    )
