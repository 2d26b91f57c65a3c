"""`billfold restore`: a practice from the file that `billfold export --format jsonl` printed."""

from collections.abc import Iterator
from pathlib import Path

from chalicelib.entrypoints.cli.command import Invocation, Subparsers, command
from chalicelib.entrypoints.cli.importing.left_out import LeftOut
from chalicelib.entrypoints.cli.output import OK, REFUSED, how_many

_DETAILS = """\
FILE is what `billfold export --format jsonl` printed. It is read to its end before anything is written, and
refused when it is cut short or altered, or when the table has anything of that practice. Broken off, it is
finished by the same command. At the end the whole ledger is verified, as by `billfold verify`. Status 4: an
import had begun and not ended when the file was made; run its files again.

Not in the file, and so to be brought along otherwise: the documents (they are in the bucket) and the
processor's keys (in the parameter store). Whichever keys this deployment has, people sign in as before.
Made anew: sessions, sign-ins under way, e-mailed receipt links, counts of tries.
"""


def add(commands: Subparsers) -> None:
    parser = command(
        commands, "restore", run_restore, "Restore a practice into a table that has nothing of it.",
        writes=True, practice=False, details=_DETAILS,
    )  # fmt: skip
    parser.add_argument("file", type=Path, metavar="FILE")


def run_restore(invocation: Invocation) -> int:
    output, path, backing_up = invocation.output, invocation.options.file, invocation.app.backing_up

    def lines() -> Iterator[str]:
        with path.open(encoding="utf-8", newline="\n") as file:
            yield from file

    try:
        dry = invocation.options.dry_run
        backup = backing_up.check(lines) if dry else backing_up.restore(lines)
    except OSError as error:
        output.complain("file_unreadable", f"{error.filename}: {error.strerror}")
        return REFUSED
    except UnicodeDecodeError:
        output.complain("backup_damaged", output.words("backup_damaged", {}))
        return REFUSED
    told = {"practice": backup.practice, "rows": backup.rows}
    rows = f"{how_many(backup.rows, 'row', 'rows')} of {backup.practice}"
    if dry:
        output.tell("checked", f"{rows} can be restored.", **told)
        return OK
    verified = invocation.app.verifying.verify(backup.practice)
    ok = "OK" if verified.ok else "NOT OK: run billfold verify"
    accounts = how_many(verified.accounts, "account", "accounts")
    entries = how_many(verified.entries, "entry", "entries")
    text = f"{rows} restored; {accounts}, {entries}: {ok}"
    output.tell("restored", text, ok=verified.ok, **told)
    return LeftOut(invocation, backup.practice).tell(OK if verified.ok else REFUSED)
