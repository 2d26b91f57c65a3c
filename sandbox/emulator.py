"""The local AWS (ministack) with its state saved as it changes: `python -m sandbox.emulator --port 8001 …`.

Runs in .venv-ministack. Ministack itself saves only on a graceful stop; here each change is written down
before it is carried out (write_ahead.py), and all services now and then as one snapshot that appears whole or
not at all (snapshots.py), so that a `kill -9` costs nothing that was acknowledged. Messages given to SES are
kept before SES answers (outbox.py).

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
import signal
import sys
from datetime import UTC, datetime
from pathlib import Path

from sandbox.asgi import App, Message, Receive, Send
from sandbox.guard import Pages, guarding
from sandbox.outbox import SES_V2_SEND, Outbox, sent_message
from sandbox.parent import end_with_parent
from sandbox.refusals import noting_refusals
from sandbox.returns import named, returning
from sandbox.running import count_of_ministack, telling_what_runs
from sandbox.snapshots import Snapshots, catching_up, drop_unfinished

# What the app and the sandbox's own programs call.
SERVICES = ("dynamodb", "s3", "ses", "sqs", "ssm")


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


def _keeping_mail(app: App, outbox: Outbox) -> App:
    """The ASGI app, keeping what SES is given."""

    async def wrapped(scope: Message, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            return await app(scope, receive, send)
        body, started = bytearray(), list[Message]()
        content_type = dict(scope["headers"]).get(b"content-type", b"")
        may_be_mail = scope["path"] == SES_V2_SEND or b"form-urlencoded" in content_type

        async def noting_receive() -> Message:
            message = await receive()
            if may_be_mail:
                body.extend(message.get("body", b""))
            return message

        async def noting_send(message: Message) -> None:
            if message["type"] == "http.response.start":
                if may_be_mail and message["status"] == 200:
                    started.append(message)  # held until the answer is known: it names the mail
                    return
            elif started:
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


async def _serve(app: App, port: int, snapshots: Snapshots | None, tls: tuple[Path, Path] | None) -> None:
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
    served = serve(app, config, shutdown_trigger=stop.wait)  # type: ignore[arg-type,unused-ignore]
    ended = asyncio.Event()
    saving = asyncio.create_task(snapshots.run(ended)) if snapshots else None
    await served
    ended.set()
    if saving:
        await saving


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0] if __doc__ else None)
    parser.add_argument("--port", type=int, required=True)
    parser.add_argument("--state", type=Path, help="folder that keeps everything; in memory without it")
    parser.add_argument("--mail", type=Path, help="folder that keeps what SES was given")
    parser.add_argument("--mail-reports", metavar="URL", help="queue for what becomes of mail to bounce@…")
    parser.add_argument("--also", action="append", default=[], metavar="SERVICE", help="beside those")
    parser.add_argument("--every-service", action="store_true", help="not only those that Billfold calls")
    parser.add_argument(
        "--page", action="append", default=[], metavar="ORIGIN", help="whose page may ask; * for any name"
    )
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
        drop_unfinished(options.state)
    # Imported here because ministack reads its settings when it is imported.
    from ministack import app as ministack_app
    from ministack.core import persistence

    snapshots = Snapshots(ministack_app, persistence, options.state) if options.state else None
    inner: App = snapshots.changes if snapshots else ministack_app.app
    inner = returning(inner, options.mail_reports) if options.mail_reports else inner
    inner = noting_refusals(inner, options.refusals) if options.refusals else inner
    inner = telling_what_runs(inner, count_of_ministack)
    inner = _keeping_mail(inner, Outbox(options.mail)) if options.mail else inner
    inner = catching_up(inner, snapshots) if snapshots else inner
    app = guarding(inner, Pages(options.page))
    tls = (options.certificate, options.key) if options.certificate else None
    asyncio.run(_serve(app, options.port, snapshots, tls))


if __name__ == "__main__":
    main()
