"""Alerts, work lists, daily rounds, claims, and addresses that mail does not reach."""

from functools import cached_property
from typing import TYPE_CHECKING

from chalicelib.bootstrap.practice import PracticeWiring
from chalicelib.operations.ports.alarms import Alarms
from chalicelib.operations.ports.alerts import Alerts
from chalicelib.operations.ports.claims import Claims
from chalicelib.operations.ports.rounds import Rounds
from chalicelib.operations.ports.work import WorkLists
from chalicelib.operations.services.alerting import Alerting
from chalicelib.operations.store.alerts import DynamoAlerts
from chalicelib.operations.store.claims import DynamoClaims
from chalicelib.operations.store.rounds import DynamoRounds
from chalicelib.operations.store.worklists import DynamoWorkLists

if TYPE_CHECKING:
    from chalicelib.operations.services.addresses import Addresses
    from chalicelib.operations.services.daily import Daily


class OperationsWiring(PracticeWiring):
    @cached_property
    def claims(self) -> Claims:
        return DynamoClaims()

    @cached_property
    def work(self) -> WorkLists:
        return DynamoWorkLists()

    @cached_property
    def alerts(self) -> Alerts:
        return DynamoAlerts()

    @cached_property
    def rounds(self) -> Rounds:
        return DynamoRounds()

    @cached_property
    def alerting(self) -> Alerting:
        return Alerting(self.alerts, self.clock)

    def alarms(self) -> Alarms:
        """For commands: the functions' botocore knows nothing of the services that it asks."""
        from chalicelib.operations.store.alarms import CloudWatchAlarms

        return CloudWatchAlarms(self.settings.stage, region=self.settings.region)

    @cached_property
    def addresses(self) -> "Addresses":
        from chalicelib.operations.services.addresses import Addresses

        return Addresses(self.people, self.keys, self.alerting, self.clock)

    def daily(self, job: str) -> "Daily":
        """The round of a job that sees every practice once a day."""
        from chalicelib.operations.services.daily import Daily

        return Daily(job, self.practices, self.rounds, self.alerting, self.clock)
