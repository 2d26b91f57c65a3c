"""`billfold adopt`: post money whose payment is lost, as it would have been."""

from chalicelib.entrypoints.cli.command import Invocation, Subparsers, command
from chalicelib.entrypoints.cli.output import OK, UNAVAILABLE, Output
from chalicelib.kernel.actors import CLI
from chalicelib.kernel.money import Money, decimal_text
from chalicelib.kernel.outside import ProcessorRefused, ProcessorTimeout
from chalicelib.ledger.domain.methods import Method
from chalicelib.ledger.domain.payments import Payment
from chalicelib.payments.ports.processors import Facts, RefundStatus
from chalicelib.payments.services.adopting import Adopted

_DETAILS = """\
For money that the processor holds and the books do not have, because the table was restored to an earlier
moment: the alert unknown_money, with an account and a payment. The payment is made again from what the
processor knows: its credit, fee, refunds, disputes and receipt. It pays the oldest open services first, the
rest is credit; which ones the payer had chosen is lost. The full pass of each night does it by itself where
nothing speaks against it. Run again, it posts nothing twice.

Refused is money that Billfold did not begin, that was not captured, that is another practice's, or that
somebody entered by hand: undo that entry first (`billfold post reverse`).
"""
_ANYWAY = "although the alert was closed, or a payment of that amount was entered by hand since"


def add(commands: Subparsers) -> None:
    summary = "Post a payment that was lost when the table was restored."
    parser = command(commands, "adopt", run, summary, writes=True, details=_DETAILS)
    parser.add_argument("id", metavar="ID", help="the payment's id at the processor, like pi_3Nx…")
    parser.add_argument("--anyway", action="store_true", help=_ANYWAY)


def run(invocation: Invocation) -> int:
    """Errors: as `Adopting.adopt`; NotFound practice_not_found."""
    practice, options, output = invocation.practice(), invocation.options, invocation.output
    adopting = invocation.app.adopting
    act = adopting.foresee if options.dry_run else adopting.adopt
    try:
        adopted = act(practice, options.id, actor=CLI, anyway=options.anyway)
    except (ProcessorTimeout, ProcessorRefused) as error:
        output.complain("processor_unavailable", f"the processor did not answer: {error}. Run it again.")
        return UNAVAILABLE
    client = invocation.app.people.client(practice.id, adopted.payment.account_id)
    _tell(output, adopted, client.external_id if client else "", dry_run=options.dry_run)
    return OK


def _tell(output: Output, adopted: Adopted, client: str, *, dry_run: bool) -> None:
    paid, facts = adopted.payment, adopted.facts
    shares = {share.charge_id: share.amount_minor for share in paid.allocation.shares}
    made = (refund for refund in facts.refunds if refund.status is RefundStatus.SUCCEEDED)
    fee_minor, refunded_minor = _fee_minor(facts), sum(refund.amount_minor for refund in made)
    lines = [
        f"{_outcome(adopted, dry_run=dry_run)} as payment {paid.reference} of client {client}:",
        f"{_money(paid.amount_minor, paid)} of {paid.date}{_way(paid.method)}",
        *(f"{_money(minor, paid)} for {_service(paid, id_)}" for id_, minor in shares.items()),
        f"{_money(paid.allocation.credit_minor, paid)} credit",
        f"fee {'not known yet' if fee_minor is None else _money(fee_minor, paid)}, "
        f"refunds {_money(refunded_minor, paid)}, disputes {len(facts.disputes)}",
    ]
    output.tell(
        "dry_run" if dry_run else "done", "\n  ".join(lines), id=facts.intent_id, client=client,
        account=paid.account_id, payment=paid.id, reference=paid.reference, date=paid.date,
        amount_minor=paid.amount_minor, currency=paid.currency, shares=shares,
        credit_minor=paid.allocation.credit_minor, fee_minor=fee_minor, refunded_minor=refunded_minor,
        disputes=len(facts.disputes), posted=int(not (dry_run or adopted.before)),
    )  # fmt: skip


def _outcome(adopted: Adopted, *, dry_run: bool) -> str:
    if adopted.before:
        return "Nothing new: it is in the ledger"
    return "Dry run, nothing was written: it would be adopted" if dry_run else "Adopted"


def _fee_minor(facts: Facts) -> int | None:
    return facts.captured.fee_minor if facts.captured else None


def _way(method: Method | None) -> str:
    return f", {method.brand or method.kind} {method.last4}".rstrip() if method else ""


def _service(paid: Payment, charge_id: str) -> str:
    service = paid.services.get(charge_id)
    return f"{service.name} of {service.on}" if service and service.name else f"charge {charge_id}"


def _money(minor: int, paid: Payment) -> str:
    return f"{decimal_text(Money(minor, paid.currency))} {paid.currency}"
