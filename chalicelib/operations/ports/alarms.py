"""Alarms: what the cloud watches of a deployment, and whom it tells."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol


@dataclass(frozen=True, slots=True)
class Alarm:
    """`ringing` since `since` (UTC RFC 3339, of whatever state it is in). `tells`: False where somebody has
    switched its telling off."""

    name: str
    ringing: bool
    since: str
    tells: bool


class Alarms(Protocol):
    def all(self) -> Sequence[Alarm]:
        """Those of the deployment, by their names. Error: Busy."""
        ...

    def told(self) -> int:
        """How many addresses have agreed to be told. Error: Busy."""
        ...
