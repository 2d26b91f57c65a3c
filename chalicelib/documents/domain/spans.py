"""Numbers of entries in few words: a month's hundred of them are a span or two. Pure."""

from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Span:
    """The numbers from `first` to `last`, both included."""

    first: int
    last: int


Spans = tuple[Span, ...]
"""Ascending; no two of them touch."""


def spans(numbers: Iterable[int], *, gap: int = 0) -> Spans:
    """The numbers, in any order; spans with no more than `gap` other numbers between them become one."""
    found: list[Span] = []
    for number in sorted(numbers):
        if found and number - found[-1].last <= gap + 1:
            found[-1] = Span(found[-1].first, number)
        else:
            found.append(Span(number, number))
    return tuple(found)


def numbers(of: Iterable[Span]) -> list[int]:
    return [number for span in of for number in range(span.first, span.last + 1)]
