"""Anchors in S3: an object a practice and day, in a bucket of their own under object lock."""

from botocore.config import Config
from botocore.exceptions import ClientError

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
    """Keys are practices/<practice>/<YYYY-MM-DD>.jsonl, so that the last by name is the latest."""

    def __init__(self, bucket: str, *, region: str) -> None:
        self._bucket = bucket
        self._client = LazyClient("s3", region=region, config=_CONFIG)

    def put(self, practice: str, day: str, content: bytes) -> None:
        # Object lock wants a checksum with every put; the bucket's own rule sets how long it is kept.
        with told_as_busy("s3"):
            try:
                self._client().put_object(
                    Bucket=self._bucket, Key=practice_key(practice, f"{day}{_SUFFIX}"), Body=content,
                    ContentType="application/jsonl", IfNoneMatch="*", ChecksumAlgorithm="SHA256",
                )  # fmt: skip
            except ClientError as error:
                if code_of(error) != "PreconditionFailed":
                    raise

    def latest(self, practice: str) -> tuple[str, bytes] | None:
        folder = practice_key(practice, "")
        with told_as_busy("s3"):
            last = self._last_key(folder)
            if not last:
                return None
            body: bytes = self._client().get_object(Bucket=self._bucket, Key=last)["Body"].read()
        return last.removeprefix(folder).removesuffix(_SUFFIX), body

    def _last_key(self, folder: str) -> str:
        """A page is a thousand: three years of anchors."""
        asked = {"Bucket": self._bucket, "Prefix": folder}
        last, more = "", True
        while more:
            page = self._client().list_objects_v2(**asked, **({"StartAfter": last} if last else {}))
            last = max([last, *(row["Key"] for row in page.get("Contents", ()))])
            more = page["IsTruncated"]
        return last
