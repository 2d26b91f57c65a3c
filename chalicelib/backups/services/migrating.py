"""Brings a deployment's rows to the format in force, and puts the next format in force.

Rows are walked practice by practice and account by account, in steps; how far a practice has come is kept, so
that a walk that broke off goes on there and one that is whole is not made again. A walk counts as whole only
if it began when every process wrote that format: they keep what they were told for some minutes.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from itertools import islice

from chalicelib.backups.ports import FormerRows
from chalicelib.kernel import stored_format
from chalicelib.kernel.errors import Refused
from chalicelib.kernel.instants import instant
from chalicelib.kernel.outside import Busy, Conflict
from chalicelib.kernel.stored_format import InForce
from chalicelib.ledger.ports.ledgers import AccountIndex
from chalicelib.operations.ports.rounds import Round, Rounds
from chalicelib.platform.ports import Clock, Formats
from chalicelib.practice.ports import Practices

JOB = "migrate"
# Processes keep the format for five minutes, and a function that began by then writes for fifteen at most.
SETTLED_SECONDS = 20 * 60
AT_ONCE = 25  # accounts in a step
_OWN = "."  # as a cursor: what no account has is done; ids of accounts come behind it

Told = Callable[[str, int], None]


@dataclass(frozen=True, slots=True)
class Walked:
    """`rows` were written; `practices` were walked now, those of before not again."""

    rows: int
    practices: int


@dataclass(frozen=True, slots=True)
class Standing:
    """`format` is written; `whole`: every row is of it; `settled`: rows may be brought to it by now.
    `walked`: through so many practices a walk has come or is on its way; 0 where none is under way."""

    format: int
    whole: bool
    settled: bool
    walked: int


@dataclass(frozen=True)
class Migrating:
    formats: Formats
    rows: FormerRows
    index: AccountIndex
    practices: Practices
    rounds: Rounds
    clock: Clock

    def in_force(self) -> InForce:
        """Error: Refused format_unread: the table is of a release that this one knows nothing of."""
        found = self.formats.in_force()
        stored_format.check_read(found.format)
        return found

    def former(self) -> int:
        """How many rows are to be written. Writes nothing. Errors: as `migrate`."""
        self.in_force()
        return sum(self._counted(practice) for practice in self.practices.practice_ids())

    def migrate(self, told: Told = lambda practice, rows: None) -> Walked:
        """Bring every row to the format in force; `told` hears of each practice as its walk ends.

        Errors: Refused format_unread, format_too_new; Unreadable, of a row that must be mended first; Busy.
        """
        found = self.in_force()
        wait = found.since + SETTLED_SECONDS - self._now() if found.since else 0
        if wait > 0:
            raise Refused("format_too_new", retry_after_seconds=wait)
        waiting = self._waiting(found)
        rows = 0
        for practice in waiting:
            written = self._walk(practice, found.format)
            told(practice, written)
            rows += written
        if found.format > 1:  # deployments of releases that do not read the format before wait for it
            self.formats.note_rows(found.format)
        return Walked(rows, len(waiting))

    def standing(self) -> Standing:
        """Error: Refused format_unread; Busy."""
        found, practices = self.in_force(), list(self.practices.practice_ids())
        known = self.rounds.latest_of(practices, JOB)
        walks = [walk for walk in known.values() if walk.carried == str(found.format)]
        settled = self._now() >= found.since + SETTLED_SECONDS
        begun = len(walks) if any(not walk.ended_at for walk in walks) else 0
        return Standing(found.format, self.formats.rows_are_of(found.format), settled, begun)

    def finish(self, *, dry_run: bool = False) -> InForce:
        """Put the format of this release in force: from now on the release before cannot read what is
        written. Where it is in force already, nothing is written.

        Errors: Refused format_unread; release_unknown, release_older: what was deployed last does not read
        it; rows_former, with `practices`: their rows are not all of the format in force; Busy.
        """
        found = self.in_force()
        if found.format == stored_format.FORMAT:
            return found
        self._check_functions()
        if waiting := self._waiting(found):
            raise Refused("rows_former", practices=len(waiting), format=found.format)
        if not dry_run:
            self._put_in_force(found)
        return InForce(stored_format.FORMAT, self._now())

    def _put_in_force(self, found: InForce) -> None:
        """A deployment notes what it reads, then asks for the format; here it is the other way round, so that
        of two at once one sees the other."""
        self.formats.put_in_force(stored_format.FORMAT, self._now())
        try:
            self._check_functions()
        except (Refused, Busy):
            self.formats.put_in_force(found.format, found.since)
            raise

    def _check_functions(self) -> None:
        read = self.formats.read_by_functions()
        if stored_format.FORMAT not in read:
            code = "release_older" if read else "release_unknown"
            raise Refused(code, format=stored_format.FORMAT, reads=", ".join(map(str, read)))

    def _waiting(self, found: InForce) -> list[str]:
        """The practices whose rows may not all be of the format in force."""
        practices = list(self.practices.practice_ids())
        known = self.rounds.latest_of(practices, JOB)
        return [each for each in practices if not _whole(known.get(each), found.format)]

    def _walk(self, practice: str, format_: int) -> int:
        """Two at once share the work: who finds that the other has come further goes on from there."""
        rows = 0
        latest = self.rounds.latest(practice, JOB)
        if latest is None or latest.carried != str(format_):
            latest = self._begun(practice, format_, latest)
        while not _whole(latest, format_):
            written, step = self._step(practice, latest)
            rows += written
            try:
                latest = self.rounds.save(practice, JOB, step)
            except Conflict:
                latest = self.rounds.latest(practice, JOB) or Round(self._at(), carried=str(format_))
        return rows

    def _begun(self, practice: str, format_: int, latest: Round | None) -> Round:
        version = latest.version if latest else 0
        return Round(self._at(), carried=str(format_), version=version)

    def _step(self, practice: str, latest: Round) -> tuple[int, Round]:
        """What no account has, then some accounts more."""
        if not latest.cursor:
            written = self.rows.of_practice(practice)
            written += sum(self.rows.of_account(ref) for ref in self.rows.of_guests(practice))
            return written, replace(latest, cursor=_OWN)
        after = "" if latest.cursor == _OWN else latest.cursor
        refs = list(islice(self.index.account_refs(practice, after=after), AT_ONCE))
        if not refs:
            return 0, replace(latest, ended_at=self._at())
        return sum(map(self.rows.of_account, refs)), replace(latest, cursor=refs[-1].account)

    def _counted(self, practice: str) -> int:
        accounts = (*self.rows.of_guests(practice), *self.index.account_refs(practice))
        own = self.rows.of_practice(practice, dry_run=True)
        return own + sum(self.rows.of_account(ref, dry_run=True) for ref in dict.fromkeys(accounts))

    def _now(self) -> int:
        return int(self.clock.now().timestamp())

    def _at(self) -> str:
        return instant(self.clock.now())


def _whole(walk: Round | None, format_: int) -> bool:
    return walk is not None and walk.carried == str(format_) and bool(walk.ended_at)
