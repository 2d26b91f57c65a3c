"""`billfold refund-card` finds the payment by the reference that its receipt prints."""

from dataclasses import dataclass, replace

import pytest

from chalicelib.ledger.domain.payments import Payment
from chalicelib.payments.domain.quotes import Scope
from chalicelib.payments.services.paying import PaymentWish
from tests.support.processor import FakeProcessor, OneProcessor
from tests.unit.cli.world import Result, World


@dataclass(frozen=True)
class Refunds:
    """Ana has paid 10.00, and then 20.00."""

    world: World
    first: Payment
    second: Payment

    def ask(self, payment: str, left: str = "20.00") -> Result:
        asked = ("--practice", "oak", "--client", "C1", "--amount", "1.00", "--left", left)
        return self.world.run("refund-card", *asked, "--payment", payment)

    def refunded(self) -> list[int]:
        page = self.world.app.ledgers.payments(self.first.ref("oak"), cursor=None, limit=10)
        return [payment.refunded_minor for payment in sorted(page.rows, key=lambda p: p.amount_minor)]


@pytest.fixture
def refunds(world: World) -> Refunds:
    world.with_books()
    processor = FakeProcessor()
    world.app.processors = OneProcessor(processor)
    ref = world.ref("C1")

    def paid(key: str, amount_minor: int) -> Payment:
        scope = Scope("amount", amount_minor=amount_minor)
        offered = world.app.paying.quote(ref, scope)[1]
        wish = PaymentWish(
            key, scope, offered.key, offered.amount_minor, "", "person", "en", "hash", "portal:person"
        )
        world.app.paying.start(ref, wish)
        processor.take(key)
        return world.app.paying.check(ref, key).payment

    return Refunds(world, paid("first-key-0000000", 1000), paid("other-key-0000000", 2000))


def test_a_payment_is_found_as_its_reference_is_read_and_typed(refunds: Refunds) -> None:
    for typed in (refunds.second.reference, refunds.second.reference.lower().replace("-", "")):
        assert refunds.ask(typed).status == 0
    assert refunds.refunded() == [0, 100], "the same command is the same refund"
    assert refunds.ask(refunds.first.id, "10.00").status == 0
    assert refunds.refunded() == [100, 100]
    absent = refunds.ask("00000-00000")
    assert (absent.status, absent.err) == (1, "billfold: There is no such payment.\n")


def test_two_payments_that_share_a_reference_are_told_apart_by_their_ids(
    refunds: Refunds, monkeypatch: pytest.MonkeyPatch
) -> None:
    ledgers = refunds.world.app.ledgers
    listed = ledgers.payments

    def alike(*args: object, **more: object) -> object:
        page = listed(*args, **more)  # type: ignore[arg-type]
        return replace(page, rows=[replace(row, reference="7K0QM-9D1XA") for row in page.rows])

    monkeypatch.setattr(ledgers, "payments", alike)
    shared = refunds.ask("7K0QM-9D1XA")
    assert shared.status == 1
    assert "two payments with this reference" in shared.err
    assert refunds.refunded() == [0, 0]
    assert refunds.ask(refunds.second.id).status == 0
    assert refunds.refunded() == [0, 100]
