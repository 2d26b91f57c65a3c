"""Imports under way, in memory."""

from collections.abc import Sequence
from dataclasses import replace

from chalicelib.kernel.outside import Conflict
from chalicelib.ledger.ports.imports import Imports, UnderWay
from tests.support.ledgers import MemoryLedgers


class MemoryImports(Imports):
    def __init__(self, ledgers: MemoryLedgers) -> None:
        self.ledgers = ledgers
        self.held: dict[tuple[str, str], UnderWay] = {}
        self.due: dict[tuple[str, str], str] = {}
        self.ids_keys: dict[str, str] = {}

    def known(self, practice: str) -> Sequence[UnderWay]:
        rows = (found for (of, _), found in self.held.items() if of == practice)
        return sorted(rows, key=lambda found: (found.begun_at, found.id))

    def begin(self, practice: str, found: UnderWay, *, due_at: str) -> None:
        former = self.held.get((practice, found.id))
        if former is None or former.ended_at:
            self.held[practice, found.id] = found
            self.due[practice, found.id] = due_at

    def end(self, practice: str, found: UnderWay) -> None:
        former = self.held.pop((practice, found.id), None)
        self.due.pop((practice, found.id), None)
        if former and found.files:
            self.held[practice, found.id] = replace(former, ended_at=found.ended_at)

    def undo(self, practice: str, import_id: str, *, at: str) -> None:
        self.held[practice, import_id] = replace(self.held[practice, import_id], undone_at=at)

    def ids_key(self, practice: str) -> str:
        return self.ids_keys.get(practice, "")

    def keep_ids_key(self, practice: str, key: str) -> None:
        if practice in self.ids_keys:
            raise Conflict
        self.ids_keys[practice] = key

    def hides(self, practice: str, import_id: str) -> bool:
        return any(a.hold == import_id for (of, _), a in self.ledgers.accounts.items() if of == practice)
