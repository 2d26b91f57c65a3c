"""How what a person has saved changes, from one row to the next: so a rule about several methods holds by one
write. Pure.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence, Set
from dataclasses import replace
from datetime import datetime, timedelta

from chalicelib.kernel.check_digits import holds_card_number
from chalicelib.kernel.errors import Invalid, Refused
from chalicelib.kernel.instants import instant
from chalicelib.payments.domain.saved_methods import (
    Addition,
    AdditionState,
    Deposit,
    EndedMethod,
    Held,
    MethodState,
    Outcome,
    Payer,
    PayerMethod,
    Why,
)

MOST = 20  # methods of a person, those that are being added among them
REMEMBERED = timedelta(days=30)  # what ended without its payer
FINISHED = timedelta(days=1)  # how long an addition that is over answers who asks for it
_ENDED_SHOWN = 5


def chosen(payer: Payer, method_id: str) -> Payer:
    """With that method as the default. Errors: method_not_found, method_not_ready."""
    if payer.method(method_id).state is not MethodState.READY:
        raise Refused("method_not_ready", "method")
    return replace(payer, default=method_id)


def check_label(label: str) -> None:
    """Only the processor has numbers of cards. Error: Invalid label_card_number."""
    if holds_card_number(label):
        raise Invalid("label_card_number", "label")


def labelled(payer: Payer, method_id: str, label: str) -> Payer:
    """ "" takes the label away. Error: method_not_found."""
    payer.method(method_id)
    others = {id_: text for id_, text in payer.labels.items() if id_ != method_id}
    return replace(payer, labels={**others, method_id: label} if label else others)


def removed(payer: Payer, method_id: str) -> Payer:
    """Nobody's from now on; the processor is still to be told. Error: method_not_found."""
    payer.method(method_id)
    return _whole(_left(payer, {method_id}))


def taken_away(payer: Payer, method_id: str, now: datetime) -> Payer:
    """Removed by the practice, which its payer is told. Error: method_not_found."""
    method = payer.method(method_id)
    return replace(removed(payer, method_id), ended=_told(payer, {method: Why.PRACTICE}, now))


def let_go(payer: Payer) -> Payer:
    """All of it nobody's from now on."""
    return _whole(_left(payer, {method.id for method in payer.listed}))


def detached(payer: Payer, method_ids: Iterable[str], *, at: str) -> Payer:
    """The processor has been told that these are nobody's."""
    gone = {method.id for method in payer.leaving} & set(method_ids)
    for addition in payer.open_additions:
        if addition.method_id in gone:  # its deposit is waited for no more
            payer = with_addition(payer, replace(addition, state=AdditionState.ENDED, over_at=at))
    return replace(payer, methods=tuple(m for m in payer.methods if m.id not in gone))


def begun(payer: Payer, addition: Addition) -> Payer:
    """Error: Refused too_many_methods."""
    if len(payer.listed) + len(payer.open_additions) >= MOST:
        raise Refused("too_many_methods", most=MOST)
    return replace(payer, additions=(*payer.additions, addition))


def with_addition(payer: Payer, addition: Addition) -> Payer:
    """The addition as it stands by now."""
    kept = tuple(addition if each.id == addition.id else each for each in payer.additions)
    return replace(payer, additions=kept)


def followed(
    payer: Payer,
    held: Sequence[Held],
    outcomes: Mapping[str, Outcome],
    *,
    now: datetime,
    hashed: Callable[[str], str],
    new_id: Callable[[], str],
) -> Payer:
    """The payer as the processor has them: `held` are all methods of their customer there, `outcomes` what
    became of additions. What was saved is listed; what is gone there is gone here."""
    at = instant(now)
    known = {method.processor_id: method for method in payer.methods}
    brought = {o.method.processor_id: (id_, o.method) for id_, o in outcomes.items() if o.method}
    let = known.keys() | brought.keys()  # what its payer let us show, whatever the processor says of that
    there = [(one, None) for one in held if one.shown or one.processor_id in let]

    def listed(one: Held, deposit: Deposit | None) -> PayerMethod:
        addition, told = brought.get(one.processor_id, ("", one))
        before = known.get(one.processor_id) or PayerMethod(
            new_id(), one.processor_id, one.look, MethodState.READY, at, addition=addition
        )
        return replace(
            before, look=one.look, state=_state(before, one, deposit), number=_number(one, hashed),
            mandate=told.mandate or before.mandate, deposit=deposit,
        )  # fmt: skip

    methods = [listed(one, deposit) for one, deposit in [*there, *_waiting(outcomes, there)]]
    gone = _gone(payer, {method.processor_id for method in methods})
    after = replace(payer, methods=tuple(methods), checked_at=at, ended=_told(payer, gone, now))
    return _whole(_once(_wished(after, payer, outcomes, at)))


def _waiting(
    outcomes: Mapping[str, Outcome], there: Sequence[tuple[Held, None]]
) -> Iterator[tuple[Held, Deposit | None]]:
    """The accounts that wait for their deposits, which are no customer's yet."""
    attached = {one.processor_id for one, _ in there}
    for outcome in outcomes.values():
        method = outcome.method
        if outcome.state is AdditionState.WAITING and method and method.processor_id not in attached:
            yield method, outcome.deposit


def _state(before: PayerMethod, one: Held, deposit: Deposit | None) -> MethodState:
    if before.state is MethodState.LEAVING:
        return MethodState.LEAVING
    return MethodState.WAITING if deposit else MethodState.BLOCKED if one.blocked else MethodState.READY


def _number(one: Held, hashed: Callable[[str], str]) -> str:
    return hashed(f"{one.look.kind}/{one.look.wallet}/{one.fingerprint}") if one.fingerprint else ""


def _gone(payer: Payer, still: Set[str]) -> Mapping[PayerMethod, Why]:
    """What the processor has no more, and nobody removed here."""
    return {
        method: Why.UNVERIFIED if method.state is MethodState.WAITING else Why.ELSEWHERE
        for method in payer.methods
        if method.processor_id not in still and method.state is not MethodState.LEAVING
    }


def _wished(after: Payer, before: Payer, outcomes: Mapping[str, Outcome], at: str) -> Payer:
    """With what was asked for beside the methods that additions brought: the default, a label."""
    ours = {method.processor_id: method for method in after.methods}
    for addition in before.open_additions:
        outcome = outcomes.get(addition.id)
        if outcome is None or outcome.state is AdditionState.OPEN:
            continue
        method = ours.get(outcome.method.processor_id) if outcome.method else None
        state = outcome.state if method else AdditionState.ENDED  # detached since, where it was saved
        told = replace(
            addition, state=state, method_id=method.id if method else "", next_url="",
            client_secret="", over_at="" if state is AdditionState.WAITING else at,
        )  # fmt: skip
        after = with_addition(after, told)
        if method is None:
            continue
        if addition.label and method.id not in after.labels:
            after = replace(after, labels={**after.labels, method.id: addition.label})
        if addition.make_default and method.state is MethodState.READY:
            after = replace(after, default=method.id)
    return after


def _once(payer: Payer) -> Payer:
    """Of one number the newest stays, of those found at once the one that expires later; it takes over what
    the others were."""
    newest = dict[str, PayerMethod]()
    for method in sorted(payer.methods, key=lambda each: (each.added_at, each.look.expiry, each.id)):
        if method.number and method.state in (MethodState.READY, MethodState.BLOCKED):
            newest[method.number] = method
    for method in payer.listed:
        kept = newest.get(method.number)
        if kept is None or kept.id == method.id or method.state is MethodState.WAITING:
            continue
        label = payer.labels.get(kept.id) or payer.labels.get(method.id, "")
        payer = labelled(payer, kept.id, label)
        if payer.default == method.id and kept.state is MethodState.READY:
            payer = replace(payer, default=kept.id)
        payer = _left(_replacing(payer, kept.id), {method.id})
    return payer


def _replacing(payer: Payer, method_id: str) -> Payer:
    """Told to who added it, the method has taken another one's place."""
    said = (replace(a, replaced=True) if a.method_id == method_id else a for a in payer.additions)
    return replace(payer, additions=tuple(said))


def _left(payer: Payer, ids: set[str]) -> Payer:
    left = (replace(m, state=MethodState.LEAVING) if m.id in ids else m for m in payer.methods)
    return replace(payer, methods=tuple(left))


def _told(payer: Payer, gone: Mapping[PayerMethod, Why], now: datetime) -> tuple[EndedMethod, ...]:
    """With those that ended without their payer, the newest first."""
    at, since = instant(now), instant(now - REMEMBERED)
    new = [EndedMethod(m.look, why, at, m.id == payer.default) for m, why in gone.items()]
    return tuple([*new, *(each for each in payer.ended if each.at >= since)][:_ENDED_SHOWN])


def _whole(payer: Payer) -> Payer:
    """With a default among those that can pay, where there is one: the newest, unless it was chosen. No label
    outlives its method."""
    able = [method for method in payer.listed if method.state is MethodState.READY]
    ids = {method.id for method in able}
    default = payer.default if payer.default in ids else (able[0].id if able else "")
    there = {method.id for method in payer.listed}
    labels = {id_: text for id_, text in payer.labels.items() if id_ in there}
    return replace(payer, default=default, labels=labels)


def tidied(payer: Payer, now: datetime) -> Payer:
    """Without additions that have been over for a day: nobody asks for them any more."""
    since = instant(now - FINISHED)
    kept = (each for each in payer.additions if not each.over_at or each.over_at >= since)
    return replace(payer, additions=tuple(kept))
