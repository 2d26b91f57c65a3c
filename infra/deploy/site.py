"""The portal's built files into their bucket: those that others name first, then those that name them."""

import hashlib
from collections.abc import Mapping
from pathlib import Path

from infra import security_txt
from infra.deploy.aws import Aws

# As sandbox/static.py has it. Old assets stay: pages that are open still ask for them.
_FOREVER = "public, max-age=31536000, immutable"
_ASK_EVERY_TIME = "no-cache"


def upload(aws: Aws, files: Path, bucket: str, distribution: str, contact: Path | None) -> bool:
    """Returns whether there was anything new; then the CDN is told to forget what it has.

    `contact` is the security.txt; None: there is to be none.
    """
    target = f"s3://{bucket}"
    assets = ["s3", "sync", str(files / "assets"), f"{target}/assets", "--cache-control", _FOREVER]
    new = bool(aws.run(*assets, "--no-progress").strip())
    there = _listed(aws, bucket)
    for page in _changed_pages(files, there):
        copy = ["s3", "cp", str(files / page), f"{target}/{page}", "--cache-control", _ASK_EVERY_TIME]
        aws.run(*copy, "--no-progress")
        new = True
    new |= _keep_contact(aws, contact, target, there)
    if new:
        aws.run("cloudfront", "create-invalidation", "--distribution-id", distribution, "--paths", "/*")
    return new


def _keep_contact(aws: Aws, contact: Path | None, target: str, there: Mapping[str, str]) -> bool:
    """Returns whether another one is there now, or none any more."""
    kept = f"{target}/{security_txt.ADDRESS}"
    if contact is None:
        if security_txt.ADDRESS in there:
            aws.run("s3", "rm", kept)
        return security_txt.ADDRESS in there
    if there.get(security_txt.ADDRESS) == _etag(contact):
        return False
    kind = ["--content-type", security_txt.CONTENT_TYPE, "--cache-control", _ASK_EVERY_TIME]
    aws.run("s3", "cp", str(contact), kept, *kind, "--no-progress")
    return True


def _listed(aws: Aws, bucket: str) -> dict[str, str]:
    """The bucket's files, with the hashes of their bytes."""
    listed = aws.call("s3api", "list-objects-v2", Bucket=bucket).get("Contents", [])
    return {file["Key"]: file["ETag"].strip('"') for file in listed}


def _changed_pages(files: Path, there: Mapping[str, str]) -> list[str]:
    """Names of the files whose bytes are not in the bucket, of those whose names say nothing of their bytes.

    `sync` goes by size and date. The hashes in index.html leave its size as it is, and of two people who
    deploy the later one may have built first: the other's page would stay.
    """
    names = [path.relative_to(files).as_posix() for path in files.rglob("*") if path.is_file()]
    pages = [name for name in names if not name.startswith("assets/")]
    changed = [name for name in pages if there.get(name) != _etag(files / name)]
    return sorted(changed, key=lambda name: (name.endswith(".html"), name))


def _etag(file: Path) -> str:
    """As S3 has it of a file sent in one part and encrypted by S3's own key, which site.yaml asks for."""
    return hashlib.md5(file.read_bytes(), usedforsecurity=False).hexdigest()
