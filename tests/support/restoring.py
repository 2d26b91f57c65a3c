"""A table that is brought back to an earlier moment, as its point-in-time recovery does; no processor is."""

from typing import Any

from tests.support.ledgers import MemoryLedgers

Moment = dict[str, dict[Any, Any]]


def moment(ledgers: MemoryLedgers) -> Moment:
    """All rows as they are now."""
    return {name: dict(rows) for name, rows in vars(ledgers).items() if isinstance(rows, dict)}


def restore(ledgers: MemoryLedgers, to: Moment) -> None:
    vars(ledgers).update({name: dict(rows) for name, rows in to.items()})
