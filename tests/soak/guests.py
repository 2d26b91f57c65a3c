"""Somebody who pays a bill without an account, and the staff who find out whose money it is."""

from functools import partial

from chalicelib.kernel.account_refs import AccountRef
from chalicelib.ledger.domain.payments import Payment, State
from chalicelib.payments.domain.guests import GuestForm
from chalicelib.payments.services.guest_paying import GuestWish, attempt_of
from tests.soak.payers import Payers
from tests.soak.stories import Heard

GUESTS = 0.35  # of the schedules
BESIDE = "pia"  # a client who pays nothing: somebody else's money may be taken for theirs
OVER = (State.FAILED, State.CANCELED, State.EXPIRED)
ATTEMPTS = 3
AMOUNTS = (600, 700, 5000, 9000)


class Guests(Payers):
    """Whose money a bill is paid with is told by `world.bills`: who hears that an attempt came to nothing
    tries again, and nobody pays one bill twice."""

    def visit(self, practice: str, name: str, client: str) -> None:
        """Pay one bill, by as many attempts as it takes."""
        self.wander(60)
        way = "paypal" if practice in self.world.paypals and self.random.random() < 0.65 else "card"
        numbers = self.world.numbers.get(practice) or ["17"]
        number = self.random.choice(("", self.random.choice(numbers)))
        whose = self.random.choice((f"Client {client}", f"client {client.upper()}", "Nobody Here"))
        form = GuestForm("ada", whose, f"{name}@guest.example.test", "Gus Guest", "+1 555 0100", number)
        amount_minor = self.random.choice(AMOUNTS)
        for attempt in range(ATTEMPTS):
            heard = self._attempt(practice, f"{name}-{attempt}", form, way, amount_minor)
            if heard is None or heard.state not in OVER:
                return

    def _attempt(
        self, practice: str, name: str, form: GuestForm, way: str, amount_minor: int
    ) -> Payment | None:
        """The payment as its guest heard of it last; None where they gave up."""
        key, paying = name.ljust(43, "k"), self.app.guest_paying
        offered = self.ask(practice, lambda: paying.quote(practice, form, way=way, amount_minor=amount_minor))
        if offered.answer is None or offered.answer[1] is not None:  # nobody here does a puzzle
            return None
        quote_key, ip = offered.answer[0].key, f"192.0.2.{self.random.randint(1, 250)}"
        body = f"{form} {way} {amount_minor}"
        wish = GuestWish(key, form, way, amount_minor, quote_key, "en", body, ip)
        ref, payment_id = attempt_of(practice, key)
        self.world.bills.setdefault(name.rpartition("-")[0], []).append((practice, payment_id))
        start = lambda: paying.start(practice, wish).payment  # noqa: E731
        if self.random.random() < 0.2:
            self.spawn(f"second click {name}", lambda: self.ask(practice, start))
        heard = self.insist(practice, start)
        if heard.answer is None:
            return None
        self.told("intent", ref, payment_id, heard)
        return self._comes_and_goes(practice, key, heard.answer)

    def _comes_and_goes(self, practice: str, key: str, payment: Payment) -> Payment:
        paying = self.app.guest_paying
        for _ in range(self.random.randint(1, 3)):
            if payment.state is State.AWAITING and self.random.random() < 0.1:
                payment = self._as_heard(self.ask(practice, partial(paying.cancel, practice, key)), payment)
            if payment.next_url and payment.state is State.AWAITING and self.random.random() < 0.85:
                self.at_the_processor(practice, payment)
            for _ in range(self.random.choice((0, 1, 1, 2))):  # the return page, once more by the back button
                approved = payment.processor == "paypal" and self.random.random() < 0.7
                check = partial(paying.check, practice, key, approved=approved)
                payment = self._as_heard(self.ask(practice, check), payment)
            if self.random.random() < 0.2:
                payment = self._as_heard(self.ask(practice, partial(paying.look, practice, key)), payment)
            if payment.state is not State.AWAITING:
                break
        self.after_return(practice, payment)
        if payment.state is State.SUCCEEDED and self.random.random() < 0.4:
            self._claim(practice, key, payment)
        return payment

    def _as_heard(self, heard: Heard, before: Payment) -> Payment:
        return heard.answer.payment if heard.answer else before

    def _claim(self, practice: str, key: str, payment: Payment) -> None:
        heard = self.insist(practice, partial(self.app.guest_claiming.claim, practice, key))
        if heard.answer is not None:
            self.world.claimed.append((practice, payment.account_id))

    def open_account(self, ref: AccountRef) -> None:
        self.insist(ref.practice, lambda: self.app.posting("cli").open_account(ref, "USD"))

    # --- staff ------------------------------------------------------------------------------------

    def desk(self, practice: str, name: str, accounts: list[str]) -> None:
        """Look what waits, and match some of it; now and then what was matched goes on to somebody else."""
        for number in range(self.random.randint(2, 2 + self.size.commands)):
            self.wander(60)
            listed = self.ask(practice, partial(self.app.matching.waiting, practice)).answer or ()
            found = [waiting.payment for waiting in listed]
            if self.random.random() < 0.3:
                found += self._matched(practice)
            if found:
                payment = self.random.choice(found)
                self._match(practice, payment, self.random.choice(accounts), f"m-{payment.id}-{name}{number}")

    def _matched(self, practice: str) -> list[Payment]:
        """As staff have them on their screens: some of the guests' payments that are over."""
        known = [
            payment_id for bill in self.world.bills.values() for of, payment_id in bill if of == practice
        ]
        if not known:
            return []
        ref = AccountRef(practice, self.random.choice(known))
        payment = self.ask(practice, lambda: self.app.ledgers.payment(ref, ref.account)).answer
        return [payment] if payment and payment.matched_to else []

    def _match(self, practice: str, payment: Payment, account: str, name: str) -> None:
        target, match = AccountRef(practice, account), self.app.matching.match
        kind = "guest_payment_back" if payment.matched_to not in ("", account) else "guest_payment"
        heard = self.insist(practice, lambda: match(practice, payment, target, id_=name, actor="cli"))
        self.told(kind, target, name, heard)
        if heard.answer is not None and self.random.random() < 0.5:
            self.spawn("refund of matched", lambda: self.staff_refund(practice, f"r-{name}"))
