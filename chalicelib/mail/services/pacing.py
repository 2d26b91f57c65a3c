"""Who insists and who yields where the mail service is asked faster than it sends.

A sign-in mail is waited for by somebody: its worker asks again and again for some seconds. All other mail
goes back to its queue. Statements keep to a share of the service's rate and of its day, so that the others
seldom meet either limit.
"""

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta

from chalicelib.kernel.outside import Busy
from chalicelib.mail.domain.pace import Allowance, MailPace, Pause
from chalicelib.mail.ports import Mail, MailAccount, Mailer, MailPaused, MailThrottled
from chalicelib.platform.ports import Clock

log = logging.getLogger("billfold.mail")
TRIES = 30  # with pauses of half a second on average, a quarter of a minute
_FIRST_PAUSE = 4  # of the clock's, which double: a third of a second at most. Rates are counted by the second
LOOK_EVERY = timedelta(minutes=1)
_NOTHING_AGAINST_IT = Allowance(daily=-1, sent=0, seen=False)


class InsistingMailer(Mailer):
    """Asks again while it is throttled, at random instants, before it gives up."""

    def __init__(self, mailer: Mailer, clock: Clock) -> None:
        self._mailer, self._clock = mailer, clock

    def send(self, mail: Mail) -> str:
        for attempt in range(TRIES):
            try:
                return self._mailer.send(mail)
            except MailThrottled:
                self._clock.pause(_FIRST_PAUSE + attempt)
        return self._mailer.send(mail)


class AccountWatch(MailAccount):
    """The account's allowance, looked up once a minute; where it cannot be, nothing is known against it."""

    def __init__(self, account: MailAccount, clock: Clock) -> None:
        self._account, self._clock = account, clock
        self._looked_at: datetime | None = None
        self._known = _NOTHING_AGAINST_IT
        self._since = 0

    def allowance(self) -> Allowance:
        now = self._clock.now()
        if self._looked_at is None or now - self._looked_at >= LOOK_EVERY:
            self._looked_at, self._since, self._known = now, 0, self._look()
        return self._known

    def pause(self, workers: int = 1) -> Pause | None:
        """Why no statement should be sent now; all of `workers` are taken to have sent what this one has."""
        known = self.allowance()
        return known.pause(self._since * workers)

    def sent(self) -> None:
        self._since += 1

    def _look(self) -> Allowance:
        try:
            return self._account.allowance()
        except Busy as error:
            log.warning("mail account not seen", extra={"why": str(error)})
            return _NOTHING_AGAINST_IT


class StatementMailer(Mailer):
    """One worker's: keeps the statements' share of the day, and by `paced` that of the rate."""

    def __init__(self, mailer: Mailer, watch: AccountWatch, pace: MailPace, clock: Clock) -> None:
        self._mailer, self._watch, self._pace, self._clock = mailer, watch, pace, clock
        self._asked = 0

    def send(self, mail: Mail) -> str:
        if why := self._watch.pause(self._pace.workers):
            raise MailPaused(why)
        self._asked += 1
        message_id = self._mailer.send(mail)
        self._watch.sent()
        return message_id

    @contextmanager
    def paced(self) -> Iterator[None]:
        """A statement's whole work: where the service was asked, it ends no sooner than the pace lets it.

        The wait comes after the mail is marked as sent: a worker that is killed in it leaves nothing open.
        """
        begun, before = self._clock.now(), self._asked
        try:
            yield
        finally:
            if self._asked > before:
                taken = (self._clock.now() - begun).total_seconds()
                self._clock.wait(max(0.0, self._pace.seconds - taken))
