"""Draw docs/states.svg from the payment's table of transitions: `python -m scripts.draw_states`.

One column per state, one arrow per transition, so that nothing overlaps however the table changes. A test
holds the checked-in file to what this draws.
"""

from pathlib import Path

from chalicelib.domain.payments import LIVE, TRANSITIONS, State, Transition

FILE = Path(__file__).parents[1] / "docs" / "states.svg"
COLUMN, ROW, TOP, MARGIN = 124, 26, 92, 20

_STYLE = """
  svg { font: 13px system-ui, sans-serif; }
  .page { fill: #ffffff; } .ink { fill: #1f2933; } .soft { fill: #52606d; }
  .lane { stroke: #cbd2d9; stroke-dasharray: 3 4; } .rule { stroke: #e4e7eb; }
  .box { fill: #f5f7fa; stroke: #52606d; } .live { fill: #e3f1ee; stroke: #1b6f62; stroke-width: 1.6; }
  .arrow { stroke: #1b6f62; stroke-width: 1.4; } .head { fill: #1b6f62; }
  @media (prefers-color-scheme: dark) {
    .page { fill: #14191f; } .ink { fill: #e4e7eb; } .soft { fill: #9aa5b1; }
    .lane { stroke: #3e4c59; } .rule { stroke: #323f4b; }
    .box { fill: #1f2933; stroke: #9aa5b1; } .live { fill: #16352f; stroke: #5cc4b0; }
    .arrow { stroke: #5cc4b0; } .head { fill: #5cc4b0; }
  }"""


def drawing() -> str:
    """The whole SVG file as text, the same every time."""
    rows = sorted(TRANSITIONS, key=lambda t: _place(t.source))
    width, height = MARGIN * 2 + COLUMN * len(State), TOP + ROW * len(rows) + MARGIN
    title = "The states of a payment, and the events that move it from one to another"
    lines = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" role="img"'
        ' aria-labelledby="title">',
        f'<title id="title">{title}</title>',
        f"<style>{_STYLE}\n</style>",
        f'<rect class="page" width="{width}" height="{height}"/>',
        f'<text class="soft" x="{MARGIN}" y="22">One arrow per transition, named by its event. '
        "Shaded states reserve the items that the payment would pay.</text>",
        *(line for state in State for line in _lane(state, height)),
        *(line for place, row in enumerate(rows) for line in _arrow(row, place, rows)),
        "</svg>",
    ]
    return "\n".join(lines) + "\n"


def _place(state: State) -> int:
    return list(State).index(state)


def _x(state: State) -> int:
    return MARGIN + COLUMN * _place(state) + COLUMN // 2


def _lane(state: State, height: int) -> list[str]:
    x, kind = _x(state), "live" if state in LIVE else "box"
    return [
        f'<line class="lane" x1="{x}" y1="68" x2="{x}" y2="{height - MARGIN}"/>',
        f'<rect class="{kind}" x="{x - 54}" y="38" width="108" height="30" rx="8"/>',
        f'<text class="ink" x="{x}" y="58" text-anchor="middle">{state.value}</text>',
    ]


def _arrow(row: Transition, place: int, rows: list[Transition]) -> list[str]:
    y, start, end = TOP + ROW * place, _x(row.source), _x(row.target)
    toward = 1 if end > start else -1
    label = start + toward * 8
    anchor = "start" if toward > 0 else "end"
    first = place > 0 and rows[place - 1].source is not row.source
    rule = [f'<line class="rule" x1="{MARGIN}" y1="{y - 18}" x2="{_x(list(State)[-1]) + 54}" y2="{y - 18}"/>']
    return [
        *(rule if first else []),
        f'<line class="arrow" x1="{start}" y1="{y}" x2="{end - toward * 8}" y2="{y}"/>',
        f'<circle class="head" cx="{start}" cy="{y}" r="3"/>',
        f'<path class="head" d="M{end} {y} l{-toward * 9} -4.5 v9 z"/>',
        f'<text class="ink" x="{label}" y="{y - 5}" text-anchor="{anchor}">{row.event.value}</text>',
    ]


if __name__ == "__main__":
    FILE.write_text(drawing(), encoding="utf-8")
