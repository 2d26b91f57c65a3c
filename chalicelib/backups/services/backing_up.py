"""Export a practice whole, and restore it into a table that has nothing of it.

The file has a line for each row between a first one that names the practice and a last one with the number of
rows and their hash, so that a file cut short or altered is refused before anything is written.
"""

import hashlib
import json
from collections.abc import Callable, Iterator, Mapping
from contextlib import closing
from dataclasses import dataclass

from chalicelib.backups.ports import Backups
from chalicelib.documents.ports.statements import Statements
from chalicelib.kernel.account_refs import AccountRef
from chalicelib.kernel.errors import Invalid, Refused, present
from chalicelib.kernel.outside import Busy
from chalicelib.ledger.ports.imports import Imports, UnderWay
from chalicelib.ledger.ports.ledgers import AuditedLedgers
from chalicelib.ledger.services.roll import roll
from chalicelib.practice.ports import People, Practices
from chalicelib.practice.services.refiling import Refiling

# Of the rows: 1 had entries with named fields, 2 entries without a format, 3 no rows that find accounts, 4 no
# versions, 5 no reasons, 6 no rows that find people, 7 no names in entries,
# 8 no list of accounts, 9 a partition each for what finds a client or person, a webhook, a month's run.
FORMAT = 10

Lines = Callable[[], Iterator[str]]  # the file from its beginning, each time it is called


@dataclass(frozen=True, slots=True)
class Backup:
    """What a whole file says of itself."""

    practice: str
    name: str
    rows: int


@dataclass(frozen=True)
class BackingUp:
    backups: Backups
    ledgers: AuditedLedgers
    people: People
    practices: Practices
    statements: Statements
    imports: Imports
    refiling: Refiling

    def export(self, practice: str) -> Iterator[str]:
        """The file's lines. Errors: NotFound practice_not_found; Unreadable; Busy, also when an account has
        changed, a statement was issued or an import began or ended: of what is written together, half might
        be in the file. What an import under way has hidden is in the file; who runs the export has to be
        told."""
        present(self.practices.practice(practice), "practice_not_found", "practice")
        before, rows, digest = self._positions(practice), 0, hashlib.sha256()
        yield json.dumps({"billfold": "practice", "format": FORMAT, "practice": practice})
        for row in self.backups.rows(practice, before.versions):
            rows += 1
            digest.update(row.encode())
            yield row
        if self._positions(practice) != before:
            raise Busy("the practice was written to meanwhile")
        yield json.dumps({"rows": rows, "sha256": digest.hexdigest()})

    def _positions(self, practice: str) -> "_Positions":
        accounts = roll(self.ledgers, self.people, practice)
        versions = {account.ref: self._version(account.ref) for account in accounts}
        return _Positions(versions, tuple(self.imports.under_way(practice)))

    def _version(self, ref: AccountRef) -> tuple[int, str]:
        account = self.ledgers.account(ref)
        carried = self.statements.carried(ref)
        return account.version if account else 0, str(carried.period) if carried else ""

    def check(self, lines: Lines) -> Backup:
        """Read the file to its end. Errors: Invalid backup_damaged, backup_version, backup_row_foreign
        (with its line)."""
        with closing(_Reading(lines())) as reading:
            practice, digest = _head(reading.first), hashlib.sha256()
            for number, row in enumerate(reading.rows(), start=2):
                if not self.backups.belongs(practice, row):
                    raise Invalid("backup_row_foreign", "file", line=number)
                digest.update(row.encode())
            if reading.last != {"rows": reading.count, "sha256": digest.hexdigest()}:
                raise Invalid("backup_damaged", "file")
            return Backup(practice, digest.hexdigest(), reading.count)

    def restore(self, lines: Lines) -> Backup:
        """Write all of it, or refuse. Broken off, it is finished by restoring the same file again.

        People are filed under this deployment's key, whichever the file's was, before anybody asks for one.

        Errors: Refused practice_exists, restore_unfinished (another file's); as `check`; Busy.
        """
        backup = self.check(lines)
        practice = backup.practice
        begun = self.backups.begun(practice)
        if begun is None:
            self.backups.begin(practice, backup.name)
        elif begun != backup.name:
            raise Refused("restore_unfinished" if begun else "practice_exists", "practice")
        self.backups.put(practice, _Reading(lines()).rows())
        self.refiling.refile(practice)
        self.backups.end(practice, _Reading(lines()).rows())
        return backup


@dataclass(frozen=True, slots=True)
class _Positions:
    """`versions`: each account's, and the month of its latest statement, which changes no version."""

    versions: Mapping[AccountRef, tuple[int, str]]
    under_way: tuple[UnderWay, ...]


class _Reading:
    """A file's first line, then its rows; `last` and `count` stand once those are read."""

    def __init__(self, lines: Iterator[str]) -> None:
        self._lines = (line.rstrip("\r\n") for line in lines)
        self.first = next(self._lines, "")
        self.last: object = None
        self.count = 0

    def rows(self) -> Iterator[str]:
        held = next(self._lines, "")
        for line in self._lines:
            self.count += 1
            yield held
            held = line
        self.last = _json(held)

    def close(self) -> None:
        self._lines.close()


def _head(line: str) -> str:
    head = _json(line)
    if not isinstance(head, dict) or not isinstance(practice := head.get("practice"), str):
        raise Invalid("backup_damaged", "file")
    if head.keys() != {"billfold", "format", "practice"} or head["billfold"] != "practice":
        raise Invalid("backup_damaged", "file")
    if head["format"] != FORMAT:
        raise Invalid("backup_version", "file", format=head["format"], reads=FORMAT)
    return practice


def _json(line: str) -> object:
    try:
        return json.loads(line)
    except (ValueError, RecursionError):
        return None
