"""Issue 16: `billfold practice connect-paypal` against the stand-in."""

import json
from collections.abc import Iterator
from dataclasses import replace

import pytest

from chalicelib.payments.processors.paypal.events import EVENTS
from chalicelib.settings import check_paypal_client
from sandbox.paypal.tokens import SCOPES
from tests.contract.paypal.harness import WEBHOOKS, Practice, running
from tests.unit.cli.world import PRACTICE, Result, World

URL = "http://localhost:8000/api/webhooks/oak/paypal"
APP = {"CLIENT_ID": "client_sandbox_oak", "SECRET": "secret_sandbox_oak"}


@pytest.fixture
def paypal(world: World) -> Iterator[Practice]:
    world.with_practice(processors=["stripe", "paypal"])
    with running() as server:
        world.app.settings = replace(world.app.settings, paypal_api=server.origin)
        yield Practice(server, "oak")


def connect(world: World, *options: str, **app: str) -> Result:
    typed = "".join(f"PAYPAL_{name}='{value}'\n" for name, value in {**APP, **app}.items() if value)
    return world.run(
        "practice", "connect-paypal", "--practice", "oak", "--json", "--sandbox", *options, stdin=typed
    )


def codes(result: Result) -> list[str]:
    return [event["code"] for event in result.events if event["event"] == "note"]


def test_one_command_keeps_the_keys_and_makes_one_address_for_what_is_needed(
    world: World, paypal: Practice
) -> None:
    first = connect(world)
    assert (first.status, codes(first)) == (0, ["webhook_made"])
    [address] = paypal.get(WEBHOOKS).json["webhooks"]
    assert (address["url"], [each["name"] for each in address["event_types"]]) == (URL, list(EVENTS))
    assert world.app.credentials.of("oak", "paypal") == {
        "client_id": "client_sandbox_oak", "secret": "secret_sandbox_oak", "live": False,
        "webhook_id": address["id"],
    }  # fmt: skip
    again = connect(world)
    assert (again.status, again.events[-1]["saved"], codes(again)) == (0, False, [])
    assert "secret_sandbox" not in first.out + first.err
    shown = world.run("practice", "show", "--practice", "oak", "--json").events[0]
    assert (shown["paypal_connected"], shown["processors"]) == (True, ["stripe", "paypal"])


def test_an_address_that_lacks_events_is_made_anew(world: World, paypal: Practice) -> None:
    before = paypal.listen(URL, "PAYMENT.CAPTURE.COMPLETED")["id"]
    assert codes(connect(world)) == ["webhook_made"]
    [address] = paypal.get(WEBHOOKS).json["webhooks"]
    assert address["id"] != before


def test_features_that_the_app_lacks_are_named_and_the_keys_are_kept(world: World, paypal: Practice) -> None:
    world.with_practice()
    paypal.control("scopes", {"scopes": SCOPES[:3]})
    done = connect(world)
    assert (done.status, codes(done)) == (4, [*["feature_missing"] * 2, "webhook_made", "not_offered"])
    assert done.events[-1]["lacking"] == ["Transaction search", "Disputes"]
    assert world.app.credentials.of("oak", "paypal")


def test_a_dry_run_looks_and_keys_that_are_not_taken_are_not_kept(world: World, paypal: Practice) -> None:
    assert codes(connect(world, "--dry-run")) == ["webhook_made"]
    assert paypal.get(WEBHOOKS).json["webhooks"] == []
    assert (connect(world, SECRET="wrong").status, connect(world, SECRET="").status) == (1, 1)
    assert connect(world, CLIENT_ID="AQkquBDf1zctJOWGKWUEtKXm6qVhueUEMvXO").status == 1
    paypal.control("faults", {"kind": "status", "when": "before", "count": 1, "status": 500})
    assert connect(world).status == 3
    assert world.app.credentials.of("oak", "paypal") is None


def test_processors_that_nobody_knows_are_refused(world: World) -> None:
    for wrong in ([], ["paypal", "paypal"], ["venmo"]):
        path = world.file("p.json", json.dumps({**PRACTICE, "processors": wrong}))
        refused = world.run("practice", "create", "--json", "--file", path)
        fields = [event["field"] for event in refused.events if event["event"] == "problem"]
        assert (refused.status, [field.partition("[")[0] for field in fields]) == (1, ["processors"])


def test_18_a_trial_takes_no_keys_of_live_paypal(world: World) -> None:
    world.with_practice(processors=["stripe", "paypal"])
    world.app.settings = replace(world.app.settings, paypal_api="", trial=True)
    typed = "PAYPAL_CLIENT_ID=AbcLive\nPAYPAL_SECRET=s\n"
    refused = world.run("practice", "connect-paypal", "--practice", "oak", "--json", stdin=typed)
    assert refused.status == 1
    assert "is of live PayPal, and must not be used on a trial" in refused.out
    assert world.app.credentials.of("oak", "paypal") is None
    check_paypal_client("AbcTest", world.app.settings, live=False)
    check_paypal_client("AbcLive", replace(world.app.settings, trial=False), live=True)
