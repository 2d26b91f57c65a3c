"""The one place that wires adapters to services, each when it is first needed; a class for every room.

What only jobs or commands use is imported where it is made: no request waits for an import that it does not
need.
"""

import threading
from functools import cached_property
from typing import TYPE_CHECKING

from chalicelib import settings as environment
from chalicelib.bootstrap.hosting import HostingWiring
from chalicelib.bootstrap.importing import ImportingWiring
from chalicelib.bootstrap.verification import VerificationWiring

if TYPE_CHECKING:
    from chalicelib.operations.services.sweeping import Sweeping


class App(HostingWiring, VerificationWiring, ImportingWiring):
    """The wired services of one process. Tests replace any part by setting the attribute of that name."""

    @cached_property
    def sweeping(self) -> "Sweeping":
        """It starts again what is stuck, in whichever room."""
        from chalicelib.operations.services.sweeping import Sweeping
        from chalicelib.payments.services.notices import RECEIPT, RETURNED

        payments, mails, following = self.payment_restarts, self.mail_restarts, self.following
        restarts = {
            "inbox": payments.event, "payment": payments.payment, "refund": payments.refund,
            "payer": following.restart,
            RECEIPT: mails.receipt, RETURNED: mails.returned, "invoice": mails.invoice,
            "question": self.question_restarts.question, "superbill": mails.superbill,
            "estimate": mails.estimate,
            "import": self.register.remind,
        }  # fmt: skip
        return Sweeping(self.work, restarts, self.clock)


_app: App | None = None
_lock = threading.Lock()


def app() -> App:
    """The process's app, made from the environment at the first call. Error: SettingsError."""
    global _app
    with _lock:
        if _app is None:
            _app = App(environment.load())
        return _app


def use(replacement: App | None) -> None:
    """Take this app from now on; None makes a new one at the next call. For tests and commands."""
    global _app
    _app = replacement
