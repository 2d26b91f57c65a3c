"""SQS and SES in this process, as far as asked. Delivery is the world's: at least once, in any order."""

from collections.abc import Callable, Mapping
from typing import Any

from tests.soak.expressions import Unknown

MAX_RECEIVES = 8  # as sandbox.resources and infra make the queues


class Queues:
    """`deliver` is told of every message: queue URL, body, and how often it was received before."""

    def __init__(self, deliver: Callable[[str, str, int], None]) -> None:
        self._deliver = deliver
        self.sent = 0
        self.dead: list[tuple[str, str]] = []

    def call(self, operation: str, asked: Mapping[str, Any]) -> dict[str, Any]:
        if operation == "SendMessageBatch" and asked.keys() == {"QueueUrl", "Entries"}:
            for entry in asked["Entries"]:
                self.call("SendMessage", {"QueueUrl": asked["QueueUrl"], "MessageBody": entry["MessageBody"]})
            return {"Successful": []}
        if operation != "SendMessage" or asked.keys() != {"QueueUrl", "MessageBody"}:
            raise Unknown(f"{operation} {sorted(asked)}")
        self.sent += 1
        self._deliver(asked["QueueUrl"], asked["MessageBody"], 0)
        return {"MessageId": f"message-{self.sent}"}

    def came_back(self, queue: str, body: str, receives: int) -> None:
        """Its worker failed or died: it is delivered again, or laid with the dead letters."""
        if receives >= MAX_RECEIVES:
            self.dead.append((queue, body))
        else:
            self._deliver(queue, body, receives)


class MailAccount:
    """SES in this process, as far as its account is looked at: it has room, and nobody has paused it."""

    def call(self, operation: str, asked: Mapping[str, Any]) -> dict[str, Any]:
        if operation != "GetAccount" or asked:
            raise Unknown(f"{operation} {sorted(asked)}")
        quota = {"Max24HourSend": 50_000.0, "SentLast24Hours": 0.0, "MaxSendRate": 14.0}
        return {"SendQuota": quota, "SendingEnabled": True, "EnforcementStatus": "HEALTHY"}
