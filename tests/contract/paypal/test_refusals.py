"""Every refusal of the stand-in is looked for: taking one out fails its test.

Each name of the table is raised at exactly one place (the first test), and the request meant for it must meet
that very name (the second), so a refusal removed, or moved behind another, shows.
"""

import ast
from collections import Counter
from collections.abc import Callable
from pathlib import Path

import pytest

import sandbox.paypal
from sandbox.paypal.objects.webhooks import EVENTS
from sandbox.paypal.payers import BEHAVIOURS, CARDS
from sandbox.paypal.refusals import REFUSALS
from tests.contract.harness import Reply
from tests.contract.paypal import refused
from tests.contract.paypal.harness import ORDERS, SEARCH, WEBHOOKS, Practice, issue_of, order

SOURCE = Path(next(iter(sandbox.paypal.__path__)))
# OAuth and the page are in no published document.
UNPUBLISHED = ("client_unknown", "grant_unsupported", "url_unknown", "page_")


def test_each_refusal_is_raised_at_exactly_one_place() -> None:
    raised: Counter[str] = Counter()
    for path in SOURCE.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "refuse":
                assert isinstance(node.args[0], ast.Constant), f"{path}:{node.lineno} hides its name"
                raised[str(node.args[0].value)] += 1
    assert raised == dict.fromkeys(REFUSALS, 1)


@pytest.mark.parametrize("name", sorted(REFUSALS))
def test_refuses(practice: Practice, name: str) -> None:
    case: Callable[[Practice], Reply] = getattr(refused, name)
    reply = case(practice)
    assert reply.refusal == name
    assert reply.status == REFUSALS[name].status
    if not name.startswith(UNPUBLISHED):
        assert reply.json["debug_id"]


@pytest.mark.parametrize("payer", sorted(name for name, each in BEHAVIOURS.items() if each.issue))
def test_what_a_payers_capture_meets_is_published(practice: Practice, payer: str) -> None:
    reply = practice.capture(practice.approved(f"{payer}@example.org"))
    assert (reply.status, issue_of(reply)) == (422, BEHAVIOURS[payer].issue)


@pytest.mark.parametrize("number", sorted(CARDS))
def test_each_card_is_taken_by_the_page(practice: Practice, number: str) -> None:
    ident = practice.created()["id"]
    assert practice.page(ident, refused.GUEST | {"number": number}).status == 303
    source = practice.get(f"{ORDERS}/{ident}").json["payment_source"]["paypal"]
    assert source["account_status"] == "UNVERIFIED"


@pytest.mark.parametrize(
    "path",
    [
        f"{SEARCH}?start_date=2026-10-01T00:00:00Z&end_date=2026-10-02T00:00:00Z&store_id=1",
        f"{ORDERS}/5O190127TN364715T?fields=payment_source",
        f"{WEBHOOKS}?anchor_type=ACCOUNT",
    ],
)
def test_what_would_be_ignored_of_a_query_is_refused(practice: Practice, path: str) -> None:
    assert practice.get(path).refusal == "beyond_stand_in"


@pytest.mark.parametrize("name", ["update_time_before", "update_time_after", "start_time"])
def test_impossible_instants_of_disputes(practice: Practice, name: str) -> None:
    reply = practice.get("/v1/customer/disputes", **{name: "0000-01-01T00:00:00Z"})
    assert reply.refusal == "instant_impossible"


@pytest.mark.parametrize("name", ["start_time", "end_time"])
def test_impossible_instants_of_events(practice: Practice, name: str) -> None:
    reply = practice.get(f"{WEBHOOKS}-events", **{name: "yesterday"})
    assert reply.refusal == "instant_impossible"


@pytest.mark.parametrize("issue", ["INSTRUMENT_DECLINED", "TRANSACTION_REFUSED", "PERMISSION_DENIED"])
def test_the_mock_header_asks_for_an_error(practice: Practice, issue: str) -> None:
    ident = practice.approved()
    mock = f'{{"mock_application_codes": "{issue}"}}'
    reply = practice.capture(ident, PayPal_Mock_Response=mock)
    assert issue_of(reply) == issue
    assert practice.capture(ident).status == 201


def test_the_mock_header_asks_for_a_failure(practice: Practice) -> None:
    mock = '{"mock_application_codes": ["INTERNAL_SERVER_ERROR"]}'
    assert practice.post(ORDERS, order(), "k", PayPal_Mock_Response=mock).status == 500
    assert practice.post(ORDERS, order(), "k").status == 201


def test_each_event_that_is_told_may_be_asked_for(practice: Practice) -> None:
    """A webhook asks by name for all that the stand-in tells."""
    told = {
        node.value
        for path in SOURCE.rglob("*.py")
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.Constant) and isinstance(node.value, str)
        if node.value.startswith(("CHECKOUT.", "PAYMENT.CAPTURE.", "CUSTOMER.DISPUTE."))
        if not node.value.endswith(".") and " " not in node.value
    }
    assert told <= EVENTS
