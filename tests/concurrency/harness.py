"""Races with kills: several carriers bring the same movements of money at once, some die on the way.

Whoever says that a movement is settled is believed (a webhook is then acknowledged and never sent again), so
afterwards only what nobody acknowledged is brought once more. Then the auditor looks.
"""

import random
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import Any

from chalicelib.kernel.actors import CLI
from chalicelib.kernel.errors import NotFound
from chalicelib.kernel.instants import instant
from chalicelib.kernel.outside import Busy
from chalicelib.ledger.ports.ledgers import Ledgers
from chalicelib.payments.ports.processors import Attempt, Facts, Stage
from chalicelib.payments.services.adopting import Adopting
from chalicelib.payments.services.settling import Settling
from tests.concurrency.auditor import Auditor, Logged
from tests.support.money import Money
from tests.support.practice import PRACTICE
from tests.support.processor import FakeProcessor

CARRIERS = 3  # webhook, return page, reconcile
MOVEMENTS = 3
CALLS = 14  # to the store, about as many as one settling makes


class Killed(BaseException):
    """The process is gone: nothing catches this."""


class Mortal:
    """A store whose user is killed before or after its n-th call."""

    def __init__(self, inner: Ledgers, kill_at: int, *, after: bool) -> None:
        self._inner, self._left, self._after = inner, kill_at, after

    def __getattr__(self, name: str) -> Any:
        call = getattr(self._inner, name)

        def counted(*args: Any, **kwargs: Any) -> Any:
            self._left -= 1
            if self._left == 0 and not self._after:
                raise Killed
            answer = call(*args, **kwargs)
            if self._left == 0:
                raise Killed
            return answer

        return counted


def at_once(calls: Sequence[Callable[[], Any]]) -> list[Any]:
    """What each call returned, or the error it ended in, all begun together."""
    start = Barrier(len(calls))

    def one(call: Callable[[], Any]) -> Any:
        start.wait(timeout=60)
        try:
            return call()
        except (Exception, Killed) as error:
            return error

    with ThreadPoolExecutor(len(calls)) as threads:
        return list(threads.map(one, calls))


def logged(processor: FakeProcessor) -> list[Logged]:
    """The processor's own log: the money it holds."""
    return [
        Logged(
            facts.payment_id, facts.account_id, facts.intent_id, facts.amount_minor,
            tuple((refund.id, refund.amount_minor) for refund in facts.refunds),
        )
        for facts in processor.attempts.values()
        if facts.stage is Stage.SUCCEEDED
    ]  # fmt: skip


def race(
    auditor: Auditor, account_id: str, seed: int, *, ledgers: Ledgers, settling: type[Settling] = Settling
) -> list[str]:
    """One account, three captured attempts (two believed ended), nine carriers; what is wrong after."""
    rng, money = random.Random(seed), Money(ledgers)
    money.open(account_id)
    money.charge(f"{account_id}-c", 10000, account_id)
    keys = [f"{account_id}-{n}" for n in range(MOVEMENTS)]
    for key in keys:
        money.start(key, account_id)  # ends the one before
    news = [money.processor.take(key) for key in keys]

    def carry(facts: Facts) -> Callable[[], Any]:
        kill_at = rng.choice([0, rng.randint(1, CALLS)])
        mortal: Any = Mortal(ledgers, kill_at, after=rng.random() < 0.5)
        use = settling(**{**vars(money.settling), "ledgers": mortal})
        return lambda: use.settle(money.practice, "stripe", facts)

    ends = at_once([carry(facts) for facts in news for _ in range(CARRIERS)])
    healthy = settling(**vars(money.settling))
    for place, facts in enumerate(news):
        mine = ends[place * CARRIERS : (place + 1) * CARRIERS]
        unexpected = [end for end in mine if isinstance(end, Exception) and not isinstance(end, Busy)]
        if unexpected:
            return [f"{facts.intent_id}: {unexpected[0]!r}"]
        if all(isinstance(end, BaseException) for end in mine):
            healthy.settle(money.practice, "stripe", facts)
    return auditor.violations(account_id, logged(money.processor))


def adoption_race(
    auditor: Auditor, account_id: str, seed: int, *, ledgers: Ledgers, adopting: type[Adopting] = Adopting
) -> list[str]:
    """One account, three captured payments that a restored table has lost, twelve who bring them: two
    operators, the full pass and a webhook each. What is wrong after."""
    rng, money = random.Random(seed), Money(ledgers)
    money.open(account_id)
    money.charge(f"{account_id}-c", 10000, account_id)
    news = [_lost(money, f"{account_id}-{n}", account_id) for n in range(MOVEMENTS)]

    def carry(facts: Facts, how: int) -> Callable[[], Any]:
        mortal: Any = Mortal(ledgers, rng.choice([0, rng.randint(1, CALLS)]), after=rng.random() < 0.5)
        settling = Settling(**{**vars(money.settling), "ledgers": mortal})
        use = adopting(**{**vars(money.adopting), "ledgers": mortal, "settling": settling})
        return (
            lambda: use.adopt(PRACTICE, facts.intent_id, actor=CLI),
            lambda: use.adopt(PRACTICE, facts.intent_id, actor=CLI),
            lambda: use.by_itself(PRACTICE.id, "stripe", facts),
            lambda: settling.settle(PRACTICE.id, "stripe", facts),
        )[how]

    ends = at_once([carry(facts, how) for facts in news for how in range(4)])
    known = (Busy, NotFound)  # the webhook of a payment that is lost still
    unexpected = [end for end in ends if isinstance(end, Exception) and not isinstance(end, known)]
    healthy = adopting(**vars(money.adopting))
    for place, facts in enumerate(news):
        if all(isinstance(end, BaseException) for end in ends[place * 4 : place * 4 + 2]):
            healthy.adopt(PRACTICE, facts.intent_id, actor=CLI)
    return [*map(repr, unexpected), *auditor.violations(account_id, logged(money.processor))]


def _lost(money: Money, key: str, account_id: str) -> Facts:
    """Begun and paid, as the processor alone knows."""
    at = instant(money.clock.now())
    money.processor.open(Attempt(key, account_id, 4000, "USD", "redirect", ("card",), "en", "", "", at))
    return money.processor.take(key)
