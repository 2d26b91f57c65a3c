"""Documents and files."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Protocol

from chalicelib.documents.domain.invoices import Invoice, InvoicePaper, Void
from chalicelib.documents.domain.itemised_receipts import ItemisedReceiptData
from chalicelib.documents.domain.letterheads import Letterhead
from chalicelib.documents.domain.payment_summaries import PaymentSummaryData
from chalicelib.documents.domain.statements import StatementData
from chalicelib.documents.domain.superbills import Superbill, SuperbillPaper, SuperbillVoid
from chalicelib.ledger.domain.methods import Method


@dataclass(frozen=True, slots=True)
class ReceiptData:
    """What a receipt says: never a client's, clinician's or service's name. Amounts minor.

    `owed_after_minor` is None where it must not be shown (guests).
    """

    letterhead: Letterhead
    amount_minor: int
    currency: str
    date: str
    method: Method
    reference: str
    owed_after_minor: int | None
    locale: str


class Renderer(Protocol):
    def receipt(self, data: ReceiptData) -> bytes:
        """A PDF (PDF/UA-1, PDF/A-2a); the same data gives the same bytes."""
        ...


class ItemisedReceiptRenderer(Protocol):
    def itemised_receipt(self, data: ItemisedReceiptData) -> bytes:
        """As `Renderer.receipt`. Error: Invalid document_unrenderable."""
        ...


class PaymentSummaryRenderer(Protocol):
    def payment_summary(self, data: PaymentSummaryData) -> bytes:
        """As `Renderer.receipt`. Error: Invalid document_unrenderable."""
        ...


class StatementRenderer(Protocol):
    def statement(self, data: StatementData) -> bytes:
        """As `Renderer.receipt`. Error: Invalid document_unrenderable."""
        ...


@dataclass(frozen=True, slots=True)
class InvoiceData:
    """All that is printed of an invoice; with `void`, of the document that voids it. `pay_link` is the
    address to pay it at without an account, "" where there is none."""

    invoice: Invoice
    paper: InvoicePaper
    void: Void | None = None
    pay_link: str = ""


class InvoiceRenderer(Protocol):
    def invoice(self, data: InvoiceData) -> bytes:
        """As `Renderer.receipt`. Error: Invalid document_unrenderable."""
        ...


@dataclass(frozen=True, slots=True)
class SuperbillData:
    """All that is printed of a superbill; with `void`, of the document that voids it."""

    superbill: Superbill
    paper: SuperbillPaper
    void: SuperbillVoid | None = None


class SuperbillRenderer(Protocol):
    def superbill(self, data: SuperbillData) -> bytes:
        """As `Renderer.receipt`. Error: Invalid document_unrenderable."""
        ...


class Files(Protocol):
    def put(self, practice: str, key: str, content: bytes, *, content_type: str) -> None: ...

    def get(self, practice: str, key: str) -> bytes:
        """Errors: NotFound document_not_found, Busy."""
        ...

    def has(self, practice: str, key: str) -> bool:
        """Whether there is such a file, for one request. Error: Busy."""
        ...

    def keys(self, practice: str, *, under: str = "") -> Iterator[str]:
        """Of all its files, or those whose keys begin so; a thousand a request, for who may list them.
        Error: Busy."""
        ...

    def url(self, practice: str, key: str, *, filename: str, inline: bool, seconds: int = 60) -> str:
        """A plain link to the same bytes, opened or downloaded."""
        ...
