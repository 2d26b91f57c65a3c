"""The use case: 835 files in, a plan out; and the plan written, by the importer."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from chalicelib.importing.domain.problems import Problem
from chalicelib.importing.domain.remittances.model import Remittance
from chalicelib.importing.domain.remittances.reading import read
from chalicelib.importing.domain.remittances.segments import Flaw
from chalicelib.importing.services.importer import Importer
from chalicelib.importing.services.remittances.deciding import Deciding
from chalicelib.importing.services.remittances.matching import Matching
from chalicelib.importing.services.remittances.planning import Prepared, RemittancePlanning
from chalicelib.kernel.errors import present
from chalicelib.practice.domain.practices import Practice


@dataclass(frozen=True, slots=True)
class RemittanceFile:
    """A file: its name without folders, and its bytes in pieces of any size."""

    name: str
    chunks: Iterable[bytes]


@dataclass(frozen=True)
class Remittances:
    importer: Importer

    def prepare(
        self, practice_id: str, files: Sequence[RemittanceFile], *, take_over: bool = False
    ) -> Prepared:
        """Reads and rehearses everything, writes nothing. Errors: NotFound practice_not_found, Busy."""
        importer = self.importer
        practice = present(importer.practices.practice(practice_id), "practice_not_found", "practice")
        remittances, problems = self._read(practice, files)
        if problems:
            return Prepared(practice, tuple(remittances), tuple(problems))
        matching = Matching(practice.id, importer.ledgers, importer.people)
        deciding = Deciding(importer.ledgers, importer.register, importer.clock)
        return RemittancePlanning(practice, matching, deciding, take_over).plan(remittances)

    def apply(self, prepared: Prepared) -> tuple[Problem, ...]:
        """The lines that are refused by now, because of what was posted since the plan; all the rest is in.

        Errors: ValueError for a plan with problems; Busy: the store is away, run the files again.
        """
        if prepared.plan is None:
            raise ValueError("a plan with problems is not to be written")
        return self.importer.apply(prepared.plan)

    def _read(
        self, practice: Practice, files: Sequence[RemittanceFile]
    ) -> tuple[list[Remittance], list[Problem]]:
        latest = self.importer.terms(practice).latest.isoformat()
        found, problems = list[Remittance](), list[Problem]()
        for file in files:
            try:
                of_file = read(file.name, file.chunks, currency=practice.currency)
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
