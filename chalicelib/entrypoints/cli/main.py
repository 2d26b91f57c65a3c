"""Parses the command line, runs one command, and turns what went wrong into an exit status and a sentence."""

import argparse
import sys
import traceback
from collections.abc import Sequence
from functools import cache

from chalicelib import bootstrap
from chalicelib.entrypoints.cli.backups import backups, migrating
from chalicelib.entrypoints.cli.command import Invocation
from chalicelib.entrypoints.cli.documents import (
    documents,
    estimates,
    invoices,
    reminders,
    statements,
    superbills,
)
from chalicelib.entrypoints.cli.hosting import host
from chalicelib.entrypoints.cli.identity import log_in, revoke_links, rotate_key
from chalicelib.entrypoints.cli.importing import importing, remittances
from chalicelib.entrypoints.cli.ledger import books, entries, posting, rebuilding
from chalicelib.entrypoints.cli.operations import alerts
from chalicelib.entrypoints.cli.operations.doctor import command as doctor
from chalicelib.entrypoints.cli.output import REFUSED, UNAVAILABLE, USAGE, Output, OutputLost
from chalicelib.entrypoints.cli.payments import adopting, methods, reconciling, refunding, unmatched
from chalicelib.entrypoints.cli.practice import clients, codes, mail, practices
from chalicelib.entrypoints.cli.questions import questions
from chalicelib.kernel.errors import BillfoldError
from chalicelib.kernel.outside import Busy, Unreadable
from chalicelib.settings import SettingsError
from chalicelib.version import VERSION

_EPILOG = """\
exit status:
  0  done, or there was nothing to do
  1  refused: nothing was written; the reasons are printed. Of verify, restore, alerts and statements:
     there may be something to look at, which is printed
  2  the command line or the environment is wrong
  3  the store did not answer, the command or its output was cut off, or the command failed; some of it
     may be written. Run the same command again, nothing is ever done twice. Of statements: some are
     still being made
  4  done, but not all of it: what is missing or left out is printed. Of doctor and host list: there is
     something to look at

The command works on the deployment that its environment names (BILLFOLD_TABLE and the others in
docs/import.md). `scripts/billfold` runs it on the sandbox that `make run` started.
"""
_FAILED = (
    "the command failed, which is a fault of Billfold: report what is printed above. Some of it may be "
    "written; running the same command again does nothing twice."
)


@cache
def parser() -> argparse.ArgumentParser:
    """Made once a process: it knows some hundred commands and options, and none changes."""
    top = argparse.ArgumentParser(
        prog="billfold",
        description="Set up a practice, bring in its books, and post to them.",
        epilog=_EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
        allow_abbrev=False,
    )
    top.add_argument("--version", action="version", version=f"billfold {VERSION}")
    commands = top.add_subparsers(title="commands", metavar="<command>", required=True)
    practices.add(commands)
    host.add(commands)
    rotate_key.add(commands)
    importing.add(commands)
    remittances.add(commands)
    posting.add(commands)
    refunding.add(commands)
    unmatched.add(commands)
    log_in.add(commands)
    revoke_links.add(commands)
    codes.add(commands)
    mail.add(commands)
    statements.add(commands)
    documents.add(commands)
    invoices.add(commands)
    estimates.add(commands)
    superbills.add(commands)
    methods.add(commands)
    questions.add(commands)
    reminders.add(commands)
    clients.add(commands)
    entries.add(commands)
    books.add(commands)
    rebuilding.add(commands)
    backups.add(commands)
    migrating.add(commands)
    reconciling.add(commands)
    adopting.add(commands)
    alerts.add(commands)
    doctor.add(commands)
    return top


def main(arguments: Sequence[str]) -> int:
    """Runs one command; returns its exit status. argparse leaves by SystemExit: 0 for --help, 2 for usage."""
    options = parser().parse_args(arguments)
    output = Output(as_json=options.json, language=getattr(options, "language", "en"))
    try:
        status: int = options.run(Invocation(options, bootstrap.app(), output))
    except SettingsError as error:
        output.complain("settings", f"{error}. Use scripts/billfold for the sandbox that `make run` starts.")
        return USAGE
    except Busy:
        output.complain(
            "store_busy", "the store does not answer (is it running?). Run the same command again."
        )
        return UNAVAILABLE
    except Unreadable as error:
        output.complain("row_unreadable", output.words("row_unreadable", {"item": error.item}))
        return REFUSED
    except BillfoldError as error:
        output.complain(error.code, output.words(error.code, error.details), field=error.field)
        return REFUSED
    except KeyboardInterrupt:
        output.interrupted()
        return UNAVAILABLE
    except OutputLost as error:
        if str(error):  # nobody who closes a pipe wants to hear of it
            print(f"billfold: what is printed cannot be written: {error}", file=sys.stderr)
        return UNAVAILABLE
    except Exception:  # a fault of ours is no refusal: it may come after the write
        traceback.print_exc()
        output.complain("failed", _FAILED)
        return UNAVAILABLE
    return status
