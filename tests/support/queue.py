"""A queue in memory; may refuse."""

from collections.abc import Mapping

from chalicelib.services.ports import Busy, Queue


class FakeQueue(Queue):
    def __init__(self) -> None:
        self.sent: list[dict[str, str]] = []
        self.down = False

    def send(self, message: Mapping[str, str]) -> None:
        if self.down:
            raise Busy("queue")
        self.sent.append(dict(message))
