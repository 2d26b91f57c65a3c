"""Somebody who pays over HTTP, as portal and browser would: tries again when a connection breaks."""

import functools
import re
import time
import uuid
from collections.abc import Callable
from email.message import EmailMessage
from pathlib import Path
from typing import Any, TypeVar

import requests

from sandbox.config import SandboxConfig
from sandbox.outbox import Outbox

CARD = {"number": "4242424242424242", "expiry": "12 / 40", "cvc": "123", "name": "A Payer", "zip": "12345"}
PATIENCE_SECONDS = 60.0
SIGN_IN_CODE = r"(?<=    )[0-9A-HJKMNP-TV-Z]{4}-[0-9A-HJKMNP-TV-Z]{4}\b"  # as the mail sets it out

Boundary = Callable[[str], None]
T = TypeVar("T")


class Payer:
    """A client of one practice. Every call is repeated until the sandbox answers."""

    def __init__(self, config: SandboxConfig, practice: str, email: str) -> None:
        self._config, self._practice, self.email = config, practice, email
        self._http = requests.Session()
        self._http.headers.update({"Billfold-Request": "1", "Origin": config.portal_url})
        self.account_id = ""
        self._notice: str | None = (
            None  # the version of the card notice that they have read, where there is one
        )

    def sign_in(self, between: Boundary = lambda step: None) -> None:
        """Ask for a code, read it from the mailbox, use it."""
        asked = {"practice": self._practice, "email": self.email}
        assert self._call("POST", "/sign-in/codes", asked).status_code == 202
        between("code asked for")
        code = _deadline(self._mailed_code)
        between("code mailed")
        answer = self._call("POST", "/sign-in/sessions", {"practice": self._practice, "code": code})
        assert answer.status_code == 200, answer.text
        self.account_id = answer.json()["grants"][0]["account_id"]

    def billing(self) -> dict[str, Any]:
        """The Billing page."""
        answer = self._call("GET", f"/accounts/{self.account_id}/billing")
        assert answer.status_code == 200, answer.text
        billing: dict[str, Any] = answer.json()
        return billing

    def payments(self) -> list[dict[str, Any]]:
        """Payment History."""
        rows: list[dict[str, Any]] = self._call("GET", f"/accounts/{self.account_id}/payments").json()[
            "payments"
        ]
        return rows

    def pay_first_item(self, between: Boundary = lambda step: None) -> dict[str, Any]:
        """Pay the first open service on the processor's page, until the ledger says that it is paid."""
        billing = self.billing()
        item = billing["items"][0]
        self._notice = billing["card_notice"] and billing["card_notice"]["version"]
        scope = {
            "type": "service",
            "charge_id": item["charge_id"],
            "amount_minor": item["explanation"]["owed_minor"],
        }
        return _deadline(lambda: self._attempt(scope, between))

    def _attempt(self, scope: dict[str, Any], between: Boundary) -> dict[str, Any] | None:
        quoted = self._call("POST", f"/accounts/{self.account_id}/quotes", {"scope": scope})
        if quoted.status_code != 200:
            return self._settled(scope)
        between("quoted")
        payment = self._started(scope, quoted.json())
        if payment is None or not payment["next"]:
            return None
        between("started")
        self._pay_at_processor(payment["next"]["url"])
        between("paid at the processor")
        return _deadline(lambda: self._paid(payment["id"]))

    def _started(self, scope: dict[str, Any], quote: dict[str, Any]) -> dict[str, Any] | None:
        """The payment, asked for with one key until the processor's answer is known."""
        key = uuid.uuid4().hex
        body = {
            "scope": scope, "quote": quote["quote"], "amount_minor": quote["amount_minor"], "notes": "",
            "card_notice": self._notice,
        }  # fmt: skip

        def tried() -> dict[str, Any] | None:
            answer = self._call("POST", f"/accounts/{self.account_id}/payments", body, key)
            if answer.status_code == 201:
                payment: dict[str, Any] = answer.json()
                if payment["next"] or payment["finished"]:
                    return payment
            self._call("POST", f"/accounts/{self.account_id}/payments/{key}/check", {})
            return None

        return _deadline(tried)

    def _pay_at_processor(self, url: str) -> None:
        """The hosted page: sent again when the answer did not come, as a payer would who sees no result."""

        def tried() -> bool | None:
            try:
                page = requests.post(
                    url, data={**CARD, "email": self.email}, timeout=30, allow_redirects=False
                )
            except requests.ConnectionError:
                return None
            return True if page.is_redirect else None

        _deadline(tried)

    def _paid(self, payment_id: str) -> dict[str, Any] | None:
        """Only looks: what settles the payment is the webhook or the reconciliation."""
        answer = self._call("GET", f"/accounts/{self.account_id}/payments/{payment_id}")
        payment: dict[str, Any] = answer.json()
        return payment if answer.status_code == 200 and payment["state"] == "paid" else None

    def _settled(self, scope: dict[str, Any]) -> dict[str, Any] | None:
        """The payment that has paid the item meanwhile, if one has."""
        paid = [p for p in self.payments() if p["state"] == "paid"]
        return next(
            (p for p in paid if scope["charge_id"] in [line["charge_id"] for line in p["lines"]]), None
        )

    def _mailed_code(self) -> str | None:
        for message in mails_to(self._config, self.email):
            body = message.get_body(("plain",))
            found = re.search(SIGN_IN_CODE, body.get_content()) if body else None
            if found:
                return found[0]
        return None

    def _call(self, method: str, path: str, body: Any = None, key: str = "") -> requests.Response:
        url = f"{self._config.portal_url}/api{path}"
        headers = {"Idempotency-Key": key} if key else {}

        def tried() -> requests.Response | None:
            try:
                return self._http.request(method, url, json=body, headers=headers, timeout=30)
            except requests.ConnectionError:
                return None

        return _deadline(tried)


def mails_to(config: SandboxConfig, email: str) -> list[EmailMessage]:
    """What SES was given for an address, newest first."""
    mails = [_mail(config.mail_folder, key) for key in Outbox(config.mail_folder).keys()]  # noqa: SIM118
    return [message for recipients, message in mails if email in recipients]


@functools.cache
def _mail(folder: Path, key: str) -> tuple[str, EmailMessage]:
    """Whom it is for, and itself. Read once: it never changes, and who waits for another asks often."""
    mail = Outbox(folder).get(key)
    assert mail is not None
    return str(mail.message["To"]), mail.message


def _deadline(tried: Callable[[], T | None]) -> T:
    """The first answer that is not None."""
    end = time.monotonic() + PATIENCE_SECONDS
    while (answer := tried()) is None:
        assert time.monotonic() < end, f"no answer within {PATIENCE_SECONDS:.0f} s"
        time.sleep(0.05)
    return answer
