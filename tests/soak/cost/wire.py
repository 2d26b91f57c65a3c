"""Where bytes would leave the process: every request to AWS of this process ends in `answer`.

One layer below tests/soak/seam.py, so that what botocore computes for a call (its form, its signature, the
answer's form) is computed. What TLS and sockets take is not.
"""

import json
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from io import BytesIO
from typing import Any
from unittest import mock
from urllib.parse import parse_qs, unquote, urlsplit

from botocore.awsrequest import AWSPreparedRequest, AWSResponse
from botocore.exceptions import ClientError

Answer = Callable[[str, str, Mapping[str, Any]], dict[str, Any]]
_SERVICES = {"DynamoDB_20120810": "dynamodb", "AmazonSQS": "sqs", "AmazonSSM": "ssm"}
_EMPTY = {"ListObjectsV2": b"<ListBucketResult></ListBucketResult>"}  # nothing is dropped here
_JSON = {"Content-Type": "application/x-amz-json-1.0", "x-amzn-RequestId": "r"}


class _Raw(BytesIO):
    def stream(self) -> Iterator[bytes]:
        yield self.read()


@contextmanager
def on_the_wire(answer: Answer) -> Iterator[None]:
    """`answer(service, operation, parameters)` stands for AWS for the length of a `with`."""

    def send(_: object, request: AWSPreparedRequest) -> AWSResponse:
        service, operation, asked = _read(request)
        try:
            status, body = 200, json.dumps(answer(service, operation, asked)).encode()
        except ClientError as error:
            code = error.response["Error"]["Code"]
            status, body = int(code) if code.isdigit() else 400, json.dumps(_told(error)).encode()
        content = _EMPTY.get(operation, b"") if service == "s3" else body
        return AWSResponse(request.url, status, {**_JSON, "Content-Length": str(len(content))}, _Raw(content))

    with mock.patch("botocore.httpsession.URLLib3Session.send", send):
        yield


def _read(request: AWSPreparedRequest) -> tuple[str, str, dict[str, Any]]:
    body = request.body.read() if hasattr(request.body, "read") else request.body
    target = request.headers.get("X-Amz-Target", b"")
    name, _, operation = (target.decode() if isinstance(target, bytes) else target).partition(".")
    if name:
        return _SERVICES[name], operation, json.loads(body)
    url = urlsplit(request.url)
    if url.path == "/v2/email/outbound-emails":
        return "sesv2", "SendEmail", json.loads(body)
    if request.method == "HEAD":
        return "s3", "HeadObject", {"Key": unquote(url.path.lstrip("/"))}
    if request.method == "GET" and "list-type=2" in url.query:
        return "s3", "ListObjectsV2", {"Prefix": parse_qs(url.query)["prefix"][0]}
    assert request.method == "PUT", f"{request.method} {request.url}"
    return "s3", "PutObject", {"Key": unquote(url.path.lstrip("/")), "Body": body}


def _told(error: ClientError) -> dict[str, Any]:
    about: dict[str, Any] = {**error.response}
    code = about.pop("Error")
    return {"__type": f"x#{code['Code']}", "message": code["Message"], **about}
