"""`billfold estimate request` and `withdraw`, and the requests that `estimate due` lists."""

from chalicelib.documents.domain.estimate_requests import (
    EstimateRequest,
    RequestDays,
    RequestState,
    days_left,
)
from chalicelib.entrypoints.cli.command import Invocation, Subparsers, command, day_of
from chalicelib.entrypoints.cli.output import OK, how_many
from chalicelib.kernel.actors import CLI
from chalicelib.kernel.instants import instant, local_date

_REQUEST = """\
Appointments are not known here: tell what starts a clock of the law (45 CFR 149.610), and `estimate due` and
an alert see to it that it does not run out. A client who asks has an estimate within three business days. Who
has made an appointment three business days ahead or more has it within one business day after that; within
three where it is ten ahead or more. An estimate that is issued to the client ends the request.
"""
_WITHDRAW = """\
Where no estimate is wanted any more, or the law wants none: the appointment was canceled, the client is
insured. The reason is kept.
"""


def add(kinds: Subparsers) -> None:
    asked = command(
        kinds, "request", run_request, "Note that an estimate is wanted.", writes=True, details=_REQUEST
    )
    asked.add_argument("--client", required=True, metavar="CLIENT", help="the client's id")
    asked.add_argument("--asked", metavar="YYYY-MM-DD", help="the day on which the client asked")
    asked.add_argument("--scheduled", metavar="YYYY-MM-DD", help="the day on which a service was scheduled")
    asked.add_argument("--service", metavar="YYYY-MM-DD", help="the day for which it was")
    withdraw = command(
        kinds, "withdraw", run_withdraw, "End a request without an estimate.", writes=True, details=_WITHDRAW
    )
    withdraw.add_argument("request", metavar="REQUEST", help="its id, as `billfold estimate due` prints it")
    withdraw.add_argument("--reason", required=True, metavar="TEXT", help="why")


def run_request(invocation: Invocation) -> int:
    """Errors: NotFound practice_not_found, client_not_found; Invalid date_invalid, estimate_request_days;
    Refused estimate_not_wanted, estimate_requests_many."""
    practice, options, clocks = invocation.practice(), invocation.options, invocation.app.request_clocks
    client = invocation.client(options.client)
    days = RequestDays(
        day_of(options.asked or "", "asked"), day_of(options.scheduled or "", "scheduled"),
        day_of(options.service or "", "service"),
    )  # fmt: skip
    does = clocks.foresee if options.dry_run else clocks.note
    request, new = does(practice, client.ref(practice.id), days, actor=CLI.text)
    said = f"{client.external_id}: request {request.id}, an estimate is due by {request.due_on}"
    facts = {"client": client.external_id, "request": request.id, "due_on": request.due_on, "new": new}
    if options.dry_run:
        text = f"Dry run: {said}{'' if new else ', is noted already'}. Nothing was written."
        invocation.output.tell("dry_run", text, **facts)
        return OK
    end = "" if new else f", is noted already{_ended(request)}"
    invocation.output.tell("done", f"{said}{end}.", **facts)
    return OK


def run_withdraw(invocation: Invocation) -> int:
    """Errors: NotFound practice_not_found, estimate_request_not_found; Invalid estimate_request_reason;
    Refused estimate_request_issued."""
    practice, options, clocks = invocation.practice(), invocation.options, invocation.app.request_clocks
    does = clocks.would_withdraw if options.dry_run else clocks.withdraw
    request = does(practice.id, options.request, reason=options.reason, actor=CLI.text)
    if options.dry_run:
        text = f"Dry run: request {request.id} would be withdrawn. Nothing was written."
        invocation.output.tell("dry_run", text, request=request.id)
        return OK
    invocation.output.tell("done", f"Request {request.id} is withdrawn.", request=request.id)
    return OK


def tell_requests(invocation: Invocation) -> int:
    """Those that wait for an estimate, the earliest due first; how many. Errors: NotFound practice_not_found,
    client_not_found."""
    practice, only = invocation.practice(), invocation.options.client
    ref = invocation.client(only).ref(practice.id) if only is not None else None
    clocks = invocation.app.request_clocks
    found = clocks.open_of_account(ref) if ref else clocks.waiting(practice.id)
    today = local_date(instant(invocation.app.clock.now()), practice.timezone)
    for request in found:
        _tell(invocation, request, today)
    return len(found)


def _tell(invocation: Invocation, request: EstimateRequest, today: str) -> None:
    client = invocation.app.people.client(invocation.options.practice, request.account_id)
    name = client.external_id if client else request.account_id
    left = days_left(request.due_on, today=today)
    text = f"{name}: {_why(request)}, an estimate {_when(request, today, left)} (request {request.id})"
    invocation.output.tell(
        "request", text, client=name, request=request.id, due_on=request.due_on, days_left=left,
        overdue=request.due_on < today, asked_on=request.days.asked_on,
        scheduled_on=request.days.scheduled_on, service_on=request.days.service_on,
    )  # fmt: skip


def _why(request: EstimateRequest) -> str:
    days = request.days
    asked = [f"asked on {days.asked_on}"] if days.asked_on else []
    scheduled = [f"{days.service_on} scheduled on {days.scheduled_on}"] if days.scheduled_on else []
    return " and ".join(asked + scheduled)


def _when(request: EstimateRequest, today: str, left: int) -> str:
    if request.due_on < today:
        return f"is overdue since {request.due_on}"
    if request.due_on == today:
        return "is due today"
    return f"is due by {request.due_on}, {how_many(left, 'business day', 'business days')} left"


def _ended(request: EstimateRequest) -> str:
    if request.state is RequestState.ISSUED:
        return f" and answered by estimate {request.estimate}"
    return " and withdrawn" if request.state is RequestState.WITHDRAWN else ""
