"""The ledger, and the register of imports that are under way."""

from functools import cached_property
from typing import TYPE_CHECKING

from chalicelib.bootstrap.operations import OperationsWiring
from chalicelib.ledger.ports.imports import Imports
from chalicelib.ledger.services.history import History
from chalicelib.ledger.services.reading import Reading
from chalicelib.ledger.store.imports import DynamoImports
from chalicelib.ledger.store.ledgers import DynamoLedgers

if TYPE_CHECKING:
    from chalicelib.ledger.services.import_register import Register
    from chalicelib.ledger.services.posting import Posting


class LedgerWiring(OperationsWiring):
    @cached_property
    def ledgers(self) -> DynamoLedgers:
        return DynamoLedgers()

    @cached_property
    def reading(self) -> Reading:
        return Reading(self.ledgers, self.practices)

    @cached_property
    def history(self) -> History:
        return History(self.reading)

    @cached_property
    def imports(self) -> Imports:
        return DynamoImports()

    @cached_property
    def register(self) -> "Register":
        from chalicelib.ledger.services.import_register import Register

        return Register(self.imports, self.alerting, self.clock)

    def posting(self, actor: str) -> "Posting":
        """`actor` is written into every entry that it posts."""
        from chalicelib.ledger.services.posting import Posting

        return Posting(self.ledgers, self.clock, actor, self.alerting)
