"""The invoice's renderer, and that of the document that voids one: from what was issued to what is placed."""

from datetime import date

from chalicelib.documents.domain.invoices import InvoiceLine
from chalicelib.documents.pdf.page import (
    DocumentWords,
    Logos,
    addressed,
    document_page,
    how_to_pay,
    link_to_pay,
    no_logos,
)
from chalicelib.documents.pdf.typesetting import typeset
from chalicelib.documents.ports.documents import InvoiceData, InvoiceRenderer
from chalicelib.kernel.formatting import isolated, one_line, short_date_text


class TypstInvoiceRenderer(InvoiceRenderer):
    def __init__(self, logos: Logos = no_logos) -> None:
        self._logos = logos

    def invoice(self, data: InvoiceData) -> bytes:
        return typeset("invoice", page_of(data, self._logos), dated=_dated(data))


def page_of(data: InvoiceData, logos: Logos = no_logos) -> dict[str, object]:
    """All that the template places, in its reader's language."""
    return _Words(data, logos).page()


def _dated(data: InvoiceData) -> date:
    return date.fromisoformat(data.void.voided_on if data.void else data.invoice.issued_on)


class _Words(DocumentWords):
    """One invoice in its reader's language."""

    def __init__(self, data: InvoiceData, logos: Logos) -> None:
        super().__init__(data.paper.letterhead.locale, data.invoice.currency)
        self._logos, self._head, self._dated = logos, data.paper.letterhead, _dated(data)
        self._invoice, self._paper, self._void = data.invoice, data.paper, data.void
        self._pay_link = data.pay_link
        clinicians = {line.clinician for line in data.paper.lines}
        self._clinician = clinicians.pop() if len(clinicians) == 1 else ""

    def page(self) -> dict[str, object]:
        head, void = self._head, self._void is not None
        return {
            **self._document_page(),
            "heading": self._say("invoice_void" if void else "invoice"),
            "to": addressed(head.guarantor_name or head.client_name, head.client_address),
            "about": self._about(),
            "headline": self._headline(),
            "pay": "" if void else how_to_pay(head.pay_at, self._locale),
            **link_to_pay(self._pay_link, self._locale),
            "facts": self._facts(),
            "services": {
                "heading": self._say("invoice_services"),
                "columns": [self._say(key) for key in ("date", "line_service", "fee", "line_owed")],
                "lines": [self._line(line) for line in self._paper.lines],
            },
            "sums": [] if void else self._sums(),
        }

    def _document_page(self) -> dict[str, object]:
        head, void = self._head, self._void is not None
        name = self._name(head.practice_name)
        title = "invoice_void_title" if void else "invoice_title"
        return document_page(
            title=self._say(title, practice=name, number=str(self._invoice.number)),
            day=self._dated,
            currency=self._invoice.currency,
            locale=self._locale,
            head=head,
            logos=self._logos,
        )

    def _about(self) -> list[dict[str, str]]:
        dates = [("invoice_issued", self._invoice.issued_on)]
        if self._void:
            dates.append(("invoice_voided", self._void.voided_on))
        else:
            dates.append(("invoice_due", self._invoice.due_on))
        number = self._row("invoice_number", str(self._invoice.number))
        return [number, *(self._row(key, self._day(on)) for key, on in dates)]

    def _headline(self) -> dict[str, str]:
        if self._void:
            note, label, amount_minor = self._say("invoice_void_note"), self._say("invoice_total"), 0
        else:
            due = self._day(self._invoice.due_on)
            note, label = "", self._say("invoice_owed", date=due)
            amount_minor = self._invoice.sums.owed_minor
        return {"label": label, "text": self._money(amount_minor), "note": note}

    def _facts(self) -> list[dict[str, str]]:
        named = (("invoice_client", self._head.client_name), ("invoice_clinician", self._clinician))
        return [self._row(key, self._name(name)) for key, name in named if name.strip()]

    def _line(self, line: InvoiceLine) -> dict[str, object]:
        clinician = "" if self._clinician else isolated(one_line(line.clinician))
        taken = (
            ("insurance", line.insurance_minor),
            ("adjustments", line.adjustments_minor - line.written_off_minor),
            ("line_write_off", line.written_off_minor), ("payments", line.paid_minor),
        )  # fmt: skip
        off = [f"{self._say(key)} {self._money(-minor)}" for key, minor in taken if minor and not self._void]
        return {
            "date": short_date_text(line.date, self._locale),
            "text": isolated(one_line(line.service)) or self._say("line_opening"),
            "clinician": clinician,
            "detail": "\n".join(off),
            "fee": self._money(line.fee_minor),
            "owed": self._money(0 if self._void else line.owed_minor),
        }

    def _sums(self) -> list[dict[str, str]]:
        """The fees, what was taken off them, and what is to pay."""
        sums = self._invoice.sums
        written_off = sum(line.written_off_minor for line in self._paper.lines)
        taken = (
            ("insurance", -sums.insurance_minor), ("adjustments", written_off - sums.adjustments_minor),
            ("line_write_off", -written_off), ("payments", -sums.paid_minor),
        )  # fmt: skip
        rows = [
            ("fees", sums.fee_minor),
            *(row for row in taken if row[1]),
            ("invoice_total", sums.owed_minor),
        ]
        return [{"label": self._say(key), "text": self._money(amount)} for key, amount in rows]
