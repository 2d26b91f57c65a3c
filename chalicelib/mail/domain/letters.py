"""A letter, once as plain text and once as HTML, from the same blocks, so that both say the same.

The HTML is one column without images or scripts; it reads well in a screen reader, on a phone, and in dark
mode. Every value is escaped here and nowhere else.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from html import escape
from string import Template

from chalicelib.kernel.formatting import FIRST_STRONG_ISOLATE, POP_ISOLATE, initials, isolated

# The portal's colours and faces by their names in portal/src/styles/tokens.css; a test compares. Many mail
# programs know no custom properties: the values stand in the sheet.
LIGHT = {
    "paper": "#f6f2ea", "surface": "#fffdf9", "ink": "#22302c", "ink-soft": "#55625c", "line": "#ddd4c4",
    "pine": "#1f5148", "on-pine": "#fffdf8", "hero": "#1f5148", "hero-ink": "#fdf9f0",
}  # fmt: skip
DARK = {
    "paper": "#141a19", "surface": "#1d2524", "ink": "#ece8de", "ink-soft": "#b0bab3", "line": "#34403c",
    "pine": "#93cfbb", "on-pine": "#0f201b", "hero": "#1f332d", "hero-ink": "#f3efe4",
}  # fmt: skip
SERIF = '"Iowan Old Style", "Palatino Linotype", Palatino, "URW Palladio L", "Book Antiqua", Georgia, serif'
SANS = 'system-ui, -apple-system, "Segoe UI", Roboto, "Helvetica Neue", Arial, sans-serif'

_COLORS = """\
body { background: $paper; color: $ink; }
.mark { background: $hero; color: $hero_ink; }
.card { background: $surface; border: 1px solid $line; }
.label, th { color: $ink_soft; }
th, td { border-top: 1px solid $line; }
.button { background: $pine; color: $on_pine; }
"""
_SHAPES = f"""\
:root {{ color-scheme: light dark; supported-color-schemes: light dark; }}
body {{ margin: 0; padding: 24px 16px; font: 16px/1.5 {SANS}; }}
.letter {{ max-width: 34em; margin: 0 auto; }}
.head {{ margin: 0 0 20px; }}
.head td {{ padding: 0; border: 0; vertical-align: middle; }}
.mark {{ width: 42px; height: 42px; border-radius: 50% 50% 50% 14%; }}
.head .mark {{ text-align: center; font: 600 16px/1 {SERIF}; }}
.head .name {{ padding-left: 12px; font: 600 18px/1.25 {SERIF}; overflow-wrap: anywhere; }}
.card {{ padding: 8px 20px; border-radius: 14px; }}
.label {{ margin: 16px 0 0; }}
.figure {{ margin: 0 0 16px; font: 600 36px/1.15 {SERIF}; overflow-wrap: anywhere; }}
.code {{ margin: 16px 0; font-size: 30px; font-weight: 600; letter-spacing: 5px; }}
.facts {{ width: 100%; margin: 16px 0; border-collapse: collapse; }}
th, td {{ padding: 9px 16px 9px 0; text-align: left; vertical-align: top; font-weight: 400; }}
th {{ width: 45%; }}
td {{ padding-right: 0; overflow-wrap: anywhere; }}
p {{ text-wrap: pretty; }}
.button {{ display: inline-block; margin: 8px 0; padding: 11px 22px; border-radius: 999px; }}
.button {{ font-weight: 600; text-decoration: none; }}
"""


@dataclass(frozen=True, slots=True)
class Paragraph:
    text: str


@dataclass(frozen=True, slots=True)
class Row:
    label: str
    text: str


@dataclass(frozen=True, slots=True)
class Figure:
    """What the letter is about, before all else."""

    row: Row


@dataclass(frozen=True, slots=True)
class Code:
    """Something to type over."""

    text: str


@dataclass(frozen=True, slots=True)
class LinkTo:
    label: str
    url: str


@dataclass(frozen=True, slots=True)
class Facts:
    rows: Sequence[Row]


Block = Paragraph | Figure | Code | LinkTo | Facts


def as_text(blocks: Sequence[Block], *, sender: str) -> str:
    """`sender` stands above the blocks; "": nothing does."""
    head = (isolated(sender),) if sender else ()
    return "\n\n".join((*head, *(_text(block) for block in blocks))) + "\n"


def as_html(blocks: Sequence[Block], *, sender: str, title: str, language: str) -> str:
    head, body = _head(sender) if sender else "", "\n".join(_html(block) for block in blocks)
    return (
        f'<!doctype html>\n<html lang="{escape(language)}">\n<head>\n<meta charset="utf-8">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        '<meta name="color-scheme" content="light dark">\n'
        f"<title>{escape(title)}</title>\n<style>\n{_sheet()}</style>\n</head>\n"
        f'<body>\n<div class="letter">\n{head}\n<div class="card">\n{body}\n</div>\n</div>\n'
        "</body>\n</html>\n"
    )


def _sheet() -> str:
    light, dark = (_colored(theme) for theme in (LIGHT, DARK))
    return f"{_SHAPES}{light}@media screen and (prefers-color-scheme: dark) {{\n{dark}}}\n"


def _colored(theme: Mapping[str, str]) -> str:
    return Template(_COLORS).substitute({name.replace("-", "_"): value for name, value in theme.items()})


def _head(sender: str) -> str:
    """The portal's mark, whose letters are those of the name beside it: screen readers are not told them."""
    return (
        '<table role="presentation" class="head"><tr>'
        f'<td class="mark" aria-hidden="true">{escape(initials(sender))}</td>'
        f'<td class="name">{_escaped(isolated(sender))}</td></tr></table>'
    )


def _text(block: Block) -> str:
    match block:
        case Paragraph(text):
            return text
        case Figure(row):
            return f"{row.label}: {row.text}"
        case Code(text):
            return f"    {text}"
        case LinkTo(label, url):
            return f"{label}:\n{url}"
        case Facts(rows):
            return "\n".join(f"{row.label}: {row.text}" for row in rows)


def _html(block: Block) -> str:
    match block:
        case Paragraph(text):
            return f"<p>{_escaped(text)}</p>"
        case Figure(row):
            return f'<p class="label">{escape(row.label)}</p>\n<p class="figure">{escape(row.text)}</p>'
        case Code(text):
            return f'<p class="code">{escape(text)}</p>'
        case LinkTo(label, url):
            return f'<p><a class="button" href="{escape(url)}">{escape(label)}</a></p>'
        case Facts(rows):
            return '<table class="facts">\n' + "\n".join(_html_row(row) for row in rows) + "\n</table>"


def _html_row(row: Row) -> str:
    return f'<tr><th scope="row">{escape(row.label)}</th><td>{_escaped(row.text)}</td></tr>'


def _escaped(text: str) -> str:
    """With a name that is kept apart from its sentence in an element for that."""
    return escape(text).replace(FIRST_STRONG_ISOLATE, "<bdi>").replace(POP_ISOLATE, "</bdi>")
