"""Issue 16: a guest's money that is matched to a client is in their summary of payments, each cent once."""

from typing import Any

import pytest

from chalicelib.documents.domain.payment_summaries import PaymentSummaryData
from chalicelib.documents.domain.readers import Payer, Reader, Reads
from chalicelib.documents.domain.superbill_lines import Billed
from chalicelib.documents.services.payment_summaries import PaymentSummaries
from chalicelib.kernel.actors import CLI
from chalicelib.ledger.domain.methods import Method
from chalicelib.ledger.domain.refunds import Left
from chalicelib.ledger.services.positions import Positions
from chalicelib.ledger.services.posting import own_id
from chalicelib.ledger.services.reading import Reading
from chalicelib.payments.ports.processors import Decision, RefundStatus
from chalicelib.payments.services.refunding import RefundWish
from chalicelib.practice.domain.practices import Client
from tests.support.guests import Desk
from tests.support.money import Money

UNUSED: Any = None
CHARGED = 10_000


@pytest.fixture
def desk() -> Desk:
    """Maya's session of 100.00 is open; a guest has paid 125.00 for it."""
    made = Desk(Money())
    for account in ("maya", "noah"):
        made.money.open(account)
        made.money.charge(f"{account}-1", CHARGED, account)
    made.pay("a")
    return made


def summed(desk: Desk, account: str = "maya") -> PaymentSummaryData:
    money = desk.money
    client = Client(account, account, account.title(), f"{account}@example.com", "en")
    people = replace_people(client)
    summaries = PaymentSummaries(
        Reading(money.ledgers, money.practices), people, UNUSED, UNUSED, UNUSED, UNUSED, money.clock
    )
    ref, reader = money.ref(account), Reader("person", Reads.OWN)
    rows = summaries._rows(ref, reader)
    return summaries._data(ref, rows, "2026-01-01", "2026-12-31", "2026-12-31")


def replace_people(client: Client) -> Any:
    class People:
        def client(self, practice: str, client_id: str) -> Client:
            return client

        def person(self, practice: str, person_id: str) -> None:
            return None

    return People()


def told(desk: Desk, account: str = "maya") -> tuple[int, int, int]:
    """The sum, what of it was for care, and what for no service yet."""
    found = summed(desk, account)
    care = sum(part.paid_minor for part in found.care)
    assert found.total_minor == care + found.missed_minor + found.brought_minor + found.credit_minor
    return found.total_minor, care, found.credit_minor


def refund(desk: Desk, amount_minor: int, id_: str) -> None:
    paid = desk.payment("a")
    wish = RefundWish(paid.ref("fern"), paid.id, id_, amount_minor, Left.of(paid), CLI)
    desk.money.refunding.refund(wish)


def test_it_is_a_line_that_tells_nothing_of_who_paid(desk: Desk) -> None:
    assert told(desk) == (0, 0, 0)
    desk.match("a")
    [line] = summed(desk).lines
    assert (line.amount_minor, line.returned_minor, line.date) == (12_500, 0, "2026-03-10")
    assert (line.payer, line.method) == (Payer(said="paid_without_signing_in"), Method("card"))
    assert told(desk) == (12_500, CHARGED, 2_500)


def test_what_goes_back_and_comes_again_is_in_it_once(desk: Desk) -> None:
    refund(desk, 500, "r0")  # before the match
    desk.match("a")
    assert told(desk) == (12_000, CHARGED, 2_000)
    refund(desk, 4_000, "r1")
    assert told(desk) == (8_000, 8_000, 0)
    desk.money.processor.refund_becomes(desk.payment("a").id, RefundStatus.FAILED)
    desk.settle("a")
    assert told(desk)[0] == desk.payment("a").kept_minor
    desk.money.cash("p1", 700)
    assert told(desk)[0] == desk.payment("a").kept_minor + 700


def test_a_dispute_takes_it_out_and_gives_it_back(desk: Desk) -> None:
    desk.match("a")
    paid = desk.payment("a")
    for decision, sums in (
        (Decision.OPEN, (0, 0, 0)),
        (Decision.LOST, (0, 0, 0)),
        (Decision.WON, (12_500, CHARGED, 2_500)),
    ):
        desk.money.processor.dispute(paid.id, decision)
        desk.settle("a")
        assert told(desk) == sums


def test_after_a_correction_it_is_in_the_other_clients_alone(desk: Desk) -> None:
    desk.match("a", "maya", "first")
    desk.match("a", "noah", "second")
    assert (told(desk, "maya"), told(desk, "noah")) == ((0, 0, 0), (12_500, CHARGED, 2_500))
    refund(desk, 3_000, "r1")
    assert told(desk, "noah") == (9_500, 9_500, 0)
    desk.match("a", "maya", "third")
    assert (told(desk, "maya"), told(desk, "noah")) == ((9_500, 9_500, 0), (0, 0, 0))


def test_what_is_taken_off_a_fee_is_for_no_service_any_more(desk: Desk) -> None:
    desk.match("a")
    charge = own_id("fern", "charge", "maya-1")
    desk.money.post.adjustment(
        desk.money.ref(), "x1", charge_external_id="maya-1", amount_minor=2_000, on="2026-03-12"
    )
    assert told(desk) == (12_500, 8_000, 4_500)
    assert charge not in desk.money.account().ledger.open


def test_a_superbill_has_it_as_paid(desk: Desk) -> None:
    desk.match("a")
    charge, account = own_id("fern", "charge", "maya-1"), desk.money.account()
    item = Positions(desk.money.ledgers).items("fern", account, [charge])[charge]
    posted = desk.money.ledgers.charges(desk.money.ref(), [charge])[charge]
    assert Billed(posted, item).paid_minor == CHARGED
