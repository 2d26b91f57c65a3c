"""Anchors in S3: an object a practice and day, in a bucket of their own under object lock."""

import threading
from typing import Any

import botocore.session
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError

from chalicelib.services.ports import Anchors, Busy

_CONFIG = Config(
    signature_version="s3v4",
    connect_timeout=2,
    read_timeout=20,
    retries={"mode": "standard", "max_attempts": 3},
)
_SUFFIX = ".jsonl"


class S3Anchors(Anchors):
    """Keys are practices/<practice>/<YYYY-MM-DD>.jsonl, so that the last by name is the latest."""

    def __init__(self, bucket: str, *, region: str) -> None:
        self._bucket = bucket
        self._region = region
        self._lock = threading.Lock()
        self._made: Any = None

    def put(self, practice: str, day: str, content: bytes) -> None:
        # Object lock wants a checksum with every put; the bucket's own rule sets how long it is kept.
        try:
            self._client().put_object(
                Bucket=self._bucket, Key=f"{_folder(practice)}{day}{_SUFFIX}", Body=content,
                ContentType="application/jsonl", IfNoneMatch="*", ChecksumAlgorithm="SHA256",
            )  # fmt: skip
        except ClientError as error:
            if error.response["Error"]["Code"] != "PreconditionFailed":
                raise Busy(f"s3 {error.response['Error']['Code']}") from error
        except BotoCoreError as error:
            raise Busy(f"s3 {type(error).__name__}") from error

    def latest(self, practice: str) -> tuple[str, bytes] | None:
        try:
            last = self._last_key(practice)
            if not last:
                return None
            body: bytes = self._client().get_object(Bucket=self._bucket, Key=last)["Body"].read()
        except ClientError as error:
            raise Busy(f"s3 {error.response['Error']['Code']}") from error
        except BotoCoreError as error:
            raise Busy(f"s3 {type(error).__name__}") from error
        return last.removeprefix(_folder(practice)).removesuffix(_SUFFIX), body

    def _last_key(self, practice: str) -> str:
        """A page is a thousand: three years of anchors."""
        asked = {"Bucket": self._bucket, "Prefix": _folder(practice)}
        last, more = "", True
        while more:
            page = self._client().list_objects_v2(**asked, **({"StartAfter": last} if last else {}))
            last = max([last, *(row["Key"] for row in page.get("Contents", ()))])
            more = page["IsTruncated"]
        return last

    def _client(self) -> Any:
        with self._lock:
            if self._made is None:
                session = botocore.session.get_session()
                self._made = session.create_client("s3", region_name=self._region, config=_CONFIG)
            return self._made


def _folder(practice: str) -> str:
    if not practice or "/" in practice:
        raise ValueError("a practice's id is one part of a key")
    return f"practices/{practice}/"
