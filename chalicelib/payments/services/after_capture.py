"""What becomes of captured money later: refunds, refunds that fail, disputes; whoever made them, wherever.

The only use case that moves the machine of ledger/domain/disputes.py; refunds move in refund_states.py. Every
row of the processor's books is one entry with one marker; where a dispute stands, its payment keeps.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from chalicelib.kernel.errors import BillfoldError, Refused
from chalicelib.kernel.outside import Busy
from chalicelib.ledger.domain import disputes
from chalicelib.ledger.domain.marker_keys import Outcome, at_processor
from chalicelib.ledger.domain.payments import Payment
from chalicelib.payments.ports.movements import Kind, Movement
from chalicelib.payments.ports.processors import Decision, Disputed, Facts, Refunded, RefundStatus
from chalicelib.payments.services.after_capture_entries import DisputeEntries, news
from chalicelib.payments.services.fees import post_fee
from chalicelib.payments.services.movements import MarkedMovements
from chalicelib.payments.services.refund_states import EVENTS, RefundStates

DECIDED_BEFORE = "dispute_decided"
_DECISIONS = {Decision.LOST: disputes.Event.LOST, Decision.WON: disputes.Event.WON}
_TRIES = 3


@dataclass(frozen=True, slots=True)
class Contradiction:
    """A refund or dispute, by the processor's name of it, that the ledger's rules refuse, and why."""

    name: str
    error: BillfoldError


@dataclass(frozen=True)
class AfterCapture:
    movements: MarkedMovements

    def settle(
        self, practice: str, processor: str, facts: Facts, *, before: Payment | None = None
    ) -> Sequence[Contradiction]:
        """Post every refund and dispute of a captured payment that is not in the ledger yet.

        `before` is the payment as it was before the processor told those facts: a decision that is in the
        ledger the other way is changed only by facts that are surely newer, else it is dispute_decided.
        What contradicts the ledger keeps none of the others from being posted: a person must look at it.
        """
        found: list[Contradiction] = []
        for refund in facts.refunds:
            _keeping(found, refund.id, self._refund, practice, facts, refund)
            _keeping(found, refund.id, self._refund_fee, practice, processor, facts, refund)
        for dispute in facts.disputes:
            for moved in sorted(dispute.movements, key=lambda one: (one.amount_minor > 0, one.at, one.id)):
                _keeping(found, dispute.id, post_fee, self.movements, practice, processor, facts, moved)
                _keeping(found, dispute.id, self._disputed, practice, processor, facts, dispute, moved)
        return [*found, *self._decide_all(practice, processor, facts, before)]

    def _decide_all(
        self, practice: str, processor: str, facts: Facts, before: Payment | None
    ) -> list[Contradiction]:
        """After the rows of all: what one dispute gives back may make another's loss the client's. So may one
        that is won; each is asked as often as there are disputes."""
        found = list[Contradiction]()
        for _ in facts.disputes:
            found = []
            for dispute in facts.disputes:
                _keeping(found, dispute.id, self._decide, practice, processor, facts, dispute, before)
        return found

    def _refund(self, practice: str, facts: Facts, refund: Refunded) -> None:
        if refund.status in EVENTS:
            _same_currency(facts, refund.currency)
            RefundStates(self.movements).heard(practice, facts, refund)

    def _refund_fee(self, practice: str, processor: str, facts: Facts, refund: Refunded) -> None:
        """What the processor gave back of its fee, where it tells that with the refund; else its books do."""
        if refund.fee_minor and refund.status is RefundStatus.SUCCEEDED:
            moved = Movement(
                refund.id, Kind.REFUND, -refund.amount_minor, refund.currency, refund.fee_minor,
                about=refund.id, intent_id=facts.intent_id, at=refund.at,
            )  # fmt: skip
            post_fee(self.movements, practice, processor, facts, moved)

    def _disputed(
        self, practice: str, processor: str, facts: Facts, dispute: Disputed, moved: Movement
    ) -> None:
        _same_currency(facts, moved.currency)
        if moved.amount_minor:
            key = row_marker(processor, dispute.id, moved.id, moved.amount_minor)
            make = DisputeEntries(self.movements, practice, dispute).movement(moved)
            self.movements.post(practice, facts, key, make)

    def _decide(
        self, practice: str, processor: str, facts: Facts, dispute: Disputed, before: Payment | None
    ) -> None:
        if dispute.decision is Decision.UNKNOWN:
            raise Refused("dispute_status_unknown", status=dispute.status)
        event = _DECISIONS.get(dispute.decision)
        if event is None:
            return None
        for _ in range(_TRIES):
            payment = self.movements.payment(practice, facts)
            if news(payment, dispute.id, event) is None:
                return _nothing_outstanding(payment, dispute)
            decisions = payment.dispute(dispute.id).decisions
            if decisions and (before is None or before.dispute(dispute.id).decisions != decisions):
                raise Refused(DECIDED_BEFORE)
            key = at_processor(processor, disputes.reference(dispute.id, decisions + 1), Outcome.DECIDED)
            make = DisputeEntries(self.movements, practice, dispute).decision(event, decisions=decisions)
            self.movements.post(practice, facts, key, make)
        raise Busy("the dispute stays contended")


def beyond(
    facts: Facts, known: Sequence[disputes.Dispute] = (), refunded_minor: int = 0
) -> Iterator[tuple[str, int]]:
    """The refunds and disputes, oldest first, that took more than was left of the payment; how much more.
    `known` and `refunded_minor`: what the ledger has of it; the facts may be of one of them alone, or of
    none."""
    made = (r for r in facts.refunds if r.status is RefundStatus.SUCCEEDED)
    gone = [(r.at, 1, r.id, r.amount_minor) for r in made]
    # A bank that gives back more than it took makes no room for another one.
    gone += [(d.at, 2, d.id, max(d.taken_minor(facts.currency), 0)) for d in facts.disputes]
    told = {dispute.id for dispute in facts.disputes}
    gone += [("", 2, dispute.id, dispute.taken_minor) for dispute in known if dispute.id not in told]
    untold = refunded_minor - sum(r.amount_minor for r in facts.refunds if r.status is RefundStatus.SUCCEEDED)
    left = facts.amount_minor - max(untold, 0)
    if not facts.disputes and not known:
        return
    for *_, name, taken_minor in sorted(gone):
        if taken_minor > left:
            yield name, taken_minor - left
        left = max(left - taken_minor, 0)


def row_marker(processor: str, dispute_id: str, row_id: str, amount_minor: int) -> str:
    """The marker of a dispute's row; below 0 it took money."""
    moved = Outcome.WITHDRAWN if amount_minor < 0 else Outcome.REINSTATED
    return at_processor(processor, disputes.reference(dispute_id, row_id), moved)


def _same_currency(facts: Facts, currency: str) -> None:
    """Error: currency_mixed (how much it is in the payment's own, nobody says)."""
    if currency not in ("", facts.currency):
        raise Refused("currency_mixed", currency=currency)


def _nothing_outstanding(payment: Payment, dispute: Disputed) -> None:
    """Error: dispute_not_returned (it is over, and the bank has not given back what it took)."""
    outstanding = payment.dispute(dispute.id).taken_minor
    if dispute.decision is Decision.WON and outstanding:
        raise Refused("dispute_not_returned", outstanding_minor=outstanding)


def _keeping(found: list[Contradiction], name: str, post: Callable[..., None], *arguments: object) -> None:
    try:
        post(*arguments)
    except BillfoldError as error:
        found.append(Contradiction(name, error))
