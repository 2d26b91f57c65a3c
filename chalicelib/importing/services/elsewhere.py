"""New payments and sessions of an export that are there from elsewhere: by hand, from an own file, or by
another map. Nobody else can give the ids that a map makes, so it is asked whether they are one.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from chalicelib.importing.domain.mapping.records import Record
from chalicelib.importing.domain.problems import Problem, shown
from chalicelib.importing.domain.rows import ChargeRow, PaymentRow, Row
from chalicelib.importing.services.comparing import fee_now
from chalicelib.importing.services.missing import KIND_OF, source_of
from chalicelib.importing.services.paid_online import is_online
from chalicelib.importing.services.stored import Stored
from chalicelib.kernel.actors import Actor, Channel
from chalicelib.ledger.domain.entries import Entry
from chalicelib.ledger.services.posting import own_id

_Said = tuple[str, str, int]
"""A client, a day, and an amount."""
_MONEY, _SESSION = "payments", "charges"


@dataclass(frozen=True, slots=True)
class _There:
    """`code` of a session, "" where none is known. `by_hand`: no file brought it."""

    id: str
    code: str
    by_hand: bool = False


@dataclass(frozen=True)
class Elsewhere:
    """`known` is what the books have, by the client's own id; `beside` are the import's other rows."""

    practice: str
    known: Mapping[str, Stored]
    beside: Sequence[Row] = ()
    _found: dict[tuple[str, _Said], list[_There]] = field(default_factory=dict)

    def problems(self, new: Iterable[tuple[Record, Row]]) -> Iterator[Problem]:
        """Of rows that the books have under no id. One of elsewhere is asked about once."""
        self._gather()
        for record, row in new if self._found else ():
            if not isinstance(row, PaymentRow | ChargeRow):
                continue
            there = self._found.get((record.kind, _said(row)), [])
            same = next((one for one in there if self._may_be(record, row, one)), None)
            if same is not None:
                there.remove(same)
                yield record.problem("date", "row_elsewhere", ids=shown(same.id))

    def _may_be(self, record: Record, row: Row, there: _There) -> bool:
        """A report's own numbers tell its rows apart: of these, what is by hand alone counts."""
        source = f"{record.stem.partition('-')[0]}-"
        other = source_of(there.id) != source if record.stem else there.by_hand
        return other and (not isinstance(row, ChargeRow) or not there.code or row.cpt in ("", there.code))

    def _gather(self) -> None:
        for client_id, books in self.known.items():
            for entry in books.entries:
                self._add_entry(client_id, entry, books)
        posted = {id_ for books in self.known.values() for _, id_ in books.recorded}
        for row in self.beside:
            if isinstance(row, PaymentRow) and row.payment_id not in posted:
                self._add(_MONEY, _said(row), _There(row.payment_id, ""))
            elif isinstance(row, ChargeRow) and row.charge_id not in posted:
                self._add(_SESSION, _said(row), _There(row.charge_id, row.cpt))

    def _add_entry(self, client_id: str, entry: Entry, books: Stored) -> None:
        draft, id_ = entry.draft, entry.draft.reference
        kind, found = KIND_OF.get(draft.kind, ""), books.get(draft.kind, id_)
        if kind not in (_MONEY, _SESSION) or found is None or found.undone or is_online(draft.kind, found):
            return
        code, amount = "", found.amount_minor
        if kind == _SESSION:
            charge = books.charges[own_id(self.practice, "charge", id_)]
            code, amount = charge.cpt, fee_now(charge, id_, books)
        by_hand = Actor.parse(entry.actor).channel is not Channel.IMPORT
        self._add(kind, (client_id, draft.occurred_on, amount), _There(id_, code, by_hand))

    def _add(self, kind: str, said: _Said, there: _There) -> None:
        self._found.setdefault((kind, said), []).append(there)


def _said(row: PaymentRow | ChargeRow) -> _Said:
    return row.client_id, row.date, row.fee_minor if isinstance(row, ChargeRow) else row.amount_minor
