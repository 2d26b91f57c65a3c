"""Starts everything on this machine: `python -m sandbox.run` (or `make run`).

The local AWS, the stand-ins for Stripe and PayPal, portal and API, the driver of queues and schedules, and
the mailbox page: each a process of its own, started again when it dies. Ctrl-C stops them all; their state
stays.
"""

import argparse
import contextlib
import os
import signal
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from types import FrameType

import boto3

from sandbox import paypal_apps
from sandbox.config import (
    DEFAULT_STATE,
    DUMMY_CREDENTIALS,
    EMULATOR_PYTHON,
    LAST_PORT,
    NO_PROXY,
    REGION,
    SandboxConfig,
    queue_names,
)
from sandbox.data_format import check_format
from sandbox.demo_data import load_demo_once
from sandbox.disk import DiskWatch
from sandbox.ports import check_ports
from sandbox.processor import StripeKeys, connect_known, own_keys
from sandbox.resources import Resources, make_resources
from sandbox.state_lock import StateInUse, held
from sandbox.supervisor import ChildSpec, SandboxError, Supervisor, own_module
from sandbox.welcome import welcome

START_SECONDS = 60.0
_CHECK_EVERY_SECONDS = 0.25


class _Stopped(Exception):
    """Ctrl-C, SIGTERM, or the terminal has gone."""


def main() -> int:
    """Run until stopped; returns the exit status."""
    options = _options()
    for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
        signal.signal(number, _stop)
    os.environ.update(NO_PROXY)
    try:
        keys = own_keys(os.environ)
        config = SandboxConfig(options.port, options.state.resolve(), real_stripe=keys is not None)
        with _alone(config):
            check_ports(config)
            check_format(config)
            _run(config, keys, with_demo=not options.no_demo)
    except SandboxError as error:
        print(f"billfold: {error}", file=sys.stderr, flush=True)
        return 1
    except _Stopped:
        return 0
    return 0


@contextlib.contextmanager
def _alone(config: SandboxConfig) -> Iterator[None]:
    """Before the ports are looked at: whoever is told to take others must not do so on the same state."""
    try:
        with held(config.state, config.portal_url):
            yield
    except StateInUse as error:
        port = config.port + 1000
        raise SandboxError(
            f"{config.state_name}/ is in use by {error}; "
            f"stop that, or start another: make run PORT={port} STATE={config.state_name}-{port}"
        ) from error


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="python -m sandbox.run", description="Run Billfold on this machine."
    )
    parser.add_argument(
        "--port", type=int, default=8000, help="the portal's; the four after it are used, too"
    )
    parser.add_argument(
        "--state", type=Path, default=Path(DEFAULT_STATE), help="folder that keeps everything"
    )
    parser.add_argument("--no-demo", action="store_true", help="do not load the demo practice")
    options = parser.parse_args()
    if not 1 <= options.port <= LAST_PORT:
        parser.error(f"--port must be between 1 and {LAST_PORT}")
    return options


def _run(config: SandboxConfig, keys: StripeKeys | None, *, with_demo: bool) -> None:
    started = time.monotonic()
    supervisor = Supervisor(config.child_environment(os.environ), _say)
    try:
        _start(config, supervisor, keys)
        if with_demo:
            load_demo_once(config, _say)
        _wait(supervisor, config.portal_url)
        _wait(supervisor, config.mailbox_url)
        print(welcome(config, time.monotonic() - started, with_demo=with_demo), flush=True)
        disk = DiskWatch(config.state, _say)
        while True:
            time.sleep(_CHECK_EVERY_SECONDS)
            supervisor.check()
            disk.check()
    finally:
        # A second Ctrl-C while stopping must not leave anything half stopped.
        for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
            signal.signal(number, signal.SIG_IGN)
        _say("stopping")
        supervisor.stop()
        _say(f"stopped; everything is kept in {config.state_name}/")


def _start(config: SandboxConfig, supervisor: Supervisor, keys: StripeKeys | None) -> None:
    supervisor.start(_emulator(config))
    if keys is None:
        supervisor.start(_stripe(config))
    supervisor.start(_paypal(config))
    _wait(supervisor, f"{config.aws_url}/_ministack/health")
    session = boto3.session.Session(
        aws_access_key_id=DUMMY_CREDENTIALS["AWS_ACCESS_KEY_ID"],
        aws_secret_access_key=DUMMY_CREDENTIALS["AWS_SECRET_ACCESS_KEY"],
        region_name=REGION,
    )
    make_resources(Resources.from_environment(config.app_environment()), session, endpoint_url=config.aws_url)
    if keys is None:
        _wait(supervisor, config.stripe_url)
    _wait(supervisor, config.paypal_url)
    ssm = session.client("ssm", endpoint_url=config.aws_url)
    connect_known(config, ssm, keys)
    paypal_apps.connect_known(config, ssm)
    for spec in _ours(config):
        supervisor.start(spec)


def _emulator(config: SandboxConfig) -> ChildSpec:
    command = (
        str(EMULATOR_PYTHON), "-m", "sandbox.emulator", "--port", str(config.aws_port),
        "--state", str(config.state / "aws"), "--mail", str(config.mail_folder),
        *_mail_reports(config),
    )  # fmt: skip
    return ChildSpec("aws", command, config.log_folder / "aws.log")


def _mail_reports(config: SandboxConfig) -> tuple[str, str]:
    """Where what becomes of mail is told: to the documents function."""
    return "--mail-reports", config.queue_url(queue_names()[1])


def _stripe(config: SandboxConfig) -> ChildSpec:
    state = config.state / "stripe.sqlite3"
    arguments = ("--port", str(config.stripe_port), "--state", str(state), "--page", config.portal_url)
    return own_module("stripe", "sandbox.stripe", *arguments, log_folder=config.log_folder)


def _paypal(config: SandboxConfig) -> ChildSpec:
    state = config.state / "paypal.sqlite3"
    arguments = ("--port", str(config.paypal_port), "--state", str(state))
    return own_module("paypal", "sandbox.paypal", *arguments, log_folder=config.log_folder)


def _ours(config: SandboxConfig) -> list[ChildSpec]:
    logs = config.log_folder
    mail = ("--port", str(config.mailbox_port), "--mail", str(config.mail_folder), *_mail_reports(config))
    return [
        own_module("web", "sandbox.web", "--port", str(config.port), log_folder=logs),
        own_module("driver", "sandbox.driver", log_folder=logs),
        own_module("mailbox", "sandbox.mailbox", *mail, log_folder=logs),
    ]


def _wait(supervisor: Supervisor, url: str) -> None:
    """Return once `url` answers anything at all."""
    deadline = time.monotonic() + START_SECONDS
    while not _answers(url):
        supervisor.check()
        if time.monotonic() > deadline:
            raise SandboxError(f"{url} did not answer within {START_SECONDS:.0f} s; see the logs")
        time.sleep(0.05)


def _answers(url: str) -> bool:
    try:
        with urllib.request.urlopen(url, timeout=5):
            return True
    except urllib.error.HTTPError:
        return True
    except OSError:
        return False


def _stop(_signal: int, _frame: FrameType | None) -> None:
    raise _Stopped


def _say(text: str) -> None:
    print(f"billfold: {text}", flush=True)


if __name__ == "__main__":
    sys.exit(main())
