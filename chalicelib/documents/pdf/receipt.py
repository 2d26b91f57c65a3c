"""The renderer: from what a document says to what its template places."""

from datetime import date

from chalicelib.documents.domain.receipts import receipt_rows
from chalicelib.documents.pdf.page import Logos, document_page, no_logos
from chalicelib.documents.pdf.typesetting import typeset
from chalicelib.documents.ports.documents import ReceiptData, Renderer
from chalicelib.kernel.formatting import date_text, isolated, one_line
from chalicelib.mail.domain.letters import Row
from chalicelib.words import say
from chalicelib.words.documents import DOCUMENTS


class TypstRenderer(Renderer):
    """Error of every method: Invalid document_unrenderable."""

    def __init__(self, logos: Logos = no_logos) -> None:
        self._logos = logos

    def receipt(self, data: ReceiptData) -> bytes:
        return typeset("receipt", _receipt(data, self._logos), dated=date.fromisoformat(data.date))


def _receipt(data: ReceiptData, logos: Logos) -> dict[str, object]:
    amount, *rows = receipt_rows(
        amount_minor=data.amount_minor,
        currency=data.currency,
        date=data.date,
        method=data.method,
        reference=data.reference,
        owed_after_minor=data.owed_after_minor,
        locale=data.locale,
    )
    name, day = isolated(one_line(data.letterhead.practice_name)), date_text(data.date, data.locale)
    return {
        **_page(data, logos, title=say(DOCUMENTS, "receipt_title", data.locale, practice=name, date=day)),
        "heading": say(DOCUMENTS, "receipt", data.locale),
        "headline": _row(amount),
        "rows": [_row(row) for row in rows],
        "note": say(DOCUMENTS, "receipt_note", data.locale),
    }


def _page(data: ReceiptData, logos: Logos, *, title: str) -> dict[str, object]:
    day = date.fromisoformat(data.date)
    return document_page(
        title=title,
        day=day,
        currency=data.currency,
        locale=data.locale,
        head=data.letterhead,
        logos=logos,
    )


def _row(row: Row) -> dict[str, str]:
    return {"label": row.label, "text": row.text}
