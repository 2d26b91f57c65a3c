"""Every operation does what docs/openapi.json says: what fits is answered so, what does not fit is refused.

`TEST_EXAMPLES` and `TEST_SEED` choose how many requests an operation gets, and which.
"""

import json
import os
import random
from collections.abc import Callable, Iterable, Iterator
from typing import Any

import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, given, seed, settings
from hypothesis import strategies as st
from moto import mock_aws
from schemathesis import GenerationMode
from schemathesis.checks import not_a_server_error
from schemathesis.core.parameters import ParameterLocation
from schemathesis.core.result import Ok
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    negative_data_rejection,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from chalicelib import bootstrap
from chalicelib.entrypoints.http import openapi
from chalicelib.entrypoints.http.policies import Anyone, Client
from chalicelib.entrypoints.http.runtime import ROUTES
from sandbox.resources import make_resources
from tests.conftest import TEST_RESOURCES
from tests.security.town import FERN, MINE, PAID, Town
from tests.support.api import ORIGIN

EXAMPLES = int(os.environ.get("TEST_EXAMPLES", "30"))
SEED = int(os.environ.get("TEST_SEED") or random.randrange(10**9))
CHECKS = [
    not_a_server_error, status_code_conformance, content_type_conformance, response_headers_conformance,
    response_schema_conformance, negative_data_rejection,
]  # fmt: skip
KNOWN = {"account_id": MINE, "payment_id": PAID[MINE], "practice_id": FERN}
POLICIES = {route.name: route.policy for route in ROUTES}
TOWNS: list[Town] = []


def described() -> bytes:
    """The description, less who may call: the tests sign in themselves, and test_routes.py has the rest."""
    document = openapi.document()
    for operations in document["paths"].values():
        for operation in operations.values():
            operation.pop("security", None)
    return json.dumps(document).encode()


def gateway(
    environ: dict[str, Any], start: Callable[[str, list[tuple[str, str]]], object]
) -> Iterable[bytes]:
    """The API behind /api, as WSGI."""
    if environ["PATH_INFO"] == "/openapi.json":
        start("200 OK", [("Content-Type", "application/json")])
        return [described()]
    headers = {n[5:].replace("_", "-"): v for n, v in environ.items() if n.startswith("HTTP_")}
    headers["Content-Type"] = environ.get("CONTENT_TYPE", "")
    path, query = environ["REQUEST_URI"].partition("?")[0], environ["QUERY_STRING"]
    answer = TOWNS[-1]._http.request(
        environ["REQUEST_METHOD"],
        path.removeprefix("/api") + (f"?{query}" if query else ""),
        headers=headers,
        body=environ["wsgi.input"].read(),
    )
    headers_out: dict[str, Any] = dict(answer.headers)
    several = [(n, v if isinstance(v, list) else [v]) for n, v in headers_out.items()]
    start(f"{answer.status_code} Answer", [(n, str(one)) for n, values in several for one in values])
    return [answer.body]


SCHEMA = schemathesis.openapi.from_wsgi("/openapi.json", gateway)
# A body that is longer than any may be is refused for that before it is read.
SCHEMA.config.checks.negative_data_rejection.expected_statuses.append("413")
OPERATIONS: list[Any] = [found.ok() for found in SCHEMA.get_all_operations() if isinstance(found, Ok)]


@pytest.fixture(scope="module")
def town() -> Iterator[Town]:
    with mock_aws():
        make_resources(TEST_RESOURCES)
        TOWNS.append(Town(TEST_RESOURCES))
        yield TOWNS[-1]
        TOWNS.pop()
        bootstrap.use(None)


@pytest.mark.timeout(60 + 5 * EXAMPLES)
@pytest.mark.parametrize("operation", OPERATIONS, ids=lambda operation: operation.label)
def test_an_operation_does_what_its_description_says(town: Town, operation: Any) -> None:
    print(f"TEST_SEED={SEED} TEST_EXAMPLES={EXAMPLES}")
    cases = [operation.as_strategy(generation_mode=GenerationMode.POSITIVE)]
    if operation.definition.raw.get("parameters") or operation.definition.raw.get("requestBody"):
        cases.append(operation.as_strategy(generation_mode=GenerationMode.NEGATIVE))

    @seed(SEED)
    @settings(
        max_examples=EXAMPLES, deadline=None, database=None, phases=[Phase.generate, Phase.shrink],
        suppress_health_check=list(HealthCheck),
    )  # fmt: skip
    @given(st.one_of(cases), st.sampled_from([True, True, True, False]))
    def every(case: Any, known: bool) -> None:
        path = case.meta.components.get(ParameterLocation.PATH)
        if known and path and path.mode is GenerationMode.POSITIVE:
            case.path_parameters.update({n: v for n, v in KNOWN.items() if n in case.path_parameters})
        if isinstance(POLICIES[operation.definition.raw["operationId"]], Client | Anyone):
            case.cookies = dict([town.cookie(town.owner).split("=", 1)])
        answer = case.call(headers={"Origin": ORIGIN})
        case.validate_response(answer, checks=CHECKS)
        if answer.status_code == 204:
            town.sign_in_again()

    every()


def test_every_route_is_described() -> None:
    assert {operation.definition.raw["operationId"] for operation in OPERATIONS} == POLICIES.keys()
