"""Documents in S3: private, written once, read by links that live a minute."""

import unicodedata
from collections.abc import Iterator
from urllib.parse import quote

from botocore.config import Config
from botocore.exceptions import ClientError

from chalicelib.documents.ports.documents import Files
from chalicelib.kernel.errors import NotFound
from chalicelib.platform.aws import LazyClient, code_of, practice_key, told_as_busy

# Signature 4 is the one that regions and KMS take; a put is safe to repeat, so botocore may.
_CONFIG = Config(
    signature_version="s3v4",
    connect_timeout=2,
    read_timeout=10,
    retries={"mode": "standard", "max_attempts": 3},
)
# Without the right to list a bucket, what is not there is answered as forbidden.
_ABSENT = frozenset({"404", "403", "NoSuchKey", "AccessDenied"})
_FOR_GOOD = "practices"
_CONTENT_TYPES = {"pdf": "application/pdf", "zip": "application/zip"}


class S3Files(Files):
    """A practice's files live under `<root>/<practice>/`; safe to share between threads. What is not kept for
    good has a root of its own, by which the bucket deletes it so long after it was put."""

    def __init__(self, bucket: str, *, region: str, root: str = _FOR_GOOD) -> None:
        self._bucket = bucket
        self._root = root
        self._client = LazyClient("s3", region=region, config=_CONFIG)

    def _key(self, practice: str, key: str) -> str:
        return practice_key(practice, key, root=self._root)

    def put(self, practice: str, key: str, content: bytes, *, content_type: str) -> None:
        """The first bytes under a key stay: putting again changes nothing, but where files are not kept for
        good: there it is put anew, and is deleted so much later. Error: Busy."""
        once = {"IfNoneMatch": "*"} if self._root == _FOR_GOOD else {}
        with told_as_busy("s3"):
            try:
                self._client().put_object(
                    Bucket=self._bucket,
                    Key=self._key(practice, key),
                    Body=content,
                    ContentType=content_type,
                    **once,
                )
            except ClientError as error:
                if code_of(error) != "PreconditionFailed":
                    raise

    def get(self, practice: str, key: str) -> bytes:
        with told_as_busy("s3"):
            try:
                found = self._client().get_object(Bucket=self._bucket, Key=self._key(practice, key))
            except ClientError as error:
                if code_of(error) in _ABSENT:
                    raise NotFound("document_not_found") from error
                raise
            content: bytes = found["Body"].read()
        return content

    def has(self, practice: str, key: str) -> bool:
        with told_as_busy("s3"):
            try:
                self._client().head_object(Bucket=self._bucket, Key=self._key(practice, key))
            except ClientError as error:
                if code_of(error) in _ABSENT:
                    return False
                raise
        return True

    def keys(self, practice: str, *, under: str = "") -> Iterator[str]:
        folder = self._key(practice, "")
        with told_as_busy("s3"):
            pages = self._client().get_paginator("list_objects_v2")
            for page in pages.paginate(Bucket=self._bucket, Prefix=folder + under):
                yield from (found["Key"].removeprefix(folder) for found in page.get("Contents", ()))

    def url(self, practice: str, key: str, *, filename: str, inline: bool, seconds: int = 60) -> str:
        """Signing asks nobody: whether the file is there is not checked. Error: Busy (no credentials)."""
        answer_as = {
            "ResponseContentDisposition": _disposition(filename, inline=inline),
            "ResponseContentType": _CONTENT_TYPES.get(key.rsplit(".", 1)[-1], "application/octet-stream"),
            "ResponseCacheControl": "private, no-store",
        }
        where = {"Bucket": self._bucket, "Key": self._key(practice, key)}
        with told_as_busy("s3"):
            link: str = self._client().generate_presigned_url(
                "get_object", Params={**where, **answer_as}, ExpiresIn=seconds
            )
        return link


def _disposition(filename: str, *, inline: bool) -> str:
    """Both forms of the name (RFC 6266): plain ASCII for all, and the exact one in RFC 5987's form."""
    kind = "inline" if inline else "attachment"
    plain = unicodedata.normalize("NFKD", filename).encode("ascii", "ignore").decode()
    plain = "".join(letter if letter.isalnum() or letter in "._- " else "_" for letter in plain)
    return f"{kind}; filename=\"{plain}\"; filename*=UTF-8''{quote(filename, safe='')}"
