"""`billfold revoke-links`: a client's bills were lost or stolen; their pay links open nothing more."""

from dataclasses import replace

from chalicelib.entrypoints.cli.command import Invocation, Subparsers, command
from chalicelib.entrypoints.cli.output import OK

_DETAILS = """\
Each bill has a link by which it is paid without an account, by who knows the client's birth date or
reads the client's mail. After this, no link on a bill that was issued before opens anything, and who has
one open is sent away. Bills that are issued from now on have links again. What was paid stays paid.
"""


def add(commands: Subparsers) -> None:
    summary = "End the pay links on all bills that a client has been given."
    parser = command(commands, "revoke-links", run, summary, writes=True, details=_DETAILS)
    parser.add_argument("--client", required=True, help="the practice's own id of the client")


def run(invocation: Invocation) -> int:
    """Errors: NotFound practice_not_found, client_not_found; Stale record_stale."""
    practice, options = invocation.practice(), invocation.options
    client = invocation.client(options.client)
    if options.dry_run:
        said = f"Dry run: the pay links of {options.client} would end. Nothing was written."
        invocation.output.tell("dry_run", said, client=options.client)
        return OK
    after = replace(client, link_generation=client.link_generation + 1)
    invocation.app.people.save_client(practice.id, after, before=client)
    invocation.output.tell(
        "done", f"The pay links of {options.client} open nothing more.", client=options.client
    )
    return OK
