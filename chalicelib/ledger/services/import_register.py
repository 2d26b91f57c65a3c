"""The imports of a practice: those that have begun and not ended, so that whoever reads its books can say so,
and those that can be taken back."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import timedelta

from chalicelib.kernel.instants import instant, local_date
from chalicelib.kernel.outside import Busy, Conflict
from chalicelib.ledger.ports.imports import Imports, UnderWay
from chalicelib.operations.domain.alerts import BY_ITSELF, AlertName, Cause
from chalicelib.operations.ports.work import Due
from chalicelib.operations.services.alerting import Alerting
from chalicelib.platform.ports import Clock

PATIENCE = timedelta(hours=1)  # then somebody is called
UNDOING = "undo-"  # begins the id of an undoing, before that of the import


@dataclass(frozen=True)
class Register:
    imports: Imports
    alerting: Alerting
    clock: Clock

    def under_way(self, practice: str) -> Sequence[UnderWay]:
        """Oldest first. Error: Busy."""
        return self.imports.under_way(practice)

    def known(self, practice: str) -> Sequence[UnderWay]:
        """Those under way and those of files that have ended, oldest first. Error: Busy."""
        return self.imports.known(practice)

    def ever_undone(self, practice: str) -> bool:
        """Whether entries of any import may have been taken back whole. Error: Busy."""
        return any(found.ever_undone for found in self.imports.known(practice))

    def which(self, practice: str, import_id: str, timezone: str) -> str:
        """One under way by what its operator knows of it: its files, and the day on which it began. Error:
        Busy."""
        for found in self.under_way(practice):
            if found.id == import_id:
                return f"{', '.join(found.files) or import_id}, {local_date(found.begun_at, timezone)}"
        return import_id

    def begin(
        self, practice: str, import_id: str, *, actor: str, rows: int, accounts: int, files: Sequence[str]
    ) -> None:
        """Before the first write of it. Error: Busy."""
        now, known = self.clock.now(), self.imports.known(practice)
        again = any(former.ever_undone for former in known if former.id == import_id)
        found = UnderWay(import_id, actor, instant(now), rows, accounts, tuple(files), done_again=again)
        self.imports.begin(practice, found, due_at=instant(now + PATIENCE))

    def ids_key(self, practice: str) -> str:
        """Under which ids of imported rows are made, "" before there is one. Error: Busy."""
        return self.imports.ids_key(practice)

    def keep_ids_key(self, practice: str, key: str) -> None:
        """Before the first row with such an id. Error: Busy, also where another one is kept by now: the ids
        are to be made again, under that one."""
        try:
            self.imports.keep_ids_key(practice, key)
        except Conflict:
            if self.imports.ids_key(practice) != key:
                raise Busy("imported rows have ids under another key by now") from None

    def end(self, practice: str, found: UnderWay) -> None:
        """With the last write of it. Error: Busy."""
        self.imports.end(practice, replace(found, ended_at=instant(self.clock.now())))
        # Closed after the row is gone: the sweep would find it again, and a closed alert says nothing more.
        self.alerting.over(practice, _unfinished(found), note=f"{BY_ITSELF}the import has ended")

    def undone(self, practice: str, import_id: str) -> None:
        """With the last write of its undoing. Error: Busy."""
        self.imports.undo(practice, import_id, at=instant(self.clock.now()))

    def give_up(self, practice: str, found: UnderWay) -> None:
        """Another one took its accounts over: it has ended, unless it hides some still. Error: Busy."""
        if not self.imports.hides(practice, found.id):
            self.end(practice, found)

    def remind(self, due: Due) -> None:
        """There is nothing to start again: its files are with whoever ran it, who has to be told."""
        for found in self.under_way(due.practice):
            if found.id == due.id:
                self.alerting.raise_alert(due.practice, _unfinished(found))


def _unfinished(found: UnderWay) -> Cause:
    """Facts go into logs: a file's name may be a client's, so the import's id stands for its files."""
    facts: dict[str, str | int] = {
        "import": found.id, "by": found.actor, "begun": found.begun_at,
        "rows": found.rows, "accounts": found.accounts,
    }  # fmt: skip
    return Cause(AlertName.IMPORT_UNFINISHED, f"{found.id} {found.begun_at}", facts)
