"""`billfold entries`: a client's ledger, line by line."""

from chalicelib.entrypoints.cli.command import Invocation, Subparsers, command
from chalicelib.entrypoints.cli.output import OK
from chalicelib.kernel.errors import present
from chalicelib.kernel.money import Money, decimal_text
from chalicelib.ledger.domain.effects import effect_minor
from chalicelib.ledger.domain.entries import Entry

_DETAILS = """\
Number, date, kind, what it did to the balance, the balance after it, the id it was posted under, and why.
"""


def add(commands: Subparsers) -> None:
    summary = "List a client's entries."
    parser = command(commands, "entries", run, summary, writes=False, details=_DETAILS)
    parser.add_argument("--client", required=True, metavar="ID", help="the client's id")


def run(invocation: Invocation) -> int:
    """Errors: practice_not_found, account_not_found."""
    invocation.practice()  # there has to be one
    app = invocation.app
    ref = present(invocation.account_of(invocation.options.client), "account_not_found")
    account = present(app.ledgers.account(ref), "account_not_found")
    balance_minor = 0
    for entry in app.ledgers.entries(ref, last=account.ledger.seq):
        balance_minor += effect_minor(entry)
        _tell(invocation, entry, balance_minor, account.ledger.currency)
    return OK


def _tell(invocation: Invocation, entry: Entry, balance_minor: int, currency: str) -> None:
    draft, did_minor = entry.draft, effect_minor(entry)
    did, balance = (decimal_text(Money(minor, currency)) for minor in (did_minor, balance_minor))
    undoes = f"  undoes {draft.reverses}" if draft.reverses else ""
    why = f"  ({draft.reason})" if draft.reason else ""
    text = f"{entry.seq:6}  {draft.occurred_on}  {draft.kind.value:24} {did:>11} {balance:>12}"
    invocation.output.tell(
        "entry", f"{text}  {draft.reference}{undoes}{why}", entry=entry.seq, date=draft.occurred_on,
        kind=draft.kind.value, effect_minor=did_minor, balance_minor=balance_minor,
        id=draft.reference, reverses=draft.reverses, reason=draft.reason, actor=entry.actor,
        recorded_at=entry.recorded_at,
    )  # fmt: skip
