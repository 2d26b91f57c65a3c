"""Export and restore."""

from functools import cached_property

from chalicelib.backups.services.backing_up import BackingUp
from chalicelib.backups.store.backups import DynamoBackups
from chalicelib.bootstrap.documents import DocumentsWiring
from chalicelib.practice.services.refiling import Refiling


class BackupsWiring(DocumentsWiring):
    @cached_property
    def backing_up(self) -> BackingUp:
        return BackingUp(
            DynamoBackups(self.clock), self.ledgers, self.people, self.practices, self.statements,
            self.imports, Refiling(self.people, self.keys), self.keys,
        )  # fmt: skip
