"""What became of the mutants, and whether each that lived is explained in equivalents.toml."""

import ast
import difflib
import json
import tomllib
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

LIST = Path(__file__).with_name("equivalents.toml")
_TIMED_OUT = frozenset({24, -24, 36, 152, 255})  # mutmut's exit codes
_KILLED = frozenset({1, 3, *_TIMED_OUT})  # a mutant that never ends is told apart as well


class Count(NamedTuple):
    """Of a module's mutants: those tried, of these the killed, and of those the ones that never ended."""

    tried: int
    killed: int
    timed_out: int


class Change(NamedTuple):
    """A mutant by its function and the lines that it changes, which outlives mutmut's numbering."""

    where: str
    was: str
    now: str


@dataclass(frozen=True, slots=True)
class Results:
    """`unrun` is how many mutants were not tried at all."""

    by_module: dict[str, Count]
    survivors: tuple[Change, ...]
    unrun: int


class ListInvalid(ValueError):
    """An entry of the list that lacks one of its four texts, or stands there twice."""


def read(workspace: Path) -> Results:
    """The verdicts that mutmut left in the workspace."""
    made = workspace / "mutants"
    by_module, survivors, unrun = dict[str, Count](), list[Change](), 0
    for meta in sorted(made.rglob("*.py.meta")):
        module = ".".join(meta.relative_to(made).with_suffix("").with_suffix("").parts)
        verdicts: dict[str, int | None] = json.loads(meta.read_text())["exit_code_by_key"]
        tried = {name: code for name, code in verdicts.items() if code is not None}
        lived = [name for name, code in tried.items() if code not in _KILLED]
        survivors += changes(meta.with_suffix("").read_text(encoding="utf-8"), module, lived)
        endless = sum(code in _TIMED_OUT for code in tried.values())
        by_module[module] = Count(len(tried), len(tried) - len(lived), endless)
        unrun += len(verdicts) - len(tried)
    return Results(by_module, tuple(survivors), unrun)


def changes(mutated: str, module: str, names: Iterable[str]) -> Iterator[Change]:
    """What these mutants change; `mutated` is the module as mutmut wrote it, with every mutant a function."""
    lines = mutated.splitlines()
    functions = {n.name: n for n in ast.walk(ast.parse(mutated)) if isinstance(n, ast.FunctionDef)}
    for name in (full.rpartition(".")[2] for full in names):
        stem = name.rpartition("__mutmut_")[0]
        before, after = functions[f"{stem}__mutmut_orig"], functions[name]
        was, now = _differing(_text(lines, before), _text(lines, after))
        yield Change(f"{module}.{_readable(stem)}", was, now)


def listed(path: Path = LIST) -> dict[Change, str]:
    """The explained equivalents, and why each cannot be told apart. Error: ListInvalid."""
    found = dict[Change, str]()
    for row in tomllib.loads(path.read_text(encoding="utf-8")).get("mutant", []):
        change = Change(row.get("where", ""), row.get("was", ""), row.get("now", ""))
        if not (change.where and change.was and row.get("why", "").strip()) or change in found:
            raise ListInvalid(f"{path.name}: {change}")
        found[change] = row["why"]
    return found


def unexplained(survivors: Iterable[Change], explained: dict[Change, str]) -> list[Change]:
    return sorted(change for change in Counter(survivors) if change not in explained)


def stale(survivors: Iterable[Change], explained: dict[Change, str]) -> list[Change]:
    """Entries that no survivor answers to: the code changed, or a test tells the mutant apart now."""
    return sorted(explained.keys() - set(survivors))


def _text(lines: list[str], function: ast.FunctionDef) -> list[str]:
    """Its lines without indentation, by the name that it has in the code."""
    own = lines[function.lineno - 1 : function.end_lineno]
    name = _readable(function.name.rpartition("__mutmut_")[0]).rpartition(".")[2]
    return [line.strip().replace(function.name, name) for line in own]


def _differing(before: list[str], after: list[str]) -> tuple[str, str]:
    matcher = difflib.SequenceMatcher(None, before, after, autojunk=False)
    parts = [part for part in matcher.get_opcodes() if part[0] != "equal"]
    was = [line for _, first, last, _, _ in parts for line in before[first:last]]
    return " ".join(was), " ".join(line for *_, first, last in parts for line in after[first:last])


def _readable(mangled: str) -> str:
    """mutmut's x_post is post, its xǁLedgerǁpost is Ledger.post."""
    return mangled.removeprefix("x_").removeprefix("xǁ").replace("ǁ", ".")
