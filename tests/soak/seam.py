"""Where botocore would go to the network: every AWS call of this process ends in `answer` instead."""

import contextlib
from collections.abc import Callable, Iterator, Mapping
from typing import Any
from unittest import mock

import botocore.client

Answer = Callable[[str, str, Mapping[str, Any]], dict[str, Any]]


class _NoIds:
    """PynamoDB makes a random id for each call, for listeners that nobody registered."""

    @staticmethod
    def uuid4() -> None:
        return None


@contextlib.contextmanager
def answering(answer: Answer) -> Iterator[None]:
    """`answer(service, operation, parameters)` stands for AWS for the length of a `with`."""
    real = botocore.client.BaseClient._make_api_call

    def call(self: Any, operation: str, asked: Mapping[str, Any]) -> dict[str, Any]:
        return answer(self.meta.service_model.service_name, operation, asked)

    botocore.client.BaseClient._make_api_call = call
    try:
        with mock.patch("pynamodb.connection.base.uuid", _NoIds):
            yield
    finally:
        botocore.client.BaseClient._make_api_call = real
