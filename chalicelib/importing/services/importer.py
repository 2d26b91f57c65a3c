"""The use case: files in, a plan out; and the plan written."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import date

from chalicelib.importing.domain.batch import Batch, gathered
from chalicelib.importing.domain.formats import OPENING_BALANCES
from chalicelib.importing.domain.problems import Problem
from chalicelib.importing.domain.rows import Row
from chalicelib.importing.domain.tables.choices import NO_CHOICES, Choices
from chalicelib.importing.domain.tables.own_files import Interpreted, own_format_of, read_own
from chalicelib.importing.domain.values import Terms
from chalicelib.importing.services.applying import Applying, DecideAgain, LetGo
from chalicelib.importing.services.planning import Plan, Planning
from chalicelib.importing.services.progress import SILENT, Progress, Together, in_turn
from chalicelib.kernel.actors import IMPORT
from chalicelib.kernel.errors import present
from chalicelib.kernel.instants import instant, local_date
from chalicelib.ledger.ports.ledgers import Ledgers
from chalicelib.ledger.services.import_register import Register
from chalicelib.operations.services.alerting import Alerting
from chalicelib.platform.ports import Chance, Clock, Keys
from chalicelib.practice.domain.practices import Practice
from chalicelib.practice.ports import People, Practices


@dataclass(frozen=True, slots=True)
class Source:
    """A file: its name without folders, and all its bytes."""

    name: str
    content: bytes


def _knows_none(_: str) -> bool:
    return False


@dataclass(frozen=True, slots=True)
class OwnRows:
    """Of files of the own formats; `suspects` are ids (kind, id) in rows that could not be read."""

    rows: tuple[Row, ...] = ()
    problems: tuple[Problem, ...] = ()
    suspects: frozenset[tuple[str, str]] = frozenset()
    interpreted: tuple[Interpreted, ...] = ()


@dataclass(frozen=True)
class Importer:
    ledgers: Ledgers
    practices: Practices
    people: People
    keys: Keys
    chance: Chance
    register: Register
    clock: Clock
    together: Together = in_turn
    progress: Progress = SILENT
    actor: str = IMPORT.text
    alerting: Alerting | None = None
    let_go: LetGo | None = None
    knows_diagnosis: Callable[[str], bool] = _knows_none

    def prepare(
        self,
        practice_id: str,
        sources: Sequence[Source],
        *,
        take_over: bool = False,
        restore_addresses: bool = False,
        shared_emails: bool = False,
        choices: Choices = NO_CHOICES,
    ) -> Plan:
        """Reads and rehearses everything, writes nothing. Errors: NotFound practice_not_found, Busy.

        The plan tells what was interpreted. Where any of it changes something, the caller has somebody agree
        to it before `apply`.
        """
        practice = present(self.practices.practice(practice_id), "practice_not_found", "practice")
        found = self.read(practice, sources, choices)
        batch = gathered(found.rows, found.suspects)
        plan = self.plan(
            practice, batch, found.problems, take_over=take_over, restore_addresses=restore_addresses,
            shared_emails=shared_emails,
        )  # fmt: skip
        return replace(plan, interpreted=found.interpreted)

    def plan(
        self,
        practice: Practice,
        batch: Batch,
        unread: Sequence[Problem] = (),
        *,
        take_over: bool = False,
        restore_addresses: bool = False,
        shared_emails: bool = False,
    ) -> Plan:
        """For rows that are read already, as those of exports; `unread` is what kept some from being read."""
        planning = Planning(
            self.ledgers, self.people, self.keys, self.chance, self.register, self.clock, self.together,
            self.progress, take_over, restore_addresses, shared_emails,
        )  # fmt: skip
        return planning.plan(practice, batch, unread)

    def terms(self, practice: Practice) -> Terms:
        """As of the practice's own day."""
        today = local_date(instant(self.clock.now()), practice.timezone)
        return Terms(practice.currency, date.fromisoformat(today))

    def apply(self, plan: Plan, decide_again: DecideAgain | None = None) -> tuple[Problem, ...]:
        """The rows that are refused by now, because of what was posted since the plan; all the rest is in.

        Errors: ValueError for a plan with problems; Busy: the store is away, run the files again.
        """
        if plan.problems:
            raise ValueError("a plan with problems is not to be written")
        if plan.empty:
            return ()
        return Applying(
            self.ledgers,
            self.people,
            self.register,
            self.clock,
            self.together,
            self.progress,
            self.actor,
            self.alerting,
            self.let_go,
            decide_again,
        ).apply(plan)

    def read(self, practice: Practice, sources: Sequence[Source], choices: Choices = NO_CHOICES) -> OwnRows:
        terms = self.terms(practice)
        rows: list[Row] = []
        problems: list[Problem] = []
        suspects: set[tuple[str, str]] = set()
        interpreted: list[Interpreted] = []
        for source in sources:
            format_ = own_format_of(source.name)
            if format_ is None:
                problems.append(Problem(source.name, 0, "", "file_kind_unknown"))
                continue
            reading, made = read_own(
                source.name, format_, source.content, terms, self.knows_diagnosis, choices
            )
            rows += reading.rows
            problems += reading.problems
            suspects |= {(format_.kind, id_) for id_ in reading.suspects}
            interpreted.append(made)
        return OwnRows(tuple(rows), tuple(problems), frozenset(suspects), tuple(interpreted))

    def read_list(self, practice: Practice, source: Source, choices: Choices = NO_CHOICES) -> OwnRows:
        """A list of balances in the form of opening_balances.csv, however it is called."""
        terms, knows = self.terms(practice), self.knows_diagnosis
        reading, made = read_own(source.name, OPENING_BALANCES, source.content, terms, knows, choices)
        return OwnRows(reading.rows, reading.problems, interpreted=(made,))
