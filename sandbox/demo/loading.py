"""Loads the demo practice by the use case that loads anybody's files. Cut off, it goes on when run again."""

from dataclasses import dataclass
from datetime import date, timedelta

from chalicelib.bootstrap import App
from chalicelib.domain.entries import EntryKind
from chalicelib.domain.practices import Practice
from chalicelib.entrypoints.cli.command import in_threads
from chalicelib.entrypoints.cli.practice_file import parse
from chalicelib.services.importing.importer import Importer
from chalicelib.services.importing.progress import Progress
from chalicelib.services.posting import own_id
from chalicelib.services.recording import instant, local_date
from sandbox.demo.files import FOLDER, session_dates, sources


@dataclass(frozen=True)
class SignIn:
    """Somebody to sign in as, and why one would."""

    name: str
    email: str
    what: str


SIGN_INS = (
    SignIn("Maya Okafor", "maya@example.test", "several open services: whole, partly paid, insured"),
    SignIn("Lucía Fernández Peña", "lucia@example.test", "in Spanish"),
    SignIn("Jordan Whitfield", "jordan@example.test", "guarantor of two children"),
)


@dataclass(frozen=True)
class Loaded:
    practice: Practice
    rows: int
    posted: int


def load(app: App, progress: Progress) -> Loaded:
    """Errors: Busy when the store is away; RuntimeError when the demo's own files are wrong."""
    practice = parse((FOLDER / "practice.json").read_bytes())
    if app.practices.practice(practice.id) != practice:
        app.practices.save_practice(practice)
    importer = Importer(
        app.ledgers, app.practices, app.people, app.keys, app.clock, in_threads, progress, "import"
    )
    plan = importer.prepare(practice.id, sources(_shift(app, practice)))
    if plan.problems:
        raise RuntimeError(f"the demo's files are wrong: {plan.problems[0]}")
    importer.apply(plan)
    return Loaded(practice, plan.rows, plan.steps)


def _shift(app: App, practice: Practice) -> timedelta:
    """To yesterday; but to where an earlier load, perhaps of another day, has put the dates already."""
    dates = session_dates()
    known = _posted_date(app, practice, dates)
    if known is not None:
        charge_id, posted_on = known
        return posted_on - dates[charge_id]
    today = date.fromisoformat(local_date(instant(app.clock.now()), practice.timezone))
    return today - timedelta(days=1) - max(dates.values())


def _posted_date(app: App, practice: Practice, dates: dict[str, date]) -> tuple[str, date] | None:
    """One charge that is posted, if any is; the first of each client's is posted before its others."""
    for charge_id in sorted(dates):
        movement = app.ledgers.movement(practice.id, f"import#{EntryKind.CHARGE}#{charge_id}")
        if movement is not None:
            id_ = own_id(practice.id, "charge", charge_id)
            charge = app.ledgers.charges(practice.id, movement.account_id, [id_])[id_]
            return charge_id, date.fromisoformat(charge.date)
    return None
