"""Issue 16: a guest's payment is credited once, matched once and followed by its refund, wherever processes
die or replies are cut; every deposit is accounted for."""

from collections.abc import Callable

import pytest

from chalicelib.kernel.account_refs import AccountRef
from chalicelib.kernel.actors import CLI
from chalicelib.kernel.errors import BillfoldError
from chalicelib.kernel.outside import Busy, ProcessorTimeout
from chalicelib.ledger.domain.payments import Payment, State
from chalicelib.ledger.domain.refunds import Left
from chalicelib.payments.ports.processors import RefundStatus, Stage
from chalicelib.payments.services.guest_paying import attempt_of
from chalicelib.payments.services.refunding import RefundWish
from chalicelib.payments.store.guests import DynamoGuestForms
from chalicelib.verification.services.verifying import Verifying
from tests.concurrency.auditor import Auditor
from tests.concurrency.harness import logged
from tests.simulation.boundary import Boundary, Fault, Killed
from tests.simulation.conftest import SCHEDULES
from tests.simulation.story import Story
from tests.support.guests import Desk, key

GUEST, PAID, BACK, OWED = "g", 12_500, 3_000, 10_000


class Forms(DynamoGuestForms):
    """No number on a bill is anybody's."""

    def account_of(self, practice: str, number: int) -> AccountRef | None:
        return None


class GuestStory(Story):
    """A guest pays, staff match it to one client and then to another, and refund a part, which the bank sends
    back."""

    def __init__(self, boundary: Boundary) -> None:
        super().__init__(boundary)
        self.desk = Desk(self.money, Forms())
        # Counters refuse only sooner, and are tried where they are.
        self.refused_back = False

    def set_up(self) -> None:
        super().set_up()
        self.money.open("noah")
        self.boundary.calls.clear()

    def guests_payment(self) -> Payment | None:
        """Looked at from outside: not one of the story's calls."""
        faults, self.boundary.faults = self.boundary.faults, []
        kept = list(self.boundary.calls)
        ref, id_ = attempt_of("fern", key(GUEST))
        try:
            found: Payment | None = self.money.ledgers.payment(ref, id_)
        finally:
            self.boundary.faults = faults
            self.boundary.calls[:] = kept
        return found

    def rounds(self) -> None:
        for _ in range(8):
            if self._over():
                return
            for process in (
                self._browser, self._payer, self._documents, self._staff, self._bank, self._sweep,
            ):  # fmt: skip
                try:
                    process()
                except (Killed, Busy, ProcessorTimeout, BillfoldError):
                    continue
            self.money.clock.advance(minutes=2)

    def _over(self) -> bool:
        paid = self.guests_payment()
        back = paid is not None and self.refused_back and paid.refunded_minor == 0
        return back and not self.documents_queue.sent

    def _browser(self) -> None:
        if self.guests_payment() is None:
            self.desk.start(GUEST, PAID)
        else:
            self.desk.check(GUEST)

    def _payer(self) -> None:
        found = self.guests_payment()
        attempt = self.stripe.attempts.get(f"cs_{found.id}") if found else None
        if found and found.next_url and attempt and attempt.stage is Stage.OPEN:
            self.stripe.take(found.id)

    def _documents(self) -> None:
        for message in list(self.documents_queue.sent):
            paid = self.guests_payment()
            assert paid is not None
            self.desk.matching.arrived("fern", paid)
            super()._documents()
            if message in self.documents_queue.sent:
                self.documents_queue.sent.remove(message)

    def _staff(self) -> None:
        paid = self.guests_payment()
        if paid is None or paid.state is not State.SUCCEEDED:
            return
        target = self.money.ref()
        for id_, to in (("m0", self.money.ref("noah")), ("m1", target)):
            if paid.matched_to not in (to.account, target.account):
                self.desk.matching.match("fern", paid, to, id_=id_, actor="cli")
                paid = self.desk.payment(GUEST)
        wish = RefundWish(paid.ref("fern"), paid.id, "r1", BACK, Left(PAID, 0), CLI)
        self.money.refunding.refund(wish)

    def _bank(self) -> None:
        paid = self.guests_payment()
        if paid and not self.refused_back and paid.refunded_minor == BACK:
            self.stripe.refund_becomes(paid.id, RefundStatus.FAILED)
            self.refused_back = True
        if self.refused_back:
            self.desk.settle(GUEST)

    def check(self, auditor: Auditor) -> None:
        self.boundary.faults = []
        about = f"after {self.boundary.struck}"
        paid = self.guests_payment()
        assert paid is not None, about
        if paid.state is State.EXPIRED:  # where to pay was lost, and nobody was shown it
            assert self.money.account().ledger.balance_minor == OWED, about
            return
        assert (paid.state, paid.matched_to) == (State.SUCCEEDED, "maya"), about
        assert (paid.refunded_minor, paid.refund_count) == (0, 1), about
        assert self.money.account().ledger.balance_minor == OWED - PAID, about
        for emptied in (paid.account_id, "noah"):
            assert self.money.account(emptied).ledger.balance_minor == 0, about
        verified = Verifying(self.money.ledgers, self.money.directory, self.money.clock).verify("fern")
        assert verified.findings == (), about
        held = verified.trial["processor:stripe", "USD"] + verified.trial["expense:processor-fees", "USD"]
        assert (held, verified.trial["asset:transfers", "USD"]) == (PAID, 0), about
        assert len(logged(self.stripe)) == 1, about
        assert self.desk.guests.unmatched("fern") == [], about
        assert auditor.violations("maya", []) == [], about


Told = Callable[[list[Fault]], GuestStory]


@pytest.fixture
def told(boundary: Boundary) -> Told:
    def tell(faults: list[Fault]) -> GuestStory:
        boundary.begin()
        story = GuestStory(boundary)
        story.set_up()
        boundary.faults = faults
        story.rounds()
        return story

    return tell


def test_a_guests_payment_survives_a_kill_or_a_cut_reply_at_every_call(told: Told, auditor: Auditor) -> None:
    """Issue 16; G6: credited, matched to each, refunded and brought back once, and the books hold what the
    processor does."""
    undisturbed = told([])
    undisturbed.check(auditor)
    path = list(undisturbed.boundary.calls)
    last = max(n for n, name in enumerate(path) if name == "dynamodb TransactWriteItems")
    assert path[: last + 1].count("dynamodb TransactWriteItems") >= 6
    every = SCHEDULES > 200  # the long form; the short one has one of the three at each call, in turn
    for place, name in enumerate(path[: last + 1], start=1):
        kinds = [Fault(place, False), Fault(place, True), Fault(place, True, kill=False)]
        for fault in kinds if every else [kinds[place % 3]]:
            if fault.kill or name.startswith(("dynamodb", "FakeProcessor")):
                told([fault]).check(auditor)
