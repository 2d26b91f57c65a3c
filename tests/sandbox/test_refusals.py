"""What IAM refused is kept: by whom it was asked, for what, and only what really was refused."""

import json
from collections.abc import MutableMapping
from pathlib import Path
from typing import Any

import pytest

from sandbox.refusals import noting_refusals
from tests.support.coroutines import finished

ROLE = "arn:aws:sts::000000000000:assumed-role/billfold-settle/billfold-settle-function"
SAID = (
    f"User: {ROLE} is not authorized to perform: dynamodb:GetItem because no identity-based policy allows it"
)


def answered(file: Path, status: int, *parts: str) -> list[MutableMapping[str, Any]]:
    """What the asker gets when the emulator answers in these parts."""
    got: list[MutableMapping[str, Any]] = []

    async def app(scope: Any, receive: Any, send: Any) -> None:
        await send({"type": "http.response.start", "status": status, "headers": []})
        for place, part in enumerate(parts, start=1):
            more = place < len(parts)
            await send({"type": "http.response.body", "body": part.encode(), "more_body": more})

    async def send(message: MutableMapping[str, Any]) -> None:
        got.append(message)

    async def receive() -> MutableMapping[str, Any]:
        return {"type": "http.request", "body": b"", "more_body": False}

    async def ask() -> None:
        await noting_refusals(app, file)({"type": "http"}, receive, send)

    finished(ask())
    return got


@pytest.mark.parametrize("status", [400, 403])
def test_a_refusal_is_kept_and_passed_on_unchanged(tmp_path: Path, status: int) -> None:
    file = tmp_path / "refusals"
    body = json.dumps({"__type": "AccessDeniedException", "message": SAID})
    for _ in range(2):
        got = answered(file, status, body[:60], body[60:])
        assert "".join(message["body"].decode() for message in got[1:]) == body
    kept = [json.loads(line) for line in file.read_text().splitlines()]
    assert kept == [{"principal": ROLE, "action": "dynamodb:GetItem"}] * 2


@pytest.mark.parametrize(("status", "body"), [(200, SAID), (400, "ConditionalCheckFailed"), (403, "")])
def test_nothing_else_is_kept(tmp_path: Path, status: int, body: str) -> None:
    answered(tmp_path / "refusals", status, body)
    assert not (tmp_path / "refusals").exists()
