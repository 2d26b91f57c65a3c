"""One deployment's settings, from `stages/<stage>.json`. No secrets are among them."""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any

from infra.deploy.shards import FEWEST, MOST
from infra.deploy.template import DeployError
from infra.security_txt import SecurityContact

_STAGE = re.compile(r"[a-z][a-z0-9-]{1,15}")
# The functions' stack of "prod-data" would be the data's of "prod".
_STACKS = ("-data", "-site")
# The first is the default.
_CHOICES = {
    "kind": ("live", "trial"),
    "hsts": ("host", "subdomains", "preload"),
    "api_firewall": ("on", "off"),
}
# What a trial has none of: it is at the CDN's own name, and nothing guards what is made up.
_LIVE_ONLY = frozenset({"domain", "certificate_arn", "hsts", "api_firewall"})
# Whole numbers, from and to.
_NUMBERS = {
    "portal_rate": (1, 5000),
    "sign_in_rate": (1, 5000),
    "guest_rate": (1, 5000),
    "webhook_rate": (1, 5000),
    "work_list_shards": (FEWEST, MOST),
    "reconcile_concurrency": (2, 99),  # Lambda takes no fewer than 2
}
_OPTIONAL = frozenset({"security_contact", "security_policy", "security_languages", *_CHOICES, *_NUMBERS})
_ADDRESS = re.compile(r"[^@\s]+@[^@\s]+\.[^@\s]+")
# What can be told before AWS is asked anything.
_FORMS = {
    "account": (re.compile(r"\d{12}"), "an account's number, of 12 digits"),
    "region": (re.compile(r"[a-z]{2}(-[a-z]+)+-\d"), "a region's name, as us-east-1"),
    "domain": (re.compile(r"([a-z0-9]([a-z0-9-]*[a-z0-9])?\.)+[a-z]{2,}"), "a host's name without https://"),
    "certificate_arn": (
        re.compile(r"arn:aws[a-z-]*:acm:us-east-1:\d{12}:certificate/\S+"),
        "the ARN of a certificate of ACM in us-east-1, where CloudFront looks for it",
    ),
    "mail_from": (_ADDRESS, "an e-mail address"),
    "alarm_email": (_ADDRESS, "an e-mail address"),
}
_EXAMPLE = """{
  "account": "123456789012",
  "region": "us-east-1",
  "domain": "billing.example.com",
  "certificate_arn": "arn:aws:acm:us-east-1:123456789012:certificate/…",
  "mail_from": "billing@example.com",
  "alarm_email": "operations@example.com"
}"""
_TRIAL_EXAMPLE = """{
  "kind": "trial",
  "account": "123456789012",
  "region": "us-east-1",
  "mail_from": "you@example.com",
  "alarm_email": "you@example.com"
}"""


@dataclass(frozen=True)
class Stage:
    """`account` guards against deploying with the wrong credentials.

    `kind`: a trial has neither `domain` nor `certificate_arn`. `hsts`: whether browsers insist on TLS for the
    portal's `host` alone, its `subdomains`, too, or all of these for ever (`preload`). `api_firewall`: if
    the API refuses what comes past the CDN. `security_…`: what /.well-known/security.txt says; without a
    contact there is none. `…_rate`: requests a second that the gateway lets through to each method of that
    class, and twice as many at once. `work_list_shards`: into how many partitions of the index each list of
    what waits is cut. `reconcile_concurrency`: how many practices' processors are asked at once for what was
    missed.
    """

    name: str
    account: str
    region: str
    mail_from: str
    alarm_email: str
    kind: str = "live"
    domain: str = ""
    certificate_arn: str = ""
    hsts: str = "host"
    api_firewall: str = "on"
    security_contact: str = ""
    security_policy: str = ""
    security_languages: str = "en"
    portal_rate: int = 100
    sign_in_rate: int = 30
    guest_rate: int = 30
    webhook_rate: int = 50
    work_list_shards: int = FEWEST
    reconcile_concurrency: int = 4

    @property
    def is_trial(self) -> bool:
        return self.kind == "trial"

    @property
    def firewall(self) -> str:
        """The API's own, "on" or "off"."""
        return "off" if self.is_trial else self.api_firewall

    @property
    def secrets(self) -> str:
        return f"/billfold/{self.name}"

    @property
    def limits(self) -> dict[str, str]:
        """The gateway's, and that of reconciling, as parameters of app.yaml."""
        rates = {
            "Portal": self.portal_rate, "SignIn": self.sign_in_rate, "Guest": self.guest_rate,
            "Webhook": self.webhook_rate,
        }  # fmt: skip
        of_gateway = {
            f"{limited}{name}": str(rate * times)
            for limited, rate in rates.items()
            for name, times in (("Rate", 1), ("Burst", 2))
        }
        return {**of_gateway, "ReconcileConcurrency": str(self.reconcile_concurrency)}

    @property
    def security(self) -> SecurityContact | None:
        if not self.security_contact:
            return None
        return SecurityContact(self.security_contact, self.security_policy, self.security_languages)


def load(name: str, folder: Path) -> Stage:
    """Error: DeployError, saying what the file must have."""
    if not _STAGE.fullmatch(name):
        raise DeployError("a stage's name is 2 to 16 lower-case letters, digits and hyphens, a letter first")
    if name.endswith(_STACKS):
        raise DeployError(
            f"{name} ends in {name[-5:]}, as the names of stacks of another stage do: name it otherwise."
            " Nothing was changed"
        )
    file = folder / f"{name}.json"
    given = _read(file)
    if not _is_complete(given):
        raise DeployError(f"{file} must have exactly these, each a text {_must_have(given)}")
    if mistake := _mistake(given):
        raise DeployError(f"{file}: {mistake}")
    stage = Stage(name, **given)
    if stage.security is None and given.keys() & {"security_policy", "security_languages"}:
        raise DeployError(f"{file}: security_policy and security_languages say more of a security_contact")
    if stage.security is not None and (mistake := stage.security.mistake()):
        raise DeployError(f"{file}: {mistake}")
    return stage


def _is_complete(given: object) -> bool:
    if not isinstance(given, dict):
        return False
    known, optional = _settings(given)
    texts = all(_is_text(value) for key, value in given.items() if key not in _NUMBERS)
    return texts and known - optional <= given.keys() <= known


def _settings(given: object) -> tuple[set[str], frozenset[str]]:
    """What a file of that kind may say, and what of it may be left out."""
    known = {field.name for field in fields(Stage) if field.name != "name"}
    if _says_trial(given):
        return known - _LIVE_ONLY, (_OPTIONAL - _LIVE_ONLY - {"kind"})
    return known, _OPTIONAL


def _must_have(given: object) -> str:
    more = ", ".join(sorted(_settings(given)[1]))
    return f"(and, if you like, {more}):\n{_TRIAL_EXAMPLE if _says_trial(given) else _EXAMPLE}"


def _says_trial(given: object) -> bool:
    return isinstance(given, dict) and given.get("kind") == "trial"


def _mistake(given: Mapping[str, Any]) -> str:
    """The first value that cannot be right; "" where there is none."""
    for field, (pattern, what) in _FORMS.items():
        if field in given and not pattern.fullmatch(given[field]):
            return f"{field} is {what}, not {given[field]}"
    for field, (least, most) in _NUMBERS.items():
        if not _is_number(given.get(field, least), least, most):
            return f"{field} is a whole number from {least} to {most}, not {given[field]}"
    for field, choices in _CHOICES.items():
        if given.get(field, choices[0]) not in choices:
            return f"{field} is one of {', '.join(choices)}"
    return ""


def _read(file: Path) -> Any:
    try:
        return json.loads(file.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise DeployError(f"there is no {file}. It must have:\n{_EXAMPLE}") from None
    except OSError as error:
        raise DeployError(f"{file} cannot be read: {error.strerror}") from None
    except ValueError as error:
        raise DeployError(f"{file} is not JSON: {error}") from None


def _is_text(value: object) -> bool:
    return isinstance(value, str) and value.strip() == value != ""


def _is_number(value: object, least: int, most: int) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and least <= value <= most
