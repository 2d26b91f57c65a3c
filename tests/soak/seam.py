"""Where botocore would go to the network: every AWS call of this process ends in `answer` instead."""

import contextlib
from collections.abc import Callable, Iterator, Mapping
from typing import Any

import botocore.client

Answer = Callable[[str, str, Mapping[str, Any]], dict[str, Any]]


@contextlib.contextmanager
def answering(answer: Answer) -> Iterator[None]:
    """`answer(service, operation, parameters)` stands for AWS for the length of a `with`."""
    real = botocore.client.BaseClient._make_api_call

    def call(self: Any, operation: str, asked: Mapping[str, Any]) -> dict[str, Any]:
        return answer(self.meta.service_model.service_name, operation, asked)

    botocore.client.BaseClient._make_api_call = call
    try:
        yield
    finally:
        botocore.client.BaseClient._make_api_call = real
