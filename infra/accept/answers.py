"""What a check answers, and what it is given to ask."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from functools import cached_property
from typing import Any, Protocol

from infra.deploy import standing
from infra.deploy.aws import Aws, AwsError
from infra.deploy.stage import Stage


class State(StrEnum):
    """NOT_TRIED: nothing was learned. It is never green."""

    GREEN = "green"
    RED = "red"
    NOT_TRIED = "not tried"


@dataclass(frozen=True, slots=True)
class Answer:
    """`text` has numbers and words of ours alone: it goes into a report for everybody."""

    state: State
    text: str


def green(text: str) -> Answer:
    return Answer(State.GREEN, text)


def red(text: str) -> Answer:
    return Answer(State.RED, text)


def not_tried(text: str) -> Answer:
    return Answer(State.NOT_TRIED, text)


def told(wrong: list[str], text: str) -> Answer:
    """Green with the text where nothing is wrong."""
    return red("; ".join(wrong)) if wrong else green(text)


@dataclass(frozen=True, slots=True)
class Page:
    """What came back; names of headers in small letters."""

    status: int
    headers: Mapping[str, str]
    seconds: float


class Web(Protocol):
    def get(self, url: str, headers: Mapping[str, str] | None = None) -> Page:
        """Redirects are not followed. Error: OSError."""
        ...

    def addresses(self, host: str) -> frozenset[str]:
        """Of a name; none where it is not known."""
        ...

    def accepts(self, host: str, version: str) -> bool:
        """Whether a handshake of that version of TLS ("1.1", "1.2") succeeds. Error: OSError where nobody
        answers at all."""
        ...


class Commands(Protocol):
    def run(self, *arguments: str, of: str, file: str = "") -> tuple[int, str]:
        """`billfold` on the deployment of that stage; its status, and what it printed. "FILE" among the
        arguments stands for a file of that text."""
        ...


@dataclass(frozen=True)
class Consents:
    """What whoever runs it allows and names. `money`: payments on a live stage. `made_up`: the practice holds
    made-up people only, so that its books may be brought to `trial`. `restore`: a copy of the table may be
    made, which is deleted again. `seen`: what a person saw, by the check's name: whether it was well."""

    practice: str = ""
    money: bool = False
    made_up: bool = False
    restore: bool = False
    trial: str = ""
    seen: Mapping[str, bool] = field(default_factory=dict)


@dataclass(frozen=True)
class Subject:
    """The deployment. `edge` asks us-east-1; `now` is when the check began; `wait` waits for some seconds."""

    stage: Stage
    home: Aws
    edge: Aws
    web: Web
    commands: Commands
    consents: Consents
    now: datetime
    wait: Callable[[float], None]
    say: Callable[[str], None]

    @cached_property
    def data(self) -> Mapping[str, str]:
        return self._outputs(self.home, standing.data_stack(self.stage))

    @cached_property
    def app(self) -> Mapping[str, str]:
        return self._outputs(self.home, standing.functions_stack(self.stage))

    @cached_property
    def site(self) -> Mapping[str, str]:
        return self._outputs(self.edge, standing.site_stack(self.stage))

    @cached_property
    def resources(self) -> Mapping[str, list[str]]:
        """Of the functions' stack: physical ids by their type."""
        name = standing.functions_stack(self.stage)
        listed = self.home.call("cloudformation", "list-stack-resources", StackName=name)
        found: dict[str, list[str]] = {}
        for resource in listed.get("StackResourceSummaries", []):
            found.setdefault(resource["ResourceType"], []).append(resource["PhysicalResourceId"])
        return found

    @property
    def functions(self) -> list[str]:
        return self.resources.get("AWS::Lambda::Function", [])

    @property
    def host(self) -> str:
        return self.stage.domain or self.site["CdnDomain"]

    def _outputs(self, aws: Aws, stack: str) -> Mapping[str, str]:
        [found] = aws.call("cloudformation", "describe-stacks", StackName=stack)["Stacks"]
        return {each["OutputKey"]: each["OutputValue"] for each in found.get("Outputs", [])}


Do = Callable[[Subject], Answer]
ALL = frozenset({"live", "trial"})


@dataclass(frozen=True)
class Check:
    """`minutes` it may take. `kinds` of stages that have what it looks at. `local`: whether a stand-in of AWS
    can answer it; where not, it is not asked there. `money`: it moves some."""

    name: str
    about: str
    do: Do
    minutes: float = 0.2
    kinds: frozenset[str] = ALL
    local: bool = False
    money: bool = False


# As the AWS CLI writes it. Elsewhere in its text names of the account stand, also in brackets.
_CODE = re.compile(r"An error occurred \((\w{3,60})\)")


def answered(check: Check, subject: Subject, *, local: bool) -> Answer:
    """What the check answers. What fails is red by its code alone: its text may name the account."""
    if subject.stage.kind not in check.kinds:
        return not_tried(f"a {subject.stage.kind} stage has none")
    if local and not check.local:
        return not_tried("not tried here: a stand-in of AWS does not answer it")
    if check.money and subject.stage.kind == "live" and not subject.consents.money:
        return not_tried("it moves money on a live stage: --money allows it")
    try:
        return check.do(subject)
    except AwsError as error:
        found = _CODE.search(error.text)
        return red(f"AWS refused to say: {found[1] if found else 'no code'}")
    except OSError as error:
        return red(f"nobody answers: {type(error).__name__}")
    except (KeyError, IndexError, TypeError, ValueError, AttributeError) as error:
        return red(f"the answer is not as documented: {type(error).__name__}")


def by_hand(name: str, what: str) -> Do:
    """What only a person can see, and has said: `--saw NAME` or `--saw-not NAME`."""

    def do(subject: Subject) -> Answer:
        seen = subject.consents.seen.get(name)
        if seen is None:
            return not_tried(f"a person has to look: {what}. Then --saw {name} or --saw-not {name}")
        return green("a person saw it") if seen else red("a person saw that it is not so")

    return do


def asked(aws: Aws, service: str, operation: str, absent: str, **request: Any) -> Any:
    """The answer; None where AWS says that there is none. Error: AwsError."""
    try:
        return aws.call(service, operation, **request)
    except AwsError as error:
        if absent in error.text:
            return None
        raise
