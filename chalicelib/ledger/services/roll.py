"""Every account of a practice, found without a scan: by the index of accounts, and by the clients."""

from collections.abc import Iterator
from dataclasses import dataclass
from heapq import merge
from itertools import groupby

from chalicelib.kernel.account_refs import AccountRef
from chalicelib.ledger.ports.ledgers import AccountIndex
from chalicelib.practice.domain.practices import Client
from chalicelib.practice.ports import People


@dataclass(frozen=True, slots=True)
class Enrolled:
    """`indexed` is false of a client whom the index did not have when it was read: with no account, or one
    made since. `client` is None where an import has not shown it yet, or its row is gone."""

    ref: AccountRef
    indexed: bool
    client: Client | None

    @property
    def id(self) -> str:
        return self.ref.account


def roll(index: AccountIndex, people: People, practice: str, *, after: str = "") -> Iterator[Enrolled]:
    """By their ids; only those after `after`. A page of each list is in memory. Errors: Busy, Unreadable."""
    accounts = (Enrolled(ref, True, None) for ref in index.account_refs(practice, after=after))
    clients = (Enrolled(c.ref(practice), False, c) for c in people.clients(practice, after=after))
    both = merge(accounts, clients, key=lambda one: one.id)
    for ref, found in groupby(both, key=lambda one: one.ref):
        parts = list(found)
        client = next((part.client for part in parts if part.client), None)
        yield Enrolled(ref, any(part.indexed for part in parts), client)
