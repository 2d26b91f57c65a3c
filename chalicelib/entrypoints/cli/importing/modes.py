"""What `billfold import` does by its options, and which of them go with each: one that would do nothing there
is a mistake, and the whole command is refused."""

from argparse import Namespace
from collections.abc import Iterator, Mapping
from enum import StrEnum

from chalicelib.entrypoints.cli.output import Output
from chalicelib.words.cli.import_report import report_line


class Mode(StrEnum):
    """IMPORT is of files in the own formats, MAP of other systems' exports."""

    IMPORT = "import"
    MAP = "map"
    EXPLAIN = "explain"
    UNDO = "undo"
    DROPPED = "dropped"


_FILES = frozenset({Mode.IMPORT, Mode.MAP})
_LOOKED_AT = _FILES | {Mode.EXPLAIN}
_MAPPED = frozenset({Mode.MAP})
_PRESSED = _FILES | {Mode.DROPPED}
# By the names that argparse gives them.
OPTIONS: Mapping[str, frozenset[Mode]] = {
    **dict.fromkeys(("practice", "json", "language"), frozenset(Mode)),
    **dict.fromkeys(("files", "dates", "decimals", "header", "sheet"), _LOOKED_AT),
    **dict.fromkeys(("system", "map"), frozenset({Mode.MAP, Mode.EXPLAIN})),
    **dict.fromkeys(
        ("as_of", "clinician", "names", "add_clients", "confirm_repeats", "online_recorded"), _MAPPED
    ),
    **dict.fromkeys(("confirm_corrections", "accept_changes", "restore_addresses", "as_read"), _FILES),
    **dict.fromkeys(("shared_emails", "compare", "accept_differences"), _FILES),
    **dict.fromkeys(("take_over", "all"), _PRESSED),
    **dict.fromkeys(("explain", "write_map"), frozenset({Mode.EXPLAIN})),
    **dict.fromkeys(("dropped", "yes", "unseen"), frozenset({Mode.DROPPED})),
    "undo": frozenset({Mode.UNDO}),
    "dry_run": _PRESSED | {Mode.UNDO},
}
_WITH = {"accept_differences": "compare", "unseen": "yes"}
_SWITCH = {Mode.MAP: "--from, --map", **{mode: f"--{mode}" for mode in Mode if mode not in _FILES}}


def mode_of(options: Namespace) -> Mode:
    """An empty id is one that nothing has: it makes no import of files out of an undoing."""
    if options.dropped is not None:
        return Mode.DROPPED
    if options.undo is not None:
        return Mode.UNDO
    if options.explain:
        return Mode.EXPLAIN
    return Mode.MAP if is_mapped(options) else Mode.IMPORT


def is_mapped(options: Namespace) -> bool:
    return bool(options.system or options.map)


def fit(options: Namespace, mode: Mode, output: Output) -> bool:
    """Whether each option does something; of one that does not it is told which it is, and why."""
    for name in OPTIONS:
        if not _given(options, name):
            continue
        option = "FILE" if name == "files" else f"--{_written(name)}"
        if mode not in OPTIONS[name]:
            _complain(mode, name, option, output)
            return False
        if name in _WITH and not _given(options, _WITH[name]):
            text = report_line("option_alone", output.language, option=option, wanted=f"--{_WITH[name]}")
            output.complain("option_alone", text, option=option)
            return False
    return True


def _complain(mode: Mode, name: str, option: str, output: Output) -> None:
    if mode in _FILES:
        code, values = "option_alone", {"wanted": ", ".join(_wanted(name))}
    else:
        code, values = (
            "option_not_here",
            {"mode": _SWITCH[mode], "why": report_line(f"takes_{mode}", output.language)},
        )
    output.complain(code, report_line(code, output.language, option=option, **values), option=option)


def _wanted(name: str) -> Iterator[str]:
    return (_SWITCH[mode] for mode in Mode if mode in OPTIONS[name] and mode in _SWITCH)


def _given(options: Namespace, name: str) -> bool:
    value = getattr(options, name)
    return value is not False and value not in (None, "", [])


def _written(name: str) -> str:
    return "from" if name == "system" else name.replace("_", "-")
