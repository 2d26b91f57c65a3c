"""What the deployed functions may do: taking a statement away for a while, what IAM refused them, and what it
would say of what the emulator never asks it about.
"""

import contextlib
import json
import uuid
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from sandbox.config import REGION
from tests.deploy.cloud import STAGE, Cloud

ACCOUNT = "000000000000"

Statement = dict[str, Any]


@dataclass(frozen=True)
class Refusal:
    """`function` is named as in .chalice/config.json, or is whoever else was refused."""

    function: str
    action: str


def refusals(cloud: Cloud) -> list[Refusal]:
    """All there were since the deployment, oldest first."""
    if not cloud.refusals.exists():
        return []
    names = {name: function for function, name in cloud.functions.items()}
    lines = map(json.loads, cloud.refusals.read_text(encoding="utf-8").splitlines())
    # A function's session is called as the function is: arn:aws:sts::…:assumed-role/<role>/<function>.
    return [
        Refusal(names.get(line["principal"].rpartition("/")[2], line["principal"]), line["action"])
        for line in lines
    ]


def statements(cloud: Cloud, function: str) -> list[Statement]:
    """What is deployed as a function's policy."""
    _, _, document = _policy(cloud, function)
    found: list[Statement] = document["Statement"]
    return found


def actions(statement: Statement) -> set[str]:
    named = statement["Action"]
    return {named} if isinstance(named, str) else set(named)


def resources(statement: Statement) -> list[str]:
    named = statement["Resource"]
    return [named] if isinstance(named, str) else list(named)


@contextlib.contextmanager
def without(cloud: Cloud, function: str, sid: str, resource: str = "") -> Iterator[Statement]:
    """The statement `sid`, or only its grant for one `resource`, is missing from the policy of a function,
    which starts anew, for a `with`. The whole statement is what is given.

    When it is back, the function goes on as it is: it must come to itself after having been refused.
    """
    role, name, whole = _policy(cloud, function)
    [statement] = [statement for statement in whole["Statement"] if statement["Sid"] == sid]
    left = [arn for arn in resources(statement) if resource not in ("", arn)]
    reduced = [{**statement, "Resource": left}] if left else []
    others = [other for other in whole["Statement"] if other["Sid"] != sid]
    _put_policy(cloud, role, name, {**whole, "Statement": [*others, *reduced]})
    _start_anew(cloud, function)
    try:
        yield statement
    finally:
        _put_policy(cloud, role, name, whole)
    assert _policy(cloud, function) == (role, name, whole)


def simulated(cloud: Cloud, function: str) -> dict[str, str]:
    """Sid → what is wrong with it, if anything, for what the emulator does not ask about: with the statement
    IAM must grant what AWS wants, without it nothing of that, and the statement must grant no more."""
    deployed = statements(cloud, function)
    found = {}
    for sid, (wanted, resource) in unasked(cloud, function).items():
        [own] = [statement for statement in deployed if statement["Sid"] == sid]
        rest = [statement for statement in deployed if statement is not own]
        found[sid] = "" if is_granted(cloud, deployed, wanted, resource) else f"{wanted} not granted"
        if any(is_granted(cloud, rest, {action}, resource) for action in wanted):
            found[sid] = "another statement grants some of it"
        if actions(own) != wanted:
            found[sid] = f"grants {actions(own)}, wanted is {wanted}"
    return found


def unasked(cloud: Cloud, function: str) -> dict[str, tuple[set[str], str]]:
    """Sid → what AWS asks IAM for on the function's behalf, and about what; the emulator does not ask.

    Only a function that is fed by a queue needs WorkOffTasks, and not each of them mails.
    """
    which = cloud.functions[function]
    group = f"arn:aws:logs:{REGION}:{ACCOUNT}:log-group:/aws/lambda/{which}:log-stream:any"
    wanted = {
        "Logs": ({"logs:CreateLogStream", "logs:PutLogEvents"}, group),
        "DataKey": ({"kms:Decrypt", "kms:GenerateDataKey"}, cloud.outputs["DataKeyArn"]),
    }
    fed_by = cloud.client("lambda").list_event_source_mappings(FunctionName=which)["EventSourceMappings"]
    for source in fed_by:
        reads = {"sqs:ReceiveMessage", "sqs:DeleteMessage", "sqs:GetQueueAttributes"}
        wanted["WorkOffTasks"] = (reads, source["EventSourceArn"])
        wanted["PutOffMail"] = ({"sqs:SendMessage"}, source["EventSourceArn"])
    delivery = f"arn:aws:sqs:{REGION}:{ACCOUNT}:billfold-{STAGE}-delivery"
    wanted["CountStatementsUnderWay"] = ({"sqs:GetQueueAttributes"}, delivery)
    documents = f"arn:aws:s3:::{cloud.outputs['DocumentsBucket']}/practices/any"
    wanted["SignDocumentLinks"] = ({"s3:GetObject"}, documents)
    wanted["LookAtMailAccount"] = ({"ses:GetAccount"}, "*")
    granted = {statement["Sid"] for statement in statements(cloud, function)}
    return {sid: asked for sid, asked in wanted.items() if sid in granted}


def is_granted(cloud: Cloud, granted: Iterable[Statement], wanted: Iterable[str], resource: str) -> bool:
    """What IAM's simulator says of statements that are deployed. Their conditions are left away: the
    emulator's takes no context."""
    bare = [{key: part for key, part in s.items() if key != "Condition"} for s in granted]
    policy = json.dumps({"Version": "2012-10-17", "Statement": bare})
    answer = cloud.client("iam").simulate_custom_policy(
        PolicyInputList=[policy], ActionNames=list(wanted), ResourceArns=[resource]
    )
    return all(result["EvalDecision"] == "allowed" for result in answer["EvaluationResults"])


def _policy(cloud: Cloud, function: str) -> tuple[str, str, dict[str, Any]]:
    """The function's role, the name of the role's one policy, and the policy."""
    iam, role = cloud.client("iam"), cloud.role(function).rpartition("/")[2]
    [name] = iam.list_role_policies(RoleName=role)["PolicyNames"]
    return role, name, iam.get_role_policy(RoleName=role, PolicyName=name)["PolicyDocument"]


def _put_policy(cloud: Cloud, role: str, name: str, policy: dict[str, Any]) -> None:
    cloud.client("iam").put_role_policy(RoleName=role, PolicyName=name, PolicyDocument=json.dumps(policy))


def _start_anew(cloud: Cloud, function: str) -> None:
    """In another environment, so that no process goes on with the keys it read when it might."""
    functions, which = cloud.client("lambda"), cloud.functions[function]
    before = functions.get_function_configuration(FunctionName=which)["Environment"]["Variables"]
    environment = {"Variables": {**before, "TEST_START": uuid.uuid4().hex}}
    functions.update_function_configuration(FunctionName=which, Environment=environment)
