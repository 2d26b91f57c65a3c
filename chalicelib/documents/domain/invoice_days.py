"""Which services the clock invoices, by the practice's setting. Pure; days are practice-local."""

from collections.abc import Mapping

from chalicelib.documents.domain.invoices import Days, Grouping
from chalicelib.practice.domain.practices import InvoicesBy, Practice

GROUPINGS: Mapping[InvoicesBy, Grouping] = {
    InvoicesBy.SESSION: Grouping.SESSION,
    InvoicesBy.DAY: Grouping.DAY,
    InvoicesBy.MONTH: Grouping.MONTH,
}


def due(practice: Practice, today: str) -> Days | None:
    """The days whose services are to be invoiced by `today`: all until yesterday, or until the month before
    ended. So what a day without the clock left out, and what was entered late, comes with the next round.
    None where the practice issues by hand, or begins later."""
    if practice.invoices is InvoicesBy.HAND:
        return None
    return since_first(practice, f"{today[:8]}01" if practice.invoices is InvoicesBy.MONTH else today)


def since_first(practice: Practice, until: str) -> Days | None:
    """As `due`, of a round that has begun."""
    by_clock = practice.invoices is not InvoicesBy.HAND
    return Days(practice.invoices_from, until) if by_clock and practice.invoices_from < until else None
