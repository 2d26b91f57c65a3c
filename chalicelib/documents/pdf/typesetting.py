"""Typst: a template and data in, a PDF out that is accessible (PDF/UA-1) and made to last (PDF/A-2a).

Data goes in as JSON and is only ever placed as text, so that nothing in it is markup. The fonts come from
pinned packages and the date from the data, so that the same data gives the same bytes on every machine.

A kept compiler lays out again only what changed. What comes as `sys_inputs` changes its whole library, and
then nothing is kept: so the data stands, quoted, in the source that calls the template.
"""

import json
import re
import threading
from collections.abc import Mapping
from datetime import UTC, date, datetime
from functools import cache
from importlib.resources import files
from pathlib import Path

import typst

from chalicelib.kernel.errors import Invalid

TEMPLATES = Path(__file__).parent / "templates"
FONT_PACKAGES = ("manimgx_fonts", "manimgx_fonts_cjk")  # Noto Sans, unmodified; OFL-1.1
_STAND_IN = "\u25a1"  # for a character that no font has, or that is anybody's own: both are forbidden
_MISSING = re.compile(r'(?:the text|contains the codepoint) `"(.+?)"`')
_ESCAPED = re.compile(r"\\u\{([0-9a-f]+)\}")
_ROUNDS = 4
_LONG = 2_300  # letters of data: about a page. A wrong guess costs half as much again, and nothing else
_ONE_PAGE = re.compile(
    rb"%PDF-1\.7\n%[^\n]*\n+1 0 obj\n<</Type/Pages/Count 1/"
)  # the first thing Typst writes
_PICTURES = ("picture", "code")
_SOURCE = """\
#import "/{template}.typ": document
#let data = json(bytes({data})) + (picture: {picture}, code: {code})
#document(data, {numbered})
"""


def typeset(template: str, data: Mapping[str, object], *, dated: date) -> bytes:
    """The PDF of `templates/<template>.typ`, which reads `data`; `dated` is the document's date. The data's
    `picture` and `code`, SVGs, are none of the document's text.

    Error: Invalid document_unrenderable, with Typst's own words as `reason`.
    """
    pictures = {name: str(data.get(name, "")) for name in _PICTURES}
    text = json.dumps({**data, **dict.fromkeys(_PICTURES, "")}, ensure_ascii=False)
    for _ in range(_ROUNDS):
        try:
            return _set(template, text, pictures, dated)
        except typst.TypstError as error:
            missing = [cluster for cluster in _missing(error.diagnostic) if cluster in text]
            if not missing:
                raise Invalid("document_unrenderable", reason=error.message) from error
            for cluster in missing:
                text = text.replace(cluster, _STAND_IN)
    raise Invalid("document_unrenderable", reason="characters without a font")


def _set(template: str, data: str, pictures: Mapping[str, str], dated: date) -> bytes:
    """With page numbers only where there are more pages: to have them, Typst lays everything out twice."""
    if len(data) < _LONG:
        pdf = _compile(template, data, pictures, dated, numbered=False)
        if _ONE_PAGE.match(pdf):
            return pdf
    return _compile(template, data, pictures, dated, numbered=True)


def _compile(template: str, data: str, pictures: Mapping[str, str], dated: date, *, numbered: bool) -> bytes:
    quoted = {name: _literal(text) for name, text in {**pictures, "data": data}.items()}
    source = _SOURCE.format(template=template, numbered=str(numbered).lower(), **quoted)
    compiler = _compiler(str(TEMPLATES), threading.get_ident())
    pdf: bytes = compiler.compile(  # type: ignore[assignment]  # bytes, because there is no output file
        input=source.encode(),
        format="pdf",
        pdf_standards=["ua-1", "a-2a"],
        timestamp=datetime(dated.year, dated.month, dated.day, tzinfo=UTC),
    )
    return pdf


def _literal(text: str) -> str:
    """A string in Typst that is exactly this text: a quotation mark ends one, a backslash escapes."""
    escaped = text.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'


@cache
def _compiler(templates: str, _thread: int) -> typst.Compiler:
    """One a thread, kept: making it costs a tenth of a page."""
    return typst.Compiler(root=templates, font_paths=_fonts(), ignore_system_fonts=True)


@cache
def _fonts() -> typst.Fonts:
    """Latin with accents, and every script a practice's name was ever likely to be written in; from Typst
    itself, Libertinus Serif (OFL-1.1)."""
    folders = [str(files(package)) for package in FONT_PACKAGES]
    return typst.Fonts(include_system_fonts=False, include_embedded_fonts=True, font_paths=folders)


def _missing(diagnostic: str) -> list[str]:
    """The characters (letters with their marks) that cannot be printed, as Typst's message names them."""
    return [_ESCAPED.sub(lambda found: chr(int(found[1], 16)), text) for text in _MISSING.findall(diagnostic)]
