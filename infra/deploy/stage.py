"""One deployment's settings, from `stages/<stage>.json`. No secrets are among them."""

import json
import re
from dataclasses import dataclass, fields
from pathlib import Path

from infra.deploy.template import DeployError

_STAGE = re.compile(r"[a-z][a-z0-9-]{1,15}")
_HSTS = ("host", "subdomains", "preload")
_EXAMPLE = """{
  "account": "123456789012",
  "region": "us-east-1",
  "domain": "billing.example.com",
  "certificate_arn": "arn:aws:acm:us-east-1:123456789012:certificate/…",
  "mail_from": "billing@example.com",
  "alarm_email": "operations@example.com"
}"""


@dataclass(frozen=True)
class Stage:
    """`account` guards against deploying with the wrong credentials.

    `hsts`: whether browsers insist on TLS for the portal's `host` alone, its `subdomains`, too, or all of
    these for ever (`preload`).
    """

    name: str
    account: str
    region: str
    domain: str
    certificate_arn: str
    mail_from: str
    alarm_email: str
    hsts: str = "host"

    @property
    def public_url(self) -> str:
        return f"https://{self.domain}"

    @property
    def secrets(self) -> str:
        return f"/billfold/{self.name}"


def load(name: str, folder: Path) -> Stage:
    """Error: DeployError, saying what the file must have."""
    if not _STAGE.fullmatch(name):
        raise DeployError("a stage's name is 2 to 16 lower-case letters, digits and hyphens, a letter first")
    file = folder / f"{name}.json"
    try:
        given = json.loads(file.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise DeployError(f"there is no {file}. It must have:\n{_EXAMPLE}") from None
    except ValueError as error:
        raise DeployError(f"{file} is not JSON: {error}") from None
    known = {field.name for field in fields(Stage) if field.name != "name"}
    complete = isinstance(given, dict) and known - {"hsts"} <= set(given) <= known
    if not complete or not all(map(_is_text, given.values())):
        raise DeployError(f"{file} must have exactly these, each a text (and hsts, if you like):\n{_EXAMPLE}")
    if given.get("hsts", "host") not in _HSTS:
        raise DeployError(f"{file}: hsts is one of {', '.join(_HSTS)}")
    return Stage(name, **given)


def _is_text(value: object) -> bool:
    return isinstance(value, str) and value.strip() == value != ""
