"""Dates as people write them. What comes first, month or day, is decided for the column, never for a cell."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta

from chalicelib.importing.domain.problems import BadValue, shown
from chalicelib.importing.domain.tables.choices import DateOrder
from chalicelib.importing.domain.tables.spelling import (
    Decision,
    Doubt,
    Key,
    ReadingTerms,
    Spelled,
    Values,
    first_of,
)
from chalicelib.importing.domain.tables.table import Kind

_TIME = (
    r"(?:(?:,? |T)(?P<time>[0-9]{1,2}:[0-9]{2}(?::[0-9]{2}(?:\.[0-9]+)?)? ?(?:[ap]\.?m\.?)?)"
    r" ?(?P<zone>Z|UTC|GMT|[+-][0-9]{2}:?[0-9]{2}|[ECMPAH][SD]?T)?)?"
)
_YEAR_FIRST = re.compile(
    rf"(?P<year>[0-9]{{4}})(?P<sep>[-/.])(?P<a>[0-9]{{1,2}})(?P=sep)(?P<b>[0-9]{{1,2}}){_TIME}", re.I
)
_YEAR_LAST = re.compile(
    rf"(?P<a>[0-9]{{1,2}})(?P<sep>[-/.])(?P<b>[0-9]{{1,2}})(?P=sep)(?P<year>[0-9]{{4}}|[0-9]{{2}}){_TIME}",
    re.I,
)
_NAMED = (
    re.compile(rf"(?P<name>[a-z]{{3,9}})\.? (?P<day>[0-9]{{1,2}}),? (?P<year>[0-9]{{4}}){_TIME}", re.I),
    re.compile(
        r"(?P<day>[0-9]{1,2})[- ](?P<name>[a-z]{3,9})\.?[- ,]{1,2}(?P<year>[0-9]{4}|[0-9]{2})" + _TIME,
        re.I,
    ),
)
_ORDERS = {DateOrder.MONTH_FIRST: "date_month_first", DateOrder.DAY_FIRST: "date_day_first"}
_COMPACT = re.compile(r"(?P<year>(?:19|20)[0-9]{2})(?P<a>[0-9]{2})(?P<b>[0-9]{2})")
_SERIAL = re.compile(r"[0-9]{5}(\.[0-9]+)?")
_EPOCH = date(1899, 12, 30)  # after Excel's 29 February 1900, that never was
_EPOCH_1904 = date(1904, 1, 1)
_MONTHS = {
    name: place
    for names in (
        "january february march april may june july august september october november december",
        "jan feb mar apr may jun jul aug sep oct nov dec",
        "enero febrero marzo abril mayo junio julio agosto septiembre octubre noviembre diciembre",
        "ene feb mar abr may jun jul ago sep oct nov dic",
    )
    for place, name in enumerate(names.split(), start=1)
} | {"sept": 9}
_ELSEWHERE = re.compile(r"Z|UTC|GMT|[+-]00:?00", re.I)
_MIDNIGHT = re.compile(r"(00|0|12):00(:00(\.0+)?)?( ?a\.?m\.?)?", re.I)


@dataclass(frozen=True, slots=True)
class _Numbers:
    """A date whose order is open: the first and the second number, and what stands between them."""

    first: int
    second: int
    year: str
    sep: str
    match: "re.Match[str]"


def decide_dates(
    values: Values,
    terms: ReadingTerms,
    said: DateOrder | None,
    *,
    births: bool = False,
    since_1904: bool = False,
) -> Decision:
    """`births`: of two digits of a year nothing tells the century. A Doubt where nothing proves the order.

    What the person says holds for all: a date that is none by it is refused where it stands.
    """
    open_ = {key: numbers for key in values if (numbers := _numbers(key)) is not None}
    mixed = _mixed(values, open_)
    if mixed is not None:
        return mixed
    proofs = {
        order: [key for key, numbers in open_.items() if _proves(numbers, order)] for order in DateOrder
    }
    if all(proofs.values()):
        return _contradiction(values, proofs)
    order = next((order for order, keys in proofs.items() if keys), said)
    unsure = [key for key, numbers in open_.items() if numbers.first != numbers.second]
    if order is None and unsure:
        return _unproven(values, unsure)
    if said is None and unsure and _unsafe(order, [open_[key] for key in unsure]):
        return _unproven(values, unsure)
    return _speller(order, said, terms, births, _EPOCH_1904 if since_1904 else _EPOCH)


def _mixed(values: Values, open_: dict[Key, _Numbers]) -> Doubt | None:
    """Dates that a spreadsheet understood beside those it did not: it may have swapped day and month."""
    own = [key for key in values if key[0] is not None or _SERIAL.fullmatch(key[1])]
    if not own or not open_:
        return None
    key, row = first_of(values, own)
    other, other_row = first_of(values, list(open_))
    return Doubt(
        "dates_mixed", row, {"value": shown(key[1]), "other": shown(other[1]), "other_row": other_row}
    )


def _unsafe(order: DateOrder | None, unsure: list[_Numbers]) -> bool:
    """What proves one way of writing proves no other; and 26/02/13 may begin with its year."""
    short = any(len(numbers.year) == 2 for numbers in unsure)
    dashed = any(len(numbers.year) == 2 and numbers.sep == "-" for numbers in unsure)
    return len({numbers.sep for numbers in unsure}) > 1 or dashed or (short and order is DateOrder.DAY_FIRST)


def _proves(numbers: _Numbers, order: DateOrder) -> bool:
    day, month = (numbers.first, numbers.second)
    if order is DateOrder.MONTH_FIRST:
        day, month = month, day
    return 12 < day <= 31 and 1 <= month <= 12


def _contradiction(values: Values, proofs: dict[DateOrder, list[Key]]) -> Doubt:
    one, row = first_of(values, proofs[DateOrder.MONTH_FIRST])
    other, other_row = first_of(values, proofs[DateOrder.DAY_FIRST])
    details = {"value": shown(one[1]), "other": shown(other[1]), "other_row": other_row}
    return Doubt("dates_contradict", row, details)


def _unproven(values: Values, unsure: list[Key]) -> Doubt:
    key, row = first_of(values, unsure)
    return Doubt("dates_unproven", row, {"value": shown(key[1])})


# --- one date ---------------------------------------------------------------------------------------


def _speller(
    order: DateOrder | None, said: DateOrder | None, terms: ReadingTerms, births: bool, epoch: date
) -> Callable[[Key], Spelled]:
    by = said or order or DateOrder.MONTH_FIRST
    how = _ORDERS[by] if order or said else "date_any_order"

    def spell(key: Key) -> Spelled:
        kind, text = key
        if kind is not None:
            return _of_workbook(kind, text, epoch)
        numbers = _numbers(key)
        if numbers is not None:
            parts = (numbers.first, numbers.second)
            month, day = parts if by is DateOrder.MONTH_FIRST else parts[::-1]
            year, more = _year(numbers.year, month, day, terms, births, text)
            return Spelled(_iso(year, month, day, text), (how, *more, *_timed(numbers.match, text)))
        return _certain(text, terms, births)

    return spell


def _of_workbook(kind: Kind, text: str, epoch: date) -> Spelled:
    if kind is Kind.DATE:
        return Spelled(text)
    if kind is Kind.MOMENT:
        return Spelled(text[:10], ("date_time_dropped",))
    if kind is Kind.NUMBER:
        return _certain_number(text, epoch)
    raise BadValue("date_unreadable", value=shown(text))


def _numbers(key: Key) -> _Numbers | None:
    match = _YEAR_LAST.fullmatch(key[1]) if key[0] is None else None
    if match is None:
        return None
    return _Numbers(int(match["a"]), int(match["b"]), match["year"], match["sep"], match)


def _certain(text: str, terms: ReadingTerms, births: bool) -> Spelled:
    """Spellings that can mean one day only."""
    match = _YEAR_FIRST.fullmatch(text)
    if match is not None:
        plain = match["sep"] == "-" and len(match["a"]) == len(match["b"]) == 2
        did = (() if plain else ("date_spelled",)) + _timed(match, text)
        return Spelled(_iso(int(match["year"]), int(match["a"]), int(match["b"]), text), did)
    match = _COMPACT.fullmatch(text)
    if match is not None:
        return Spelled(_iso(int(match["year"]), int(match["a"]), int(match["b"]), text), ("date_compact",))
    for pattern in _NAMED:
        match = pattern.fullmatch(text)
        if match is not None and match["name"].lower() in _MONTHS:
            month, day = _MONTHS[match["name"].lower()], int(match["day"])
            year, more = _year(match["year"], month, day, terms, births, text)
            return Spelled(_iso(year, month, day, text), ("date_month_named", *more, *_timed(match, text)))
    return _certain_number(text, _EPOCH)


def _certain_number(text: str, epoch: date) -> Spelled:
    """A spreadsheet's number of a day. No text tells which system it is of: 1900 is taken, and told."""
    if not _SERIAL.fullmatch(text):
        raise BadValue("date_unreadable", value=shown(text))
    whole, _, rest = text.partition(".")
    timed = ("date_time_dropped",) if rest.strip("0") else ()
    return Spelled((epoch + timedelta(days=int(whole))).isoformat(), ("date_serial", *timed))


def _timed(match: "re.Match[str]", text: str) -> tuple[str, ...]:
    """A time of Greenwich may be of another day here: it is refused, but at midnight."""
    if match["time"] is None:
        return ()
    if (
        match["zone"]
        and _ELSEWHERE.fullmatch(match["zone"])
        and not _MIDNIGHT.fullmatch(match["time"].strip())
    ):
        raise BadValue("date_zone", value=shown(text))
    return ("date_time_dropped",)


def _year(
    text: str, month: int, day: int, terms: ReadingTerms, births: bool, whole: str
) -> tuple[int, tuple[str, ...]]:
    """Of two digits: a birth that would be in the future was a century ago, and all else is of this century.

    Births that may be of either century, and years to come, are refused: `98` of a service could be a slip.
    """
    if len(text) == 4:
        return int(text), ()
    latest = terms.latest
    year = latest.year // 100 * 100 + int(text)
    if births and (year, month, day) > (latest.year, latest.month, latest.day):
        return year - 100, ("date_two_digits",)
    if births or year > latest.year:
        raise BadValue("date_century", value=shown(whole))
    return year, ("date_two_digits",)


def _iso(year: int, month: int, day: int, text: str) -> str:
    try:
        return date(year, month, day).isoformat()
    except ValueError:
        raise BadValue("date_absent", value=shown(text)) from None
