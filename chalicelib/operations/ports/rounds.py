"""How far a nightly job, or `reconcile`, has come with each practice."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Protocol


@dataclass(frozen=True, slots=True)
class Round:
    """One round of a job through one practice. Instants are UTC RFC 3339.

    `since`: when the round before began, "" for the first. `cursor`: where the next step goes on, "" at the
    beginning. `carried`: what the job keeps from step to step and from round to round. `ended_at` "" while
    there are steps left. `version` guards every write. `tries`: how many calls began the step at `cursor` and
    were not heard of again; in a step, the call itself is one of them.
    """

    begun_at: str
    since: str = ""
    cursor: str = ""
    ended_at: str = ""
    carried: str = ""
    version: int = 0
    tries: int = 0


class Rounds(Protocol):
    def latest(self, practice: str, job: str) -> Round | None:
        """Strongly consistent. Error: Unreadable."""
        ...

    def latest_of(self, practices: Iterable[str], job: str) -> Mapping[str, Round]:
        """Of each practice that has one that can be read. Strongly consistent. Error: Busy."""
        ...

    def save(self, practice: str, job: str, after: Round) -> Round:
        """As it is stored, one version on, if `after.version` is still the stored one (0: none).

        Errors: Conflict (somebody else is at it), Busy.
        """
        ...
