"""Workbooks as spreadsheets write them, of a few cells."""

import io
import zipfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from xml.sax.saxutils import escape, quoteattr

MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_PACKAGE = "http://schemas.openxmlformats.org/package/2006"
_EPOCH = datetime(1899, 12, 30)  # noqa: DTZ001 - spreadsheets know no zones
_1904_LATER = 1462
_STYLES = f"""<styleSheet xmlns="{MAIN}"><fonts count="1"><font/></fonts><fills count="1"><fill/></fills>
<borders count="1"><border/></borders><cellStyleXfs count="1"><xf/></cellStyleXfs>
<cellXfs count="3"><xf numFmtId="0"/><xf numFmtId="14" applyNumberFormat="1"/>
<xf numFmtId="22" applyNumberFormat="1"/></cellXfs></styleSheet>"""


@dataclass(frozen=True)
class Formula:
    """`value` is what was calculated last; None: it never was."""

    text: str
    value: float | str | None = None


@dataclass(frozen=True)
class Broken:
    """A cell that shows an error."""

    code: str = "#REF!"


Written = str | int | float | bool | date | datetime | Formula | Broken | None


@dataclass(frozen=True)
class Page:
    rows: Sequence[Sequence[Written]]
    hidden: bool = False
    hidden_rows: Sequence[int] = ()
    hidden_columns: Sequence[int] = ()
    merged: Sequence[str] = ()


def workbook(
    pages: Mapping[str, Page], *, since_1904: bool = False, more: Mapping[str, bytes] | None = None
) -> bytes:
    """`more`: parts that are added, or stand in place of others."""
    sheets = "".join(
        f'<sheet name={quoteattr(name)} sheetId="{n}" state="{_state(page)}" r:id="r{n}"/>'
        for n, (name, page) in enumerate(pages.items(), start=1)
    )
    relations = "".join(
        f'<Relationship Id="r{n}" Type="{_OFFICE}/worksheet" Target="worksheets/sheet{n}.xml"/>'
        for n in range(1, len(pages) + 1)
    )
    parts = {
        "[Content_Types].xml": f'<Types xmlns="{_PACKAGE}/content-types"/>',
        "_rels/.rels": f'<Relationships xmlns="{_PACKAGE}/relationships"><Relationship Id="r" '
        f'Type="{_OFFICE}/officeDocument" Target="xl/workbook.xml"/></Relationships>',
        "xl/workbook.xml": f'<workbook xmlns="{MAIN}" xmlns:r="{_OFFICE}">'
        f'<workbookPr date1904="{int(since_1904)}"/><sheets>{sheets}</sheets></workbook>',
        "xl/_rels/workbook.xml.rels": f'<Relationships xmlns="{_PACKAGE}/relationships">{relations}'
        f'<Relationship Id="s" Type="{_OFFICE}/styles" Target="styles.xml"/></Relationships>',
        "xl/styles.xml": _STYLES,
    }
    for n, page in enumerate(pages.values(), start=1):
        parts[f"xl/worksheets/sheet{n}.xml"] = _sheet(page, since_1904)
    return packed({**{name: text.encode() for name, text in parts.items()}, **(more or {})})


def _state(page: Page) -> str:
    return "hidden" if page.hidden else "visible"


def packed(parts: Mapping[str, bytes]) -> bytes:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    return made.getvalue()


def _sheet(page: Page, since_1904: bool) -> str:
    columns = "".join(f'<col min="{c}" max="{c}" hidden="1" width="9"/>' for c in page.hidden_columns)
    rows = "".join(
        f'<row r="{n}" hidden="{int(n in page.hidden_rows)}">'
        + "".join(_cell(value, f"{chr(ord('A') + place)}{n}", since_1904) for place, value in enumerate(row))
        + "</row>"
        for n, row in enumerate(page.rows, start=1)
    )
    merged = "".join(f'<mergeCell ref="{reference}"/>' for reference in page.merged)
    return (
        f'<worksheet xmlns="{MAIN}">{f"<cols>{columns}</cols>" if columns else ""}'
        f"<sheetData>{rows}</sheetData>{f'<mergeCells>{merged}</mergeCells>' if merged else ''}</worksheet>"
    )


def _cell(value: Written, at: str, since_1904: bool) -> str:
    match value:
        case None:
            return ""
        case str():
            return f'<c r="{at}" t="inlineStr"><is><t>{escape(value)}</t></is></c>'
        case bool():
            return f'<c r="{at}" t="b"><v>{int(value)}</v></c>'
        case Formula(text, None):
            return f'<c r="{at}"><f>{escape(text)}</f><v></v></c>'
        case Formula(text, saved):
            kind = "str" if isinstance(saved, str) else "n"
            return f'<c r="{at}" t="{kind}"><f>{escape(text)}</f><v>{saved}</v></c>'
        case Broken(code):
            return f'<c r="{at}" t="e"><v>{code}</v></c>'
        case date():
            style = 2 if isinstance(value, datetime) else 1
            return f'<c r="{at}" s="{style}"><v>{_serial(value, since_1904)}</v></c>'
    return f'<c r="{at}"><v>{value}</v></c>'


def _serial(value: date, since_1904: bool) -> float:
    moment = value if isinstance(value, datetime) else datetime(value.year, value.month, value.day)  # noqa: DTZ001
    days = (moment - _EPOCH).total_seconds() / 86_400 - (_1904_LATER if since_1904 else 0)
    return int(days) if days == int(days) else days
