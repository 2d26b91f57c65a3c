"""Commands of staff and imports: once per external id, whole or not at all, whatever the store answers."""

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest

from chalicelib.kernel.errors import BillfoldError, Invalid, NotFound, Refused
from chalicelib.kernel.instants import instant
from chalicelib.kernel.outside import Busy
from chalicelib.ledger.domain.accounts import Account
from chalicelib.ledger.domain.charges import ChargeStatus
from chalicelib.ledger.ports.ledgers import Change
from chalicelib.ledger.services.posting import ChargeFacts, own_id
from chalicelib.ledger.services.recording import once
from tests.support.money import Money
from tests.support.practice import MAYA
from tests.support.refusals import Refusal, refusal

TROUBLES = ["busy", "conflict", "lost"]


@pytest.fixture
def money() -> Money:
    made = Money()
    made.open()
    return made


def code(caught: "pytest.ExceptionInfo[BillfoldError]") -> str:
    return caught.value.code


@pytest.mark.parametrize("trouble", TROUBLES)
def test_every_command_is_posted_once_whatever_the_store_answers(money: Money, trouble: str) -> None:
    def again() -> None:
        money.ledgers.trouble = [trouble]

    again()
    charge_id = money.charge("c1", 10000, insurer_minor=2000)
    post = money.post
    again()
    post.write_off(MAYA, "w1", charge_external_id="c1", amount_minor=3000, on="2026-03-02")
    again()
    post.adjustment(MAYA, "a1", charge_external_id="c1", amount_minor=1000, on="2026-03-02")
    again()
    money.cash("p1", 6000)
    assert money.owed(charge_id) == 0
    again()
    money.give_back("r1", "p1", 6000)
    assert money.owed(charge_id) == 6000
    again()
    post.opening_balance(MAYA, "o1", -500, on="2026-01-01")
    assert money.account().ledger.seq == 6
    assert money.owed(charge_id) == 5500


def test_a_command_that_used_all_there_was_is_not_refused_when_its_reply_was_lost(money: Money) -> None:
    money.charge("c1", 10000, insurer_minor=2000)
    post = money.post
    money.ledgers.trouble = ["lost"]
    parts = post.insurance_payment(
        MAYA, "i1", charge_external_id="c1", paid_minor=0, contractual_minor=0,
        to_client_minor=2000, on="2026-03-02",
    )  # fmt: skip
    assert len(parts) == 1
    money.ledgers.trouble = ["lost"]
    post.write_off(MAYA, "w1", charge_external_id="c1", amount_minor=12000, on="2026-03-02")
    assert money.account().ledger.balance_minor == 0
    assert money.account().ledger.seq == 3


@pytest.mark.parametrize("trouble", TROUBLES)
def test_an_account_is_opened_though_the_store_was_in_trouble(trouble: str) -> None:
    money = Money()
    money.ledgers.trouble = [trouble]
    money.open("new")
    assert money.account("new").version == 1
    assert money.clock.tries == [0]


def test_a_new_account_is_said_to_be_new_and_hidden_while_it_is_imported(money: Money) -> None:
    assert money.post.open_account(money.ref("new"), "USD", hold="import-1") is True
    assert money.account("new").hold == "import-1"
    assert money.post.open_account(money.ref("other"), "USD") is True
    assert money.account("other").hold == ""


def test_each_try_waits_longer_than_the_one_before(money: Money) -> None:
    money.ledgers.trouble = ["conflict", "busy", "conflict"]
    money.charge("c1", 10000)
    assert money.clock.tries == [0, 1, 2]


def test_what_posts_no_entry_is_refused_before_anything_is_written(money: Money) -> None:
    def nothing(account: Account) -> Change:
        return Change(account, account)

    before = money.ledgers.commits
    with pytest.raises(Refused) as caught:
        once(money.ledgers, money.clock, money.ref(), "key", "", nothing)
    assert (code(caught), money.ledgers.commits) == ("nothing_to_post", before)


def test_an_instant_is_cut_to_its_millisecond() -> None:
    for microsecond in (999_000, 999_999):
        assert (
            instant(datetime(2026, 3, 10, 15, microsecond=microsecond, tzinfo=UTC))
            == "2026-03-10T15:00:00.999Z"
        )


def test_an_account_that_is_there_is_not_opened_again(money: Money) -> None:
    money.charge("c1", 100)
    assert money.post.open_account(money.ref(), "USD") is False
    assert money.account().ledger.balance_minor == 100


def test_a_store_that_stays_away_is_said_so_and_nothing_is_written(money: Money) -> None:
    money.ledgers.trouble = ["busy"] * 100
    with pytest.raises(Busy):
        money.charge("c1", 100)
    assert money.account().ledger.seq == 0
    with pytest.raises(Busy):
        money.open("other")


def test_an_insurer_answer_that_is_refused_in_part_is_refused_whole(money: Money) -> None:
    money.charge("c1", 10000, insurer_minor=2000)
    for paid, lost, left in [(500, 500, 2001), (500, -1, 100), (-5, 0, 100), (500, 500, -100)]:
        before = money.account()
        with pytest.raises(BillfoldError):
            money.post.insurance_payment(
                money.ref(), "i1", charge_external_id="c1", on="2026-03-02",
                paid_minor=paid, contractual_minor=lost, to_client_minor=left,
            )  # fmt: skip
        assert money.account() == before


def test_an_insurer_answer_stopped_half_way_is_finished_by_asking_again(money: Money) -> None:
    money.charge("c1", 10000, insurer_minor=2000)
    answer: dict[str, Any] = {
        "charge_external_id": "c1", "paid_minor": 500, "contractual_minor": 500, "to_client_minor": 1000,
        "on": "2026-03-02",
    }  # fmt: skip
    money.ledgers.trouble = ["", *["busy"] * 12]
    with pytest.raises(Busy):
        money.post.insurance_payment(money.ref(), "i1", **answer)
    done = money.post.insurance_payment(money.ref(), "i1", **answer)
    assert [part.duplicate for part in done] == [True, False, False]
    again = money.post.insurance_payment(money.ref(), "i1", **answer)
    assert [part.duplicate for part in again] == [True, True, True]
    assert money.account().ledger.seq == 4


@pytest.mark.parametrize("amount", [0, -1, 1.0, True, "100", None, 100_000_000])
def test_a_wrong_amount_is_refused_everywhere_and_nothing_is_written(money: Money, amount: Any) -> None:
    money.charge("c1", 10000, insurer_minor=1000)
    money.cash("p1", 1000)
    before, post = money.account(), money.post
    asked: dict[str, Any] = {"charge_external_id": "c1", "amount_minor": amount, "on": "2026-03-02"}
    commands = [
        lambda: money.charge("c2", amount or -1),  # 0 is a service at no fee
        lambda: money.charge("c2", 100, insurer_minor=amount or -1),
        lambda: money.cash("p2", amount),
        lambda: money.give_back("r1", "p1", amount),
        lambda: post.write_off(MAYA, "w1", **asked),
    ]
    if not isinstance(amount, int) or amount is True or amount in (0, 100_000_000):
        commands.append(lambda: post.opening_balance(MAYA, "o1", amount, on="2026-01-01"))
    if amount != -1 or amount is True:
        commands.append(lambda: post.adjustment(MAYA, "a1", **asked))
    for command in commands:
        with pytest.raises(BillfoldError) as caught:
            command()
        assert code(caught) in ("amount_invalid", "adjustment_above_fee"), code(caught)
    assert money.account() == before


def test_the_same_external_id_is_one_movement_and_another_account_may_not_have_it(money: Money) -> None:
    money.open("noah")
    money.charge("c1", 10000)
    first = money.cash("p1", 4000)
    assert (first.duplicate, money.cash("p1", 4000).duplicate) == (False, True)
    assert money.account().ledger.balance_minor == 6000
    with pytest.raises(Refused) as caught:
        money.cash("p1", 4000, "noah")
    assert code(caught) == "external_id_taken"
    assert money.account("noah").ledger.seq == 0


def test_a_payment_for_a_charge_that_was_never_posted_is_refused(money: Money) -> None:
    money.charge("c1", 10000)
    with pytest.raises(NotFound) as caught:
        money.cash("p1", 4000, charge_external_ids=["nowhere"])
    assert code(caught) == "charge_not_found"
    assert money.account().ledger.seq == 1


def test_a_payment_names_paid_charges_and_one_twice_without_harm(money: Money) -> None:
    money.charge("c1", 1000)
    money.cash("p1", 1000)
    second = money.charge("c2", 5000)
    third = money.charge("c3", 5000, date="2026-02-01")
    money.cash("p2", 6000, charge_external_ids=["c2", "c1", "c2"])
    assert (money.owed(second), money.owed(third)) == (0, 4000)


def test_an_opening_balance_can_be_named_by_a_payment(money: Money) -> None:
    money.post.opening_balance(money.ref(), "o1", 3000, on="2026-03-01")
    older = money.charge("c1", 1000, date="2026-01-01")
    money.cash("p1", 3000, charge_external_ids=["o1"])
    assert money.owed(older) == 1000
    assert money.account().ledger.balance_minor == 1000


def test_unknown_charges_payments_and_methods_are_named(money: Money) -> None:
    asked: dict[str, Any] = {"charge_external_id": "c9", "amount_minor": 100, "on": "2026-03-02"}
    with pytest.raises(NotFound) as caught:
        money.post.adjustment(money.ref(), "a1", **asked)
    assert code(caught) == "charge_not_found"
    with pytest.raises(NotFound) as caught:
        money.give_back("r1", "p9", 100)
    assert code(caught) == "payment_not_found"
    with pytest.raises(NotFound) as caught:
        money.cash("p1", 100, "nobody")
    assert code(caught) == "account_not_found"
    with pytest.raises(Invalid) as wrong:
        money.cash("p1", 100, method="barter")
    assert code(wrong) == "method_unknown"
    assert money.account().ledger.seq == 0


def test_a_hold_is_lifted_only_by_the_import_that_set_it(money: Money) -> None:
    money.post.hold(money.ref(), "import-1")
    money.post.release(money.ref(), "import-2")
    assert money.account().hold == "import-1"
    money.post.release(money.ref(), "import-1")
    assert money.account().hold == ""


def test_what_one_import_hides_another_hides_only_where_it_takes_it_over(money: Money) -> None:
    assert money.post.hold(money.ref(), "import-1") == ""
    commits = money.ledgers.commits
    assert money.post.hold(money.ref(), "import-2") == "import-1"
    assert money.post.hold(money.ref(), "import-2", over="import-3") == "import-1"
    assert (money.account().hold, money.ledgers.commits) == ("import-1", commits)
    assert money.post.hold(money.ref(), "import-2", over="import-1") == ""
    assert money.account().hold == "import-2"


def test_of_two_imports_that_hide_an_account_at_once_the_second_to_write_does_not(
    money: Money, monkeypatch: pytest.MonkeyPatch
) -> None:
    commit = money.ledgers.commit

    def after_the_other(practice: str, change: Change) -> None:
        monkeypatch.setattr(money.ledgers, "commit", commit)
        assert money.post.hold(money.ref(), "import-2") == ""
        commit(practice, change)

    monkeypatch.setattr(money.ledgers, "commit", after_the_other)
    assert money.post.hold(money.ref(), "import-1") == "import-2"
    assert money.account().hold == "import-2"


def test_a_hold_that_changes_nothing_writes_nothing_and_one_in_trouble_is_tried_again(money: Money) -> None:
    money.ledgers.trouble = ["conflict"]
    money.post.hold(money.ref(), "import-1")
    commits = money.ledgers.commits
    money.post.hold(money.ref(), "import-1")
    money.post.release(money.ref(), "import-2")
    assert (money.account().hold, money.ledgers.commits, money.clock.pauses) == ("import-1", commits, 1)


def test_what_exceeds_the_named_charges_pays_the_oldest_others_and_then_is_credit(money: Money) -> None:
    old = money.charge("c1", 1000, date="2026-01-01")
    named = money.charge("c2", 3000, date="2026-02-01")
    new = money.charge("c3", 500, date="2026-03-01")
    money.cash("p1", 5000, charge_external_ids=["c2"])
    payment = money.payment(own_id(money.practice, "payment", "p1"))
    assert [(s.charge_id, s.amount_minor) for s in payment.allocation.shares] == [
        (named, 3000), (old, 1000), (new, 500),
    ]  # fmt: skip
    assert (payment.allocation.credit_minor, money.account().ledger.credit_minor) == (500, 500)


def test_a_charge_whose_marker_is_gone_is_not_posted_again(money: Money) -> None:
    """Its own row stands, and who asked for it nobody knows."""
    money.charge("c1", 10000)
    del money.ledgers.movements["fern", "import#charge#c1"]
    assert refusal(money.charge, "c1", 10000) == ("external_id_taken", "external_id", {})
    assert money.account().ledger.seq == 1


def test_a_client_has_one_account(money: Money) -> None:
    assert money.post.open_account(money.ref("noah"), "USD", external_id="7") is True
    taken: Refusal = ("external_id_taken", "external_id", {})
    assert refusal(money.post.open_account, money.ref("kai"), "USD", external_id="7") == taken
    assert money.ledgers.account(money.ref("kai")) is None


def test_what_became_of_the_appointment_is_part_of_the_command(money: Money) -> None:
    """Where nothing was said of it, the command is that of a version that knew of none."""
    facts = ChargeFacts("c1", "2026-03-01", "Session", "ada", 500)
    assert {status: replace(facts, status=status).command[:8] for status in ChargeStatus} == {
        ChargeStatus.HELD: "fb351a8d", ChargeStatus.LATE_CANCEL: "6b96a348", ChargeStatus.NO_SHOW: "3add3483",
        ChargeStatus.OTHER: "edeb3eab",
    }  # fmt: skip
    money.post.charge(money.ref(), facts)
    missed = replace(facts, status=ChargeStatus.NO_SHOW)
    assert refusal(money.post.charge, money.ref(), missed)[0] == "external_id_taken"
