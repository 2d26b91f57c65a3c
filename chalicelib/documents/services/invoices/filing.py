"""Make an invoice's PDF, or that of its void: from what was issued alone, so that it is the same whenever."""

from dataclasses import dataclass

from chalicelib.documents.domain.filed import Filed
from chalicelib.documents.domain.invoices import Invoice, InvoicePaper
from chalicelib.documents.ports.documents import Files, InvoiceData, InvoiceRenderer
from chalicelib.documents.ports.invoices import Invoices
from chalicelib.identity.services.pay_links import PayLinks
from chalicelib.kernel.account_refs import AccountRef
from chalicelib.kernel.errors import present
from chalicelib.kernel.outside import Unreadable


@dataclass(frozen=True)
class InvoiceFiling:
    invoices: Invoices
    files: Files
    renderer: InvoiceRenderer
    links: PayLinks

    def render(self, ref: AccountRef, number: int, *, void: bool = False) -> None:
        """The bytes that there are stay. Errors: NotFound invoice_not_found; Invalid document_unrenderable;
        Unreadable, also where the paper is not the one that was issued; Busy."""
        invoice = present(self.invoices.invoice(ref, number), "invoice_not_found", "number")
        paper = present(self.invoices.paper(ref, number), "invoice_not_found", "number")
        if paper.digest != invoice.digest:
            raise Unreadable(f"paper of invoice {number}")
        found = self.invoices.voided(ref, number) if void else None
        if void:
            present(found, "invoice_not_found", "number")
        link = "" if void else self._pay_link(ref, invoice, paper)
        pdf = self.renderer.invoice(InvoiceData(invoice, paper, found, link))
        key = Filed.invoice(ref.practice, invoice, void=found).key
        self.files.put(ref.practice, key, pdf, content_type="application/pdf")

    def _pay_link(self, ref: AccountRef, invoice: Invoice, paper: InvoicePaper) -> str:
        generation = paper.letterhead.pay_link
        return self.links.printed(ref, invoice.id, generation, since=invoice.issued_at)
