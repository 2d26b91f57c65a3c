"""`billfold codes …`: which diagnosis codes are known, and a newer release of them."""

from datetime import date
from pathlib import Path

from chalicelib.entrypoints.cli.command import Invocation, Subparsers, command
from chalicelib.entrypoints.cli.output import OK, REFUSED
from chalicelib.kernel.errors import Invalid
from chalicelib.kernel.instants import instant
from chalicelib.practice.domain.diagnosis_codes import CodeFault, DiagnosisCodes, dotted
from chalicelib.practice.services.code_loading import LoadedRelease

_SHOWN = 12
_LOAD = """\
FILE is CMS's order file of a release of ICD-10-CM (icd10cm-order-….txt, on cms.gov beside each release). It
is for every practice of this deployment. The codes, which are billable, and their words are kept. No backup
has them: after a restore into another table, load the file again. A process that runs already goes on with
the codes it knows.
"""
_SHOW = """\
Without CODE: the releases that are known. With it: what the code says, and whether it may be billed for a
service of that day.
"""


def add(commands: Subparsers) -> None:
    summary = "Diagnosis codes (ICD-10-CM)."
    top = commands.add_parser("codes", help=summary, description=summary)
    kinds = top.add_subparsers(title="commands", metavar="<command>", required=True)
    load = command(
        kinds, "load", run_load, "Load a newer release.", writes=True, practice=False, details=_LOAD
    )
    load.add_argument("file", type=Path, metavar="FILE")
    load.add_argument("--valid-from", required=True, metavar="YYYY-MM-DD", help="the day it comes into force")
    show = command(kinds, "show", run_show, "Show codes.", writes=False, practice=False, details=_SHOW)
    show.add_argument("code", nargs="?", metavar="CODE")
    show.add_argument("--date", metavar="YYYY-MM-DD", help="the service's day; today without it")


def run_load(invocation: Invocation) -> int:
    """Errors: order_file_…, release_date, release_shipped."""
    options, output = invocation.options, invocation.output
    try:
        text = _decoded(options.file.read_bytes())
    except OSError as error:
        output.complain("file_unreadable", f"{error.filename}: {error.strerror}")
        return REFUSED
    done = invocation.app.code_loading.load(text, options.valid_from, dry_run=options.dry_run)
    event, said = _said(done, dry_run=options.dry_run)
    facts = {"added": [dotted(code) for code in done.added], "gone": [dotted(code) for code in done.gone]}
    output.tell(
        event,
        "\n".join([said, *_changes(done)]),
        valid_from=done.valid_from,
        billable=done.billable,
        before=done.before,
        **facts,
    )
    return OK


def run_show(invocation: Invocation) -> int:
    """Error: date_invalid."""
    options, output, codes = invocation.options, invocation.output, invocation.app.diagnosis_codes()
    if not options.code:
        for release in codes.releases:
            count = codes.count(release)
            text = f"valid from {release}: {count:,} billable codes"
            output.tell("release", text, valid_from=release, billable=count)
        return OK
    day = _day(invocation)
    _tell_code(invocation, codes, str(options.code).upper(), day)
    return OK


def _tell_code(invocation: Invocation, codes: DiagnosisCodes, code: str, day: str) -> None:
    fault, words = codes.fault(code, day), codes.words(code)
    standing = {
        None: f"may be billed for a service of {day}.",
        CodeFault.CATEGORY: f"is a category on {day}: it needs more characters.",
        CodeFault.OUT_OF_DATE: f"is not of the release of {day}.",
        CodeFault.UNKNOWN: "is in no release that is known.",
    }[fault]
    below = codes.below(code, day) if fault is CodeFault.CATEGORY else ()
    lines = (f"  {dotted(longer)} {codes.words(longer)}" for longer in below[:_SHOWN])
    more = [f"  and {len(below) - _SHOWN:,} more"] if len(below) > _SHOWN else []
    text = "\n".join([f"{dotted(code)} {words}".strip(), f"It {standing}", *lines, *more])
    invocation.output.tell(
        "code", text, code=dotted(code), words=words, date=day, billable=fault is None, fault=fault,
        below=[dotted(longer) for longer in below],
    )  # fmt: skip


def _day(invocation: Invocation) -> str:
    given = invocation.options.date
    try:
        return date.fromisoformat(given).isoformat() if given else instant(invocation.app.clock.now())[:10]
    except ValueError as error:
        raise Invalid("date_invalid", "date") from error


def _decoded(content: bytes) -> str:
    """CMS has written UTF-8 and Windows' letters."""
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError:
        return content.decode("cp1252", errors="replace")


def _said(done: LoadedRelease, *, dry_run: bool) -> tuple[str, str]:
    what = f"{done.billable:,} billable codes, valid from {done.valid_from}"
    if done.known:
        return "done", f"Nothing new: these are loaded already: {what}."
    if dry_run:
        return "dry_run", f"Dry run: would load {what}. Nothing was written."
    instead = ", in place of what was loaded for that day" if done.replaces else ""
    return "done", f"Loaded {what}{instead}."


def _changes(done: LoadedRelease) -> list[str]:
    if not done.before:
        return []
    return [f"Beside the release of {done.before}: {len(done.added):,} more, {len(done.gone):,} no longer."]
