"""What a processor's list of news leads to."""

from datetime import datetime

from chalicelib.payments.ports.processors import Announces, Facts, Reference


def listed(processor: Announces, since: datetime) -> list[Reference]:
    """Every object on every page, as often as it is there."""
    page = processor.changes(since=since, cursor="")
    found = list(page.about)
    while page.next_cursor:
        page = processor.changes(since=since, cursor=page.next_cursor)
        found += page.about
    return found


def told(processor: Announces, since: datetime) -> list[Facts]:
    """The facts of ours, each object asked for once."""
    facts = [processor.look(about) for about in dict.fromkeys(listed(processor, since))]
    return [found for found in facts if found is not None]
