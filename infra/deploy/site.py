"""The portal's built files into their bucket: those that others name first, then those that name them."""

from pathlib import Path

from infra.deploy.aws import Aws

# As sandbox/static.py has it. Old assets stay: pages that are open still ask for them.
_FOREVER = "public, max-age=31536000, immutable"
_ASK_EVERY_TIME = "no-cache"


def upload(aws: Aws, files: Path, bucket: str, distribution: str) -> bool:
    """Returns whether there was anything new; then the CDN is told to forget what it has."""
    target = f"s3://{bucket}"
    assets = ["s3", "sync", str(files / "assets"), f"{target}/assets", "--cache-control", _FOREVER]
    pages = ["s3", "sync", str(files), target, "--exclude", "assets/*", "--cache-control", _ASK_EVERY_TIME]
    new = [aws.run(*command, "--no-progress").strip() for command in (assets, pages)]
    if not any(new):
        return False
    aws.run("cloudfront", "create-invalidation", "--distribution-id", distribution, "--paths", "/*")
    return True
