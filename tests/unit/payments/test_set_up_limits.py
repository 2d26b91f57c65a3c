"""Issue 15: "+New Card" tests no stolen ones, whoever's sessions somebody holds."""

import pytest

from chalicelib.identity.services.limits import Counters
from chalicelib.kernel.errors import Refused
from chalicelib.payments.services.methods.set_up_limits import (
    OF_NETWORK,
    OF_PERSON,
    OF_PRACTICE,
    SetUpLimits,
)
from tests.unit.identity.fakes import FakeAccess, FakeClock, FakeKeys

PEOPLE = range(100)
SITE = [f"2001:db8:0:{number:x}::1" for number in PEOPLE]  # of one /48, each its own /64


@pytest.fixture
def limits() -> SetUpLimits:
    return SetUpLimits(Counters(FakeAccess(), FakeKeys(), FakeClock()))


def added(limits: SetUpLimits, payers: list[str], networks: list[str], practice: str = "fern") -> int:
    """How many each of them came to add who adds until they are refused."""
    total = 0
    for payer, network in zip(payers, networks, strict=True):
        for number in range(OF_PERSON[0].uses):
            try:
                limits.begin(practice, f"{payer}-{number}", payer_id=payer, network=network)
            except Refused:
                break
            total += 1
        with pytest.raises(Refused, match="too_many_set_ups") as refused:
            limits.begin(practice, f"{payer}-more", payer_id=payer, network=network)
        assert 0 < int(str(refused.value.details["minutes"])) <= 60
    return total


def several(name: str) -> list[str]:
    return [f"{name}-{number}" for number in PEOPLE]


def test_a_person_adds_so_many_an_hour_and_the_same_one_again_is_counted_once(limits: SetUpLimits) -> None:
    assert added(limits, ["ana"], ["203.0.113.1"]) == OF_PERSON[0].uses
    limits.begin("fern", "ana-0", payer_id="ana", network="203.0.113.1")
    assert added(limits, ["ben"], ["203.0.113.1"]) == OF_PERSON[0].uses


@pytest.mark.parametrize(
    ("networks", "most"),
    [
        (["203.0.113.1"] * len(PEOPLE), OF_NETWORK[0].uses),
        (["2001:db8::1"] * len(PEOPLE), OF_NETWORK[0].uses),
        (SITE, OF_NETWORK[1].uses),
    ],
)
def test_people_of_one_network_add_so_many_wherever_they_do(
    limits: SetUpLimits, networks: list[str], most: int
) -> None:
    some = 15  # of each: fewer than what the practice stops
    total = added(limits, several("a")[:some], networks[:some], "fern")
    total += added(limits, several("b")[:some], networks[:some], "oak")
    assert total == most
    limits.begin("fern", "x", payer_id="stranger", network="198.51.100.7")


def test_at_one_practice_so_many_are_added_and_at_another_more(limits: SetUpLimits) -> None:
    networks = [f"198.51.100.{number}" for number in PEOPLE]
    assert added(limits, several("a"), networks) == OF_PRACTICE.uses
    limits.begin("oak", "x", payer_id="stranger", network="192.0.2.1")
