"""What is in somebody's billing records: every issued document by the name of its file, and the table of what
was posted. No name has a person's in it."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from chalicelib.documents.domain.filed import Filed
from chalicelib.documents.domain.readers import Reader
from chalicelib.documents.domain.records import MOST_ITEMISED, Records
from chalicelib.documents.ports.estimates import Estimates
from chalicelib.documents.ports.invoices import Invoices
from chalicelib.documents.ports.statements import Statements
from chalicelib.documents.ports.superbills import Superbills
from chalicelib.documents.services.itemised_receipts import ItemisedReceipts
from chalicelib.documents.services.payment_summaries import PaymentSummaries
from chalicelib.documents.services.records.history_csv import history_csv
from chalicelib.kernel.account_refs import AccountRef
from chalicelib.ledger.domain.payments import Payment, State
from chalicelib.ledger.ports.ledgers import Ledgers
from chalicelib.ledger.services.history import History, HistoryPage
from chalicelib.ledger.services.matched_money import MatchedMoney
from chalicelib.words import say
from chalicelib.words.documents import DOCUMENTS
from chalicelib.words.estimates import ESTIMATES

_AT_ONCE = 100  # rows of a list in one request
_EVER = {"since": "0001-01-01", "until": "9999-12-31"}


@dataclass(frozen=True, slots=True)
class Enclosed:
    """A document, and where it lies in the file."""

    filed: Filed
    name: str


@dataclass(frozen=True)
class RecordsContents:
    ledgers: Ledgers
    statements: Statements
    invoices: Invoices
    superbills: Superbills
    estimates: Estimates
    history: History
    itemised: ItemisedReceipts
    summaries: PaymentSummaries

    def documents(self, ref: AccountRef, wish: Records, reader: Reader) -> tuple[list[Enclosed], int]:
        """In the order of their names within each folder, and how many older payments' itemised receipts are
        not among them. Errors: Refused account_updating; Unreadable; Busy."""
        payments, taken = list(self._payments(ref)), dict[str, int]()
        came = [paid for paid in payments if paid.state is State.SUCCEEDED]
        latest = came[:MOST_ITEMISED]
        found = [*self._invoices(ref, wish.locale), *self._statements(ref, wish.locale)]
        found += self._superbills(ref, wish.locale) if wish.superbills else ()
        found += self._estimates(ref, wish.locale) if wish.estimates else ()
        found += self._receipts(ref, payments, wish.locale)
        found += self._itemised(ref, latest, reader, wish.locale)
        found += self._summaries(ref, came, reader, wish.locale)
        return [Enclosed(filed, _only(name, taken)) for name, filed in found], len(came) - len(latest)

    def table(self, wish: Records, practice: str) -> tuple[str, bytes]:
        """The CSV's name and content. Errors: Refused account_updating, Busy."""
        pages = list(self._history(wish.ref(practice)))
        rows = [row for page in pages for row in page.rows]
        content = history_csv(pages[0].practice, reversed(rows), wish.locale)
        return say(DOCUMENTS, "records_table", wish.locale), content

    def _history(self, ref: AccountRef) -> Iterator[HistoryPage]:
        """At least one page."""
        page = self.history.page(ref, cursor=None, limit=_AT_ONCE, **_EVER)
        yield page
        while page.next_cursor:
            page = self.history.page(ref, cursor=page.next_cursor, limit=_AT_ONCE, **_EVER)
            yield page

    def _invoices(self, ref: AccountRef, locale: str) -> Iterator[tuple[str, Filed]]:
        folder = say(DOCUMENTS, "records_invoices", locale)
        for invoice in self.invoices.all_of(ref):
            number = str(invoice.number)
            name = say(DOCUMENTS, "invoice_file", locale, number=number)
            yield f"{folder}/{name}", Filed.invoice(ref.practice, invoice)
            if void := self.invoices.voided(ref, invoice.number):
                name = say(DOCUMENTS, "invoice_void_file", locale, number=number)
                yield f"{folder}/{name}", Filed.invoice(ref.practice, invoice, void=void)

    def _superbills(self, ref: AccountRef, locale: str) -> Iterator[tuple[str, Filed]]:
        folder = say(DOCUMENTS, "records_superbills", locale)
        for superbill in self.superbills.all_of(ref):
            number = str(superbill.number)
            name = say(DOCUMENTS, "superbill_file", locale, number=number)
            yield f"{folder}/{name}", Filed.of_superbill(ref.practice, superbill)
            if void := self.superbills.voided(ref, superbill.number):
                name = say(DOCUMENTS, "superbill_void_file", locale, number=number)
                yield f"{folder}/{name}", Filed.of_superbill(ref.practice, superbill, void=void)

    def _estimates(self, ref: AccountRef, locale: str) -> Iterator[tuple[str, Filed]]:
        folder = say(DOCUMENTS, "records_estimates", locale)
        for estimate in reversed(self.estimates.all_of(ref)):
            name = say(ESTIMATES, "file", locale, date=estimate.issued_on)
            yield f"{folder}/{name}", Filed.estimate(ref.practice, estimate)

    def _statements(self, ref: AccountRef, locale: str) -> Iterator[tuple[str, Filed]]:
        folder = say(DOCUMENTS, "records_statements", locale)
        for issued in self.statements.all_of(ref):
            name = say(DOCUMENTS, "statement_file", locale, period=str(issued.statement.period))
            yield f"{folder}/{name}", Filed.statement(ref.practice, issued.statement)

    def _receipts(
        self, ref: AccountRef, payments: Sequence[Payment], locale: str
    ) -> Iterator[tuple[str, Filed]]:
        """Those that were mailed."""
        folder = say(DOCUMENTS, "records_receipts", locale)
        for payment in payments:
            if payment.receipt_key:
                name = say(DOCUMENTS, "receipt_file", locale, date=payment.date)
                yield f"{folder}/{name}", Filed.receipt(ref.practice, payment)

    def _itemised(
        self, ref: AccountRef, payments: Sequence[Payment], reader: Reader, locale: str
    ) -> Iterator[tuple[str, Filed]]:
        folder = say(DOCUMENTS, "records_itemised", locale)
        for payment, filed in self.itemised.filed(ref, payments, reader=reader):
            name = say(DOCUMENTS, "itemised_file", locale, date=payment.date)
            yield f"{folder}/{name}", filed

    def _summaries(
        self, ref: AccountRef, payments: Sequence[Payment], reader: Reader, locale: str
    ) -> Iterator[tuple[str, Filed]]:
        """One a calendar year in which something was paid, also without signing in."""
        folder = say(DOCUMENTS, "records_summaries", locale)
        entries = list(self.ledgers.entries(ref))
        matched = MatchedMoney(self.ledgers).payments(ref.practice, ref.account, entries)
        years = sorted({paid.date[:4] for paid in (*payments, *matched)})
        spans = [(f"{year}-01-01", f"{year}-12-31") for year in years]
        for (first, last), filed in self.summaries.filed(ref, spans, reader=reader):
            name = say(DOCUMENTS, "summary_file", locale, first=first, last=last)
            yield f"{folder}/{name}", filed

    def _payments(self, ref: AccountRef) -> Iterator[Payment]:
        """The latest first."""
        page = self.ledgers.payments(ref, cursor=None, limit=_AT_ONCE)
        yield from page.rows
        while page.next_cursor:
            page = self.ledgers.payments(ref, cursor=page.next_cursor, limit=_AT_ONCE)
            yield from page.rows


def _only(name: str, taken: dict[str, int]) -> str:
    """Two receipts or estimates of a day have the same name: the second is called -2."""
    taken[name] = taken.get(name, 0) + 1
    stem, _, suffix = name.rpartition(".")
    return name if taken[name] == 1 else f"{stem}-{taken[name]}.{suffix}"
