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
from itertools import takewhile
from typing import TypeVar

from pynamodb.attributes import NumberAttribute, UnicodeAttribute
from pynamodb.exceptions import DoesNotExist
from pynamodb.expressions.condition import Condition

from chalicelib.documents.domain.invoices import Counted, Invoice, Invoiced, InvoicePaper, Void
from chalicelib.documents.ports.invoices import Invoices, ToIssue
from chalicelib.kernel.account_refs import AccountRef
from chalicelib.kernel.outside import Conflict, Unreadable
from chalicelib.ledger.domain.accounts import Account
from chalicelib.ledger.domain.history import Beside
from chalicelib.ledger.ports.ledgers import Page
from chalicelib.ledger.store.items import AccountItem
from chalicelib.platform.dynamo import keys
from chalicelib.platform.dynamo.codec import Body, Codec, VersionedBody
from chalicelib.platform.dynamo.table import Canceled, Item, guarded, shard, transact

KIND = "invoice"
_DOCUMENT = f"DOC#{KIND}#"
_PAPER = f"PAPER#{KIND}#"
_VOID = f"VOID#{KIND}#"
_INVOICED = "INVOICED"
_COUNTER = "COUNTER"
_NUMBER = "N#"
_UNTOLD = 20  # invoices of an account read at once, to see which are told

INVOICES = Codec(Invoice)
PAPERS = Codec(InvoicePaper, private=frozenset({"letterhead"}), lean=frozenset({"letterhead"}))
VOIDS = Codec(Void, private=frozenset({"notes"}))
INVOICED = Codec(Invoiced, elsewhere=frozenset({"version"}))

_Put = tuple[Item, Condition | None]
R = TypeVar("R", bound=Body)


class InvoiceItem(Body, discriminator="invoice"):
    """Its body never changes. It is in the work list until somebody is told of it, and stands in Account
    History on the day of its issue, above what was posted on that day."""

    @classmethod
    def of(cls, practice: str, invoice: Invoice) -> "InvoiceItem":
        sk = _sk(_DOCUMENT, invoice.number)
        return cls(
            keys.account(invoice.ref(practice)), sk, gsi1sk=f"D#{invoice.issued_on}#{sk}",
            gsi2pk=keys.due(KIND, shard(invoice.account_id)), gsi2sk=invoice.issued_at,
            **INVOICES.parts(invoice),
        )  # fmt: skip

    def invoice(self) -> Invoice:
        return INVOICES.read(self, f"invoice {_number(self.sk)}")


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


class CounterItem(Item, discriminator="invoice-counter"):
    last = NumberAttribute()
    version = NumberAttribute()


class NumberItem(Item, discriminator="invoice-number"):
    account_id = UnicodeAttribute()


class DynamoInvoices(Invoices):
    @guarded
    def counted(self, practice: str) -> Counted:
        try:
            row = CounterItem.get(keys.invoices(practice), _COUNTER, consistent_read=True)
        except DoesNotExist:
            return Counted()
        return Counted(int(row.last), int(row.version))

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
        puts, checks = list[_Put](), list[tuple[Item, Condition]]()
        for one in accounts:
            puts += _puts(practice, one)
            unmoved = AccountItem.version == one.account_version
            checks.append((AccountItem(keys.account(one.ref), "ACCT"), unmoved))
        last = max(invoice.number for one in accounts for invoice, _ in one.invoices)
        puts.append(_counter(practice, counted, last))
        _together(puts, checks)

    def count_on_from(self, practice: str, last: int, *, counted: Counted) -> None:
        _together([_counter(practice, counted, last)])

    def void(self, practice: str, void: Void, *, before: Invoiced, counted: Counted) -> None:
        ref = void.ref(practice)
        row = VoidItem(keys.account(ref), _sk(_VOID, void.number), **VOIDS.parts(void))
        _together(
            [
                (row, VoidItem.pk.does_not_exist()),
                _invoiced(ref, before, before.without(void.number)),
                _counter(practice, counted, counted.last),
            ]
        )

    def invoice(self, ref: AccountRef, number: int) -> Invoice | None:
        row = _row(InvoiceItem, ref, _DOCUMENT, number)
        return row.invoice() if row else None

    def beside(self, row: Beside) -> Invoice | None:
        if not row.name.startswith(_DOCUMENT):
            return None
        return INVOICES.read(row, f"invoice {_number(row.name)}")

    def paper(self, ref: AccountRef, number: int) -> InvoicePaper | None:
        row = _row(PaperItem, ref, _PAPER, number)
        return PAPERS.read(row, f"paper of invoice {number}") if row else None

    def voided(self, ref: AccountRef, number: int) -> Void | None:
        row = _row(VoidItem, ref, _VOID, number)
        return VOIDS.read(row, f"void of invoice {number}") if row else None

    def untold(self, ref: AccountRef, number: int) -> bool:
        row = _row(InvoiceItem, ref, _DOCUMENT, number)
        return row is not None and row.gsi2pk is not None

    @guarded
    def latest_untold(self, ref: AccountRef) -> Sequence[int]:
        rows = InvoiceItem.query(
            keys.account(ref), InvoiceItem.sk.startswith(_DOCUMENT), consistent_read=True,
            scan_index_forward=False, page_size=_UNTOLD,
        )  # fmt: skip
        return sorted(_number(row.sk) for row in takewhile(lambda row: row.gsi2pk is not None, rows))

    @guarded
    def told(self, ref: AccountRef, number: int) -> None:
        row = InvoiceItem(keys.account(ref), _sk(_DOCUMENT, number))
        waits = (InvoiceItem.gsi2pk, InvoiceItem.gsi2sk, InvoiceItem.sweeps)
        row.update([name.remove() for name in waits], condition=InvoiceItem.pk.exists())

    @guarded
    def account_of(self, practice: str, number: int) -> AccountRef | None:
        try:
            row = NumberItem.get(keys.invoices(practice), _sk(_NUMBER, number), consistent_read=True)
        except DoesNotExist:
            return None
        return AccountRef(practice, row.account_id)

    def numbers(self, practice: str, *, after: int = 0) -> Iterator[tuple[int, AccountRef]]:
        pk, of_it = keys.invoices(practice), NumberItem.sk.between(_sk(_NUMBER, after + 1), f"{_NUMBER}~")
        rows = guarded(NumberItem.query)(pk, of_it, consistent_read=True)
        step = guarded(lambda: next(rows, None))
        while (row := step()) is not None:
            yield _number(row.sk), AccountRef(practice, row.account_id)

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
        of_it = InvoiceItem.sk.startswith(_DOCUMENT)
        rows = guarded(InvoiceItem.query)(keys.account(ref), of_it, consistent_read=True)
        step = guarded(lambda: next(rows, None))
        while (row := step()) is not None:
            yield row.invoice()


def _puts(practice: str, one: ToIssue) -> Iterator[_Put]:
    for invoice, paper in one.invoices:
        number = NumberItem(keys.invoices(practice), _sk(_NUMBER, invoice.number), account_id=one.ref.account)
        yield number, NumberItem.pk.does_not_exist()
        yield InvoiceItem.of(practice, invoice), InvoiceItem.pk.does_not_exist()
        row = PaperItem(keys.account(one.ref), _sk(_PAPER, invoice.number), **PAPERS.parts(paper))
        yield row, PaperItem.pk.does_not_exist()
    yield _invoiced(one.ref, one.before, one.after)


def _invoiced(ref: AccountRef, before: Invoiced, after: Invoiced) -> _Put:
    return InvoicedItem.of(ref, after, before.version + 1), InvoicedItem.standing_at(before.version)


def _counter(practice: str, counted: Counted, last: int) -> _Put:
    row = CounterItem(keys.invoices(practice), _COUNTER, last=last, version=counted.version + 1)
    first = CounterItem.pk.does_not_exist()
    return row, CounterItem.version == counted.version if counted.version else first


def _together(puts: Sequence[_Put], checks: Sequence[tuple[Item, Condition]] = ()) -> None:
    try:
        transact(puts, checks=checks)
    except Canceled as canceled:
        raise Conflict("invoice") from canceled


@guarded
def _row(of: type[R], ref: AccountRef, kind: str, number: int) -> R | None:
    try:
        return of.get(keys.account(ref), _sk(kind, number), consistent_read=True)
    except DoesNotExist:
        return None


def _sk(kind: str, number: int) -> str:
    return f"{kind}{number:012d}"


def _number(sk: str) -> int:
    return int(sk.rpartition("#")[2])
