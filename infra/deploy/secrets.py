"""The secrets a deployment makes itself. Made once; never overwritten, never printed."""

import secrets

from infra.deploy.aws import Aws, AwsError


def ensure_keys(aws: Aws, prefix: str, key_alias: str) -> list[str]:
    """People are found by one, codes, sessions and links are made with the other, until `billfold rotate-key`
    (docs/runbook/operating.md). Returns which were made."""
    wanted = {"lookup-key": secrets.token_hex(32), "token-key": f"1:{secrets.token_hex(32)}"}
    return [name for name, value in wanted.items() if _put_new(aws, f"{prefix}/{name}", value, key_alias)]


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
