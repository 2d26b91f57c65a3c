"""`billfold superbill`: what is missing for superbills."""

import argparse
from collections.abc import Iterator, Sequence
from datetime import date

from chalicelib.documents.domain.superbill_lines import Gap, Missing, for_everyone
from chalicelib.documents.domain.superbills import Stretch
from chalicelib.documents.services.superbills.drafting import SuperbillPlan, SuperbillWish
from chalicelib.entrypoints.cli.command import Invocation, Subparsers, command
from chalicelib.entrypoints.cli.output import OK, PARTLY, how_many
from chalicelib.kernel.errors import Invalid, present
from chalicelib.kernel.periods import Period
from chalicelib.practice.domain.practices import Client, Practice

_ABOUT = """\
A superbill says what was done for a client and what they paid for it, so that their insurer reimburses them.
There is one for each clinician.
"""
_MISSING = """\
Looks at the services of these days as they stand, and names what their superbills want and do not have: of
the practice and its clinicians (`billfold practice create`), of the client (`billfold import`), and of each
service, by the practice's id of it (`billfold post facts`). Nothing is written.

Status 4: something is missing.
"""
_WANTED = {
    Gap.CLINICIAN: "the clinician is not in practice.json",
    Gap.PRACTICE_ADDRESS: "the practice's address",
    Gap.PRACTICE_PHONE: "the practice's phone",
    Gap.TAX_ID: "an EIN, the practice's or the clinician's own",
    Gap.NPI: "the clinician's NPI",
    Gap.LICENSE: "the clinician's license and its state",
    Gap.SUPERVISOR_NPI: "the NPI of the supervisor, who counts as rendering",
    Gap.SUPERVISOR_LICENSE: "the license of the supervisor, who counts as rendering",
    Gap.BIRTH_DATE: "the client's birth date",
    Gap.CLIENT_ADDRESS: "the client's address",
    Gap.CODE: "its procedure code",
    Gap.DIAGNOSIS: "a diagnosis",
    Gap.DIAGNOSIS_NOT_BILLABLE: "a diagnosis code that can be billed on that day",
    Gap.PLACE: "its place of service",
    Gap.TOO_MANY_DIAGNOSES: "there are more than 12 diagnoses in these days: take fewer days at a time",
    Gap.TOO_MANY_LINES: "there are more than 400 services in these days: take fewer days at a time",
}


def add(commands: Subparsers) -> None:
    top = commands.add_parser("superbill", help="See to superbills.", description=_ABOUT)
    kinds = top.add_subparsers(title="commands", metavar="<command>", required=True)
    missing = command(
        kinds, "missing", run_missing, "Name what is missing for superbills.", writes=False, details=_MISSING
    )
    _add_whose(missing)


def _add_whose(parser: argparse.ArgumentParser) -> None:
    whose = parser.add_mutually_exclusive_group(required=True)
    whose.add_argument("--client", metavar="CLIENT", help="this client's, by the practice's id")
    whose.add_argument("--all", action="store_true", help="every client's who may see superbills")
    parser.add_argument("--month", metavar="YYYY-MM", help="of the services of this month")
    parser.add_argument("--from", dest="first", metavar="YYYY-MM-DD", help="of services from this day")
    parser.add_argument("--to", dest="last", metavar="YYYY-MM-DD", help="of services to this day, included")
    parser.add_argument("--clinician", default="", metavar="ID", help="only this clinician's")


def run_missing(invocation: Invocation) -> int:
    """Errors: NotFound practice_not_found, client_not_found, clinician_not_found; Invalid month_invalid,
    date_invalid, date_range_reversed, superbill_days_ahead; Refused account_updating."""
    practice, wish, gaps, complete = invocation.practice(), _wish(invocation), 0, 0
    for client in _clients(invocation, practice):
        plan = _plan(invocation, practice, client, wish)
        if plan is not None:
            tell_missing(invocation, practice, client, plan.missing)
            gaps, complete = gaps + len(plan.missing), complete + len(plan.drafts)
    text = (
        f"Missing: {how_many(gaps, 'thing', 'things')}. Nothing is missing for "
        f"{how_many(complete, 'superbill', 'superbills')}."
    )
    invocation.output.tell("done", text, missing=gaps, complete=complete)
    return PARTLY if gaps else OK


def _plan(
    invocation: Invocation, practice: Practice, client: Client, wish: SuperbillWish
) -> SuperbillPlan | None:
    drafting = invocation.app.superbill_drafting
    if invocation.options.all:
        return drafting.plan_if_there(practice, client, wish)
    return drafting.plan(practice, client, wish)


def tell_missing(
    invocation: Invocation, practice: Practice, client: Client, missing: Sequence[Missing]
) -> None:
    """The client and services by the practice's own ids; no name and no code."""
    for one in missing:
        clinician = practice.clinician(one.clinician_id)
        service = f", {one.charge} of {one.on}" if one.charge else ""
        text = f"{client.external_id}, {clinician.id if clinician else one.clinician_id}{service}: "
        invocation.output.tell(
            "missing", text + _WANTED[one.gap], client=client.external_id, clinician=one.clinician_id,
            missing=one.gap.value, charge=one.charge, on=one.on,
        )  # fmt: skip


def _wish(invocation: Invocation) -> SuperbillWish:
    options = invocation.options
    days = options.first, options.last
    if bool(options.month) == any(days) or (any(days) and not all(days)):
        options.usage_error("say which days: --month, or --from and --to")
    if options.month:
        period = Period.parse(options.month)
        stretch = Stretch(period.first_day.isoformat(), period.last_day.isoformat())
    else:
        stretch = Stretch(_day("from", options.first), _day("to", options.last))
    return SuperbillWish(stretch, options.clinician)


def _day(name: str, text: str) -> str:
    try:
        return date.fromisoformat(text).isoformat()
    except ValueError as error:
        raise Invalid("date_invalid", name) from error


def _clients(invocation: Invocation, practice: Practice) -> Iterator[Client]:
    """Of all, those of whom somebody may see superbills, and whose insurer the practice does not bill."""
    if invocation.options.all:
        yield from filter(for_everyone, invocation.app.people.clients(practice.id))
        return
    external_id = invocation.options.client
    ref = invocation.account_of(external_id)
    found = invocation.app.people.client(practice.id, ref.account) if ref else None
    yield present(found, "client_not_found", "client", client=external_id)
