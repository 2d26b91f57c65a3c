"""Files of known rows, saved in the ways people and programs save them, and then damaged."""

import csv
import io
import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from chalicelib.importing.domain.formats import FORMATS, Format
from tests.support.workbooks import Page, Written, workbook

Rows = list[list[str]]
LATEST = date(2026, 11, 21)
KNOWN = {"F411", "F329", "F4310"}
_KINDS = {
    "clients": ("client_id", "name", "birth_date"),
    "opening_balances": ("client_id", "date", "amount"),
    "charges": (
        "charge_id", "client_id", "date", "service", "clinician_id", "fee", "diagnoses", "place_of_service",
    ),
    "payments": ("payment_id", "client_id", "date", "amount", "method", "notes"),
    "adjustments": ("adjustment_id", "charge_id", "date", "amount", "kind"),
}  # fmt: skip
_DATES, _AMOUNTS = ("date", "birth_date"), ("fee", "amount")
_NAMES = ("Zoë Vale", "Inés", "Bo", "O'Hara, Pat", 'Ana "Nan" Roe', "Jürgen Groß")
_METHODS = {"card": ("card", "Credit Card", "HSA"), "check": ("check", "Check"), "other": ("ACH", "other")}


@dataclass(frozen=True)
class Saved:
    """A file, and its rows as they are meant: the own format's spelling, by the key's column."""

    name: str
    format: Format
    content: bytes
    truth: dict[str, dict[str, str]]


def saved(chance: random.Random, *, damaged: bool) -> Saved:
    kind = chance.choice(list(_KINDS))
    format_ = next(one for one in FORMATS if one.kind == kind)
    columns = list(_KINDS[kind])
    chance.shuffle(columns)
    truths = [_row(chance, kind, number) for number in range(chance.randrange(3, 12))]
    truth = {row[format_.key]: row for row in truths}
    spellings = {column: _spelling(chance, column) for column in columns}
    table = [columns, *([spellings[column](row[column]) for column in columns] for row in truths)]
    book = chance.random() < 0.25
    for _ in range(chance.randrange(1, 3) if damaged and not (book and chance.random() < 0.5) else 0):
        chance.choice(_TABLE_DAMAGE)(chance, table, columns, book)
    _surround(chance, table)
    content = _as_workbook(chance, table, columns) if book else _as_text(chance, table)
    if damaged and chance.random() < 0.4:
        content = (_spoilt if book else chance.choice(_FILE_DAMAGE))(chance, content)
    return Saved(f"{kind}.{'xlsx' if book else 'csv'}", format_, content, truth)


def _row(chance: random.Random, kind: str, number: int) -> dict[str, str]:
    method = chance.choice(list(_METHODS))
    cents = chance.choice((chance.randrange(1, 40_000), chance.randrange(1, 400) * 100, 125_000))
    negative = kind in ("opening_balances", "adjustments") and chance.random() < 0.4
    day = LATEST - timedelta(days=chance.randrange(1, 500))
    return {
        "client_id": f"C-{number if kind in ('clients', 'opening_balances') else chance.randrange(30)}",
        "charge_id": f"S-{number if kind == 'charges' else chance.randrange(30)}",
        "payment_id": f"P-{number}", "adjustment_id": f"A-{number}", "name": chance.choice(_NAMES),
        "date": day.isoformat(), "birth_date": (day - timedelta(days=13_000)).isoformat(),
        "fee": _text(cents), "amount": _text(-cents if negative else cents), "service": "Session, 50 minutes",
        "clinician_id": "dr-a", "diagnoses": chance.choice(("F41.1", "F32.9", "F43.10 F41.1", "")),
        "place_of_service": chance.choice(("11", "02", "10")), "method": method, "kind": "adjustment",
        "notes": chance.choice(("", "number 1041", "two\nlines")),
    }  # fmt: skip


def _text(cents: int) -> str:
    return f"{'-' if cents < 0 else ''}{abs(cents) // 100}.{abs(cents) % 100:02d}"


# --- how a column is written ----------------------------------------------------------------------


def _spelling(chance: random.Random, column: str) -> Callable[[str], str]:
    if column in _DATES:
        return chance.choice(_DATE_STYLES)
    if column in _AMOUNTS:
        return chance.choice(_AMOUNT_STYLES)
    if column == "diagnoses" and chance.random() < 0.5:
        return lambda text: text.replace(".", "").replace(" ", chance.choice((" ", ", ", ";")))
    if column == "place_of_service" and chance.random() < 0.5:
        return lambda text: text.lstrip("0")
    if column == "method":
        return lambda text: chance.choice(_METHODS[text])
    return lambda text: text


def _dated(form: str) -> Callable[[str], str]:
    def write(text: str) -> str:
        day = date.fromisoformat(text)
        parts = {"m": day.month, "d": day.day, "y": day.year % 100}
        return day.strftime(form.format(**parts))

    return write


_DATE_STYLES = (
    _dated("%Y-%m-%d"), _dated("%Y-%m-%d"), _dated("{m}/{d}/%Y"), _dated("{m}/{d}/%Y"), _dated("%m/%d/%Y"),
    _dated("{d}/{m}/%Y"), _dated("%d.%m.%Y"), _dated("{m}/{d}/%y"), _dated("{d}/{m}/%y"), _dated("%m-%d-%Y"),
    _dated("%b {d}, %Y"), _dated("{d} %B %Y"), _dated("%Y%m%d"), _dated("%Y/%m/%d"),
    _dated("{m}/{d}/%Y 3:15 PM"), _dated("%Y-%m-%dT00:00:00Z"),
    lambda text: str((date.fromisoformat(text) - date(1899, 12, 30)).days),
)  # fmt: skip


def _grouped(text: str) -> str:
    whole, _, cents = text.partition(".")
    return f"{int(whole):,}.{cents}" if whole != "-0" else text


def _european(text: str) -> str:
    return _grouped(text).replace(",", " ").replace(".", ",").replace(" ", ".")


def _around(text: str, before: str, after: str) -> str:
    return f"{before}{text[1:]}{after}" if text.startswith("-") else text


_AMOUNT_STYLES: tuple[Callable[[str], str], ...] = (
    lambda text: text,
    lambda text: text,
    lambda text: text.rstrip("0").rstrip("."),
    lambda text: text.removesuffix(".00"),
    lambda text: "$" + _grouped(text) if not text.startswith("-") else "-$" + _grouped(text[1:]),
    lambda text: _around(_grouped(text), "(", ")"),
    lambda text: _around(_grouped(text), "($", ")") if text.startswith("-") else f"${_grouped(text)}",
    lambda text: _around(text, "", "-"),
    lambda text: f"{text} USD",
    _grouped,
    lambda text: _grouped(text).removesuffix(".00"),
    _european,
    lambda text: text.replace(".", ","),
)


# --- the file -------------------------------------------------------------------------------------


def _surround(chance: random.Random, table: Rows) -> None:
    """What exports have beside their rows."""
    width = len(table[0])
    if chance.random() < 0.1 and "name" not in table[0]:
        table.append(["Total", *[""] * (width - 2), "999.99"])
    if chance.random() < 0.1:
        table.insert(chance.randrange(1, len(table)), [""] * width)
    if chance.random() < 0.1:
        for row in table:
            row.append("")
    if chance.random() < 0.1:
        table.insert(0, ["A report of November", *[""] * (width - 1)])


def _as_text(chance: random.Random, table: Rows) -> bytes:
    delimiter, end = chance.choice(",,,;;\t|"), chance.choice(("\n", "\r\n", "\r\n", "\r"))
    out = io.StringIO(newline="")
    if chance.random() < 0.15:
        out.write(f"sep={delimiter}{end}")
    everything = csv.writer(out, delimiter=delimiter, lineterminator=end, quoting=csv.QUOTE_ALL)
    needed = csv.writer(out, delimiter=delimiter, lineterminator=end)
    chance.choice((needed, everything)).writerows(table)
    encoding = chance.choice(("utf-8", "utf-8", "utf-8-sig", "utf-16", "utf-16-be", "utf-16-le", "cp1252"))
    return out.getvalue().encode(encoding)


def _as_workbook(chance: random.Random, table: Rows, columns: Sequence[str]) -> bytes:
    typed = chance.random() < 0.7
    rows = [
        [
            _typed(cell, columns[place]) if typed and place < len(columns) else cell
            for place, cell in enumerate(row)
        ]
        for row in table
    ]
    return workbook({"Recent": Page(rows)}, since_1904=chance.random() < 0.2)


def _typed(cell: str, column: str) -> Written:
    """As a spreadsheet understands plain texts."""
    if not cell:
        return None
    try:
        if column in _DATES:
            return date.fromisoformat(cell)
        if column in (*_AMOUNTS, "place_of_service"):
            return float(cell) if "E" not in cell else cell
    except ValueError:
        pass
    return cell


# --- damage ---------------------------------------------------------------------------------------


def _cell(
    chance: random.Random, table: Rows, columns: Sequence[str], of: Sequence[str]
) -> tuple[int, int] | None:
    places = [place for place, column in enumerate(columns) if column in of]
    rows = [row for row in range(1, len(table)) if len(table[row]) >= len(columns)]
    return (chance.choice(rows), chance.choice(places)) if places and rows else None


def _in_date(chance: random.Random, table: Rows, columns: Sequence[str], _: bool) -> None:
    at = _cell(chance, table, columns, _DATES)
    if at is None:
        return
    cell = table[at[0]][at[1]]
    first, slash, rest = cell.partition("/")
    swapped = (
        f"{rest.partition('/')[0]}/{first}/{rest.partition('/')[2]}"
        if slash and len(first) < 3
        else "2/30/2026"
    )
    table[at[0]][at[1]] = chance.choice(
        (
            swapped,
            swapped,
            "46056",
            "soon",
            "",
            "13/13/2026",
            "2/13/2026",
            "13/2/2026",
            "5-Feb",
            "#####",
            cell + " x",
        )
    )
    if table[at[0]][at[1]] not in (swapped, "", cell + " x"):
        table[at[0]][at[1]] += "!" if chance.random() < 0.3 else ""


def _in_amount(chance: random.Random, table: Rows, columns: Sequence[str], book: bool) -> None:
    """A workbook's number has no last zeros: none of its digits can be lost unseen."""
    at = _cell(chance, table, columns, _AMOUNTS)
    if at is None:
        return
    cell = table[at[0]][at[1]]
    cut = cell[:-1] if len(cell.rpartition(".")[2]) == 2 and "." in cell and not book else f"{cell}x"
    harms = (
        cut, cut, cell.replace("1", "l").replace("0", "O"), f"€{cell}", f"{cell} CR", "1.5E+03", "#REF!", "",
        f"{cell[:1]} {cell[1:]}x", f"({cell}", f"{cell}--", "1,25,000.00", "12,50.00", "5-Feb", f"{cell}.00",
    )  # fmt: skip
    table[at[0]][at[1]] = chance.choice(harms)


def _in_row(chance: random.Random, table: Rows, columns: Sequence[str], _: bool) -> None:
    number = chance.randrange(1, len(table))
    row = table[number]
    # A client's row that moved by a cell may be another client's: nothing but other files can tell.
    harm = chance.randrange(3 if "name" in columns else 0, 6)
    if harm == 0:
        table[number] = [*row[1:], ""]
    elif harm == 1:
        table[number] = ["", *row[:-1]]
    elif harm == 2:
        row.pop(chance.randrange(len(row)))
    elif harm == 3:
        row.insert(chance.randrange(len(row) + 1), "stray")
    elif harm == 4:
        table.insert(number, list(row))
    else:
        table.insert(number, list(table[0]))


def _in_header(chance: random.Random, table: Rows, columns: Sequence[str], _: bool) -> None:
    harm = chance.randrange(4)
    place = chance.randrange(len(columns))
    if harm == 0:
        table[0][place] = ""
    elif harm == 1:
        table[0][place] = table[0][place - 1]
    elif harm == 2:
        table[0][place] += "s"
    else:
        table.insert(1, ["(text)"] * len(columns))


_TABLE_DAMAGE = (_in_date, _in_date, _in_amount, _in_amount, _in_row, _in_header)


def _cut(chance: random.Random, content: bytes) -> bytes:
    return content[: chance.randrange(len(content))]


def _quote(chance: random.Random, content: bytes) -> bytes:
    place = chance.randrange(len(content))
    return content[:place] + b'"' + content[place:]


def _letters(chance: random.Random, content: bytes) -> bytes:
    """Of a letter beyond ASCII a byte is another, or is left out."""
    places = [place for place, byte in enumerate(content) if byte > 127]
    if not places or content[:1] in b"\xff\xfe\0" or b"\0" in content:
        return content + b"\xe9"
    place = chance.choice(places)
    return content[:place] + chance.choice((b"", b"\xe9")) + content[place + 1 :]


def _zeros(chance: random.Random, content: bytes) -> bytes:
    return content + bytes(chance.randrange(1, 9))


def _page(chance: random.Random, content: bytes) -> bytes:
    return b"<html><body><table><tr><td>" + content + b"</td></tr></table></body></html>"


def _twice(chance: random.Random, content: bytes) -> bytes:
    return content + content


def _spoilt(chance: random.Random, content: bytes) -> bytes:
    place = chance.randrange(len(content))
    if chance.random() < 0.3:
        return content[:place]
    return content[:place] + bytes([content[place] ^ chance.randrange(1, 256)]) + content[place + 1 :]


_FILE_DAMAGE = (_cut, _cut, _quote, _letters, _zeros, _page, _twice)
