"""The real package, deployed: IAM enforced, nothing leaks in, and every journey ends well."""

import io
import json
import subprocess
import sys
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from sandbox.config import ROOT
from tests.deploy.cloud import Cloud, running_cloud
from tests.deploy.journeys import JOURNEYS, Client, JourneyError, open_practice, put_file
from tests.deploy.permissions import Refusal, actions, refusals, simulated, without
from tests.deploy.policies import (
    AFTER_MISHAPS,
    JOURNEY_OF,
    NOT_ASKED,
    resource_names,
    secrets_of,
    statement_ids,
)

pytestmark = [pytest.mark.ministack, pytest.mark.slow]
PRACTICE = "fern"
# Two whose absence shows at once; `make soak` leaves out each in turn.
LEFT_OUT = [("api_handler", "Table"), ("catch_up", "Secrets")]


def spare(function: str) -> str:
    return f"without-{function.replace('_', '-')}"


@pytest.fixture(scope="module")
def cloud(tmp_path_factory: pytest.TempPathFactory, package: Path) -> Iterator[Cloud]:
    with running_cloud(tmp_path_factory.mktemp("cloud"), package) as running:
        open_practice(running, PRACTICE, [*JOURNEYS, *(spare(function) for function, _ in LEFT_OUT)])
        put_file(Client(running, PRACTICE, "drop"))  # it lies there while the other journeys are made
        yield running


def test_the_packaged_template_is_valid(package: Path) -> None:
    lint = Path(sys.executable).with_name("cfn-lint")
    command = [str(lint), "--non-zero-exit-code", "warning", str(package / "template.json")]
    result = subprocess.run(command, capture_output=True, text=True, check=False)
    assert result.returncode == 0, result.stdout + result.stderr


@pytest.mark.parametrize("journey", JOURNEYS)
def test_a_deployment_does_what_it_is_for(cloud: Cloud, journey: str) -> None:
    JOURNEYS[journey](Client(cloud, PRACTICE, journey))
    assert refusals(cloud) == []


@pytest.mark.parametrize(("function", "sid"), LEFT_OUT)
def test_a_function_that_may_less_fails(cloud: Cloud, function: str, sid: str) -> None:
    client, before = Client(cloud, PRACTICE, spare(function)), len(refusals(cloud))
    with without(cloud, function, sid) as missing, pytest.raises(JourneyError):
        JOURNEYS[JOURNEY_OF[function]](client)
    refused = set(refusals(cloud)[before:])
    assert refused
    assert refused <= {Refusal(function, action) for action in actions(missing)}


@pytest.mark.parametrize("function", JOURNEY_OF)
def test_what_the_emulator_does_not_ask_about_is_granted_by_one_statement(
    cloud: Cloud, function: str
) -> None:
    faults = simulated(cloud, function)
    assert set(faults) == set(statement_ids(function)) & set(NOT_ASKED)
    assert not any(faults.values()), faults


def test_nothing_but_the_package_reaches_a_function(cloud: Cloud) -> None:
    code = (
        "import importlib.metadata as m, sys\n"
        "def look(event, context):\n"
        "    return [[d.name for d in m.distributions()], sys.path]\n"
    )
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w") as archive:
        archive.writestr("probe.py", code)
    functions = cloud.client("lambda")
    functions.create_function(
        FunctionName="probe", Runtime="python3.11", Handler="probe.look",
        Role=cloud.role("api_handler"), Code={"ZipFile": content.getvalue()},
    )  # fmt: skip
    packages, path = json.loads(functions.invoke(FunctionName="probe", Payload="{}")["Payload"].read())
    assert packages == []
    assert not [entry for entry in path if entry.startswith(str(ROOT))]


def test_every_statement_is_needed_by_a_journey_or_named_as_not_asked_for() -> None:
    config = json.loads((ROOT / ".chalice" / "config.json").read_text())
    assert set(JOURNEY_OF) == set(config["stages"]["prod"]["lambda_functions"])
    left = {sid for function in JOURNEY_OF for sid in statement_ids(function)}
    assert left >= set(NOT_ASKED)
    assert all(sid in statement_ids(function) and sid not in NOT_ASKED for function, sid in LEFT_OUT)
    for function, end in AFTER_MISHAPS:
        assert [name for name in resource_names(function) if name.endswith(end)]


def test_a_function_reads_only_the_secrets_it_uses() -> None:
    keys, processors = {"lookup-key", "token-key"}, "practices/*"
    follows = {"token-key", processors}  # the numbers of saved methods are hashed with it
    assert {function: secrets_of(function) for function in JOURNEY_OF} == {
        "api_handler": keys | {processors}, "documents": keys, "delivery": keys,
        "settle": follows, "sweep": follows, "catch_up": follows,
        "full_pass": {"token-key", processors},  # it makes the reference anew of a payment that was lost
        "reconcile": set(), "statements": set(), "issue": set(), "verify": set(),
        "drops": {"lookup-key"},
    }  # fmt: skip
