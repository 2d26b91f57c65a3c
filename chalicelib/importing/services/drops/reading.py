"""A drop's files and settings as a request to import."""

from collections.abc import Mapping, Sequence

from chalicelib.importing.domain.drops.drop import DropFile, unreadable_names
from chalicelib.importing.domain.drops.settings import (
    RULES,
    SETTINGS,
    BadSettings,
    DropSettings,
    parse_settings,
)
from chalicelib.importing.domain.mapping.map_text import BadMap, read_map
from chalicelib.importing.domain.mapping.maps import ExportMap
from chalicelib.importing.domain.mapping.names import said_names
from chalicelib.importing.domain.mapping.systems import system_map
from chalicelib.importing.domain.problems import Problem, shown
from chalicelib.importing.domain.tables.table import Unreadable
from chalicelib.importing.domain.tables.texts import rules_text
from chalicelib.importing.services.importer import Source
from chalicelib.importing.services.mapping import Said
from chalicelib.importing.services.requests import Request, named_pairs


class NotReady(Exception):
    """What has to be put right before the files can be read at all."""

    def __init__(self, problems: Sequence[Problem]) -> None:
        super().__init__(problems[0].code)
        self.problems = tuple(problems)


def request_of(read: Mapping[DropFile, bytes]) -> Request:
    """A file that lies with the drop goes before one of the same name among the folder's settings.
    Error: NotReady."""
    if unreadable := unreadable_names(read):
        raise NotReady(unreadable)
    in_order = sorted(read, key=lambda file: not file.setting)
    by_name = {file.name: read[file] for file in in_order}
    try:
        settings = parse_settings(*_settings(read))
        _check_files(settings, by_name)
        by = _map_of(settings, by_name)
    except (BadSettings, BadMap) as bad:
        raise NotReady(bad.problems) from None
    beside = {settings.map, settings.names, settings.compare}
    sources = [
        Source(file.name, read[file])
        for file in sorted(read, key=lambda file: file.name)
        if not (file.setting or file.name.endswith(RULES) or file.name in beside)
    ]
    if not sources:
        raise NotReady([Problem("", 0, "", "drop_empty")])
    compare = Source(settings.compare, by_name[settings.compare]) if settings.compare else None
    said = _said(settings, by_name)
    return Request(sources, by, said, compare, restore_addresses=settings.restore_addresses)


def _settings(read: Mapping[DropFile, bytes]) -> tuple[str, str]:
    """What stays, and what lies beside the files."""
    found = {file.setting: rules_text(content) for file, content in read.items() if file.name == SETTINGS}
    return found.get(True, ""), found.get(False, "")


def _check_files(settings: DropSettings, by_name: Mapping[str, bytes]) -> None:
    named = {"map": settings.map, "names": settings.names, "compare": settings.compare}
    missing = [
        Problem(SETTINGS, 0, key, "setting_file_missing", {"value": shown(name)})
        for key, name in named.items()
        if name and name not in by_name
    ]
    if missing:
        raise BadSettings(tuple(missing))


def _map_of(settings: DropSettings, by_name: Mapping[str, bytes]) -> ExportMap | None:
    if settings.system:
        return system_map(settings.system)
    return read_map(settings.map, by_name[settings.map]) if settings.map else None


def _said(settings: DropSettings, by_name: Mapping[str, bytes]) -> Said:
    try:
        pairs = named_pairs(Source(settings.names, by_name[settings.names])) if settings.names else []
    except Unreadable as error:
        raise NotReady([error.problem(settings.names)]) from None
    return Said(
        settings.choices, settings.as_of, settings.clinician, said_names(pairs),
        settings.add_clients, settings.shared_emails, settings.confirm_repeats, settings.accept_changes,
        settings.online_recorded,
    )  # fmt: skip
