"""`billfold statements`: make a month's statements now, or say what would be made."""

from collections.abc import Callable, Iterator, Sequence
from datetime import timedelta
from typing import TypeVar

from chalicelib.documents.domain.statements import Delivery, Noted, Outcome
from chalicelib.documents.services.statements.issuing import Decision
from chalicelib.entrypoints.cli import command as commands_of
from chalicelib.entrypoints.cli.command import Invocation, Subparsers, command
from chalicelib.entrypoints.cli.documents.paper import run_paper
from chalicelib.entrypoints.cli.documents.statement_report import FAILURES, report
from chalicelib.entrypoints.cli.importing.left_out import LeftOut
from chalicelib.kernel.account_refs import AccountRef
from chalicelib.kernel.errors import present
from chalicelib.kernel.periods import Period
from chalicelib.mail.domain.setbacks import Setback
from chalicelib.practice.domain.practices import Client, Practice

R = TypeVar("R")
_DETAILS = """\
What the clock does on the practice's statement day, done now: one statement a client, and one e-mail that
says there is one. Run again, it makes and mails only what is missing, and tries once more what could not be
drawn or mailed; nobody gets a second statement. Says who is on the paper list, and who failed and why.
While an import has begun and not ended it names it and leaves by status 4, also with --paper: clients that
it has not shown yet get none. Once it has ended, run the same command again.
--again runs it for those alone whom the last run of the month left so: `failed` (not made, not drawn, or
the address refused), `bounced` (mail to the address is tried once more; not after a complaint), `paper`.
--paper makes nothing: it writes the PDFs of all whom no e-mail reached into a new folder, with a list.
"""
_AGAIN = {
    "failed": FAILURES,
    "bounced": frozenset({Outcome.BOUNCED}),
    "paper": frozenset({Outcome.PAPER}),
}
_PATIENCE = timedelta(seconds=90)  # between two deliveries: a killed worker holds one up for a minute


def add(commands: Subparsers) -> None:
    parser = command(commands, "statements", run, "Make a month's statements.", writes=True, details=_DETAILS)
    parser.add_argument("--month", required=True, metavar="YYYY-MM", help="the month they cover")
    chosen = parser.add_mutually_exclusive_group()
    chosen.add_argument("--again", nargs="+", choices=tuple(_AGAIN), help="only whom the month's run left so")
    chosen.add_argument("--paper", metavar="FOLDER", help="write what is to be posted into this folder")
    chosen.add_argument(
        "--only", nargs="+", metavar="CLIENT", help="only these clients, by the practice's ids"
    )


def run(invocation: Invocation) -> int:
    """Error: Invalid month_invalid; Refused month_not_over; NotFound practice_not_found, client_not_found."""
    practice, options = invocation.practice(), invocation.options
    period = Period.parse(options.month)
    invocation.app.statement_runs.check_over(practice, period)
    if options.paper:
        return LeftOut(invocation, practice.id).tell(run_paper(invocation, practice, period))
    if practice.statement_day is None:
        words = f"{practice.id} has no statement day: no run starts by itself"
        invocation.output.tell("no_statement_day", words)
    left_out = LeftOut(invocation, practice.id)
    clients = _clients(invocation, practice, period)
    issuing = invocation.app.issuing
    if options.dry_run:
        decisions = _each(invocation, clients, lambda c: issuing.foresee(practice, period, c), "looking")
        lost = _lost(invocation, practice, issuing.nameless)
        all_ = [*clients, *lost], [*decisions, *lost.values()]
        return left_out.tell(report(invocation, *all_, "Dry run, nothing was written"))
    if "bounced" in (options.again or ()):
        _each(invocation, clients, lambda c: invocation.app.addresses.try_again(practice.id, c), "preparing")
    decisions = _each(
        invocation, clients, lambda c: issuing.issue(practice, period, c, again=True), "issuing"
    )
    lost = _lost(invocation, practice, lambda ref: issuing.note_nameless(ref, period))
    delivered = list(_delivered(invocation, practice, period, clients, decisions))
    return left_out.tell(report(invocation, [*clients, *lost], [*delivered, *lost.values()], "Done"))


def _clients(invocation: Invocation, practice: Practice, period: Period) -> list[Client]:
    app, options = invocation.app, invocation.options
    if options.again:
        noted = app.statements.noted(practice.id, period)
        left = (app.people.client(practice.id, n.client_id) for n in noted if _left_so(n, options.again))
        return [client for client in left if client is not None]
    if options.only:
        return _named(invocation, practice, options.only)
    return list(invocation.all_clients())


def _lost(
    invocation: Invocation, practice: Practice, decide: Callable[[AccountRef], Decision]
) -> dict[Client, Decision]:
    """Accounts whose client is gone; those that an import has not shown yet are told beside the report."""
    options = invocation.options
    if options.again or options.only:
        return {}
    found = invocation.app.statement_runs.accounts(practice.id)
    nameless = (one for one in found if one.client is None)
    decided = {Client(one.id, one.id, "", "", practice.locale): decide(one.ref) for one in nameless}
    return {client: made for client, made in decided.items() if made.outcome is not Outcome.UPDATING}


def _named(invocation: Invocation, practice: Practice, external_ids: Sequence[str]) -> list[Client]:
    found, people = [], invocation.app.people
    accounts = people.accounts_of(practice.id, external_ids)
    for external_id in dict.fromkeys(external_ids):
        account = accounts.get(external_id)
        client = present(
            people.client(practice.id, account) if account else None,
            "client_not_found",
            "only",
            client=external_id,
        )
        found.append(client)
    return found


def _left_so(noted: Noted, asked: Sequence[str]) -> bool:
    """A month after a bounce, its client is on the paper list for the bounce's sake."""
    bounced = noted.outcome is Outcome.PAPER and noted.why.startswith(Setback.BOUNCE)
    return any(noted.outcome in _AGAIN[state] for state in asked) or (bounced and "bounced" in asked)


def _each(
    invocation: Invocation,
    clients: Sequence[Client],
    work: Callable[[Client], R],
    phase: str,
) -> list[R]:
    progress = invocation.output.progress()
    progress.start(phase, len(clients))

    def counted(client: Client) -> R:
        done = work(client)
        progress.advance()
        return done

    return commands_of.in_threads(counted, clients)


def _delivered(
    invocation: Invocation,
    practice: Practice,
    period: Period,
    clients: Sequence[Client],
    decisions: Sequence[Decision],
) -> Iterator[Decision]:
    """Watch the delivery function work off what is pending; give up when it delivers nothing for a while."""
    app, progress = invocation.app, invocation.output.progress()
    progress.start("delivering", sum(decision.outcome is Outcome.PENDING for decision in decisions))
    patience_ends = app.clock.now() + _PATIENCE
    for client, decision in zip(clients, decisions, strict=True):
        if decision.outcome is not Outcome.PENDING:
            yield decision
            continue
        attempt = 0
        while (issued := app.statements.issued(client.ref(practice.id), period)) is not None:
            if issued.delivery is not Delivery.PENDING:
                patience_ends = app.clock.now() + _PATIENCE
                break
            if app.clock.now() >= patience_ends:
                break
            app.clock.pause(attempt)
            attempt += 1
        progress.advance()
        yield Decision(Outcome(issued.delivery) if issued else Outcome.FAILED, issued)
