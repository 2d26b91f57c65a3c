"""How fast mail may go: what the mail service takes of the whole account, and the statements' share of it."""

from dataclasses import dataclass
from enum import StrEnum
from math import ceil

SHARE = 0.8  # of the rate and of the day's mails; the rest is for codes, receipts and notices
MOST_A_DAY = 10**9  # where the service has no limit
MOST_WORKERS = 1000  # what Lambda lets one queue have
_FEWEST_WORKERS = 2
_WORKERS_OF_CONCURRENCY = 0.2  # the API and the other functions want the rest


class Pause(StrEnum):
    """Why the mail service takes nothing for now."""

    DAILY_QUOTA = "daily_quota"
    SENDING_PAUSED = "sending_paused"
    ACCOUNT_SUSPENDED = "account_suspended"


@dataclass(frozen=True, slots=True)
class MailPace:
    """`rate`: mails a second that the service takes of the account. `workers`: how many send statements at
    once."""

    rate: float
    workers: int

    @property
    def seconds(self) -> float:
        """What one worker takes for a statement's mail at least, so that all of them keep to their share."""
        return self.workers / (SHARE * self.rate)

    @property
    def hourly(self) -> int:
        """Statements in an hour."""
        return int(SHARE * self.rate * 3600)

    @property
    def minutely(self) -> int:
        """Statements in a minute."""
        return self.hourly // 60


def workers_for(rate: float, concurrency: int) -> int:
    """How many send statements at once, each taking a second at least; `concurrency`: how many functions the
    account may run at once."""
    wanted = min(ceil(SHARE * rate), int(concurrency * _WORKERS_OF_CONCURRENCY), MOST_WORKERS)
    return max(_FEWEST_WORKERS, wanted)


@dataclass(frozen=True, slots=True)
class Allowance:
    """What the service lets the account send: mails in 24 hours (below 0: as many as it likes), and how many
    they were in the last 24. `seen`: False where the account could not be looked at, and nothing is known."""

    daily: float
    sent: float
    stopped: Pause | None = None
    seen: bool = True

    @property
    def shut(self) -> Pause | None:
        """Why no mail at all goes out; None: codes and receipts do."""
        return self.stopped or (Pause.DAILY_QUOTA if 0 <= self.daily <= self.sent else None)

    def pause(self, more: int = 0) -> Pause | None:
        """Why no statement goes out once `more` mails have; None: they do."""
        return self.stopped or (Pause.DAILY_QUOTA if self.left(more) == 0 else None)

    def left(self, more: int = 0) -> int:
        """How many statements the day still has room for once `more` mails have gone out."""
        if self.stopped:
            return 0
        room = SHARE * self.daily - self.sent - more
        return MOST_A_DAY if self.daily < 0 else max(0, int(room))
