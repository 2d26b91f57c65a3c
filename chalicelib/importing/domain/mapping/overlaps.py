"""Rows that several tables of one import have: the files overlap, or one of them is a copy.

They are held to each other as a later report is to the books: a row is posted as often as that table has it
which has it most often.
"""

from collections import Counter
from collections.abc import Iterable, Sequence

from chalicelib.importing.domain.mapping.records import Record
from chalicelib.importing.domain.mapping.telling import Tally
from chalicelib.importing.domain.problems import Problem

Twins = list[tuple[Record, Record]]
"""A record that is not posted, and the one of another table that stands for it."""
_Group = dict[int, list[Record]]  # by the place of the table


def without_overlap(
    records: Sequence[Record], confirmed: bool, tally: Tally, problems: list[Problem]
) -> tuple[list[Record], Twins]:
    """`confirmed`: what one table has more, or otherwise, is new; else that is a problem."""
    twins: Twins = []
    for group in _groups(records):
        tables = list(group.values())
        saying = [Counter(map(_says, table)) for table in tables]
        odd = next((at for at, one in enumerate(saying) if one != saying[0]), None)
        if odd is not None and not confirmed:
            problems.append(_asked(tables[0], tables[odd]))
        twins += _twins(tables)
    for gone, _ in twins:
        tally.add(gone.file, "", "rows_in_two_files", gone.number, kind=gone.kind)
    dropped = {id(gone) for gone, _ in twins}
    return [record for record in records if id(record) not in dropped], twins


def _groups(records: Iterable[Record]) -> list[_Group]:
    """Of one kind and stem each, in several tables. What is posted once anyhow, or added up, is none."""
    found: dict[tuple[str, str], _Group] = {}
    made = [record for record in records if record.stem and not (record.rule.once or record.rule.sums)]
    if len({record.place for record in made}) < 2:
        return []
    for record in made:
        found.setdefault((record.kind, record.stem), {}).setdefault(record.place, []).append(record)
    return [group for group in found.values() if len(group) > 1]


def _twins(tables: Sequence[Sequence[Record]]) -> Twins:
    alike: dict[str, list[list[Record]]] = {}
    for table in tables:
        own: dict[str, list[Record]] = {}
        for record in table:
            own.setdefault(_says(record), []).append(record)
        for says, some in own.items():
            alike.setdefault(says, []).append(some)
    twins: Twins = []
    for groups in alike.values():
        most = max(groups, key=len)
        twins += [pair for group in groups if group is not most for pair in zip(group, most, strict=False)]
    return twins


def _says(record: Record) -> str:
    return repr(sorted(record.texts.items()))


def _asked(first: Sequence[Record], other: Sequence[Record]) -> Problem:
    details: dict[str, object] = {
        "found": len(other), "first": len(first), "first_file": first[0].file, "first_row": first[0].number
    }  # fmt: skip
    return other[0].problem("date", "files_differ", **details)
