"""`billfold rebuild`: an account's rows, written anew from its entries."""

import sys

from chalicelib.entrypoints.cli.command import Invocation, Subparsers, command
from chalicelib.entrypoints.cli.output import OK, PARTLY, REFUSED
from chalicelib.kernel.account_refs import AccountRef
from chalicelib.kernel.actors import CLI
from chalicelib.kernel.errors import Invalid, present
from chalicelib.practice.domain.practices import Practice
from chalicelib.verification.domain.findings import Finding
from chalicelib.verification.services.rebuilding import Rebuild

_DETAILS = """\
Where `billfold verify` names an account whose entries are sound and whose other rows are not, this puts
those rows as the entries have them: the account's own (balance, open items, credit), its place in the index,
charges, what lists show, markers, and what a payment or refund says of its money. It checks the chain
first, against the latest anchor, too: where that is broken, nothing is rebuilt. It shows what would change,
and asks.

Nothing is written when somebody has posted meanwhile. Entries are never changed. What is not in them stays
as it is; of a charge whose row is gone, codes, diagnoses, place, units and status are lost: `billfold post
facts` gives codes, diagnoses and place again. What cannot be rebuilt is named, and leaves by status 4.
Who did it is kept: `billfold alerts --all` lists what was found, closed, with the note.
"""
_MAX_NOTE = 200
_LOST = "its codes, diagnoses, place, units and status are in no entry: see `billfold post facts`"


def add(commands: Subparsers) -> None:
    summary = "Write an account's rows anew from its entries."
    parser = command(commands, "rebuild", run, summary, writes=True, details=_DETAILS)
    which = parser.add_mutually_exclusive_group(required=True)
    which.add_argument("--client", metavar="ID", help="the client's id")
    which.add_argument("--account", metavar="ID", help="the account's id, as `billfold verify` prints it")
    parser.add_argument("--note", metavar="TEXT", help="why, and who you are; needed to write")
    parser.add_argument("--yes", action="store_true", help="write without asking")


def run(invocation: Invocation) -> int:
    """Errors: field_missing, field_invalid, practice_not_found, account_not_found, and as `Rebuilding`."""
    practice, options, output = invocation.practice(), invocation.options, invocation.output
    note, ref = _note(invocation), _account(invocation, practice)
    foreseen = invocation.app.rebuilding.foresee(ref, practice.currency)
    _show(invocation, foreseen)
    if options.dry_run:
        output.tell("dry_run", "Dry run: nothing was written.", rows=len(foreseen.changes))
        return OK
    if not (options.yes or _agreed()):
        output.complain("not_agreed", "nothing was written. Answer yes, or run it again with --yes.")
        return REFUSED
    invocation.app.rebuilding.rebuild(foreseen, actor=CLI, note=note)
    text = f"Rebuilt {ref.account}."
    if foreseen.left:
        text += " Not all of it: what is left needs the table restored to the moment before."
    output.tell("done", text, account_id=ref.account, mended=len(foreseen.mended), left=len(foreseen.left))
    return PARTLY if foreseen.left else OK


def _note(invocation: Invocation) -> str:
    note: str = (invocation.options.note or "").strip()
    if not note and not invocation.options.dry_run:
        raise Invalid("field_missing", "note")
    if len(note) > _MAX_NOTE:
        raise Invalid("field_invalid", "note")
    return note


def _account(invocation: Invocation, practice: Practice) -> AccountRef:
    if invocation.options.account:
        return AccountRef(practice.id, invocation.options.account)
    return present(invocation.account_of(invocation.options.client), "account_not_found")


def _show(invocation: Invocation, foreseen: Rebuild) -> None:
    for finding in foreseen.mended:
        _tell(invocation, finding, "is put right", mended=True)
    for change in foreseen.changes:
        lost = f" ({_LOST})" if change.row.startswith("charge ") and change.name == "row" else ""
        invocation.output.tell(
            "change", f"  {change}{lost}", row=change.row, name=change.name, before=change.before,
            after=change.after,
        )  # fmt: skip
    for finding in foreseen.left:
        _tell(invocation, finding, "cannot be rebuilt from entries", mended=False)


def _tell(invocation: Invocation, finding: Finding, what: str, *, mended: bool) -> None:
    invocation.output.tell(
        "finding", f"{finding.account_id} {finding.item}: {finding.code} {what}", code=finding.code,
        account_id=finding.account_id, item=finding.item, mended=mended,
    )  # fmt: skip


def _agreed() -> bool:
    """Only somebody at a terminal can be asked."""
    if not sys.stdin.isatty():
        return False
    print("Write this? [yes/no] ", end="", file=sys.stderr, flush=True)
    return sys.stdin.readline().strip().lower() == "yes"
