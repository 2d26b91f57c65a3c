"""What a statement run came to, client by client and in all."""

from collections import Counter
from collections.abc import Mapping, Sequence

from chalicelib.documents.domain.statements import Outcome
from chalicelib.documents.services.statements.issuing import Decision
from chalicelib.entrypoints.cli.command import Invocation
from chalicelib.entrypoints.cli.documents.paper import NO_ADDRESS
from chalicelib.entrypoints.cli.output import OK, REFUSED, UNAVAILABLE, how_many
from chalicelib.kernel.periods import Period
from chalicelib.practice.domain.practices import Client

WORDS = {
    Outcome.PENDING: "still being made",
    Outcome.SENT: "mailed",
    Outcome.PAPER: "on the paper list",
    Outcome.MAIL_REFUSED: "not mailed: the address is refused",
    Outcome.BOUNCED: "mailed, but it came back",
    Outcome.UNRENDERABLE: "mailed, but its PDF could not be made",
    Outcome.SKIPPED: "skipped: nothing owed and no activity",
    Outcome.NO_ACCOUNT: "skipped: no account",
    Outcome.UPDATING: "not made: an import of theirs has not finished",
    Outcome.LATER_ISSUED: "not made: a later month's statement covers it",
    Outcome.FAILED: "failed",
}
WOULD = {**WORDS, Outcome.PENDING: "would be issued, or is being made"}
FAILURES = frozenset({Outcome.MAIL_REFUSED, Outcome.UNRENDERABLE, Outcome.UPDATING, Outcome.FAILED})
_PLAIN = frozenset({Outcome.SENT, Outcome.SKIPPED, Outcome.NO_ACCOUNT})
_FOUND_OUT_LATER = frozenset({Outcome.PAPER, Outcome.BOUNCED, Outcome.UNRENDERABLE})


def report(
    invocation: Invocation, clients: Sequence[Client], decisions: Sequence[Decision], done: str
) -> int:
    """Print it; the exit status."""
    output, reasons = invocation.output, _reasons(invocation, clients, decisions)
    words = WOULD if invocation.options.dry_run else WORDS
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
        "statements", "\n".join([f"{done}: {how_many(len(clients), 'client', 'clients')}", *lines]),
        clients=len(clients), outcomes={outcome.value: counts[outcome] for outcome in Outcome},
        dry_run=invocation.options.dry_run,
    )  # fmt: skip
    return _status(invocation, counts)


def _status(invocation: Invocation, counts: Mapping[Outcome, int]) -> int:
    if invocation.options.dry_run:
        return OK
    if any(counts[outcome] for outcome in FAILURES):
        return REFUSED
    return UNAVAILABLE if counts[Outcome.PENDING] else OK


def _reasons(
    invocation: Invocation, clients: Sequence[Client], decisions: Sequence[Decision]
) -> dict[str, str]:
    """Why, by client; what the documents function found out is in the run's notes."""
    reasons = {client.id: found.why for client, found in zip(clients, decisions, strict=True)}
    later = {c.id for c, found in zip(clients, decisions, strict=True) if found.outcome in _FOUND_OUT_LATER}
    if later:
        practice, period = invocation.options.practice, Period.parse(invocation.options.month)
        noted = invocation.app.statements.noted(practice, period)
        reasons |= {
            n.client_id: n.why or (NO_ADDRESS if n.outcome is Outcome.PAPER else "")
            for n in noted
            if n.client_id in later
        }
    return reasons
