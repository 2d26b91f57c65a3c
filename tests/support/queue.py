"""A queue in memory; may refuse."""

from collections.abc import Callable, Mapping, Sequence

from chalicelib.kernel.outside import Busy
from chalicelib.platform.ports import BatchQueue, MailQueue


class FakeQueue(MailQueue):
    def __init__(self) -> None:
        self.sent: list[dict[str, str]] = []
        self.later: list[tuple[dict[str, str], int, int]] = []  # with its least and most seconds
        self.down = False

    def send(self, message: Mapping[str, str]) -> None:
        if self.down:
            raise Busy("queue")
        self.sent.append(dict(message))

    def send_all(self, messages: Sequence[Mapping[str, str]]) -> None:
        assert 1 <= len(messages) <= 10, "SQS takes ten at a time"
        for message in messages:
            self.send(message)

    def send_later(self, message: Mapping[str, str], *, least: int, most: int) -> None:
        assert 0 <= least <= most <= 900, "SQS delays for a quarter of an hour at most"
        if self.down:
            raise Busy("queue")
        self.later.append((dict(message), least, most))

    def waiting(self) -> int:
        return len(self.sent) + len(self.later)


class InlineQueue(BatchQueue):
    """Whose worker takes each message at once, in the sender's own call."""

    def __init__(self, work: Callable[[Mapping[str, str]], object]) -> None:
        self.work = work

    def send(self, message: Mapping[str, str]) -> None:
        self.work(message)

    def send_all(self, messages: Sequence[Mapping[str, str]]) -> None:
        for message in messages:
            self.work(message)
