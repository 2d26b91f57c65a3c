"""`billfold log-in`: a single-use link that an operator hands over."""

from chalicelib.entrypoints.cli.command import Invocation, Subparsers, command
from chalicelib.entrypoints.cli.output import OK

_DETAILS = """\
The link signs in whoever opens it first, once, within 15 minutes. Hand it over in person or by phone:
whoever has it is taken for the client.
"""


def add(commands: Subparsers) -> None:
    summary = "Make a single-use link to sign in with."
    parser = command(commands, "log-in", run, summary, writes=True, details=_DETAILS)
    parser.add_argument("--email", required=True, help="of the client or guarantor")


def run(invocation: Invocation) -> int:
    """Errors: NotFound person_not_found, Invalid email_invalid."""
    practice, email, app = invocation.practice(), invocation.options.email, invocation.app
    if invocation.options.dry_run:
        app.signing_in.person(practice.id, email=email)
        invocation.output.tell("dry_run", "Dry run: a link would be made. Nothing was written.")
        return OK
    minted = app.signing_in.mint(practice.id, email=email)
    invocation.output.tell("done", minted.url, url=minted.url, expires_at=minted.expires_at)
    return OK
