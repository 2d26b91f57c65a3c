"""Invoices in DynamoDB: issued and voided in one conditional transaction each.

P#practice#INVOICES         COUNTER                 the practice's latest number
P#practice#INVOICES         N#000000000017          whose invoice has the number
P#practice#A#account        INVOICED                which charges are on which invoice
P#practice#A#account        DOC#invoice#000000000017    the invoice, for lists
P#practice#A#account        PAPER#invoice#000000000017  its names and lines
P#practice#A#account        VOID#invoice#000000000017   the document that voids it
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import suppress

from pynamodb.exceptions import DoesNotExist
from pynamodb.expressions.condition import Condition

from chalicelib.documents.domain.invoices import Counted, Invoice, Invoiced, InvoicePaper, Void
from chalicelib.documents.ports.invoices import Invoices, ToIssue
from chalicelib.documents.store.numbered import (
    CounterRow,
    NumberRow,
    Put,
    Series,
    every,
    latest_untold,
    number_of,
    off_the_list,
    row_of,
    sk,
    together,
)
from chalicelib.kernel.account_refs import AccountRef
from chalicelib.kernel.outside import Unreadable
from chalicelib.ledger.domain.accounts import Account
from chalicelib.ledger.domain.history import Beside
from chalicelib.ledger.ports.ledgers import Page
from chalicelib.ledger.store.items import AccountItem
from chalicelib.platform.dynamo import keys
from chalicelib.platform.dynamo.codec import Body, Codec, VersionedBody
from chalicelib.platform.dynamo.table import Item, guarded, shard

KIND = "invoice"
_DOCUMENT = f"DOC#{KIND}#"
_PAPER = f"PAPER#{KIND}#"
_VOID = f"VOID#{KIND}#"
_INVOICED = "INVOICED"

INVOICES = Codec(Invoice)
PAPERS = Codec(InvoicePaper, private=frozenset({"letterhead"}), lean=frozenset({"letterhead"}))
VOIDS = Codec(Void, private=frozenset({"notes"}))
INVOICED = Codec(Invoiced, elsewhere=frozenset({"version"}))


class InvoiceItem(Body, discriminator="invoice"):
    """Its body never changes. It is in the work list until somebody is told of it, and stands in Account
    History on the day of its issue, above what was posted on that day."""

    @classmethod
    def of(cls, practice: str, invoice: Invoice) -> "InvoiceItem":
        name = sk(_DOCUMENT, invoice.number)
        return cls(
            keys.account(invoice.ref(practice)), name, gsi1sk=f"D#{invoice.issued_on}#{name}",
            gsi2pk=keys.due(KIND, shard(invoice.account_id)), gsi2sk=invoice.issued_at,
            **INVOICES.parts(invoice),
        )  # fmt: skip

    def invoice(self) -> Invoice:
        return INVOICES.read(self, f"invoice {number_of(self.sk)}")


class PaperItem(Body, discriminator="invoice-paper"):
    """Never changes. Apart from the invoice, so that a list reads no lines."""


class VoidItem(Body, discriminator="invoice-void"):
    """Never changes."""


class InvoicedItem(VersionedBody, discriminator="invoiced"):
    @classmethod
    def of(cls, ref: AccountRef, invoiced: Invoiced, version: int) -> "InvoicedItem":
        return cls(keys.account(ref), _INVOICED, version=version, **INVOICED.parts(invoiced))

    def invoiced(self) -> Invoiced:
        return INVOICED.read(self, "what is invoiced", version=int(self.version))


class CounterItem(CounterRow, discriminator="invoice-counter"):
    pass


class NumberItem(NumberRow, discriminator="invoice-number"):
    pass


_SERIES = Series(keys.invoices, CounterItem, NumberItem)


class DynamoInvoices(Invoices):
    def counted(self, practice: str) -> Counted:
        return _SERIES.counted(practice)

    @guarded
    def invoiced(self, ref: AccountRef) -> Invoiced:
        try:
            row = InvoicedItem.get(keys.account(ref), _INVOICED, consistent_read=True)
        except DoesNotExist:
            return Invoiced()
        return row.invoiced()

    @guarded
    def account_and_invoiced(self, ref: AccountRef) -> tuple[Account | None, Invoiced]:
        pk = keys.account(ref)
        rows = list(Item.batch_get([(pk, "ACCT"), (pk, _INVOICED)], consistent_read=True))
        account = next((row.account() for row in rows if isinstance(row, AccountItem)), None)
        return account, next((row.invoiced() for row in rows if isinstance(row, InvoicedItem)), Invoiced())

    @guarded
    def invoiced_at_a_glance(self, refs: Iterable[AccountRef]) -> Mapping[str, Invoiced]:
        found, places = dict[str, Invoiced](), [(keys.account(ref), _INVOICED) for ref in refs]
        for row in InvoicedItem.batch_get(places) if places else ():
            with suppress(Unreadable):
                found[keys.account_of(row.pk)] = row.invoiced()
        return found

    def issue(self, practice: str, accounts: Sequence[ToIssue], *, counted: Counted) -> None:
        puts, checks = list[Put](), list[tuple[Item, Condition]]()
        for one in accounts:
            puts += _puts(practice, one)
            unmoved = AccountItem.version == one.account_version
            checks.append((AccountItem(keys.account(one.ref), "ACCT"), unmoved))
        last = max(invoice.number for one in accounts for invoice, _ in one.invoices)
        puts.append(_SERIES.counter(practice, counted, last))
        together(KIND, puts, checks)

    def count_on_from(self, practice: str, last: int, *, counted: Counted) -> None:
        together(KIND, [_SERIES.counter(practice, counted, last)])

    def void(self, practice: str, void: Void, *, before: Invoiced, counted: Counted) -> None:
        ref = void.ref(practice)
        row = VoidItem(keys.account(ref), sk(_VOID, void.number), **VOIDS.parts(void))
        together(
            KIND,
            [
                (row, VoidItem.pk.does_not_exist()),
                _invoiced(ref, before, before.without(void.number)),
                _SERIES.counter(practice, counted, counted.last),
            ],
        )

    def invoice(self, ref: AccountRef, number: int) -> Invoice | None:
        row = row_of(InvoiceItem, ref, _DOCUMENT, number)
        return row.invoice() if row else None

    def beside(self, row: Beside) -> Invoice | None:
        if not row.name.startswith(_DOCUMENT):
            return None
        return INVOICES.read(row, f"invoice {number_of(row.name)}")

    def paper(self, ref: AccountRef, number: int) -> InvoicePaper | None:
        row = row_of(PaperItem, ref, _PAPER, number)
        return PAPERS.read(row, f"paper of invoice {number}") if row else None

    def voided(self, ref: AccountRef, number: int) -> Void | None:
        row = row_of(VoidItem, ref, _VOID, number)
        return VOIDS.read(row, f"void of invoice {number}") if row else None

    def untold(self, ref: AccountRef, number: int) -> bool:
        row = row_of(InvoiceItem, ref, _DOCUMENT, number)
        return row is not None and row.gsi2pk is not None

    def latest_untold(self, ref: AccountRef) -> Sequence[int]:
        return latest_untold(InvoiceItem, ref, _DOCUMENT)

    def told(self, ref: AccountRef, number: int) -> None:
        off_the_list(InvoiceItem, ref, _DOCUMENT, number)

    def account_of(self, practice: str, number: int) -> AccountRef | None:
        return _SERIES.account_of(practice, number)

    def charges_on(self, ref: AccountRef, number: int) -> frozenset[str]:
        return self.invoiced(ref).on(number)

    def numbers(self, practice: str, *, after: int = 0) -> Iterator[tuple[int, AccountRef]]:
        return _SERIES.all(practice, after=after)

    @guarded
    def listed(self, ref: AccountRef, *, cursor: str | None, limit: int) -> Page[Invoice]:
        pk = keys.account(ref)
        rows = InvoiceItem.query(
            pk,
            InvoiceItem.sk.startswith(_DOCUMENT),
            scan_index_forward=False,
            limit=limit,
            page_size=limit,
            last_evaluated_key=keys.own_cursor_key(cursor, pk, sk=_DOCUMENT),
        )
        found = [row.invoice() for row in rows]
        return Page(found, keys.cursor_text(rows.last_evaluated_key))

    def all_of(self, ref: AccountRef) -> Iterator[Invoice]:
        return (row.invoice() for row in every(InvoiceItem, keys.account(ref), _DOCUMENT))


def _puts(practice: str, one: ToIssue) -> Iterator[Put]:
    for invoice, paper in one.invoices:
        yield _SERIES.number(one.ref, invoice.number)
        yield InvoiceItem.of(practice, invoice), InvoiceItem.pk.does_not_exist()
        row = PaperItem(keys.account(one.ref), sk(_PAPER, invoice.number), **PAPERS.parts(paper))
        yield row, PaperItem.pk.does_not_exist()
    yield _invoiced(one.ref, one.before, one.after)


def _invoiced(ref: AccountRef, before: Invoiced, after: Invoiced) -> Put:
    return InvoicedItem.of(ref, after, before.version + 1), InvoicedItem.standing_at(before.version)
