"""Starting a payment: two tabs, double clicks, lost replies, a silent or refusing processor."""

from dataclasses import replace

import pytest

from chalicelib.kernel.account_refs import AccountRef
from chalicelib.kernel.errors import Invalid, NotFound, Refused, Stale
from chalicelib.kernel.outside import Busy, ProcessorRefused, ProcessorTimeout
from chalicelib.ledger.domain.payments import Payment, State
from chalicelib.ledger.ports.ledgers import Change
from chalicelib.payments.domain.quotes import Scope
from chalicelib.payments.ports.processors import Attempt, Opened, Stage
from tests.support.money import Money, meanwhile


@pytest.fixture
def money() -> Money:
    made = Money()
    made.open()
    made.charge("c1", 10000)
    made.charge("c2", 5000, date="2026-03-02")
    return made


def opened(money: Money) -> list[str]:
    return [about for call, about in money.processor.calls if call == "open"]


def test_the_same_key_and_body_give_the_same_payment(money: Money) -> None:
    wish = money.wish("key-1", money.quote())
    first = money.paying.start(money.ref(), wish).payment
    assert first.state is State.AWAITING
    assert money.paying.start(money.ref(), wish).payment == first
    assert opened(money) == ["key-1"]


def test_the_same_key_with_another_body_is_refused(money: Money) -> None:
    money.start("key-1")
    with pytest.raises(Invalid) as caught:
        money.start("key-1", kind="services", charge_ids=tuple(money.account().ledger.open))
    assert caught.value.code == "idempotency_key_reused"


def test_an_old_quote_is_answered_with_the_new_one(money: Money) -> None:
    wish = money.wish("key-1", money.quote())
    money.cash("p1", 2000)
    before = money.account()
    with pytest.raises(Stale) as caught:
        money.paying.start(money.ref(), wish)
    assert caught.value.code == "quote_stale"
    assert caught.value.details["quote"] == money.quote()
    assert money.account() == before


def test_an_old_quote_does_not_end_the_attempt_that_waits(money: Money) -> None:
    old = money.wish("key-2", money.quote())
    money.cash("p1", 2000)
    money.start("key-1")
    with pytest.raises(Stale):
        money.paying.start(money.ref(), old)
    assert money.payment("key-1").state is State.AWAITING
    assert money.processor.attempts["cs_key-1"].stage is Stage.OPEN


def test_a_new_attempt_ends_the_old_one_at_the_processor_first(money: Money) -> None:
    money.start("key-1")
    second = money.start("key-2")
    assert money.payment("key-1").state is State.CANCELED
    assert list(money.account().reserved) == [second.id]
    assert money.processor.attempts["cs_key-1"].stage is Stage.EXPIRED


def test_an_old_attempt_that_was_paid_meanwhile_is_credited_and_the_new_one_is_stale(money: Money) -> None:
    money.start("key-1")
    wish = money.wish("key-2", money.quote())
    money.processor.take("key-1")
    with pytest.raises(Refused) as caught:
        money.paying.start(money.ref(), wish)
    assert caught.value.code == "nothing_to_pay"
    assert money.payment("key-1").state is State.SUCCEEDED
    assert money.account().ledger.balance_minor == 0


def test_a_double_click_does_not_end_its_own_attempt(money: Money) -> None:
    wish = money.wish("key-1", money.quote())
    first = list[Payment]()

    def other_click() -> None:
        first.append(money.paying.start(money.ref(), wish).payment)

    meanwhile(money.ledgers, "payment", other_click)  # ours has just seen no payment of its key
    second = money.paying.start(money.ref(), wish).payment
    assert second.state is State.AWAITING
    assert second == first[0]
    assert opened(money) == ["key-1"]


def test_a_double_click_while_the_first_is_at_the_processor_gives_the_same_payment(
    money: Money, monkeypatch: pytest.MonkeyPatch
) -> None:
    wish = money.wish("key-1", money.quote())
    reach, second = money.processor.open, list[Payment]()

    def other_click(attempt: Attempt) -> Opened:
        second.append(money.paying.start(money.ref(), wish).payment)
        return reach(attempt)

    monkeypatch.setattr(money.processor, "open", other_click)
    first = money.paying.start(money.ref(), wish).payment
    assert [(payment.id, payment.state) for payment in second] == [("key-1", State.CREATED)]
    assert (first.state, opened(money)) == (State.AWAITING, ["key-1"])


def test_issue_13_another_tab_is_refused_while_an_attempt_is_being_opened_and_replaces_it_afterwards(
    money: Money, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It is not firm any more, so that its account is not written when it is open; and never paid twice."""
    reach, refused = money.processor.open, list[str]()
    other = money.wish("key-2", money.quote())

    def other_tab(attempt: Attempt) -> Opened:
        monkeypatch.setattr(money.processor, "open", reach)
        with pytest.raises(Refused) as caught:
            money.paying.start(money.ref(), other)
        refused.append(caught.value.code)
        return reach(attempt)

    monkeypatch.setattr(money.processor, "open", other_tab)
    assert money.start("key-1").state is State.AWAITING
    assert (refused, opened(money)) == (["item_in_flight"], ["key-1"])
    assert money.paying.start(money.ref(), other).payment.state is State.AWAITING
    assert money.payment("key-1").state is State.CANCELED
    assert list(money.account().reserved) == ["key-2"]


def test_issue_13_an_intent_that_is_written_after_its_account_was_read_again_frees_its_items_when_it_fails(
    money: Money, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nobody heard of its write, which came between the two reads of the next try: the account that was read
    does not have it, and a failed payment leaves such an account as it is."""
    wish, commit = money.wish("key-1", money.quote()), money.ledgers.commit

    def late(practice: str, change: Change) -> None:
        monkeypatch.setattr(money.ledgers, "commit", commit)
        meanwhile(money.ledgers, "account", lambda: commit(practice, change))
        raise Busy("no answer yet")

    monkeypatch.setattr(money.ledgers, "commit", late)
    money.processor.refuse = "amount_too_small"
    with pytest.raises(ProcessorRefused):
        money.paying.start(money.ref(), wish)
    assert money.payment("key-1").state is State.FAILED
    assert money.account().reserved == {}
    money.processor.refuse = ""
    assert money.start("key-2").state is State.AWAITING


def test_issue_13_what_is_heard_of_an_unknown_attempt_is_kept_with_an_account_from_before(
    money: Money, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Two look at an attempt whose opener was killed. One hears nothing between the other's two reads."""
    meanwhile(money.ledgers, "commit", _killed)
    with pytest.raises(KeyboardInterrupt):
        money.start("key-1")
    money.clock.advance(seconds=40)

    def unheard() -> None:
        money.processor.silent = ["before"]
        assert money.check("key-1").state is State.UNKNOWN

    commit = money.ledgers.commit

    def throttled(practice: str, change: Change) -> None:
        monkeypatch.setattr(money.ledgers, "commit", commit)
        meanwhile(money.ledgers, "account", unheard)
        raise Busy("throttled")

    monkeypatch.setattr(money.ledgers, "commit", throttled)
    assert money.check("key-1").state is State.AWAITING
    assert [held.firm for held in money.account().reserved.values()] == [False]
    assert money.start("key-2").state is State.AWAITING


def test_issue_13_an_account_that_holds_an_attempt_otherwise_is_written_with_it(money: Money) -> None:
    """A former version took an attempt that is being opened for firm: its items were refused for an hour."""
    meanwhile(money.ledgers, "commit", _killed)
    with pytest.raises(KeyboardInterrupt):
        money.start("key-1")
    money.clock.advance(seconds=40)
    account = money.account()
    former = {id_: replace(held, firm=True) for id_, held in account.reserved.items()}
    money.ledgers.accounts["fern", "maya"] = replace(account, reserved=former)
    assert money.check("key-1").state is State.AWAITING
    assert [held.firm for held in money.account().reserved.values()] == [False]


def test_a_double_click_after_the_first_had_no_answer_gives_the_same_payment(money: Money) -> None:
    wish = money.wish("key-1", money.quote())
    money.processor.silent = ["before"]
    meanwhile(money.ledgers, "payment", lambda: money.paying.start(money.ref(), wish))
    assert money.paying.start(money.ref(), wish).payment == money.payment("key-1")
    assert money.payment("key-1").state is State.UNKNOWN


def test_an_intent_whose_reply_was_lost_is_still_opened(money: Money) -> None:
    wish = money.wish("key-1", money.quote())
    money.ledgers.trouble = ["lost"]
    assert money.paying.start(money.ref(), wish).payment.state is State.AWAITING
    assert opened(money) == ["key-1"]


@pytest.mark.parametrize("when", ["before", "after"])
def test_a_silent_processor_leaves_the_payment_unknown_and_its_items_held(money: Money, when: str) -> None:
    money.processor.silent = [when]
    assert money.start("key-1").state is State.UNKNOWN
    with pytest.raises(Refused) as caught:
        money.quote()
    assert caught.value.code == "item_in_flight"
    assert money.check("key-1").state is State.AWAITING
    assert opened(money) == ["key-1", "key-1"]
    assert len(money.processor.opened) == 1
    money.processor.take("key-1")
    assert money.check("key-1").state is State.SUCCEEDED


def test_after_its_key_ran_out_an_unheard_attempt_is_looked_for_not_made_again(money: Money) -> None:
    money.processor.silent = ["before"]
    money.start("key-1")
    money.clock.advance(hours=25)
    checked = money.check("key-1")
    assert (checked.state, checked.failure) == (State.FAILED, "never_arrived")
    assert opened(money) == ["key-1"]
    assert money.account().reserved == {}


def test_an_unheard_attempt_found_paid_after_a_day_is_credited(money: Money) -> None:
    money.processor.silent = ["after"]
    money.start("key-1")
    money.processor.take("key-1")
    money.clock.advance(hours=25)
    assert money.check("key-1").state is State.SUCCEEDED
    assert money.account().ledger.balance_minor == 0
    assert opened(money) == ["key-1"]


def test_a_refusal_is_said_and_frees_the_items(money: Money) -> None:
    money.processor.refuse = "amount_too_small"
    with pytest.raises(ProcessorRefused):
        money.start("key-1")
    assert money.payment("key-1").state is State.FAILED
    assert money.payment("key-1").failure == "amount_too_small"
    assert money.quote().amount_minor == 15000


def test_a_check_that_meets_a_refusal_answers_with_the_failed_payment(money: Money) -> None:
    money.processor.silent = ["before"]
    money.start("key-1")
    money.processor.refuse = "expires_at"
    assert money.check("key-1").state is State.FAILED


def test_a_payment_being_opened_by_another_request_is_left_alone(money: Money) -> None:
    wish = money.wish("key-1", money.quote())
    meanwhile(money.ledgers, "commit", _killed)
    with pytest.raises(KeyboardInterrupt):
        money.paying.start(money.ref(), wish)
    money.clock.advance(seconds=20)
    assert money.check("key-1").state is State.CREATED
    money.clock.advance(seconds=20)
    assert money.check("key-1").state is State.AWAITING


def _killed() -> None:
    raise KeyboardInterrupt  # the process is gone


def test_cancelling_a_payment_that_was_paid_credits_it(money: Money) -> None:
    money.start("key-1")
    money.processor.take("key-1")
    canceled = money.paying.cancel(money.ref(), "key-1").payment
    assert canceled.state is State.SUCCEEDED


def test_a_cancel_that_is_not_heard_changes_nothing(money: Money) -> None:
    money.start("key-1")
    money.processor.silent = ["before"]
    before = money.account()
    with pytest.raises(ProcessorTimeout):
        money.paying.cancel(money.ref(), "key-1")
    assert money.account() == before


def test_nothing_starts_while_an_import_holds_the_account(money: Money) -> None:
    wish = money.wish("key-1", money.quote())
    money.post.hold(money.ref(), "import-1")
    for attempt in (lambda: money.quote(), lambda: money.paying.start(money.ref(), wish)):
        with pytest.raises(Refused) as caught:
            attempt()
        assert caught.value.code == "account_updating"
    assert money.account().reserved == {}


def test_unknown_accounts_and_practices_are_not_found(money: Money) -> None:
    absent = {"account_not_found": ("fern", "nobody"), "practice_not_found": ("nowhere", "maya")}
    for code, (practice, account) in absent.items():
        with pytest.raises(NotFound) as caught:
            money.paying.quote(AccountRef(practice, account), Scope("balance"))
        assert caught.value.code == code
