"""`billfold import`: a practice's files, or another system's exports, into its books."""

import gc
from argparse import Namespace
from collections.abc import Collection, Sequence
from pathlib import Path

from chalicelib.entrypoints.cli.command import Invocation, Subparsers, command
from chalicelib.entrypoints.cli.importing import choices, differences, dropped, explaining, mapped, undoing
from chalicelib.entrypoints.cli.importing.counts import parts
from chalicelib.entrypoints.cli.importing.estimates import call_if_exceeded
from chalicelib.entrypoints.cli.importing.files import taken_whole
from chalicelib.entrypoints.cli.importing.interpreted import (
    has_to_be_agreed_to,
    tell_interpreted,
)
from chalicelib.entrypoints.cli.importing.missing import tell_missing, tell_taken_back
from chalicelib.entrypoints.cli.importing.modes import Mode, fit, mode_of
from chalicelib.entrypoints.cli.output import OK, PARTLY, REFUSED, USAGE, Output
from chalicelib.importing.domain.problems import Problem, shown
from chalicelib.importing.domain.rows import Row
from chalicelib.importing.services import doubts
from chalicelib.importing.services.balances import Comparison
from chalicelib.importing.services.importer import Importer
from chalicelib.importing.services.planning import Plan
from chalicelib.kernel.actors import IMPORT
from chalicelib.kernel.money import Money, decimal_text
from chalicelib.words.cli.import_report import counted, report_line

_DETAILS = """\
FILES are clients.csv, charges.csv, payments.csv, refunds.csv, adjustments.csv, insurance_payments.csv
and opening_balances.csv, any of them, or charges-2026.csv and the like; docs/import.md describes them.
What a spreadsheet has made of them is read, too, also as .xlsx: all that is interpreted is listed first,
and what changes anything waits for --as-read. Other systems' exports come in by --from or --map (--explain
proposes a map); insurers' 835 files by `billfold remittance`.

All files are checked, and every row is rehearsed, before the first write; everything that is wrong is
listed, a mistake of many rows once, with their count. Clients see nothing of an import before all of it
is in. Broken off, it is finished by running the same command again; run twice, it changes nothing the
second time.
"""


def add(commands: Subparsers) -> None:
    parser = command(commands, "import", run, "Import a practice's files.", writes=True, details=_DETAILS)
    parser.add_argument("files", nargs="*", type=Path, metavar="FILE")
    parser.add_argument("--undo", metavar="ID", help="take an import back; `billfold imports` lists them")
    dropped.add_options(parser)
    parser.add_argument(
        "--confirm-corrections", action="store_true",
        help="post an adjustment where a known charge has another fee now",
    )  # fmt: skip
    parser.add_argument(
        "--accept-changes", action="store_true",
        help="take what the file now says of known charges: service, clinician, codes, place, status",
    )  # fmt: skip
    parser.add_argument(
        "--restore-addresses", action="store_true",
        help="take the file's addresses over those that their owners changed here",
    )  # fmt: skip
    parser.add_argument(
        "--take-over",
        action="store_true",
        help="go on where another import was broken off, without finishing it",
    )
    choices.add_options(parser)
    parser.add_argument("--as-read", action="store_true", help="agree to what is listed as interpreted")
    mapped.add_options(parser)
    mapped.add_comparing(parser)
    mapped.add_explaining(parser)
    undoing.add(commands)
    parser.add_argument("--all", action="store_true", help="list a mistake once for every row that has it")
    parser.add_argument("--language", choices=("en", "es"), default="en", help="of what is printed")


def run(invocation: Invocation) -> int:
    options = invocation.options
    mode = mode_of(options)
    if not fit(options, mode, invocation.output):
        return USAGE
    if mode is Mode.DROPPED:
        return dropped.run(invocation, _looked_through, _written)
    if mode is Mode.UNDO:
        return undoing.run(invocation)
    if not options.files:
        options.usage_error("the following arguments are required: FILE")
    return explaining.run(invocation) if mode is Mode.EXPLAIN else _import(invocation)


def _import(invocation: Invocation) -> int:
    # Rows make no circles: to look for some among a hundred thousand of them took a tenth of the time.
    gc.set_threshold(50_000, 20, 100)
    importer = invocation.importer(actor=IMPORT)
    gc.disable()
    try:
        planned = taken_whole(invocation.output, lambda taken: mapped.planned(invocation, importer, taken))
    finally:
        gc.enable()
    if planned is None:
        return REFUSED
    mapped.tell(planned.found, invocation.output)
    plan, listed = planned.plan, planned.listed
    check = invocation.app.balance_check(importer.together)
    compared = None if listed is None or plan.problems else check.compare(plan, listed)
    ended = _looked_through(invocation, plan, compared)
    return _written(invocation, importer, plan) if ended is None else ended


def _looked_through(invocation: Invocation, plan: Plan, compared: Comparison | None) -> int | None:
    """Tells all that is to be known before the first write; the exit status, where there will be none."""
    options, output = invocation.options, invocation.output
    tell_interpreted(plan.interpreted, output)
    _tell_plan(plan, output, every=options.all)
    if plan.problems:
        return _refuse(plan, output, every=options.all)
    _tell_warnings(doubts.warnings(plan, invocation.app.diagnosis_codes), output, every=options.all)
    if compared is not None and not differences.tell(invocation, compared, plan.practice.currency):
        return REFUSED
    confirmed = _confirmed(plan, options, output)
    if not (options.dry_run or confirmed):
        return REFUSED
    if plan.empty:
        return _finish(plan, output, "nothing_new", known=_rest(plan, output.language))
    if options.dry_run:
        asks = has_to_be_agreed_to(plan.interpreted, options)
        key, summary = "dry_run_as_read" if asks else "dry_run", _summary(plan, output.language)
        return _finish(plan, output, key, event="dry_run", summary=summary)
    if has_to_be_agreed_to(plan.interpreted, options):
        output.tell("unagreed", report_line("unagreed", output.language))
        return REFUSED
    return None


def _written(invocation: Invocation, importer: Importer, plan: Plan) -> int:
    options, output = invocation.options, invocation.output
    refused = importer.apply(plan)
    call_if_exceeded(invocation, plan)
    if refused:
        return _tell_refused(plan, refused, output, every=options.all)
    summary = _summary(plan, output.language, rows="posted")
    return _finish(plan, output, "done", summary=summary, id=plan.import_id)


def _confirmed(plan: Plan, options: Namespace, output: Output) -> bool:
    """Whether all that changes what is in the books is agreed to; each option that lacks is told."""
    corrections = 0 if options.confirm_corrections else len(plan.corrections)
    changes = 0 if options.accept_changes else len(plan.facts)
    if corrections:
        output.tell("unconfirmed", report_line("unconfirmed", output.language), corrections=corrections)
    if changes:
        output.tell("unaccepted", report_line("unaccepted", output.language), changes=changes)
    return not (corrections or changes)


def _finish(plan: Plan, output: Output, key: str, *, event: str = "done", **values: str) -> int:
    output.tell(event, report_line(key, output.language, **values), **_facts(plan))
    return OK


def _refuse(plan: Plan, output: Output, *, every: bool) -> int:
    count, language = len(plan.problems), output.language
    text = report_line("refused", language, problems=counted("problem", count, language))
    if not every and len(alike(plan.problems)) < count and not output.as_json:
        text += f" {report_line('all_listed', language)}"
    output.tell("refused", text, problems=count)
    return REFUSED


def _tell_plan(plan: Plan, output: Output, *, every: bool) -> None:
    currency = plan.practice.currency
    _tell_problems(plan.problems, currency, output, every=every)
    for update in plan.directory.updates:
        for column, old, new in update.changes:
            _tell_change(output, "update", update.row, column, old, new)
    for kept in plan.directory.kept:
        _tell_change(output, "address_kept", kept.row, kept.column, shown(kept.old), shown(kept.new))
    for correction in plan.corrections:
        old, new = (decimal_text(Money(m, currency)) for m in (correction.old_minor, correction.new_minor))
        _tell_change(output, "correction", correction.row, correction.column, old, new, correction.anew)
    for event, found in (("change", plan.facts), ("kept", plan.kept)):
        for one in found:
            _tell_change(output, event, one.row, one.column, shown(one.old), shown(one.new), one.anew)
    tell_taken_back(plan, output, every=every)
    tell_missing(plan, output, every=every)


def _tell_change(
    output: Output, event: str, row: Row, column: str, old: object, new: object, anew: str = ""
) -> None:
    """`anew`: the id under which it is posted in the place of what staff took back."""
    place, column = report_line("row", output.language, row=str(row.number)), row.header(column)
    key, more = ("posted_anew", {"anew": shown(anew)}) if anew else (event, {})
    said = report_line(key, output.language, old=str(old), new=str(new), **more)
    text = f"{row.file}, {place}, {column}: {said}"
    output.tell(event, text, file=row.file, row=row.number, column=column, old=old, new=new, **more)


def _tell_problems(problems: Sequence[Problem], currency: str, output: Output, *, every: bool) -> None:
    """Programs get every one; a person gets the first of many that are alike, and how many there are."""
    if every or output.as_json:
        for problem in problems:
            output.problem(problem, currency)
        return
    for first, *others in alike(problems):
        output.problem(first, currency, more=len(others))


def _tell_warnings(warnings: Sequence[Problem], output: Output, *, every: bool) -> None:
    each = every or output.as_json
    for first, *others in [[warning] for warning in warnings] if each else alike(warnings):
        output.warning(first, more=len(others))


def alike(problems: Sequence[Problem]) -> list[list[Problem]]:
    """Those of one file, column and code together, in the order of the first of each."""
    groups: dict[tuple[str, str, str], list[Problem]] = {}
    for problem in problems:
        groups.setdefault((problem.file, problem.column, problem.code), []).append(problem)
    return list(groups.values())


def _tell_refused(plan: Plan, refused: Sequence[Problem], output: Output, *, every: bool) -> int:
    """What somebody posted while the files were being checked stands against these rows."""
    _tell_problems(refused, plan.practice.currency, output, every=every)
    count, language = len(refused), output.language
    text = report_line("partly", language, rows=counted("not_posted", count, language))
    output.tell("partly", text, refused=count, **_facts(plan, refused))
    return PARTLY


def _facts(plan: Plan, refused: Collection[Problem] = ()) -> dict[str, object]:
    return {"import": plan.import_id, **plan.counts(refused)}


def _summary(plan: Plan, language: str, *, rows: str = "to_post") -> str:
    """`rows`: what is said of those that are new."""
    return ", ".join(parts(plan.counts(), language, posted=rows)) or report_line("to_finish", language)


def _rest(plan: Plan, language: str) -> str:
    others = {"taken_back": len(plan.taken_back), "missing": len(plan.missing)}
    found = [counted(what, count, language) for what, count in others.items() if count]
    return ", ".join([counted("known", plan.known, language), *found])
