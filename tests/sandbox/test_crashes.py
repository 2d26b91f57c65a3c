"""Killing app, worker or stand-in between any two steps, and starting again, loses and doubles nothing.

The path is walked over HTTP with everything running as `make run` runs it; the judge asks the ledger (over
HTTP), the processor (its own list of payments) and the mailbox.
"""

import csv
import functools
import json
import os
import random
import shutil
import signal
import subprocess
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
import stripe

from sandbox.config import ROOT, SandboxConfig
from sandbox.processor import STRIPE_VERSION
from tests.support.launcher import Launcher, kill_and_wait_for_another
from tests.support.payer import Payer, mails_to
from tests.support.waiting import wait_until

pytestmark = [pytest.mark.ministack, pytest.mark.slow, pytest.mark.timeout(400)]

PRACTICE = "crash"
FEE = "80.00"
FEE_MINOR = 8000
BOUNDARIES = ("quoted", "started", "paid at the processor")
VICTIMS = ("web", "driver", "stripe")
CLIENTS = (*VICTIMS, "random")
CHARGES_EACH = 4


def billfold(config: SandboxConfig, *arguments: str) -> None:
    command = [str(ROOT / "scripts" / "billfold"), *arguments]
    environment = {**os.environ, "PORT": str(config.port)}
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr


def make_practice(config: SandboxConfig, folder: Path) -> None:
    """A practice that sends its payers to the processor's page, with a client for each victim."""
    practice = json.loads((ROOT / "sandbox" / "demo" / "practice.json").read_text())
    practice |= {"id": PRACTICE, "flow": "redirect"}
    (folder / "practice.json").write_text(json.dumps(practice))
    shutil.copy(ROOT / "sandbox" / "demo" / "logo.svg", folder)
    charge = ("2026-03-02", "Session", practice["clinicians"][0]["id"], FEE)
    numbers = range(CHARGES_EACH)
    write(
        folder / "clients.csv", "client_id,name,email,language", [(c, c, address(c), "en") for c in CLIENTS]
    )
    write(
        folder / "charges.csv",
        "charge_id,client_id,date,service,clinician_id,fee",
        [(f"{client}-{n}", client, *charge) for client in CLIENTS for n in numbers],
    )
    billfold(config, "practice", "create", "--file", str(folder / "practice.json"))
    files = [str(folder / name) for name in ("clients.csv", "charges.csv")]
    billfold(config, "import", "--practice", PRACTICE, *files)


def write(path: Path, header: str, rows: list[tuple[str, ...]]) -> None:
    with path.open("w", newline="") as file:
        csv.writer(file).writerows([header.split(","), *rows])


def address(client: str) -> str:
    return f"{client}@example.test"


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Launcher]:
    folder = tmp_path_factory.mktemp("crashes")
    with Launcher(folder / "state") as launcher:
        launcher.wait_until_ready()
        make_practice(launcher.config, folder)
        yield launcher


def judge(config: SandboxConfig, payer: Payer, payments: int) -> None:
    """The ledger, the processor and the mailbox agree: each service is paid once, and said so once."""
    billing = payer.billing()
    left = (CHARGES_EACH - payments) * FEE_MINOR
    assert (billing["balance"]["owed_minor"], billing["balance"]["credit_minor"]) == (left, 0)
    assert billing["balance"]["in_flight_minor"] == 0
    paid = [p for p in payer.payments() if p["state"] == "paid"]
    assert len(paid) == payments
    assert amounts_taken(config, payer.account_id) == [FEE_MINOR] * payments
    receipts = functools.partial(receipts_to, config, payer.email)
    wait_until(lambda: len(receipts()) >= payments, seconds=150, what="the receipts")
    assert len(receipts()) == payments


def amounts_taken(config: SandboxConfig, account_id: str) -> list[int]:
    """What the processor has taken for an account, by its own list."""
    client = stripe.StripeClient(
        f"sk_test_sandbox_{PRACTICE}",
        stripe_version=STRIPE_VERSION,
        base_addresses={"api": config.stripe_url},
        max_network_retries=10,  # it may still be starting again
    )
    intents = client.v1.payment_intents.list(params={"limit": 100}).auto_paging_iter()
    ours = [intent for intent in intents if intent.to_dict()["metadata"].get("account") == account_id]
    return [intent.amount_received for intent in ours if intent.status == "succeeded"]


def receipts_to(config: SandboxConfig, email: str) -> list[str]:
    subjects = [str(message["Subject"]) for message in mails_to(config, email)]
    return [subject for subject in subjects if "receipt" in subject]  # on some nights a statement comes, too


@pytest.mark.parametrize("victim", VICTIMS)
def test_a_kill_between_any_two_steps_loses_and_doubles_nothing(running: Launcher, victim: str) -> None:
    payer = Payer(running.config, PRACTICE, address(victim))
    kill = functools.partial(kill_and_wait_for_another, running, victim)
    payer.sign_in(lambda step: kill() if step == "code asked for" else None)
    for paid, boundary in enumerate(BOUNDARIES, start=1):
        done: list[str] = []

        def once(step: str, boundary: str = boundary, done: list[str] = done) -> None:
            if step == boundary and not done:
                done.append(step)
                kill()

        payer.pay_first_item(once)
        assert done == [boundary]
        judge(running.config, payer, paid)


def test_kills_at_random_moments_lose_and_double_nothing(running: Launcher) -> None:
    seed = random.randrange(2**32)
    print(f"seed {seed}")
    stop, chance = threading.Event(), random.Random(seed)
    payer = Payer(running.config, PRACTICE, address("random"))
    payer.sign_in()

    def killer() -> None:
        while not stop.wait(chance.uniform(2.0, 4.0)):
            pid = running.children().get(chance.choice(VICTIMS))
            if pid:
                os.kill(pid, signal.SIGKILL)

    thread = threading.Thread(target=killer)
    thread.start()
    try:
        for _ in range(CHARGES_EACH):
            payer.pay_first_item()
    finally:
        stop.set()
        thread.join()
    judge(running.config, payer, CHARGES_EACH)
