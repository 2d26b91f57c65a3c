"""From a release to a payment: `python -m tests.soak.trying --aws FOLDER`; FOLDER has the program `aws`.

A release is made first. Then, timed: the local AWS starts with IAM enforced, Python without packages deploys
a trial from the release's files alone, the release's own `billfold` makes a practice with a client, and the
client signs in with the code that is mailed and pays. The functions are changed as tests/deploy/cloud.py has
it. `billfold` has the packages of its lock, installed beforehand. At the end the trial is removed.
"""

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

from chalicelib.version import VERSION
from infra.deploy import artefacts
from infra.package.target import of_this_python
from infra.release import sums
from infra.release.__main__ import commit_of, make
from infra.release.tar import unpack
from sandbox.config import DUMMY_CREDENTIALS, NO_PROXY, REGION, ROOT
from tests.deploy.cloud import Cloud, for_the_emulator, running_aws, running_stripe
from tests.deploy.journeys import Client, open_practice, pay
from tests.deploy.permissions import refusals
from tests.deploy.trial import SETTINGS, STAGE, Operator, deployed, left_of

MOST_SECONDS = 180


@dataclass(frozen=True)
class ReleasesCommand(Cloud):
    """Whose `billfold` is the release's source."""

    def billfold(self, *arguments: str, stdin: str = "") -> str:
        command = [sys.executable, "-m", "chalicelib.entrypoints.cli", *arguments]
        done = subprocess.run(
            command, cwd=self.folder / "source", env=self.environment,
            input=stdin, capture_output=True, text=True, check=False,
        )  # fmt: skip
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout


def _release(folder: Path, stripe_url: str) -> None:
    """What `make release` makes, with its functions as the local AWS wants them."""
    release = folder / f"release-{VERSION}"
    make(release, ROOT / "portal" / "dist", of_this_python(), commit_of(ROOT))
    functions = release / artefacts.FUNCTIONS
    template = for_the_emulator(json.loads(functions.read_text(encoding="utf-8")), stripe_url)
    functions.write_text(json.dumps(template), encoding="utf-8")
    sums.write(release)


def _program(folder: Path, aws: Path, url: str, certificate: Path, *arguments: str) -> str:
    """The deployment's, as the release brings it; -S: none of the environment's packages."""
    command = [sys.executable, "-S", "-m", "infra.deploy", "--stage", STAGE, "--stages", str(folder), "--yes"]
    environment = {
        "PATH": f"{aws.resolve()}:{os.environ['PATH']}", **DUMMY_CREDENTIALS, **NO_PROXY,
        "AWS_ENDPOINT_URL": url, "AWS_CA_BUNDLE": str(certificate),
    }  # fmt: skip
    done = subprocess.run(
        [*command, *arguments], cwd=folder / "source", env=environment, capture_output=True, text=True,
        check=False,
    )  # fmt: skip
    print(done.stdout, flush=True)
    assert done.returncode == 0, done.stderr
    return done.stdout


def _verify_sender(aws: Path, url: str, certificate: Path) -> None:
    environment = {
        "PATH": os.environ["PATH"],
        **DUMMY_CREDENTIALS,
        **NO_PROXY,
        "AWS_CA_BUNDLE": str(certificate),
    }
    command = ["sesv2", "create-email-identity", "--email-identity", SETTINGS["mail_from"]]
    place = ["--endpoint-url", url, "--region", REGION]
    subprocess.run([str(aws / "aws"), *command, *place], env=environment, check=True, capture_output=True)


def main() -> int:
    """Exit status 0 when the payment was made within three minutes, and nothing was left of the trial."""
    parser = argparse.ArgumentParser(prog="python -m tests.soak.trying")
    parser.add_argument("--aws", type=Path, required=True, help="the folder with the program `aws`")
    aws = parser.parse_args().aws
    os.environ.update({**DUMMY_CREDENTIALS, **NO_PROXY})
    with tempfile.TemporaryDirectory(prefix="billfold-trial-") as scratch:
        return _try(Path(scratch), aws)


def _try(folder: Path, aws: Path) -> int:
    steps: list[tuple[str, float]] = []

    def note(step: str) -> None:
        steps.append((step, time.monotonic()))

    (folder / f"{STAGE}.json").write_text(json.dumps(SETTINGS), encoding="utf-8")
    _release(folder, "http://stripe.invalid")
    note("")
    unpack(folder / f"release-{VERSION}" / "source.tar", folder / "source")
    with running_aws(folder) as (url, certificate), running_stripe(folder, certificate) as stripe_url:
        _at(folder, stripe_url)
        _verify_sender(aws, url, certificate)
        note("start the local AWS, unpack the release")
        _program(folder, aws, url, certificate, "--version", VERSION, "--releases", str(folder))
        note("deploy")
        operator = Operator(folder, None, url, certificate, "")  # type: ignore[arg-type]
        cloud = ReleasesCommand(**vars(deployed(operator, stripe_url)))
        open_practice(cloud, "fern", ["robin"])
        note("make a practice, connect it, import a client")
        pay(Client(cloud, "fern", "robin", patience=150.0))
        note("sign in, pay, read receipt and records")
        assert refusals(cloud) == []
        for (_, before), (step, after) in pairwise(steps):
            print(f"{after - before:6.1f} s  {step}")
        whole = steps[-1][1] - steps[0][1]
        print(f"{whole:6.1f} s  in all, of {MOST_SECONDS}", flush=True)
        _program(folder, aws, url, certificate, "--remove")
        assert left_of(cloud) == []
    return 0 if whole <= MOST_SECONDS else 1


def _at(folder: Path, stripe_url: str) -> None:
    """Where the stand-in listens is known only now."""
    release = folder / f"release-{VERSION}"
    functions = release / artefacts.FUNCTIONS
    text = functions.read_text(encoding="utf-8").replace("http://stripe.invalid", stripe_url)
    functions.write_text(text, encoding="utf-8")
    sums.write(release)


if __name__ == "__main__":
    sys.exit(main())
