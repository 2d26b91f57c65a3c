"""What a person has left at a practice's processor to pay with again: theirs in that practice, whosever
accounts they pay. Pure.

All of it is one row, so that every rule about several methods holds by one write: exactly one default as soon
as a method can pay, and no number twice.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from enum import StrEnum

from chalicelib.kernel.account_refs import AccountRef
from chalicelib.kernel.check_digits import holds_card_number
from chalicelib.kernel.errors import Invalid, Refused, present
from chalicelib.kernel.instants import instant
from chalicelib.ledger.domain.methods import Method

MOST = 20  # methods of a person, those that are being added among them
REMEMBERED = timedelta(days=30)  # what ended without its payer
FINISHED = timedelta(days=1)  # how long an addition that is over answers who asks for it
_ENDED_SHOWN = 5


class MethodState(StrEnum):
    """READY: it can pay. WAITING: a bank account is verified by a deposit. BLOCKED: its bank, or its mandate,
    takes no more debits. LEAVING: it is nobody's any more, and the processor is still to be told."""

    READY = "ready"
    WAITING = "waiting"
    BLOCKED = "blocked"
    LEAVING = "leaving"


class AdditionState(StrEnum):
    """What became of an attempt to add a method. OPEN: its payer may go on."""

    OPEN = "open"
    WAITING = "waiting"
    SAVED = "saved"
    ENDED = "ended"


class Why(StrEnum):
    """Why a method ended that its payer did not remove."""

    ELSEWHERE = "removed_elsewhere"
    PRACTICE = "removed_by_practice"
    UNVERIFIED = "not_verified"


@dataclass(frozen=True, slots=True)
class Look:
    """What its payer knows a method by. `kind`: card or bank; `brand` is a bank account's bank, `expiry` a
    card's, YYYY-MM; `wallet` names the wallet that it came out of."""

    kind: str
    brand: str = ""
    last4: str = ""
    expiry: str = ""
    wallet: str = ""

    @property
    def method(self) -> Method:
        """As documents name it."""
        return Method(self.kind, self.brand, self.last4, self.expiry, self.wallet)


@dataclass(frozen=True, slots=True)
class Deposit:
    """By what a bank account is verified: `set_up` is the processor's name for what waits for it; at `url`
    its code may be told, too, `until` an instant."""

    set_up: str
    url: str
    until: str


@dataclass(frozen=True, slots=True)
class PayerMethod:
    """`id` is ours; `processor_id` the processor's. `number`: a keyed hash of what is the same for the same
    number; "" is told of none. `mandate`: by which a bank account is debited. `addition`: which of the
    payer's wishes brought it, "" where nobody knows."""

    id: str
    processor_id: str
    look: Look
    state: MethodState
    added_at: str
    number: str = ""
    mandate: str = ""
    addition: str = ""
    deposit: Deposit | None = None

    def expired(self, today: date) -> bool:
        """Whether its month has passed."""
        return "" < self.look.expiry < f"{today:%Y-%m}"

    def expires_soon(self, today: date) -> bool:
        """Within this month and the two after it."""
        months = today.year * 12 + today.month + 1
        last = f"{months // 12}-{months % 12 + 1:02}"
        return f"{today:%Y-%m}" <= self.look.expiry <= last


@dataclass(frozen=True, slots=True)
class Addition:
    """A wish to save one more method. `payment_id` and `account_id`: the payment with which; "" of a set-up.

    `session_id` is the processor's name for what its payer fills in, once that is known; `next_url` or
    `client_secret` leads them on. `state` and `method_id` (ours) are what became of it; `replaced`: its
    method took the place of one of the same number.
    """

    id: str
    way: str
    begun_at: str
    body_hash: str = ""
    make_default: bool = False
    label: str = ""
    account_id: str = ""
    payment_id: str = ""
    session_id: str = ""
    next_url: str = ""
    client_secret: str = ""
    state: AdditionState = AdditionState.OPEN
    method_id: str = ""
    over_at: str = ""
    replaced: bool = False

    def ref(self, practice: str) -> AccountRef:
        """The account of its payment, in that practice."""
        return AccountRef(practice, self.account_id)


@dataclass(frozen=True, slots=True)
class EndedMethod:
    look: Look
    why: Why
    at: str
    was_default: bool


@dataclass(frozen=True, slots=True)
class Held:
    """A method as the processor holds it for a payer. `shown`: whether its payer let it be shown to them.
    `fingerprint` is the same for the same number; it is kept and told nowhere. `mandate`: "" where it is not
    asked for."""

    processor_id: str
    look: Look
    fingerprint: str = ""
    shown: bool = True
    blocked: bool = False
    mandate: str = ""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What the processor tells of an addition. `method` is set where it is saved, or waits for `deposit`."""

    state: AdditionState
    method: Held | None = None
    deposit: Deposit | None = None


@dataclass(frozen=True, slots=True)
class Payer:
    """A person of a practice at its processor; `id`: as whom they save (`Person.payer_id`). `key`: what
    their customer there is, or is being, made under, `asked_at` when that began; `customer_id` its name
    there, "" until its answer was heard.

    `default` is the id of the method that pays unless they choose another; "" only while none can pay.
    `labels` are the payer's own, by the methods' ids. `checked_at`: when the processor was last asked.
    """

    id: str
    processor: str
    key: str = ""
    asked_at: str = ""
    customer_id: str = ""
    methods: tuple[PayerMethod, ...] = ()
    default: str = ""
    labels: Mapping[str, str] = field(default_factory=dict)
    additions: tuple[Addition, ...] = ()
    ended: tuple[EndedMethod, ...] = ()
    checked_at: str = ""
    version: int = field(default=0, compare=False)

    @property
    def listed(self) -> tuple[PayerMethod, ...]:
        """The default first, then the newest first."""
        shown = (method for method in self.methods if method.state is not MethodState.LEAVING)
        newest = sorted(shown, key=lambda method: (method.added_at, method.id), reverse=True)
        return tuple(sorted(newest, key=lambda method: method.id != self.default))

    @property
    def leaving(self) -> tuple[PayerMethod, ...]:
        return tuple(method for method in self.methods if method.state is MethodState.LEAVING)

    @property
    def open_additions(self) -> tuple[Addition, ...]:
        return tuple(
            each for each in self.additions if each.state in (AdditionState.OPEN, AdditionState.WAITING)
        )

    def method(self, method_id: str) -> PayerMethod:
        """Error: NotFound method_not_found, also of one that is on its way out."""
        found = next((method for method in self.listed if method.id == method_id), None)
        return present(found, "method_not_found", "method")

    def addition(self, addition_id: str) -> Addition | None:
        return next((each for each in self.additions if each.id == addition_id), None)


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
    waiting = {
        o.method.processor_id: o for o in outcomes.values() if o.state is AdditionState.WAITING and o.method
    }
    brought = {o.method.processor_id: id_ for id_, o in outcomes.items() if o.method}
    let = known.keys() | brought.keys()  # what its payer let us show, whatever the processor says of that
    there = {one.processor_id: one for one in held if one.shown or one.processor_id in let}
    mandates = {o.method.processor_id: o.method.mandate for o in outcomes.values() if o.method}

    def of(one: Held, deposit: Deposit | None) -> PayerMethod:
        before = known.get(one.processor_id) or PayerMethod(
            new_id(), one.processor_id, one.look, MethodState.READY, at,
            addition=brought.get(one.processor_id, ""),
        )  # fmt: skip
        state = MethodState.WAITING if deposit else MethodState.BLOCKED if one.blocked else MethodState.READY
        return replace(
            before,
            look=one.look,
            state=MethodState.LEAVING if before.state is MethodState.LEAVING else state,
            number=hashed(f"{one.look.kind}/{one.look.wallet}/{one.fingerprint}") if one.fingerprint else "",
            mandate=mandates.get(one.processor_id) or before.mandate,
            deposit=deposit,
        )

    methods = [of(one, None) for one in there.values()]
    methods += [of(o.method, o.deposit) for id_, o in waiting.items() if o.method and id_ not in there]
    still = {method.processor_id for method in methods}
    gone = {
        method: Why.UNVERIFIED if method.state is MethodState.WAITING else Why.ELSEWHERE
        for method in payer.methods
        if method.processor_id not in still and method.state is not MethodState.LEAVING
    }
    after = replace(payer, methods=tuple(methods), checked_at=at, ended=_told(payer, gone, now))
    return _whole(_once(_wished(after, payer, outcomes, at)))


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
