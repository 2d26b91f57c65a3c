"""`billfold imports`, and `billfold import --undo ID`."""

from chalicelib.entrypoints.cli import command as commands_of
from chalicelib.entrypoints.cli.command import Invocation, Subparsers, command
from chalicelib.entrypoints.cli.importing import dropped
from chalicelib.entrypoints.cli.output import OK, PARTLY, REFUSED
from chalicelib.importing.services.undoing import REVERSAL, Resting, UndoPlan
from chalicelib.kernel.instants import local_date
from chalicelib.ledger.ports.imports import UnderWay
from chalicelib.ledger.services.import_register import UNDOING
from chalicelib.words.cli.import_report import IMPORT_REPORT, counted, report_line

_DETAILS = """\
The oldest first: each import's id, whether it is done, undone, done again after it was undone, or being
undone (broken off, the same --undo ends it), the day on which it began, its rows and files.
`billfold import --undo ID` takes one back as a whole. Then the files in the drop folder, each with what
posting them would do; `billfold import --dropped ID` posts them.
"""


def add(commands: Subparsers) -> None:
    parser = command(commands, "imports", run_list, "List imports.", writes=False, details=_DETAILS)
    parser.add_argument("--language", choices=("en", "es"), default="en", help="of what is printed")


def run_list(invocation: Invocation) -> int:
    practice, output = invocation.practice(), invocation.output
    everything = invocation.app.register.known(practice.id)
    known = [one for one in everything if not one.id.startswith(UNDOING)]
    undoing = {one.id.removeprefix(UNDOING) for one in everything if one.id.startswith(UNDOING)}
    for found in known:
        state = "undoing" if found.id in undoing else _state(found)
        rows = counted("row", found.rows, output.language)
        said, files = report_line(f"state_{state}", output.language), ", ".join(found.files)
        day = local_date(found.begun_at, practice.timezone)
        output.tell(
            "import", "  ".join((found.id, said, day, rows, files)), id=found.id, state=state,
            begun=found.begun_at, ended=found.ended_at, rows=found.rows, files=list(found.files),
        )  # fmt: skip
    if not dropped.tell_waiting(invocation) and not known:
        output.tell("done", report_line("no_imports", output.language))
    return OK


def _state(found: UnderWay) -> str:
    if not found.ended_at:
        return "under_way"
    if found.undone_at:
        return "undone"
    return "done_again" if found.done_again else "done"


def run(invocation: Invocation) -> int:
    """Errors: import_not_found, import_not_ended, import_without_entries, import_in_use."""
    practice, output, options = invocation.practice(), invocation.output, invocation.options
    undoing = invocation.app.undoing(commands_of.in_threads, output.progress())
    plan = undoing.plan(practice, options.undo)
    entries = counted("entry", plan.steps, output.language)
    if plan.resting:
        return _refuse(invocation, plan)
    if plan.empty:
        return _finish(invocation, "undone_before", 0)
    if options.dry_run:
        return _finish(invocation, "undo_dry_run", 0, entries=entries)
    refused = undoing.apply(plan)
    for problem in refused:
        output.problem(problem, practice.currency)
    if refused:
        left = counted("entry", len(refused), output.language)
        _finish(invocation, "undo_partly", plan.steps - len(refused), entries=left)
        return PARTLY
    return _finish(invocation, "undone", plan.steps, entries=entries)


def _finish(invocation: Invocation, key: str, undone: int, **values: str) -> int:
    output, id_ = invocation.output, invocation.options.undo
    output.tell("done", report_line(key, output.language, id=id_, **values), undone=undone)
    return OK


def _refuse(invocation: Invocation, plan: UndoPlan) -> int:
    output, practice = invocation.output, plan.practice
    for one in plan.resting:
        client = invocation.app.people.client(practice.id, one.account)
        name = client.external_id if client else one.account
        text = report_line("rests", output.language, client=name, why=_why(invocation, one))
        output.tell("resting", text, client=name, what=one.what, name=one.name)
    count = counted("resting", len(plan.resting), output.language)
    impossible = any(one.what == REVERSAL for one in plan.resting)
    key = "undo_impossible" if impossible else "undo_refused"
    text = report_line(key, output.language, id=plan.found.id, count=count)
    output.tell("refused", text, resting=len(plan.resting))
    return REFUSED


def _why(invocation: Invocation, one: Resting) -> str:
    output = invocation.output
    if f"rests_{one.what}" in IMPORT_REPORT:
        return report_line(f"rests_{one.what}", output.language, name=one.name)
    return report_line(
        "rests_rule", output.language, name=one.name, rule=output.words(one.what, {"seq": one.name})
    )
