"""The check of `make mutants`: it reads what mutmut left, and lets nothing pass that is not explained."""

import ast
import json
import re
import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.mutation import survivors, workspace
from tests.mutation.survivors import Change, ListInvalid, listed, stale, unexplained

OWN = {"chalicelib", "tests", "scripts"}
_INSTALLED = (workspace.ROOT / "tests" / "mutation" / "requirements-mutmut.in").read_text(encoding="utf-8")
PACKAGES = {
    *sys.stdlib_module_names, *OWN,
    *(name.replace("-", "_") for name in re.findall(r"^([\w-]+)==", _INSTALLED, re.MULTILINE)),
}  # fmt: skip
MUTATED = """
class Ledger:
    def xǁLedgerǁowed__mutmut_orig(self, a: int) -> int:
        if a > 0:
            return a
        return 0
    def xǁLedgerǁowed__mutmut_1(self, a: int) -> int:
        if a > 1:
            return a
        return 0

def x_total__mutmut_orig(a: int) -> int:
    return a + 1

def x_total__mutmut_1(a: int) -> int:
    return a - 1

def x_total__mutmut_2(a: int) -> int:
    return a + 2
"""
OWED = Change("chalicelib.domain.books.Ledger.owed", "if a > 0:", "if a > 1:")
TOTAL = Change("chalicelib.domain.books.total", "return a + 1", "return a - 1")


@pytest.fixture
def left(tmp_path: Path) -> Path:
    """What mutmut leaves of a module with three mutants: one lived, one ran out of time, one met no test."""
    module = tmp_path / "mutants" / "chalicelib" / "domain" / "books.py"
    module.parent.mkdir(parents=True)
    module.write_text(MUTATED, encoding="utf-8")
    verdicts = {"xǁLedgerǁowed__mutmut_1": 0, "x_total__mutmut_1": 33, "x_total__mutmut_2": 36}
    full = {f"chalicelib.domain.books.{name}": code for name, code in verdicts.items()}
    module.with_suffix(".py.meta").write_text(json.dumps({"exit_code_by_key": full}))
    return tmp_path


def test_a_mutant_that_no_test_noticed_or_even_met_is_alive(left: Path) -> None:
    results = survivors.read(left)
    assert results.survivors == (OWED, TOTAL)
    assert (results.by_module, results.unrun) == ({"chalicelib.domain.books": (3, 1, 1)}, 0)


def test_a_mutant_that_was_not_tried_is_neither(left: Path) -> None:
    meta = left / "mutants" / "chalicelib" / "domain" / "books.py.meta"
    meta.write_text(meta.read_text().replace("33", "null"))
    results = survivors.read(left)
    assert results.survivors == (OWED,)
    assert (results.by_module, results.unrun) == ({"chalicelib.domain.books": (2, 1, 1)}, 1)


def test_only_what_the_list_names_exactly_is_explained() -> None:
    explained = {OWED: "why"}
    assert unexplained([OWED, TOTAL], explained) == [TOTAL]
    assert unexplained([OWED._replace(now="if a >= 0:")], explained) == [OWED._replace(now="if a >= 0:")]


def test_an_entry_that_no_survivor_answers_to_is_stale() -> None:
    assert stale([OWED], {OWED: "why", TOTAL: "why"}) == [TOTAL]
    assert stale([OWED], {OWED: "why"}) == []


@pytest.mark.parametrize("without", ["where", "was", "why"])
def test_an_entry_says_where_what_and_why(tmp_path: Path, without: str) -> None:
    row = {"where": "a.b", "was": "1", "now": "2", "why": "Because."}
    kept = [f'{key} = "{text}"' for key, text in row.items() if key != without]
    file = tmp_path / "list.toml"
    file.write_text("\n".join(["[[mutant]]", *kept]))
    with pytest.raises(ListInvalid):
        listed(file)


def test_an_entry_stands_once(tmp_path: Path) -> None:
    file = tmp_path / "list.toml"
    file.write_text('[[mutant]]\nwhere = "a.b"\nwas = "1"\nnow = "2"\nwhy = "Because."\n' * 2)
    with pytest.raises(ListInvalid):
        listed(file)


def test_every_listed_mutant_is_of_code_that_is_there() -> None:
    for change in listed():
        assert change.was in source(change.where), f"not in the code any more: {change}"


def source(where: str) -> str:
    """The lines of a function, as `Change.was` writes them."""
    parts = where.split(".")
    files = (workspace.ROOT.joinpath(*parts[:n]).with_suffix(".py") for n in range(1, len(parts)))
    file = next(file for file in files if file.is_file())
    text = file.read_text(encoding="utf-8")
    node: ast.AST = ast.parse(text)
    for name in parts[len(file.relative_to(workspace.ROOT).parts) :]:
        node = next(n for n in ast.iter_child_nodes(node) if getattr(n, "name", "") == name)
    return " ".join(line.strip() for line in (ast.get_source_segment(text, node) or "").splitlines())


def test_every_module_and_test_file_that_the_configuration_names_is_there() -> None:
    text = (workspace.ROOT / "tests" / "mutation" / "mutmut.toml").read_text(encoding="utf-8")
    asked = tomllib.loads(text)["tool"]["mutmut"]
    named = [*asked["only_mutate"], *asked["pytest_add_cli_args_test_selection"]]
    assert [name for name in named if not (workspace.ROOT / name.partition("::")[0]).is_file()] == []
    for left_out in asked["pytest_add_cli_args"][1::2]:
        file, _, test = left_out.partition("::")
        assert f"def {test}(" in (workspace.ROOT / file).read_text(encoding="utf-8")


def test_the_copy_has_all_that_its_tests_import(tmp_path: Path) -> None:
    """And they need no more packages than its environment has: else `make mutants` cannot begin."""
    workspace.make(tmp_path)
    text = (tmp_path / "pyproject.toml").read_text(encoding="utf-8")
    asked = tomllib.loads(text)["tool"]["mutmut"]["pytest_add_cli_args_test_selection"]
    wanted = {tmp_path / name for name in asked}
    seen = set[Path]()
    while wanted:
        file = wanted.pop()
        seen.add(file)
        names = list(imported(file))
        own = {name for name in names if name.partition(".")[0] in OWN}
        found = {name: module_file(tmp_path, name) for name in own}
        assert [name for name, module in found.items() if module is None] == [], file
        assert {name.partition(".")[0] for name in names} - PACKAGES == set(), file
        wanted |= {module for module in found.values() if module} - seen


def imported(file: Path) -> Iterator[str]:
    """The modules that it imports as it is imported itself; of `from a import b` also a.b, if that is one."""
    for node in ast.parse(file.read_text(encoding="utf-8")).body:
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            below = (f"{node.module}.{alias.name}" for alias in node.names)
            modules = [name for name in below if module_file(workspace.ROOT, name)]
            yield from modules or [node.module]


def module_file(root: Path, name: str) -> Path | None:
    path = root.joinpath(*name.split("."))
    return next((file for file in (path.with_suffix(".py"), path / "__init__.py") if file.is_file()), None)


def test_only_what_is_named_is_mutated(tmp_path: Path) -> None:
    workspace.make(tmp_path, ["chalicelib.kernel.money", "chalicelib.kernel.periods"])
    made = tomllib.loads((tmp_path / "pyproject.toml").read_text(encoding="utf-8"))
    whole = tomllib.loads((workspace.ROOT / "tests" / "mutation" / "mutmut.toml").read_text(encoding="utf-8"))
    named = ["chalicelib/kernel/money.py", "chalicelib/kernel/periods.py"]
    whole["tool"]["mutmut"]["only_mutate"] = named
    assert made == whole


WITH_PROPERTY = """
class A:
    @property
    def b(self) -> int:
        return 1

    def c(self) -> int:
        return 2
"""


def test_a_property_is_the_same_without_its_decorator() -> None:
    made = workspace.without_property_decorators(WITH_PROPERTY)
    assert "@property" not in made
    namespace: dict[str, type] = {}
    exec(made, namespace)  # noqa: S102 -- the text above
    assert (namespace["A"]().b, namespace["A"]().c()) == (1, 2)
