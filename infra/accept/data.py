"""What keeps clients' data: table, buckets, key."""

import json
from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from infra.accept.answers import Answer, Check, Subject, asked, not_tried, red, told
from infra.deploy.aws import AwsError

_DAYS, _RECOVERY_DAYS = 400, 35
_BLOCKS = ("BlockPublicAcls", "BlockPublicPolicy", "IgnorePublicAcls", "RestrictPublicBuckets")
_WITHOUT_TLS = ({"Bool": {"aws:SecureTransport": "false"}}, {"Bool": {"aws:SecureTransport": ["false"]}})
_POLL_SECONDS, _POLLS = 20, 90
_LEFT = (
    "the copy could not be deleted: look for the table whose name ends in _accept, and delete it by"
    " `aws dynamodb delete-table`, for it holds the clients' data and costs"
)


def _buckets(subject: Subject) -> dict[str, str]:
    return {
        "documents": subject.data["DocumentsBucket"], "anchors": subject.data["AnchorsBucket"],
        "packages": subject.data["PackagesBucket"], "files": subject.site["FilesBucket"],
    }  # fmt: skip


def object_lock(subject: Subject) -> Answer:
    bucket = subject.data["AnchorsBucket"]
    found = subject.home.call("s3api", "get-object-lock-configuration", Bucket=bucket)
    rules = found["ObjectLockConfiguration"]
    wrong = [] if rules.get("ObjectLockEnabled") == "Enabled" else ["the bucket cannot lock"]
    kept = rules.get("Rule", {}).get("DefaultRetention", {})
    if subject.stage.is_trial:
        return told([*wrong, *(["a trial locks"] if kept else [])], "it can lock, and locks nothing")
    if (kept.get("Mode"), kept.get("Days")) != ("COMPLIANCE", _DAYS):
        wrong.append(f"anchors are kept for {kept.get('Days', 0)} days, {kept.get('Mode', 'not locked')}")
    return told(wrong, f"anchors are locked for {_DAYS} days, in compliance mode")


def anchor_lock(subject: Subject) -> Answer:
    """The lock of an anchor that is there, as AWS has it: nothing is asked to be deleted."""
    bucket = subject.data["AnchorsBucket"]
    listed = subject.home.call("s3api", "list-object-versions", Bucket=bucket, MaxKeys=1).get("Versions", [])
    if not listed:
        return not_tried("there is no anchor yet: the first comes with the first night")
    version = listed[0]
    held = subject.home.call(
        "s3api", "get-object-retention", Bucket=bucket, Key=version["Key"], VersionId=version["VersionId"]
    )["Retention"]
    right = held.get("Mode") == "COMPLIANCE" and held["RetainUntilDate"][:10] > f"{subject.now:%Y-%m-%d}"
    return told([] if right else ["an anchor is not locked"], "an anchor is locked until a day to come")


def buckets(subject: Subject) -> Answer:
    wrong = []
    for what, name in _buckets(subject).items():
        aws = subject.edge if what == "files" else subject.home
        public = aws.call("s3api", "get-public-access-block", Bucket=name)["PublicAccessBlockConfiguration"]
        if not all(public.get(block) for block in _BLOCKS):
            wrong.append(f"{what} may be made public")
        rules = aws.call("s3api", "get-bucket-encryption", Bucket=name)["ServerSideEncryptionConfiguration"]
        kind = rules["Rules"][0]["ApplyServerSideEncryptionByDefault"]["SSEAlgorithm"]
        if what in ("documents", "anchors") and kind != "aws:kms":
            wrong.append(f"{what} are not encrypted with the key")
        if aws.call("s3api", "get-bucket-versioning", Bucket=name).get("Status") != "Enabled":
            wrong.append(f"{what} keep no versions")
        policy = json.loads(aws.call("s3api", "get-bucket-policy", Bucket=name)["Policy"])
        if not any(_denies_without_tls(each, name) for each in policy["Statement"]):
            wrong.append(f"{what} are given without TLS")
    return told(wrong, "four buckets: private, encrypted, with versions, by TLS only")


def _denies_without_tls(statement: Mapping[str, Any], bucket: str) -> bool:
    """To everybody, everything, of the bucket and all that lies in it. What narrows it further is none."""
    arn = f"arn:aws:s3:::{bucket}"
    plain = {"Sid", "Effect", "Principal", "Action", "Resource", "Condition"}
    return (
        statement.keys() <= plain
        and statement.get("Effect") == "Deny"
        and statement.get("Principal") in ("*", {"AWS": "*"})
        and _texts(statement.get("Action")) & {"s3:*", "*"} != set()
        and {arn, f"{arn}/*"} <= _texts(statement.get("Resource"))
        and statement.get("Condition") in _WITHOUT_TLS
    )


def _texts(value: object) -> set[str]:
    """A policy has one text, or a list of them."""
    return {value} if isinstance(value, str) else set(value) if isinstance(value, list) else set()


def table(subject: Subject) -> Answer:
    name = subject.data["TableName"]
    found = subject.home.call("dynamodb", "describe-table", TableName=name)["Table"]
    wrong = [] if found["TableStatus"] == "ACTIVE" else ["it is not active"]
    if bool(found.get("DeletionProtectionEnabled")) == subject.stage.is_trial:
        wrong.append("its protection from deletion is not as the stage's kind wants it")
    if found.get("SSEDescription", {}).get("SSEType") != "KMS":
        wrong.append("it is not encrypted with the key")
    return told(wrong, "active, protected as its kind wants it, encrypted with the key")


def point_in_time(subject: Subject) -> Answer:
    asked_of = {"TableName": subject.data["TableName"]}
    found = subject.home.call("dynamodb", "describe-continuous-backups", **asked_of)
    kept = found["ContinuousBackupsDescription"].get("PointInTimeRecoveryDescription", {})
    on = kept.get("PointInTimeRecoveryStatus") == "ENABLED"
    days = kept.get("RecoveryPeriodInDays", _RECOVERY_DAYS if on else 0)
    wrong = [] if on and days == _RECOVERY_DAYS else [f"it can be brought back to {days} days before"]
    return told(wrong, f"it can be brought back to any moment of {_RECOVERY_DAYS} days")


def expiry(subject: Subject) -> Answer:
    asked_of = {"TableName": subject.data["TableName"]}
    found = subject.home.call("dynamodb", "describe-time-to-live", **asked_of)["TimeToLiveDescription"]
    right = (found.get("TimeToLiveStatus"), found.get("AttributeName")) == ("ENABLED", "ttl")
    return told([] if right else ["rows do not expire"], "rows expire by their own time")


def key(subject: Subject) -> Answer:
    alias = f"alias/billfold-{subject.stage.name}"
    found = subject.home.call("kms", "describe-key", KeyId=alias)["KeyMetadata"]
    wrong = [] if found.get("KeyState") == "Enabled" else [f"it is {found.get('KeyState')}"]
    if not subject.home.call("kms", "get-key-rotation-status", KeyId=found["KeyId"]).get(
        "KeyRotationEnabled"
    ):
        wrong.append("it is never changed")
    return told(wrong, "the key is enabled, and changed every year")


def restore_point_in_time(subject: Subject) -> Answer:
    """Into a table of a name that no stage can have, which is deleted again, also one that a broken run
    left."""
    if not subject.consents.restore:
        return not_tried("it makes a copy of the table for some minutes: --restore allows it")
    source = subject.data["TableName"]
    ours = subject.home.call("dynamodb", "describe-table", TableName=source)["Table"]["TableArn"]
    copy = f"{source}_accept"
    if not _deleted(subject, copy, ours):
        return red(
            "a table of the copy's name is no copy of ours, or cannot be deleted: nothing was restored"
        )
    try:
        answer = _restored(subject, source, copy)
    except (AwsError, KeyError, TypeError) as error:
        if _deleted(subject, copy, ours):
            raise
        return red(f"{type(error).__name__}; {_LEFT}")
    except BaseException:
        _deleted(subject, copy, ours)  # stopped by hand; the next run deletes what is left
        raise
    return answer if _deleted(subject, copy, ours) else red(f"{answer.text}; {_LEFT}")


def _restored(subject: Subject, source: str, copy: str) -> Answer:
    began = subject.now
    request = {"SourceTableName": source, "TargetTableName": copy, "UseLatestRestorableTime": True}
    subject.home.call("dynamodb", "restore-table-to-point-in-time", **request)
    for polls in range(_POLLS):  # noqa: B007 - how often it was is said below
        found = subject.home.call("dynamodb", "describe-table", TableName=copy)["Table"]
        if found["TableStatus"] == "ACTIVE":
            break
        subject.wait(_POLL_SECONDS)
    else:
        return red(f"not restored within {timedelta(seconds=_POLLS * _POLL_SECONDS)}")
    rows = [
        subject.home.call("dynamodb", "query", **_practices(name)).get("Count", 0) for name in (source, copy)
    ]
    minutes = polls * _POLL_SECONDS / 60
    return told(
        [] if rows[0] == rows[1] else ["the copy has other practices"],
        f"restored in about {minutes:.0f} minutes, {rows[1]} practices (begun {began:%H:%M} UTC)",
    )


def _practices(name: str) -> dict[str, object]:
    return {
        "TableName": name, "Select": "COUNT", "KeyConditionExpression": "pk = :pk",
        "ExpressionAttributeValues": {":pk": {"S": "PRACTICES"}},
    }  # fmt: skip


def _deleted(subject: Subject, copy: str, ours: str) -> bool:
    """Whether it is gone: waits for one that is still being made, and deletes what was restored from the
    table `ours` (its ARN) alone."""
    for _ in range(_POLLS):
        try:
            found = asked(
                subject.home, "dynamodb", "describe-table", "ResourceNotFoundException", TableName=copy
            )
            if found is None:
                return True
            if found["Table"].get("RestoreSummary", {}).get("SourceTableArn") != ours:
                return False
            subject.home.call("dynamodb", "delete-table", TableName=copy)
        except AwsError as error:
            if "ResourceNotFoundException" not in error.text and "ResourceInUseException" not in error.text:
                return False
        subject.wait(_POLL_SECONDS)
    return False


def restore_export(subject: Subject) -> Answer:
    consents = subject.consents
    if not (consents.trial and consents.made_up and consents.practice):
        return not_tried("it wants --practice, --made-up and --trial STAGE, a trial without that practice")
    export = ("export", "--practice", consents.practice, "--format", "jsonl")
    status, text = subject.commands.run(*export, of=subject.stage.name)
    if status:
        return red(f"the export ended with status {status}")
    status, _ = subject.commands.run("restore", "FILE", "--unproven", of=consents.trial, file=text)
    if status not in (0, 4):
        return red(f"the trial's restore ended with status {status}")
    status, _ = subject.commands.run("verify", "--practice", consents.practice, of=consents.trial)
    rows = len(text.splitlines()) - 2
    return told(
        [] if status == 0 else [f"verify ended with status {status}"],
        f"{rows} rows were brought to a trial, and its books are sound",
    )


CHECKS = (
    Check("object-lock", "the rule of object lock on the bucket of anchors", object_lock),
    Check("object-lock-holds", "an anchor is locked", anchor_lock, kinds=frozenset({"live"})),
    Check("buckets", "buckets are private, encrypted, and by TLS only", buckets, minutes=0.5),
    Check("table", "the table is protected and encrypted", table),
    Check("point-in-time", "the table can be brought back", point_in_time, kinds=frozenset({"live"})),
    Check("expiry", "rows expire", expiry),
    Check("key", "the key is enabled and changes", key, local=True),
    Check("restore-point-in-time", "the table is brought back, as a copy", restore_point_in_time, minutes=20,
          kinds=frozenset({"live"})),
    Check("restore-export", "an export is restored into a trial", restore_export, minutes=3, local=True),
)  # fmt: skip
