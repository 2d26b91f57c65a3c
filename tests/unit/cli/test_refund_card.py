"""`billfold refund-card`: what it says of a refund that is made, and of one that was made before."""

import pytest

from chalicelib.payments.domain.quotes import Scope
from chalicelib.payments.ports.processors import RefundStatus
from chalicelib.payments.services.paying import PaymentWish
from tests.support.processor import FakeProcessor, OneProcessor
from tests.unit.cli.world import World

KEY = "0b8f1c1e-0000-4000-8000-000000000001"
REFUND = ["refund-card", "--practice", "oak", "--client", "C1", "--payment", KEY]


@pytest.fixture
def processor() -> FakeProcessor:
    return FakeProcessor()


@pytest.fixture
def paid(world: World, processor: FakeProcessor) -> World:
    """Ana has paid 150.00 by card."""
    made = processor
    world.app.processors = OneProcessor(made)
    world.with_books()
    ref = world.ref("C1")
    offered = world.app.paying.quote(ref, Scope("balance"))[1]
    wish = PaymentWish(
        KEY, Scope("balance"), offered.key, offered.amount_minor, "", "", "en", "hash", "portal:person"
    )
    world.app.paying.start(ref, wish)
    made.take(KEY)
    world.app.paying.check(ref, KEY)
    return world


def test_the_same_refund_again_says_that_nothing_was_refunded_now(paid: World) -> None:
    """Issue 8, number 5: it ended as the first one had, and whoever meant a second one believed in it."""
    asked = [*REFUND, "--left", "150"]
    first, again = paid.run(*asked, "--amount", "20"), paid.run(*asked, "--amount", "20.00")
    assert (first.status, again.status, paid.balance("C1")) == (0, 0, 2000)
    assert first.out == (
        "Refunded 20.00 of 150.00 USD so far. Another refund wants --left 130.00 --earlier 1.\n"
    )
    assert "is made already, and nothing was refunded now. Refunded 20.00 of 150.00 USD so far." in again.out
    assert paid.run(*asked, "--amount", "20", "--json").events[-1]["posted"] == 0
    assert "was asked for already" in paid.run(*asked, "--amount", "20", "--dry-run").out
    now = [*REFUND, "--left", "130", "--earlier", "1", "--amount", "20"]
    assert "It would be made." in paid.run(*now, "--dry-run").out
    assert paid.run(*now, "--json").events[-1]["posted"] == 1
    assert paid.balance("C1") == 4000


def test_what_is_left_is_said_to_whoever_did_not_say_it_or_is_late(paid: World) -> None:
    """Issue 11, number 6: two staff could refund the same money under two ids."""
    blind = paid.run(*REFUND, "--amount", "20")
    assert blind.status == 1
    assert "Refunds so far: 0; under way: –; left to refund: 150.00." in blind.err
    assert paid.run(*REFUND, "--amount", "20", "--left", "150").status == 0
    for dry in ([], ["--dry-run"]):
        late = paid.run(*REFUND, "--amount", "30", "--left", "150", "--id", "R2", *dry)
        assert late.status == 1
        assert "Refunds so far: 1; under way: –; left to refund: 130.00." in late.err
    told = paid.run(*REFUND, "--amount", "30", "--left", "150", "--json").events[-1]
    assert (told["code"], paid.balance("C1")) == ("refund_stale", 2000)


def test_a_refund_under_way_is_named(paid: World, processor: FakeProcessor) -> None:
    processor.refunds_begin = RefundStatus.PENDING
    made = paid.run(*REFUND, "--amount", "150", "--left", "150", "--id", "R1")
    assert made.out == (
        "Refunded 0.00 of 150.00 USD so far. Under way: 150.00; it is posted when it arrives. "
        "Another refund wants --left 0.00 --earlier 1.\n"
    )
    late = paid.run(*REFUND, "--amount", "150", "--left", "150", "--id", "R2")
    assert "Refunds so far: 1; under way: R1 150.00; left to refund: 0.00." in late.err


def test_the_id_of_a_refund_is_taken_for_another_amount(paid: World) -> None:
    asked = [*REFUND, "--left", "150"]
    assert paid.run(*asked, "--amount", "20", "--id", "R1").status == 0
    for dry in ([], ["--dry-run"]):
        refused = paid.run(*asked, "--amount", "30", "--id", "R1", *dry)
        assert (refused.status, "belongs to something else already" in refused.err) == (1, True)
    assert paid.run(*asked, "--amount", "20", "--id", "R 1#").status == 1
    assert paid.run("verify", "--practice", "oak").status == 0
