"""Imports under way, in memory."""

from collections.abc import Sequence

from chalicelib.ledger.ports.imports import Imports, UnderWay
from tests.support.ledgers import MemoryLedgers


class MemoryImports(Imports):
    def __init__(self, ledgers: MemoryLedgers) -> None:
        self.ledgers = ledgers
        self.held: dict[tuple[str, str], UnderWay] = {}
        self.due: dict[tuple[str, str], str] = {}

    def under_way(self, practice: str) -> Sequence[UnderWay]:
        rows = (found for (of, _), found in self.held.items() if of == practice)
        return sorted(rows, key=lambda found: (found.begun_at, found.id))

    def begin(self, practice: str, found: UnderWay, *, due_at: str) -> None:
        self.held.setdefault((practice, found.id), found)
        self.due.setdefault((practice, found.id), due_at)

    def end(self, practice: str, import_id: str) -> None:
        self.held.pop((practice, import_id), None)
        self.due.pop((practice, import_id), None)

    def hides(self, practice: str, import_id: str) -> bool:
        return any(a.hold == import_id for (of, _), a in self.ledgers.accounts.items() if of == practice)
