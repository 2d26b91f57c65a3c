"""`billfold refund-card`: what it says of a refund that is made, and of one that was made before."""

import pytest

from chalicelib.payments.domain.quotes import Scope
from chalicelib.payments.services.paying import Wish
from tests.support.processor import FakeProcessor, OneProcessor
from tests.unit.cli.world import World

KEY = "0b8f1c1e-0000-4000-8000-000000000001"
REFUND = ["refund-card", "--practice", "oak", "--client", "C1", "--payment", KEY]


@pytest.fixture
def paid(world: World) -> World:
    """Ana has paid 150.00 by card."""
    made = FakeProcessor()
    world.app.processors = OneProcessor(made)
    world.with_books()
    account = world.account_of("C1")
    offered = world.app.paying.quote("oak", account, Scope("balance"))
    wish = Wish(
        KEY, Scope("balance"), offered.key, offered.amount_minor, "", "", "en", "hash", "portal:person"
    )
    world.app.paying.start("oak", account, wish)
    made.take(KEY)
    world.app.paying.check("oak", account, KEY)
    return world


def test_the_same_refund_again_says_that_nothing_was_refunded_now(paid: World) -> None:
    """Issue 8, number 5: it ended as the first one had, and whoever meant a second one believed in it."""
    first, again = paid.run(*REFUND, "--amount", "20"), paid.run(*REFUND, "--amount", "20.00")
    assert (first.status, again.status, paid.balance("C1")) == (0, 0, 2000)
    assert first.out.startswith("Refunded 20.00 of 150.00 USD so far.")
    assert "is made already, and nothing was refunded now. Refunded 20.00 of 150.00 USD so far." in again.out
    assert paid.run(*REFUND, "--amount", "20", "--json").events[-1]["posted"] == 0
    assert "was asked for already" in paid.run(*REFUND, "--amount", "20", "--dry-run").out
    assert paid.run(*REFUND, "--amount", "20", "--id", "R2", "--json").events[-1]["posted"] == 1
    assert paid.balance("C1") == 4000


def test_its_id_is_one_refunds(paid: World) -> None:
    assert paid.run(*REFUND, "--amount", "20", "--id", "R1").status == 0
    for dry in ([], ["--dry-run"]):
        refused = paid.run(*REFUND, "--amount", "30", "--id", "R1", *dry)
        assert (refused.status, "belongs to something else already" in refused.err) == (1, True)
    assert paid.run("verify", "--practice", "oak").status == 0
