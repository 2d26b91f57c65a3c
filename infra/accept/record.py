"""What was answered, kept after each check, so that a run that was broken off goes on; and the report of it.

A red line stays red: it is asked again only by its name, and the report goes on saying that it was red.
"""

import hashlib
import json
import os
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from datetime import datetime
from pathlib import Path

from infra.accept.answers import Answer, Check, State
from infra.deploy.template import DeployError


@dataclass(frozen=True, slots=True)
class Kept:
    """An answer, redacted; `at` is UTC RFC 3339, `reds` how often it was red before."""

    state: str
    text: str
    at: str
    reds: int = 0


@dataclass
class Record:
    """Of one stage and version; `local`: of a stand-in of AWS. `place` tells account, region and table from
    others, and says nothing of them."""

    file: Path
    begun: str
    version: str
    kind: str
    local: bool
    place: str
    answers: dict[str, Kept] = field(default_factory=dict)

    def open(self, checks: Sequence[Check], again: frozenset[str]) -> list[Check]:
        """Those that have no answer yet, or are asked once more."""
        return [check for check in checks if check.name in again or self._unanswered(check.name)]

    def _unanswered(self, name: str) -> bool:
        kept = self.answers.get(name)
        return kept is None or kept.state == State.NOT_TRIED

    def keep(self, check: Check, answer: Answer, text: str, *, at: datetime) -> None:
        """Error: DeployError where it cannot be written."""
        before = self.answers.get(check.name)
        if before and before.state == State.RED and answer.state is State.NOT_TRIED:
            return  # nothing was learned that would end it
        reds = before.reds + (before.state == State.RED) if before else 0
        self.answers[check.name] = Kept(answer.state.value, text, f"{at:%Y-%m-%dT%H:%M:%SZ}", reds)
        self.write()

    def write(self) -> None:
        kept = {**asdict(self), "file": ""}
        new = self.file.with_suffix(".new")
        try:
            self.file.parent.mkdir(parents=True, exist_ok=True)
            new.write_text(json.dumps(kept, indent=1), encoding="utf-8")
            os.replace(new, self.file)  # a kill leaves the one before, or this one, whole
        except OSError as error:
            raise DeployError(f"{self.file} cannot be written: {error.strerror}") from None


def place_of(*parts: str) -> str:
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()[:16]


def begun(
    file: Path, *, now: datetime, version: str, kind: str, local: bool, place: str, fresh: bool
) -> Record:
    """The record that is there, or a new one. Error: DeployError for one of another version or place."""
    new = Record(file, f"{now:%Y-%m-%dT%H:%M:%SZ}", version, kind, local, place)
    if fresh or not file.exists():
        return new
    try:
        read = json.loads(file.read_text(encoding="utf-8"))
        answers = {name: Kept(**kept) for name, kept in read["answers"].items()}
        found = Record(
            file, read["begun"], read["version"], read["kind"], read["local"], read["place"], answers
        )
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        raise DeployError(f"{file} cannot be read: begin anew with --fresh") from None
    if (found.version, found.kind, found.local) != (version, kind, local):
        raise DeployError(f"{file} is of another version, kind or place: begin anew with --fresh")
    if found.place != place:
        raise DeployError(f"{file} is of another account, region or table: begin anew with --fresh")
    return found


def counted(record: Record, checks: Sequence[Check]) -> Mapping[State, int]:
    states = [state_of(record, check) for check in checks]
    return {state: states.count(state) for state in State}


def state_of(record: Record, check: Check) -> State:
    """What has no answer was not tried."""
    kept = record.answers.get(check.name)
    return State(kept.state) if kept else State.NOT_TRIED


def report(record: Record, checks: Sequence[Check], hide: Callable[[str], str]) -> str:
    """In Markdown, for everybody."""
    counts = counted(record, checks)
    where = (
        "**on a stand-in of AWS on one machine: it proves nothing of an account**" if record.local
        else "in a real account"
    )  # fmt: skip
    lines = [
        "# Acceptance", "",
        f"Billfold {record.version}, a {record.kind} stage, {where}. Begun {record.begun}, by `make accept`."
        " No account, address, domain, key or name is in this file.", "",
        f"{counts[State.GREEN]} green, **{counts[State.RED]} red**, {counts[State.NOT_TRIED]} not tried.", "",
        "| check | | what was found | when |", "|---|---|---|---|",
    ]  # fmt: skip
    for check in checks:
        kept = record.answers.get(check.name)
        state = state_of(record, check)
        shown = "**RED**" if state is State.RED else state.value
        text = kept.text if kept else "the run has not come to it"
        before = f" (red {kept.reds} times before)" if kept and kept.reds else ""
        found, at = f"{_cell(hide(text))}{before}", kept.at if kept else ""
        lines.append(f"| `{check.name}`: {check.about} | {shown} | {found} | {at} |")
    return "\n".join(lines) + "\n"


def _cell(text: str) -> str:
    return " ".join(text.replace("|", "/").split())
