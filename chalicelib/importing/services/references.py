"""Whose account each row is about, and what is wrong where it names a client, charge or clinician."""

from collections.abc import Iterator
from dataclasses import dataclass, field

from chalicelib.importing.domain.batch import Batch
from chalicelib.importing.domain.problems import Problem, shown
from chalicelib.importing.domain.rows import (
    AdjustmentRow,
    ChargeRow,
    ClientRow,
    InsurancePaymentRow,
    OpeningBalanceRow,
    PaymentRow,
    RefundRow,
    Row,
)
from chalicelib.importing.domain.values import OPENING_PREFIX, kind_of_charge
from chalicelib.importing.services.naming import Naming
from chalicelib.importing.services.progress import Together
from chalicelib.ledger.domain.marker_keys import by_hand
from chalicelib.ledger.ports.ledgers import Ledgers
from chalicelib.platform.ports import Chance
from chalicelib.practice.domain.practices import Client, Practice
from chalicelib.practice.ports import People

_UNREAD = "?"


@dataclass
class References:
    """Made once for a batch; answers from its rows first, then from the store, remembering what it read.

    A client that has no account yet gets a new id here, which nobody else knows before the account is made.
    """

    practice: Practice
    batch: Batch
    ledgers: Ledgers
    people: People
    chance: Chance
    naming: Naming
    clients: dict[str, Client | None] = field(default_factory=dict)  # as stored, by account
    _accounts: dict[str, str] = field(default_factory=dict)
    _named: dict[tuple[str, str], str | None] = field(default_factory=dict)
    _listed: set[str] = field(default_factory=set)
    _misfiled: set[str] = field(default_factory=set)  # clients' own ids

    def __post_init__(self) -> None:
        self._accounts.update(self.people.accounts_of(self.practice.id, self._client_ids()))
        self._listed = {self.account(row.client_id) for row in self.batch.clients}
        self._named.update({("charge", r.charge_id): self.account(r.client_id) for r in self.batch.charges})
        self._named.update(
            {("payment", r.payment_id): self.account(r.client_id) for r in self.batch.payments}
        )
        for kind, id_ in self.batch.suspects:
            self._suspect(kind, id_)
        for row in self.batch.opening_balances:
            self._named["opening", OPENING_PREFIX + row.client_id] = self.account(row.client_id)

    def _suspect(self, kind: str, id_: str) -> None:
        """An id whose own row is wrong: what names it is not looked at until that row can be read."""
        if kind == "clients":
            self._listed.add(self.account(id_))
        elif kind == "opening_balances":
            self._named["opening", OPENING_PREFIX + id_] = _UNREAD
        else:
            self._named[kind.removesuffix("s"), id_] = _UNREAD

    def account(self, client_id: str) -> str:
        found = self._accounts.get(client_id)
        if found is None:
            found = self._accounts[client_id] = self.chance.id()
        return found

    def _client_ids(self) -> list[str]:
        """The practice's own, of every client that a row names."""
        named = (
            r.client_id
            for r in self.batch.rows
            if isinstance(r, ClientRow | ChargeRow | PaymentRow | OpeningBalanceRow)
        )
        return list(dict.fromkeys(named))

    def load_clients(self, together: Together) -> None:
        ids = self._client_ids()
        accounts = [self.account(client_id) for client_id in ids]
        found = together(lambda id_: self.people.client(self.practice.id, id_), accounts)
        self.clients = dict(zip(accounts, found, strict=True))
        clients = dict(zip(ids, found, strict=True))
        self._misfiled = {id_ for id_, client in clients.items() if client and client.external_id != id_}
        self._misfiled |= self._elsewhere({id_ for id_, client in clients.items() if client is None})

    def _elsewhere(self, absent: set[str]) -> set[str]:
        """Those of the ids that find no client, and yet are one's: taken for new, these would be doubled."""
        directory = self.people.clients(self.practice.id) if absent else ()
        return {client.external_id for client in directory if client.external_id in absent}

    def account_of(self, row: Row) -> str | None:
        """None where the row names something that is nowhere."""
        match row:
            case ClientRow() | ChargeRow() | PaymentRow() | OpeningBalanceRow():
                account = self.account(row.client_id)
                return account if account in self._listed or self.clients.get(account) else None
            case AdjustmentRow() | InsurancePaymentRow():
                return self._charged(row.charge_id)
            case RefundRow():
                return self._named_account("payment", row.payment_id)
        raise TypeError(type(row))

    def problems(self, row: Row) -> Iterator[Problem]:
        if getattr(row, "client_id", "") in self._misfiled:
            value = shown(getattr(row, "client_id", ""))
            yield row.problem("client_id", "client_misfiled", value=value)
        elif self.account_of(row) is None:
            column = {
                AdjustmentRow: "charge_id",
                InsurancePaymentRow: "charge_id",
                RefundRow: "payment_id",
            }.get(type(row), "client_id")
            code = {"charge_id": "charge_unknown", "payment_id": "payment_unknown_id"}.get(
                column, "client_unknown"
            )
            yield row.problem(column, code, value=shown(str(getattr(row, column))))
        elif isinstance(row, ChargeRow) and self.practice.clinician(row.clinician_id) is None:
            yield row.problem("clinician_id", "clinician_unknown", value=shown(row.clinician_id))
        elif isinstance(row, PaymentRow):
            yield from self._chosen(row)

    def _chosen(self, row: PaymentRow) -> Iterator[Problem]:
        for charge_id in row.charge_ids:
            account = self._named_account("charge", charge_id)
            if account not in (self.account(row.client_id), _UNREAD):
                code = "charge_unknown" if account is None else "charge_of_other_client"
                yield row.problem("charge_ids", code, value=shown(charge_id))

    def _charged(self, charge_id: str) -> str | None:
        return self._named_account(kind_of_charge(charge_id), charge_id)

    def _named_account(self, kind: str, external_id: str) -> str | None:
        key = kind, external_id
        if key not in self._named:
            standing = self.naming.standing(kind, external_id)  # undone, it may be of another client since
            marker = self.ledgers.marker(self.practice.id, by_hand(kind, standing))
            self._named[key] = marker.account_id if marker else None
        return self._named[key]
