"""Planted names, services, diagnoses and notes reach no log, e-mail, address or processor (proof 21)."""

import json
import logging
from dataclasses import replace

import pytest
from moto.core.models import DEFAULT_ACCOUNT_ID
from moto.sesv2.models import sesv2_backends

from chalicelib.entrypoints import jobs
from chalicelib.payments.processors.stripe.client import session_params
from chalicelib.practice.domain.practices import Grant
from chalicelib.practice.services.address_hashes import person_at
from tests.support.api import World
from tests.support.practice import PRACTICE
from tests.support.saving import put_person

KEY = "0b8f1c1e-0000-4000-8000-000000000001"
PLANTED = ("Zebulon", "Quartz", "Grief work", "F43.10", "90837", "Ada Moss", "a secret note")


class Record:
    """One SQS record, as Chalice gives it to a job."""

    def __init__(self, task: dict[str, str]) -> None:
        self.body = json.dumps(task)

    def to_dict(self) -> dict[str, str]:
        return {"messageId": "m1", "body": self.body}


def mails() -> list[str]:
    return [
        repr(vars(message))
        for message in sesv2_backends[DEFAULT_ACCOUNT_ID]["us-east-1"].core_backend.sent_messages
    ]


@pytest.mark.parametrize("flow", ["redirect", "inline"])
def test_nothing_of_the_client_leaves(world: World, caplog: pytest.LogCaptureFixture, flow: str) -> None:
    caplog.set_level(logging.INFO)  # botocore logs whole requests below that; no function runs so
    world.practice(replace(PRACTICE, flow=flow))
    cookie = world.person("payer@example.test", "maya")
    person = person_at(world.app.people, world.app.keys, "fern", "payer@example.test")
    assert person is not None
    grants = (Grant("maya", "Zebulon Quartz", "self", superbills=True),)
    put_person(world.app.people, "fern", replace(person, grants=grants))
    world.charge("maya", "c1", 12000, service="Grief work", diagnoses=("F43.10",), cpt="90837")
    quote = world.quote("maya", cookie, type="balance").body
    body = {
        "scope": {"type": "balance"},
        "quote": quote["quote"],
        "amount_minor": 12000,
        "notes": "a secret note",
    }
    started = world.start("maya", cookie, KEY, body).body
    world.processor.take(KEY)
    world.call("POST", f"/accounts/maya/payments/{KEY}/check", cookie=cookie)
    failures = jobs.documents([Record(task) for task in world.documents_queue.sent])

    assert failures == {"batchItemFailures": []}
    told = json.dumps([session_params(attempt) for attempt in world.processor.opened])
    assert "Professional services" in told
    (receipt,) = mails()
    assert "$120.00" in receipt
    logged = " ".join(str(vars(record)) for record in caplog.records)
    for place, text in {
        "processor": told,
        "mail": receipt,
        "log": logged,
        "address": str(started["next"]),
    }.items():
        assert [word for word in PLANTED if word in text] == [], place


def test_the_receipt_is_sent_once_and_its_link_opens_that_receipt_alone(world: World) -> None:
    cookie = world.person("payer@example.test", "maya")
    world.charge("maya", "c1", 12000)
    world.pay("maya", cookie, KEY, type="balance")
    not_yet = world.call("GET", f"/accounts/maya/payments/{KEY}/receipt", cookie=cookie)
    assert (not_yet.status, not_yet.code) == (409, "receipt_not_ready")
    world.processor.take(KEY)
    world.call("POST", f"/accounts/maya/payments/{KEY}/check", cookie=cookie)
    for _ in range(2):
        jobs.documents([Record(task) for task in world.documents_queue.sent])
    (receipt,) = mails()
    token = (
        receipt.split("/fern/receipt#")[1][:200].split("\\r")[0].split("\\n")[0].split("'")[0].split('"')[0]
    )
    opened = world.call("POST", "/receipts/open", {"practice": "fern", "token": token})
    assert (opened.status, opened.body["amount_minor"]) == (200, 12000)
    wrong = world.call("POST", "/receipts/open", {"practice": "fern", "token": token[:-1] + "x"})
    assert (wrong.status, wrong.code) == (401, "link_invalid")
    plain = world.call("GET", f"/accounts/maya/payments/{KEY}/receipt?as=attachment", cookie=cookie)
    assert plain.status == 303
    assert "attachment" in plain.headers["Location"]
