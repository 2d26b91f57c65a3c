"""Which version this is, what it writes, and whether it can read what is stored."""

from collections.abc import Iterator

from chalicelib.backups.services.backing_up import FORMAT as BACKUP
from chalicelib.backups.services.migrating import SETTLED_SECONDS
from chalicelib.entrypoints.cli.operations.doctor.findings import (
    Finding,
    Patient,
    State,
    counted,
    fine,
    look,
)
from chalicelib.importing.domain.mapping.map_text import FORMAT as MAP
from chalicelib.kernel import stored_format
from chalicelib.kernel.errors import Refused
from chalicelib.kernel.outside import Unreadable
from chalicelib.ledger.domain.entry_text import FORMAT as ENTRY
from chalicelib.verification.domain.anchors import FORMAT as ANCHOR
from chalicelib.version import VERSION

_SEE, _UPGRADES = "docs/releases.md", "docs/upgrades.md"


def version(_: Patient) -> Iterator[Finding]:
    """Of the command that is run: the functions may be of another one."""
    written = f"entries in format {ENTRY}, anchors {ANCHOR}, backups {BACKUP}, maps {MAP}"
    yield fine(
        f"this command is Billfold {VERSION}; it writes {written}",
        version=VERSION, entry=ENTRY, anchor=ANCHOR, backup=BACKUP, map=MAP,
    )  # fmt: skip


def stored(patient: Patient) -> Iterator[Finding]:
    """A practice's row says by its version of which kind the table is: it is what everything reads first."""
    yield _written(patient)
    unread = 0
    for practice in patient.practices:
        if found := _unreadable(patient, practice):
            unread += 1
            yield found
    if not unread:
        told = counted(len(patient.practices), "practice is", "practices are")
        yield fine(f"{told} stored as this version reads them", practices=len(patient.practices))


def _written(patient: Patient) -> Finding:
    try:
        now = patient.app.migrating.standing()
    except Refused as error:
        text = f"the table is written in format {error.details['stored']}, which this version does not read"
        return look(text, do="use a version that reads it", see=_UPGRADES)
    text, facts = f"format {now.format} is written", {"format": now.format, "reads": stored_format.FORMAT}
    if now.walked:
        text += f"; a migration is under way, or broke off, in {counted(now.walked, 'practice', 'practices')}"
    if not now.whole and now.settled:
        text += f"; rows may still be of format {now.format - 1}"
        return look(text, do="billfold migrate", see=_UPGRADES, facts=facts)
    if not now.whole:
        text += f", since less than {SETTLED_SECONDS // 60} minutes ago: run billfold migrate then"
    elif now.format < stored_format.FORMAT:
        text += f"; billfold migrate --finish would put format {stored_format.FORMAT} in force"
    return Finding(State.FINE, text, do="billfold migrate" if now.walked else "", facts=facts)


def _unreadable(patient: Patient, practice: str) -> Finding | None:
    try:
        patient.app.practices.practice(practice)
    except Refused as error:
        why = f"the table is one of before this version ({error.code})"
    except Unreadable as error:
        why = f"its row cannot be read: {error.item}"
    else:
        return None
    do = "use the version that wrote it; where somebody edited the row, restore it"
    return look(f"{practice}: {why}", do=do, see=_SEE, practice=practice)
