"""Anchors in S3: an object a practice and day, and one for each part, in a bucket of their own under object
lock."""

from botocore.config import Config
from botocore.exceptions import ClientError

from chalicelib.kernel.outside import Conflict
from chalicelib.platform.aws import LazyClient, code_of, practice_key, told_as_busy
from chalicelib.verification.ports import Anchors

_CONFIG = Config(
    signature_version="s3v4",
    connect_timeout=2,
    read_timeout=20,
    retries={"mode": "standard", "max_attempts": 3},
)
_SUFFIX = ".jsonl"


class S3Anchors(Anchors):
    """Keys are practices/<practice>/<YYYY-MM-DD>.jsonl, so that the last by name is the latest; of parts,
    practices/<practice>/parts/<YYYY-MM-DD>/<number>.jsonl."""

    def __init__(self, bucket: str, *, region: str) -> None:
        self._bucket = bucket
        self._client = LazyClient("s3", region=region, config=_CONFIG)

    def put(self, practice: str, day: str, content: bytes) -> None:
        self._put(practice_key(practice, f"{day}{_SUFFIX}"), content)

    def put_part(self, practice: str, day: str, number: int, content: bytes) -> None:
        written = self._put(_part_key(practice, day, number), content)
        if not written and self.part(practice, day, number) != content:
            raise Conflict("another part stands there")

    def part(self, practice: str, day: str, number: int) -> bytes | None:
        with told_as_busy("s3"):
            try:
                return self._read(_part_key(practice, day, number))
            except ClientError as error:
                if code_of(error) != "NoSuchKey":
                    raise
                return None

    def _put(self, key: str, content: bytes) -> bool:
        """Whether nothing stood there."""
        # Object lock wants a checksum with every put; the bucket's own rule sets how long it is kept.
        with told_as_busy("s3"):
            try:
                self._client().put_object(
                    Bucket=self._bucket, Key=key, Body=content,
                    ContentType="application/jsonl", IfNoneMatch="*", ChecksumAlgorithm="SHA256",
                )  # fmt: skip
            except ClientError as error:
                if code_of(error) != "PreconditionFailed":
                    raise
                return False
        return True

    def latest(self, practice: str) -> tuple[str, bytes] | None:
        folder = practice_key(practice, "")
        with told_as_busy("s3"):
            last = self._last_key(folder)
            if not last:
                return None
            return last.removeprefix(folder).removesuffix(_SUFFIX), self._read(last)

    def _read(self, key: str) -> bytes:
        body: bytes = self._client().get_object(Bucket=self._bucket, Key=key)["Body"].read()
        return body

    def _last_key(self, folder: str) -> str:
        """A page is a thousand: three years of anchors."""
        asked = {"Bucket": self._bucket, "Prefix": folder, "Delimiter": "/"}  # without what is in folders
        last, more = "", True
        while more:
            page = self._client().list_objects_v2(**asked, **({"StartAfter": last} if last else {}))
            last = max([last, *(row["Key"] for row in page.get("Contents", ()))])
            more = page["IsTruncated"]
        return last


def _part_key(practice: str, day: str, number: int) -> str:
    return practice_key(practice, f"parts/{day}/{number:06d}{_SUFFIX}")
