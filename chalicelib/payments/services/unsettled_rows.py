"""Rows of a processor's books to be looked at again, kept from round to round: not settled, or on their way.

What could not be settled has its alert already, so that a row for which there is no room is known to a person
all the same; and payments that are on their way are looked at by `sweep`, too.
"""

import json
from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass

from chalicelib.kernel.errors import BillfoldError
from chalicelib.kernel.outside import ProcessorRefused, Unreadable
from chalicelib.payments.ports.movements import Kind, Movement

MOST = 200  # rows, about 50 kB of the round's item, which DynamoDB takes up to 400 kB of

# What is wrong with one row, its payment or its account, and with no other. A store or a processor that is
# away is none of these: it ends the step, which is then done again.
OF_ONE_ROW = (BillfoldError, ProcessorRefused, Unreadable, LookupError, TypeError, ValueError)


@dataclass(frozen=True, slots=True)
class LeftOver:
    """By the processor's name of each row, oldest first."""

    rows: tuple[Movement, ...] = ()

    @staticmethod
    def parse(text: str) -> "LeftOver":
        return LeftOver(
            tuple(Movement(**{**row, "kind": Kind(row["kind"])}) for row in json.loads(text or "[]"))
        )

    def __str__(self) -> str:
        return json.dumps([asdict(row) for row in self.rows], separators=(",", ":")) if self.rows else ""

    def __iter__(self) -> Iterator[Movement]:
        return iter(self.rows)

    def plus(self, rows: Iterable[Movement]) -> "LeftOver":
        known = {row.id: row for row in (*self.rows, *rows)}
        return LeftOver(tuple(known.values())[:MOST])


def code(error: Exception) -> str:
    """What stopped a row, in a word that is safe to log."""
    if isinstance(error, BillfoldError | ProcessorRefused):
        return error.code
    return "row_unreadable" if isinstance(error, Unreadable) else type(error).__name__
