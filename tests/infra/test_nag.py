"""infra/nag: the gate in `make check-infra` lets through what is argued and found, and nothing else.

The pack itself runs there alone, in an environment of its own; every run looks at an open bucket, too.
"""

import json
import sys
from pathlib import Path
from typing import Any

import pytest

from infra.nag import __main__ as nag
from infra.nag.__main__ import ARGUED, CANARY, HERE, Argument, arguments, faults
from infra.table import load_template
from sandbox.config import ROOT

BUCKET = ("S3BucketLoggingEnabled", "data/Documents")
FUNCTION = ("LambdaInsideVPC", "app/Sweep")
LOGGING = Argument(BUCKET[0], (BUCKET[1],), "CloudTrail has it.")
VPC = Argument(FUNCTION[0], ("app/*",), "They listen to nothing.")


def test_issue_13_10_what_is_found_and_argued_passes() -> None:
    assert faults({BUCKET, FUNCTION, (FUNCTION[0], "app/Verify")}, [LOGGING, VPC]) == []


@pytest.mark.parametrize(
    "found",
    [
        ("S3BucketLoggingEnabled", "data/Another"),
        ("S3BucketPublicReadProhibited", "data/Documents"),
        ("LambdaInsideVPC", "data/Documents"),
    ],
)
def test_issue_13_10_a_finding_that_nobody_argued_is_a_fault(found: tuple[str, str]) -> None:
    [fault] = faults({BUCKET, FUNCTION, found}, [LOGGING, VPC])
    assert fault == f"{found[0]}: {found[1]} is found, and nothing is said for it"


@pytest.mark.parametrize(("found", "needless"), [(BUCKET, "app/*"), (FUNCTION, "data/Documents")])
def test_issue_13_10_an_argument_that_nothing_needs_is_a_fault(found: tuple[str, str], needless: str) -> None:
    [fault] = faults({found}, [LOGGING, VPC])
    assert fault.endswith(f": {needless} is argued for, and not found any more")


def test_issue_13_10_an_argument_without_a_reason_is_a_fault() -> None:
    assert faults({BUCKET}, [Argument(BUCKET[0], (BUCKET[1],), " ")]) == [f"{BUCKET[0]}: there is no reason"]


def test_issue_13_10_every_argument_has_a_reason_and_names_what_is_there() -> None:
    argued = arguments(ARGUED.read_text(encoding="utf-8"))
    assert len({argument.rule for argument in argued}) == len(argued), "one argument for each rule"
    stacks = {name: load_template(ROOT / "infra" / f"{name}.yaml")["Resources"] for name in ("data", "site")}
    for argument in argued:
        assert len(argument.why.split()) >= 15, argument.rule
        for resource in argument.resources:
            stack, _, name = resource.partition("/")
            assert stack == "app" or name in stacks[stack], resource


def run(monkeypatch: pytest.MonkeyPatch, folder: Path, found: set[tuple[str, str]]) -> int:
    """The gate, with a pack that finds these."""
    (folder / "template.json").write_text(json.dumps({"Resources": {}}), encoding="utf-8")
    seen: dict[str, Any] = {}

    def findings(templates: dict[str, Path]) -> set[tuple[str, str]]:
        seen.update(templates)
        return found

    monkeypatch.setattr(nag, "findings", findings)
    monkeypatch.setattr(nag, "deployable", lambda *_: {"Resources": {}})
    monkeypatch.setattr(sys, "argv", ["infra.nag", str(folder)])
    status = nag.main()
    assert set(seen) == {"data", "site", "app", "canary"}
    return status


def argued_for() -> set[tuple[str, str]]:
    argued = arguments(ARGUED.read_text(encoding="utf-8"))
    return {(one.rule, resource.replace("*", "Sweep")) for one in argued for resource in one.resources}


def test_issue_13_10_the_gate_fails_on_one_finding_more_or_less(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    found = argued_for() | CANARY
    assert run(monkeypatch, tmp_path, found) == 0
    assert run(monkeypatch, tmp_path, found | {("S3BucketPublicReadProhibited", "data/Documents")}) == 1
    assert run(monkeypatch, tmp_path, found - {BUCKET}) == 1


def test_issue_13_10_a_pack_that_does_not_see_an_open_bucket_is_not_believed(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    canary = json.loads((HERE / "canary.json").read_text(encoding="utf-8"))["Resources"]
    assert canary == {"Open": {"Type": "AWS::S3::Bucket", "Properties": {"AccessControl": "PublicRead"}}}
    assert run(monkeypatch, tmp_path, argued_for()) == 1
    assert "does not find a bucket that everybody may read" in capsys.readouterr().err


def test_issue_13_10_the_gate_is_part_of_check_infra() -> None:
    rules = (ROOT / "Makefile").read_text(encoding="utf-8").partition("\ncheck-infra:")[2]
    assert "$(BIN)/python -m infra.nag build/checked" in rules.partition("\n\n")[0]
