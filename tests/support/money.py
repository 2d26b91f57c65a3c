"""All that moves money, on stores in memory: one practice, its processor, and what a test does with them."""

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import Any

from chalicelib.documents.services.restarts import MailRestarts
from chalicelib.identity.services.limits import Counters
from chalicelib.identity.services.links import Links
from chalicelib.kernel.account_refs import AccountRef
from chalicelib.kernel.instants import instant
from chalicelib.ledger.domain.accounts import Account
from chalicelib.ledger.domain.payments import Payment
from chalicelib.ledger.services.correcting import Correcting
from chalicelib.ledger.services.import_register import Register
from chalicelib.ledger.services.posting import ChargeFacts, Posting, own_id
from chalicelib.ledger.services.recording import Posted
from chalicelib.mail.services.pacing import AccountWatch
from chalicelib.operations.ports.rounds import Round, Rounds
from chalicelib.operations.services.alerting import Alerting
from chalicelib.operations.services.daily import Daily
from chalicelib.operations.services.mail_pauses import MailPauses
from chalicelib.operations.services.sweeping import Sweeping
from chalicelib.payments.domain.quotes import Quote, Scope
from chalicelib.payments.ports.payers import Payers
from chalicelib.payments.ports.processors import Processor
from chalicelib.payments.services.adopting import Adopting
from chalicelib.payments.services.catching_up import CatchingUp, job
from chalicelib.payments.services.full_pass import JOB as FULL_PASS
from chalicelib.payments.services.full_pass import FullPass, FullPasses
from chalicelib.payments.services.guest_declines import GuestDeclines
from chalicelib.payments.services.guest_limits import GuestLimits
from chalicelib.payments.services.methods.following import Following
from chalicelib.payments.services.methods.payer_rows import PayerRows
from chalicelib.payments.services.methods.paying_with import PayingWith
from chalicelib.payments.services.notices import RECEIPT, RETURNED
from chalicelib.payments.services.paying import Paying, PaymentWish
from chalicelib.payments.services.payment_limits import PaymentLimits
from chalicelib.payments.services.puzzles import Puzzles
from chalicelib.payments.services.reconciling import Reconciling
from chalicelib.payments.services.refunding import Refunding
from chalicelib.payments.services.restarts import PaymentRestarts
from chalicelib.payments.services.settling import Settling
from chalicelib.payments.services.turns import Turn, Turns
from chalicelib.payments.services.webhooks import Receiving
from chalicelib.practice.domain.practices import Practice
from chalicelib.practice.ports import Practices
from tests.support.alerts import MemoryAlerts
from tests.support.chance import FakeChance
from tests.support.clock import FakeClock
from tests.support.imports import MemoryImports
from tests.support.ledgers import MemoryLedgers
from tests.support.mail import FakeAccount
from tests.support.payers import MemoryPayers
from tests.support.practice import PRACTICE
from tests.support.processor import FakeProcessor, Several
from tests.support.queue import FakeQueue, InlineQueue
from tests.support.references import named
from tests.support.rounds import MemoryRounds
from tests.support.worklists import MemoryWorkLists
from tests.unit.identity.fakes import FakeAccess, FakeKeys, FakePeople

ORIGIN = "http://localhost:8000"


@dataclass
class MemoryPractices(Practices):
    held: dict[str, Practice] = field(default_factory=lambda: {PRACTICE.id: PRACTICE})

    def practice(self, practice: str) -> Practice | None:
        return self.held.get(practice)

    def save_practice(self, practice: Practice, *, before: Practice | None = None) -> None:
        self.held[practice.id] = practice

    def practice_ids(self) -> list[str]:
        return list(self.held)

    def processors(self) -> dict[str, tuple[str, ...]]:
        return {id_: practice.processors for id_, practice in self.held.items()}


class Unlimited(PaymentLimits):
    """For tests that pay more in an hour of theirs than anybody may; remembered for good."""

    def __init__(self) -> None:
        super().__init__(Counters(FakeAccess(), FakeKeys(), FakeClock()))
        self._counted = set[tuple[AccountRef, str, str]]()

    def start(self, ref: AccountRef, person: str, payment: str) -> None:
        """Always."""
        self._counted.add((ref, person, payment))

    def started(self, ref: AccountRef, person: str, payment: str) -> bool:
        return (ref, person, payment) in self._counted


def meanwhile(holder: object, method: str, action: Callable[[], object]) -> None:
    """Let `action` happen right after the next call of that method, before its caller sees the answer."""
    read = getattr(holder, method)

    def stale(*args: Any, **kwargs: Any) -> Any:
        setattr(holder, method, read)
        answer = read(*args, **kwargs)
        action()
        return answer

    setattr(holder, method, stale)


class Money:
    """`practice` is the id of the one practice; accounts are in its currency."""

    practice = PRACTICE.id

    def __init__(
        self,
        ledgers: Any = None,
        processor: FakeProcessor | None = None,
        work: Any = None,
        *,
        other: Callable[[FakeClock], Processor] | None = None,
        rounds: Rounds | None = None,
        payers: Payers | None = None,
    ) -> None:
        """`other`: a processor of another kind, beside `processor`."""
        self.ledgers = ledgers or MemoryLedgers()
        self.clock = FakeClock()
        self.processor = processor or FakeProcessor()
        self.practices = MemoryPractices()
        self.settle_queue, self.documents_queue = FakeQueue(), FakeQueue()
        self.work = work or MemoryWorkLists(self.ledgers)
        self.imports = getattr(self.work, "imports", None) or MemoryImports(self.ledgers)
        second = other(self.clock) if other else self.processor
        processors = self.processors = Several({self.processor.name: self.processor, second.name: second})
        self.post = Posting(self.ledgers, self.clock)
        self.correcting = Correcting(self.ledgers, self.clock, "cli")
        self.alerts = MemoryAlerts()
        alerting = Alerting(self.alerts, self.clock)
        self.register = Register(self.imports, alerting, self.clock)
        self.settling = Settling(
            self.ledgers, self.practices, processors, self.documents_queue, alerting, self.clock
        )
        self.payers: Any = payers or MemoryPayers()
        self.payer_rows = PayerRows(self.payers, processors, FakeChance(), self.clock)
        self.following = Following(self.payer_rows, self.ledgers, FakeKeys())
        self.paying = Paying(
            self.ledgers,
            self.practices,
            processors,
            self.settling,
            Unlimited(),
            FakeKeys(),
            self.clock,
            Links(FakeAccess(), FakeKeys(), self.clock),
            ORIGIN,
            PayingWith(self.payer_rows),
        )
        keys = FakeKeys()
        self.guest_limits = GuestLimits(
            Counters(FakeAccess(), keys, self.clock), Puzzles(keys, self.clock), alerting
        )
        self.receiving = Receiving(
            self.work, processors, self.settling, self.settle_queue, alerting, self.clock, self.following,
            GuestDeclines(processors, self.settling, self.guest_limits),
        )  # fmt: skip
        self.directory = FakePeople()
        self.adopting = Adopting(
            self.ledgers, self.directory, processors, self.settling, alerting, FakeKeys(), self.clock
        )
        self.refunding = Refunding(self.ledgers, processors, self.settling, self.clock)
        payments = PaymentRestarts(self.paying, self.refunding, self.settle_queue, alerting, self.clock)
        mails = MailRestarts(
            self.documents_queue, AccountWatch(FakeAccount(), self.clock), MailPauses(alerting, self.clock),
            alerting,
        )  # fmt: skip
        self.payment_restarts, self.mail_restarts = payments, mails
        restarts = {
            "inbox": payments.event, "payment": payments.payment, "refund": payments.refund,
            "payer": self.following.restart, "import": self.register.remind,
            RECEIPT: mails.receipt, RETURNED: mails.returned,
        }  # fmt: skip
        self.sweeping = Sweeping(self.work, restarts, self.clock)
        self.rounds = rounds or self._rounds_under_way(processors)
        daily = Daily(FULL_PASS, self.practices, self.rounds, alerting, self.clock)
        self.full_passes = FullPasses([
            FullPass(
                daily, processors, self.ledgers, self.settling, alerting, self.clock, "stripe", self.adopting
            )
        ])  # fmt: skip
        catching_up = CatchingUp(
            self.rounds, self.settling, self.full_passes, alerting, self.clock, self.following
        )
        self.turns = Turns(
            self.ledgers, self.work, self.rounds, processors, self.settling, catching_up, self.clock
        )
        turns = InlineQueue(lambda message: self.turns.take(Turn.parse(message)))
        self.reconciling = Reconciling(self.practices, self.work, self.rounds, turns, catching_up, self.clock)

    def _rounds_under_way(self, processors: Several) -> MemoryRounds:
        """As of a practice that `reconcile` has been through before."""
        made, now = MemoryRounds(), instant(self.clock.now())
        for name in processors.known:
            made.save(self.practice, job(name), Round(now, ended_at=now))
        return made

    def ref(self, account_id: str = "maya") -> AccountRef:
        return AccountRef(self.practice, account_id)

    def open(self, account_id: str = "maya", currency: str = "USD") -> str:
        self.post.open_account(self.ref(account_id), currency)
        return account_id

    def charge(self, external_id: str, client_minor: int, account_id: str = "maya", **facts: Any) -> str:
        """Post a fee of Ada's on 2026-03-01; the charge's id."""
        made = ChargeFacts(external_id, "2026-03-01", "Individual session", "ada", client_minor)
        self.post.charge(self.ref(account_id), replace(made, **facts))
        return own_id(self.practice, "charge", external_id)

    def cash(self, external_id: str, amount_minor: int, account_id: str = "maya", **facts: Any) -> Posted:
        asked = {"method": "cash", "on": "2026-03-02", **facts}
        return self.post.external_payment(self.ref(account_id), external_id, amount_minor, **asked)

    def give_back(
        self, external_id: str, payment_external_id: str, amount_minor: int, account_id: str = "maya"
    ) -> Posted:
        return self.post.external_refund(
            self.ref(account_id), external_id,
            payment_external_id=payment_external_id, amount_minor=amount_minor, on="2026-03-03",
        )  # fmt: skip

    def account(self, account_id: str = "maya") -> Account:
        account = self.ledgers.account(self.ref(account_id))
        assert account is not None
        return account

    def owed(self, charge_id: str, account_id: str = "maya") -> int:
        item = self.account(account_id).ledger.open.get(charge_id)
        return item.owed_minor if item else 0

    def payment(self, payment_id: str, account_id: str = "maya") -> Payment:
        payment = self.ledgers.payment(self.ref(account_id), payment_id)
        assert payment is not None
        return payment

    def quote(self, account_id: str = "maya", **scope: Any) -> Quote:
        return self.paying.quote(self.ref(account_id), Scope(**{"kind": "balance", **scope}))[1]

    def wish(self, key: str, offered: Quote, **scope: Any) -> PaymentWish:
        asked = Scope(**{"kind": "balance", **scope})
        return PaymentWish(
            key, asked, offered.key, offered.amount_minor, "", "", "en", f"hash of {scope}", "portal:person-1"
        )

    def start(self, key: str, account_id: str = "maya", *, way: str = "", **scope: Any) -> Payment:
        """Quote and start a payment with that Idempotency-Key."""
        wish = replace(self.wish(key, self.quote(account_id, **scope), **scope), way=way)
        return self.paying.start(self.ref(account_id), wish).payment

    def check(self, key: str, account_id: str = "maya") -> Payment:
        return self.paying.check(self.ref(account_id), key).payment

    def settle(self, payment_id: str) -> Payment:
        """What the worker does for a webhook: look at the processor, then settle from that."""
        facts = self.processor.look(named(f"cs_{payment_id}"))
        assert facts is not None
        return self.settling.settle(self.practice, "stripe", facts)

    def webhook(self, event_id: str, object_id: str) -> None:
        raw = f"{event_id} event.type {object_id}".encode()
        self.receiving.receive(self.practice, "stripe", {"stripe-signature": "good"}, raw)

    def work_off(self) -> None:
        """What the settle function does with its queue; each message once."""
        while self.settle_queue.sent:
            message = self.settle_queue.sent.pop(0)
            self.receiving.work_off(message["practice"], message["processor"], message["event"], message)

    def sweep(self, *, after_minutes: float = 2) -> dict[str, int]:
        self.clock.advance(minutes=after_minutes)
        return self.sweeping.sweep()
