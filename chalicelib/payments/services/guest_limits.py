"""Card testing: how many cards of guests may reach the processor, whoever tries them from wherever.

A thief who tries stolen cards leaves attempts that are never paid, and declines. Both are counted: by
network, by practice and in the deployment. What was paid counts no more. Above the budget a card is taken at
the processor's own page alone, after some work of the browser's, at a pace, and a person is called. PayPal
has a budget of its own, for its page takes cards, too; above it guests' orders wait. Clients who are signed
in stay as they are: nobody can turn this on them.

An attempt has room for one card in the practice's budget when it is begun. After a decline it keeps open only
where there is room for the next card, which is taken at once: so no more cards can be tried than are counted.
"""

from dataclasses import dataclass

from chalicelib.identity.ports import EVERYWHERE
from chalicelib.identity.services.limits import Counters, Limit, Pace, networks_of
from chalicelib.identity.services.trace import Event, trace
from chalicelib.kernel.errors import Refused
from chalicelib.kernel.instants import instant
from chalicelib.kernel.outside import Busy
from chalicelib.operations.domain.alerts import AlertName, Cause
from chalicelib.operations.services.alerting import Alerting
from chalicelib.payments.services.puzzles import Puzzle, Puzzles

_HOUR = 3600
UNPAID_OF_PRACTICE = Pace(uses=12, seconds=_HOUR)  # then the practice is under pressure
UNPAID_ORDERS = Pace(uses=24, seconds=_HOUR)  # of a practice at PayPal, whose page is left unpaid more often
UNPAID_ORDERS_WHEN_WIDE = Pace(uses=8, seconds=_HOUR)
UNDER_PRESSURE = Pace(uses=6, seconds=_HOUR)  # 18 attempts reach the processor in an hour at most
STARTS_OF_NETWORK = (Limit("guests-of-network", 10, _HOUR), Limit("guests-of-site", 40, _HOUR))
# Asking how an attempt stands, and ending it, each cost a call to the processor.
ASKS_OF_NETWORK = (Limit("guest-asks-of-network", 300, 900), Limit("guest-asks-of-site", 1_200, 900))
ASKS_OF_ATTEMPT = Pace(uses=1, seconds=3)  # in between what is stored answers
APPROVALS_OF_ATTEMPT = Pace(uses=1, seconds=1)  # nobody comes back from a processor's page sooner
PRESSED_PRACTICES = Pace(uses=3, seconds=_HOUR)  # then every practice has a smaller budget
UNPAID_WHEN_WIDE = Pace(uses=4, seconds=_HOUR)
DECLINES_OF_NETWORK = Pace(uses=10, seconds=_HOUR)
DECLINES_EVERYWHERE = Pace(uses=30, seconds=_HOUR)  # then every practice has a smaller budget
CARDS_OF_ATTEMPT = 3
_DAY = 24 * _HOUR  # longer than an attempt waits for its payer
_NETWORKS = Pace(uses=2, seconds=_DAY)  # of an attempt: see `networks_of`
BITS = 18  # some 260,000 hashes: about 2 s of a desktop's browser, 20 of a slow telephone's
_ORDERS, _ASKS, _ASKS_APPROVED = "guest-orders", "guest-asks", "guest-asks-approved"
_NAME, _SLOW, _WIDE = "guest-cards", "guest-cards-under-pressure", "guest-cards-everywhere"
_DECLINES, _DECLINES_OF_NETWORK = "guest-declines", "guest-declines-of-network"
_DECLINES_OF_ATTEMPT, _NETWORKS_OF_ATTEMPT = "guest-declines-of-attempt", "guest-networks-of-attempt"


@dataclass(frozen=True, slots=True)
class Work:
    """What a browser sends of a puzzle that it was given."""

    puzzle: str = ""
    answer: str = ""


NO_WORK = Work()


@dataclass(frozen=True)
class GuestLimits:
    counters: Counters
    puzzles: Puzzles
    alerting: Alerting

    def pressed(self, practice: str) -> bool:
        """Whether cards are being tried there, so that they are taken with care alone. Writes nothing."""
        return self.counters.used(_NAME, self._budget(), practice, practice=practice)

    def puzzle(self, practice: str) -> Puzzle:
        return self.puzzles.made(practice, BITS)

    def start(self, practice: str, attempt: str, ip: str, *, card: bool) -> None:
        """Count an attempt before anything of it is written; the same one again is counted once.

        Errors: Refused too_many_payments, of its network or of the practice's orders, or guest_cards_paused,
        both with `retry_after_seconds`; Busy.
        """
        self._of_network(practice, ip)
        if card:
            self._declines_of_network(practice, ip)
            self._of_practice(practice, attempt)
            for network in networks_of(ip):
                self.counters.wait_seconds(
                    _NETWORKS_OF_ATTEMPT, (_NETWORKS,), attempt, practice=practice, once=network
                )
        else:
            self._orders_of_practice(practice, attempt)

    def declined(self, practice: str, attempt: str, tried: str) -> bool:
        """Count a card that was declined in the attempt, and whether another may be tried there. `tried` is a
        name of that try's own: told again it is counted once. Error: Busy."""
        self.counters.wait_seconds(_DECLINES, (DECLINES_EVERYWHERE,), "", practice=EVERYWHERE, once=tried)
        for network in self.counters.names(_NETWORKS_OF_ATTEMPT, attempt, practice=practice):
            self.counters.wait_seconds(_DECLINES_OF_NETWORK, (DECLINES_OF_NETWORK,), network, once=tried)
        more = (Pace(CARDS_OF_ATTEMPT - 1, _DAY),)
        if self.counters.wait_seconds(_DECLINES_OF_ATTEMPT, more, attempt, practice=practice, once=tried):
            return False
        return self._has_room(practice, f"{attempt}/{tried}")

    def asked(self, practice: str, ip: str) -> None:
        """Count that somebody asks after an attempt. Error: Refused too_many_requests."""
        self.counters.spend_of_networks(ASKS_OF_NETWORK, ip, practice=practice)

    def may_ask(self, practice: str, attempt: str, *, approved: bool) -> bool:
        """Whether the processor may be asked how the attempt stands, and is; whoever has it approved just now
        waits for nobody who only looked."""
        name, pace = (_ASKS_APPROVED, APPROVALS_OF_ATTEMPT) if approved else (_ASKS, ASKS_OF_ATTEMPT)
        try:
            return self.counters.wait_seconds(name, (pace,), attempt, practice=practice) == 0
        except Busy:  # several ask at once: one of them does
            return False

    def work_done(self, practice: str, key: str, work: Work) -> None:
        """Error: Refused guest_work_required."""
        if not self.puzzles.solved(practice, work.puzzle, key, work.answer, bits=BITS):
            raise Refused("guest_work_required", "work")

    def paid(self, practice: str, attempt: str) -> None:
        """It was no thief's: it counts no more. Error: Busy."""
        for name in (_NAME, _SLOW, _ORDERS):
            self.counters.forget(name, practice, practice=practice, once=attempt)

    def _of_network(self, practice: str, ip: str) -> None:
        try:
            self.counters.spend_of_networks(STARTS_OF_NETWORK, ip, practice=practice)
        except Refused as refused:
            wait = int(str(refused.details["retry_after_seconds"]))
            raise _later("too_many_payments", wait) from refused

    def _declines_of_network(self, practice: str, ip: str) -> None:
        for network in networks_of(ip):
            named = self.counters.named(network)
            if self.counters.used(_DECLINES_OF_NETWORK, DECLINES_OF_NETWORK, named):
                trace(Event.LIMITED, practice, limit=_DECLINES_OF_NETWORK)
                raise _later("too_many_payments", DECLINES_OF_NETWORK.seconds)

    def _has_room(self, practice: str, card: str) -> bool:
        """Whether one more card is within the practice's budget, and counted; else a person is called."""
        return self._wait_seconds(_NAME, self._budget(), practice, card) == 0

    def _wait_seconds(self, name: str, budget: Pace, practice: str, tried: str) -> int:
        """0, and one more is counted; or how long until it would be within the budget, and a person is
        called."""
        wait = self.counters.wait_seconds(name, (budget,), practice, practice=practice, once=tried)
        if wait:
            self._call_person(practice)
        return wait

    def _call_person(self, practice: str) -> None:
        self.counters.wait_seconds(_WIDE, (PRESSED_PRACTICES,), "", practice=EVERYWHERE, once=practice)
        hour = instant(self.counters.clock.now())[:13]
        self.alerting.raise_alert(practice, Cause(AlertName.GUEST_CARDS_TRIED, hour))

    def _orders_of_practice(self, practice: str, attempt: str) -> None:
        budget = UNPAID_ORDERS_WHEN_WIDE if self._wide() else UNPAID_ORDERS
        if wait := self._wait_seconds(_ORDERS, budget, practice, attempt):
            trace(Event.LIMITED, practice, limit=_ORDERS)
            raise _later("too_many_payments", wait)

    def _of_practice(self, practice: str, attempt: str) -> None:
        if self._has_room(practice, attempt):
            return
        wait = self.counters.wait_seconds(_SLOW, (UNDER_PRESSURE,), practice, practice=practice, once=attempt)
        if wait:
            trace(Event.LIMITED, practice, limit=_SLOW)
            raise _later("guest_cards_paused", wait)

    def _budget(self) -> Pace:
        """Of a practice: smaller while several are under pressure, as a thief may go from one to the next."""
        return UNPAID_WHEN_WIDE if self._wide() else UNPAID_OF_PRACTICE

    def _wide(self) -> bool:
        return self.counters.used(_WIDE, PRESSED_PRACTICES, "", practice=EVERYWHERE) or self.counters.used(
            _DECLINES, DECLINES_EVERYWHERE, "", practice=EVERYWHERE
        )


def _later(code: str, wait: int) -> Refused:
    return Refused(code, retry_after_seconds=wait, minutes=-(-wait // 60))
