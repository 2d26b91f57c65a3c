"""The two secrets a deployment makes itself. Made once; never overwritten, never printed."""

import secrets

from infra.deploy.aws import Aws, AwsError


def ensure_app_key(aws: Aws, prefix: str, key_alias: str) -> bool:
    """Ids, codes and sessions are made with it, for ever (docs/runbook.md). Returns whether it was made."""
    return _put_new(aws, f"{prefix}/app-key", secrets.token_hex(32), key_alias)


def ensure_edge_secret(aws: Aws, prefix: str, key_alias: str) -> str:
    """What the CDN adds to its requests, the same at each deployment."""
    name = f"{prefix}/edge-secret"
    _put_new(aws, name, secrets.token_urlsafe(48), key_alias)
    answer = aws.call("ssm", "get-parameter", Name=name, WithDecryption=True)
    value: str = answer["Parameter"]["Value"]
    return value


def has_parameter(aws: Aws, name: str) -> bool:
    try:
        aws.call("ssm", "get-parameter", Name=name)
    except AwsError as error:
        if "ParameterNotFound" in error.text:
            return False
        raise
    return True


def _put_new(aws: Aws, name: str, value: str, key_alias: str) -> bool:
    if has_parameter(aws, name):
        return False
    kept = {"Name": name, "Value": value, "Type": "SecureString", "KeyId": key_alias, "Overwrite": False}
    aws.call("ssm", "put-parameter", **kept)
    return True
