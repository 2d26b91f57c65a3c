"""One session that was paid in parts, or two of one day? Lines of payments do not say it; their sum may."""

from collections.abc import Iterable, Iterator, Mapping

from chalicelib.importing.domain.mapping.records import Record
from chalicelib.importing.domain.problems import BadValue, Problem
from chalicelib.importing.domain.values import Terms, amount

_PAID = {"payments": ("amount", 1), "insurance_payments": ("paid", 1), "refunds": ("amount", -1)}


def doubtful_sessions(records: Iterable[Record], terms: Terms) -> Iterator[Problem]:
    """Those of which more than their fee was paid over several lines: asked about, never decided."""
    found = list(records)
    lines: dict[str, list[Record]] = {}
    for record in found:
        if record.kind == "charges" and record.rule.once and record.stem:
            lines.setdefault(record.stem, []).append(record)
    several = {stem: group for stem, group in lines.items() if len(group) > 1}
    paid = _paid(found, terms) if several else {}
    for group in several.values():
        total = sum(paid.get(record.line, 0) for record in group)
        if total > _minor(group[0].texts["fee"], terms):
            yield group[0].problem("fee", "sessions_or_payments", lines=len(group), row=group[1].number)


def _paid(records: Iterable[Record], terms: Terms) -> Mapping[tuple[int, int], int]:
    totals: dict[tuple[int, int], int] = {}
    for record in records:
        if record.kind in _PAID:
            column, sign = _PAID[record.kind]
            minor = _minor(record.texts.get(column, ""), terms)
            totals[record.line] = totals.get(record.line, 0) + sign * minor
    return totals


def _minor(text: str, terms: Terms) -> int:
    """Nothing of what cannot be read: its own cell says so."""
    try:
        return amount(text, terms) if text else 0
    except BadValue:
        return 0
