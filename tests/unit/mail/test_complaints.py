"""Issue 9, 5: a complaint stops its own kind of mail, is shown to staff, and can be lifted, in any order."""

from dataclasses import dataclass, field

import pytest

from chalicelib.kernel.errors import Invalid, NotFound
from chalicelib.mail.domain.setbacks import MailKind, MailReport, MailStop, Setback, stop_of
from chalicelib.operations.services.addresses import Addresses
from chalicelib.operations.services.alerting import Alerting
from chalicelib.practice.domain.practices import Person
from chalicelib.practice.services.address_hashes import address_hash
from tests.support.alerts import MemoryAlerts
from tests.support.clock import FakeClock
from tests.support.saving import put_person
from tests.unit.documents.world import Crash, Crashes
from tests.unit.identity.fakes import FakeKeys, FakePeople

MAYA = "maya@example.test"
LIFTED = "2026-11-20T12:00:00+00:00"
BEFORE, AFTER = "2026-11-20T11:59:59.000Z", "2026-11-20T12:00:01.000Z"
UNASKED = {MailKind.RECEIPT, MailKind.STATEMENT, MailKind.NOTICE}
KINDS = {MailKind.SIGN_IN, *UNASKED}


@dataclass
class World:
    people: FakePeople = field(default_factory=FakePeople)
    alerts: MemoryAlerts = field(default_factory=MemoryAlerts)
    crashes: Crashes = field(default_factory=Crashes)

    def __post_init__(self) -> None:
        self.hashed = address_hash(FakeKeys(), "fern", MAYA)
        put_person(self.people, "fern", Person("p-1", MAYA, "en", (), (self.hashed,)))

    @property
    def addresses(self) -> Addresses:
        clock, around = FakeClock(LIFTED), self.crashes.around
        return Addresses(around(self.people), FakeKeys(), Alerting(around(self.alerts), clock), clock)

    def complain(self, kind: MailKind, *, mail: str = "m-1", sent_at: str = BEFORE) -> None:
        stop = MailStop(Setback.COMPLAINT, sent_at, kind=kind, mail=mail)
        self.addresses.stop(MailReport("fern", MAYA, sent_at, stop, arrived=True, lasting=True))

    def bounce(self, *, mail: str = "m-b", sent_at: str = BEFORE) -> None:
        stop = MailStop(Setback.BOUNCE, sent_at, "550 unknown", mail=mail)
        self.addresses.stop(MailReport("fern", MAYA, sent_at, stop, arrived=False, lasting=True))

    def stopped(self) -> set[MailKind]:
        """The kinds of mail that do not go there."""
        return {kind for kind in KINDS if self.addresses.stopped("fern", MAYA, kind)}

    def open_alerts(self) -> list[str]:
        return [alert.cause.subject for alert in self.alerts.all("fern") if alert.open]


@pytest.fixture
def world() -> World:
    return World()


@pytest.mark.parametrize("kind", sorted(KINDS))
def test_a_complaint_stops_its_own_kind_to_that_address_alone(world: World, kind: MailKind) -> None:
    world.complain(kind)
    assert world.stopped() == {kind}
    assert not world.addresses.stopped("fern", "else@example.test", kind)
    assert not world.addresses.stopped("oak", MAYA, kind)


def test_a_complaint_about_nobody_knows_what_stops_what_comes_unasked(world: World) -> None:
    world.complain(MailKind.UNKNOWN)
    assert world.stopped() == UNASKED


def test_an_address_that_does_not_exist_gets_nothing(world: World) -> None:
    world.bounce()
    assert world.stopped() == KINDS
    assert world.open_alerts() == []


def test_a_row_of_before_kinds_means_what_it_meant_and_can_be_lifted(world: World) -> None:
    old = MailStop(Setback.COMPLAINT, "2026-06-01T00:00:00.000Z")
    world.people.stops["fern", world.hashed, old.name] = old
    assert world.stopped() == UNASKED
    assert world.addresses.lift("fern", MAYA) == [old]
    assert world.stopped() == set()


def test_staff_are_told_once_a_complaint_by_ids_alone(world: World) -> None:
    for _ in range(2):
        world.complain(MailKind.SIGN_IN)
    world.complain(MailKind.SIGN_IN, mail="m-2")  # a second one while it is stopped
    world.complain(MailKind.RECEIPT, mail="m-3")
    assert world.open_alerts() == ["m-1", "m-3"]
    facts = [dict(alert.cause.facts) for alert in world.alerts.all("fern")]
    assert facts == [
        {"address": world.hashed, "kind": "sign-in"},
        {"address": world.hashed, "kind": "receipt"},
    ]


def test_lifted_mail_goes_again_and_the_alert_is_closed(world: World) -> None:
    world.complain(MailKind.SIGN_IN)
    (lifted,) = world.addresses.lift("fern", MAYA)
    assert (lifted.name, world.stopped(), world.open_alerts()) == ("sign-in", set(), [])
    (alert,) = world.alerts.all("fern")
    assert "billfold mail lift" in alert.note
    assert world.addresses.lift("fern", MAYA) == []


def test_one_kind_is_lifted_and_the_others_stay(world: World) -> None:
    world.complain(MailKind.SIGN_IN)
    world.complain(MailKind.STATEMENT, mail="m-2")
    world.addresses.lift("fern", MAYA, ["sign-in"])
    assert (world.stopped(), world.open_alerts()) == ({MailKind.STATEMENT}, ["m-2"])


def test_a_dry_run_lifts_nothing_and_says_what_it_would(world: World) -> None:
    world.complain(MailKind.SIGN_IN)
    assert [stop.name for stop in world.addresses.lift("fern", MAYA, dry_run=True)] == ["sign-in"]
    assert (world.stopped(), world.open_alerts()) == ({MailKind.SIGN_IN}, ["m-1"])


@pytest.mark.parametrize("late", ["m-1", "m-0"])
def test_reports_that_come_after_the_lift_of_mail_sent_before_stop_nothing(world: World, late: str) -> None:
    """The same one again, and one of an earlier mail that was on its way."""
    world.complain(MailKind.SIGN_IN)
    world.addresses.lift("fern", MAYA)
    world.complain(MailKind.SIGN_IN, mail=late)
    assert (world.stopped(), world.open_alerts()) == (set(), [])


def test_a_bounce_that_comes_after_the_lift_of_mail_sent_before_stops_nothing(world: World) -> None:
    world.bounce()
    world.addresses.lift("fern", MAYA)
    world.bounce()
    assert world.stopped() == set()
    world.bounce(mail="m-c", sent_at=AFTER)
    assert world.stopped() == KINDS


def test_a_new_complaint_after_the_lift_stops_it_again_and_calls_staff_again(world: World) -> None:
    world.complain(MailKind.SIGN_IN)
    world.addresses.lift("fern", MAYA)
    world.complain(MailKind.SIGN_IN, mail="m-2", sent_at=AFTER)
    assert (world.stopped(), world.open_alerts()) == ({MailKind.SIGN_IN}, ["m-2"])
    world.complain(MailKind.SIGN_IN)  # of before, later still
    assert (world.stopped(), world.open_alerts()) == ({MailKind.SIGN_IN}, ["m-2"])


def test_an_address_that_nobody_has_is_said_and_a_former_ones_can_be_lifted(world: World) -> None:
    with pytest.raises(NotFound):
        world.addresses.lift("fern", "else@example.test")
    with pytest.raises(Invalid):
        world.addresses.lift("fern", "no address")
    world.people.person_rows.clear()
    world.people.found_by.clear()
    world.complain(MailKind.RECEIPT)
    assert len(world.addresses.lift("fern", MAYA)) == 1


def test_a_complaint_is_named_before_a_bounce_which_is_tried_again_by_itself() -> None:
    at = "2026-11-01T00:00:00.000Z"
    bounce, complaint = MailStop(Setback.BOUNCE, at), MailStop(Setback.COMPLAINT, at)
    assert stop_of([bounce, complaint], MailKind.STATEMENT) == complaint
    assert stop_of([bounce, complaint], MailKind.SIGN_IN) == bounce


STEPS = 3  # of taking in: keep the stop, look for the alert, add it; of lifting: read, lift, look, close


@pytest.mark.parametrize("after", [False, True], ids=["before", "after"])
@pytest.mark.parametrize("at", range(STEPS))
def test_killed_at_any_step_the_next_try_stops_it_and_tells_staff(at: int, after: bool) -> None:
    world = World(crashes=Crashes(at, after))
    with pytest.raises(Crash):
        world.complain(MailKind.SIGN_IN)
    world.crashes = Crashes()
    world.complain(MailKind.SIGN_IN)
    assert (world.stopped(), world.open_alerts()) == ({MailKind.SIGN_IN}, ["m-1"])


@pytest.mark.parametrize("after", [False, True], ids=["before", "after"])
@pytest.mark.parametrize("at", range(STEPS + 1))
def test_killed_at_any_step_the_next_lift_closes_the_alert(at: int, after: bool) -> None:
    world = World()
    world.complain(MailKind.SIGN_IN)
    world.crashes = Crashes(at, after)
    with pytest.raises(Crash):
        world.addresses.lift("fern", MAYA)
    world.crashes = Crashes()
    world.addresses.lift("fern", MAYA)
    assert (world.stopped(), world.open_alerts()) == (set(), [])
