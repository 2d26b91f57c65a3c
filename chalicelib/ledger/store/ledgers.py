"""The ledger in DynamoDB. A command is one transaction, each put under its condition: at most five
puts, six over two accounts."""

from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress

from pynamodb.exceptions import DoesNotExist
from pynamodb.expressions.condition import Condition

from chalicelib.kernel.outside import AlreadyRecorded, Conflict, Unreadable
from chalicelib.ledger.domain.accounts import Account
from chalicelib.ledger.domain.charges import Charge
from chalicelib.ledger.domain.entries import Entry
from chalicelib.ledger.domain.payments import Payment
from chalicelib.ledger.domain.refunds import Refund
from chalicelib.ledger.ports.ledgers import AuditedLedgers, Change, Movement, Page, Rows
from chalicelib.ledger.store.items import (
    AccountItem,
    ChargeItem,
    EntryItem,
    FormerChargeItem,
    MovementItem,
    PaymentItem,
    RefundItem,
)
from chalicelib.platform.dynamo import keys
from chalicelib.platform.dynamo.table import Canceled, Item, guarded, transact
from chalicelib.practice.store.lookups import LookupItem, lookup


class DynamoLedgers(AuditedLedgers):
    @guarded
    def account(self, practice: str, account_id: str) -> Account | None:
        try:
            return AccountItem.get(keys.account(practice, account_id), "ACCT", consistent_read=True).account()
        except DoesNotExist:
            return None

    def commit(self, practice: str, change: Change) -> None:
        puts = list(_puts(practice, change))
        try:
            transact(puts)
        except Canceled as canceled:
            # Only a marker means duplicate, and the row by which an account is found is its marker. A taken
            # entry number or a changed version means: read again. Taking those for duplicates loses money
            # (the third canary).
            failed = {type(puts[place][0]) for place in canceled.failed}
            markers = {MovementItem, LookupItem, *([ChargeItem] if change.charge else [])}
            if failed & markers:
                raise AlreadyRecorded from canceled
            raise Conflict from canceled

    def entries(
        self, practice: str, account_id: str, *, first: int = 1, last: int | None = None
    ) -> Iterator[Entry]:
        if last is not None and last < first:
            return  # DynamoDB refuses a range whose end is before its beginning
        to = keys.entry(last) if last is not None else "E#~"
        rows = guarded(EntryItem.query)(
            keys.account(practice, account_id),
            EntryItem.sk.between(keys.entry(first), to),
            consistent_read=True,
        )
        step = guarded(lambda: next(rows, None))
        while (row := step()) is not None:
            yield row.entry()

    @guarded
    def history(
        self, practice: str, account_id: str, *, since: str, until: str, cursor: str | None, limit: int
    ) -> Page[Entry]:
        pk, first, last = keys.account(practice, account_id), f"D#{since}#", f"D#{until}#~"
        rows = EntryItem.by_date.query(
            pk,
            EntryItem.gsi1sk.between(first, last),
            scan_index_forward=False,
            limit=limit,
            page_size=limit,
            last_evaluated_key=keys.cursor_key(cursor, pk, sk="E#", first=first, last=last),
        )
        found = [row.entry() for row in rows if isinstance(row, EntryItem)]
        return Page(found, keys.cursor_text(rows.last_evaluated_key))

    @guarded
    def charges(self, practice: str, account_id: str, ids: Iterable[str]) -> Mapping[str, Charge]:
        pk = keys.account(practice, account_id)
        wanted = sorted(set(ids))
        rows = ChargeItem.batch_get([(pk, f"CH#{id_}") for id_ in wanted], consistent_read=True)
        return {row.charge().id: row.charge() for row in rows} if wanted else {}

    @guarded
    def payment(self, practice: str, account_id: str, payment_id: str) -> Payment | None:
        try:
            row = PaymentItem.get(
                keys.account(practice, account_id), f"PAY#{payment_id}", consistent_read=True
            )
        except DoesNotExist:
            return None
        return row.payment()

    @guarded
    def payments_by_id(self, practice: str, account_id: str, ids: Iterable[str]) -> Mapping[str, Payment]:
        pk = keys.account(practice, account_id)
        wanted = [(pk, f"PAY#{id_}") for id_ in sorted(set(ids))]
        rows = PaymentItem.batch_get(wanted, consistent_read=True) if wanted else ()
        return {paid.id: paid for paid in (row.payment() for row in rows)}

    @guarded
    def refunds(self, practice: str, account_id: str, payment_id: str) -> Mapping[str, Refund]:
        of_payment = RefundItem.sk.startswith(f"RF#{payment_id}#")
        rows = RefundItem.query(keys.account(practice, account_id), of_payment, consistent_read=True)
        return {refund.id: refund for refund in (row.refund() for row in rows)}

    @guarded
    def payments(self, practice: str, account_id: str, *, cursor: str | None, limit: int) -> Page[Payment]:
        pk = keys.account(practice, account_id)
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

    @guarded
    def other_rows(self, practice: str, account_id: str) -> Rows | None:
        pk = keys.account(practice, account_id)
        # Of the table, not of its index by date: that may be some writes behind the entries.
        first = list(Item.query(pk, Item.sk.between("ACCT", "CH#~"), consistent_read=True))
        paid = list(Item.query(pk, Item.sk.between("PAY#", "RF#~"), consistent_read=True))
        payments = [row.payment() for row in paid if isinstance(row, PaymentItem)]
        refunds = [row.refund() for row in paid if isinstance(row, RefundItem)]
        charges = {row.sk.removeprefix("CH#"): row.charge() for row in first if isinstance(row, ChargeItem)}
        account = next((row for row in first if isinstance(row, AccountItem)), None)
        return Rows(account.balance_minor(), payments, refunds, charges) if account else None

    @guarded
    def markers(self, practice: str, wanted: Iterable[str]) -> Mapping[str, Movement]:
        places = [(keys.movement(practice, key), "MOV") for key in sorted(set(wanted))]
        found: dict[str, Movement] = {}
        for row in MovementItem.batch_get(places, consistent_read=True) if places else ():
            with suppress(Unreadable):
                found[row.key] = row.movement()
        return found

    @guarded
    def movement(self, practice: str, key: str) -> Movement | None:
        try:
            return MovementItem.get(keys.movement(practice, key), "MOV", consistent_read=True).movement()
        except DoesNotExist:
            return None

    @guarded
    def notice_sent(self, practice: str, key: str) -> None:
        row = MovementItem(keys.movement(practice, key), "MOV")
        row.update(
            actions=[MovementItem.due.remove(), Item.gsi2pk.remove(), Item.gsi2sk.remove()],
            condition=MovementItem.at.exists(),
        )


def _puts(practice: str, change: Change) -> Iterator[tuple[Item, Condition]]:
    before, after = change.before, change.after
    if change.movement:
        yield MovementItem.of(practice, change.movement), MovementItem.pk.does_not_exist()
    if change.charge:
        yield ChargeItem.of(practice, change.charge), ChargeItem.pk.does_not_exist()
    for charge in change.restated:
        yield ChargeItem.of(practice, charge), ChargeItem.pk.exists()
    if change.former:
        yield FormerChargeItem.of(practice, change.former), FormerChargeItem.pk.does_not_exist()
    if change.entry:
        yield EntryItem.of(practice, after.id, change.entry), EntryItem.pk.does_not_exist()
    if change.payment:
        yield PaymentItem.of(practice, change.payment), _at(PaymentItem, change.payment.version - 1)
    if change.refund:
        yield RefundItem.of(practice, change.refund), _at(RefundItem, change.refund.version - 1)
    yield AccountItem.of(practice, after, before.version + 1), _at(AccountItem, before.version)
    if change.external_id:
        yield lookup(keys.client_lookup(practice, change.external_id), after.id)
    if change.other:
        yield from _puts(practice, change.other)


def _at(row: type[AccountItem] | type[PaymentItem] | type[RefundItem], version: int) -> Condition:
    return row.version == version if version else row.pk.does_not_exist()
