"""The format of what a deployment stores: one number over the versions of its rows and its entries' text.

A release reads its own format and the one before. It writes whichever is in force in its deployment, so that
the release before goes on reading all there is until an operator puts the next one in force
(`billfold migrate --finish`). Whoever changes what a kind of row or an entry's text says raises FORMAT, once
between two releases, and names there the format that brings the change (`Codec.since`, `entry_text.SINCE`).
"""

from collections.abc import Callable
from dataclasses import dataclass

from chalicelib.kernel.errors import Refused

FORMAT = 1


@dataclass(frozen=True, slots=True)
class InForce:
    """What a deployment writes, and since when (seconds since 1970; 0: from the beginning)."""

    format: int = 1
    since: int = 0


def reads() -> tuple[int, ...]:
    """The formats that this release reads, and may be told to write."""
    return tuple(range(max(1, FORMAT - 1), FORMAT + 1))


def check_read(format_: int) -> int:
    """The format itself. Error: Refused format_unread, where this release must leave the table alone."""
    if format_ not in reads():
        raise Refused("format_unread", stored=format_, reads=" and ".join(map(str, reads())))
    return format_


def in_force() -> int:
    """What this process is to write. Errors: Busy; Refused format_unread."""
    return _source()


def follow(source: Callable[[], int]) -> None:
    """Ask `source` from now on, once a release has two formats to choose from."""
    global _source
    _source = source


def _newest() -> int:
    return FORMAT


_source: Callable[[], int] = _newest
