"""Alerts in memory, and those a service raises."""

from collections.abc import Sequence
from dataclasses import replace

from chalicelib.operations.domain.alerts import Alert
from chalicelib.operations.ports.alerts import Alerts


class MemoryAlerts(Alerts):
    """Refuses what is no practice, as the table would."""

    def __init__(self) -> None:
        self.held: dict[tuple[str, str], Alert] = {}
        self.writes = 0

    def alert(self, practice: str, alert_id: str) -> Alert | None:
        assert isinstance(practice, str)
        return self.held.get((practice, alert_id))

    def add(self, practice: str, alert: Alert) -> None:
        self.writes += 1
        self.held.setdefault((practice, alert.cause.id), alert)

    def seen(self, practice: str, alert_id: str, *, at: str) -> None:
        self.writes += 1
        self.held[practice, alert_id] = replace(self.held[practice, alert_id], last_seen=at)

    def close(self, practice: str, alert_id: str, *, at: str, note: str) -> None:
        known = self.held.get((practice, alert_id))
        if known is not None and known.open:
            self.held[practice, alert_id] = replace(known, closed_at=at, note=note)

    def all(self, practice: str) -> Sequence[Alert]:
        return [alert for (of, _), alert in self.held.items() if of == practice]

    @property
    def names(self) -> list[str]:
        """What is open, by name."""
        return sorted(alert.cause.name.value for alert in self.held.values() if alert.open)

    @property
    def subjects(self) -> dict[str, str]:
        """The name of each open alert, by what it is about."""
        return {a.cause.subject: a.cause.name.value for a in self.held.values() if a.open}
