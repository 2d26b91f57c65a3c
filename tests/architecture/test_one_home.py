"""A secret of form is known by one module (issue 11): what others write of it is found in their source."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).parents[2] / "chalicelib"
# Who looks something up and says by themselves that it is absent; none is to be added.
_BY_HAND = {
    "documents/services/statements/delivering.py",
    "entrypoints/http/payments/paying.py",
    "entrypoints/http/payments/webhooks.py", "entrypoints/http/practice/public.py",
    "identity/services/signing_in.py", "payments/services/movements.py", "payments/services/opening.py",
}  # fmt: skip
_DOCUMENTED = (ast.Module, ast.ClassDef, ast.FunctionDef)


def test_partition_keys_are_made_and_read_by_their_module_alone() -> None:
    home = {"platform/dynamo/keys.py"}
    assert sorted(_texts(re.compile(r"^P#|#[A-Z]+(#|$)"), home)) == []
    assert sorted(_lines(re.compile(r"\bpk\.(split|r?partition|removeprefix)\("), home)) == []


def test_the_books_of_money_that_came_in_are_named_by_their_module_alone() -> None:
    home = {"ledger/domain/entries.py"}
    assert sorted(_texts(re.compile(r"^processor:"), home)) == []
    # A charge's status is of an appointment that was held.
    assert sorted(_lines(re.compile(r"(?<!ChargeStatus\.)\bHELD\b(?! = \"held\")"), home)) == []


def test_the_key_of_a_marker_is_spelled_by_its_module_alone() -> None:
    home = {"ledger/domain/marker_keys.py"}
    endings = "succeeded|failed|fee|withdrawn|reinstated|decided"
    assert sorted(_texts(re.compile(rf"^import#|#({endings})$"), home)) == []


def test_what_must_be_there_is_looked_up_by_present() -> None:
    """An `if x is None: raise NotFound(…)` of one thing is `present(x, …)`."""
    alone = re.compile(r"if (?:(?! and | or ).)+ is None:\n +raise NotFound\(")
    found = {name for name, source in _sources({"kernel/errors.py"}) if alone.search(source)}
    assert found <= _BY_HAND


def _texts(pattern: re.Pattern[str], home: set[str]) -> Iterator[str]:
    """Where a text, or a part of an f-string, fits; sentences about the code do not count."""
    for name, source in _sources(home):
        tree = ast.parse(source)
        sentences = {id(s.value) for node in ast.walk(tree) for s in _docstrings(node)}
        for node in ast.walk(tree):
            text = node.value if isinstance(node, ast.Constant) and id(node) not in sentences else None
            if isinstance(text, str) and pattern.search(text):
                yield f"{name}:{node.lineno} {text}"  # type: ignore[attr-defined]


def _docstrings(node: ast.AST) -> Iterator[ast.Expr]:
    if isinstance(node, _DOCUMENTED):
        yield from (s for s in node.body if isinstance(s, ast.Expr) and isinstance(s.value, ast.Constant))


def _lines(pattern: re.Pattern[str], home: set[str]) -> Iterator[str]:
    for name, source in _sources(home):
        for number, line in enumerate(source.splitlines(), 1):
            if pattern.search(line):
                yield f"{name}:{number} {line.strip()}"


def _sources(home: set[str]) -> Iterator[tuple[str, str]]:
    found = {str(path.relative_to(ROOT)): path for path in ROOT.rglob("*.py")}
    assert home <= found.keys()
    yield from ((name, path.read_text(encoding="utf-8")) for name, path in found.items() if name not in home)
