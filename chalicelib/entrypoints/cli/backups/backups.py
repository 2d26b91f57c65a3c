"""`billfold restore`: a practice from the file that `billfold export --format jsonl` printed."""

import getpass
import sys
from collections.abc import Iterator
from pathlib import Path

from chalicelib.backups.services.backing_up import Backup, Proof
from chalicelib.entrypoints.cli.command import Invocation, Subparsers, command
from chalicelib.entrypoints.cli.documents.documents import tell_missing
from chalicelib.entrypoints.cli.importing.left_out import LeftOut
from chalicelib.entrypoints.cli.output import OK, REFUSED, how_many

_DETAILS = """\
FILE is what `billfold export --format jsonl` printed. It is read to its end before anything is written, and
refused when it is cut short or altered, or when the table has anything of that practice. Broken off, it is
finished by the same command; run once more, it says that all is in. At the end the whole ledger is verified,
as by `billfold verify`, and documents whose PDFs are not in the bucket are counted. Status 4: there are such
(`billfold documents render` makes them again), or an import had begun and not ended when the file was made;
run its files again. Status 1, with rows restored: the ledger is not sound, as `billfold verify` says.

The file is sealed under the lookup-key of the deployment that wrote it. Where that is not the one in force
here, --key takes it from standard input, or asks for it on a terminal:

  aws ssm get-parameter --name /billfold/OLD/lookup-key --with-decryption --query Parameter.Value \\
    --output text | billfold restore FILE --key

Without that key nothing can tell whether somebody altered the file; --unproven restores it all the same.

Not in the file, and so to be brought along otherwise: the documents' PDFs (they are in the bucket) and the
processor's keys (in the parameter store). Whichever keys this deployment has, people sign in as before.
Made anew: sessions, sign-ins under way, e-mailed receipt links, counts of tries.
"""
_SINCE = """
What was paid since the file was made is at the processor. Post it, from that day on, before anything by hand:
  billfold practice connect-stripe --practice {0}    (where its keys are not here)
  billfold reconcile --practice {0} --since DAY"""


def add(commands: Subparsers) -> None:
    parser = command(
        commands, "restore", run_restore, "Restore a practice into a table that has nothing of it.",
        writes=True, practice=False, details=_DETAILS,
    )  # fmt: skip
    parser.add_argument("file", type=Path, metavar="FILE")
    proof = parser.add_mutually_exclusive_group()
    proof.add_argument(
        "--key",
        action="store_true",
        help="take the key that the file was sealed under from standard input, or ask for it",
    )
    proof.add_argument("--unproven", action="store_true", help="restore a file whose key is lost")


def run_restore(invocation: Invocation) -> int:
    output, path, backing_up = invocation.output, invocation.options.file, invocation.app.backing_up

    def lines() -> Iterator[str]:
        with path.open(encoding="utf-8", newline="\n") as file:
            yield from file

    try:
        dry, proof = invocation.options.dry_run, _proof(invocation)
        backup = backing_up.check(lines, proof) if dry else backing_up.restore(lines, proof)
    except OSError as error:
        output.complain("file_unreadable", f"{error.filename}: {error.strerror}")
        return REFUSED
    except UnicodeDecodeError:
        output.complain("backup_damaged", output.words("backup_damaged", {}))
        return REFUSED
    if not backup.proven:
        text = "NOT PROVEN: nothing tells whether somebody altered this file since it was exported."
        output.tell("unproven", text, practice=backup.practice)
    return _checked(invocation, backup) if dry else _restored(invocation, backup)


def _proof(invocation: Invocation) -> Proof:
    """Error: Invalid key_malformed."""
    if not invocation.options.key:
        return Proof(unproven=invocation.options.unproven)
    given = getpass.getpass("lookup-key: ") if sys.stdin.isatty() else sys.stdin.read()
    return Proof(brought=invocation.app.key_ring.lookups_under(given.strip()))


def _checked(invocation: Invocation, backup: Backup) -> int:
    rows = f"{how_many(backup.rows, 'row', 'rows')} of {backup.practice}"
    can = f"are in since {backup.ended}" if backup.ended else "can be restored"
    invocation.output.tell("checked", f"{rows} {can}.", **_facts(backup))
    return OK


def _restored(invocation: Invocation, backup: Backup) -> int:
    rows = f"{how_many(backup.rows, 'row', 'rows')} of {backup.practice}"
    done = f"are all in since {backup.ended}, nothing was written" if backup.ended else "restored"
    verified = invocation.app.verifying.verify(backup.practice)
    ok = "OK" if verified.ok else f"NOT OK: run billfold verify --practice {backup.practice}"
    accounts = how_many(verified.accounts, "account", "accounts")
    entries = how_many(verified.entries, "entry", "entries")
    since = "" if backup.ended else _SINCE.format(backup.practice)
    text = f"{rows} {done}; {accounts}, {entries}: {ok}{since}"
    invocation.output.tell("restored", text, ok=verified.ok, written=not backup.ended, **_facts(backup))
    documents = tell_missing(invocation, backup.practice)
    return LeftOut(invocation, backup.practice).tell(documents if verified.ok else REFUSED)


def _facts(backup: Backup) -> dict[str, object]:
    return {"practice": backup.practice, "rows": backup.rows, "proven": backup.proven}
