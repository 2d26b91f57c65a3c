"""How a folder's files are read: `import.toml`, which says what `billfold import`'s options say. One stays
with the folder's settings, another may lie beside a week's files and has the last word on what it names."""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, TypeVar

from chalicelib.importing.domain.mapping.systems import SYSTEMS
from chalicelib.importing.domain.problems import Problem, shown
from chalicelib.importing.domain.tables.choices import NO_CHOICES, Choices, DateOrder, DecimalSign

SETTINGS = "import.toml"
RULES = ".toml"  # settings and maps: never rows
T = TypeVar("T")
KINDS: Mapping[str, type] = {
    "from": str, "map": str, "as_of": str, "clinician": str, "names": str, "compare": str, "dates": str,
    "decimals": str, "sheet": str, "header": int, "add_clients": bool, "shared_emails": bool,
    "confirm_repeats": bool, "accept_changes": bool, "restore_addresses": bool, "online_recorded": bool,
}  # fmt: skip
_CHOICES: Mapping[str, tuple[str, ...]] = {
    "from": tuple(sorted(SYSTEMS)), "dates": tuple(DateOrder), "decimals": tuple(DecimalSign),
}  # fmt: skip
_MAPS = frozenset({"from", "map"})
# Each answers what was asked of one week's files. In settings that stay it would answer for every later week,
# too, before anybody was asked.
ANSWERS = ("confirm_repeats", "accept_changes", "restore_addresses")
# They would do nothing without one: what own files say otherwise the press itself agrees to, so that, unlike
# the option, accept_changes is among them.
_NEED_MAP = (
    "as_of",
    "clinician",
    "names",
    "add_clients",
    "confirm_repeats",
    "accept_changes",
    "online_recorded",
)


class BadSettings(Exception):
    """All that is wrong with them."""

    def __init__(self, problems: tuple[Problem, ...]) -> None:
        super().__init__(problems[0].code)
        self.problems = problems


@dataclass(frozen=True, slots=True)
class DropSettings:
    """`map`, `names` and `compare` are names of files beside them. Without `system` and `map` the files are
    in the own formats."""

    system: str = ""
    map: str = ""
    as_of: str = ""
    clinician: str = ""
    names: str = ""
    compare: str = ""
    choices: Choices = NO_CHOICES
    add_clients: bool = False
    shared_emails: bool = False
    confirm_repeats: bool = False
    accept_changes: bool = False
    restore_addresses: bool = False
    online_recorded: bool = False


def parse_settings(kept: str, beside: str = "") -> DropSettings:
    """Those that stay, and those that lie beside the files: these add to the others, and replace what they
    name. Error: BadSettings."""
    stays, given = _loaded(kept), _loaded(beside)
    answered = tuple(
        Problem(SETTINGS, 0, name, "setting_beside_files")
        for name in ANSWERS
        if stays.get(name) and name not in given
    )
    if answered:
        raise BadSettings(answered)
    if given.keys() & _MAPS:
        stays = {key: value for key, value in stays.items() if key not in _MAPS}
    found = {**stays, **given}
    if problems := _together(found):
        raise BadSettings(problems)
    choices = Choices(
        DateOrder(found["dates"]) if "dates" in found else None,
        DecimalSign(found["decimals"]) if "decimals" in found else None,
        found.get("header"), found.get("sheet", ""),
    )  # fmt: skip
    others = "map", "compare", "restore_addresses", "shared_emails"
    alike = {key: found[key] for key in (*_NEED_MAP, *others) if key in found}
    return DropSettings(system=found.get("from", ""), choices=choices, **alike)


def _loaded(text: str) -> dict[str, Any]:
    try:
        found = tomllib.loads(text)
    except (
        ValueError,
        RecursionError,
    ):  # TOML's own, and Python's of numbers and depths that it does not hold
        raise BadSettings((Problem(SETTINGS, 0, "", "settings_not_toml"),)) from None
    problems = tuple(problem for key, value in found.items() for problem in _wrong(key, value))
    if problems:
        raise BadSettings(problems)
    return found


def _wrong(key: str, value: object) -> list[Problem]:
    kind = KINDS.get(key)
    if kind is None:
        return [Problem(SETTINGS, 0, shown(key), "setting_unknown", {"known": ", ".join(sorted(KINDS))})]
    if not isinstance(value, kind) or (isinstance(value, bool) and kind is not bool):
        return [Problem(SETTINGS, 0, key, "setting_value", {"wanted": _WANTED[kind]})]
    if key in _CHOICES and value not in _CHOICES[key]:
        return [Problem(SETTINGS, 0, key, "setting_value", {"wanted": ", ".join(_CHOICES[key])})]
    if key == "as_of" and not _is_day(str(value)):
        return [Problem(SETTINGS, 0, key, "setting_value", {"wanted": '"2026-03-31"'})]
    return []


_WANTED: Mapping[type, str] = {str: '"…"', int: "1, 2, 3 …", bool: "true, false"}


def _together(found: Mapping[str, object]) -> tuple[Problem, ...]:
    if "from" in found and "map" in found:
        return (Problem(SETTINGS, 0, "map", "settings_two_maps"),)
    if "from" in found or "map" in found:
        return ()
    return tuple(Problem(SETTINGS, 0, key, "setting_needs_map") for key in _NEED_MAP if key in found)


def _is_day(text: str) -> bool:
    try:
        return date.fromisoformat(text).isoformat() == text
    except ValueError:
        return False
