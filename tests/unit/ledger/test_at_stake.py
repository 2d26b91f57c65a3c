"""What would be owed again if banks kept what they hold, and what insurers settled: from the entries."""

from dataclasses import replace

import pytest

from chalicelib.kernel.account_refs import AccountRef
from chalicelib.ledger.domain import effects
from chalicelib.ledger.domain.entries import INSURER, EntryKind
from chalicelib.ledger.domain.insurance import Answered, answered
from chalicelib.ledger.services.positions import Positions
from chalicelib.payments.ports.processors import RefundStatus
from tests.support.entries import entry
from tests.support.money import Money
from tests.support.refunds import wish


@pytest.fixture
def money() -> Money:
    """Two services, 60.00 and 40.00, paid by key-1; 50.00 for another paid by key-2."""
    made = Money()
    made.open()
    made.charge("c1", 6000)
    made.charge("c2", 4000, date="2026-03-02")
    pay(made, "key-1")
    made.charge("c3", 5000, date="2026-03-03")
    pay(made, "key-2")
    return made


def pay(money: Money, key: str) -> None:
    money.start(key)
    money.processor.take(key)
    money.settle(key)


def disputed(money: Money, key: str, taken: int, *, id_: str) -> None:
    money.processor.dispute(key, id_=id_, taken=taken)
    money.settle(key)


def again(money: Money, *, leaving: bool = False) -> dict[str, int]:
    """What would be owed again of each service, by its own id."""
    positions = Positions(money.ledgers)
    told = positions.leaving if leaving else positions.at_stake
    names = {charge.id: charge.external_id for charge in money.ledgers.held_charges.values()}
    return {names[id_]: minor for id_, minor in told("fern", money.account()).items()}


def test_nothing_is_read_where_banks_hold_nothing(money: Money, monkeypatch: pytest.MonkeyPatch) -> None:
    def read(*_: object) -> None:
        raise AssertionError("read")

    monkeypatch.setattr(money.ledgers, "payments_by_id", read)
    assert (again(money), again(money, leaving=True)) == ({}, {})


def test_a_dispute_puts_the_newest_of_what_its_payment_paid_at_stake(money: Money) -> None:
    disputed(money, "key-1", 7000, id_="dp_1")
    assert again(money) == {"c2": 4000, "c1": 3000}
    assert again(money, leaving=True) == again(money)


def test_disputes_of_two_payments_are_at_stake_beside_one_another(money: Money) -> None:
    disputed(money, "key-1", 1000, id_="dp_1")
    disputed(money, "key-2", 5000, id_="dp_2")
    assert again(money) == {"c2": 1000, "c3": 5000}


def test_credit_goes_before_anything_is_owed_again(money: Money) -> None:
    money.cash("p1", 1500)
    disputed(money, "key-1", 1000, id_="dp_1")
    assert again(money) == {}
    disputed(money, "key-2", 1000, id_="dp_2")
    assert again(money) == {"c3": 500}


def test_what_one_payment_would_take_is_not_taken_again_by_another(money: Money) -> None:
    """key-2 lies elsewhere since a refund of key-1 took its service: both reach for the same money."""
    money.post.adjustment(money.ref(), "a1", charge_external_id="c3", amount_minor=5000, on="2026-03-09")
    money.refunding.refund(wish(money.ledgers, "key-1", 5000))
    disputed(money, "key-1", 5000, id_="dp_1")
    disputed(money, "key-2", 5000, id_="dp_2")
    assert again(money) == {"c1": 6000, "c2": 4000}


def test_refunds_under_way_are_leaving_and_not_at_stake(money: Money) -> None:
    money.processor.refunds_begin = RefundStatus.PENDING
    money.refunding.refund(wish(money.ledgers, "key-1", 4500))
    assert again(money) == {}
    assert again(money, leaving=True) == {"c2": 4000, "c1": 500}
    disputed(money, "key-2", 2000, id_="dp_2")
    assert again(money) == {"c3": 2000}
    assert again(money, leaving=True) == {"c2": 4000, "c1": 500, "c3": 2000}


def test_what_is_disputed_and_being_refunded_goes_once(money: Money) -> None:
    money.processor.refunds_begin = RefundStatus.PENDING
    money.refunding.refund(wish(money.ledgers, "key-1", 4000))
    disputed(money, "key-1", 10000, id_="dp_1")
    assert again(money, leaving=True) == {"c2": 4000, "c1": 6000}


def test_the_account_is_asked_for_and_no_other(money: Money) -> None:
    disputed(money, "key-1", 7000, id_="dp_1")
    asked = list[tuple[AccountRef, set[str]]]()
    read = money.ledgers.payments_by_id

    def seen(ref: AccountRef, ids: object) -> object:
        asked.append((ref, set(ids)))  # type: ignore[call-overload]
        return read(ref, ids)  # type: ignore[arg-type]

    money.ledgers.payments_by_id = seen  # type: ignore[method-assign]
    again(money)
    again(money, leaving=True)
    assert asked == [(money.ref(), {"key-1"})] * 2


ENTRY = entry(
    "D client:fee/c1 700", "C client:insurance/c1 200", "D credit 30", "C asset:disputed 11",
    f"D {INSURER} 200",
)  # fmt: skip


def test_each_effect_is_of_its_own_books() -> None:
    assert effects.effect_minor(ENTRY) == 700 - 200 + 30
    assert effects.credit_effect_minor(ENTRY) == 30
    assert effects.disputed_effect_minor(ENTRY) == -11


def test_what_an_insurer_settles_lowers_what_is_expected_of_insurers() -> None:
    settles = entry(f"C {INSURER} 150")
    assert effects.pending_effect_minor(settles) == -150
    for kind in EntryKind:
        settled = effects.settled_minor(replace(settles, draft=replace(settles.draft, kind=kind)))
        answers = kind in (EntryKind.INSURANCE_PAYMENT, EntryKind.CONTRACTUAL_ADJUSTMENT)
        assert settled == (150 if answers else 0)


def test_what_insurers_settled_is_told_by_charge(money: Money) -> None:
    ids = {name: money.charge(name, 2000, insurer_minor=8000) for name in ("i1", "i2", "i3")}
    for name, paid, lost in (("i1", 5000, 3000), ("i2", 0, 100), ("i3", 9000, 0)):
        money.post.insurance_payment(
            money.ref(), f"a-{name}", charge_external_id=name, paid_minor=paid, contractual_minor=lost,
            to_client_minor=0, on="2026-03-09", above_expected=True,
        )  # fmt: skip
    entries = list(money.ledgers.entries(money.ref()))
    assert answered(entries) == {
        ids["i1"]: Answered(5000, 3000), ids["i2"]: Answered(0, 100), ids["i3"]: Answered(9000, 0),
    }  # fmt: skip
    money.correcting.reverse(money.ref(), entries[-2].seq, on="2026-03-10")
    assert answered(money.ledgers.entries(money.ref()))[ids["i2"]] == Answered()
