"""The renderer: from what a document says to what its template places."""

from datetime import date

from chalicelib.adapters.documents.typesetting import typeset
from chalicelib.domain.documents import Row, receipt_rows
from chalicelib.domain.formatting import date_text, one_line
from chalicelib.services.ports import ReceiptData, Renderer
from chalicelib.words import language, say
from chalicelib.words.documents import DOCUMENTS

LETTER_CURRENCIES = frozenset({"USD", "CAD", "MXN"})  # where printers hold US Letter; elsewhere it is A4


class TypstRenderer(Renderer):
    """Error of every method: Invalid document_unrenderable."""

    def receipt(self, data: ReceiptData) -> bytes:
        return typeset("receipt", _receipt(data), dated=date.fromisoformat(data.date))


def _receipt(data: ReceiptData) -> dict[str, object]:
    amount, *rows = receipt_rows(
        amount_minor=data.amount_minor,
        currency=data.currency,
        date=data.date,
        method=data.method,
        reference=data.reference,
        owed_after_minor=data.owed_after_minor,
        locale=data.locale,
    )
    day = date_text(data.date, data.locale)
    name = one_line(data.practice_name)
    return {
        **_page(data, title=say(DOCUMENTS, "receipt_title", data.locale, practice=name, date=day)),
        "heading": say(DOCUMENTS, "receipt", data.locale),
        "headline": _row(amount),
        "rows": [_row(row) for row in rows],
        "note": say(DOCUMENTS, "receipt_note", data.locale),
    }


def _page(data: ReceiptData, *, title: str) -> dict[str, object]:
    """What `document-page` in letterhead.typ reads."""
    return {
        "title": title,
        "language": language(data.locale),
        "date": [int(part) for part in data.date.split("-")],
        "paper": "us-letter" if data.currency in LETTER_CURRENCIES else "a4",
        "page": say(DOCUMENTS, "page", data.locale, page="{page}", pages="{pages}"),
        "practice": {"name": one_line(data.practice_name), "lines": _lines(data)},
    }


def _lines(data: ReceiptData) -> list[str]:
    contact = " · ".join(filter(None, (one_line(data.practice_phone), one_line(data.practice_email))))
    lines = [one_line(line) for line in data.practice_address.splitlines()]
    return [line for line in (*lines, contact) if line]


def _row(row: Row) -> dict[str, str]:
    return {"label": row.label, "text": row.text}
