"""Issue 15: a saved card is charged once and added once, wherever processes die or replies are cut."""

from collections.abc import Callable
from dataclasses import replace

import pytest

from chalicelib.identity.services.limits import Counters
from chalicelib.kernel.errors import BillfoldError
from chalicelib.kernel.outside import Busy, ProcessorTimeout
from chalicelib.payments.domain.abilities import Way
from chalicelib.payments.domain.saved_methods import AdditionState, Held, MethodState, Payer, PayerMethod
from chalicelib.payments.services.methods.adding import Additions, AdditionWish
from chalicelib.words.consents import SAVING_VERSION
from tests.concurrency.auditor import Auditor
from tests.simulation.boundary import Boundary, Fault, Killed
from tests.simulation.story import KEY, Story
from tests.support.money import ORIGIN
from tests.support.payers import VISA, SavingProcessor
from tests.unit.identity.fakes import FakeAccess, FakeClock, FakeKeys

ME, AT = "person-1", "2026-01-01T00:00:00.000Z"
WISH = AdditionWish("set-up-0000000000001", ME, Way.CARD, True, "HSA", SAVING_VERSION, "en", "hash")


class SavedStory(Story):
    """The payment of the story is charged to a card that is saved already."""

    stripe: SavingProcessor

    def __init__(self, boundary: Boundary) -> None:
        super().__init__(boundary, stripe=SavingProcessor())

    def set_up(self) -> None:
        super().set_up()
        customer = self.stripe.enrol("key")
        self.stripe.customers[customer]["pm_card"] = Held("pm_card", VISA, "number")
        card = PayerMethod("card", "pm_card", VISA, MethodState.READY, AT)
        self.money.payers.save("fern", Payer(ME, "stripe", "key", AT, customer, (card,), "card"), before=None)
        self.wish = replace(self.money.wish(KEY, self.money.quote()), person_id=ME, method="card")
        self.boundary.calls.clear()

    def times_asked(self) -> int:
        assert self.stripe.opened == []
        return len(self.stripe.charged)


Told = Callable[[list[Fault]], SavedStory]


@pytest.fixture
def told(boundary: Boundary) -> Told:
    def tell(faults: list[Fault]) -> SavedStory:
        boundary.begin()
        story = SavedStory(boundary)
        story.set_up()
        boundary.faults = faults
        story.tell(rounds=6)
        return story

    return tell


def test_a_saved_charge_survives_a_kill_or_a_cut_reply_at_every_call(told: Told, auditor: Auditor) -> None:
    undisturbed = told([])
    undisturbed.check(auditor)
    path = list(undisturbed.boundary.calls)
    last = max(n for n, name in enumerate(path) if name == "dynamodb UpdateItem")
    assert "SavingProcessor charge" in path
    assert "SavingProcessor open" not in path
    for place, name in enumerate(path[: last + 1], start=1):
        for fault in (Fault(place, False), Fault(place, True), Fault(place, True, kill=False)):
            if fault.kill or name.startswith(("dynamodb", "SavingProcessor")):
                told([fault]).check(auditor)


class AddingStory:
    """Somebody adds a card that has a twin, as the default; the page asks again until it knows."""

    def __init__(self, boundary: Boundary) -> None:
        self.story = SavedStory(boundary)
        self.story.set_up()
        self.stripe, self.money = self.story.stripe, self.story.money
        counters = Counters(FakeAccess(), FakeKeys(), FakeClock())
        self.additions = Additions(self.money.following, self.money.practices, counters, ORIGIN)
        boundary.calls.clear()

    def round(self) -> None:
        for process in (self._begin, self._fill_in, self._check, self._sweep):
            try:
                process()
            except (Killed, Busy, ProcessorTimeout, BillfoldError):
                continue
        self.money.clock.advance(minutes=3)

    def _begin(self) -> None:
        self.additions.begin("fern", WISH)

    def _fill_in(self) -> None:
        session = f"cs_set_{WISH.id}"
        if session in self.stripe.sessions and self.stripe.sessions[session].state is AdditionState.OPEN:
            self.stripe.fill_in(session, look=replace(VISA, expiry="2031-01"), number="number")

    def _check(self) -> None:
        self.additions.check("fern", ME, WISH.id)

    def _sweep(self) -> None:
        self.money.sweeping.sweep()

    def check(self, about: str) -> None:
        payer = self.money.payers.payer("fern", ME)
        assert payer is not None, about
        (method,) = payer.listed
        assert (method.look.expiry, payer.default, payer.labels) == (
            "2031-01",
            method.id,
            {method.id: "HSA"},
        ), about
        assert payer.leaving == (), about
        assert list(self.stripe.customers["cus_1"]) == [method.processor_id], about
        assert (list(self.stripe.customers), len(self.stripe.set_ups)) == (["cus_1"], 1), about
        assert len(list(self.money.payers.consents("fern", ME))) == 1, about
        self.money.clock.advance(days=2)
        later = self.money.clock.now().strftime("%Y-%m-%dT%H:%M:%S.000Z")
        assert list(self.money.work.due("payer", before=later, limit=9)) == [], about


def test_adding_one_that_replaces_its_twin_survives_a_kill_or_a_cut_reply_at_every_call(
    boundary: Boundary,
) -> None:
    """The next round finds it: one listed, one default, one customer, one consent, the twin detached."""

    def told(faults: list[Fault]) -> AddingStory:
        boundary.begin()
        story = AddingStory(boundary)
        boundary.faults = faults
        for _ in range(3):
            story.round()
        boundary.faults = []
        return story

    undisturbed = told([])
    path = list(boundary.calls)
    undisturbed.check("undisturbed")
    last = path.index("SavingProcessor detach") + 2
    for place, name in enumerate(path[:last], start=1):
        for fault in (Fault(place, False), Fault(place, True), Fault(place, True, kill=False)):
            if fault.kill or name.startswith(("dynamodb", "SavingProcessor")):
                told([fault]).check(f"{fault} at {name}")
