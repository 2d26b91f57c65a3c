"""Export a practice whole, and restore it into a table that has nothing of it.

The file has a line for each row between a first one that names the practice and a last one with the number of
rows, their hash and a seal: a hash of all that under the lookups' key. A file cut short or altered is refused
before anything is written, and so is one whose rows were hashed again by somebody without the key. The first
line has the key's name, which tells nothing of it: by this a file of another deployment, or of before the key
was changed, is told from one of our own, and is held to the key that its operator brings along.
"""

import hashlib
import json
import re
from collections.abc import Callable, Iterator, Mapping
from contextlib import closing
from dataclasses import dataclass

from chalicelib.backups.ports import Backups, Occupied
from chalicelib.documents.ports.invoices import Invoices
from chalicelib.documents.ports.statements import Statements
from chalicelib.documents.ports.superbills import Superbills
from chalicelib.kernel.account_refs import AccountRef
from chalicelib.kernel.errors import Invalid, Refused, present
from chalicelib.kernel.outside import Busy
from chalicelib.ledger.ports.imports import Imports, UnderWay
from chalicelib.ledger.ports.ledgers import AuditedLedgers
from chalicelib.ledger.services.roll import roll
from chalicelib.platform.ports import Keys
from chalicelib.practice.domain.practices import PRACTICE_ID
from chalicelib.practice.ports import People, Practices
from chalicelib.practice.services.refiling import Refiling

# Of the rows: 1 had entries with named fields, 2 entries without a format, 3 no rows that find accounts, 4 no
# versions, 5 no reasons, 6 no rows that find people, 7 no names in entries,
# 8 no list of accounts, 9 a partition each for what finds a client or person, a webhook, a month's run,
# 10 no seal, 11 no invoices, 12 no questions, superbills or estimates, 13 nothing that payers had saved,
# no logos and no requests for estimates, 16 no key of the ids of imported rows.
FORMAT = 17
_NAME_LENGTH = 16  # of a key's name
_KEY_NAME = re.compile(rf"[0-9a-f]{{{_NAME_LENGTH}}}")

Lines = Callable[[], Iterator[str]]  # the file from its beginning, each time it is called


@dataclass(frozen=True, slots=True)
class Proof:
    """What a file is held to besides the deployment's own key: one that was `brought`, or, `unproven`, none.

    A file under a known key has to bear its seal in any case.
    """

    brought: Keys | None = None
    unproven: bool = False


@dataclass(frozen=True, slots=True)
class Backup:
    """A whole file, and what the table has of its practice. `proven`: sealed under a key that is known."""

    practice: str
    name: str
    rows: int
    proven: bool
    there: Occupied | None = None

    @property
    def ended(self) -> str:
        """The instant since when all of it is in; "" while it is not."""
        return self.there.ended if self.there else ""


@dataclass(frozen=True)
class BackingUp:
    backups: Backups
    ledgers: AuditedLedgers
    people: People
    practices: Practices
    statements: Statements
    invoices: Invoices
    superbills: Superbills
    imports: Imports
    refiling: Refiling
    keys: Keys

    def export(self, practice: str) -> Iterator[str]:
        """The file's lines. Errors: NotFound practice_not_found; Unreadable; Busy, also when an account has
        changed, a document was issued, an import began or ended, or the key was changed: of what
        is written together, half might be in the file. What an import under way has hidden is in the file;
        who runs the export has to be told."""
        present(self.practices.practice(practice), "practice_not_found", "practice")
        before, rows, digest = self._positions(practice), 0, hashlib.sha256()
        head = {"billfold": "practice", "format": FORMAT, "practice": practice, "key": before.key}
        yield (first := json.dumps(head))
        for row in self.backups.rows(practice, before.versions):
            rows += 1
            digest.update(row.encode())
            yield row
        if self._positions(practice) != before:
            raise Busy("the practice was written to meanwhile")
        yield json.dumps(_last(first, rows, digest.hexdigest(), self.keys))

    def _positions(self, practice: str) -> "_Positions":
        accounts = roll(self.ledgers, self.people, practice)
        versions = {account.ref: self._version(account.ref) for account in accounts}
        numbered = self.invoices.counted(practice).version, self.superbills.counted(practice).version
        under_way = tuple(self.imports.under_way(practice))
        return _Positions(versions, numbered, under_way, _key_name(self.keys))

    def _version(self, ref: AccountRef) -> tuple[int, str]:
        account = self.ledgers.account(ref)
        carried = self.statements.carried(ref)
        return account.version if account else 0, str(carried.period) if carried else ""

    def check(self, lines: Lines, proof: Proof = Proof()) -> Backup:
        """Read the file to its end, and whether the table takes it.

        Errors: Invalid backup_damaged, backup_version, backup_row_foreign (with its line); Refused
        backup_key_unknown, backup_key_differs (of a key that was brought), practice_exists,
        restore_unfinished (of another file); Busy.
        """
        with closing(_Reading(lines())) as reading:
            head, digest = _head(reading.first), hashlib.sha256()
            keys = self._sealed_under(head, proof)
            for number, row in enumerate(reading.rows(), start=2):
                if not self.backups.belongs(head.practice, row):
                    raise Invalid("backup_row_foreign", "file", line=number)
                digest.update(row.encode())
            name = digest.hexdigest()
            last = _last(reading.first, reading.count, name, keys or self.keys)
            said = reading.last if isinstance(reading.last, dict) else {}
            if said != (last if keys else {**last, "seal": said.get("seal")}):
                raise Invalid("backup_damaged", "file")
            there = self._there(head.practice, name)
            return Backup(head.practice, name, reading.count, keys is not None, there)

    def _sealed_under(self, head: "_Head", proof: Proof) -> Keys | None:
        """The key of that name; None where it is unknown and need not be."""
        for keys in (self.keys, proof.brought):
            if keys and _key_name(keys) == head.key:
                return keys
        if proof.brought:
            raise Refused("backup_key_differs", "file", key=head.key, given=_key_name(proof.brought))
        if not proof.unproven:
            raise Refused("backup_key_unknown", "file", key=head.key, given=_key_name(self.keys))
        return None

    def _there(self, practice: str, name: str) -> Occupied | None:
        """None where the table is free; else what this very file has left there."""
        there = self.backups.occupied(practice)
        if there and there.name != name:
            raise Refused("restore_unfinished" if there.unfinished else "practice_exists", "practice")
        return there

    def unfinished(self, practice: str) -> bool:
        """Whether a restore of it has begun and not ended. Error: Busy."""
        there = self.backups.occupied(practice)
        return there is not None and there.unfinished

    def restore(self, lines: Lines, proof: Proof = Proof()) -> Backup:
        """Write all of it, or refuse. Broken off, it is finished by restoring the same file again; nothing is
        written where all of it is in (`ended`).

        People are filed under this deployment's key, whichever the file's was, before anybody asks for one.

        Errors: as `check`, also where the file was changed since it was checked.
        """
        backup = self.check(lines, proof)
        practice = backup.practice
        if backup.ended:
            return backup
        if backup.there is None:
            self.backups.begin(practice, backup.name)
        self.backups.put(practice, self._as_checked(lines, backup))
        self.refiling.refile(practice)
        self.backups.end(practice, self._as_checked(lines, backup))
        return backup

    def _as_checked(self, lines: Lines, backup: Backup) -> Iterator[str]:
        """The rows. Whoever writes to a file while it is restored gets nothing of another practice's in.

        Errors: Invalid backup_row_foreign, with its line; backup_damaged, at the end."""
        digest = hashlib.sha256()
        for number, row in enumerate(_Reading(lines()).rows(), start=2):
            if not self.backups.belongs(backup.practice, row):
                raise Invalid("backup_row_foreign", "file", line=number)
            digest.update(row.encode())
            yield row
        if digest.hexdigest() != backup.name:
            raise Invalid("backup_damaged", "file")


@dataclass(frozen=True, slots=True)
class _Positions:
    """`versions`: each account's, and the month of its latest statement, which changes no version; `numbered`
    counts what invoices and superbills were issued and voided, which changes none either. `key`: the name of
    the one by which the file is sealed."""

    versions: Mapping[AccountRef, tuple[int, str]]
    numbered: tuple[int, int]
    under_way: tuple[UnderWay, ...]
    key: str


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


@dataclass(frozen=True, slots=True)
class _Head:
    practice: str
    key: str


def _head(line: str) -> _Head:
    head = _json(line)
    if not isinstance(head, dict) or head.get("billfold") != "practice":
        raise Invalid("backup_damaged", "file")
    version, practice, key = head.get("format"), head.get("practice"), head.get("key")
    if isinstance(version, int) and version != FORMAT:
        raise Invalid("backup_version", "file", format=version, reads=FORMAT)
    # A practice named like the beginning of another's keys would have the other's rows.
    named = isinstance(practice, str) and PRACTICE_ID.fullmatch(practice)
    if len(head) != 4 or not named or not _KEY_NAME.fullmatch(str(key)):
        raise Invalid("backup_damaged", "file")
    return _Head(str(practice), str(key))


def _last(head: str, rows: int, digest: str, keys: Keys) -> dict[str, object]:
    return {"rows": rows, "sha256": digest, "seal": keys.lookup_hash("backup", f"{head}\n{rows}\n{digest}")}


def _key_name(keys: Keys) -> str:
    """By which the key is known without being shown."""
    return keys.lookup_hash("backup key", "")[:_NAME_LENGTH]


def _json(line: str) -> object:
    try:
        return json.loads(line)
    except (ValueError, RecursionError):
        return None
