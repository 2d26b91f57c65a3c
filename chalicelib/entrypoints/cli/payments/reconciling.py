"""`billfold reconcile`: compare the processor's own books with the ledger, as far back as asked for."""

from collections.abc import Mapping
from datetime import UTC, datetime

from chalicelib.entrypoints.cli.command import Invocation, Subparsers, command
from chalicelib.entrypoints.cli.output import OK, UNAVAILABLE
from chalicelib.kernel.errors import Invalid
from chalicelib.kernel.money import EXPONENTS, Money, decimal_text
from chalicelib.kernel.outside import ProcessorRefused, ProcessorTimeout
from chalicelib.payments.services import unbooked
from chalicelib.payments.services.full_pass import BILLS

_DETAILS = """\
What a function does every night since the night before, done now since any day: settles what is missing,
adopts payments that a restored table has lost (`billfold adopt` does one), and raises an alert (`billfold
alerts`) for what a person must decide. Run again, it changes nothing.
"""


def add(commands: Subparsers) -> None:
    summary = "Compare the processor's books with the ledger."
    parser = command(commands, "reconcile", run, summary, writes=False, details=_DETAILS)
    parser.add_argument("--since", required=True, metavar="YYYY-MM-DD", help="the first day (UTC)")


def _bills(done: Mapping[str, int]) -> str:
    """Fees that the processor takes for no payment in particular: they are in no client's ledger."""
    sums = {name.removeprefix(BILLS): minor for name, minor in sorted(done.items()) if name.startswith(BILLS)}
    texts = [_sum(minor, of) for of, minor in sums.items()]
    return f", {done['bills']} fees for no payment ({', '.join(texts)}; in no ledger)" if texts else ""


def _unbooked(done: Mapping[str, int]) -> str:
    """What the processor took or gave for reasons of its own, by its own words for them."""
    sums = list(unbooked.counted(done))
    rows = sum(done[f"{unbooked.ROWS}{category}"] for category in {category for category, _, _ in sums})
    texts = (f"{category} {_sum(minor, currency)}" for category, currency, minor in sums)
    return f", {rows} rows of other reasons ({', '.join(texts)}; in no ledger)" if sums else ""


def _sum(minor: int, currency: str) -> str:
    if currency in EXPONENTS:
        return f"{decimal_text(Money(minor, currency))} {currency}"
    return f"{minor} minor units of {currency}"


def run(invocation: Invocation) -> int:
    """Errors: Invalid date_invalid; NotFound practice_not_found; Refused payments_disabled."""
    practice, output = invocation.practice(), invocation.output
    try:
        since = datetime.strptime(invocation.options.since, "%Y-%m-%d").replace(tzinfo=UTC)
    except ValueError as error:
        raise Invalid("date_invalid", "since") from error
    try:
        done = invocation.app.full_passes.look_back(practice, since=since)
    except (ProcessorTimeout, ProcessorRefused) as error:
        output.complain("processor_unavailable", f"the processor did not answer: {error}. Run it again.")
        return UNAVAILABLE
    waiting = len(invocation.app.alerting.listed(practice.id))
    settled = f"{done['settled']} payments settled, {done['failed']} rows could not be"
    beside = f"{_bills(done)}{_unbooked(done)}"
    output.tell(
        "done",
        f"Done: {done['rows']} rows compared, {settled}{beside}, {waiting} alerts open",
        alerts=waiting,
        **done,
    )
    return OK
