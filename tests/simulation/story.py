"""One payment's story, told by processes that may die anywhere: browser, processor, workers, schedules.

Each is started again as in life: the browser asks again with its key, the processor sends a webhook until it
is acknowledged, a message that was not worked off comes back, the schedules run by the clock.
"""

from collections.abc import Callable
from functools import partial

from chalicelib.kernel.account_refs import AccountRef
from chalicelib.kernel.instants import instant
from chalicelib.kernel.outside import Busy, ProcessorRefused, ProcessorTimeout
from chalicelib.ledger.domain.payments import Payment, State
from chalicelib.ledger.store.ledgers import DynamoLedgers
from chalicelib.operations.ports.rounds import Round
from chalicelib.operations.store.rounds import DynamoRounds
from chalicelib.operations.store.worklists import DynamoWorkLists
from chalicelib.payments.ports.processors import Stage
from chalicelib.payments.services.catching_up import job
from chalicelib.payments.services.paying import PaymentWish
from chalicelib.payments.store.payers import DynamoPayers
from tests.concurrency.auditor import Auditor
from tests.concurrency.harness import logged
from tests.simulation.boundary import Boundary, Killed
from tests.support.money import Money
from tests.support.processor import FakeProcessor
from tests.support.queue import FakeQueue

ACCOUNT, KEY, INTENT = "maya", "key-0000000000000001", "pi_key-0000000000000001"
MARKER = f"stripe#{INTENT}#succeeded"
OWED = 10000
CALLED = (
    "open", "look", "expire", "find", "changes", "refund", "attempt_of", "movements", "charge", "call_off",
    "enrol", "begin", "outcome", "held", "detach",
)  # fmt: skip


class Story:
    """`returns`: the payer's page asks how the payment stands; `webhooks`: how often each event is sent."""

    def __init__(
        self,
        boundary: Boundary,
        *,
        returns: bool = True,
        webhooks: int = 1,
        stripe: FakeProcessor | None = None,
    ) -> None:
        self.boundary, self.returns = boundary, returns
        self.stripe = stripe or FakeProcessor()
        self.settle_queue, self.documents_queue = FakeQueue(), FakeQueue()
        processor = boundary.around(self.stripe, *CALLED)
        money = self.money = Money(
            DynamoLedgers(), processor, DynamoWorkLists(), rounds=DynamoRounds(), payers=DynamoPayers()
        )
        money.settling.__dict__["documents"] = boundary.around(self.documents_queue, "send")
        money.receiving.__dict__["queue"] = boundary.around(self.settle_queue, "send")
        money.payment_restarts.__dict__["settle_queue"] = money.receiving.queue
        money.mail_restarts.__dict__["documents_queue"] = money.settling.documents
        self.unsent = [f"evt-{n}" for n in range(webhooks)]
        self.mails: list[str] = []
        self.wish: PaymentWish | None = None
        self.hold_back = False

    def set_up(self) -> None:
        self.money.open()
        self.money.charge("c1", OWED)
        now = instant(self.money.clock.now())  # reconcile has been through the practice before
        self.money.rounds.save(self.money.practice, job("stripe"), Round(now, ended_at=now))
        self.boundary.calls.clear()

    def tell(self, *, rounds: int = 6) -> None:
        """Rounds of two minutes in which every process has its turn, until one after all is quiet."""
        for _ in range(rounds):
            last = self._quiet()
            for process in (
                self._browser, self._payer, self._processor, self._settler, self._documents,
                self._sweep, self._settler, self._documents, self._reconcile, self._documents,
            ):  # fmt: skip
                self._alive(process)
            self.money.clock.advance(minutes=2)
            if last:
                return

    def _quiet(self) -> bool:
        queued = [*self.unsent, *self.settle_queue.sent, *self.documents_queue.sent]
        return bool(self.mails) and not queued

    def _alive(self, process: Callable[[], None]) -> None:
        """Let it run until it ends, dies, or gives up for now."""
        try:
            process()
        except (Killed, Busy, ProcessorTimeout, ProcessorRefused):
            return

    def payment(self) -> Payment | None:
        """Looked at from outside: not one of the story's calls."""
        faults, self.boundary.faults = self.boundary.faults, []
        kept = list(self.boundary.calls)
        try:
            found: Payment | None = self.money.ledgers.payment(self.money.ref(ACCOUNT), KEY)
        finally:
            self.boundary.faults = faults
            self.boundary.calls[:] = kept
        return found

    def _browser(self) -> None:
        if self.wish is None:
            self.wish = self.money.wish(KEY, self.money.quote())
        found = self.payment()
        if found is None:
            self.money.paying.start(self.money.ref(ACCOUNT), self.wish)
        elif self.returns:
            self.money.check(KEY)

    def _payer(self) -> None:
        found = self.payment()
        attempt = self.stripe.attempts.get(f"cs_{KEY}")
        if found and found.next_url and attempt and attempt.stage is Stage.OPEN:
            self.stripe.take(KEY)

    def _processor(self) -> None:
        if self.stripe.attempts.get(f"cs_{KEY}") is None or not logged(self.stripe):
            return
        for event in list(self.unsent):
            self.money.webhook(event, INTENT)
            self.unsent.remove(event)  # acknowledged

    def _settler(self) -> None:
        for message in list(self.settle_queue.sent):
            self.money.receiving.work_off(
                message["practice"], message["processor"], message["event"], message
            )
            self.settle_queue.sent.remove(message)

    def _documents(self) -> None:
        for message in list(self.documents_queue.sent):
            marker = self.money.ledgers.marker(message["practice"], message["marker"])
            assert marker is not None
            if marker.due:
                self.boundary.cross("mail send", partial(self.mails.append, marker.key))
                self.money.ledgers.notice_sent(message["practice"], marker.key)
            self.documents_queue.sent.remove(message)

    def _sweep(self) -> None:
        self.money.sweeping.sweep()

    def _reconcile(self) -> None:
        self.money.reconciling.reconcile()

    def check(self, auditor: Auditor) -> None:
        """The money is credited once, the receipt went out, and nothing waits any more."""
        self.boundary.faults = []
        about = f"after {self.boundary.struck}"
        found = self.payment()
        assert found is not None, about
        if found.state is State.EXPIRED:
            self._check_unshown(auditor, about)
            return
        assert found.state is State.SUCCEEDED, about
        assert auditor.violations(ACCOUNT, logged(self.stripe)) == [], about
        account = self.money.account()
        assert (account.ledger.balance_minor, dict(account.reserved)) == (0, {}), about
        assert [e.draft.kind.value for e in self.money.ledgers.entries(AccountRef("fern", ACCOUNT))] == [
            "charge", "payment", "processor_fee",
        ], about  # fmt: skip
        assert self.times_asked() == 1, f"asked for twice {about}"
        twice_allowed = any(name in ("mail send", "dynamodb UpdateItem") for name in self.boundary.struck)
        assert set(self.mails) == {MARKER}, about
        assert len(self.mails) == 1 or twice_allowed, about
        self.nothing_waits(about)

    def times_asked(self) -> int:
        """How many attempts there are at the processor."""
        return len(self.stripe.opened)

    def _check_unshown(self, auditor: Auditor, about: str) -> None:
        """Where to pay was lost twice: nobody was shown it, so that it ends and all is owed as before."""
        assert self.boundary.struck.count("FakeProcessor open") >= 2, about
        assert auditor.violations(ACCOUNT, logged(self.stripe)) == [], about
        assert logged(self.stripe) == [] == self.mails, about
        assert (self.money.quote().amount_minor, self.money.account().reserved) == (OWED, {}), about
        self.nothing_waits(about)

    def nothing_waits(self, about: str = "") -> None:
        self.money.clock.advance(days=2)
        later = self.money.clock.now().strftime("%Y-%m-%dT%H:%M:%S.000Z")
        for kind in ("payment", "receipt", "inbox"):
            assert list(self.money.work.due(kind, before=later, limit=9)) == [], f"{kind} stuck {about}"
        assert self.settle_queue.sent == [], about
