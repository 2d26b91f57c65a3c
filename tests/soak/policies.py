"""Leaves out every statement of every function's policy in turn: `python -m tests.soak.policies`.

Each time a journey that needs the statement must fail, and with the statement back it must end well. What the
emulator grants without asking IAM is named and not tried (tests/deploy/policies.py). Half an hour.
"""

import argparse
import os
import sys
import tempfile
import time
from pathlib import Path

from infra.package.__main__ import build
from infra.package.target import of_this_python
from sandbox.config import DUMMY_CREDENTIALS, NO_PROXY
from tests.deploy.cloud import Cloud, running_cloud
from tests.deploy.journeys import JOURNEYS, Client, open_practice
from tests.deploy.policies import NOT_ASKED, provable

PATIENCE_SECONDS = 45.0


def is_needed(cloud: Cloud, practice: str, function: str, sid: str, journey: str) -> bool:
    """Whether the journey fails while the statement is left out, and ends well when it is back."""
    without, whole = f"{practice}-without", f"{practice}-whole"
    for name in (without, whole):
        open_practice(cloud, name, ["client"])
    with cloud.without(function, sid):
        if _ends_well(Client(cloud, without, "client", PATIENCE_SECONDS), journey):
            return False
    assert _ends_well(Client(cloud, whole, "client", PATIENCE_SECONDS * 2), journey), (
        f"{journey} fails with every statement in its place: is this machine too busy?"
    )
    return True


def _ends_well(client: Client, journey: str) -> bool:
    try:
        JOURNEYS[journey](client)
    except AssertionError:
        return False
    return True


def main() -> int:
    """Exit status 0 when every statement that can be asked about is needed."""
    parser = argparse.ArgumentParser(prog="python -m tests.soak.policies")
    parser.add_argument("--only", help="one function")
    only = parser.parse_args().only
    os.environ.update({**DUMMY_CREDENTIALS, **NO_PROXY})
    started, not_needed = time.monotonic(), []
    cases = [case for case in provable() if only in (None, case[0])]
    with tempfile.TemporaryDirectory(prefix="billfold-policies-") as scratch:
        folder = Path(scratch)
        build(folder / "dist", of_this_python(native=True))
        with running_cloud(folder, folder / "dist") as cloud:
            for number, (function, sid, journey) in enumerate(cases):
                needed = is_needed(cloud, f"p{number}", function, sid, journey)
                print(f"{function} without {sid}: {journey} {'fails' if needed else 'ENDS WELL'}", flush=True)
                not_needed += [] if needed else [f"{function}/{sid}"]
    for sid, why in NOT_ASKED.items():
        print(f"not tried: {sid}, because on the emulator {why}")
    minutes = (time.monotonic() - started) / 60
    print(f"{len(cases)} statements, {len(not_needed)} not needed {not_needed}, {minutes:.1f} minutes")
    return 1 if not_needed else 0


if __name__ == "__main__":
    sys.exit(main())
