"""Issue 9, number 7: no pattern takes a line feed behind what it asks for, as Python's `$` does."""

import ast
import importlib
import json
import pkgutil
import re
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from re import _parser  # how Python itself reads a pattern
from types import ModuleType
from typing import Any

import pytest

import chalicelib
import infra
import sandbox
from chalicelib.entrypoints.http import openapi, schemas
from chalicelib.entrypoints.http.decoding import decode
from chalicelib.entrypoints.http.runtime import ROUTES
from sandbox.config import ROOT
from tests.support.api import World

FOLDERS = ("chalicelib", "infra", "sandbox", "scripts")


def sources() -> list[Path]:
    return [ROOT / "app.py", *(path for folder in FOLDERS for path in (ROOT / folder).rglob("*.py"))]


def modules() -> Iterator[ModuleType]:
    for package in (chalicelib, infra, sandbox):
        for found in pkgutil.walk_packages(package.__path__, f"{package.__name__}."):
            if not found.name.endswith("__main__"):
                with suppress(ModuleNotFoundError):  # what runs in an environment of its own
                    yield importlib.import_module(found.name)


def compiled() -> Iterator[tuple[str, re.Pattern[Any]]]:
    for module in modules():
        for name, value in vars(module).items():
            for part in value.values() if isinstance(value, dict) else [value]:
                if isinstance(part, re.Pattern):
                    yield f"{module.__name__}.{name}", part


def written() -> Iterator[tuple[str, str]]:
    """Whatever is handed to `re` as a text, or is the pattern of a field."""
    for path in sources():
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if not isinstance(node, ast.Call):
                continue
            of_re = isinstance(node.func, ast.Attribute) and ast.unparse(node.func.value) == "re"
            texts = [node.args[0]] if of_re and node.args else []
            for text in [*texts, *(k.value for k in node.keywords if k.arg == "pattern")]:
                if isinstance(text, ast.Constant) and isinstance(text.value, str):
                    yield f"{path.relative_to(ROOT)}:{text.lineno}", text.value


def ends_before_a_line_feed(pattern: str | bytes) -> bool:
    """Whether `$` stands in it, however deep, and not as a letter."""
    return "AT_END)" in repr(list(_parser.parse(pattern)))


@pytest.mark.parametrize(("pattern", "found"), [(r"^a$", True), (r"(b|(?:^a$))+", True), (r"[$]\$\Z", False)])
def test_the_check_itself_sees_the_dollar(pattern: str, found: bool) -> None:
    assert ends_before_a_line_feed(pattern) is found


def test_no_compiled_pattern_ends_in_a_dollar() -> None:
    all_of_them = list(compiled())
    assert len(all_of_them) > 30
    assert [name for name, pattern in all_of_them if ends_before_a_line_feed(pattern.pattern)] == []


def test_no_written_pattern_ends_in_a_dollar() -> None:
    all_of_them = list(written())
    assert len(all_of_them) > 40
    assert [where for where, pattern in all_of_them if ends_before_a_line_feed(pattern)] == []


def patterns(schema: Any) -> Iterator[str]:
    if isinstance(schema, dict):
        if isinstance(schema.get("pattern"), str):
            yield schema["pattern"]
        for part in schema.values():
            yield from patterns(part)
    elif isinstance(schema, list):
        for part in schema:
            yield from patterns(part)


def test_published_patterns_end_as_javascript_ends_them() -> None:
    """ECMA-262 knows no `\\Z`, and its `$` is the end alone."""
    published = list(patterns(openapi.document()))
    assert len(published) > 10
    assert {p for p in published if not p.startswith("^") or not p.endswith("$") or "\\Z" in p} == set()


BODIES: dict[str, dict[str, Any]] = {
    "SignInCodeRequest": {"practice": "fern", "email": "a@b.test"},
    "SignInRequest": {"practice": "fern", "token": "t"},
    "ReceiptOpenRequest": {"practice": "fern", "token": "t"},
    "GuestRequest": {"way": "card", "amount_minor": 500},
    "GuestPaymentRequest": {"way": "card", "amount_minor": 500, "quote": "q"},
    "GuestKeyRequest": {"key": "k" * 32},
    "GuestReceiptsRequest": {"email": "a@b.test"},
    "LinkCodeRequest": {"practice": "fern", "token": "t"},
    "LinkOpenRequest": {"practice": "fern", "token": "t"},
    "LinkCall": {"practice": "fern", "token": "t"},
    "LinkPaymentRequest": {"practice": "fern", "token": "t", "quote": "q", "amount_minor": 1},
    "QuoteRequest": {"scope": {"type": "service", "charge_id": "c1", "amount_minor": 1}},
    "PaymentRequest": {
        "scope": {"type": "services", "charge_ids": ["c1", "c2"]}, "quote": "q", "amount_minor": 1,
    },
    "QuestionRequest": {"about": {"kind": "service", "id": "c1"}, "choice": "insurance"},
    "SetUpRequest": {"way": "card", "consent": "2026-11", "label": "HSA"},
    "LabelRequest": {"label": "HSA"},
    "VerifyRequest": {"code": "SM11AA"},
}  # fmt: skip
IDS = [
    ("GuestKeyRequest", f'"{"k" * 32}"'),
    ("LinkCodeRequest", '"fern"'), ("LinkOpenRequest", '"fern"'), ("LinkCall", '"fern"'),
    ("LinkPaymentRequest", '"fern"'),
    ("SignInCodeRequest", '"fern"'), ("SignInRequest", '"fern"'), ("ReceiptOpenRequest", '"fern"'),
    ("QuoteRequest", '"c1"'), ("PaymentRequest", '"c2"'), ("QuestionRequest", '"c1"'),
]  # fmt: skip


def test_every_body_that_has_a_pattern_is_tried_here() -> None:
    components = openapi.document()["components"]["schemas"]
    bodies = {route.body.__name__ for route in ROUTES if route.body is not None}
    assert bodies == BODIES.keys()
    assert any(list(patterns(components[name])) for name in bodies)


@pytest.mark.parametrize(("body", "id_"), IDS)
def test_an_id_with_a_line_feed_behind_it_is_refused(body: str, id_: str) -> None:
    text, type_ = json.dumps(BODIES[body]), getattr(schemas, body)
    assert decode(text.encode(), type_)
    assert text.count(id_) == 1
    with pytest.raises(Exception, match="field_invalid"):
        decode(text.replace(id_, f'{id_[:-1]}\\n"').encode(), type_)


def test_ids_and_keys_outside_bodies_take_no_line_feed_either(world: World) -> None:
    cookie = world.person("maya@example.test", "maya")
    world.charge("maya", "c1", 12000)
    assert world.call("GET", "/accounts/maya/billing", cookie=cookie).status == 200
    assert world.call("GET", "/accounts/maya%0A/billing", cookie=cookie).status == 404
    assert world.call("GET", "/accounts/maya/billing", cookie=f"{cookie}\n").status != 500
    offered = world.quote("maya", cookie, type="balance").body
    body = {"scope": {"type": "balance"}, "quote": offered["quote"], "amount_minor": 12000}
    answer = world.start("maya", cookie, "a-key-that-nobody-used\n", body)
    assert answer.code == "idempotency_key_missing"
