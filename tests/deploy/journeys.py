"""What a deployment is for, done over its public address: sign in, pay, be sent a receipt and a statement.

Each journey takes a client of its own, so that any number can follow one another; `statement` takes a
practice of its own, because a month's statements are made once. What is waited for fails when nothing moves
any more from which it could come, and after `patience` seconds in any case.
"""

import ipaddress
import json
import re
import time
import uuid
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.message import EmailMessage
from typing import Any, TypeVar

import requests
import stripe

from chalicelib.importing.domain.drops.drop import Place
from chalicelib.importing.services.drops.rounds import QUIET
from sandbox.processor import STRIPE_VERSION
from tests.deploy.cloud import Cloud
from tests.deploy.rest import nothing_comes, write_books
from tests.support.payer import SIGN_IN_CODE

CARD = {"number": "4242424242424242", "expiry": "12 / 40", "cvc": "123", "name": "A Payer", "zip": "12345"}
FEE_MINOR = 15_000
_NETWORKS = map(str, ipaddress.ip_network("10.0.0.0/8").hosts())
T = TypeVar("T")


class JourneyError(AssertionError):
    """A step of a journey did not come to what it must."""


@dataclass
class Client:
    """A client of a practice, at a browser, who owes one service."""

    cloud: Cloud
    practice: str
    name: str
    patience: float = 60.0
    http: requests.Session = field(default_factory=requests.Session)
    account: str = ""
    # Of each client's own: only so many may sign in from one within a quarter of an hour.
    network: str = field(default_factory=lambda: next(_NETWORKS))

    @property
    def email(self) -> str:
        return f"{self.name}@{self.practice}.example.test"

    def call(
        self, method: str, path: str, body: Any = None, *, expect: int, **headers: str
    ) -> requests.Response:
        """One call of the API, as the portal makes it and the CDN passes it on."""
        edge = {"Billfold-Edge": self.cloud.edge_secret, "CloudFront-Viewer-Address": f"{self.network}:443"}
        ours = {"Billfold-Request": "1", "Origin": self.cloud.public_url, **edge, **headers}
        answer = self.http.request(
            method, f"{self.cloud.api}{path}", json=body, headers=ours, timeout=60, allow_redirects=False,
            verify=str(self.cloud.certificate),
        )  # fmt: skip
        if answer.status_code != expect:
            raise JourneyError(f"{method} {path}: {answer.status_code} {answer.text}")
        return answer

    def wait(self, what: str, tried: Callable[[], T | None]) -> T:
        """The first answer that is not None."""
        deadline = time.monotonic() + self.patience
        while (answer := tried()) is None:
            if time.monotonic() > deadline:
                raise JourneyError(f"{what} did not happen within {self.patience:.0f} s")
            if nothing_comes(self.cloud):
                break
            time.sleep(0.2)
        # It may have come just before all was at rest; what is not there now does not come.
        if answer is None and (answer := tried()) is None:
            raise JourneyError(f"{what} did not happen, and nothing moves any more")
        return answer

    def linked(self, pattern: str, subject: str) -> Callable[[], str | None]:
        """Looks for a link to the portal in the mails to the client."""
        return self.mailed(re.escape(f"{self.cloud.public_url}/") + pattern, subject)

    def mailed(self, pattern: str, subject: str = "") -> Callable[[], str | None]:
        """Looks for text in the mails to the client."""

        def look() -> str | None:
            for key in self.cloud.outbox.keys():  # noqa: SIM118
                mail = self.cloud.outbox.get(key)
                message = mail.message if mail else EmailMessage()
                if self.email not in str(message["To"]) or subject not in str(message["Subject"]):
                    continue
                body = message.get_body(("plain",))
                if body and (found := re.search(pattern, body.get_content())):
                    return found[0]
            return None

        return look


def open_practice(cloud: Cloud, name: str, clients: Sequence[str], *, statements: bool = True) -> None:
    """Set a practice up as an operator does: create it, connect Stripe, import clients with a charge each.

    With `statements`, today is its day for them.
    """
    people = "".join(f"{client},Robin Vale,{client}@{name}.example.test\n" for client in clients)
    charges = "".join(f"S-{client},{client},2026-02-02,Session,dr-a,150.00\n" for client in clients)
    files = {
        "practice.json": json.dumps(_practice_file(name, statements)),
        "clients.csv": f"client_id,name,email\n{people}",
        "charges.csv": f"charge_id,client_id,date,service,clinician_id,fee\n{charges}",
    }
    for file, text in files.items():
        (cloud.folder / file).write_text(text, encoding="utf-8")
    described, *books = [str(cloud.folder / file) for file in files]
    cloud.billfold("practice", "create", "--file", described)
    keys = {
        "STRIPE_SECRET_KEY": f"sk_test_sandbox_{name}",
        "STRIPE_PUBLISHABLE_KEY": f"pk_test_sandbox_{name}",
        "STRIPE_WEBHOOK_SECRET": _webhook_endpoint(cloud, name),
    }
    typed = "".join(f"{key}={value}\n" for key, value in keys.items())
    cloud.billfold("practice", "connect-stripe", "--practice", name, stdin=typed)
    cloud.billfold("import", "--practice", name, *books)


def sign_in(client: Client) -> None:
    """With the code that is mailed."""
    client.call("POST", "/sign-in/codes", {"practice": client.practice, "email": client.email}, expect=202)
    code = client.wait("mailing a sign-in code", client.mailed(SIGN_IN_CODE))
    session = client.call(
        "POST", "/sign-in/sessions", {"practice": client.practice, "code": code}, expect=200
    )
    client.account = session.json()["grants"][0]["account_id"]


def start_payment(client: Client) -> tuple[str, str]:
    """Of the open service, with a card that is kept; the payment's id, and the address of the processor's
    page."""
    saving = client.call("GET", f"/practices/{client.practice}", expect=200).json()["payments"]["saving"]
    [item] = client.call("GET", f"/accounts/{client.account}/billing", expect=200).json()["items"]
    scope = {"type": "service", "charge_id": item["charge_id"], "amount_minor": FEE_MINOR}
    quote = client.call("POST", f"/accounts/{client.account}/quotes", {"scope": scope}, expect=200).json()
    body = {"scope": scope, "quote": quote["quote"], "amount_minor": quote["amount_minor"], "notes": ""}
    body["save"] = saving["consent"]["version"]
    payment_id = uuid.uuid4().hex
    path = f"/accounts/{client.account}/payments"
    started = client.call("POST", path, body, expect=201, **{"Idempotency-Key": payment_id}).json()
    return payment_id, started["next"]["url"]


def type_card(client: Client, url: str) -> None:
    """On the processor's page."""
    page = requests.post(url, data={**CARD, "email": client.email}, timeout=30, allow_redirects=False)
    if not page.is_redirect:
        raise JourneyError(f"the processor's page: {page.status_code} {page.text[:300]}")


def is_paid(client: Client, payment_id: str) -> Callable[[], bool | None]:
    """Only looks: what settles the payment is the function under test."""
    path = f"/accounts/{client.account}/payments/{payment_id}"
    return lambda: client.call("GET", path, expect=200).json()["state"] == "paid" or None


def is_kept(client: Client, payment_id: str) -> Callable[[], bool | None]:
    """The card that it was paid with is among what its payer has saved. Looked up in the table: the list
    asks the processor by itself."""
    asked = {":pk": {"S": f"P#{client.practice}#PAYERS"}}
    table = client.cloud.client("dynamodb")

    def look() -> bool | None:
        rows = table.query(
            TableName=client.cloud.outputs["TableName"], KeyConditionExpression="pk = :pk",
            ExpressionAttributeValues=asked,
        )["Items"]  # fmt: skip
        consent = f"#{client.account}.{payment_id}"
        [payer] = {row["sk"]["S"].split("#")[1] for row in rows if row["sk"]["S"].endswith(consent)}
        theirs = (row["sk"]["S"] for row in rows if row.get("person_id") == {"S": payer})
        return any(place.startswith("AT#stripe#pm_") for place in theirs) or None

    return look


def receive_receipt(client: Client, payment_id: str) -> None:
    """The mail about it, and its PDF by way of an address that serves it for a minute."""
    client.wait("mailing the receipt", client.linked(r"\S+#\S+", "eceipt"))
    path = f"/accounts/{client.account}/payments/{payment_id}/receipt"
    download(client, client.call("GET", path, expect=303).headers["Location"])


def take_records(client: Client) -> None:
    """All documents in one file, and the mail about it."""
    path = f"/accounts/{client.account}/records"
    client.call("POST", path, {}, expect=200)

    def made() -> bool | None:
        return client.call("GET", path, expect=200).json()["state"] == "ready" or None

    client.wait("making the records", made)
    client.wait(
        "mailing about the records",
        client.linked(r"\S+", "ecords"),
    )
    download(client, client.call("GET", f"{path}/file", expect=303).headers["Location"], b"PK")


def download(client: Client, url: str, begins: bytes = b"%PDF-") -> None:
    """A document from S3, without any credentials but those in the address."""
    answer = requests.get(url, timeout=30, verify=str(client.cloud.certificate))
    if answer.status_code != 200 or not answer.content.startswith(begins):
        raise JourneyError(f"the document: {answer.status_code} {answer.text[:300]}")


def pay(client: Client) -> None:
    """Sign in, pay by card, get the receipt, take all documents: API, webhook, `settle`, `documents`."""
    sign_in(client)
    payment_id, url = start_payment(client)
    type_card(client, url)
    client.wait("settling by the webhook", is_paid(client, payment_id))
    client.wait("keeping the card by the webhook", is_kept(client, payment_id))
    receive_receipt(client, payment_id)
    take_records(client)


def pay_without_webhooks(
    client: Client, function: str, before: Callable[[Client], None], *, keeps: bool = True
) -> None:
    """Pay while the processor's webhooks are lost; `function`, called as its schedule would, finds out, also
    what was kept, where it `keeps` what payers save."""
    sign_in(client)
    client.cloud.control("webhooks", {"drop": True})
    try:
        payment_id, url = start_payment(client)
        type_card(client, url)
        before(client)
        client.cloud.invoke(function)
        client.wait(f"settling by {function}", is_paid(client, payment_id))
        if keeps:
            client.wait(f"keeping the card by {function}", is_kept(client, payment_id))
        receive_receipt(client, payment_id)
    finally:
        client.cloud.control("webhooks", {})


def statement(client: Client) -> None:
    """The run of the practice's statement day: `statements`, `issue`, `delivery`; then it is read."""
    client.cloud.invoke("statements")
    client.wait("mailing the statement", client.linked(r"\S+", "tatement"))
    sign_in(client)
    path = f"/accounts/{client.account}/documents"
    [document] = client.call("GET", path, expect=200).json()["documents"]
    download(client, client.call("GET", f"{path}/{document['id']}", expect=303).headers["Location"])


def verify(client: Client) -> None:
    """The nightly check: every account read, and where its chain stands kept. (The emulator's CloudFormation
    knows no object lock: tests/unit/daily/test_anchors.py tries that.)"""
    begin_anew(client, "verify")
    done = client.cloud.invoke("verify")
    if done["failed"] or not done["ended"]:
        raise JourneyError(f"verify came to {done}")
    key = f"practices/{client.practice}/{datetime.now(UTC):%Y-%m-%d}.jsonl"
    client.cloud.client("s3").head_object(Bucket=client.cloud.outputs["AnchorsBucket"], Key=key)


def put_file(client: Client) -> None:
    """Into the practice's folder of the bucket, where it has to lie for a while before it is looked at."""
    files, bucket = client.cloud.client("s3"), client.cloud.outputs["DocumentsBucket"]
    made = f"{client.name}-{uuid.uuid4().hex[:8]}"
    settings = f"import-settings/{client.practice}/{client.name}/import.toml"
    files.put_object(Bucket=bucket, Key=settings, Body=b'dates = "mdy"\n')
    body = f"client_id,name,email\n{made},Ivy,{made}@example.test\n".encode()
    files.put_object(Bucket=bucket, Key=_dropped(client), Body=body)


def _dropped(client: Client) -> str:
    return f"imports/in/{client.practice}/{client.name}/clients.csv"


def drop(client: Client) -> None:
    """A file in the practice's folder of the bucket is looked at once; the look is over once it is gone.
    It may have been put there before."""
    files, bucket = client.cloud.client("s3"), client.cloud.outputs["DocumentsBucket"]
    place = Place(client.practice, client.name)
    if not files.list_objects_v2(Bucket=bucket, Prefix=_dropped(client)).get("Contents"):
        put_file(client)
    until = time.monotonic() + QUIET.total_seconds() + client.patience
    while client.cloud.invoke("drops")["arriving"]:
        if time.monotonic() > until:
            raise JourneyError("the file is still arriving")
        time.sleep(1)
    look = {"Bucket": bucket, "Key": f"imports/looked/{client.practice}/{place.name}.json"}
    found = files.list_objects_v2(Bucket=bucket, Prefix=look["Key"]).get("Contents")
    state = json.loads(files.get_object(**look)["Body"].read())["state"] if found else "not looked at"
    again = client.cloud.invoke("drops")["looked"]
    files.delete_object(Bucket=bucket, Key=_dropped(client))
    if state != "waiting":
        raise JourneyError(f"the dropped file: {state}")
    if again:
        raise JourneyError("a file that was looked at is looked at again")
    client.cloud.invoke("drops")
    if files.list_objects_v2(Bucket=bucket, Prefix=look["Key"]).get("Contents"):
        raise JourneyError("the look at a file that is gone is still there")


def begin_anew(client: Client, job: str) -> None:
    """As if the daily job had not been there yet."""
    key = {"pk": {"S": f"P#{client.practice}"}, "sk": {"S": f"JOB#{job}"}}
    client.cloud.client("dynamodb").delete_item(TableName=client.cloud.outputs["TableName"], Key=key)


def compare_anew(client: Client) -> None:
    """The full pass reads the processor's books, so that the payment must be in them."""
    write_books(client.cloud)
    begin_anew(client, "full-pass-stripe")


def lose_and_compare_anew(client: Client) -> None:
    """As if the table had come back to a moment before the payment was begun: the full pass makes it anew."""
    table, name = client.cloud.client("dynamodb"), client.cloud.outputs["TableName"]
    account = {"S": f"P#{client.practice}#A#{client.account}"}
    asked = {":pk": account, ":payments": {"S": "PAY#"}}
    wanted = "pk = :pk AND begins_with(sk, :payments)"
    rows = table.query(TableName=name, KeyConditionExpression=wanted, ExpressionAttributeValues=asked)[
        "Items"
    ]
    for row in rows:
        table.delete_item(TableName=name, Key={"pk": account, "sk": row["sk"]})
    table.update_item(
        TableName=name, Key={"pk": account, "sk": {"S": "ACCT"}}, UpdateExpression="SET reserved = :none",
        ExpressionAttributeValues={":none": {"S": "{}"}},
    )  # fmt: skip
    compare_anew(client)


def make_due(client: Client) -> None:
    """As if what is unfinished had been so for a while: `sweep` looks at nothing younger than a minute."""
    table = client.cloud.client("dynamodb")
    name = client.cloud.outputs["TableName"]
    for item in table.get_paginator("scan").paginate(TableName=name).search("Items[]"):
        if "gsi2sk" in item and item["pk"]["S"].startswith(f"P#{client.practice}"):
            table.update_item(
                TableName=name,
                Key={"pk": item["pk"], "sk": item["sk"]},
                UpdateExpression="SET gsi2sk = :then",
                ExpressionAttributeValues={":then": {"S": "2026-01-01T00:00:00Z"}},
            )


JOURNEYS: Mapping[str, Callable[[Client], None]] = {
    "pay": pay,
    "sweep": lambda client: pay_without_webhooks(client, "sweep", make_due),
    "reconcile": lambda client: pay_without_webhooks(client, "reconcile", lambda _: None),
    "full-pass": lambda client: pay_without_webhooks(client, "full_pass", lose_and_compare_anew, keeps=False),
    "statement": statement,
    "verify": verify,
    "drop": drop,
}


def _practice_file(name: str, statements: bool) -> dict[str, Any]:
    return {
        "id": name, "name": "Fern Row Therapy", "timezone": "UTC", "currency": "USD",
        "email": f"office@{name}.example.test", "descriptor": "FERN ROW", "flow": "redirect",
        "clinicians": [{"id": "dr-a", "name": "Dr. Alex Reyes", "credentials": "PsyD"}],
        "statement_day": min(datetime.now(UTC).day, 28) if statements else None,
        "skip_zero_statements": False,
    }  # fmt: skip


def _webhook_endpoint(cloud: Cloud, name: str) -> str:
    """Tell the stand-in where the practice's events go; the signing secret."""
    stripe_client = stripe.StripeClient(
        f"sk_test_sandbox_{name}", stripe_version=STRIPE_VERSION, base_addresses={"api": cloud.stripe_url}
    )
    url = f"{cloud.api}/webhooks/{name}/stripe"
    made = stripe_client.v1.webhook_endpoints.create(params={"url": url, "enabled_events": ["*"]})
    return str(made.secret)
