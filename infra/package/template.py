"""The SAM template, by `chalice package --merge-template`, with our code instead of Chalice's."""

import json
import shutil
import sys
import tempfile
from pathlib import Path
from typing import Any

from infra.package.contents import copy_app
from infra.package.target import Target
from infra.package.wheels import run
from infra.table import load_template

_STAGE = "prod"  # Chalice's: the one set of functions in .chalice/config.json. Ours is the parameter Stage.
_MERGED = "app.json"  # Chalice writes its template in the form of the merged one


def write(root: Path, out: Path, target: Target) -> None:
    """Error: PackageError, with what Chalice said."""
    with tempfile.TemporaryDirectory() as scratch:
        # Without requirements: the zip that Chalice makes is thrown away.
        made = chalice_package(root, Path(scratch) / "project", requirements="")
        template = json.loads((made / "sam.json").read_text(encoding="utf-8"))
    text = json.dumps(_with_our_code(template, target), indent=2, sort_keys=True)
    out.write_text(text + "\n", encoding="utf-8")


def chalice_package(root: Path, project: Path, *, requirements: str) -> Path:
    """Run `chalice package` on a copy of the app; its output's folder, with sam.json and deployment.zip."""
    copy_app(root, project)
    (project / "requirements.txt").write_text(requirements)
    shutil.copytree(root / ".chalice", project / ".chalice", ignore=shutil.ignore_patterns("deploy*"))
    (project / _MERGED).write_text(json.dumps(load_template(root / "infra" / "app.yaml")))
    chalice = [str(Path(sys.executable).with_name("chalice")), "package", "--stage", _STAGE]
    run(
        [*chalice, "--merge-template", _MERGED, "out"],
        cwd=project,
        BILLFOLD_STAGE="${Stage}",  # app.py names its queues by it: one template then fits every stage
        AWS_DEFAULT_REGION="us-east-1",
    )
    return project / "out"


def _with_our_code(template: dict[str, Any], target: Target) -> dict[str, Any]:
    for resource in template["Resources"].values():
        if resource["Type"] == "AWS::Serverless::Function":
            resource["Properties"]["CodeUri"] = "./api.zip"
            resource["Properties"]["Architectures"] = [target.architecture]
    return template
