"""Alerts in DynamoDB: a practice's are one partition, P#practice#ALERT; the sort key is the alert's id."""

import json
from collections.abc import Sequence

from pynamodb.attributes import UnicodeAttribute
from pynamodb.exceptions import DoesNotExist, PutError, UpdateError
from pynamodb.expressions.condition import Condition
from pynamodb.expressions.update import Action

from chalicelib.operations.domain.alerts import Alert, AlertName, Cause
from chalicelib.operations.ports.alerts import Alerts
from chalicelib.platform.dynamo import keys
from chalicelib.platform.dynamo.table import Item, guarded, refused_by_condition


class AlertItem(Item, discriminator="alert"):
    name = UnicodeAttribute()
    subject = UnicodeAttribute()
    facts = UnicodeAttribute()
    first_seen = UnicodeAttribute()
    last_seen = UnicodeAttribute()
    closed_at = UnicodeAttribute(null=True)
    note = UnicodeAttribute(null=True)

    def alert(self) -> Alert:
        cause = Cause(AlertName(self.name), self.subject, json.loads(self.facts))
        return Alert(cause, self.first_seen, self.last_seen, self.closed_at or "", self.note or "")


class DynamoAlerts(Alerts):
    @guarded
    def alert(self, practice: str, alert_id: str) -> Alert | None:
        try:
            return AlertItem.get(keys.alerts(practice), alert_id, consistent_read=True).alert()
        except DoesNotExist:
            return None

    @guarded
    def add(self, practice: str, alert: Alert) -> None:
        cause = alert.cause
        item = AlertItem(
            keys.alerts(practice),
            cause.id,
            name=cause.name.value,
            subject=cause.subject,
            facts=json.dumps(dict(cause.facts), separators=(",", ":")),
            first_seen=alert.first_seen,
            last_seen=alert.last_seen,
        )
        try:
            item.save(condition=AlertItem.pk.does_not_exist())
        except PutError as error:
            if not refused_by_condition(error):
                raise

    def seen(self, practice: str, alert_id: str, *, at: str) -> None:
        _update(practice, alert_id, AlertItem.last_seen.set(at), when=AlertItem.last_seen < at)

    def close(self, practice: str, alert_id: str, *, at: str, note: str) -> None:
        actions = (AlertItem.closed_at.set(at), AlertItem.note.set(note))
        when = AlertItem.first_seen.exists() & AlertItem.closed_at.does_not_exist()
        _update(practice, alert_id, *actions, when=when)

    @guarded
    def all(self, practice: str) -> Sequence[Alert]:
        return [item.alert() for item in AlertItem.query(keys.alerts(practice), consistent_read=True)]


@guarded
def _update(practice: str, alert_id: str, *actions: Action, when: Condition) -> None:
    try:
        AlertItem(keys.alerts(practice), alert_id).update(actions=list(actions), condition=when)
    except UpdateError as error:
        if not refused_by_condition(error):
            raise
