"""Anchors in memory: the first of a day stays."""

from chalicelib.verification.ports import Anchors


class MemoryAnchors(Anchors):
    def __init__(self) -> None:
        self.held: dict[tuple[str, str], bytes] = {}

    def put(self, practice: str, day: str, content: bytes) -> None:
        self.held.setdefault((practice, day), content)

    def latest(self, practice: str) -> tuple[str, bytes] | None:
        days = [day for of, day in self.held if of == practice]
        return (max(days), self.held[practice, max(days)]) if days else None
