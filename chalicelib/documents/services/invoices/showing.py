"""Invoices for whoever may see the account: how each stands now, by the ledger."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from chalicelib.documents.domain.filed import Filed
from chalicelib.documents.domain.invoices import InvoicePaper, InvoiceStanding, Void, marked, standing
from chalicelib.documents.ports.invoices import Invoices
from chalicelib.documents.services.pdf_links import PdfLinks
from chalicelib.kernel.account_refs import AccountRef
from chalicelib.kernel.document_ids import invoice_id
from chalicelib.kernel.errors import Refused, present
from chalicelib.ledger.services.reading import Reading
from chalicelib.payments.domain.quotes import Scope
from chalicelib.words import say
from chalicelib.words.documents import DOCUMENTS

_ID = re.compile(r"invoice-([1-9]\d{0,11})(-void)?")


@dataclass(frozen=True, slots=True)
class OpenedInvoice:
    """`void` is there where it is void."""

    standing: InvoiceStanding
    paper: InvoicePaper
    void: Void | None


@dataclass(frozen=True, slots=True)
class InvoiceList:
    """A page of them, and on which invoice each service is that is still owed: charge id → number."""

    rows: Sequence[InvoiceStanding]
    next_cursor: str | None
    owed: Mapping[str, int]


@dataclass(frozen=True)
class InvoiceShowing:
    """Errors of all: NotFound account_not_found; Refused account_updating while an import holds it."""

    reading: Reading
    invoices: Invoices
    pdf_links: PdfLinks

    def listed(self, ref: AccountRef, *, cursor: str | None, limit: int) -> InvoiceList:
        """The latest number first. Error: Invalid cursor_invalid."""
        page = self.invoices.listed(ref, cursor=cursor, limit=limit)
        _, account = self.reading.of(ref)
        invoiced, open_items = self.invoices.invoiced(ref), account.ledger.open
        rows = [marked(standing(row, invoiced, account.ledger), account) for row in page.rows]
        owed = {id_: number for id_, number in invoiced.charges.items() if id_ in open_items}
        return InvoiceList(rows, page.next_cursor, owed)

    def all_of(self, ref: AccountRef) -> list[InvoiceStanding]:
        """By their numbers. Error: Busy."""
        found = list(self.invoices.all_of(ref))
        if not found:
            return []
        _, account = self.reading.of(ref)
        invoiced = self.invoices.invoiced(ref)
        return [standing(invoice, invoiced, account.ledger) for invoice in found]

    def opened(self, ref: AccountRef, number: int) -> OpenedInvoice:
        """Error: NotFound invoice_not_found."""
        invoice = present(self.invoices.invoice(ref, number), "invoice_not_found", "number")
        paper = present(self.invoices.paper(ref, number), "invoice_not_found", "number")
        _, account = self.reading.of(ref)
        found = standing(invoice, self.invoices.invoiced(ref), account.ledger)
        return OpenedInvoice(marked(found, account), paper, self.invoices.voided(ref, number))

    def scope(self, ref: AccountRef, number: int) -> Scope:
        """What is paid by paying the invoice: its services. The payment keeps its id.

        Errors: NotFound invoice_not_found; Refused invoice_void.
        """
        charge_ids = self.invoices.invoiced(ref).on(number)
        if not charge_ids:
            present(self.invoices.invoice(ref, number), "invoice_not_found", "number")
            raise Refused("invoice_void", "number")
        return Scope("invoice", tuple(sorted(charge_ids)), reference=invoice_id(number))

    def charge_ids(self, ref: AccountRef, document_id: str) -> frozenset[str]:
        """Of an invoice's services; none of one that is void. Error: NotFound invoice_not_found."""
        return self.invoices.invoiced(ref).on(self.number(document_id))

    def number(self, document_id: str) -> int:
        """Error: NotFound invoice_not_found."""
        found = present(_ID.fullmatch(document_id), "invoice_not_found")
        return present(None if found[2] else int(found[1]), "invoice_not_found")

    def is_one(self, document_id: str) -> bool:
        """Whether a document's id is that of an invoice, or of what voids one."""
        return _ID.fullmatch(document_id) is not None

    def url(self, ref: AccountRef, document_id: str, *, inline: bool) -> str:
        """The PDF for a minute; made when it is first opened. Errors: NotFound document_not_found; Refused
        document_missing, while it is being made."""
        found = present(_ID.fullmatch(document_id), "document_not_found")
        number = int(found[1])
        invoice = present(self.invoices.invoice(ref, number), "document_not_found")
        paper = present(self.invoices.paper(ref, number), "document_not_found")
        void = present(self.invoices.voided(ref, number), "document_not_found") if found[2] else None
        key = "invoice_void_file" if void else "invoice_file"
        filename = say(DOCUMENTS, key, paper.letterhead.locale, number=str(number))
        filed = Filed.invoice(ref.practice, invoice, void=void)
        return self.pdf_links.url(filed, filename=filename, inline=inline)
