"""What every command has: its arguments, the wired services, and where to print."""

import argparse
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Protocol

from chalicelib.bootstrap import App
from chalicelib.entrypoints.cli.output import Output
from chalicelib.importing.services.importer import Importer
from chalicelib.kernel.account_refs import AccountRef
from chalicelib.kernel.actors import Actor
from chalicelib.kernel.errors import Invalid, present
from chalicelib.platform.threads import in_threads as in_threads
from chalicelib.practice.domain.practices import Client, Practice


@dataclass(frozen=True)
class Invocation:
    options: argparse.Namespace
    app: App
    output: Output

    def practice(self) -> Practice:
        """Error: NotFound practice_not_found."""
        practice = present(
            self.app.practices.practice(self.options.practice), "practice_not_found", "practice"
        )
        self.output.currency = practice.currency
        return practice

    def account_of(self, client_id: str) -> AccountRef | None:
        """The account of a client by the practice's own id; None where there is none."""
        practice = self.options.practice
        found = self.app.people.accounts_of(practice, [client_id]).get(client_id)
        return AccountRef(practice, found) if found else None

    def client(self, client_id: str) -> Client:
        """By the practice's own id. Error: NotFound client_not_found."""
        ref = self.account_of(client_id)
        found = self.app.people.client(ref.practice, ref.account) if ref else None
        return present(found, "client_not_found", "client", client=client_id)

    def clients(self) -> Sequence[Client]:
        """The one that --client names, or all of the practice. Error: NotFound client_not_found."""
        if self.options.client is not None:  # an empty id is no client's, and not everybody's
            return [self.client(self.options.client)]
        return self.all_clients()

    def all_clients(self) -> Sequence[Client]:
        """In the order of the practice's own ids, as people count: C2 before C10."""
        found = self.app.people.clients(self.options.practice)
        return sorted(found, key=lambda client: _counted(client.external_id))

    def importer(self, *, actor: Actor) -> Importer:
        return self.app.importer(actor=actor, together=in_threads, progress=self.output.progress())


Run = Callable[[Invocation], int]


class Subparsers(Protocol):
    def add_parser(self, name: str, **kwargs: Any) -> argparse.ArgumentParser: ...


def _counted(text: str) -> list[tuple[int, str]]:
    parts = re.split("([0-9]+)", text)  # every other one is a number
    return [(int(part), "") if place % 2 else (0, part) for place, part in enumerate(parts)]


def day_of(text: str, field: str) -> str:
    """An option's day, YYYY-MM-DD; "" where it was not given. Error: Invalid date_invalid."""
    try:
        return date.fromisoformat(text).isoformat() if text else ""
    except ValueError as error:
        raise Invalid("date_invalid", field) from error


def command(
    commands: Subparsers,
    name: str,
    run: Run,
    summary: str,
    *,
    writes: bool,
    practice: bool = True,
    details: str = "",
) -> argparse.ArgumentParser:
    """A parser with the options that every command of its kind has."""
    parser = commands.add_parser(
        name,
        help=summary,
        description=f"{summary}\n\n{details}".strip(),
        formatter_class=argparse.RawDescriptionHelpFormatter,
        allow_abbrev=False,
    )
    parser.set_defaults(run=run, usage_error=parser.error)
    if practice:
        parser.add_argument("--practice", required=True, metavar="ID", help="the practice's id")
    if writes:
        parser.add_argument(
            "--dry-run", action="store_true", help="check and say what would be done; write nothing"
        )
    parser.add_argument("--json", action="store_true", help="print JSON, one object a line, for programs")
    return parser
