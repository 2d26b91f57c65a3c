"""Use cases hold what they work with and nothing else (issue 11): each is a frozen dataclass."""

import importlib
import inspect
import pkgutil
from collections.abc import Iterator
from dataclasses import is_dataclass
from enum import Enum

import pytest

import chalicelib

# What one run writes down for itself; no use case.
_NOTEBOOKS = {
    "chalicelib.verification.services.nightly._Progress",
    "chalicelib.backups.services.backing_up._Reading",
    "chalicelib.importing.services.references.References",
}


def _classes() -> Iterator[type]:
    """Every class that a module of services makes."""
    for module in pkgutil.walk_packages(chalicelib.__path__, "chalicelib."):
        if ".services." in module.name and not module.ispkg:
            found = importlib.import_module(module.name)
            yield from (
                c for _, c in inspect.getmembers(found, inspect.isclass) if c.__module__ == module.name
            )


def _is_use_case(found: type) -> bool:
    stands_behind_a_port = any(getattr(base, "_is_protocol", False) for base in found.__mro__)
    return not (issubclass(found, Enum | BaseException) or stands_behind_a_port or _name(found) in _NOTEBOOKS)


def _name(found: type) -> str:
    return f"{found.__module__}.{found.__qualname__}"


USE_CASES = [found for found in _classes() if _is_use_case(found)]


@pytest.mark.parametrize("found", USE_CASES, ids=_name)
def test_a_use_case_is_a_frozen_dataclass(found: type) -> None:
    assert is_dataclass(found)
    assert found.__dataclass_params__.frozen  # type: ignore[attr-defined]


def test_all_of_them_are_looked_at() -> None:
    names = {_name(found) for found in USE_CASES}
    assert len(names) > 50
    assert {
        "chalicelib.documents.services.receipts.Receipts",
        "chalicelib.identity.services.signing_in.SigningIn",
        "chalicelib.payments.services.paying.Paying",
    } <= names
    assert {_name(found) for found in _classes()} >= _NOTEBOOKS
