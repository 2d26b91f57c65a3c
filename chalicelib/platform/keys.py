"""Secrets from SSM Parameter Store, kept in memory for five minutes: the deployment's keys, and each
practice's credentials at its processors.
"""

import hashlib
import hmac
import json
import re
import secrets
import time
from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from botocore.config import Config
from botocore.exceptions import ClientError

from chalicelib.kernel.errors import Invalid
from chalicelib.platform.aws import LazyClient, code_of, told_as_busy
from chalicelib.platform.ports import KeyRing, Keys

CACHE_SECONDS = 300
ABSENT_SECONDS = 5
KEY_BYTES = 32
TOKENS, LOOKUPS, NEXT_LOOKUPS = "token-key", "lookup-key", "lookup-key-next"
NONE = "none"  # a parameter cannot be empty
_LOOKUPS = re.compile(rf"[0-9a-f]{{{2 * KEY_BYTES}}}")
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
        return self.read_now(name)

    def read_now(self, name: str) -> str | None:
        """As `read`, but asked each time. Error: Busy."""
        value = self._fetch(name)
        self._kept[name] = (self._seconds(), value)
        return value

    def changed_at(self, name: str) -> datetime | None:
        """When `<prefix>/<name>` was written last; None where there is none. Asks each time. Error: Busy."""
        try:
            changed: datetime = self._call("get_parameter", name)["Parameter"]["LastModifiedDate"]
        except KeyError:
            return None
        return changed

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


class HmacKeys(Keys, KeyRing):
    """HMAC-SHA-256 under `<prefix>/lookup-key` (64 hex digits), and under `<prefix>/token-key`: versions, the
    newest first, each a number, a colon and 64 hex digits.

    `<prefix>/lookup-key-next` is there while the lookups' key changes: the new one and, once that is in
    force, since when. `none` is none.
    """

    def __init__(self, parameters: Parameters) -> None:
        self._parameters = parameters

    @property
    def versions(self) -> tuple[int, ...]:
        return tuple(self._tokens())

    def keyed_hash(self, purpose: str, text: str, *, version: int | None = None) -> str:
        keys = self._tokens()
        return _hash(keys[version] if version is not None else next(iter(keys.values())), purpose, text)

    def lookup_hash(self, purpose: str, text: str) -> str:
        return _hash(bytes.fromhex(self._needed(LOOKUPS)), purpose, text)

    def add_version(self) -> int:
        keys = self._tokens()
        made = max(keys) + 1
        self._write_tokens({made: secrets.token_bytes(KEY_BYTES), **keys})
        return made

    def drop_version(self, version: int) -> None:
        self._write_tokens({number: key for number, key in self._tokens().items() if number != version})

    def next_lookups(self) -> Keys:
        key = self._next()[0]
        if not key:
            key = secrets.token_hex(KEY_BYTES)
            self._parameters.write(NEXT_LOOKUPS, key)
        return _OtherLookups(self, bytes.fromhex(key))

    def lookups_under(self, key: str) -> Keys:
        if not _LOOKUPS.fullmatch(key):
            raise Invalid("key_malformed", "key")
        return _OtherLookups(self, bytes.fromhex(key))

    def publish_lookups(self, at: int) -> None:
        key, since = self._next()
        if not since:
            self._parameters.write(LOOKUPS, key)
            self._parameters.write(NEXT_LOOKUPS, f"{key} {at}")

    def lookups_published_at(self) -> int | None:
        since = self._next()[1]
        return int(since) if since else None

    def end_lookups(self) -> None:
        self._parameters.write(NEXT_LOOKUPS, NONE)

    def _next(self) -> tuple[str, str]:
        """The key that is to follow, and since when it is in force; "" for none."""
        text = self._parameters.read(NEXT_LOOKUPS) or NONE
        key, _, since = text.partition(" ")
        return ("", "") if text == NONE else (key, since)

    def _tokens(self) -> dict[int, bytes]:
        versions = (version.split(":") for version in self._needed(TOKENS).split())
        return {int(number): bytes.fromhex(key) for number, key in versions}

    def _write_tokens(self, keys: Mapping[int, bytes]) -> None:
        self._parameters.write(TOKENS, " ".join(f"{number}:{key.hex()}" for number, key in keys.items()))

    def _needed(self, name: str) -> str:
        value = self._parameters.read(name)
        if value is None:
            raise RuntimeError(f"the parameter {name} is missing: this deployment was not set up")
        return value


class _OtherLookups(Keys):
    """As the keys that are in force, but for the lookups' key."""

    def __init__(self, keys: Keys, lookups: bytes) -> None:
        self._keys = keys
        self._lookups = lookups

    @property
    def versions(self) -> tuple[int, ...]:
        return self._keys.versions

    def keyed_hash(self, purpose: str, text: str, *, version: int | None = None) -> str:
        return self._keys.keyed_hash(purpose, text, version=version)

    def lookup_hash(self, purpose: str, text: str) -> str:
        return _hash(self._lookups, purpose, text)


def _hash(secret: bytes, purpose: str, text: str) -> str:
    # A key for each purpose: no choice of text can make one purpose's hash another's.
    key = hmac.digest(secret, purpose.encode(), hashlib.sha256)
    return hmac.new(key, text.encode(), hashlib.sha256).hexdigest()


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
