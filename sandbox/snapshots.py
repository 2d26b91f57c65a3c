"""The whole state of the local AWS in a folder, written now and then; changes between are in write_ahead.py.

Ministack itself saves only on a graceful stop. Standard library only: it runs inside the emulator's process.
"""

import asyncio
import contextlib
import shutil
import sys
import time
from pathlib import Path
from types import ModuleType
from typing import Any

from sandbox.asgi import App, Message, Receive, Send
from sandbox.write_ahead import ChangeLog, WriteAhead

LOOK_EVERY_SECONDS = 1.0
# How much of the log a start may have to carry out again: about a second's work, or what a quiet minute left.
LOG_BYTES = 2_000_000
LOG_SECONDS = 60.0
_FIRST_CHANGE = "first-change"


class Snapshots:
    """Saves ministack's state into `folder/current`, a link that always names one whole snapshot."""

    def __init__(self, app: ModuleType, persistence: ModuleType, folder: Path) -> None:
        self._app, self._persistence, self._folder = app, persistence, folder
        self._log = ChangeLog(folder)
        self.changes = WriteAhead(app.app, self._log)
        self._saved_at = time.monotonic()

    async def run(self, stop: asyncio.Event) -> None:
        """Save whenever the log is long or old, and once more when told to stop."""
        while not stop.is_set():
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(stop.wait(), LOOK_EVERY_SECONDS)
            old = time.monotonic() - self._saved_at > LOG_SECONDS
            if self._log.size > (0 if old or stop.is_set() else LOG_BYTES):
                await self.save_if_possible()

    async def save_if_possible(self) -> None:
        """On a full disk, say, the last good snapshot stays, and so does the log beyond it."""
        try:
            await self.save()
        except (OSError, RuntimeError) as error:
            print(f"the state was not saved: {error}", file=sys.stderr, flush=True)

    async def save(self) -> None:
        """Copy the state between two changes, then write it in a thread. Errors: OSError, RuntimeError."""
        self._saved_at = time.monotonic()
        async with self.changes.changing:
            first = self._log.begin_next()
            services = self._app._build_persistence_save_dict()
            states = {name: get_state() for name, get_state in services.items()}
        await asyncio.to_thread(self._write, {n: s for n, s in states.items() if s is not None}, first)
        self._log.drop_before(first)

    async def catch_up(self) -> None:
        """Carry out again what was changed after the snapshot that ministack has loaded."""
        # Its own save at the end would write over the snapshot that stands, which is to appear whole.
        setattr(self._app, "PERSIST_STATE", False)  # noqa: B010 (a module of no known type)
        if await self.changes.carry_out(self._first_change()):
            await self.save_if_possible()

    def _first_change(self) -> int:
        with contextlib.suppress(FileNotFoundError):
            return int((self._folder / "current" / _FIRST_CHANGE).read_text())
        return 0

    def _write(self, states: dict[str, Any], first: int) -> None:
        current = self._folder / "current"
        fresh = self._folder / f"state-{time.time_ns()}"
        fresh.mkdir()
        for name, state in states.items():
            self._write_one(fresh, name, state)
        (fresh / _FIRST_CHANGE).write_text(str(first))
        previous = current.resolve() if current.is_symlink() else None
        link = self._folder / "current.new"
        link.unlink(missing_ok=True)
        link.symlink_to(fresh.name)
        link.replace(current)
        if previous is not None:
            shutil.rmtree(previous, ignore_errors=True)

    def _write_one(self, folder: Path, name: str, state: Any) -> None:
        setattr(self._persistence, "STATE_DIR", str(folder))  # noqa: B010 (a module of no known type)
        self._persistence.save_state(name, state)
        if not (folder / f"{name}.json").exists():  # save_state logs its errors and goes on
            raise RuntimeError(f"the state of {name} could not be written")


def drop_unfinished(folder: Path) -> None:
    """Remove snapshots that a kill or a full disk left behind half-written."""
    current = (folder / "current").resolve()
    for snapshot in folder.glob("state-*"):
        if snapshot.resolve() != current:
            shutil.rmtree(snapshot, ignore_errors=True)


def catching_up(app: App, snapshots: Snapshots) -> App:
    """The ASGI app, ready only when what was acknowledged before it started is there again."""

    async def wrapped(scope: Message, receive: Receive, send: Send) -> None:
        if scope["type"] != "lifespan":
            return await app(scope, receive, send)

        async def later(message: Message) -> None:
            if message["type"] == "lifespan.startup.complete":
                await snapshots.catch_up()
            await send(message)

        return await app(scope, receive, later)

    return wrapped
