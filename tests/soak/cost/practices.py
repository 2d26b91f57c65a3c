"""A month of practices of several sizes, from what operations cost and what is assumed of their clients."""

from collections.abc import Mapping

from chalicelib.hosting.domain.costs import FILES_GB, ROWS_GB, VISITS
from chalicelib.hosting.domain.prices import MONTHLY, PRICES
from tests.soak.cost.standing import counted

HEAD = (
    "clients", "payments", "visits", "statements", "nights", "mail", "kept", "at rest", "a month", "a client",
)  # fmt: skip
SIZES = (30, 500, 5_000)
# Assumed, of a client and a month; a mail for each code, receipt and statement.
PAYMENTS, STATEMENTS = 1.0, 1.0
MAILS = VISITS + PAYMENTS + STATEMENTS


def table(sums: Mapping[str, float]) -> str:
    """`sums` as of the summary, in dollars."""
    lines = [f"| {' | '.join(HEAD)} |", "|---" * len(HEAD) + "|"]
    at_rest = sum(counted().values()) + sums["the clock, a month"] + sums["an idle practice, a month of days"]
    for clients in SIZES:
        parts = (*(clients * each for each in _of_a_client(sums)), at_rest)
        whole = sum(parts)
        amounts = " | ".join(f"{part:.2f}" for part in parts)
        lines.append(f"| {clients:,} | {amounts} | **{whole:.2f}** | {whole / clients:.3f} |")
    return "\n".join(lines)


def _of_a_client(sums: Mapping[str, float]) -> tuple[float, ...]:
    rows = MONTHLY["GB in the table"] + MONTHLY["GB to be recovered"]
    return (
        PAYMENTS * sums["1,000 payments, all"] / 1000,
        VISITS * sums["1,000 visits: signing in, opening Billing"] / 1000,
        STATEMENTS * sums["a million statements"] / 1e6,
        sums["1,000 accounts for a month of nights"] / 1000,
        MAILS * PRICES["mails"],
        ROWS_GB * rows + FILES_GB * MONTHLY["GB of files"],
    )
