"""`billfold clients`: a practice's clients, to find the id that other commands and files want."""

from chalicelib.entrypoints.cli.command import Invocation, Subparsers, command
from chalicelib.entrypoints.cli.output import OK
from chalicelib.importing.domain.mapping.folding import folded_name, turned
from chalicelib.importing.domain.problems import shown
from chalicelib.practice.domain.practices import Client

_DETAILS = """\
Id and name of each client, and other names where there are any; with NAME, of those alone in whose names or
id it stands, without regard to case and accents.
"""


def add(commands: Subparsers) -> None:
    summary = "List the practice's clients with their ids."
    parser = command(commands, "clients", run, summary, writes=False, details=_DETAILS)
    parser.add_argument("name", nargs="?", default="", metavar="NAME", help="a part of a name or an id")


def run(invocation: Invocation) -> int:
    """Error: practice_not_found."""
    practice, wanted = invocation.practice(), folded_name(turned(invocation.options.name))
    clients = invocation.app.people.clients(practice.id)
    found = [one for one in clients if any(wanted in folded_name(word) for word in _words(one))]
    for client in sorted(found, key=lambda one: (folded_name(one.name), one.external_id)):
        others = list(dict.fromkeys(name for name in _others(client) if name))
        also = f"  (also {', '.join(map(shown, others))})" if others else ""
        invocation.output.tell(
            "client", f"{client.external_id}  {shown(client.name)}{also}",
            id=client.external_id, name=client.name, other_names=others,
        )  # fmt: skip
    if not found:
        invocation.output.tell("no_client", "There is no such client.")
    return OK


def _words(client: Client) -> tuple[str, ...]:
    return (client.external_id, client.name, *_others(client))


def _others(client: Client) -> tuple[str, ...]:
    return tuple(name for name in (client.legal_name, client.preferred_name) if name != client.name)
