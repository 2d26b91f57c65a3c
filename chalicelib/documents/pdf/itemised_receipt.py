"""The itemised receipt's renderer: from what it says to what its template places."""

from datetime import date

from chalicelib.documents.domain.itemised_receipts import ItemisedReceiptData, PaidService
from chalicelib.documents.domain.receipts import method_text
from chalicelib.documents.pdf.page import DocumentWords, Logos, document_page, no_logos
from chalicelib.documents.pdf.typesetting import typeset
from chalicelib.documents.ports.documents import ItemisedReceiptRenderer
from chalicelib.kernel.formatting import isolated, one_line, short_date_text
from chalicelib.words import language

_COLUMNS = ("date", "service", "fee", "insurance_paid", "paid_here")


class TypstItemisedReceiptRenderer(ItemisedReceiptRenderer):
    def __init__(self, logos: Logos = no_logos) -> None:
        self._logos = logos

    def itemised_receipt(self, data: ItemisedReceiptData) -> bytes:
        paid_on = date.fromisoformat(data.date)
        return typeset("itemised_receipt", page_of(data, self._logos), dated=paid_on)


def page_of(data: ItemisedReceiptData, logos: Logos = no_logos) -> dict[str, object]:
    """All that the template places, in its reader's language."""
    return _Words(data, logos).page()


class _Words(DocumentWords):
    """One receipt in its reader's language."""

    def __init__(self, data: ItemisedReceiptData, logos: Logos) -> None:
        super().__init__(data.locale, data.currency)
        self._data, self._logos = data, logos

    def page(self) -> dict[str, object]:
        data = self._data
        name = isolated(one_line(data.letterhead.practice_name))
        return {
            **document_page(
                title=self._say("itemised_title", practice=name, date=self._day(data.date)),
                day=date.fromisoformat(data.date), currency=data.currency, locale=data.locale,
                head=data.letterhead, logos=self._logos,
            ),
            "heading": self._say("itemised_receipt"),
            "headline": self._row("received", self._money(data.amount_minor)),
            "rows": self._facts(),
            "services": {
                "heading": self._say("services"),
                "columns": [self._say(key) for key in _COLUMNS],
                "lines": [self._line(service) for service in data.services] + self._credit(),
                "total": self._row("total", self._money(data.amount_minor)),
            },
            "since": self._since(),
            "note": self._say("itemised_note"),
        }  # fmt: skip

    def _facts(self) -> list[dict[str, str]]:
        data = self._data
        rows = [
            self._row("date", self._day(data.date)),
            self._row("client", self._name(data.client)),
            self._row("paid_by", self._payer(data.payer)),
            self._row("method", method_text(data.method, data.locale)),
            self._row("reference", one_line(data.reference)),
            *(self._tax_id(*named) for named in data.tax_ids),
        ]
        return [row for row in rows if row["text"]]

    def _line(self, service: PaidService) -> dict[str, str]:
        details = [self._name(service.clinician), "" if service.eligible else self._say("not_eligible")]
        name = self._name(service.name)
        return {
            "date": short_date_text(service.on, self._data.locale),
            "text": name or self._say("balance_brought"),
            "language": language(service.name_locale if name else self._data.locale),
            "detail": "\n".join(filter(None, details)),
            "fee": self._money(service.fee_minor) if service.fee_minor else "",
            "insurance": self._money(service.insurance_minor) if service.insurance_minor else "",
            "paid": self._money(service.paid_minor),
        }

    def _credit(self) -> list[dict[str, str]]:
        if not self._data.credit_minor:
            return []
        text = self._say("kept_as_credit")
        return [
            {
                "date": "", "text": text, "language": language(self._data.locale), "detail": "", "fee": "",
                "insurance": "", "paid": self._money(self._data.credit_minor),
            }
        ]  # fmt: skip

    def _since(self) -> list[dict[str, str]]:
        """What became of the money, where something did."""
        data, day = self._data, self._day(self._data.stand_on)
        gone = [
            self._row(key, self._money(-minor), date=day)
            for key, minor in (("refunded_since", data.refunded_minor), ("taken_since", data.taken_minor))
            if minor
        ]
        left = data.amount_minor - data.refunded_minor - data.taken_minor
        return [*gone, self._row("left_of_it", self._money(left))] if gone else []
