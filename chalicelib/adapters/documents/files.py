"""Documents in S3: private, written once, read by links that live a minute."""

import threading
import unicodedata
from typing import Any
from urllib.parse import quote

import botocore.session
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError

from chalicelib.domain.errors import NotFound
from chalicelib.services.ports import Busy, Files

# Signature 4 is the one that regions and KMS take; a put is safe to repeat, so botocore may.
_CONFIG = Config(
    signature_version="s3v4",
    connect_timeout=2,
    read_timeout=10,
    retries={"mode": "standard", "max_attempts": 3},
)
_CONTENT_TYPES = {"pdf": "application/pdf"}


class S3Files(Files):
    """A practice's files live under `practices/<practice>/`; safe to share between threads."""

    def __init__(self, bucket: str, *, region: str) -> None:
        self._bucket = bucket
        self._region = region
        self._lock = threading.Lock()
        self._made: Any = None

    def put(self, practice: str, key: str, content: bytes, *, content_type: str) -> None:
        """The first bytes under a key stay: putting again changes nothing. Error: Busy."""
        try:
            self._client().put_object(
                Bucket=self._bucket,
                Key=_full(practice, key),
                Body=content,
                ContentType=content_type,
                IfNoneMatch="*",
            )
        except ClientError as error:
            if error.response["Error"]["Code"] == "PreconditionFailed":
                return
            raise Busy(f"s3 {error.response['Error']['Code']}") from error
        except BotoCoreError as error:
            raise Busy(f"s3 {type(error).__name__}") from error

    def get(self, practice: str, key: str) -> bytes:
        try:
            found = self._client().get_object(Bucket=self._bucket, Key=_full(practice, key))
            content: bytes = found["Body"].read()
        except ClientError as error:
            if error.response["Error"]["Code"] == "NoSuchKey":
                raise NotFound("document_not_found") from error
            raise Busy(f"s3 {error.response['Error']['Code']}") from error
        except BotoCoreError as error:
            raise Busy(f"s3 {type(error).__name__}") from error
        return content

    def url(self, practice: str, key: str, *, filename: str, inline: bool, seconds: int = 60) -> str:
        """Signing asks nobody: whether the file is there is not checked. Error: Busy (no credentials)."""
        answer_as = {
            "ResponseContentDisposition": _disposition(filename, inline=inline),
            "ResponseContentType": _CONTENT_TYPES.get(key.rsplit(".", 1)[-1], "application/octet-stream"),
            "ResponseCacheControl": "private, no-store",
        }
        where = {"Bucket": self._bucket, "Key": _full(practice, key)}
        try:
            link: str = self._client().generate_presigned_url(
                "get_object", Params={**where, **answer_as}, ExpiresIn=seconds
            )
        except BotoCoreError as error:
            raise Busy(f"s3 {type(error).__name__}") from error
        return link

    def _client(self) -> Any:
        """Made when first needed: a request without a document does not pay for it."""
        with self._lock:
            if self._made is None:
                session = botocore.session.get_session()
                self._made = session.create_client("s3", region_name=self._region, config=_CONFIG)
            return self._made


def _full(practice: str, key: str) -> str:
    if not practice or "/" in practice:
        raise ValueError("a practice's id is one part of a key")
    return f"practices/{practice}/{key}"


def _disposition(filename: str, *, inline: bool) -> str:
    """Both forms of the name (RFC 6266): plain ASCII for all, and the exact one in RFC 5987's form."""
    kind = "inline" if inline else "attachment"
    plain = unicodedata.normalize("NFKD", filename).encode("ascii", "ignore").decode()
    plain = "".join(letter if letter.isalnum() or letter in "._- " else "_" for letter in plain)
    return f"{kind}; filename=\"{plain}\"; filename*=UTF-8''{quote(filename, safe='')}"
