"""Payments and refunds of an export that were made online here, and that staff entered elsewhere, too."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from chalicelib.importing.domain.mapping.records import Record
from chalicelib.importing.domain.mapping.telling import Tally
from chalicelib.importing.domain.problems import BadValue, Problem, shown
from chalicelib.importing.domain.rows import PaymentRow
from chalicelib.importing.domain.values import Terms, amount
from chalicelib.importing.services.stored import Recorded, Stored
from chalicelib.ledger.domain.entries import Entry, EntryKind
from chalicelib.ledger.domain.payments import EXTERNAL_METHODS

_NEAR = 6  # days either way: staff write it down later, a bank takes its time, a weekly one is not the next
_EARLIER = 31  # days: it is written down under the day of the session that it was for
_AT_THE_DESK = "cash", "check"  # nobody pays so online: such a row is one where no other can be
_KINDS = {"payments": EntryKind.PAYMENT, "refunds": EntryKind.REFUND}
_LEFT_OUT = {"payments": "payments_online", "refunds": "refunds_online"}
_NEW = {"payments": "payments_beside_online", "refunds": "refunds_beside_online"}
_Whose = tuple[str, str, int]
"""A kind of rows, a client and an amount."""


@dataclass(frozen=True, slots=True)
class _Online:
    """A client's payment that a processor took, or what it gave back."""

    id: str
    on: str


@dataclass(frozen=True)
class PaidOnline:
    """`known` is what the books have, by the client's own id. `days`: the first and the last of the file's
    money.

    `recorded`: the practice has said that staff write each online payment into the other system.
    `confirmed`: the person has said that what the books have not is new.
    """

    known: Mapping[str, Stored]
    days: tuple[str, str]
    terms: Terms
    tally: Tally
    problems: list[Problem]
    recorded: bool = False
    confirmed: bool = False

    def candidates(self, records: Iterable[Record]) -> set[str]:
        """The clients of whom a row may be an online payment or refund."""
        return {
            client_id
            for (kind, client_id, minor) in self._new(records, {})
            if self._online(kind, client_id, minor)
        }

    def left_out(self, records: Iterable[Record], names: Mapping[int, str]) -> list[Record]:
        """Those of online payments and refunds, one for one, the nearest first: with `recorded` alone. What
        may be one, and is not left out, is a problem: also where the payment is of no day of the file, for
        it may have its own row in another report. Refunds of the very day `Refunded` finds. `names`: under
        which the books have records that they do not have under their own ids."""
        gone = []
        for (kind, client_id, minor), rows in self._new(records, names).items():
            online = self._online(kind, client_id, minor)
            for record, there in _pairs(rows, online) if online else ():
                apart = _apart(record, there)
                if kind == "refunds" and not 0 < abs(apart) <= _NEAR:
                    continue
                if self.recorded and abs(apart) <= _NEAR and (kind == "refunds" or self._covers(there)):
                    self.tally.add(record.file, record.headers["amount"], _LEFT_OUT[kind], record.number)
                    gone.append(record)
                elif not self.confirmed:
                    self._ask(record, there, apart)
                else:
                    self.tally.add(record.file, record.headers["amount"], _NEW[kind], record.number)
        return gone

    def _online(self, kind: str, client_id: str, minor: int) -> list[_Online]:
        return _online(self.known.get(client_id, Stored()), _KINDS[kind], minor)

    def _covers(self, there: _Online) -> bool:
        first, last = self.days
        return first <= there.on <= last

    def _ask(self, record: Record, there: _Online, apart: int) -> None:
        outside = self.recorded and abs(apart) <= _NEAR
        code = "row_paid_online_outside" if outside else "row_paid_online"
        code = "row_refunded_online" if record.kind == "refunds" else code
        self.problems.append(record.problem("date", code, ids=shown(there.id), on=there.on))

    def _new(self, records: Iterable[Record], names: Mapping[int, str]) -> dict[_Whose, list[Record]]:
        """Those that the books have under no id."""
        posted = {id_ for books in self.known.values() for _, id_ in books.recorded}
        found: dict[_Whose, list[Record]] = {}
        for record in records:
            if (
                record.kind not in _KINDS
                or names.get(id(record), record.texts[record.rule.format.key]) in posted
            ):
                continue
            try:
                minor = amount(record.texts["amount"], self.terms)
                date.fromisoformat(record.texts["date"])
            except (BadValue, ValueError):
                continue  # its cell says so
            found.setdefault((record.kind, record.texts["client_id"], minor), []).append(record)
        return found


def may_be_online(row: PaymentRow, entries: Iterable[Entry], books: Stored) -> bool:
    """Whether one of the entries is a payment of its amount that was made here, and may be it."""
    for entry in entries:
        found = books.get(entry.draft.kind, entry.draft.reference)
        online = found is not None and is_online(entry.draft.kind, found) and not found.undone
        if online and found and found.amount_minor == row.amount_minor and _may_be(_days(row.date, found.on)):
            return True
    return False


def is_online(kind: EntryKind, entry: Recorded) -> bool:
    return kind is EntryKind.PAYMENT and entry.method not in EXTERNAL_METHODS


def _online(books: Stored, of: EntryKind, minor: int) -> list[_Online]:
    return [
        _Online(id_, entry.on)
        for (kind, id_), entry in books.recorded.items()
        if kind is of and entry.method not in EXTERNAL_METHODS
        if not entry.undone and entry.amount_minor == minor
    ]


def _pairs(rows: Sequence[Record], online: Sequence[_Online]) -> Iterator[tuple[Record, _Online]]:
    """Each row and each payment once: those of a few days first, as many of them as can be, then those that
    were written down long before. Cash and checks come after all others."""
    desk = [record.texts.get("method", "").lower() in _AT_THE_DESK for record in rows]
    apart = [(_apart(row, there), n, m) for n, row in enumerate(rows) for m, there in enumerate(online)]
    may_be = sorted((abs(days), n, m) for days, n, m in apart if _may_be(days))
    found: dict[int, int] = {}
    for at_the_desk in (False, True):
        left = [one for one in may_be if desk[one[1]] is at_the_desk and one[2] not in found.values()]
        found |= _matched([one for one in left if one[0] <= _NEAR])
        for _, n, m in left:
            if n not in found and m not in found.values():
                found[n] = m
    yield from ((rows[n], online[m]) for n, m in found.items())


def _matched(near: Sequence[tuple[int, int, int]]) -> dict[int, int]:
    """Rows with their payments, the nearest first. A row that is left over takes another's, whose row has one
    more that it may be: who pays twice a week has rows between two payments."""
    may_be: dict[int, list[int]] = {}
    found: dict[int, int] = {}
    taken: dict[int, int] = {}
    for _, n, m in near:
        may_be.setdefault(n, []).append(m)
        if n not in found and m not in taken:
            found[n], taken[m] = m, n

    def takes(n: int, asked: set[int]) -> bool:
        for m in may_be[n]:
            if m not in asked:
                asked.add(m)
                if m not in taken or takes(taken[m], asked):
                    found[n], taken[m] = m, n
                    return True
        return False

    for n in may_be:
        if n not in found:
            takes(n, set())
    return found


def _apart(record: Record, there: _Online) -> int:
    """Days from the payment to the row, negative where the row is earlier."""
    return _days(record.texts["date"], there.on)


def _days(row_on: str, online_on: str) -> int:
    return (date.fromisoformat(row_on) - date.fromisoformat(online_on)).days


def _may_be(days: int) -> bool:
    return -_EARLIER <= days <= _NEAR
