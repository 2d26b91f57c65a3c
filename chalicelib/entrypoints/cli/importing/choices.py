"""What the person says with `billfold import` where a file does not prove how it is to be read."""

import argparse
import shlex
from collections.abc import Iterator

from chalicelib.importing.domain.tables.choices import Choices, DateOrder, DecimalSign


def add_options(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--dates", type=DateOrder, choices=tuple(DateOrder), help="of dates like 2/3/2026: what comes first"
    )
    parser.add_argument(
        "--decimals", type=DecimalSign, choices=tuple(DecimalSign),
        help="of amounts like 1,250: what stands before the cents",
    )  # fmt: skip
    parser.add_argument("--header", type=int, metavar="ROW", help="the row of the columns' names")
    parser.add_argument("--sheet", default="", metavar="NAME", help="of a workbook: the sheet to read")


def said(options: argparse.Namespace) -> Choices:
    return Choices(options.dates, options.decimals, options.header, options.sheet)


def words_of(options: argparse.Namespace) -> Iterator[str]:
    """What was said, to be said again with the next command."""
    found = said(options)
    for name in ("dates", "decimals", "header", "sheet"):
        if value := getattr(found, name):
            yield f"--{name} {shlex.quote(str(value))}"
