"""How a call to something outside, a store, queue, mail service or processor, can end other than well."""


class OutsideError(Exception):
    """What was asked of something outside was not done, or nobody knows whether it was.

    `problem` is the code of the answer to whoever asked us; `code` is the other side's own word, safe to log,
    or "".
    """

    problem = "internal_error"
    code = ""


class Busy(OutsideError):
    """The store throttles or is away; what was written is not known. Retry with the same marker, or 5xx."""

    problem = "store_busy"


class ProcessorTimeout(OutsideError):
    """No answer was heard, or none that can be read: the call may or may not have happened."""

    problem = "processor_unavailable"


class ProcessorRefused(OutsideError):
    """The processor said no, for good."""

    problem = "processor_refused"

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


class ProcessorMissing(ProcessorRefused):
    """It has no object of that id."""


class ProcessorDenied(ProcessorRefused):
    """It says no to whoever asks with these keys, revoked or too narrow; not to what was asked."""


class AlreadyRecorded(Exception):
    """The change's marker exists: this movement of money, or charge, is in the ledger already."""


class Conflict(Exception):
    """Somebody wrote between our read and our write; nothing was written. Read again and retry."""


class Unreadable(Exception):
    """A stored row is none that any command writes, so somebody edited it; `item` e.g. "entry 7"."""

    def __init__(self, item: str) -> None:
        super().__init__(item)
        self.item = item
