"""What tells rows alike apart: a payment and its session are of one line, wherever in the file that stands.

Of two sessions of a day that say the same, the one that was paid in the books is the one that the file has as
paid. By the order of lines its payment would be for another charge than it was posted for.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from itertools import chain

from chalicelib.importing.domain.batch import key_of
from chalicelib.importing.domain.formats import of_row
from chalicelib.importing.domain.rows import AdjustmentRow, InsurancePaymentRow, PaymentRow, Row
from chalicelib.importing.services.missing import KIND_OF, brought
from chalicelib.importing.services.paid_before import applied
from chalicelib.importing.services.stored import Stored
from chalicelib.ledger.domain.entries import Entry, EntryKind

Links = Counter[tuple[object, ...]]
"""Of a charge, what is about it; of a payment, the charges that it is for."""
Fit = tuple[int, int]
"""How many links are the same, and how many the books have besides, negative: the greater, the better."""
_ABOUT = PaymentRow, AdjustmentRow, InsurancePaymentRow
_NONE: Links = Counter()


@dataclass(frozen=True)
class Linked:
    """`rows`: the import's, some and others, with the ids that files give. `names`: those of the books by
    these, as far as they are found."""

    rows: Sequence[Sequence[Row]]
    names: Mapping[str, str]
    _books: dict[int, Mapping[tuple[str, str], Links]] = field(default_factory=dict)

    def fit(self, row: Row, id_: str, books: Stored) -> Fit:
        """How well the row fits what the books have under that id."""
        kind = of_row(row).kind
        said, held = self._said(row), self._held(books).get((kind, id_), _NONE)
        common = (said & held).total()
        return common, common - held.total()

    def whole(self, row: Row) -> Fit:
        """The best that it can fit."""
        return self._said(row).total(), 0

    def _said(self, row: Row) -> Links:
        if isinstance(row, PaymentRow):
            return Counter((self.names.get(id_, id_),) for id_ in row.charge_ids)
        return self._about.get(key_of(of_row(row), row), _NONE)

    @cached_property
    def _about(self) -> Mapping[str, Links]:
        """What the file has about charges, by their ids."""
        found: dict[str, Links] = {}
        for row in chain.from_iterable(self.rows):
            if isinstance(row, _ABOUT):
                link = of_row(row).kind, row.date, getattr(row, "amount_minor", 0)
                for id_ in row.charge_ids if isinstance(row, PaymentRow) else (row.charge_id,):
                    found.setdefault(id_, Counter())[link] += 1
        return found

    def _held(self, books: Stored) -> Mapping[tuple[str, str], Links]:
        """By kind and id, of what files brought."""
        if id(books) not in self._books:
            found: dict[tuple[str, str], Links] = {}
            for entry, charges in _brought(books):
                kind, id_ = KIND_OF[entry.draft.kind], entry.draft.reference
                held = books.recorded[entry.draft.kind, id_]
                link = kind, held.on, 0 if kind == "insurance_payments" else held.amount_minor
                for charge in charges:
                    found.setdefault(("charges", charge), Counter())[link] += 1
                    if kind == "payments":
                        found.setdefault((kind, id_), Counter())[charge,] += 1
            self._books[id(books)] = found
        return self._books[id(books)]


def _brought(books: Stored) -> Iterator[tuple[Entry, Sequence[str]]]:
    """With the external ids of the charges that each is about; an insurer's answer once, not each part."""
    seen = set[tuple[str, str]]()
    for entry in brought(books.entries):
        draft = entry.draft
        key = KIND_OF[draft.kind], draft.reference
        ids: Iterable[str] = (books.recorded[draft.kind, draft.reference].charge_id,)
        if draft.kind is EntryKind.PAYMENT:
            ids = (id_ for id_, _ in applied(draft))
        if key[0] not in ("charges", "refunds") and key not in seen:
            seen.add(key)
            yield entry, [books.charges[id_].external_id for id_ in ids if id_ in books.charges]
