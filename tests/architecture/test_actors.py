"""Who did something is said by kernel/actors.py alone (issue 11): nobody makes up a text for it."""

import ast
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).parents[2] / "chalicelib"


def test_no_module_writes_an_actor_by_hand() -> None:
    assert sorted(_literals()) == []


def _literals() -> Iterator[str]:
    """Every `actor="…"` and `actor: str = "…"`; an empty default says that nobody is known."""
    for path in ROOT.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            named = (
                node.arg if isinstance(node, ast.keyword)
                else ast.unparse(node.target) if isinstance(node, ast.AnnAssign)
                else ""
            )  # fmt: skip
            given = node.value if isinstance(node, ast.keyword | ast.AnnAssign) else None
            if named == "actor" and isinstance(given, ast.Constant) and given.value:
                yield f"{path.relative_to(ROOT)}:{node.lineno} {given.value!r}"  # type: ignore[attr-defined]
