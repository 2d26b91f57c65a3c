"""Addresses that their owners changed here: a file that says otherwise does not overwrite them.

With a client stands what each source of files last gave, as a digest under the practice's secret: a former
address is not kept for it, and without the secret it cannot be found by trying. Where the client's address is
another than that, and than the file's, it was changed here since. A source that gave none yet may say what
another one gave last: where the client has another by now, that is the former one.
"""

from collections.abc import Iterable, Mapping

from chalicelib.importing.domain.mapping.made_ids import ADDRESS, MadeIds
from chalicelib.importing.domain.rows import ClientRow
from chalicelib.practice.domain.practices import Client

# Each with the columns that go along: a guarantor's name, and what they may see, are of whoever has that
# address.
ADDRESSES: Mapping[str, tuple[str, ...]] = {
    "email": (),
    "address": (),
    "guarantor_email": ("guarantor_name", "guarantor_superbills"),
}
_HEX = 16


def changed_here(row: ClientRow, stored: Client, ids: MadeIds) -> tuple[str, ...]:
    """Columns of addresses that the row would overwrite."""
    return tuple(column for column in _given(row) if _stays(row, stored, column, ids))


def remembering(row: ClientRow, client: Client, kept: Iterable[str], ids: MadeIds) -> Mapping[str, str]:
    """What sources gave last once the row is in, but of the columns `kept`."""
    given = {
        _key(row, column): _digest(ids, getattr(row, column)) for column in _given(row) if column not in kept
    }
    return {**client.addresses_given, **given}


def last_gave(client: Client, source: str, column: str, address: str, ids: MadeIds) -> bool:
    """Whether files of the source gave the client that address last."""
    return client.addresses_given.get(f"{source}:{column}") == _digest(ids, address)


def _given(row: ClientRow) -> list[str]:
    return [column for column in ADDRESSES if column in row.given]


def _stays(row: ClientRow, stored: Client, column: str, ids: MadeIds) -> bool:
    held, said = getattr(stored, column), getattr(row, column)
    if held == said:
        return False
    last = stored.addresses_given.get(_key(row, column))
    return last != _digest(ids, held) if last is not None else _digest(ids, said) in _by_any(stored, column)


def _by_any(stored: Client, column: str) -> set[str]:
    """What each source gave last."""
    return {last for key, last in stored.addresses_given.items() if key.rpartition(":")[2] == column}


def _key(row: ClientRow, column: str) -> str:
    return f"{row.source}:{column}"


def _digest(ids: MadeIds, text: str) -> str:
    return ids.made(ADDRESS, text, length=_HEX)
