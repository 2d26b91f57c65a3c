"""The emulator says how many functions run, and answers everything else as before."""

import json
from collections.abc import MutableMapping
from typing import Any

import requests

from sandbox.running import PATH, telling_what_runs
from tests.support.coroutines import finished
from tests.support.ministack import Ministack


def answered(path: str) -> list[MutableMapping[str, Any]]:
    got: list[MutableMapping[str, Any]] = []

    async def emulator(scope: Any, receive: Any, send: Any) -> None:
        await send({"type": "http.response.body", "body": b"the emulator's"})

    async def send(message: MutableMapping[str, Any]) -> None:
        got.append(message)

    async def receive() -> MutableMapping[str, Any]:
        return {"type": "http.request"}

    async def ask() -> None:
        await telling_what_runs(emulator, lambda: 2)({"type": "http", "path": path}, receive, send)

    finished(ask())
    return got


def test_the_count_is_answered_at_its_own_path_and_nothing_else_is_touched() -> None:
    assert json.loads(answered(PATH)[-1]["body"]) == {"running": 2}
    assert answered("/")[-1]["body"] == b"the emulator's"


def test_nothing_runs_where_there_is_no_function(ministack: Ministack) -> None:
    assert requests.get(f"{ministack.url}{PATH}", timeout=10).json() == {"running": 0}
