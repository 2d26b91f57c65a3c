"""Stripe's own command line tool drives the stand-in with its fixtures, written for the real API."""

import os
import subprocess
from pathlib import Path

import pytest

from tests.contract.harness import Practice

PACKAGES = Path(__file__).parents[2] / "sandbox" / "stripe" / "js" / "node_modules" / "@stripe"

# Triggers of @stripe/cli 1.42.14 that are about what the stand-in has, and the events each must leave behind.
# Left out: checkout.session.* and invoices (products, prices and private pages), balance.available,
# payment_intent.amount_capturable_updated (manual confirmation), payment_intent.partially_funded.
TRIGGERS = {
    "charge.captured": {"charge.captured", "payment_intent.succeeded"},
    "charge.dispute.closed": {"charge.dispute.closed"},
    "charge.dispute.created": {"charge.dispute.created"},
    "charge.dispute.updated": {"charge.dispute.updated"},
    "charge.failed": {"charge.failed", "payment_intent.payment_failed"},
    "charge.refund.updated": {"charge.refund.updated"},
    "charge.refunded": {"charge.refunded", "refund.created"},
    "charge.succeeded": {"charge.succeeded"},
    "customer.created": {"customer.created"},
    "customer.deleted": {"customer.deleted"},
    "customer.updated": {"customer.updated"},
    "payment_intent.canceled": {"payment_intent.canceled"},
    "payment_intent.created": {"payment_intent.created"},
    "payment_intent.payment_failed": {"payment_intent.payment_failed", "charge.failed"},
    "payment_intent.requires_action": {"payment_intent.requires_action"},
    "payment_intent.succeeded": {"payment_intent.succeeded", "charge.succeeded"},
    "payment_method.attached": {"payment_method.attached"},
    "payment_method.detached": {"payment_method.detached"},
    "payment_method.updated": {"payment_method.updated"},
    "setup_intent.canceled": {"setup_intent.canceled"},
    "setup_intent.created": {"setup_intent.created"},
    "setup_intent.requires_action": {"setup_intent.requires_action"},
    "setup_intent.setup_failed": {"setup_intent.setup_failed"},
    "setup_intent.succeeded": {"setup_intent.succeeded"},
}


def _program() -> Path:
    """The tool's binary for this machine, which npm chose."""
    found = sorted(PACKAGES.glob("cli-*/bin/stripe"))
    assert found, "run `make setup` first: it installs sandbox/stripe/js"
    return found[0]


@pytest.mark.parametrize("trigger", TRIGGERS)
def test_trigger(practice: Practice, tmp_path: Path, trigger: str) -> None:
    where = ["--api-base", practice.server.origin, "--api-key", practice.key]
    # A closed proxy keeps the tool from asking the internet for news; loopback is never proxied.
    closed = dict.fromkeys(("HTTP_PROXY", "HTTPS_PROXY", "http_proxy", "https_proxy"), "http://127.0.0.1:9")
    own = {"HOME": str(tmp_path), "XDG_CONFIG_HOME": str(tmp_path), "STRIPE_CLI_TELEMETRY_OPTOUT": "1"}
    done = subprocess.run(
        [_program(), "trigger", trigger, *where],
        env=dict(os.environ) | closed | own,
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    practice.control("POST", "clock", {"advance_seconds": 60})
    left = {each["type"] for each in practice.get("/v1/events", {"limit": 100}).json["data"]}
    assert TRIGGERS[trigger] <= left
