"""Charges whose facts a file corrected, so that another row of the file says them than the one of their id.

A session's code was corrected, and its charge kept the id that the first code made. A second session of that
day under the first code has that very id, and is not that charge.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from chalicelib.importing.domain.batch import key_of
from chalicelib.importing.domain.mapping.made_ids import stem_of
from chalicelib.importing.domain.mapping.making import renamed
from chalicelib.importing.domain.mapping.records import Record
from chalicelib.importing.domain.rows import ChargeRow, Row
from chalicelib.importing.services.comparing import Changed, Known, compared, is_corrected
from chalicelib.importing.services.missing import KINDS
from chalicelib.importing.services.renumbered import renumbered
from chalicelib.importing.services.stored import Stored
from chalicelib.ledger.services.posting import own_id

Pair = tuple[Record, Row]
Groups = Mapping[tuple[str, str], Sequence[Pair]]


@dataclass(frozen=True)
class TakenOver:
    """`names`: the charges' ids by the new ones of the rows that say them. `unclear`: ids of those that a row
    of their id says otherwise by now, and that another new row of the day may be, by client and day."""

    names: Mapping[str, str] = field(default_factory=dict)
    unclear: Mapping[tuple[str, str], Sequence[str]] = field(default_factory=dict)

    def may_be(self, pair: Pair) -> Sequence[str]:
        return self.unclear.get(_place(pair), ()) if isinstance(pair[1], ChargeRow) else ()


def taken_over(
    practice: str,
    groups: Groups,
    posted: Mapping[tuple[str, str], Sequence[str]],
    books_of: Callable[[Pair], Stored],
) -> TakenOver:
    """`posted`: ids in the books, by the kind of row and what they were made of."""
    found = [
        (id_, _place(group[0]), books)
        for key, group in groups.items()
        if key[0] == "charges" and key in posted
        for books in (books_of(group[0]),)
        for id_ in _otherwise(practice, group, posted[key], books)
    ]
    new = _new(groups, posted)
    names = _answered(practice, groups, new, books_of)
    unclear: dict[tuple[str, str], list[str]] = {}
    for id_, place, books in found:
        if id_ in names.values():
            continue
        free = (pair for pair in new.get(place, ()) if _id(pair) not in names)
        saying = next((pair for pair in free if _says(practice, pair, id_, books)), None)
        if saying is not None:
            names[_id(saying)] = id_
        else:
            unclear.setdefault(place, []).append(id_)
    return TakenOver(names, unclear)


def _answered(
    practice: str,
    groups: Groups,
    new: Mapping[tuple[str, str], Sequence[Pair]],
    books_of: Callable[[Pair], Stored],
) -> dict[str, str]:
    """The charges' ids by those of new rows that a person has said to be them, and that no row of their own
    id says."""
    names: dict[str, str] = {}
    by_client: dict[str, Mapping[str, str]] = {}
    for (client_id, _), pairs in new.items():
        books = books_of(pairs[0])
        known = by_client.get(client_id)
        if known is None:
            known = by_client[client_id] = renumbered(books)
        for pair in pairs if known else ():
            held = known.get(_id(pair), "")
            own = groups.get(("charges", stem_of(held)), ())
            if (
                held
                and held not in names.values()
                and not any(_says(practice, one, held, books) for one in own)
            ):
                names[_id(pair)] = held
    return names


def _otherwise(practice: str, group: Sequence[Pair], ids: Iterable[str], books: Stored) -> list[str]:
    """Corrected charges that no row with what their ids were made of says."""
    charges = ((id_, books.charges.get(own_id(practice, "charge", id_))) for id_ in ids)
    return [
        id_
        for id_, charge in charges
        if charge is not None
        and charge.facts_seq
        and not any(books.undone(kind, id_) for kind in KINDS["charges"])
        and not any(_says(practice, pair, id_, books) for pair in group)
        and is_corrected(charge, books)
    ]


def _new(
    groups: Groups, posted: Mapping[tuple[str, str], Sequence[str]]
) -> dict[tuple[str, str], list[Pair]]:
    """Charges that the books have under none of their ids, by client and day."""
    found: dict[tuple[str, str], list[Pair]] = {}
    for key, group in groups.items():
        if key[0] == "charges" and key not in posted and len(group) == 1:
            found.setdefault(_place(group[0]), []).append(group[0])
    return found


def _says(practice: str, pair: Pair, id_: str, books: Stored) -> bool:
    """Whatever the fee is by now; what staff corrected here is no difference."""
    verdict = compared(practice, renamed(pair[1], {_id(pair): id_}), books)
    return isinstance(verdict, Known) or (isinstance(verdict, Changed) and not verdict.facts)


def _id(pair: Pair) -> str:
    return key_of(pair[0].rule.format, pair[1])


def _place(pair: Pair) -> tuple[str, str]:
    texts = pair[0].texts
    return texts["client_id"], texts.get("date", "")
