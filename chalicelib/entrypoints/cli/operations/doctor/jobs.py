"""Practices whose jobs have not come through, and work that nobody does."""

from collections.abc import Iterator, Mapping
from datetime import date, datetime, timedelta

from chalicelib.documents.domain import invoice_days
from chalicelib.documents.services.invoices.running import JOB as INVOICES
from chalicelib.documents.services.statements.issuing import TASK as STATEMENT
from chalicelib.documents.services.superbills.running import JOB as SUPERBILLS
from chalicelib.entrypoints.cli.operations.doctor.findings import (
    OPERATING,
    Finding,
    Patient,
    counted,
    fine,
    look,
)
from chalicelib.kernel.errors import Refused
from chalicelib.kernel.instants import instant, local_date
from chalicelib.kernel.outside import Unreadable
from chalicelib.kernel.periods import Period, due_period
from chalicelib.operations.ports.rounds import Round
from chalicelib.operations.services.daily import OVERDUE, got_on
from chalicelib.payments.services import catching_up, full_pass
from chalicelib.practice.domain.practices import Practice
from chalicelib.verification.services.nightly import JOB as VERIFY

_OVERDUE, _DUE = f"{OPERATING}#round_overdue", f"{OPERATING}#what-is-due"
_DEAD, _STANDS = f"{OPERATING}#dead-letters", f"{OPERATING}#a-schedule-stands"
_STATEMENTS = "docs/runbook/billing.md#statements-did-not-come-or-not-for-everybody"
_NEWS = catching_up.job("")
_PATIENCE = timedelta(minutes=15)  # `sweep` looks each minute
_OF_STATEMENTS = timedelta(hours=8)  # they go at the pace of mail, and are looked at each hour


def rounds(patient: Patient) -> Iterator[Finding]:
    """`verify` of every practice; of those with a processor, its full pass and its news."""
    late = 0
    for job, practices in _jobs(patient).items():
        known = patient.app.rounds.latest_of(practices, job)
        for practice in practices:
            if found := _late(patient, practice, job, known.get(practice)):
                late += 1
                yield found
    if not late:
        told = counted(len(patient.practices), "practice", "practices")
        yield fine(f"the jobs have come through {told} in time", practices=len(patient.practices))


def documents(patient: Patient) -> Iterator[Finding]:
    """What the clock should have begun until yesterday: statements, invoices, superbills."""
    missing = 0
    for id_ in patient.practices:
        try:
            practice = patient.app.practices.practice(id_)
        except (Refused, Unreadable):  # told by another check
            continue
        for found in _missing(patient, practice) if practice else ():
            missing += 1
            yield found
    if not missing:
        yield fine("statements, invoices and superbills by the clock were begun on their days")


def work(patient: Patient) -> Iterator[Finding]:
    """Only the oldest of each kind is read. What it is about is not told: it may be a client's."""
    kinds = dict.fromkeys(patient.app.sweeping.restarts, _PATIENCE) | {STATEMENT: _OF_STATEMENTS}
    late = 0
    for kind, patience in kinds.items():
        for due in patient.app.work.due(kind, before=instant(patient.now - patience), limit=1):
            late += 1
            yield look(
                f"{due.practice}: work of the kind {kind} is due since {due.since}",
                do="is the function that does it failing, or not called?", see=_DUE, practice=due.practice,
                facts={"kind": kind, "since": due.since},
            )  # fmt: skip
    if not late:
        yield fine("no work has been due for long")


def dead_letters(patient: Patient) -> Iterator[Finding]:
    dead = {name: queue.waiting() for name, queue in patient.app.dead_letters().items()}
    for name, count in dead.items():
        if count:
            do = "find the cause in its function's log; then purge them"
            told = f"{counted(count, 'dead letter', 'dead letters')} of the queue {name}"
            yield look(told, do=do, see=_DEAD, facts={"queue": name, "letters": count})
    if not any(dead.values()):
        yield fine("no dead letters")


def alerts(patient: Patient) -> Iterator[Finding]:
    total = 0
    for practice in patient.practices:
        found = patient.app.alerting.listed(practice)
        if found:
            total += len(found)
            names = ", ".join(sorted({alert.cause.name.value for alert in found}))
            yield look(
                f"{practice}: {counted(len(found), 'alert is', 'alerts are')} open ({names})",
                do=f"billfold alerts --practice {practice}", see="docs/runbook/README.md#alerts",
                practice=practice, facts={"open": len(found), "oldest": found[0].first_seen},
            )  # fmt: skip
    if not total:
        yield fine("no alert is open", open=0)


def _jobs(patient: Patient) -> Mapping[str, list[str]]:
    """Practices by the job that goes through them."""
    named = {VERIFY: list(patient.practices)}
    for practice, processor in patient.connected:
        for job in (f"{full_pass.JOB}-{processor}", catching_up.job(processor)):
            named.setdefault(job, []).append(practice)
    return named


def _late(patient: Patient, practice: str, job: str, known: Round | None) -> Finding | None:
    if known is None:
        return _never(patient, practice, job)
    since, patience = got_on(known), OVERDUE
    if job.startswith(_NEWS):
        since, patience = catching_up.settled_until(known), catching_up.LASTS
    if patient.now - datetime.fromisoformat(since) <= patience:
        return None
    told = f"{practice}: {job} has not come through since {since}"
    return _overdue(practice, job, told, since)


def _never(patient: Patient, practice: str, job: str) -> Finding | None:
    """A new practice has none yet. A row that cannot be read is as good as none."""
    try:
        patient.app.rounds.latest(practice, job)
    except Unreadable:
        return _overdue(practice, job, f"{practice}: how far {job} is cannot be read", "")
    if job.startswith(_NEWS):  # not every processor has any, and those that do are in its books, too
        return None
    try:
        if patient.is_younger(practice, OVERDUE):
            return None
    except (Refused, Unreadable):  # told by another check
        return None
    return _overdue(practice, job, f"{practice}: {job} has never come through", "")


def _overdue(practice: str, job: str, told: str, since: str) -> Finding:
    do = "read the log of its function"
    return look(told, do=do, see=_OVERDUE, practice=practice, facts={"job": job, "since": since})


def _missing(patient: Patient, practice: Practice) -> Iterator[Finding]:
    yesterday = local_date(instant(patient.now - timedelta(days=1)), practice.timezone)
    if period := _without_statements(patient, practice, date.fromisoformat(yesterday)):
        yield look(
            f"{practice.id}: the statements of {period} were not made",
            do=f"billfold statements --practice {practice.id} --month {period}", see=_STATEMENTS,
            practice=practice.id, facts={"month": str(period)},
        )  # fmt: skip
    days = invoice_days.due(practice, yesterday)
    superbills = due_period(practice.superbill_day, date.fromisoformat(yesterday))
    carried = {INVOICES: days.until if days else "", SUPERBILLS: str(superbills or "")}
    for job, wanted in carried.items():
        if wanted and not _begun(patient, practice.id, job, wanted):
            told = f"{practice.id}: {job} by the clock were not begun"
            do = "is the function `statements` called?"
            yield look(told, do=do, see=_STANDS, practice=practice.id, facts={"job": job})


def _without_statements(patient: Patient, practice: Practice, yesterday: date) -> Period | None:
    """The last month whose day has gone by, where they were neither made nor begun by hand. Where the clock
    never made any, only while it still would: the practice may be new."""
    if practice.statement_day is None:
        return None
    month = Period.of(yesterday)
    made_in = month if yesterday.day >= practice.statement_day else month.previous
    kept, wanted = patient.app.statements, made_in.previous
    begun = kept.fanned_out(practice.id, wanted)
    if begun and begun.over:
        return None
    if due_period(practice.statement_day, yesterday) == wanted:
        return wanted
    by_hand = next(iter(kept.noted(practice.id, wanted)), None)
    return wanted if begun or (kept.fanned_out(practice.id, wanted.previous) and not by_hand) else None


def _begun(patient: Patient, practice: str, job: str, carried: str) -> bool:
    """Whether the round for these days has begun, and is not longer under way than it may be."""
    try:
        latest = patient.app.rounds.latest(practice, job)
    except Unreadable:
        return False
    if latest is None or latest.carried < carried:
        return False
    return bool(latest.ended_at) or patient.now - datetime.fromisoformat(latest.begun_at) <= OVERDUE
