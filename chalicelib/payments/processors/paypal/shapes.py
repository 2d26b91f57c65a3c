"""What is read of PayPal's answers. An allow-list: what is not named here is dropped where it is parsed.

The answers also tell the payer's name, address, birth date and tax number: nothing below has a place for any
of them. https://developer.paypal.com/docs/api/orders/v2/
"""

import msgspec


class Amount(msgspec.Struct, frozen=True):
    currency_code: str
    value: str


class Link(msgspec.Struct, frozen=True):
    href: str
    rel: str = ""


class Breakdown(msgspec.Struct, frozen=True):
    """Of a capture what PayPal took for it; of a refund what it gave back of that."""

    paypal_fee: Amount | None = None


class RelatedIds(msgspec.Struct, frozen=True):
    order_id: str = ""


class Supplementary(msgspec.Struct, frozen=True):
    related_ids: RelatedIds = RelatedIds()


class Capture(msgspec.Struct, frozen=True):
    id: str
    status: str
    amount: Amount
    create_time: str
    custom_id: str = ""
    seller_receivable_breakdown: Breakdown | None = None
    supplementary_data: Supplementary = Supplementary()


class Refund(msgspec.Struct, frozen=True):
    id: str
    status: str
    amount: Amount | None = None
    create_time: str = ""
    custom_id: str = ""
    seller_payable_breakdown: Breakdown | None = None
    links: tuple[Link, ...] = ()


class Payments(msgspec.Struct, frozen=True):
    captures: tuple[Capture, ...] = ()
    refunds: tuple[Refund, ...] = ()


class Unit(msgspec.Struct, frozen=True):
    custom_id: str = ""
    amount: Amount | None = None
    payments: Payments = Payments()


class Order(msgspec.Struct, frozen=True):
    id: str
    status: str
    purchase_units: tuple[Unit, ...] = ()
    create_time: str = ""
    update_time: str = ""
    links: tuple[Link, ...] = ()


class MoneyMovement(msgspec.Struct, frozen=True):
    """Of a dispute. It has no name of its own."""

    type: str
    amount: Amount
    initiated_time: str
    affected_party: str = ""
    reason: str = ""


class Disputed(msgspec.Struct, frozen=True):
    seller_transaction_id: str = ""


class Outcome(msgspec.Struct, frozen=True):
    outcome_code: str = ""


class Dispute(msgspec.Struct, frozen=True):
    dispute_id: str
    status: str
    create_time: str
    disputed_transactions: tuple[Disputed, ...] = ()
    dispute_outcome: Outcome = Outcome()
    money_movements: tuple[MoneyMovement, ...] = ()


class DisputeName(msgspec.Struct, frozen=True):
    dispute_id: str
    status: str = ""


class DisputesPage(msgspec.Struct, frozen=True):
    items: tuple[DisputeName, ...] = ()
    links: tuple[Link, ...] = ()


class Transaction(msgspec.Struct, frozen=True):
    """A row of the transaction search."""

    transaction_id: str
    transaction_event_code: str
    transaction_initiation_date: str
    transaction_amount: Amount
    transaction_status: str = ""
    fee_amount: Amount | None = None
    paypal_reference_id: str = ""
    paypal_reference_id_type: str = ""
    custom_field: str = ""


class Detail(msgspec.Struct, frozen=True):
    transaction_info: Transaction


class TransactionsPage(msgspec.Struct, frozen=True):
    transaction_details: tuple[Detail, ...] = ()
    total_pages: int = 1


class Token(msgspec.Struct, frozen=True):
    access_token: str
    expires_in: int
    scope: str = ""
    app_id: str = ""


class EventType(msgspec.Struct, frozen=True):
    name: str


class Webhook(msgspec.Struct, frozen=True):
    id: str
    url: str
    event_types: tuple[EventType, ...] = ()


class Webhooks(msgspec.Struct, frozen=True):
    webhooks: tuple[Webhook, ...] = ()


class ErrorDetail(msgspec.Struct, frozen=True):
    issue: str = ""


class Error(msgspec.Struct, frozen=True):
    """`error` is OAuth's own word, where a token is refused."""

    name: str = ""
    debug_id: str = ""
    details: tuple[ErrorDetail, ...] = ()
    error: str = ""


class Resource(msgspec.Struct, frozen=True):
    """What an event speaks of: an order, a capture, a refund or a dispute."""

    id: str = ""
    order_id: str = ""
    dispute_id: str = ""
    supplementary_data: Supplementary = Supplementary()
    links: tuple[Link, ...] = ()


class Event(msgspec.Struct, frozen=True):
    id: str
    event_type: str
    resource: Resource
