"""`billfold rotate-key`: the deployment's keys, changed while everything goes on."""

from datetime import UTC, datetime

from chalicelib.entrypoints.cli.command import Invocation, Subparsers, command
from chalicelib.entrypoints.cli.output import OK, how_many
from chalicelib.identity.services.rotating import SETTLED_SECONDS
from chalicelib.kernel.errors import Refused

_DETAILS = f"""\
tokens: codes, sessions and e-mailed links are made with a new version from now on, and those of the
version before stay valid. --retire drops that one once nothing live rests on it; e-mailed links live for
400 days. Where a key has leaked, --leaked drops it at once: who is signed in by it, or has such a link, is
refused.

lookups: people are found by a new key from now on, and by the former one, too, until you run it with
--retire. Wait {SETTLED_SECONDS // 60} minutes before that, and import nothing meanwhile. It has
no --dry-run.

Broken off, run the same command again.
"""


def add(commands: Subparsers) -> None:
    summary = "Change one of the deployment's keys."
    parser = command(commands, "rotate-key", run, summary, writes=True, practice=False, details=_DETAILS)
    parser.add_argument("key", choices=("tokens", "lookups"))
    ending = parser.add_mutually_exclusive_group()
    ending.add_argument("--retire", action="store_true", help="drop the one before, which nothing rests on")
    ending.add_argument("--leaked", action="store_true", help="of tokens: drop the one before at once")


def run(invocation: Invocation) -> int:
    """Errors: key_rotating, key_single, key_in_use, key_too_new."""
    options = invocation.options
    if options.key == "tokens":
        return _tokens(invocation)
    if options.leaked or options.dry_run:
        options.usage_error("--leaked and --dry-run are of tokens only")
    rotating = invocation.app.rotating
    filed = rotating.retire_lookups() if options.retire else rotating.add_lookups()
    text = f"{how_many(filed, 'person', 'people')} filed anew. " + (
        "The former key finds nobody any more." if options.retire
        else f"In {SETTLED_SECONDS // 60} minutes run it again with --retire. Import nothing meanwhile."
    )  # fmt: skip
    invocation.output.tell("done", text, key="lookups", people=filed, retired=options.retire)
    return OK


def _tokens(invocation: Invocation) -> int:
    options, rotating = invocation.options, invocation.app.rotating
    if options.retire or options.leaked:
        version, what = _dropped(invocation), "dropped"
    else:
        version, what = rotating.add_tokens(dry_run=options.dry_run), "in force"
    text = f"Done: version {version} is {what}; others see it within five minutes."
    if options.dry_run:
        text = f"Dry run: version {version} would be {what}. Nothing was written."
    invocation.output.tell("dry_run" if options.dry_run else "done", text, key="tokens", version=version)
    return OK


def _dropped(invocation: Invocation) -> int:
    options = invocation.options
    try:
        return invocation.app.rotating.retire_tokens(leaked=options.leaked, dry_run=options.dry_run)
    except Refused as refused:
        if refused.code == "key_in_use":
            until = datetime.fromtimestamp(int(str(refused.details["until"])), UTC).date().isoformat()
            refused.details["until"] = until
        raise
