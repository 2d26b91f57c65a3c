"""A queue in memory; may refuse."""

from collections.abc import Mapping, Sequence

from chalicelib.kernel.outside import Busy
from chalicelib.platform.ports import BatchQueue


class FakeQueue(BatchQueue):
    def __init__(self) -> None:
        self.sent: list[dict[str, str]] = []
        self.down = False

    def send(self, message: Mapping[str, str]) -> None:
        if self.down:
            raise Busy("queue")
        self.sent.append(dict(message))

    def send_all(self, messages: Sequence[Mapping[str, str]]) -> None:
        assert 1 <= len(messages) <= 10, "SQS takes ten at a time"
        for message in messages:
            self.send(message)
