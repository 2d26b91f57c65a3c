"""`billfold doctor`: looks at a deployment, changes nothing, and asks nobody but its own cloud."""

from collections.abc import Iterator, Mapping

from chalicelib.entrypoints.cli.command import Invocation, Subparsers, command
from chalicelib.entrypoints.cli.operations.doctor import formats, jobs, keys, watched
from chalicelib.entrypoints.cli.operations.doctor.findings import Check, Finding, Patient, State
from chalicelib.entrypoints.cli.output import OK, PARTLY, UNAVAILABLE, Output
from chalicelib.kernel.outside import Busy

_DETAILS = """\
Version and stored formats, age of keys, alarms, mail, jobs that have not come through a practice, work that
waits, dead letters and alerts. It writes nothing, tells nothing of clients, and speaks with the deployment's
own cloud alone: nobody learns that it was run. For each thing to look at it says what to do, and where the
runbook has it.

exit status: 0 all is fine, 4 there is something to look at, 3 something did not answer
"""
CHECKS: Mapping[str, Check] = {
    "version": formats.version, "formats": formats.stored, "keys": keys.deployments,
    "processors": keys.processors, "alarms": watched.alarms, "mail": watched.mail, "rounds": jobs.rounds,
    "documents": jobs.documents, "work": jobs.work, "dead-letters": jobs.dead_letters, "alerts": jobs.alerts,
}  # fmt: skip


def add(commands: Subparsers) -> None:
    command(
        commands, "doctor", run, "Look whether a deployment is well.", writes=False, practice=False,
        details=_DETAILS,
    )  # fmt: skip


def run(invocation: Invocation) -> int:
    patient, output = Patient(invocation.app, invocation.app.clock.now()), invocation.output
    counts = dict.fromkeys(State, 0)
    for name, check in CHECKS.items():
        for found in looked(check, patient):
            counts[found.state] += 1
            _tell(output, name, found)
    output.tell(
        "done", f"{counts[State.LOOK]} to look at, {counts[State.UNKNOWN]} not known",
        look=counts[State.LOOK], unknown=counts[State.UNKNOWN],
    )  # fmt: skip
    if counts[State.UNKNOWN]:
        return UNAVAILABLE
    return PARTLY if counts[State.LOOK] else OK


def looked(check: Check, patient: Patient) -> Iterator[Finding]:
    """What does not answer keeps nothing else from being looked at."""
    try:
        yield from check(patient)
    except Busy as error:
        do = "run it again; where it says AccessDenied, give whoever runs it the right to read"
        yield Finding(State.UNKNOWN, f"did not answer: {error}", do=do)


def _tell(output: Output, name: str, found: Finding) -> None:
    more = "".join(f"\n{'':21}{word}" for word in filter(None, (found.do, found.see)))
    output.tell(
        "check", f"{found.state:7} {name:12} {found.text}{more}",
        check=name, state=found.state.value, practice=found.practice, message=found.text, do=found.do,
        see=found.see, facts=dict(found.facts),
    )  # fmt: skip
