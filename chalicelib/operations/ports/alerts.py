"""Alerts: a row for each cause that a person must decide about."""

from collections.abc import Sequence
from typing import Protocol

from chalicelib.operations.domain.alerts import Alert


class Alerts(Protocol):
    def alert(self, practice: str, alert_id: str) -> Alert | None:
        """Strongly consistent."""
        ...

    def add(self, practice: str, alert: Alert) -> None:
        """Only where there is none of the same cause; nothing otherwise."""
        ...

    def seen(self, practice: str, alert_id: str, *, at: str) -> None: ...

    def close(self, practice: str, alert_id: str, *, at: str, note: str) -> None:
        """Nothing where it is closed already: the first decision stays."""
        ...

    def all(self, practice: str) -> Sequence[Alert]:
        """Open and closed, strongly consistent, in no order of meaning."""
        ...
