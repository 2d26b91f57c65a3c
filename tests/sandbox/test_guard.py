"""The door of the local AWS: what a link may open there, and that nothing of it runs in a browser."""

from typing import Any

import pytest

from sandbox.guard import guarding
from tests.support.coroutines import finished

LINK = {"sec-fetch-site": "cross-site", "sec-fetch-mode": "navigate", "sec-fetch-dest": "document"}
SIGNED = (
    "X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-Credential=test%2F20261129%2Fus-east-1%2Fs3%2Faws4_request"
    "&X-Amz-Date=20261129T000000Z&X-Amz-Expires=60&X-Amz-SignedHeaders=host&X-Amz-Signature=0"
)
SHOWN = (
    "response-content-disposition=inline&response-content-type=application%2Fpdf"
    "&response-cache-control=private%2C%20no-store"
)
FILE = "/billfold-documents/practices/fern/receipts/1.pdf"

RECORDS = "/billfold-documents/records/fern/maya/1.zip"


def ask(path: str, query: str, content_type: str = "text/html", **headers: str) -> tuple[int, dict[str, str]]:
    """Status and headers of what the guarded emulator answers; by itself it answers all with 200."""
    sent: list[Any] = []

    async def emulator(scope: Any, receive: Any, send: Any) -> None:
        kind = [(b"content-type", content_type.encode()), (b"access-control-allow-origin", b"*")]
        await send({"type": "http.response.start", "status": 200, "headers": kind})
        await send({"type": "http.response.body", "body": b"secret"})

    async def hear(message: Any) -> None:
        sent.append(message)

    about = {"host": "127.0.0.1:8001", **(headers or LINK)}
    named = [(name.replace("_", "-").encode(), value.encode()) for name, value in about.items()]
    scope = {"type": "http", "method": "GET", "path": path, "query_string": query.encode(), "headers": named}
    finished(guarding(emulator)({**scope, "scheme": "http"}, None, hear))  # type: ignore[arg-type]
    return sent[0]["status"], {name.decode(): value.decode() for name, value in sent[0]["headers"]}


@pytest.mark.parametrize(("file", "kind"), [(FILE, "pdf"), (RECORDS, "zip")])
def test_a_link_opens_a_signed_document(file: str, kind: str) -> None:
    shown = SHOWN.replace("pdf", kind)
    status, headers = ask(file, f"{SIGNED}&{shown}", f"application/{kind}")
    assert status == 200
    assert "content-security-policy" not in headers, "a sandbox keeps viewer and download out"


@pytest.mark.parametrize(
    ("path", "query"),
    [
        (FILE, SIGNED + "&response-content-type=text%2Fhtml"),
        (FILE, SIGNED + "&response-content-type=application%2Fpdf&response-content-type=text%2Fhtml"),
        (FILE, SIGNED + "&response-content-type=application%2Fzip"),
        (RECORDS, SIGNED + "&response-content-type=text%2Fhtml"),
        (FILE, SIGNED + "&response-content-encoding=gzip"),
        (FILE, SIGNED + "&X-Amz-Target=AmazonSSM.GetParametersByPath"),
        (FILE, SIGNED + "&x-amz-signature=0"),
        (FILE, SIGNED + "&Action=PurgeQueue"),
        (FILE, SIGNED + "&uploads"),
        (FILE, SIGNED.replace("s3%2F", "sqs%2F")),
        (FILE, ""),
        ("/billfold-documents", SIGNED),
        ("/billfold-documents/practices/fern/receipts/1.html", SIGNED),
        ("/_ministack/health", SIGNED),
        ("/_aws/lambda-url/1.pdf", SIGNED),
        ("/", SIGNED),
    ],
)
def test_a_link_opens_nothing_else(path: str, query: str) -> None:
    """With another type the object would be a page of this origin, whose script could ask for everything."""
    assert ask(path, query)[0] == 403


@pytest.mark.parametrize(
    "content_type", ["text/html", "application/xml", "image/svg+xml", "application/json"]
)
def test_what_is_no_document_is_inert_and_lets_no_origin_in(content_type: str) -> None:
    for headers in ({}, {"user_agent": "a program"}):
        status, answered = ask(FILE, SIGNED, content_type, **headers)
        assert status == 200
        assert answered["content-security-policy"] == "default-src 'none'; sandbox"
        assert answered["x-content-type-options"] == "nosniff"
        assert not [name for name in answered if name.startswith("access-control-")]
