"""Money of guests: unmatched, matched, and followed by all that becomes of it (issue 16; G6)."""

import random
from collections import Counter
from contextlib import suppress
from dataclasses import replace
from functools import partial

import pytest

from chalicelib.kernel.account_refs import AccountRef
from chalicelib.kernel.actors import CLI
from chalicelib.kernel.errors import BillfoldError, Invalid, NotFound, Refused
from chalicelib.kernel.outside import AlreadyRecorded, Busy, ProcessorRefused
from chalicelib.ledger.domain.accounts import Account
from chalicelib.ledger.domain.entries import EntryKind, holder
from chalicelib.ledger.domain.guest_money import going
from chalicelib.ledger.domain.payments import State
from chalicelib.ledger.domain.refunds import Left
from chalicelib.ledger.ports.ledgers import Change
from chalicelib.ledger.services.matched_money import MatchedMoney
from chalicelib.ledger.services.recording import entered
from chalicelib.payments.ports.processors import Decision, ObjectKind, Reference, RefundStatus
from chalicelib.payments.services.after_capture import AfterCapture
from chalicelib.payments.services.refunding import RefundWish
from chalicelib.verification.domain.accounts import audit, credit_moved
from tests.support.guests import FORM, Desk
from tests.support.ledgers import MemoryLedgers, stored
from tests.support.money import Money, meanwhile


@pytest.fixture
def desk() -> Desk:
    money = Money()
    money.open("maya")
    money.open("noah")
    return Desk(money)


def sound(desk: Desk) -> None:
    """Every account is what its entries say, and what moved between two is nil over both."""
    moved, matched = Counter[str](), Counter[str]()
    for practice, id_ in desk.money.ledgers.accounts:
        ref = desk.money.ref(id_)
        assert practice == ref.practice
        assert [*audit(stored(desk.money.ledgers, ref))] == []
        entries = list(desk.money.ledgers.entries(ref))
        moved.update(credit_moved(entries))
        matched.update(p.id for p in MatchedMoney(desk.money.ledgers).payments("fern", id_, entries))
    assert not any(moved.values()), moved
    everybodys = desk.money.ledgers.held_payments.values()
    assert matched == {payment.id: 1 for payment in everybodys if payment.matched_to}


def held(desk: Desk) -> int:
    """What the books say that the processor holds, but for its fees."""
    entries = [e for _, e in sorted(desk.money.ledgers.rows.items())]
    return sum(
        p.debit_minor
        for entry in entries
        for p in entry.draft.postings
        if holder(p.book) == "stripe" and entry.draft.kind is not EntryKind.PROCESSOR_FEE
    )


def refund(desk: Desk, name: str, amount_minor: int, id_: str) -> None:
    paid = desk.payment(name)
    wish = RefundWish(paid.ref("fern"), paid.id, id_, amount_minor, Left.of(paid), CLI)
    desk.money.refunding.refund(wish)


def balance(desk: Desk, account_id: str = "maya") -> int:
    return desk.money.account(account_id).ledger.balance_minor


def test_an_abandoned_attempt_leaves_no_account_and_a_captured_one_is_made_with_its_credit(
    desk: Desk,
) -> None:
    """Issue 16: a captured guest payment is a real ledger entry in an account of its own."""
    started = desk.start("a")
    accounts = {id_ for _, id_ in desk.money.ledgers.accounts}
    assert accounts == {"maya", "noah"}
    desk.money.processor.take(started.id)
    paid = desk.check("a").payment
    account = desk.money.account(paid.account_id)
    assert (paid.state, account.ledger.credit_minor, account.version) == (State.SUCCEEDED, 12_500, 1)
    assert paid.owed_after_minor is None
    assert [p.id for p in desk.guests.unmatched("fern")] == [paid.id]
    sound(desk)


def test_g6_a_match_credits_the_client_with_the_full_amount_in_one_commit(desk: Desk) -> None:
    """G6: the account is credited with all that was paid, whatever the fee was."""
    desk.money.charge("S-1", 10_000)
    paid = desk.pay("a")
    commits = desk.money.ledgers.commits
    desk.match("a")
    assert desk.money.ledgers.commits == commits + 2  # both accounts, at once
    assert balance(desk) == 10_000 - 12_500
    assert desk.guests.unmatched("fern") == []
    assert desk.money.account(paid.account_id).ledger.credit_minor == 0
    assert desk.match("a").duplicate
    sound(desk)


@pytest.mark.parametrize(
    ("number", "owed"), [("Invoice 2", [5_000, 2_500, 0, 0]), ("", [2_500, 0, 5_000, 0])]
)
@pytest.mark.parametrize("corrected", [False, True])
def test_matched_money_pays_first_what_the_guests_form_names(
    desk: Desk, number: str, owed: list[int], corrected: bool
) -> None:
    """Issue 16: of the bill and the clinician, then of the bill, then of the clinician, then the oldest."""
    charges = [
        desk.money.charge(f"S-{month}", 5_000, date=f"2026-0{month}-01", clinician_id=whose)
        for month, whose in enumerate(("mo", "ada", "mo", "ada"), 1)
    ]
    desk.guests.charged[desk.money.ref("maya"), 2] = frozenset(charges[2:])
    desk.guests.charged[desk.money.ref("noah"), 3] = frozenset(charges[:1])
    desk.pay("a", form=replace(FORM, number=number))
    if corrected:
        desk.match("a", "noah", "m0")
    desk.match("a")
    assert [desk.money.owed(charge) for charge in charges] == owed
    sound(desk)


def test_two_who_match_at_once_credit_once(desk: Desk) -> None:
    paid = desk.pay("a")
    meanwhile(desk.money.ledgers, "payment", lambda: desk.match("a", "noah", "m2"))
    with pytest.raises(Refused, match="guest_matched"):
        desk.matching.match("fern", paid, desk.money.ref("maya"), id_="m1", actor="cli")
    assert (balance(desk, "maya"), balance(desk, "noah")) == (0, -12_500)
    sound(desk)


def test_what_was_given_back_before_is_not_matched(desk: Desk) -> None:
    """The canary of a match of a refunded payment: of 125.00 only the rest goes on, of nothing nothing."""
    desk.pay("a")
    refund(desk, "a", 2_500, "r1")
    desk.match("a")
    assert balance(desk) == -10_000
    desk.pay("b")
    refund(desk, "b", 12_500, "r2")
    with pytest.raises(Refused, match="nothing_to_post"):
        desk.match("b", id_="m2")
    assert desk.guests.unmatched("fern") == []
    sound(desk)


@pytest.mark.parametrize("unit", [1, 4_000, 12_500])
def test_a_refund_follows_a_matched_payment_and_one_that_fails_comes_back(desk: Desk, unit: int) -> None:
    charge = desk.money.charge("S-1", 10_000)
    paid = desk.pay("a")
    desk.match("a")
    refund(desk, "a", unit, "r1")
    assert balance(desk) == 10_000 - 12_500 + unit
    assert desk.money.owed(charge) == max(unit - 2_500, 0)
    assert held(desk) == 12_500 - unit
    assert desk.money.account(paid.account_id).ledger.balance_minor == 0
    sound(desk)
    desk.money.processor.refund_becomes(paid.id, RefundStatus.FAILED)
    desk.settle("a")
    assert (balance(desk), held(desk)) == (-2_500, 12_500)
    sound(desk)


@pytest.mark.parametrize("unit", [1, 2_500, 4_000, 12_500])
@pytest.mark.parametrize("how", ["refund", "dispute"])
def test_what_comes_back_pays_what_it_was_taken_from(desk: Desk, unit: int, how: str) -> None:
    """Issue 16: it paid the oldest item, so that one that had been paid was owed from then on."""
    desk.money.charge("S-1", 10_000)
    paid = desk.pay("a")
    desk.match("a")
    desk.money.charge("S-0", 6_000, date="2026-01-05")  # of which 25.00 are paid by what is left
    before = desk.money.account("maya").ledger.open
    if how == "refund":
        refund(desk, "a", unit, "r1")
        assert desk.money.account("maya").ledger.open != before
        desk.money.processor.refund_becomes(paid.id, RefundStatus.FAILED)
        desk.settle("a")
    else:
        for decision in (Decision.LOST, Decision.WON):
            desk.money.processor.dispute(paid.id, decision)
            desk.settle("a")
    assert {id_: item.owed_minor for id_, item in desk.money.account("maya").ledger.open.items()} == {
        id_: item.owed_minor for id_, item in before.items()
    }
    sound(desk)


def test_what_comes_back_of_an_item_that_was_paid_meanwhile_pays_what_is_open(desk: Desk) -> None:
    charge = desk.money.charge("S-1", 12_500)
    paid = desk.pay("a")
    desk.match("a")
    other = desk.money.charge("S-2", 5_000, date="2026-03-05")
    refund(desk, "a", 4_000, "r1")
    desk.money.cash("p1", 4_000)
    assert (desk.money.owed(charge), desk.money.owed(other)) == (0, 5_000)
    desk.money.processor.refund_becomes(paid.id, RefundStatus.FAILED)
    desk.settle("a")
    assert (desk.money.owed(charge), desk.money.owed(other)) == (0, 1_000)
    sound(desk)


def test_a_dispute_follows_once_it_is_lost_and_comes_back_when_it_is_won_after_all(desk: Desk) -> None:
    desk.money.charge("S-1", 12_500)
    paid = desk.pay("a")
    desk.match("a")
    desk.money.processor.dispute(paid.id)
    desk.settle("a")
    assert (balance(desk), held(desk)) == (0, 0)  # the bank holds it, and nobody owes it
    sound(desk)
    desk.money.processor.dispute(paid.id, Decision.LOST)
    desk.settle("a")
    assert (balance(desk), held(desk)) == (12_500, 0)
    sound(desk)
    desk.money.processor.dispute(paid.id, Decision.WON)
    desk.settle("a")
    assert (balance(desk), held(desk)) == (0, 12_500)
    sound(desk)


@pytest.mark.parametrize("how", ["dispute", "refund"])
def test_what_another_worker_took_in_between_is_no_contradiction(
    desk: Desk, how: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The payment was read before it did, and the client's account after it: that one had the money no more,
    and a person was called (seed 20261201.s16.24567)."""
    desk.money.charge("S-1", 12_500)
    paid, ledgers = desk.pay("a"), desk.money.ledgers
    desk.match("a")
    if how == "dispute":
        desk.money.processor.dispute(paid.id)
        desk.settle("a")
        desk.money.processor.dispute(paid.id, Decision.LOST)
    else:
        desk.money.processor.refund(intent_id=paid.intent_id, refund_id="", amount_minor=12_500)
    read = ledgers.account

    def faster(ref: AccountRef) -> Account | None:
        if ref.account == "maya":
            monkeypatch.setattr(ledgers, "account", read)
            desk.settle("a")
        return read(ref)

    facts = desk.money.processor.look(Reference(ObjectKind.PAYMENT, paid.intent_id))
    assert facts is not None
    monkeypatch.setattr(ledgers, "account", faster)
    assert AfterCapture(desk.money.settling.movements).settle("fern", "stripe", facts) == []
    assert ledgers.account == read, "nobody was faster"
    assert (balance(desk), held(desk), desk.money.alerts.subjects) == (12_500, 0, {})
    sound(desk)


def test_a_match_is_corrected_by_one_that_names_it_and_refunds_follow_there(desk: Desk) -> None:
    desk.money.charge("S-1", 10_000)
    desk.pay("a")
    desk.match("a", "maya", "first")
    desk.match("a", "noah", "second")
    assert (balance(desk, "maya"), balance(desk, "noah")) == (10_000, -12_500)
    out = next(
        e for e in desk.money.ledgers.entries(desk.money.ref("maya"))
        if e.draft.kind is EntryKind.GUEST_PAYMENT_BACK
    )  # fmt: skip
    assert "first" in out.draft.reason
    assert desk.match("a", "noah", "second").duplicate
    refund(desk, "a", 500, "r1")
    assert (balance(desk, "maya"), balance(desk, "noah")) == (10_000, -12_000)
    sound(desk)


def test_a_match_waits_for_a_refund_under_way_and_for_a_bank(desk: Desk) -> None:
    desk.money.processor.refunds_begin = RefundStatus.PENDING
    desk.pay("a")
    refund(desk, "a", 500, "r1")
    with pytest.raises(Refused, match="guest_refunding"):
        desk.match("a")
    paid = desk.pay("b")
    desk.money.processor.dispute(paid.id)
    desk.settle("b")
    with pytest.raises(Refused, match="guest_disputed"):
        desk.match("b", id_="m2")
    sound(desk)


@pytest.mark.parametrize(("target", "error"), [("nobody", NotFound), ("itself", Invalid), ("euros", Invalid)])
def test_a_match_elsewhere_writes_nothing(desk: Desk, target: str, error: type[BillfoldError]) -> None:
    desk.money.open("euros", "EUR")
    paid = desk.pay("a")
    commits = desk.money.ledgers.commits
    with pytest.raises(error):
        desk.match("a", paid.account_id if target == "itself" else target)
    assert desk.money.ledgers.commits == commits


def test_money_that_the_client_has_no_more_is_not_refunded(desk: Desk) -> None:
    desk.pay("a")
    desk.match("a")
    desk.money.correcting.transfer_credit(
        "t1",
        source=desk.money.ref("maya"),
        target=desk.money.ref("noah"),
        amount_minor=12_500,
        on="2026-03-11",
    )
    with pytest.raises(Invalid, match="refund_above_remainder"):
        refund(desk, "a", 500, "r1")
    assert not [call for call in desk.money.processor.calls if call[0] == "refund"]
    sound(desk)


@pytest.mark.parametrize("corrected", [False, True])
def test_what_a_refund_under_way_will_take_of_matched_money_goes_to_no_other_account(
    desk: Desk, corrected: bool
) -> None:
    """As of the client's own payments: the refund goes out, and could not be posted afterwards."""
    paid = desk.pay("a")
    if corrected:  # more than once: each correction names the one before
        desk.match("a", "maya", "m0")
        desk.match("a", "noah", "m00")
    desk.match("a")
    desk.money.processor.refunds_begin = RefundStatus.PENDING
    refund(desk, "a", 10_000, "r1")
    give = partial(
        desk.money.correcting.transfer_credit,
        source=desk.money.ref("maya"), target=desk.money.ref("noah"), on="2026-03-11",
    )  # fmt: skip
    with pytest.raises(Refused, match="credit_refunding"):
        give("t1", amount_minor=2_501)
    give("t2", amount_minor=2_500)
    desk.money.processor.refund_becomes(paid.id, RefundStatus.SUCCEEDED)
    desk.settle("a")
    assert (balance(desk), held(desk), desk.money.alerts.subjects) == (0, 2_500, {})
    sound(desk)


def test_two_refunds_of_matched_money_do_not_take_the_same_credit(desk: Desk) -> None:
    """Some of it went on before; both would have gone out, and one could not be posted."""
    for name in ("a", "b"):
        desk.pay(name)
        desk.match(name, id_=f"m{name}")
    desk.money.correcting.transfer_credit(
        "t1", source=desk.money.ref("maya"), target=desk.money.ref("noah"), amount_minor=10_000,
        on="2026-03-11",
    )  # fmt: skip
    desk.money.processor.refunds_begin = RefundStatus.PENDING
    refund(desk, "a", 12_500, "r1")
    with pytest.raises(Invalid, match="refund_above_remainder"):
        refund(desk, "b", 2_501, "r2")
    refund(desk, "b", 2_500, "r3")
    for name in ("a", "b"):
        desk.money.processor.refund_becomes(desk.payment(name).id, RefundStatus.SUCCEEDED)
        desk.settle(name)
    assert (balance(desk), held(desk), desk.money.alerts.subjects) == (0, 10_000, {})
    sound(desk)


def a_step(dice: random.Random, desk: Desk, name: str, step: int) -> None:
    paid, money = desk.payment(name), desk.money
    match dice.choice(["match", "refund", "fail", "dispute", "check"]):
        case "match":
            desk.match(name, dice.choice(["maya", "noah"]), f"m{step}")
        case "refund":
            refund(desk, name, dice.randrange(1, paid.amount_minor + 1), f"r{step}")
        case "fail" if money.processor.attempts[f"cs_{paid.id}"].refunds:
            money.processor.refund_becomes(paid.id, RefundStatus.FAILED)
            desk.settle(name)
        case "dispute":
            money.processor.dispute(paid.id, dice.choice(list(Decision)), id_=f"dp_{name}")
            desk.settle(name)
        case _:
            desk.check(name)


@pytest.mark.parametrize("seed", range(60))
def test_whatever_becomes_of_guests_money_every_deposit_is_accounted_for(seed: int) -> None:
    """Issue 16, proofs 31: matches, corrections, refunds, failed refunds and disputes in any order, with
    replies lost and conflicts: credited once, and the books hold what the processor does."""
    dice, money = random.Random(seed), Money()
    for id_ in ("maya", "noah"):
        money.open(id_)
        for number in range(dice.randrange(4)):
            money.charge(f"{id_}-{number}", dice.randrange(1, 9_000), id_)
    desk, owed = Desk(money), {id_: money.account(id_).ledger.balance_minor for id_ in ("maya", "noah")}
    names = ["a", "b", "c"]
    for name in names:
        desk.pay(name, dice.randrange(500, 20_000))
    for step in range(25):
        money.ledgers.trouble = [dice.choice(["", "", "lost", "conflict", "busy"])]
        with suppress(BillfoldError, Busy, ProcessorRefused):
            a_step(dice, desk, dice.choice(names), step)
        money.ledgers.trouble = []
    for name in names:
        desk.settle(name)
    sound(desk)
    brought = Counter[str]()
    for name in names:
        paid = desk.payment(name)
        brought[paid.matched_to or paid.account_id] += paid.brought_minor
    for id_ in ("maya", "noah"):
        assert balance(desk, id_) == owed[id_] - brought[id_], seed


class CheckThenAct(MemoryLedgers):
    """Looks for the marker, then writes on whatever stands there by now."""

    def _checked(self, practice: str, change: Change) -> None:
        if any((practice, marker.key) in self.movements for marker in change.markers):
            raise AlreadyRecorded


class MatchAlone(MemoryLedgers):
    """Writes a match without saying so on the payment, so that its refunds do not follow it."""

    def commit(self, practice: str, change: Change) -> None:
        paid = change.payment
        if paid and paid.matched_to and change.entry and change.entry.draft.kind is EntryKind.GUEST_PAYMENT:
            change = replace(change, payment=replace(paid, matched_to="", matched_seq=0))
        super().commit(practice, change)


@pytest.mark.parametrize("wrong", [CheckThenAct, MatchAlone])
def test_the_checks_here_find_a_match_that_is_wrong_as_real_ones_were(wrong: type[MemoryLedgers]) -> None:
    """Canaries: of two who match at once both credit; a match that later refunds know nothing of."""
    money = Money(wrong())
    for id_ in ("maya", "noah"):
        money.open(id_)
    desk = Desk(money)
    paid = desk.pay("a")
    if wrong is CheckThenAct:
        meanwhile(money.ledgers, "payment", lambda: desk.match("a", "noah", "m2"))
    desk.matching.match("fern", paid, money.ref("maya"), id_="m1", actor="cli")
    with pytest.raises(AssertionError):
        sound(desk)


def test_the_ledger_itself_lets_no_more_be_matched_than_is_left(desk: Desk) -> None:
    """The canary of a match of the whole of a refunded payment is refused by the rules of the entries."""
    paid = desk.pay("a")
    refund(desk, "a", 2_500, "r1")
    account = desk.money.account(paid.account_id)
    whole = going(account.ledger, paid.amount_minor, on="2026-03-11", reference="m", payment_id=paid.id)
    with pytest.raises(Refused, match="credit_overdrawn"):
        entered(account, whole, at=paid.updated_at, actor="cli")
