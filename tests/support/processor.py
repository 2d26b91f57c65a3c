"""A processor in memory: keeps attempts, takes money when a test says so, and can fall silent."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime

from chalicelib.kernel.outside import ProcessorRefused, ProcessorTimeout
from chalicelib.ledger.domain.methods import Method
from chalicelib.payments.domain.abilities import Abilities
from chalicelib.payments.ports.movements import Kind, Movement, MovementsPage
from chalicelib.payments.ports.processors import (
    Announces,
    Attempt,
    Books,
    Changes,
    Decision,
    Disputed,
    Embedded,
    Embeds,
    Facts,
    Fields,
    Listing,
    News,
    Opened,
    Processor,
    Processors,
    Redirect,
    Reference,
    Refunded,
    RefundStatus,
    Stage,
    WebhookInvalid,
)
from chalicelib.payments.processors.stripe.abilities import STRIPE
from tests.support.references import about, named

AT = "2026-03-10T15:00:00.000Z"
GOOD_SIGNATURE = "good"
VISA = Method("card", "Visa", "4242")


@dataclass
class FakeProcessor(Embeds, Listing, Announces, Books):
    """`silent` makes the next calls time out "before" or "after" their effect; `refuse`: `open` says no.

    `foreign` are rows of its books that come from elsewhere; `asked` since when books were asked for;
    `hidden` is what `look` fails with, by the object asked for. `gives_fees_back`: when a dispute is won.
    `lags`: its lists do not show what is there. `saved`: ids under whose key an error is saved, "before" or
    "after" the effect. `forgotten`: ids whose keys do not live any more: asked again, it is another attempt.
    `refunds_begin`: the state in which refunds are made.
    """

    attempts: dict[str, Facts] = field(default_factory=dict)
    silent: list[str] = field(default_factory=list)
    refuse: str = ""
    calls: list[tuple[str, str]] = field(default_factory=list)
    opened: list[Attempt] = field(default_factory=list)
    foreign: list[Movement] = field(default_factory=list)
    asked: list[datetime] = field(default_factory=list)
    hidden: dict[str, Exception] = field(default_factory=dict)
    page: int = 2
    news_page: int = 100
    gives_fees_back: bool = False
    lags: bool = False
    saved: dict[str, str] = field(default_factory=dict)
    abilities: Abilities = STRIPE
    forgotten: set[str] = field(default_factory=set)
    refunds_begin: RefundStatus = RefundStatus.SUCCEEDED

    name = "stripe"

    def fields(self, client_secret: str) -> Fields:
        return Fields(client_secret, "pk_test_fake", "http://127.0.0.1:9/stripe.js")

    def open(self, attempt: Attempt) -> Opened:
        after = self._heard("open", attempt.payment_id)
        saved = self.saved.get(attempt.payment_id)
        if saved == "before":
            raise ProcessorTimeout(saved)
        if self.refuse:
            raise ProcessorRefused(self.refuse)
        session_id = f"cs_{attempt.payment_id}"
        if attempt.payment_id in self.forgotten:
            session_id += f".{len(self.opened)}"
        if session_id in self.attempts and self.attempts[session_id].account_id != attempt.account_id:
            session_id = f"cs_{attempt.account_id}.{attempt.payment_id}"
        if session_id not in self.attempts:
            self.opened.append(attempt)
            self.attempts[session_id] = Facts(
                attempt.payment_id, attempt.account_id, Stage.OPEN, session_id=session_id,
                intent_id=f"pi_{session_id[3:]}", currency=attempt.currency,
                amount_minor=attempt.amount_minor,
            )  # fmt: skip
        after()
        if saved:
            raise ProcessorTimeout(saved)
        if attempt.flow == "inline":
            return Opened(session_id, Embedded(f"{session_id}_secret"))
        return Opened(session_id, Redirect(f"https://processor.example/{session_id}"))

    def look(self, about: Reference) -> Facts | None:
        object_id = about.id
        after = self._heard("look", object_id)
        after()
        if object_id in self.hidden:
            raise self.hidden[object_id]
        disputed = (f for f in self.attempts.values() if any(d.id == object_id for d in f.disputes))
        return self.attempts.get("cs_" + object_id.partition("_")[2]) or next(disputed, None)

    def expire(self, session_id: str) -> Facts:
        after = self._heard("expire", session_id)
        facts = self.attempts[session_id]
        if facts.stage is Stage.OPEN:
            facts = self.attempts[session_id] = replace(facts, stage=Stage.EXPIRED)
        after()
        return facts

    def find(self, payment_id: str, *, account_id: str, since: datetime) -> Facts | None:
        after = self._heard("find", payment_id)
        after()
        if self.lags:
            return None
        ours = (payment_id, account_id)
        found = (f for f in self.attempts.values() if (f.payment_id, f.account_id) == ours)
        return next(found, None)

    def changes(self, *, since: datetime, cursor: str) -> Changes:
        """Every attempt that is no longer as it was opened, and every dispute, whenever that was."""
        after = self._heard("changes", cursor)
        told = [facts for facts in self.attempts.values() if facts.stage is not Stage.OPEN]
        names = [facts.intent_id or facts.session_id for facts in told]
        names = [*names, *(dispute.id for facts in told for dispute in facts.disputes)]
        after()
        first = int(cursor or 0)
        end = first + self.news_page
        return Changes(tuple(map(named, names[first:end])), str(end) if end < len(names) else "")

    def attempt_of(self, intent_id: str) -> Facts | None:
        after = self._heard("attempt_of", intent_id)
        after()
        ours = {attempt.payment_id for attempt in self.opened}
        own = (facts for name, facts in self.attempts.items() if facts.session_id == name)
        return next((f for f in own if f.intent_id == intent_id and f.payment_id in ours), None)

    def movements(self, *, since: datetime, cursor: str) -> MovementsPage:
        after = self._heard("movements", cursor)
        self.asked.append(since)
        rows = self.foreign + [row for facts in self.attempts.values() for row in _rows(facts)]
        after()
        first = int(cursor or 0)
        end = first + self.page
        return MovementsPage(rows[first:end], str(end) if end < len(rows) else "")

    def refund(self, *, intent_id: str, refund_id: str, amount_minor: int) -> Refunded:
        after = self._heard("refund", refund_id)
        saved = self.saved.get(refund_id)
        if saved == "before":
            raise ProcessorTimeout(saved)
        made = Refunded(f"re_{refund_id}", amount_minor, self.refunds_begin, AT, refund_id)
        key = "cs_" + intent_id.partition("_")[2]
        facts = self.attempts[key]
        if made.id not in {refund.id for refund in facts.refunds}:
            gone = sum(r.amount_minor for r in facts.refunds if r.status is not RefundStatus.FAILED)
            if gone + amount_minor > facts.amount_minor:
                raise ProcessorRefused("charge_already_refunded")
            self.attempts[key] = replace(facts, refunds=(*facts.refunds, made))
        after()
        if saved:
            raise ProcessorTimeout(saved)
        return made

    def news(self, headers: Mapping[str, str], raw: bytes, *, now: datetime) -> News:
        if headers.get("stripe-signature") != GOOD_SIGNATURE:
            raise WebhookInvalid
        event_id, event_type, *objects = raw.decode().split()
        return News(event_id, event_type, about("".join(objects)))

    # what a test does

    def take(self, payment_id: str, **changes: object) -> Facts:
        """The payer pays: the money is captured."""
        key = f"cs_{payment_id}"
        facts = replace(self.attempts[key], stage=Stage.SUCCEEDED, captured_at=AT, method=VISA,
                        charge_id=f"ch_pi_{payment_id}")  # fmt: skip
        facts = replace(facts, movements=(came_in(facts, f"txn_{payment_id}", 320),))
        self.attempts[key] = replace(facts, **changes)  # type: ignore[arg-type]
        return self.attempts[key]

    def dispute(
        self,
        payment_id: str,
        decision: Decision = Decision.OPEN,
        *,
        id_: str = "dp_1",
        back: int | None = None,
        taken: int | None = None,
        status: str = "",
        row: str = "",
    ) -> Facts:
        """The bank disputes the whole payment, or that much, or decides about it, and gives `back` so much:
        all of it where it is won, unless it is told."""
        facts = self.attempts[f"cs_{payment_id}"]
        taken = facts.amount_minor if taken is None else taken
        rows = [_row(facts, row or f"txn_{id_}", -taken, 1500)] if taken else []
        given = (taken if decision is Decision.WON else 0) if back is None else back
        fee = -1500 if decision is Decision.WON and self.gives_fees_back else 0
        rows += [_row(facts, f"txn_{id_}_back", given, fee)] if given else []
        moved = tuple(replace(each, about=id_) for each in rows)
        return self.told(payment_id, Disputed(id_, decision, AT, moved, status))

    def told(self, payment_id: str, dispute: Disputed) -> Facts:
        """The dispute as it is from now on."""
        key = f"cs_{payment_id}"
        others = tuple(d for d in self.attempts[key].disputes if d.id != dispute.id)
        self.attempts[key] = replace(self.attempts[key], disputes=(*others, dispute))
        return self.attempts[key]

    def refund_becomes(self, payment_id: str, status: RefundStatus) -> Facts:
        key = f"cs_{payment_id}"
        facts = self.attempts[key]
        last = replace(facts.refunds[-1], status=status)
        self.attempts[key] = replace(facts, refunds=(*facts.refunds[:-1], last))
        return self.attempts[key]

    def become(self, payment_id: str, stage: Stage) -> Facts:
        key = f"cs_{payment_id}"
        self.attempts[key] = replace(self.attempts[key], stage=stage)
        return self.attempts[key]

    def _heard(self, call: str, about: str) -> "_After":
        self.calls.append((call, about))
        when = self.silent.pop(0) if self.silent else ""
        if when == "before":
            raise ProcessorTimeout("before")
        return _After(when)


def secret_of(opened: Opened) -> str:
    assert isinstance(opened.next, Embedded)
    return opened.next.client_secret


@dataclass(frozen=True)
class _After:
    when: str

    def __call__(self) -> None:
        if self.when == "after":
            raise ProcessorTimeout("after")


def came_in(facts: Facts, name: str, fee_minor: int) -> Movement:
    """How the processor's books name what was captured."""
    intent, currency = facts.intent_id, facts.currency
    return Movement(name, Kind.PAYMENT, facts.amount_minor, currency, fee_minor, f"ch_{intent}", intent, AT)


def _row(facts: Facts, name: str, amount_minor: int, fee_minor: int) -> Movement:
    kind = Kind.DISPUTE if amount_minor < 0 else Kind.DISPUTE_RETURNED
    return Movement(
        name, kind, amount_minor, facts.currency, fee_minor, "", facts.intent_id, AT,
        fee_currency=facts.currency,
    )  # fmt: skip


def _rows(facts: Facts) -> Iterator[Movement]:
    """What the processor's books say of an attempt."""
    if facts.stage is not Stage.SUCCEEDED:
        return
    intent, currency = facts.intent_id, facts.currency
    known = facts.captured
    yield came_in(facts, known.id if known else f"txn_of_{intent}", known.fee_minor if known else 0)
    for refund in facts.refunds:
        yield Movement(
            f"txn_{refund.id}", Kind.REFUND, -refund.amount_minor, currency, 0, refund.id, intent, AT
        )
        if refund.status == "failed":
            name = f"txn_{refund.id}_back"
            yield Movement(
                name, Kind.REFUND_RETURNED, refund.amount_minor, currency, 0, refund.id, intent, AT
            )
    for dispute in facts.disputes:
        yield from dispute.movements
        if dispute.decision is Decision.LOST:
            yield Movement(f"evt_{dispute.id}", Kind.LOST, 0, currency, 0, dispute.id, intent, AT)


@dataclass
class Several(Processors):
    """By their names; every practice has them all."""

    known: dict[str, Processor]

    def abilities(self, name: str) -> Abilities:
        return self.known[name].abilities

    def of(self, practice: str, name: str) -> Processor:
        assert isinstance(practice, str)
        return self.known[name]


@dataclass
class OneProcessor(Processors):
    processor: Processor

    def abilities(self, name: str) -> Abilities:
        return self.processor.abilities

    def of(self, practice: str, name: str) -> Processor:
        return self.processor
