"""Domain errors: each has a stable code; entrypoints map codes to HTTP statuses and to words."""

from typing import TypeVar

T = TypeVar("T")


class BillfoldError(Exception):
    """A request that cannot be carried out, and changed nothing.

    `code` is stable and in chalicelib/words/errors.py; `field` names the input at fault;
    `details` holds plain values for the words and the response.
    """

    def __init__(self, code: str, field: str | None = None, **details: object) -> None:
        super().__init__(code)
        self.code = code
        self.field = field
        self.details = details


class Invalid(BillfoldError):
    """The input can never be accepted as it is."""


class NotFound(BillfoldError):
    """Absent, or somebody else's: the two look the same."""


class Refused(BillfoldError):
    """Understood, but not allowed now."""


class Stale(BillfoldError):
    """Somebody else changed what this was based on; read again and decide again."""


def present(found: T | None, code: str, field: str | None = None, **details: object) -> T:
    """What was looked for. Error: NotFound with that code, where there is nothing."""
    if found is None:
        raise NotFound(code, field, **details)
    return found
