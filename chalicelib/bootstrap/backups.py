"""Export and restore."""

from functools import cached_property
from typing import TYPE_CHECKING

from chalicelib.bootstrap.questions import QuestionsWiring

if TYPE_CHECKING:
    from chalicelib.backups.services.backing_up import BackingUp
    from chalicelib.backups.services.migrating import Migrating


class BackupsWiring(QuestionsWiring):
    @cached_property
    def backing_up(self) -> "BackingUp":
        from chalicelib.backups.services.backing_up import BackingUp
        from chalicelib.backups.store.backups import DynamoBackups
        from chalicelib.backups.store.logos import BackupsWithLogos
        from chalicelib.practice.services.refiling import Refiling

        return BackingUp(
            BackupsWithLogos(DynamoBackups(self.clock), self.files), self.ledgers, self.people,
            self.practices, self.statements, self.invoices, self.superbills,
            self.imports, Refiling(self.people, self.keys, (self.guest_forms,)), self.keys,
        )  # fmt: skip

    @cached_property
    def migrating(self) -> "Migrating":
        from chalicelib.backups.services.migrating import Migrating
        from chalicelib.backups.store.former_rows import DynamoFormerRows

        return Migrating(
            self.formats, DynamoFormerRows(), self.ledgers, self.practices, self.rounds, self.clock
        )
