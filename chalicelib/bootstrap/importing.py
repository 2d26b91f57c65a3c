"""Files of rows to commands."""

from functools import cached_property
from typing import TYPE_CHECKING

from chalicelib.bootstrap.documents import DocumentsWiring
from chalicelib.kernel.actors import IMPORT, Actor

if TYPE_CHECKING:
    from chalicelib.importing.ports.drops import Drops
    from chalicelib.importing.services.balances import BalanceCheck
    from chalicelib.importing.services.drops.looking import Looking
    from chalicelib.importing.services.drops.pressing import Pressing
    from chalicelib.importing.services.drops.rounds import DropRounds
    from chalicelib.importing.services.explaining import Explaining
    from chalicelib.importing.services.importer import Importer
    from chalicelib.importing.services.mapping import MappedReading
    from chalicelib.importing.services.progress import Progress, Together
    from chalicelib.importing.services.requests import Requests
    from chalicelib.importing.services.undoing import Undoing


class ImportingWiring(DocumentsWiring):
    def importer(self, *, actor: Actor, together: "Together", progress: "Progress") -> "Importer":
        from chalicelib.importing.services.importer import Importer

        return Importer(
            self.ledgers, self.practices, self.people, self.keys, self.chance, self.register, self.clock,
            together, progress, actor.text, self.alerting, self._let_go, self._knows_diagnosis,
        )  # fmt: skip

    def undoing(self, together: "Together", progress: "Progress") -> "Undoing":
        from chalicelib.importing.services.undoing import Undoing

        return Undoing(
            self.ledgers, self.invoices, self.superbills, self.register, self.clock, together, progress
        )

    def mapped_reading(self, together: "Together") -> "MappedReading":
        from chalicelib.importing.services.mapping import MappedReading

        return MappedReading(
            self.ledgers, self.people, self.keys, self.register, together, self._knows_diagnosis
        )

    def import_requests(self, importer: "Importer") -> "Requests":
        from chalicelib.importing.services.requests import Requests

        return Requests(importer, self.mapped_reading)

    @cached_property
    def drops(self) -> "Drops":
        from chalicelib.importing.store.drops import S3Drops

        return S3Drops(self.settings.bucket, region=self.settings.region)

    def drop_looking(self, together: "Together") -> "Looking":
        from chalicelib.importing.services.drops.looking import Looking, Planning

        def planning(progress: "Progress") -> Planning:
            importer = self.importer(actor=IMPORT, together=together, progress=progress)
            return importer, self.import_requests(importer), self.balance_check(together)

        return Looking(self.drops, self.practices, planning, self.alerting, self.clock)

    def pressing(self, together: "Together") -> "Pressing":
        from chalicelib.importing.services.drops.pressing import Pressing

        return Pressing(self.drops, self.drop_looking(together), self.register)

    def drop_rounds(self, together: "Together") -> "DropRounds":
        from chalicelib.importing.services.drops.rounds import DropRounds

        return DropRounds(self.drops, self.drop_looking(together), self.clock)

    def balance_check(self, together: "Together") -> "BalanceCheck":
        from chalicelib.importing.services.balances import BalanceCheck

        return BalanceCheck(self.ledgers, self.people, together)

    def explaining(self) -> "Explaining":
        from chalicelib.importing.services.explaining import Explaining

        return Explaining(self._knows_diagnosis)

    def _knows_diagnosis(self, code: str) -> bool:
        """Whether any release has the code, which has no point."""
        return bool(self.diagnosis_codes().words(code))

    def _let_go(self, practice: str, payer: str) -> None:
        """Its rows are wired once somebody's address has changed, which is seldom."""
        self.payer_rows.let_go(practice, payer)
