"""The copy in which mutants are made: the work tree itself is never touched.

The copy holds Billfold and its unit tests, without their fixtures of AWS, and mutmut's configuration
(mutmut.toml), which says what is mutated and by which tests. Properties are rewritten on the way, because
mutmut passes over what has a decorator, and what is owed is a property.
"""

import ast
import re
import shutil
from collections.abc import Sequence
from pathlib import Path

ROOT = Path(__file__).parents[2]
PARTS = ("chalicelib", "tests/support", "tests/unit")
FILES = ("docs/states.svg", "scripts/draw_states.py")
_LEFT_OUT = shutil.ignore_patterns("__pycache__", "conftest.py")


def make(workspace: Path, modules: Sequence[str] = ()) -> None:
    """Fill the folder, or bring the copy there up to date: mutmut remembers what it tried. Where `modules`
    are named, no others are mutated, which makes their tests quicker."""
    for part in PARTS:
        shutil.copytree(ROOT / part, workspace / part, ignore=_LEFT_OUT, dirs_exist_ok=True)
    for file in FILES:
        (workspace / file).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy2(ROOT / file, workspace / file)
    asked = Path(__file__).with_name("mutmut.toml").read_text(encoding="utf-8")
    (workspace / "pyproject.toml").write_text(only(asked, modules), encoding="utf-8")
    for module in (workspace / "chalicelib").rglob("*.py"):
        module.write_text(without_property_decorators(module.read_text(encoding="utf-8")), encoding="utf-8")


def only(asked: str, modules: Sequence[str]) -> str:
    """The configuration with these modules instead of its own; as it is where none is named."""
    files = "".join(f'    "{module.replace(".", "/")}.py",\n' for module in modules)
    listed = re.compile(r"^only_mutate = \[\n.*?^\]", re.MULTILINE | re.DOTALL)
    return listed.sub(f"only_mutate = [\n{files}]", asked) if modules else asked


def without_property_decorators(source: str) -> str:
    """The same module with `@property` above a method replaced by `name = property(name)` below it."""
    lines = source.splitlines(keepends=True)
    for method in reversed(_properties(source)):
        lines.insert(method.end_lineno or 0, f"    {method.name} = property({method.name})\n")
        del lines[method.lineno - 2]
    return "".join(lines)


def _properties(source: str) -> list[ast.FunctionDef]:
    classes = [node for node in ast.parse(source).body if isinstance(node, ast.ClassDef)]
    methods = [node for made in classes for node in made.body if isinstance(node, ast.FunctionDef)]
    return [m for m in methods if [ast.unparse(d) for d in m.decorator_list] == ["property"]]
