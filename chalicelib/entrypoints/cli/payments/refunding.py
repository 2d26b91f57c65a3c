"""`billfold refund-card`: give a card payment back by the way it came."""

import hashlib
from collections.abc import Iterator

from chalicelib.entrypoints.cli.command import Invocation, Subparsers, command
from chalicelib.entrypoints.cli.output import OK, UNAVAILABLE
from chalicelib.importing.domain.problems import BadValue
from chalicelib.importing.domain.values import Terms, amount
from chalicelib.kernel.actors import CLI
from chalicelib.kernel.errors import Invalid, NotFound
from chalicelib.kernel.money import Money, decimal_text
from chalicelib.kernel.outside import ProcessorRefused, ProcessorTimeout
from chalicelib.ledger.domain.payments import Payment
from chalicelib.payments.domain.references import same

_DETAILS = """\
The processor gives the money back to the card it came from, and the ledger opens again what it had paid:
unapplied credit goes first, then the newest allocation. Money taken outside Billfold: `billfold refund`.
"""
_UNHEARD = (
    "the processor did not answer, and the refund may have been made. Run the same command again, with "
    "--id {id}: it refunds once"
)
_AGAIN = "Give it another --id to refund again."
_ID_HELP = "your own id of the refund; without one, the same command twice refunds once"


def add(commands: Subparsers) -> None:
    summary = "Refund a card payment, or a part of it."
    parser = command(commands, "refund-card", run, summary, writes=True, details=_DETAILS)
    parser.add_argument("--client", required=True, metavar="ID", help="the client's id")
    parser.add_argument("--payment", required=True, metavar="REFERENCE", help="as the receipt prints it")
    parser.add_argument("--amount", required=True, metavar="AMOUNT", help="like 125.00")
    parser.add_argument("--id", metavar="ID", help=_ID_HELP)


def run(invocation: Invocation) -> int:
    """Errors: payment_not_found, reference_shared, refund_elsewhere, payment_state, amount_invalid,
    refund_above_remainder."""
    options, output, app = invocation.options, invocation.output, invocation.app
    practice = invocation.practice()
    account = invocation.account_of(options.client)
    if account is None:
        raise NotFound("payment_not_found", "payment")
    payment = _payment(invocation, account)
    minor = _amount(options.amount, invocation.importer(actor=CLI).terms(practice))
    refund_id = options.id or hashlib.sha256(f"{payment.id}/{minor}".encode()).hexdigest()[:20]
    about = practice.id, account, payment.id
    if options.dry_run:
        return _foresee(invocation, about, refund_id, minor)
    try:
        made = app.refunding.refund(*about, refund_id=refund_id, amount_minor=minor)
    except ProcessorTimeout:
        output.complain("processor_unavailable", _UNHEARD.format(id=refund_id), refund_id=refund_id)
        return UNAVAILABLE
    except ProcessorRefused as refusal:
        output.complain("processor_refused", f"the processor refused it: {refusal.code}")
        return UNAVAILABLE
    paid = made.payment
    total = decimal_text(Money(paid.refunded_minor, paid.currency))
    of = decimal_text(Money(paid.amount_minor, paid.currency))
    text = f"Refunded {total} of {of} {paid.currency} so far. "
    text = (
        f"{refund_id} is made already, and nothing was refunded now. {text}{_AGAIN}"
        if made.before
        else f"{text}A refund still pending is posted when it arrives."
    )
    posted = int(not made.before)
    output.tell("done", text, refund_id=refund_id, refunded_minor=paid.refunded_minor, posted=posted)
    return OK


def _foresee(invocation: Invocation, about: tuple[str, str, str], refund_id: str, minor: int) -> int:
    refunding, output = invocation.app.refunding, invocation.output
    if refunding.asked_before(*about, refund_id, minor):
        text = f"Dry run: {refund_id} was asked for already, and is made once. {_AGAIN}"
    else:
        refunding.check(*about, minor)
        text = "Dry run: the refund would be made. Nothing was written."
    output.tell("dry_run", text, posted=0)
    return OK


def _payment(invocation: Invocation, account: str) -> Payment:
    """The client's payment with that reference, or id. Errors: payment_not_found, reference_shared."""
    wanted, found = invocation.options.payment, list[Payment]()
    for payment in _payments(invocation, account):
        if payment.id == wanted:
            return payment
        if same(payment.reference, wanted):
            found.append(payment)
    if len(found) > 1:
        raise Invalid("reference_shared", "payment")
    if not found:
        raise NotFound("payment_not_found", "payment")
    return found[0]


def _payments(invocation: Invocation, account: str) -> Iterator[Payment]:
    cursor, practice = None, invocation.options.practice
    while True:
        page = invocation.app.ledgers.payments(practice, account, cursor=cursor, limit=100)
        yield from page.rows
        cursor = page.next_cursor
        if cursor is None:
            return


def _amount(text: str, terms: Terms) -> int:
    try:
        return amount(text, terms)
    except BadValue as error:
        raise Invalid("amount_invalid", "amount") from error
