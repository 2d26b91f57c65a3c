"""The rights that connecting prints are those of the calls that the adapter makes: none fewer, none more."""

import re
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

import chalicelib.payments.processors.stripe
from chalicelib.kernel.outside import ProcessorForbids, ProcessorRefused
from chalicelib.payments.ports.connections import STRIPE_RIGHTS, Right
from chalicelib.payments.processors.stripe.account import StripeConnection
from chalicelib.payments.processors.stripe.client import StripeProcessor
from tests.contract.harness import Practice
from tests.contract.test_adapter import PAYMENT, adapter, attempt, paid, restricted
from tests.support.references import named

ADAPTERS = Path(next(iter(chalicelib.payments.processors.stripe.__path__)))
# What the adapter asks of Stripe's client, as `self._api.disputes.list` or `api.disputes.list`.
ASKED = re.compile(r"\b_?api\.((?:checkout\.)?\w+)(?:\.(\w+))?")


def test_every_part_of_the_api_that_is_asked_has_its_right_and_none_is_idle() -> None:
    asked = {found[1] for path in ADAPTERS.glob("*.py") for found in ASKED.finditer(path.read_text())}
    assert asked == {resource for right in STRIPE_RIGHTS for resource in right.resources}


def test_the_right_to_write_is_asked_for_where_something_is_written() -> None:
    writes = ("create", "expire", "update", "cancel", "delete", "detach", "verify_microdeposits")
    written = {
        found[1]
        for path in ADAPTERS.glob("*.py")
        for found in ASKED.finditer(path.read_text())
        if found[2] in writes
    }
    wanted = {right.row for right in STRIPE_RIGHTS if right.level == "write"}
    assert wanted == {right.row for right in STRIPE_RIGHTS if written & set(right.resources)}


def test_the_page_about_restricted_keys_lists_them(request: pytest.FixtureRequest) -> None:
    page = (request.config.rootpath / "docs" / "own-practice.md").read_text()
    rows = re.findall(r"^\| ([^|`]+) \| (read|write) \| `(rak_\w+)` \|", page, re.MULTILINE)
    assert rows == [(right.row, right.level, right.name) for right in STRIPE_RIGHTS]


def calls(stripe: StripeProcessor, intent_id: str) -> Iterator[Callable[[], object]]:
    """All that the adapter does in a day."""
    since = datetime.now(UTC) - timedelta(hours=1)
    yield lambda: stripe.open(attempt("0b8f1c1e-0000-4000-8000-000000000002"))
    yield lambda: stripe.look(named(intent_id))
    yield lambda: stripe.look(named("du_unheard_of"))
    yield lambda: stripe.find(PAYMENT, account_id="acct", since=since)
    yield lambda: stripe.changes(since=since, cursor="")
    yield lambda: stripe.movements(since=since, cursor="")
    yield lambda: stripe.movements(since=since, cursor="evt_")
    yield lambda: stripe.refund(intent_id=intent_id, refund_id="r1", amount_minor=100)
    yield lambda: stripe.enrol("key1")
    yield lambda: stripe.detach("pm_unheard_of")
    yield lambda: stripe.verify("seti_unheard_of", "SM11AA")
    yield lambda: stripe.debits("mandate_unheard_of")


def forbidden(practice: Practice, key: str, intent_id: str) -> set[str]:
    """The rights that Stripe misses while everything is done once."""
    connection, url = StripeConnection(key, practice.server.origin), "http://127.0.0.1:1/"
    connecting = (
        connection.account,
        lambda: connection.addresses(url),
        lambda: connection.add_address(url, ["charge.updated"]),
        lambda: connection.wallet_domain("pay.example.org"),
    )
    missed: set[str] = set()
    for call in (*calls(adapter(practice, key), intent_id), *connecting):
        try:
            call()
        except ProcessorForbids as error:
            missed.update(error.rights)
        except ProcessorRefused:
            """For what is asked: the key may do that."""
    return missed


def test_with_all_of_them_nothing_is_forbidden(practice: Practice) -> None:
    intent_id = paid(practice, "pm_card_createDispute").intent_id
    key = restricted(practice)
    assert forbidden(practice, key, intent_id) == set()
    assert StripeConnection(key, practice.server.origin).lacking() == []
    assert StripeConnection(practice.key, practice.server.origin).lacking() == []


@pytest.mark.parametrize("right", STRIPE_RIGHTS, ids=lambda right: str(right.name))
def test_without_one_something_is_forbidden_and_trying_tells_which(practice: Practice, right: Right) -> None:
    intent_id = paid(practice, "pm_card_createDispute").intent_id
    key = restricted(practice, without=right.name)
    missed = {
        name.removesuffix("_read").removesuffix("_write") for name in forbidden(practice, key, intent_id)
    }
    assert missed == {right.name.removesuffix("_read").removesuffix("_write")}
    assert list(StripeConnection(key, practice.server.origin).lacking()) == [right]


def test_reading_alone_is_not_taken_for_writing_and_trying_changes_nothing(practice: Practice) -> None:
    rights = [right.name.replace("_write", "_read") for right in STRIPE_RIGHTS]
    practice.control("POST", "rights", {"account": practice.name, "rights": rights})
    connection = StripeConnection(practice.key.replace("sk_", "rk_"), practice.server.origin)
    assert [right.level for right in connection.lacking()] == ["write"] * 8
    StripeConnection(restricted(practice), practice.server.origin).lacking()
    for path in ("checkout/sessions", "refunds", "webhook_endpoints", "payment_intents", "events"):
        assert practice.get(f"/v1/{path}").json["data"] == []
