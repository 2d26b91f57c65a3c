"""A processor with a mind and a log of its own: it takes and gives back money whatever Billfold believes.

`log` is what it knows, as plain rows: the auditor reads those and not the model. Its rules are Stripe's: keys
are kept for 24 hours, a session lives an hour, a refund is never above what is left, events may be lost.
"""

import random
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import datetime, timedelta

from chalicelib.kernel.outside import ProcessorRefused, ProcessorTimeout
from chalicelib.ledger.domain.methods import Method
from chalicelib.payments.domain.return_reasons import ReturnReason
from chalicelib.payments.ports.movements import Kind, Movement, MovementsPage
from chalicelib.payments.ports.processors import (
    Attempt,
    Changes,
    Decision,
    Disputed,
    Facts,
    Opened,
    Redirect,
    Refunded,
    RefundStatus,
    Stage,
)
from tests.soak.faults import Fault
from tests.soak.money_objects import Dispute, Intent, Refund, Session
from tests.soak.news import NewsList
from tests.support.references import named

KEYS_LIVE = timedelta(hours=24)
SESSION_LIVES = timedelta(hours=1)
SHORTEST_SESSION = timedelta(minutes=30)
LOOKS_BACK = timedelta(minutes=5)
LAGS = timedelta(seconds=2)
DISPUTE_FEE_MINOR, RETURN_FEE_MINOR = 1500, 400
BOOKS_PAGE = 5
ENDS = (RefundStatus.SUCCEEDED, RefundStatus.SUCCEEDED, RefundStatus.FAILED)  # of refunds that wait
# What the log's rows are called in the books; a capture is in them once its fee is known, as at Stripe.
KINDS = {"refunded": (Kind.REFUND, -1), "came back": (Kind.REFUND_RETURNED, 1)}
# How often a bank takes the whole payment, whatever was refunded of it; asks first and takes nothing; decides
# nothing, because somebody prevented it; gives back part of what was lost; or is shown that it was wrong.
WHOLE, INQUIRY, PREVENTED, IN_PART, APPEAL = 0.4, 0.15, 0.1, 0.3, 0.15
LATER, FOREIGN = 0.4, 0.1  # gives back another day; tells how much in another currency alone

DECLINED = "payment_intent.payment_failed"

LogRow = dict[str, object]
Emit = Callable[[str, str, str], None]


class House:
    """One practice's account at the processor. `emit(practice, event type, object id)` sends a webhook."""

    def __init__(
        self,
        practice: str,
        seeded: random.Random,
        now: Callable[[], datetime],
        emit: Emit,
        log: list[LogRow],
        foreign: set[str],
    ) -> None:
        self.practice = practice
        self.sessions: dict[str, Session] = {}
        self.intents: dict[str, Intent] = {}
        self._random = seeded
        self._now = now
        self._emit = emit
        self._log = log
        self._foreign = foreign
        self._keys: dict[str, tuple[datetime, object]] = {}
        self._books: list[tuple[datetime, Movement]] = []
        self.keeps_errors = False
        self.news = NewsList(seeded, now)

    # what Billfold asks

    def open(self, attempt: Attempt, *, fault: Fault = Fault.NONE) -> Opened:
        key = f"session-{attempt.account_id}-{attempt.payment_id}"
        kept = self._kept(key)
        if isinstance(kept, ProcessorTimeout):
            raise kept
        if isinstance(kept, Session):
            return Opened(kept.id, Redirect(kept.url))
        if fault is Fault.KEPT_ERROR:
            self._keep_error(key)
        expires = datetime.fromisoformat(attempt.created_at) + SESSION_LIVES
        if expires - self._now() < SHORTEST_SESSION:
            raise ProcessorRefused("expires_at")
        name = f"{self.practice}{len(self.sessions)}"
        session = Session(
            f"cs_{name}", attempt.payment_id, attempt.account_id, attempt.amount_minor, attempt.currency,
            self._now(), expires, f"https://processor.example/{name}", saves_for=attempt.saves_for,
        )  # fmt: skip
        self.sessions[session.id] = session
        if fault is Fault.KEPT_ERROR_AFTER:
            self._keep_error(key)
        self._keys[key] = self._now(), session
        return Opened(session.id, Redirect(session.url))

    def _keep_error(self, key: str) -> None:
        error = ProcessorTimeout("500")
        self._keys[key] = self._now(), error
        self.keeps_errors = True
        raise error

    def look(self, object_id: str) -> Facts | None:
        self._tick()
        if object_id in self.sessions:
            return self._facts(self.sessions[object_id], session_id=object_id)
        intent = self.intents.get(object_id) or self._intent_of(object_id)
        return self._facts(intent.session, session_id="") if intent else None

    def expire(self, session_id: str) -> Facts:
        self._tick()
        session = self.sessions[session_id]
        if session.stage is Stage.OPEN:
            self._expire(session)
        return self._facts(session, session_id=session_id)

    def find(self, payment_id: str, account_id: str, since: datetime) -> Facts | None:
        """Its lists lag: what was made in the last seconds may not be in them."""
        self._tick()
        until = self._now() - self._random.choice((timedelta(), LAGS))
        for session in self.sessions.values():
            named = (session.payment_id, session.account_id) == (payment_id, account_id)
            if named and since - LOOKS_BACK <= session.made <= until:
                return self._facts(session, session_id=session.id)
        return None

    def changes(self, since: datetime, cursor: str) -> Changes:
        self._tick()
        return self.news.page(since, cursor)

    def attempt_of(self, intent_id: str) -> Facts | None:
        self._tick()
        intent = self.intents.get(intent_id)
        return self._facts(intent.session, session_id=intent.session.id) if intent else None

    def movements(self, since: datetime, cursor: str) -> MovementsPage:
        """The books, newest first; a cursor is how many rows there were after it."""
        self._tick()
        rows = [row for at, row in self._books if at >= since]
        end = int(cursor) if cursor else len(rows)
        first = max(end - BOOKS_PAGE, 0)
        return MovementsPage(rows[first:end][::-1], str(first) if first else "")

    def refund(
        self, intent_id: str, refund_id: str, amount_minor: int, *, fault: Fault = Fault.NONE
    ) -> Refunded:
        key = f"refund-{refund_id}"
        kept = self._kept(key)
        if isinstance(kept, ProcessorTimeout):
            raise kept
        if fault is Fault.KEPT_ERROR:
            self._keep_error(key)
        if not isinstance(kept, Refund):
            kept = self.give_back(intent_id, amount_minor, refund_id)
            self._keys[key] = self._now(), kept
            if fault is Fault.KEPT_ERROR_AFTER:
                self._keep_error(key)
        return _refunded(kept)

    def refunds_made(self) -> Iterator[LogRow]:
        """Each as it stands; `asked` is our own id of it, if we asked."""
        for intent in self.intents.values():
            for refund in intent.refunds:
                row = {"practice": self.practice, "id": refund.id, "asked": refund.refund_id}
                yield {**row, "status": refund.status, "intent": intent.id}

    def refund_status(self, refund_id: str) -> str:
        """How the refund stands that was made for that request; "" if none was."""
        refunds = (refund for intent in self.intents.values() for refund in intent.refunds)
        return next((refund.status for refund in refunds if refund.refund_id == refund_id), "")

    # what payers, staff in the dashboard, banks and time do

    def pay(self, url: str, how: str) -> str:
        """The payer submits the page behind the URL: "card", "bank", "deposits" or "declined"; what
        it becomes.

        After "deposits" the bank is not asked before the payer has confirmed them, who may never do so.
        """
        self._tick()
        session = next((s for s in self.sessions.values() if s.url == url), None)
        if session is None or session.stage is not Stage.OPEN:
            return "refused"
        if how == "declined":
            if session.of_guest:  # each try of theirs is counted
                self._emit(self.practice, DECLINED, session.id)
            return "refused"
        session.intent = Intent(f"pi_{session.id}", session, Stage.PROCESSING, self._now(), how)
        self.intents[session.intent.id] = session.intent
        if how == "card":
            self._capture(session)
        else:
            self._move(session, Stage.PROCESSING)
        self._tell("checkout.session.completed", session.id)
        return session.stage.value

    def give_back(self, intent_id: str, amount_minor: int, refund_id: str = "") -> Refund:
        """Error: ProcessorRefused when that much is not left."""
        intent = self.intents[intent_id]
        if intent.stage is not Stage.SUCCEEDED or amount_minor > intent.left_minor:
            raise ProcessorRefused("charge_already_refunded")
        name = f"re_{intent.id}_{len(intent.refunds)}"
        refund = Refund(name, amount_minor, RefundStatus.PENDING, self._now(), refund_id)
        intent.refunds.append(refund)
        if self._random.random() < 0.8:
            self._refund_ends(intent, refund, RefundStatus.SUCCEEDED)
        return refund

    def settle_pending(self) -> None:
        """Days later: banks have answered, fees are known."""
        self._tick()
        for intent in self.intents.values():
            if intent.stage is Stage.PROCESSING:
                self._debit_ends(intent)
        for intent in self.intents.values():
            for refund in intent.refunds:
                if refund.status is RefundStatus.PENDING:
                    self._refund_ends(intent, refund, self._random.choice(ENDS))
                elif refund.status is RefundStatus.SUCCEEDED and self._chance(0.1):  # it came back after all
                    self._refund_ends(intent, refund, RefundStatus.FAILED)
            for dispute in intent.disputes:
                self._goes_on(intent, dispute)
            if intent.stage is Stage.SUCCEEDED and intent.fee_minor is None:
                self._fee_is_known(intent)

    def _debit_ends(self, intent: Intent) -> None:
        session = intent.session
        if intent.how == "deposits":
            self._deposits_end(intent)
        elif self._random.random() < 0.7:
            self._capture(session)
        else:
            self._move(session, Stage.FAILED)
            self._log.append(self._about("returned", session))
            self._costs(session)
            told = [("payment_intent.payment_failed", intent.id)]
            told += [("checkout.session.async_payment_failed", session.id)] if session.id else []
            self._tell(*self._random.choice(told))

    def _deposits_end(self, intent: Intent) -> None:
        """Confirmed, and the bank is asked; or the time for it ran out."""
        if self._random.random() < 0.5:
            intent.how = "bank"
            return
        self._move(intent.session, Stage.CANCELED)
        self._tell("payment_intent.canceled", intent.id)

    @property
    def unsettled(self) -> bool:
        """Whether something is still on its way in here: an open page, a debit, a refund, a fee."""
        pending = [r.status is RefundStatus.PENDING for i in self.intents.values() for r in i.refunds]
        disputes = (dispute for intent in self.intents.values() for dispute in intent.disputes)
        pending += [d.decision is Decision.OPEN or d.owes_minor > 0 for d in disputes]
        waits = [s.stage is Stage.OPEN for s in self.sessions.values()]
        waits += [intent.stage is Stage.PROCESSING for intent in self.intents.values()]
        fees = (i.fee_minor is None for i in self.intents.values() if i.stage is Stage.SUCCEEDED)
        return any(pending) or any(waits) or any(fees)

    def _costs(self, session: Session) -> None:
        """A debit came back: what was pending goes, its fee is given back, and a bill takes its place."""
        intent, amount_minor, fee_minor = session.intent, session.amount_minor, session.amount_minor // 125
        assert intent is not None
        for kind, sign, fee in (
            (Kind.PAYMENT, 1, fee_minor), (Kind.PAYMENT_RETURNED, -1, RETURN_FEE_MINOR - fee_minor),
        ):  # fmt: skip
            name = f"txn_{intent.id}_{kind}"
            if fee:
                self._say("fee", intent, name, fee)
            made = self._book(name, kind, sign * amount_minor, fee, f"py_{intent.id}", intent)
            intent.movements.append(made)

    def _book(
        self,
        name: str,
        kind: Kind,
        amount_minor: int,
        fee: int,
        about: str,
        intent: Intent,
        *,
        foreign: str = "",
    ) -> Movement:
        currency, at = foreign or intent.session.currency, self._now()
        row = Movement(name, kind, amount_minor, currency, fee, about, intent.id, _text(at))
        self._books.append((at, row))
        return row

    def _capture(self, session: Session) -> None:
        intent = session.intent
        assert intent is not None
        self._move(session, Stage.SUCCEEDED)
        intent.captured = self._now()
        self._log.append(self._about("captured", session))
        if self._random.random() < 0.8:
            self._fee_is_known(intent)
        self._tell("payment_intent.succeeded", intent.id)

    def _about(self, kind: str, session: Session) -> LogRow:
        name = session.intent.id if session.intent else ""
        return {
            "kind": kind, "practice": self.practice, "account": session.account_id, "id": name,
            "intent": name, "payment": session.payment_id, "amount": session.amount_minor,
        }  # fmt: skip

    def _fee_is_known(self, intent: Intent) -> None:
        intent.fee_minor = 30 + intent.session.amount_minor * 29 // 1000
        self._say("fee", intent, f"txn_{intent.id}", intent.fee_minor)
        amount_minor = intent.session.amount_minor
        name, about = f"txn_{intent.id}", f"ch_{intent.id}"
        made = self._book(name, Kind.PAYMENT, amount_minor, intent.fee_minor, about, intent)
        intent.movements.append(made)
        self.news.happened(named(intent.id))  # charge.updated, whose webhook never comes

    def dispute(self, intent_id: str) -> None:
        """The client's bank takes back what is left, or all that was paid, or part of it, and a fee; or it
        only asks. Of its own debit that is its last word."""
        intent = self.intents[intent_id]
        if intent.stage is not Stage.SUCCEEDED:
            return
        dispute = Dispute(f"dp_{intent.id}_{len(intent.disputes)}", self._now(), self._now())
        whole, left = intent.session.amount_minor, intent.left_minor
        taken = whole if self._chance(WHOLE) else self._random.choice((left, left, whole // 2))
        if taken <= 0:
            return
        intent.disputes.append(dispute)
        if self._chance(INQUIRY) and intent.how != "bank":
            dispute.status = "warning_needs_response"
        else:
            self._moves(intent, dispute, -taken, DISPUTE_FEE_MINOR)
        self._tells(dispute, "created")
        if intent.how == "bank":
            self._decide(intent, dispute, Decision.LOST)

    def _goes_on(self, intent: Intent, dispute: Dispute) -> None:
        """A bank answers, pays what it owes, or is appealed to."""
        if dispute.owes_minor:
            self._gives_back(intent, dispute)
        elif dispute.decision is Decision.OPEN and dispute.rows:
            self._decide(intent, dispute, self._random.choice((Decision.WON, Decision.LOST)))
        elif dispute.decision is Decision.OPEN and self._chance(0.5):
            dispute.decision, dispute.status = Decision.WON, "warning_closed"
            self._tells(dispute, "closed")
        elif dispute.decision is Decision.OPEN:
            dispute.status = "needs_response"
            self._moves(intent, dispute, -intent.session.amount_minor, DISPUTE_FEE_MINOR)
            self._tells(dispute, "funds_withdrawn")
        elif dispute.decision is Decision.LOST and intent.how != "bank" and self._chance(APPEAL):
            dispute.owes_minor = dispute.taken_minor
            self._gives_back(intent, dispute)
            self._closes(intent, dispute, Decision.WON, "won")

    def _decide(self, intent: Intent, dispute: Dispute, decision: Decision) -> None:
        status = "prevented" if decision is Decision.WON and self._chance(PREVENTED) else decision.value
        if decision is Decision.WON:
            dispute.owes_minor = dispute.taken_minor
        elif self._chance(IN_PART):
            dispute.owes_minor = max(dispute.taken_minor // 3, 1)
        self._closes(intent, dispute, decision, status)
        if not self._chance(LATER):
            self._gives_back(intent, dispute)

    def _closes(self, intent: Intent, dispute: Dispute, decision: Decision, status: str) -> None:
        dispute.decision, dispute.status = decision, status
        self._log.append(self._row("decided", intent, dispute.id, 0) | {"lost": decision is Decision.LOST})
        if decision is Decision.LOST:
            self._book(f"evt_{dispute.id}_{self._now()}", Kind.LOST, 0, 0, dispute.id, intent)
        self._tells(dispute, "closed")

    def _gives_back(self, intent: Intent, dispute: Dispute) -> None:
        owed, dispute.owes_minor = dispute.owes_minor, 0
        if not owed:
            return
        generous = dispute.decision is Decision.WON and sum(dispute.id.encode()) % 2 == 0
        foreign = dispute.decision is Decision.LOST and self._chance(FOREIGN)
        self._moves(intent, dispute, owed, -DISPUTE_FEE_MINOR if generous else 0, foreign=foreign)
        self._tells(dispute, "funds_reinstated")

    def _moves(
        self, intent: Intent, dispute: Dispute, amount_minor: int, fee_minor: int, *, foreign: bool = False
    ) -> None:
        """A row of the books; of one in another currency nothing may get into the ledger."""
        name = f"txn_{dispute.id}_{len(dispute.rows)}"
        kind, word = (
            (Kind.DISPUTE, "withdrawn") if amount_minor < 0 else (Kind.DISPUTE_RETURNED, "reinstated")
        )
        other = "EUR" if foreign else ""
        dispute.rows.append(
            self._book(name, kind, amount_minor, fee_minor, dispute.id, intent, foreign=other)
        )
        if foreign:
            self._foreign.add(name)
            return
        self._say(word, intent, f"{dispute.id}/{name}", abs(amount_minor))
        if fee_minor:
            self._say("fee", intent, name, fee_minor)

    def _tells(self, dispute: Dispute, what: str) -> None:
        dispute.touched = self._now()
        self._tell(f"charge.dispute.{what}", dispute.id)

    def _tell(self, event_type: str, object_id: str) -> None:
        """A webhook, and a row of the list: of the payment, but for a dispute and a session that is over."""
        if event_type.startswith("charge.dispute") or event_type == "checkout.session.expired":
            self.news.happened(named(object_id))
        else:
            intent = self.intents.get(object_id) or self._intent_of(object_id)
            intent = intent or self.sessions[object_id].intent
            assert intent is not None
            self.news.happened(named(intent.id))
        self._emit(self.practice, event_type, object_id)

    def _chance(self, odds: float) -> bool:
        return self._random.random() < odds

    def _row(self, kind: str, intent: Intent, name: str, amount_minor: int) -> LogRow:
        row = {"kind": kind, "practice": self.practice, "intent": intent.id, "id": name}
        return {**row, "amount": amount_minor}

    def _say(self, kind: str, intent: Intent, name: str, amount_minor: int) -> None:
        self._log.append(self._row(kind, intent, name, amount_minor))
        if kind in KINDS:
            moved, sign = KINDS[kind]
            self._book(f"txn_{name}_{kind}", moved, sign * amount_minor, 0, name, intent)

    def _refund_ends(self, intent: Intent, refund: Refund, status: RefundStatus) -> None:
        went = status is RefundStatus.SUCCEEDED
        if went or refund.status is RefundStatus.SUCCEEDED:
            self._say("refunded" if went else "came back", intent, refund.id, refund.amount_minor)
        refund.status = status
        self._tell("refund.updated", refund.id)

    def _tick(self) -> None:
        for session in self.sessions.values():
            if session.stage is Stage.OPEN and session.expires <= self._now():
                self._expire(session)

    def _expire(self, session: Session) -> None:
        session.stage = Stage.EXPIRED
        self._tell("checkout.session.expired", session.id)

    def _move(self, session: Session, stage: Stage) -> None:
        assert session.intent is not None
        session.stage = session.intent.stage = stage

    def _kept(self, key: str) -> object:
        at, kept = self._keys.get(key, (self._now(), None))
        return kept if self._now() - at < KEYS_LIVE else None

    def _intent_of(self, object_id: str) -> Intent | None:
        """The intent of a refund or a dispute."""
        of = ((i, name) for i in self.intents.values() for name in i.names)
        return next((intent for intent, name in of if name == object_id), None)

    def _facts(self, session: Session, *, session_id: str) -> Facts:
        intent = session.intent
        if intent is None:
            return Facts(session.payment_id, session.account_id, session.stage, session_id=session_id)
        paid = intent.stage is Stage.SUCCEEDED
        method = Method("bank", last4="6789") if intent.how == "bank" else Method("card", "Visa", "4242")
        returned = ReturnReason.INSUFFICIENT_FUNDS if intent.stage is Stage.FAILED else None
        return Facts(
            session.payment_id, session.account_id, intent.stage, session_id=session_id, intent_id=intent.id,
            amount_minor=session.amount_minor if paid else 0, currency=session.currency,
            captured_at=_text(intent.captured or intent.at), method=method,
            movements=tuple(intent.movements),
            refunds=tuple(_refunded(refund) for refund in intent.refunds),
            disputes=tuple(_disputed(dispute) for dispute in intent.disputes), return_reason=returned,
            charge_id=f"{'py' if intent.how == 'bank' else 'ch'}_{intent.id}",
        )  # fmt: skip


def _refunded(refund: Refund) -> Refunded:
    made = Refunded(refund.id, refund.amount_minor, refund.status, _text(refund.at), refund.refund_id)
    if refund.status is not RefundStatus.FAILED:
        return made
    return replace(made, undone=tuple(f"txn_{refund.id}_{kind}" for kind in ("refunded", "came back")))


def _disputed(dispute: Dispute) -> Disputed:
    return Disputed(dispute.id, dispute.decision, _text(dispute.at), tuple(dispute.rows), dispute.status)


def _text(moment: datetime) -> str:
    return moment.strftime("%Y-%m-%dT%H:%M:%S.000Z")
