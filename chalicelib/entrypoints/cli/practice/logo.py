"""`billfold practice logo`: the picture beside the practice's name on documents."""

from dataclasses import replace
from pathlib import Path

from chalicelib import bootstrap
from chalicelib.entrypoints.cli.command import Invocation, Subparsers, command
from chalicelib.entrypoints.cli.output import OK, REFUSED
from chalicelib.entrypoints.cli.practice.practice_entries import Fault, LogoFile, read
from chalicelib.entrypoints.cli.practice.practice_faults import LOGO_TEXT, NO_TERMS
from chalicelib.importing.domain.problems import BadValue
from chalicelib.importing.domain.values import line
from chalicelib.kernel.instants import instant
from chalicelib.practice.domain.logos import MAX_BYTES, BadPicture, Picture, picture_of
from chalicelib.practice.domain.practices import Practice

_DETAILS = f"""\
A PNG or an SVG of {MAX_BYTES // 1024} KB at most. Of a PNG only the picture is kept, of an SVG only shapes:
letters have to be turned into shapes, and whatever acts or refers elsewhere is refused. Documents from now
on have it; those that were issued keep what they have. The practice's file can name it, too (`logo`).
"""


def add(kinds: Subparsers) -> None:
    added = command(kinds, "logo", run, "Enter the logo of documents, or take it away.", writes=True,
                    details=_DETAILS)  # fmt: skip
    what = added.add_mutually_exclusive_group(required=True)
    what.add_argument("file", nargs="?", type=Path, metavar="FILE", help="a PNG or an SVG")
    what.add_argument("--remove", action="store_true", help="documents have the practice's initials again")
    added.add_argument("--text", default="", help="what is read out; the practice's name if absent")


def run(invocation: Invocation) -> int:
    """Error: NotFound practice_not_found."""
    options, before = invocation.options, invocation.practice()
    if options.remove:
        return _save(invocation, before, replace(before, logo=None), None)
    try:
        picture = picture_of(options.file.read_bytes())
        after = invocation.app.logo_entry.checked(before, picture, _line(options.text))
    except OSError as error:
        invocation.output.complain("file_unreadable", f"{error.filename}: {error.strerror}")
        return REFUSED
    except BadPicture as error:
        invocation.output.tell("problem", f"logo: {error}", field="logo", message=str(error))
        invocation.output.tell("refused", "Nothing was written.", problems=1)
        return REFUSED
    return _save(invocation, before, after, picture)


def of_file(
    app: bootstrap.App, file: Path, raw: bytes, practice: Practice, before: Practice | None
) -> tuple[Practice, Picture | None, list[Fault]]:
    """The practice of a file with the logo that it names, or the one there was; nothing is written."""
    entry = read(raw).logo
    if not isinstance(entry, LogoFile):
        kept = before.logo if before and entry is not None else None
        return replace(practice, logo=kept), None, []
    try:
        picture = picture_of((file.parent / entry.file).read_bytes())
        return app.logo_entry.checked(practice, picture, entry.text.strip()), picture, []
    except OSError as error:
        return practice, None, [Fault("logo.file", f"{error.filename}: {error.strerror}")]
    except BadPicture as error:
        return practice, None, [Fault("logo", str(error))]


def _line(text: str) -> str:
    """Error: BadPicture."""
    try:
        return str(line(LOGO_TEXT)(text, NO_TERMS)).strip()
    except BadValue as error:
        raise BadPicture(f"--text: at most {LOGO_TEXT} characters on one line") from error


def _save(invocation: Invocation, before: Practice, after: Practice, picture: Picture | None) -> int:
    output, logo = invocation.output, after.logo
    facts = {"practice": after.id, "logo": logo.digest if logo else None}
    what = f"{logo.kind.upper()}, {logo.width:g} by {logo.height:g}, “{logo.text}”" if logo else "none"
    if invocation.options.dry_run:
        output.tell("dry_run", f"Dry run: the logo would be: {what}. Nothing was written.", **facts)
        return OK
    if picture:
        invocation.app.logo_entry.keep(after, picture)  # of the same file again, too: it may be gone
    if after != before:
        dated = replace(after, changed_at=instant(invocation.app.clock.now()))
        invocation.app.practices.save_practice(dated, before=before)
    output.tell("done", f"Done: the logo of documents: {what}.", saved=after != before, **facts)
    return OK
