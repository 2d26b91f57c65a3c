"""How old the deployment's keys are, and the practices' at their processors."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

from chalicelib.entrypoints.cli.operations.doctor.findings import (
    LOOKUPS,
    OPERATING,
    TOKENS,
    Facts,
    Finding,
    Patient,
    State,
    counted,
    fine,
    look,
)

_SEE = f"{OPERATING}#the-deployments-keys"
# As long as what was made with the tokens' key may live: links that were e-mailed.
_OLD = timedelta(days=400)
_ENDS = timedelta(days=1)  # after which the change of a key that was begun has been forgotten


def deployments(patient: Patient) -> Iterator[Finding]:
    made = patient.keys
    for name, at in made.items():
        if at is None:
            yield look(
                f"{name} is missing",
                do="deploy the stage again, or bring it back",
                see=_SEE,
                facts={"key": name},
            )
    if tokens := made[TOKENS]:
        yield _tokens(patient, _days(patient, tokens))
    if lookups := made[LOOKUPS]:
        yield _lookups(patient, _days(patient, lookups))


def processors(patient: Patient) -> Iterator[Finding]:
    """When they were kept here: what the processor says of their age, nobody is asked."""
    kept = patient.connected
    if not kept:
        yield fine("no practice has connected a processor", connections=0)
        return
    (practice, processor), at = min(kept.items(), key=lambda item: item[1])
    told = counted(len(kept), "connection", "connections")
    age = counted(_days(patient, at), "day", "days")
    yield fine(
        f"{told} at processors; the oldest keys ({processor} of {practice}) were kept {age} ago",
        connections=len(kept), oldest_days=_days(patient, at), practice=practice, processor=processor,
    )  # fmt: skip


def _tokens(patient: Patient, days: int) -> Finding:
    versions = patient.app.keys.versions
    told = f"the tokens' key changed {counted(days, 'day', 'days')} ago; it has {len(versions)} valid"
    told = f"{told} {'version' if len(versions) == 1 else 'versions'}"
    facts: Facts = {"key": TOKENS, "days": days, "versions": len(versions)}
    if days <= _OLD.days:
        return Finding(State.FINE, told, facts=facts)
    do = "billfold rotate-key tokens" if len(versions) == 1 else "billfold rotate-key tokens --retire"
    return look(told, do=do, see=_SEE, facts=facts)


def _lookups(patient: Patient, days: int) -> Finding:
    since = patient.app.key_ring.lookups_published_at()
    facts: Facts = {"key": LOOKUPS, "days": days}
    if since and patient.now - datetime.fromtimestamp(since, UTC) > _ENDS:
        told = "the lookups' key was changed, and the former one still finds people"
        return look(told, do="billfold rotate-key lookups --retire", see=_SEE, facts=facts)
    told = f"the lookups' key changed {counted(days, 'day', 'days')} ago"
    return Finding(State.FINE, told, facts=facts)


def _days(patient: Patient, at: datetime) -> int:
    return max(0, (patient.now - at).days)
