"""What a client sees of corrections: the history names them, and the payment that never was is canceled."""

import pytest

from chalicelib.ledger.services.correcting import Correcting
from tests.support.api import World
from tests.support.practice import MAYA, NOAH


@pytest.fixture
def maya(world: World) -> str:
    """Somebody who owed 120.00 and of whom 150.00 in cash was entered; Noah owes 80.00."""
    cookie = world.person("maya@example.test", "maya", "noah")
    world.charge("maya", "c1", 12000)
    world.charge("noah", "n1", 8000)
    world.app.posting("cli").external_payment(MAYA, "p1", 15000, method="check", on="2026-03-06")
    return cookie


def correcting(world: World) -> Correcting:
    return Correcting(world.app.ledgers, world.app.clock, "cli")


def rows(world: World, cookie: str, account: str) -> list[tuple[str, str, int]]:
    found = world.call("GET", f"/accounts/{account}/history", cookie=cookie).body["rows"]
    return [(row["kind"], row["service"], row["amount_minor"]) for row in found]


def test_a_payment_undone_is_a_correction_and_owed_again(world: World, maya: str) -> None:
    correcting(world).reverse(MAYA, 2, on="2026-03-08")
    assert rows(world, maya, "maya")[0] == ("correction", "", 15000)
    assert world.billing("maya", maya)["balance"]["owed_minor"] == 12000
    payments = world.call("GET", "/accounts/maya/payments", cookie=maya).body["payments"]
    assert [row["state"] for row in payments] == ["canceled"]


def test_credit_that_moved_is_in_both_histories(world: World, maya: str) -> None:
    correcting(world).transfer_credit("t1", source=MAYA, target=NOAH, amount_minor=3000, on="2026-03-08")
    assert rows(world, maya, "maya")[0] == ("credit_transfer", "", 3000)
    assert rows(world, maya, "noah")[0] == ("credit_transfer", "", -3000)
    assert world.billing("noah", maya)["balance"]["owed_minor"] == 5000


def statuses(world: World, cookie: str) -> list[tuple[str, str | None]]:
    found = world.call("GET", "/accounts/maya/history", cookie=cookie).body["rows"]
    return [(row["kind"], row["status"]) for row in found]


def test_a_service_taken_back_is_not_paid(world: World, maya: str) -> None:
    """S14: paid is what was paid."""
    assert statuses(world, maya)[-1] == ("service", "paid")
    correcting(world).reverse(MAYA, 2, on="2026-03-08")
    correcting(world).reverse(MAYA, 1, on="2026-03-08")
    assert statuses(world, maya) == [
        ("correction", None), ("correction", None), ("payment", None), ("service", "reversed"),
    ]  # fmt: skip


def test_a_service_written_off_is_not_paid(world: World, maya: str) -> None:
    correcting(world).reverse(MAYA, 2, on="2026-03-08")
    world.app.posting("cli").write_off(
        MAYA, "w1", charge_external_id="c1", amount_minor=12000, on="2026-03-09"
    )
    assert statuses(world, maya)[0::3] == [("write_off", None), ("service", "written_off")]
    correcting(world).reverse(MAYA, 4, on="2026-03-10")
    assert statuses(world, maya)[-1] == ("service", "open")
