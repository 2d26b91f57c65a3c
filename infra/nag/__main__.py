"""`make check-infra`: every finding of cdk-nag's HIPAA pack is argued in argued.toml, and nothing else is.

    python -m infra.nag PACKAGE   the folder that `python -m infra.package` filled

Findings are of a live stage's templates as they are deployed, the functions' translated from SAM. A template
with an open bucket is looked at, too: a check that does not find that finds nothing.
"""

import json
import os
import subprocess
import sys
import tempfile
import tomllib
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from fnmatch import fnmatchcase
from pathlib import Path

from infra.deploy.template import ROOT, code_files, deployable
from infra.kinds import write_live

PYTHON = ROOT / ".venv-nag" / "bin" / "python"
HERE = Path(__file__).parent
ARGUED = HERE / "argued.toml"
CANARY = {("S3BucketPublicReadProhibited", "canary/Open")}

Finding = tuple[str, str]  # a rule, and "stack/resource"


@dataclass(frozen=True)
class Argument:
    """Why a rule is not followed by these resources, each "stack/resource"; `*` stands for any."""

    rule: str
    resources: tuple[str, ...]
    why: str


def arguments(text: str) -> list[Argument]:
    return [Argument(a["rule"], tuple(a["resources"]), a["why"]) for a in tomllib.loads(text)["argued"]]


def faults(found: Collection[Finding], argued: Sequence[Argument]) -> list[str]:
    """What is not as it should be, a line each: findings without a reason, and reasons without a finding."""
    known = [(argument.rule, pattern) for argument in argued for pattern in argument.resources]
    unargued = [one for one in sorted(found) if not any(_is_of(one, place) for place in known)]
    needless = [place for place in known if not any(_is_of(one, place) for one in found)]
    return (
        [f"{rule}: {resource} is found, and nothing is said for it" for rule, resource in unargued]
        + [f"{rule}: {resource} is argued for, and not found any more" for rule, resource in needless]
        + [f"{argument.rule}: there is no reason" for argument in argued if not argument.why.strip()]
    )


def _is_of(finding: Finding, place: tuple[str, str]) -> bool:
    return finding[0] == place[0] and fnmatchcase(finding[1], place[1])


def findings(templates: Mapping[str, Path]) -> set[Finding]:
    """What the pack finds. Ends the program with what it printed if it cannot be run."""
    given = [f"{name}={path}" for name, path in templates.items()]
    command = [str(PYTHON), str(HERE / "findings.py"), *given]
    # Node says on every start how old it is.
    done = subprocess.run(command, env=dict(os.environ), capture_output=True, text=True, check=False)
    if done.returncode:
        raise SystemExit(f"billfold: cdk-nag cannot be run\n{done.stderr}")
    return {(rule, resource) for rule, resource in json.loads(done.stdout)}


def _functions(package: Path, scratch: Path) -> Path:
    """The functions' template as it is deployed, but for where their code is."""
    sam = json.loads((package / "template.json").read_text(encoding="utf-8"))
    template = deployable(sam, "packages", {name: name for name in code_files(sam)})
    (scratch / "app.json").write_text(json.dumps(template), encoding="utf-8")
    return scratch / "app.json"


def main() -> int:
    """Exit status 1 and a line for each fault."""
    with tempfile.TemporaryDirectory() as scratch:
        found = findings({
            **write_live(Path(scratch)),
            "app": _functions(Path(sys.argv[1]), Path(scratch)),
            "canary": HERE / "canary.json",
        })  # fmt: skip
    if not found >= CANARY:
        print("billfold: cdk-nag does not find a bucket that everybody may read", file=sys.stderr)
        return 1
    ours = {one for one in found if not one[1].startswith("canary/")}
    argued = arguments(ARGUED.read_text(encoding="utf-8"))
    wrong = faults(ours, argued)
    for line in wrong:
        print(f"billfold: {line}", file=sys.stderr)
    rules = len({rule for rule, _ in ours})
    print(f"cdk-nag, HIPAA pack: {len(ours)} findings of {rules} rules, {len(wrong)} not as argued")
    return 1 if wrong else 0


if __name__ == "__main__":
    raise SystemExit(main())
