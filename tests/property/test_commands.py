"""Random commands on two accounts, over a store in trouble: after every step all that must hold holds."""

from collections.abc import Callable
from typing import Any, TypeVar

from hypothesis import HealthCheck, seed, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from chalicelib.kernel.errors import BillfoldError
from chalicelib.kernel.outside import Busy, ProcessorRefused, ProcessorTimeout
from chalicelib.ledger.domain.entries import Draft, EntryKind
from chalicelib.ledger.domain.payments import Payment
from chalicelib.ledger.services.facts import CorrectingFacts, FactChanges
from chalicelib.ledger.services.positions import Positions
from chalicelib.ledger.services.recording import Posted
from chalicelib.payments.domain.quotes import Quote
from chalicelib.payments.ports.processors import Facts, Stage
from tests.property.auditing import audit, audit_together
from tests.property.conftest import MORE
from tests.support.money import Money
from tests.support.seed import SEED

T = TypeVar("T")

ACCOUNTS = st.sampled_from(["maya", "noah"])
USUAL = st.sampled_from([500, 1000, 2000, 3000, 5000, 8000])
AMOUNTS = st.one_of(USUAL, USUAL, st.integers(1, 9000), st.sampled_from([-5, 0, 99_999_999, 100_000_000]))
DATES = st.sampled_from(["2026-01-05", "2026-02-05", "2026-03-05"])
PAIRS = st.sampled_from([("maya", "noah"), ("noah", "maya"), ("noah", "maya"), ("maya", "maya")])
NUMBERS = st.integers(0, 7)
TROUBLE = st.lists(st.sampled_from(["", "busy", "conflict", "lost"]), min_size=1, max_size=4)
LATER_STAGES = [Stage.OPEN, Stage.PROCESSING, Stage.CANCELED, Stage.EXPIRED, Stage.FAILED]


class Commands(RuleBasedStateMachine):
    def __init__(self) -> None:
        super().__init__()
        self.money = Money()
        self.quoted: dict[str, tuple[int, Quote]] = {}
        self.gave: set[str] = set()  # accounts whose money went to another one
        self.made = 0

    @initialize()
    def accounts(self) -> None:
        for account_id in ("maya", "noah"):
            self.money.open(account_id)
            self.money.charge(f"first-{account_id}", 5000, account_id, insurer_minor=2000)
            self.money.charge(f"second-{account_id}", 3000, account_id, date="2026-03-04")
            self.money.charge(f"gone-{account_id}", 4000, account_id, insurer_minor=1000)
            self.money.correcting.reverse(self.money.ref(account_id), 3, on="2026-03-05")

    def new(self, prefix: str) -> str:
        self.made += 1
        return f"{prefix}-{self.made:016d}"

    def attempt(self, command: Callable[[], object]) -> bool:
        """Whether it was done; when it was refused, nothing may have changed (I10)."""
        held = self.money.ledgers
        before = [dict(part) for part in (held.accounts, held.rows, held.held_payments, held.movements)]
        try:
            command()
        except BillfoldError:
            after = [held.accounts, held.rows, held.held_payments, held.movements]
            assert before == after, "I10: a refused command changed something"
            return False
        except Busy:
            return False
        finally:
            held.trouble.clear()
        return True

    def known(self, kind: str, number: int) -> str:
        return f"{kind}{number}"

    @rule(trouble=TROUBLE)
    def trouble_ahead(self, trouble: list[str]) -> None:
        self.money.ledgers.trouble = trouble

    @rule(account=ACCOUNTS, n=NUMBERS, client=AMOUNTS | st.just(0), insurer=st.sampled_from([0, 0, 700]),
          date=DATES, who=st.sampled_from(["ada", "ben"]))  # fmt: skip
    def charge(self, account: str, n: int, client: int, insurer: int, date: str, who: str) -> None:
        facts: dict[str, Any] = {"insurer_minor": insurer, "date": date, "clinician_id": who}
        self.attempt(lambda: self.money.charge(self.known("c", n), client, account, **facts))

    @rule(account=ACCOUNTS, n=NUMBERS, of=NUMBERS, who=st.sampled_from(["ada", "ben"]))
    def correct_facts(self, account: str, n: int, of: int, who: str) -> None:
        facts, correcting = (
            FactChanges(clinician_id=who),
            CorrectingFacts(self.money.ledgers, self.money.clock),
        )
        self.attempt(
            lambda: correcting.correct(
                self.money.ref(account), self.known("f", n), charge_external_id=self.known("c", of),
                facts=facts, on="2026-03-05",
            )
        )  # fmt: skip

    @rule(account=ACCOUNTS, n=NUMBERS, amount=AMOUNTS, named=st.lists(NUMBERS, max_size=2))
    def cash(self, account: str, n: int, amount: int, named: list[int]) -> None:
        ids = [self.known("c", number) for number in named]
        self.attempt(lambda: self.money.cash(self.known("p", n), amount, account, charge_external_ids=ids))

    @rule(account=ACCOUNTS, n=NUMBERS, data=st.data(), amount=AMOUNTS, whole=st.booleans())
    def give_back(self, account: str, n: int, data: st.DataObject, amount: int, whole: bool) -> None:
        taken = [p for p in self.money.ledgers.held_payments.values() if p.flow == "external"]
        taken = [p for p in taken if p.account_id == account]
        if taken:
            payment = data.draw(st.sampled_from(sorted(taken, key=lambda p: p.reference)))
            amount = payment.amount_minor - payment.refunded_minor if whole else amount
            asked = (self.known("r", n), payment.reference, amount, account)
            foreseen = self.foreseen(
                lambda: Positions(self.money.ledgers).after_capture(
                    self.money.practice, self.money.account(account), EntryKind.REFUND,
                    payment, payment.refunded(amount), on="2026-03-03", reference=asked[0],
                )
            )  # fmt: skip
            self.posts_what_was_foreseen(account, foreseen, lambda: self.money.give_back(*asked))

    @rule(account=ACCOUNTS, data=st.data())
    def undo(self, account: str, data: st.DataObject) -> None:
        seq = data.draw(st.integers(0, self.money.account(account).ledger.seq + 1))
        asked: dict[str, Any] = {"ref": self.money.ref(account), "seq": seq}
        foreseen = self.foreseen(lambda: self.money.correcting.foresee_reversal(**asked, on="2026-03-07"))
        self.posts_what_was_foreseen(
            account, foreseen, lambda: self.money.correcting.reverse(**asked, on="2026-03-07")
        )

    @rule(pair=PAIRS, n=NUMBERS, amount=AMOUNTS, whole=st.booleans(), overpay=st.booleans())
    def move_credit(self, pair: tuple[str, str], n: int, amount: int, whole: bool, overpay: bool) -> None:
        giver, taker = pair
        if overpay:
            self.attempt(lambda: self.money.cash(self.new("p"), 12_000, giver))
        credit_minor = self.money.account(giver).ledger.credit_minor
        amount = credit_minor if whole and credit_minor else amount
        asked: dict[str, Any] = {
            "external_id": self.known("m", n), "source": self.money.ref(giver),
            "target": self.money.ref(taker), "amount_minor": amount, "on": "2026-03-08",
        }  # fmt: skip
        foreseen = self.foreseen(lambda: self.money.correcting.foresee_transfer(**asked))
        gone, come = foreseen or (None, None)
        self.posts_what_was_foreseen(giver, gone, lambda: self.money.correcting.transfer_credit(**asked))
        if come is not None and self.last(giver) == gone:
            assert self.last(taker) == come, "the preview is the result"
            self.gave.add(giver)

    def foreseen(self, look: Callable[[], T]) -> T | None:
        try:
            return look()
        except BillfoldError:
            return None

    def last(self, account: str) -> Draft | None:
        entries = list(self.money.ledgers.entries(self.money.ref(account)))
        return entries[-1].draft if entries else None

    def posts_what_was_foreseen(
        self, account: str, foreseen: Draft | None, command: Callable[[], Posted]
    ) -> None:
        answers: list[Posted] = []
        if self.attempt(lambda: answers.append(command())) and not answers[0].duplicate:
            assert self.last(account) == foreseen, "the preview is the result"

    @rule(account=ACCOUNTS, n=NUMBERS, amount=AMOUNTS, what=st.sampled_from("awt-"),
          charge=st.sampled_from(["first", "second", "second", "gone", "none"]))  # fmt: skip
    def correct(self, account: str, n: int, charge: str, amount: int, what: str) -> None:
        post, ref = self.money.post, self.money.ref(account)
        facts: dict[str, Any] = {"charge_external_id": f"{charge}-{account}", "on": "2026-03-06"}
        if what == "t":
            facts |= {"paid_minor": 100, "contractual_minor": 0, "to_client_minor": amount}
            self.attempt(lambda: post.insurance_payment(ref, self.known("i", n), **facts))
            return
        facts["amount_minor"] = -amount if what == "-" else amount
        command = post.write_off if what == "w" else post.adjustment
        self.attempt(lambda: command(ref, self.known("a", n), **facts))

    @rule(account=ACCOUNTS, n=NUMBERS, amount=st.integers(-9000, 9000))
    def opening(self, account: str, n: int, amount: int) -> None:
        self.attempt(
            lambda: self.money.post.opening_balance(
                self.money.ref(account), self.known("o", n), amount, on="2026-01-01"
            )
        )

    @rule(account=ACCOUNTS, kind=st.sampled_from(["balance", "amount", "service", "services"]),
          amount=AMOUNTS, data=st.data(), silent=st.sampled_from(["", "", "before", "after"]))  # fmt: skip
    def start(self, account: str, kind: str, amount: int, data: st.DataObject, silent: str) -> None:
        scope: dict[str, Any] = {}
        if kind in ("service", "services"):
            open_items = sorted(self.money.account(account).ledger.open)
            if not open_items:
                return
            scope["charge_ids"] = (data.draw(st.sampled_from(open_items)),)
        if kind in ("service", "amount"):
            scope["amount_minor"] = amount
        self.begin(account, kind, scope, silent)

    def begin(self, account: str, kind: str, scope: dict[str, Any], silent: str = "") -> None:
        key = self.new("key")
        self.money.processor.silent = ["", silent] if self.money.account(account).reserved else [silent]

        def start() -> None:
            offered = self.money.quote(account, kind=kind, **scope)
            self.quoted[key] = (self.money.account(account).ledger.seq, offered)
            wish = self.money.wish(key, offered, kind=kind, **scope)
            self.money.paying.start(self.money.ref(account), wish)

        submitted = (Stage.SUCCEEDED, Stage.PROCESSING)
        news = [f for f in self.money.processor.attempts.values() if f.stage in submitted]
        try:
            if news:  # an earlier attempt may be found to be paid, or on its way, before this is refused
                self.attempt_with_news(start)
            else:
                self.attempt(start)
        except (ProcessorTimeout, ProcessorRefused):
            pass
        finally:
            self.money.processor.silent = []

    def attempt_with_news(self, command: Callable[[], object]) -> None:
        try:
            command()
        except (BillfoldError, Busy):
            pass
        finally:
            self.money.ledgers.trouble.clear()

    def attempts(self) -> list[str]:
        return sorted(facts.payment_id for facts in self.money.processor.attempts.values())

    @precondition(lambda self: self.money.processor.attempts)
    @rule(data=st.data(), paid=st.booleans(), stage=st.sampled_from(LATER_STAGES))
    def at_the_processor(self, data: st.DataObject, paid: bool, stage: Stage) -> None:
        key = data.draw(st.sampled_from(self.attempts()))
        if self.money.processor.attempts[f"cs_{key}"].stage is not Stage.SUCCEEDED:
            self.money.processor.take(key) if paid else self.money.processor.become(key, stage)

    @precondition(lambda self: self.money.processor.attempts)
    @rule(data=st.data(), amount=AMOUNTS)
    def refund_in_the_dashboard(self, data: st.DataObject, amount: int) -> None:
        key = data.draw(st.sampled_from(self.attempts()))
        facts = self.money.processor.attempts[f"cs_{key}"]
        left = facts.amount_minor - sum(r.amount_minor for r in facts.refunds)
        if facts.stage is Stage.SUCCEEDED and 0 < amount <= left:
            self.money.processor.refund(intent_id=f"pi_{key}", refund_id=self.new("r"), amount_minor=amount)

    @precondition(lambda self: self.money.processor.attempts)
    @rule(data=st.data(), how=st.sampled_from(["webhook", "check", "cancel"]))
    def hear_of_it(self, data: st.DataObject, how: str) -> None:
        key = data.draw(st.sampled_from(self.attempts()))
        account = self.money.processor.attempts[f"cs_{key}"].account_id
        if how == "check":
            self.attempt_with_news(lambda: self.money.check(key, account))
        elif how == "cancel":
            self.attempt_with_news(lambda: self.money.paying.cancel(self.money.ref(account), key))
        else:
            self.money.webhook(self.new("evt"), f"pi_{key}")
            self.attempt_with_news(self.money.work_off)

    @rule(minutes=st.sampled_from([1, 70, 400, 1500]))
    def time_passes(self, minutes: int) -> None:
        self.attempt_with_news(lambda: self.money.sweep(after_minutes=minutes))
        self.attempt_with_news(self.money.work_off)

    @rule(account=ACCOUNTS, data=st.data(), cash=st.booleans())
    def pay(self, account: str, data: st.DataObject, cash: bool) -> None:
        """From the quote to the processor's hands; cash may come in between, the news comes later."""
        self.begin(account, "balance", {})
        waiting = [key for key in self.attempts() if self.open_at_processor(key, account)]
        if waiting:
            if cash:
                self.attempt(lambda: self.money.cash(self.new("p"), 4000, account))
            self.money.processor.take(data.draw(st.sampled_from(waiting)))

    def open_at_processor(self, key: str, account: str) -> bool:
        facts = self.money.processor.attempts[f"cs_{key}"]
        return facts.stage is Stage.OPEN and facts.account_id == account

    @rule()
    def reconcile(self) -> None:
        self.attempt_with_news(self.money.reconciling.reconcile)

    @invariant()
    def all_holds(self) -> None:
        for account_id in ("maya", "noah"):
            if (self.money.practice, account_id) in self.money.ledgers.accounts:
                audit(self.money, account_id)
        audit_together(self.money, ("maya", "noah"))
        for key, (seq, offered) in self.quoted.items():
            payment = next((p for p in self.money.ledgers.held_payments.values() if p.id == key), None)
            if payment is not None and payment.entry_seq == seq + 1:
                assert payment.allocation == offered.allocation, "the preview is the result"
                assert payment.owed_after_minor == offered.owed_after_minor

    def teardown(self) -> None:
        """After one round of reconcile the ledger has all that the processor has (I7); the next changes
        nothing. A practice where nothing is under way has one within the hour."""
        self.money.ledgers.trouble.clear()
        self.money.processor.silent = []
        self.money.clock.advance(hours=1)
        self.money.reconciling.reconcile()
        self.all_holds()
        for facts in self.money.processor.attempts.values():
            payment = self.money.payment(facts.payment_id, facts.account_id)
            if facts.stage is Stage.SUCCEEDED:
                assert payment.state == "succeeded"
                self.all_given_back(payment, facts)
        commits = self.money.ledgers.commits
        self.money.reconciling.reconcile()
        assert self.money.ledgers.commits == commits

    def all_given_back(self, payment: Payment, facts: Facts) -> None:
        """Every refund is posted, but one of money that went to another account: a person is told of it."""
        refunded = sum(r.amount_minor for r in facts.refunds)
        if payment.account_id in self.gave and payment.refunded_minor < refunded:
            assert "refund_above_remainder" in self.money.alerts.names
            return
        assert payment.refunded_minor == refunded


class TestCommands(Commands.TestCase):  # type: ignore[misc, valid-type]
    settings = settings(
        max_examples=250 * MORE, stateful_step_count=40, deadline=None, print_blob=True, database=None,
        suppress_health_check=list(HealthCheck),
    )  # fmt: skip


seed(SEED)(Commands)  # the same examples when the seed is given


def test_undoing_money_leaves_a_charge_that_was_taken_back_as_it_is() -> None:
    """It had paid one cent of that charge: the lines that undo it come to nothing there."""
    money = Money()
    money.open("maya")
    money.charge("first", 5000, insurer_minor=2000)
    money.charge("second", 3000, date="2026-03-04")
    money.cash("p0", 1000)
    money.post.opening_balance(money.ref(), "o0", -4001, on="2026-01-01")
    money.give_back("r0", "p0", 500)
    for seq in (2, 4):
        money.correcting.reverse(money.ref(), seq, on="2026-03-07")
    audit(money, "maya")
    [left] = money.account().ledger.open.values()
    assert (left.owed_minor, left.paid_minor, money.account().ledger.credit_minor) == (4500, 500, 0)
