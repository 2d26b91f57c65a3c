"""`billfold refund-card`: give a payment by card or from a bank account back by the way it came."""

import hashlib
from argparse import ArgumentParser
from collections.abc import Callable, Iterator, Sequence
from typing import TypeVar

from chalicelib.entrypoints.cli.command import Invocation, Subparsers, command
from chalicelib.entrypoints.cli.output import OK, REFUSED, UNAVAILABLE, Output
from chalicelib.importing.domain.problems import BadValue
from chalicelib.importing.domain.values import Terms, amount, identifier
from chalicelib.kernel.account_refs import AccountRef
from chalicelib.kernel.actors import CLI
from chalicelib.kernel.errors import Invalid, NotFound, present
from chalicelib.kernel.money import Money, decimal_text
from chalicelib.kernel.outside import ProcessorRefused, ProcessorTimeout
from chalicelib.ledger.domain.payments import Payment
from chalicelib.ledger.domain.refunds import Left
from chalicelib.payments.domain import references
from chalicelib.payments.services.refunding import GivenBack, RefundWish

T = TypeVar("T")

_DETAILS = """\
The processor gives the money back to where it came from, a card or a bank account, and the ledger opens again
what it had paid: unapplied credit goes first, then the newest allocation. Say what is left of the payment as
you know it, so that nobody refunds the same money twice: without --left nothing is refunded, and the answer
says what is. Money taken outside Billfold: `billfold refund`.
"""
_UNHEARD = (
    "the processor did not answer, and the refund may have been made. Run the same command again, with "
    "--id {id}: it refunds once"
)
_ID_HELP = "your own id of the refund; without one, the same command twice refunds once"
_LEFT_HELP = "what is left of the payment before this refund, like 125.00"
_EARLIER_HELP = "how many refunds of the payment came before, whatever became of them; 0 if not given"
_ANYWAY = "though its processor said that money of it was taken back: you have seen there that none was"


def add(commands: Subparsers) -> None:
    summary = "Refund a payment by card or from a bank account, or a part of it."
    parser = command(commands, "refund-card", run, summary, writes=True, details=_DETAILS)
    parser.add_argument("--client", required=True, metavar="ID", help="the client's id")
    add_options(parser)


def add_options(parser: ArgumentParser) -> None:
    parser.add_argument("--payment", required=True, metavar="REFERENCE", help="as the receipt prints it")
    parser.add_argument("--amount", required=True, metavar="AMOUNT", help="like 125.00")
    parser.add_argument("--left", metavar="AMOUNT", help=_LEFT_HELP)
    parser.add_argument("--earlier", type=int, default=0, metavar="NUMBER", help=_EARLIER_HELP)
    parser.add_argument("--id", metavar="ID", help=_ID_HELP)
    parser.add_argument("--anyway", action="store_true", help=_ANYWAY)


def run(invocation: Invocation) -> int:
    """Errors: reference_shared, amount_invalid, id_format, and as `Refunding.refund`."""
    ref = present(invocation.account_of(invocation.options.client), "payment_not_found", "payment")
    try:
        payment = _payment(invocation, ref)
    except NotFound:
        other = _matched_elsewhere(invocation, ref)
        if not other:
            raise
        text = f"this payment of a guest was matched to another client: --client {other}"
        invocation.output.complain("guest_matched", text, client=other)
        return REFUSED
    return refunded(invocation, wish_of(invocation, payment))


def refunded(invocation: Invocation, wish: RefundWish) -> int:
    """Make it, and say so. Errors: as `Refunding.refund`."""
    output, refunding = invocation.output, invocation.app.refunding
    if invocation.options.dry_run:
        known = refunding.foresee(wish)
        text = f"{wish.refund_id} was asked for already, and is made once." if known else "It would be made."
        output.tell("dry_run", f"Dry run: {text} Nothing was written.", posted=0)
        return OK
    try:
        made = refunding.refund(wish)
    except ProcessorTimeout:
        text = _UNHEARD.format(id=wish.refund_id)
        output.complain("processor_unavailable", text, refund_id=wish.refund_id)
        return UNAVAILABLE
    except ProcessorRefused as refusal:
        output.complain("processor_refused", f"the processor refused it: {refusal.code}")
        return UNAVAILABLE
    _tell(output, made)
    return OK


def _tell(output: Output, made: GivenBack) -> None:
    paid, refund = made.payment, made.refund
    gone, whole, under_way, left = (
        decimal_text(Money(minor, paid.currency))
        for minor in (paid.refunded_minor, paid.amount_minor, paid.refunding_minor, paid.remainder_minor)
    )
    text = f"{refund.id} is made already, and nothing was refunded now. " if made.before else ""
    text += f"Refunded {gone} of {whole} {paid.currency} so far. "
    text += f"Under way: {under_way}; it is posted when it arrives. " if paid.refunding_minor else ""
    text += f"Another refund wants --left {left} --earlier {paid.refund_count}."
    output.tell(
        "done", text, refund_id=refund.id, state=refund.state.value, refunded_minor=paid.refunded_minor,
        refunding_minor=paid.refunding_minor, remainder_minor=paid.remainder_minor,
        earlier=paid.refund_count, posted=int(not made.before),
    )  # fmt: skip


def wish_of(invocation: Invocation, payment: Payment) -> RefundWish:
    """Without an id of its own, the same command is the same refund. Errors: amount_invalid, id_format."""
    options, practice = invocation.options, invocation.practice()
    terms = invocation.importer(actor=CLI).terms(practice)
    minor, believed = _typed(amount, "amount", options.amount, terms), None
    if options.left is not None:
        believed = Left(_typed(amount, "left", options.left, terms), options.earlier)
    same = hashlib.sha256(repr((payment.id, minor, believed)).encode()).hexdigest()[:20]
    refund_id = same if options.id is None else _typed(identifier, "id", options.id, terms)
    ref, anyway = payment.ref(practice.id), options.anyway
    return RefundWish(ref, payment.id, refund_id, minor, believed, CLI, anyway=anyway)


def _typed(parse: Callable[[str, Terms], T], field: str, text: str, terms: Terms) -> T:
    try:
        return parse(text, terms)
    except BadValue as bad:
        raise Invalid(bad.code, field, **bad.details) from bad


def _payment(invocation: Invocation, ref: AccountRef) -> Payment:
    """The client's payment with that reference, or id; a guest's, too, that is matched to the client. Errors:
    payment_not_found, reference_shared."""
    wanted, found = invocation.options.payment, list[Payment]()
    for payment in _payments(invocation, ref):
        if payment.id == wanted:
            return payment
        if references.same(payment.reference, wanted):
            found.append(payment)
    if not found:
        guests = invocation.app.guest_forms.payments(ref.practice)
        found = [paid for paid in guests if paid.matched_to == ref.account and is_meant(paid, wanted)]
    return only(found)


def _matched_elsewhere(invocation: Invocation, ref: AccountRef) -> str:
    """The id of the client who has the guest's payment that is meant; "" of any other."""
    app, wanted = invocation.app, invocation.options.payment
    everybodys = app.guest_forms.payments(ref.practice)
    found = [paid for paid in everybodys if paid.matched_to and is_meant(paid, wanted)]
    client = app.people.client(ref.practice, found[0].matched_to) if len(found) == 1 else None
    return client.external_id if client else ""


def is_meant(payment: Payment, wanted: str) -> bool:
    """By its id, or by its reference as people type it."""
    return payment.id == wanted or references.same(payment.reference, wanted)


def only(found: Sequence[Payment]) -> Payment:
    """Errors: payment_not_found, reference_shared."""
    if len(found) > 1:
        raise Invalid("reference_shared", "payment")
    if not found:
        raise NotFound("payment_not_found", "payment")
    return found[0]


def _payments(invocation: Invocation, ref: AccountRef) -> Iterator[Payment]:
    cursor = None
    while True:
        page = invocation.app.ledgers.payments(ref, cursor=cursor, limit=100)
        yield from page.rows
        cursor = page.next_cursor
        if cursor is None:
            return
