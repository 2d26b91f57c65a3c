"""An anchor is the same for the same heads, is written once, and shows any change of itself."""

import boto3
import pytest
from botocore.exceptions import ClientError
from hypothesis import given
from hypothesis import strategies as st
from moto import mock_aws

from chalicelib.kernel.outside import Conflict
from chalicelib.verification.domain.anchors import Anchor, Head, anchor_text, parse, parse_part, part_text
from chalicelib.verification.store.anchors import S3Anchors
from sandbox.resources import Resources, make_anchors_bucket
from tests.support.anchors import whole
from tests.support.ministack import Ministack

HEADS = [Head("b", 2, "bb"), Head("a", 12, "aa", "5e", {"credit USD": -5, "asset:transfers USD": 5})]
PART = part_text("fern", "2026-03-10", 3, HEADS, to="c", previous="00")
ANCHOR = anchor_text("fern", "2026-03-10", previous="11", round_=7, parts=4, last="22")


def test_a_part_is_lines_of_json_in_the_order_of_accounts() -> None:
    assert PART.decode().splitlines()[:3] == [
        '{"format":"billfold-anchor/2","practice":"fern","day":"2026-03-10","part":3,"to":"c","previous":"00"}',
        '{"account":"a","seq":12,"head":"aa","state":"5e","nets":{"asset:transfers USD":5,"credit USD":-5}}',
        '{"account":"b","seq":2,"head":"bb"}',
    ]
    assert part_text("fern", "2026-03-10", 3, HEADS[::-1], to="c", previous="00") == PART
    read = parse_part(PART, "fern", "2026-03-10", 3)
    assert read.heads == {head.account_id: head for head in HEADS}
    assert (read.number, read.to, read.previous) == (3, "c", "00")
    assert f'"accounts":2,"sha256":"{read.sha256}"' in PART.decode().splitlines()[3]


@pytest.mark.parametrize(
    "place", [("oak", "2026-03-10", 3), ("fern", "2026-03-11", 3), ("fern", "2026-03-10", 4)]
)
def test_another_part_is_not_taken_for_it(place: tuple[str, str, int]) -> None:
    with pytest.raises(ValueError):
        parse_part(PART, *place)


def test_an_anchor_has_the_hash_of_its_last_part_and_of_the_anchor_before() -> None:
    assert ANCHOR.decode().splitlines()[:2] == [
        '{"format":"billfold-anchor/2","practice":"fern","day":"2026-03-10","previous":"11"}',
        '{"round":7,"parts":4,"last":"22"}',
    ]
    read = parse(ANCHOR)
    assert read == Anchor("2026-03-10", read.sha256, 7, 4, "22")
    for is_none in (PART, ANCHOR.replace(b"anchor/2", b"anchor/3")):
        with pytest.raises(ValueError):
            parse(is_none)
    with pytest.raises(ValueError):
        parse_part(ANCHOR, "fern", "2026-03-10", 3)


def test_an_anchor_of_the_format_before_is_read() -> None:
    """As it was written until Issue 13, number 3: all accounts in one text."""
    content = whole("fern", "2026-03-10", [Head("b", 2, "bb"), Head("a", 12, "aa")], previous="00")
    assert content.decode().splitlines()[1] == '{"account":"a","seq":12,"head":"aa"}'
    read = parse(content)
    assert (read.day, read.round, read.parts) == ("2026-03-10", 0, 0)
    assert read.heads == {"a": Head("a", 12, "aa"), "b": Head("b", 2, "bb")}


@pytest.mark.parametrize("text", [PART, ANCHOR, whole("fern", "2026-03-10", HEADS)])
@given(place=st.integers(0), byte=st.integers(0, 255))
def test_any_byte_changed_shows(text: bytes, place: int, byte: int) -> None:
    content = bytearray(text)
    place %= len(content)
    if content[place] == byte:
        return
    content[place] = byte
    with pytest.raises(ValueError):
        parse(bytes(content))
    with pytest.raises(ValueError):
        parse_part(bytes(content), "fern", "2026-03-10", 3)


@pytest.mark.parametrize("content", [b"", b"{}\n", b"[]\n[]\n", b"1\n2\n", b"\xff"])
def test_what_is_no_anchor_is_refused(content: bytes) -> None:
    with pytest.raises(ValueError):
        parse(content)
    with pytest.raises(ValueError):
        parse_part(content, "fern", "2026-03-10", 0)


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


def test_in_s3_parts_lie_beside_and_the_first_stays(moto_aws: Resources) -> None:
    anchors = S3Anchors(moto_aws.anchors_bucket, region="us-east-1")
    assert anchors.part("fern", "2026-03-10", 0) is None
    for number in (0, 1):
        anchors.put_part("fern", "2026-03-10", number, b"x%d" % number)
    anchors.put_part("fern", "2026-03-10", 1, b"x1")
    with pytest.raises(Conflict):
        anchors.put_part("fern", "2026-03-10", 1, b"other")
    assert [anchors.part("fern", "2026-03-10", number) for number in (0, 1, 2)] == [b"x0", b"x1", None]
    assert anchors.latest("fern") is None
    anchors.put("fern", "2026-03-10", b"x")
    assert anchors.latest("fern") == ("2026-03-10", b"x")


def test_the_last_of_more_than_a_page_of_days_is_found(
    moto_aws: Resources, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MOTO_S3_DEFAULT_MAX_KEYS", "2")
    anchors = S3Anchors(moto_aws.anchors_bucket, region="us-east-1")
    for day in range(1, 8):
        anchors.put_part("fern", f"2026-03-{day:02d}", 0, b"x")
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
