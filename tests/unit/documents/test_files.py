"""Documents in S3: written once, private, read through links that live a minute."""

import threading
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

import boto3
import pytest
import requests
from botocore.exceptions import ClientError

from chalicelib.documents.store.files import S3Files
from chalicelib.kernel.errors import NotFound
from chalicelib.kernel.outside import Busy
from sandbox.config import REGION
from sandbox.resources import Resources
from tests.support.ministack import Ministack
from tests.support.waiting import wait_until

KEY = "receipts/p1.pdf"


@pytest.fixture
def files(moto_aws: Resources) -> S3Files:
    return S3Files(moto_aws.bucket, region=REGION)


def test_a_file_lies_under_its_practice_with_its_type(files: S3Files, moto_aws: Resources) -> None:
    files.put("willow", KEY, b"%PDF", content_type="application/pdf")
    found = boto3.client("s3").get_object(Bucket=moto_aws.bucket, Key=f"practices/willow/{KEY}")
    assert (found["Body"].read(), found["ContentType"]) == (b"%PDF", "application/pdf")


def test_the_first_bytes_under_a_key_stay(files: S3Files, moto_aws: Resources) -> None:
    files.put("willow", KEY, b"first", content_type="application/pdf")
    files.put("willow", KEY, b"second", content_type="application/pdf")
    found = boto3.client("s3").get_object(Bucket=moto_aws.bucket, Key=f"practices/willow/{KEY}")
    assert found["Body"].read() == b"first"


def test_a_file_is_read_back_within_its_practice(files: S3Files) -> None:
    files.put("willow", KEY, b"first", content_type="application/pdf")
    assert files.get("willow", KEY) == b"first"
    with pytest.raises(NotFound, match="document_not_found"):
        files.get("birch", KEY)


@pytest.mark.parametrize("practice", ["", "willow/../aspen"])
def test_a_practices_id_cannot_reach_into_anothers_folder(files: S3Files, practice: str) -> None:
    with pytest.raises(ValueError, match="one part"):
        files.put(practice, KEY, b"", content_type="application/pdf")


@pytest.mark.parametrize(("inline", "kind"), [(True, "inline"), (False, "attachment")])
def test_a_link_opens_or_downloads_a_pdf_for_sixty_seconds(files: S3Files, inline: bool, kind: str) -> None:
    query = _query(files.url("willow", KEY, filename="receipt-2026-11-03.pdf", inline=inline))
    assert query["X-Amz-Expires"] == "60"
    assert query["X-Amz-Algorithm"] == "AWS4-HMAC-SHA256"
    assert query["response-content-type"] == "application/pdf"
    assert query["response-content-disposition"] == (
        f"{kind}; filename=\"receipt-2026-11-03.pdf\"; filename*=UTF-8''receipt-2026-11-03.pdf"
    )


def test_a_filename_can_neither_break_the_header_nor_lose_its_letters(files: S3Files) -> None:
    name = 'reçu "x"\r\nSet-Cookie: a=b; 心.pdf'
    answer_as = _query(files.url("willow", KEY, filename=name, inline=False))["response-content-disposition"]
    plain, _, exact = answer_as.partition("; filename*=UTF-8''")
    assert plain == 'attachment; filename="recu _x___Set-Cookie_ a_b_ .pdf"'
    assert answer_as.isascii()
    assert answer_as.isprintable()
    assert unquote(exact) == name


def test_an_absent_bucket_is_busy_and_not_a_crash(moto_aws: Resources) -> None:
    with pytest.raises(Busy, match="NoSuchBucket"):
        S3Files("no-such-bucket", region=REGION).put("willow", KEY, b"", content_type="application/pdf")


def test_issue_12_2_whether_a_file_is_there_is_known_and_which_there_are(
    files: S3Files, moto_aws: Resources
) -> None:
    assert (files.has("willow", KEY), list(files.keys("willow"))) == (False, [])
    for practice in ("willow", "willow2"):
        files.put(practice, KEY, b"%PDF", content_type="application/pdf")
    assert (files.has("willow", KEY), list(files.keys("willow"))) == (True, [KEY])


@pytest.mark.parametrize("status", ["403", "404"])
def test_issue_12_2_what_nobody_may_list_is_forbidden_where_it_is_absent(
    files: S3Files, monkeypatch: pytest.MonkeyPatch, status: str
) -> None:
    """S3 answers so to the function's role, which may read objects and not list them."""
    error = ClientError({"Error": {"Code": status, "Message": ""}}, "HeadObject")
    monkeypatch.setattr(files._client(), "head_object", _raising(error))
    assert not files.has("willow", KEY)


def test_issue_12_2_a_storage_that_does_not_answer_is_busy_and_no_absent_file(
    files: S3Files, monkeypatch: pytest.MonkeyPatch
) -> None:
    error = ClientError({"Error": {"Code": "503", "Message": ""}}, "HeadObject")
    monkeypatch.setattr(files._client(), "head_object", _raising(error))
    with pytest.raises(Busy):
        files.has("willow", KEY)


def _raising(error: Exception) -> Any:
    def asked(**_: object) -> None:
        raise error

    return asked


@pytest.mark.ministack
def test_a_link_gives_the_same_bytes_and_a_changed_one_nothing(
    ministack: Ministack, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AWS_ENDPOINT_URL", ministack.url)
    files = S3Files(ministack.new_bucket(), region=REGION)
    files.put("willow", KEY, b"%PDF first", content_type="application/pdf")
    files.put("willow", KEY, b"%PDF second", content_type="application/pdf")
    url = files.url("willow", KEY, filename="receipt.pdf", inline=True)
    answer = requests.get(url, timeout=5)
    assert (answer.status_code, answer.content) == (200, b"%PDF first")
    assert answer.headers["Content-Type"] == "application/pdf"
    assert answer.headers["Content-Disposition"].startswith('inline; filename="receipt.pdf"')
    assert requests.get(url.replace("willow", "aspen"), timeout=5).status_code == 403


@pytest.mark.ministack
def test_a_link_ends(ministack: Ministack, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_ENDPOINT_URL", ministack.url)
    files = S3Files(ministack.new_bucket(), region=REGION)
    files.put("willow", KEY, b"%PDF", content_type="application/pdf")
    url = files.url("willow", KEY, filename="receipt.pdf", inline=True, seconds=1)
    wait_until(lambda: requests.get(url, timeout=5).status_code == 403, what="the link's end")


@pytest.mark.ministack
def test_of_many_writers_at_once_one_wins(ministack: Ministack, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_ENDPOINT_URL", ministack.url)
    files = S3Files(ministack.new_bucket(), region=REGION)
    errors: list[Exception] = []

    def write(number: int) -> None:
        try:
            files.put("willow", KEY, b"%d" % number, content_type="application/pdf")
        except Exception as error:
            errors.append(error)

    threads = [threading.Thread(target=write, args=(number,)) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert errors == []
    first = requests.get(files.url("willow", KEY, filename="r.pdf", inline=True), timeout=5).content
    write(99)
    assert requests.get(files.url("willow", KEY, filename="r.pdf", inline=True), timeout=5).content == first


def _query(url: str) -> dict[str, str]:
    return {name: values[0] for name, values in parse_qs(urlsplit(url).query).items()}
