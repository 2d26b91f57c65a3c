"""One anchor of a practice, read a part at a time."""

from bisect import bisect_left
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

from chalicelib.verification.domain.anchors import Anchor, Head, Part, parse_part
from chalicelib.verification.ports import Anchors

# A part's number, and why it cannot be read.
Damaged = Callable[[int, str], None]


@dataclass(frozen=True)
class Anchored:
    """`anchor` is the practice's; of its parts two are in memory, those read last."""

    anchors: Anchors
    practice: str
    anchor: Anchor
    _held: dict[int, Part] = field(default_factory=dict, compare=False)

    def heads(
        self, *, after: str = "", first: int = 0, damaged: Damaged | None = None
    ) -> Iterator[tuple[int, Head]]:
        """In the order of their accounts' ids, those after `after`, each with the number of its part.
        `first`: the part to begin with. What cannot be read is told to `damaged` and left out. Error:
        ValueError without that."""
        yield from ((0, self.anchor.heads[id_]) for id_ in sorted(self.anchor.heads) if id_ > after)
        for number in range(first, self.anchor.parts):
            try:
                part = self.part(number)
            except ValueError as error:
                if damaged is None:
                    raise
                damaged(number, str(error))
                continue
            yield from ((number, head) for id_, head in sorted(part.heads.items()) if id_ > after)

    def head(self, account_id: str) -> Head | None:
        """Error: ValueError."""
        if not self.anchor.parts:
            return self.anchor.heads.get(account_id)
        numbers = range(self.anchor.parts)
        number = bisect_left(numbers, account_id, key=lambda number: self.part(number).to)
        return self.part(number).heads.get(account_id) if number in numbers else None

    def part(self, number: int) -> Part:
        """Error: ValueError: it is damaged, or not the one that the parts after it were written on."""
        found = self._read(number)
        if self._named_hash(number) not in ("", found.sha256):
            raise ValueError("not the part that was anchored")
        return found

    def _named_hash(self, number: int) -> str:
        """As the part after it, or the anchor, names it; "" where that part cannot be read, which is told
        when its turn comes."""
        following = number + 1
        try:
            return self._read(following).previous if following < self.anchor.parts else self.anchor.last
        except ValueError:
            return ""

    def _read(self, number: int) -> Part:
        if number not in self._held:
            content = self.anchors.part(self.practice, self.anchor.day, number)
            if content is None:
                raise ValueError("a part of the anchor is gone")
            found = parse_part(content, self.practice, self.anchor.day, number)
            for old in self._held.keys() - {number - 1}:
                del self._held[old]
            self._held[number] = found
        return self._held[number]
