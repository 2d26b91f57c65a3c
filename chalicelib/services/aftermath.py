"""What becomes of captured money later: refunds, refunds that fail, disputes; whoever made them, wherever.

The only use case that moves the machines of chalicelib/domain/refunds.py and disputes.py. A state is the
marker of the entry that led to it, so neither is ever there without the other.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Generic

from chalicelib.domain import disputes, refunds
from chalicelib.domain.accounts import Account
from chalicelib.domain.entries import Draft
from chalicelib.domain.errors import BillfoldError
from chalicelib.domain.payments import Payment
from chalicelib.domain.states import E, Machine, S
from chalicelib.services.aftermath_entries import DisputeEntries, RefundEntries
from chalicelib.services.fees import post_fee
from chalicelib.services.moving import Make, Moving, Paid
from chalicelib.services.ports import Disputed, Facts, Refunded


@dataclass(frozen=True, slots=True)
class _News(Generic[S, E]):
    """What a processor tells of a refund or dispute; `name` e.g. "stripe#re_3…". `posts` makes the entry that
    leads to each state."""

    practice: str
    facts: Facts
    name: str
    machine: Machine[S, E]
    event: E
    posts: Mapping[S, Make]


@dataclass(frozen=True, slots=True)
class Contradiction:
    """A refund or dispute, by the processor's name of it, that the ledger's rules refuse, and why:
    refund_above_remainder, dispute_decided."""

    name: str
    error: BillfoldError


@dataclass(frozen=True)
class Aftermath:
    moving: Moving

    def settle(self, practice: str, processor: str, facts: Facts) -> Sequence[Contradiction]:
        """Post every refund and dispute of a captured payment that is not in the ledger yet.

        What contradicts the ledger keeps none of the others from being posted: a person must look at it.
        """
        found: list[Contradiction] = []
        for refund in facts.refunds:
            _keeping(found, refund.id, self._refund, practice, processor, facts, refund)
        for dispute in facts.disputes:
            _keeping(found, dispute.id, self._dispute, practice, processor, facts, dispute)
        return found

    def _refund(self, practice: str, processor: str, facts: Facts, refund: Refunded) -> None:
        event, name = refunds.heard(refund.status), f"{processor}#{refund.id}"
        if event is None:
            return
        on, posted = self.moving.local(practice, refund.at), _marker(name, refunds.State.SUCCEEDED)
        posts = RefundEntries(self.moving, practice, refund, on, posted).posts()
        self._bring(_News(practice, facts, name, refunds.MACHINE, event, posts))

    def _dispute(self, practice: str, processor: str, facts: Facts, dispute: Disputed) -> None:
        on = self.moving.local(practice, dispute.at)
        entries = DisputeEntries(self.moving, practice, dispute, on)
        for fee in dispute.fees:
            post_fee(self.moving, practice, processor, facts, fee)
        event, name = disputes.Event(dispute.decision), f"{processor}#{dispute.id}"
        self._bring(_News(practice, facts, name, disputes.MACHINE, event, entries.posts()))

    def _bring(self, news: _News[S, E]) -> None:
        """One transaction for every transition, until the event is no news any more."""
        for _ in news.machine.states:  # no transition leads back, so there are fewer of them
            target = self._target(news)
            if target is None:
                return
            self._move(news, target)

    def _move(self, news: _News[S, E], target: S) -> None:
        def make(account: Account, payment: Payment) -> tuple[Draft, Paid] | None:
            # Asked again under the account's version: somebody may have brought other news since.
            return news.posts[target](account, payment) if self._target(news) is target else None

        self.moving.move(news.practice, news.facts, _marker(news.name, target), make)

    def _target(self, news: _News[S, E]) -> S | None:
        def stands(state: S) -> bool:
            return self.moving.moved(news.practice, _marker(news.name, state))

        return news.machine.after(news.machine.state(stands), news.event)


def _marker(name: str, state: S) -> str:
    return f"{name}#{state.value}"


def _keeping(found: list[Contradiction], name: str, post: Callable[..., None], *arguments: object) -> None:
    try:
        post(*arguments)
    except BillfoldError as error:
        found.append(Contradiction(name, error))
