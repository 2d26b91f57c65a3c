"""`billfold estimate`: issue good faith estimates, list them, show one, and write those to post."""

from collections.abc import Sequence
from typing import Any

from chalicelib.documents.domain.estimate_watch import Concern, Wants
from chalicelib.documents.domain.estimates import (
    DISPUTED_MINOR,
    MOST_MONTHS,
    DraftEstimate,
    Estimate,
    EstimateLine,
    EstimatePaper,
    EstimateWish,
)
from chalicelib.documents.domain.filed import Filed
from chalicelib.documents.services.estimates.paper import EstimateToPost
from chalicelib.entrypoints.cli.command import Invocation, Subparsers, command, day_of
from chalicelib.entrypoints.cli.documents import estimate_requests
from chalicelib.entrypoints.cli.documents.paper import NO_ADDRESS, Posted, write_paper
from chalicelib.entrypoints.cli.ledger.correcting import given
from chalicelib.entrypoints.cli.output import OK, amount_text, how_many
from chalicelib.importing.domain import values
from chalicelib.importing.domain.problems import Problem, shown
from chalicelib.kernel.errors import Invalid
from chalicelib.kernel.instants import instant, local_date
from chalicelib.practice.domain.practices import Client, Practice
from chalicelib.practice.domain.procedure_codes import diagnosis_doubts

_ABOUT = """\
A good faith estimate tells a client who pays for themselves what care will cost, for at most twelve months.
The law of the United States wants one before care begins, and another when fees or services change or its
time is over (45 CFR 149.610). It never changes, and is kept.
"""
_ISSUE = """\
Each --line is a service: the clinician's id, how many times, the fee each time, its name in the practice's
own words, and, where there is one, its procedure code:
  --line dr-a 40 150.00 "Session, 50 minutes" 90837
The first one is the primary service. The client's coverage has to be self_pay. What the law wants on it and
is not entered (a birth date, an NPI, EIN, state or address) is listed, and nothing is issued.
"""

_DUE = """\
Requests that wait for an estimate come first, with the day on which the law wants it (`billfold estimate
request` notes one). Then, of clients whose coverage is self_pay: who has no estimate, whose has ended or ends
within thirty days, which services were charged otherwise than it says, and which clinician's charges are $400
or more above it.
"""
_PAPER = """\
Writes the PDFs of the estimates whose days are not over, and that no e-mail tells of, into a new folder, with
a list: those of clients without an address, to whose address mail has stopped, or whose documents are posted
by the client file (paper). Issues and mails nothing.
"""


def add(commands: Subparsers) -> None:
    top = commands.add_parser("estimate", help="Issue good faith estimates.", description=_ABOUT)
    kinds = top.add_subparsers(title="commands", metavar="<command>", required=True)
    issue = command(kinds, "issue", run_issue, "Issue an estimate.", writes=True, details=_ISSUE)
    issue.add_argument("--client", required=True, metavar="CLIENT", help="the client's id")
    issue.add_argument(
        "--line", action="append", nargs="+", required=True, metavar="PART", help="a service that is expected"
    )
    issue.add_argument("--from", dest="first", metavar="YYYY-MM-DD", help="its first day; today without it")
    issue.add_argument(
        "--months", type=int, default=MOST_MONTHS, metavar="NUMBER", help="for so many; 12 without it"
    )
    issue.add_argument("--visit", metavar="YYYY-MM-DD", help="the first appointment, where it is arranged")
    issue.add_argument("--diagnoses", default="", metavar="CODES", help="where known; spaces between them")
    listing = command(kinds, "list", run_list, "List estimates.", writes=False)
    listing.add_argument("--client", metavar="CLIENT", help="only this client's, by the practice's id")
    due = command(kinds, "due", run_due, "List what wants doing.", writes=False, details=_DUE)
    due.add_argument("--client", metavar="CLIENT", help="only of this client, by the practice's id")
    estimate_requests.add(kinds)
    paper = command(kinds, "paper", run_paper, "Write the estimates to post.", writes=False, details=_PAPER)
    paper.add_argument("folder", metavar="FOLDER", help="a new folder, or an empty one")
    paper.add_argument("--since", default="", metavar="YYYY-MM-DD", help="only what was issued since")
    show = command(kinds, "show", run_show, "Show an estimate, line by line.", writes=False)
    show.add_argument("--client", required=True, metavar="CLIENT", help="the client's id")
    show.add_argument("number", type=int, metavar="NUMBER", help="which of the client's, counted from 1")


def run_issue(invocation: Invocation) -> int:
    """Errors: NotFound practice_not_found, client_not_found; Refused estimate_not_self_pay,
    estimate_incomplete; Invalid estimate_…, and those of the cells."""
    practice, output = invocation.practice(), invocation.output
    client = invocation.client(invocation.options.client)
    wish = _wish(invocation, practice)
    for doubt in diagnosis_doubts(invocation.app.diagnosis_codes(), wish.diagnoses, wish.first_date):
        output.warning(Problem("", 0, "--diagnoses", doubt.code, {"value": shown(doubt.value)}))
    if invocation.options.dry_run:
        draft = invocation.app.estimate_issuing.foresee(practice, client, wish)
        said = _said(client, draft, draft.paper.total_minor)
        text = f"Dry run: {said} would be issued. Nothing was written."
        output.tell("dry_run", text, total=amount_text(draft.paper.total_minor, draft.currency))
        return OK
    estimate, new = invocation.app.estimate_issuing.issue(practice, client, wish)
    said = f"Estimate {estimate.seq} of {_said(client, estimate, estimate.total_minor)}"
    text = f"{said} is issued." if new else f"{said} is issued already, the same."
    output.tell("done", text, new=new, **_facts(client, estimate))
    return OK


def run_list(invocation: Invocation) -> int:
    """Errors: NotFound practice_not_found, client_not_found."""
    practice, count = invocation.practice(), 0
    for client in invocation.clients():
        for estimate in invocation.app.estimates.all_of(client.ref(practice.id)):
            count += 1
            text = f"{client.external_id} {estimate.seq}: issued {estimate.issued_on}, {_span(estimate)}"
            invocation.output.tell("estimate", text, **_facts(client, estimate))
    invocation.output.tell("estimates", how_many(count, "estimate", "estimates"), estimates=count)
    return OK


def run_show(invocation: Invocation) -> int:
    """Errors: NotFound practice_not_found, client_not_found, estimate_not_found."""
    practice, options = invocation.practice(), invocation.options
    client = invocation.client(options.client)
    estimate, paper = invocation.app.estimate_showing.opened(client.ref(practice.id), options.number)
    text = f"Estimate {estimate.seq} of {_said(client, estimate, estimate.total_minor)}"
    invocation.output.tell("estimate", f"{text}, issued {estimate.issued_on}", **_facts(client, estimate))
    for line in paper.lines:
        _tell_line(invocation, line, estimate.currency)
    _tell_clinicians(invocation, paper, estimate.currency)
    return OK


def run_due(invocation: Invocation) -> int:
    """Errors: NotFound practice_not_found, client_not_found."""
    practice, count = invocation.practice(), estimate_requests.tell_requests(invocation)
    for client in invocation.clients():
        for concern in invocation.app.estimate_watch.concerns(practice, client):
            count += 1
            _tell_concern(invocation, client, concern, practice.currency)
    invocation.output.tell("due", how_many(count, "thing to do", "things to do"), due=count)
    return OK


def run_paper(invocation: Invocation) -> int:
    """Errors: NotFound practice_not_found; Invalid date_invalid; Refused folder_not_empty; Unreadable;
    Busy."""
    practice, options = invocation.practice(), invocation.options
    since, today = day_of(options.since, "since"), _today(invocation, practice)
    found = invocation.app.estimate_paper_list.of(practice.id, today=today, since=since)
    rows = [_posted(practice, row) for row in found]
    return write_paper(invocation, practice, rows, folder=options.folder, kind="estimate")


def _posted(practice: Practice, row: EstimateToPost) -> Posted:
    head, filed = row.paper.letterhead, Filed.estimate(practice.id, row.estimate)
    return Posted(
        filed, row.client.external_id, head.client_name, head.client_address, row.why or NO_ADDRESS
    )  # fmt: skip


def _today(invocation: Invocation, practice: Practice) -> str:
    return local_date(instant(invocation.app.clock.now()), practice.timezone)


def _tell_concern(invocation: Invocation, client: Client, concern: Concern, currency: str) -> None:
    charged, expected, disputed = (
        amount_text(minor, currency)
        for minor in (concern.charged_minor, concern.expected_minor, concern.expected_minor + DISPUTED_MINOR)
    )
    said = {
        Wants.NONE: "no estimate yet",
        Wants.ENDED: f"estimate {concern.estimate} ended on {concern.on}",
        Wants.ENDING: f"estimate {concern.estimate} ends on {concern.on}",
        Wants.FEE: f"estimate {concern.estimate} expects {expected} for {concern.service} "
        f"({concern.clinician_id}), and {charged} was charged on {concern.on}: issue another",
        Wants.EXCEEDED: f"{concern.clinician_id} has charged {charged}, estimate {concern.estimate} expects "
        f"{expected}: from {disputed} on the client may dispute a bill",
    }[concern.wants]
    invocation.output.tell(
        "concern", f"{client.external_id}: {said}", client=client.external_id, wants=concern.wants.value,
        estimate=concern.estimate, on=concern.on, clinician=concern.clinician_id, service=concern.service,
        charged=charged, expected=expected,
    )  # fmt: skip


def _wish(invocation: Invocation, practice: Practice) -> EstimateWish:
    options = invocation.options
    today = _today(invocation, practice)

    diagnoses: Any = given(invocation, practice, "diagnoses", options.diagnoses, values.diagnoses)
    return EstimateWish(
        tuple(_line(invocation, practice, parts) for parts in options.line),
        day_of(options.first or "", "from") or today,
        options.months,
        diagnoses,
        day_of(options.visit or "", "visit"),
    )


def _line(invocation: Invocation, practice: Practice, parts: Sequence[str]) -> EstimateLine:
    """Error: Invalid estimate_line."""
    if len(parts) not in (4, 5):
        raise Invalid("estimate_line", "line")
    clinician, times, fee, service, *code = parts

    def read(text: str, parse: values.Parser) -> Any:
        return given(invocation, practice, "line", text, parse)

    return EstimateLine(
        read(service, values.line(80)),
        read(clinician, values.identifier),
        read(times, values.units),
        read(fee, values.positive_amount),
        read(code[0], values.cpt) if code else "",
    )


def _said(client: Client, said: Estimate | DraftEstimate, total_minor: int) -> str:
    span = f"{said.first_date} to {said.last_date}"
    return f"{client.external_id}, {span}, {amount_text(total_minor, said.currency)}"


def _span(estimate: Estimate) -> str:
    money = amount_text(estimate.total_minor, estimate.currency)
    return f"{estimate.first_date} to {estimate.last_date}, {money}"


def _facts(client: Client, estimate: Estimate) -> dict[str, object]:
    return {
        "client": client.external_id, "number": estimate.seq, "issued_on": estimate.issued_on,
        "first_date": estimate.first_date, "last_date": estimate.last_date,
        "total": amount_text(estimate.total_minor, estimate.currency),
    }  # fmt: skip


def _tell_line(invocation: Invocation, line: EstimateLine, currency: str) -> None:
    each, total = (amount_text(minor, currency) for minor in (line.charge_minor, line.total_minor))
    text = f"  {line.service} ({line.clinician_id}): {line.quantity} times {each}, {total}"
    invocation.output.tell(
        "line", text, service=line.service, clinician=line.clinician_id, quantity=line.quantity, fee=each,
        total=total, cpt=line.cpt,
    )  # fmt: skip


def _tell_clinicians(invocation: Invocation, paper: EstimatePaper, currency: str) -> None:
    for provider in paper.providers:
        total = amount_text(paper.total_of(provider.clinician_id), currency)
        text = f"  {provider.clinician_id}: {total} in all"
        invocation.output.tell("clinician", text, clinician=provider.clinician_id, total=total)
