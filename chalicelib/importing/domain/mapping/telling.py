"""What was made of an export, counted: said before the first write."""

from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Told:
    """The words for `code` are in words/cli/mapping.py; `count` of rows, the first of them `row`."""

    file: str
    column: str
    code: str
    count: int
    row: int
    details: dict[str, object] = field(default_factory=dict)


@dataclass(slots=True)
class _Counted:
    count: int
    row: int
    last: int
    details: dict[str, object]


@dataclass
class Tally:
    _found: dict[tuple[str, str, str, tuple[object, ...]], _Counted] = field(default_factory=dict)

    def add(self, file: str, column: str, code: str, row: int, /, **details: object) -> None:
        """Rows of the same details are counted together, in whichever order they come; one of which several
        rows of ours are made is one."""
        key = (file, column, code, tuple(details.values()))
        known = self._found.get(key)
        if known is None:
            self._found[key] = _Counted(1, row, row, details)
        elif known.last != row:
            known.count += 1
            known.last = row
            known.row = min(known.row, row)

    @property
    def told(self) -> tuple[Told, ...]:
        return tuple(
            Told(file, column, code, found.count, found.row, found.details)
            for (file, column, code, _), found in self._found.items()
        )
