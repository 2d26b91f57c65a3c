"""The local AWS (ministack) with its state saved as it changes: `python -m sandbox.emulator --port 8001 …`.

Runs in .venv-ministack. Ministack itself saves only on a graceful stop; here everything that changed is
written about once a second, all services as one snapshot that appears whole or not at all, so a `kill -9`
costs at most the last second. Messages given to SES are kept before SES answers (see outbox.py).

Pages of other sites are kept out (see guard.py), and only the services that Billfold calls are there: whoever
could make a function would run programs on this machine.

For the deployment test it can be all of an account (--every-service) and as strict: IAM (--iam), TLS
(--certificate and --key), and functions run by a Python of their own (--functions-python), so that none of
our packages reaches them. What IAM refuses can be kept (--refusals, see refusals.py).
"""

import argparse
import asyncio
import json
import os
import shutil
import signal
import sys
import time
from collections.abc import Awaitable, Callable, MutableMapping
from datetime import UTC, datetime
from pathlib import Path
from types import ModuleType
from typing import Any

from sandbox.guard import guarding
from sandbox.outbox import SES_V2_SEND, Outbox, sent_message
from sandbox.parent import end_with_parent
from sandbox.refusals import noting_refusals
from sandbox.returns import named, returning
from sandbox.running import count_of_ministack, telling_what_runs

_Message = MutableMapping[str, Any]
_Receive = Callable[[], Awaitable[_Message]]
_Send = Callable[[_Message], Awaitable[None]]
_App = Callable[[_Message, _Receive, _Send], Awaitable[None]]

SAVE_EVERY_SECONDS = 1.0
# What the app and the sandbox's own programs call.
SERVICES = ("dynamodb", "s3", "ses", "sqs", "ssm")
# Requests that change nothing: reads by the action's name, and the queue polls of the driver (what they
# change, a message's visibility, may be lost: it is then delivered again, as SQS promises no less).
_READ_ACTIONS = ("Get", "Query", "Scan", "BatchGet", "TransactGet", "Describe", "List", "Receive", "Head")


def _environment(port: int, state: Path | None) -> dict[str, str]:
    """Ministack's settings. Its Docker sweep is pointed at nothing: this sandbox starts no containers."""
    settings = {
        "GATEWAY_PORT": str(port), "BIND_HOST": "127.0.0.1", "MINISTACK_HOST": "127.0.0.1",
        "SFTP_ENABLED": "0", "IOT_MTLS_ENABLED": "0", "LOG_LEVEL": "WARNING",
        "DOCKER_HOST": f"unix://{os.devnull}/none", "MINISTACK_REGION": "us-east-1",
    }  # fmt: skip
    if state is not None:
        settings |= {
            # Queues are kept under their URLs. With one port in them, whatever port is served, a sandbox that
            # is started on another port finds its messages again (answers name the port that was asked).
            "GATEWAY_PORT": "4566",
            "PERSIST_STATE": "1", "STATE_DIR": str(state / "current"),
            "S3_PERSIST": "1", "S3_DATA_DIR": str(state / "s3"),
        }  # fmt: skip
    return settings


class Snapshots:
    """Saves ministack's state into `folder/current`, a link that always names one whole snapshot."""

    def __init__(self, app: ModuleType, persistence: ModuleType, folder: Path) -> None:
        self._app, self._persistence, self._folder = app, persistence, folder
        self._changed = False

    def mark_changed(self) -> None:
        """Say that there is something to save."""
        self._changed = True

    async def run(self) -> None:
        """Save every second while there are changes, until cancelled."""
        while True:
            await asyncio.sleep(SAVE_EVERY_SECONDS)
            if not self._changed:
                continue
            try:
                await self.save()
            except (OSError, RuntimeError) as error:  # a full disk, say: the last good snapshot stays
                self._changed = True
                print(f"the state was not saved: {error}", file=sys.stderr, flush=True)

    async def save(self) -> None:
        """Copy the state in one go on the event loop (nothing runs in between), then write it in a thread."""
        self._changed = False
        services = self._app._build_persistence_save_dict()
        states = {name: get_state() for name, get_state in services.items()}
        await asyncio.to_thread(self._write, {name: s for name, s in states.items() if s is not None})

    def _write(self, states: dict[str, Any]) -> None:
        current = self._folder / "current"
        fresh = self._folder / f"state-{time.time_ns()}"
        fresh.mkdir(parents=True)
        for name, state in states.items():
            self._write_one(fresh, name, state)
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


def _drop_unfinished(folder: Path) -> None:
    """Remove snapshots that a kill left behind half-written."""
    current = (folder / "current").resolve()
    for snapshot in folder.glob("state-*"):
        if snapshot.resolve() != current:
            shutil.rmtree(snapshot, ignore_errors=True)


def _changes_something(scope: _Message) -> bool:
    if scope["method"] in ("GET", "HEAD"):
        return False
    headers = dict(scope["headers"])
    action = headers.get(b"x-amz-target", b"").decode("latin-1").rpartition(".")[2]
    return not action.startswith(_READ_ACTIONS)


def _keeping(app: _App, changed: Callable[[], None], outbox: Outbox | None) -> _App:
    """The ASGI app, noting changes and keeping mail. A change counts once its answer is on its way."""

    async def wrapped(scope: _Message, receive: _Receive, send: _Send) -> None:
        if scope["type"] != "http":
            return await app(scope, receive, send)
        body, started = bytearray(), list[_Message]()
        content_type = dict(scope["headers"]).get(b"content-type", b"")
        may_be_mail = scope["path"] == SES_V2_SEND or b"form-urlencoded" in content_type

        async def noting_receive() -> _Message:
            message = await receive()
            if may_be_mail:
                body.extend(message.get("body", b""))
            return message

        async def noting_send(message: _Message) -> None:
            if message["type"] == "http.response.start":
                if _changes_something(scope):
                    changed()
                if may_be_mail and outbox is not None and message["status"] == 200:
                    started.append(message)  # held until the answer is known: it names the mail
                    return
            elif started and outbox is not None:
                _keep_mail(outbox, scope["path"], bytes(body), message.get("body", b""))
                await send(started.pop())
            await send(message)

        return await app(scope, noting_receive, noting_send)

    return wrapped


def _keep_mail(outbox: Outbox, path: str, body: bytes, answer: bytes) -> None:
    message = sent_message(path, body)
    if message is None:
        return
    reported = None
    if path == SES_V2_SEND:
        reported = named(json.loads(body), json.loads(answer)["MessageId"], datetime.now(UTC))
    outbox.add(message, reported)


async def _serve(app: _App, port: int, snapshots: Snapshots | None, tls: tuple[Path, Path] | None) -> None:
    from hypercorn.asyncio import serve
    from hypercorn.config import Config

    config = Config()
    config.bind = [f"127.0.0.1:{port}"]
    if tls:
        config.certfile, config.keyfile = map(str, tls)
    config.keep_alive_timeout = 75
    config.loglevel = "WARNING"
    stop = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, stop.set)
    saver = asyncio.create_task(snapshots.run()) if snapshots else None
    await serve(app, config, shutdown_trigger=stop.wait)  # type: ignore[arg-type,unused-ignore]
    if saver and snapshots:
        saver.cancel()
        await snapshots.save()


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0] if __doc__ else None)
    parser.add_argument("--port", type=int, required=True)
    parser.add_argument("--state", type=Path, help="folder that keeps everything; in memory without it")
    parser.add_argument("--mail", type=Path, help="folder that keeps what SES was given")
    parser.add_argument("--mail-reports", metavar="URL", help="queue for what becomes of mail to bounce@…")
    parser.add_argument("--also", action="append", default=[], metavar="SERVICE", help="beside those")
    parser.add_argument("--every-service", action="store_true", help="not only those that Billfold calls")
    parser.add_argument("--page", action="append", default=[], metavar="ORIGIN", help="whose page may ask")
    parser.add_argument("--iam", action="store_true", help="refuse what no policy allows")
    parser.add_argument("--refusals", type=Path, help="file that keeps what IAM refused, a line of JSON each")
    parser.add_argument("--certificate", type=Path, help="serve TLS with this certificate (PEM)")
    parser.add_argument("--key", type=Path, help="the certificate's key (PEM)")
    parser.add_argument("--functions-python", type=Path, help="the Python that runs Lambda functions")
    options = parser.parse_args()
    if bool(options.certificate) != bool(options.key):
        parser.error("--certificate and --key go together")
    return options


def _as_strict_as_asked(options: argparse.Namespace) -> None:
    """Ministack takes these from the environment, and the functions' Python from its own."""
    if not options.every_service:
        os.environ["SERVICES"] = ",".join((*SERVICES, *options.also))
    if options.iam:
        os.environ["AUTH"] = "true"
    if options.certificate:
        tls = {"MINISTACK_SSL_CERT": str(options.certificate), "MINISTACK_SSL_KEY": str(options.key)}
        os.environ.update({"USE_SSL": "1", **tls})
    if options.functions_python:
        sys.executable = str(options.functions_python)


def main() -> None:
    """Serve until SIGTERM or SIGINT; without --state nothing is kept."""
    options = _options()
    os.environ.update(_environment(options.port, options.state))
    _as_strict_as_asked(options)
    end_with_parent()
    if options.state:
        options.state.mkdir(parents=True, exist_ok=True)
        _drop_unfinished(options.state)
    # Imported here because ministack reads its settings when it is imported.
    from ministack import app as ministack_app
    from ministack.core import persistence

    snapshots = Snapshots(ministack_app, persistence, options.state) if options.state else None
    changed = snapshots.mark_changed if snapshots else lambda: None
    inner = returning(ministack_app.app, options.mail_reports) if options.mail_reports else ministack_app.app
    inner = noting_refusals(inner, options.refusals) if options.refusals else inner
    inner = telling_what_runs(inner, count_of_ministack)
    inner = _keeping(inner, changed, Outbox(options.mail) if options.mail else None)
    app = guarding(inner, options.page)
    tls = (options.certificate, options.key) if options.certificate else None
    asyncio.run(_serve(app, options.port, snapshots, tls))


if __name__ == "__main__":
    main()
