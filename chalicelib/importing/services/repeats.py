"""Rows whose ids were made and are alike: matched with the books by what they say, never by their order.

A count that changed since the last export is asked about: one more may be a second session of the day, or the
same one corrected. So is a row that is new where another of its client and day is missing: its code, or what
else its id is made of, may have been corrected.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence, Set
from dataclasses import dataclass, field, replace
from datetime import date

from chalicelib.importing.domain.batch import batch_id, gathered, key_of
from chalicelib.importing.domain.mapping.made_ids import MadeIds, beside_known, stem_of
from chalicelib.importing.domain.mapping.making import renamed
from chalicelib.importing.domain.mapping.records import Record
from chalicelib.importing.domain.mapping.telling import Tally
from chalicelib.importing.domain.problems import Problem
from chalicelib.importing.domain.rows import ChargeRow, Row
from chalicelib.importing.services.comparing import compared, same
from chalicelib.importing.services.linked import Fit, Linked
from chalicelib.importing.services.missing import KINDS
from chalicelib.importing.services.moved import amount_held, amount_said
from chalicelib.importing.services.replaced import Other, Replaced
from chalicelib.importing.services.retyped import Listed, Retyped
from chalicelib.importing.services.stored import Stored
from chalicelib.importing.services.taken_over import Groups, TakenOver, taken_over
from chalicelib.practice.domain.practices import Practice

Pair = tuple[Record, Row]
Days = Mapping[str, tuple[str, str]]
_MONEY = "payments", "refunds"


@dataclass(frozen=True)
class Doubts:
    """New rows that others of the books may be, and what the whole file lacks: asked about once the books of
    all clients are known. `confirmed`: the person has said that what the books have not is new."""

    tally: Tally
    problems: list[Problem]
    listed: Listed
    confirmed: bool = False
    _found: list[tuple[Record, Sequence[str], Sequence[Other], str]] = field(default_factory=list)

    def add(self, record: Record, gone: Sequence[str], moved: Sequence[Other], *, may_accept: bool) -> None:
        """`gone` are of its client and day, `moved` of its amount and another day: in the books, and not
        here. `may_accept`: accepted, it is the one that is gone."""
        if gone or moved:
            code = "row_moved" if not gone else "row_replaced" if may_accept else "row_beside"
            self._found.append((record, gone, moved, code))

    @property
    def of_their_day(self) -> frozenset[tuple[str, int]]:
        """The places of the rows that may be another of their client and day."""
        return frozenset((record.file, record.number) for record, gone, _, _ in self._found if gone)

    def ask(self) -> None:
        nearest = self._nearest()
        for record, gone, others, code in self._found:
            may_be = [one for one in others if not gone and self._may_be(one)]
            asked = [one for one in may_be if not one.taken_off]
            moved = [one.id for one in asked if _apart(record, one) <= nearest[one.id]]
            ids = ", ".join((gone or moved)[:3])
            if self.confirmed and (gone or asked):  # also where the question is of a nearer row
                self.tally.add(record.file, "", "repeats_new", record.number, kind=record.kind)
            elif ids:
                self.problems.append(record.problem("date", code, ids=ids))
            elif len(may_be) > len(asked):
                on = next(one.on for one in may_be if one.taken_off)
                self.tally.add(record.file, "", "near_taken_off", record.number, on=on)

    def _nearest(self) -> dict[str, int]:
        """By the ids of the books, the days to the nearest new row that may be it: it moved once, and the
        client's next session is no other answer."""
        found: dict[str, int] = {}
        for record, gone, others, _ in self._found:
            for one in (one for one in others if not (gone or one.taken_off) and self._may_be(one)):
                apart = _apart(record, one)
                found[one.id] = min(apart, found.get(one.id, apart))
        return found

    def _may_be(self, one: Other) -> bool:
        return one.gone is None or self.listed.lacks(one.gone)


def _apart(record: Record, one: Other) -> int:
    return abs((date.fromisoformat(record.texts["date"]) - date.fromisoformat(one.on)).days)


@dataclass(frozen=True, slots=True)
class _Found:
    """`names`: ids in the books by those of rows that are new there. `doubtful`: rows that are none of them
    for certain, each with those of its day that it may be. `answered`: ids of rows that are what they are by
    the person's word."""

    names: Mapping[str, str]
    doubtful: Sequence[tuple[Pair, Sequence[str]]]
    answered: Set[str]


@dataclass(frozen=True)
class Repeats:
    """`known` is what the books have, by the client's own id. `ids` made those of the file. `beside`: the
    import's other rows. `accepted`: what the file says otherwise of known charges is taken over. `doubts` are
    of the whole file, of which these may be a part."""

    practice: Practice
    known: Mapping[str, Stored]
    ids: MadeIds
    tally: Tally
    problems: list[Problem]
    doubts: Doubts
    beside: Sequence[Row] = ()
    accepted: bool = False

    def settled(self, pairs: Sequence[Pair]) -> list[Row]:
        rows = [row for _, row in pairs]
        if not any(books.recorded for books in self.known.values()):
            return rows
        holds = any(books.account and books.account.hold for books in self.known.values())
        begun = batch_id(self.practice.id, gathered([*self.beside, *rows])) if holds else None
        groups = {
            key: group
            for key, group in _groups(pairs).items()
            if (account := self._books(group[0]).account) is None or account.hold != begun
        }  # for the others this very import was broken off: half of it is there
        posted, new = _posted_ids(self.known), list[Pair]()
        over = taken_over(self.practice.id, groups, posted, self._books)
        names: dict[str, str] = dict(over.names)
        linked = Linked((self.beside, rows), names)
        for key, group in sorted(groups.items(), key=lambda item: item[0][0] != "charges"):
            had = posted.get(key, [])
            there = [id_ for id_ in had if id_ not in over.names.values()]
            if had and (
                set(there) != {_id(pair) for pair in group}
                or self._is_charged_anew(group, there)
                or self._is_turned(group, there, linked)
            ):
                names |= self._matched(group, there, had, linked)
            elif not had and _id(group[0]) not in over.names:
                new.append(group[0])
        stems = {record.stem for record, _ in pairs if record.stem}
        retyped = Retyped(self.practice, self.known, stems, self.doubts.listed)
        replaced = Replaced(
            self.practice.id, stems, self.doubts.listed.days, self.accepted, retyped, self.ids
        )
        found = self._replacing(new, groups, replaced, over)
        names |= found.names
        for record in (record for record, row in pairs if _id((record, row)) in found.answered):
            self.tally.add(record.file, "", "repeats_known", record.number, kind=record.kind)
        return [_named(pair, names, found.answered) for pair in pairs] if names else rows

    def _books(self, pair: Pair) -> Stored:
        return self.known.get(pair[0].texts["client_id"], Stored())

    def _replacing(
        self, new: Sequence[Pair], groups: Groups, replaced: Replaced, over: TakenOver
    ) -> "_Found":
        """Of all that may stand under other ids, and do not for certain, it is asked."""
        found = self._found(new, groups, replaced, over)
        if not found.doubtful or self.doubts.confirmed:
            accepted: Mapping[str, str] = {}
        else:  # of these, the answer that changes are accepted would settle some
            accepted = self._found(new, groups, replace(replaced, accepted=True), over).names
        for asked, others in found.doubtful:
            moved = () if others else replaced.moved(asked, found.names, self._books(asked))
            self.doubts.add(asked[0], others, moved, may_accept=_id(asked) in accepted)
        return found

    def _found(self, new: Sequence[Pair], groups: Groups, replaced: Replaced, over: TakenOver) -> "_Found":
        names, answered = dict(over.names), set[str]()
        doubtful = list[tuple[Pair, Sequence[str]]]()
        places = Counter(_place(pair) for pair in new)
        for pair in sorted(new, key=lambda pair: pair[0].kind != "charges"):
            books, group = self._books(pair), groups[pair[0].kind, pair[0].stem]
            gone = [id_ for id_ in replaced.gone(pair, books) if id_ not in names.values()]
            known = ""
            if gone and len(group) == 1:
                known = replaced.known_as(pair, gone, books)
                if not known and places[_place(pair)] == 1:
                    known = replaced.accepted_as(pair, gone, books)
                    answered |= {_id(pair)} if known else set()
            found = {_id(pair): known} if known else _about(group, gone, names, replaced, books)
            names |= found
            left = next((each for each in group if _id(each) not in found), None)
            if left is not None:
                doubtful.append((left, gone))
        taken = set(names.values())  # also by rows that stand below
        may_be = [
            (left, [*(id_ for id_ in gone if id_ not in taken), *over.may_be(left)])
            for left, gone in doubtful
        ]
        return _Found(names, may_be, answered)

    def _matched(
        self, group: Sequence[Pair], there: Sequence[str], had: Sequence[str], linked: Linked
    ) -> dict[str, str]:
        """New ids by those that the lines were given at first. `had` are all that are taken, `there` those
        that no other row says."""
        kind, books = group[0][0].kind, self._books(group[0])
        names = self._alike(group, there, linked)
        left = [pair for pair in group if _id(pair) not in names]
        matched = set(names.values())
        free = [id_ for id_ in there if id_ not in matched]
        stand = [id_ for id_ in free if not _is_undone(kind, id_, books)]
        if not (left or stand):  # what staff took back, and the file has no more, is as both want it
            return names
        if stand and len(left) == len(there) == 1:
            return {**names, _id(left[0]): stand[0]}  # the one there is has changed: told as of any row
        if not stand and kind != "charges":  # staff took those back, and the file has them otherwise
            names |= {_id(pair): id_ for pair, id_ in zip(left, free, strict=False)}
            left = left[len(free) :]
        if there and (left or stand):
            self._judge(group, left, stand, [id_ for id_ in there if not _is_undone(kind, id_, books)])
        elif left:
            self.tally.add(group[0][0].file, "", "repeats_new", group[0][0].number, kind=group[0][0].kind)
        return names | _fresh(left, had)

    def _alike(self, group: Sequence[Pair], there: Sequence[str], linked: Linked) -> dict[str, str]:
        """Of rows that say what the books have, the ids there: first of those that what is about them tells
        apart, then in the order of the lines."""
        books = self._books(group[0])
        some, names = self._by_amount(group[0][0].kind, there, books), dict[str, str]()
        for least in (1, 0):
            for pair in group:
                if _id(pair) not in names and linked.whole(pair[1])[0] >= least:
                    alike = some.get(amount_said(pair[1]), [])
                    if found := self._best(pair, alike, linked, least):
                        alike.remove(found)
                        names[_id(pair)] = found
        return names

    def _best(self, pair: Pair, alike: Sequence[str], linked: Linked, least: int) -> str:
        """Of what is the same, what fits best, with as many links at least; "" for none."""
        books, whole, found = self._books(pair), linked.whole(pair[1]), list[tuple[Fit, str]]()
        for id_ in alike:
            fit = linked.fit(pair[1], id_, books)
            if fit[0] >= least and self._same(pair, id_, books, linked.names):
                found.append((fit, id_))
                if fit == whole:
                    break
        return max(found, key=lambda one: one[0])[1] if found else ""

    def _is_turned(self, group: Sequence[Pair], there: Sequence[str], linked: Linked) -> bool:
        """Whether what is about rows alike is about others of them than by their ids."""
        books = self._books(group[0])
        return len(group) > 1 and any(
            (own := linked.fit(row, _id((record, row)), books)) != linked.whole(row)
            and any(linked.fit(row, id_, books)[0] > own[0] for id_ in there)
            for record, row in group
        )

    def _is_charged_anew(self, group: Sequence[Pair], there: Sequence[str]) -> bool:
        """Whether staff took back a charge that the file has otherwise: its id can have no second entry."""
        books = self._books(group[0])
        if group[0][0].kind != "charges" or not any(_is_undone("charges", id_, books) for id_ in there):
            return False
        return any(not any(self._same(pair, id_, books, {}) for id_ in there) for pair in group)

    def _by_amount(self, kind: str, there: Sequence[str], books: Stored) -> dict[tuple[int, ...], list[str]]:
        """What stands before what was taken back."""
        found: dict[tuple[int, ...], list[str]] = {}
        for id_ in sorted(there, key=lambda id_: _is_undone(kind, id_, books)):
            found.setdefault(amount_held(self.practice.id, kind, id_, books), []).append(id_)
        return found

    def _same(self, pair: Pair, id_: str, books: Stored, names: Mapping[str, str]) -> bool:
        row = pair[1] if isinstance(pair[1], ChargeRow) else renamed(pair[1], names)
        row = renamed(row, {_id(pair): id_})
        return same(compared(self.practice.id, row, books))

    def _judge(
        self, group: Sequence[Pair], left: Sequence[Pair], free: Sequence[str], there: Sequence[str]
    ) -> None:
        """`free` and `there`: what stands. Confirmed, what is only more is new, and what is only fewer is
        named. Where the file has others in their place, staff take those back that it has not: then the ids
        are free for what it has."""
        record = (left or group)[0][0]
        details = {"found": len(group), "posted": len(there), "ids": ", ".join((free or there)[:3]) or "-"}
        if left and free:
            self.problems.append(self._at(record, "repeats_differ", details))
        elif (left or free) and not self.doubts.confirmed:
            self.problems.append(self._at(record, "repeats_changed", details))
        elif left:
            self.tally.add(record.file, "", "repeats_new", record.number, kind=record.kind)
        elif free:
            self.tally.add(record.file, "", "repeats_missing", record.number, kind=record.kind)

    def _at(self, record: Record, code: str, details: Mapping[str, object]) -> Problem:
        return record.problem("date", code, **details)


def _named(pair: Pair, names: Mapping[str, str], answered: Set[str]) -> Row:
    row, given = renamed(pair[1], names), _id(pair)
    return replace(row, renumbered=given) if isinstance(row, ChargeRow) and given in answered else row


def _about(
    group: Sequence[Pair], gone: Sequence[str], names: Mapping[str, str], replaced: Replaced, books: Stored
) -> dict[str, str]:
    """Of rows alike, those that are about what stands under another id, and so do themselves."""
    found: dict[str, str] = {}
    for pair in group if gone else ():
        free = [id_ for id_ in gone if id_ not in found.values()]
        if known := replaced.same_about(pair, free, names, books):
            found[_id(pair)] = known
    return found


def _is_undone(kind: str, id_: str, books: Stored) -> bool:
    return any(books.undone(entry_kind, id_) for entry_kind in KINDS.get(kind, ()))


def _place(pair: Pair) -> tuple[str, str, str]:
    record = pair[0]
    return record.kind, record.texts["client_id"], record.texts.get("date", "")


def days_of(records: Iterable[Record]) -> Days:
    """The first and the last day of the rows, by their kind: of money both ways, as it is one list."""
    found: dict[str, tuple[str, str]] = {}
    for record in records:
        on = record.texts.get("date", "")
        if not on:
            continue
        first, last = found.get(record.kind, (on, on))
        found[record.kind] = min(first, on), max(last, on)
    money = [days for kind, days in found.items() if kind in _MONEY]
    first, last = min((first for first, _ in money), default=""), max((last for _, last in money), default="")
    return {kind: (first, last) if kind in _MONEY else days for kind, days in found.items()}


def _id(pair: Pair) -> str:
    return key_of(pair[0].rule.format, pair[1])


def _groups(pairs: Iterable[Pair]) -> dict[tuple[str, str], list[Pair]]:
    groups: dict[tuple[str, str], list[Pair]] = {}
    for record, row in pairs:
        if record.stem:
            groups.setdefault((record.kind, record.stem), []).append((record, row))
    return groups


def _fresh(left: Iterable[Pair], there: Iterable[str]) -> dict[str, str]:
    """Ids that nothing has yet."""
    taken, names = set(there), dict[str, str]()
    for pair in left:
        id_, number = _id(pair), 1
        while id_ in taken:
            id_, number = beside_known(pair[0].stem, number), number + 1
        taken.add(id_)
        names[_id(pair)] = id_
    return names


def _posted_ids(known: Mapping[str, Stored]) -> dict[tuple[str, str], list[str]]:
    """Ids in the books, by the kind of row and what they were made of."""
    found: dict[tuple[str, str], list[str]] = {}
    for books in known.values():
        for kind, id_ in books.recorded:
            for name, kinds in KINDS.items():
                if kind in kinds:
                    ids = found.setdefault((name, stem_of(id_)), [])
                    if id_ not in ids:
                        ids.append(id_)
    return found
