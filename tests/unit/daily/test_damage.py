"""A closed `ledger_broken` stands for what was found, and keeps no other damage from calling a person.

Issue 12, number 4.
"""

from collections.abc import Callable
from dataclasses import replace

import pytest

from chalicelib.ledger.domain.charges import Charge
from chalicelib.ledger.services.posting import own_id
from tests.unit.daily.night import Night

Damage = Callable[[Night], None]


@pytest.fixture
def night() -> Night:
    return Night()


def called(night: Night) -> list[str]:
    """What open alerts are about, without what tells two of a kind apart."""
    found = night.alerts.held.values()
    return sorted(f"{a.cause.facts['code']} {a.cause.facts['item']}" for a in found if a.open)


def close(night: Night) -> None:
    for alert in night.nightly.alerting.listed("fern"):
        night.nightly.alerting.close("fern", alert.cause.id, note="looked at, JR")


def credit(minor: int) -> Damage:
    return lambda night: night.set_ledger("ben", credit_minor=minor)


def altered(actor: str) -> Damage:
    def damage(night: Night) -> None:
        night.alter("ben", 2, actor=actor)

    return damage


def owed(minor: int) -> Damage:
    """One of the open items is kept with that much paid."""

    def damage(night: Night) -> None:
        items = dict(night.account("ben").ledger.open)
        id_ = own_id("fern", "charge", "ben0")
        items[id_] = replace(items[id_], paid_minor=minor)
        night.set_ledger("ben", open=items)

    return damage


def charge(**changes: object) -> Damage:
    def damage(night: Night) -> None:
        key = "fern", "ben", own_id("fern", "charge", "ben1")
        held: Charge = night.ledgers.held_charges[key]
        night.ledgers.held_charges[key] = replace(held, **changes)  # type: ignore[arg-type]

    return damage


def no_marker(night: Night) -> None:
    night.ledgers.movements.pop(("fern", "import#charge#ben1"), None)


def moved_marker(night: Night) -> None:
    key = "fern", "import#charge#ben1"
    night.ledgers.movements[key] = replace(night.ledgers.movements[key], entry_seq=9)


def test_what_was_closed_is_not_raised_again_while_it_stays_so(night: Night) -> None:
    altered("mallory")(night)
    for _ in range(3):
        night.night()
        close(night)
        assert called(night) == []
    assert len(night.alerts.held) == 1


def test_new_damage_of_an_account_whose_damage_was_closed_calls_a_person(night: Night) -> None:
    """An altered entry is named for ever, and first: it must not hide what is found behind it."""
    altered("mallory")(night)
    night.night()
    close(night)
    credit(7)(night)
    night.night()
    assert called(night) == ["credit_differs account"]
    close(night)
    no_marker(night)
    night.night()
    assert called(night) == ["marker_differs entry 2"]
    close(night)
    night.night()
    assert called(night) == []


PAIRS: list[tuple[Damage, Damage]] = [
    (altered("mallory"), altered("trudy")),
    (credit(7), credit(8)),
    (owed(100), owed(900)),
    (charge(client_minor=1), charge(client_minor=2)),
    (moved_marker, no_marker),
]


@pytest.mark.parametrize(("first", "second"), PAIRS)
def test_another_damage_of_the_same_kind_and_row_calls_again(
    night: Night, first: Damage, second: Damage
) -> None:
    first(night)
    night.night()
    close(night)
    second(night)
    night.night()
    assert len(called(night)) == 1
    assert len({alert.cause.subject for alert in night.alerts.held.values()}) == 2


def test_what_was_off_by_as_much_stays_the_same_damage_while_more_is_posted(night: Night) -> None:
    owed(100)(night)
    night.night()
    close(night)
    night.charge("later", 4000, "ben")
    night.cash("paid", 500, "ben")
    night.night()
    assert called(night) == []


def test_damage_that_was_gone_and_comes_back_calls_again(night: Night) -> None:
    account = night.account("ben")
    for _ in range(2):
        credit(7)(night)
        night.night()
        assert called(night) == ["credit_differs account"]
        close(night)
        night.night()
        assert called(night) == []
        night.set_ledger("ben", credit_minor=account.ledger.credit_minor)
        night.night()
        night.night()
    assert len(night.alerts.held) == 2


def test_what_is_found_together_is_one_alert_and_what_is_found_later_another(night: Night) -> None:
    altered("mallory")(night)
    credit(7)(night)
    no_marker(night)
    for _ in range(2):
        night.night()
        assert called(night) == ["entry_altered entry 2"]
    charge(client_minor=1)(night)
    night.night()
    assert len(called(night)) == 2
    close(night)
    night.night()
    assert called(night) == []


def test_a_subject_says_nothing_of_a_client(night: Night) -> None:
    charge(service="Couples session", client_minor=1)(night)
    night.night()
    (alert,) = night.alerts.held.values()
    code, account, what, charge_id, mark = alert.cause.subject.split(" ")
    assert (code, account, what) == ("charge_differs", "ben", "charge")
    assert charge_id == own_id("fern", "charge", "ben1")
    assert len(mark) == 8
    assert not {"Couples", "session"} & set(alert.cause.subject.split(" "))
