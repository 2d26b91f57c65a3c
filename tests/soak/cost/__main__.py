"""What Billfold costs: `python -m tests.soak.cost`, or `make cost`.

Each operation is played on the shipped code, its calls are counted and billed at list prices. Prints tables
in Markdown; `--json FILE` keeps the figures, `--beside FILE` prints those of another commit's run, too.
"""

import argparse
import json
import logging
import sys
from collections.abc import Mapping
from pathlib import Path

from chalicelib.hosting.domain.prices import CHECKED, DYNAMODB, MILLION, REGION, dollars
from tests.conftest import pytest_configure
from tests.soak.cost import operations, practices
from tests.soak.cost.floor import FLOOR
from tests.soak.cost.standing import standing
from tests.soak.environment import versions

Counts = Mapping[str, float]
# Of a payment. Signing in and looking are of a visit, whether somebody pays or not.
PAYMENT = (
    "starting a payment", "settling it, by its webhooks", "its receipt", "coming back from it",
    "reconciling it",
)  # fmt: skip
REQUESTS = ("queue requests", "files put", "files read", "calls of functions", "gateway requests")
HEAD = (
    "", "calls of AWS, of Stripe", "read units", "write units", "of indexes", "DynamoDB", "requests",
    "Lambda", "all", "floor",
)  # fmt: skip
LAMBDA = ("waiting GB-seconds", "computing GB-seconds")


def measured(*, quick: bool = False) -> dict[str, dict[str, float]]:
    """The counts of each operation, and its calls of each service under "calls: …"."""
    played = {
        **operations.visits(1 if quick else 12),
        **operations.reconciled(3 if quick else 72),
        **operations.saved(1 if quick else 12),
        **operations.statements(12 if quick else 60),
        **operations.nights(3 if quick else 12),
        **operations.at_rest(),
    }
    return {
        title: {**each.counts, **{f"calls: {name}": number for name, number in each.calls.items()}}
        for title, each in played.items()
    }


def without_mail(counts: Counts) -> dict[str, float]:
    return {n: number for n, number in counts.items() if n != "mails" and not n.startswith("calls: ")}


def payment(figures: Mapping[str, Counts]) -> dict[str, float]:
    """All that one payment is billed for, but its mail."""
    names = {name for title in PAYMENT for name in without_mail(figures[title])}
    return {name: sum(figures[title].get(name, 0.0) for title in PAYMENT) for name in names}


def table(figures: Mapping[str, Counts]) -> str:
    lines = [f"| {' | '.join(HEAD)} |", "|---" * len(HEAD) + "|"]
    rows = {title: counts for title, counts in figures.items() if not title.startswith("a month")}
    for title, counts in rows.items():
        lines.append(_line(title, counts, FLOOR.get(title)))
        if title == PAYMENT[-1]:
            lines.append(_line("**a payment**", payment(figures), _sum_of_floors()))
    return "\n".join(lines)


def _sum_of_floors() -> Counts:
    names = {name for title in PAYMENT for name in FLOOR[title]}
    return {name: sum(FLOOR[title].get(name, 0.0) for title in PAYMENT) for name in names}


def _line(title: str, counts: Counts, floor: Counts | None) -> str:
    asked = sum(
        number for name, number in counts.items() if name.startswith("calls: ") and "stripe" not in name
    )
    billed = without_mail(counts)
    cells = [
        title,
        f"{asked:.1f}, {counts.get('calls: stripe', 0):.1f}" if asked else "",
        *(f"{counts.get(name, 0):.1f}" for name in DYNAMODB),
        *(f"{1000 * dollars(billed, *names):.4f}" for names in (DYNAMODB, REQUESTS, LAMBDA)),
        f"**{1000 * dollars(billed):.4f}**",
        f"{1000 * dollars(floor):.4f}" if floor else "",
    ]
    return "| " + " | ".join(cells) + " |"


def summary(figures: Mapping[str, Counts]) -> dict[str, float]:
    """In dollars, without mail."""
    whole = payment(figures)
    return {
        "1,000 payments, all": 1000 * dollars(whole),
        "… of it DynamoDB": 1000 * dollars(whole, *DYNAMODB),
        "… of it reconciling": 1000 * dollars(without_mail(figures["reconciling it"])),
        "1,000 visits: signing in, opening Billing": 1000 * sum(
            dollars(without_mail(figures[title])) for title in ("signing in", "opening Billing")
        ),
        "1,000 payments with a saved card, before their receipts": 1000 * dollars(
            without_mail(figures["paying with a saved card"])
        ),
        "a million statements": MILLION * dollars(without_mail(figures["a statement"])),
        "1,000 accounts for a month of nights": 1000 * operations.NIGHTS * dollars(
            without_mail(figures["a night, an account"])
        ),
        "an idle practice, a month of days": dollars(without_mail(figures["a month, a practice"])),
        "the clock, a month": dollars(without_mail(figures["a month's clock"])),
    }  # fmt: skip


def main() -> int:
    read = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    read.add_argument("--quick", action="store_true")
    read.add_argument("--json", type=Path)
    read.add_argument("--beside", type=Path, help="figures of another run")
    asked = read.parse_args()
    pytest_configure()
    logging.disable(logging.CRITICAL)
    figures = measured(quick=asked.quick)
    print(f"{versions()}\nlist prices of {REGION}, {CHECKED}; dollars for 1,000 of each, without mail\n")
    print(table(figures))
    sums = summary(figures)
    other = json.loads(asked.beside.read_text())["sums"] if asked.beside else {}
    print(
        f"\n| dollars, without mail | {'before | ' if other else ''}now |\n|---|{'---|' if other else ''}---|"
    )
    for name, amount in sums.items():
        print(f"| {name} | {f'{other[name]:.4f} | ' if other else ''}**{amount:.4f}** |")
    print(f"\n{standing()}\n\n{practices.table(sums)}")
    if asked.json:
        asked.json.write_text(json.dumps({"figures": figures, "sums": sums}, indent=1))
    return 0


if __name__ == "__main__":
    sys.exit(main())
