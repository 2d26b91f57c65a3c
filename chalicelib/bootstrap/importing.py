"""Files of rows to commands."""

from typing import TYPE_CHECKING

from chalicelib.bootstrap.documents import DocumentsWiring
from chalicelib.kernel.actors import Actor

if TYPE_CHECKING:
    from chalicelib.importing.services.balances import BalanceCheck
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
