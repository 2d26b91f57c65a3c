"""`billfold documents render`: have the PDFs made again that are not in the bucket."""

from collections import Counter
from collections.abc import Sequence

from chalicelib.documents.domain.filed import FileKind
from chalicelib.documents.services.missing import Missing, Searched
from chalicelib.entrypoints.cli.command import Invocation, Subparsers, command
from chalicelib.entrypoints.cli.output import OK, PARTLY, how_many

_DETAILS = """\
After a restore beside another bucket, or where files were removed, the rows name PDFs that are not there. The
documents function makes these again from the rows, some at a time, so that codes and receipts do not wait for
them; nothing is mailed, and no file that is there is touched. Broken off, or run again, it makes what is
missing still. --dry-run lists it.

A statement, invoice or superbill is drawn from what was issued alone: the same bytes. One that nobody has
opened yet counts as missing, and is made ahead of time. A receipt is drawn from its payment; the practice's
name and address on it are those of today. So its bytes may be others than those that were issued: where there
is a copy of the old bucket, copy its files first.

Status 4: some are still not there, or could not be looked for; they are named. The log of the documents
function says why.
"""


def add(commands: Subparsers) -> None:
    top = commands.add_parser("documents", help="Have issued documents made again.")
    kinds = top.add_subparsers(title="commands", metavar="<command>", required=True)
    summary = "Make the PDFs again that are not in the bucket."
    command(kinds, "render", run_render, summary, writes=True, details=_DETAILS)


def run_render(invocation: Invocation) -> int:
    """Error: NotFound practice_not_found."""
    practice, output = invocation.practice(), invocation.output
    searched = invocation.app.missing_documents.search(practice.id)
    for client, row in searched.unreadable:
        output.tell("unreadable", f"{client}: {row} cannot be read: not looked for", client=client, row=row)
    if invocation.options.dry_run:
        _name(invocation, searched.missing, "is not there")
        text = f"Dry run: {_counted(searched.missing)} of {searched.documents} would be made again."
        output.tell("dry_run", text, missing=len(searched.missing), documents=searched.documents)
        return PARTLY if searched.unreadable else OK
    left = _rendered(invocation, searched.missing)
    _name(invocation, left, "is still not there")
    gone = {one.filed.key for one in left}
    made = [one for one in searched.missing if one.filed.key not in gone]
    text = f"Done: {_counted(made)} of {searched.documents} made again; {len(left)} still missing."
    output.tell("done", text, rendered=len(made), missing=len(left), documents=searched.documents)
    return PARTLY if left or searched.unreadable else OK


def tell_missing(invocation: Invocation, practice: str) -> int:
    """What `restore` says of documents: the status, which is not that of a whole practice where some are not
    there. Error: Busy."""
    searched: Searched = invocation.app.missing_documents.search(practice)
    # What is made when it is first opened is made so here, too: that it is not there yet loses nothing.
    lost = [one for one in searched.missing if not one.filed.made_when_opened]
    if not lost:
        return OK
    text = (
        f"Not in this deployment's bucket: {_counted(lost)} of {searched.documents}. Copy the "
        f"old one's, or have them made again: billfold documents render --practice {practice}"
    )
    invocation.output.tell("documents", text, missing=len(lost), documents=searched.documents)
    return PARTLY


def _rendered(invocation: Invocation, missing: Sequence[Missing]) -> list[Missing]:
    """Those that are still not there."""
    progress = invocation.output.progress()
    progress.start("rendering", len(missing))
    return invocation.app.missing_documents.render(missing, came=progress.advance)


def _name(invocation: Invocation, documents: Sequence[Missing], what: str) -> None:
    for one in documents:
        text = f"{one.client}: {one.filed.name} {what}"
        invocation.output.tell("missing", text, client=one.client, document=one.filed.name)


def _counted(documents: Sequence[Missing]) -> str:
    """How many, of which kinds."""
    kinds = Counter(one.filed.kind for one in documents)
    parts = [how_many(kinds[kind], kind, f"{kind}s") for kind in FileKind if kinds[kind]]
    return " and ".join(parts) or "0 documents"
