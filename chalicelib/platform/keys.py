"""Secrets from SSM Parameter Store, kept in memory for five minutes: the deployment's key, and each
practice's credentials at its processors.
"""

import hashlib
import hmac
import json
import time
from collections.abc import Callable, Mapping
from typing import Any

from botocore.config import Config
from botocore.exceptions import ClientError

from chalicelib.platform.aws import LazyClient, code_of, told_as_busy
from chalicelib.platform.ports import Keys

CACHE_SECONDS = 300
ABSENT_SECONDS = 5
_CONFIG = Config(connect_timeout=2, read_timeout=3, retries={"mode": "standard", "max_attempts": 3})


class Parameters:
    """The SecureString parameters under one prefix. Safe to share between threads."""

    def __init__(self, prefix: str, *, region: str, seconds: Callable[[], float] = time.monotonic) -> None:
        self._prefix = prefix
        self._client = LazyClient("ssm", region=region, config=_CONFIG)
        self._seconds = seconds
        self._kept: dict[str, tuple[float, str | None]] = {}

    def read(self, name: str) -> str | None:
        """The value of `<prefix>/<name>`, at most five minutes old; None when there is none. Error: Busy.

        Absence is kept for seconds only, so that a practice can pay once it is connected; but it is kept:
        anybody may send webhooks to a practice without keys, and the store takes 40 questions a second.
        """
        kept = self._kept.get(name)
        if kept and self._seconds() - kept[0] < (ABSENT_SECONDS if kept[1] is None else CACHE_SECONDS):
            return kept[1]
        value = self._fetch(name)
        self._kept[name] = (self._seconds(), value)
        return value

    def write(self, name: str, value: str) -> None:
        """Keep `value`, replacing the one there is. Others see it within five minutes. Error: Busy."""
        self._call("put_parameter", name, Value=value, Type="SecureString", Overwrite=True)
        self._kept[name] = (self._seconds(), value)

    def _fetch(self, name: str) -> str | None:
        try:
            answer = self._call("get_parameter", name, WithDecryption=True)
        except KeyError:
            return None
        value: str = answer["Parameter"]["Value"]
        return value

    def _call(self, operation: str, name: str, **arguments: object) -> Any:
        """KeyError when there is no such parameter."""
        with told_as_busy("ssm"):
            try:
                return getattr(self._client(), operation)(Name=f"{self._prefix}/{name}", **arguments)
            except ClientError as error:
                if code_of(error) == "ParameterNotFound":
                    raise KeyError(name) from error
                raise


class HmacKeys(Keys):
    """HMAC-SHA-256 under `<prefix>/app-key` (64 hex digits)."""

    def __init__(self, parameters: Parameters) -> None:
        self._parameters = parameters

    def keyed_hash(self, purpose: str, text: str) -> str:
        # A key for each purpose: no choice of text can make one purpose's hash another's.
        key = hmac.digest(self._app_key(), purpose.encode(), hashlib.sha256)
        return hmac.new(key, text.encode(), hashlib.sha256).hexdigest()

    def lookup_hash(self, purpose: str, text: str) -> str:
        return self.keyed_hash(f"lookup {purpose}", text)

    def _app_key(self) -> bytes:
        value = self._parameters.read("app-key")
        if value is None:
            raise RuntimeError("the parameter app-key is missing: this deployment was not set up")
        return bytes.fromhex(value)


class ProcessorCredentials:
    """Each practice's own keys at a processor, as JSON in `<prefix>/practices/<practice>/<processor>`."""

    def __init__(self, parameters: Parameters) -> None:
        self._parameters = parameters

    def of(self, practice: str, processor: str) -> Mapping[str, Any] | None:
        """None while the practice has not connected the processor. Error: Busy."""
        text = self._parameters.read(f"practices/{practice}/{processor}")
        if text is None:
            return None
        credentials: dict[str, Any] = json.loads(text)
        return credentials

    def save(self, practice: str, processor: str, credentials: Mapping[str, Any]) -> None:
        """Connect the processor, or replace its keys. Error: Busy."""
        self._parameters.write(f"practices/{practice}/{processor}", json.dumps(credentials))
