"""An anchor is the same for the same heads, is written once, and shows any change of itself."""

import boto3
import pytest
from botocore.exceptions import ClientError
from hypothesis import given
from hypothesis import strategies as st
from moto import mock_aws

from chalicelib.verification.domain.anchors import Head, parse, render
from chalicelib.verification.store.anchors import S3Anchors
from sandbox.resources import Resources, make_anchors_bucket
from tests.support.ministack import Ministack

HEADS = [Head("b", 2, "bb"), Head("a", 12, "aa")]


def test_an_anchor_is_lines_of_json_in_the_order_of_accounts() -> None:
    content = render("fern", "2026-03-10", HEADS, previous="00")
    assert content.decode().splitlines()[:3] == [
        '{"format":"billfold-anchor/1","practice":"fern","day":"2026-03-10","previous":"00"}',
        '{"account":"a","seq":12,"head":"aa"}',
        '{"account":"b","seq":2,"head":"bb"}',
    ]
    assert content == render("fern", "2026-03-10", HEADS[::-1], previous="00")
    assert parse(content).heads == {head.account_id: head for head in HEADS}
    assert parse(render("fern", "2026-03-11", [], previous=parse(content).sha256)).heads == {}


@given(place=st.integers(0), byte=st.integers(0, 255))
def test_any_byte_changed_shows(place: int, byte: int) -> None:
    content = bytearray(render("fern", "2026-03-10", HEADS, previous="00"))
    place %= len(content)
    if content[place] == byte:
        return
    content[place] = byte
    with pytest.raises(ValueError):
        parse(bytes(content))


@pytest.mark.parametrize("content", [b"", b"{}\n", b"[]\n[]\n", b"1\n2\n", b"\xff"])
def test_what_is_no_anchor_is_refused(content: bytes) -> None:
    with pytest.raises(ValueError):
        parse(content)


def test_in_s3_the_first_of_a_day_stays_and_the_latest_day_is_found(moto_aws: Resources) -> None:
    anchors = S3Anchors(moto_aws.anchors_bucket, region="us-east-1")
    assert anchors.latest("fern") is None
    for day in ("2026-03-10", "2026-12-01", "2026-03-11"):
        anchors.put("fern", day, day.encode())
        anchors.put("fern", day, b"other")
    anchors.put("fern2", "2027-01-01", b"another practice's")
    assert anchors.latest("fern") == ("2026-12-01", b"2026-12-01")
    with pytest.raises(ValueError):
        anchors.latest("fern/../oak")


def test_the_last_of_more_than_a_page_of_days_is_found(
    moto_aws: Resources, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MOTO_S3_DEFAULT_MAX_KEYS", "2")
    anchors = S3Anchors(moto_aws.anchors_bucket, region="us-east-1")
    for day in range(1, 8):
        anchors.put("fern", f"2026-03-{day:02d}", b"x")
    assert anchors.latest("fern") == ("2026-03-07", b"x")


def test_nobody_deletes_or_shortens_an_anchor(moto_aws: Resources) -> None:
    bucket = moto_aws.anchors_bucket
    S3Anchors(bucket, region="us-east-1").put("fern", "2026-03-10", b"x")
    check_locked(boto3.client("s3", region_name="us-east-1"), bucket)


@pytest.mark.ministack
def test_on_the_emulator_too(ministack: Ministack) -> None:
    s3, bucket = ministack.client("s3"), f"{ministack.new_bucket()}-anchors"
    make_anchors_bucket(s3, bucket)
    make_anchors_bucket(s3, bucket)
    s3.put_object(Bucket=bucket, Key="practices/fern/2026-03-10.jsonl", Body=b"x", IfNoneMatch="*")
    check_locked(s3, bucket)


def check_locked(s3: object, bucket: str) -> None:
    key = "practices/fern/2026-03-10.jsonl"
    head = s3.head_object(Bucket=bucket, Key=key)  # type: ignore[attr-defined]
    assert head["ObjectLockMode"] == "COMPLIANCE"
    named = {"Bucket": bucket, "Key": key, "VersionId": head["VersionId"]}
    with pytest.raises(ClientError, match="AccessDenied"):
        s3.delete_object(**named)  # type: ignore[attr-defined]


def test_the_lock_is_the_templates() -> None:
    with mock_aws():
        s3 = boto3.client("s3", region_name="us-east-1")
        make_anchors_bucket(s3, "billfold-test-anchors")
        lock = s3.get_object_lock_configuration(Bucket="billfold-test-anchors")["ObjectLockConfiguration"]
        kept = lock["Rule"]["DefaultRetention"]
        assert (lock["ObjectLockEnabled"], kept["Mode"], kept["Days"]) == ("Enabled", "COMPLIANCE", 400)
