"""A statement's PDF beside reportlab's: `.venv-reportlab/bin/python -m tests.soak.bench_pdf`.

All print the same words, warm, taking turns: every time another client's, other dates and amounts, of one
practice and month as in a run, or of another practice and month, so that only labels can be used again.
Ours embeds two faces and is tagged (PDF/UA-1, PDF/A-2a); reportlab's is not, and has its
accelerator (rl_accel). It takes no weight from a variable font: an italic stands for the heavier one, and
beside that it is timed with a single face for all.
"""

import argparse
import io
import platform
import statistics
import sys
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import partial
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

from chalicelib.documents.domain.ageing import Ageing
from chalicelib.documents.domain.letterheads import PostedLetterhead
from chalicelib.documents.domain.spans import Span
from chalicelib.documents.domain.statements import Line, Statement, StatementData, Sums
from chalicelib.documents.pdf.statement import TypstStatementRenderer, page_of
from chalicelib.kernel.periods import Period
from chalicelib.ledger.domain.entries import EntryKind
from tests.support.letterheads import posted

FONT, ITALIC = "Noto", "NotoItalic"
INK, QUIET, ACCENT, HAIRLINE = map(HexColor, ("#22302c", "#55625c", "#1f5148", "#ddd4c4"))
GOALS = {3: 1.0, 120: 2.5}  # rows → how much longer than reportlab ours may take
FIRST = ("Maya", "Jonas", "Lucía", "Owen", "Priya", "Zoë", "Hugo", "Fatima", "Greta", "Quinn", "Ximena")
LAST = ("Okafor", "Whitby", "Vance", "Kjær", "Delgado", "Brandt", "Iyer", "Moss", "Zhou", "Achebe", "Falk",
        "Ruiz", "Templeton")  # fmt: skip
STREETS = (
    "Oak Lane", "Alder Street", "Quarry Road", "Fifth Avenue", "Juniper Way", "Mill Court", "Harbor Drive",
)  # fmt: skip
SERVICES = (
    "Individual session", "Family session, 50 minutes", "Intake interview", "Couples session, 80 minutes",
    "Group session",
)  # fmt: skip


def head(client: int, practice: int) -> PostedLetterhead:
    owner = LAST[practice % len(LAST)]
    return posted(
        f"{owner} and {FIRST[practice % len(FIRST)]} Counseling",
        f"{practice + 12} {STREETS[practice % len(STREETS)]}, Suite 3\nPortland, OR 97205",
        f"(503) 555-{practice % 10_000:04d}",
        f"{owner.lower()}@willow.example",
        f"{FIRST[client % len(FIRST)]} {LAST[client % len(LAST)]}",
        f"{7 * client + 8} {STREETS[client % len(STREETS)]}\nWillow Creek, NY 1{client % 10_000:04d}",
        "en",
    )


def data(rows: int, number: int, practice: int) -> StatementData:
    """A month of so many rows; every number has its own client, dates and amounts, a practice its month."""
    lines, balance = list[Line](), 10_000 + number
    for row in range(rows):
        line = _line(row, number, balance)
        lines.append(line)
        balance = line.balance_minor
    statement = Statement(
        "a1", Period(2000 + practice // 12 % 99, practice % 12 + 1), "USD", (Span(1, rows),), False, 0,
        Sums(10_000 + number, balance, 3_000, 0, 0), Ageing(balance, 500 + number), 12_000 + number,
        head(number, practice), "2026-11-05", "2026-11-05T10:00:00.000Z",
    )  # fmt: skip
    return StatementData(statement, tuple(lines))


def _line(row: int, number: int, before: int) -> Line:
    """A service with an insurer's part, a payment, a service without one, and so on."""
    amount, date = 3_000 + number * 7 + row, f"2026-10-{(row + number) % 31 + 1:02d}"
    if row % 3 == 1:
        return Line(date, EntryKind.PAYMENT, "", "stripe", -amount, before - amount)
    fee, insurer = (15_000 + number, 12_000 + number) if row % 3 == 0 else (0, 0)
    service = SERVICES[(row + number) % len(SERVICES)]
    return Line(date, EntryKind.CHARGE, service, "", amount, before + amount, fee, insurer)


def style(size: float, color: Any = INK, font: str = FONT, **more: Any) -> ParagraphStyle:
    return ParagraphStyle(
        f"s{size}", fontName=font, fontSize=size, leading=size * 1.3, textColor=color, **more
    )


SMALL, TEXT = style(9, QUIET), style(10.5)
PLAIN = [
    ("FONT", (0, 0), (-1, -1), FONT, 9),
    ("TEXTCOLOR", (0, 0), (-1, -1), INK),
    ("VALIGN", (0, 0), (-1, -1), "TOP"),
]
HEADED = TableStyle(
    [*PLAIN, ("TEXTCOLOR", (0, 0), (-1, 0), QUIET), ("LINEBELOW", (0, 0), (-1, 0), 0.5, HAIRLINE)]
)


@dataclass(frozen=True)
class Look:
    """What is set in the heavier face."""

    name: ParagraphStyle
    h1: ParagraphStyle
    h2: ParagraphStyle
    big: ParagraphStyle

    @classmethod
    def of(cls, heavy: str) -> "Look":
        return cls(
            name=style(17, ACCENT, heavy),
            h1=style(22, font=heavy),
            h2=style(12, font=heavy, spaceBefore=20, spaceAfter=9),
            big=style(26, font=heavy),
        )


def reportlab_pdf(content: StatementData, look: Look) -> bytes:
    page: Mapping[str, Any] = page_of(content)
    target = io.BytesIO()
    document = SimpleDocTemplate(
        target, pagesize=letter, leftMargin=26 * mm, rightMargin=26 * mm, topMargin=24 * mm,
        bottomMargin=24 * mm, title=page["title"], author=page["practice"]["author"],
    )  # fmt: skip
    footer = _footer(page["title"])
    document.build(_story(page, look), onFirstPage=footer, onLaterPages=footer)
    return target.getvalue()


def _story(page: Mapping[str, Any], look: Look) -> list[Any]:
    practice, ageing, activity = page["practice"], page["ageing"], page["activity"]
    rows = [[line["date"], _description(line), line["amount"], line["balance"]] for line in activity["lines"]]
    return [
        Paragraph(practice["name"], look.name),
        Paragraph("<br/>".join(practice["lines"]), SMALL),
        HRFlowable(width="100%", color=ACCENT),
        Paragraph(page["heading"], look.h1),
        _pairs(page["about"]),
        Spacer(1, 22),
        Paragraph(page["headline"]["label"], SMALL),
        Paragraph(page["headline"]["text"], look.big),
        Paragraph(page["summary"]["heading"], look.h2),
        _pairs(page["summary"]["rows"]),
        Paragraph(ageing["heading"], look.h2),
        Table([[row[part] for row in ageing["rows"]] for part in ("label", "text")], style=HEADED),
        Paragraph(ageing["note"], SMALL),
        Paragraph(page["insurance"]["heading"], look.h2),
        Paragraph(page["insurance"]["text"], TEXT),
        Paragraph(activity["heading"], look.h2),
        LongTable([activity["columns"], *rows], repeatRows=1, colWidths=(62, 220, 85, 85), style=HEADED),
    ]


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


def contenders() -> dict[str, Callable[[StatementData], bytes]]:
    """The first is ours."""
    return {
        "Typst": TypstStatementRenderer().statement,
        "reportlab, two faces": partial(reportlab_pdf, look=Look.of(ITALIC)),
        "reportlab, one face": partial(reportlab_pdf, look=Look.of(FONT)),
    }


def measure(rows: int, rounds: int, *, one_practice: bool) -> float:
    """The larger of our two ratios, by the clock."""
    makers = contenders()
    took = {name: Times() for name in makers}
    for number in range(rounds):
        content, turn = data(rows, number, 0 if one_practice else number), number % len(makers)
        for name in (*list(makers)[turn:], *list(makers)[:turn]):
            took[name].take(makers[name], content)
    print(f"{rows} rows, {'one practice' if one_practice else 'many practices'} (goal {GOALS[rows]}):")
    ours, *others = took
    print(f"  {_said(ours, took[ours])}")
    return max(_compared(took[ours], name, took[name]) for name in others)


def _compared(ours: Times, name: str, theirs: Times) -> float:
    ratio = statistics.median(ours.wall_ms) / statistics.median(theirs.wall_ms)
    busy = statistics.median(ours.cpu_ms) / statistics.median(theirs.cpu_ms)
    print(f"  {_said(name, theirs)}: {ratio:.2f} of its time, {busy:.2f} of its processor time", flush=True)
    return ratio


def _said(name: str, times: Times) -> str:
    low, middle, high = statistics.quantiles(times.wall_ms, n=4)
    return f"{name} {middle:.1f} ms ({low:.1f} to {high:.1f}), {times.size} bytes"


def main() -> int:
    read = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    read.add_argument("--rounds", type=int, default=60)
    asked = read.parse_args()
    for name, file in ((FONT, "NotoSans[wght].ttf"), (ITALIC, "NotoSans-Italic[wght].ttf")):
        pdfmetrics.registerFont(TTFont(name, str(files("manimgx_fonts") / file)))
    named = ", ".join(f"{name} {version(name)}" for name in ("typst", "reportlab", "rl_accel"))
    print(f"Python {platform.python_version()}, {named}; medians and quartiles of {asked.rounds}")
    for make in contenders().values():
        make(data(3, 999, 999))  # fonts are read once
    ratios = [
        (rows, measure(rows, asked.rounds, one_practice=one)) for rows in GOALS for one in (True, False)
    ]
    return 1 if any(ratio > GOALS[rows] for rows, ratio in ratios) else 0


if __name__ == "__main__":
    sys.exit(main())
