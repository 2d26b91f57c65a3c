"""The paper list of invoices: those still to be paid that no e-mail tells of, for the practice to post."""

from collections.abc import Iterator
from dataclasses import dataclass

from chalicelib.documents.domain.filed import Filed
from chalicelib.documents.domain.invoices import Invoice, Status
from chalicelib.documents.services.by_post import why_by_post
from chalicelib.documents.services.invoices.showing import InvoiceShowing
from chalicelib.kernel.errors import Refused
from chalicelib.operations.services.addresses import Addresses, recipient
from chalicelib.practice.domain.practices import Client
from chalicelib.practice.ports import People


@dataclass(frozen=True, slots=True)
class InvoiceToPost:
    """The PDF is at `file`; `why` no e-mail tells of it: "" where there is no address."""

    client: Client
    invoice: Invoice
    file: str
    why: str


@dataclass(frozen=True)
class InvoicePaperList:
    people: People
    showing: InvoiceShowing
    addresses: Addresses

    def of(self, practice: str, *, since: str = "") -> list[InvoiceToPost]:
        """In the order of the clients' names; `since`: only what was issued on that day (YYYY-MM-DD) or
        later. Whose account an import still holds, is left out. Errors: Unreadable, Busy."""
        found = (
            row
            for client in self.people.clients(practice)
            if (why := why_by_post(self.addresses, practice, client, recipient(client))) is not None
            for row in self._to_post(practice, client, since, why)
        )
        return sorted(found, key=lambda row: (row.client.name, row.client.id, row.invoice.number))

    def _to_post(self, practice: str, client: Client, since: str, why: str) -> Iterator[InvoiceToPost]:
        try:
            standings = self.showing.all_of(client.ref(practice))
        except Refused:
            return
        for row in standings:
            invoice = row.invoice
            if row.status in (Status.OPEN, Status.PARTLY_PAID) and invoice.issued_on >= since:
                yield InvoiceToPost(client, invoice, Filed.invoice(practice, invoice, void=None).key, why)
