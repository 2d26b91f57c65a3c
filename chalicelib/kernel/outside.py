"""How a call to something outside, a store, queue, mail service or processor, can end other than well."""

from collections.abc import Sequence


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
    """The processor said no, for good. `said` is its own sentence, for who connects a practice: the codes of
    some refusals tell nothing."""

    problem = "processor_refused"

    def __init__(self, code: str, said: str = "") -> None:
        super().__init__(code)
        self.code = code
        self.said = said


class ProcessorMissing(ProcessorRefused):
    """It has no object of that id."""


class PayerNeeded(ProcessorRefused):
    """It takes no money from a saved method without its payer, who was not there."""


class ProcessorDenied(ProcessorRefused):
    """It says no to whoever asks with these keys, revoked or too narrow; not to what was asked."""


class ProcessorForbids(ProcessorDenied):
    """It takes these keys, and they may not do that. `rights`: what would allow it, in its own names."""

    def __init__(self, code: str, rights: Sequence[str] = ()) -> None:
        super().__init__(code)
        self.rights = tuple(rights)


class AlreadyRecorded(Exception):
    """The change's marker exists: this movement of money, or charge, is in the ledger already."""


class Conflict(Exception):
    """Somebody wrote between our read and our write; nothing was written. Read again and retry."""


class Outdated(Conflict):
    """Of two rows that were read one after the other, the first was written in between: they do not go
    together."""


class OtherVersion(ValueError):
    """A stored text is of a version that this code does not read; `version` is its number."""

    def __init__(self, version: object) -> None:
        super().__init__(version)
        self.version = version


class Unreadable(Exception):
    """A stored row is none that any command of this version writes: somebody edited it, or another version
    wrote it; `item` e.g. "entry 7", or "entry 7 (version 2)"."""

    def __init__(self, item: str) -> None:
        super().__init__(item)
        self.item = item
