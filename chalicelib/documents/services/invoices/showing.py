"""Invoices for whoever may see the account: how each stands now, by the ledger."""

from collections.abc import Sequence
from dataclasses import dataclass

from chalicelib.documents.domain.invoices import InvoicePaper, InvoiceStanding, Void, standing
from chalicelib.documents.ports.invoices import Invoices
from chalicelib.kernel.account_refs import AccountRef
from chalicelib.kernel.errors import present
from chalicelib.ledger.ports.ledgers import Page
from chalicelib.ledger.services.reading import Reading


@dataclass(frozen=True, slots=True)
class OpenedInvoice:
    """`void` is there where it is void."""

    standing: InvoiceStanding
    paper: InvoicePaper
    void: Void | None


@dataclass(frozen=True)
class InvoiceShowing:
    """Errors of all: NotFound account_not_found; Refused account_updating while an import holds it."""

    reading: Reading
    invoices: Invoices

    def listed(self, ref: AccountRef, *, cursor: str | None, limit: int) -> Page[InvoiceStanding]:
        """The latest number first. Error: Invalid cursor_invalid."""
        page = self.invoices.listed(ref, cursor=cursor, limit=limit)
        _, account = self.reading.of(ref)
        invoiced = self.invoices.invoiced(ref)
        rows: Sequence[InvoiceStanding] = [standing(row, invoiced, account.ledger) for row in page.rows]
        return Page(rows, page.next_cursor)

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
        return OpenedInvoice(found, paper, self.invoices.voided(ref, number))
