"""Draw docs/states.svg from the tables of transitions of payments, refunds and disputes.

`python -m scripts.draw_states`. One column per state, one arrow per transition, so that nothing overlaps
however a table changes. A test holds the checked-in file to what this draws.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Any

from chalicelib.kernel.machines import Transition
from chalicelib.ledger.domain import disputes, payments, refunds

Row = Transition[Any, Any]

FILE = Path(__file__).parents[1] / "docs" / "states.svg"
COLUMN, ROW, TOP, MARGIN, HEADING = 124, 26, 92, 20, 20

_STYLE = """
  svg { font: 13px system-ui, sans-serif; }
  .page { fill: #ffffff; } .ink { fill: #1f2933; } .soft { fill: #52606d; }
  .name { fill: #1f2933; font-weight: 600; }
  .lane { stroke: #cbd2d9; stroke-dasharray: 3 4; } .rule { stroke: #e4e7eb; }
  .box { fill: #f5f7fa; stroke: #52606d; } .live { fill: #e3f1ee; stroke: #1b6f62; stroke-width: 1.6; }
  .arrow { stroke: #1b6f62; stroke-width: 1.4; } .head { fill: #1b6f62; }
  @media (prefers-color-scheme: dark) {
    .page { fill: #14191f; } .ink, .name { fill: #e4e7eb; } .soft { fill: #9aa5b1; }
    .lane { stroke: #3e4c59; } .rule { stroke: #323f4b; }
    .box { fill: #1f2933; stroke: #9aa5b1; } .live { fill: #16352f; stroke: #5cc4b0; }
    .arrow { stroke: #5cc4b0; } .head { fill: #5cc4b0; }
  }"""


@dataclass(frozen=True)
class Table:
    """One machine: its states from left to right, and the `top` of its part of the page."""

    title: str
    states: Sequence[StrEnum]
    transitions: Sequence[Row]
    top: int
    shaded: frozenset[StrEnum] = frozenset()

    @property
    def rows(self) -> list[Row]:
        return sorted(self.transitions, key=lambda row: self.place(row.source))

    @property
    def bottom(self) -> int:
        return self.top + TOP + ROW * len(self.transitions)

    def place(self, state: StrEnum) -> int:
        return list(self.states).index(state)

    def x(self, state: StrEnum) -> int:
        return MARGIN + COLUMN * self.place(state) + COLUMN // 2


def tables() -> list[Table]:
    payment = Table(
        "A payment. Shaded states reserve the items that it would pay.",
        tuple(payments.State), payments.TRANSITIONS, HEADING, frozenset(payments.LIVE),
    )  # fmt: skip
    refund = Table(
        "A refund. Shaded states keep its amount of the payment. What is not drawn is no news.",
        refunds.MACHINE.states, refunds.MACHINE.transitions, payment.bottom + MARGIN, refunds.UNDER_WAY,
    )  # fmt: skip
    dispute = Table(
        "A dispute, by what the bank took, gave all back of, or decided. What is not drawn moves none.",
        disputes.MACHINE.states, disputes.MACHINE.transitions, refund.bottom + MARGIN,
    )  # fmt: skip
    return [payment, refund, dispute]


def drawing() -> str:
    """The whole SVG file as text, the same every time."""
    drawn = tables()
    width, height = MARGIN * 2 + COLUMN * max(len(t.states) for t in drawn), drawn[-1].bottom + MARGIN
    title = "The states of payments, refunds and disputes, and the events that move them from one to another"
    lines = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" role="img"'
        ' aria-labelledby="title">',
        f'<title id="title">{title}</title>',
        f"<style>{_STYLE}\n</style>",
        f'<rect class="page" width="{width}" height="{height}"/>',
        f'<text class="soft" x="{MARGIN}" y="22">One arrow per transition, named by its event.</text>',
        *(line for table in drawn for line in _table(table)),
        "</svg>",
    ]
    return "\n".join(lines) + "\n"


def _table(table: Table) -> list[str]:
    return [
        f'<text class="name" x="{MARGIN}" y="{table.top + 22}">{table.title}</text>',
        *(line for state in table.states for line in _lane(table, state)),
        *(line for place, row in enumerate(table.rows) for line in _arrow(table, row, place)),
    ]


def _lane(table: Table, state: StrEnum) -> list[str]:
    x, y, kind = table.x(state), table.top, "live" if state in table.shaded else "box"
    return [
        f'<line class="lane" x1="{x}" y1="{y + 68}" x2="{x}" y2="{table.bottom}"/>',
        f'<rect class="{kind}" x="{x - 54}" y="{y + 38}" width="108" height="30" rx="8"/>',
        f'<text class="ink" x="{x}" y="{y + 58}" text-anchor="middle">{state.value}</text>',
    ]


def _arrow(table: Table, row: Row, place: int) -> list[str]:
    y, start, end = table.top + TOP + ROW * place, table.x(row.source), table.x(row.target)
    toward = 1 if end > start else -1
    label = start + toward * 8
    anchor = "start" if toward > 0 else "end"
    first = place > 0 and table.rows[place - 1].source is not row.source
    edge = table.x(table.states[-1]) + 54
    rule = [f'<line class="rule" x1="{MARGIN}" y1="{y - 18}" x2="{edge}" y2="{y - 18}"/>']
    return [
        *(rule if first else []),
        f'<line class="arrow" x1="{start}" y1="{y}" x2="{end - toward * 8}" y2="{y}"/>',
        f'<circle class="head" cx="{start}" cy="{y}" r="3"/>',
        f'<path class="head" d="M{end} {y} l{-toward * 9} -4.5 v9 z"/>',
        f'<text class="ink" x="{label}" y="{y - 5}" text-anchor="{anchor}">{row.event.value}</text>',
    ]


if __name__ == "__main__":
    FILE.write_text(drawing(), encoding="utf-8")
