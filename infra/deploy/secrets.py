"""The secrets a deployment makes itself. Made once, never printed; one is replaced on request."""

import secrets
from dataclasses import dataclass

from infra.deploy.aws import Aws, AwsError


def ensure_keys(aws: Aws, prefix: str, key_alias: str) -> list[str]:
    """Make what is not there yet of `lookup-key`, by which people are found, and `token-key`, with which
    codes, sessions and links are made. Both stay until `billfold rotate-key` (docs/runbook/operating.md).
    Returns which were made. Error: AwsError."""
    wanted = {"lookup-key": secrets.token_hex(32), "token-key": f"1:{secrets.token_hex(32)}"}
    return [name for name, value in wanted.items() if _put_new(aws, f"{prefix}/{name}", value, key_alias)]


@dataclass(frozen=True)
class EdgeSecret:
    """What the CDN adds to its requests. `before` is valid, too, while it is being replaced; "" else."""

    current: str
    before: str = ""

    @property
    def parameters(self) -> dict[str, str]:
        """Of app.yaml."""
        return {"EdgeSecret": self.current, "EdgeSecretBefore": self.before or self.current}


def edge_secret(aws: Aws, prefix: str, key_alias: str, *, rotate: bool) -> EdgeSecret:
    """The same at each deployment. `rotate`: a new one beside the one before, kept as one value: a run that
    breaks off leaves both, and the next one goes on with them."""
    name = f"{prefix}/edge-secret"
    _put_new(aws, name, _random(), key_alias)
    answer = aws.call("ssm", "get-parameter", Name=name, WithDecryption=True)
    kept = EdgeSecret(*str(answer["Parameter"]["Value"]).split(","))
    if not rotate or kept.before:
        return kept
    rotated = EdgeSecret(_random(), kept.current)
    _put(aws, name, f"{rotated.current},{rotated.before}", key_alias, overwrite=True)
    return rotated


def forget_the_one_before(aws: Aws, prefix: str, key_alias: str, edge: EdgeSecret) -> None:
    """Once nothing takes it any more."""
    _put(aws, f"{prefix}/edge-secret", edge.current, key_alias, overwrite=True)


def put_text(aws: Aws, name: str, value: str) -> None:
    """What is no secret."""
    aws.call("ssm", "put-parameter", Name=name, Value=value, Type="String", Overwrite=True)


def _random() -> str:
    return secrets.token_urlsafe(48)


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
    _put(aws, name, value, key_alias, overwrite=False)
    return True


def _put(aws: Aws, name: str, value: str, key_alias: str, *, overwrite: bool) -> None:
    kept = {"Name": name, "Value": value, "Type": "SecureString", "KeyId": key_alias, "Overwrite": overwrite}
    aws.call("ssm", "put-parameter", **kept)
