"""T13, T14: paying with a saved method; T15, S12: keeping what is paid with. Issue 15: nothing twice."""

from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from datetime import timedelta

import pytest

from chalicelib.kernel.errors import Invalid, NotFound, Refused, Stale
from chalicelib.kernel.outside import Busy, Conflict, ProcessorTimeout
from chalicelib.ledger.domain.payments import NOT_STARTED, Payment, State
from chalicelib.ledger.ports.ledgers import Change
from chalicelib.payments.domain.saved_methods import (
    AdditionState,
    Held,
    Look,
    MethodState,
    Outcome,
    Payer,
    PayerMethod,
)
from chalicelib.payments.ports.processors import Stage
from chalicelib.payments.services.methods.choosing import Choosing
from chalicelib.words.consents import SAVING_VERSION
from tests.support.money import Money, meanwhile
from tests.support.payers import ACCOUNT, VISA, SavingProcessor
from tests.support.practice import PRACTICE

KEY, ME = "key-1", "person-1"
TOKEN = "cvctok_1"


class Wallet(Money):
    """`stripe` has a customer of the person's with one card, `pm_card`, and a bank account, `pm_bank`."""

    def __init__(self) -> None:
        self.stripe = SavingProcessor()
        super().__init__(processor=self.stripe)
        self.practice_is(bank_debits=True)
        self.open()
        self.session = self.charge("c1", 10000)
        customer = self.stripe.enrol("key")
        at = "2026-01-01T00:00:00.000Z"
        methods = []
        for name, look in (("card", VISA), ("bank", ACCOUNT)):
            held = Held(f"pm_{name}", look, f"number of {name}")
            self.stripe.customers[customer][held.processor_id] = held
            methods.append(PayerMethod(name, held.processor_id, look, MethodState.READY, at))
        row = Payer(ME, "stripe", "key", at, customer, tuple(methods), "card")
        self.payers.save(self.practice, row, before=None)
        self.stripe.calls.clear()

    def practice_is(self, **changes: object) -> None:
        known = self.practices.held[PRACTICE.id]
        self.practices.held[PRACTICE.id] = replace(known, **changes)  # type: ignore[arg-type]

    def pay(self, key: str = KEY, **wanted: str) -> Payment:
        self.wished = replace(self.wish(key, self.quote()), person_id=ME, **wanted)  # type: ignore[arg-type]
        return self.paying.start(self.ref(), self.wished).payment

    def again(self, **wanted: str) -> Payment:
        """The same request once more."""
        return self.paying.start(self.ref(), replace(self.wished, **wanted)).payment  # type: ignore[arg-type]

    def payer(self) -> Payer:
        found: Payer | None = self.payers.payer(self.practice, ME)
        assert found is not None
        return found

    def alter(self, name: str, change: Callable[[PayerMethod], PayerMethod]) -> None:
        payer = self.payer()
        methods = tuple(change(m) if m.id == name else m for m in payer.methods)
        self.payers.save(self.practice, replace(payer, methods=methods), before=payer)


@pytest.fixture
def wallet() -> Wallet:
    return Wallet()


def test_a_saved_card_is_charged_by_one_call_and_posted_at_once(wallet: Wallet) -> None:
    """Issue 15, must reach: at most two calls until the outcome is known."""
    paid = wallet.pay(method="card")
    assert (paid.state, paid.saved_id, paid.ways) == (State.SUCCEEDED, "card", ("card",))
    assert wallet.owed(wallet.session) == 0
    assert wallet.stripe.calls == [("charge", KEY)]
    (charged,) = wallet.stripe.charged
    assert (charged[1].id, charged[1].customer_id, charged[0].amount_minor) == ("pm_card", "cus_1", 10000)
    assert wallet.again(method="card") == paid
    assert len(wallet.stripe.charged) == 1


def test_a_saved_bank_account_is_debited_for_days(wallet: Wallet) -> None:
    wallet.stripe.banks_say["pm_bank"] = "debit"
    paid = wallet.pay(method="bank")
    assert (paid.state, paid.ways, wallet.owed(wallet.session)) == (State.PROCESSING, ("bank",), 10000)
    wallet.stripe.take(KEY)
    assert wallet.check(KEY).state is State.SUCCEEDED


def test_the_payers_bank_asks_them_on_its_own_page(wallet: Wallet) -> None:
    """3-D Secure with the payer present: one charge and one look."""
    wallet.stripe.banks_say["pm_card"] = "payer"
    waits = wallet.pay(method="card")
    assert (waits.state, waits.next_url) == (State.AWAITING, f"https://bank.example/pi_{KEY}")
    wallet.stripe.take(KEY)
    assert wallet.check(KEY).state is State.SUCCEEDED
    assert [call for call, _ in wallet.stripe.calls] == ["charge", "look"]


def test_a_payer_who_fails_at_their_bank_pays_nothing_and_may_choose_another(wallet: Wallet) -> None:
    wallet.stripe.banks_say["pm_card"] = "payer"
    wallet.pay(method="card")
    wallet.stripe.become(KEY, Stage.EXPIRED)
    assert wallet.check(KEY).state is State.EXPIRED
    wallet.stripe.banks_say["pm_card"] = ""
    assert wallet.pay("key-2", method="card").state is State.SUCCEEDED


def test_who_does_not_go_on_is_called_off_within_the_hour(wallet: Wallet) -> None:
    wallet.stripe.banks_say["pm_card"] = "payer"
    wallet.pay(method="card")
    wallet.clock.advance(minutes=70)
    assert wallet.check(KEY).state is State.CANCELED
    assert ("call_off", f"pi_{KEY}") in wallet.stripe.calls
    assert wallet.account().reserved == {}


def test_another_attempt_calls_off_the_one_that_waits_at_a_bank(wallet: Wallet) -> None:
    wallet.stripe.banks_say["pm_card"] = "payer"
    wallet.pay(method="card")
    assert wallet.start("key-2").state is State.AWAITING
    assert wallet.payment(KEY).state is State.CANCELED


def test_one_that_was_paid_after_all_is_paid_whoever_calls_it_off(wallet: Wallet) -> None:
    wallet.stripe.banks_say["pm_card"] = "payer"
    wallet.pay(method="card")
    wallet.stripe.take(KEY)
    assert wallet.paying.cancel(wallet.ref(), KEY).payment.state is State.SUCCEEDED


def test_a_refusal_says_so_and_another_attempt_pays(wallet: Wallet) -> None:
    wallet.stripe.banks_say["pm_card"] = "card_declined"
    with pytest.raises(Refused, match="method_refused"):
        wallet.pay(method="card")
    failed = wallet.payment(KEY)
    assert (failed.state, failed.failure, wallet.account().reserved) == (State.FAILED, "card_declined", {})
    assert wallet.again(method="card") == failed
    wallet.stripe.banks_say["pm_card"] = ""
    assert wallet.pay("key-2", method="card").state is State.SUCCEEDED


def test_one_that_is_removed_while_its_payment_may_be_written_is_not_called_absent(
    wallet: Wallet, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The write could arrive after the no, and sweep charge what its payer believed was not paid."""

    def unheard(*_: object) -> None:
        monkeypatch.undo()
        wallet.alter("card", lambda m: replace(m, state=MethodState.LEAVING))
        raise Busy("no answer yet")

    monkeypatch.setattr(wallet.ledgers, "commit", unheard)
    assert wallet.pay(method="card").state is State.SUCCEEDED
    assert len(wallet.stripe.charged) == 1


@pytest.fixture
def late(wallet: Wallet, monkeypatch: pytest.MonkeyPatch) -> Callable[[], None]:
    """The first request's payment is on its way to the table when its process dies; called, it arrives."""
    commit, sent = wallet.ledgers.commit, list[tuple[str, Change]]()

    def dies(practice: str, change: Change) -> None:
        monkeypatch.undo()
        sent.append((practice, change))
        raise KeyboardInterrupt

    def arrives() -> None:
        with suppress(Conflict):
            commit(*sent[0])

    monkeypatch.setattr(wallet.ledgers, "commit", dies)
    with pytest.raises(KeyboardInterrupt):
        wallet.pay(method="card")
    return arrives


REFUSALS: dict[str, Callable[[Wallet], object]] = {
    "method_not_found": lambda w: w.alter("card", lambda m: replace(m, state=MethodState.LEAVING)),
    "method_not_ready": lambda w: w.alter("card", lambda m: replace(m, state=MethodState.BLOCKED)),
    "saving_disabled": lambda w: w.practice_is(saving=False),
    "payments_disabled": lambda w: w.practice_is(payments_enabled=False),
    "cvc_missing": lambda w: w.practice_is(security_code_again=True),
    "notice_unacknowledged": lambda w: w.practice_is(notices={"card_risks_ny": True}),
}


@pytest.mark.parametrize("code", REFUSALS)
def test_what_was_refused_when_asked_again_is_not_charged_once_the_first_write_arrives(
    wallet: Wallet, late: Callable[[], None], code: str
) -> None:
    """Issue 16: request 1 died unheard, request 2 was told no for what no version of the account guards, and
    sweep charged what request 1 had sent."""
    REFUSALS[code](wallet)
    with pytest.raises((Refused, NotFound, Invalid), match=code):
        wallet.again()
    late()
    wallet.sweep()
    assert wallet.stripe.charged == []
    assert wallet.account().reserved == {}
    assert wallet.payment(KEY).failure == NOT_STARTED


def test_what_arrived_before_the_no_is_no_refusal(wallet: Wallet, late: Callable[[], None]) -> None:
    REFUSALS["method_not_found"](wallet)
    meanwhile(wallet.payers, "payer", late)
    assert wallet.again().state is State.CREATED
    wallet.sweep()
    assert wallet.payment(KEY).state is State.SUCCEEDED


def test_a_key_that_was_refused_for_good_leads_to_the_offer_as_it_is_now(
    wallet: Wallet, late: Callable[[], None]
) -> None:
    """The page makes a new key of that; under the old one nothing is ever paid."""
    REFUSALS["payments_disabled"](wallet)
    for _ in range(2):
        with pytest.raises(Refused, match="payments_disabled"):
            wallet.again()
    wallet.practice_is(payments_enabled=True)
    with pytest.raises(Stale, match="quote_stale") as stale:
        wallet.again()
    assert stale.value.details["quote"] == wallet.quote()
    late()
    assert wallet.pay("key-2", method="card").state is State.SUCCEEDED


def test_an_invoice_that_is_void_by_now_was_not_paid_and_never_will_be(
    wallet: Wallet, late: Callable[[], None]
) -> None:
    """What the route refuses, of a request whose key was counted."""
    for _ in range(2):
        assert wallet.paying.repeated(wallet.ref(), wallet.wished) is None
    late()
    wallet.sweep()
    assert wallet.stripe.charged == []


def test_a_no_whose_own_write_is_not_heard_is_none(
    wallet: Wallet, late: Callable[[], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    REFUSALS["method_not_found"](wallet)

    def away(*_: object) -> None:
        raise Busy("no answer yet")

    monkeypatch.setattr(wallet.ledgers, "note", away)
    with pytest.raises(Busy):
        wallet.again()


def test_one_that_is_refused_is_looked_at_when_the_list_is_opened_next(wallet: Wallet) -> None:
    """After a restore, or with another account's keys: the detached one stayed the default for a day."""
    wallet.alter("card", lambda m: m)
    wallet.following.bring(wallet.practice, ME)
    del wallet.stripe.customers["cus_1"]["pm_card"]
    with pytest.raises(Refused, match="method_refused"):
        wallet.pay(method="card")
    assert [call for call, _ in wallet.stripe.calls if call == "charge"] == ["charge"]
    listed = Choosing(wallet.following, wallet.practices).listed(wallet.practice, ME)
    assert ([m.id for m in listed.payer.listed], listed.payer.default) == (["bank"], "bank")


def test_a_refusal_is_told_where_the_list_cannot_be_written(wallet: Wallet) -> None:
    wallet.stripe.banks_say["pm_card"] = "card_declined"

    def conflict(*_: object, **__: object) -> None:
        raise Conflict("payer")

    wallet.payers.save = conflict
    with pytest.raises(Refused, match="method_refused"):
        wallet.pay(method="card")


@pytest.mark.parametrize(
    ("change", "code"),
    [
        (lambda m: replace(m, state=MethodState.BLOCKED), "method_not_ready"),
        (lambda m: replace(m, state=MethodState.WAITING), "method_not_ready"),
        (lambda m: replace(m, state=MethodState.LEAVING), "method_not_found"),
        (lambda m: replace(m, look=Look("card", "Visa", "4242", "2026-02")), "method_expired"),
    ],
)
def test_what_cannot_pay_is_refused_before_anybody_is_asked(
    wallet: Wallet, change: Callable[[PayerMethod], PayerMethod], code: str
) -> None:
    wallet.alter("card", change)
    with pytest.raises((Refused, NotFound), match=code):
        wallet.pay(method="card")
    assert wallet.stripe.calls == []
    assert wallet.ledgers.payment(wallet.ref(), KEY) is None


def test_one_removed_in_another_tab_a_second_ago_is_not_charged(wallet: Wallet) -> None:
    """Issue 15, bad days: between the page and the button, and between our look and our row."""

    def remove() -> None:
        wallet.alter("card", lambda m: replace(m, state=MethodState.LEAVING))

    meanwhile(wallet.payers, "payer", remove)
    with pytest.raises(NotFound, match="method_not_found"):
        wallet.pay(method="card")
    assert wallet.stripe.charged == []
    assert wallet.account().reserved == {}


def test_another_persons_method_is_none(wallet: Wallet) -> None:
    wish = replace(wallet.wish(KEY, wallet.quote()), person_id="person-2", method="card")
    with pytest.raises(NotFound, match="method_not_found"):
        wallet.paying.start(wallet.ref(), wish)


def test_the_security_code_is_asked_again_where_the_practice_wants_it(wallet: Wallet) -> None:
    wallet.practice_is(security_code_again=True)
    with pytest.raises(Invalid, match="cvc_missing"):
        wallet.pay(method="card")
    paid = wallet.pay(method="card", security_code=TOKEN)
    assert wallet.stripe.charged[0][0].security_code == TOKEN
    assert (paid.state, paid.security_code) == (State.SUCCEEDED, "")


def test_a_bank_account_has_no_code(wallet: Wallet) -> None:
    wallet.practice_is(security_code_again=True)
    assert wallet.pay(method="bank").state is State.SUCCEEDED


@pytest.mark.parametrize("when", ["before", "after"])
def test_a_lost_answer_is_found_and_never_a_checkout(wallet: Wallet, when: str) -> None:
    """Asked again under the same key and no other: charged once, whether the first call arrived or not."""
    wallet.practice_is(security_code_again=True)
    wallet.stripe.silent = [when]
    unknown = wallet.pay(method="card", security_code=TOKEN)
    assert (unknown.state, unknown.security_code) == (State.UNKNOWN, TOKEN)
    with pytest.raises(Refused, match="item_in_flight"):
        wallet.start("key-2")
    wallet.sweep()
    assert wallet.payment(KEY).state is State.SUCCEEDED
    assert len(wallet.stripe.charged) == 1
    assert [call for call, _ in wallet.stripe.calls] == ["charge", "charge"]


def test_a_lost_answer_that_was_no_is_no(wallet: Wallet) -> None:
    wallet.stripe.banks_say["pm_card"] = "card_declined"
    wallet.stripe.silent = ["after"]
    assert wallet.pay(method="card").state is State.UNKNOWN
    wallet.sweep()
    assert wallet.payment(KEY).state is State.FAILED
    assert wallet.account().reserved == {}


def test_the_no_of_another_accounts_keys_is_none_to_a_lost_charge(wallet: Wallet) -> None:
    """Put in within 23 hours of it: what it was for was free to be paid again, and the former account had
    charged it."""
    wallet.stripe.silent = ["after"]
    wallet.pay(method="card")
    known, wallet.processors.known["stripe"] = wallet.stripe, SavingProcessor()
    assert wallet.check(KEY).state is State.UNKNOWN
    with pytest.raises(Refused, match="item_in_flight"):
        wallet.start("key-2")
    wallet.processors.known["stripe"] = known
    assert wallet.check(KEY).state is State.SUCCEEDED


def test_a_lost_charge_that_never_arrived_is_no_where_its_method_was_detached_since(wallet: Wallet) -> None:
    wallet.stripe.silent = ["before"]
    wallet.pay(method="card")
    del wallet.stripe.customers["cus_1"]["pm_card"]
    assert (wallet.check(KEY).state, wallet.account().reserved) == (State.FAILED, {})


def test_after_its_key_it_is_looked_for_and_not_charged_again(wallet: Wallet) -> None:
    wallet.stripe.silent = ["after"]
    wallet.pay(method="card")
    wallet.clock.advance(hours=30)
    assert wallet.check(KEY).state is State.SUCCEEDED
    assert [call for call, _ in wallet.stripe.calls] == ["charge", "find"]


def test_after_its_key_one_that_never_arrived_has_failed(wallet: Wallet) -> None:
    wallet.stripe.silent = ["before"]
    wallet.pay(method="card")
    wallet.clock.advance(hours=30)
    assert wallet.check(KEY).state is State.FAILED
    assert wallet.stripe.charged == []
    assert wallet.start("key-2").state is State.AWAITING


def test_after_its_key_one_that_waits_at_a_bank_is_called_off(wallet: Wallet) -> None:
    """Its payer was never led there, and no bank ends it: its items were held for good."""
    wallet.stripe.banks_say["pm_card"] = "payer"
    wallet.stripe.silent = ["after"]
    assert wallet.pay(method="card").state is State.UNKNOWN
    wallet.clock.advance(hours=30)
    assert wallet.check(KEY).state is State.CANCELED
    assert wallet.account().reserved == {}
    assert [call for call, _ in wallet.stripe.calls] == ["charge", "find", "call_off"]


def test_after_its_key_one_that_is_paid_while_it_is_called_off_is_paid(wallet: Wallet) -> None:
    wallet.stripe.banks_say["pm_card"] = "payer"
    wallet.stripe.silent = ["after"]
    wallet.pay(method="card")
    wallet.clock.advance(hours=30)
    meanwhile(wallet.stripe, "find", lambda: wallet.stripe.take(KEY))
    assert wallet.check(KEY).state is State.SUCCEEDED


@pytest.mark.parametrize("wanted", [{"consent": SAVING_VERSION}, {"method": "card"}])
def test_a_practice_that_lets_nobody_save_any_more_keeps_and_charges_none(
    wallet: Wallet, wanted: dict[str, str]
) -> None:
    """Nor of those who have saved before: their row stood for the practice's word."""
    wallet.practice_is(saving=False)
    with pytest.raises(Refused, match="saving_disabled"):
        wallet.pay(**wanted)
    assert (wallet.stripe.calls, wallet.payers.consented) == ([], [])
    assert wallet.ledgers.payment(wallet.ref(), KEY) is None


def test_a_crash_before_the_call_is_taken_up_by_sweep(wallet: Wallet) -> None:
    def die(*_: object, **__: object) -> None:
        raise KeyboardInterrupt

    charge = wallet.stripe.charge
    wallet.stripe.charge = die  # type: ignore[assignment]
    with pytest.raises(KeyboardInterrupt):
        wallet.pay(method="card")
    wallet.stripe.charge = charge  # type: ignore[method-assign]
    wallet.sweep()
    assert (wallet.payment(KEY).state, len(wallet.stripe.charged)) == (State.SUCCEEDED, 1)


def test_what_is_paid_with_is_kept_where_its_payer_said_so(wallet: Wallet) -> None:
    """T15, S12: ticked, so listed next time; with the consent that was given."""
    started = wallet.pay(consent=SAVING_VERSION)
    assert (started.state, started.payer, started.charged) == (State.AWAITING, "cus_1", "")
    assert wallet.stripe.opened[0].saves_for == "cus_1"
    (consent,) = wallet.payers.consented
    assert (consent.version, consent.locale, consent.payment_id) == (SAVING_VERSION, "en", KEY)
    wallet.stripe.take(KEY)
    held = wallet.stripe.attach("cus_1", replace(VISA, last4="1111"))
    wallet.stripe.sessions[f"cs_{KEY}"] = Outcome(AdditionState.SAVED, held)
    wallet.check(KEY)
    wallet.following.bring(wallet.practice, ME)
    payer = wallet.payer()
    assert {m.look.last4 for m in payer.listed} == {"4242", "6789", "1111"}
    (new,) = (m for m in payer.listed if m.look.last4 == "1111")
    assert (new.addition, payer.default) == (f"maya.{KEY}", "card")


def test_not_ticked_the_processor_is_told_of_no_payer(wallet: Wallet) -> None:
    started = wallet.pay()
    assert (started.payer, wallet.stripe.opened[0].saves_for, wallet.payers.consented) == ("", "", [])


def test_consent_to_another_text_is_none(wallet: Wallet) -> None:
    with pytest.raises(Stale, match="consent_stale"):
        wallet.pay(consent="2001-01-01")
    assert wallet.ledgers.payment(wallet.ref(), KEY) is None


def test_a_wish_to_keep_what_was_never_paid_with_ends_with_the_payment(wallet: Wallet) -> None:
    wallet.pay(consent=SAVING_VERSION)
    wallet.paying.cancel(wallet.ref(), KEY)
    wallet.stripe.sessions[f"cs_{KEY}"] = Outcome(AdditionState.ENDED)
    wallet.following.bring(wallet.practice, ME)
    assert wallet.payer().open_additions == ()
    assert len(wallet.payer().listed) == 2


def test_no_payer_to_keep_it_for_starts_nothing(wallet: Wallet) -> None:
    payer = wallet.payer()
    wallet.payers.save(wallet.practice, replace(payer, customer_id="", key="", methods=()), before=payer)
    wallet.stripe.silent = ["before"]
    with pytest.raises(ProcessorTimeout):
        wallet.pay(consent=SAVING_VERSION)
    assert wallet.ledgers.payment(wallet.ref(), KEY) is None
    assert wallet.pay(consent=SAVING_VERSION).state is State.AWAITING


def test_an_hour_is_the_longest_that_a_bank_is_waited_for(wallet: Wallet) -> None:
    assert wallet.stripe.abilities.attempt_lifetime == timedelta(hours=1)
