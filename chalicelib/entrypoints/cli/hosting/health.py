"""`billfold host list` and `show`: how each practice is, without anything of a client.

What the doctor finds of practices and of the deployment is used as it is; what a host adds is whether a
practice is set up, exported and agreed with.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from chalicelib.entrypoints.cli.command import Invocation
from chalicelib.entrypoints.cli.operations.doctor import formats, jobs, watched
from chalicelib.entrypoints.cli.operations.doctor.command import looked
from chalicelib.entrypoints.cli.operations.doctor.findings import Check, Finding, Patient, State
from chalicelib.entrypoints.cli.output import OK, PARTLY, UNAVAILABLE, Output, how_many
from chalicelib.hosting.domain.agreements import LINES, missing
from chalicelib.hosting.ports import Hosted
from chalicelib.kernel.errors import present
from chalicelib.operations.ports.rounds import Round
from chalicelib.verification.services.nightly import JOB as VERIFY

_CHECKS: tuple[Check, ...] = (
    formats.stored, jobs.rounds, jobs.documents, jobs.alerts, jobs.dead_letters, watched.alarms, watched.mail,
)  # fmt: skip
_EXPORT = timedelta(days=31)
MOST_UNMATCHED = 100


@dataclass(frozen=True)
class Health:
    """One practice's. `open` names what is not done, with what to do; `found` is of the doctor."""

    practice: str
    hosted: Hosted
    open: Mapping[str, str]
    unmatched: int
    verified_at: str
    found: tuple[Finding, ...]

    @property
    def well(self) -> bool:
        return not (self.open or self.found or self.unmatched)


def run_list(invocation: Invocation) -> int:
    patient, output = _patient(invocation), invocation.output
    found = _found(patient)
    known = patient.app.rounds.latest_of(patient.practices, VERIFY)
    all_ = [_health(patient, id_, found, known.get(id_)) for id_ in patient.practices]
    for health in all_:
        _tell(output, health)
    for each in found:
        if not each.practice:
            _finding(output, each)
    ill = sum(not health.well for health in all_)
    text = f"{how_many(len(all_), 'practice', 'practices')}, {ill} to look at: billfold host show PRACTICE"
    output.tell("hosted", text, practices=len(all_), look=ill)
    return _status(found, well=not ill)


def run_show(invocation: Invocation) -> int:
    """Error: NotFound practice_not_found."""
    id_, output, patient = invocation.options.practice, invocation.output, _patient(invocation)
    present(patient.processors.get(id_), "practice_not_found", "practice")
    found = tuple(each for each in _found(patient) if each.practice == id_ or each.state is State.UNKNOWN)
    health = _health(patient, id_, found, patient.app.rounds.latest_of([id_], VERIFY).get(id_))
    _tell(output, health)
    for name, do in health.open.items():
        output.tell("open", f"  to do    {name}: {do}", practice=id_, name=name, do=do)
    for each in found:
        _finding(output, each)
    for line, about in LINES.items():
        signed = health.hosted.agreements.get(line)
        state = f"signed on {signed.on} by {signed.by}" if signed else "NOT SIGNED"
        output.tell(
            "agreement", f"  {line:11} {state}: {about}", practice=id_, line=line, about=about,
            on=signed.on if signed else "", by=signed.by if signed else "",
        )  # fmt: skip
    return _status(found, well=health.well)


def _patient(invocation: Invocation) -> Patient:
    return Patient(invocation.app, invocation.app.clock.now())


def _found(patient: Patient) -> tuple[Finding, ...]:
    """What is not fine."""
    return tuple(each for check in _CHECKS for each in looked(check, patient) if each.state is not State.FINE)


def _health(patient: Patient, id_: str, found: tuple[Finding, ...], verified: Round | None) -> Health:
    app = patient.app
    hosted = app.host_rows.hosted(id_)
    return Health(
        id_, hosted, dict(_open(patient, id_, hosted)),
        app.host_counts.unmatched(id_, most=MOST_UNMATCHED), verified.ended_at if verified else "",
        tuple(each for each in found if each.practice == id_),
    )  # fmt: skip


def _open(patient: Patient, id_: str, hosted: Hosted) -> Iterator[tuple[str, str]]:
    owner = hosted.owner
    if owner is None or not owner.invited_at:
        yield (
            "owner-invited",
            f"billfold host invite {id_} --owner-email EMAIL --host NAME --host-email EMAIL",
        )
    if owner is None or not owner.confirmed_at:
        said = f"billfold host confirm {id_} --code XXXX-XXXX"
        yield "owner-confirmed", f"ask the owner for the mail's code: {said}"
    if not any(at[0] == id_ for at in patient.connected):
        yield "processor-keys", f"billfold practice connect-stripe --practice {id_}, or connect-paypal"
    if not patient.app.host_counts.heard(id_):
        yield "webhook", "none came in about 30 days: make a payment, or connect the processor again"
    if not hosted.exported_at or patient.now - datetime.fromisoformat(hosted.exported_at) > _EXPORT:
        yield "export", f"billfold export --practice {id_} --format jsonl, at least each month"
    if left := missing(hosted.agreements):
        yield "agreements", f"not signed: {', '.join(left)}"


def _tell(output: Output, health: Health) -> None:
    hosted, owner = health.hosted, health.hosted.owner
    left = missing(hosted.agreements)
    alerts = sum(int(each.facts.get("open", 0)) for each in health.found)
    facts = {
        "owner_invited_at": owner.invited_at if owner else "",
        "owner_confirmed_at": owner.confirmed_at if owner else "",
        "verified_at": health.verified_at, "exported_at": hosted.exported_at, "alerts": alerts,
        "unmatched": health.unmatched, "unsigned": len(left), "open": list(health.open),
    }  # fmt: skip
    unmatched = f"{health.unmatched}{' or more' if health.unmatched >= MOST_UNMATCHED else ''}"
    signed = len(LINES) - len(left)
    verified, exported = health.verified_at[:10] or "never", hosted.exported_at[:10] or "never"
    text = (
        f"{'fine' if health.well else 'look':5} {health.practice:20} verified {verified}, exported"
        f" {exported};"
        f" {how_many(alerts, 'alert', 'alerts')}, {unmatched} unmatched; signed {signed} of {len(LINES)};"
        f" to do: {', '.join(health.open) or 'nothing'}"
    )
    output.tell("practice", text, practice=health.practice, well=health.well, **facts)


def _finding(output: Output, found: Finding) -> None:
    output.tell(
        "check", f"  {found.state:8} {found.text}: {found.do}", state=found.state.value,
        practice=found.practice, message=found.text, do=found.do, see=found.see,
    )  # fmt: skip


def _status(found: tuple[Finding, ...], *, well: bool) -> int:
    if any(each.state is State.UNKNOWN for each in found):
        return UNAVAILABLE
    return OK if well and not found else PARTLY
