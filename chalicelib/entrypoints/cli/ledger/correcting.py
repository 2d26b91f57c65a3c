"""`billfold post reverse` and `billfold post transfer-credit`."""

import hashlib
from collections.abc import Callable
from typing import Any, TypeVar

from chalicelib.entrypoints.cli.command import Invocation, Subparsers, command
from chalicelib.entrypoints.cli.output import OK
from chalicelib.importing.domain.problems import BadValue
from chalicelib.importing.domain.values import Terms, any_date, identifier, positive_amount
from chalicelib.kernel.account_refs import AccountRef
from chalicelib.kernel.actors import CLI
from chalicelib.kernel.errors import Invalid, present
from chalicelib.kernel.instants import instant, local_date
from chalicelib.kernel.money import Money, decimal_text
from chalicelib.ledger.services.correcting import Correcting
from chalicelib.practice.domain.practices import Practice

T = TypeVar("T")

_REVERSE = """\
Posts the entry again with its sides swapped, so that it is as if it had never been; `billfold entries`
lists the numbers. Refused: what something later rests on (undo that first), and what a card processor
did (refund the payment by `billfold refund-card`).
"""
_TRANSFER = """\
Moves credit that is applied to no charge; where it arrives it pays what is open. To move it back, move it
the other way.
"""
_ID_HELP = "your own id of it; without one, the same command twice moves it once"


def add(kinds: Subparsers) -> None:
    reverse = command(kinds, "reverse", run_reverse, "Undo an entry.", writes=True, details=_REVERSE)
    reverse.add_argument("--client", required=True, metavar="ID", help="the client's id")
    reverse.add_argument("--entry", required=True, type=int, metavar="NUMBER", help="the entry's number")
    summary = "Move a client's credit to another client."
    transfer = command(kinds, "transfer-credit", run_transfer, summary, writes=True, details=_TRANSFER)
    transfer.add_argument("--from", dest="source", required=True, metavar="ID", help="who has the credit")
    transfer.add_argument("--to", dest="target", required=True, metavar="ID", help="who gets it")
    transfer.add_argument("--amount", required=True, metavar="AMOUNT", help="like 125.00")
    transfer.add_argument("--id", metavar="ID", help=_ID_HELP)
    for parser in (reverse, transfer):
        parser.add_argument("--date", metavar="YYYY-MM-DD", help="the day of the entry; today without it")


def run_reverse(invocation: Invocation) -> int:
    """Errors: account_not_found, entry_not_found, entry_in_use, reversal_of_reversal, reversal_of_transfer,
    reversal_at_processor."""
    practice, seq, output = invocation.practice(), invocation.options.entry, invocation.output
    ref, on = account_of(invocation, invocation.options.client), date_of(invocation, practice)
    draft = _correcting(invocation).foresee_reversal(ref, seq, on=on)
    if invocation.options.dry_run and draft is not None:
        text = f"Dry run: entry {seq} ({draft.reference}) would be undone. Nothing was written."
        output.tell("dry_run", text, posted=0)
        return OK
    done = _correcting(invocation).reverse(ref, seq, on=on)
    if done.duplicate:
        text = f"Entry {seq} is undone already, by entry {done.seq}."
    else:
        balance = _balance(invocation, practice, ref)
        text = f"Entry {seq} is undone by entry {done.seq}. The balance of this client is now {balance}."
    output.tell("done", text, entry=done.seq, posted=int(not done.duplicate))
    return OK


def run_transfer(invocation: Invocation) -> int:
    """Errors: account_not_found, same_account, credit_overdrawn, credit_refunding,
    external_id_taken."""
    practice, options, output = invocation.practice(), invocation.options, invocation.output
    source, target = (account_of(invocation, id_) for id_ in (options.source, options.target))
    amount_minor, on = _amount(invocation, practice), date_of(invocation, practice)
    id_ = _id(invocation, practice, source.account, target.account, str(amount_minor), on)
    correcting, shown = _correcting(invocation), _money(amount_minor, practice)
    asked: dict[str, Any] = {"source": source, "target": target, "amount_minor": amount_minor, "on": on}
    if correcting.foresee_transfer(id_, **asked) is None:
        text = f"{id_} is in the books already. Give it another --id to move it again."
        output.tell("done", text, id=id_, posted=0)
    elif options.dry_run:
        output.tell("dry_run", f"Dry run: {shown} would move. Nothing was written.", id=id_, posted=0)
    else:
        done = correcting.transfer_credit(id_, **asked)
        first, second = (_balance(invocation, practice, ref) for ref in (source, target))
        text = f"Moved {shown}. The balance of {options.source} is now {first}, of {options.target} {second}."
        output.tell("done", text, id=id_, entry=done.seq, posted=int(not done.duplicate))
    return OK


def _correcting(invocation: Invocation) -> Correcting:
    return Correcting(invocation.app.ledgers, invocation.app.clock, CLI.text)


def account_of(invocation: Invocation, client_id: str) -> AccountRef:
    """Error: NotFound account_not_found."""
    return present(invocation.account_of(client_id), "account_not_found")


def _amount(invocation: Invocation, practice: Practice) -> int:
    return given(invocation, practice, "amount", invocation.options.amount, positive_amount)


def date_of(invocation: Invocation, practice: Practice) -> str:
    today = local_date(instant(invocation.app.clock.now()), practice.timezone)
    return given(invocation, practice, "date", invocation.options.date or today, any_date)


def _id(invocation: Invocation, practice: Practice, *facts: str) -> str:
    """The id that was given, else one made of the facts: the same for the same command."""
    made = f"cli-{hashlib.sha256(repr(facts).encode()).hexdigest()[:12]}"
    return given(invocation, practice, "id", invocation.options.id or made, identifier)


def given(
    invocation: Invocation, practice: Practice, field: str, text: str, parse: Callable[[str, Terms], T]
) -> T:
    try:
        return parse(text, invocation.importer(actor=CLI).terms(practice))
    except BadValue as bad:
        raise Invalid(bad.code, field, **bad.details) from bad


def _balance(invocation: Invocation, practice: Practice, ref: AccountRef) -> str:
    found = invocation.app.ledgers.account(ref)
    return _money(found.ledger.balance_minor if found else 0, practice)


def _money(amount_minor: int, practice: Practice) -> str:
    return f"{decimal_text(Money(amount_minor, practice.currency))} {practice.currency}"
