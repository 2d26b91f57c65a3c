"""What the person who imports says where a file does not prove it."""

from dataclasses import dataclass, replace
from enum import StrEnum


class DateOrder(StrEnum):
    """Of dates such as 2/3/2026."""

    MONTH_FIRST = "mdy"
    DAY_FIRST = "dmy"


class DecimalSign(StrEnum):
    """Of amounts such as 1,250."""

    POINT = "point"
    COMMA = "comma"


@dataclass(frozen=True, slots=True)
class Choices:
    """None and "" leave it to the file. `header` is the row of the columns' names."""

    dates: DateOrder | None = None
    decimals: DecimalSign | None = None
    header: int | None = None
    sheet: str = ""


NO_CHOICES = Choices()


def of_own(said: Choices) -> Choices:
    """For files of the own formats beside reports: where a report's names of columns stand is not said of
    them."""
    return replace(said, header=None)
