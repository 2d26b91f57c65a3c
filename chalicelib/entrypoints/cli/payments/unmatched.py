"""`billfold unmatched`: money of guests that waits for staff to say whose account it is for."""

import hashlib

from chalicelib.entrypoints.cli.command import Invocation, Subparsers, command
from chalicelib.entrypoints.cli.output import OK, how_many
from chalicelib.entrypoints.cli.payments.refunding import add_options, is_meant, only, refunded, wish_of
from chalicelib.kernel.account_refs import AccountRef
from chalicelib.kernel.actors import CLI
from chalicelib.kernel.formatting import one_line
from chalicelib.kernel.money import Money, decimal_text
from chalicelib.ledger.domain.payments import Payment
from chalicelib.payments.services.matching import Suggestion, Waiting
from chalicelib.practice.domain.practices import Practice

_ABOUT = """\
Somebody who pays on the practice's public page needs no account, and names the client and the clinician.
Where these and the number on the bill agree, the money goes to the client's account by itself; all other
waits here.
"""
_MATCH = """\
The whole payment, less what was given back, goes to the client's account and pays what is open there: first
of the bill and the clinician that were typed with it, then the oldest. Refunds and disputes of it follow it
there from then on. Matched to the wrong client, match it again: the money moves
on, and the entry by which it leaves names the match that it corrects.
"""
_REFUND = """\
As `billfold refund-card`: the money goes back the way it came, and of a matched payment it is taken from the
client's account. Say what is left of the payment as you know it.
"""
_PAYMENT_HELP = "its reference, or its id as `billfold unmatched list` says"


def add(commands: Subparsers) -> None:
    top = commands.add_parser("unmatched", help="Guests' money that waits to be matched.", description=_ABOUT)
    kinds = top.add_subparsers(title="commands", metavar="<command>", required=True)
    summary = "List guests' payments that wait, what was typed with each, and whose each may be."
    command(kinds, "list", run_list, summary, writes=False)
    match = command(
        kinds, "match", run_match, "Match a guest's payment to a client.", writes=True, details=_MATCH
    )
    match.add_argument("--payment", required=True, metavar="PAYMENT", help=_PAYMENT_HELP)
    match.add_argument("--client", required=True, metavar="ID", help="the client's id")
    match.add_argument(
        "--id", metavar="ID", help="your own id of it; without one, the same command matches once"
    )
    refund = command(
        kinds,
        "refund",
        run_refund,
        "Refund a guest's payment, or a part of it.",
        writes=True,
        details=_REFUND,
    )
    add_options(refund)


def run_list(invocation: Invocation) -> int:
    """Errors: NotFound practice_not_found."""
    practice = invocation.practice()
    found = invocation.app.matching.waiting(practice.id)
    for waiting in found:
        _tell(invocation, practice, waiting)
    count = how_many(len(found), "payment waits", "payments wait")
    invocation.output.tell("unmatched", count, payments=len(found))
    return OK


def run_match(invocation: Invocation) -> int:
    """Errors: NotFound practice_not_found, payment_not_found, client_not_found; as of `GuestMoney`."""
    practice, options, app = invocation.practice(), invocation.options, invocation.app
    payment, client = _payment(invocation), invocation.client(options.client)
    id_ = options.id or _made(payment, client.id)
    shown = _money(payment.brought_minor, payment.currency)
    if payment.matched_to == client.id:
        text = f"{shown} of this payment is with {options.client} already. Nothing is to be done."
        invocation.output.tell("done", text, payment=payment.id, reference=payment.reference, posted=0)
        return OK
    if options.dry_run:
        text = f"Dry run: {shown} would go to {options.client}. Nothing was written."
        invocation.output.tell("dry_run", text, id=id_, posted=0)
        return OK
    done = app.matching.match(practice.id, payment, client.ref(practice.id), id_=id_, actor=CLI.text)
    account = app.ledgers.account(client.ref(practice.id))
    balance = _money(account.ledger.balance_minor if account else 0, payment.currency)
    text = f"Matched {shown} to {options.client}, whose balance is now {balance}. "
    text += f"To match it again, or refund it: --payment {payment.reference}"
    if done.duplicate:
        text = f"{id_} is in the books already. Give it another --id to match it again."
    invocation.output.tell(
        "done", text, id=id_, payment=payment.id, reference=payment.reference, entry=done.seq,
        posted=int(not done.duplicate),
    )  # fmt: skip
    return OK


def run_refund(invocation: Invocation) -> int:
    """Errors: NotFound practice_not_found, payment_not_found; as of `billfold refund-card`."""
    invocation.practice()
    return refunded(invocation, wish_of(invocation, _payment(invocation)))


def _payment(invocation: Invocation) -> Payment:
    """A guest's, by its id, or by its reference, also once it is matched. Errors: payment_not_found,
    reference_shared."""
    wanted, practice, app = invocation.options.payment, invocation.options.practice, invocation.app
    known = app.ledgers.payment(AccountRef(practice, wanted), wanted)
    if known is not None and known.guest:
        return known
    waiting = [paid for paid in app.guest_forms.unmatched(practice) if is_meant(paid, wanted)]
    return only(waiting or [paid for paid in app.guest_forms.payments(practice) if is_meant(paid, wanted)])


def _made(payment: Payment, client_id: str) -> str:
    """The same for the same command, from the same place."""
    facts = (payment.id, payment.matched_to, payment.matched_seq, client_id)
    if payment.matched_to == client_id:  # it was run before, and stands
        facts = (payment.id, "", 0, client_id)
    return f"match-{hashlib.sha256(repr(facts).encode()).hexdigest()[:12]}"


def _tell(invocation: Invocation, practice: Practice, waiting: Waiting) -> None:
    paid, form = waiting.payment, waiting.form
    clinician = practice.clinician(form.clinician_id) if form else None
    typed = {
        "client": form.client if form else "",
        "clinician": clinician.name if clinician else "",
        "number": form.number if form else "",
        "name": form.name if form else "",
        "email": form.email if form else "",
        "phone": form.phone if form else "",
    }
    told = ", ".join(f"{name}: {one_line(text)}" for name, text in typed.items() if text)
    maybe = "; ".join(_said(each) for each in waiting.suggestions) or "nobody of that name or number"
    text = (
        f"{paid.id}  {paid.reference}  {paid.date}  {_money(paid.brought_minor, paid.currency)}\n"
        f"  {told}\n  may be: {maybe}"
    )
    invocation.output.tell(
        "waiting", text, payment=paid.id, reference=paid.reference, date=paid.date,
        amount_minor=paid.brought_minor, currency=paid.currency, **typed,
        suggestions=[
            {"client": each.client.external_id, "agrees": [what.value for what in each.agrees]}
            for each in waiting.suggestions
        ],
    )  # fmt: skip


def _said(each: Suggestion) -> str:
    agrees = ", ".join(what.value for what in each.agrees) or "part of the name"
    return f"{each.client.external_id} {one_line(each.client.name)} ({agrees})"


def _money(amount_minor: int, currency: str) -> str:
    return f"{decimal_text(Money(amount_minor, currency))} {currency}"
