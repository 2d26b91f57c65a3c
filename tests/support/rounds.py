"""The rounds of daily jobs in memory, under the same condition as the table."""

from collections.abc import Iterable, Mapping
from dataclasses import replace

from chalicelib.kernel.outside import Conflict
from chalicelib.operations.ports.rounds import Round, Rounds


class MemoryRounds(Rounds):
    def __init__(self) -> None:
        self.held: dict[tuple[str, str], Round] = {}
        self.saves = 0

    def latest(self, practice: str, job: str) -> Round | None:
        return self.held.get((practice, job))

    def latest_of(self, practices: Iterable[str], job: str) -> Mapping[str, Round]:
        found = {practice: self.latest(practice, job) for practice in practices}
        return {practice: known for practice, known in found.items() if known}

    def save(self, practice: str, job: str, after: Round) -> Round:
        known = self.held.get((practice, job))
        if (known.version if known else 0) != after.version:
            raise Conflict
        self.saves += 1
        self.held[practice, job] = replace(after, version=after.version + 1)
        return self.held[practice, job]
