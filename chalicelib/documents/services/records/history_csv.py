"""What was posted to an account, as a table for spreadsheets in its reader's language."""

import csv
import io
from collections.abc import Iterable, Iterator

from chalicelib.documents.domain.line_words import line_word
from chalicelib.documents.domain.receipts import method_text
from chalicelib.kernel.money import Money, decimal_text
from chalicelib.ledger.domain.entries import EntryKind
from chalicelib.ledger.domain.ledger_csv import inert
from chalicelib.ledger.services.history import Happened, Touched
from chalicelib.practice.domain.practices import Practice
from chalicelib.words import say
from chalicelib.words.documents import DOCUMENTS

COLUMNS = (
    "date", "line_description", "service", "csv_service_date", "fee", "csv_expected", "csv_amount",
    "csv_credit", "csv_insurance", "csv_currency", "method", "reference", "csv_for",
)  # fmt: skip
_WITH_A_FEE = (EntryKind.CHARGE, EntryKind.SERVICE)


def history_csv(practice: Practice, rows: Iterable[Happened], locale: str) -> bytes:
    """A row a charge, payment or adjustment, in the order given. Amounts are what they changed of what is
    expected of insurers, owed, or kept as credit, and what an insurer settled; of a service the fee, too,
    which is 0 where it is free. UTF-8 with the mark by which spreadsheets know it; no cell is taken for a
    formula."""
    text = io.StringIO(newline="")
    table = csv.writer(text, lineterminator="\r\n")
    table.writerow([say(DOCUMENTS, column, locale) for column in COLUMNS])
    table.writerows(_row(practice, row, locale) for row in rows)
    return text.getvalue().encode("utf-8-sig")


def _row(practice: Practice, row: Happened, locale: str) -> Iterator[str]:
    """Numbers are ours and stay numbers; every text is made one that no spreadsheet runs."""
    paid = row.payment
    service = practice.service_in(row.service.name, locale)[0] if row.service and row.service.name else ""
    yield row.on
    yield line_word(row.kind, row.amount_minor, locale, row.back)
    yield inert(service)
    yield row.service.on if row.service else ""
    fee_minor = row.amount_minor + row.expected_minor if row.kind in _WITH_A_FEE else None
    amounts = (
        fee_minor, row.expected_minor or None, row.amount_minor, row.credit_minor or None,
        row.insurer_minor or None,
    )  # fmt: skip
    yield from ("" if minor is None else decimal_text(Money(minor, practice.currency)) for minor in amounts)
    yield practice.currency
    yield inert(method_text(paid.method, locale)) if paid and paid.method else ""
    yield inert(paid.reference) if paid else ""
    yield inert("; ".join(_touched(practice, touched, locale) for touched in row.touched))


def _touched(practice: Practice, touched: Touched, locale: str) -> str:
    name = touched.service.name
    called = practice.service_in(name, locale)[0] if name else say(DOCUMENTS, "line_opening", locale)
    amount = decimal_text(Money(touched.amount_minor, practice.currency))
    return f"{touched.service.on} {called} {amount}"
