"""Leaves out every statement of every function's policy in turn: `python -m tests.soak.policies`.

And, of a statement about several resources, each of them alone. Every time a journey that needs it must fail,
and because of it: IAM refused this function, and nobody else, what the statement grants, and nothing else.
With the statement back the journey must end well, and IAM refuse nothing.

Nothing is concluded from waiting. A function may live with a refusal, go on, and try again; so a journey has
failed only when what it waits for is not there and nothing moves from which it could still come: no message
waits or is worked on, no webhook is on its way, no function runs (tests/deploy/rest.py). Where that cannot be
seen, it is waited for as long as anybody would.

What the emulator grants without asking IAM (tests/deploy/policies.py) is put to IAM's simulator instead: what
AWS asks on the function's behalf, about the queue, the log and the key that are deployed.
"""

import argparse
import os
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from infra.package.__main__ import build
from infra.package.target import of_this_python
from sandbox.config import DUMMY_CREDENTIALS, NO_PROXY
from tests.deploy.cloud import Cloud, running_cloud
from tests.deploy.journeys import JOURNEYS, Client, open_practice
from tests.deploy.permissions import Refusal, actions, refusals, resources, simulated, statements, without
from tests.deploy.policies import AFTER_MISHAPS, JOURNEY_OF, NOT_ASKED
from tests.deploy.rest import forget_what_failed

PRACTICE = "fern"
PATIENCE_SECONDS = 120.0  # beside other proofs on a busy machine; only a journey that ends well needs it
WITHOUT, WHOLE = "without", "whole"
ONCE = "statement"  # the journey that can be made only once in a practice


@dataclass(frozen=True)
class Case:
    """What is left out: a statement of a function's policy, or of its resources the ARN `resource`."""

    number: int
    function: str
    sid: str
    resource: str

    def __str__(self) -> str:
        named = f" for {self.resource.rpartition(':')[2]}" if self.resource else ""
        return f"{self.function} without {self.sid}{named}"

    @property
    def journey(self) -> str:
        return JOURNEY_OF[self.function]

    def client(self, how: str) -> str:
        """The id of the client who makes the journey."""
        return f"c{self.number}-{how}"


@dataclass(frozen=True)
class End:
    """How a journey ended: `failure` is empty when it ended well; `refused` is what IAM refused meanwhile."""

    failure: str
    refused: frozenset[Refusal]


def cases(cloud: Cloud, functions: list[str]) -> list[Case]:
    left_out = [(function, *grant) for function in functions for grant in _grants(cloud, function)]
    return [Case(number, *grant) for number, grant in enumerate(left_out)]


def _grants(cloud: Cloud, function: str) -> Iterator[tuple[str, str]]:
    """Sid and ARN; without an ARN, the statement as a whole."""
    mishaps = tuple(end for name, end in AFTER_MISHAPS if name == function)
    for statement in statements(cloud, function):
        # What is denied, tests/infra/test_functions.py has: nothing needs it.
        if statement["Sid"] in NOT_ASKED or statement["Effect"] == "Deny":
            continue
        yield statement["Sid"], ""
        several = resources(statement) if len(resources(statement)) > 1 else []
        yield from ((statement["Sid"], arn) for arn in several if not arn.endswith(mishaps))


def fault(cloud: Cloud, case: Case) -> str:
    """Why what is left out is not shown to be needed; empty when it is."""
    with without(cloud, case.function, case.sid, case.resource) as statement:
        end = _made(cloud, case, WITHOUT)
    forget_what_failed(cloud)
    refused = ", ".join(sorted(f"{refusal.function} {refusal.action}" for refusal in end.refused))
    print(f"{case}: {case.journey} ends {end.failure or 'WELL'} ({refused or 'nothing refused'})", flush=True)
    granted = {Refusal(case.function, action) for action in actions(statement)}
    if not end.failure or not end.refused or not end.refused <= granted:
        return f"{end.failure or 'the journey ends well'}, refused: {refused}"
    whole = _made(cloud, case, WHOLE)
    return f"with it back: {whole}" if whole.failure or whole.refused else ""


def _made(cloud: Cloud, case: Case, how: str) -> End:
    client = Client(cloud, PRACTICE, case.client(how), PATIENCE_SECONDS)
    if case.journey == ONCE:
        client = Client(cloud, case.client(how), "client", PATIENCE_SECONDS)
        open_practice(cloud, client.practice, [client.name])
    before, failure = len(refusals(cloud)), ""
    try:
        JOURNEYS[case.journey](client)
    except AssertionError as error:
        failure = f"early: {' '.join(str(error).split())[:90]}"
    return End(failure, frozenset(refusals(cloud)[before:]))


def faults(cloud: Cloud, functions: list[str]) -> dict[str, str]:
    """What was left out → why it is not shown to be needed; empty when it is."""
    left_out = cases(cloud, functions)
    people = [case.client(how) for case in left_out for how in (WITHOUT, WHOLE)]
    open_practice(cloud, PRACTICE, people, statements=False)
    found = {str(case): fault(cloud, case) for case in left_out}
    for function in functions:
        for sid, why in simulated(cloud, function).items():
            print(f"{function} without {sid}: the simulator says {why or 'that only this grants it'}")
            found[f"{function} without {sid}"] = why
    return found


def main() -> int:
    """Exit status 0 when everything is needed."""
    parser = argparse.ArgumentParser(prog="python -m tests.soak.policies")
    parser.add_argument("--only", choices=JOURNEY_OF, help="one function")
    only = parser.parse_args().only
    os.environ.update({**DUMMY_CREDENTIALS, **NO_PROXY})
    started = time.monotonic()
    with tempfile.TemporaryDirectory(prefix="billfold-policies-") as scratch:
        folder = Path(scratch)
        build(folder / "dist", of_this_python(native=True))
        with running_cloud(folder, folder / "dist") as cloud:
            found = faults(cloud, [only] if only else list(JOURNEY_OF))
    for (function, end), when in AFTER_MISHAPS.items():
        print(f"not left out alone: {function}'s …{end}, which it reaches only when {when}")
    wrong = {what: why for what, why in found.items() if why}
    minutes = (time.monotonic() - started) / 60
    print(f"{len(found)} left out, {len(wrong)} not shown to be needed {wrong or ''}, {minutes:.1f} minutes")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
