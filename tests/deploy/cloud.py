"""An account in a box: what would be deployed, on the local AWS, as strict as it can be made.

IAM is enforced, TLS is asked for, and the functions run in a Python that has no package but what is in their
zip and layer. Where it differs from a real account is in `for_the_emulator`: the functions are told where
the Stripe stand-in is; nothing is scheduled, so that tests say when; alarms that compare metrics are left
out; and two statements are put as the emulator asks for them. It wants leave for sqs:SendMessageBatch by
that name (AWS takes sqs:SendMessage for it), and knows neither SES's identities nor its condition keys when
it asks whether mail may be sent. The rule that anchors are put only where there is none is taken away, for
it does not know s3:if-none-match. How many workers a queue has is put as a number: the emulator hands a
parameter on as a text, and then compares it.
"""

import contextlib
import json
import os
import socket
import subprocess
import sys
import uuid
import venv
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache, cached_property
from pathlib import Path
from typing import Any

import boto3
import requests

from infra.deploy.template import Template, code_files, content_key, deployable
from infra.table import DATA_TEMPLATE
from sandbox.config import DUMMY_CREDENTIALS, EMULATOR_PYTHON, REGION, ROOT
from sandbox.driver import scheduled_event
from sandbox.outbox import Outbox
from sandbox.running import PATH as RUNNING
from tests.deploy.certificate import write_certificate
from tests.deploy.policies import NOT_ASKED
from tests.support.ministack import free_port
from tests.support.waiting import wait_until

STAGE = "test"
PUBLIC_URL = "https://portal.billfold.example"
CDNS = "https://*.cloudfront.net"  # a trial's name is made up by AWS
MAIL_FROM = "billing@billfold.example"
EDGE_SECRET = "e" * 40
DEPLOY_SECONDS = 60
REFUSALS = "refusals.jsonl"
_API = {"app.app": "api_handler"}


@dataclass(frozen=True)
class Cloud:
    """A deployment that runs. `outputs` are those of both stacks; `stripe_url` is the stand-in's."""

    url: str
    stripe_url: str
    certificate: Path
    folder: Path
    outputs: Mapping[str, str]
    functions: Mapping[str, str]
    stage: str = STAGE
    public_url: str = PUBLIC_URL
    edge_secret: str = EDGE_SECRET

    @property
    def api(self) -> str:
        """The API Gateway address, as the emulator gives it, up to the routes."""
        return f"{self.url}/restapis/{self.outputs['RestAPIId']}/api/_user_request_"

    @property
    def outbox(self) -> Outbox:
        """What SES was given."""
        return Outbox(self.folder / "mail")

    @cached_property
    def environment(self) -> dict[str, str]:
        """What an operator's `billfold` command is told, and nothing else of this process's environment."""
        return {
            "PATH": os.environ["PATH"],
            **DUMMY_CREDENTIALS,
            "AWS_ENDPOINT_URL": self.url,
            "AWS_CA_BUNDLE": str(self.certificate),
            "BILLFOLD_STAGE": self.stage,
            "BILLFOLD_TABLE": self.outputs["TableName"],
            "BILLFOLD_BUCKET": self.outputs["DocumentsBucket"],
            "BILLFOLD_ANCHORS_BUCKET": self.outputs["AnchorsBucket"],
            "BILLFOLD_SETTLE_QUEUE_URL": self.outputs["SettleQueueUrl"],
            "BILLFOLD_DOCUMENTS_QUEUE_URL": self.outputs["DocumentsQueueUrl"],
            "BILLFOLD_ISSUE_QUEUE_URL": self.outputs["IssueQueueUrl"],
            "BILLFOLD_DELIVERY_QUEUE_URL": self.outputs["DeliveryQueueUrl"],
            "BILLFOLD_CATCH_UP_QUEUE_URL": self.outputs["CatchUpQueueUrl"],
            "BILLFOLD_PUBLIC_URL": self.public_url,
            "BILLFOLD_MAIL_FROM": MAIL_FROM,
            "BILLFOLD_SECRETS_PREFIX": f"/billfold/{self.stage}",
            **_stand_in(self.stripe_url),
        }

    @property
    def refusals(self) -> Path:
        """Where the emulator writes what IAM refused (sandbox/refusals.py); no file while that is nothing."""
        return self.folder / REFUSALS

    def client(self, service: str) -> Any:
        """A boto3 client with an administrator's rights."""
        return _client(service, self.url, self.certificate)

    def control(self, what: str, body: Mapping[str, Any] | None = None) -> Any:
        """Tell the Stripe stand-in how to behave, or, without a body, ask it."""
        url = f"{self.stripe_url}/_control/{what}"
        method = "GET" if body is None else "POST"
        answer = requests.request(method, url, json=body, timeout=30)
        answer.raise_for_status()
        return answer.json()

    def running(self) -> int:
        """How many functions run, as sandbox/running.py counts."""
        answer = requests.get(f"{self.url}{RUNNING}", timeout=30, verify=str(self.certificate))
        answer.raise_for_status()
        return int(answer.json()["running"])

    def billfold(self, *arguments: str, stdin: str = "") -> str:
        """Run the `billfold` command on this deployment; what it printed. It must succeed."""
        command = [sys.executable, "-m", "chalicelib.entrypoints.cli", *arguments]
        done = subprocess.run(
            command, cwd=ROOT, env=self.environment, input=stdin, capture_output=True, text=True, check=False
        )
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout

    def invoke(self, function: str) -> Any:
        """Call a scheduled function as its schedule would; what it returned. It must not raise."""
        event = json.dumps(scheduled_event(function))
        answer = self.client("lambda").invoke(FunctionName=self.functions[function], Payload=event)
        returned = json.loads(answer["Payload"].read())
        assert "FunctionError" not in answer, returned
        return returned

    def role(self, function: str) -> str:
        """The ARN of a function's role."""
        found = self.client("lambda").get_function_configuration(FunctionName=self.functions[function])
        return str(found["Role"])


@contextlib.contextmanager
def running_aws(folder: Path) -> Iterator[tuple[str, Path]]:
    """An empty account with IAM enforced; its address, and the certificate to be trusted."""
    certificate, key = write_certificate(folder)
    venv.create(folder / "python", with_pip=False, symlinks=True)
    port = free_port()
    strict = [
        "--every-service", "--page", PUBLIC_URL, "--page", CDNS,
        "--iam", "--certificate", certificate, "--key", key,
        "--functions-python", folder / "python" / "bin" / "python", "--mail", folder / "mail",
        "--refusals", folder / REFUSALS,
    ]  # fmt: skip
    command = [EMULATOR_PYTHON, "-m", "sandbox.emulator", "--port", port, *strict]
    with _running(command, folder) as process:
        wait_until(lambda: _listens(port, process), what="starting the local AWS")
        yield f"https://127.0.0.1:{port}", certificate


@contextlib.contextmanager
def running_cloud(folder: Path, package: Path) -> Iterator[Cloud]:
    """Deploy `package`, the folder that `make package` fills, and keep it running for a `with`."""
    with running_aws(folder) as (url, certificate), running_stripe(folder, certificate) as stripe_url:
        outputs = _deploy(url, certificate, package, stripe_url)
        functions = functions_of(_client("lambda", url, certificate))
        cloud = Cloud(url, stripe_url, certificate, folder, outputs, functions)
        _by_hand(cloud)
        yield cloud


@contextlib.contextmanager
def running_stripe(folder: Path, certificate: Path) -> Iterator[str]:
    """The Stripe stand-in; its address. It trusts the local AWS."""
    port = free_port()
    command = [sys.executable, "-m", "sandbox.stripe", "--port", port, "--state", folder / "stripe.sqlite3"]
    with _running(command, folder, SSL_CERT_FILE=str(certificate)) as process:
        wait_until(lambda: _listens(port, process), what="starting the Stripe stand-in")
        yield f"http://127.0.0.1:{port}"


@contextlib.contextmanager
def _running(command: list[Any], folder: Path, **more: str) -> "Iterator[subprocess.Popen[bytes]]":
    """A process that has nothing of this one's environment, and writes its log and scratch into `folder`."""
    (folder / "tmp").mkdir(exist_ok=True)
    environment = {"PATH": os.environ["PATH"], "HOME": str(folder), "TMPDIR": str(folder / "tmp"), **more}
    with (folder / f"{command[2]}.log").open("wb") as log:
        process = subprocess.Popen(
            list(map(str, command)), cwd=ROOT, env=environment, stdin=subprocess.PIPE, stdout=log, stderr=log
        )
    try:
        yield process
    finally:
        process.kill()  # nothing is kept, and the functions' processes end with the emulator's
        process.wait(timeout=30)
        assert process.stdin is not None
        process.stdin.close()


def _listens(port: int, process: "subprocess.Popen[bytes]") -> bool:
    assert process.poll() is None, f"the process on port {port} ended with {process.returncode}"
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


@cache
def _client(service: str, url: str, certificate: Path) -> Any:
    return boto3.session.Session().client(
        service, endpoint_url=url, region_name=REGION, verify=str(certificate)
    )


def _deploy(url: str, certificate: Path, package: Path, stripe_url: str) -> dict[str, str]:
    """Both stacks, by change sets, as infra/deploy does it; their outputs."""
    cloudformation = _client("cloudformation", url, certificate)
    s3 = _client("s3", url, certificate)
    data = DATA_TEMPLATE.read_text(encoding="utf-8")
    outputs = _stack(cloudformation, f"billfold-{STAGE}-data", {"Stage": STAGE}, {"TemplateBody": data})
    _let_anchors_be_put(s3, outputs["AnchorsBucket"])
    bucket = outputs["PackagesBucket"]
    sam = json.loads((package / "template.json").read_text(encoding="utf-8"))
    keys = {name: content_key(package / name) for name in code_files(sam)}
    for name, key in keys.items():
        s3.upload_file(str(package / name), bucket, key)
    template = for_the_emulator(deployable(sam, bucket, keys), stripe_url)
    s3.put_object(Bucket=bucket, Key="app.json", Body=json.dumps(template).encode())
    parameters = {
        "Stage": STAGE, "PublicUrl": PUBLIC_URL, "MailFrom": MAIL_FROM, "EdgeSecret": EDGE_SECRET,
        "EdgeSecretBefore": EDGE_SECRET,
        "AlarmEmail": "ops@billfold.example",
    }  # fmt: skip
    where = {"TemplateURL": f"https://s3.{REGION}.amazonaws.com/{bucket}/app.json"}
    return outputs | _stack(cloudformation, f"billfold-{STAGE}", parameters, where)


def _let_anchors_be_put(s3: Any, bucket: str) -> None:
    policy = json.loads(s3.get_bucket_policy(Bucket=bucket)["Policy"])
    policy["Statement"] = [rule for rule in policy["Statement"] if rule["Sid"] != "WrittenOnce"]
    s3.put_bucket_policy(Bucket=bucket, Policy=json.dumps(policy))


def _stack(
    cloudformation: Any, name: str, parameters: Mapping[str, str], where: dict[str, str]
) -> dict[str, str]:
    given = [{"ParameterKey": key, "ParameterValue": value} for key, value in parameters.items()]
    cloudformation.create_change_set(
        StackName=name, ChangeSetName="first", ChangeSetType="CREATE", Parameters=given,
        Capabilities=["CAPABILITY_IAM"], **where,
    )  # fmt: skip
    cloudformation.execute_change_set(StackName=name, ChangeSetName="first")

    def finished() -> bool:
        status: str = cloudformation.describe_stacks(StackName=name)["Stacks"][0]["StackStatus"]
        assert status in ("REVIEW_IN_PROGRESS", "CREATE_IN_PROGRESS", "CREATE_COMPLETE"), _why(
            cloudformation, name
        )
        return status == "CREATE_COMPLETE"

    wait_until(finished, seconds=DEPLOY_SECONDS, what=f"deploying {name}")
    [stack] = cloudformation.describe_stacks(StackName=name)["Stacks"]
    return {output["OutputKey"]: output["OutputValue"] for output in stack["Outputs"]}


def _why(cloudformation: Any, name: str) -> list[str]:
    events = cloudformation.describe_stack_events(StackName=name)["StackEvents"]
    return [
        f"{e['LogicalResourceId']}: {e.get('ResourceStatusReason')}"
        for e in events
        if "FAILED" in e["ResourceStatus"]
    ]


def _by_hand(cloud: Cloud) -> None:
    """What docs/deploy.md does beside the stacks: the deployment's keys, and the sender."""
    for name, value in (("lookup-key", uuid.uuid4().hex * 2), ("token-key", f"1:{uuid.uuid4().hex * 2}")):
        cloud.client("ssm").put_parameter(Name=f"/billfold/{STAGE}/{name}", Value=value, Type="SecureString")
    cloud.client("sesv2").create_email_identity(EmailIdentity=MAIL_FROM)


def without_what_is_not_emulated(template: Template) -> Template:
    """Without what the emulator's CloudFormation cannot make: alarms that compare two metrics, and where a
    firewall stands."""
    kept = {
        name: resource
        for name, resource in template["Resources"].items()
        if "Metrics" not in resource.get("Properties", {})
        and resource["Type"] != "AWS::WAFv2::WebACLAssociation"
    }
    return {**template, "Resources": kept}


def for_the_emulator(template: Template, stripe_url: str) -> Template:
    template = without_what_is_not_emulated(template)
    for resource in template["Resources"].values():
        if resource["Type"] == "AWS::Lambda::Function":
            resource["Properties"]["Environment"]["Variables"].update(_stand_in(stripe_url))
        if "ScalingConfig" in resource["Properties"]:
            resource["Properties"]["ScalingConfig"] = {"MaximumConcurrency": 2}
        if resource["Type"] == "AWS::Events::Rule":
            resource["Properties"]["State"] = "DISABLED"
        if resource["Type"] == "AWS::IAM::Role":
            for policy in resource["Properties"]["Policies"]:
                list(map(_as_the_emulator_asks, policy["PolicyDocument"]["Statement"]))
    return template


def _as_the_emulator_asks(statement: dict[str, Any]) -> None:
    if statement["Action"] == "sqs:SendMessage" and statement["Sid"] not in NOT_ASKED:
        statement["Action"] = ["sqs:SendMessage", "sqs:SendMessageBatch"]
    if statement["Action"] == "ses:SendEmail":
        statement.pop("Condition", None)
        statement["Resource"] = "*"


def _stand_in(stripe_url: str) -> dict[str, str]:
    return {
        "BILLFOLD_STRIPE_API_BASE": stripe_url,
        "BILLFOLD_STRIPE_JS_URL": f"{stripe_url}/dahlia/stripe.js",
    }


def functions_of(functions: Any) -> dict[str, str]:
    """Name in .chalice/config.json → name in the account. The handler says which is which."""
    found = functions.list_functions()["Functions"]
    return {_API.get(f["Handler"], f["Handler"].partition(".")[2]): f["FunctionName"] for f in found}
