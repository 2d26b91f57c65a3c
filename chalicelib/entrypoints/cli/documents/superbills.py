"""`billfold superbill`: name what is missing, issue superbills, list, show, replace and void them; those to
post; number."""

import argparse
from collections.abc import Iterable, Sequence

from chalicelib.documents.domain.superbill_lines import Gap, Missing, for_everyone
from chalicelib.documents.domain.superbills import (
    Stretch,
    Superbill,
    SuperbillLine,
    SuperbillStanding,
    SuperbillStatus,
)
from chalicelib.documents.services.superbills.drafting import SuperbillPlan, SuperbillWish
from chalicelib.documents.services.superbills.issuing import SuperbillsIssued
from chalicelib.documents.services.superbills.paper import SuperbillToPost
from chalicelib.entrypoints.cli.command import Invocation, Subparsers, command, day_of
from chalicelib.entrypoints.cli.documents.numbers import say_or_set
from chalicelib.entrypoints.cli.documents.paper import NO_ADDRESS, Posted, write_paper
from chalicelib.entrypoints.cli.output import OK, PARTLY, amount_text, how_many
from chalicelib.kernel.actors import CLI
from chalicelib.kernel.errors import present
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
_ISSUE = """\
One for each client and clinician. Whoever has one for the same days keeps it, so that the same command again
goes on with the others. For whom something is missing there is none, and it is named; the others are issued.
Numbers have no gaps. A service is on one superbill that stands: one for other days leaves out what is on it
already, and says so. --all leaves out clients of whom nobody may see superbills, clients in network, and
whose import has not ended. --dry-run says what would be issued.

Status 4: something is missing for some.
"""
_REPLACE = """\
Issues another one for the same clinician and days, of what the books say now, with a number of its own; it
says which one it replaces. The former one is void, and a document of its own says so.
"""
_VOID = """\
The superbill keeps its number, and a document of its own says that it is void, and when. One for the same
days may be issued next.
"""
_PAPER = """\
Writes the PDFs of the superbills that stand, and that no e-mail tells of, into a new folder, with a list:
those of clients without an address, to whose address mail has stopped, or whose documents are posted by the
client file (paper). Of whom nobody may see superbills there is none. Issues and mails nothing.
"""
_NUMBER = """\
Says the number of the latest superbill. --set is for after a restore that lost superbills which insurers
have: the next one has the number after it, and those between are nobody's. It only goes up.
"""
_STATUS = {
    SuperbillStatus.ISSUED: "issued", SuperbillStatus.REPLACED: "replaced", SuperbillStatus.VOID: "void",
}  # fmt: skip
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
    top = commands.add_parser("superbill", help="Issue and replace superbills.", description=_ABOUT)
    kinds = top.add_subparsers(title="commands", metavar="<command>", required=True)
    missing = command(
        kinds, "missing", run_missing, "Name what is missing for superbills.", writes=False, details=_MISSING
    )
    issue = command(kinds, "issue", run_issue, "Issue superbills.", writes=True, details=_ISSUE)
    for parser in (missing, issue):
        _add_whose(parser)
    listing = command(kinds, "list", run_list, "List superbills, and which stand.", writes=False)
    listing.add_argument("--client", metavar="CLIENT", help="only this client's, by the practice's id")
    show = command(kinds, "show", run_show, "Show a superbill, line by line.", writes=False)
    replace = command(
        kinds, "replace", run_replace, "Issue one in place of another.", writes=True, details=_REPLACE
    )
    void = command(kinds, "void", run_void, "Void a superbill.", writes=True, details=_VOID)
    paper = command(kinds, "paper", run_paper, "Write the superbills to post.", writes=False, details=_PAPER)
    paper.add_argument("folder", metavar="FOLDER", help="a new folder, or an empty one")
    paper.add_argument("--since", default="", metavar="YYYY-MM-DD", help="only what was issued since")
    number = command(
        kinds, "number", run_number, "Say or set the latest number.", writes=True, details=_NUMBER
    )
    number.add_argument(
        "--set", type=int, metavar="N", dest="last", help="the next superbill has the number after"
    )
    for parser in (show, replace, void):
        parser.add_argument("number", type=int, metavar="NUMBER", help="the superbill's number")
    for parser in (replace, void):
        parser.add_argument("--notes", default="", metavar="TEXT", help="why, for the practice alone")


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
    for client in _clients(invocation):
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


def run_issue(invocation: Invocation) -> int:
    """Errors: as `run_missing`; Refused superbill_empty, too_many_superbills."""
    practice, wish = invocation.practice(), _wish(invocation)
    clients, issuing = _clients(invocation), invocation.app.superbill_issuing
    if invocation.options.dry_run:
        return _foresee(invocation, practice, wish)
    if invocation.options.all:
        return _tell_issued(invocation, practice, issuing.issue_all(practice, clients, wish))
    done = ((client, issuing.issue(practice, client, wish)) for client in clients)
    return _tell_issued(invocation, practice, done)


def _foresee(invocation: Invocation, practice: Practice, wish: SuperbillWish) -> int:
    count = gaps = 0
    for client in _clients(invocation):
        plan = _plan(invocation, practice, client, wish)
        if plan is None:
            continue
        tell_missing(invocation, practice, client, plan.missing)
        gaps += len(plan.missing)
        _tell_already(invocation, client, plan.elsewhere)
        superbilled = invocation.app.superbills.superbilled(client.ref(practice.id))
        for draft in plan.drafts:
            if not superbilled.number(draft.stretch, draft.clinician_id):
                count += 1
                _tell(invocation, client.external_id, "draft", draft.numbered(0))
    text = f"Dry run: {how_many(count, 'superbill', 'superbills')} would be issued. Nothing was written."
    invocation.output.tell("dry_run", text, superbills=count, missing=gaps)
    return PARTLY if gaps else OK


def _tell_issued(
    invocation: Invocation, practice: Practice, done: Iterable[tuple[Client, SuperbillsIssued]]
) -> int:
    numbers, gaps = list[int](), 0
    for client, came in done:
        tell_missing(invocation, practice, client, came.missing)
        gaps += len(came.missing)
        _tell_already(invocation, client, came.standing)
        for superbill in came.issued:
            numbers.append(superbill.number)
            _tell(invocation, client.external_id, str(superbill.number), superbill)
    span = f": {numbers[0]} to {numbers[-1]}" if len(numbers) > 1 else ""
    text = f"Done: {how_many(len(numbers), 'superbill', 'superbills')} issued{span}."
    invocation.output.tell("done", text, superbills=len(numbers), numbers=numbers, missing=gaps)
    return PARTLY if gaps else OK


def _tell_already(invocation: Invocation, client: Client, numbers: Iterable[int]) -> None:
    for number in numbers:
        text = f"{client.external_id} has superbill {number} for these days already."
        invocation.output.tell("already", text, client=client.external_id, number=number)


def _tell(invocation: Invocation, client: str, what: str, said: Superbill) -> None:
    services = how_many(len(said.charge_ids), "service", "services")
    fee, paid = (
        amount_text(said.sums.fee_minor, said.currency),
        amount_text(said.sums.paid_minor, said.currency),
    )
    text = (
        f"{what}: {client}, {said.clinician_id}, {services} from {said.first} to {said.last}, "
        f"charged {fee}, paid by the client {paid}"
    )
    invocation.output.tell(
        "superbill", text, number=what, client=client, clinician=said.clinician_id,
        services=len(said.charge_ids), first=said.first, last=said.last, charged=fee, paid=paid,
    )  # fmt: skip


def run_list(invocation: Invocation) -> int:
    """Errors: NotFound practice_not_found, client_not_found."""
    practice, showing = invocation.practice(), invocation.app.superbill_showing
    rows = [
        (row, client.external_id)
        for client in invocation.clients()
        for row in showing.all_of(client.ref(practice.id))
    ]
    for row, client_id in sorted(rows, key=lambda found: found[0].superbill.number):
        _tell_standing(invocation, client_id, row)
    invocation.output.tell("superbills", how_many(len(rows), "superbill", "superbills"), superbills=len(rows))
    return OK


def _tell_standing(invocation: Invocation, client: str, row: SuperbillStanding) -> None:
    superbill = row.superbill
    by = f" by {row.replaced_by}" if row.replaced_by else ""
    former = f", replaces {superbill.replaces}" if superbill.replaces else ""
    paid = amount_text(superbill.sums.paid_minor, superbill.currency)
    text = (
        f"{superbill.number}: {client}, {superbill.clinician_id}, {_STATUS[row.status]}{by}, issued "
        f"{superbill.issued_on}, services from {superbill.first} to {superbill.last}, paid by the client "
        f"{paid}{former}"
    )
    invocation.output.tell(
        "superbill", text, number=superbill.number, client=client, clinician=superbill.clinician_id,
        status=row.status.value, replaced_by=row.replaced_by, replaces=superbill.replaces,
        issued_on=superbill.issued_on, first=superbill.first, last=superbill.last, paid=paid,
    )  # fmt: skip


def run_show(invocation: Invocation) -> int:
    """Its diagnoses are on its document alone. Errors: NotFound practice_not_found, superbill_not_found."""
    practice, number = invocation.practice(), invocation.options.number
    ref = present(invocation.app.superbills.account_of(practice.id, number), "superbill_not_found", "number")
    opened = invocation.app.superbill_showing.opened(ref, number)
    client = invocation.app.people.client(practice.id, ref.account)
    _tell_standing(invocation, client.external_id if client else ref.account, opened.standing)
    for line in opened.paper.lines:
        _tell_line(invocation, line, opened.standing.superbill.currency)
    return OK


def _tell_line(invocation: Invocation, line: SuperbillLine, currency: str) -> None:
    fee, paid = amount_text(line.fee_minor, currency), amount_text(line.paid_minor, currency)
    code = "-".join((line.code, *line.modifiers))
    text = f"  {line.date} {code}, place {line.place_of_service}, units {line.units}: {fee}, paid {paid}"
    invocation.output.tell(
        "line", text, date=line.date, code=code, place=line.place_of_service, units=line.units, fee=fee,
        paid=paid,
    )  # fmt: skip


def run_replace(invocation: Invocation) -> int:
    """Errors: NotFound practice_not_found, superbill_not_found; Refused superbill_void, superbill_empty,
    superbill_incomplete, superbill_unchanged, account_updating."""
    practice, options, issuing = invocation.practice(), invocation.options, invocation.app.superbill_issuing
    if options.dry_run:
        issuing.check_replaceable(practice, options.number)
        text = f"Dry run: superbill {options.number} would be replaced. Nothing was written."
        invocation.output.tell("dry_run", text, replaced=options.number)
        return OK
    made = issuing.replace(practice, options.number, actor=CLI.text, notes=options.notes)
    text = f"Done: superbill {made.number} replaces {options.number}."
    invocation.output.tell("done", text, number=made.number, replaced=options.number)
    return OK


def run_void(invocation: Invocation) -> int:
    """Errors: NotFound practice_not_found, superbill_not_found; Refused superbill_void."""
    practice, options, issuing = invocation.practice(), invocation.options, invocation.app.superbill_issuing
    if options.dry_run:
        issuing.check_standing(practice, options.number)
        text = f"Dry run: superbill {options.number} would be void. Nothing was written."
        invocation.output.tell("dry_run", text, voided=options.number)
        return OK
    void = issuing.void(practice, options.number, actor=CLI.text, notes=options.notes)
    invocation.output.tell("done", f"Done: superbill {void.number} is void.", number=void.number)
    return OK


def run_number(invocation: Invocation) -> int:
    """Errors: as `say_or_set`."""
    return say_or_set(invocation, invocation.app.superbill_numbers, "superbill")


def run_paper(invocation: Invocation) -> int:
    """Errors: NotFound practice_not_found, document_not_found; Invalid date_invalid; Refused
    folder_not_empty; Busy."""
    practice, options = invocation.practice(), invocation.options
    found = invocation.app.superbill_paper_list.of(practice.id, since=day_of(options.since, "since"))
    rows = [_posted(invocation, row) for row in found]
    return write_paper(invocation, practice, rows, folder=options.folder, kind="superbill")


def _posted(invocation: Invocation, row: SuperbillToPost) -> Posted:
    """To the client, as the superbill names them, or to a guarantor where only that one may see it."""
    ref, client = row.filed.ref, row.client
    paper = present(invocation.app.superbills.paper(ref, row.superbill.number), "document_not_found")
    name = paper.client.name if client.superbills else client.guarantor_name
    address = paper.client.address
    return Posted(row.filed, client.external_id, name, address, row.why or NO_ADDRESS)


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
        stretch = Stretch(day_of(options.first, "from"), day_of(options.last, "to"))
    return SuperbillWish(stretch, options.clinician)


def _clients(invocation: Invocation) -> Sequence[Client]:
    """Of all, those of whom somebody may see superbills, and whose insurer the practice does not bill."""
    clients = invocation.clients()
    return list(filter(for_everyone, clients)) if invocation.options.all else clients
