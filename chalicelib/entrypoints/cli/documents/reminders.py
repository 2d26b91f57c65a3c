"""`billfold reminders`: who will be asked for what, and what keeps the others back. Writes nothing."""

from chalicelib.documents.domain.reminders import WEEK, Kept, Reminder, later
from chalicelib.documents.services.reminders.looking import Looked
from chalicelib.entrypoints.cli.command import Invocation, Subparsers, command
from chalicelib.entrypoints.cli.output import OK, how_many
from chalicelib.kernel.money import Money, decimal_text
from chalicelib.practice.domain.practices import Practice

_DETAILS = """\
Looks at the invoices whose day comes within --days, as things stand now. They go out by themselves, between
9 and 18 o'clock where the practice is; this command sends and writes nothing.
"""
_MOST = 10_000
_WORDS = {
    Kept.PAID: "nothing is owed",
    Kept.UPDATING: "an import holds the account",
    Kept.QUESTION: "a question waits for an answer",
    Kept.DISPUTE: "a bank holds money of the account",
    Kept.IN_FLIGHT: "a payment is under way",
    Kept.NO_ADDRESS: "no e-mail address",
    Kept.BY_POST: "invoices are posted to the client",
    Kept.STOPPED: "mail to the address is stopped",
    Kept.ASKED_LATELY: "asked for money within a week",
}


def add(commands: Subparsers) -> None:
    summary = "Say who will be reminded of an overdue invoice, and when."
    top = command(commands, "reminders", run, summary, writes=False, details=_DETAILS)
    top.add_argument("--days", type=int, default=7, metavar="N", help="how many days ahead; 7 without it")


def run(invocation: Invocation) -> int:
    """Error: NotFound practice_not_found."""
    practice, output = invocation.practice(), invocation.output
    if not practice.reminders:
        output.tell("reminders", "Reminders are off.", reminders=0, on=False)
        return OK
    count = 0
    for looked in invocation.app.reminder_look.look(practice, _planned(invocation, practice)):
        count += looked.kept is None
        if looked.kept is not Kept.VOID:  # nobody will ever be asked for it
            _tell(invocation, practice, looked)
    text = f"{how_many(count, 'reminder', 'reminders')} would go out."
    output.tell("reminders", text, reminders=count, on=True, begins=practice.reminders_from)
    return OK


def _planned(invocation: Invocation, practice: Practice) -> list[Reminder]:
    app = invocation.app
    until = later(app.money_requests.today(practice), max(invocation.options.days, 0))
    known = app.reminders.due(practice.id, until=until, limit=_MOST)
    new = [one for one in app.reminder_runs.unplanned(practice) if one.on and one.on <= until]
    return sorted([*known, *new], key=lambda one: (one.on, one.number))


def _tell(invocation: Invocation, practice: Practice, looked: Looked) -> None:
    reminder, client = looked.reminder, looked.client
    whose = client.external_id if client else reminder.account_id
    owed = decimal_text(Money(looked.owed_minor, practice.currency))
    today = invocation.app.money_requests.today(practice)
    on = max(reminder.on, today, practice.reminders_from)
    until = later(looked.asked_on, WEEK) if looked.kept is Kept.ASKED_LATELY else None
    back = f"kept back until {until}" if until else "kept back"
    what = f"{back}: {_WORDS[looked.kept]}" if looked.kept else f"will be asked on {on}"
    before = f", reminded {how_many(reminder.sent, 'time', 'times')}" if reminder.sent else ""
    text = f"{reminder.number}: {whose}, {owed} due {reminder.due_on}, {what}{before}"
    invocation.output.tell(
        "reminder", text, number=reminder.number, client=whose, owed=owed, due_on=reminder.due_on, on=on,
        kept=looked.kept.value if looked.kept else None, until=until, sent=reminder.sent,
        last_on=reminder.last_on,
    )  # fmt: skip
