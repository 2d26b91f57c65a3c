"""Makes what the functions need in an AWS account: table, bucket, queues, sender, secrets. Safe to repeat.

Used by the sandbox (on the emulator) and by the tests (on moto and the emulator). In the cloud the templates
under infra/ make the same things.
"""

import json
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import boto3
from botocore.exceptions import ClientError

from infra.kinds import of_kind
from infra.table import DATA_TEMPLATE, create_table, load_template

# A message comes back this long after a worker took it and died.
VISIBILITY_SECONDS = 15
# After this many receipts a message goes to the queue of dead letters.
MAX_RECEIVES = 8
_FOURTEEN_DAYS_SECONDS = 14 * 24 * 3600
# What a schedule puts again by itself: not kept for long, not given to another worker, no dead letters.
_REPEATED = {"VisibilityTimeout": "3600", "MessageRetentionPeriod": "3600"}


@dataclass(frozen=True)
class Resources:
    """Names of what one stage uses."""

    table: str
    bucket: str
    anchors_bucket: str
    settle_queue: str
    documents_queue: str
    issue_queue: str
    delivery_queue: str
    catch_up_queue: str
    mail_from: str
    secrets_prefix: str
    mail_configuration_set: str = ""

    @classmethod
    def from_environment(cls, environment: Mapping[str, str]) -> "Resources":
        """The names in the app's own BILLFOLD_… variables."""
        return cls(
            table=environment["BILLFOLD_TABLE"],
            bucket=environment["BILLFOLD_BUCKET"],
            anchors_bucket=environment["BILLFOLD_ANCHORS_BUCKET"],
            settle_queue=environment["BILLFOLD_SETTLE_QUEUE_URL"].rpartition("/")[2],
            documents_queue=environment["BILLFOLD_DOCUMENTS_QUEUE_URL"].rpartition("/")[2],
            issue_queue=environment["BILLFOLD_ISSUE_QUEUE_URL"].rpartition("/")[2],
            delivery_queue=environment["BILLFOLD_DELIVERY_QUEUE_URL"].rpartition("/")[2],
            catch_up_queue=environment["BILLFOLD_CATCH_UP_QUEUE_URL"].rpartition("/")[2],
            mail_from=environment["BILLFOLD_MAIL_FROM"],
            secrets_prefix=environment["BILLFOLD_SECRETS_PREFIX"],
            mail_configuration_set=environment.get("BILLFOLD_MAIL_CONFIGURATION_SET", ""),
        )


def make_resources(names: Resources, session: Any = None, *, endpoint_url: str | None = None) -> None:
    """Make whatever of `names` is absent; leave the rest as it is."""
    session = session or boto3.session.Session()

    def client(service: str) -> Any:
        return session.client(service, endpoint_url=endpoint_url)

    _unless_there(lambda: create_table(client("dynamodb"), names.table), "ResourceInUseException")
    _make_bucket(client("s3"), names.bucket)
    make_anchors_bucket(client("s3"), names.anchors_bucket)
    sqs = client("sqs")
    for queue in (names.settle_queue, names.documents_queue, names.issue_queue, names.delivery_queue):
        make_queue(sqs, queue)
    _queue(sqs, names.catch_up_queue, _REPEATED)
    sender = client("sesv2")
    _unless_there(
        lambda: sender.create_email_identity(EmailIdentity=names.mail_from), "AlreadyExistsException"
    )
    if names.mail_configuration_set:
        reported = {"ConfigurationSetName": names.mail_configuration_set}
        _unless_there(lambda: sender.create_configuration_set(**reported), "AlreadyExistsException")
    put_new_secret(client("ssm"), f"{names.secrets_prefix}/lookup-key", secrets.token_hex(32))
    put_new_secret(client("ssm"), f"{names.secrets_prefix}/token-key", f"1:{secrets.token_hex(32)}")


def make_queue(
    sqs: Any, name: str, *, visibility_seconds: int = VISIBILITY_SECONDS, max_receives: int = MAX_RECEIVES
) -> str:
    """Make queue `name` and its `name`-dead for dead letters; returns its URL."""
    dead_url = _queue(sqs, f"{name}-dead", {"MessageRetentionPeriod": str(_FOURTEEN_DAYS_SECONDS)})
    dead = sqs.get_queue_attributes(QueueUrl=dead_url, AttributeNames=["QueueArn"])["Attributes"]["QueueArn"]
    redrive = json.dumps({"deadLetterTargetArn": dead, "maxReceiveCount": max_receives})
    attributes = {"VisibilityTimeout": str(visibility_seconds), "RedrivePolicy": redrive}
    return _queue(sqs, name, attributes)


def _queue(sqs: Any, name: str, attributes: dict[str, str]) -> str:
    """The queue with these attributes, also where an older version made it with others."""
    try:
        url: str = sqs.create_queue(QueueName=name, Attributes=attributes)["QueueUrl"]
    except ClientError as error:
        if error.response["Error"]["Code"] != "QueueAlreadyExists":
            raise
        url = sqs.get_queue_url(QueueName=name)["QueueUrl"]
        sqs.set_queue_attributes(QueueUrl=url, Attributes=attributes)
    return url


def put_new_secret(ssm: Any, name: str, value: str) -> bool:
    """Keep `value` under `name` unless there is one already; returns whether it was kept."""
    put = lambda: ssm.put_parameter(Name=name, Value=value, Type="SecureString", Overwrite=False)  # noqa: E731
    return _unless_there(put, "ParameterAlreadyExists")


def _make_bucket(s3: Any, name: str) -> None:
    """The bucket with the access block and versioning of data.yaml."""
    properties = load_template(DATA_TEMPLATE)["Resources"]["Documents"]["Properties"]
    _unless_there(lambda: s3.create_bucket(Bucket=name), "BucketAlreadyOwnedByYou", "BucketAlreadyExists")
    s3.put_public_access_block(
        Bucket=name, PublicAccessBlockConfiguration=properties["PublicAccessBlockConfiguration"]
    )
    s3.put_bucket_versioning(Bucket=name, VersioningConfiguration=properties["VersioningConfiguration"])


def make_anchors_bucket(s3: Any, name: str) -> None:
    """The bucket with a live stage's object lock, as data.yaml has it; it is switched on as it is made."""
    template = of_kind(load_template(DATA_TEMPLATE), "live")
    lock = template["Resources"]["Anchors"]["Properties"]["ObjectLockConfiguration"]
    kept = {**lock["Rule"]["DefaultRetention"], "Days": template["Parameters"]["AnchorDays"]["Default"]}
    make = lambda: s3.create_bucket(Bucket=name, ObjectLockEnabledForBucket=True)  # noqa: E731
    if _unless_there(make, "BucketAlreadyOwnedByYou", "BucketAlreadyExists"):
        rule = {**lock, "Rule": {"DefaultRetention": kept}}
        s3.put_object_lock_configuration(Bucket=name, ObjectLockConfiguration=rule)


def _unless_there(make: Any, *codes: str) -> bool:
    """Call `make`; an AWS error of one of `codes` means that it is there already."""
    try:
        make()
    except ClientError as error:
        if error.response["Error"]["Code"] not in codes:
            raise
        return False
    return True
