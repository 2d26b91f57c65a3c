"""What the doctor finds: one sentence each, and what to do where there is something to do."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from functools import cached_property

from chalicelib.bootstrap import App

Facts = Mapping[str, str | int]
TOKENS, LOOKUPS = "token-key", "lookup-key"
OPERATING = "docs/runbook/operating.md"


class State(StrEnum):
    """UNKNOWN: what was asked did not answer."""

    FINE = "fine"
    LOOK = "look"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Finding:
    """`practice`: "" where it is the deployment's. `see`: where the docs say more. Nothing is of a client."""

    state: State
    text: str
    practice: str = ""
    do: str = ""
    see: str = ""
    facts: Facts = field(default_factory=dict)


@dataclass(frozen=True)
class Patient:
    """The deployment, as of one moment. What several checks want is read once."""

    app: App
    now: datetime

    @cached_property
    def processors(self) -> Mapping[str, Sequence[str]]:
        """Of every practice, by its id. Error: Busy."""
        return self.app.practices.processors()

    @property
    def practices(self) -> Sequence[str]:
        return sorted(self.processors)

    @cached_property
    def keys(self) -> Mapping[str, datetime | None]:
        """When each of the deployment's two was written last; None where it is missing. Error: Busy."""
        return {name: self.app.parameters.changed_at(name) for name in (TOKENS, LOOKUPS)}

    def is_younger(self, practice: str, than: timedelta) -> bool:
        """Whether the practice, or the deployment, is. Errors: Refused, Unreadable, Busy."""
        kept, deployed = self.app.practices.practice(practice), self.keys[LOOKUPS]
        changed = datetime.fromisoformat(kept.changed_at) if kept and kept.changed_at else None
        return any(self.now - at <= than for at in (changed, deployed) if at)

    @cached_property
    def connected(self) -> Mapping[tuple[str, str], datetime]:
        """When the keys were kept, by practice and processor: those that have any. Error: Busy."""
        asked = [(practice, name) for practice in self.practices for name in self.processors[practice]]
        kept = {at: self.app.parameters.changed_at("practices/{}/{}".format(*at)) for at in asked}
        return {at: changed for at, changed in kept.items() if changed}


Check = Callable[[Patient], Iterator[Finding]]


def fine(text: str, **facts: str | int) -> Finding:
    return Finding(State.FINE, text, facts=facts)


def look(text: str, *, do: str, see: str, practice: str = "", facts: Facts | None = None) -> Finding:
    return Finding(State.LOOK, text, practice, do, see, facts or {})


def counted(count: int, one: str, many: str) -> str:
    """1 practice, 2 practices."""
    return f"{count} {one if count == 1 else many}"
