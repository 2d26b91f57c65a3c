"""An account's rows into the ledger, as many as one transaction holds, each as if it were posted by itself.

A batch is decided in memory, one row on what the row before it leaves, and written whole or not at all. Where
it meets a marker its rows are posted one by one: only a marker says that a row stands already, and only the
row's own write tells which. Whatever else stood in the way, the account is read and the rest decided again.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Protocol

from chalicelib.importing.domain.problems import Problem
from chalicelib.importing.services.progress import Progress
from chalicelib.importing.services.rehearsal import Ahead
from chalicelib.importing.services.steps import FactsStep
from chalicelib.importing.services.undone_facts import marker_of
from chalicelib.kernel.account_refs import AccountRef
from chalicelib.kernel.actors import IMPORT
from chalicelib.kernel.errors import BillfoldError, Refused
from chalicelib.kernel.outside import AlreadyRecorded, Busy, Conflict
from chalicelib.ledger.domain.marker_keys import reversal
from chalicelib.ledger.ports.ledgers import MAX_ROWS, Change, Ledgers
from chalicelib.ledger.services.posting import Posting
from chalicelib.ledger.services.recording import ATTEMPTS, Posted
from chalicelib.operations.services.alerting import Alerting
from chalicelib.platform.ports import Clock

_UNDONE = "undone_meanwhile"
AT_ONCE = 33  # rows, of which most write an entry, its marker and one more


class Runs(Protocol):
    """One thing to post."""

    def run(self, posting: Posting, ref: AccountRef) -> object:
        """Posts it, once however often it is called."""
        ...

    def problem(self, error: BillfoldError) -> Problem:
        """Why it was refused, at the place that is to blame."""
        ...


@dataclass(frozen=True, slots=True)
class Decided:
    """What a row writes; nothing where it stands already, or where it is refused."""

    step: Runs
    changes: tuple[Change, ...]
    problem: Problem | None = None

    @property
    def rows(self) -> int:
        return sum(change.rows for change in self.changes)


@dataclass(frozen=True)
class Writing:
    ledgers: Ledgers
    clock: Clock
    progress: Progress
    actor: str = IMPORT.text
    alerting: Alerting | None = None

    def post(self, ref: AccountRef, steps: Sequence[Runs]) -> list[Problem]:
        """Those of the rows that are refused by now; the others are in. Error: Busy."""
        refused, done, unsure, attempt = list[Problem](), 0, 0, 0
        while done < len(steps):
            for batch in batches(self._decided(ref, steps[done:], unsure)):
                try:
                    self._write(ref, batch)
                    found, again = [one.problem for one in batch if one.problem], False
                except AlreadyRecorded:
                    found, again = self.one_by_one(ref, [one.step for one in batch]), True
                except (Conflict, Busy):  # Busy may hide a commit: then the markers tell
                    attempt, unsure = attempt + 1, max(unsure, len(batch))
                    if attempt == ATTEMPTS:
                        raise Busy("the account stays contended") from None
                    self.clock.pause(attempt - 1)
                    break
                refused += found
                done, unsure, attempt = done + len(batch), 0, 0
                self.progress.advance(len(batch))
                if again:
                    break
        return refused

    def one_by_one(self, ref: AccountRef, steps: Iterable[Runs]) -> list[Problem]:
        decided = (_decide(step, self._posting(self.ledgers), ref) for step in steps)
        return [problem for problem in decided if problem]

    def _decided(self, ref: AccountRef, steps: Iterable[Runs], unsure: int) -> Iterator[Decided]:
        """The first `unsure` of the rows may stand already: that is looked for."""
        ahead = Ahead(self.ledgers)
        posting = self._posting(ahead)
        for number, step in enumerate(steps):
            ahead.sure = number < unsure
            problem = _decide(step, posting, ref)
            if problem and not ahead.sure:  # half of it may stand, of a run that was killed
                ahead.sure = True
                problem = _decide(step, posting, ref)
            yield Decided(step, tuple(ahead.changes), problem)
            ahead.changes.clear()

    def _write(self, ref: AccountRef, batch: Sequence[Decided]) -> None:
        changes = [change for one in batch for change in one.changes]
        if len(batch) == 1 and batch[0].rows > MAX_ROWS:  # in several entries
            for change in changes:
                self.ledgers.commit(ref.practice, change)
        elif changes:
            self.ledgers.commit_all(ref.practice, changes)

    def _posting(self, ledgers: Ledgers) -> Posting:
        return Posting(ledgers, self.clock, self.actor, self.alerting)


def batches(decided: Iterable[Decided]) -> Iterator[list[Decided]]:
    """As few as hold no more than a transaction may."""
    batch, rows = list[Decided](), 0
    for one in decided:
        if batch and (len(batch) == AT_ONCE or rows + one.rows > MAX_ROWS):
            yield batch
            batch, rows = [], 0
        batch.append(one)
        rows += one.rows
    if batch:
        yield batch


def _decide(step: Runs, posting: Posting, ref: AccountRef) -> Problem | None:
    try:
        done = step.run(posting, ref)
        if isinstance(done, Posted) and done.duplicate and _undone(step, posting.ledgers, ref, done.seq):
            taken = step.problem(Refused("external_id_taken", "external_id"))
            return replace(taken, code=_UNDONE)
    except BillfoldError as error:
        return step.problem(error)
    return None


def _undone(step: Runs, ledgers: Ledgers, ref: AccountRef, seq: int) -> bool:
    """Whether what stands under the step's marker, posted since the plan, was taken back."""
    keys = [reversal(ref.account, seq)]
    if isinstance(step, FactsStep):
        keys.append(marker_of(step.charge_id, seq))
    return any(ledgers.marker(ref.practice, key) is not None for key in keys)
