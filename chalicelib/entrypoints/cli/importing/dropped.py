"""Files in the drop folder: `billfold imports` lists them, `billfold import --dropped ID` posts them."""

import argparse
import sys
from collections.abc import Callable

from chalicelib.entrypoints.cli import command as commands_of
from chalicelib.entrypoints.cli.command import Invocation
from chalicelib.entrypoints.cli.importing import mapped
from chalicelib.entrypoints.cli.importing.counts import parts
from chalicelib.entrypoints.cli.output import OK, PARTLY, REFUSED, Output
from chalicelib.importing.domain.drops.drop import DropState, Looked
from chalicelib.importing.domain.problems import shown
from chalicelib.importing.services.balances import Comparison
from chalicelib.importing.services.drops.looking import plan_counts
from chalicelib.importing.services.drops.pressing import Changes, Pressing, Taken
from chalicelib.importing.services.importer import Importer
from chalicelib.importing.services.planning import Plan
from chalicelib.words import say
from chalicelib.words.cli.drops import DROPS
from chalicelib.words.cli.import_report import counted, report_line

LookThrough = Callable[[Invocation, Plan, Comparison | None], int | None]
Write = Callable[[Invocation, Importer, Plan], int]
_YES = frozenset({"y", "yes", "s", "si", "sí"})
_MOST_SHOWN = 20


def add_options(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--dropped", metavar="ID", help="post files of the drop folder; `billfold imports` lists them"
    )
    parser.add_argument("--yes", action="store_true", help="with --dropped: post without asking again")
    parser.add_argument(
        "--unseen", action="store_true",
        help="with --dropped and --yes: also where the function could not look, so that nothing was shown",
    )  # fmt: skip


def run(invocation: Invocation, look_through: LookThrough, write: Write) -> int:
    """All is shown that the import would ask for option by option: the press agrees to it."""
    practice, output, options = invocation.practice(), invocation.output, invocation.options
    pressing = invocation.app.pressing(commands_of.in_threads)
    looked = pressing.known(practice.id, options.dropped)
    if looked.state is DropState.POSTED:
        return _put_away(invocation, pressing, looked)
    taken = pressing.take(
        practice.id, looked, output.progress(), take_over=options.take_over, dry_run=options.dry_run
    )
    plan, found = taken.planned.plan, taken.planned
    mapped.tell(found.found, output)
    options.as_read = options.confirm_corrections = options.accept_differences = True
    options.accept_changes = True
    ended = look_through(invocation, plan, taken.read.compared)
    if taken.changes:
        return _changed(taken.changes, output)
    if ended is None:
        summary = ", ".join(parts(plan_counts(plan), output.language)) or report_line(
            "to_finish", output.language
        )
        text = say(DROPS, "would", output.language, summary=summary)
        output.tell("would", text, **plan_counts(plan))
        ended = write(invocation, taken.importer, plan) if _pressed(invocation, taken) else REFUSED
    if ended == OK:
        return _put_away(invocation, pressing, taken.looked)
    if ended == PARTLY:
        output.tell("left_waiting", say(DROPS, "left_waiting", output.language), dropped=taken.looked.id)
    return ended


def _put_away(invocation: Invocation, pressing: Pressing, looked: Looked) -> int:
    """What is posted leaves the folder."""
    practice, output = invocation.practice(), invocation.output
    if not invocation.options.dry_run:
        pressing.finish(practice.id, looked)
        output.tell("put_away", say(DROPS, "put_away", output.language), dropped=looked.id)
    elif looked.state is DropState.POSTED:
        output.tell("posted", f"{looked.id}  {say(DROPS, 'posted', output.language)}", dropped=looked.id)
    return OK


def _pressed(invocation: Invocation, taken: Taken) -> bool:
    """Nobody agrees with --yes to what nobody was shown before."""
    options, output = invocation.options, invocation.output
    if options.yes:
        if not (taken.shown or options.unseen):
            output.tell("unseen", say(DROPS, "unseen", output.language))
        return taken.shown or bool(options.unseen)
    if not output.as_json and sys.stdin.isatty():
        return _asked(say(DROPS, "press", output.language))
    output.tell("unpressed", say(DROPS, "unpressed", output.language))
    return False


def _asked(question: str) -> bool:
    print(question, end="", file=sys.stderr, flush=True)
    return sys.stdin.readline().strip().lower() in _YES


def _changed(changes: Changes, output: Output) -> int:
    """The difference between what was shown and what would be written now."""
    shown_ones = changes if output.as_json else changes[:_MOST_SHOWN]
    for what, change in shown_ones:
        text = say(DROPS, f"effect_{change}", output.language, what=shown(what))
        output.tell("effect", text, what=what, change=change)
    count = counted("row", len(changes), output.language)
    text = say(DROPS, "books_changed", output.language, changes=count)
    output.tell("books_changed", text, changes=len(changes))
    return REFUSED


def tell_waiting(invocation: Invocation) -> int:
    """Each drop with what it would do; how many there are."""
    practice, output = invocation.practice(), invocation.output
    waiting = invocation.app.pressing(commands_of.in_threads).listed(practice.id)
    for looked in waiting:
        files = [file.name for file in looked.files if not file.setting]
        names = ", ".join(map(shown, files))
        folder = shown(looked.folder) if looked.folder else say(DROPS, "own_folder", output.language)
        text = "  ".join((looked.id, folder, names, _says(looked, output.language)))
        output.tell(
            "dropped", f"{text}\n  billfold import --practice {practice.id} --dropped {looked.id}",
            id=looked.id, folder=looked.folder, state=looked.state.value, looked_at=looked.at, files=files,
            counts=dict(looked.counts),
        )  # fmt: skip
    return len(waiting)


def _says(looked: Looked, language: str) -> str:
    counts = looked.counts
    if looked.state.at_a_desk:
        return f"{say(DROPS, looked.state, language)}: {say(DROPS, 'at_a_desk', language)}"
    if looked.state is DropState.ASKED:
        problems = counted("problem", counts.get("problems", 0), language)
        return say(DROPS, "asked", language, problems=problems)
    told = parts(counts, language)
    if counts.get("differences"):
        differing = counted("difference", counts["differences"], language)
        told.append(say(DROPS, "differing", language, differences=differing))
    said = say(DROPS, looked.state, language)
    return f"{said}: {', '.join(told)}" if told else said
