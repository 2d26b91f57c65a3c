"""SQS queues: one message, one task."""

import json
from collections.abc import Mapping, Sequence
from typing import Any

import botocore.session
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError

from chalicelib.services.ports import BatchQueue, Busy

_CONFIG = Config(connect_timeout=2, read_timeout=5, retries={"mode": "standard", "max_attempts": 3})


class SqsQueue(BatchQueue):
    def __init__(self, url: str, *, region: str) -> None:
        self._url = url
        self._region = region
        self._made: Any = None

    def send(self, message: Mapping[str, str]) -> None:
        try:
            self._client().send_message(QueueUrl=self._url, MessageBody=json.dumps(dict(message)))
        except (BotoCoreError, ClientError) as error:
            raise Busy(type(error).__name__) from error

    def send_all(self, messages: Sequence[Mapping[str, str]]) -> None:
        """SQS may take some and refuse others; then all are to be sent again."""
        entries = [
            {"Id": str(place), "MessageBody": json.dumps(dict(message))}
            for place, message in enumerate(messages)
        ]
        try:
            answer = self._client().send_message_batch(QueueUrl=self._url, Entries=entries)
        except (BotoCoreError, ClientError) as error:
            raise Busy(type(error).__name__) from error
        if answer.get("Failed"):
            raise Busy(f"sqs {answer['Failed'][0]['Code']}")

    def _client(self) -> Any:
        if self._made is None:
            session = botocore.session.get_session()
            self._made = session.create_client("sqs", region_name=self._region, config=_CONFIG)
        return self._made
