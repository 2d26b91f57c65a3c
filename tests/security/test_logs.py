"""What goes wrong is logged by its kind and place; its text, which may quote a client, is not."""

import io
import logging
from collections.abc import Iterator

import pytest

from chalicelib.entrypoints import jobs, logs
from tests.support.api import World

PLANTED = "Maya Lopez owes for grief work"


@pytest.fixture
def written() -> Iterator[io.StringIO]:
    """All that the functions would write."""
    stream = io.StringIO()
    handler = logging.StreamHandler(stream)
    handler.setFormatter(logs.JsonLines())
    logging.getLogger().addHandler(handler)
    yield stream
    logging.getLogger().removeHandler(handler)


def broken(*_: object, **__: object) -> None:
    try:
        raise KeyError(PLANTED)
    except KeyError as error:
        raise ValueError(f"cannot use {PLANTED}") from error


def test_a_request_that_breaks_is_logged_without_the_text(
    world: World, written: io.StringIO, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(world.app.practices, "practice", broken)
    assert world.call("GET", "/practices/fern").status == 500
    assert "Maya" not in written.getvalue()
    assert '"error": "ValueError"' in written.getvalue()
    assert '"route": "/practices/{practice_id}"' in written.getvalue()


def test_a_task_that_breaks_is_logged_without_the_text(
    world: World, written: io.StringIO, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Record:
        body = '{"task": "receipt", "practice": "fern", "marker": "m"}'

        def to_dict(self) -> dict[str, str]:
            return {"messageId": "m1"}

    monkeypatch.setattr(type(world.app.receipts), "send", broken)
    assert jobs.documents([Record()]) == {"batchItemFailures": [{"itemIdentifier": "m1"}]}
    assert "Maya" not in written.getvalue()
    assert '"error": "ValueError"' in written.getvalue()
