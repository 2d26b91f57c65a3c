"""`billfold unmatched`: guests' money that waits, matched and refunded (issue 16)."""

import pytest

from chalicelib.payments.domain.guests import GuestForm
from chalicelib.payments.services.guest_paying import GuestWish
from tests.support.processor import FakeProcessor, OneProcessor
from tests.unit.cli.world import World

KEY = "a-guests-key-of-32-symbols-000001"


@pytest.fixture
def paid(world: World) -> str:
    """Somebody has paid 150.00 for Ana; the payment's id."""
    processor = FakeProcessor()
    world.app.processors = OneProcessor(processor)
    world.with_books()
    practice = world.app.practices.practice("oak")
    assert practice is not None
    form = GuestForm(practice.clinicians[0].id, "Ana", "lee@example.com", "Lee", "+1 555 0199", "7")
    guests = world.app.guest_paying
    quote, _ = guests.quote("oak", form, way="card", amount_minor=15_000)
    wish = GuestWish(KEY, form, "card", 15_000, quote.key, "en", "hash", "192.0.2.1")
    payment = guests.start("oak", wish).payment
    processor.take(payment.id)
    guests.check("oak", KEY)
    return payment.id


def test_listed_matched_once_and_refunded_from_the_clients_account(world: World, paid: str) -> None:
    [waiting, count] = world.run("unmatched", "list", "--practice", "oak", "--json").events
    assert (waiting["payment"], waiting["amount_minor"], waiting["email"]) == (
        paid,
        15_000,
        "lee@example.com",
    )
    assert count["payments"] == 1
    before = world.balance("C1")
    match = ("unmatched", "match", "--practice", "oak", "--payment", paid, "--client", "C1")
    assert "Nothing was written" in world.run(*match, "--dry-run").out
    assert "Matched 150.00 USD to C1" in world.run(*match).out
    assert world.balance("C1") == before - 15_000
    assert world.run(*match, "--json").events[-1]["posted"] == 0
    assert world.run("unmatched", "list", "--practice", "oak").out == "0 payments wait\n"
    refund = ("unmatched", "refund", "--practice", "oak", "--payment", paid, "--amount", "20")
    assert world.run(*refund).status == 1
    assert world.run(*refund, "--left", "150").status == 0
    assert world.balance("C1") == before - 13_000
    assert world.run("verify", "--practice", "oak").status == 0


def test_found_by_its_reference_for_ever_and_nobody_elses_payment_is(world: World, paid: str) -> None:
    """A match is said again, corrected and refunded by what the receipt prints, as the runbook says; by the
    client, too, to whom it was matched, and by no other."""
    [waiting] = world.app.guest_forms.unmatched("oak")
    assert waiting.id == paid
    told = ("--practice", "oak", "--payment", waiting.reference)
    assert (
        world.run("unmatched", "match", "--practice", "oak", "--client", "C1", "--payment", "x").status == 1
    )
    match = ("unmatched", "match", *told, "--client", "C1")
    assert waiting.reference in world.run(*match).out
    for again in (match, (*match, "--id", "another"), (*match, "--dry-run")):
        assert "with C1 already. Nothing is to be done" in world.run(*again).out
    before = world.balance("C1")
    refund_card = ("refund-card", *told, "--amount", "20", "--left", "150", "--client")
    assert "matched to another client: --client C1" in world.run(*refund_card, "C2").err
    assert world.run(*refund_card, "C1").status == 0
    assert world.balance("C1") == before + 2_000
    assert world.run("unmatched", "refund", *told, "--amount", "5", "--left", "130").status == 1
    assert (
        world.run("unmatched", "refund", *told, "--amount", "5", "--left", "130", "--earlier", "1").status
        == 0
    )
    assert world.run("unmatched", "match", *told, "--client", "C2").status == 0
    assert world.balance("C1") == before + 15_000
    assert world.run("verify", "--practice", "oak").status == 0
