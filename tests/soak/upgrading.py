"""An upgrade, a way back and an upgrade again, while people pay: `python -m tests.soak.upgrading`.

The last release's own code makes a practice with data of every kind on the local AWS. From then on clients
pay one service after the other, through one address behind which the code changes, as it does behind the API
Gateway: the last release's, both side by side, this one's alone, and back. Queues and schedules change with
it. At the end the rows are migrated, and this release's format is put in force. Every request that is not
answered as it should be counts as failed, webhooks among them; and every entry has to be there to the end
with the bytes that it was written with.
"""

import argparse
import contextlib
import csv
import itertools
import json
import os
import subprocess
import sys
import tempfile
import threading
import time
import uuid
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from http.server import ThreadingHTTPServer
from pathlib import Path
from typing import Any

import boto3
import requests

from sandbox import paypal_apps
from sandbox.config import DUMMY_CREDENTIALS, EMULATOR_PYTHON, REGION, ROOT, SandboxConfig, queue_names
from sandbox.processor import connect_known, connect_new
from sandbox.resources import Resources, make_resources
from sandbox.server import Reply, Request, make_server
from tests.support.last_release import last_release, unpack_release
from tests.support.ministack import free_port, wait_for_http
from tests.support.payer import Payer
from tests.support.waiting import wait_until

PRACTICE = "upgrade"
PAYING = 3  # at once
# Of one person more are refused within an hour (payment_limits.py); the next client goes on.
PAYMENTS_EACH = 16
Place = tuple[str, str]
Row = Mapping[str, Any]


class Front:
    """The one address: each request goes to the next of those who serve, and what became of it is counted."""

    def __init__(self, port: int) -> None:
        self._ports: Sequence[int] = ()
        self._turns, self._lock = itertools.count(), threading.Lock()
        self._under_way = dict[int, int]()
        self.answered = 0
        self.failed: list[str] = []
        self._server: ThreadingHTTPServer = make_server(port, self._answer)
        threading.Thread(target=self._server.serve_forever, daemon=True).start()

    def serve_by(self, *ports: int) -> None:
        """From now on by these; returns once nobody else has a request under way."""
        with self._lock:
            self._ports = ports
        wait_until(lambda: not self._others(), seconds=60, what="answering what was under way")

    def close(self) -> None:
        self._server.shutdown()
        self._server.server_close()

    def _others(self) -> bool:
        with self._lock:
            return any(number for port, number in self._under_way.items() if port not in self._ports)

    def _answer(self, request: Request) -> Reply:
        with self._lock:
            port = self._ports[next(self._turns) % len(self._ports)]
            self._under_way[port] = self._under_way.get(port, 0) + 1
        try:
            return self._passed_on(request, port)
        finally:
            with self._lock:
                self._under_way[port] -= 1

    def _passed_on(self, request: Request, port: int) -> Reply:
        what = f"{request.method} {request.target.partition('?')[0]}"
        try:
            answer = requests.request(
                request.method, f"http://127.0.0.1:{port}{request.target}", data=request.body,
                headers=dict(request.headers), timeout=60, allow_redirects=False,
            )  # fmt: skip
        except requests.RequestException as error:
            self._count(f"{what}: {type(error).__name__}")
            return Reply(502, (), b"")
        self._count(f"{what}: {answer.status_code} {answer.text[:200]}" if answer.status_code >= 500 else "")
        kept = ("content-type", "set-cookie", "location", "cache-control")
        sent = answer.raw.headers.iteritems()  # two cookies are two headers
        headers = tuple((name, value) for name, value in sent if name.lower() in kept)
        return Reply(answer.status_code, headers, answer.content)

    def _count(self, failure: str) -> None:
        with self._lock:
            self.answered += 1
            if failure:
                self.failed.append(failure)


@dataclass
class Code:
    """A tree of it, and the processes that run it: what serves, and what works off queues and schedules."""

    name: str
    root: Path
    config: SandboxConfig
    folder: Path
    port: int = field(default_factory=free_port)
    running: list["subprocess.Popen[bytes]"] = field(default_factory=list)

    def start(self) -> None:
        web = self._spawn("sandbox.web", "--port", str(self.port))
        self.running = [web, self._spawn("sandbox.driver")]
        wait_for_http(f"http://127.0.0.1:{self.port}/api/practices/{PRACTICE}", web, seconds=60)

    def stop(self) -> None:
        """What it works on comes back to a queue, as after a kill."""
        for process in self.running:
            end(process)
        self.running = []

    def run(self, *arguments: str) -> str:
        """A module of it; what it printed. It must end well."""
        done = subprocess.run(
            [sys.executable, "-m", *arguments], cwd=self.root, env=self._environment,
            stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False,
        )  # fmt: skip
        assert done.returncode == 0, f"{self.name}: {arguments}\n{done.stdout}{done.stderr}"
        return done.stdout

    def killed(self, *arguments: str) -> None:
        """A module of it, as soon as it says something."""
        process = subprocess.Popen(
            [sys.executable, "-u", "-m", *arguments], cwd=self.root, env=self._environment,
            stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
        )  # fmt: skip
        assert process.stdout is not None
        said = process.stdout.readline()
        process.kill()
        process.wait()
        process.stdout.close()
        assert said, f"{self.name}: {arguments} said nothing"

    def billfold(self, *arguments: str) -> str:
        return self.run("chalicelib.entrypoints.cli", *arguments)

    def verify(self, practices: Sequence[str]) -> None:
        """All of them at once."""
        with ThreadPoolExecutor(len(practices)) as pool:
            list(pool.map(lambda practice: self.billfold("verify", "--practice", practice), practices))

    @property
    def _environment(self) -> dict[str, str]:
        return self.config.child_environment(os.environ)

    def _spawn(self, module: str, *arguments: str) -> "subprocess.Popen[bytes]":
        with (self.folder / f"{self.name}-{module}.log").open("ab") as log:
            return subprocess.Popen(
                [sys.executable, "-m", "sandbox.child", module, *arguments], cwd=self.root,
                env=self._environment, stdin=subprocess.PIPE, stdout=log, stderr=subprocess.STDOUT,
            )  # fmt: skip


def end(process: "subprocess.Popen[bytes]") -> None:
    process.terminate()
    process.wait(timeout=30)
    assert process.stdin is not None
    process.stdin.close()


@dataclass
class Drill:
    config: SandboxConfig
    front: Front
    before: Code
    after: Code
    folder: Path
    clients: int
    pause: float = 0.2
    paid: int = 0
    entries: dict[Place, Row] = field(default_factory=dict)
    _begun: int = 0
    _wanted: int = 0
    _lock: threading.Lock = field(default_factory=threading.Lock)
    _over: threading.Event = field(default_factory=threading.Event)

    def prepare(self) -> None:
        """A practice with data of every kind, all of it by the last release."""
        self.before.run("sandbox.demo")
        self._books()
        connect_new(self.config, self._ssm, [PRACTICE])
        paypal_apps.connect_practice(self.config, self._ssm, PRACTICE)
        self.before.start()
        self.front.serve_by(self.before.port)
        self.by_paypal_without_an_account()
        self.check_entries()

    @property
    def practices(self) -> tuple[str, str]:
        return "willow", PRACTICE

    @property
    def _ssm(self) -> Any:
        return self._client("ssm")

    def _client(self, service: str) -> Any:
        return session().client(service, endpoint_url=self.config.aws_url)

    def _books(self) -> None:
        practice = json.loads((ROOT / "sandbox" / "demo" / "practice.json").read_text(encoding="utf-8"))
        practice |= {"id": PRACTICE, "flow": "redirect"}
        del practice["logo"]
        described = self.folder / "practice.json"
        described.write_text(json.dumps(practice), encoding="utf-8")
        names, clinician = [f"p{number}" for number in range(self.clients)], practice["clinicians"][0]["id"]
        people = [(name, name, f"{name}@example.test") for name in names]
        owed = [
            (f"{name}-{number}", name, "2026-03-02", "Session", clinician, "80.00")
            for name in names
            for number in range(PAYMENTS_EACH)
        ]
        files: dict[str, list[tuple[str, ...]]] = {
            "clients.csv": [("client_id", "name", "email"), *people],
            "charges.csv": [("charge_id", "client_id", "date", "service", "clinician_id", "fee"), *owed],
        }
        for file, rows in files.items():
            with (self.folder / file).open("w", newline="", encoding="utf-8") as opened:
                csv.writer(opened).writerows(rows)
        self.before.billfold("practice", "create", "--file", str(described))
        self.before.billfold("import", "--practice", PRACTICE, *(str(self.folder / file) for file in files))

    def by_paypal_without_an_account(self) -> None:
        """A guest's payment: asked for, approved, taken on the way back."""
        key, form = uuid.uuid4().hex, {
            "way": "paypal", "amount_minor": 1200, "clinician": "ostrander", "client": "Maya Okafor",
            "email": "guest@example.test",
        }  # fmt: skip
        headers = {"Billfold-Request": "1", "Origin": self.config.portal_url}
        address = f"{self.config.portal_url}/api/practices/willow"

        def call(path: str, body: Mapping[str, Any], expected: int, **more: str) -> Any:
            answer = requests.post(f"{address}/{path}", json=body, headers={**headers, **more}, timeout=60)
            assert answer.status_code == expected, answer.text
            return answer.json()

        quote = call("guest-quotes", form, 200)["quote"]
        started = call("guest-payments", {**form, "quote": quote}, 201, **{"Idempotency-Key": key})
        approved = requests.post(
            started["next"]["url"], data={"email": "buyer@example.org"}, timeout=60, allow_redirects=False
        )
        assert approved.is_redirect, approved.text
        wait_until(
            lambda: call("guest-payments/check", {"key": key}, 200)["state"] == "paid",
            seconds=60, what="taking the guest's money",
        )  # fmt: skip

    @contextlib.contextmanager
    def payments_going_on(self) -> Iterator[None]:
        """Clients pay, one service and one client after the other, for the length of a `with`."""
        self._over.clear()
        with ThreadPoolExecutor(PAYING) as pool:
            paying = [pool.submit(self._pay, range(first, self.clients, PAYING)) for first in range(PAYING)]
            try:
                yield
            finally:
                self._over.set()
            for one in paying:
                one.result()

    def _pay(self, clients: Sequence[int]) -> None:
        for number in clients:
            payer = Payer(self.config, PRACTICE, f"p{number}@example.test")
            payer.sign_in()
            left = PAYMENTS_EACH
            while left:
                if self._over.wait(self.pause):
                    return
                payer.payments()
                if self._begins():
                    payer.pay_first_item()
                    left -= 1
                    with self._lock:
                        self.paid += 1
        raise AssertionError("nobody is left who could pay: give the drill more clients")

    def _begins(self) -> bool:
        """Whether another payment is wanted now; reading goes on in any case."""
        with self._lock:
            wanted = self._begun < self._wanted
            self._begun += wanted
            return wanted

    def let_some_be_paid(self, seconds: float) -> None:
        """For so long, and until some more are paid; as many again are under way or come next."""
        until, enough = time.monotonic() + seconds, self.paid + PAYING
        self._wanted = self._begun + 2 * PAYING
        wait_until(
            lambda: self.paid >= enough and time.monotonic() > until, seconds=seconds + 120, what="paying"
        )

    def check_entries(self) -> None:
        """What was there is there, with the same bytes; what is new is to stay, too."""
        found = dict(rows_of(self.table(), "entry"))
        changed = [place for place, row in self.entries.items() if found.get(place) != row]
        assert not changed, f"{len(changed)} entries were changed or are gone: {changed[:3]}"
        self.entries = found

    def table(self) -> list[Row]:
        pages = self._client("dynamodb").get_paginator("scan")
        asked = {"TableName": self.config.app_environment()["BILLFOLD_TABLE"], "ConsistentRead": True}
        return [row for page in pages.paginate(**asked) for row in page["Items"]]

    def migrate(self) -> str:
        """As docs/upgrades.md has it, while people pay: the rows are brought to the format in force, killed
        on the way and gone on with, and this release's is put in force. What the last command said."""
        self.after.killed("chalicelib.entrypoints.cli", "migrate")
        self.after.billfold("migrate")
        said = self.after.billfold("migrate", "--finish")
        self.check_entries()
        return said.strip()

    def change(self, old: Code, new: Code, seconds: float) -> None:
        """Start `new` beside `old`; after a while of both, `new` alone. Payments go on."""
        new.start()
        self.front.serve_by(old.port, new.port)
        self.let_some_be_paid(seconds)
        self.front.serve_by(new.port)
        old.stop()
        self.let_some_be_paid(seconds)
        self.check_entries()


def session() -> Any:
    """As nobody who has an account."""
    keys = DUMMY_CREDENTIALS["AWS_ACCESS_KEY_ID"], DUMMY_CREDENTIALS["AWS_SECRET_ACCESS_KEY"]
    return boto3.session.Session(*keys, region_name=REGION)


def rows_of(table: Sequence[Row], kind: str) -> Iterator[tuple[Place, Row]]:
    return (((row["pk"]["S"], row["sk"]["S"]), row) for row in table if row["kind"]["S"] == kind)


@contextlib.contextmanager
def running_drill(folder: Path, *, clients: int, pause: float = 0.2) -> Iterator[Drill]:
    """Everything but the two codes is this tree's: AWS and the processors are not what is upgraded."""
    old = folder / "last-release"
    unpack_release(last_release(), old)
    for name in (".venv", ".venv-ministack"):
        (old / name).symlink_to(ROOT / name)
    config = SandboxConfig(free_port(in_a_row=5), folder / "state")
    with _surroundings(config, folder):
        names = Resources.from_environment(config.app_environment())
        make_resources(names, session(), endpoint_url=config.aws_url)
        ssm = session().client("ssm", endpoint_url=config.aws_url)
        connect_known(config, ssm, None)
        paypal_apps.connect_known(config, ssm)
        front = Front(config.port)
        before, after = (Code(root.name, root, config, folder) for root in (old, ROOT))
        try:
            yield Drill(config, front, before, after, folder, clients, pause)
        finally:
            front.close()
            before.stop()
            after.stop()


@contextlib.contextmanager
def _surroundings(config: SandboxConfig, folder: Path) -> Iterator[None]:
    state = config.state
    state.mkdir(parents=True)
    mail = ("--mail", str(config.mail_folder), "--mail-reports", config.queue_url(queue_names()[1]))
    own = [sys.executable, "-m", "sandbox.child"]
    commands = {
        "aws": (
            [str(EMULATOR_PYTHON), "-m", "sandbox.emulator", "--port", str(config.aws_port), *mail],
            f"{config.aws_url}/_ministack/health",
        ),
        "stripe": (
            [*own, "sandbox.stripe", "--port", str(config.stripe_port),
             "--state", str(state / "stripe.sqlite3"), "--page", config.portal_url],
            f"{config.stripe_url}/_control/webhooks",
        ),
        "paypal": (
            [*own, "sandbox.paypal", "--port", str(config.paypal_port),
             "--state", str(state / "paypal.sqlite3")],
            f"{config.paypal_url}/_control/authority",
        ),
    }  # fmt: skip
    with contextlib.ExitStack() as stack:
        for name, (command, answers) in commands.items():
            log = stack.enter_context((folder / f"{name}.log").open("wb"))
            process = subprocess.Popen(
                command, cwd=ROOT, env=config.child_environment(os.environ), stdin=subprocess.PIPE,
                stdout=log, stderr=subprocess.STDOUT,
            )  # fmt: skip
            stack.callback(end, process)
            wait_for_http(answers, process)
        yield


def play(drill: Drill, *, rounds: int, seconds: float, say: Callable[[str], None]) -> None:
    """Upgrade; then go back and upgrade again, so many times; each step for so long."""
    with drill.payments_going_on():
        drill.let_some_be_paid(seconds)
        drill.change(drill.before, drill.after, seconds)
        for number in range(1, rounds + 1):
            drill.after.verify(drill.practices)
            say(f"upgraded, {number} time(s): {drill.paid} payments")
            drill.change(drill.after, drill.before, seconds)
            drill.before.verify(drill.practices)
            say(f"back at the last release, {number} time(s): {drill.paid} payments")
            drill.change(drill.before, drill.after, seconds)
        say(drill.migrate())
    drill.after.verify(drill.practices)
    drill.check_entries()
    say(
        f"{drill.paid} payments, {drill.front.answered} requests, {len(drill.front.failed)} failed;"
        f" {len(drill.entries)} entries, 0 changed"
    )


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.soak.upgrading")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--seconds", type=float, default=15.0, help="of each step")
    options = parser.parse_args()
    with (
        tempfile.TemporaryDirectory(prefix="billfold-upgrade-") as scratch,
        running_drill(Path(scratch), clients=15, pause=1.0) as drill,
    ):
        drill.prepare()
        play(drill, rounds=options.rounds, seconds=options.seconds, say=print)
        for failure in drill.front.failed:
            print(failure)
        return 1 if drill.front.failed else 0


if __name__ == "__main__":
    sys.exit(main())
