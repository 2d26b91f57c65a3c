"""The audit of every ledger, its anchors, and the nightly pass."""

from functools import cached_property
from typing import TYPE_CHECKING

from chalicelib.bootstrap.ledger import LedgerWiring
from chalicelib.ledger.store.ledgers import DynamoLedgers
from chalicelib.verification.ports import Anchors

if TYPE_CHECKING:
    from chalicelib.verification.services.anchoring import Anchoring
    from chalicelib.verification.services.nightly import Nightly
    from chalicelib.verification.services.rebuilding import Rebuilding
    from chalicelib.verification.services.verifying import Verifying


class VerificationWiring(LedgerWiring):
    @cached_property
    def verifying(self) -> "Verifying":
        from chalicelib.verification.services.verifying import Verifying

        return Verifying(self.ledgers, self.people, self.clock)

    @cached_property
    def anchors(self) -> Anchors:
        from chalicelib.verification.store.anchors import S3Anchors

        return S3Anchors(self.settings.anchors_bucket, region=self.settings.region)

    @cached_property
    def anchoring(self) -> "Anchoring":
        from chalicelib.verification.services.anchoring import Anchoring

        return Anchoring(self.ledgers, self.anchors, self.alerting)

    @cached_property
    def rebuilding(self) -> "Rebuilding":
        from chalicelib.verification.services.damage import DamageAlerts
        from chalicelib.verification.services.rebuilding import Rebuilding

        alerts = DamageAlerts(self.alerting)
        return Rebuilding(
            self.ledgers, self.people, self.anchoring, self.register, alerts, self.clock
        )  # fmt: skip

    @cached_property
    def nightly(self) -> "Nightly":
        from chalicelib.verification.services.comparing import Comparing
        from chalicelib.verification.services.nightly import JOB, Nightly
        from chalicelib.verification.services.verifying import Verifying

        glancing = Verifying(DynamoLedgers(strong=False), self.people, self.clock)
        comparing = Comparing(self.verifying, glancing, self.anchoring)
        return Nightly(
            self.daily(JOB), comparing, self.anchoring, self.register, self.alerting, self.clock
        )  # fmt: skip
