"""Issue 15: the list follows the processor's news, whoever brings it; reconcile repairs what was missed."""

from dataclasses import replace

import pytest

from chalicelib.payments.domain.saved_methods import MethodState, Why
from chalicelib.payments.ports.processors import Changes, ObjectKind, Reference
from tests.support.money import meanwhile
from tests.support.payers import AMEX
from tests.unit.payments.test_saved_charges import ME, Wallet

METHOD = Reference(ObjectKind.METHOD, "pm_card")


@pytest.fixture
def wallet() -> Wallet:
    return Wallet()


def told(wallet: Wallet, about: Reference) -> None:
    """By an event, as the settle function works it off."""
    event = f"evt_{wallet.clock.now():%H%M%S}{about.id}"
    message = {
        "processor": "stripe", "event": event, "type": "x", "kind": about.kind.value, "object": about.id,
        "at": "2026-03-10T15:00:00.000Z",
    }  # fmt: skip
    wallet.receiving.work_off(wallet.practice, "stripe", event, message)


def reconciled(wallet: Wallet, *about: Reference) -> None:
    """By the list of news, hours later."""
    wallet.stripe.changes = lambda *, since, cursor: Changes(about, "")  # type: ignore[method-assign]
    wallet.clock.advance(hours=2)
    wallet.reconciling.reconcile()


def test_a_card_that_the_network_renewed_is_shown_as_it_is_now(wallet: Wallet) -> None:
    held = wallet.stripe.customers["cus_1"]["pm_card"]
    look = replace(held.look, last4="1111", expiry="2031-05")
    wallet.stripe.customers["cus_1"]["pm_card"] = replace(held, look=look)
    told(wallet, METHOD)
    assert wallet.payer().method("card").look == look
    assert wallet.payer().default == "card"


@pytest.mark.parametrize("by", [told, reconciled])
def test_one_detached_in_the_dashboard_hands_over_the_default(wallet: Wallet, by: object) -> None:
    """Its event names no customer any more: the method's own row finds whose it was."""
    del wallet.stripe.customers["cus_1"]["pm_card"]
    by(wallet, METHOD)  # type: ignore[operator]
    payer = wallet.payer()
    assert ([m.id for m in payer.listed], payer.default) == (["bank"], "bank")
    assert [(e.why, e.was_default) for e in payer.ended] == [(Why.ELSEWHERE, True)]


@pytest.mark.parametrize("by", [told, reconciled])
def test_a_deleted_customer_ends_all(wallet: Wallet, by: object) -> None:
    del wallet.stripe.customers["cus_1"]
    by(wallet, Reference(ObjectKind.PAYER, "cus_1"))  # type: ignore[operator]
    payer = wallet.payer()
    assert (payer.listed, payer.default, payer.customer_id, len(payer.ended)) == ((), "", "", 2)


def test_an_inactive_mandate_blocks_its_account_until_it_is_active_again(wallet: Wallet) -> None:
    wallet.alter("bank", lambda m: replace(m, mandate="mandate_1"))
    wallet.alter("card", lambda m: m)
    wallet.stripe.inactive.add("mandate_1")
    told(wallet, Reference(ObjectKind.METHOD, "pm_bank"))
    assert wallet.payer().method("bank").state is MethodState.BLOCKED
    wallet.stripe.inactive.clear()
    told(wallet, Reference(ObjectKind.METHOD, "pm_bank"))
    assert wallet.payer().method("bank").state is MethodState.READY


def test_one_attached_with_leave_is_listed_though_nobody_came_back(wallet: Wallet) -> None:
    held = wallet.stripe.attach("cus_1", AMEX)
    reconciled(wallet, Reference(ObjectKind.METHOD, held.processor_id))
    assert AMEX in [m.look for m in wallet.payer().listed]


def test_one_attached_in_the_dashboard_without_leave_is_not(wallet: Wallet) -> None:
    held = wallet.stripe.attach("cus_1", AMEX, shown=False)
    told(wallet, Reference(ObjectKind.METHOD, held.processor_id))
    assert len(wallet.payer().listed) == 2


def test_news_of_nobody_here_is_let_go(wallet: Wallet) -> None:
    before = wallet.payer()
    wallet.stripe.customers["cus_9"] = {}
    held = wallet.stripe.attach("cus_9", AMEX)
    for about in (Reference(ObjectKind.METHOD, held.processor_id), Reference(ObjectKind.PAYER, "cus_9")):
        told(wallet, about)
    reconciled(wallet, Reference(ObjectKind.MANDATE, "mandate_9"))
    assert wallet.payer() == before
    assert wallet.payers.payer(wallet.practice, ME) == before


def test_news_told_twice_late_or_out_of_order_changes_nothing_more(wallet: Wallet) -> None:
    del wallet.stripe.customers["cus_1"]["pm_card"]
    told(wallet, METHOD)
    after = wallet.payer()
    for _ in range(3):
        told(wallet, METHOD)
        reconciled(wallet, METHOD)
    now = wallet.payer()
    assert (now.methods, now.default, now.ended) == (after.methods, after.default, after.ended)


def test_a_removal_that_races_with_news_is_removed(wallet: Wallet) -> None:
    """A removal between our question and our row is no news from the processor: it is asked again."""

    def remove() -> None:
        wallet.alter("card", lambda m: replace(m, state=MethodState.LEAVING))

    meanwhile(wallet.stripe, "held", remove)
    told(wallet, METHOD)
    assert [m.id for m in wallet.payer().listed] == ["bank"]
    assert "pm_card" not in wallet.stripe.customers["cus_1"]
    assert wallet.payer().ended == ()
