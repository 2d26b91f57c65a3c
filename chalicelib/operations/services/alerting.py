"""Call a person: once for each cause, however often it is met. Closed, mostly by a person, it stays so."""

import logging
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from chalicelib.kernel.errors import BillfoldError, present
from chalicelib.kernel.instants import instant
from chalicelib.operations.domain.alerts import OF_ERRORS, Alert, AlertName, Cause
from chalicelib.operations.ports.alerts import Alerts
from chalicelib.platform.ports import Clock

log = logging.getLogger("billfold.alerts")
EVENT = "alert raised"  # what the metric filter in infra/app.yaml looks for
FRESH = timedelta(hours=1)  # seen again within it, nothing is written


@dataclass(frozen=True)
class Alerting:
    alerts: Alerts
    clock: Clock

    def raise_alert(self, practice: str, cause: Cause) -> Alert:
        """The alert of that cause, new or known. Safe to repeat; a closed one stays closed. Error: Busy."""
        now = self.clock.now()
        known = self.alerts.alert(practice, cause.id)
        if known is None:
            made = Alert(cause, instant(now), instant(now))
            # Said before it is kept: a crash between the two says it twice, and never not at all.
            self._say(practice, made)
            self.alerts.add(practice, made)
            return made
        if now - datetime.fromisoformat(known.last_seen) >= FRESH:
            self.alerts.seen(practice, cause.id, at=instant(now))
        return known

    def refused(self, practice: str, error: BillfoldError, subject: str, **facts: str | int) -> Alert:
        """The alert of something that settling refuses for good."""
        name = OF_ERRORS.get(error.code, AlertName.MONEY_NOT_SETTLED)
        return self.raise_alert(practice, Cause(name, subject, {**facts, "code": error.code}))

    def listed(self, practice: str, *, closed: bool = False) -> Sequence[Alert]:
        """Oldest first; closed ones too when asked for."""
        found = [alert for alert in self.alerts.all(practice) if closed or alert.open]
        return sorted(found, key=lambda alert: (alert.first_seen, alert.cause.id))

    def close(self, practice: str, alert_id: str, *, note: str) -> Alert:
        """A person has decided; the note says what. Error: NotFound alert_not_found."""
        self.alerts.close(practice, alert_id, at=instant(self.clock.now()), note=note)
        return present(self.alerts.alert(practice, alert_id), "alert_not_found", "id")

    def keep(self, practice: str, cause: Cause, *, note: str) -> None:
        """What somebody met and put right before anybody was called: kept, and closed. Error: Busy."""
        at = instant(self.clock.now())
        self.alerts.add(practice, Alert(cause, at, at))
        self.alerts.close(practice, cause.id, at=at, note=note)

    def over(self, practice: str, cause: Cause, *, note: str) -> None:
        """Close the alert, if there is one, of a cause that is gone and cannot come again. Error: Busy."""
        known = self.alerts.alert(practice, cause.id)
        if known is not None and known.open:
            self.alerts.close(practice, cause.id, at=instant(self.clock.now()), note=note)

    def _say(self, practice: str, alert: Alert) -> None:
        cause = alert.cause
        about = {"alert": cause.name.value, "id": cause.id, "subject": cause.subject}
        log.error(EVENT, extra={**about, "practice": practice, "facts": dict(cause.facts)})
