"""What clients owe after an import, held against the old system's list of balances."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from chalicelib.importing.domain.rows import OpeningBalanceRow
from chalicelib.importing.services.planning import Plan
from chalicelib.importing.services.progress import Together
from chalicelib.kernel.account_refs import AccountRef
from chalicelib.ledger.ports.ledgers import Ledgers
from chalicelib.practice.ports import People


@dataclass(frozen=True, slots=True)
class Difference:
    """By the practice's own id of the client; minor units. `row` is None where the list lacks the client."""

    client_id: str
    books_minor: int
    row: OpeningBalanceRow | None = None


@dataclass(frozen=True, slots=True)
class Comparison:
    agreeing: int
    differences: tuple[Difference, ...]


@dataclass(frozen=True)
class BalanceCheck:
    ledgers: Ledgers
    people: People
    together: Together

    def compare(self, plan: Plan, listed: Sequence[OpeningBalanceRow]) -> Comparison:
        """Client by client: those of the list in its order, then those who owe, or are owed, without it."""
        books = self._books(plan)
        found = [Difference(row.client_id, books.get(row.client_id, 0), row) for row in listed]
        differing = [one for one in found if one.row and one.row.amount_minor != one.books_minor]
        in_list = {row.client_id for row in listed}
        unlisted = [Difference(id_, minor) for id_, minor in sorted(books.items()) if minor]
        rest = [one for one in unlisted if one.client_id not in in_list]
        return Comparison(len(found) - len(differing), (*differing, *rest))

    def of_clients(self, refs: Sequence[AccountRef]) -> Mapping[str, int]:
        """What each owes now, in minor units, by our id; none of one without an account."""
        return dict(self._balances(refs))

    def _books(self, plan: Plan) -> Mapping[str, int]:
        """What each client owes once the plan is written, by the practice's own id."""
        planned = {account.ref.account: account.balance_minor for account in plan.accounts}
        known = {client.id: client.external_id for client in self.people.clients(plan.practice.id)}
        others = [AccountRef(plan.practice.id, id_) for id_ in known if id_ not in planned]
        balances = dict(self._balances(others))
        new = {account.ref.account: account.client_id for account in plan.accounts if account.new}
        return {
            name: planned.get(id_, balances.get(id_, 0)) for id_, name in {**known, **new}.items() if name
        }

    def _balances(self, refs: Sequence[AccountRef]) -> Iterator[tuple[str, int]]:
        accounts = self.together(self.ledgers.account, refs)
        for ref, account in zip(refs, accounts, strict=True):
            if account is not None:
                yield ref.account, account.ledger.balance_minor
