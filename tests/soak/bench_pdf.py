"""A statement's PDF beside reportlab's: `.venv-reportlab/bin/python -m tests.soak.bench_pdf`.

Both print the same words, warm, taking turns, with other amounts every time, so that neither can reuse what
it made. Both embed two faces: ours two weights of one font; reportlab takes no weight from a variable font,
so there the italic stands for the heavier one. Ours is tagged (PDF/UA-1, PDF/A-2a), reportlab's is not.
"""

import argparse
import io
import platform
import statistics
import sys
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from importlib.metadata import version
from importlib.resources import files
from typing import Any

from reportlab.lib.colors import HexColor
from reportlab.lib.pagesizes import letter
from reportlab.lib.styles import ParagraphStyle
from reportlab.lib.units import mm
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.ttfonts import TTFont
from reportlab.platypus import HRFlowable, LongTable, Paragraph, SimpleDocTemplate, Spacer, Table, TableStyle

from chalicelib.adapters.documents.statement import TypstStatementRenderer, _Words
from chalicelib.domain.ageing import Ageing
from chalicelib.domain.entries import EntryKind
from chalicelib.domain.periods import Period
from chalicelib.domain.statements import Letterhead, Line, Statement, StatementData, Sums

FONT, HEAVY = "Noto", "NotoItalic"
INK, QUIET, ACCENT, HAIRLINE = map(HexColor, ("#1c2526", "#4d5b5c", "#0b5d5e", "#c9d3d3"))
GOALS = {3: 1.0, 120: 2.5}  # rows → how much longer than reportlab ours may take
HEAD = Letterhead(
    "Willow Creek Counseling", "412 Alder Street, Suite 3\nPortland, OR 97205", "(503) 555-0142",
    "billing@willow.example", "Maya Okafor", "5 Oak Lane\nWillow Creek, NY", "en",
)  # fmt: skip
KINDS = (
    (EntryKind.CHARGE, "Individual session", "", 15_000, 12_000),
    (EntryKind.PAYMENT, "", "stripe", 0, 0),
    (EntryKind.CHARGE, "Family session, 50 minutes", "", 0, 0),
)


def data(rows: int, number: int) -> StatementData:
    """A month of so many rows; every number has other amounts."""
    lines, balance = list[Line](), 10_000 + number
    for row in range(rows):
        kind, service, processor, fee, insurer = KINDS[row % len(KINDS)]
        amount = (-1 if kind is EntryKind.PAYMENT else 1) * (3_000 + number * 7 + row)
        balance += amount
        date = f"2026-10-{row % 31 + 1:02d}"
        lines.append(Line(date, kind, service, processor, amount, balance, fee, insurer))
    statement = Statement(
        "a1", Period(2026, 10), "USD", 1, rows, Sums(10_000 + number, balance, 3_000, 0, 0),
        Ageing(balance, 500 + number), 12_000 + number, HEAD, "2026-11-05T10:00:00.000Z",
    )  # fmt: skip
    return StatementData(statement, tuple(lines))


def style(size: float, color: Any = INK, font: str = FONT, **more: Any) -> ParagraphStyle:
    return ParagraphStyle(
        f"s{size}", fontName=font, fontSize=size, leading=size * 1.3, textColor=color, **more
    )


NAME, SMALL, TEXT = style(17, ACCENT, HEAVY), style(9, QUIET), style(10.5)
H1, BIG = style(22, font=HEAVY), style(26, font=HEAVY)
H2 = style(12, font=HEAVY, spaceBefore=20, spaceAfter=9)
PLAIN = [
    ("FONT", (0, 0), (-1, -1), FONT, 9),
    ("TEXTCOLOR", (0, 0), (-1, -1), INK),
    ("VALIGN", (0, 0), (-1, -1), "TOP"),
]
HEADED = TableStyle(
    [*PLAIN, ("TEXTCOLOR", (0, 0), (-1, 0), QUIET), ("LINEBELOW", (0, 0), (-1, 0), 0.5, HAIRLINE)]
)


def reportlab_pdf(content: StatementData) -> bytes:
    page: Mapping[str, Any] = _Words(content.statement).page(content)
    target = io.BytesIO()
    document = SimpleDocTemplate(
        target, pagesize=letter, leftMargin=26 * mm, rightMargin=26 * mm, topMargin=24 * mm,
        bottomMargin=24 * mm, title=page["title"], author=page["practice"]["author"],
    )  # fmt: skip
    footer = _footer(page["practice"]["name"])
    document.build(_story(page), onFirstPage=footer, onLaterPages=footer)
    return target.getvalue()


def _story(page: Mapping[str, Any]) -> list[Any]:
    practice, activity = page["practice"], page["activity"]
    story: list[Any] = [Paragraph(practice["name"], NAME), Paragraph("<br/>".join(practice["lines"]), SMALL)]
    story += [HRFlowable(width="100%", color=ACCENT), Paragraph(page["heading"], H1), _pairs(page["about"])]
    story += [
        Spacer(1, 22),
        Paragraph(page["headline"]["label"], SMALL),
        Paragraph(page["headline"]["text"], BIG),
    ]
    story += [Paragraph(page["summary"]["heading"], H2), _pairs(page["summary"]["rows"])]
    ageing = page["ageing"]["rows"]
    story += [Paragraph(page["ageing"]["heading"], H2)]
    story += [Table([[row["label"] for row in ageing], [row["text"] for row in ageing]], style=HEADED)]
    story += [Paragraph(page["insurance"]["heading"], H2), Paragraph(page["insurance"]["text"], TEXT)]
    rows = [[line["date"], _description(line), line["amount"], line["balance"]] for line in activity["lines"]]
    story += [Paragraph(activity["heading"], H2)]
    story += [
        LongTable([activity["columns"], *rows], repeatRows=1, colWidths=(62, 220, 85, 85), style=HEADED)
    ]
    return story


def _pairs(rows: list[Mapping[str, str]]) -> Table:
    cells = [[row["label"], Paragraph(row["text"].replace("\n", "<br/>"), TEXT)] for row in rows]
    return Table(cells, colWidths=(200, 260), style=TableStyle(PLAIN))


def _description(line: Mapping[str, str]) -> Paragraph:
    detail = f'<br/><font size="8">{line["detail"]}</font>' if line["detail"] else ""
    return Paragraph(line["text"] + detail, SMALL)


def _footer(name: str) -> Callable[[Any, Any], None]:
    def draw(canvas: Any, document: Any) -> None:
        canvas.setFont(FONT, 8.5)
        canvas.drawString(26 * mm, 15 * mm, f"{name}  {document.page}")

    return draw


@dataclass
class Times:
    wall_ms: list[float] = field(default_factory=list)
    cpu_ms: list[float] = field(default_factory=list)
    size: int = 0

    def take(self, make: Callable[[StatementData], bytes], content: StatementData) -> None:
        wall, cpu = time.perf_counter(), time.process_time()
        self.size = len(make(content))
        self.wall_ms.append(1000 * (time.perf_counter() - wall))
        self.cpu_ms.append(1000 * (time.process_time() - cpu))


def measure(rows: int, rounds: int) -> float:
    ours, theirs, made = Times(), Times(), TypstStatementRenderer().statement
    for number in range(rounds):
        content = data(rows, number)
        pair = ((ours, made), (theirs, reportlab_pdf))
        for times, make in pair if number % 2 else reversed(pair):
            times.take(make, content)
    ratio = statistics.median(ours.wall_ms) / statistics.median(theirs.wall_ms)
    print(f"{rows} rows: {_said('Typst', ours)}; {_said('reportlab', theirs)}")
    busy = statistics.median(ours.cpu_ms) / statistics.median(theirs.cpu_ms)
    print(
        f"  {ratio:.2f} of reportlab's time ({busy:.2f} of its processor time), goal {GOALS[rows]}",
        flush=True,
    )
    return ratio


def _said(name: str, times: Times) -> str:
    quartiles = statistics.quantiles(times.wall_ms, n=4)
    return f"{name} {quartiles[1]:.1f} ms ({quartiles[0]:.1f} to {quartiles[2]:.1f}), {times.size} bytes"


def main() -> int:
    read = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    read.add_argument("--rounds", type=int, default=60)
    asked = read.parse_args()
    for name, file in ((FONT, "NotoSans[wght].ttf"), (HEAVY, "NotoSans-Italic[wght].ttf")):
        pdfmetrics.registerFont(TTFont(name, str(files("manimgx_fonts") / file)))
    named = ", ".join(f"{name} {version(name)}" for name in ("typst", "reportlab"))
    print(f"Python {platform.python_version()}, {named}; medians and quartiles of {asked.rounds}")
    for make in (TypstStatementRenderer().statement, reportlab_pdf):
        make(data(3, -1))  # fonts are read once
    missed = [rows for rows, goal in GOALS.items() if measure(rows, asked.rounds) > goal]
    return 1 if missed else 0


if __name__ == "__main__":
    sys.exit(main())
