"""Issue 9, number 7: at most 20 payments started an hour and person; above that nothing happens."""

from collections.abc import Callable
from dataclasses import replace

import pytest

from chalicelib.identity.ports import Use
from chalicelib.identity.services.limits import Counters
from chalicelib.kernel.errors import Refused, Stale
from chalicelib.kernel.outside import Busy
from chalicelib.ledger.domain.payments import Payment, State
from chalicelib.payments.services.payment_limits import PaymentLimits
from tests.support.money import Money, meanwhile
from tests.support.practice import MAYA
from tests.unit.identity.fakes import FakeAccess, FakeKeys

PERSON, OTHER = "person-1", "person-2"
HOUR_MINUTES = 60


class Payer:
    """Starts payments of an account as somebody."""

    def __init__(self, access: FakeAccess) -> None:
        self.access, self.money = access, Money()
        limits = PaymentLimits(Counters(access, FakeKeys(), self.money.clock))
        self.paying = replace(self.money.paying, limits=limits)
        for account in ("maya", "noor"):
            self.money.open(account)
            self.money.charge(f"{account}-1", 10000, account)

    def start(self, key: str, person: str = PERSON, account: str = "maya") -> Payment:
        wish = replace(self.money.wish(key, self.money.quote(account)), person_id=person)
        return self.paying.start(self.money.ref(account), wish).payment

    def refused(self, start: Callable[[], object]) -> int:
        """How long the answer says to wait; that nothing but a refusal happened."""
        before = self.money.account(), list(self.money.processor.calls), self.access.noted.copy()
        with pytest.raises(Refused) as caught:
            start()
        assert caught.value.code == "too_many_payments"
        assert before == (self.money.account(), self.money.processor.calls, self.access.noted)
        wait = caught.value.details["retry_after_seconds"]
        assert isinstance(wait, int)
        assert caught.value.details["minutes"] == (wait + 59) // 60
        return wait


@pytest.fixture
def payer() -> Payer:
    return Payer(FakeAccess())


def test_the_21st_payment_of_an_hour_is_refused_and_changes_nothing(payer: Payer) -> None:
    for number in range(20):
        payer.money.clock.advance(minutes=1)
        assert payer.start(f"key-{number}").state is State.AWAITING
    assert payer.refused(lambda: payer.start("key-20")) == 41 * 60
    assert payer.money.ledgers.payment(MAYA, "key-20") is None
    assert payer.money.payment("key-19").state is State.AWAITING, (
        "the attempt that waits was not ended for it"
    )
    payer.money.clock.advance(minutes=40, seconds=59)
    assert payer.refused(lambda: payer.start("key-20")) == 1
    payer.money.clock.advance(seconds=1)
    assert payer.start("key-20").state is State.AWAITING
    assert payer.refused(lambda: payer.start("key-21")) == 60, "an hour holds wherever it begins"


def test_a_payment_that_is_asked_for_again_is_counted_once_and_never_refused(payer: Payer) -> None:
    for number in range(20):
        first = payer.start(f"key-{number}")
        assert payer.start(f"key-{number}") == first
    [uses] = payer.access.noted.values()
    assert len(uses) == 20
    assert payer.start("key-19").state is State.AWAITING
    payer.refused(lambda: payer.start("key-20"))


def test_an_attempt_cut_off_before_it_was_written_is_counted_once(payer: Payer) -> None:
    for number in range(19):
        payer.start(f"key-{number}")
    for step in ("note_uses", "uses", "uses"):
        meanwhile(payer.access, step, killed)
        with pytest.raises(KeyboardInterrupt):
            payer.start("key-19")
        assert payer.money.ledgers.payment(MAYA, "key-19") is None
    assert payer.start("key-19").state is State.AWAITING
    payer.refused(lambda: payer.start("key-20"))


def killed() -> None:
    raise KeyboardInterrupt  # the process is gone


def test_the_same_key_on_another_account_is_another_payment_of_the_same_person(payer: Payer) -> None:
    for number in range(10):
        payer.start(f"key-{number}")
        payer.start(f"key-{number}", account="noor")
    payer.refused(lambda: payer.start("key-20"))
    assert payer.start("key-20", person=OTHER).state is State.AWAITING, "who else pays is not touched"


def test_what_was_not_agreed_to_is_not_counted(payer: Payer) -> None:
    old = replace(payer.money.wish("key-0", payer.money.quote()), person_id=PERSON)
    payer.money.cash("p1", 2000)
    with pytest.raises(Stale):
        payer.paying.start(MAYA, old)
    assert payer.access.noted == {}


class Raced(FakeAccess):
    """Another request of the same person is counted between our reading and noting, `times` times."""

    times = 0

    def uses(self, practice: str, key: str, *, strong: bool = True) -> tuple[Use, ...]:
        found = super().uses(practice, key)
        if self.times:
            self.times -= 1
            self.noted[practice, key] = (*found, replace(found[-1], name=f"racing-{self.times}"))
        return found


def test_requests_that_race_each_other_are_all_counted() -> None:
    access = Raced()
    payer = Payer(access)
    for number in range(18):
        payer.start(f"key-{number}")
    access.times = 1
    payer.start("key-18")
    [uses] = access.noted.values()
    assert len(uses) == 20
    payer.refused(lambda: payer.start("key-19"))


def test_a_race_that_takes_the_last_place_refuses_the_other() -> None:
    access = Raced()
    payer = Payer(access)
    for number in range(19):
        payer.start(f"key-{number}")
    access.times = 1
    with pytest.raises(Refused, match="too_many_payments"):
        payer.start("key-19")
    assert payer.money.ledgers.payment(MAYA, "key-19") is None


def test_a_row_that_everybody_writes_at_once_is_busy_and_starts_nothing() -> None:
    access = Raced()
    payer = Payer(access)
    payer.start("key-0")
    access.times = 10
    with pytest.raises(Busy):
        payer.start("key-1")
    assert payer.money.ledgers.payment(MAYA, "key-1") is None


def test_counters_know_persons_and_payments_by_keyed_hashes_only(payer: Payer) -> None:
    payer.start("key-0")
    [((practice, key), uses)] = payer.access.noted.items()
    assert practice == "fern", "every row's key begins with its practice"
    assert not [text for text in (PERSON, "key-0", "maya", "fern") if text in repr((key, uses))]
