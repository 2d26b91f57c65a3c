"""What the mail service lets an account send, as a test sets it."""

from chalicelib.kernel.outside import Busy
from chalicelib.mail.domain.pace import Allowance, Pause
from chalicelib.mail.ports import MailAccount


class FakeAccount(MailAccount):
    def __init__(self) -> None:
        self.daily, self.sent = -1.0, 0.0
        self.stopped: Pause | None = None
        self.down = False
        self.looks = 0

    def allowance(self) -> Allowance:
        self.looks += 1
        if self.down:
            raise Busy("ses")
        return Allowance(self.daily, self.sent, self.stopped)
