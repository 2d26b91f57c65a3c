"""What is posted or handed on looks as it did when somebody last looked: text and picture of each (issue 14).

After a wanted change: `python -m tests.unit.documents.test_golden` writes both anew; look at each.
"""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
import typst

from chalicelib.documents.pdf import (
    estimate,
    invoice,
    itemised_receipt,
    payment_summary,
    statement,
    superbill,
)
from chalicelib.documents.pdf.estimate import TypstEstimateRenderer
from chalicelib.documents.pdf.invoice import TypstInvoiceRenderer
from chalicelib.documents.pdf.itemised_receipt import TypstItemisedReceiptRenderer
from chalicelib.documents.pdf.payment_summary import TypstPaymentSummaryRenderer
from chalicelib.documents.pdf.statement import TypstStatementRenderer
from chalicelib.documents.pdf.superbill import TypstSuperbillRenderer
from chalicelib.documents.pdf.typesetting import TEMPLATES, _fonts, _literal
from tests.support.pdf import text_of
from tests.unit.documents.test_estimates import CASES as ESTIMATES
from tests.unit.documents.test_payers_documents import CASES as RECEIPTS
from tests.unit.documents.test_payers_documents import SUMMARIES
from tests.unit.invoices.test_renderer import CASES as INVOICES
from tests.unit.statements.test_renderer import CASES as STATEMENTS
from tests.unit.superbills.samples import CASES as SUPERBILLS

FOLDER = Path(__file__).parent / "golden"
_SOURCE = '#import "/{template}.typ": document\n#document(json(bytes({data})), true)\n'
PPI = 60.0

PAGES: dict[str, tuple[str, Mapping[str, Any]]] = {
    "statement": ("statement", statement.page_of(STATEMENTS["english"])),
    "statement-spanish": ("statement", statement.page_of(STATEMENTS["spanish"])),
    "invoice": ("invoice", invoice.page_of(INVOICES["english"])),
    "invoice-link": ("invoice", invoice.page_of(INVOICES["link"])),
    "invoice-void-spanish": ("invoice", invoice.page_of(INVOICES["void-spanish"])),
    "superbill": ("superbill", superbill.page_of(SUPERBILLS["english"])),
    "superbill-spanish": ("superbill", superbill.page_of(SUPERBILLS["spanish"])),
    "estimate": ("estimate", estimate.page_of(ESTIMATES["english"])),
    "itemised-receipt": ("itemised_receipt", itemised_receipt.page_of(RECEIPTS["english"])),
    "payment-summary-spanish": ("payment_summary", payment_summary.page_of(SUMMARIES["summary-spanish"])),
}
PDFS = {
    "statement": lambda: TypstStatementRenderer().statement(STATEMENTS["english"]),
    "statement-spanish": lambda: TypstStatementRenderer().statement(STATEMENTS["spanish"]),
    "invoice": lambda: TypstInvoiceRenderer().invoice(INVOICES["english"]),
    "invoice-link": lambda: TypstInvoiceRenderer().invoice(INVOICES["link"]),
    "invoice-void-spanish": lambda: TypstInvoiceRenderer().invoice(INVOICES["void-spanish"]),
    "superbill": lambda: TypstSuperbillRenderer().superbill(SUPERBILLS["english"]),
    "superbill-spanish": lambda: TypstSuperbillRenderer().superbill(SUPERBILLS["spanish"]),
    "estimate": lambda: TypstEstimateRenderer().estimate(ESTIMATES["english"]),
    "itemised-receipt": lambda: TypstItemisedReceiptRenderer().itemised_receipt(RECEIPTS["english"]),
    "payment-summary-spanish": lambda: TypstPaymentSummaryRenderer().payment_summary(
        SUMMARIES["summary-spanish"]
    ),
}


def picture(name: str) -> bytes:
    """The first page, by the same compiler and fonts as the PDF."""
    template, data = PAGES[name]
    source = _SOURCE.format(template=template, data=_literal(json.dumps(data, ensure_ascii=False)))
    compiler = typst.Compiler(root=str(TEMPLATES), font_paths=_fonts(), ignore_system_fonts=True)
    made: Any = compiler.compile(input=source.encode(), format="png", ppi=PPI)
    return bytes(made[0] if isinstance(made, list) else made)


@pytest.mark.parametrize("name", PAGES)
def test_its_text_is_the_golden_one(name: str) -> None:
    assert text_of(PDFS[name]()) == (FOLDER / f"{name}.txt").read_text("utf-8")


@pytest.mark.parametrize("name", PAGES)
def test_its_picture_is_the_golden_one(name: str) -> None:
    assert picture(name) == (FOLDER / f"{name}.png").read_bytes()


if __name__ == "__main__":
    for each in PAGES:
        (FOLDER / f"{each}.txt").write_text(text_of(PDFS[each]()), "utf-8")
        (FOLDER / f"{each}.png").write_bytes(picture(each))
