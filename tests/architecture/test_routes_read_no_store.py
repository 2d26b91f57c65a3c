"""11.4 A route asks services: what it shows comes from their read models, never from a store."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
WIRING = sorted((ROOT / "chalicelib" / "bootstrap").glob("*.py"))
ROUTES = sorted((ROOT / "chalicelib" / "entrypoints" / "http").rglob("*.py"))


def stores() -> set[str]:
    """What the app holds that is a store: a part of it that is made from a class of a room's `store`."""
    wiring = (ast.parse(path.read_text("utf-8")) for path in WIRING)
    parts = (node for tree in wiring for node in ast.walk(tree) if isinstance(node, ast.FunctionDef))
    return {part.name for part in parts if ast.unparse(part.body[-1]).startswith("return Dynamo")}


def asked(path: Path) -> Iterator[str]:
    """Every attribute of anything called `app`."""
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.Attribute) and ast.unparse(node.value).split(".")[-1] in ("app", "app()"):
            yield node.attr


def test_the_stores_are_found() -> None:
    assert {"ledgers", "practices", "people", "access", "statements"} <= stores()


@pytest.mark.parametrize("path", ROUTES, ids=lambda path: str(path.relative_to(ROOT)))
def test_no_route_reads_a_store(path: Path) -> None:
    assert set(asked(path)) & stores() == set()
