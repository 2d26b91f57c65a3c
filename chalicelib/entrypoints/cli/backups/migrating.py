"""`billfold migrate`: the deployment's rows, and the format that it writes."""

from chalicelib.backups.services.migrating import SETTLED_SECONDS
from chalicelib.entrypoints.cli.command import Invocation, Subparsers, command
from chalicelib.entrypoints.cli.output import OK, how_many
from chalicelib.kernel import stored_format

_DETAILS = f"""\
A release reads two formats of what is stored, its own and the one before, and writes the one that is in force
in its deployment. Without an option, rows that are older than the format in force are written anew in it, in
steps; broken off, run the same command again: it goes on where it was. Entries are never changed.

--finish puts this release's format in force. Until then you can go back to the release before; from then on
that one reads nothing that is written, and must not be deployed any more. {SETTLED_SECONDS // 60} minutes
later, run the command once more without --finish.

docs/upgrades.md has the whole way.
"""


def add(commands: Subparsers) -> None:
    summary = "Bring rows to the format in force, or put the next format in force."
    parser = command(commands, "migrate", run, summary, writes=True, practice=False, details=_DETAILS)
    parser.add_argument("--finish", action="store_true", help="put this release's format in force")


def run(invocation: Invocation) -> int:
    """Errors: format_unread, format_too_new, rows_former, release_unknown, release_older."""
    found, newest = invocation.app.migrating.in_force(), stored_format.FORMAT
    reads = " and ".join(map(str, stored_format.reads()))
    text = f"Format {found.format} is written here; this release reads {reads}."
    invocation.output.tell("format", text, format=found.format, newest=newest, reads=stored_format.reads())
    return _finish(invocation, found.format) if invocation.options.finish else _migrate(invocation)


def _finish(invocation: Invocation, before: int) -> int:
    dry_run = invocation.options.dry_run
    after = invocation.app.migrating.finish(dry_run=dry_run).format
    if after == before:
        text = f"Format {after} is in force already. Nothing was changed."
    elif dry_run:
        text = f"Dry run: format {after} would be put in force. Nothing was written."
    else:
        text = (
            f"Format {after} is in force; functions write it within five minutes. There is no way back to "
            f"the release before, which does not read it. In {SETTLED_SECONDS // 60} minutes run billfold "
            "migrate."
        )
    invocation.output.tell("dry_run" if dry_run else "done", text, format=after, changed=after != before)
    return OK


def _migrate(invocation: Invocation) -> int:
    output, migrating = invocation.output, invocation.app.migrating
    if invocation.options.dry_run:
        rows = migrating.former()
        output.tell("dry_run", f"Dry run: {_rows(rows)} to write anew. Nothing was written.", rows=rows)
        return OK

    def told(practice: str, rows: int) -> None:
        output.tell("practice", f"{practice}: {_rows(rows)} written anew.", practice=practice, rows=rows)

    walked, before = migrating.migrate(told), migrating.in_force().format
    done = f"{_rows(walked.rows)} written anew."
    if not walked.practices:
        done = f"There is nothing to migrate: all rows were brought to format {before} already."
    text = f"{done} {_next(before)}"
    output.tell("done", text, rows=walked.rows, practices=walked.practices, format=before)
    return OK


def _rows(number: int) -> str:
    return how_many(number, "row", "rows")


def _next(format_: int) -> str:
    if format_ == stored_format.FORMAT:
        return f"This release writes no newer format; a release that reads format {format_} can be deployed."
    return "You can go back to the release before, until you run billfold migrate --finish."
