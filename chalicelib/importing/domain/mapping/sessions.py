"""One session that was paid in parts, or two of one day? Lines of payments do not say it; their sum may."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Set
from functools import lru_cache

from chalicelib.importing.domain.mapping.records import Record
from chalicelib.importing.domain.problems import BadValue, Problem, shown
from chalicelib.importing.domain.values import Terms, amount

_PAID = {"payments": ("amount", 1), "refunds": ("amount", -1), "insurance_payments": ("paid", 1)}
_INSURERS = "insurance_payments"
_REMEMBERED = 1_000  # amounts: many lines have the same
Line = tuple[int, int]
Paid = Mapping[tuple[bool, Line], int]
"""Minor units of one line, by whether an insurer paid them."""


def doubtful_sessions(
    records: Iterable[Record], terms: Terms, before: Mapping[tuple[bool, str], int], new: Set[Line]
) -> Iterator[Problem]:
    """Those for which clients, or insurers, paid more than the fee: asked about, never decided.

    `before`: what they had paid by the books (by whether insurers did, and by the charge's id), where these
    lines are not counted in. `new` are the lines whose money is not in the books yet.
    """
    found = list(records)
    lines: dict[str, list[Record]] = {}
    for record in found:
        if record.kind == "charges" and record.rule.once and record.stem:
            lines.setdefault(record.stem, []).append(record)
    minor = _reader(terms)
    paid = _paid(found, minor)
    for stem, group in lines.items():
        fee = minor(group[0].texts["fee"])
        for insurers in (False, True):
            now = sum(paid.get((insurers, record.line), 0) for record in group)
            then, lines_new = before.get((insurers, stem), 0), {record.line for record in group} & new
            if lines_new and now and now + then > fee and (len(group) > 1 or then):
                yield group[-1].problem("fee", "sessions_or_payments", lines=len(group), row=group[0].number)
                break


def answered_elsewhere(records: Iterable[Record], before: Mapping[str, tuple[str, str]]) -> Iterator[Problem]:
    """Insurers' money that is new, and may be in the books already: asked about, never decided. `before`: by
    the charge's id, an answer that stands there, and its day."""
    for record in records:
        found = before.get(record.texts.get("charge_id", ""))
        if found:
            answer, on = found
            yield record.problem("charge_id", "insurer_answered", answer=shown(answer), on=on)


def sessions_in_parts(records: Iterable[Record], terms: Terms, new: Set[Line]) -> Iterator[Problem]:
    """Lines that would be sessions alike, with something paid on each and no more in all than one costs: they
    may be the payments of one. `new` are the lines whose session is not in the books yet."""
    found = list(records)
    alike: dict[tuple[str, str], list[Record]] = {}
    for record in found:
        if record.kind == "charges" and not record.rule.once and record.stem:
            alike.setdefault((record.stem, record.texts["fee"]), []).append(record)
    minor = _reader(terms)
    paid = _paid(found, minor)
    for (_, fee), group in alike.items():
        lines = {record.line for record in group}
        each = [paid.get((True, line), 0) + paid.get((False, line), 0) for line in lines]
        if len(lines) > 1 and lines & new and all(each) and sum(each) <= minor(fee):
            rows = ", ".join(str(record.number) for record in group)
            yield group[-1].problem("fee", "session_in_parts", rows=rows)


def sessions_beside(records: Iterable[Record], new: Set[Line]) -> Iterator[Problem]:
    """Lines of one table that would be the payments of one session, and one that says nothing of any: it may
    be another session. `new` are the lines whose session is not in the books yet."""
    found = list(records)
    lines: dict[tuple[str, int], list[Record]] = {}
    for record in found:
        if record.kind == "charges" and record.rule.once and record.stem:
            lines.setdefault((record.stem, record.place), []).append(record)
    saying = {record.line for record in found if record.kind != "charges"}
    for group in lines.values():
        bare = next((record for record in group if record.line not in saying), None)
        if len(group) > 1 and bare is not None and any(record.line in new for record in group):
            rows = ", ".join(str(record.number) for record in group)
            yield bare.problem("fee", "sessions_as_one", rows=rows)


def _paid(records: Iterable[Record], minor: Callable[[str], int]) -> Paid:
    totals: dict[tuple[bool, Line], int] = {}
    for record in records:
        if record.kind in _PAID:
            column, sign = _PAID[record.kind]
            key = (record.kind == _INSURERS, record.line)
            totals[key] = totals.get(key, 0) + sign * minor(record.texts.get(column, ""))
    return totals


def _reader(terms: Terms) -> Callable[[str], int]:
    """Minor units of a text: nothing of what cannot be read, for its own cell says so."""

    @lru_cache(maxsize=_REMEMBERED)
    def minor(text: str) -> int:
        try:
            return amount(text, terms) if text else 0
        except BadValue:
            return 0

    return minor
