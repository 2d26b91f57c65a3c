"""What every adapter of an AWS service shares: a client made when first needed, and errors told as Busy."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import botocore.session
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError

from chalicelib.kernel.outside import Busy


class LazyClient:
    """`client()` is botocore's. A request that asks nothing of a service does not pay for its client.

    Safe to share between threads.
    """

    def __init__(self, service: str, *, region: str, config: Config) -> None:
        self._service = service
        self._region = region
        self._config = config
        self._lock = threading.Lock()
        self._made: Any = None

    def __call__(self) -> Any:
        with self._lock:
            if self._made is None:
                session = botocore.session.get_session()
                self._made = session.create_client(
                    self._service, region_name=self._region, config=self._config
                )
            return self._made


@contextmanager
def told_as_busy(service: str) -> Iterator[None]:
    """Whatever the service or the way to it says, the caller may try again later. Error: Busy."""
    try:
        yield
    except ClientError as error:
        raise Busy(f"{service} {code_of(error)}") from error
    except BotoCoreError as error:
        raise Busy(f"{service} {type(error).__name__}") from error


def code_of(error: ClientError) -> str:
    """The service's own code, such as `NoSuchKey`."""
    code: str = error.response["Error"]["Code"]
    return code


def practice_key(practice: str, name: str, *, root: str = "practices") -> str:
    """Where a practice's object lies in S3: no practice reaches into another's folder."""
    if not practice or "/" in practice:
        raise ValueError("a practice's id is one part of a key")
    return f"{root}/{practice}/{name}"
