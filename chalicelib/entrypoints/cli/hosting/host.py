"""`billfold host …`: one operator for many practices. None of it reads or prints anything of a client."""

import argparse

from chalicelib.entrypoints.cli.command import Subparsers, command
from chalicelib.entrypoints.cli.hosting import adding, agreements, costs, health

_ABOUT = """\
For whoever runs one deployment for many practices: creates a practice and invites its owner, shows what each
practice still needs, keeps what host and practice have signed, and estimates what each costs. Nothing here
reads or prints a client's name, address, service, note or amount. docs/hosts.md explains all of it.
"""
_ADD = """\
Creates the practice, with one clinician, unless it is there, and mails its owner where nobody has. Broken
off, or run once more, it does what is left; what is there already and differs is named, and stays. The rest
of the practice is said in a file, as `billfold practice create` takes it.
"""
_INVITE = """\
The codes of former mails hold no longer, and an owner who had confirmed has to do so again. Where clients
answer the former owner's address, the practice's is changed with it. Without --language it stays as it is.
"""
_CONFIRM = """\
Ask the owner for the code of the mail, by phone or in person: so you know that it was read by whom you meant,
before you connect their accounts.
"""
_LIST = """\
A line for each practice, and one for whatever of the deployment there is to look at.

exit status: 0 nothing is to be done, 4 there is something to look at, 3 something did not answer
"""
_COST = """\
Estimated from list prices of AWS in us-east-1 for a live stage, not from a bill: clients that have an
account, payments that processors told of in 30 days and statements of last month are counted; visits,
their mails and what is kept are assumed of each client. The fixed costs are shared evenly.
"""


def add(commands: Subparsers) -> None:
    top = commands.add_parser("host", help="Run a deployment for many practices.", description=_ABOUT)
    kinds = top.add_subparsers(title="commands", metavar="<command>", required=True)
    _add(kinds)
    summary = "Mail a practice's owner once more, or another owner."
    invite = command(
        kinds, "invite", adding.run_invite, summary, writes=True, practice=False, details=_INVITE
    )
    _practice(invite)
    _invitation(invite)
    summary = "Note that the owner told the mail's code."
    confirm = command(
        kinds, "confirm", adding.run_confirm, summary, writes=True, practice=False, details=_CONFIRM
    )
    _practice(confirm)
    confirm.add_argument("--code", required=True, metavar="XXXX-XXXX")
    summary = "Show how each practice is."
    command(kinds, "list", health.run_list, summary, writes=False, practice=False, details=_LIST)
    summary = "Show all of one practice: what is set up, signed and to be looked at."
    _practice(command(kinds, "show", health.run_show, summary, writes=False, practice=False))
    _agree(kinds)
    summary = "Estimate what each practice costs in a month."
    command(kinds, "cost", costs.run, summary, writes=False, practice=False, details=_COST)


def _add(kinds: Subparsers) -> None:
    summary = "Create a practice and invite its owner."
    made = command(kinds, "add", adding.run_add, summary, writes=True, practice=False, details=_ADD)
    _practice(made)
    made.add_argument("--name", required=True, help="of the practice")
    made.add_argument("--timezone", required=True, help="like America/New_York")
    made.add_argument("--descriptor", required=True, help="on card statements: discreet, up to 22 letters")
    made.add_argument("--currency", default="", help="without one, USD")
    made.add_argument("--clinician", default="", metavar="NAME", help="without one, the practice's name")
    made.add_argument("--office-email", default="", metavar="EMAIL", help="without one, the owner's")
    _invitation(made)


def _agree(kinds: Subparsers) -> None:
    summary = "Note that host and practice have signed a line of their agreements."
    agree = command(kinds, "agree", agreements.run, summary, writes=True, practice=False)
    _practice(agree)
    agree.add_argument("line", metavar="LINE", help="its id, as `billfold host show` lists them")
    agree.add_argument("--on", default="", metavar="DAY", help="on which it was signed, YYYY-MM-DD")
    agree.add_argument("--by", default="", metavar="NAME", help="who signed it")
    agree.add_argument("--withdraw", action="store_true", help="it does not hold any more")


def _practice(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("practice", metavar="PRACTICE", help="the practice's id")


def _invitation(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--owner-email", required=True, metavar="EMAIL")
    parser.add_argument("--host", required=True, metavar="NAME", help="your own name, as the mail says it")
    parser.add_argument("--host-email", required=True, metavar="EMAIL", help="where the owner's answer goes")
    parser.add_argument("--language", choices=("en", "es"), default="", help="of practice and mail")
