"""The use case: 835 files in, a plan out; and the plan written, by the importer."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from chalicelib.importing.domain.problems import Problem
from chalicelib.importing.domain.remittances.model import Remittance
from chalicelib.importing.domain.remittances.reading import read
from chalicelib.importing.domain.remittances.segments import Flaw
from chalicelib.importing.domain.tables.texts import MAX_BYTES
from chalicelib.importing.services.importer import Importer, Source
from chalicelib.importing.services.naming import Naming
from chalicelib.importing.services.remittances.matching import Matching
from chalicelib.importing.services.remittances.planning import Prepared, RemittancePlanning
from chalicelib.kernel.errors import present
from chalicelib.practice.domain.practices import Practice

_PIECE = 1 << 16  # bytes: the reader holds no whole file as text


@dataclass(frozen=True)
class Remittances:
    importer: Importer

    def prepare(self, practice_id: str, files: Sequence[Source], *, take_over: bool = False) -> Prepared:
        """Reads and rehearses everything, writes nothing. Errors: NotFound practice_not_found, Busy."""
        importer = self.importer
        practice = present(importer.practices.practice(practice_id), "practice_not_found", "practice")
        remittances, problems = self._read(practice, files)
        if problems:
            return Prepared(practice, tuple(remittances), tuple(problems))
        ledgers, register = importer.ledgers, importer.register
        naming = Naming(practice.id, ledgers, register.ever_undone(practice.id))
        matching = Matching(practice.id, ledgers, importer.people, naming)
        planning = RemittancePlanning(
            practice, ledgers, register, importer.clock, matching, naming, take_over
        )
        return planning.plan(remittances)

    def apply(self, prepared: Prepared) -> tuple[Problem, ...]:
        """The lines that are refused by now, because of what was posted since the plan; all the rest is in.

        Errors: ValueError for a plan with problems; Busy: the store is away, run the files again.
        """
        if prepared.plan is None:
            raise ValueError("a plan with problems is not to be written")
        return self.importer.apply(prepared.plan, prepared.again)

    def _read(self, practice: Practice, files: Sequence[Source]) -> tuple[list[Remittance], list[Problem]]:
        latest = self.importer.terms(practice).latest.isoformat()
        found, problems = list[Remittance](), list[Problem]()
        for file in files:
            if len(file.content) > MAX_BYTES:
                details: dict[str, object] = {"megabytes": MAX_BYTES // 1_000_000}
                problems.append(Problem(file.name, 0, "", "file_too_large", details))
                continue
            try:
                of_file = read(file.name, _pieces(file.content), currency=practice.currency)
            except Flaw as flaw:
                problems.append(Problem(file.name, flaw.number, flaw.segment, flaw.code, flaw.details))
                continue
            found += of_file
            problems += [
                Problem(one.file, one.number, "BPR", "remittance_future", {"date": one.date})
                for one in of_file
                if one.date > latest
            ]
        return found, problems


def _pieces(content: bytes) -> Iterator[bytes]:
    return (content[start : start + _PIECE] for start in range(0, len(content), _PIECE))
