"""How much a page and a payment ask of DynamoDB: counted, so that one call more fails."""

import datetime as dt
import json
import re
from dataclasses import replace
from typing import Any

import pytest

from chalicelib.documents.domain.invoices import Grouping
from chalicelib.documents.domain.superbills import Stretch
from chalicelib.documents.services.invoices.issuing import InvoiceWish
from chalicelib.documents.services.superbills.drafting import SuperbillWish
from chalicelib.kernel.periods import Period
from chalicelib.platform.dynamo import keys
from chalicelib.platform.dynamo.codec import Body
from tests.support.api import World
from tests.support.practice import MAYA, PRACTICE
from tests.support.reads import Asked, asked_of_dynamodb
from tests.support.saving import put_client
from tests.unit.superbills.world import CODED, CODES, WHOLE
from tests.unit.superbills.world import MAYA as SUPERBILLED

KEY = "0b8f1c1e-0000-4000-8000-000000000001"


def client(world: World, services: int) -> str:
    """Somebody who owes for so many services of four names."""
    cookie = world.person("maya@example.test", "maya")
    for number in range(services):
        world.charge("maya", f"c{number:02}", 12000, service=f"Session {number % 4}", cpt="90837")
    return cookie


def asked(world: World, path: str, cookie: str) -> Asked:
    with asked_of_dynamodb() as made:
        answer = world.call("GET", f"/accounts/maya/{path}", cookie=cookie)
    assert answer.status == 200, answer.body
    return made


def show(asked: Asked) -> str:
    return "\n".join([f"{asked.units} units, {len(asked.calls)} calls", *asked.calls])


def test_billing_with_sixty_open_services(world: World) -> None:
    made = asked(world, "billing", client(world, 60))
    assert made.units <= 8, show(made)
    assert len(made.calls) <= 4, show(made)


def issued(world: World, grouping: Grouping = Grouping.SESSION) -> None:
    """An invoice for each of the client's services."""
    practice, client = world.app.practices.practice("fern"), world.app.people.client("fern", "maya")
    assert practice is not None
    assert client is not None
    world.app.invoice_issuing.issue(practice, client, InvoiceWish(grouping=grouping))


def test_S2_billing_has_the_latest_documents_within_the_same_bounds(world: World) -> None:
    cookie = client(world, 60)
    issued(world)
    statements(world, 4)
    with asked_of_dynamodb() as made:
        answer = world.call("GET", "/accounts/maya/billing", cookie=cookie)
    recent = answer.body["recent_documents"]
    assert [row["number"] for row in recent["invoices"]] == [60, 59, 58]
    assert len(recent["statements"]) == 3
    assert len(answer.body["invoiced"]) == 60
    assert made.units <= 8, show(made)
    assert len(made.calls) <= 4, show(made)


def statements(world: World, count: int) -> None:
    """Of so many months, the latest of them last month; nothing is drawn or mailed."""
    practice, client = world.app.practices.practice("fern"), world.app.people.client("fern", "maya")
    assert practice is not None
    assert client is not None
    months = [Period.of(world.clock.now().date()).previous]
    while len(months) < count:
        months.append(months[-1].previous)
    for month in reversed(months):
        world.app.issuing.issue(replace(practice, skip_zero_statements=False), month, client)


def test_S1_billing_has_the_latest_documents_of_rows_of_an_older_release(world: World) -> None:
    """What each kept of the latest documents: nothing, and the latest statement alone."""
    cookie = client(world, 5)
    issued(world)
    statements(world, 4)
    with asked_of_dynamodb() as usual:
        whole = world.billing("maya", cookie)["recent_documents"]
    assert [len(whole[kind]) for kind in ("invoices", "statements")] == [3, 3]
    for row, field in (("INVOICED", "latest"), ("CARRIED#statement", "earlier")):
        found = Body.get(keys.account(MAYA), row)
        kept = json.loads(found.body)
        del kept[field]
        found.update(actions=[Body.body.set(json.dumps(kept))])
    with asked_of_dynamodb() as made:
        answer = world.call("GET", "/accounts/maya/billing", cookie=cookie)
    assert answer.body["recent_documents"] == whole
    assert made.units <= usual.units + 1, show(made)
    assert len(made.calls) <= len(usual.calls) + 2, show(made)


@pytest.mark.parametrize("kind", ["invoices", "documents"])
def test_issue_14_a_page_of_fifty_documents(world: World, kind: str) -> None:
    """Six units at most beside the session and the practice."""
    cookie = client(world, 50)
    issued(world)
    statements(world, 50)
    with asked_of_dynamodb() as made:
        answer = world.call("GET", f"/accounts/maya/{kind}", cookie=cookie)
    assert len(answer.body[kind]) == 50, answer.body
    beside = re.compile(r"\|(SESSION|PRACTICE)\b")
    each = zip(made.calls, made.each, strict=True)
    assert sum(units for call, units in each if not beside.search(call)) <= 6, show(made)


def billed_for_a_year(world: World, grouping: Grouping) -> str:
    """A session a week, superbills by the month, invoices by `grouping`."""
    world.practice(WHOLE)
    world.app.diagnosis_codes = lambda: CODES
    cookie = world.person("maya@example.test", "maya")
    before = world.app.people.client("fern", "maya")
    assert before is not None
    put_client(world.app.people, "fern", replace(SUPERBILLED, version=before.version))
    for number in range(50):
        day = (dt.date(2025, 3, 4) + dt.timedelta(weeks=number)).isoformat()
        world.charge("maya", f"c{number:02}", 12000, service=f"Session {number % 4}", date=day, **CODED)
    issued(world, grouping)
    client = world.app.people.client("fern", "maya")
    assert client is not None
    for month in range(12):
        year, number = divmod(month + 2, 12)
        period = Period(2025 + year, number + 1)
        days = Stretch(period.first_day.isoformat(), period.last_day.isoformat())
        world.app.superbill_issuing.issue(WHOLE, client, SuperbillWish(days))
    return cookie


def test_issue_14_a_page_of_fifty_services_with_their_documents(world: World) -> None:
    """Issue 14, T2: within the bounds of a page of fifty documents."""
    cookie = billed_for_a_year(world, Grouping.MONTH)
    with asked_of_dynamodb() as made:
        answer = world.call("GET", "/accounts/maya/services", cookie=cookie)
    rows = answer.body["services"]
    assert len(rows) > 30
    assert all(row["superbill"] and row["invoice"] for row in rows), rows
    beside = re.compile(r"\|(SESSION|PRACTICE)\b")
    each = zip(made.calls, made.each, strict=True)
    assert sum(units for call, units in each if not beside.search(call)) <= 6, show(made)


def test_a_page_of_services_is_not_empty_because_fifty_invoices_are_newer(world: World) -> None:
    cookie = billed_for_a_year(world, Grouping.SESSION)
    answer = world.call("GET", "/accounts/maya/services", cookie=cookie)
    assert len(answer.body["services"]) > 30


def test_account_history_of_a_page(world: World) -> None:
    made = asked(world, "history", client(world, 25))
    assert made.units <= 8, show(made)
    assert len(made.calls) <= 4, show(made)


def payments(world: World) -> str:
    cookie = client(world, 25)
    for number in range(13):
        about: dict[str, Any] = {"method": "check", "on": "2026-03-05"}
        world.post.external_payment(MAYA, f"p{number}", 12000, **about)
    return cookie


def test_account_history_of_services_and_payments(world: World) -> None:
    made = asked(world, "history", payments(world))
    assert made.units <= 8, show(made)
    assert len(made.calls) <= 4, show(made)


def test_account_history_of_services_that_were_written_off(world: World) -> None:
    """What became of an entry since comes with it."""
    cookie = client(world, 12)
    for number in range(12):
        about: dict[str, Any] = {"charge_external_id": f"c{number:02}", "on": "2026-03-05"}
        world.post.write_off(MAYA, f"w{number}", amount_minor=12000, **about)
    with asked_of_dynamodb() as made:
        answer = world.call("GET", "/accounts/maya/history?from=2026-03-01&to=2026-03-04", cookie=cookie)
    assert {row["status"] for row in answer.body["rows"]} == {"written_off"}
    assert len(answer.body["rows"]) == 12
    assert made.units <= 8, show(made)
    assert len(made.calls) <= 4, show(made)


def test_account_history_of_invoices_and_the_services_on_them(world: World) -> None:
    """Issue 14, S14 and T2: within the same bounds. How each stands now is told by the account's two rows."""
    cookie = client(world, 25)
    for client_ in world.app.people.clients("fern"):
        world.app.invoice_issuing.issue(PRACTICE, client_, InvoiceWish(Grouping.SESSION))
    made = asked(world, "history", cookie)
    assert made.units <= 8, show(made)
    assert len(made.calls) <= 4, show(made)


def start(world: World, cookie: str) -> Asked:
    offered = world.quote("maya", cookie, type="balance").body
    body = {
        "scope": {"type": "balance"}, "quote": offered["quote"], "amount_minor": offered["amount_minor"],
    }  # fmt: skip
    with asked_of_dynamodb() as made:
        answer = world.start("maya", cookie, KEY, body)
    assert answer.status == 201, answer.body
    return made


def test_starting_a_payment(world: World) -> None:
    made = start(world, client(world, 3))
    assert len(made.calls) <= 7, show(made)


def test_settling_a_payment_that_was_captured(world: World) -> None:
    start(world, client(world, 3))
    facts = world.processor.take(KEY)
    with asked_of_dynamodb() as made:
        world.app.settling.settle("fern", "stripe", facts)
    assert len(made.calls) <= 4, show(made)


def test_working_off_the_event_of_a_capture(world: World) -> None:
    start(world, client(world, 3))
    world.processor.take(KEY)
    raw = f"evt_1 checkout.session.completed cs_{KEY}".encode()
    world.app.receiving.receive("fern", "stripe", {"stripe-signature": "good"}, raw)
    with asked_of_dynamodb() as made:
        world.app.receiving.work_off("fern", "stripe", "evt_1", world.settle_queue.sent[-1])
    assert len(made.calls) <= 5, show(made)


def test_coming_back_from_a_payment(world: World) -> None:
    cookie = client(world, 3)
    start(world, cookie)
    world.processor.take(KEY)
    with asked_of_dynamodb() as made:
        answer = world.call("POST", f"/accounts/maya/payments/{KEY}/check", {}, cookie=cookie)
    assert answer.body["state"] == "paid", answer.body
    assert len(made.calls) <= 7, show(made)


def reconciled(world: World) -> Asked:
    """One call of `reconcile`, five minutes later."""
    world.clock.advance(minutes=5)
    with asked_of_dynamodb() as made:
        world.app.reconciling.reconcile()
    return made


def test_reconciling_what_webhooks_have_settled(world: World) -> None:
    """Issue 13, number 1. A payment is read once, and not again while its news stays in sight."""
    clients = [f"c{number}" for number in range(20)]
    reconciled(world)
    world.clock.advance(hours=1)
    idle = reconciled(world)
    assert (idle.units, idle.write_units) == (IDLE_UNITS, 1), show(idle)
    for name in clients:
        cookie = world.person(f"{name}@example.test", name)
        world.charge(name, f"charge-{name}", 12000)
        world.pay(name, cookie, f"{KEY}-{name}", type="balance")
        world.processor.take(f"{KEY}-{name}")
        world.app.settling.settle("fern", "stripe", world.processor.attempts[f"cs_{KEY}-{name}"])
    world.clock.advance(hours=1)
    busy, again = reconciled(world), reconciled(world)
    assert busy.units - idle.units <= 2 * len(clients), show(busy)
    assert (again.units, again.write_units) == (IDLE_UNITS, busy.write_units), show(again)
    assert again.write_units <= 2
    print(f"idle {idle}\nbusy {busy}\nagain {again}")


# The practices, two work lists in four shards, one round's row: by the clock and in its turn.
IDLE_UNITS = 7.0
