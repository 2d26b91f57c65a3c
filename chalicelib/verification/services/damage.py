"""Alerts of what the audit finds: a closed one stands for what was found then, and for nothing else.

What is found together of an account is one alert, named after the first: the rest mostly follows from it.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby

from chalicelib.kernel.instants import instant
from chalicelib.operations.domain.alerts import Alert, AlertName, Cause
from chalicelib.operations.services.alerting import FRESH, Alerting
from chalicelib.verification.domain.findings import Finding, found_hash

_AGAIN = " again "  # between what is found and when it came back
_MOST = 200  # findings that one alert can stand for


@dataclass(frozen=True)
class DamageAlerts:
    alerting: Alerting

    def call_person(self, practice: str, findings: Iterable[Finding], *, since: str) -> None:
        """Call for what no alert stands for yet. `since`: when the round before began, "" for none; what that
        did not find has come back, and is new. Error: Busy."""
        found = sorted(findings, key=lambda finding: finding.account_id)
        known = _Known.of_alerts(self._listed(practice) if found else (), since)
        for _, own in groupby(found, key=lambda finding: finding.account_id):
            self._call(practice, list(own), known)

    def close(self, practice: str, mended: Sequence[Finding], *, left: Sequence[Finding], note: str) -> None:
        """What was found of an account is gone but for what is `left`, and `note` says how: its open alerts
        are closed, or one is kept as closed where none was. Error: Busy."""
        known = _Known.of_alerts(self._listed(practice), "")
        stay, accounts = {finding.subject for finding in left}, {finding.account_id for finding in mended}
        gone = [
            alert
            for subject, alert in known.own.items()
            if alert.open and subject not in stay and alert.cause.facts.get("account") in accounts
        ]
        for alert in gone:
            self.alerting.over(practice, alert.cause, note=note)
        for finding in mended:
            before = known.own.get(finding.subject)
            if before not in gone and (before is not None or not gone):
                cause = self._cause(finding, again=before is not None, beside=())
                self.alerting.keep(practice, cause, note=note)

    def _call(self, practice: str, own: Sequence[Finding], known: "_Known") -> None:
        """Of one account."""
        new = list[Finding]()
        for finding in own:
            alert = known.of(finding)
            if alert is None:
                new.append(finding)
            else:
                self.alerting.raise_alert(practice, alert.cause)  # it is seen
        if new:
            again = new[0].subject in known.own
            self.alerting.raise_alert(practice, self._cause(new[0], again=again, beside=new[1:]))

    def _listed(self, practice: str) -> Iterator[Alert]:
        """Oldest first."""
        alerts = self.alerting.listed(practice, closed=True)
        return (alert for alert in alerts if alert.cause.name is AlertName.LEDGER_BROKEN)

    def _cause(self, finding: Finding, *, again: bool, beside: Sequence[Finding]) -> Cause:
        subject = finding.subject + (_AGAIN + instant(self.alerting.clock.now()) if again else "")
        facts: dict[str, str | int] = {
            "account": finding.account_id, "code": finding.code, "item": finding.item,
        }  # fmt: skip
        if beside:
            facts |= {"more": len(beside), "beside": " ".join(found_hash(f.subject) for f in beside[:_MOST])}
        return Cause(AlertName.LEDGER_BROKEN, subject, facts)


@dataclass(frozen=True)
class _Known:
    """The latest alert of each finding, by the finding's subject; and that of what it was found together
    with, by its hash."""

    own: Mapping[str, Alert]
    beside: Mapping[str, Alert]
    since: str

    @staticmethod
    def of_alerts(alerts: Iterable[Alert], since: str) -> "_Known":
        """`alerts`: the oldest first."""
        own, beside = dict[str, Alert](), dict[str, Alert]()
        for alert in alerts:
            own[alert.cause.subject.partition(_AGAIN)[0]] = alert
            beside |= dict.fromkeys(str(alert.cause.facts.get("beside", "")).split(), alert)
        return _Known(own, beside, since)

    def of(self, finding: Finding) -> Alert | None:
        """The alert that stands for it, open or closed."""
        alert = self.own.get(finding.subject) or self.beside.get(found_hash(finding.subject))
        return None if alert is None or self._came_back(alert) else alert

    def _came_back(self, alert: Alert) -> bool:
        """Whether it is closed, and what it stands for was gone since. `last_seen` is true to the hour."""
        if alert.open:
            return False
        seen = datetime.fromisoformat(alert.last_seen) + FRESH
        return alert.over or (bool(self.since) and seen < datetime.fromisoformat(self.since))
