"""Races with kills: several carriers bring the same movements of money at once, some die on the way.

Whoever says that a movement is settled is believed (a webhook is then acknowledged and never sent again), so
afterwards only what nobody acknowledged is brought once more. Then the auditor looks.
"""

import random
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import Any

from chalicelib.kernel.outside import Busy
from chalicelib.ledger.ports.ledgers import Ledgers
from chalicelib.payments.ports.processors import Facts, Stage
from chalicelib.payments.services.settling import Settling
from tests.concurrency.auditor import Auditor, Logged
from tests.support.money import Money
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
