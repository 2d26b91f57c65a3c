"""PayPal's own books, a page at a time: the transaction search, whose rows come up to three hours late.

https://developer.paypal.com/docs/api/transaction-search/v1/ and, for the codes,
https://developer.paypal.com/docs/transaction-search/transaction-event-codes/
"""

from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, datetime, timedelta

from chalicelib.kernel.instants import instant
from chalicelib.payments.ports.movements import Kind, Movement, MovementsPage
from chalicelib.payments.processors.paypal.amounts import minor
from chalicelib.payments.processors.paypal.api import Api
from chalicelib.payments.processors.paypal.orders import at, ids
from chalicelib.payments.processors.paypal.shapes import Transaction, TransactionsPage

PAGE = 500
LONGEST = timedelta(days=31)  # that one search may span
GRACE = timedelta(days=1)  # for the dispute to show what the search has
_DENIED = "D"  # of a row's status: nothing moved
_REFUND = "T1107"
_OWN_MONEY = (
    "T02",
    "T03",
    "T04",
)  # changed into another currency, or on its way to and from the practice's bank
_FOR_DISPUTES = ("T11", "T01")  # what was taken or given back, and the fees of that
Disputes = Callable[[str], Sequence[Movement]]  # the movements of all disputes about a capture


def movements(api: Api, disputes: Disputes, *, since: datetime, cursor: str, now: datetime) -> MovementsPage:
    """`cursor`: "" is the first page, else the start of a window and a page of it."""
    start, _, page = cursor.partition(" ")
    begin = datetime.fromisoformat(start) if start else since.astimezone(UTC)
    end = min(begin + LONGEST - timedelta(minutes=1), now)
    found = api.get(
        "/v1/reporting/transactions", TransactionsPage, start_date=second(begin), end_date=second(end),
        fields="transaction_info", page_size=PAGE, page=int(page or 1),
    )  # fmt: skip
    rows = [detail.transaction_info for detail in found.transaction_details]
    return MovementsPage(list(_moved(rows, disputes, now)), _next(begin, end, int(page or 1), found, now))


def _next(begin: datetime, end: datetime, page: int, found: TransactionsPage, now: datetime) -> str:
    if page < found.total_pages:
        return f"{second(begin)} {page + 1}"
    return f"{second(end)} 1" if end < now else ""


def _moved(rows: Sequence[Transaction], disputes: Disputes, now: datetime) -> Iterator[Movement]:
    named = set[str]()  # movements of disputes, each of which is one row
    for row in rows:
        if row.transaction_status == _DENIED:
            continue
        code, amount_minor = row.transaction_event_code, minor(row.transaction_amount)
        if code.startswith("T00") and amount_minor > 0 and ids(row.custom_field):
            yield _named(row, Kind.PAYMENT, row.transaction_id)
        elif code == _REFUND and row.paypal_reference_id:
            yield _named(row, Kind.REFUND, row.paypal_reference_id)
        elif code.startswith(_FOR_DISPUTES) and row.paypal_reference_id:
            told = [each for each in disputes(row.paypal_reference_id) if each.id not in named]
            for found in _of_dispute(row, told, now):
                named.add(found.id)
                yield found
        elif not code.startswith(_OWN_MONEY):
            yield _other(row)


def _named(row: Transaction, kind: Kind, capture_id: str) -> Movement:
    fee = row.fee_amount
    return Movement(
        row.transaction_id, kind, minor(row.transaction_amount), row.transaction_amount.currency_code,
        -minor(fee) if fee else 0, about=row.transaction_id, intent_id=capture_id,
        at=at(row.transaction_initiation_date), fee_currency=fee.currency_code if fee else "",
    )  # fmt: skip


def _of_dispute(row: Transaction, told: Sequence[Movement], now: datetime) -> Iterator[Movement]:
    """By the dispute's own movement, which has another name: of those that moved as much the one that is
    nearest in time. Where no dispute shows it after a day, a person looks."""
    amount_minor = minor(row.transaction_amount)
    moved_at = datetime.fromisoformat(at(row.transaction_initiation_date))
    same = [each for each in told if each.amount_minor - each.fee_minor == amount_minor]
    if same:
        yield min(same, key=lambda each: abs(datetime.fromisoformat(each.at) - moved_at))
    elif now - moved_at > GRACE:
        yield _other(row)


def _other(row: Transaction) -> Movement:
    return Movement(
        row.transaction_id, Kind.OTHER, minor(row.transaction_amount), row.transaction_amount.currency_code,
        0, about=row.paypal_reference_id or row.transaction_id, intent_id="",
        at=at(row.transaction_initiation_date), category=row.transaction_event_code,
    )  # fmt: skip


def second(moment: datetime) -> str:
    """PayPal's form of an instant, as far as the search takes it."""
    return instant(moment.astimezone(UTC))[:19] + "Z"
