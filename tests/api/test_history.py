"""Account History that people can read: how it was paid, what a refund undid, services in their language."""

from collections import Counter
from dataclasses import replace
from typing import Any

import pytest

from chalicelib.documents.domain.invoices import Status
from chalicelib.entrypoints.http.ledger.schemas import HistoryStatus
from chalicelib.ledger.services.facts import CorrectingFacts, FactChanges
from chalicelib.ledger.services.history import ServiceStatus
from chalicelib.payments.ports.processors import RefundStatus
from chalicelib.platform.dynamo.table import connection
from chalicelib.words.documents import DOCUMENTS
from tests.support.api import World
from tests.support.practice import MAYA, PRACTICE

KEY = "0b8f1c1e-0000-4000-8000-000000000001"
Row = dict[str, Any]


@pytest.fixture
def maya(world: World) -> str:
    """Somebody who has paid 120.00 for one service and 80.00 for another with a card."""
    cookie = world.person("maya@example.test", "maya")
    world.charge("maya", "c1", 12000, insurer_minor=5000)
    world.charge("maya", "c2", 8000, service="Family session", date="2026-03-05")
    world.pay("maya", cookie, KEY, type="balance")
    settle(world)
    return cookie


def settle(world: World) -> None:
    world.processor.take(KEY)
    world.app.settling.settle("fern", "stripe", world.processor.attempts[f"cs_{KEY}"])


def history(world: World, cookie: str, **headers: str) -> list[Row]:
    rows: list[Row] = world.call("GET", "/accounts/maya/history", cookie=cookie, headers=headers).body["rows"]
    return rows


def of_kind(rows: list[Row], kind: str) -> Row:
    (found,) = [row for row in rows if row["kind"] == kind]
    return found


def lines(row: Row) -> list[tuple[str, str, int]]:
    return [(line["service"], line["date"], line["amount_minor"]) for line in row["lines"]]


def test_9_a_payment_says_its_method_and_has_its_receipt_and_what_it_paid(world: World, maya: str) -> None:
    row = of_kind(history(world, maya), "payment")
    assert row["payment"]["method"] == "Visa ending in 4242"
    assert row["payment"]["id"] == KEY
    assert row["payment"]["receipt_available"] is True
    paid = [("Individual session", "2026-03-01", -12000), ("Family session", "2026-03-05", -8000)]
    assert sorted(lines(row)) == sorted(paid)
    assert row["credit_minor"] == 0
    spanish = of_kind(history(world, maya, **{"Accept-Language": "es"}), "payment")
    assert spanish["payment"]["method"] == "Visa terminada en 4242"


def test_9_a_refund_says_of_which_payment_and_what_it_undid(world: World, maya: str) -> None:
    world.processor.refund(intent_id=f"pi_{KEY}", refund_id="r1", amount_minor=9000)
    world.app.settling.settle("fern", "stripe", world.processor.attempts[f"cs_{KEY}"])
    row = of_kind(history(world, maya), "refund")
    paid = of_kind(history(world, maya), "payment")["payment"]
    assert (row["amount_minor"], row["payment"]) == (9000, paid)
    assert sum(amount for _, _, amount in lines(row)) + row["credit_minor"] == 9000
    assert ("Family session", "2026-03-05", 8000) in lines(row)
    world.app.settling.settle("fern", "stripe", world.processor.refund_becomes(KEY, RefundStatus.FAILED))
    assert of_kind(history(world, maya), "refund_failure")["amount_minor"] == -9000


def test_9_money_beyond_what_was_owed_is_named_as_credit(world: World, maya: str) -> None:
    world.post.external_payment(MAYA, "p2", 3000, method="cash", on="2026-03-09")
    (row,) = [row for row in history(world, maya) if row["amount_minor"] == -3000]
    assert (row["payment"]["method"], row["lines"], row["credit_minor"]) == ("Cash", [], -3000)


def test_9_an_insurers_row_names_the_session_it_belongs_to(world: World, maya: str) -> None:
    world.post.insurance_payment(
        MAYA,
        "i1",
        charge_external_id="c1",
        paid_minor=4000,
        contractual_minor=0,
        to_client_minor=0,
        on="2026-03-10",
    )
    rows = history(world, maya)
    insured, session = of_kind(rows, "insurance_payment"), [row for row in rows if row["kind"] == "service"]
    assert (insured["charge_id"], insured["service_date"]) == (session[-1]["charge_id"], "2026-03-01")
    assert (insured["service"], insured["insurer_minor"], insured["amount_minor"]) == (
        "Individual session", 4000, 0,
    )  # fmt: skip


def test_9_a_service_has_a_status_and_a_payment_has_none(world: World, maya: str) -> None:
    statuses = {(row["kind"], row["status"]) for row in history(world, maya)}
    assert statuses == {("service", "paid"), ("payment", None)}


@pytest.fixture
def reads(world: World, monkeypatch: pytest.MonkeyPatch) -> list[tuple[str, dict[str, Any]]]:
    client, made = connection().client, list[tuple[str, dict[str, Any]]]()
    real = client._make_api_call

    def called(operation: str, asked: dict[str, Any]) -> Any:
        made.append((operation, asked))
        return real(operation, asked)

    monkeypatch.setattr(client, "_make_api_call", called)
    return made


def test_9_a_page_of_history_reads_no_row_twice_and_none_of_a_service_or_a_payment(
    world: World, maya: str, reads: list[tuple[str, dict[str, Any]]]
) -> None:
    for n in range(20):
        world.post.external_payment(MAYA, f"p{n}", 100 + n, method="cash", on="2026-03-09")
    reads.clear()
    assert len(history(world, maya)) == 23
    keys = [key for operation, asked in reads for key in keys_of(operation, asked)]
    assert [key for key, times in Counter(keys).items() if times > 1] == []
    assert not any("PAY#" in key or "CH#" in key for key in keys)  # the names travel with the entries
    assert len([call for call in reads if call[0] == "Query"]) == 1


def keys_of(operation: str, asked: dict[str, Any]) -> list[str]:
    if operation == "GetItem":
        return [str(asked["Key"])]
    if operation == "BatchGetItem":
        return [str(key) for table in asked["RequestItems"].values() for key in table["Keys"]]
    return []


def test_10_a_service_is_named_in_the_readers_language_where_the_practice_gives_it(
    world: World, maya: str
) -> None:
    names = {"Individual session": {"es": "Sesión individual"}}
    about = {"es": "Apoyo a profesionales independientes."}
    world.practice(replace(PRACTICE, service_names=names, about_in=about))
    spoken = {"Accept-Language": "es"}
    rows = [row for row in history(world, maya, **spoken) if row["kind"] == "service"]
    assert [(row["service"], row["service_locale"]) for row in rows] == [
        ("Family session", "en"), ("Sesión individual", "es"),
    ]  # fmt: skip
    english = [row["service"] for row in history(world, maya) if row["kind"] == "service"]
    assert english == ["Family session", "Individual session"]
    world.charge("maya", "c3", 5000)
    (item,) = world.call("GET", "/accounts/maya/billing", cookie=maya, headers=spoken).body["items"]
    assert (item["service"], item["service_locale"]) == ("Sesión individual", "es")
    profile = world.call("GET", "/practices/fern").body
    assert (profile["about"], profile["about_in"]) == (PRACTICE.about, about)


def test_11_credit_that_was_brought_along_names_all_that_it_pays_and_is_about_none(
    world: World, maya: str
) -> None:
    """It was shown as a row about the first service that it paid, with that service's status."""
    world.charge("maya", "c3", 5000, date="2026-03-06")
    world.charge("maya", "c4", 4000, date="2026-03-07", service="Family session")
    world.post.opening_balance(MAYA, "o1", -7000, on="2026-03-08")
    row = of_kind(history(world, maya), "opening_balance")
    assert (row["charge_id"], row["service"], row["status"]) == (None, "", None)
    assert sorted(lines(row)) == [
        ("Family session", "2026-03-07", -2000), ("Individual session", "2026-03-06", -5000),
    ]  # fmt: skip
    assert row["amount_minor"] == -7000


def test_an_opening_debt_is_named_in_the_readers_language_as_on_statements(world: World, maya: str) -> None:
    world.post.opening_balance(MAYA, "o1", 7000, on="2026-03-08")
    for number, language in enumerate(("en", "es")):
        row = of_kind(history(world, maya, **{"Accept-Language": language}), "opening_balance")
        assert (row["service"], row["service_locale"]) == (DOCUMENTS["line_opening"][number], language)


def test_11_a_service_at_nothing_is_listed_as_one_and_has_no_fee(world: World, maya: str) -> None:
    world.charge("maya", "c3", 0, service="Pro bono session", date="2026-03-06")
    row = next(row for row in history(world, maya) if row["service"] == "Pro bono session")
    assert (row["kind"], row["status"], row["amount_minor"], row["lines"]) == ("service", "no_fee", 0, [])
    billing = world.call("GET", "/accounts/maya/billing", cookie=maya).body
    assert "Pro bono session" not in str(billing)


def test_11_pay_now_and_history_follow_corrected_facts(world: World, maya: str) -> None:
    world.charge("maya", "c3", 5000, service="Sesion", date="2026-03-06")
    correcting = CorrectingFacts(world.app.ledgers, world.app.clock)
    facts = FactChanges(service="Intake", clinician_id="ben")
    correcting.correct(MAYA, "f1", charge_external_id="c3", facts=facts, on="2026-03-07")
    assert next(row["service"] for row in history(world, maya) if row["kind"] == "service") == "Intake"
    assert "facts_corrected" not in str(history(world, maya))
    quote = world.quote("maya", maya, type="balance")
    assert quote.code == "nothing_to_pay"  # Ben takes no payments online


def test_the_api_has_a_word_for_every_status_that_a_service_or_an_invoice_can_have() -> None:
    services, invoices = ({status.value for status in of} for of in (ServiceStatus, Status))
    assert {status.value for status in HistoryStatus} == services | invoices - {"draft"}
