"""`billfold import`: a practice's CSV files into its books."""

from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from pathlib import Path
from typing import BinaryIO

from chalicelib.domain.imports.problems import Problem
from chalicelib.domain.imports.reading import MAX_LINE_BYTES
from chalicelib.domain.money import Money, decimal_text
from chalicelib.entrypoints.cli.command import Invocation, Subparsers, command
from chalicelib.entrypoints.cli.output import OK, PARTLY, REFUSED, Output
from chalicelib.services.importing.importer import Source
from chalicelib.services.importing.planning import Plan

_DETAILS = """\
FILES are clients.csv, charges.csv, payments.csv, refunds.csv, adjustments.csv, insurance_payments.csv
and opening_balances.csv, any of them, or charges-2026.csv and the like; docs/import.md describes them.

All files are checked, and every row is rehearsed, before the first write; everything that is wrong is
listed. Clients see nothing of an import before all of it is in. Broken off, it is finished by running
the same command again; run twice, it changes nothing the second time.
"""


def add(commands: Subparsers) -> None:
    parser = command(commands, "import", run, "Import CSV files.", writes=True, details=_DETAILS)
    parser.add_argument("files", nargs="+", type=Path, metavar="FILE")
    parser.add_argument(
        "--confirm-corrections", action="store_true",
        help="post an adjustment where a known charge has another fee now",
    )  # fmt: skip
    parser.add_argument(
        "--take-over",
        action="store_true",
        help="go on where another import was broken off, without finishing it",
    )
    parser.add_argument(
        "--language", choices=("en", "es"), default="en", help="of what is wrong with the files"
    )


def run(invocation: Invocation) -> int:
    options, output = invocation.options, invocation.output
    importer = invocation.importer(actor="import")
    try:
        with ExitStack() as stack:
            sources = [
                Source(path.name, _lines(stack.enter_context(path.open("rb")))) for path in options.files
            ]
            plan = importer.prepare(options.practice, sources, take_over=options.take_over)
    except OSError as error:
        output.complain("file_unreadable", f"{error.filename}: {error.strerror}")
        return REFUSED
    _tell_plan(plan, output)
    if plan.problems:
        count = len(plan.problems)
        output.tell("refused", f"{_counted(count, 'problem')}; nothing was written.", problems=count)
        return REFUSED
    if plan.corrections and not (options.confirm_corrections or options.dry_run):
        text = "Add --confirm-corrections to post them as adjustments; nothing was written."
        output.tell("unconfirmed", text, corrections=len(plan.corrections))
        return REFUSED
    if plan.empty:
        output.tell("done", f"Nothing new: {_counted(plan.known, 'row')} already there.", **_facts(plan))
        return OK
    if options.dry_run:
        output.tell("dry_run", f"Dry run: {_summary(plan)}. Nothing was written.", **_facts(plan))
        return OK
    refused = importer.apply(plan)
    if refused:
        return _tell_refused(plan, refused, output)
    output.tell("done", f"Done: {_summary(plan)}.", **_facts(plan))
    return OK


def _lines(file: BinaryIO) -> Iterator[bytes]:
    """Up to each line feed; a file without any is not read into memory whole."""
    while line := file.readline(MAX_LINE_BYTES + 1):
        yield line


def _tell_plan(plan: Plan, output: Output) -> None:
    currency = plan.practice.currency
    for problem in plan.problems:
        output.problem(problem, currency)
    for update in plan.directory.updates:
        for column, old, new in update.changes:
            output.tell(
                "update", f"{update.row.file}, row {update.row.number}, {column}: “{old}” becomes “{new}”",
                file=update.row.file, row=update.row.number, column=column, old=old, new=new,
            )  # fmt: skip
    for correction in plan.corrections:
        old, new = (decimal_text(Money(m, currency)) for m in (correction.old_minor, correction.new_minor))
        row = correction.row
        output.tell(
            "correction",
            f"{row.file}, row {row.number}, {correction.column}: {old} in the books, {new} in the file",
            file=row.file, row=row.number, column=correction.column, old=old, new=new,
        )  # fmt: skip


def _tell_refused(plan: Plan, refused: Sequence[Problem], output: Output) -> int:
    """What somebody posted while the files were being checked stands against these rows."""
    for problem in refused:
        output.problem(problem, plan.practice.currency)
    count = len(refused)
    text = f"{_counted(count, 'row')} not posted: the books changed meanwhile. All the rest is in."
    output.tell("partly", text, refused=count, **{**_facts(plan), "posted": plan.steps - count})
    return PARTLY


def _facts(plan: Plan) -> dict[str, object]:
    return {
        "rows": plan.rows,
        "posted": plan.steps,
        "new_clients": len(plan.directory.new),
        "updated_clients": len(plan.directory.updates),
        "corrections": len(plan.corrections),
        "known": plan.known,
    }


def _summary(plan: Plan) -> str:
    parts = [
        (
            _counted(plan.steps - len(plan.corrections), "row") + " to post",
            plan.steps - len(plan.corrections),
        ),
        (_counted(len(plan.directory.new), "new client"), len(plan.directory.new)),
        (_counted(len(plan.directory.updates), "changed client"), len(plan.directory.updates)),
        (_counted(len(plan.corrections), "correction"), len(plan.corrections)),
        (_counted(plan.known, "row") + " already there", plan.known),
    ]
    return ", ".join(text for text, count in parts if count) or "an unfinished import to finish"


def _counted(count: int, noun: str) -> str:
    return f"{count:,} {noun}{'' if count == 1 else 's'}"
