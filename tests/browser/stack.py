"""One whole sandbox for all browser tests: two practices that differ in their flow, and books to write in."""

import json
import os
import subprocess
import sys
import urllib.request
from dataclasses import dataclass
from typing import Any

import boto3

from sandbox.config import ROOT, SandboxConfig
from sandbox.processor import connect_practice
from tests.support.payer import mails_to
from tests.support.waiting import wait_until

INLINE, REDIRECT, BANKS = "river", "harbor", "meadow"
PRACTICES = {
    INLINE: ("River & Reed Practice", "inline"),
    REDIRECT: ("Harbor Light Practice", "redirect"),
    BANKS: ("Meadow Street Practice", "inline"),
}


class Books:
    """The seeding process; `books("charge", account=…)` asks it for something."""

    def __init__(self, config: SandboxConfig) -> None:
        self._process = subprocess.Popen(
            [sys.executable, "-m", "tests.browser.seeding"],
            cwd=ROOT,
            env=config.child_environment(os.environ),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )

    def __call__(self, asked: str, /, **arguments: object) -> Any:
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.write(json.dumps([asked, arguments]) + "\n")
        self._process.stdin.flush()
        answer = self._process.stdout.readline()
        assert answer, f"seeding failed at {asked}"
        return json.loads(answer)

    def close(self) -> None:
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.close()
        self._process.wait(timeout=10)
        self._process.stdout.close()


@dataclass(frozen=True)
class Stack:
    config: SandboxConfig
    books: Books

    def set_up(self) -> None:
        ssm = boto3.session.Session().client("ssm", endpoint_url=self.config.aws_url)
        for practice, (name, flow) in PRACTICES.items():
            self.books("practice", practice=practice, name=name, flow=flow, bank_debits=practice == BANKS)
            connect_practice(self.config, ssm, practice, None)

    def practice_name(self, practice: str) -> str:
        return PRACTICES[practice][0]

    def practice_flow(self, practice: str) -> str:
        """As it was set up."""
        return PRACTICES[practice][1]

    def flow(self, practice: str, flow: str) -> None:
        """Where that practice's payers enter their card or account from now on."""
        name, _ = PRACTICES[practice]
        self.books("practice", practice=practice, name=name, flow=flow, bank_debits=practice == BANKS)

    def at_stripe(self, practice: str, path: str) -> Any:
        """What Stripe's API answers to the practice."""
        request = urllib.request.Request(
            f"{self.config.stripe_url}/v1/{path}",
            headers={"Authorization": f"Bearer sk_test_sandbox_{practice}"},
        )
        with urllib.request.urlopen(request, timeout=10) as answer:
            return json.loads(answer.read())

    def intents(self, practice: str, payment: str) -> list[str]:
        """The PaymentIntents of one payment, as Stripe's API lists them, newest first."""
        found = self.at_stripe(practice, "payment_intents?limit=100")["data"]
        return [intent["id"] for intent in found if intent["metadata"].get("payment") == payment]

    def refund(self, practice: str, payment: str, amount_minor: int) -> None:
        """In the processor's dashboard."""
        (intent,) = self.intents(practice, payment)
        wanted = {"account": practice, "payment_intent": intent, "amount": amount_minor}
        self.control("POST", "refunds", wanted)

    def dispute(self, practice: str, payment: str) -> str:
        """The payer's bank takes the payment back; returns the dispute's id."""
        (intent,) = self.intents(practice, payment)
        dispute = self.control("POST", "disputes", {"account": practice, "payment_intent": intent})
        return str(dispute["id"])

    def url(self, path: str) -> str:
        return f"{self.config.portal_url}{path}"

    def lose_files(self, practice: str, account: str) -> None:
        """Somebody takes the account's statements out of the bucket."""
        s3 = boto3.session.Session().client("s3", endpoint_url=self.config.aws_url)
        bucket = self.config.app_environment()["BILLFOLD_BUCKET"]
        folder = f"practices/{practice}/statements/{account}/"
        for found in s3.list_objects_v2(Bucket=bucket, Prefix=folder)["Contents"]:
            s3.delete_object(Bucket=bucket, Key=found["Key"])

    def control(self, method: str, path: str, body: object = None) -> Any:
        """The Stripe stand-in's control API."""
        request = urllib.request.Request(
            f"{self.config.stripe_url}/_control/{path}",
            data=None if body is None else json.dumps(body).encode(),
            headers={"Content-Type": "application/json"},
            method=method,
        )
        with urllib.request.urlopen(request, timeout=10) as answer:
            return json.loads(answer.read() or b"null")

    def mails_to(self, address: str) -> list[str]:
        """The plain texts of what SES was given for this address, newest first."""
        bodies = [mail.get_body(("plain",)) for mail in mails_to(self.config, address)]
        return [str(body.get_content()) for body in bodies if body]

    def wait_for_mail(self, address: str, holding: str, *, seconds: float = 20.0) -> str:
        """The newest mail to this address that holds this text."""
        found: list[str] = []

        def arrived() -> bool:
            found[:] = [text for text in self.mails_to(address) if holding in text]
            return bool(found)

        wait_until(arrived, seconds=seconds, what=f"a mail to {address} with {holding!r}")
        return found[0]
