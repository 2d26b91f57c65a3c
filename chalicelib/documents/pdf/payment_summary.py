"""The payment summary's renderer: from what it says to what its template places."""

from datetime import date

from chalicelib.documents.domain.payment_summaries import CarePaid, PaymentSummaryData, SummaryLine
from chalicelib.documents.domain.receipts import method_text
from chalicelib.documents.pdf.page import DocumentWords, Logos, document_page, no_logos
from chalicelib.documents.pdf.typesetting import typeset
from chalicelib.documents.ports.documents import PaymentSummaryRenderer
from chalicelib.kernel.formatting import isolated, one_line, short_date_text

_COLUMNS = ("date", "method", "received", "returned", "net")


class TypstPaymentSummaryRenderer(PaymentSummaryRenderer):
    def __init__(self, logos: Logos = no_logos) -> None:
        self._logos = logos

    def payment_summary(self, data: PaymentSummaryData) -> bytes:
        made_on = date.fromisoformat(data.made_on)
        return typeset("payment_summary", page_of(data, self._logos), dated=made_on)


def page_of(data: PaymentSummaryData, logos: Logos = no_logos) -> dict[str, object]:
    """All that the template places, in its reader's language."""
    return _Words(data, logos).page()


class _Words(DocumentWords):
    """One summary in its reader's language."""

    def __init__(self, data: PaymentSummaryData, logos: Logos) -> None:
        super().__init__(data.locale, data.currency)
        self._data, self._logos = data, logos

    def page(self) -> dict[str, object]:
        data = self._data
        days = {"first": self._day(data.first), "last": self._day(data.last)}
        name = isolated(one_line(data.letterhead.practice_name))
        return {
            **document_page(
                title=self._say("summary_title", practice=name, **days),
                day=date.fromisoformat(data.made_on), currency=data.currency, locale=data.locale,
                head=data.letterhead, logos=self._logos,
            ),
            "heading": self._say("payment_summary"),
            "headline": {"label": self._say("paid_net", **days), "text": self._money(data.total_minor)},
            "rows": self._facts(),
            "purpose": {"heading": self._say("by_purpose"), "rows": self._purposes()},
            "payments": {
                "heading": self._say("by_payment"),
                "columns": [self._say(key) for key in _COLUMNS],
                "lines": [self._line(line) for line in data.lines],
                "none": self._say("no_payments"),
            },
            "insurance": self._insurance(),
            "note": self._say("summary_note", date=self._day(data.made_on)),
        }  # fmt: skip

    def _facts(self) -> list[dict[str, str]]:
        data = self._data
        return [
            self._row("client", self._name(data.client)),
            self._row("statement_made", self._day(data.made_on)),
            *(self._tax_id(*named) for named in data.tax_ids),
        ]

    def _purposes(self) -> list[dict[str, str]]:
        """Added up at the end; what is nothing is left out, and all of it where nothing was paid."""
        data = self._data
        if not data.lines:
            return []
        rows = [(self._care(paid), paid.paid_minor) for paid in data.care]
        rows += [
            (self._say("care_missed"), data.missed_minor),
            (self._say("balance_brought"), data.brought_minor),
            (self._say("paid_ahead"), data.credit_minor),
        ]
        rows = [(label, minor) for label, minor in rows if minor]
        rows.append((self._say("total"), data.total_minor))
        return [{"label": label, "text": self._money(minor)} for label, minor in rows]

    def _care(self, paid: CarePaid) -> str:
        """With the days of care in a line of their own."""
        first, last = (short_date_text(day, self._data.locale) for day in (paid.first, paid.last))
        days = first if first == last else self._say("care_days", first=first, last=last)
        return f"{self._say('care_of', name=self._name(paid.clinician))}\n{days}"

    def _line(self, line: SummaryLine) -> dict[str, str]:
        about = (self._payer(line.payer), one_line(line.reference))
        return {
            "date": short_date_text(line.date, self._data.locale),
            "text": method_text(line.method, self._data.locale),
            "detail": " · ".join(filter(None, about)),
            "amount": self._money(line.amount_minor),
            "returned": self._money(-line.returned_minor) if line.returned_minor else "",
            "net": self._money(line.net_minor),
        }

    def _insurance(self) -> str:
        amount = self._data.insurance_minor
        return self._say("insurers_paid", amount=self._money(amount)) if amount else ""
