"""Imports go one way (issue 11): no module needs itself by a roundabout way, not even inside a function."""

from collections.abc import Iterator, Mapping, Set

import grimp


def test_no_modules_import_each_other_in_a_circle() -> None:
    graph = grimp.build_graph("chalicelib", "sandbox", "infra", cache_dir=None)
    imports = {module: graph.find_modules_directly_imported_by(module) for module in graph.modules}
    assert sorted(_circle(imports)) == []


def test_a_circle_is_seen() -> None:
    assert sorted(_circle({"a": {"b"}, "b": {"c", "d"}, "c": {"a"}, "d": set(), "e": {"a"}})) == [
        "a",
        "b",
        "c",
    ]


def _circle(imports: Mapping[str, Set[str]]) -> Set[str]:
    """What is left when modules that import nothing, or that nothing imports, are taken away in turn."""
    left = dict(imports)
    while ends := set(_ends(left)):
        left = {module: imported - ends for module, imported in left.items() if module not in ends}
    return left.keys()


def _ends(imports: Mapping[str, Set[str]]) -> Iterator[str]:
    imported = {module for found in imports.values() for module in found}
    for module, found in imports.items():
        if not found or module not in imported:
            yield module
