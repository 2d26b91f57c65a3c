"""`billfold statements`: make a month's statements now, or say what would be made."""

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from datetime import timedelta

from chalicelib.domain.errors import NotFound
from chalicelib.domain.periods import Period
from chalicelib.domain.practices import Client, Practice
from chalicelib.domain.statements import Delivery, Outcome
from chalicelib.entrypoints.cli import command as commands_of
from chalicelib.entrypoints.cli.command import Invocation, Subparsers, command
from chalicelib.entrypoints.cli.output import OK, REFUSED, UNAVAILABLE
from chalicelib.services.importing.accounts import account_id
from chalicelib.services.statements.issuing import Decision

_DETAILS = """\
What the clock does on the practice's statement day, done now: one statement a client, and one e-mail that
says there is one. Run again, it makes and mails only what is missing, and tries once more what could not be
rendered or mailed; nobody gets a second statement. Says who is on the paper list, and who failed and why.
"""
_WORDS = {
    Outcome.PENDING: "still being made",
    Outcome.SENT: "mailed",
    Outcome.PAPER: "on the paper list: there is no e-mail address",
    Outcome.MAIL_REFUSED: "not mailed: the address is refused",
    Outcome.UNRENDERABLE: "issued, but its PDF could not be made",
    Outcome.SKIPPED: "skipped: nothing owed and no activity",
    Outcome.NO_ACCOUNT: "skipped: no account",
    Outcome.UPDATING: "not made: an import of theirs has not finished",
    Outcome.LATER_ISSUED: "not made: a later month's statement covers it",
    Outcome.FAILED: "failed",
}
_WOULD = {Outcome.PENDING: "would be issued, or is being made"}
_PLAIN = frozenset({Outcome.SENT, Outcome.SKIPPED, Outcome.NO_ACCOUNT})
_FAILURES = frozenset({Outcome.MAIL_REFUSED, Outcome.UNRENDERABLE, Outcome.UPDATING, Outcome.FAILED})
_PATIENCE = timedelta(seconds=90)  # between two deliveries: a killed worker holds one up for a minute


def add(commands: Subparsers) -> None:
    parser = command(commands, "statements", run, "Make a month's statements.", writes=True, details=_DETAILS)
    parser.add_argument("--month", required=True, metavar="YYYY-MM", help="the month they cover")
    parser.add_argument(
        "--only", nargs="+", metavar="CLIENT", help="only these clients, by the practice's ids"
    )


def run(invocation: Invocation) -> int:
    """Error: Invalid month_invalid; Refused month_not_over; NotFound practice_not_found, client_not_found."""
    practice, options = invocation.practice(), invocation.options
    period = Period.parse(options.month)
    invocation.app.statement_runs.check_over(practice, period)
    clients = _clients(invocation, practice)
    issuing = invocation.app.issuing
    if options.dry_run:
        decisions = _each(invocation, clients, lambda c: issuing.foresee(practice, period, c), "looking")
        return _report(invocation, clients, decisions, {**_WORDS, **_WOULD}, "Dry run, nothing was written")
    decisions = _each(
        invocation, clients, lambda c: issuing.issue(practice, period, c, again=True), "issuing"
    )
    delivered = list(_delivered(invocation, practice, period, clients, decisions))
    return _report(invocation, clients, delivered, _WORDS, "Done")


def _clients(invocation: Invocation, practice: Practice) -> list[Client]:
    people, only = invocation.app.people, invocation.options.only
    if not only:
        return list(people.clients(practice.id))
    found = []
    for external_id in dict.fromkeys(only):
        client = people.client(practice.id, account_id(invocation.app.keys, practice.id, external_id))
        if client is None:
            raise NotFound("client_not_found", "only", client=external_id)
        found.append(client)
    return found


def _each(
    invocation: Invocation,
    clients: Sequence[Client],
    work: Callable[[Client], Decision],
    phase: str,
) -> list[Decision]:
    progress = invocation.output.progress()
    progress.start(phase, len(clients))

    def counted(client: Client) -> Decision:
        decision = work(client)
        progress.advance()
        return decision

    return commands_of.in_threads(counted, clients)


def _delivered(
    invocation: Invocation,
    practice: Practice,
    period: Period,
    clients: Sequence[Client],
    decisions: Sequence[Decision],
) -> Iterator[Decision]:
    """Watch the documents function work off what is pending; give up when it delivers nothing for a while."""
    app, progress = invocation.app, invocation.output.progress()
    progress.start("delivering", sum(decision.outcome is Outcome.PENDING for decision in decisions))
    patience_ends = app.clock.now() + _PATIENCE
    for client, decision in zip(clients, decisions, strict=True):
        if decision.outcome is not Outcome.PENDING:
            yield decision
            continue
        attempt = 0
        while (issued := app.statements.issued(practice.id, client.id, period)) is not None:
            if issued.delivery is not Delivery.PENDING:
                patience_ends = app.clock.now() + _PATIENCE
                break
            if app.clock.now() >= patience_ends:
                break
            app.clock.pause(attempt)
            attempt += 1
        progress.advance()
        yield Decision(Outcome(issued.delivery) if issued else Outcome.FAILED, issued)


def _report(
    invocation: Invocation,
    clients: Sequence[Client],
    decisions: Sequence[Decision],
    words: dict[Outcome, str],
    done: str,
) -> int:
    output, reasons = invocation.output, _reasons(invocation, clients, decisions)
    counts = Counter(decision.outcome for decision in decisions)
    for client, decision in zip(clients, decisions, strict=True):
        if output.as_json or decision.outcome not in _PLAIN:
            reason = reasons.get(client.id, "")
            why = f" ({reason})" if reason else ""
            output.tell(
                "client", f"{client.external_id}: {words[decision.outcome]}{why}",
                client=client.external_id, outcome=decision.outcome.value, why=reason,
            )  # fmt: skip
    lines = [f"  {counts[outcome]:6} {words[outcome]}" for outcome in Outcome if counts[outcome]]
    output.tell(
        "statements", "\n".join([f"{done}: {len(clients)} clients", *lines]),
        clients=len(clients), outcomes={outcome.value: counts[outcome] for outcome in Outcome},
        dry_run=invocation.options.dry_run,
    )  # fmt: skip
    if invocation.options.dry_run:
        return OK
    if any(counts[outcome] for outcome in _FAILURES):
        return REFUSED
    return UNAVAILABLE if counts[Outcome.PENDING] else OK


def _reasons(
    invocation: Invocation, clients: Sequence[Client], decisions: Sequence[Decision]
) -> dict[str, str]:
    """Why it failed, by client; what the documents function found out is in the run's notes."""
    if not any(decision.outcome is Outcome.UNRENDERABLE for decision in decisions):
        return {client.id: found.why for client, found in zip(clients, decisions, strict=True)}
    practice, period = invocation.options.practice, Period.parse(invocation.options.month)
    return {noted.client_id: noted.why for noted in invocation.app.statements.noted(practice, period)}
