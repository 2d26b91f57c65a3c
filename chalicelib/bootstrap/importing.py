"""Files of rows to commands."""

from chalicelib.bootstrap.ledger import LedgerWiring
from chalicelib.importing.services.importer import Importer
from chalicelib.importing.services.progress import Progress, Together
from chalicelib.kernel.actors import Actor


class ImportingWiring(LedgerWiring):
    def importer(self, *, actor: Actor, together: Together, progress: Progress) -> Importer:
        return Importer(
            self.ledgers, self.practices, self.people, self.keys, self.chance, self.register, self.clock,
            together, progress, actor.text, self.alerting,
        )  # fmt: skip
