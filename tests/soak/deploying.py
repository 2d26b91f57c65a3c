"""`make deploy` with the real AWS CLI, on the local AWS: `python -m tests.soak.deploying --aws FOLDER`.

All three stacks in an empty account, dry run first; then once more, when everything must be found up to date.
Then another portal, built before all of that, whose page is as long as the one that is there. Then another
secret for the CDN, and more shards of the work lists: the functions are told first what they take and read.
Last a release in another empty account, by Python without packages and the program that the release brings.
"""

import argparse
import json
import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

from chalicelib.version import VERSION
from infra.deploy import artefacts
from infra.package.__main__ import build
from infra.package.target import of_this_python
from infra.release import sums
from infra.release.__main__ import commit_of, make
from infra.release.tar import unpack
from sandbox.config import DUMMY_CREDENTIALS, NO_PROXY, REGION, ROOT
from tests.deploy.cloud import running_aws, without_what_is_not_emulated

_ACCOUNT = "000000000000"
# The emulator's CloudFormation switches no point-in-time recovery on.
_NOT_EMULATED = ("--despite", "recovery")
_SETTINGS = {
    "account": _ACCOUNT,
    "region": REGION,
    "domain": "billing.example.com",
    "certificate_arn": f"arn:aws:acm:us-east-1:{_ACCOUNT}:certificate/12345678-1234-1234-1234-123456789012",
    "mail_from": "billing@example.com",
    "alarm_email": "ops@example.com",
}


def deploy(folder: Path, aws: Path, url: str, certificate: Path, *arguments: str) -> str:
    """Run the program; what it printed. It must end well."""
    command = [
        sys.executable, "-m", "infra.deploy", "--stage", "prod", "--stages", str(folder),
        "--package", str(folder / "dist"), *_NOT_EMULATED, *arguments,
    ]  # fmt: skip
    printed = _run(command, aws, url, certificate)
    print(printed, flush=True)
    return printed


def _run(command: list[str], aws: Path, url: str, certificate: Path, *, cwd: Path = ROOT) -> str:
    environment = {
        "PATH": f"{aws.resolve()}:{os.environ['PATH']}", **DUMMY_CREDENTIALS, **NO_PROXY,
        "AWS_ENDPOINT_URL": url, "AWS_CA_BUNDLE": str(certificate),
    }  # fmt: skip
    done = subprocess.run(command, cwd=cwd, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def _settings(folder: Path, **more: int) -> None:
    (folder / "prod.json").write_text(json.dumps({**_SETTINGS, **more}), encoding="utf-8")


def _told(aws: Path, url: str, certificate: Path) -> tuple[str, str, bool]:
    """What `sweep` is told: shards written and read, and whether one secret alone is valid, the CDN's."""
    found = _asked(aws, url, certificate, "lambda", "list-functions")["Functions"]
    [sweep] = [one for one in found if "-Sweep-" in one["FunctionName"]]
    environment = sweep["Environment"]["Variables"]
    kept = _asked(
        aws,
        url,
        certificate,
        "ssm",
        "get-parameter",
        "--name",
        "/billfold/prod/edge-secret",
        "--with-decryption",
    )["Parameter"]["Value"]
    secrets = {environment["BILLFOLD_EDGE_SECRET"], environment["BILLFOLD_EDGE_SECRET_BEFORE"]}
    return environment["BILLFOLD_WORK_SHARDS"], environment["BILLFOLD_WORK_SHARDS_READ"], secrets == {kept}


def _asked(aws: Path, url: str, certificate: Path, *arguments: str) -> Any:
    return json.loads(
        _run(["aws", *arguments, "--output", "json", "--region", REGION], aws, url, certificate)
    )


def _older_portal(folder: Path) -> Path:
    """A build with files of long ago, and as many bytes in its page, but others."""
    portal = shutil.copytree(ROOT / "portal" / "dist", folder / "portal")
    page = portal / "index.html"
    page.write_text(page.read_text(encoding="utf-8").swapcase(), encoding="utf-8")
    for file in portal.rglob("*"):
        os.utime(file, (1_000_000_000, 1_000_000_000))
    return portal


def _leave_out_what_is_not_emulated(template: Path) -> None:
    """Everything else of the package is deployed as it is."""
    packaged = json.loads(template.read_text(encoding="utf-8"))
    template.write_text(json.dumps(without_what_is_not_emulated(packaged)), encoding="utf-8")


def _deploy_a_release(folder: Path, aws: Path) -> None:
    release, source = folder / f"release-{VERSION}", folder / "source"
    make(release, ROOT / "portal" / "dist", of_this_python(), commit_of(ROOT))
    _leave_out_what_is_not_emulated(release / artefacts.FUNCTIONS)
    sums.write(release)
    unpack(release / "source.tar", source)
    # -S: none of the environment's packages.
    program = [
        sys.executable,
        "-S",
        "-m",
        "infra.deploy",
        "--stage",
        "prod",
        "--stages",
        str(folder),
        "--yes",
    ]
    program += ["--version", VERSION, "--releases", str(folder), *_NOT_EMULATED]
    (folder / "another").mkdir()
    with running_aws(folder / "another") as (url, certificate):
        for times, said in ((3, ": done"), (4, "up to date")):
            printed = _run(program, aws, url, certificate, cwd=source)
            print(printed, flush=True)
            assert printed.count(said) == times


def main() -> int:
    """Exit status 0 when the second deployment found nothing to do."""
    parser = argparse.ArgumentParser(prog="python -m tests.soak.deploying")
    parser.add_argument("--aws", type=Path, required=True, help="the folder with the program `aws`")
    aws = parser.parse_args().aws
    with tempfile.TemporaryDirectory(prefix="billfold-deploy-") as scratch:
        folder = Path(scratch)
        _settings(folder)
        build(folder / "dist", of_this_python())
        _leave_out_what_is_not_emulated(folder / "dist" / "template.json")
        with running_aws(folder) as (url, certificate):
            shown = deploy(folder, aws, url, certificate, "--dry-run")
            assert "billfold-prod-data: a new stack" in shown
            first = deploy(folder, aws, url, certificate, "--yes")
            assert first.count(": done") == 3
            again = deploy(folder, aws, url, certificate, "--yes")
            assert again.count("up to date") == 4
            portal = _older_portal(folder)
            other = deploy(folder, aws, url, certificate, "--yes", "--portal", str(portal))
            assert "the portal's files: uploaded" in other
            show = ["aws", "s3", "cp", f"s3://billfold-prod-site-{_ACCOUNT}/index.html", "-"]
            assert _run(show, aws, url, certificate) == (portal / "index.html").read_text(encoding="utf-8")
            _settings(folder, work_list_shards=8)
            changed = deploy(folder, aws, url, certificate, "--yes", "--rotate-edge-secret")
            assert [line for line in changed.splitlines() if line.endswith(": done")] == [
                "billfold-prod: done", "billfold-prod-site: done", "billfold-prod: done",
            ]  # fmt: skip
            assert _told(aws, url, certificate) == ("8", "8", True)
            assert deploy(folder, aws, url, certificate, "--yes").count("up to date") == 4
        _deploy_a_release(folder, aws)
    print("deployed three stacks; deployed again, and there was nothing to do; then an older build's page;")
    print(
        "then another secret of the CDN's, and eight shards, in three steps; then a release by Python alone"
    )
    return 0


if __name__ == "__main__":
    sys.exit(main())
