"""S15 to S18, T15: what a person has saved, its one default, and no number twice (issue 15)."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from hashlib import sha256
from itertools import count

import hypothesis.strategies as st
import pytest
from hypothesis import given

from chalicelib.kernel.errors import NotFound, Refused
from chalicelib.payments.domain.payer_changes import (
    MOST,
    begun,
    chosen,
    detached,
    followed,
    labelled,
    removed,
)
from chalicelib.payments.domain.saved_methods import (
    Addition,
    AdditionState,
    Deposit,
    Held,
    Look,
    MethodState,
    Outcome,
    Payer,
    PayerMethod,
    Why,
)

NOW = datetime(2026, 12, 1, 12, tzinfo=UTC)
AT = "2026-12-01T12:00:00.000Z"
PAYER = Payer("person-1", "stripe", customer_id="cus_1")
LOOKS = [Look("card", "Visa", "4242", "2027-12"), Look("bank", "Bank", "6789")]


def hashed(text: str) -> str:
    return sha256(text.encode()).hexdigest()


def held(name: str, number: str = "", **facts: object) -> Held:
    return replace(Held(name, LOOKS[0], number or name), **facts)  # type: ignore[arg-type]


def follow(payer: Payer, *there: Held, at: datetime = NOW, **outcomes: Outcome) -> Payer:
    ids = (f"m{len(payer.methods)}-{number}-{at:%d%H%M%S}" for number in count(1))
    return followed(payer, there, outcomes, now=at, hashed=hashed, new_id=lambda: next(ids))


def names(payer: Payer) -> list[str]:
    return [method.processor_id for method in payer.listed]


def default_of(payer: Payer) -> str:
    return next((m.processor_id for m in payer.listed if m.id == payer.default), "")


def id_of(payer: Payer, name: str) -> str:
    return next(m.id for m in payer.methods if m.processor_id == name)


def later(**wait: int) -> datetime:
    return NOW + timedelta(**wait)


def test_the_first_is_the_default_and_later_ones_are_not() -> None:
    payer = follow(PAYER, held("pm_1"))
    assert default_of(payer) == "pm_1"
    payer = follow(payer, held("pm_1"), held("pm_2"), at=later(hours=1))
    assert (default_of(payer), names(payer)) == ("pm_1", ["pm_1", "pm_2"])


def test_what_its_payer_did_not_let_us_show_is_not_listed() -> None:
    """T15: not ticked, never listed."""
    assert names(follow(PAYER, held("pm_1", shown=False))) == []


def test_another_is_the_default_once_it_is_chosen() -> None:
    payer = follow(PAYER, held("pm_1"), held("pm_2"))
    assert default_of(chosen(payer, id_of(payer, "pm_2"))) == "pm_2"


@pytest.mark.parametrize("state", [MethodState.WAITING, MethodState.BLOCKED])
def test_what_cannot_pay_is_no_default(state: MethodState) -> None:
    payer = replace(PAYER, methods=(PayerMethod("m1", "pm_1", LOOKS[1], state, AT),))
    with pytest.raises(Refused, match="method_not_ready"):
        chosen(payer, "m1")


def test_a_removed_default_hands_over_before_it_is_detached() -> None:
    payer = follow(PAYER, held("pm_1"), held("pm_2"))
    payer = removed(payer, id_of(payer, "pm_1"))
    assert (default_of(payer), names(payer), len(payer.leaving)) == ("pm_2", ["pm_2"], 1)
    with pytest.raises(NotFound):
        removed(payer, id_of(payer, "pm_1"))
    payer = follow(payer, held("pm_1"), held("pm_2"))  # it is not listed again while it is still there
    assert names(payer) == ["pm_2"]
    assert len(detached(payer, [id_of(payer, "pm_1")], at=AT).methods) == 1


def test_what_is_not_listed_gets_no_label_even_where_there_is_none_yet() -> None:
    """It was given to any id while nothing had a label."""
    with pytest.raises(NotFound):
        labelled(Payer("p", "stripe"), "another's", "HSA")


def test_the_same_number_replaces_the_older_one_which_hands_over_what_it_was() -> None:
    """No twins: another expiry is the same card; what is chosen and its label stay."""
    payer = follow(PAYER, held("pm_1", "4242"), held("pm_2"))
    payer = labelled(chosen(payer, id_of(payer, "pm_1")), id_of(payer, "pm_1"), "HSA")
    newer = held("pm_3", "4242", look=replace(LOOKS[0], expiry="2031-01"))
    payer = follow(payer, held("pm_1", "4242"), held("pm_2"), newer, at=later(days=1))
    assert (default_of(payer), names(payer)) == ("pm_3", ["pm_3", "pm_2"])
    assert payer.labels == {id_of(payer, "pm_3"): "HSA"}
    assert [method.processor_id for method in payer.leaving] == ["pm_1"]


@pytest.mark.parametrize("newest_first", [True, False])
def test_of_two_of_a_number_that_are_found_at_once_the_one_that_expires_later_stays(
    newest_first: bool,
) -> None:
    """Chance decided: the renewed card could be the one that was detached."""
    found = [held("pm_1", "4242"), held("pm_2", "4242", look=replace(LOOKS[0], expiry="2031-01"))]
    payer = follow(PAYER, *(reversed(found) if newest_first else found))
    assert (names(payer), default_of(payer)) == (["pm_2"], "pm_2")


def test_a_wallet_is_another_method_than_the_card_in_it() -> None:
    wallet = held("pm_2", "4242", look=replace(LOOKS[0], wallet="apple_pay"))
    assert len(follow(PAYER, held("pm_1", "4242"), wallet).listed) == 2


def test_methods_without_a_number_are_never_twins() -> None:
    bare = (Held("pm_1", LOOKS[0]), Held("pm_2", LOOKS[0]))
    assert len(follow(PAYER, *bare).listed) == 2


def test_what_is_gone_there_is_told_once_and_forgotten_after_a_month() -> None:
    payer = follow(follow(PAYER, held("pm_1"), held("pm_2")), held("pm_2"), at=later(days=1))
    assert [(e.why, e.was_default) for e in payer.ended] == [(Why.ELSEWHERE, False)]
    payer = follow(payer, at=later(days=2))
    assert (payer.ended[0].why, payer.ended[0].was_default) == (Why.ELSEWHERE, True)
    assert payer.default == ""
    assert follow(payer, at=later(days=40)).ended == ()


def test_what_the_network_changed_is_shown_and_the_method_stays() -> None:
    payer = follow(PAYER, held("pm_1"))
    before = id_of(payer, "pm_1")
    payer = follow(payer, held("pm_1", "new number", look=replace(LOOKS[0], last4="1111", expiry="2030-02")))
    assert (payer.listed[0].id, payer.listed[0].look.last4, payer.default) == (before, "1111", before)


def test_a_blocked_default_hands_over_and_is_listed() -> None:
    payer = follow(PAYER, held("pm_1"), held("pm_2"))
    payer = follow(payer, held("pm_1", blocked=True), held("pm_2"))
    assert (default_of(payer), names(payer)) == ("pm_2", ["pm_2", "pm_1"])


WAITS = Outcome(
    AdditionState.WAITING,
    held("pm_b", look=LOOKS[1], mandate="mandate_1"),
    Deposit("seti_1", "https://v.example", AT),
)


def test_a_bank_account_waits_and_is_the_default_once_it_is_verified() -> None:
    """S17: made default while adding, from when it can pay."""
    payer = begun(follow(PAYER, held("pm_1")), Addition("a1", "bank", AT, make_default=True, label="Joint"))
    payer = follow(payer, held("pm_1"), a1=WAITS)
    (waiting,) = (m for m in payer.listed if m.state is MethodState.WAITING)
    assert (waiting.mandate, waiting.addition, default_of(payer)) == ("mandate_1", "a1", "pm_1")
    assert payer.labels == {waiting.id: "Joint"}
    there = held("pm_b", look=LOOKS[1])
    payer = follow(payer, held("pm_1"), there, a1=Outcome(AdditionState.SAVED, WAITS.method))
    assert (default_of(payer), payer.method(waiting.id).state) == ("pm_b", MethodState.READY)
    assert (payer.method(waiting.id).deposit, payer.method(waiting.id).mandate) == (None, "mandate_1")


def test_one_that_was_listed_before_its_wish_was_heard_of_is_the_default_all_the_same() -> None:
    """S17: its payer finished between our two questions; the wish was dropped."""
    payer = begun(follow(PAYER, held("pm_1")), Addition("a1", "card", AT, make_default=True))
    payer = follow(payer, held("pm_1"), held("pm_2"), a1=Outcome(AdditionState.OPEN))
    assert default_of(payer) == "pm_1"
    payer = follow(payer, held("pm_1"), held("pm_2"), a1=Outcome(AdditionState.SAVED, held("pm_2")))
    assert default_of(payer) == "pm_2"


def test_a_deposit_that_failed_is_told() -> None:
    payer = follow(begun(PAYER, Addition("a1", "bank", AT)), a1=WAITS)
    payer = follow(payer, a1=Outcome(AdditionState.ENDED))
    assert (payer.listed, [e.why for e in payer.ended]) == ((), [Why.UNVERIFIED])
    assert payer.additions[0].state is AdditionState.ENDED


def test_a_removed_account_is_waited_for_no_more() -> None:
    payer = follow(begun(PAYER, Addition("a1", "bank", AT)), a1=WAITS)
    payer = removed(payer, id_of(payer, "pm_b"))
    payer = detached(payer, [id_of(payer, "pm_b")], at=AT)
    assert (payer.methods, payer.open_additions) == ((), ())


def test_an_addition_that_nobody_finished_adds_nothing() -> None:
    payer = follow(begun(PAYER, Addition("a1", "card", AT)), a1=Outcome(AdditionState.ENDED))
    assert (payer.listed, payer.ended, payer.additions[0].state) == ((), (), AdditionState.ENDED)


def test_no_more_than_so_many_are_kept() -> None:
    payer = follow(PAYER, *(held(f"pm_{number}") for number in range(MOST)))
    with pytest.raises(Refused, match="too_many_methods"):
        begun(payer, Addition("a1", "card", AT))


@pytest.mark.parametrize(
    ("expiry", "soon", "over"),
    [
        ("2026-11", False, True),
        ("2026-12", True, False),
        ("2027-02", True, False),
        ("2027-03", False, False),
        ("", False, False),
    ],
)
def test_it_expires_soon_within_three_months(expiry: str, soon: bool, over: bool) -> None:
    method = PayerMethod("m1", "pm_1", Look("card", expiry=expiry), MethodState.READY, AT)
    today = date(2026, 12, 1)
    assert (method.expires_soon(today), method.expired(today)) == (soon, over)


NUMBERS = ["n1", "n2", "n3"]
there = st.builds(
    Held,
    processor_id=st.sampled_from([f"pm_{n}" for n in range(5)]),
    look=st.sampled_from(LOOKS),
    fingerprint=st.sampled_from([*NUMBERS, ""]),
    shown=st.booleans(),
    blocked=st.booleans(),
)
steps = st.lists(
    st.one_of(
        st.tuples(st.just("follow"), st.lists(there, max_size=5, unique_by=lambda h: h.processor_id)),
        st.tuples(st.just("choose"), st.integers(0, 4)),
        st.tuples(st.just("remove"), st.integers(0, 4)),
        st.tuples(st.just("detach"), st.integers(0, 4)),
    ),
    max_size=12,
)


@given(steps)
def test_exactly_one_default_and_no_number_twice_whatever_happens(plan: list[tuple[str, object]]) -> None:
    """Issue 15: exactly one default as soon as a method can pay."""
    payer = PAYER
    for number, (what, told) in enumerate(plan):
        if what == "follow":
            payer = follow(payer, *told, at=later(minutes=number))  # type: ignore[misc]
        elif payer.listed:
            target = payer.listed[int(told) % len(payer.listed)]  # type: ignore[call-overload]
            if what == "choose" and target.state is MethodState.READY:
                payer = chosen(payer, target.id)
                assert payer.default == target.id
            elif what == "remove":
                payer = removed(payer, target.id)
            elif what == "detach":
                payer = detached(payer, [m.id for m in payer.methods], at=AT)
        able = [m for m in payer.listed if m.state is MethodState.READY]
        assert [m.id for m in able if m.id == payer.default] == ([payer.default] if able else [])
        assert able or not payer.default
        kept = [m.number for m in payer.listed if m.number]
        assert len(kept) == len(set(kept))
        assert len({m.id for m in payer.methods}) == len({m.processor_id for m in payer.methods})
