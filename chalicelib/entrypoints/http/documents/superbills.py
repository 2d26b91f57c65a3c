"""Routes of superbills: a list, and an opened one, for whoever the practice lets see them."""

from chalice.app import Blueprint

from chalicelib.documents.domain.superbills import SuperbillLine, SuperbillStanding
from chalicelib.entrypoints.http import schemas
from chalicelib.entrypoints.http.context import Context
from chalicelib.entrypoints.http.ledger import views
from chalicelib.entrypoints.http.ledger.history import CURSOR, PAGE
from chalicelib.entrypoints.http.policies import Client
from chalicelib.entrypoints.http.runtime import endpoint
from chalicelib.kernel.account_refs import AccountRef
from chalicelib.kernel.document_ids import superbill_id
from chalicelib.kernel.errors import Refused
from chalicelib.practice.domain.practices import Practice
from chalicelib.words import language

routes = Blueprint(__name__)


@endpoint(
    routes, "GET", "/accounts/{account_id}/superbills", policy=Client(), returns=schemas.Superbills,
    errors=("account_not_found", "superbills_hidden", "cursor_invalid"), query=(CURSOR,),
)  # fmt: skip
def get_superbills(context: Context[None], ref: AccountRef) -> schemas.Superbills:
    """The account's superbills, the latest number first, and on which of them each service is.

    Where a grant says that who signed in sees none (`superbills`), it is refused.
    """
    check_shown(context, ref)
    page = context.app.superbill_showing.listed(ref, cursor=context.query("cursor"), limit=PAGE)
    rows = [_superbill(row, page.practice) for row in page.rows]
    return schemas.Superbills(rows, page.next_cursor, dict(page.services))


@endpoint(
    routes, "GET", "/accounts/{account_id}/superbills/{document_id}", policy=Client(),
    returns=schemas.OpenedSuperbill, errors=("account_not_found", "superbills_hidden", "superbill_not_found"),
)  # fmt: skip
def get_superbill(context: Context[None], ref: AccountRef, document_id: str) -> schemas.OpenedSuperbill:
    """A superbill as it was issued, line by line. Its diagnoses are on its PDF alone."""
    check_shown(context, ref)
    showing = context.app.superbill_showing
    opened = showing.opened(ref, showing.number(document_id))
    return schemas.OpenedSuperbill(
        superbill=_superbill(opened.standing, opened.practice),
        client=opened.paper.client.name,
        lines=[_line(line) for line in opened.paper.lines],
        voided_on=views.date(opened.void.voided_on) if opened.void else None,
    )


def check_shown(context: Context[None], ref: AccountRef) -> None:
    """Error: Refused superbills_hidden, of who sees the account and no superbills."""
    if not context.principal.grant(ref.account).superbills:
        raise Refused("superbills_hidden")


def _superbill(row: SuperbillStanding, practice: Practice | None) -> schemas.Superbill:
    superbill, sums = row.superbill, row.superbill.sums
    clinician = practice.clinician(superbill.clinician_id) if practice else None
    return schemas.Superbill(
        id=superbill.id,
        number=superbill.number,
        status=schemas.SuperbillStatus(row.status.value),
        issued_on=views.date(superbill.issued_on),
        first_date=views.date(superbill.first),
        last_date=views.date(superbill.last),
        clinician=clinician.name_and_credentials if clinician else "",
        services=len(superbill.charge_ids),
        currency=superbill.currency,
        fee_minor=sums.fee_minor,
        insurance_minor=sums.insurance_minor,
        adjustments_minor=sums.adjustments_minor,
        paid_minor=sums.paid_minor,
        replaces=_id(superbill.replaces),
        replaced_by=_id(row.replaced_by),
    )


def _id(number: int) -> str | None:
    return superbill_id(number) if number else None


def _line(line: SuperbillLine) -> schemas.SuperbillLine:
    return schemas.SuperbillLine(
        charge_id=line.charge_id,
        date=views.date(line.date),
        service=line.service,
        service_locale="es" if language(line.service_locale) == "es" else "en",
        code="-".join((line.code, *line.modifiers)),
        units=line.units,
        fee_minor=line.fee_minor,
        insurance_minor=line.insurance_minor,
        adjustments_minor=line.adjustments_minor,
        paid_minor=line.paid_minor,
    )
