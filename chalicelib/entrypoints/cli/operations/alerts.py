"""`billfold alerts`: what waits for a person's decision, and how it is closed."""

from chalicelib.entrypoints.cli.command import Invocation, Subparsers, command
from chalicelib.entrypoints.cli.output import OK, REFUSED, Output
from chalicelib.kernel.errors import Invalid
from chalicelib.operations.domain.alerts import Alert
from chalicelib.words import say
from chalicelib.words.alerts import ALERTS

_DETAILS = """\
Where no program may decide, Billfold raises an alert: one a cause, by a name that stays the same.
docs/runbook/README.md says for each name what to do. Leaves by status 1 while alerts are open.
"""
_CLOSE = """\
Closed, the same cause raises no alert again. The note says what was decided; it stays in the table.
"""
_MAX_NOTE = 1000


def add(commands: Subparsers) -> None:
    summary = "List the alerts that wait for a person."
    top = command(commands, "alerts", run_list, summary, writes=False, practice=False, details=_DETAILS)
    top.add_argument("--practice", metavar="ID", help="the practice's id")
    top.add_argument("--all", action="store_true", help="closed ones too")
    kinds = top.add_subparsers(title="commands", metavar="<command>")
    top.usage = "%(prog)s [-h] [--json] --practice ID [--all]\n       %(prog)s close --help"
    close = command(kinds, "close", run_close, "Close alerts.", writes=False, details=_CLOSE)
    close.add_argument("ids", nargs="+", metavar="ALERT", help="the ids, as `billfold alerts` prints them")
    close.add_argument("--note", required=True, metavar="TEXT", help="what was decided, and by whom")


def run_list(invocation: Invocation) -> int:
    """Error: NotFound practice_not_found."""
    if not invocation.options.practice:  # argparse cannot ask for it: `alerts close` has its own
        invocation.options.usage_error("the following arguments are required: --practice")
    practice, output = invocation.practice(), invocation.output
    found = invocation.app.alerting.listed(practice.id, closed=invocation.options.all)
    for alert in found:
        _tell(output, alert)
    waiting = sum(alert.open for alert in found)
    output.tell("alerts", f"{waiting} open", open=waiting)
    return REFUSED if waiting else OK


def run_close(invocation: Invocation) -> int:
    """Errors: Invalid field_missing, field_invalid; NotFound practice_not_found, alert_not_found."""
    note = invocation.options.note.strip()
    if not note:
        raise Invalid("field_missing", "note")
    if len(note) > _MAX_NOTE:
        raise Invalid("field_invalid", "note")
    practice = invocation.practice()
    for alert_id in invocation.options.ids:
        _tell(invocation.output, invocation.app.alerting.close(practice.id, alert_id, note=note))
    return OK


def _tell(output: Output, alert: Alert) -> None:
    cause = alert.cause
    facts = " ".join(f"{name}={value}" for name, value in cause.facts.items())
    words = say(ALERTS, cause.name.value, output.language)
    closed = f"\n  closed {alert.closed_at}: {alert.note}" if alert.closed_at else ""
    seen = f"first seen {alert.first_seen}, last {alert.last_seen}"
    output.tell(
        "alert", f"{cause.id}  {cause.name}  {cause.subject}\n  {words}\n  {facts}\n  {seen}{closed}",
        id=cause.id, name=cause.name.value, subject=cause.subject, facts=dict(cause.facts), message=words,
        first_seen=alert.first_seen, last_seen=alert.last_seen, closed_at=alert.closed_at, note=alert.note,
    )  # fmt: skip
