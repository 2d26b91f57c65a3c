"""A letter, once as plain text and once as HTML, from the same blocks, so that both say the same.

The HTML is one column without images or scripts; it reads well in a screen reader, on a phone, and in dark
mode. Every value is escaped here and nowhere else.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from html import escape

_STYLE = """
:root { color-scheme: light dark; supported-color-schemes: light dark; }
body { margin: 0; padding: 24px 16px; background: #ffffff; color: #1c2526;
  font: 16px/1.5 system-ui, -apple-system, "Segoe UI", Roboto, "Helvetica Neue", Arial, sans-serif; }
.letter { max-width: 34em; margin: 0 auto; }
.code { font-size: 32px; font-weight: 600; letter-spacing: 6px; margin: 24px 0; }
table { border-collapse: collapse; width: 100%; margin: 24px 0; }
th, td { text-align: left; vertical-align: top; padding: 8px 16px 8px 0; border-bottom: 1px solid #c9d3d3; }
th { width: 45%; font-weight: 400; color: #4d5b5c; }
td { font-weight: 600; overflow-wrap: anywhere; }
a { color: #0b5d5e; font-weight: 600; overflow-wrap: anywhere; }
@media (prefers-color-scheme: dark) {
  body { background: #14191a; color: #eef2f2; }
  th { color: #b3c0c0; }
  th, td { border-bottom-color: #3b4849; }
  a { color: #7fd1d0; }
}
""".strip()


@dataclass(frozen=True, slots=True)
class Paragraph:
    text: str


@dataclass(frozen=True, slots=True)
class Code:
    """Something to type over."""

    text: str


@dataclass(frozen=True, slots=True)
class LinkTo:
    label: str
    url: str


@dataclass(frozen=True, slots=True)
class Row:
    label: str
    text: str


@dataclass(frozen=True, slots=True)
class Facts:
    rows: Sequence[Row]


Block = Paragraph | Code | LinkTo | Facts


def as_text(blocks: Sequence[Block]) -> str:
    return "\n\n".join(_text(block) for block in blocks) + "\n"


def as_html(blocks: Sequence[Block], *, title: str, language: str) -> str:
    body = "\n".join(_html(block) for block in blocks)
    return (
        f'<!doctype html>\n<html lang="{escape(language)}">\n<head>\n<meta charset="utf-8">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        '<meta name="color-scheme" content="light dark">\n'
        f"<title>{escape(title)}</title>\n<style>\n{_STYLE}\n</style>\n</head>\n"
        f'<body>\n<div class="letter">\n{body}\n</div>\n</body>\n</html>\n'
    )


def _text(block: Block) -> str:
    match block:
        case Paragraph(text):
            return text
        case Code(text):
            return f"    {text}"
        case LinkTo(label, url):
            return f"{label}:\n{url}"
        case Facts(rows):
            return "\n".join(f"{row.label}: {row.text}" for row in rows)


def _html(block: Block) -> str:
    match block:
        case Paragraph(text):
            return f"<p>{escape(text)}</p>"
        case Code(text):
            return f'<p class="code">{escape(text)}</p>'
        case LinkTo(label, url):
            return f'<p><a href="{escape(url)}">{escape(label)}</a></p>'
        case Facts(rows):
            return "<table>\n" + "\n".join(_html_row(row) for row in rows) + "\n</table>"


def _html_row(row: Row) -> str:
    return f'<tr><th scope="row">{escape(row.label)}</th><td>{escape(row.text)}</td></tr>'
