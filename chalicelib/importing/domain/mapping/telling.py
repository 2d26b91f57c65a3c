"""What was made of an export, counted: said before the first write."""

from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Told:
    """The words for `code` are in chalicelib/words/mapping.py; `count` of rows, the first of them `row`."""

    file: str
    column: str
    code: str
    count: int
    row: int
    details: dict[str, object] = field(default_factory=dict)


@dataclass
class Tally:
    _found: dict[tuple[object, ...], Told] = field(default_factory=dict)

    def add(self, file: str, column: str, code: str, row: int, /, **details: object) -> None:
        """Rows of the same details are counted together."""
        key = (file, column, code, *details.values())
        known = self._found.get(key)
        count, first = (known.count + 1, known.row) if known else (1, row)
        self._found[key] = Told(file, column, code, count, first, details)

    @property
    def told(self) -> tuple[Told, ...]:
        return tuple(self._found.values())
