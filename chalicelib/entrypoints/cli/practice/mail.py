"""`billfold mail`: which addresses get no more mail, and writing to them again."""

import shlex
from collections.abc import Mapping

from chalicelib.entrypoints.cli import command as commands_of
from chalicelib.entrypoints.cli.command import Invocation, Subparsers, command
from chalicelib.entrypoints.cli.output import OK
from chalicelib.mail.domain.setbacks import STOP_NAMES, MailKind, MailStop, Setback
from chalicelib.operations.services.addresses import complaint_cause
from chalicelib.practice.services.address_hashes import address_hash

_MAIL = """\
Mail to an address stops when it bounced for good (all of it, for the address does not exist), or when its
reader reported it as spam (mail of that kind: sign-in, receipt, statement, notice). docs/runbook/billing.md
says what to do about it.
"""
_STOPPED = """\
Lists clients' and guarantors' addresses, what is stopped, since when and why. `unknown` is a complaint that
did not say which mail it was about: it stops all but sign-in mail.
"""
_LIFT = """\
Do it when the reader says that they want that mail, or that the address works again. Run again it changes
nothing. Reports that come late, of mail sent before, stop nothing any more. SES has a list of its own for
addresses that bounced; what takes an address off it is printed.
"""
_WORDS: Mapping[str, str] = {
    Setback.BOUNCE: "all mail", MailKind.SIGN_IN: "sign-in mail", MailKind.RECEIPT: "receipts",
    MailKind.STATEMENT: "statements", MailKind.NOTICE: "notices", MailKind.UNKNOWN: "all but sign-in mail",
}  # fmt: skip


def add(commands: Subparsers) -> None:
    top = commands.add_parser("mail", help="Mail that is stopped.", description=_MAIL, allow_abbrev=False)
    kinds = top.add_subparsers(title="commands", metavar="<command>", required=True)
    command(kinds, "stopped", run_stopped, "List stopped addresses.", writes=False, details=_STOPPED)
    lift = command(kinds, "lift", run_lift, "Write to an address again.", writes=True, details=_LIFT)
    lift.add_argument("--email", required=True, help="the address")
    lift.add_argument(
        "--only", nargs="+", choices=STOP_NAMES, default=STOP_NAMES, metavar="STOP",
        help=f"lift only these: {', '.join(STOP_NAMES)}",
    )  # fmt: skip


def run_stopped(invocation: Invocation) -> int:
    """Error: NotFound practice_not_found."""
    practice, app, output = invocation.practice(), invocation.app, invocation.output
    clients: dict[str, list[str]] = {}
    for client in invocation.all_clients():
        for email in filter(None, {client.email, client.guarantor_email}):
            clients.setdefault(email, []).append(client.external_id)
    addresses = sorted(clients)
    found = commands_of.in_threads(lambda email: app.addresses.stops(practice.id, email), addresses)
    count = 0
    for email, stops in zip(addresses, found, strict=True):
        count += bool(stops)
        for stop in stops:
            _tell(invocation, practice.id, email, stop, clients[email])
    output.tell("addresses", f"{count} stopped", stopped=count)
    return OK


def run_lift(invocation: Invocation) -> int:
    """Errors: NotFound practice_not_found, person_not_found; Invalid email_invalid."""
    practice, options, app = invocation.practice(), invocation.options, invocation.app
    email = options.email
    lifted = app.addresses.lift(practice.id, email, options.only, dry_run=options.dry_run)
    event, again = ("would_lift", "would be sent") if options.dry_run else ("lifted", "sent")
    for stop in lifted:
        invocation.output.tell(
            event, f"{email}: {_WORDS[stop.name]} {again} again ({stop})",
            email=email, stop=stop.name, setback=stop.setback.value, at=stop.at, why=stop.why,
        )  # fmt: skip
    if any(stop.setback is Setback.BOUNCE for stop in lifted):
        # Quoted: an address is its owner's to choose, and may hold what a shell would run.
        own = f"aws sesv2 delete-suppressed-destination --email-address={shlex.quote(email)}"
        invocation.output.tell("next", f"SES may keep it on its own list. To take it off: {own}", command=own)
    for stop in app.addresses.stops(practice.id, email):
        if stop.name not in options.only:
            _tell(invocation, practice.id, email, stop)
    if options.dry_run:
        invocation.output.tell("dry_run", "Dry run: nothing was written.")
    else:
        invocation.output.tell("done", "Done." if lifted else "Nothing to lift.", lifted=len(lifted))
    return OK


def _tell(
    invocation: Invocation, practice: str, email: str, stop: MailStop, clients: list[str] | None = None
) -> None:
    hashed = address_hash(invocation.app.keys, practice, email)
    complained = stop.setback is Setback.COMPLAINT
    alert = complaint_cause(hashed, stop).id if complained else ""
    whose = f" (clients {', '.join(clients)})" if clients else ""
    told_by = f", alert {alert}" if alert else ""
    invocation.output.tell(
        "stopped", f"{email}{whose}: {_WORDS[stop.name]} stopped, {stop}{told_by}",
        email=email, clients=clients or [], address=hashed, stop=stop.name, setback=stop.setback.value,
        at=stop.at, why=stop.why, alert=alert,
    )  # fmt: skip
