"""Clients in their browsers' tabs, and those who give their money back."""

import json
from dataclasses import replace
from functools import partial

from chalicelib.bootstrap import App
from chalicelib.kernel.account_refs import AccountRef
from chalicelib.kernel.actors import CLI, in_portal
from chalicelib.kernel.errors import BillfoldError, Refused
from chalicelib.kernel.instants import instant
from chalicelib.kernel.outside import ProcessorRefused
from chalicelib.ledger.domain.payments import Payment, State
from chalicelib.ledger.domain.refunds import Left
from chalicelib.ledger.services.posting import own_id
from chalicelib.payments.domain.quotes import Scope
from chalicelib.payments.domain.saved_methods import MethodState, Payer, PayerMethod
from chalicelib.payments.services.paying import PaymentWish
from chalicelib.payments.services.refunding import RefundWish
from chalicelib.practice.domain.practices import Client, Grant, Person
from chalicelib.words.consents import SAVING_VERSION
from tests.soak.processor import LogRow
from tests.soak.saving_house import ACCOUNT, CARD
from tests.soak.stories import Heard, Story
from tests.soak.world import World

PAYPAL = 0.35  # of the payments, where the practice takes it
BORN = "1990-05-17"


class Payers(Story):
    def tab(self, ref: AccountRef, key: str) -> None:
        """A few bills, one after the other."""
        for number in range(self.random.randint(1, self.size.bills)):
            self._bill(ref, f"{key}{number}")

    def _bill(self, ref: AccountRef, key: str) -> None:
        """Quote, pay (perhaps with two clicks), go to the processor, come back; any step may be left out."""
        scope = self._scope(ref)
        offered = self.ask(ref.practice, lambda: self.app.paying.quote(ref, scope)[1])
        if offered.answer is None:
            return
        quote = offered.answer
        payer = person(ref.account).id
        by = in_portal(payer, minted=False).text
        with_what = self._with_what(ref.practice, payer)
        body = f"{scope} {with_what}"
        wish = PaymentWish(
            key, scope, quote.key, quote.amount_minor, "", payer, "en", body, by, **with_what
        )  # fmt: skip
        twice = self.random.random() < 0.2
        if twice:
            self.spawn(f"second click {key}", lambda: self._click(ref, wish, alone=False))
        self._click(ref, wish, alone=not twice)

    def _with_what(self, practice: str, payer: str) -> dict[str, str]:
        """Something new, which is perhaps kept, or one of what they have saved; who opens that list may do
        something else with it. Or PayPal."""
        if practice in self.world.paypals and self.random.random() < PAYPAL:
            return {"way": "paypal"}
        how = self.random.choices(("new", "kept", "saved"), (5, 2, 5))[0]
        if how != "saved":
            return {"consent": SAVING_VERSION} if how == "kept" else {}
        listed = self.ask(practice, lambda: self.app.choosing.listed(practice, payer)).answer
        methods = listed.payer.listed if listed else ()
        if not methods:
            return {}
        method = self.random.choice(methods).id
        if self.random.random() < 0.3:
            act = self.random.choice((self.app.choosing.choose, self.app.choosing.remove))
            self.spawn("list", lambda: self.ask(practice, lambda: act(practice, payer, method)))
        return {"method": method}

    def _scope(self, ref: AccountRef) -> Scope:
        kinds = (
            ("balance", "balance", "service") if self.plain else ("balance", "service", "services", "amount")
        )
        kind = self.random.choice(kinds)
        if kind == "balance":
            return Scope("balance")
        if kind == "amount":
            return Scope("amount", amount_minor=self.random.choice((60, 5000, 30_000)))
        charge = own_id(ref.practice, "charge", f"{ref.account}-c{self.random.randint(0, 1)}")
        return Scope(kind, (charge,), self.random.choice((60, 100)) if kind == "service" else None)

    def _click(self, ref: AccountRef, wish: PaymentWish, *, alone: bool) -> None:
        start = lambda: self.app.paying.start(ref, wish).payment  # noqa: E731
        heard = self.insist(ref.practice, start)
        # A saved card that is refused leaves its payment, which says so.
        refused = isinstance(heard.error, BillfoldError) and heard.refusal != "method_refused"
        if heard.answer is not None or (alone and refused):
            self.told("intent", ref, wish.id, heard)
        if heard.answer is not None:
            self._pay(ref, heard.answer)
        if not heard.refusal and self.random.random() < 0.2:  # the back button, or a reload
            again = self.ask(ref.practice, start)
            if again.answer is not None:
                self._pay(ref, again.answer)

    def _pay(self, ref: AccountRef, payment: Payment, *, of: str = "") -> None:
        for _ in range(2):
            if payment.state is State.AWAITING and self.random.random() < 0.1:
                self.ask(ref.practice, partial(self.app.paying.cancel, ref, payment.id, of=of))
            if payment.next_url and self.random.random() < 0.8:
                self.at_the_processor(ref.practice, payment)
            if self.random.random() < 0.6:  # the return page
                approved = payment.processor == "paypal" and self.random.random() < 0.7
                check = partial(self.app.paying.check, ref, payment.id, of=of, approved=approved)
                heard = self.ask(ref.practice, check)
                payment = heard.answer.payment if heard.answer else payment
                self.after_return(ref.practice, payment)
            if payment.state is not State.AWAITING:
                break

    def at_the_processor(self, practice: str, payment: Payment) -> None:
        self.world.pause()
        if payment.processor == "paypal":  # where nothing is paid yet
            how = "card" if self.random.random() < 0.85 else "declined"
            self.world.paypal(practice).pay(payment.next_url, how)
            return
        how = self.random.choices(("card", "bank", "deposits", "declined"), (16, 3, 1, 4))[0]
        how = "card" if payment.ways == ("card",) and how != "declined" else how
        if self.world.house(practice).pay(payment.next_url, how) == "succeeded":
            self._what_comes_later(practice, payment)

    def after_return(self, practice: str, payment: Payment) -> None:
        """Where only coming back took the money."""
        if payment.processor == "paypal" and payment.state is State.SUCCEEDED:
            self._what_comes_later(practice, payment)

    def _what_comes_later(self, practice: str, payment: Payment) -> None:
        if self.plain or (practice, payment.account_id, payment.id) in self.world.gone_on:
            return
        self.world.gone_on.add((practice, payment.account_id, payment.id))
        if self.random.random() < 0.4:
            self.spawn(
                "staff refund", lambda: self.staff_refund(practice, f"r{payment.account_id}{payment.id}")
            )
        if self.random.random() < 0.4:
            self.spawn("dashboard refund", lambda: self.dashboard_refund(practice))
        for _ in range(self.random.choice((0, 0, 0, 0, 0, 0, 0, 1, 1, 2))):
            self.spawn("dispute", lambda: self.dispute(practice))

    def staff_refund(self, practice: str, name: str) -> None:
        """By Billfold's own command: of somebody who looks what is left, and asks again under the same id
        until something is heard."""
        rows = [r for r in self.world.log if r["kind"] == "captured" and r["practice"] == practice]
        row = self.random.choice(rows)
        self.wander(20)
        left = self._left(practice, row)
        if left is None:
            return
        self.wander(20)
        amount = self.random.choice((left.remainder_minor, int(str(row["amount"])), 60))
        ref = AccountRef(practice, str(row["account"]))
        wish = RefundWish(ref, str(row["payment"]), name, amount, left, CLI)
        impatient = self.random.random() < 0.5
        heard = self._refund(practice, wish, insist=not impatient)
        if heard.nothing and impatient:
            self._under_another_id(practice, wish)
        else:
            self._is_true(practice, wish, heard)

    def ask_again(self) -> None:
        """Who heard nothing of a refund by PayPal asks for it again, by the same id: only they find out, for
        PayPal keeps its key for a month and a half."""
        for (pk, sk), item in list(self.world.store.items.items()):
            told = json.loads(item["body"]["S"]) if sk.startswith("RF#") else {}
            if not told or told.get("state", "asked") != "asked":
                continue
            (_, practice, _, account), (_, payment, refund) = pk.split("#"), sk.split("#")
            paid = json.loads(self.world.store.items[pk, f"PAY#{payment}"]["body"]["S"])
            if paid["processor"] == "paypal":
                ref = AccountRef(practice, account)
                wish = RefundWish(ref, payment, refund, told["amount_minor"], None, CLI)
                self.ask(practice, partial(self.app.refunding.refund, wish))

    def _left(self, practice: str, row: LogRow) -> Left | None:
        """As it is shown; None where the page does not open."""
        ref, payment = AccountRef(practice, str(row["account"])), str(row["payment"])
        shown = self.ask(practice, lambda: self.app.ledgers.payment(ref, payment)).answer
        return Left.of(shown) if shown and shown.state is State.SUCCEEDED else None

    def _refund(self, practice: str, wish: RefundWish, *, insist: bool) -> Heard:
        refund = partial(self.app.refunding.refund, wish)
        return self.insist(practice, refund) if insist else self.ask(practice, refund)

    def _is_true(self, practice: str, wish: RefundWish, heard: Heard) -> None:
        """What was refused was not made; one that came to nothing is refused as just that, and says whether
        it had been made."""
        stands = self._stands(practice, wish)
        failed = isinstance(heard.error, Refused) and heard.error.details.get("status") == "failed"
        if heard.refusal and stands != ("failed" if failed else ""):
            told = f"I10 refund {wish.refund_id} is {stands or 'nowhere'}, and refused: {heard.refusal}"
            self.world.broken.append(told)

    def _under_another_id(self, practice: str, wish: RefundWish) -> None:
        """Whoever heard nothing tries another id, and believes what they saw before: not both are made."""
        again = replace(wish, refund_id=f"{wish.refund_id}-again")
        heard = self._refund(practice, again, insist=True)
        self._is_true(practice, again, heard)
        if self._stands(practice, wish) and self._stands(practice, again):
            told = f"refund {wish.refund_id} was made twice, the second time as {again.refund_id}"
            self.world.broken.append(told)

    def _stands(self, practice: str, wish: RefundWish) -> str:
        return "".join(house.refund_status(wish.refund_id) for house in self.world.houses_of(practice))

    def dashboard_refund(self, practice: str) -> None:
        self.world.pause()
        house, intent = self.random.choice(self.world.money_of(practice))
        if intent.left_minor > 0:
            try:
                house.give_back(intent.id, self.random.choice((intent.left_minor, 40)))
            except ProcessorRefused:
                return  # not captured, or less is left

    def dispute(self, practice: str) -> None:
        self.wander(40)
        house, intent = self.random.choice(self.world.money_of(practice))
        house.dispute(intent.id)


def save_methods(world: World, app: App, practice: str, account: str) -> None:
    """The account's person has saved two cards and a bank account long ago."""
    house, payer_id, at = world.house(practice), person(account).id, instant(world.at)
    customer = house.enrol(account)
    held = [house.save(customer, look) for look in (CARD, CARD, ACCOUNT)]
    methods = tuple(
        PayerMethod(f"{account}-{n}", one.processor_id, one.look, MethodState.READY, at)
        for n, one in enumerate(held)
    )
    payer = Payer(payer_id, "stripe", account, at, customer, methods, methods[0].id)
    app.payers.save(practice, payer, before=None)


def client(account: str) -> Client:
    return Client(account, "", f"Client {account}", person(account).email, "en", birth_date=BORN)


def person(account: str) -> Person:
    mine = Grant(account, f"Client {account}", "self", superbills=False)
    return Person(f"person-{account}", f"{account}@client.example.test", "en", (mine,))
