"""`billfold host cost`: an estimate of each practice's month, from what is counted."""

from datetime import timedelta

from chalicelib.entrypoints.cli.command import Invocation
from chalicelib.entrypoints.cli.output import OK, how_many
from chalicelib.hosting.domain.costs import VISITS, Counts, estimate, mails
from chalicelib.hosting.domain.prices import CHECKED, REGION
from chalicelib.kernel.instants import instant

DAYS, MOST = 30, 20_000


def run(invocation: Invocation) -> int:
    app, output = invocation.app, invocation.output
    now, ids = app.clock.now(), sorted(app.practices.practice_ids())
    month = f"{now.date().replace(day=1) - timedelta(days=1):%Y-%m}"
    since, whole = instant(now - timedelta(days=DAYS)), 0.0
    for id_ in ids:
        counts = app.host_counts.month(id_, since=since, month=month, most=MOST)
        guess = estimate(counts, practices=len(ids))
        whole += guess.all
        dollars = f"${guess.all:.2f} = ${guess.own:.2f} of its own + ${guess.share:.2f} shared"
        output.tell(
            "cost", f"{id_:20} {dollars}; {_of(counts)}",
            practice=id_, clients=counts.clients, payments=counts.payments, statements=counts.statements,
            mails=mails(counts), cut=counts.cut, own=round(guess.own, 4), share=round(guess.share, 4),
            all=round(guess.all, 4),
        )  # fmt: skip
    text = (
        f"{how_many(len(ids), 'practice', 'practices')}: ${whole:.2f} a month.\n"
        f"An estimate from list prices ({REGION}, {CHECKED}) for a live stage, not from a bill. "
        f"Counted: clients"
        f" with an account, payments of the last {DAYS} days, statements of {month}.\nAssumed of each client:"
        f" {VISITS} visits with a code, and two years of rows and files. Not in it: the processors' "
        f"fees, the domain,"
        " taxes, logs, your own work."
    )
    output.tell("costs", text, practices=len(ids), all=round(whole, 4), month=month, since=since)
    return OK


def _of(counts: Counts) -> str:
    clients = how_many(counts.clients, "client", "clients")
    payments = how_many(counts.payments, "payment", "payments")
    statements = how_many(counts.statements, "statement", "statements")
    more = " (not all was counted: there is more)" if counts.cut else ""
    return f"{clients}, {payments}, {statements}, about {mails(counts):.0f} mails{more}"
