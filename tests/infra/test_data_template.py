"""infra/data.yaml keeps its promises, and the loader makes the same table from it everywhere."""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import boto3
import pytest
from moto import mock_aws

from chalicelib.documents.domain.records import KEPT
from chalicelib.documents.store.statements import StatementItem
from chalicelib.importing.store import drops
from chalicelib.ledger.store.items import EntryItem, PaymentItem, SequelItem
from chalicelib.platform.dynamo.table import LISTED, WAITING
from chalicelib.practice.store.people import ClientItem
from infra.kinds import of_kind
from infra.table import DATA_TEMPLATE, create_table, load_template, table_properties
from tests.support.ministack import Ministack

TEMPLATE = load_template(DATA_TEMPLATE)
RESOURCES: dict[str, Any] = of_kind(TEMPLATE, "live")["Resources"]
TRIAL = of_kind(TEMPLATE, "trial")["Resources"]
PARAMETERS: dict[str, Any] = TEMPLATE["Parameters"]


def test_the_template_is_valid_cloudformation() -> None:
    lint = [
        str(Path(sys.executable).with_name("cfn-lint")),
        "--non-zero-exit-code",
        "informational",
        str(DATA_TEMPLATE),
    ]
    result = subprocess.run(lint, capture_output=True, text=True, check=False)
    assert result.returncode == 0, result.stdout + result.stderr


@pytest.mark.parametrize(
    "name",
    [
        "DataKey",
        "Table",
        "Documents",
        "DocumentsPolicy",
        "Packages",
        "PackagesPolicy",
        "Anchors",
        "AnchorsPolicy",
    ],
)
def test_data_outlives_its_stack(name: str) -> None:
    assert RESOURCES[name]["DeletionPolicy"] == "Retain"
    assert RESOURCES[name]["UpdateReplacePolicy"] == "Retain"


def test_the_table_can_be_restored_and_not_deleted_and_is_encrypted() -> None:
    table = RESOURCES["Table"]["Properties"]
    assert table["DeletionProtectionEnabled"] is True
    assert table["PointInTimeRecoverySpecification"] == {
        "PointInTimeRecoveryEnabled": True, "RecoveryPeriodInDays": 35,
    }  # fmt: skip
    assert table["SSESpecification"] == {
        "SSEEnabled": True, "SSEType": "KMS", "KMSMasterKeyId": {"Ref": "DataKey"},
    }  # fmt: skip
    assert table["BillingMode"] == "PAY_PER_REQUEST"


def test_the_bucket_is_private_versioned_and_encrypted() -> None:
    bucket = RESOURCES["Documents"]["Properties"]
    assert set(bucket["PublicAccessBlockConfiguration"].values()) == {True}
    assert len(bucket["PublicAccessBlockConfiguration"]) == 4
    assert bucket["VersioningConfiguration"] == {"Status": "Enabled"}
    [rule] = bucket["BucketEncryption"]["ServerSideEncryptionConfiguration"]
    assert rule["BucketKeyEnabled"] is True
    assert rule["ServerSideEncryptionByDefault"]["SSEAlgorithm"] == "aws:kms"
    assert RESOURCES["DataKey"]["Properties"]["EnableKeyRotation"] is True


def test_issue_14_what_somebody_took_of_their_records_is_deleted_after_as_many_days_as_the_page_says() -> (
    None
):
    rules = RESOURCES["Documents"]["Properties"]["LifecycleConfiguration"]["Rules"]
    by_prefix = [rule for rule in rules if rule.get("Prefix")]
    assert {rule["Prefix"] for rule in by_prefix} == {"records/", "imports/"}, "documents are kept for good"
    [gone] = [rule for rule in by_prefix if rule["Prefix"] == "records/" and "ExpirationInDays" in rule]
    assert gone["ExpirationInDays"] == KEPT.days
    assert gone["NoncurrentVersionExpiration"] == {"NoncurrentDays": 1}


def test_17_what_was_dropped_is_deleted_after_a_month_and_what_a_practice_set_up_stays() -> None:
    rules = RESOURCES["Documents"]["Properties"]["LifecycleConfiguration"]["Rules"]
    [gone] = [rule for rule in rules if rule.get("Prefix") == "imports/" and "ExpirationInDays" in rule]
    assert gone["ExpirationInDays"] == 30
    assert gone["NoncurrentVersionExpiration"] == {"NoncurrentDays": 1}
    assert all(root.startswith(gone["Prefix"]) for root in (drops.IN, drops.LOOKED, drops.DONE))
    assert not drops.SETTINGS.startswith(gone["Prefix"])


@pytest.mark.parametrize("name", [n for n, r in RESOURCES.items() if r["Type"] == "AWS::S3::Bucket"])
def test_no_bucket_is_public_unencrypted_or_forgetful(name: str) -> None:
    bucket = RESOURCES[name]["Properties"]
    assert list(bucket["PublicAccessBlockConfiguration"].values()) == [True] * 4
    assert bucket["VersioningConfiguration"] == {"Status": "Enabled"}
    assert bucket["BucketEncryption"]["ServerSideEncryptionConfiguration"]
    assert bucket["OwnershipControls"] == {"Rules": [{"ObjectOwnership": "BucketOwnerEnforced"}]}


def test_services_use_the_key_for_this_account_only() -> None:
    account, *services = RESOURCES["DataKey"]["Properties"]["KeyPolicy"]["Statement"]
    assert account["Principal"] == {"AWS": {"Fn::Sub": "arn:${AWS::Partition}:iam::${AWS::AccountId}:root"}}
    assert {s["Sid"] for s in services} == {
        "AlarmsArePublished", "LogsAreEncrypted", "MailThatCameBack",
    }  # fmt: skip
    for service in services:
        assert "AWS::AccountId" in json.dumps(service["Condition"])


@pytest.mark.parametrize("bucket", ["Documents", "Packages", "Anchors"])
def test_the_bucket_refuses_requests_without_tls(bucket: str) -> None:
    policy = RESOURCES[f"{bucket}Policy"]["Properties"]
    assert policy["Bucket"] == {"Ref": bucket}
    tls_only = next(s for s in policy["PolicyDocument"]["Statement"] if s["Sid"] == "TlsOnly")
    assert (tls_only["Effect"], tls_only["Principal"], tls_only["Action"]) == ("Deny", "*", "s3:*")
    assert tls_only["Condition"] == {"Bool": {"aws:SecureTransport": "false"}}
    assert {"Fn::GetAtt": f"{bucket}.Arn"} in tls_only["Resource"]
    assert {"Fn::Sub": f"${{{bucket}.Arn}}/*"} in tls_only["Resource"]


def test_anchors_are_locked_for_all_and_written_once() -> None:
    bucket = RESOURCES["Anchors"]["Properties"]
    assert bucket["ObjectLockEnabled"] is True
    assert bucket["ObjectLockConfiguration"] == {
        "ObjectLockEnabled": "Enabled",
        "Rule": {"DefaultRetention": {"Mode": "COMPLIANCE", "Days": {"Ref": "AnchorDays"}}},
    }
    assert PARAMETERS["AnchorDays"]["Default"] == 400
    assert bucket["BucketEncryption"] == RESOURCES["Documents"]["Properties"]["BucketEncryption"]
    [once] = [s for s in _statements("AnchorsPolicy") if s["Sid"] == "WrittenOnce"]
    assert (once["Effect"], once["Principal"], once["Action"]) == ("Deny", "*", "s3:PutObject")
    assert once["Resource"] == {"Fn::Sub": "${Anchors.Arn}/*"}
    assert once["Condition"] == {"Null": {"s3:if-none-match": "true"}}


def test_18_a_trial_keeps_nothing_from_being_deleted_and_differs_in_nothing_else() -> None:
    """The bucket of anchors can lock, and locks nothing."""
    assert PARAMETERS["Kind"] == {**PARAMETERS["Kind"], "AllowedValues": ["live", "trial"], "Default": "live"}
    assert TRIAL["Anchors"]["Properties"]["ObjectLockEnabled"] is True
    differs = {
        f"{name}.{property_}": (live, TRIAL[name]["Properties"].get(property_))
        for name, resource in RESOURCES.items()
        for property_, live in resource["Properties"].items()
        if TRIAL[name]["Properties"].get(property_) != live
    }
    assert differs == {
        "Table.DeletionProtectionEnabled": (True, False),
        "Table.PointInTimeRecoverySpecification": (
            {"PointInTimeRecoveryEnabled": True, "RecoveryPeriodInDays": 35},
            {"PointInTimeRecoveryEnabled": False},
        ),
        "Anchors.ObjectLockConfiguration": (
            RESOURCES["Anchors"]["Properties"]["ObjectLockConfiguration"], {"ObjectLockEnabled": "Enabled"},
        ),
    }  # fmt: skip


def _statements(policy: str) -> list[dict[str, Any]]:
    return list(RESOURCES[policy]["Properties"]["PolicyDocument"]["Statement"])


def _described(dynamodb: Any, name: str) -> dict[str, Any]:
    """The keys, indexes and time-to-live of a table, in an order of their own."""
    table = dynamodb.describe_table(TableName=name)["Table"]
    ttl = dynamodb.describe_time_to_live(TableName=name)["TimeToLiveDescription"]
    indexes = {
        index["IndexName"]: (index["KeySchema"], index["Projection"])
        for index in table["GlobalSecondaryIndexes"]
    }
    attributes = {a["AttributeName"]: a["AttributeType"] for a in table["AttributeDefinitions"]}
    billing = table["BillingModeSummary"]["BillingMode"]
    return {
        "keys": table["KeySchema"], "indexes": indexes, "attributes": attributes,
        "billing": billing, "ttl": (ttl["TimeToLiveStatus"], ttl["AttributeName"]),
    }  # fmt: skip


def _promised() -> dict[str, Any]:
    table = table_properties()
    return {
        "keys": table["KeySchema"],
        "indexes": {
            index["IndexName"]: (index["KeySchema"], index["Projection"])
            for index in table["GlobalSecondaryIndexes"]
        },
        "attributes": {a["AttributeName"]: a["AttributeType"] for a in table["AttributeDefinitions"]},
        "billing": "PAY_PER_REQUEST",
        "ttl": ("ENABLED", "ttl"),
    }


def test_11_indexes_hold_what_lists_and_work_lists_read_and_nothing_else() -> None:
    projected = {
        index["IndexName"]: index["Projection"]["NonKeyAttributes"]
        for index in table_properties()["GlobalSecondaryIndexes"]
    }
    assert projected == {"gsi1": LISTED, "gsi2": WAITING}
    keys = {"pk", "sk", "gsi1sk", "gsi2pk", "gsi2sk"}
    # Of a statement the last two: a claim writes no index.
    not_shown = keys | {"ttl", "sweeps"} | {"writes", "sending_until"}
    listed = (EntryItem, SequelItem, PaymentItem, StatementItem, ClientItem)
    shown = {name for row in listed for name in row.get_attributes()} - not_shown
    assert shown == set(LISTED), "what a list shows is in its index"


def test_moto_gets_the_table_of_the_template() -> None:
    with mock_aws():
        dynamodb = boto3.client("dynamodb")
        create_table(dynamodb, "billfold-test")
        assert _described(dynamodb, "billfold-test") == _promised()


@pytest.mark.ministack
def test_the_emulator_gets_the_table_of_the_template(ministack: Ministack) -> None:
    assert _described(ministack.client("dynamodb"), ministack.new_table()) == _promised()


def test_the_indexes_are_the_ones_the_adapters_query() -> None:
    keys = {
        index["IndexName"]: [key["AttributeName"] for key in index["KeySchema"]]
        for index in table_properties()["GlobalSecondaryIndexes"]
    }
    assert keys == {"gsi1": ["pk", "gsi1sk"], "gsi2": ["gsi2pk", "gsi2sk"]}


def test_short_forms_are_spelled_out() -> None:
    assert '"Fn::Sub"' in json.dumps(RESOURCES)
    assert RESOURCES["DataKeyAlias"]["Properties"]["TargetKeyId"] == {"Ref": "DataKey"}
