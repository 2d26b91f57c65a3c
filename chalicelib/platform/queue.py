"""SQS queues: one message, one task."""

import json
import random
from collections.abc import Mapping, Sequence

from botocore.config import Config

from chalicelib.kernel.outside import Busy
from chalicelib.platform.aws import LazyClient, told_as_busy
from chalicelib.platform.ports import MailQueue

_COUNTS = (
    "ApproximateNumberOfMessages", "ApproximateNumberOfMessagesNotVisible",
    "ApproximateNumberOfMessagesDelayed",
)  # fmt: skip
_CONFIG = Config(connect_timeout=2, read_timeout=5, retries={"mode": "standard", "max_attempts": 3})


class SqsQueue(MailQueue):
    def __init__(self, url: str, *, region: str) -> None:
        self._url = url
        self._client = LazyClient("sqs", region=region, config=_CONFIG)

    def send(self, message: Mapping[str, str]) -> None:
        with told_as_busy("sqs"):
            self._client().send_message(QueueUrl=self._url, MessageBody=json.dumps(dict(message)))

    def send_all(self, messages: Sequence[Mapping[str, str]]) -> None:
        """SQS may take some and refuse others; then all are to be sent again."""
        entries = [
            {"Id": str(place), "MessageBody": json.dumps(dict(message))}
            for place, message in enumerate(messages)
        ]
        with told_as_busy("sqs"):
            answer = self._client().send_message_batch(QueueUrl=self._url, Entries=entries)
        if answer.get("Failed"):
            raise Busy(f"sqs {answer['Failed'][0]['Code']}")

    def send_later(self, message: Mapping[str, str], *, least: int, most: int) -> None:
        delay = random.randint(least, most)  # noqa: S311 - so that those that wait do not come back in step
        with told_as_busy("sqs"):
            self._client().send_message(
                QueueUrl=self._url, MessageBody=json.dumps(dict(message)), DelaySeconds=delay
            )

    def waiting(self) -> int:
        with told_as_busy("sqs"):
            told = self._client().get_queue_attributes(QueueUrl=self._url, AttributeNames=list(_COUNTS))
        return sum(int(told["Attributes"].get(name, 0)) for name in _COUNTS)
