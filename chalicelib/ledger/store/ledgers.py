"""The ledger in DynamoDB. A command is one transaction under conditions; docs/adr/0003 lists the rows that
each command writes."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import replace
from typing import TypeVar

from pynamodb.exceptions import DoesNotExist, PutError
from pynamodb.expressions.condition import Condition

from chalicelib.kernel.account_refs import AccountRef
from chalicelib.kernel.outside import AlreadyRecorded, Conflict, Unreadable
from chalicelib.ledger.domain.accounts import Account
from chalicelib.ledger.domain.charges import Charge
from chalicelib.ledger.domain.entries import Entry
from chalicelib.ledger.domain.history import Beside, HistoryRow, Sequel
from chalicelib.ledger.domain.markers import Marker
from chalicelib.ledger.domain.payments import Payment
from chalicelib.ledger.domain.refunds import Refund
from chalicelib.ledger.domain.repairs import AccountRow, Repair
from chalicelib.ledger.ports.ledgers import Change, Page, RepairedLedgers, Rows
from chalicelib.ledger.store import repairs
from chalicelib.ledger.store.items import (
    AccountIndexItem,
    AccountItem,
    ChargeItem,
    EntryItem,
    FormerChargeItem,
    MarkerItem,
    PaymentItem,
    RefundItem,
    SequelItem,
)
from chalicelib.platform.dynamo import keys
from chalicelib.platform.dynamo.codec import Body
from chalicelib.platform.dynamo.table import Canceled, Item, guarded, refused_by_condition, transact, walked
from chalicelib.practice.store.lookups import LookupItem, lookup

T = TypeVar("T")
_PART = 90  # rows of a repair in one transaction, which may have a hundred
_PAGE = 100  # ids: whoever takes some accounts at a time reads the next page's, and not a megabyte of them


class DynamoLedgers(RepairedLedgers):
    """`strong` false, for a first look: the rows of accounts may be some writes behind, for half the
    price."""

    def __init__(self, *, strong: bool = True) -> None:
        self._strong = strong

    def account_refs(self, practice: str, *, after: str = "") -> Iterator[AccountRef]:
        later = AccountIndexItem.sk > after if after else None
        for row in walked(AccountIndexItem.query)(
            keys.accounts(practice), later, consistent_read=True, page_size=_PAGE
        ):
            yield AccountRef(practice, row.sk)

    @guarded
    def listed(self, ref: AccountRef) -> bool:
        try:
            AccountIndexItem.get(keys.accounts(ref.practice), ref.account, consistent_read=True)
        except DoesNotExist:
            return False
        return True

    @guarded
    def account(self, ref: AccountRef) -> Account | None:
        try:
            return AccountItem.get(keys.account(ref), "ACCT", consistent_read=self._strong).account()
        except DoesNotExist:
            return None

    @guarded
    def account_and_payment(self, ref: AccountRef, payment_id: str) -> tuple[Account | None, Payment | None]:
        pk = keys.account(ref)
        rows = list(Item.batch_get([(pk, "ACCT"), (pk, f"PAY#{payment_id}")], consistent_read=True))
        account = next((row.account() for row in rows if isinstance(row, AccountItem)), None)
        return account, next((row.payment() for row in rows if isinstance(row, PaymentItem)), None)

    def commit(self, practice: str, change: Change) -> None:
        if change.payment and change.alone:
            self.note(practice, change.payment)
        else:
            self.commit_all(practice, [change])

    def commit_all(self, practice: str, changes: Sequence[Change]) -> None:
        puts = _each_once(put for change in changes for put in _puts(practice, change))
        try:
            transact(puts)
        except Canceled as canceled:
            # Only a marker means duplicate, and the row by which an account is found is its marker. A taken
            # entry number or a changed version means: read again. Taking those for duplicates loses money
            # (the third canary).
            failed = {type(puts[place][0]) for place in canceled.failed}
            charged = any(change.charge for change in changes)
            markers = {MarkerItem, LookupItem, *([ChargeItem] if charged else [])}
            if failed & markers:
                raise AlreadyRecorded from canceled
            raise Conflict from canceled

    @guarded
    def note(self, practice: str, payment: Payment) -> None:
        try:
            PaymentItem.of(practice, payment).save(condition=_at(PaymentItem, payment.version - 1))
        except PutError as error:
            if refused_by_condition(error):
                raise Conflict from error
            raise

    def entries(self, ref: AccountRef, *, first: int = 1, last: int | None = None) -> Iterator[Entry]:
        for item in self._entry_items(ref, first, last):
            yield item.entry()

    def _entry_items(self, ref: AccountRef, first: int, last: int | None) -> Iterator[EntryItem]:
        if last is not None and last < first:
            return  # DynamoDB refuses a range whose end is before its beginning
        to = keys.entry(last) if last is not None else "E#~"
        yield from walked(EntryItem.query)(
            keys.account(ref),
            EntryItem.sk.between(keys.entry(first), to),
            consistent_read=self._strong,
        )

    def history_rows(self, ref: AccountRef, *, first: int, last: int) -> Iterator[HistoryRow]:
        for item in self._entry_items(ref, first, last):
            yield item.row()

    @guarded
    def history(
        self, ref: AccountRef, *, since: str, until: str, cursor: str | None, limit: int
    ) -> Page[HistoryRow]:
        pk, first, last = keys.account(ref), f"D#{since}#", f"D#{until}#~"
        found = Item.by_date.query(
            pk,
            Item.gsi1sk.between(first, last),
            scan_index_forward=False,
            limit=limit,
            page_size=limit,
            last_evaluated_key=keys.cursor_key(cursor, pk, sk=("E#", "DOC#"), first=first, last=last),
        )
        items = list(found)
        more = found.last_evaluated_key
        if more and isinstance(items[-1], SequelItem):  # its entry comes next, and they belong together
            items.pop()
            more = {"sk": {"S": items[-1].sk}, "gsi1sk": {"S": items[-1].gsi1sk}}
        beside = [_beside(item) for item in items if isinstance(item, Body) and not _is_ours(item)]
        return Page(list(_with_sequels(items)), keys.cursor_text(more), beside)

    @guarded
    def charges(self, ref: AccountRef, ids: Iterable[str]) -> Mapping[str, Charge]:
        pk = keys.account(ref)
        wanted = sorted(set(ids))
        rows = ChargeItem.batch_get([(pk, f"CH#{id_}") for id_ in wanted], consistent_read=self._strong)
        return {row.charge().id: row.charge() for row in rows} if wanted else {}

    @guarded
    def former_charges(self, ref: AccountRef, charge_id: str) -> Sequence[Charge]:
        mine = FormerChargeItem.sk.startswith(f"WAS#{charge_id}#")
        rows = walked(FormerChargeItem.query)(keys.account(ref), mine, consistent_read=True)
        return [row.charge() for row in rows]

    @guarded
    def payment(self, ref: AccountRef, payment_id: str) -> Payment | None:
        try:
            row = PaymentItem.get(keys.account(ref), f"PAY#{payment_id}", consistent_read=True)
        except DoesNotExist:
            return None
        return row.payment()

    @guarded
    def payments_by_id(self, ref: AccountRef, ids: Iterable[str]) -> Mapping[str, Payment]:
        pk = keys.account(ref)
        wanted = [(pk, f"PAY#{id_}") for id_ in sorted(set(ids))]
        rows = PaymentItem.batch_get(wanted, consistent_read=self._strong) if wanted else ()
        return {paid.id: paid for paid in (row.payment() for row in rows)}

    @guarded
    def refunds(self, ref: AccountRef, payment_id: str) -> Mapping[str, Refund]:
        of_payment = RefundItem.sk.startswith(f"RF#{payment_id}#")
        rows = RefundItem.query(keys.account(ref), of_payment, consistent_read=True)
        return {refund.id: refund for refund in (row.refund() for row in rows)}

    @guarded
    def refunds_under_way(self, ref: AccountRef) -> Sequence[Refund]:
        pk = keys.account(ref)
        rows = RefundItem.query(pk, RefundItem.sk.startswith("RF#"), consistent_read=True)
        return [refund for refund in (row.refund() for row in rows) if refund.under_way]

    @guarded
    def payments(self, ref: AccountRef, *, cursor: str | None, limit: int) -> Page[Payment]:
        pk = keys.account(ref)
        rows = PaymentItem.by_date.query(
            pk,
            PaymentItem.gsi1sk.startswith("PAY#"),
            scan_index_forward=False,
            limit=limit,
            page_size=limit,
            last_evaluated_key=keys.cursor_key(cursor, pk, sk="PAY#", first="PAY#", last="PAY#~"),
        )
        found = [row.payment() for row in rows if isinstance(row, PaymentItem)]
        return Page(found, keys.cursor_text(rows.last_evaluated_key))

    def other_rows(self, ref: AccountRef) -> Rows | None:
        account, rows = self._beside(ref)
        return replace(rows, balance_minor=account.balance_minor()) if account else None

    def rows_beside(self, ref: AccountRef) -> Rows:
        return self._beside(ref)[1]

    @guarded
    def _beside(self, ref: AccountRef) -> tuple[AccountItem | None, Rows]:
        pk = keys.account(ref)
        # Of the table, not of its index by date: that may be some writes behind the entries.
        first = list(Item.query(pk, Item.sk.between("ACCT", "CH#~"), consistent_read=self._strong))
        second = list(Item.query(pk, Item.sk.between("PAY#", "SQ#~"), consistent_read=self._strong))
        lost = list[str]()
        payments = _readable((row.payment for row in second if isinstance(row, PaymentItem)), lost)
        sequels = _readable((row.sequel for row in second if isinstance(row, SequelItem)), lost)
        refunds = _readable((row.refund for row in second if isinstance(row, RefundItem)), lost)
        charges = _readable((row.charge for row in first if isinstance(row, ChargeItem)), lost)
        account = next((row for row in first if isinstance(row, AccountItem)), None)
        return account, Rows(0, payments, refunds, {charge.id: charge for charge in charges}, sequels, lost)

    @guarded
    def markers(self, practice: str, wanted: Iterable[str]) -> Mapping[str, Marker]:
        places = [(keys.marker(practice, key), "MOV") for key in sorted(set(wanted))]
        found: dict[str, Marker] = {}
        for row in MarkerItem.batch_get(places, consistent_read=self._strong) if places else ():
            with suppress(Unreadable):
                found[row.key] = row.marker()
        return found

    @guarded
    def marker(self, practice: str, key: str) -> Marker | None:
        try:
            return MarkerItem.get(keys.marker(practice, key), "MOV", consistent_read=True).marker()
        except DoesNotExist:
            return None

    @guarded
    def account_row(self, ref: AccountRef) -> AccountRow | None:
        try:
            return AccountItem.get(keys.account(ref), "ACCT", consistent_read=True).account_row()
        except DoesNotExist:
            return None

    @guarded
    def account_rows(self, refs: Iterable[AccountRef]) -> Mapping[str, AccountRow]:
        found, places = dict[str, AccountRow](), [(keys.account(ref), "ACCT") for ref in refs]
        for row in AccountItem.batch_get(places, consistent_read=self._strong) if places else ():
            with suppress(Unreadable):
                found[keys.account_of(row.pk)] = row.account_row()
        return found

    def repair(self, practice: str, repair: Repair) -> None:
        version, rows = repair.after.version, dict(repairs.rows(practice, repair))
        held = AccountItem.version == repair.before if repair.before else AccountItem.version.does_not_exist()
        while True:
            some = [rows.pop(place) for place in list(rows)[:_PART]]
            version += 1
            try:
                transact([(AccountItem.of(practice, repair.after, version), held), *some])
            except Canceled as canceled:
                raise Conflict from canceled
            if not rows:
                return
            held = AccountItem.version == version

    @guarded
    def notice_sent(self, practice: str, key: str) -> None:
        row = MarkerItem(keys.marker(practice, key), "MOV")
        row.update(
            actions=[MarkerItem.due.remove(), Item.gsi2pk.remove(), Item.gsi2sk.remove()],
            condition=MarkerItem.at.exists(),
        )


def _readable(reads: Iterable[Callable[[], T]], lost: list[str]) -> list[T]:
    """What can be read; what cannot is named in `lost`, and keeps no other row from being checked."""
    found = list[T]()
    for read in reads:
        try:
            found.append(read())
        except Unreadable as error:
            lost.append(error.item)
    return found


def _each_once(puts: Iterable[tuple[Item, Condition | None]]) -> list[tuple[Item, Condition | None]]:
    """A row that several commands write is put as the last one leaves it, over what the first one found."""
    found = dict[tuple[str, str], tuple[Item, Condition | None]]()
    for item, condition in puts:
        _, first = found.get((item.pk, item.sk), (item, condition))
        found[item.pk, item.sk] = item, first
    return list(found.values())


def _puts(practice: str, change: Change) -> Iterator[tuple[Item, Condition | None]]:
    after = change.after
    for marker in change.markers:
        yield MarkerItem.of(practice, marker), MarkerItem.pk.does_not_exist()
    yield from _of_charges(practice, change)
    for entry in change.entries:
        row = HistoryRow.of(entry, change.before.ledger.open, change.payment)
        yield EntryItem.of(after.ref(practice), row), EntryItem.pk.does_not_exist()
    if change.payment:
        yield PaymentItem.of(practice, change.payment), _at(PaymentItem, change.payment.version - 1)
    if change.refund:
        yield RefundItem.of(practice, change.refund), _at(RefundItem, change.refund.version - 1)
    yield from _account_puts(practice, change)
    if change.other:
        yield from _puts(practice, change.other)


def _account_puts(practice: str, change: Change) -> Iterator[tuple[Item, Condition | None]]:
    """The account, and with a new one what finds it."""
    before, after = change.before, change.after
    yield AccountItem.of(practice, after, before.version + 1), _at(AccountItem, before.version)
    if not before.version:
        index = AccountIndexItem(keys.accounts(practice), after.id)
        yield index, AccountIndexItem.pk.does_not_exist()
    if change.external_id:
        yield lookup(keys.client_lookup(practice, change.external_id), after.id)


def _of_charges(practice: str, change: Change) -> Iterator[tuple[Item, Condition | None]]:
    if change.charge:
        yield ChargeItem.of(practice, change.charge), ChargeItem.pk.does_not_exist()
    if change.corrected:
        yield ChargeItem.of(practice, change.corrected), ChargeItem.pk.exists()
    if change.former:
        yield FormerChargeItem.of(practice, change.former), FormerChargeItem.pk.does_not_exist()
    for sequel in change.sequels:
        yield SequelItem.of(change.after.ref(practice), sequel), None  # the account's version guards it


def _is_ours(item: Item) -> bool:
    return isinstance(item, EntryItem | SequelItem)


def _beside(row: Body) -> Beside:
    return Beside(row.sk, row.v, row.body, row.private)


def _with_sequels(items: Iterable[Item]) -> Iterator[HistoryRow]:
    """The rows, newest first, each with its sequel, which stands before it."""
    sequel: Sequel | None = None
    for item in items:
        if isinstance(item, SequelItem):
            sequel = item.sequel()
        elif isinstance(item, EntryItem):
            row = item.row()
            yield row.followed_by(sequel) if sequel and sequel.seq == row.entry.seq else row


def _at(row: type[AccountItem] | type[PaymentItem] | type[RefundItem], version: int) -> Condition:
    return row.version == version if version else row.pk.does_not_exist()
