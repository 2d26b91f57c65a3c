"""Documents' files, and what draws them."""

from collections.abc import Callable
from functools import cached_property
from typing import TYPE_CHECKING

from chalicelib.bootstrap.payments import PaymentsWiring
from chalicelib.documents.domain.itemised_receipts import ItemisedReceiptData
from chalicelib.documents.domain.payment_summaries import PaymentSummaryData
from chalicelib.documents.domain.statements import StatementData
from chalicelib.documents.ports.documents import (
    Files,
    InvoiceData,
    InvoiceRenderer,
    ItemisedReceiptRenderer,
    PaymentSummaryRenderer,
    ReceiptData,
    Renderer,
    StatementRenderer,
    SuperbillData,
    SuperbillRenderer,
)
from chalicelib.documents.ports.estimates import EstimateData, EstimateRenderer
from chalicelib.documents.services.pdf_links import PdfLinks
from chalicelib.practice.domain.practices import Logo

if TYPE_CHECKING:
    from chalicelib.documents.services.logo_entry import LogoEntry


class _Renderer(
    Renderer,
    ItemisedReceiptRenderer,
    PaymentSummaryRenderer,
    StatementRenderer,
    InvoiceRenderer,
    SuperbillRenderer,
    EstimateRenderer,
):
    """Typst is in the documents function's own layer: nothing else may import it by being wired."""

    def __init__(self, logos: Callable[[Logo], bytes | None]) -> None:
        self._logos = logos

    def receipt(self, data: ReceiptData) -> bytes:
        from chalicelib.documents.pdf.receipt import TypstRenderer

        return TypstRenderer(self._logos).receipt(data)

    def itemised_receipt(self, data: ItemisedReceiptData) -> bytes:
        from chalicelib.documents.pdf.itemised_receipt import TypstItemisedReceiptRenderer

        return TypstItemisedReceiptRenderer(self._logos).itemised_receipt(data)

    def payment_summary(self, data: PaymentSummaryData) -> bytes:
        from chalicelib.documents.pdf.payment_summary import TypstPaymentSummaryRenderer

        return TypstPaymentSummaryRenderer(self._logos).payment_summary(data)

    def statement(self, data: StatementData) -> bytes:
        from chalicelib.documents.pdf.statement import TypstStatementRenderer

        return TypstStatementRenderer(self._logos).statement(data)

    def invoice(self, data: InvoiceData) -> bytes:
        from chalicelib.documents.pdf.invoice import TypstInvoiceRenderer

        return TypstInvoiceRenderer(self._logos).invoice(data)

    def superbill(self, data: SuperbillData) -> bytes:
        from chalicelib.documents.pdf.superbill import TypstSuperbillRenderer

        return TypstSuperbillRenderer(self._logos).superbill(data)

    def estimate(self, data: EstimateData) -> bytes:
        from chalicelib.documents.pdf.estimate import TypstEstimateRenderer

        return TypstEstimateRenderer(self._logos).estimate(data)


class FilesWiring(PaymentsWiring):
    @cached_property
    def files(self) -> Files:
        from chalicelib.documents.store.files import S3Files

        return S3Files(self.settings.bucket, region=self.settings.region)

    @cached_property
    def _renderer(self) -> _Renderer:
        from chalicelib.documents.store.logos import FiledLogos

        return _Renderer(FiledLogos(self.files))

    @cached_property
    def logo_entry(self) -> "LogoEntry":
        from chalicelib.documents.services.logo_entry import LogoEntry

        return LogoEntry(self.files, lambda content: _Renderer(lambda _logo: content))

    @cached_property
    def pdf_links(self) -> PdfLinks:
        return PdfLinks(self.files, self.documents_queue, self.clock)

    @cached_property
    def records_files(self) -> Files:
        """Kept for a week: infra/data.yaml deletes what is under their root."""
        from chalicelib.documents.store.files import S3Files

        return S3Files(self.settings.bucket, region=self.settings.region, root="records")
