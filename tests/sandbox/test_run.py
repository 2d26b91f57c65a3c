"""The launcher: starts everything, mends what dies, stops cleanly, keeps the state, says what is wrong."""

import json
import os
import signal
import socket
import urllib.error
import urllib.request
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import Any

import boto3
import pytest
import stripe

from sandbox.config import DEMO_PRACTICE, SandboxConfig
from sandbox.processor import STRIPE_VERSION
from tests.support.chalice_local import ChaliceLocal
from tests.support.launcher import NAMES, Launcher, is_running, kill_and_wait_for_another
from tests.support.ministack import free_port
from tests.support.waiting import wait_until

pytestmark = [pytest.mark.ministack, pytest.mark.slow]

KEY = {"pk": {"S": "P#test"}, "sk": {"S": "KEPT"}}


def client(config: SandboxConfig, service: str) -> Any:
    return boto3.session.Session().client(service, endpoint_url=config.aws_url)


def stand_in(config: SandboxConfig) -> stripe.StripeClient:
    return stripe.StripeClient(
        f"sk_test_sandbox_{DEMO_PRACTICE}",
        stripe_version=STRIPE_VERSION,
        base_addresses={"api": config.stripe_url},
    )


def put_state(config: SandboxConfig, amount_minor: int = 1250) -> str:
    """Leave a trace in each place that keeps state; returns the id of the stand-in's part."""
    item = {**KEY, "amount_minor": {"N": str(amount_minor)}}
    client(config, "dynamodb").put_item(TableName="billfold-sandbox", Item=item)
    return str(stand_in(config).v1.customers.create(params={"metadata": {"client": "c_1"}}).id)


def assert_state(config: SandboxConfig, customer: str, amount_minor: int = 1250) -> None:
    kept = client(config, "dynamodb").get_item(TableName="billfold-sandbox", Key=KEY)
    assert kept.get("Item") == {**KEY, "amount_minor": {"N": str(amount_minor)}}
    assert stand_in(config).v1.customers.retrieve(customer).id == customer


def wait_for_all(config: SandboxConfig) -> None:
    for url in (config.aws_url, config.stripe_url, config.portal_url, config.mailbox_url):
        wait_until(partial(answers, url), what=f"an answer from {url}")


def answers(url: str) -> bool:
    try:
        with urllib.request.urlopen(url, timeout=5):
            return True
    except urllib.error.HTTPError:
        return True
    except OSError:
        return False


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Launcher]:
    with Launcher(tmp_path_factory.mktemp("run") / "state") as launcher:
        launcher.wait_until_ready()
        yield launcher


def test_it_says_where_as_whom_and_with_which_card(running: Launcher) -> None:
    config = running.config
    for text in (config.portal_url, config.mailbox_url, "Sign in as", "4242 4242 4242 4242", "make reset"):
        assert text in running.output


def test_it_runs_one_process_for_each_part(running: Launcher) -> None:
    assert set(running.children()) == set(NAMES.values())


def test_the_demo_practices_webhooks_arrive_at_the_api(running: Launcher) -> None:
    [endpoint] = stand_in(running.config).v1.webhook_endpoints.list().data
    assert endpoint.url == f"{running.config.portal_url}/api/webhooks/{DEMO_PRACTICE}/stripe"
    name = f"/billfold/sandbox/practices/{DEMO_PRACTICE}/stripe"
    kept = client(running.config, "ssm").get_parameter(Name=name, WithDecryption=True)["Parameter"]
    assert kept["Type"] == "SecureString"
    assert '"whsec_' in kept["Value"]


def test_chalice_local_serves_the_api_on_it(running: Launcher, tmp_path: Path) -> None:
    with ChaliceLocal(tmp_path / "project", running.config, watched=False) as chalice:
        chalice.wait_until_ready()
        with pytest.raises(urllib.error.HTTPError) as refused:
            urllib.request.urlopen(f"{chalice.url}/practices/elm", timeout=30)
        assert json.load(refused.value)["code"] == "practice_not_found"  # its table was asked


@pytest.mark.parametrize("name", list(NAMES.values()))
def test_a_killed_part_is_started_again_with_its_state(running: Launcher, name: str) -> None:
    customer = put_state(running.config)
    kill_and_wait_for_another(running, name)
    running.wait_for(f"billfold: {name} ended (signal 9); starting it again")
    wait_for_all(running.config)
    assert_state(running.config, customer)


def stopped(number: int, launcher: Launcher, pids: list[int]) -> None:
    """By Ctrl-C or a signal to the launcher: it has stopped all others before it ends."""
    assert launcher.stop(number) == 0
    assert not any(is_running(pid) for pid in pids)


def orphaned(launcher: Launcher, pids: list[int]) -> None:
    """The launcher alone is killed; the others see that for themselves."""
    launcher.stop(signal.SIGKILL)
    wait_until(lambda: not any(is_running(pid) for pid in pids), what="the children's end")


def killed(launcher: Launcher, pids: list[int]) -> None:
    for pid in [launcher.process.pid, *pids]:
        os.kill(pid, signal.SIGKILL)
    wait_until(lambda: not any(is_running(pid) for pid in pids), what="the end")


ENDS = (partial(stopped, signal.SIGINT), partial(stopped, signal.SIGTERM), orphaned, killed)


@pytest.mark.timeout(300)  # five starts
def test_however_it_ends_it_leaves_no_process_and_loses_nothing(tmp_path: Path) -> None:
    """On one state: each start shows what the end before it has left."""
    port, kept = free_port(in_a_row=5), list[str]()
    for end in (*ENDS, None):
        with Launcher(tmp_path / "state", port=port) as launcher:
            launcher.wait_until_ready()
            for customer in kept:
                assert_state(launcher.config, customer, len(kept))
            assert len(stand_in(launcher.config).v1.webhook_endpoints.list().data) == 1
            if end is not None:
                kept.append(put_state(launcher.config, len(kept) + 1))
                end(launcher, list(launcher.children().values()))


@pytest.mark.parametrize("offset", [0, 1, 2, 3])
def test_a_taken_port_is_named_in_one_line(tmp_path: Path, offset: int) -> None:
    port = free_port(in_a_row=4)
    with socket.create_server(("127.0.0.1", port + offset)), Launcher(tmp_path, port=port) as launcher:
        assert launcher.process.wait(timeout=30) == 1
        wait_until(lambda: "is taken" in launcher.output, what="the message")
    [line] = launcher.output.splitlines()
    assert line.startswith(f"billfold: port {port + offset}, wanted for")


@pytest.mark.parametrize(
    ("secret", "publishable", "says"),
    [
        ("sk_live_1", "pk_live_1", "STRIPE_SECRET_KEY is a live key"),
        ("sk_test_1", "pk_live_1", "STRIPE_PUBLISHABLE_KEY is a live key"),
        ("rk_live_1", "pk_test_1", "STRIPE_SECRET_KEY is a live key"),
        ("sk_test_sandbox_demo", "pk_test_1", "STRIPE_SECRET_KEY is a key of the stand-in"),
        ("sk_test_1", "", "set both"),
        ("", "pk_test_1", "set both"),
        ("hunter2", "pk_test_1", "does not look like a Stripe test key"),
    ],
)
def test_a_key_that_does_not_belong_here_refuses_to_start(
    tmp_path: Path, secret: str, publishable: str, says: str
) -> None:
    keys = {"STRIPE_SECRET_KEY": secret, "STRIPE_PUBLISHABLE_KEY": publishable}
    with Launcher(tmp_path / "state", environment=keys) as launcher:
        assert launcher.process.wait(timeout=30) == 1
        wait_until(lambda: says in launcher.output, what="the message")
    [line] = launcher.output.splitlines()
    assert not secret or secret not in line
    assert not (tmp_path / "state").exists()


def test_a_part_that_cannot_start_is_named_with_its_log_and_everything_stops(tmp_path: Path) -> None:
    (tmp_path / "stripe.sqlite3").write_text("this is no database")
    with Launcher(tmp_path) as launcher:
        assert launcher.process.wait(timeout=60) == 1
        wait_until(lambda: "keeps ending" in launcher.output, what="the message")
        assert "stripe" in launcher.output
        assert "stripe.log" in launcher.output


def test_a_persons_own_test_keys_take_the_stand_ins_place(tmp_path: Path) -> None:
    keys = {"STRIPE_SECRET_KEY": "sk_test_own", "STRIPE_PUBLISHABLE_KEY": "pk_test_own"}
    with Launcher(tmp_path / "state", environment=keys) as own:
        own.wait_until_ready()
        assert "stripe" not in own.children()
        with urllib.request.urlopen(own.config.portal_url, timeout=5) as page:
            assert "https://js.stripe.com" in page.headers["Content-Security-Policy"]
        name = f"/billfold/sandbox/practices/{DEMO_PRACTICE}/stripe"
        kept = client(own.config, "ssm").get_parameter(Name=name, WithDecryption=True)["Parameter"]["Value"]
        assert '"sk_test_own"' in kept
    with Launcher(tmp_path / "state") as again:
        again.wait_until_ready()
        kept = client(again.config, "ssm").get_parameter(Name=name, WithDecryption=True)["Parameter"]["Value"]
        assert f'"sk_test_sandbox_{DEMO_PRACTICE}"' in kept
