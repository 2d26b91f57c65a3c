"""What a practice's month costs, estimated from what is counted. List prices, no bill; nothing of a client.

The dollars of each operation are what `make cost` counts at the list prices, without what functions compute;
tests/soak/test_cost.py holds them to it. The whole deployment's are shared by its practices.
"""

from dataclasses import dataclass

from chalicelib.hosting.domain.prices import MILLION, MONTHLY, PRICES

PAYMENT = 0.0782 / 1000  # without its mail
VISIT = 0.027 / 1000  # signing in and opening Billing
STATEMENT = 11.53 / MILLION
NIGHTS = 0.0019 / 1000  # an account's month of nights
IDLE_PRACTICE = 0.0036  # a month of days in which nothing happens
CLOCK = 0.275  # the month's calls by the clock
STANDING = 20.21  # a month of a live stage's alarms, two firewalls, key and queues
# Assumed of a client: visits with a sign-in code in a month, and two years of rows and files that are kept.
VISITS = 1.5
ROWS_GB, FILES_GB = 50e3 / 1e9, 24 * 2 * 32e3 / 1e9


@dataclass(frozen=True, slots=True)
class Counts:
    """Of one practice: clients that have an account, payments by processors in the last 30 days, statements
    of the month before. `cut`: of one of these lists not all was counted."""

    clients: int
    payments: int
    statements: int
    cut: bool = False


@dataclass(frozen=True, slots=True)
class Estimate:
    """Dollars a month: of the practice alone, and its share of what is there however many there are."""

    own: float
    share: float

    @property
    def all(self) -> float:
        return self.own + self.share


def visits(counts: Counts) -> float:
    """As assumed; nobody counts them."""
    return VISITS * counts.clients


def mails(counts: Counts) -> float:
    """One of each payment and statement, and a code of each visit that is assumed."""
    return counts.payments + counts.statements + visits(counts)


def estimate(counts: Counts, *, practices: int) -> Estimate:
    """`practices`: how many share the deployment, this one among them."""
    kept = ROWS_GB * (MONTHLY["GB in the table"] + MONTHLY["GB to be recovered"])
    kept += FILES_GB * MONTHLY["GB of files"]
    own = (
        counts.payments * PAYMENT + visits(counts) * VISIT + counts.statements * STATEMENT
        + counts.clients * (NIGHTS + kept) + mails(counts) * PRICES["mails"] + IDLE_PRACTICE
    )  # fmt: skip
    return Estimate(own, (STANDING + CLOCK) / practices)
