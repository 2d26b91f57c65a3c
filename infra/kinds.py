"""What the templates come to for one kind of stage.

    python -m infra.kinds FOLDER   data.json and site.json of a live stage, for `make check-infra`

checkov and cdk-nag do not decide conditions: of `!If [Trial, false, true]` they say that it is not true.
"""

import json
import sys
from pathlib import Path
from typing import Any

from infra.table import DATA_TEMPLATE, load_template

SITE_TEMPLATE = DATA_TEMPLATE.with_name("site.yaml")
_GONE = {"Ref": "AWS::NoValue"}

Template = dict[str, Any]


def of_kind(template: Template, kind: str) -> Template:
    """The template of a stage of that kind: without what it has not got, and every `!If` that asks for the
    kind decided."""
    resources = {
        name: _decided(template, resource, kind)
        for name, resource in template["Resources"].items()
        if _asks_for_kind(template, resource.get("Condition", ""), kind) is not False
    }
    return {**template, "Resources": resources}


def _decided(template: Template, value: Any, kind: str) -> Any:
    if isinstance(value, list):
        decided = [_decided(template, each, kind) for each in value]
        return [each for each in decided if each != _GONE]
    if not isinstance(value, dict):
        return value
    if list(value) == ["Fn::If"]:
        condition, yes, no = value["Fn::If"]
        holds = _asks_for_kind(template, condition, kind)
        if holds is not None:
            return _decided(template, yes if holds else no, kind)
    parts = {key: _decided(template, each, kind) for key, each in value.items()}
    return {key: each for key, each in parts.items() if each != _GONE}


def _asks_for_kind(template: Template, condition: str, kind: str) -> bool | None:
    """Whether it holds; None for a condition that asks for something else."""
    compared = template.get("Conditions", {}).get(condition, {}).get("Fn::Equals", [None])
    return compared[1] == kind if compared[0] == {"Ref": "Kind"} else None


def write_live(folder: Path) -> dict[str, Path]:
    """Stack -> the file of its template. The functions' is the same for both kinds."""
    files = {"data": DATA_TEMPLATE, "site": SITE_TEMPLATE}
    for name, file in files.items():
        template = of_kind(load_template(file), "live")
        (folder / f"{name}.json").write_text(json.dumps(template, indent=1), encoding="utf-8")
    return {name: folder / f"{name}.json" for name in files}


if __name__ == "__main__":
    write_live(Path(sys.argv[1]))
