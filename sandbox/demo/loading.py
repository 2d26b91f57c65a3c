"""Loads the demo practice by the use case that loads anybody's files. Cut off, it goes on when run again."""

import time
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

from chalicelib.bootstrap import App
from chalicelib.documents.domain.estimates import EstimateLine, EstimateWish
from chalicelib.documents.domain.invoices import Grouping
from chalicelib.documents.services.invoices.issuing import InvoiceWish
from chalicelib.entrypoints.cli.command import in_threads
from chalicelib.entrypoints.cli.practice import logo
from chalicelib.entrypoints.cli.practice.practice_file import parse
from chalicelib.importing.services.importer import Importer, Source
from chalicelib.importing.services.planning import Plan
from chalicelib.importing.services.progress import Progress
from chalicelib.kernel.instants import instant, local_date
from chalicelib.kernel.periods import Period
from chalicelib.ledger.domain.entries import EntryKind
from chalicelib.ledger.domain.marker_keys import by_hand
from chalicelib.ledger.services.posting import own_id
from chalicelib.platform.ports import Clock
from chalicelib.practice.domain.practices import Coverage, Practice
from sandbox.demo import questions, superbills
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


class NotTheDemo(Exception):
    """The practice that is there, restored or somebody's own, is not what the demo goes onto; the text says
    why. Nothing was written."""


def load(app: App, progress: Progress) -> Loaded:
    """Errors: NotTheDemo; Refused table_outdated, restore_unfinished; Unreadable; Busy: the store is away."""
    file = FOLDER / "practice.json"
    raw = file.read_bytes()
    known = app.practices.practice(parse(raw).id)
    practice, picture, _ = logo.of_file(app, file, raw, parse(raw), known)
    if known and (known.name, known.currency) != (practice.name, practice.currency):
        raise NotTheDemo(f"{practice.id} is {known.name} here ({known.currency}), another practice")
    if picture:
        app.logo_entry.keep(practice, picture)
    if known != practice:
        app.practices.save_practice(practice, before=known)
    shift, month = _shift(app, practice), Period.of(_today(app, practice))
    then = PastClock(month.previous.ends_at(practice.timezone) - timedelta(hours=12))
    before = _import(app, practice, sources(shift, before=month.first_day), then, progress)
    since = _import(app, practice, sources(shift, since=month.first_day), app.clock, progress)
    _issue_statements(app, practice, month.previous)
    _issue_invoices(app, practice)
    superbills.issue(app, practice, month.previous)
    questions.ask(app, practice)
    _issue_estimates(app, practice)
    return Loaded(practice, before.rows + since.rows, before.steps + since.steps)


class PastClock(Clock):
    """Stands still where the practice is said to have moved to Billfold: so last month has its statements."""

    def __init__(self, at: datetime) -> None:
        self._at = at.astimezone(UTC)

    def now(self) -> datetime:
        return self._at

    def pause(self, attempt: int) -> None:
        self.wait(0.02)

    def wait(self, seconds: float) -> None:
        time.sleep(seconds)


def _import(app: App, practice: Practice, files: Sequence[Source], clock: Clock, progress: Progress) -> Plan:
    importer = Importer(
        app.ledgers, app.practices, app.people, app.keys, app.chance, app.register, clock, in_threads,
        progress,
    )  # fmt: skip
    plan = importer.prepare(practice.id, files)
    wrong = [*plan.problems, *(difference.problem for difference in plan.facts)]
    if wrong:  # its own files are sound, which a test sees to
        first = wrong[0]
        where = f"{first.file}, row {first.row}, {first.column}: {first.code}"
        raise NotTheDemo(f"what is posted at {practice.id} does not agree with the demo's files ({where})")
    importer.apply(plan)
    return plan


def _issue_statements(app: App, practice: Practice, period: Period) -> None:
    """Rendered and mailed by the driver's documents function, as on any statement day."""
    in_threads(lambda client: app.issuing.issue(practice, period, client), app.people.clients(practice.id))


def _issue_invoices(app: App, practice: Practice) -> None:
    """One a client and month of what is owed and on none yet."""
    for _ in app.invoice_issuing.issue_all(
        practice, app.people.clients(practice.id), InvoiceWish(Grouping.MONTH)
    ):
        pass


def _issue_estimates(app: App, practice: Practice) -> None:
    """For whoever pays for themselves, unless an earlier load did: a session every third week for a year."""
    session = EstimateLine("Individual session, 50 minutes", "arroyo", 17, 14_000, "90834")
    wish = EstimateWish((session,), _today(app, practice).isoformat())
    for client in app.people.clients(practice.id):
        if client.coverage is Coverage.SELF_PAY and not app.estimates.all_of(client.ref(practice.id)):
            app.estimate_issuing.issue(practice, client, wish)


def _shift(app: App, practice: Practice) -> timedelta:
    """To yesterday; but to where an earlier load, perhaps of another day, has put the dates already."""
    dates = session_dates()
    known = _posted_date(app, practice, dates)
    if known is not None:
        charge_id, posted_on = known
        return posted_on - dates[charge_id]
    return _today(app, practice) - timedelta(days=1) - max(dates.values())


def _today(app: App, practice: Practice) -> date:
    return date.fromisoformat(local_date(instant(app.clock.now()), practice.timezone))


def _posted_date(app: App, practice: Practice, dates: dict[str, date]) -> tuple[str, date] | None:
    """One charge that is posted, if any is; the first of each client's is posted before its others."""
    for charge_id in sorted(dates):
        marker = app.ledgers.marker(practice.id, by_hand(EntryKind.CHARGE.value, charge_id))
        if marker is not None:
            id_ = own_id(practice.id, "charge", charge_id)
            charge = app.ledgers.charges(marker.ref(practice.id), [id_])[id_]
            return charge_id, date.fromisoformat(charge.date)
    return None
