"""`billfold host agree`: a line that host and practice have signed."""

from chalicelib.entrypoints.cli.command import Invocation
from chalicelib.entrypoints.cli.output import OK, how_many
from chalicelib.hosting.domain.agreements import LINES, agreed, missing
from chalicelib.kernel.errors import Invalid
from chalicelib.kernel.instants import instant


def run(invocation: Invocation) -> int:
    """Errors: NotFound practice_not_found; Invalid host_line_unknown, date_invalid, host_date_to_come,
    host_signer_invalid."""
    practice, options, app = invocation.practice(), invocation.options, invocation.app
    if options.line not in LINES:
        raise Invalid("host_line_unknown", "line", lines=", ".join(LINES))
    signed = dict(app.host_rows.hosted(practice.id).agreements)
    before = signed.pop(options.line, None)
    if not options.withdraw:
        now = app.clock.now()
        signed[options.line] = agreed(
            options.line, on=options.on, by=options.by, today=now.date(), now=instant(now)
        )
    after = signed.get(options.line)
    same = (before and (before.on, before.by)) == (after and (after.on, after.by))
    if not (same or options.dry_run):
        if after:
            app.host_rows.agree(practice.id, options.line, after)
        else:
            app.host_rows.withdraw(practice.id, options.line)
    left = missing(signed)
    state = "Nothing new" if same else "Dry run, nothing was written" if options.dry_run else "Noted"
    is_so = f"signed on {after.on} by {after.by}" if after else "not signed"
    lines = how_many(len(left), "line", "lines")
    text = f"{state}: {options.line} of {practice.id}: {is_so}. {lines} not signed."
    invocation.output.tell(
        "dry_run" if options.dry_run else "done", text, practice=practice.id, line=options.line,
        saved=not (same or options.dry_run), on=after.on if after else "", missing=list(left),
    )  # fmt: skip
    return OK
