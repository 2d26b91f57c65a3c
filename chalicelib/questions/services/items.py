"""What a question is about: an item of the account, as it is called and what it comes to."""

from dataclasses import dataclass

from chalicelib.documents.ports.invoices import Invoices
from chalicelib.kernel.account_refs import AccountRef
from chalicelib.kernel.document_ids import invoice_number
from chalicelib.kernel.errors import Refused, present
from chalicelib.ledger.domain.asked import ItemKind, ItemRef
from chalicelib.ledger.ports.ledgers import Ledgers
from chalicelib.questions.domain.questions import ItemFacts


@dataclass(frozen=True)
class Items:
    """Another account's item is absent. One row is read."""

    ledgers: Ledgers
    invoices: Invoices

    def facts(self, ref: AccountRef, about: ItemRef) -> ItemFacts:
        """Errors: NotFound charge_not_found, invoice_not_found, payment_not_found; Refused invoice_void."""
        return _FACTS[about.kind](self, ref, about.id)

    def _service(self, ref: AccountRef, charge_id: str) -> ItemFacts:
        charge = present(self.ledgers.charges(ref, [charge_id]).get(charge_id), "charge_not_found")
        return ItemFacts(charge.service, charge.date, charge.client_minor)

    def _invoice(self, ref: AccountRef, document_id: str) -> ItemFacts:
        number = present(invoice_number(document_id), "invoice_not_found")
        invoice = present(self.invoices.invoice(ref, number), "invoice_not_found")
        if not self.invoices.invoiced(ref).on(number):
            raise Refused("invoice_void")
        return ItemFacts("", invoice.issued_on, invoice.sums.owed_minor)

    def _payment(self, ref: AccountRef, payment_id: str) -> ItemFacts:
        payment = present(self.ledgers.payment(ref, payment_id), "payment_not_found")
        return ItemFacts("", payment.date, payment.amount_minor)


_FACTS = {
    ItemKind.SERVICE: Items._service,
    ItemKind.INVOICE: Items._invoice,
    ItemKind.PAYMENT: Items._payment,
}
