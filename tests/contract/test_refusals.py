"""Every refusal of the stand-in is looked for: taking one out fails its test.

Each name of the table is raised at exactly one place (the first test), and the request meant for it must meet
that very name (the second), so a refusal removed, or moved behind another, shows.
"""

import ast
from collections import Counter
from collections.abc import Callable
from pathlib import Path

import jsonschema_rs
import pytest

import sandbox.stripe
from sandbox.stripe import schema
from sandbox.stripe.refusals import REFUSALS
from tests.contract import refused_checkouts, refused_methods, refused_payments, refused_requests
from tests.contract.harness import Practice, Reply

SOURCE = Path(next(iter(sandbox.stripe.__path__)))
MODULES = (refused_checkouts, refused_methods, refused_payments, refused_requests)


def _case(name: str) -> Callable[[Practice], Reply]:
    """The request meant for a refusal; a refusal without one is a failure."""
    found: list[Callable[[Practice], Reply]] = [
        getattr(module, name) for module in MODULES if hasattr(module, name)
    ]
    assert len(found) == 1, f"{name} has {len(found)} requests that look for it"
    return found[0]


def test_each_refusal_is_raised_at_exactly_one_place() -> None:
    raised: Counter[str] = Counter()
    for path in SOURCE.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "refuse":
                assert isinstance(node.args[0], ast.Constant), f"{path}:{node.lineno} hides its name"
                raised[str(node.args[0].value)] += 1
    assert raised == dict.fromkeys(REFUSALS, 1)


@pytest.mark.parametrize("name", sorted(REFUSALS))
def test_refuses(practice: Practice, name: str) -> None:
    reply = _case(name)(practice)
    row = REFUSALS[name]
    assert reply.refusal == name
    assert reply.status == row.status
    if reply.headers["content-type"] == "application/json":
        assert reply.error["type"] == row.type
        assert reply.error["message"]
        _check_error_object(reply)


def _check_error_object(reply: Reply) -> None:
    faults = schema.faults("error", reply.json)
    assert not faults, faults


def test_the_schema_library_refuses_a_wrong_object() -> None:
    """Guards the guard: a validator that accepts everything would make the contract empty."""
    assert schema.faults("error", {"error": {"type": "made_up"}})
    assert schema.faults("refund", {"object": "refund"})
    assert isinstance(jsonschema_rs.validator_for({}), object)
