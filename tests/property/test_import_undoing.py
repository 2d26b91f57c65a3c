"""An import of whatever rows is taken back whole: afterwards the account is as if it had never been."""

import pytest
from hypothesis import given, seed, settings

from chalicelib.importing.services.progress import SILENT
from chalicelib.importing.services.steps import step_of
from chalicelib.importing.services.writing import Writing
from chalicelib.kernel.actors import of_import
from chalicelib.kernel.errors import Refused
from chalicelib.ledger.domain.ledger import fold
from chalicelib.ledger.ports.imports import UnderWay
from chalicelib.ledger.services.posting import Posting
from tests.property.conftest import MORE
from tests.property.test_import_batches import DRAWN, REF, drawn_row
from tests.support.clock import FakeClock
from tests.support.imports import MemoryImports
from tests.support.ledgers import MemoryLedgers
from tests.support.seed import SEED
from tests.unit.importing.test_undoing import undoing_of
from tests.unit.importing.world import PRACTICE


@settings(max_examples=25 * MORE, deadline=None, database=None)
@seed(SEED)
@given(before=DRAWN, drawn=DRAWN)
def test_whatever_was_imported_can_be_undone(
    before: list[tuple[str, int, str, bool]], drawn: list[tuple[str, int, str, bool]]
) -> None:
    """Issue 17: over the rows of an earlier import, which stay, and of which nothing is owed anew."""
    ledgers, clock = MemoryLedgers(), FakeClock()
    imports = MemoryImports(ledgers)
    Posting(ledgers, clock).open_account(REF, "USD")
    left = []
    for id_, rows, first in (("one", before, 0), ("two", drawn, 100)):
        steps = [
            step_of(drawn_row(kind, first + number, amount, charge, more=more), {})
            for number, (kind, amount, charge, more) in enumerate(rows)
        ]
        imports.begin("oak", UnderWay(id_, "import", id_, 1, 1, ("f",)), due_at="")
        Writing(ledgers, clock, SILENT, of_import(id_)).post(REF, steps)
        imports.end("oak", UnderWay(id_, "import", id_, 1, 1, ("f",), ended_at="later"))
        left.append(ledgers.accounts["oak", "maya"].ledger)
    _undo(ledgers, imports, "two")
    ledger = ledgers.accounts["oak", "maya"].ledger
    assert ledger.balance_minor == left[0].balance_minor
    assert fold("USD", ledgers.entries(REF)) == ledger
    _undo(ledgers, imports, "one")
    ledger = ledgers.accounts["oak", "maya"].ledger
    assert (dict(ledger.open), ledger.credit_minor) == ({}, 0)


def _undo(ledgers: MemoryLedgers, imports: MemoryImports, import_id: str) -> None:
    """Of an import whose every row was refused there is nothing."""
    undoing, actors = undoing_of(ledgers, imports), {entry.actor for entry in ledgers.entries(REF)}
    if of_import(import_id) not in actors:
        with pytest.raises(Refused, match="import_without_entries"):
            undoing.plan(PRACTICE, import_id)
        return
    plan = undoing.plan(PRACTICE, import_id)
    assert plan.resting == ()
    assert undoing.apply(plan) == ()
