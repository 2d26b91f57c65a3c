"""Numbers of entries as spans: in any order, and back."""

import pytest

from chalicelib.documents.domain.spans import Span, numbers, spans


@pytest.mark.parametrize(
    ("of", "expected"),
    [
        ([], ()),
        ([4], (Span(4, 4),)),
        ([3, 1, 2], (Span(1, 3),)),
        ([1, 2, 4, 5, 9], (Span(1, 2), Span(4, 5), Span(9, 9))),
    ],
)
def test_numbers_that_follow_each_other_are_a_span(of: list[int], expected: tuple[Span, ...]) -> None:
    assert spans(of) == expected
    assert numbers(expected) == sorted(of)


def test_small_gaps_are_closed_where_that_is_asked_for() -> None:
    assert spans([1, 4, 8], gap=2) == (Span(1, 4), Span(8, 8))
    assert spans([1, 4, 8], gap=3) == (Span(1, 8),)
