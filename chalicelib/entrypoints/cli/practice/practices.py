"""`billfold practice …`: create or change a practice, show it, connect its accounts at processors."""

from collections.abc import Iterator
from dataclasses import asdict, replace
from pathlib import Path

from chalicelib.entrypoints.cli.command import Invocation, Subparsers, command
from chalicelib.entrypoints.cli.output import OK, REFUSED
from chalicelib.entrypoints.cli.payments import connecting, connecting_paypal
from chalicelib.entrypoints.cli.practice import logo
from chalicelib.entrypoints.cli.practice.practice_entries import Fault, PracticeFileError
from chalicelib.entrypoints.cli.practice.practice_file import parse
from chalicelib.kernel.errors import Refused
from chalicelib.kernel.instants import instant, local_date
from chalicelib.practice.domain.practices import Practice, changed, reminders_begun

_CREATE = """\
Makes the practice, or changes it to what the file says now. docs/own-practice.md describes the file.
Refused while a restore of the practice is broken off: the backup has the practice, too.
"""


def add(commands: Subparsers) -> None:
    top = commands.add_parser("practice", help="Create, show and connect a practice.")
    kinds = top.add_subparsers(title="commands", metavar="<command>", required=True)
    summary = "Create a practice, or change it."
    create = command(kinds, "create", run_create, summary, writes=True, practice=False, details=_CREATE)
    create.add_argument("--file", type=Path, required=True, metavar="practice.json")
    command(kinds, "show", run_show, "Show a practice as it is stored.", writes=False)
    logo.add(kinds)
    connecting.add(kinds)
    connecting_paypal.add(kinds)


def run_create(invocation: Invocation) -> int:
    options, output, practices = invocation.options, invocation.output, invocation.app.practices
    try:
        raw = options.file.read_bytes()
        practice = parse(raw)
    except OSError as error:
        output.complain("file_unreadable", f"{error.filename}: {error.strerror}")
        return REFUSED
    except PracticeFileError as error:
        return _refuse(invocation, error.faults)
    before = practices.practice(practice.id)
    now = instant(invocation.app.clock.now())
    today = local_date(now, practice.timezone)
    practice = reminders_begun(before, practice, today=today)
    if before is None and invocation.app.backing_up.unfinished(practice.id):  # of a dry run, too
        raise Refused("restore_unfinished", "practice")
    practice, picture, unfit = logo.of_file(invocation.app, options.file, raw, practice, before)
    faults = [*unfit, *(_conflicts(before, practice) if before else ())]
    if faults:
        return _refuse(invocation, faults)
    if before == practice:
        output.tell(
            "done",
            f"Nothing new: {practice.id} is there already, the same.",
            practice=practice.id,
            saved=False,
        )
        return OK
    changes = changed(before, practice) if before else ()
    what = f"change {practice.id} ({', '.join(changes)})" if before else f"create {practice.id}"
    if options.dry_run:
        output.tell(
            "dry_run",
            f"Dry run: would {what}. Nothing was written.",
            practice=practice.id,
            changed=list(changes),
        )
        return OK
    if picture:
        invocation.app.logo_entry.keep(practice, picture)
    practices.save_practice(replace(practice, changed_at=now), before=before)
    url = f"{invocation.app.settings.public_url}/{practice.id}/"
    output.tell(
        "done",
        f"Done: {what}. Its portal is {url}",
        practice=practice.id,
        saved=True,
        changed=list(changes),
        url=url,
    )
    return OK


def run_show(invocation: Invocation) -> int:
    practice = invocation.practice()
    kept = invocation.app.credentials.of(practice.id, "stripe")
    facts = {**asdict(practice), "stripe_connected": kept is not None}
    facts |= {f"stripe_{name}": kept[name] for name in ("account", "currency") if kept and name in kept}
    facts |= {"paypal_connected": invocation.app.credentials.of(practice.id, "paypal") is not None}
    lines = (
        f"{name:18} {', '.join(map(str, value)) if isinstance(value, tuple) else value}"
        for name, value in facts.items()
        if name not in ("clinicians", "locations")
    )
    parts = (
        f"{'clinician':18} {c.id}: {c.name}{'' if c.payments_enabled else ' (no online payments)'}"
        for c in practice.clinicians
    )
    places = (f"{'location':18} {place.id}: {place.name}" for place in practice.locations)
    invocation.output.tell("practice", "\n".join([*lines, *parts, *places]), **facts)
    return OK


def _conflicts(before: Practice, after: Practice) -> Iterator[Fault]:
    if before.currency != after.currency:
        yield Fault("currency", f"stays {before.currency}: the books are kept in it")
    for clinician in before.clinicians:
        if after.clinician(clinician.id) is None:
            yield Fault(
                "clinicians",
                f"{clinician.id} stays: charges name them (set payments_enabled to false instead)",
            )


def _refuse(invocation: Invocation, faults: list[Fault]) -> int:
    for fault in faults:
        invocation.output.tell(
            "problem", f"{fault.field or 'file'}: {fault.text}", field=fault.field, message=fault.text
        )
    invocation.output.tell("refused", "Nothing was written.", problems=len(faults))
    return REFUSED
