"""One stack brought up to date: a change set is made and shown, somebody agrees, it is carried out."""

import time
import uuid
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from infra.deploy.aws import Aws, AwsError, Outputs
from infra.deploy.template import DeployError

_POLL_SECONDS = 3.0
_LONGEST_SECONDS = 3600.0  # a CDN takes a quarter of an hour
_NOTHING = ("didn't contain changes", "No updates are to be performed")
# A stack whose first creation failed can only be deleted.
_BEYOND_REPAIR = ("ROLLBACK_COMPLETE", "ROLLBACK_FAILED", "CREATE_FAILED", "DELETE_FAILED")

Ask = Callable[[str], bool]
Say = Callable[[str], None]


@dataclass(frozen=True)
class Stack:
    """What a stack is to be.

    `source` is {"TemplateBody": …}, or {"TemplateURL": …} above 51,200 bytes. `keep`: the resources that no
    change may remove or replace.
    """

    name: str
    source: Mapping[str, str]
    parameters: Mapping[str, str]
    keep: frozenset[str] = frozenset()


class Declined(DeployError):
    """Somebody said no."""


@dataclass(frozen=True)
class Stacks:
    """`ask` is shown a question and answers it; with `dry_run` nothing is carried out."""

    aws: Aws
    ask: Ask
    say: Say
    dry_run: bool = False

    def outputs(self, name: str) -> dict[str, str] | None:
        """Of a stack that is there; None where there is none (one that is only under review is none)."""
        found = self._found(name)
        if found is None or found["StackStatus"] == "REVIEW_IN_PROGRESS":
            return None
        return Outputs(name, found)

    def parameters(self, name: str) -> dict[str, str] | None:
        """What a stack was last told, though its first creation may have failed; None where there is none."""
        found = self._found(name)
        if found is None or found["StackStatus"] == "REVIEW_IN_PROGRESS":
            return None
        return {given["ParameterKey"]: given["ParameterValue"] for given in found.get("Parameters", [])}

    def check_ours(self, name: str, stage: str) -> None:
        """Error: DeployError for a stack that was not told that it is of the stage."""
        told = self.parameters(name)
        if told is not None and told.get("Stage") != stage:
            raise DeployError(f"the stack {name} is not of {stage}. Nothing was changed in it")

    def bring_up_to_date(self, stack: Stack) -> dict[str, str] | None:
        """The stack's outputs, after any change; None after a dry run of one that is not there.

        Errors: Declined; DeployError for a stack of another stage, for a change that would lose data, or one
        that AWS did not carry out.
        """
        self.check_ours(stack.name, stack.parameters["Stage"])
        before = self._found(stack.name)
        self._check_repairable(stack.name, before)
        new = before is None or before["StackStatus"] == "REVIEW_IN_PROGRESS"
        change_set = self._change_set(stack, new=new)
        changes = self._changes(stack.name, change_set)
        if changes is None:
            self.say(f"{stack.name}: up to date")
            self._discard(stack.name, change_set, new=new)
            return self.outputs(stack.name)
        self._show(stack, changes, new=new)
        try:
            self._agree(stack, changes)
        except DeployError:
            self._discard(stack.name, change_set, new=new)
            raise
        if self.dry_run:
            self._discard(stack.name, change_set, new=new)
            return self.outputs(stack.name)
        self._carry_out(stack.name, change_set)
        return self.outputs(stack.name)

    def remove(self, name: str) -> None:
        """The stack and what it does not retain. Error: DeployError with what could not be deleted."""
        if self._found(name) is None:
            return
        self.aws.call("cloudformation", "delete-stack", StackName=name)
        self.say(f"{name}: being removed")
        deadline = time.monotonic() + _LONGEST_SECONDS
        while (stack := self._found(name)) is not None:
            if stack["StackStatus"] == "DELETE_FAILED":
                raise DeployError(f"{name}: DELETE_FAILED\n{self._why(name)}\nMend that, and run this again")
            self._pause(deadline)
        self.say(f"{name}: removed")

    def _change_set(self, stack: Stack, *, new: bool) -> str:
        name = f"billfold-{uuid.uuid4().hex[:12]}"
        self.aws.call(
            "cloudformation", "create-change-set",
            StackName=stack.name, ChangeSetName=name, ChangeSetType="CREATE" if new else "UPDATE",
            Capabilities=["CAPABILITY_IAM"],
            Parameters=[{"ParameterKey": k, "ParameterValue": v} for k, v in stack.parameters.items()],
            Tags=[{"Key": "app", "Value": "billfold"}], **stack.source,
        )  # fmt: skip
        return name

    def _changes(self, stack: str, change_set: str) -> list[Mapping[str, Any]] | None:
        """The resources that would change, once AWS has found out; none of them where only outputs would.

        None where nothing would change at all. Error: DeployError with AWS's reason.
        """
        described = self._described(stack, change_set)
        deadline = time.monotonic() + _LONGEST_SECONDS
        while described["Status"] in ("CREATE_PENDING", "CREATE_IN_PROGRESS"):
            self._pause(deadline)
            described = self._described(stack, change_set)
        reason = str(described.get("StatusReason", ""))
        if described["Status"] == "FAILED" and any(text in reason for text in _NOTHING):
            return None
        if described["Status"] != "CREATE_COMPLETE":
            raise DeployError(f"{stack}: no change set could be made: {reason or described['Status']}")
        return [change["ResourceChange"] for change in described.get("Changes", [])]

    def _described(self, stack: str, change_set: str) -> dict[str, Any]:
        """With the changes of all its pages, which the CLI puts together."""
        answer: dict[str, Any] = self.aws.call(
            "cloudformation", "describe-change-set", StackName=stack, ChangeSetName=change_set
        )
        return answer

    def _show(self, stack: Stack, changes: Sequence[Mapping[str, Any]], *, new: bool) -> None:
        self.say(f"\n{stack.name}: {'a new stack' if new else 'changes'}")
        if not changes:
            self.say("  only its outputs change")
        for change in sorted(changes, key=lambda c: (c["Action"], c["LogicalResourceId"])):
            replaced = {"True": "  REPLACED", "Conditional": "  replaced, perhaps"}
            how = replaced.get(str(change.get("Replacement")), "")
            kind, resource = change["ResourceType"], change["LogicalResourceId"]
            self.say(f"  {change['Action'].lower():7} {resource:34} {kind}{how}")

    def _agree(self, stack: Stack, changes: Sequence[Mapping[str, Any]]) -> None:
        lost = [
            change["LogicalResourceId"]
            for change in changes
            if change["LogicalResourceId"] in stack.keep and _loses(change)
        ]
        if lost:
            raise DeployError(f"{stack.name}: this would remove or replace {', '.join(lost)}. Not done.")
        if not self.dry_run and not self.ask(f"Carry this out on {stack.name}?"):
            raise Declined(f"{stack.name}: nothing was changed")

    def _discard(self, stack: str, change_set: str, *, new: bool) -> None:
        """A new stack under review goes as a whole: a next attempt begins anew."""
        self.aws.call("cloudformation", "delete-change-set", StackName=stack, ChangeSetName=change_set)
        if new:
            self.aws.call("cloudformation", "delete-stack", StackName=stack)

    def _carry_out(self, stack: str, change_set: str) -> None:
        self.aws.call("cloudformation", "execute-change-set", StackName=stack, ChangeSetName=change_set)
        self.say(f"{stack}: working")
        deadline = time.monotonic() + _LONGEST_SECONDS
        while True:
            self._pause(deadline)  # first, so that the status is not the one from before
            status = str((self._found(stack) or {}).get("StackStatus"))
            if status in ("CREATE_COMPLETE", "UPDATE_COMPLETE"):
                break
            if not status.endswith("IN_PROGRESS"):
                raise DeployError(f"{stack}: {status}\n{self._why(stack)}")
        self.say(f"{stack}: done")

    def _why(self, stack: str) -> str:
        events = self.aws.call("cloudformation", "describe-stack-events", StackName=stack)["StackEvents"]
        failed = [event for event in events if "FAILED" in event["ResourceStatus"]][:10]
        lines = [f"  {e['LogicalResourceId']}: {e.get('ResourceStatusReason', '')}" for e in reversed(failed)]
        return "\n".join(lines)

    def _found(self, name: str) -> dict[str, Any] | None:
        try:
            [stack] = self.aws.call("cloudformation", "describe-stacks", StackName=name)["Stacks"]
        except AwsError as error:
            if "does not exist" in error.text:
                return None
            raise
        return dict(stack)

    def _check_repairable(self, name: str, stack: Mapping[str, Any] | None) -> None:
        if stack is not None and stack["StackStatus"] in _BEYOND_REPAIR:
            raise DeployError(
                f"{name} is {stack['StackStatus']}: its first creation failed.\n{self._why(name)}\n"
                f"Mend that, then: aws cloudformation delete-stack --stack-name {name}"
            )

    def _pause(self, deadline: float) -> None:
        if time.monotonic() > deadline:
            raise DeployError("AWS has not finished within an hour; see the CloudFormation console")
        time.sleep(_POLL_SECONDS)


def _loses(change: Mapping[str, Any]) -> bool:
    """A bucket's policy holds no data, and AWS says "perhaps" of it as soon as its bucket changes."""
    replacement = str(change.get("Replacement"))
    perhaps = replacement == "Conditional" and change["ResourceType"] != "AWS::S3::BucketPolicy"
    return change["Action"] == "Remove" or replacement == "True" or perhaps
