"""The AWS CLI. What is sent goes into a file that only we may read, never on the command line."""

import json
import os
import subprocess
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from infra.deploy.template import DeployError

_INSTALL = "The AWS CLI is not installed: https://docs.aws.amazon.com/cli/latest/userguide/getting-started-install.html"


class AwsError(DeployError):
    """What the CLI said; `text` is its whole message."""

    def __init__(self, command: str, text: str) -> None:
        super().__init__(f"aws {command} failed:\n{text.strip()}")
        self.text = text


class Aws:
    """`aws` of the PATH (version 1 or 2), with whatever credentials the person has set up for it."""

    def __init__(self, region: str) -> None:
        self._region = region

    def call(self, service: str, operation: str, **request: Any) -> Any:
        """One operation of an API, by its own parameter names; its answer. Error: AwsError."""
        with tempfile.TemporaryDirectory(prefix="billfold-") as folder:
            file = Path(folder) / "request.json"  # the folder is the owner's alone
            file.write_text(json.dumps(request), encoding="utf-8")
            printed = self.run(service, operation, "--cli-input-json", f"file://{file}", "--output", "json")
        try:
            return json.loads(printed) if printed.strip() else {}
        except ValueError:
            shown = printed.strip()[:200]
            raise AwsError(f"{service} {operation}", f"it printed no JSON, but: {shown}") from None

    def run(self, *arguments: str) -> str:
        """A command of the CLI; what it printed. Error: AwsError."""
        # Version 2 shows answers in a pager unless it is told not to.
        environment = {**os.environ, "AWS_PAGER": "", "AWS_REGION": self._region}
        command = ["aws", "--region", self._region, *arguments]
        try:
            done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
        except FileNotFoundError:
            raise DeployError(_INSTALL) from None
        except OSError as error:
            raise DeployError(f"the AWS CLI on the PATH cannot be run: {error.strerror}") from None
        if done.returncode:
            raise AwsError(" ".join(arguments[:2]), done.stderr or done.stdout)
        return done.stdout


class Outputs(dict[str, str]):
    """The outputs of a stack as DescribeStacks gives it. Error: DeployError for one that it has not got."""

    def __init__(self, name: str, stack: Mapping[str, Any]) -> None:
        super().__init__({out["OutputKey"]: out["OutputValue"] for out in stack.get("Outputs", [])})
        self._stack = name

    def __missing__(self, output: str) -> str:
        raise DeployError(
            f"the stack {self._stack} has no output {output}, which is needed from here on."
            " A dry run adds none: deploy without --dry-run, from one version's code and package"
        )
