"""Call a person where the mail service takes nothing for now: once a practice and reason until it is over."""

from collections.abc import Sequence
from dataclasses import dataclass

from chalicelib.kernel.instants import instant
from chalicelib.mail.domain.pace import Pause
from chalicelib.operations.domain.alerts import BY_ITSELF, Alert, AlertName, Cause
from chalicelib.operations.services.alerting import Alerting
from chalicelib.platform.ports import Clock

_HOUR = len("2026-11-29T23")  # of an instant: a pause in a later hour is another alert


@dataclass(frozen=True)
class MailPauses:
    alerting: Alerting
    clock: Clock

    def met(self, practice: str, why: Pause) -> None:
        """Some mail of the practice was not taken. Safe to repeat. Error: Busy."""
        if not any(alert.cause.facts.get("code") == why.value for alert in self._open(practice)):
            subject = f"{why} {instant(self.clock.now())[:_HOUR]}"
            self.alerting.raise_alert(practice, Cause(AlertName.MAIL_PAUSED, subject, {"code": why.value}))

    def over(self, practice: str) -> None:
        """The service takes mail again, and what waited is on its way. Error: Busy."""
        for alert in self._open(practice):
            self.alerting.over(practice, alert.cause, note=f"{BY_ITSELF}mail goes again")

    def _open(self, practice: str) -> Sequence[Alert]:
        listed = self.alerting.listed(practice)
        return [alert for alert in listed if alert.cause.name is AlertName.MAIL_PAUSED]
